"""Ranks (名次) inside leagues, best first, equal scores by the declared keys.

Owns the order and the ties that remain. What a tie means at the edge of a class is decided in ``classing.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from kaiwu.rating.batch import Mask, Ratios
from kaiwu.rating.points import Integers


@dataclass(frozen=True, slots=True)
class Ranks:
    """``rank`` from 1 in each league (0: not ranked); the ``tied`` (1 or more, itself included) share it."""

    rank: NDArray[np.int64]
    tied: NDArray[np.int64]


def rank_scores(scores: Integers, leagues: NDArray[np.int64], ranked: Mask, keys: list[tuple[Ratios, str]]) -> Ranks:
    """Rank units by score inside their league, then by ``keys`` (values with their direction)."""
    rank, tied = np.zeros(len(scores), dtype=np.int64), np.zeros(len(scores), dtype=np.int64)
    rows = np.flatnonzero(ranked)
    order = rows[np.lexsort((-scores[rows], leagues[rows]))]
    if not len(order):
        return Ranks(rank, tied)
    starts_league = np.ones(len(order), dtype=bool)
    starts_league[1:] = leagues[order][1:] != leagues[order][:-1]
    starts_run = starts_league.copy()
    starts_run[1:] |= scores[order][1:] != scores[order][:-1]
    league_start = np.maximum.accumulate(np.where(starts_league, np.arange(len(order)), 0))
    run_starts = np.flatnonzero(starts_run)
    run_sizes = np.diff(np.append(run_starts, len(order)))
    rank[order] = np.repeat(run_starts - league_start[run_starts] + 1, run_sizes)
    tied[order] = np.repeat(run_sizes, run_sizes)
    if keys:
        for start, size in zip(run_starts[run_sizes > 1], run_sizes[run_sizes > 1], strict=True):
            _break_tie([int(m) for m in order[start : start + size]], keys, rank, tied)
    return Ranks(rank, tied)


def _break_tie(
    members: list[int], keys: list[tuple[Ratios, str]], rank: NDArray[np.int64], tied: NDArray[np.int64]
) -> None:
    """Order the members of one tie by the keys that all of them have; a key that one lacks decides nothing further."""
    first = int(rank[members[0]])
    chosen: dict[int, tuple[Fraction, ...]] = dict.fromkeys(members, ())
    for values, direction in keys:
        found = {m: values.at(m) for m in members}
        if any(v is None for v in found.values()):
            break
        sign = -1 if direction == "higher" else 1
        for m, value in found.items():
            assert value is not None
            chosen[m] = (*chosen[m], sign * value)
    distinct = sorted(set(chosen.values()))
    before = 0
    for key in distinct:
        alike = [m for m in members if chosen[m] == key]
        rank[alike], tied[alike] = first + before, len(alike)
        before += len(alike)
