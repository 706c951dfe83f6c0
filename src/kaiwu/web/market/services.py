"""What is done in the market (供需办理): an invitation round is held, a step of a pair is recorded. Each writes its event.

Owns the two verbs. Lists and steps stand in the workspace and are only added; the event is written in the transaction that they
are added in, so that it falls where they do.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
from django.db import transaction

from kaiwu.match.funnel import STEP_SCHEMA
from kaiwu.match.invitation import Invitation, Terms
from kaiwu.procedure.market import MarketDesk, hold_round
from kaiwu.report.market_sheet import print_invitation
from kaiwu.report.printed import write_book
from kaiwu.web.event.services import Actor, Deed, record

FOLDER = "market"


@dataclass(frozen=True, slots=True)
class RoundTerms:
    """What an officer states for a round: whose needs, for which event, and under which terms; ``local`` are leading digits of local places."""

    event: str
    section: str
    buyers: tuple[str, ...]
    local: tuple[str, ...]
    terms: Terms


def list_path(desk: MarketDesk, name: str) -> Path:
    """Where the workbook of a list stands, as it was printed when the round was held."""
    return desk.workspace.folder / FOLDER / f"邀请名单_{name}.xlsx"


def invite(actor: Actor, desk: MarketDesk, asked: RoundTerms) -> tuple[str, Invitation]:
    """Hold a round: find, give out, keep every pair that the list shows, print the workbook. Raises ``KaiwuError``."""
    found = desk.invite(asked.terms, buyers=asked.buyers)
    share = desk.local_share(found, asked.local)
    with transaction.atomic():
        name = desk.funnel.next_list(desk.day)
        record(actor, Deed("market.invite", "match_list", name, after={
            "event": asked.event, "section": asked.section, "buyers": list(asked.buyers), "local": list(asked.local), "day": desk.day,
            "needs": len(found.answers), "invitations": found.invitations, "uninvited": len(found.uninvited),
        }))  # fmt: skip
        hold_round(desk.funnel, found, event=asked.event, section=asked.section, day=desk.day, name=name)
    path = list_path(desk, name)
    path.parent.mkdir(parents=True, exist_ok=True)
    sheets = print_invitation(found, share, desk.names, name=name, day=desk.day, is_synthetic=desk.records.is_synthetic)
    write_book(path, sheets)
    return name, found


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a pair: how far it came on a day, amounts in fen, the reason of a refusal."""

    stage: str
    day: dt.date
    amount: int | None = None
    logistics: int | None = None
    reason: str | None = None
    note: str | None = None


def take_step(actor: Actor, desk: MarketDesk, pair: Mapping[str, Any], step: Step, stages: Sequence[str]) -> None:
    """Record a step of a pair. Raises ``KaiwuError`` where it is against the rules of the funnel; then nothing is written."""
    row = {key: pair[key] for key in ("list", "need", "offer")}
    row |= {
        "stage": step.stage,
        "day": step.day,
        "amount": step.amount,
        "logistics": step.logistics,
        "reason": step.reason,
        "note": step.note,
    }
    with transaction.atomic():
        record(actor, Deed(
            "market.step", "match_pair", " / ".join(pair[key] for key in ("list", "need", "offer")), firm=pair["supplier"],
            before={"stage": stages[pair["stage"]]}, after={key: row[key] for key in ("stage", "day", "amount", "logistics", "reason")},
            evidence=step.note or "",
        ))  # fmt: skip
        desk.funnel.add_steps(pl.DataFrame([row], schema=STEP_SCHEMA))
