"""The cases of a firm on its page (一企一档: 办件)."""

from __future__ import annotations

from django.urls import reverse

from kaiwu.web.account.models import Person
from kaiwu.web.case.models import Case
from kaiwu.web.case.queries import procedure_name, stage_name
from kaiwu.web.registry.models import Firm
from kaiwu.web.screen import Section
from kaiwu.web.screen.table import make_table
from kaiwu.web.wording import pick

SHOWN = 50


def show_cases(firm: Firm, person: Person) -> Section | None:
    """The cases of the firm that this person may see, newest first."""
    cases = list(Case.objects.visible_to(person).filter(firm=firm)[:SHOWN])
    if not cases:
        return None
    rows = [(c.title, procedure_name(c), stage_name(c), str(c.opened_on), str(c.due or "")) for c in cases]
    heads = (
        pick("办件", "Case"),
        pick("程序", "Procedure"),
        pick("环节", "Stage"),
        pick("开办", "Opened"),
        pick("期限", "Due"),
    )
    return Section(
        "cases",
        pick("办件", "Cases"),
        make_table(heads, rows, urls=[reverse("case-detail", args=[c.number]) for c in cases]),
        len(rows),
    )
