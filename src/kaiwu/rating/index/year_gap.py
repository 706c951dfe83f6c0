"""Why a score changed from one year to the next (年度变化分解): data, base, weights, membership; they sum to the printed change.

Owns the four causes and their separation. Each cause is the mean of what it does in all orders in which the four may change (Shapley
1953), so none depends on which came first. Gaps between units are in ``decomposition.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import factorial

import numpy as np

from kaiwu.quantity import KaiwuError, Problem
from kaiwu.rating.index.attribution import apportion, average_orders
from kaiwu.rating.index.decomposition import REST, split_rows
from kaiwu.rating.index.method import Method
from kaiwu.rating.index.model import IndexModel
from kaiwu.rating.index.stage import aggregate_tree
from kaiwu.rating.index.statistic import Array
from kaiwu.rating.index.step.aggregate import ACROSS_UNITS, Aggregate
from kaiwu.rating.index.step.rank import MISSING
from kaiwu.rating.index.values import Values

CAUSES = ("data", "base", "weights", "membership")
LABELS = {
    "data": ("本单位数据", "the unit's own figures"), "base": ("标准化基准(其他单位数据与方法)", "normalisation base (others' figures, method)"),
    "weights": ("权重", "weights"), "membership": ("参评单位与分组", "who is rated, and in which league"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cause:
    """One cause's part of the change: ``points`` in 10^-decimals, ``value`` before rounding."""

    code: str
    zh: str
    en: str
    points: int
    value: float


@dataclass(frozen=True, slots=True)
class YearGap:
    """The change of a unit's printed score. ``causes`` sum to ``points``; ``indicators`` sum to the points of the cause ``data``."""

    unit: str
    points: int
    decimals: int
    causes: tuple[Cause, ...]
    indicators: tuple[Cause, ...]


@dataclass(frozen=True, eq=False)
class _State:
    """The field in one mixture of old and new: normalised scores, the unit's row, and the root's score."""

    row: Array
    score: float


def split_years(old: IndexModel, new: IndexModel, unit: str) -> YearGap:
    """The change of a unit's printed score from the model of one year to that of another, by cause.

    Both trees hold the same indicators under the same parents. Raises ``KaiwuError`` where they do not, or the unit has no score in one
    of the years or in a mixture of both.
    """
    _check_trees(old, new)
    before, after = _printed(old, unit), _printed(new, unit)
    decimals = [6 if r.rank.decimals is None else r.rank.decimals for r in (old.run(), new.run())]
    if decimals[0] != decimals[1]:
        raise KaiwuError(Problem(
            "IX-YEARS-DECIMALS", "两年的小数位数不同, 请先统一", "the two years print different decimals; make them agree first",
        ))  # fmt: skip
    states = {mask: _mix(old, new, unit, mask) for mask in range(1 << len(CAUSES))}

    def worth(coalitions: Array) -> Array:
        masks = (coalitions @ (1 << np.arange(len(CAUSES)))).astype(int)
        return np.array([states[m].score for m in masks])

    values = average_orders(worth, len(CAUSES))
    scale, whole = 10.0 ** decimals[0], after - before
    points = apportion(values * scale, whole)
    causes = tuple(Cause(c, *LABELS[c], p, float(v)) for c, p, v in zip(CAUSES, points, values, strict=True))
    return YearGap(unit, whole, decimals[0], causes, _by_indicator(old, new, states, points[0], scale))


def _by_indicator(
    old: IndexModel, new: IndexModel, states: Mapping[int, _State], points: int, scale: float
) -> tuple[Cause, ...]:
    """The unit's own figures' part by indicator, averaged as the part itself is."""
    step = next(s for s in new.method.steps if isinstance(s, Aggregate))
    if any(s.by in ACROSS_UNITS for s in (step, *step.overrides.values()) if s is not None):
        return ()
    out: dict[str, float] = {}
    n = len(CAUSES)
    for mask in range(0, 1 << n, 2):  # coalitions without the first cause, the data
        size = mask.bit_count()
        share = factorial(size) * factorial(n - size - 1) / factorial(n)
        kind = new if mask & 2 else old
        weights = (new if mask & 4 else old).sheets()[-1].weights
        step = next(s for s in kind.method.steps if isinstance(s, Aggregate))
        split = split_rows(step, kind.tree, weights, states[mask | 1].row, states[mask].row)
        for code, value in split.items():
            out[code] = out.get(code, 0.0) + share * value
    nodes = new.tree.by_code
    shares = apportion([v * scale for v in out.values()], points)
    return tuple(
        Cause(
            code, (nodes[code].zh or code) if code in nodes else f"{nodes[code.removesuffix(REST)].zh}: 缺项",
            (nodes[code].en or code) if code in nodes else f"{nodes[code.removesuffix(REST)].en}: missing cells", share, value,
        )
        for (code, value), share in zip(out.items(), shares, strict=True)
    )  # fmt: skip


def _mix(old: IndexModel, new: IndexModel, unit: str, mask: int) -> _State:
    """The unit's score where the causes in ``mask`` are the new year's and the others the old one's."""
    data, base, weights, members = (new if mask >> k & 1 else old for k in range(len(CAUSES)))
    steps = tuple(s for s in base.method.steps if s.family not in ("weigh", "rank"))
    values = _field(data.values, base.values, (old if base is new else new).values, members.values, unit)
    model = IndexModel(base.tree, values, Method(base.method.code, steps), base.panel)
    sheet = model.sheets()[-2]
    if unit not in sheet.units:
        raise _no_score(unit)
    shares = weights.sheets()[-1].weights
    step = next(s for s in steps if isinstance(s, Aggregate))
    at = sheet.units.index(unit)
    score = float(aggregate_tree(step, sheet.x, shares, base.tree)[base.tree.root][at])
    if np.isnan(score):
        raise _no_score(unit)
    return _State(sheet.x[at], score)


def _field(data: Values, base: Values, spare: Values, members: Values, unit: str) -> Values:
    """Who is rated, with the others' values of one year (of the other where a unit is not in it) and the unit's own."""
    codes = tuple(c for c in base.codes if c in data.codes and c in spare.codes)
    tables = {id(v): ({u: i for i, u in enumerate(v.units)}, v.select(codes)) for v in (data, base, spare)}
    x = np.empty((len(members.units), len(codes)))
    for i, name in enumerate(members.units):
        for source in (data,) if name == unit else (base, spare):
            rows, table = tables[id(source)]
            if name in rows:
                x[i] = table[rows[name]]
                break
    return replace(members, codes=codes, x=x, error=None, year=base.year, source={}, as_of={}, flag={})


def _printed(model: IndexModel, unit: str) -> int:
    result = model.run()
    if unit not in result.units or result.printed[result.units.index(unit)] == MISSING:
        raise _no_score(unit)
    return int(result.printed[result.units.index(unit)])


def _check_trees(old: IndexModel, new: IndexModel) -> None:
    shapes = [{(n.code, n.parent) for n in model.tree.nodes} for model in (old, new)]
    if shapes[0] != shapes[1]:
        differing = sorted({code for code, _ in shapes[0] ^ shapes[1]})
        raise KaiwuError(Problem(
            "IX-YEARS-TREE", f"两年指标体系不同: {', '.join(differing[:8])}; 只能在相同指标上比较",
            f"the trees of the two years differ in {', '.join(differing[:8])}; only equal trees are compared",
        ))  # fmt: skip


def _no_score(unit: str) -> KaiwuError:
    return KaiwuError(Problem(
        "IX-YEARS-SCORE", f"“{unit}”在其中一年(或换算中)没有得分, 不能比较", f"“{unit}” has no score in one of the years or on the way; they cannot be compared", where=unit,
    ))  # fmt: skip
