"""How one aggregate is split among its children (归因): by weight, by log means, or by averaged orders.

Owns the kernels for one block; every one sums to what it splits. The walk over the tree is in ``decomposition.py``.

Scores: Euler's theorem, ``S = Σ x ∂S/∂x``, exact for every mean that is homogeneous of degree one. Gaps of means ``g(S) = Σ w g(x)``:
the log-mean Divisia split (Ang 2004, Energy Policy 32(9)) and its like for other powers, ``(Sa − Sb) = L Σ w (g(xa) − g(xb))``. All others:
Shapley values (1953) over all orders, beyond ``MOST_EXACT`` children over the rotations of the document's order and their reverses.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from kaiwu.rating.index.statistic import Array
from kaiwu.rating.index.step import aggregate as aggregation
from kaiwu.rating.index.step.aggregate import ACROSS_UNITS, Aggregate

MOST_EXACT = 10  # children for which all 2^n coalitions are formed
SAME = 1e-9  # relative distance below which two scores count as equal in a quotient
SCHEMES = {
    "linear": ("加权和, 精确相加", "weighted sum, exact"),
    "euler": ("欧拉定理(一次齐次)", "Euler's theorem (homogeneous of degree one)"),
    "log_mean": ("对数平均分解(LMDI)", "log-mean Divisia"),
    "shapley": ("各次序平均(夏普利值)", "averaged orders (Shapley value)"),
}  # fmt: skip


def apportion(parts: Sequence[float] | Array, whole: int) -> list[int]:
    """Whole numbers nearest to ``parts`` that sum to ``whole`` (最大余数法): down first, then up by the largest remainder.

    Equal remainders go to the first. ``whole`` may differ from the sum of the parts by their own rounding.
    """
    values = np.asarray(parts, dtype=np.float64)
    if not len(values):
        return []
    down = np.floor(values)
    order = np.argsort(-(np.round(values - down, 9)), kind="stable")
    left = whole - int(down.sum())
    times, more = divmod(left, len(values))
    out = down.astype(np.int64) + times
    out[order[:more]] += 1
    return [int(v) for v in out]


def way_of(setting: Aggregate) -> str:
    """Which scheme splits a gap of this aggregate, a key of ``SCHEMES``."""
    if setting.by == "arithmetic" or (setting.by == "power" and setting.power == 1):
        return "linear"
    return "log_mean" if setting.by in ("geometric", "harmonic", "power") else "shapley"


def slope(setting: Aggregate, x: Array, w: Array) -> Array | None:
    """``∂S/∂x`` of complete children ``(children,)``: ``slope · x`` is the score. None where the mean depends on other units."""
    if setting.by in ACROSS_UNITS:
        return None
    w = w / w.sum()
    if way_of(setting) == "linear":
        return np.asarray(w)
    if setting.by == "mpi":
        m, q = float(w @ x), float(w @ x**2)
        s = setting.sign if m > 0 else -setting.sign  # the penalty goes by the size of the mean
        if not m:
            return None if q else np.asarray(w)  # nothing but zeros scores zero
        return np.asarray((1 - s) * w + s * w * (2 * x / m - q / m**2))
    if setting.by == "owa":
        return _owa_slope(setting, x, w)
    if setting.by in ("minimum", "maximum", "median"):
        score = float(aggregation.aggregate(x[None], w, setting)[0])
        return _at_score(x, w, score)
    p = {"geometric": 0.0, "harmonic": -1.0}.get(setting.by, setting.power)
    score = float(aggregation.aggregate(x[None], w, setting)[0])
    if score == 0 or np.isnan(score):
        return np.zeros(len(x))
    live = (w > 0) & (x > 0)
    return np.asarray(np.where(live, w * (np.where(live, x, score) / score) ** (p - 1), 0.0))


def _owa_slope(setting: Aggregate, x: Array, w: Array) -> Array:
    at = np.argsort(-x, kind="stable")
    unit = np.eye(len(x))
    order = np.asarray(setting.order, dtype=np.float64)
    # the weight of a child in its place, read off by scoring steps of height one down the ranking
    falls = np.array([aggregation.owa(unit[at[: k + 1]].sum(axis=0)[None], w[None], order)[0] for k in range(len(x))])
    out = np.empty(len(x))
    out[at] = np.diff(falls, prepend=0.0)
    return out


def _at_score(x: Array, w: Array, score: float) -> Array:
    """Least, greatest and middle: all of it to the child (or the two) that the score is."""
    live = w > 0
    near = live & (np.abs(x - score) <= SAME * max(1.0, abs(score)))
    out = np.zeros(len(x))
    if near.any():
        out[np.flatnonzero(near)[0]] = 1.0
        return out
    below, above = np.where(live & (x < score), x, -np.inf), np.where(live & (x > score), x, np.inf)
    out[[int(below.argmax()), int(above.argmin())]] = 0.5
    return out


def gap_slope(setting: Aggregate, a: Array, b: Array, w: Array) -> Array | None:
    """Factors f with ``f · (a − b) = S(a) − S(b)``, by weight or log means; None where averaged orders are needed."""
    way = way_of(setting)
    w = w / w.sum()
    if way == "linear":
        return np.asarray(w)
    live = w > 0
    if way != "log_mean" or (np.minimum(a, b)[live] <= 0).any():
        return None
    p = {"geometric": 0.0, "harmonic": -1.0}.get(setting.by, setting.power)
    ends = aggregation.power(np.stack([a, b]), np.stack([w, w]), p)
    along = _secant(np.where(live, a, 1.0), np.where(live, b, 1.0), p)
    return np.asarray(np.where(live, w * along / _secant(ends[:1], ends[1:], p)[0], 0.0))


def _secant(a: Array, b: Array, p: float) -> Array:
    """``(g(a) − g(b)) / (a − b)`` of ``g = x^p`` or the logarithm, the derivative where both are equal."""
    middle = (a + b) / 2
    close = np.abs(a - b) <= SAME * middle
    width = np.where(close, 1.0, a - b)
    if p == 0:
        return np.asarray(np.where(close, 1 / middle, (np.log(a) - np.log(b)) / width))
    return np.asarray(np.where(close, p * middle ** (p - 1), (a**p - b**p) / width))


def average_orders(worth: Callable[[Array], Array], n: int) -> Array:
    """Shapley values ``(n,)`` of a game: ``worth`` takes coalitions ``(k, n)`` of 0 and 1 and gives ``(k,)``.

    They sum to the worth of all less that of none. Beyond ``MOST_EXACT`` players over 2n orders.
    """
    if n > MOST_EXACT:
        return _average_rotations(worth, n)
    codes = np.arange(1 << n)
    coalitions = (codes[:, None] >> np.arange(n)) & 1
    value = worth(coalitions.astype(np.float64))
    size = coalitions.sum(axis=1)
    ways = np.ones(n + 1)
    ways[1:] = np.cumprod(np.arange(1, n + 1, dtype=np.float64))
    out = np.empty(n)
    for i in range(n):
        without = codes[coalitions[:, i] == 0]
        share = ways[size[without]] * ways[n - size[without] - 1] / ways[n]
        out[i] = float(share @ (value[without | (1 << i)] - value[without]))
    return out


def _average_rotations(worth: Callable[[Array], Array], n: int) -> Array:
    forward = [[(s + k) % n for k in range(n)] for s in range(n)]
    orders = forward + [order[::-1] for order in forward]
    out = np.zeros(n)
    for order in orders:
        rows = np.zeros((n + 1, n))
        for k, player in enumerate(order):
            rows[k + 1 :, player] = 1.0
        out[order] += np.diff(worth(rows))
    return out / len(orders)


def substitute(setting: Aggregate, field: Array, w: Array, row: int, a: Array, b: Array) -> Callable[[Array], Array]:
    """The game of replacing ``b`` by ``a`` child by child, in a field ``(units, children)`` where the unit stands at ``row``."""

    def worth(coalitions: Array) -> Array:
        mixed = np.where(coalitions > 0, a, b)
        if setting.by not in ACROSS_UNITS:
            return aggregation.aggregate(mixed, w, setting)
        fields = np.repeat(field[None], len(mixed), axis=0)
        fields[:, row] = mixed
        return np.asarray(aggregation.aggregate(fields, w, setting)[:, row])

    return worth
