"""Aggregate (合成): from children's scores to their parent's.

Owns the formulas, and one treatment of missing children that is the same for all of them (``settle_missing``): they are left out
and the weights of the others scaled up (``skip``), or the parent is missing too (``spread``), or it is below a share (``least``).
Scores are ``(..., units, children)``, weights ``(..., children)`` or ``(..., units, children)``; results ``(..., units)``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from kaiwu.rating.index.statistic import Array, Mask
from kaiwu.rating.index.step.rank import to_decimals

WAYS = (
    "arithmetic", "geometric", "harmonic", "power", "mpi", "owa", "minimum", "maximum", "median", "copeland", "topsis", "vikor", "frontier",
)  # fmt: skip
MISSING = ("skip", "spread")
ACROSS_UNITS = ("copeland", "topsis", "vikor", "frontier")  # a unit's score depends on the others


@dataclass(frozen=True, slots=True)
class Aggregate:
    """Setting of one or all aggregates.

    ``power`` is the exponent; ``sign`` -1 punishes imbalance (MPI), +1 rewards it; ``order`` are OWA weights from the best child
    down; ``regret`` VIKOR's v; ``low``/``high`` bounds of shares (frontier); ``missing`` and ``least`` the missing policy; ``to``
    stretches closeness, Q and efficiency, which lie in 0 … 1. ``overrides`` are by aggregate; ``flat`` skips the blocks; ``decimals``
    rounds each aggregate before it enters the next.
    """

    by: str = "arithmetic"
    power: float = 1.0
    sign: int = -1
    order: tuple[float, ...] = ()
    regret: float = 0.5
    low: float | None = None
    high: float | None = None
    missing: str = "skip"
    least: float = 0.0
    to: float = 1.0
    flat: bool = False
    decimals: int | None = None
    overrides: dict[str, Any] = field(default_factory=dict, hash=False)
    family: str = "aggregate"


def settle_missing(x: Array, w: Array, missing: str = "skip", least: float = 0.0) -> tuple[Array, Array]:
    """Scores with missing cells at zero, and weights that sum to one over the present children; NaN weights: no result.

    ``least`` is the share of the weights that must be present (included). Every aggregate starts from here.
    """
    w = w if w.ndim >= x.ndim else w[..., None, :]
    gone = np.isnan(x)
    if not gone.any():
        whole = w.sum(axis=-1, keepdims=True)
        return x, np.asarray(
            np.broadcast_to(w / np.where(whole > 0, whole, np.nan), np.broadcast_shapes(w.shape, x.shape))
        )
    kept = np.where(gone, 0.0, w)
    whole, all_of_it = kept.sum(axis=-1, keepdims=True), np.broadcast_to(w, kept.shape).sum(axis=-1, keepdims=True)
    enough = (whole > 0) & (whole >= least * all_of_it * (1 - 1e-12))
    if missing == "spread":
        enough &= ~(gone & (np.broadcast_to(w, kept.shape) > 0)).any(axis=-1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = kept / np.where(enough, whole, np.nan)
    return np.where(gone, 0.0, x), share


def arithmetic(x: Array, w: Array) -> Array:
    """Weighted mean (加权平均)."""
    return np.asarray((x * w).sum(axis=-1))


def geometric(x: Array, w: Array) -> Array:
    """Weighted geometric mean (几何平均): zero where a weighted child is zero, missing where one is negative."""
    live = w > 0
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.where(live, np.log(np.where(live, x, 1.0)), 0.0)
        out = np.exp((np.where(live, w, 0.0) * logs).sum(axis=-1))
    return np.asarray(np.where(np.isnan(w).any(axis=-1), np.nan, out))


def harmonic(x: Array, w: Array) -> Array:
    """Weighted harmonic mean (调和平均): zero where a weighted child is zero, missing where one is negative."""
    return power(x, w, -1.0)


def power(x: Array, w: Array, p: float) -> Array:
    """Weighted power mean (幂平均), ``(sum w x^p)^(1/p)``; p = 0 is geometric. Negative scores: missing unless p = 1."""
    if p == 0:
        return geometric(x, w)
    if p == 1:
        return arithmetic(x, w)
    live = w > 0
    usable = ~(live & (x < 0)).any(axis=-1)
    zero = (live & (x == 0)).any(axis=-1)
    base = np.where(live & (x > 0), x, 1.0)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        terms = np.where(live & (x != 0), w * base**p, 0.0)
        out = terms.sum(axis=-1) ** (1 / p)
        if p < 0:
            out = np.where(zero, 0.0, out)
    return np.asarray(np.where(np.isnan(w).any(axis=-1) | ~usable, np.nan, out))


def mpi(x: Array, w: Array, sign: int = -1) -> Array:
    """Mean with a penalty for imbalance (惩罚均值), ``M ± S²/|M|``; MPI on z-scores 100 ± 10, AMPI on goalposts 70 … 130.

    De Muro, Mazziotta and Pareto 2011; Mazziotta and Pareto 2016. S is the weighted deviation of the unit's own children.
    Where M is negative the penalty goes by its size, as it would else become a reward; all children at zero give zero.
    """
    m = (x * w).sum(axis=-1)
    s2 = (w * (x - m[..., None]) ** 2).sum(axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(m != 0, m + sign * s2 / np.abs(m), np.where(s2 == 0, 0.0, np.nan)))


def owa(x: Array, w: Array, order: Array) -> Array:
    """Ordered weighted mean (有序加权, Yager 1988): ``order`` weighs the children from the best down; with weights as in WOWA.

    The children's own weights say how much of the order's weight each takes (Torra 1997), so equal weights give plain OWA and a
    missing child simply has none.
    """
    at = np.argsort(-x, axis=-1, kind="stable")
    ranked = np.take_along_axis(
        np.broadcast_to(x, w.shape), at if at.shape == w.shape else np.broadcast_to(at, w.shape), axis=-1
    )
    shares = np.take_along_axis(w, np.broadcast_to(at, w.shape), axis=-1)
    knots = np.linspace(0, 1, len(order) + 1)
    heights = np.concatenate([[0.0], np.cumsum(order / order.sum())])
    heights[-1] = 1.0
    ends = np.cumsum(shares, axis=-1)
    bad = np.isnan(ends)
    levels = np.interp(np.where(bad, 0.0, np.minimum(ends, 1.0)), knots, heights)
    levels[..., -1] = 1.0
    steps = np.diff(levels, axis=-1, prepend=0.0)
    out = (steps * ranked).sum(axis=-1)
    return np.asarray(np.where(bad.any(axis=-1), np.nan, out))


def copeland(x: Array, w: Array) -> Array:
    """Units beaten minus units lost to, by the weight of shared children in which one is better (科普兰, 1951); ties half.

    ``w`` as given before missing were settled: zero marks a missing child.
    """
    live: Mask = np.asarray(~np.isnan(w) & (w > 0))
    wins = np.zeros((*x.shape[:-2], x.shape[-2], x.shape[-2]))
    for c in range(x.shape[-1]):
        v, present = x[..., c], live[..., c]
        weight = np.where(present, w[..., c], 0.0)
        both = present[..., :, None] & present[..., None, :]
        pair = np.minimum(weight[..., :, None], weight[..., None, :])
        difference = np.sign(v[..., :, None] - v[..., None, :])
        wins = wins + np.where(both, difference * pair, 0.0)
    outcome = np.where(np.abs(wins) < 1e-12, 0.0, np.sign(wins))
    none: Mask = np.asarray(~live.any(axis=-1))
    outcome = np.where(none[..., None, :], 0.0, outcome)
    return np.asarray(np.where(none, np.nan, outcome.sum(axis=-1)))


def topsis(x: Array, w: Array) -> Array:
    """Closeness to the ideal (逼近理想解), ``d- / (d+ + d-)`` of weighted scores; Hwang and Yoon 1981.

    The ideal and its opposite are the best and worst weighted scores; a missing child takes no part in the unit's distances.
    """
    live: Mask = np.asarray(~np.isnan(w) & (w > 0))
    best = np.where(live, x, -np.inf).max(axis=-2, keepdims=True)
    worst = np.where(live, x, np.inf).min(axis=-2, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        up = np.sqrt((np.where(live, w * (best - x), 0.0) ** 2).sum(axis=-1))
        down = np.sqrt((np.where(live, w * (x - worst), 0.0) ** 2).sum(axis=-1))
        out = np.where(up + down > 0, down / (up + down), 0.5)
    return np.asarray(np.where(np.isnan(w).any(axis=-1), np.nan, out))


def vikor(x: Array, w: Array, regret: float = 0.5) -> tuple[Array, Array, Array]:
    """Group utility S, greatest regret R and the compromise Q, all the smaller the better; Opricovic and Tzeng 2004.

    ``x`` turned so that more is better. A child that does not vary takes no part.
    """
    live: Mask = np.asarray(~np.isnan(w) & (w > 0))
    best = np.where(live, x, -np.inf).max(axis=-2, keepdims=True)
    worst = np.where(live, x, np.inf).min(axis=-2, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        width = best - worst
        gap = np.where(live & (width > 0), w * (best - x) / np.where(width > 0, width, 1.0), 0.0)
    none = np.isnan(w).any(axis=-1)
    s = np.where(none, np.nan, gap.sum(axis=-1))
    r = np.where(none, np.nan, gap.max(axis=-1))
    return s, r, regret * _unit_scale(s) + (1 - regret) * _unit_scale(r)


def compromise(s: Array, r: Array, q: Array) -> tuple[int, ...]:
    """VIKOR's compromise set, best first: positions of the units that the two conditions leave together."""
    order = np.argsort(q, kind="stable")
    n = len(order)
    if n < 2:
        return tuple(int(v) for v in order)
    first = order[0]
    advantage = 1 / (n - 1)
    has_advantage = q[order[1]] - q[first] >= advantage - 1e-12
    is_stable = s[first] <= np.min(s) + 1e-12 or r[first] <= np.min(r) + 1e-12
    if has_advantage:
        return (int(first),) if is_stable else (int(first), int(order[1]))
    return tuple(int(u) for u in order if q[u] - q[first] < advantage - 1e-12)


def aggregate(x: Array, w: Array, setting: Aggregate) -> Array:
    """Any of the formulas by its setting; missing children are settled first, in the same way for all."""
    filled, share = settle_missing(x, w, setting.missing, setting.least)
    formulas: dict[str, Callable[[], Array]] = {
        "arithmetic": lambda: arithmetic(filled, share),
        "geometric": lambda: geometric(filled, share),
        "harmonic": lambda: harmonic(filled, share),
        "power": lambda: power(filled, share, setting.power),
        "mpi": lambda: mpi(filled, share, setting.sign),
        "owa": lambda: owa(filled, share, np.asarray(setting.order, dtype=np.float64)),
        "minimum": lambda: _extreme(filled, share, least=True),
        "maximum": lambda: _extreme(filled, share, least=False),
        "median": lambda: _median(filled, share),
        "copeland": lambda: copeland(filled, _unshared(x, w, share)),
        "topsis": lambda: topsis(filled, _unshared(x, w, share)) * setting.to,
        "vikor": lambda: (1 - vikor(filled, _unshared(x, w, share), setting.regret)[2]) * setting.to,
        "frontier": lambda: _frontier(x, share, setting),
    }
    return to_decimals(formulas[setting.by](), setting.decimals)


def _unshared(x: Array, w: Array, share: Array) -> Array:
    """Weights among units: not scaled up for the missing (a unit is not compared on what it lacks), NaN where no result."""
    w = w if w.ndim >= x.ndim else w[..., None, :]
    w = w / w.sum(axis=-1, keepdims=True)
    return np.where(np.isnan(share), np.nan, np.where(np.isnan(x), 0.0, w))


def _extreme(x: Array, w: Array, *, least: bool) -> Array:
    live = w > 0
    out = np.where(live, x, np.inf).min(axis=-1) if least else np.where(live, x, -np.inf).max(axis=-1)
    return np.asarray(np.where(np.isnan(w).any(axis=-1), np.nan, out))


def _median(x: Array, w: Array) -> Array:
    """Weighted median: the score at which half the weight is reached, the mean of two at exactly half."""
    at = np.argsort(x, axis=-1, kind="stable")
    v, s = (
        np.take_along_axis(np.broadcast_to(x, w.shape), np.broadcast_to(at, w.shape), -1),
        np.take_along_axis(w, np.broadcast_to(at, w.shape), -1),
    )
    ends = np.cumsum(s, axis=-1)
    low = np.where(s > 0, ends >= 0.5 - 1e-12, False).argmax(axis=-1)
    high = np.where(s > 0, ends > 0.5 + 1e-12, False).argmax(axis=-1)

    def pick(k: Any) -> Array:
        return np.asarray(np.take_along_axis(v, k[..., None], axis=-1)[..., 0])

    return np.asarray(np.where(np.isnan(w).any(axis=-1), np.nan, (pick(low) + pick(high)) / 2))


def _frontier(x: Array, share: Array, setting: Aggregate) -> Array:
    from kaiwu.rating.index.step.frontier import benefit_of_doubt  # linear programmes are only loaded where asked for

    if x.ndim > 2:
        return np.stack([_frontier(a, b, setting) for a, b in zip(x, np.broadcast_to(share, x.shape), strict=True)])
    m = x.shape[1]
    low = None if setting.low is None else np.full(m, setting.low)
    high = None if setting.high is None else np.full(m, setting.high)
    scores, _ = benefit_of_doubt(np.where(np.isnan(share).any(axis=1, keepdims=True), np.nan, x), low, high)
    return scores * setting.to


def _unit_scale(v: Array) -> Array:
    low = np.where(np.isnan(v), np.inf, v).min(axis=-1, keepdims=True)
    high = np.where(np.isnan(v), -np.inf, v).max(axis=-1, keepdims=True)
    return np.asarray(
        np.where(high > low, (v - low) / np.where(high > low, high - low, 1.0), np.where(np.isnan(v), np.nan, 0.0))
    )
