"""The best records for many queries at once (批量检索), equal to ranking them one by one.

Owns blocks, threads and the choice of the best within a block. Grams that many records hold are multiplied as dense rows,
the others are spread from their postings; both sum the same whole numbers, in 32-bit floats only where the largest
possible sum stays below 2^24 and is therefore exact.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from kaiwu.match.text.gram import FieldText, gram_codes
from kaiwu.match.text.index import Segment, TextIndex

QUERY_BLOCK = 48
RECORD_BLOCK = 16_384
"""48 × 16,384 sums of four bytes are 3 MiB: near a core's cache, and few enough calls."""

DENSE_SHARE = 16
"""A gram that every sixteenth record holds costs less as a dense row."""

DENSE_MOST = 256
EXACT_FLOAT32 = 1 << 24

Floats = NDArray[np.float32] | NDArray[np.float64]
Allowed = Callable[[slice, slice], NDArray[np.bool_]]
"""For some queries and some rows: which pairs may be shown; shape (queries, rows)."""


@dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """The best rows of every query, best first; shape (queries, count). Row -1 and total 0 where there is no more."""

    rows: NDArray[np.int32]
    totals: NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class _Block:
    """Records ``start:stop`` as columns: the dense grams as rows, all others as postings."""

    start: int
    stop: int
    dense: NDArray[np.float32]
    dense_at: NDArray[np.int32]  # by gram: its dense row, -1 for postings
    starts: NDArray[np.int64]
    columns: NDArray[np.int32]
    impacts: NDArray[np.float32]


def rank_many(
    index: TextIndex,
    queries: Sequence[FieldText],
    count: int = 10,
    *,
    ties: NDArray[np.int64] | None = None,
    allowed: Allowed | None = None,
    threads: int | None = None,
) -> Ranking:
    """Rank the records of an index for every query: highest total first, equal totals by ``ties``, else by row.

    ``ties`` gives each row its place in the order of codes; ``allowed`` masks pairs before the best are chosen.
    """
    postings = index.postings()
    wanted = _read_queries(queries, index, postings)
    order = np.arange(len(index), dtype=np.int64) if ties is None else ties
    result = Ranking(np.full((len(queries), count), -1, np.int32), np.zeros((len(queries), count), np.int64))
    spans = [slice(at, min(at + QUERY_BLOCK, len(queries))) for at in range(0, len(queries), QUERY_BLOCK)]
    with ThreadPoolExecutor(threads or os.cpu_count() or 1) as pool:
        for start in range(0, len(index), RECORD_BLOCK):
            block = _cut_block(postings, start, min(start + RECORD_BLOCK, len(index)))
            ranker = _Ranker(index, wanted, block, order, allowed, result)
            for _ in pool.map(ranker.rank, spans):
                pass
    return result


def _read_queries(queries: Sequence[FieldText], index: TextIndex, postings: Segment) -> csr_array:
    """Query weights by query and gram of the index; shape (queries, grams)."""
    rows, columns, weights = [], [], []
    for texts, weight in zip(
        ([q.title for q in queries], [q.body for q in queries]), index.settings.steps, strict=True
    ):
        row, codes = gram_codes(texts)
        at, is_there = postings.find(codes)
        rows.append(row[is_there])
        columns.append(at[is_there].astype(np.int32))
        weights.append(np.full(int(is_there.sum()), weight, np.float32))
    shape = (len(queries), len(postings.codes))
    table = csr_array((np.concatenate(weights), (np.concatenate(rows), np.concatenate(columns))), shape=shape)
    table.sum_duplicates()
    table.eliminate_zeros()
    return table


def _cut_block(postings: Segment, start: int, stop: int) -> _Block:
    """The postings of some records with columns counted from ``start``."""
    inside = (postings.rows >= start) & (postings.rows < stop)
    counts = np.add.reduceat(inside, postings.starts[:-1], dtype=np.int64) if len(inside) else np.zeros(0, np.int64)
    starts = np.concatenate([[0], np.cumsum(counts)])
    columns, impacts = postings.rows[inside] - np.int32(start), postings.impacts[inside].astype(np.float32)
    often = np.flatnonzero(counts * DENSE_SHARE >= stop - start)
    often = often[np.argsort(-counts[often], kind="stable")][:DENSE_MOST]
    dense_at = np.full(len(counts), -1, np.int32)
    dense_at[often] = np.arange(len(often))
    dense = np.zeros((len(often), stop - start), np.float32)
    for at, gram in enumerate(often.tolist()):
        span = slice(starts[gram], starts[gram + 1])
        dense[at, columns[span]] = impacts[span]
    return _Block(start, stop, dense, dense_at, starts, columns, impacts)


@dataclass(frozen=True, slots=True, eq=False)
class _Ranker:
    """Ranks the queries of a span within one block of records and keeps the best so far in ``result``."""

    index: TextIndex
    wanted: csr_array
    block: _Block
    order: NDArray[np.int64]
    allowed: Allowed | None
    result: Ranking

    def rank(self, span: slice) -> None:
        totals = self.totals(span)
        rows = slice(self.block.start, self.block.stop)
        if not self.index.is_alive[rows].all():
            totals *= self.index.is_alive[rows]
        if self.allowed is not None:
            totals *= self.allowed(span, rows)
        count = self.result.rows.shape[1]
        edge = np.maximum(_lower_bound(totals, count), self.result.totals[span, -1])
        reaches = totals >= np.maximum(edge, 1)[:, None].astype(totals.dtype)
        query, column = np.divmod(np.flatnonzero(reaches), totals.shape[1])
        best = self.result.rows[span]
        kept_query, kept_place = np.nonzero(best >= 0)
        query = np.concatenate([kept_query, query])
        row = np.concatenate([best[kept_query, kept_place], column + self.block.start])
        total = np.concatenate(
            [
                self.result.totals[span][kept_query, kept_place],
                totals[query[len(kept_query) :], column].astype(np.int64),
            ]
        )
        self._keep(span, query, row, total)

    def _keep(self, span: slice, query: NDArray[np.int64], row: NDArray[np.int64], total: NDArray[np.int64]) -> None:
        by = np.lexsort((self.order[row], -total, query))
        query, row, total = query[by], row[by], total[by]
        starts = np.searchsorted(query, np.arange(span.stop - span.start))
        place = np.arange(len(query)) - starts[query]
        kept = place < self.result.rows.shape[1]
        at = (query[kept] + span.start, place[kept])
        self.result.rows[at] = row[kept]
        self.result.totals[at] = total[kept]

    def totals(self, span: slice) -> Floats:
        """Sums of query weight times impact; shape (queries of the span, records of the block)."""
        bounds = self.wanted.indptr[span.start], self.wanted.indptr[span.stop]
        grams, weights = self.wanted.indices[bounds[0] : bounds[1]], self.wanted.data[bounds[0] : bounds[1]]
        ends = self.wanted.indptr[span.start : span.stop + 1] - bounds[0]
        dtype = np.float32 if self._largest_sum(grams, weights, ends) < EXACT_FLOAT32 else np.float64
        is_dense = self.block.dense_at[grams] >= 0
        sparse = self._spread(grams, weights.astype(dtype), ends, ~is_dense)
        if not is_dense.any():
            return sparse
        queries = np.repeat(np.arange(len(ends) - 1), np.diff(ends))
        often = csr_array(
            (weights[is_dense].astype(dtype), (queries[is_dense], self.block.dense_at[grams[is_dense]])),
            shape=(len(ends) - 1, len(self.block.dense)),
        )
        np.add(sparse, often @ self.block.dense, out=sparse)
        return sparse

    def _largest_sum(self, grams: NDArray[np.int32], weights: NDArray[np.float32], ends: NDArray[np.int32]) -> float:
        """No sum of the span can be larger: all grams at the largest impact of the block."""
        if not len(grams):
            return 0.0
        summed = np.add.reduceat(np.append(weights, 0).astype(np.float64), np.minimum(ends[:-1], len(weights)))
        return float(summed.max()) * float(self.block.impacts.max(initial=0))

    def _spread(
        self, grams: NDArray[np.int32], weights: Floats, ends: NDArray[np.int32], chosen: NDArray[np.bool_]
    ) -> Floats:
        """The sums over the chosen grams by their postings."""
        starts = self.block.starts[grams]
        lengths = np.where(chosen, self.block.starts[grams + 1] - starts, 0)
        before = np.concatenate([[0], np.cumsum(lengths)])
        at = np.arange(before[-1]) + np.repeat(starts - before[:-1], lengths)
        values = self.block.impacts[at] * np.repeat(weights, lengths)
        shape = (len(ends) - 1, self.block.stop - self.block.start)
        sums: Floats = csr_array((values, self.block.columns[at], before[ends]), shape=shape).toarray()
        return sums


def _lower_bound(totals: Floats, count: int) -> NDArray[np.int64]:
    """A total that at least ``count`` records of each query reach: the ``count``-th best of the bests of groups."""
    queries, records = totals.shape
    groups = max(128, 8 * count)
    if records < 2 * groups:
        return np.zeros(queries, np.int64)
    whole = records // groups * groups
    bests = totals[:, :whole].reshape(queries, -1, groups).max(axis=1)
    return np.partition(bests, groups - count, axis=1)[:, groups - count].astype(np.int64)
