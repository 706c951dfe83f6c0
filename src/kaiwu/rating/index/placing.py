"""Places and classes of rated units (名次与档次): shares, counts or cut-offs inside the leagues in which places are given.

Owns handing an index over to the ranking and classing that ratings have; how edges fall and what a tie means is theirs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kaiwu.rating.batch import Mask, Ratios
from kaiwu.rating.book import ClassTable, Ties
from kaiwu.rating.classing import Classes, class_by_rank, class_by_score, may_move
from kaiwu.rating.index.method import Method
from kaiwu.rating.index.model import IndexResult
from kaiwu.rating.index.step.aggregate import ACROSS_UNITS, Aggregate
from kaiwu.rating.index.step.impute import FROM_OTHERS, Impute
from kaiwu.rating.index.step.normalise import Normalise, stands_alone
from kaiwu.rating.index.step.rank import MISSING, UNROUNDED, round_scores
from kaiwu.rating.index.step.treat import Treat
from kaiwu.rating.index.step.weigh import FROM_JUDGEMENT, Weigh
from kaiwu.rating.index.tree import Tree
from kaiwu.rating.ranking import Ranks, rank_scores


@dataclass(frozen=True, eq=False)
class Placed:
    """By unit of a result: ``rank`` from 1 (0: none), how many share it, the class (-1: none), whether a tie tears it, whether
    it may still move."""

    rank: NDArray[np.int64]
    tied: NDArray[np.int64]
    index: NDArray[np.int64]
    torn: Mask
    provisional: Mask


def place_units(
    result: IndexResult, classes: ClassTable | None, ties: Ties, keys: Sequence[Ratios], waiting: Mapping[str | None, int], *,
    is_relative: bool,
) -> Placed:  # fmt: skip
    """Place and class the units of a result.

    ``keys`` are the values of the tie rule by unit. ``waiting`` says how many are still pending in each league, under None those
    whose league is not known.
    """
    names = sorted(set(result.leagues))
    league = np.array([names.index(name) for name in result.leagues], dtype=np.int64)
    rated = result.printed != MISSING
    exact = result.printed if result.rank.decimals is not None else round_scores(result.scores, UNROUNDED)
    directed = [(key, tie.direction) for key, tie in zip(keys, ties.keys, strict=True)]
    ranks = rank_scores(exact, league, rated, directed)
    pending = np.array([waiting.get(name, 0) + waiting.get(None, 0) for name in names], dtype=np.int64)
    found, moves = _class(result, classes, ties, ranks, league, rated, pending)
    place = ranks.rank if ties.keys else _declared(result, rated)
    place, tied = (np.where(found.torn, 0, v) for v in (place, ranks.tied))
    unsettled = rated & ~found.torn & (moves | (pending.any() and is_relative))
    return Placed(place, tied, found.index, found.torn, np.asarray(unsettled))


def _class(
    result: IndexResult, table: ClassTable | None, ties: Ties, ranks: Ranks, league: NDArray[np.int64], rated: Mask, pending: NDArray[np.int64]
) -> tuple[Classes, Mask]:  # fmt: skip
    still = np.zeros(len(rated), dtype=bool)
    if table is None:
        return Classes(np.full(len(rated), -1, dtype=np.int64), still), still
    if table.by == "cutoff":
        decimals = 6 if result.rank.decimals is None else result.rank.decimals
        return class_by_score(table, result.printed, rated, decimals), still
    nobody = np.zeros(len(pending), dtype=np.int64)
    found = class_by_rank(table, ranks, league, nobody, ties.shared)
    return found, may_move(table, ranks, league, nobody, pending, ties.shared)


def _declared(result: IndexResult, rated: Mask) -> NDArray[np.int64]:
    """Places by the method's own rule for ties; averaged ones print the better place."""
    return np.where(rated, np.floor(np.nan_to_num(result.ranks)), 0).astype(np.int64)


def is_relative(method: Method, tree: Tree) -> bool:
    """Whether the score of one unit may depend on the figures of others."""
    leaves = [tree.by_code[code] for code in tree.leaves]
    for step in method.steps:
        if isinstance(step, Treat) or (isinstance(step, Weigh) and step.by not in FROM_JUDGEMENT):
            return True
        if isinstance(step, Impute) and any(s.by in FROM_OTHERS for s in _settings(step)):
            return True
        if isinstance(step, Aggregate) and any(s.by in ACROSS_UNITS for s in _settings(step)):
            return True
        if isinstance(step, Normalise) and any(
            s is not None and not stands_alone(s, leaf) for leaf in leaves for s in [step.overrides.get(leaf.code, step)]
        ):  # fmt: skip
            return True
    return False


def _settings(step: Impute | Aggregate) -> list[Any]:
    return [s for s in (step, *step.overrides.values()) if s is not None]
