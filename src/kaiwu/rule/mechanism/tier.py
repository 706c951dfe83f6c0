"""Tiers (分档): the whole amount follows from the one tier in which a measure lies.

``如果(of < 第一档起点, otherwise, 如果(of < 第二档起点, …))``. Owns tiers and the cliffs between them; slices of a
measure are marginal bands.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any

from kaiwu.figure.entry import Entry
from kaiwu.rule.mechanism.band import EDGES, Band, read_bands
from kaiwu.rule.mechanism.context import MechanismContext, Part, Path, choose
from kaiwu.rule.mechanism.grant import GRANT_KEYS, Grant, read_base, read_grant, read_otherwise

REQUIRED = ("of", "edges", "rows")
OPTIONAL = ("base", "otherwise")


@dataclass(frozen=True, slots=True)
class TierRow:
    """One tier: from ``low`` to ``high`` in base units of the measure, ``None`` where it is open-ended.

    ``rate`` and ``amount`` are what it grants where that is a constant; ``on_measure`` says that the rate is one of the
    measure itself.
    """

    low: Fraction | None
    high: Fraction | None
    low_closed: bool
    high_closed: bool
    path: Path
    rate: Fraction | None = None
    amount: Fraction | None = None
    on_measure: bool = False

    def grant_at(self, measure: Fraction) -> Fraction | None:
        """What the tier grants at a measure, where that can be said without other figures."""
        if self.amount is not None:
            return self.amount
        return self.rate * measure if self.rate is not None and self.on_measure else None


@dataclass(frozen=True, slots=True)
class Cliff:
    """A jump (断崖) at an edge: what is granted just below and just above it.

    In base units; as rates where ``is_rate`` (the base is another figure than the measure). ``is_entry`` marks the edge
    below which nothing is granted at all.
    """

    at: Fraction
    below: Fraction
    above: Fraction
    path: Path
    is_rate: bool = False
    is_entry: bool = False


@dataclass(frozen=True, slots=True)
class _Tiers:
    entry: Entry
    of: Part
    base: Part | None
    bands: list[Band]
    grants: list[Grant]


def rewrite(spec: Any, context: MechanismContext, path: Path) -> str:
    """The formula of ``tiers``; mistakes are recorded at their keys."""
    before = context.mistakes
    tiers = _read(spec, context, path)
    if tiers is None:
        return context.nothing
    otherwise = read_otherwise(tiers.entry, context)
    for part in [g.part for g in tiers.grants[1:]] + ([otherwise] if otherwise else []):
        context.alike(tiers.grants[0].part, part)
    if context.mistakes > before:
        return context.nothing
    if tiers.bands[-1].high is not None and otherwise is None:
        tiers.bands[-1].row.complain(
            "R-TIER-TOP",
            f"超过最高一档({tiers.bands[-1].span()})怎样处理没有写; 请删去最后一行的 to, 或写 otherwise",
            f"nothing is said above the last tier ({tiers.bands[-1].span()}): leave out its to, or write otherwise",
        )
    return _text(tiers, otherwise.raw if otherwise else "0")


def _read(spec: Any, context: MechanismContext, path: Path) -> _Tiers | None:
    entry = context.mapping(spec, path, REQUIRED, OPTIONAL)
    if entry is None:
        return None
    edges = entry.choice("edges", EDGES, EDGES[0])
    of = context.part(entry.data["of"], (*path, "of"))
    base = read_base(entry, context)
    bands = read_bands(entry.data["rows"], context, (*path, "rows"), of, ("edges", *GRANT_KEYS), edges)
    grants = [read_grant(band.row, context, base) for band in bands]
    return _Tiers(entry, of, base, bands, grants) if bands else None


def _text(tiers: _Tiers, otherwise: str) -> str:
    cases = []
    first = tiers.bands[0]
    if first.low is not None:
        cases.append((f"{tiers.of.raw} {'<' if first.low_closed else '<='} {first.low.raw}", otherwise))
    for band, grant in zip(tiers.bands, tiers.grants, strict=True):
        if band.high is None:
            return choose(cases, grant.part.raw)
        cases.append((f"{tiers.of.raw} {'<=' if band.high_closed else '<'} {band.high.raw}", grant.part.raw))
    return choose(cases, otherwise)


def tier_rows(spec: Any, context: MechanismContext, path: Path) -> tuple[TierRow, ...]:
    """The rows of a ``tiers`` mapping for lint; empty where it has mistakes (they are recorded in the context)."""
    before = context.mistakes
    tiers = _read(spec, context, path)
    if tiers is None or context.mistakes > before:
        return ()
    return tuple(_row(band, grant, tiers) for band, grant in zip(tiers.bands, tiers.grants, strict=True))


def _row(band: Band, grant: Grant, tiers: _Tiers) -> TierRow:
    return TierRow(
        low=band.low.constant if band.low else None,
        high=band.high.constant if band.high else None,
        low_closed=band.low_closed,
        high_closed=band.high_closed,
        path=band.row.path,
        rate=grant.rate.constant if grant.rate else None,
        amount=None if grant.rate else grant.part.constant,
        on_measure=tiers.base is not None and tiers.base.tree == tiers.of.tree,
    )


def cliffs(rows: tuple[TierRow, ...]) -> tuple[Cliff, ...]:
    """Every edge at which the grant jumps, from low to high; a jump downwards costs those who do more."""
    found = [_entry(rows[0])] if rows else []
    for first, second in pairwise(rows):
        found.append(_cliff(first, second))
    return tuple(cliff for cliff in found if cliff is not None)


def _entry(row: TierRow) -> Cliff | None:
    if row.low is None:
        return None
    above = row.grant_at(row.low)
    if above is None and row.rate is not None:
        return Cliff(row.low, Fraction(0), row.rate, row.path, is_rate=True, is_entry=True) if row.rate else None
    return Cliff(row.low, Fraction(0), above, row.path, is_entry=True) if above else None


def _cliff(first: TierRow, second: TierRow) -> Cliff | None:
    at = second.low
    if at is None:
        return None
    below, above = first.grant_at(at), second.grant_at(at)
    is_rate = below is None and above is None
    if is_rate:
        below, above = first.rate, second.rate
    if below is None or above is None or below == above:
        return None
    return Cliff(at, below, above, second.path, is_rate=is_rate)
