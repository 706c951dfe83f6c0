"""Normalise (无量纲化): from an indicator's unit to a common scale on which more is better.

Owns the formulas. Each takes columns ``x`` with their nodes (direction, goalposts, base, target) and a reference table from which
minima, means and so on are taken: ``x`` itself, or a base year, or all years.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from kaiwu.quantity import KaiwuError, Problem
from kaiwu.rating.index import statistic
from kaiwu.rating.index.statistic import Array
from kaiwu.rating.index.step.rank import to_decimals
from kaiwu.rating.index.tree import HIGHER, LOWER, Direction, Node

WAYS = (
    "none", "min_max", "goalposts", "z_score", "rank", "borda", "percentile", "target", "ratio", "bands", "maximum", "vector", "sum",
)  # fmt: skip
ONE_SIDED = ("ratio", "maximum")  # formulas that know no wanted value or interval


@dataclass(frozen=True, slots=True)
class Band:
    """One row of a band table: values from ``low`` to ``high`` (None open) earn ``points``."""

    low: float | None
    high: float | None
    points: float


@dataclass(frozen=True, slots=True)
class Normalise:
    """Setting of one or all indicators.

    ``to`` is the scale (for ``z_score`` mean and deviation); ``low``, ``high``, ``base``, ``target`` override the tree's; ``cap`` and
    ``floor`` bound the score; ``penalty`` = (below, times) replaces the ratio of values under a line; ``log`` takes logarithms
    first; ``edges`` is ``[)`` or ``(]`` for ``bands``; ``zero`` is what a ``ratio`` where lower is better gives to values that are not positive; ``decimals`` rounds each score; ``base_year`` and ``within`` say whose statistics are used.
    """

    by: str = "min_max"
    to: tuple[float, float] = (0.0, 100.0)
    low: float | None = None
    high: float | None = None
    base: float | None = None
    target: float | None = None
    cap: float | None = None
    floor: float | None = None
    penalty: tuple[float, float] | None = None
    log: bool = False
    ddof: int = 1
    bands: tuple[Band, ...] = ()
    edges: str = "[)"
    constant: float | None = None
    zero: float | None = None
    decimals: int | None = None
    base_year: int | str | None = None
    within: str = ""
    overrides: dict[str, Any] = field(default_factory=dict, hash=False)
    family: str = "normalise"


def orient(x: Array, direction: Direction) -> Array:
    """Turn a column so that more is better: ``x``, ``-x``, or minus the distance to the wanted value or interval."""
    if direction.kind == HIGHER:
        return x
    if direction.kind == LOWER:
        return -x
    return -np.maximum(np.maximum(direction.low - x, x - direction.high), 0.0)


def normalise(x: Array, nodes: Sequence[Node], setting: Normalise, ref: Array | None = None) -> Array:
    """Scores ``(..., units, indicators)`` of columns by one setting; ``ref`` gives the statistics (default: ``x``)."""
    _check_directions(nodes, setting)
    ref = x if ref is None else ref
    groups: dict[object, list[int]] = {}
    for i, node in enumerate(nodes):
        posts = (node.low, node.high, node.base, node.target) if setting.by in ("goalposts", "target", "ratio") else ()
        groups.setdefault((node.direction, posts), []).append(i)
    out = np.empty(x.shape)
    for at in groups.values():
        out[..., at] = _FORMULAS[setting.by](x[..., at], ref[..., at], nodes[at[0]], setting)
    if setting.floor is not None or setting.cap is not None:
        out = np.clip(out, setting.floor, setting.cap)
    return to_decimals(np.asarray(out, dtype=np.float64), setting.decimals)


def stands_alone(setting: Normalise, node: Node) -> bool:
    """Whether a unit's score rests on its own value alone: fixed goalposts, benchmarks and bands, and no others' extremes."""
    d = _direction(node)
    if setting.by in ("goalposts", "min_max") and d.is_two_sided:
        return d.span is not None
    return setting.by in ("none", "goalposts", "ratio", "bands")


def _check_directions(nodes: Sequence[Node], s: Normalise) -> None:
    """Ratios and logarithms know higher and lower only: a wanted value or interval must not be read as “higher”."""
    if s.by not in ONE_SIDED and not s.log:
        return
    for node in nodes:
        if _direction(node).is_two_sided:
            what = s.by if s.by in ONE_SIDED else "log"
            raise KaiwuError(Problem(
                "IX-NORMALISE-DIRECTION", f"指标“{node.code}”是适度指标, 不能用 {what}; 改用 min_max、z_score、bands 等",
                f"indicator “{node.code}” is good near a value or inside an interval and cannot be normalised by {what}; use min_max, z_score, bands …",
                where=node.where or node.code,
            ))  # fmt: skip


def _min_max(x: Array, ref: Array, node: Node, s: Normalise) -> Array:
    d = _direction(node)
    if s.log:
        x, ref = _log(x), _log(ref)
    y, r = orient(x, d), orient(ref, d)
    low = statistic.least(r)
    high = np.zeros_like(low) if d.is_two_sided else statistic.greatest(r)
    if d.span is not None and d.is_two_sided:
        low = np.full_like(low, -d.span)
        y = np.maximum(y, low)
    elif d.is_two_sided:
        low = np.where((low == 0) & ~statistic.is_constant(ref), -1.0, low)  # they differ, none is off: full marks
    return _scale(y, low, high, s)


def _goalposts(x: Array, ref: Array, node: Node, s: Normalise) -> Array:
    """(x - low) / (high - low) between fixed goalposts (固定阈值法); UNDP technical notes; ``cap`` is a bound on the score."""
    d = _direction(node)
    if d.is_two_sided:
        return _min_max(x, ref, node, s)
    low, high = _first(s.low, node.low), _first(s.high, node.high)
    if s.log:
        x, low, high = _log(x), float(_log(np.asarray(low))), float(_log(np.asarray(high)))
    if d.kind == LOWER:
        x, low, high = -x, -high, -low
    return _scale(x, np.asarray(low), np.asarray(high), s)


def _z_score(x: Array, ref: Array, node: Node, s: Normalise) -> Array:
    d = _direction(node)
    y, r = orient(x, d), orient(ref, d)
    sd = statistic.deviation(r, s.ddof)
    flat = statistic.is_constant(r)
    with np.errstate(divide="ignore", invalid="ignore"):
        out = (y - statistic.mean(r)) / np.where(flat, np.nan, sd) * s.to[1] + s.to[0]
    return _constant(out, flat, y, s)


def _rank(x: Array, ref: Array, node: Node, s: Normalise) -> Array:
    y = orient(x, _direction(node))
    return _constant(statistic.rank_ascending(y, "average"), statistic.is_constant(y), y, s, refused=True)


def _borda(x: Array, ref: Array, node: Node, s: Normalise) -> Array:
    """Units beaten, half for a tie (博尔达计数)."""
    y = orient(x, _direction(node))
    return _constant(statistic.rank_ascending(y, "average") - 1, statistic.is_constant(y), y, s, refused=True)


def _percentile(x: Array, ref: Array, node: Node, s: Normalise) -> Array:
    """(rank - 1) / (n - 1) with the least rank of ties (百分位次)."""
    y = orient(x, _direction(node))
    n = statistic.count(y)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = (statistic.rank_ascending(y, "min") - 1) / np.where(n > 1, n - 1, np.nan)
    return _constant(share * (s.to[1] - s.to[0]) + s.to[0], statistic.is_constant(y), y, s, refused=True)


def _target(x: Array, ref: Array, node: Node, s: Normalise) -> Array:
    """Share of the way from the worst unit to the target (目标距离法), full marks at and beyond it."""
    d = _direction(node)
    goal = np.asarray(orient(np.asarray(_first(s.target, node.target)), d))
    y, low = orient(x, d), statistic.least(orient(ref, d))
    out = _scale(np.minimum(y, goal), low, np.maximum(goal, low), s)
    return np.where((low >= goal) & ~statistic.is_constant(ref) & ~np.isnan(y), s.to[1], out)


def _ratio(x: Array, ref: Array, node: Node, s: Normalise) -> Array:
    """``x / base`` times full marks, ``base / x`` where lower is better (比值法); bounds and penalty are declared.

    Where lower is better a value that is not positive has no ratio: it earns the declared ``zero``, or is missing and refused above.
    """
    base, full = _first(s.base, node.base), s.to[1]
    with np.errstate(divide="ignore", invalid="ignore"):
        if _direction(node).kind == LOWER:
            nothing = np.where(np.isnan(x) | (s.zero is None), np.nan, s.zero or 0.0)
            out = np.where(x > 0, base / np.where(x > 0, x, 1.0) * full, nothing)
        else:
            out = x / base * full
    if s.penalty is not None:
        below, times = s.penalty
        out = np.where(x < below, -times * np.abs(x - below) / abs(base) * full, out)
    return np.asarray(out)


def _bands(x: Array, ref: Array, node: Node, s: Normalise) -> Array:
    """Points of the band in which the value falls (分档计分)."""
    out = np.full(x.shape, np.nan)
    for band in s.bands:
        low = np.ones(x.shape, dtype=bool) if band.low is None else (x >= band.low if s.edges == "[)" else x > band.low)
        high = (
            np.ones(x.shape, dtype=bool)
            if band.high is None
            else (x < band.high if s.edges == "[)" else x <= band.high)
        )
        out[low & high & ~np.isnan(x)] = band.points
    return out


def _maximum(x: Array, ref: Array, node: Node, s: Normalise) -> Array:
    """``x / max``, or ``min / x`` where lower is better (极值比); missing where the sign would turn the order round."""
    low, high = statistic.least(ref), statistic.greatest(ref)
    with np.errstate(divide="ignore", invalid="ignore"):
        if _direction(node).kind == LOWER:
            return np.where((low > 0) & (x > 0), low / x * s.to[1], np.nan)
        return np.where(high > 0, x / high * s.to[1], np.nan)


def _vector(x: Array, ref: Array, node: Node, s: Normalise) -> Array:
    """``x / sqrt(sum x²)``, turned for cost indicators (向量归一); Hwang and Yoon 1981."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(orient(x, _direction(node)) / np.sqrt(statistic.total(ref**2)))


def _sum(x: Array, ref: Array, node: Node, s: Normalise) -> Array:
    """``x / sum x``, turned for cost indicators (比重法); missing where the sum is not positive."""
    whole = statistic.total(ref)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(whole > 0, orient(x, _direction(node)) / whole, np.nan)


def _none(x: Array, ref: Array, node: Node, s: Normalise) -> Array:
    return orient(x, _direction(node))


_FORMULAS: dict[str, Callable[[Array, Array, Node, Normalise], Array]] = {
    "none": _none, "min_max": _min_max, "goalposts": _goalposts, "z_score": _z_score, "rank": _rank, "borda": _borda,
    "percentile": _percentile, "target": _target, "ratio": _ratio, "bands": _bands, "maximum": _maximum, "vector": _vector,
    "sum": _sum,
}  # fmt: skip


def _scale(y: Array, low: Array, high: Array, s: Normalise) -> Array:
    low, high = np.asarray(low), np.asarray(high)
    flat = statistic.is_flat(low, high)
    with np.errstate(divide="ignore", invalid="ignore"):
        out = (y - low) / np.where(flat, np.nan, high - low) * (s.to[1] - s.to[0]) + s.to[0]
    return _constant(out, flat, y, s)


def _log(x: Array) -> Array:
    """Natural logarithm, missing where there is none."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(x > 0, np.log(np.where(x > 0, x, 1.0)), np.nan))


def _constant(out: Array, flat: Any, y: Array, s: Normalise, *, refused: bool = False) -> Array:
    """A constant column earns the declared ``constant``; undeclared it stays missing (``refused``: becomes so) and is refused above."""
    if s.constant is None:
        return np.where(flat, np.nan, out) if refused else np.asarray(out)
    return np.asarray(np.where(flat & ~np.isnan(y), s.constant, out))


def _direction(node: Node) -> Direction:
    return node.direction or Direction()


def _first(*values: float | None) -> float:
    return next((v for v in values if v is not None), float("nan"))
