"""Claims of a firm on its page (一企一档: 兑付)."""

from __future__ import annotations

from django.urls import reverse

from kaiwu.procedure.claim import STATES
from kaiwu.web.account.models import Person
from kaiwu.web.claim.models import ClaimRow
from kaiwu.web.registry.models import Firm
from kaiwu.web.screen import Section
from kaiwu.web.screen.table import make_table
from kaiwu.web.wording import pick

SHOWN = 20


def show_claims(firm: Firm, person: Person) -> Section | None:
    """Its claims, newest first."""
    claims = list(ClaimRow.objects.visible_to(person).filter(firm=firm)[:SHOWN])
    if not claims:
        return None
    heads = (pick("编号", "Number"), pick("方案", "Programme"), pick("状态", "State"), pick("申报日期", "Claimed"))
    rows = [(c.number, pick(c.zh, c.en), pick(*STATES[c.state]), str(c.claimed_on or "")) for c in claims]
    return Section(
        "claims",
        pick("兑付申报", "Claims"),
        make_table(heads, rows, urls=[reverse("claim-detail", args=[c.number]) for c in claims]),
        len(rows),
    )
