"""The model (指数模型): values, tree and method together, computed once and only as far as something changed.

Owns the run through the steps and the memory of what was computed: a step's key is the hash of all that it depends on, so a new
weight recomputes weights and aggregates and nothing above. It also is the array height: ``evaluate`` takes any number of runs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kaiwu.quantity import KaiwuError, Problem
from kaiwu.rating.index.method import Method
from kaiwu.rating.index.sheet import Sheet, effective_weights
from kaiwu.rating.index.stage import Context, Step, aggregate_tree, apply, transform
from kaiwu.rating.index.statistic import Array
from kaiwu.rating.index.step.aggregate import Aggregate
from kaiwu.rating.index.step.normalise import Normalise
from kaiwu.rating.index.step.rank import MISSING, Rank, rank_scores, round_scores
from kaiwu.rating.index.step.screen import Screen
from kaiwu.rating.index.tree import Tree
from kaiwu.rating.index.values import Panel, Values


@dataclass(frozen=True, eq=False)
class IndexResult:
    """What a run gives, units by code. ``scores`` are analysis; ``printed`` and ``ranks`` follow the declared conventions."""

    tree: Tree
    sheet: Sheet
    rank: Rank
    leagues: tuple[str, ...]

    @property
    def units(self) -> tuple[str, ...]:
        """Rated units, by code."""
        return self.sheet.units

    @property
    def scores(self) -> Array:
        """Scores of the index itself, unrounded."""
        return self.sheet.scores[self.tree.root]

    def score_of(self, code: str) -> Array:
        """Scores of any node: an aggregate, or an indicator's normalised score."""
        if code in self.sheet.scores:
            return self.sheet.scores[code]
        return np.asarray(self.sheet.x[:, self.tree.leaves.index(code)])

    @cached_property
    def printed(self) -> NDArray[np.int64]:
        """Scores in whole 10^-decimals, the smallest integer where missing; 6 decimals where none are declared."""
        return round_scores(self.scores, 6 if self.rank.decimals is None else self.rank.decimals)

    @cached_property
    def ranks(self) -> Array:
        """Places from the best down, inside leagues where declared; NaN where the score is missing."""
        out = np.full(len(self.units), np.nan)
        for league in sorted(set(self.leagues)):
            at = [i for i, name in enumerate(self.leagues) if name == league]
            out[at] = rank_scores(self.scores[at], self.rank.decimals, self.rank.ties)
        return out

    def weights(self) -> dict[str, float]:
        """Effective weight of every node in the whole."""
        return effective_weights(self.tree, self.sheet.weights)

    def table(self) -> pl.DataFrame:
        """``unit, league, score, decimals, rank, halves``: whole numbers and texts only, fit for a digest, units by code.

        ``score`` is in 10^-decimals; ``rank`` in halves of a place where ties are averaged (``halves`` true). Screened units follow
        with nulls.
        """
        halves = self.rank.ties == "average"
        times = 2 if halves else 1
        rows = [
            (unit, league, None if s == MISSING else int(s), None if np.isnan(r) else round(r * times))
            for unit, league, s, r in zip(self.units, self.leagues, self.printed, self.ranks, strict=True)
        ]
        rows += [(gone.unit, "", None, None) for gone in self.sheet.dropped]
        frame = pl.DataFrame(
            rows, schema={"unit": pl.String, "league": pl.String, "score": pl.Int64, "rank": pl.Int64}, orient="row"
        )  # fmt: skip
        decimals = 6 if self.rank.decimals is None else self.rank.decimals
        return frame.with_columns(decimals=pl.lit(decimals, pl.Int64), halves=pl.lit(halves)).sort("unit")


@dataclass(eq=False)
class IndexModel:
    """A composite index ready to run. ``memory`` may be shared by models that differ a little."""

    tree: Tree
    values: Values
    method: Method
    panel: Panel | None = None
    memory: MutableMapping[str, Sheet] = field(default_factory=dict)
    computed: list[str] = field(default_factory=list, init=False)

    def __post_init__(self) -> None:
        self.values = self.values.in_order()

    def changed(
        self, *, tree: Tree | None = None, values: Values | None = None, method: Method | None = None
    ) -> IndexModel:
        """Another model that shares what was computed."""
        return IndexModel(tree or self.tree, values or self.values, method or self.method, self.panel, self.memory)

    def run(self) -> IndexResult:
        """Run all steps, or take from memory what did not change (``computed`` lists the families that were computed).

        Raises ``KaiwuError`` for values, settings or data that a step cannot take.
        """
        sheet = self.sheets()[-1]
        if not sheet.scores:
            raise KaiwuError(Problem("IX-METHOD-AGGREGATE", "方法没有合成步骤", "the method has no aggregate step"))
        rank = next((s for s in reversed(self.method.steps) if isinstance(s, Rank)), Rank())
        if rank.within and rank.within not in self.values.groups:
            raise KaiwuError(Problem("IX-VALUES-GROUP", f"没有“{rank.within}”分组", f"no grouping “{rank.within}”"))
        labels = self.values.groups[rank.within] if rank.within else ("",) * len(self.values.units)
        if rank.within and (lost := [u for u, r in zip(sheet.units, sheet.rows, strict=True) if not labels[r]]):
            raise KaiwuError(
                [Problem("IX-LEAGUE-NONE", f"“{u}”没有分组", f"“{u}” is in no league", where=u) for u in lost]
            )
        return IndexResult(self.tree, sheet, rank, tuple(labels[u] for u in sheet.rows))

    def sheets(self) -> list[Sheet]:
        """The raw sheet and the sheet after every step, in order."""
        self.computed.clear()
        sheet = self._first()
        out = [sheet]
        for k, step in enumerate(self.method.steps):
            sheet = self._after(k, step, sheet)
            out.append(sheet)
        return out

    def _first(self) -> Sheet:
        key = _hash(self.values.digest(), repr(self.tree.leaves), "" if self.panel is None else self.panel.digest())
        if key not in self.memory:
            x = self.values.select(self.tree.leaves)
            n = len(self.values.units)
            self.memory[key] = Sheet(self.values.units, tuple(range(n)), x, self.tree.shares(), key=key)
        return replace(self.memory[key], weights=self.tree.shares())

    def _after(self, k: int, step: Step, sheet: Sheet) -> Sheet:
        key = _hash(sheet.key, repr(step), _dependence(step, self.tree))
        kept = self.memory.get(key)
        if kept is None:
            self.computed.append(step.family)
            ref = self.reference(k, step)
            kept = replace(apply(step, sheet, Context(self.tree, self.values, self.panel), ref), key=key)
            self.memory[key] = kept
        if step.family not in ("weigh", "aggregate", "rank"):
            kept = replace(kept, weights=sheet.weights)
        return kept

    def reference(self, k: int, step: Step) -> Array | None:
        """Cells of the base year (or of all years) after the steps before the k-th: whence minima, means … are taken."""
        if not isinstance(step, Normalise):
            return None
        years = {s.base_year for s in (step, *step.overrides.values()) if s is not None and s.base_year is not None}
        if not years:
            return None
        if len(years) > 1:
            raise KaiwuError(
                Problem("IX-NORMALISE-BASE", "一个步骤只能有一个基期", "one step can have one base year only")
            )
        year = next(iter(years))
        wanted = sorted(self.panel.years) if self.panel and year == "pooled" else [year]
        if self.panel is None or any(y not in self.panel.years for y in wanted):
            raise KaiwuError(
                Problem("IX-PANEL-YEAR", f"没有基期 {year} 的数据", f"there are no values of the base year {year}")
            )
        before = replace(self.method, steps=self.method.steps[:k])
        models = [IndexModel(self.tree, self.panel.years[int(y)], before, self.panel, self.memory) for y in wanted]
        return np.concatenate([model.sheets()[-1].x for model in models], axis=0)

    def evaluate(self, x: Array, weights: Mapping[str, float] | None = None) -> Array:
        """Index scores ``(..., kept units)`` of other raw values ``(..., units, indicators)`` by the same method.

        Rows are ``values.units`` (by code), columns ``tree.leaves``. Units screened out of the model stay out; weights that follow
        from data stay as the model found them unless ``weights`` (shares among siblings) are given.
        """
        context = Context(self.tree, self.values, self.panel)
        sheets = self.sheets()
        rows: Sequence[int] = sheets[0].rows
        for k, step in enumerate(self.method.steps):
            if isinstance(step, Screen):
                place = {u: i for i, u in enumerate(rows)}
                x = x[..., [place[u] for u in sheets[k + 1].rows], :]
                rows = sheets[k + 1].rows
            elif isinstance(step, Aggregate):
                return aggregate_tree(step, x, weights or sheets[k + 1].weights, self.tree)[self.tree.root]
            else:
                x = transform(step, x, rows, context, self.reference(k, step))
        raise KaiwuError(Problem("IX-METHOD-AGGREGATE", "方法没有合成步骤", "the method has no aggregate step"))


def _hash(*parts: str) -> str:
    return hashlib.sha256("\x00".join(parts).encode()).hexdigest()


def _dependence(step: Step, tree: Tree) -> str:
    """What of the tree a step depends on, so that a change elsewhere in the tree leaves it standing."""
    nodes = [tree.by_code[code] for code in tree.leaves]
    if step.family == "denominate":
        return repr([n.denominator for n in nodes])
    if step.family == "normalise":
        return repr([(n.direction, n.low, n.high, n.base, n.target) for n in nodes])
    if step.family in ("weigh", "aggregate", "rank"):
        return repr([(n.code, n.parent, n.weight) for n in tree.nodes])
    if step.family in ("screen", "impute"):
        return repr([(n.code, n.parent) for n in tree.nodes])
    return ""
