"""Classes (档次) from ranks or scores: shares with declared rounding, counts, cut-offs.

Owns where the edges between classes fall and what a tie across one means. It never breaks a tie by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from kaiwu.rating.batch import Mask
from kaiwu.rating.book import ClassTable
from kaiwu.rating.points import Integers, divide
from kaiwu.rating.ranking import Ranks

UNCERTAIN = 400  # more pending units than this are not tried one by one: everybody stays provisional


@dataclass(frozen=True, slots=True)
class Classes:
    """``index`` of the class per unit (-1: none); ``torn``: tied across an edge, with no rule that decides."""

    index: NDArray[np.int64]
    torn: Mask


def edges_of(table: ClassTable, number: int) -> NDArray[np.int64]:
    """Last rank of every class in a league of ``number`` units, best class first; the last one is ``number``."""
    if table.by == "count":
        counts = [row.count or 0 for row in table.rows[:-1]]
        return np.asarray(np.minimum([*np.cumsum(counts, dtype=np.int64), number], number), dtype=np.int64)
    shares = [row.share for row in table.rows[:-1]]
    known = [s for s in shares if s is not None]
    rest = 1 - sum(known, Fraction(0))
    if table.rounding == "largest_remainder":
        return np.cumsum(largest_remainder([*known, rest], number), dtype=np.int64)
    edges, total = [], Fraction(0)
    for share in known:
        total += share
        exact = total * number
        mode = "down" if table.rounding == "floor" else table.rounding
        edges.append(int(divide(exact.numerator, exact.denominator, mode)))
    return np.array([*edges, number], dtype=np.int64)


def largest_remainder(shares: list[Fraction], number: int) -> list[int]:
    """Split a number by shares (最大余数法); of equal remainders the better class takes the unit."""
    exact = [share * number for share in shares]
    counts = [e.numerator // e.denominator for e in exact]
    by_remainder = sorted(range(len(shares)), key=lambda i: (counts[i] - exact[i], i))
    for i in by_remainder[: number - sum(counts)]:
        counts[i] += 1
    return counts


def class_by_rank(
    table: ClassTable, ranks: Ranks, leagues: NDArray[np.int64], extra: NDArray[np.int64], shared: bool
) -> Classes:
    """Classes by share or count. ``extra`` units per league stand below the ranked ones (vetoed units that count)."""
    index = np.full(len(ranks.rank), -1, dtype=np.int64)
    torn = np.zeros(len(ranks.rank), dtype=bool)
    for league, below in enumerate(extra):
        rows = np.flatnonzero((leagues == league) & (ranks.rank > 0))
        if not len(rows):
            continue
        edges = edges_of(table, len(rows) + int(below))
        best = np.searchsorted(edges, ranks.rank[rows], side="left")
        worst = np.searchsorted(edges, ranks.rank[rows] + ranks.tied[rows] - 1, side="left")
        index[rows] = best
        if not shared:
            torn[rows] = best != worst
    return Classes(np.where(torn, -1, index), torn)


def class_by_score(table: ClassTable, scores: Integers, scored: Mask, decimals: int) -> Classes:
    """Classes by cut-off; a score below the last one has none."""
    index = np.full(len(scores), -1, dtype=np.int64)
    for i in reversed(range(len(table.rows))):
        index[scored & reaches(table, i, scores, decimals)] = i
    return Classes(index, np.zeros(len(scores), dtype=bool))


def reaches(table: ClassTable, row: int, scores: Integers, decimals: int) -> Mask:
    """Whether scores reach the cut-off of a class; the edges say if the number itself does."""
    low = table.rows[row].low
    if low is None:
        return np.ones(len(scores), dtype=bool)
    wanted = low * 10**decimals
    if table.edges == "[)":
        return np.asarray(scores >= -(-wanted.numerator // wanted.denominator))
    return np.asarray(scores > wanted.numerator // wanted.denominator)


def may_move(
    table: ClassTable,
    ranks: Ranks,
    leagues: NDArray[np.int64],
    extra: NDArray[np.int64],
    pending: NDArray[np.int64],
    shared: bool,
) -> Mask:
    """Whether a unit's class by rank may still change, whatever the ``pending`` units of its league turn out to be: each may
    join above, join below, or not join."""
    moves = np.zeros(len(ranks.rank), dtype=bool)
    for league, waiting in enumerate(pending):
        rows = np.flatnonzero((leagues == league) & (ranks.rank > 0))
        if not len(rows) or not waiting:
            continue
        if waiting > UNCERTAIN:
            moves[rows] = True
            continue
        number = len(rows) + int(extra[league])
        top = ranks.rank[rows]
        bottom = top if shared else top + ranks.tied[rows] - 1
        now = np.searchsorted(edges_of(table, number), top, side="left")
        for joining in range(int(waiting) + 1):
            edges = edges_of(table, number + joining)
            best = np.searchsorted(edges, top, side="left")
            worst = np.searchsorted(edges, bottom + joining, side="left")
            moves[rows] |= (best != now) | (worst != now)
    return moves
