"""Steps applied to a sheet (逐步计算): settings by indicator, leagues, reports, and the refusals that name unit and indicator.

Owns the joining of settings and kernels. The kernels are in ``step/``, the order of steps in ``method.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from kaiwu.quantity import KaiwuError, Problem
from kaiwu.rating.index import statistic
from kaiwu.rating.index.sheet import Cell, Dropped, Sheet, changed_cells, effective_weights, sibling_shares
from kaiwu.rating.index.statistic import Array
from kaiwu.rating.index.step import aggregate as aggregation
from kaiwu.rating.index.step import ahp, impute, treat, weigh
from kaiwu.rating.index.step.aggregate import Aggregate
from kaiwu.rating.index.step.denominate import Denominate, denominate
from kaiwu.rating.index.step.impute import Impute
from kaiwu.rating.index.step.influence import weigh_by_influence
from kaiwu.rating.index.step.normalise import Normalise, normalise
from kaiwu.rating.index.step.rank import Rank
from kaiwu.rating.index.step.screen import Screen, screen
from kaiwu.rating.index.step.treat import Treat
from kaiwu.rating.index.step.weigh import Weigh
from kaiwu.rating.index.tree import Tree
from kaiwu.rating.index.values import Panel, Values

Step = Denominate | Screen | Impute | Treat | Normalise | Weigh | Aggregate | Rank


@dataclass(frozen=True, eq=False)
class Context:
    """What every step may look at: the tree, the values in canonical order, and the panel."""

    tree: Tree
    values: Values
    panel: Panel | None = None


def transform(step: Step, x: Array, rows: Sequence[int], context: Context, ref: Array | None = None) -> Array:
    """The array height of a step that changes cells, ``(..., units, indicators)``; other steps return ``x``."""
    if isinstance(step, Denominate):
        return _denominate(step, x, rows, context)
    if isinstance(step, Impute):
        return _impute(step, x, rows, context)
    if isinstance(step, Treat):
        return _by_setting(step, x, context.tree, lambda part, setting, at: treat.treat(part, setting))
    if isinstance(step, Normalise):
        return _normalise(step, x, rows, context, ref)
    return x


def apply(step: Step, sheet: Sheet, context: Context, ref: Array | None = None) -> Sheet:
    """The next sheet. Raises ``KaiwuError`` naming units and indicators that the step cannot take."""
    if isinstance(step, Screen):
        return _screen(step, sheet, context)
    if isinstance(step, Weigh):
        return replace(sheet, weights=_weigh(step, sheet, context))
    if isinstance(step, Aggregate):
        refuse_empty(step, sheet.x, sheet.weights, context.tree)
        return replace(sheet, scores=aggregate_tree(step, sheet.x, sheet.weights, context.tree, sheet.units))
    if isinstance(step, Rank):
        return sheet
    after = transform(step, sheet.x, sheet.rows, context, ref)
    cells = _report(step, sheet, after, context.tree)
    if isinstance(step, Normalise):
        check_normalised(
            step, sheet.units, sheet.x, after, context.tree, lambda name: [_labels(context.values, name)[u] for u in sheet.rows], ref
        )  # fmt: skip
    return replace(sheet, x=after, cells=(*sheet.cells, *cells))


def _by_setting(step: Any, x: Array, tree: Tree, use: Any) -> Array:
    """Columns grouped by their setting; an override of None leaves a column as it is."""
    groups: dict[int, tuple[Any, list[int]]] = {}
    for i, code in enumerate(tree.leaves):
        setting = step.overrides.get(code, step)
        if setting is not None:
            groups.setdefault(id(setting), (setting, []))[1].append(i)
    out = x.copy()
    for setting, at in groups.values():
        out[..., at] = use(x[..., at], setting, at)
    return out


def _denominate(step: Denominate, x: Array, rows: Sequence[int], context: Context) -> Array:
    out = x.copy()
    for i, code in enumerate(context.tree.leaves):
        by = step.by.get(code, context.tree.by_code[code].denominator)
        if by:
            size = context.values.select([by])[list(rows)]
            out[..., i : i + 1] = denominate(x[..., i : i + 1], size)
    return out


def _impute(step: Impute, x: Array, rows: Sequence[int], context: Context) -> Array:
    tree = context.tree

    def use(part: Array, setting: Impute, at: list[int]) -> Array:
        by = setting.by
        if by in ("mean", "mean_score"):
            return impute.fill_mean(part, setting.least)
        if by == "median":
            return impute.fill_median(part, setting.least)
        if by in ("group_mean", "group_median"):
            labels = [_labels(context.values, setting.group)[u] for u in rows]
            return impute.fill_group(part, labels, by.removeprefix("group_"), setting.least)
        if by == "value":
            return np.where(np.isnan(part), setting.value, part)
        if by == "neighbour":
            return impute.fill_neighbour(x, setting.neighbours)[..., at]
        if by == "block_mean":
            place = {code: i for i, code in enumerate(tree.leaves)}
            blocks = [[place[k] for k in kids if k in place] for kids in tree.children.values()]
            return impute.fill_block(x, [b for b in blocks if b])[..., at]
        if by in ("carry", "interpolate"):
            return _from_panel(setting, part, rows, at, context)
        return part

    return _by_setting(step, x, tree, use)


def _from_panel(setting: Impute, part: Array, rows: Sequence[int], at: list[int], context: Context) -> Array:
    panel, year = context.panel, context.values.year
    if panel is None or year is None or year not in panel.years:
        raise KaiwuError(Problem(
            "IX-PANEL-MISSING", "沿用或插值需要多年数据和本年年份", "carrying and interpolating need a panel and the year of the values",
        ))  # fmt: skip
    units = [context.values.units[u] for u in rows]
    stack = panel.stack(units, [context.tree.leaves[i] for i in at])
    years = sorted(panel.years)
    filled = impute.carry(stack, setting.reach) if setting.by == "carry" else impute.interpolate(stack, years)
    return np.where(np.isnan(part), filled[years.index(year)], part)


def _normalise(step: Normalise, x: Array, rows: Sequence[int], context: Context, ref: Array | None) -> Array:
    tree = context.tree

    def use(part: Array, setting: Normalise, at: list[int]) -> Array:
        nodes = [tree.by_code[tree.leaves[i]] for i in at]
        base = None if ref is None or setting.base_year is None else ref[..., at]
        if not setting.within:
            return normalise(part, nodes, setting, base)
        labels = np.asarray([_labels(context.values, setting.within)[u] for u in rows])
        out = part.copy()
        for label in sorted(set(labels.tolist())):
            out[..., labels == label, :] = normalise(part[..., labels == label, :], nodes, setting, base)
        return out

    return _by_setting(step, x, tree, use)


def _screen(step: Screen, sheet: Sheet, context: Context) -> Sheet:
    tree = context.tree
    kept = screen(sheet.x, step.available, step.nonzero)
    if step.under:
        place = {code: i for i, code in enumerate(tree.leaves)}
        for kids in tree.children.values():
            block = [place[leaf] for kid in kids for leaf in tree.leaves_under(kid)]
            kept &= screen(sheet.x[:, block], step.available)
    share = (~np.isnan(sheet.x)).mean(axis=1)
    gone = tuple(Dropped(u, float(share[i]), step.available) for i, u in enumerate(sheet.units) if not kept[i])
    at = np.flatnonzero(kept)
    if not len(at):
        raise KaiwuError(
            Problem("IX-SCREEN-NONE", "筛选后没有单位剩下; 请降低要求", "no unit is left after screening; ask for less")
        )
    return replace(
        sheet, units=tuple(sheet.units[i] for i in at), rows=tuple(sheet.rows[i] for i in at), x=sheet.x[at],
        dropped=(*sheet.dropped, *gone),
    )  # fmt: skip


def _weigh(step: Weigh, sheet: Sheet, context: Context) -> Mapping[str, float]:
    tree = context.tree
    given = _given(step, tree)
    if step.by == "given":
        return given
    if step.by == "ahp":
        out = dict(given)
        for parent, (codes, matrix) in step.pairs.items():
            if sorted(codes) != sorted(tree.children.get(parent, ())):
                raise KaiwuError(Problem(
                    "IX-AHP-CHILDREN", f"“{parent}”的判断矩阵要正好覆盖其下级: {', '.join(tree.children.get(parent, ())) or '无'}",
                    f"the comparison below “{parent}” must name its children exactly: {', '.join(tree.children.get(parent, ())) or 'none'}", where=parent,
                ))  # fmt: skip
            pairs = ahp.compare_pairs(matrix, step.largest_ratio, where=parent)
            out.update(zip(codes, pairs.weights.tolist(), strict=True))
        return out
    if step.by == "equal" and step.over == "siblings":
        return {kid: 1 / len(kids) for kids in tree.children.values() for kid in kids}
    place = {code: i for i, code in enumerate(tree.leaves)}
    blocks = (
        [tree.leaves]
        if step.over == "leaves"
        else [tuple(k for k in kids if k in place) for kids in tree.children.values()]
    )
    whole = effective_weights(tree, given)
    leaf: dict[str, float] = {}
    out = dict(given)
    for block in blocks:
        if not block:
            continue
        prior = (
            np.array([whole[code] for code in block])
            if step.over == "leaves"
            else np.array([given[code] for code in block])
        )
        found = weigh.join(
            _found(step, sheet.x[:, [place[c] for c in block]], block, prior), prior, step.join, step.share
        )
        if step.over == "leaves":
            leaf.update(zip(block, found.tolist(), strict=True))
        else:
            out.update(zip(block, (found * prior.sum()).tolist(), strict=True))
    return sibling_shares(tree, leaf) if step.over == "leaves" else out


def _given(step: Weigh, tree: Tree) -> dict[str, float]:
    out = tree.shares()
    for kids in tree.children.values():
        if any(kid in step.weights for kid in kids):
            raw = np.array([step.weights.get(kid, float(tree.by_code[kid].weight)) for kid in kids])
            out.update(zip(kids, weigh.share_out(raw, kids).tolist(), strict=True))
    return out


def _found(step: Weigh, x: Array, block: Sequence[str], prior: Array) -> Array:
    if step.by == "expert":
        return weigh.pool_experts(
            [[dict(row).get(code, np.nan) for code in block] for row in step.experts], step.variant or "mean"
        )
    if step.by == "influence":
        target = np.array([step.targets.get(code, p) for code, p in zip(block, prior, strict=True)])
        return weigh_by_influence(x, target)
    return weigh.weigh_table(x, step)


def aggregate_tree(
    step: Aggregate, x: Array, weights: Mapping[str, float], tree: Tree, units: Sequence[str] | None = None
) -> dict[str, Array]:
    """Scores of every aggregate, ``(..., units)``; leaves are in ``x``. With ``units`` refusals name them."""
    scores: dict[str, Array] = {code: x[..., i] for i, code in enumerate(tree.leaves)}
    if step.overrides.get(tree.root, step).flat:
        top = step.overrides.get(tree.root, step)
        whole = effective_weights(tree, weights)
        return {tree.root: _aggregate(top, x, np.array([whole[c] for c in tree.leaves]), tree.root, tree.leaves, units)}
    for code in tree.upward:
        kids = tree.children.get(code)
        if kids is not None:
            part = np.stack([scores[kid] for kid in kids], axis=-1)
            scores[code] = _aggregate(
                step.overrides.get(code, step), part, np.array([weights[kid] for kid in kids]), code, kids, units
            )
    return {code: scores[code] for code in tree.upward if code in tree.children}


def _aggregate(s: Aggregate, x: Array, w: Array, code: str, kids: Sequence[str], units: Sequence[str] | None) -> Array:
    out = aggregation.aggregate(x, w, s)
    if units is not None and s.by in ("geometric", "harmonic", "power", "mpi"):
        _, share = aggregation.settle_missing(x, w, s.missing, s.least)
        bad = np.argwhere(np.isnan(out) & ~np.isnan(share).any(axis=-1))
        if len(bad):
            u = int(bad[0][0])
            kid = next((k for k, v in zip(kids, x[u], strict=True) if v < 0), kids[0])
            raise refuse_negative(s.by, units[u], kid, code)
    return out


def refuse_negative(by: str, unit: str, kid: str, code: str) -> KaiwuError:
    """A negative score that a mean of logarithms, reciprocals or powers cannot take."""
    return KaiwuError(Problem(
        "IX-AGGREGATE-NEGATIVE", f"“{unit}”的“{kid}”得分为负, 不能用 {by} 合成“{code}”; 改用正的标度(如 1 到 100)",
        f"“{kid}” of “{unit}” is negative and cannot be combined into “{code}” by {by}; normalise to a positive scale",
        where=f"{unit}, {code}",
    ))  # fmt: skip


def refuse_empty(step: Aggregate, x: Array, shares: Mapping[str, float], tree: Tree) -> None:
    """An indicator that nobody has must not vanish from the index unsaid, its weight given to the others."""
    if np.isnan(x).all():
        return  # nobody has a score then, and all are told so
    weights = effective_weights(tree, shares)
    empty = [
        tree.by_code[code] for i, code in enumerate(tree.leaves)
        if np.isnan(x[:, i]).all() and weights[code] > 0 and step.overrides.get(tree.by_code[code].parent or "", step).missing == "skip"
    ]  # fmt: skip
    if empty:
        raise KaiwuError([
            Problem(
                "IX-VALUES-EMPTY", f"指标“{n.zh or n.code}”没有一个单位有数据, 不能悄悄略去; 剔除该指标, 或补数据",
                f"nobody has a value of “{n.en or n.code}”; it is not left out unsaid: drop the indicator or supply values", where=n.where or n.code,
            ) for n in empty
        ])  # fmt: skip


def _report(step: Step, sheet: Sheet, after: Array, tree: Tree) -> list[Cell]:
    if isinstance(step, Impute):
        return changed_cells("impute", sheet.units, tree.leaves, sheet.x, after, "imputed")
    if isinstance(step, Treat):
        return [
            Cell(sheet.units[u], tree.leaves[i], "treat", kind, a, b) for u, i, a, b, kind in treat.changes(sheet.x, after)
        ]  # fmt: skip
    if isinstance(step, Denominate):
        lost = np.isnan(after) & ~np.isnan(sheet.x)
        return [
            Cell(sheet.units[u], tree.leaves[i], "denominate", "undenominated", float(sheet.x[u, i]), float("nan")) for u, i in np.argwhere(lost)
        ]  # fmt: skip
    return []


def check_normalised(
    step: Normalise, units: Sequence[str], x: Array, after: Array, tree: Tree, labels_of: Callable[[str], Sequence[str]], ref: Array | None = None
) -> None:  # fmt: skip
    """Refuse figures that a normalisation gives no score, naming unit and indicator; ``labels_of`` gives the groups of a grouping by unit."""
    lost = ~np.isnan(x) & ~np.isfinite(after)
    problems: list[Problem] = []
    flat = statistic.is_constant(x if ref is None else ref)[0]
    for i in np.flatnonzero(lost.any(axis=0)):
        code, setting = tree.leaves[i], step.overrides.get(tree.leaves[i], step)
        at = int(np.flatnonzero(lost[:, i])[0])
        unit = units[at]
        still, group = bool(flat[i]), ""
        if setting.within:
            labels = labels_of(setting.within)
            group = labels[at]
            mates = [u for u, label in enumerate(labels) if label == group]
            still = bool(statistic.is_constant(x[mates, i : i + 1])[0, 0])
        node = tree.by_code[code]
        if setting.by in ("goalposts", "target", "ratio") and _lacks(setting, node):
            wanted = {"goalposts": "low, high", "target": "target", "ratio": "base"}[setting.by]
            problems.append(Problem(
                "IX-NORMALISE-SETTING", f"指标“{code}”用 {setting.by} 要写 {wanted}", f"indicator “{code}” by {setting.by} wants {wanted}", where=node.where or code,
            ))  # fmt: skip
        elif setting.by == "bands":
            problems.append(Problem(
                "IX-NORMALISE-BANDS", f"“{unit}”的“{code}”不在任何一档里", f"“{code}” of “{unit}” falls into no band", where=f"{unit}, {code}",
            ))  # fmt: skip
        elif setting.by == "ratio":
            problems.append(Problem(
                "IX-NORMALISE-ZERO", f"“{unit}”的“{code}”不大于零, 低者为优的比值没有意义; 写 zero: 分值, 或改用别的标度",
                f"“{code}” of “{unit}” is not positive: a ratio where lower is better has no value there; write zero: SCORE or use another scale",
                where=f"{unit}, {code}",
            ))  # fmt: skip
        elif still:
            within, inside = (f"在“{group}”组内", f" within “{group}”") if setting.within else ("", "")
            problems.append(Problem(
                "IX-NORMALISE-CONSTANT", f"指标“{code}”{within}各单位数值相同, 无法归一; 剔除该指标, 或写 constant: 分值",
                f"indicator “{code}” is constant{inside} and cannot be normalised; drop it, or write constant: SCORE", where=node.where or code,
            ))  # fmt: skip
        else:
            problems.append(Problem(
                "IX-NORMALISE-UNDEFINED", f"“{unit}”的“{code}”得不出分值(对数或比值要求为正)",
                f"“{code}” of “{unit}” has no score (logarithms and ratios want positive values)", where=f"{unit}, {code}",
            ))  # fmt: skip
    if problems:
        raise KaiwuError(problems)


def _lacks(setting: Normalise, node: Any) -> bool:
    wanted = {"goalposts": ("low", "high"), "target": ("target",), "ratio": ("base",)}[setting.by]
    return any(getattr(setting, key) is None and getattr(node, key) is None for key in wanted)


def _labels(values: Values, name: str) -> tuple[str, ...]:
    if name not in values.groups:
        raise KaiwuError(Problem(
            "IX-VALUES-GROUP", f"没有“{name}”分组; 可用: {', '.join(values.groups) or '无'}", f"no grouping “{name}”; there are: {', '.join(values.groups) or 'none'}",
        ))  # fmt: skip
    return values.groups[name]
