"""The frame height (数据框后端): the same steps as Polars expressions, written independently of the arrays.

Owns a second opinion on every step that is a formula of columns: denominate, screen, impute by mean, median, group or constant,
winsorise and bend, all normalisations, given and equal weights, all means. What compares units with units (Copeland, TOPSIS, VIKOR,
frontier) or searches for weights has the array height only and is refused here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NoReturn

import numpy as np
import polars as pl

from kaiwu.quantity import KaiwuError, Problem
from kaiwu.rating.index.method import Method
from kaiwu.rating.index.stage import Step, check_normalised, refuse_empty, refuse_negative
from kaiwu.rating.index.statistic import NOISE, Array
from kaiwu.rating.index.step.aggregate import Aggregate
from kaiwu.rating.index.step.denominate import Denominate
from kaiwu.rating.index.step.impute import Impute
from kaiwu.rating.index.step.normalise import ONE_SIDED, Normalise
from kaiwu.rating.index.step.rank import GUARD, UNROUNDED, Rank
from kaiwu.rating.index.step.screen import Screen
from kaiwu.rating.index.step.treat import Treat
from kaiwu.rating.index.step.weigh import Weigh
from kaiwu.rating.index.tree import LOWER, Direction, Node, Tree


def rate_frame(frame: pl.DataFrame, tree: Tree, method: Method, unit: str = "unit") -> pl.DataFrame:
    """Rate a frame of one row per unit: columns ``unit``, every aggregate's score (Float64, null missing), ``printed`` and ``rank``.

    ``printed`` is Int64 in 10^-decimals, ``rank`` Float64 from the best down. Missing is null (NaN is taken as null). Raises
    ``KaiwuError`` for a step that this height does not have.
    """
    leaves = list(tree.leaves)
    out = frame.sort(unit).with_columns(pl.col(c).cast(pl.Float64).fill_nan(None) for c in _numeric(frame, tree, unit))
    weights = tree.shares()
    for step in method.steps:
        if isinstance(step, Screen):
            if step.nonzero or step.under:
                _refuse("screen nonzero, under")
            present = pl.sum_horizontal(pl.col(c).is_not_null() for c in leaves)
            out = out.filter(present >= step.available * len(leaves) - 1e-12 * len(leaves))
        elif isinstance(step, Weigh):
            weights = _weights(step, tree)
        elif isinstance(step, Aggregate):
            refuse_empty(step, _table(out, tree), weights, tree)
            out = _aggregate_tree(step, out, tree, weights, unit)
        elif isinstance(step, Rank):
            out = _rank(step, out, tree.root)
        else:
            before, out = out, out.with_columns(**_columns(step, out, tree))
            if isinstance(step, Normalise):
                _check(step, before, out, tree, unit)
    kept = [
        unit,
        *(c for c in tree.upward if c in tree.children),
        *(c for c in ("printed", "rank") if c in out.columns),
    ]
    return out.select(kept)


def _numeric(frame: pl.DataFrame, tree: Tree, unit: str) -> list[str]:
    sizes = {tree.by_code[c].denominator for c in tree.leaves} - {""}
    return [c for c in frame.columns if c in tree.leaves or c in sizes]


def _table(frame: pl.DataFrame, tree: Tree) -> Array:
    return np.asarray(frame.select(pl.col(c).cast(pl.Float64) for c in tree.leaves).to_numpy(), dtype=np.float64)


def _check(step: Normalise, before: pl.DataFrame, after: pl.DataFrame, tree: Tree, unit: str) -> None:
    """The refusals of the array height, by the same sentences: a figure that has no score must not fade to null."""
    units = [str(u) for u in before.get_column(unit)]
    check_normalised(
        step, units, _table(before, tree), _table(after, tree), tree, lambda name: before.get_column(name).to_list()
    )


def _columns(step: Step, frame: pl.DataFrame, tree: Tree) -> dict[str, pl.Expr | pl.Series]:
    out: dict[str, pl.Expr | pl.Series] = {}
    for code in tree.leaves:
        node = tree.by_code[code]
        if isinstance(step, Denominate):
            by = step.by.get(code, node.denominator)
            if by:
                out[code] = pl.when(pl.col(by) != 0).then(pl.col(code) / pl.col(by))
            continue
        setting = step.overrides.get(code, step) if isinstance(step, (Impute, Treat, Normalise)) else None
        if isinstance(setting, Impute):
            out[code] = _impute(setting, code)
        elif isinstance(setting, Treat):
            out[code] = _treat(setting, frame.get_column(code))
        elif isinstance(setting, Normalise):
            out[code] = _normalise(setting, node)
    return out


def _impute(s: Impute, code: str) -> pl.Expr:
    c = pl.col(code)
    enough = c.count() >= s.least
    ways: Mapping[str, pl.Expr] = {
        "keep": c, "value": c.fill_null(s.value),
        "mean": c.fill_null(pl.when(enough).then(c.mean())), "mean_score": c.fill_null(pl.when(enough).then(c.mean())),
        "median": c.fill_null(pl.when(enough).then(c.median())),
    }  # fmt: skip
    if s.by in ("group_mean", "group_median"):
        stand_in = (c.mean() if s.by == "group_mean" else c.median()).over(s.group)
        return c.fill_null(pl.when(c.count().over(s.group) >= s.least).then(stand_in))
    if s.by not in ways:
        _refuse(f"impute {s.by}")
    return ways[s.by]


def _skew(v: pl.Series) -> float | None:
    n = v.count()
    return None if n < 3 or v.n_unique() - bool(v.null_count()) < 2 else v.skew(bias=False)


def _kurt(v: pl.Series) -> float | None:
    n = v.count()
    return None if n < 4 or v.n_unique() - bool(v.null_count()) < 2 else v.kurtosis(bias=False)


def _passes(v: pl.Series, s: Treat) -> bool:
    skew, kurt = _skew(v), _kurt(v)
    return skew is None or kurt is None or abs(skew) < s.skew or kurt < s.kurt


def _treat(s: Treat, v: pl.Series) -> pl.Series:
    if s.then == "box_cox" and s.power is None:
        _refuse("box_cox without a power")
    moved, count = v, 0
    limit = v.len() if s.winsorise is None else s.winsorise
    tracked = pl.Series(v.name, [False] * v.len())
    while not s.always and not _passes(moved, s) and count < limit:
        is_high = (_skew(moved) or 0) >= 0
        edge = moved.max() if is_high else moved.min()
        extreme = (moved == edge).fill_null(False)
        rest = moved.filter(~extreme)
        if rest.count() == 0:
            break
        moved = (
            extreme.to_frame("e")
            .select(pl.when("e").then(pl.lit(rest.max() if is_high else rest.min())).otherwise(moved).alias(v.name))
            .to_series()
        )
        tracked = tracked | extreme
        count = int(tracked.sum())
    if s.then == "none" or (not s.always and _passes(moved, s)):
        return moved
    return _bend(s, moved if s.combine and not s.always else v)


def _bend(s: Treat, v: pl.Series) -> pl.Series:
    low, high = v.min(), v.max()
    if low is None or low == high:
        return v
    a, b = float(low), float(high)  # type: ignore[arg-type]
    if s.then == "log_shift":
        return (v - a + 0.01 * (b - a)).log()
    if s.then == "log_range":
        return ((b - 1) * (v - a) / (b - a) + 1).log() if b > 1 else v
    if s.then == "log":
        return v.to_frame("v").select(pl.when(pl.col("v") > 0).then(pl.col("v").log())).to_series()
    shifted = v - a + 1
    p = s.power or 0.0
    return shifted.log() if p == 0 else (shifted**p - 1) / p


def _orient(c: pl.Expr, d: Direction) -> pl.Expr:
    if d.is_two_sided:
        return -pl.max_horizontal(d.low - c, c - d.high, pl.lit(0.0)) + c * 0  # a null stays null
    return -c if d.kind == LOWER else c


def _normalise(s: Normalise, node: Node) -> pl.Expr:
    if s.base_year is not None:
        _refuse("base_year")
    d, raw = node.direction or Direction(), pl.col(node.code)

    def over(expression: pl.Expr) -> pl.Expr:
        return expression.over(s.within) if s.within else expression

    score = _score(s, node, d, raw, over)
    if s.floor is not None or s.cap is not None:
        score = score.clip(s.floor, s.cap)
    return _to_decimals(score, s.decimals).fill_nan(None)


def _score(s: Normalise, node: Node, d: Direction, raw: pl.Expr, over: Callable[[pl.Expr], pl.Expr]) -> pl.Expr:
    low, high = s.low if s.low is not None else node.low, s.high if s.high is not None else node.high
    base, target = s.base if s.base is not None else node.base, s.target if s.target is not None else node.target
    a, b = s.to
    lower = d.kind == LOWER
    if d.is_two_sided and (s.by in ONE_SIDED or s.log):
        _refuse(f"{s.by}{' log' if s.log else ''} near a value or inside an interval")
    still = _is_flat(over(raw.min()), over(raw.max()))
    flat_score = raw * 0 + s.constant if s.constant is not None else pl.lit(None, pl.Float64)
    y = _orient(pl.when(raw > 0).then(raw.log()) if s.log and s.by in ("min_max", "goalposts") else raw, d)
    if s.by == "none":
        return y
    if s.by == "min_max" or (s.by == "goalposts" and d.is_two_sided):
        least, most = over(y.min()), pl.lit(0.0) if d.is_two_sided else over(y.max())
        if d.span is not None and d.is_two_sided:
            y, least = pl.max_horizontal(y, pl.lit(-d.span)) + y * 0, pl.lit(-d.span)
        elif d.is_two_sided:
            least = pl.when((least == 0) & ~still).then(-1.0).otherwise(least)
        return _stretch(y, least, most, s)
    if s.by == "goalposts":
        ends = [pl.lit(low, pl.Float64), pl.lit(high, pl.Float64)]
        ends = [e.log() for e in ends] if s.log else ends
        return _stretch(y, -ends[1] if lower else ends[0], -ends[0] if lower else ends[1], s)
    if s.by == "z_score":
        z = (y - over(y.mean())) / over(y.std(ddof=s.ddof)) * b + a
        return pl.when(still).then(flat_score).otherwise(z)
    if s.by in ("rank", "borda"):
        return (
            pl.when(~_is_flat(over(y.min()), over(y.max())))
            .then(over(y.rank("average")) - (1 if s.by == "borda" else 0))
            .otherwise(flat_score)
        )
    if s.by == "percentile":
        n = over(y.count())
        share = (over(y.rank("min")) - 1) / (n - 1) * (b - a) + a
        return pl.when(~_is_flat(over(y.min()), over(y.max()))).then(share).otherwise(flat_score)
    if s.by == "target":
        goal = _orient(pl.lit(target, pl.Float64), d)
        least = over(y.min())
        score = _stretch(pl.min_horizontal(y, goal) + y * 0, least, pl.max_horizontal(goal, least), s)
        return pl.when((least >= goal) & ~still).then(y * 0 + b).otherwise(score)
    if s.by == "ratio":
        nothing = raw * 0 + s.zero if s.zero is not None else pl.lit(None, pl.Float64)
        fixed = pl.lit(base, pl.Float64)
        out = pl.when(raw > 0).then(fixed / raw * b).otherwise(nothing) if lower else raw / fixed * b
        if s.penalty is not None:
            out = (
                pl.when(raw < s.penalty[0])
                .then(-s.penalty[1] * (raw - s.penalty[0]).abs() / abs(base or 1.0) * b)
                .otherwise(out)
            )
        return out
    if s.by == "bands":
        out = pl.lit(None, pl.Float64)
        for band in reversed(s.bands):
            inside = pl.lit(True)
            if band.low is not None:
                inside &= (raw >= band.low) if s.edges == "[)" else (raw > band.low)
            if band.high is not None:
                inside &= (raw < band.high) if s.edges == "[)" else (raw <= band.high)
            out = pl.when(inside & raw.is_not_null()).then(band.points).otherwise(out)
        return out
    if s.by == "maximum":
        if lower:
            return pl.when((over(raw.min()) > 0) & (raw > 0)).then(over(raw.min()) / raw * b)
        return pl.when(over(raw.max()) > 0).then(raw / over(raw.max()) * b)
    whole = over(raw.sum())
    return y / over((raw**2).sum()).sqrt() if s.by == "vector" else pl.when(whole > 0).then(y / whole)


def _stretch(y: pl.Expr, low: pl.Expr, high: pl.Expr, s: Normalise) -> pl.Expr:
    a, b = s.to
    flat = y * 0 + s.constant if s.constant is not None else pl.lit(None, pl.Float64)
    return pl.when(_is_flat(low, high)).then(flat).otherwise((y - low) / (high - low) * (b - a) + a)


def _is_flat(low: pl.Expr, high: pl.Expr) -> pl.Expr:
    """Whether two ends are one point but for the machine's noise."""
    return (high - low).abs() <= NOISE * pl.max_horizontal(low.abs(), high.abs())


def _weights(step: Weigh, tree: Tree) -> dict[str, float]:
    if step.by == "equal" and step.over == "siblings":
        return {kid: 1 / len(kids) for kids in tree.children.values() for kid in kids}
    if step.by != "given" or step.weights:
        _refuse(f"weigh {step.by}")
    return tree.shares()


def _aggregate_tree(
    step: Aggregate, frame: pl.DataFrame, tree: Tree, weights: Mapping[str, float], unit: str
) -> pl.DataFrame:
    for code in tree.upward:
        kids = tree.children.get(code)
        if kids is not None:
            setting = step.overrides.get(code, step)
            if setting.flat:
                _refuse("flat aggregation")
            given = [weights[kid] for kid in kids]
            _check_signs(setting, frame, code, kids, given, unit)
            frame = frame.with_columns(_mean(setting, kids, given).fill_nan(None).alias(code))
    return frame


def _check_signs(
    s: Aggregate, frame: pl.DataFrame, code: str, kids: tuple[str, ...], weights: list[float], unit: str
) -> None:
    """Means of logarithms, reciprocals and powers refuse a negative score that counts, as the array height does."""
    if s.by not in ("geometric", "harmonic", "power") or (s.by == "power" and s.power == 1):
        return
    counting = [kid for kid, weight in zip(kids, weights, strict=True) if weight > 0]
    rated = frame.filter(_enough(s, kids, weights))
    for kid in counting:
        below = rated.filter(pl.col(kid) < 0)
        if below.height:
            raise refuse_negative(s.by, str(below.get_column(unit)[0]), kid, code)


def _enough(s: Aggregate, kids: tuple[str, ...], weights: list[float]) -> pl.Expr:
    """Whether so much of a parent is present that it has a score."""
    whole = pl.sum_horizontal(_present(kids, weights))
    enough = (whole > 0) & (whole >= s.least * sum(weights) * (1 - 1e-12))
    if s.missing == "spread":
        enough &= pl.all_horizontal(pl.col(k).is_not_null() for k, w in zip(kids, weights, strict=True) if w > 0)
    return enough


def _present(kids: tuple[str, ...], weights: list[float]) -> list[pl.Expr]:
    return [pl.when(pl.col(k).is_not_null()).then(pl.lit(w)).otherwise(0.0) for k, w in zip(kids, weights, strict=True)]


def _mean(s: Aggregate, kids: tuple[str, ...], weights: list[float]) -> pl.Expr:
    present, enough = _present(kids, weights), _enough(s, kids, weights)
    whole = pl.sum_horizontal(present)
    share = [w / whole for w in present]
    cells = [pl.col(k).fill_null(0.0) for k in kids]
    used = [pl.when(w > 0).then(pl.col(k)) for k, w in zip(kids, share, strict=True)]
    dot = pl.sum_horizontal(w * c for w, c in zip(share, cells, strict=True))
    p = {"arithmetic": 1.0, "geometric": 0.0, "harmonic": -1.0}.get(s.by, s.power)
    out: pl.Expr
    if s.by == "mpi":
        variance = pl.sum_horizontal(w * (c - dot) ** 2 for w, c in zip(share, cells, strict=True))
        out = pl.when(dot != 0).then(dot + s.sign * variance / dot.abs()).when(variance == 0).then(0.0)
    elif s.by in ("minimum", "maximum"):
        out = pl.min_horizontal(used) if s.by == "minimum" else pl.max_horizontal(used)
    elif s.by not in ("arithmetic", "geometric", "harmonic", "power"):
        _refuse(f"aggregate {s.by}")
    elif p == 1:
        out = dot
    else:
        lowest = pl.min_horizontal(used)
        safe = [u.fill_null(1.0) for u in used]
        if p == 0:
            value = pl.sum_horizontal(w * c.log() for w, c in zip(share, safe, strict=True)).exp()
        else:
            value = pl.sum_horizontal(w * c**p for w, c in zip(share, safe, strict=True)) ** (1 / p)
        out = pl.when(lowest < 0).then(None).when((lowest == 0) & pl.lit(p <= 0)).then(0.0).otherwise(value)
    return pl.when(enough).then(_to_decimals(out, s.decimals))


def _to_decimals(score: pl.Expr, decimals: int | None) -> pl.Expr:
    if decimals is None:
        return score
    return (score.abs() * 10.0**decimals + 0.5 + GUARD).floor() * score.sign() / 10.0**decimals


def _rank(s: Rank, frame: pl.DataFrame, root: str) -> pl.DataFrame:
    score = pl.col(root)
    decimals = 6 if s.decimals is None else s.decimals
    scaled = (score.abs() * 10.0**decimals + 0.5 + GUARD).floor() * score.sign()
    frame = frame.with_columns(printed=scaled.cast(pl.Int64))
    by = _to_decimals(score, UNROUNDED if s.decimals is None else s.decimals)
    rank = by.rank(s.ties, descending=True).cast(pl.Float64)
    return frame.with_columns(rank=rank.over(s.within) if s.within else rank)


def _refuse(what: str) -> NoReturn:
    raise KaiwuError(Problem(
        "IX-FRAME-STEP", f"数据框后端没有“{what}”; 请用 IndexModel", f"the frame height has no “{what}”; use IndexModel",
    ))  # fmt: skip
