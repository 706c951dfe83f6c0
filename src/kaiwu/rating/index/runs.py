"""Many runs at once (批量试算): what happens to ranks when the method's choices or the cells themselves could be others.

Owns drawing and scoring in bulk, and what ranks then say: intervals, chances of a place, chances of beating another unit. It does
not own what should be varied, nor the attribution of variance to choices.

Every variant of a normalisation is computed once; a run is then a row of weights, so thousands of runs are a few matrix products.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from kaiwu.quantity import KaiwuError, Problem
from kaiwu.rating.index.model import IndexModel
from kaiwu.rating.index.sheet import effective_weights
from kaiwu.rating.index.stage import Context, transform
from kaiwu.rating.index.statistic import Array
from kaiwu.rating.index.step.aggregate import Aggregate
from kaiwu.rating.index.step.normalise import Normalise
from kaiwu.rating.index.step.rank import UNROUNDED
from kaiwu.rating.index.tree import LOWER, Tree

Ranks = NDArray[np.int16] | NDArray[np.int32]  # the wider one from 32,767 units on
TIE = 10.0**-UNROUNDED  # scores nearer than this share a place: what differs beyond is noise of the machine
MEANS = ("arithmetic", "geometric", "harmonic")
BLOCK = 96  # runs in one matrix product
BATCH_CELLS = 1 << 18  # cells of noise held at once: 2 MiB, stays in the cache


@dataclass(frozen=True, eq=False)
class Runs:
    """Scores and places of many runs, ``(runs, units)``; place 1 is best, ties share the least place.

    ``choices`` are the drawn levels by name, ``(runs,)``. A unit without a score in a run has place 0.
    """

    units: tuple[str, ...]
    ranks: Ranks
    scores: Array | None = None
    choices: Mapping[str, Array] = field(default_factory=dict)

    @cached_property
    def counts(self) -> NDArray[np.int64]:
        """How often each unit took each place, ``(units, units + 1)``; column 0 counts runs without a score."""
        n = len(self.units)
        flat = self.ranks.astype(np.intp) + np.arange(n) * (n + 1)
        return np.bincount(flat.ravel(), minlength=n * (n + 1)).reshape(n, n + 1)

    def quantile(self, share: float) -> Array:
        """The least place at or below which the unit was in at least ``share`` of its scored runs, ``(units,)``."""
        ends = np.cumsum(self.counts[:, 1:], axis=1)
        whole = ends[:, -1:]
        at = (ends >= np.ceil(share * whole - 1e-9).clip(1)).argmax(axis=1) + 1.0
        return np.where(whole[:, 0] > 0, at, np.nan)

    def interval(self, share: float = 0.9) -> tuple[Array, Array]:
        """Places between which the unit lies in ``share`` of the runs: 5–95 % for 0.9 (名次区间)."""
        return self.quantile((1 - share) / 2), self.quantile(1 - (1 - share) / 2)

    def in_top(self, k: int) -> Array:
        """P(place <= k), ``(units,)`` (进入前 k 名的概率)."""
        return np.asarray(self.counts[:, 1 : k + 1].sum(axis=1) / len(self.ranks))

    def beats(self, rows: Sequence[int] | None = None) -> Array:
        """P(i before j), ``(rows, units)``; shared places count for neither (i 优于 j 的概率)."""
        at = list(range(len(self.units))) if rows is None else list(rows)
        by_unit = np.ascontiguousarray(np.where(self.ranks == 0, np.iinfo(self.ranks.dtype).max, self.ranks).T)
        out = np.empty((len(at), len(self.units)))
        for k, i in enumerate(at):
            out[k] = np.count_nonzero(by_unit[i] < by_unit, axis=1)
        return out / len(self.ranks)


def place(scores: Array) -> Ranks:
    """Places from the best down along the last axis, least place for ties (to ``TIE``), 0 where missing; ``(runs, units)``."""
    kind = np.int16 if scores.shape[-1] < np.iinfo(np.int16).max else np.int32
    order = np.argsort(-scores, axis=-1)
    ordered = np.take_along_axis(scores, order, axis=-1)
    n = scores.shape[-1]
    at = np.broadcast_to(np.arange(1, n + 1, dtype=kind), scores.shape)
    tied = ordered[..., :-1] - ordered[..., 1:] <= TIE
    if tied.any():
        first = at.copy()
        first[..., 1:][tied] = 0
        at = np.maximum.accumulate(first, axis=-1)
    out = np.empty(scores.shape, dtype=kind)
    np.put_along_axis(out, order, at, axis=-1)
    if np.isnan(ordered[..., -1]).any():
        out[np.isnan(scores)] = 0
    return out


@dataclass(frozen=True)
class Choices:
    """What a run may choose (不确定来源). Each is drawn alike, independently.

    ``normalise`` are alternatives to the method's step; ``means`` names of aggregates of the whole tree; ``weight_noise`` the half-width
    of a uniform factor on every declared weight (0.25: ±25 %); ``nudge`` replaces weights by equal ones in half of the runs;
    ``leave_out`` leaves out one indicator, drawn among all or none. ``floor`` is put under scores for geometric and harmonic means.
    """

    normalise: tuple[Normalise, ...] = ()
    means: tuple[str, ...] = ()
    weight_noise: float = 0.0
    equal_weights: bool = False
    leave_out: bool = False
    floor: float = 1.0

    def __post_init__(self) -> None:
        for name in self.means:
            if name not in MEANS:
                raise KaiwuError(
                    Problem(
                        "IX-RUNS-MEAN", f"只能在 {', '.join(MEANS)} 中选", f"“{name}” is none of {', '.join(MEANS)}"
                    )
                )


def vary_method(
    model: IndexModel, choices: Choices, runs: int = 10_000, seed: int = 20240101, *, keep_scores: bool = False
) -> Runs:
    """Draw the method's choices ``runs`` times and rank by each.

    The model's own steps before normalisation stay. Missing scores are left out with their weights scaled up inside their block; a unit that
    the declared method leaves without a score has none in any run.
    """
    drawn = draw_choices(model, choices, runs, seed)
    scores = score_choices(model, choices, drawn)
    return Runs(model.sheets()[-1].units, place(scores), scores if keep_scores else None, drawn)


def draw_choices(model: IndexModel, choices: Choices, runs: int, seed: int) -> dict[str, Array]:
    """Levels of every choice: ``normalise``, ``means``, ``equal`` and ``leave_out`` as integers, ``weights`` as uniforms (runs, nodes)."""
    draw = np.random.Generator(np.random.SFC64(seed))
    nodes = len(model.tree.nodes)
    out: dict[str, Array] = {}
    if len(choices.normalise) > 1:
        out["normalise"] = draw.integers(0, len(choices.normalise), runs).astype(np.float64)
    if len(choices.means) > 1:
        out["means"] = draw.integers(0, len(choices.means), runs).astype(np.float64)
    if choices.equal_weights:
        out["equal"] = draw.integers(0, 2, runs).astype(np.float64)
    if choices.leave_out:
        out["leave_out"] = draw.integers(-1, len(model.tree.leaves), runs).astype(np.float64)
    if choices.weight_noise:
        out["weights"] = draw.random((nodes, runs)).T  # columns, by node, lie together
    if not out:
        raise KaiwuError(Problem("IX-RUNS-NONE", "没有可变的选择", "there is nothing to vary"))
    return out


def score_choices(model: IndexModel, choices: Choices, drawn: Mapping[str, Array]) -> Array:
    """Scores ``(runs, units)`` for given levels; what is not in ``drawn`` stays as the model has it.

    ``drawn`` as from ``draw_choices``; ``weights`` may also be one column, which then moves all weights' noise together.
    """
    runs = len(next(iter(drawn.values())))
    sheets, tree = model.sheets(), model.tree
    variants = _variants(model, choices)
    given = sheets[-1].weights
    means = choices.means or (_own_mean(model),)
    n = len(sheets[-1].units)
    which = drawn.get("normalise", np.zeros(runs)).astype(np.intp) * len(means) + drawn.get(
        "means", np.zeros(runs)
    ).astype(np.intp)
    weights = _weight_rows(tree, given, choices, drawn, runs)
    out = np.empty((runs, n))
    for level in np.unique(which):
        rows = np.flatnonzero(which == level)
        x = variants[int(level) // len(means)]
        out[rows] = _score(
            tree, x, {code: w[rows] for code, w in weights.items()}, means[int(level) % len(means)], choices.floor
        )
    unrated = np.isnan(sheets[-1].scores[tree.root])
    if unrated.any():
        out[:, unrated] = np.nan
    return out


def _own_mean(model: IndexModel) -> str:
    step = next(s for s in model.method.steps if isinstance(s, Aggregate))
    if step.by not in MEANS or step.overrides or step.flat or step.missing != "skip" or step.decimals is not None:
        raise KaiwuError(Problem(
            "IX-RUNS-MEAN", f"批量试算请在 means 中写明合成方法: {', '.join(MEANS)}", f"name the aggregates for bulk runs in means: {', '.join(MEANS)}",
        ))  # fmt: skip
    return step.by


def _variants(model: IndexModel, choices: Choices) -> list[Array]:
    """Normalised scores, ``(indicators, units)``, once for each alternative."""
    sheets = model.sheets()
    steps = model.method.steps
    at = next((k for k, s in enumerate(steps) if isinstance(s, Normalise)), None)
    last = len([s for s in steps if s.family not in ("aggregate", "rank", "weigh")])
    context = Context(model.tree, model.values, model.panel)
    out = []
    for setting in choices.normalise or ((steps[at],) if at is not None else ()):
        assert at is not None and isinstance(setting, Normalise)
        x = transform(setting, sheets[at].x, sheets[at].rows, context, model.reference(at, setting))
        for k in range(at + 1, last):
            x = transform(steps[k], x, sheets[k].rows, context)
        out.append(np.ascontiguousarray(x.T))
    return out or [np.ascontiguousarray(sheets[-1].x.T)]


def _weight_rows(
    tree: Tree, given: Mapping[str, float], choices: Choices, drawn: Mapping[str, Array], runs: int
) -> dict[str, Array]:
    """Unscaled sibling weights of every node by run, ``(runs,)``."""
    noise, equal, gone = drawn.get("weights"), drawn.get("equal"), drawn.get("leave_out")
    column = {node.code: i for i, node in enumerate(tree.nodes)}
    out: dict[str, Array] = {}
    for parent, kids in tree.children.items():
        for kid in kids:
            w = np.full(runs, given[kid])
            if equal is not None:
                w = np.where(equal > 0, 1 / len(tree.children[parent]), w)
            if noise is not None:
                u = noise[:, column[kid] if noise.shape[1] > 1 else 0]
                w = w * (1 + choices.weight_noise * (2 * u - 1))
            out[kid] = w
    if gone is not None:
        for i, leaf in enumerate(tree.leaves):
            out[leaf] = np.where(gone == i, 0.0, out[leaf])
    return out


def _score(tree: Tree, x: Array, weights: Mapping[str, Array], mean: str, floor: float) -> Array:
    """Root scores ``(runs, units)`` of one variant: linear in a transformed scale, so that a mean is a matrix product."""
    into, back = _SCALES[mean]
    y = into(x if mean == "arithmetic" else np.maximum(x, floor))
    missing = np.isnan(y)
    if not missing.any() and all(_is_whole(weights, tree, kids) for kids in tree.children.values()):
        return np.asarray(back(_product(_effective(tree, weights), y)))
    place_of = {code: i for i, code in enumerate(tree.leaves)}
    filled, present = np.where(missing, 0.0, y), (~missing).astype(np.float64)
    value: dict[str, Array] = {}
    known: dict[str, Array] = {}
    for code in tree.upward:
        kids = tree.children.get(code)
        if kids is None:
            continue
        leaves = [kid for kid in kids if kid in place_of]
        at = [place_of[kid] for kid in leaves]
        w = (
            np.stack([weights[kid] for kid in leaves], axis=1)
            if leaves
            else np.zeros((len(next(iter(weights.values()))), 0))
        )
        top, below = w @ filled[at], w @ present[at]
        for kid in kids:
            if kid not in place_of:
                top += weights[kid][:, None] * value[kid]
                below += weights[kid][:, None] * known[kid]
        has = below > 0
        value[code] = np.where(has, top / np.where(has, below, 1.0), 0.0)
        known[code] = has.astype(np.float64)
    return np.asarray(np.where(known[tree.root] > 0, back(value[tree.root]), np.nan))


def _product(w: Array, y: Array) -> Array:
    """``w.T @ y`` in small blocks: too small to be spread over threads, which on a busy machine wait for each other."""
    rows = np.ascontiguousarray(w.T)
    whole = len(rows) // BLOCK * BLOCK
    out = np.empty((len(rows), y.shape[1]))
    np.matmul(rows[:whole].reshape(-1, BLOCK, rows.shape[1]), y, out=out[:whole].reshape(-1, BLOCK, y.shape[1]))
    out[whole:] = rows[whole:] @ y
    return out


def _effective(tree: Tree, weights: Mapping[str, Array]) -> Array:
    """Effective weights of the leaves, ``(indicators, runs)``, each column summing to one."""
    whole: dict[str, Array] = {tree.root: np.ones(len(next(iter(weights.values()))))}
    for code in reversed(tree.upward):
        kids = tree.children.get(code, ())
        if kids:
            scale = whole[code] / np.sum([weights[kid] for kid in kids], axis=0)
            whole.update({kid: weights[kid] * scale for kid in kids})
    return np.stack([whole[leaf] for leaf in tree.leaves])


def _is_whole(weights: Mapping[str, Array], tree: Tree, kids: Sequence[str]) -> bool:
    """Whether a block keeps some weight in every run (an indicator alone in its block may be left out)."""
    return len(kids) > 1 or kids[0] in tree.children or bool((weights[kids[0]] > 0).all())


_SCALES: dict[str, tuple[Callable[[Array], Array], Callable[[Array], Array]]] = {
    "arithmetic": (lambda v: v, lambda v: v),
    "geometric": (np.log, np.exp),
    "harmonic": (lambda v: 1 / v, lambda v: 1 / v),
}  # fmt: skip


def vary_cells(
    model: IndexModel,
    error: Array | float | None = None,
    runs: int = 10_000,
    seed: int = 20240101,
    *,
    keep_scores: bool = False,
) -> Runs:
    """Add normal noise to every raw cell and rank again, ``runs`` times (逐单元格扰动).

    ``error`` is the standard error of each cell in the indicator's unit, ``(units, indicators)`` in the model's order, or one share of the
    column's deviation; by default the values' own ``error``. A missing cell stays missing. Normalisation is redone in every run with that
    run's own extremes. Min-max or z-scores followed by an arithmetic mean go through matrix products; any other method through
    ``IndexModel.evaluate``.
    """
    sheets, tree = model.sheets(), model.tree
    raw = model.values.select(tree.leaves)
    if error is None:
        error = _own_error(model)
    if np.ndim(error) == 0:
        deviation = np.nan_to_num(np.nanstd(raw, axis=0, ddof=1))
        error = np.broadcast_to(float(np.asarray(error)) * deviation, raw.shape)
    sigma = np.nan_to_num(np.asarray(error, dtype=np.float64))
    draw = np.random.Generator(np.random.SFC64(seed))
    size = max(1, BATCH_CELLS // raw.size)
    linear = _linear(model)
    ranks = np.empty((runs, len(sheets[-1].units)), dtype=np.int16)
    kept = np.empty(ranks.shape) if keep_scores else None
    for start in range(0, runs, size):
        some = min(size, runs - start)
        noisy = draw.standard_normal((some, *raw.shape), dtype=np.float32) * sigma + raw
        scores = model.evaluate(noisy) if linear is None else linear(noisy)
        ranks[start : start + some] = place(scores)
        if kept is not None:
            kept[start : start + some] = scores
    return Runs(sheets[-1].units, ranks, kept)


def _own_error(model: IndexModel) -> Array:
    values = model.values
    if values.error is None:
        raise KaiwuError(Problem(
            "IX-RUNS-ERROR", "数据没有误差列; 请给出 error", "the values have no standard errors; give “error”",
        ))  # fmt: skip
    return values.error[:, [values.codes.index(code) for code in model.tree.leaves]]


def _linear(model: IndexModel) -> Callable[[Array], Array] | None:
    """Scores of a batch ``(runs, units, indicators)`` without normalising it cell by cell; None where the method is not of that form.

    A weighted mean of min-max or z-scores is ``x · (w / width)`` less a constant of the run, which leaves the order of units alone
    but is kept for the scores.
    """
    steps, tree, sheets = model.method.steps, model.tree, model.sheets()
    families = [s.family for s in steps if s.family not in ("weigh", "rank")]
    if families[-2:] != ["normalise", "aggregate"] or any(
        f in ("screen", "normalise", "aggregate") for f in families[:-2]
    ):
        return None
    scale = next(s for s in steps if isinstance(s, Normalise))
    top = next(s for s in steps if isinstance(s, Aggregate))
    plain = Normalise(by=scale.by, to=scale.to, ddof=scale.ddof, constant=scale.constant)
    nodes = [tree.by_code[code] for code in tree.leaves]
    is_plain = (
        scale == plain
        and scale.by in ("min_max", "z_score")
        and top.by == "arithmetic"
        and not top.overrides
        and not top.flat
        and top.decimals is None
    )
    is_whole = not np.isnan(sheets[[s.family for s in steps].index("normalise")].x).any()
    if not is_plain or not is_whole or any(n.direction is not None and n.direction.is_two_sided for n in nodes):
        return None
    whole = effective_weights(tree, sheets[-1].weights)
    sign = np.array([-1.0 if n.direction is not None and n.direction.kind == LOWER else 1.0 for n in nodes])
    w = np.array([whole[code] for code in tree.leaves]) * sign
    context = Context(tree, model.values, model.panel)
    before = [s for s in steps[: [s.family for s in steps].index("normalise")] if s.family not in ("weigh", "rank")]

    def score(x: Array) -> Array:
        for step in before:
            x = transform(step, x, sheets[0].rows, context)
        if scale.by == "min_max":
            low, high = x.min(axis=1), x.max(axis=1)
            width, zero = high - low, np.where(sign > 0, low, high)
            factor = scale.to[1] - scale.to[0]
            offset = scale.to[0]
        else:
            zero = x.mean(axis=1)
            width = np.sqrt(np.einsum("rui,rui->ri", x, x) / x.shape[1] - zero**2) * np.sqrt(
                x.shape[1] / (x.shape[1] - scale.ddof)
            )
            factor, offset = scale.to[1], scale.to[0]
        v = w / width * factor
        return np.asarray(np.matmul(x, v[:, :, None])[:, :, 0] - (v * zero).sum(axis=1, keepdims=True) + offset)

    return score
