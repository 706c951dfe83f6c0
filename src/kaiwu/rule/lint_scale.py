"""Inspects the size of constants (数量级体检): 万 written for 亿, and thresholds that no figure comes near.

Owns comparing constants with declared bounds and with a population. Medians and maxima here judge the rule, never a firm.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import polars as pl

from kaiwu.rule import expression as x
from kaiwu.rule.domain import constraint_of, range_of
from kaiwu.rule.lint_condition import describe, is_beyond_bound
from kaiwu.rule.lint_finding import Finding, LintItem, make_finding
from kaiwu.rule.phrase import Words
from kaiwu.rule.reference import Reference
from kaiwu.rule.wording import Wording, show_value, unit_of

SLIP = 10**4
"""万 against 元, 亿 against 万: each slip is a factor of ten thousand."""

FAR = 100
"""A hundred times beyond the outermost figure is as good as a slip."""

FEWEST = 20
"""Fewer figures than these say nothing about what is usual."""

SAMPLE = 400
"""Computed values (ratios, sums) are looked at for so many firms."""

_WORDING = Wording({})


@dataclass(frozen=True, slots=True)
class _Spread:
    """Where the known values of a number lie; the median is that of the values that are not zero."""

    count: int
    median: Fraction
    lowest: Fraction
    highest: Fraction


def inspect_scale(item: LintItem, tree: x.Expr, facts: pl.DataFrame | None = None) -> list[Finding]:
    """Constants of a condition or an amount that are out of all proportion to what they are compared with."""
    spreads: dict[x.Num, _Spread | None] = {}
    found: list[Finding] = []
    for node in x.walk(tree):
        if not isinstance(node, x.Compare) or node.op in ("=", "!="):
            continue
        key, _ = constraint_of(node)
        value = next((side.value for side in (node.right, node.left) if isinstance(side, x.Literal)), None)
        if not isinstance(key, x.Num) or value is None or not _is_amount(key):
            continue
        if is_beyond_bound(node):
            found.append(_beyond(item, node, key, value))
        elif facts is not None and value > 0:
            if key not in spreads:
                spreads[key] = _spread(key, facts)
            found += _against(item, node, key, value, spreads[key])
    return found


def _is_amount(key: x.Num) -> bool:
    """Dates, years and months have no 万."""
    return all(name not in ("date", "year", "duration") for name, _ in key.dimension.powers)


def _beyond(item: LintItem, node: x.Compare, key: x.Num, value: Fraction) -> Finding:
    ref = key.ref if isinstance(key, x.Derived) else key
    whole = range_of(ref)
    assert whole.low is not None and whole.high is not None
    return make_finding(
        "L-SCALE-BOUND",
        item,
        rule=describe(node),
        value=_show(value, key),
        name=_WORDING.name(ref),
        low=_show(whole.low, key),
        high=_show(whole.high, key),
    )


def _against(item: LintItem, node: x.Compare, key: x.Num, value: Fraction, spread: _Spread | None) -> Iterator[Finding]:
    if spread is None or spread.count < FEWEST or spread.median == 0:
        return
    common: dict[str, Words | str] = {"rule": describe(node), "value": _show(value, key), "count": str(spread.count)}
    is_far_above = value >= SLIP * spread.median or value >= FAR * spread.highest > 0
    is_far_below = spread.median >= SLIP * value or spread.lowest >= FAR * value
    if is_far_above or is_far_below:
        other = value / SLIP if is_far_above else value * SLIP
        median = _show(spread.median, key)
        yield make_finding("L-SCALE-SLIP", item, median=median, other=_show(other, key), **common)
    elif value > spread.highest and constraint_of(node)[1].low is not None:
        yield make_finding("L-SCALE-MAX", item, highest=_show(spread.highest, key), **common)


def _spread(key: x.Num, facts: pl.DataFrame) -> _Spread | None:
    values = _stored(key, facts) if isinstance(key, x.Ref) else _computed(key, facts)
    sized = sorted(abs(v) for v in values if v != 0)
    return _Spread(len(values), sized[len(sized) // 2], min(values), max(values)) if sized else None


def _stored(key: x.Ref, facts: pl.DataFrame) -> list[Fraction]:
    if key.slot not in facts.columns:
        return []
    return [value * key.scale for value in facts[key.slot].drop_nulls().to_list()]


def _computed(key: x.Num, facts: pl.DataFrame) -> list[Fraction]:
    slots = [slot for slot in x.slots_of(key) if slot in facts.columns]
    rows = facts.select(slots).head(SAMPLE).iter_rows(named=True) if slots else iter(())
    numbers = [Reference(row).number(key) for row in rows]
    return [number for number in numbers if isinstance(number, Fraction)]


def _show(value: Fraction, key: x.Num) -> Words:
    return show_value(value, key.dimension, unit_of(key))
