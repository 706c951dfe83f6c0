"""Contributions to a growth rate (拉动): by industry, town or firm, adding up to the printed rate.

Owns the parts and their rounding. The growth itself is ``growth``.

A part's contribution is (realₖ − baseₖ) / Σ base: what the rate would lose if the part had stood still. Parts are rounded by
largest remainder, so that what is printed adds up to the rate printed with as many decimals.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import polars as pl

from kaiwu.quantity import KaiwuError, Problem, round_half_up
from kaiwu.rating.operation.apportion import apportion
from kaiwu.rating.operation.growth import Growth, firm_key
from kaiwu.rating.operation.month import UNKNOWN

BY = ("industry", "town", "firm")
OTHER = "其他"
"""The key of parts that were put together."""
PUBLIC_FIRMS = 3
"""A published part has at least so many firms: with fewer, one firm can work out the other's figures."""
PERCENT = 2
"""A ratio in percentage points has two decimals fewer than as a plain number."""


@dataclass(frozen=True, slots=True)
class Part:
    """One industry, town or firm: firms in it, amounts in fen, and its exact contribution as a plain number."""

    key: str
    zh: str
    en: str
    firms: int
    real: Fraction
    base: Fraction
    contribution: Fraction

    @property
    def rate(self) -> Fraction | None:
        """Its own growth; ``None`` where it had nothing a year ago."""
        return self.real / self.base - 1 if self.base > 0 else None


def list_parts(growth: Growth, by: str) -> list[Part]:
    """The exact parts of a growth rate (分行业、分镇街、分企业), by key. Raises ``KaiwuError`` for another ``by``."""
    if by not in BY:
        listed = ", ".join(BY)
        raise KaiwuError(Problem("S-OP-BY", f"只能按 {listed} 分解", f"parts are by {listed}", text=by))
    keys = firm_key(growth, by)
    real: dict[str, Fraction] = {}
    base: dict[str, Fraction] = {}
    count: dict[str, int] = {}
    for entity, key in keys.items():
        real[key] = real.get(key, Fraction(0)) + growth.real[entity]
        base[key] = base.get(key, Fraction(0)) + growth.base[entity]
        count[key] = count.get(key, 0) + 1
    labels, whole = _labels(growth, by), growth.total_base
    return [
        Part(key, *labels.get(key, (key, key)), count[key], real[key], base[key], (real[key] - base[key]) / whole)
        for key in sorted(real)
    ]


def _labels(growth: Growth, by: str) -> dict[str, tuple[str, str]]:
    unknown = {UNKNOWN: ("未知", "unknown")}
    if by == "firm":
        rows = growth.month.sample.select("entity", "name").iter_rows()
        return {entity: (name or entity, name or entity) for entity, name in rows}
    return {**(growth.month.industries if by == "industry" else growth.month.towns), **unknown}


def merge_small(parts: Sequence[Part], least: int) -> list[Part]:
    """Parts of fewer than ``least`` firms put together as 其他, so that no firm can be read from a published table.

    Where what is put together still has too few firms, the part with the fewest firms is taken in too (of equal ones the
    earlier key); sums stay what they were. With a ``least`` of 1 or less nothing changes.
    """
    kept = [p for p in parts if p.firms >= least and p.key != UNKNOWN]
    small = [p for p in parts if not (p.firms >= least and p.key != UNKNOWN)]
    if least <= 1 or not small:
        return list(parts)
    while sum(p.firms for p in small) < least and kept:
        fewest = min(kept, key=lambda p: (p.firms, p.key))
        kept.remove(fewest)
        small.append(fewest)
    firms, real, base, contribution = (
        sum(p.firms for p in small), *(sum((getattr(p, f) for p in small), Fraction(0)) for f in ("real", "base", "contribution")),
    )  # fmt: skip
    return [*kept, Part(OTHER, "其他", "others", firms, real, base, contribution)]


def rank_parts(parts: Sequence[Part]) -> list[Part]:
    """Parts from the largest pull to the largest drag (拉动最大的在前), of equal ones by key."""
    return sorted(parts, key=lambda part: (-part.contribution, part.key))


def list_contributions(growth: Growth, by: str, decimals: int = 2, least: int = 1) -> pl.DataFrame:
    """Printed contributions, largest first: key, zh, en, firms, current and base (fen), growth, contribution.

    ``growth`` is the part's own growth (null without a base) and ``contribution`` its percentage points, both in units of
    10^-``decimals`` of a per cent; the latter sum to the growth rate printed with ``decimals``, to the last unit. ``current``
    is at the prices of a year ago where the growth is real. ``least`` puts parts of fewer firms together (``merge_small``).
    """
    parts = rank_parts(merge_small(list_parts(growth, by), least))
    points = apportion([part.contribution for part in parts], decimals + PERCENT)
    rows = [
        (p.key, p.zh, p.en, p.firms, _whole(p.real), _whole(p.base), _percent(p.rate, decimals), c)
        for p, c in zip(parts, points, strict=True)
    ]
    schema = {
        "key": pl.String, "zh": pl.String, "en": pl.String, "firms": pl.Int64, "current": pl.Int64, "base": pl.Int64,
        "growth": pl.Int64, "contribution": pl.Int64,
    }  # fmt: skip
    return pl.DataFrame(rows, schema=schema, orient="row")


def print_units(rate: Fraction, decimals: int) -> int:
    """A rate in whole units of 10^-``decimals`` of a per cent, rounded half up."""
    return round_half_up(rate * 10 ** (decimals + PERCENT)).numerator


def _percent(rate: Fraction | None, decimals: int) -> int | None:
    return None if rate is None else print_units(rate, decimals)


def _whole(amount: Fraction) -> int:
    return round_half_up(amount).numerator
