"""The market on a firm's page (一企一档: 供需对接): the pairs in which it was shown, and the way to its four finds."""

from __future__ import annotations

import polars as pl
from django.urls import reverse

from kaiwu.web.account.models import Person
from kaiwu.web.account.role import OFFICE, Role
from kaiwu.web.market.desk import market_desk
from kaiwu.web.market.queries import pair_table, pairs_of
from kaiwu.web.registry.models import Firm
from kaiwu.web.registry.reach import reach_of
from kaiwu.web.screen import Section
from kaiwu.web.wording import pick

READERS = OFFICE | {Role.TOWN, Role.AUDIT, Role.CLERK}
SHOWN = 10


def show_pairs(firm: Firm, person: Person) -> Section | None:
    """The latest pairs of the firm, as buyer or as supplier; ``None`` where the workspace has no market."""
    if not person.holds(*READERS):
        return None
    desk = market_desk()
    if not desk.batches:
        return None
    own = pairs_of(desk, reach_of(person)).filter(
        (pl.col("supplier") == firm.entity) | (pl.col("buyer") == firm.entity)
    )
    finds = {
        "code": "finds",
        "label": pick("四找", "Four finds"),
        "url": reverse("market-firm", args=[firm.entity]),
        "primary": True,
    }
    table = pair_table(desk, own.sort("day", descending=True).head(SHOWN))
    return Section("market", pick("供需对接", "Needs and offers"), table, own.height, actions=(finds,))
