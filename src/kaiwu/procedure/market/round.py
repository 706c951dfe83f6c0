"""An invitation round of a workspace (对接场次): found, given out, and every pair that the list shows kept for the funnel.

Owns the passage from an invitation to the rows of its list.
"""

from __future__ import annotations

import datetime as dt

import polars as pl

from kaiwu.match.funnel import SHOWN_SCHEMA
from kaiwu.match.invitation import Invitation, supplier_of
from kaiwu.match.local_share import BUDGET
from kaiwu.procedure.market.funnel_store import FunnelStore


def hold_round(
    store: FunnelStore, invitation: Invitation, *, event: str, section: str, day: dt.date, name: str | None = None
) -> str:
    """Keep what an invitation shows under the name of a list, which is returned."""
    name = name or store.next_list(day)
    store.add_shown(list_rows(invitation, name, event, section, day))
    return name


def list_rows(invitation: Invitation, name: str, event: str, section: str, day: dt.date) -> pl.DataFrame:
    """One row per invited pair; ranks count within a need."""
    rows = []
    for code, matches in invitation.invited.items():
        need = invitation.answers[code].need
        asked = need.fields.get(BUDGET)
        for rank, match in enumerate(matches, start=1):
            rows.append({
                "list": name, "event": event, "section": section, "day": day, "need": code, "need_title": need.title, "buyer": need.party,
                "asked": asked if isinstance(asked, int) else None, "offer": match.offer.code, "supplier": supplier_of(match), "rank": rank,
                "score": match.score,
            })  # fmt: skip
    return pl.DataFrame(rows, schema=SHOWN_SCHEMA)
