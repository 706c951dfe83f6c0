"""Small rounds of land plots that can be worked out by hand, for the tests of allotment."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from invented_round import DRAW, MONTHS, invent_rule

from kaiwu.allot.applicant import Applicant
from kaiwu.allot.round import Round
from kaiwu.allot.rule import Pass
from kaiwu.allot.supply import FLOOR, LAND_SALE, Supply
from kaiwu.rule.outcome import Outcome


def applicant(name: str, tax: int, rd: int, day: int = 1, **more: object) -> Applicant:
    made = Applicant(
        name, f"firm of {name}", dt.date(2026, 1, day), tax + rd, (LAND_SALE,), {LAND_SALE: Outcome.PASS, FLOOR: Outcome.PASS},
        items={"tax": tax, "rd": rd}, needs={"area": 20, "zone": 0},
    )  # fmt: skip
    return replace(made, **more)  # type: ignore[arg-type]


def plots(*sizes: int, kind: str = LAND_SALE) -> tuple[Supply, ...]:
    return tuple(Supply(f"P{i}", kind, "north", n, {"area": n, "zone": 1}) for i, n in enumerate(sizes, start=1))


def small_round(applicants: tuple[Applicant, ...], supplies: tuple[Supply, ...], **quotas: int) -> Round:
    rule = replace(invent_rule(full=100), passes=(Pass("open", "公开", "open"),))
    amounts = {("plots", "north", ""): 99, ("plan", "", ""): quotas.get("plan", 10**6)}
    amounts |= {("energy", "north", m): quotas.get("energy", 10**6) for m in MONTHS}
    return Round("R", "小批次", "small round", rule, applicants, supplies, amounts, DRAW)
