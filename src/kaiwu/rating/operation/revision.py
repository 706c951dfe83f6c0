"""What a revision moved (修订报告): the change of a growth rate from one state of knowledge to another, firm by firm.

Owns the split of the change. It does not own which figures were known when (``reading``).

With R the current amounts at comparable prices and B the bases, g₁ − g₀ = Σ [ΔRᵢ − (1+g₀)·ΔBᵢ] / B₁: exact, and a firm whose
figures did not change has no part in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import polars as pl

from kaiwu.quantity import KaiwuError, Problem
from kaiwu.rating.operation.apportion import apportion
from kaiwu.rating.operation.contribution import PERCENT, print_units
from kaiwu.rating.operation.growth import ONE, Growth

CAUSES: Mapping[str, tuple[str, str]] = {
    "current": ("本期数修订", "current figure revised"),
    "base": ("上年同期数修订", "base revised"),
    "entered": ("补报或进入样本", "reported late or entered the sample"),
    "left": ("退出样本", "left the sample"),
    "price": ("价格指数或增加值率修订", "price index or value-added rate revised"),
}


@dataclass(frozen=True, slots=True)
class Move:
    """How much a firm moved the rate, for one cause; ``effect`` is a plain number."""

    entity: str
    name: str
    industry: str | None
    town: str | None
    cause: str
    effect: Fraction


def compare_revisions(earlier: Growth, later: Growth) -> list[Move]:
    """Who moved the rate from ``earlier`` to ``later`` (谁改变了增速): parts sum to the difference; largest first.

    Raises ``KaiwuError`` ``S-OP-PERIODS`` where the two are of different periods.
    """
    if earlier.month.period != later.month.period:
        zh = f"两次数据不是同一期: {earlier.month.period.zh}, {later.month.period.zh}"
        raise KaiwuError(Problem("S-OP-PERIODS", zh, f"the two are of different periods: {earlier.month.period.en}, {later.month.period.en}"))  # fmt: skip
    whole, factor = later.total_base, 1 + earlier.rate
    then, now = (_rows(g) for g in (earlier, later))
    moves: list[Move] = []
    for entity in sorted(then.keys() | now.keys()):
        name, industry, town = (now.get(entity) or then[entity])[2:]
        for cause, change in _changes(earlier, later, entity, then, now, factor).items():
            if change:
                moves.append(Move(entity, name, industry, town, cause, change / whole))
    return sorted(moves, key=lambda m: (-abs(m.effect), m.entity, m.cause))


_Row = tuple[int, int, str, str | None, str | None]


def _rows(growth: Growth) -> dict[str, _Row]:
    columns = growth.month.sample.select("entity", "current", "base", "name", "industry", "town")
    return {
        entity: (current, base, name, industry, town)
        for entity, current, base, name, industry, town in columns.iter_rows()
    }


def _changes(
    earlier: Growth, later: Growth, entity: str, then: Mapping[str, _Row], now: Mapping[str, _Row], factor: Fraction
) -> dict[str, Fraction]:
    """Changes of a firm in fen of the base's prices, by cause; a revised index moves what did not move before it."""
    if entity not in then:
        return {"entered": later.real[entity] - factor * later.base[entity]}
    if entity not in now:
        return {"left": factor * earlier.base[entity] - earlier.real[entity]}
    (current0, base0, *_), (current1, base1, *_) = then[entity], now[entity]
    weight0, weight1 = _weight(earlier, then[entity][3]), _weight(later, now[entity][3])
    rate0, rate1 = _rate(earlier, then[entity][3]), _rate(later, now[entity][3])
    return {
        "current": (current1 - current0) * weight1,
        "base": -factor * (base1 - base0) * rate1,
        "price": current0 * (weight1 - weight0) - factor * base0 * (rate1 - rate0),
    }


def _rate(growth: Growth, industry: str | None) -> Fraction:
    return (growth.month.basis.rates or {}).get(industry or "", ONE)


def _weight(growth: Growth, industry: str | None) -> Fraction:
    return _rate(growth, industry) / (growth.month.basis.prices or {}).get(industry or "", ONE)


def print_change(earlier: Growth, later: Growth, decimals: int) -> int:
    """The difference of the two rates as printed, in units of 10^-``decimals`` percentage points."""
    return print_units(later.rate, decimals) - print_units(earlier.rate, decimals)


def list_moves(earlier: Growth, later: Growth, decimals: int = 4) -> pl.DataFrame:
    """Printed moves: entity, name, industry, town, cause, effect in units of 10^-``decimals`` percentage points.

    They sum to the difference of the two rates as printed with as many decimals.
    """
    moves = compare_revisions(earlier, later)
    whole = print_change(earlier, later, decimals) if moves else 0
    units = apportion([move.effect for move in moves], decimals + PERCENT, whole)
    schema = {
        "entity": pl.String, "name": pl.String, "industry": pl.String, "town": pl.String, "cause": pl.String, "effect": pl.Int64,
    }  # fmt: skip
    rows = [(m.entity, m.name, m.industry, m.town, m.cause, unit) for m, unit in zip(moves, units, strict=True)]
    return pl.DataFrame(rows, schema=schema, orient="row")
