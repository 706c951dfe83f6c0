"""How good resolving is on mentions whose truth is known (主体识别评测): best F1, recall at a safe precision, grouped folds.

Owns the task, the two numbers and learning across folds. It reads no files and holds no mentions of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kaiwu.identity.linking.encoding import Floats, Ints
from kaiwu.identity.linking.learned import fit_ranker
from kaiwu.identity.linking.resolver import Ranking

FOLDS = 5
SEED = 20260101
SAFE = 0.99
NOBODY = -1


@dataclass(frozen=True, slots=True)
class LinkTask:
    """Mentions, the row of the register that each means (``NOBODY``: none), and the register's names."""

    names: Sequence[str]
    texts: Sequence[str]
    truth: Ints


@dataclass(frozen=True, slots=True)
class LinkScore:
    """The best F1 over all thresholds, and the greatest recall at a precision of ``SAFE`` or more."""

    f1: float
    safe_recall: float


def score_links(weights: npt.NDArray[np.float64], found: Ints, truth: Ints) -> LinkScore:
    """Score the best entry of each mention (``NOBODY``: none) by its weight; all (n,)."""
    order = np.argsort(-weights, kind="stable")
    order = order[found[order] >= 0]
    right = np.cumsum(found[order] == truth[order])
    precision, recall = right / np.arange(1, len(order) + 1), right / max(int((truth >= 0).sum()), 1)
    f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-9)
    return LinkScore(float(f1.max(initial=0.0)), float(recall[precision >= SAFE].max(initial=0.0)))


def choose_best(ranking: Ranking, weights: Floats) -> tuple[npt.NDArray[np.float64], Ints]:
    """The weight and the entry of the best candidate of each mention (n,); a branch means no registered firm."""
    count = len(ranking.parts)
    order = np.lexsort((ranking.pairs.entry, -weights, ranking.pairs.mention))
    first = np.searchsorted(ranking.pairs.mention[order], np.arange(count))
    found, best = np.full(count, NOBODY), np.zeros(count)
    is_met = np.bincount(ranking.pairs.mention, minlength=count) > 0
    found[is_met] = ranking.pairs.entry[order[first[is_met]]]
    best[is_met] = weights[order[first[is_met]]]
    found[[p.branch != "" for p in ranking.parts]] = NOBODY
    return best, found


def learn_across(ranking: Ranking, truth: Ints) -> Ranking:
    """The candidates weighed by models that saw no mention of their group.

    All mentions of a firm, and the absent ones nearest to it, are in one fold. Entries are numbered as the register's rows.
    Raises ``KaiwuError`` for too few mentions.
    """
    mention, entry = ranking.pairs.mention, ranking.pairs.entry
    _, nearest = choose_best(ranking, ranking.odds[:, 0])
    _, number = np.unique(np.where(truth >= 0, truth, nearest), return_inverse=True)
    fold = np.random.default_rng(SEED).integers(0, FOLDS, number.max() + 1)[number]
    is_branch = np.array([p.branch != "" for p in ranking.parts])
    weights = np.zeros(len(mention), np.float32)
    for held in range(FOLDS):
        seen = np.flatnonzero((fold[mention] != held) & ~is_branch[mention])
        model = fit_ranker(ranking.measures.take(seen), ranking.odds[seen], truth[mention[seen]] == entry[seen])
        own = np.flatnonzero(fold[mention] == held)
        weights[own] = model.weigh(ranking.measures.take(own), ranking.odds[own])
    return ranking.weighed(weights)
