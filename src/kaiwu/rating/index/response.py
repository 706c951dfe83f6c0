"""What a unit's own figure does to its score (得分响应): the curve of one indicator as straight pieces, found from the model itself.

Owns the sampling of the model and its reduction to pieces; jumps (bands, ranks) become gaps between pieces. What is done with the pieces
is in ``advice.py``.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from kaiwu.quantity import KaiwuError, Problem
from kaiwu.rating.index.model import IndexModel, IndexResult
from kaiwu.rating.index.sheet import effective_weights
from kaiwu.rating.index.stage import Context, transform
from kaiwu.rating.index.statistic import Array
from kaiwu.rating.index.step.aggregate import Aggregate
from kaiwu.rating.index.step.normalise import Normalise
from kaiwu.rating.index.step.screen import Screen

JUMP = (
    1e-9  # of the lever's range: how near to an edge the curve is sampled, and the width below which a rise is a jump
)
BENT = 1e-4  # of the scores' range: how far a piece may stray from the curve
FIRST = 16  # even pieces at the start, so that no bend between the known edges is missed
ROUNDS = 24
MOST_POINTS = 2000  # of one curve; beyond, pieces stay as bent as they are and verification decides
STILL = 1e-6  # a curve that moves less counts as flat
POWERS = {"arithmetic": 1.0, "geometric": 0.0, "harmonic": -1.0}


@dataclass(frozen=True, eq=False)
class Piece:
    """Values from ``a`` to ``b`` with the transformed scores of the watched units at both ends, straight between."""

    a: float
    b: float
    low: Array
    high: Array


@dataclass(frozen=True, eq=False)
class Scale:
    """The scale on which the index is a weighted sum: the power of the mean, and its inverse; rising in the score."""

    power: float

    def into(self, y: Array) -> Array:
        """Scores to the scale; minus infinity where a mean of this power is undefined."""
        p = self.power
        if p == 1:
            return np.asarray(y)
        with np.errstate(divide="ignore", invalid="ignore"):
            out = np.log(y) if p == 0 else np.sign(p) * np.where(y > 0, y, np.nan) ** p
        return np.asarray(np.where(y > 0, out, -np.inf))


def scale_of(model: IndexModel) -> Scale:
    """The scale of a method whose blocks are all the same weighted mean. Raises ``KaiwuError`` for others."""
    step = next(s for s in model.method.steps if isinstance(s, Aggregate))
    powers = {
        s.power if s.by == "power" else POWERS.get(s.by, np.nan)
        for s in (step, *step.overrides.values())
        if s is not None
    }
    power = next(iter(powers))
    if len(powers) != 1 or np.isnan(power):
        raise KaiwuError(Problem(
            "IX-ADVICE-FORM", "改进建议只适用于各层用同一种加权平均(算术、几何、调和、幂)合成的方法",
            "advice is given for methods that combine every block by the same weighted mean (arithmetic, geometric, harmonic, power)",
        ))  # fmt: skip
    return Scale(power)


def normalise_field(model: IndexModel, unit: str, rows: Array) -> Array:
    """Normalised scores ``(rows, kept units, indicators)`` of everybody if a unit's raw values were ``rows``."""
    sheets = model.sheets()
    raw = sheets[0].x
    here = model.values.units.index(unit)
    size = max(1, (1 << 21) // raw.size)
    out = []
    context = Context(model.tree, model.values, model.panel)
    for start in range(0, len(rows), size):
        x = np.repeat(raw[None], len(rows[start : start + size]), axis=0)
        x[:, here] = rows[start : start + size]
        kept: Sequence[int] = sheets[0].rows
        for k, step in enumerate(model.method.steps):
            if isinstance(step, Aggregate):
                break
            if isinstance(step, Screen):
                place = {u: i for i, u in enumerate(kept)}
                kept = sheets[k + 1].rows
                x = x[:, [place[u] for u in kept]]
            else:
                x = transform(step, x, kept, context, model.reference(k, step))
        out.append(x)
    return np.concatenate(out)


def present_weights(model: IndexModel, result: IndexResult, unit: str) -> dict[str, float]:
    """Effective weight of every present indicator of a unit: what missing ones would have goes to their siblings."""
    row, tree, given = result.units.index(unit), result.tree, result.sheet.weights
    step = next(s for s in model.method.steps if isinstance(s, Aggregate))
    live = {leaf: not np.isnan(result.score_of(leaf)[row]) for leaf in tree.leaves}
    if step.overrides.get(tree.root, step).flat:
        whole = effective_weights(tree, given)
        total = sum(whole[leaf] for leaf in tree.leaves if live[leaf])
        return {leaf: whole[leaf] / total for leaf in tree.leaves if live[leaf]}
    for code in tree.upward:
        if code in tree.children:
            live[code] = not np.isnan(result.sheet.scores[code][row])
    out = {tree.root: 1.0}
    for code in reversed(tree.upward):
        kids = [kid for kid in tree.children.get(code, ()) if live[kid] and code in out]
        total = sum(given[kid] for kid in kids)
        out.update({kid: out[code] * given[kid] / total for kid in kids if total > 0})
    return {leaf: out[leaf] for leaf in tree.leaves if leaf in out}


def trace_curve(
    model: IndexModel, unit: str, code: str, low: float, high: float, scale: Scale, watched: Sequence[int]
) -> tuple[Piece, ...]:
    """What a unit's value of one indicator, from ``low`` to ``high``, does to the transformed scores in it, as straight pieces.

    ``watched`` are rows of the result, the unit's own first. Its present value is always an end of a piece, so that costs to both sides
    are straight too.
    """
    leaf = model.tree.leaves.index(code)
    row = model.values.select(model.tree.leaves)[model.values.units.index(unit)]
    now, width = float(row[leaf]), high - low

    def sample(xs: Sequence[float]) -> Array:
        rows = np.repeat(row[None], len(xs), axis=0)
        rows[:, leaf] = xs
        return scale.into(normalise_field(model, unit, rows)[:, list(watched), leaf])

    if width <= 0:
        only = sample([now])[0]
        return (Piece(now, now, only, only),)
    xs = _edges(model, code, low, high, now, JUMP * width)
    known = dict(zip(xs, sample(xs), strict=True))
    table = np.array(list(known.values()))
    table = np.where(np.isfinite(table), table, np.nan)
    moved = table[:, ~np.isnan(table).all(axis=0)]
    spread = max(float((np.nanmax(moved, axis=0) - np.nanmin(moved, axis=0)).max(initial=0.0)), STILL)
    _refine(known, sample, width, spread)
    return _merge(sorted(known.items()), now, width, spread)


def _edges(model: IndexModel, code: str, low: float, high: float, now: float, near: float) -> list[float]:
    """Where the curve may bend or jump: others' values, ends of bands and goalposts, an even grid."""
    leaf, node = model.tree.leaves.index(code), model.tree.by_code[code]
    points = set(np.linspace(low, high, FIRST + 1).tolist()) | {now}
    raw = model.values.select(model.tree.leaves)[:, leaf]
    marks = {float(v) for v in raw[~np.isnan(raw)]} | {
        float(v) for v in (node.low, node.high, node.base, node.target) if v is not None
    }
    if node.direction is not None and node.direction.is_two_sided:
        marks |= {node.direction.low, node.direction.high}
    for step in model.method.steps:
        setting = step.overrides.get(code, step) if isinstance(step, Normalise) else None
        if setting is None:
            continue
        marks |= {v for band in setting.bands for v in (band.low, band.high) if v is not None}
        marks |= {v for v in (setting.low, setting.high, setting.base, setting.target) if v is not None}
        if setting.penalty is not None:
            marks.add(setting.penalty[0])
    points |= {v + d for v in marks for d in (-near, 0.0, near)}
    return sorted(v for v in points if low <= v <= high)


def _refine(known: dict[float, Array], sample: Callable[[Sequence[float]], Array], width: float, spread: float) -> None:
    """Halve pieces that are not straight until they are, or are jumps."""
    ends = sorted(known)
    open_pieces = list(itertools.pairwise(ends))
    for _ in range(ROUNDS):
        wide = [(a, b) for a, b in open_pieces if b - a > 4 * JUMP * width and np.isfinite([known[a][0], known[b][0]]).any()]  # fmt: skip
        if not wide or len(known) > MOST_POINTS:
            return
        middles = [(a + b) / 2 for a, b in wide]
        found = sample(middles)
        known.update(zip(middles, found, strict=True))
        open_pieces = [
            half
            for (a, b), m, y in zip(wide, middles, found, strict=True)
            if not _distance(y, (known[a] + known[b]) / 2) <= BENT * spread
            for half in ((a, m), (m, b))
        ]


def _distance(a: Array, b: Array) -> float:
    """The largest difference; units that are missing on both sides do not count."""
    with np.errstate(invalid="ignore"):
        gap = np.abs(a - b)
    return float(np.where(np.isnan(gap) & (np.isnan(a) == np.isnan(b)), 0.0, gap).max())


def _merge(points: list[tuple[float, Array]], now: float, width: float, spread: float) -> tuple[Piece, ...]:
    """Neighbouring points joined while they lie on one line; nothing joins over a jump or over the present value."""
    out: list[Piece] = []
    for (a, low), (b, high) in itertools.pairwise(points):
        if not (np.isfinite(low[0]) and np.isfinite(high[0])):
            continue
        if b - a <= 4 * JUMP * width and _distance(high, low) > BENT * spread:
            continue
        last = out[-1] if out else None
        if last is not None and last.b == a and a != now:
            straight = last.low + (high - last.low) * (last.b - last.a) / (b - last.a)
            if _distance(straight, last.high) <= 1e-9 * spread:
                out[-1] = Piece(last.a, b, last.low, high)
                continue
        out.append(Piece(a, b, low, high))
    return tuple(out)
