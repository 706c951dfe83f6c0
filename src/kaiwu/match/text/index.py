"""The index of texts (文本索引): which record holds which gram and what it weighs there.

Owns building, adding, removing and the scores of one query. A record that is added stands in a small segment of its own
kind, built at once from the frozen statistics; ``rebuild`` makes one segment and new statistics. Ranking many queries is
``batch``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from heapq import nsmallest

import numpy as np
from numpy.typing import NDArray

from kaiwu.match.text.bm25 import Bm25, Query, Statistics, round_impacts
from kaiwu.match.text.gram import Codes, FieldText, Rows, gram_codes, gram_text

TAIL_RECORDS = 256
"""Adding rebuilds the last segment; with so many records that takes a millisecond or two."""

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Segment:
    """Postings of some records, by gram: ``rows[starts[i]:starts[i+1]]`` hold ``codes[i]`` with ``impacts``."""

    codes: Codes
    starts: NDArray[np.int64]
    rows: Rows
    impacts: NDArray[np.int32]

    def find(self, codes: Codes) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """The place of each code and whether it is there."""
        if not len(self.codes):
            return np.zeros(len(codes), np.int64), np.zeros(len(codes), np.bool_)
        at = np.minimum(np.searchsorted(self.codes, codes), len(self.codes) - 1)
        return at, self.codes[at] == codes


class TextIndex:
    """Records by row number, in the order in which they came; a removed row keeps its number."""

    def __init__(self, texts: Sequence[FieldText], settings: Bm25 | None = None) -> None:
        self.settings = settings or Bm25()
        self.texts: list[FieldText] = list(texts)
        self._alive = np.ones(max(len(texts), 1), np.bool_)
        frequencies = _count_grams(self.texts, self.settings)
        self.statistics = _statistics(frequencies, len(self.texts), self.settings)
        self._segments = [_make_segment(frequencies, self.statistics, self.settings, 0)]
        self._tail_start = len(self.texts)

    def __len__(self) -> int:
        return len(self.texts)

    @property
    def is_alive(self) -> Mask:
        """Which rows have not been removed; shape (rows,)."""
        return self._alive[: len(self.texts)]

    def add(self, text: FieldText) -> int:
        """Add a record; the next query sees it. Returns its row."""
        row = len(self.texts)
        if row - self._tail_start >= TAIL_RECORDS:
            self._tail_start = row
        if row >= len(self._alive):
            self._alive = np.concatenate([self._alive, np.ones(len(self._alive), np.bool_)])
        self._alive[row] = True
        self.texts.append(text)
        frequencies = _count_grams(self.texts[self._tail_start :], self.settings)
        tail = _make_segment(frequencies, self.statistics, self.settings, self._tail_start)
        if row > self._tail_start:
            self._segments[-1] = tail
        else:
            self._segments.append(tail)
        return row

    def remove(self, row: int) -> None:
        """Take a record out of every answer."""
        self._alive[row] = False

    def rebuild(self) -> TextIndex:
        """The same records in one segment with fresh statistics; removed ones keep their rows and hold no text."""
        texts = [text if alive else FieldText("") for text, alive in zip(self.texts, self.is_alive, strict=True)]
        fresh = TextIndex(texts, self.settings)
        fresh._alive[: len(texts)] = self.is_alive
        return fresh

    def postings(self) -> Segment:
        """All segments as one; impacts stay as they are."""
        if len(self._segments) == 1:
            return self._segments[0]
        codes = np.concatenate([np.repeat(s.codes, np.diff(s.starts)) for s in self._segments])
        rows = np.concatenate([s.rows for s in self._segments])
        impacts = np.concatenate([s.impacts for s in self._segments])
        order = np.lexsort((rows, codes))
        own, starts = np.unique(codes[order], return_index=True)
        return Segment(own, np.append(starts, len(rows)).astype(np.int64), rows[order], impacts[order])

    def totals(self, query: Query) -> NDArray[np.int64]:
        """Query weight times impact, summed over the grams of a query; shape (rows,), 0 where nothing is shared."""
        total = np.zeros(len(self.texts), np.float64)
        for segment in self._segments:
            at, is_there = segment.find(query.codes)
            spans = [slice(segment.starts[i], segment.starts[i + 1]) for i in at[is_there].tolist()]
            if not spans:
                continue
            rows = np.concatenate([segment.rows[span] for span in spans])
            weights = np.repeat(query.weights[is_there], [span.stop - span.start for span in spans])
            # Sums of whole numbers far below 2^53: exact in any order.
            added = np.bincount(rows, weights * np.concatenate([segment.impacts[span] for span in spans]))
            total[: len(added)] += added
        return total.astype(np.int64)

    def impacts(self, query: Query, rows: Sequence[int]) -> list[dict[str, int]]:
        """For each of some rows: what the grams of a query weigh there, in thousandths, by their characters."""
        found: list[dict[str, int]] = [{} for _ in rows]
        for segment in self._segments:
            at, is_there = segment.find(query.codes)
            for gram in at[is_there].tolist():
                held = segment.rows[segment.starts[gram] : segment.starts[gram + 1]]
                places = np.minimum(np.searchsorted(held, rows), len(held) - 1)
                name = gram_text(int(segment.codes[gram]))
                for i in np.flatnonzero(held[places] == rows).tolist():
                    found[i][name] = int(segment.impacts[segment.starts[gram] + places[i]])
        return found


def make_query(text: FieldText, settings: Bm25) -> Query:
    """The weighted grams of a need: each occurrence counts with the weight of its field."""
    rows, codes = gram_codes([text.title, text.body])
    title, body = settings.steps
    own, inverse = np.unique(codes, return_inverse=True)
    weights = np.bincount(inverse, np.where(rows == 0, title, body), len(own)).astype(np.int64)
    kept = weights > 0
    return Query(own[kept], weights[kept])


def rank_rows(totals: NDArray[np.int64], mask: Mask, codes: Sequence[str], count: int) -> list[int]:
    """The best rows among those of a mask, highest total first, equal ones by code; rows without a total never."""
    found = np.flatnonzero(mask & (totals > 0))
    if len(found) > count:
        values = totals[found]
        edge = np.partition(values, len(values) - count)[len(values) - count]
        above, level = found[values > edge], found[values == edge]
        tied = nsmallest(count - len(above), level.tolist(), key=codes.__getitem__)
        return sorted(above.tolist(), key=lambda row: (-int(totals[row]), codes[row])) + tied
    return sorted(found.tolist(), key=lambda row: (-int(totals[row]), codes[row]))


# -- building ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class _Frequencies:
    """Weighted frequencies by gram and row, ordered so, and the weighted length of every row."""

    codes: Codes
    rows: Rows
    weighted: NDArray[np.int64]
    lengths: NDArray[np.int64]


def _count_grams(texts: Sequence[FieldText], settings: Bm25) -> _Frequencies:
    steps = settings.steps
    parts = [gram_codes([text.title for text in texts]), gram_codes([text.body for text in texts])]
    rows = np.concatenate([part[0] for part in parts])
    codes = np.concatenate([part[1] for part in parts])
    weights = np.repeat(np.array(steps, np.int64), [len(part[0]) for part in parts])
    order = np.lexsort((rows, codes))
    order = order[weights[order] > 0]
    rows, codes, weights = rows[order], codes[order], weights[order]
    is_first = np.ones(len(rows), np.bool_)
    is_first[1:] = (codes[1:] != codes[:-1]) | (rows[1:] != rows[:-1])
    first = np.flatnonzero(is_first)
    weighted = np.add.reduceat(weights, first) if len(first) else weights
    lengths = np.bincount(rows, weights, len(texts)).astype(np.int64)
    return _Frequencies(codes[first], rows[first], weighted, lengths)


def _statistics(frequencies: _Frequencies, records: int, settings: Bm25) -> Statistics:
    codes, counts = np.unique(frequencies.codes, return_counts=True)
    held = int(np.count_nonzero(frequencies.lengths))
    mean = int(frequencies.lengths.sum()) / settings.scale / held if held else 0.0
    return Statistics(held, mean, codes, counts.astype(np.int64))


def _make_segment(frequencies: _Frequencies, statistics: Statistics, settings: Bm25, first_row: int) -> Segment:
    codes, starts = np.unique(frequencies.codes, return_index=True)
    starts = np.append(starts, len(frequencies.codes)).astype(np.int64)
    idf = np.repeat(statistics.idf(codes), np.diff(starts))
    lengths = frequencies.lengths[frequencies.rows]
    impacts = round_impacts(settings, idf, frequencies.weighted, lengths, statistics.mean_length)
    return Segment(codes, starts, frequencies.rows + np.int32(first_row), impacts)
