"""Which weights agree with printed totals (权重反推): bounds for each within the rounding, and what is not identified.

Owns the linear programmes. It says what can be known from a published table; weights so found are inferred, never attested.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from kaiwu.quantity import KaiwuError, Problem
from kaiwu.rating.index.model import IndexModel
from kaiwu.rating.index.statistic import Array
from kaiwu.rating.index.step.aggregate import Aggregate

NARROW = 0.005  # width of the bounds up to which a weight counts as identified: half a point of a hundred
SLACK = 1e-9  # relative room for the arithmetic of the linear programme


@dataclass(frozen=True, slots=True)
class Bounds:
    """Least and greatest weight that agrees with every printed total; ``is_known`` where they are close."""

    code: str
    low: float
    high: float
    is_known: bool


@dataclass(frozen=True, slots=True)
class Recovery:
    """``weights`` is empty where no weights agree; then ``miss`` is the least possible greatest error and ``against`` who forces it.

    ``unknown`` are indicators that are not identified, ``together`` groups of them whose sum is.
    """

    weights: tuple[Bounds, ...]
    unknown: tuple[str, ...]
    together: tuple[tuple[tuple[str, ...], float, float], ...] = ()
    miss: float = 0.0
    against: tuple[str, ...] = ()

    def tell(self) -> list[tuple[str, str]]:
        """Sentences, zh and en."""
        if not self.weights:
            who = ", ".join(self.against)
            return [(f"没有一组非负权重与公布总分相符(最小偏差 {self.miss:.4g}); 矛盾在: {who}", f"no weights, none negative, agree with the printed totals (least error {self.miss:.4g}); the contradiction is in: {who}")]  # fmt: skip
        out = [
            (f"{b.code}: {b.low:.4f}–{b.high:.4f}{'' if b.is_known else ', 不能确定'}", f"{b.code}: {b.low:.4f}–{b.high:.4f}{'' if b.is_known else ', not identified'}")
            for b in self.weights
        ]  # fmt: skip
        for codes, low, high in self.together:
            joined = " + ".join(codes)
            out.append(
                (
                    f"只能确定合计: {joined} = {low:.4f}–{high:.4f}",
                    f"only the sum is identified: {joined} = {low:.4f}–{high:.4f}",
                )
            )
        return out


def recover_weights(
    x: Array, totals: Array, decimals: int, *, codes: Sequence[str] = (), units: Sequence[str] = (), weights_sum: float | None = 1.0,
    narrow: float = NARROW,
) -> Recovery:  # fmt: skip
    """Bounds of weights ``w ≥ 0`` with ``|x w − totals| ≤ half a last place``.

    ``x`` are scores ``(units, indicators)``, ``totals`` ``(units,)`` as printed with ``decimals``; rows with a missing cell are left out.
    ``weights_sum`` is what they sum to (None: not known). Raises ``KaiwuError`` where no row is complete.
    """
    names = tuple(codes) or tuple(f"x{i + 1}" for i in range(x.shape[1]))
    rows = np.flatnonzero(~(np.isnan(x).any(axis=1) | np.isnan(totals)))
    if not len(rows):
        raise KaiwuError(
            Problem("IX-RECOVER-NONE", "没有一行数据完整, 无法反推", "no row is complete, nothing can be recovered")
        )
    who = [units[int(r)] if units else str(r + 1) for r in rows]
    table, half = x[rows], 0.5 * 10.0**-decimals
    system = _System(table, totals[rows], half, weights_sum)
    bounds = [system.range_of(unit) for unit in np.eye(len(names))]
    if any(b is None for b in bounds):
        miss, against = system.contradiction()
        return Recovery((), names, (), miss, tuple(who[r] for r in against))
    known = [b is not None and b[1] - b[0] <= narrow for b in bounds]
    weights = tuple(Bounds(c, b[0], b[1], k) for c, b, k in zip(names, bounds, known, strict=True) if b is not None)
    unknown = tuple(b.code for b in weights if not b.is_known)
    return Recovery(weights, unknown, _sums(system, table, names, unknown, narrow))


def recover_from(
    model: IndexModel, totals: Mapping[str, float], decimals: int, *, weights_sum: float | None = 1.0
) -> Recovery:
    """Bounds of the indicators' weights in the whole, from a model's normalised scores and printed totals by unit.

    Raises ``KaiwuError`` where totals are not weighted sums of scores (another aggregation, or rounding on the way).
    """
    step = next((s for s in model.method.steps if isinstance(s, Aggregate)), Aggregate())
    blocks = [step, *step.overrides.values()]
    if any(s.by != "arithmetic" or s.decimals is not None for s in blocks):
        raise KaiwuError(Problem(
            "IX-RECOVER-LINEAR", "只有算术平均且中途不取整的总分才能反推权重", "weights can only be recovered from arithmetic totals that are not rounded on the way",
            where=model.method.code,
        ))  # fmt: skip
    result = model.run()
    printed = np.array([totals.get(unit, np.nan) for unit in result.units])
    return recover_weights(result.sheet.x, printed, decimals, codes=result.tree.leaves, units=result.units, weights_sum=weights_sum)  # fmt: skip


class _System:
    """The constraints, for several objectives."""

    def __init__(self, table: Array, totals: Array, half: float, weights_sum: float | None) -> None:
        room = half + SLACK * max(1.0, float(np.abs(totals).max()))
        self.table, self.totals, self.half = table, totals, half
        self.upper = np.vstack([table, -table])
        self.bound = np.concatenate([totals + room, room - totals])
        n = table.shape[1]
        self.equal = None if weights_sum is None else np.ones((1, n))
        self.sum = None if weights_sum is None else [weights_sum]

    def range_of(self, along: Array) -> tuple[float, float] | None:
        """Least and greatest ``along · w``; None where no weights agree; infinite where nothing bounds it."""
        ends = []
        for sign in (1.0, -1.0):
            found = _solve(sign * along, self.upper, self.bound, self.equal, self.sum)
            if found.status == 3:
                ends.append(float("inf"))
            elif found.x is None:
                return None
            else:
                ends.append(sign * float(found.fun))
        return ends[0], ends[1]

    def contradiction(self) -> tuple[float, list[int]]:
        """The least possible greatest error, and the rows that force it (their duals are not zero)."""
        n = self.table.shape[1]
        ones = np.ones((len(self.totals), 1))
        upper = np.vstack([np.hstack([self.table, -ones]), np.hstack([-self.table, -ones])])
        equal = None if self.equal is None else np.hstack([self.equal, [[0.0]]])
        found = _solve(np.append(np.zeros(n), 1.0), upper, np.concatenate([self.totals, -self.totals]), equal, self.sum)
        duals = np.abs(np.asarray(found.ineqlin.marginals)).reshape(2, -1).sum(axis=0)
        return float(found.fun), [int(r) for r in np.flatnonzero(duals > 1e-9)]


def _solve(cost: Array, upper: Array, bound: Array, equal: Array | None, whole: list[float] | None) -> Any:
    from scipy.optimize import linprog  # heavy; only needed here

    return linprog(cost, upper, bound, equal, whole, bounds=(0, None), method="highs")


def _sums(
    system: _System, table: Array, names: Sequence[str], unknown: Sequence[str], narrow: float
) -> tuple[tuple[tuple[str, ...], float, float], ...]:
    """Groups of unidentified indicators with equal scores everywhere: only their sum can be known."""
    groups: dict[bytes, list[int]] = {}
    for i, name in enumerate(names):
        if name in unknown:
            groups.setdefault(np.round(table[:, i], 9).tobytes(), []).append(i)
    out = []
    for members in groups.values():
        if len(members) < 2:
            continue
        along = np.zeros(len(names))
        along[members] = 1.0
        found = system.range_of(along)
        if found is not None and found[1] - found[0] <= narrow:
            out.append((tuple(names[i] for i in members), found[0], found[1]))
    return tuple(out)
