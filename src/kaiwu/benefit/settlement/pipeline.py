"""Settling (结算): the declared steps carried out one after the other over claims, earlier awards and pots.

Owns the way in. Every step is its own file; every amount is an integer of fen.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import polars as pl

from kaiwu.benefit.settlement.claims import check_claims, check_dates, check_pots, check_prior
from kaiwu.benefit.settlement.declaration import Settlement
from kaiwu.benefit.settlement.settled import Settled
from kaiwu.benefit.settlement.tally import Tally
from kaiwu.quantity import date_index
from kaiwu.rule.engine_numpy import Planes, evaluate_numpy

Pots = Mapping[tuple[str, int], int]


def settle(
    plan: Settlement,
    claims: pl.DataFrame,
    prior: pl.DataFrame | None = None,
    pots: Pots | None = None,
    *,
    as_of: dt.date | None = None,
    rated: int | None = None,
    source: str = "claims",
) -> Settled:
    """Settle claims (结算) under the declared order.

    ``claims``: one row each, columns as ``CLAIM_COLUMNS`` and those that the plan reads (``plan.columns()``). ``prior``: what was paid
    before, ``PRIOR_COLUMNS``. ``pots``: fen left in a pot by (code, year), year 0 for a pot of no year; by default its amount.
    ``as_of`` and ``rated`` are the date and the rated year that conditions read. A claim with low < high stays open: its award
    and those that depend on it come as [low, high], and low is what can be paid now whatever the open claims turn out to be.

    The order of the rows changes nothing. Raises ``KaiwuError`` with every mistake of the claims, each with its place.
    """
    table = check_claims(plan, claims, source)
    check_dates(plan, claims, source)
    planes = _evaluate(plan, table, None if as_of is None else date_index(as_of), rated)
    programme = (plan.scheme, plan.family)
    tally = Tally(plan.clauses, programme, table, check_prior(prior), check_pots(pots or {}), planes)
    for step in plan.steps:
        tally.carry_out(step)
    return Settled(plan, tally)


def _evaluate(plan: Settlement, claims: pl.DataFrame, as_of: int | None, rated: int | None) -> Planes | None:
    """Conditions and limits of all steps for all claims; nothing where no step has any."""
    program = plan.program
    tests = [s.term.applies_to.node for s in plan.steps if s.term.applies_to is not None]
    own = [getattr(s, "test", None) for s in plan.steps]
    nodes = [test.node for test in own if test is not None]
    limits = [limit for s in plan.steps if (limit := getattr(s, "limit", None)) is not None]
    ends = [n for limit in limits if limit.tree is not None and limit.constant is None for n in (limit.low, limit.high)]
    if not (tests or nodes or ends):
        return None
    columns: dict[str, pl.Series] = {"#as_of": _constant(as_of, len(claims))}
    for slot in program.slots:
        if slot == "#as_of":
            continue
        columns[slot] = claims["year"] if slot == "#rated" else claims[slot]
    if rated is not None:
        columns["#rated"] = _constant(rated, len(claims))
    return evaluate_numpy(program, tests + nodes, ends, columns)


def _constant(value: int | None, height: int) -> pl.Series:
    return pl.Series([value], dtype=pl.Int64).new_from_index(0, height)
