"""A score as a tree of parts, and the gap between two units (得分分解): the parts always sum to what is printed.

Owns the walk down the tree and the rounding of parts. The split of one block is in ``attribution.py``, two years in ``year_gap.py``.

A missing cell that the method leaves out counts as the score of its own block, which for weighted means is the same thing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from kaiwu.quantity import KaiwuError, Problem
from kaiwu.rating.index.attribution import apportion, average_orders, gap_slope, slope, substitute, way_of
from kaiwu.rating.index.model import IndexModel, IndexResult
from kaiwu.rating.index.sheet import effective_weights
from kaiwu.rating.index.stage import aggregate_tree
from kaiwu.rating.index.statistic import Array
from kaiwu.rating.index.step.aggregate import ACROSS_UNITS, Aggregate
from kaiwu.rating.index.step.rank import MISSING
from kaiwu.rating.index.tree import Tree

REST = "#rest"
SMALL = 1e-9


@dataclass(frozen=True, slots=True)
class Part:
    """One node's part of a score or gap: ``points`` in 10^-decimals (children sum to their parent), ``value`` before rounding.

    ``score`` and ``other`` are the node's own scores of the unit and of the one it is compared with; ``weight`` its share of the whole.
    """

    code: str
    zh: str
    en: str
    parent: str | None
    depth: int
    points: int
    value: float
    weight: float
    score: float | None = None
    other: float | None = None
    is_missing: bool = False


@dataclass(frozen=True, slots=True)
class Parts:
    """A score or gap with all its parts, the root first, each parent before its children. ``scheme`` names how it was split."""

    units: tuple[str, ...]
    parts: tuple[Part, ...]
    decimals: int
    scheme: str

    @property
    def points(self) -> int:
        """The printed score or gap, in 10^-decimals."""
        return self.parts[0].points

    def below(self, code: str) -> tuple[Part, ...]:
        """The parts directly under a node."""
        return tuple(part for part in self.parts if part.parent == code)

    @property
    def leaves(self) -> tuple[Part, ...]:
        """The parts that are not split further; they too sum to the printed number."""
        parents = {part.parent for part in self.parts}
        return tuple(part for part in self.parts if part.code not in parents)


def decompose(model: IndexModel, unit: str, result: IndexResult | None = None) -> Parts:
    """The printed score of a unit as a tree of parts (得分构成). Raises ``KaiwuError`` where it is unknown or has no score."""
    walk = _Walk(model, result or model.run())
    row = walk.row(unit)
    values, scores, missing = walk.split_score(row)
    return walk.rounded((unit,), values, int(walk.result.printed[row]), (scores, None), missing, "score")


def compare(model: IndexModel, unit: str, other: str, result: IndexResult | None = None) -> Parts:
    """The printed gap ``unit − other`` by block and indicator (差距分解). Raises ``KaiwuError`` as ``decompose`` does."""
    walk = _Walk(model, result or model.run())
    a, b = walk.row(unit), walk.row(other)
    values, first, second = walk.split_gap(a, b)
    whole = int(walk.result.printed[a]) - int(walk.result.printed[b])
    gone = {code for row in (a, b) for code in walk.missing(row)}
    return walk.rounded((unit, other), values, whole, (first, second), gone, "gap")


def split_rows(step: Aggregate, tree: Tree, weights: Mapping[str, float], a: Array, b: Array) -> dict[str, float]:
    """Gap between two rows of normalised scores ``(indicators,)`` by indicator; for methods that look at one unit alone."""
    walk = _Block(step, tree, weights)
    one, two = (walk.scores_of(row) for row in (a, b))
    values = walk.gap(one, two, None)
    return {code: values.get(code, 0.0) for code in tree.leaves} | {k: v for k, v in values.items() if k.endswith(REST)}


class _Block:
    """Splits block by block from the root down, given the scores of all nodes."""

    def __init__(self, step: Aggregate, tree: Tree, weights: Mapping[str, float]) -> None:
        self.tree, self.step = tree, step
        top = step.overrides.get(tree.root, step)
        self.is_flat = bool(top.flat)
        whole = effective_weights(tree, weights)
        self.whole = whole
        self.children = {tree.root: tree.leaves} if self.is_flat else dict(tree.children)
        self.weights = {
            code: np.array([whole[k] if self.is_flat else weights[k] for k in kids])
            for code, kids in self.children.items()
        }
        self.down = [tree.root] if self.is_flat else [c for c in reversed(tree.upward) if c in tree.children]

    def setting(self, code: str) -> Aggregate:
        """The aggregation of one block."""
        found: Aggregate = self.step.overrides.get(code, self.step)
        return found

    def scores_of(self, row: Array) -> dict[str, float]:
        """Scores of all nodes of one row, missing ones filled from above."""
        scores = aggregate_tree(self.step, row[None], self._shares(), self.tree)
        found = {code: float(v[0]) for code, v in scores.items()}
        found |= {code: float(v) for code, v in zip(self.tree.leaves, row, strict=True)}
        return self.fill(found)

    def _shares(self) -> dict[str, float]:
        if not self.is_flat:
            return {
                k: float(w) for c, kids in self.children.items() for k, w in zip(kids, self.weights[c], strict=True)
            }
        return {kid: self.whole[kid] / (self.whole[c] or 1.0) for c, kids in self.tree.children.items() for kid in kids}

    def fill(self, found: Mapping[str, float]) -> dict[str, float]:
        """A missing node stands at the score of the block above it."""
        out = {self.tree.root: found[self.tree.root]}
        for code in self.down:
            for kid in self.children[code]:
                own = found.get(kid, float("nan"))
                out[kid] = out[code] if np.isnan(own) else own
        return out

    def score(self, own: Mapping[str, float], field: Mapping[str, Array] | None, row: int) -> dict[str, float]:
        """Contributions of all nodes to the root's score."""
        value, factor = {self.tree.root: own[self.tree.root]}, {self.tree.root: 1.0}
        for code in self.down:
            kids, w = self.children[code], self.weights[code]
            x = np.array([own[k] for k in kids])
            f = slope(self.setting(code), x, w)
            start = 0.0
            if f is None:
                f, start = self._from_worst(code, x, field, row)
            self._hand_down(code, kids, x, f, start, value, factor)
        return value

    def _from_worst(self, code: str, x: Array, field: Mapping[str, Array] | None, row: int) -> tuple[Array, float]:
        """Shapley values from the worst child scores up; what that row would have is the starting point."""
        table = None if field is None else np.stack([field[k] for k in self.children[code]], axis=1)
        low = np.minimum(x, 0.0)
        if table is not None:
            least = np.where(np.isnan(table), np.inf, table).min(axis=0)
            low = np.where(np.isinf(least), x, least)
        worth = substitute(self.setting(code), table if table is not None else x[None], self.weights[code], row, x, low)
        values = average_orders(worth, len(x))
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(x != 0, values / np.where(x != 0, x, 1.0), 0.0), float(worth(np.zeros((1, len(x))))[0])

    def gap(
        self, a: Mapping[str, float], b: Mapping[str, float], field: tuple[Mapping[str, Array], int] | None
    ) -> dict[str, float]:
        """Contributions of all nodes to the difference of the roots' scores."""
        root = self.tree.root
        value, factor = {root: a[root] - b[root]}, {root: 1.0}
        for code in self.down:
            kids, w, setting = self.children[code], self.weights[code], self.setting(code)
            x, y = (np.array([side[k] for k in kids]) for side in (a, b))
            f = gap_slope(setting, x, y, w)
            if f is None:
                table, row = (
                    (x[None], 0) if field is None else (np.stack([field[0][k] for k in kids], axis=1), field[1])
                )
                parts = average_orders(substitute(setting, table, w, row, x, y), len(x))
                f = np.where(x != y, parts / np.where(x != y, x - y, 1.0), 0.0)
            self._hand_down(code, kids, x - y, f, 0.0, value, factor)
        return value

    def _hand_down(
        self, code: str, kids: tuple[str, ...], x: Array, f: Array, start: float, value: dict[str, float], factor: dict[str, float]
    ) -> None:  # fmt: skip
        """Values of the children; what the scheme leaves over is a part of its own.

        Where a stand-in for a missing block is no possible score (a negative one below a geometric mean), all of the block is left over.
        """
        f = f if np.isfinite(f).all() and np.isfinite(x).all() else np.zeros(len(kids))
        scale = factor[code]
        for kid, one, along in zip(kids, x, f, strict=True):
            factor[kid] = scale * float(along)
            value[kid] = factor[kid] * float(one)
        rest = value[code] - sum(value[kid] for kid in kids)
        if abs(rest) > SMALL * max(1.0, abs(value[code])) or start * scale:
            value[code + REST] = rest


class _Walk:
    """A result with what is needed to split it."""

    def __init__(self, model: IndexModel, result: IndexResult) -> None:
        self.model, self.result = model, result
        step = next(s for s in model.method.steps if isinstance(s, Aggregate))
        self.block = _Block(step, result.tree, result.sheet.weights)
        kept = {result.tree.root, *result.tree.leaves} if self.block.is_flat else set(result.tree.by_code)
        self.table = {code: result.score_of(code) for code in result.tree.by_code if code in kept}

    def row(self, unit: str) -> int:
        """Where the unit stands."""
        if unit not in self.result.units:
            raise KaiwuError(Problem(
                "IX-UNIT-UNKNOWN", f"“{unit}”不在评价结果中", f"“{unit}” is not among the rated units", where=unit,
            ))  # fmt: skip
        row = self.result.units.index(unit)
        if self.result.printed[row] == MISSING:
            raise KaiwuError(
                Problem(
                    "IX-UNIT-SCORE", f"“{unit}”缺数据, 没有得分", f"“{unit}” has no score for want of data", where=unit
                )
            )
        return row

    def missing(self, row: int) -> set[str]:
        """Nodes without a score of their own."""
        return {code for code, scores in self.table.items() if np.isnan(scores[row])}

    def own(self, row: int) -> dict[str, float]:
        """Scores of all nodes, missing ones filled from above."""
        return self.block.fill({code: float(scores[row]) for code, scores in self.table.items()})

    def split_score(self, row: int) -> tuple[dict[str, float], dict[str, float], set[str]]:
        """Contributions, own scores, and who is missing."""
        own = self.own(row)
        return self.block.score(own, self.table, row), own, self.missing(row)

    def split_gap(self, a: int, b: int) -> tuple[dict[str, float], dict[str, float], dict[str, float]]:
        """Contributions and the own scores of both."""
        one, two = self.own(a), self.own(b)
        return self.block.gap(one, two, (self.table, a)), one, two

    def rounded(
        self, units: tuple[str, ...], values: Mapping[str, float], whole: int,
        scores: tuple[Mapping[str, float], Mapping[str, float] | None], missing: set[str], what: str,
    ) -> Parts:  # fmt: skip
        """Whole numbers from the root down, each block summing to its parent's."""
        tree, block = self.result.tree, self.block
        decimals = 6 if self.result.rank.decimals is None else self.result.rank.decimals
        out: list[Part] = []
        self._add(out, tree.root, None, 0, whole, values, scores, missing, 10.0**decimals, what)
        return Parts(units, tuple(out), decimals, scheme_of(block.step, what))

    def _add(
        self, out: list[Part], code: str, parent: str | None, depth: int, points: int, values: Mapping[str, float],
        scores: tuple[Mapping[str, float], Mapping[str, float] | None], missing: set[str], scale: float, what: str,
    ) -> None:  # fmt: skip
        if code.endswith(REST):
            zh, en = ("起点、缺项与取位", "starting point, missing cells and rounding") if what == "score" else ("比较对象、缺项与取位", "other units, missing cells and rounding")  # fmt: skip
            out.append(Part(code, zh, en, parent, depth, points, values[code], 0.0))
            return
        node, other = self.result.tree.by_code[code], scores[1]
        out.append(Part(
            code, node.zh or code, node.en or code, parent, depth, points, values[code], self.block.whole[code], scores[0][code],
            None if other is None else other[code], code in missing,
        ))  # fmt: skip
        kids = [*self.block.children.get(code, ())]
        if kids and code + REST in values:
            kids.append(code + REST)
        if kids:
            shares = apportion([values[kid] * scale for kid in kids], points)
            for kid, share in zip(kids, shares, strict=True):
                self._add(out, kid, code, depth + 1, share, values, scores, missing, scale, what)


def scheme_of(step: Aggregate, what: str = "gap") -> str:
    """The name of the scheme by which scores (``what`` score) or gaps are split: a key of ``attribution.SCHEMES``."""
    ways = {way_of(s) for s in (step, *step.overrides.values()) if s is not None}
    if ways == {"linear"}:
        return "linear"
    if what == "gap":
        return "shapley" if "shapley" in ways else "log_mean"
    across = any(s.by in ACROSS_UNITS for s in (step, *step.overrides.values()) if s is not None)
    return "shapley" if across else "euler"
