"""Text search against a slow BM25 that shares no code with it."""

from __future__ import annotations

import math
import unicodedata
from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kaiwu.match.text import Bm25, FieldText, TextIndex, gram_codes, gram_text, make_query, rank_many, rank_rows

WORDS = [
    "大型转盘轴承淬火机",
    "轴承",
    "数控刀柄",
    "液压刀柄变径套",
    "锂电池回收",
    "电池",
    "PLC控制器",
    "plc",
    "空气弹簧",
    "",
    "—",
]
DEFAULT = Bm25()


def slow_grams(text: str) -> list[str]:
    text = unicodedata.normalize("NFKC", text).casefold()
    singles = [c for c in text if c.isalnum()]
    pairs = [a + b for a, b in pairwise(text) if a.isalnum() and b.isalnum()]
    return singles + pairs


class SlowBm25:
    """The formula written down term by term; statistics of the records that it is built from."""

    def __init__(self, records: Sequence[FieldText], parameters: Bm25) -> None:
        self.parameters = parameters
        self.bags = [self.bag(r) for r in records]
        lengths = [sum(b.values()) for b in self.bags]
        held = [n for n in lengths if n]
        self.records, self.mean = len(held), float(sum(held) / len(held)) if held else 0.0
        self.frequency = Counter(g for b in self.bags for g in b)

    def bag(self, text: FieldText) -> dict[str, Fraction]:
        found: dict[str, Fraction] = {}
        for part, weight in ((text.title, self.parameters.title), (text.body, self.parameters.body)):
            for gram in slow_grams(part):
                if weight:
                    found[gram] = found.get(gram, Fraction(0)) + weight
        return found

    def score(self, query: FieldText, bag: dict[str, Fraction]) -> int:
        total = Fraction(0)
        k1, b = float(self.parameters.k1), float(self.parameters.b)
        length = float(sum(bag.values()))
        for gram, weight in self.bag(query).items():
            if gram in bag:
                n, f = self.frequency[gram], float(bag[gram])
                idf = math.log(1 + (self.records - n + 0.5) / (n + 0.5))
                impact = (
                    idf * f * (k1 + 1) / (f + k1 * (1 - b + b * length / self.mean)) if self.mean else idf * (k1 + 1)
                )
                total += weight * math.floor(1000 * impact + 0.5)
        return math.floor(total * 1000 + Fraction(1, 2))

    def rank(self, query: FieldText, codes: Sequence[str], count: int) -> list[tuple[int, int]]:
        scored = [(row, self.score(query, bag)) for row, bag in enumerate(self.bags)]
        return sorted((s for s in scored if s[1] > 0), key=lambda s: (-s[1], codes[s[0]]))[:count]


texts = st.builds(FieldText, st.sampled_from(WORDS), st.lists(st.sampled_from(WORDS), max_size=3).map("，".join))
parameters = st.builds(
    Bm25,
    k1=st.sampled_from([Fraction(6, 5), Fraction(2), Fraction(0)]),
    b=st.sampled_from([Fraction(0), Fraction(3, 4), Fraction(1)]),
    title=st.sampled_from([Fraction(1), Fraction(0)]),
    body=st.sampled_from([Fraction(0), Fraction(1, 4), Fraction(1, 3)]),
)


def ranked(index: TextIndex, query: FieldText, codes: Sequence[str], count: int) -> list[tuple[int, int]]:
    totals = index.totals(make_query(query, index.settings))
    rows = rank_rows(totals, index.is_alive, codes, count)
    return [(row, index.settings.to_micro(int(totals[row]))) for row in rows]


@settings(max_examples=60, deadline=None)
@given(st.lists(texts, max_size=12), texts, parameters, st.integers(1, 5))
def test_the_index_ranks_and_scores_exactly_like_the_slow_formula(
    records: list[FieldText], query: FieldText, chosen: Bm25, count: int
) -> None:
    codes = [f"{(7 * i) % 13:02}" for i in range(len(records))]
    assert ranked(TextIndex(records, chosen), query, codes, count) == SlowBm25(records, chosen).rank(
        query, codes, count
    )


@settings(max_examples=40, deadline=None)
@given(st.lists(texts, max_size=12), st.lists(texts, max_size=6), st.integers(1, 4))
def test_many_queries_at_once_rank_like_one_by_one(
    records: list[FieldText], queries: list[FieldText], count: int
) -> None:
    index = TextIndex(records)
    codes = [f"{i:02}" for i in range(len(records))]
    batch = rank_many(index, queries, count, threads=1)
    for at, query in enumerate(queries):
        found = [
            (int(r), index.settings.to_micro(int(t)))
            for r, t in zip(batch.rows[at], batch.totals[at], strict=True)
            if r >= 0
        ]
        assert found == ranked(index, query, codes, count)


def product_names(count: int, seed: int) -> list[FieldText]:
    rng = np.random.default_rng(seed)
    parts = list(
        "大小高低精密数控液压轴承齿轮电机泵阀门弹簧模具刀柄电池薄膜纤维注塑冲压铸造焊接检测控制系统装置设备材料"
    )
    return [FieldText("".join(rng.choice(parts, rng.integers(2, 9)))) for _ in range(count)]


def test_blocks_dense_rows_and_ties_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    from kaiwu.match.text import batch

    monkeypatch.setattr(batch, "RECORD_BLOCK", 900)
    monkeypatch.setattr(batch, "QUERY_BLOCK", 7)
    records, queries = product_names(2500, 1), product_names(60, 2)
    index = TextIndex(records)
    codes = [f"{(997 * i) % 2500:04}" for i in range(2500)]
    ties = np.array([int(c) for c in codes])
    result = rank_many(index, queries, 10, ties=ties, threads=2)
    for at, query in enumerate(queries):
        assert [int(r) for r in result.rows[at] if r >= 0] == [row for row, _ in ranked(index, query, codes, 10)]


def test_sums_too_large_for_short_floats_stay_exact(monkeypatch: pytest.MonkeyPatch) -> None:
    from kaiwu.match.text import batch

    records, queries = product_names(300, 3), [FieldText("轴承" * 4000, "数控" * 4000)]
    index = TextIndex(records)
    codes = [f"{i:03}" for i in range(300)]
    totals = index.totals(make_query(queries[0], index.settings))
    assert totals.max() > batch.EXACT_FLOAT32
    result = rank_many(index, queries, 10)
    assert [int(r) for r in result.rows[0]] == [row for row, _ in ranked(index, queries[0], codes, 10)]
    assert [int(t) for t in result.totals[0]] == [int(totals[r]) for r in result.rows[0]]


def test_pairs_that_may_not_be_shown_are_masked_before_the_best_are_chosen() -> None:
    index = TextIndex([FieldText("轴承")] * 20 + [FieldText("大型轴承")])
    allowed = np.zeros((1, 21), np.bool_)
    allowed[0, 20] = True
    result = rank_many(index, [FieldText("轴承")], 3, allowed=lambda q, r: allowed[q, r])
    assert result.rows.tolist() == [[20, -1, -1]]


def test_equal_scores_stand_in_the_order_of_codes() -> None:
    index = TextIndex([FieldText("轴承")] * 5)
    totals = index.totals(make_query(FieldText("轴承"), DEFAULT))
    assert rank_rows(totals, index.is_alive, ["e", "c", "a", "d", "b"], 3) == [2, 4, 1]


def test_an_added_record_is_found_at_once_and_changes_no_other_score() -> None:
    index = TextIndex(product_names(500, 4))
    query = make_query(FieldText("液压轴承电机"), DEFAULT)
    before = index.totals(query)
    row = index.add(FieldText("液压轴承电机"))
    after = index.totals(query)
    assert after[row] == after.max() > 0
    assert after[:row].tolist() == before.tolist()


def test_hundreds_of_additions_score_like_one_index_with_the_same_statistics() -> None:
    base, more = product_names(400, 5), product_names(600, 6)
    index = TextIndex(base)
    for text in more:
        index.add(text)
    slow = SlowBm25(base, DEFAULT)
    query = FieldText("精密数控齿轮")
    totals = index.totals(make_query(query, DEFAULT))
    wanted = [slow.score(query, slow.bag(text)) for text in [*base, *more]]
    assert [DEFAULT.to_micro(int(t)) for t in totals] == wanted
    batch = rank_many(index, [query], 10)
    assert batch.rows[0].tolist() == rank_rows(totals, index.is_alive, [f"{i:04}" for i in range(1000)], 10)


def test_a_removed_record_is_in_no_answer_and_rebuilding_keeps_row_numbers() -> None:
    index = TextIndex([FieldText("轴承"), FieldText("轴承座"), FieldText("电机")])
    index.remove(0)
    query = make_query(FieldText("轴承"), DEFAULT)
    assert rank_rows(index.totals(query), index.is_alive, list("abc"), 5) == [1]
    fresh = index.rebuild()
    assert rank_rows(fresh.totals(query), fresh.is_alive, list("abc"), 5) == [1]
    assert fresh.statistics.records == 2


def test_width_case_and_punctuation_do_not_matter_and_breaks_make_no_pairs() -> None:
    rows, codes = gram_codes(["ＰＬＣ控，制"])
    assert sorted(gram_text(int(c)) for c in codes) == sorted(["p", "l", "c", "控", "制", "pl", "lc", "c控"])
    assert rows.tolist() == [0] * 8


def test_texts_with_breaks_of_their_own_stay_apart() -> None:
    rows, codes = gram_codes(["甲\0乙", "", "丙\ud800"])
    assert [(int(r), gram_text(int(c))) for r, c in zip(rows, codes, strict=True) if c < 1 << 21][:3] == [
        (0, "甲"),
        (0, "乙"),
        (2, "丙"),
    ]


def test_an_empty_index_answers_nothing() -> None:
    index = TextIndex([])
    assert index.totals(make_query(FieldText("轴承"), DEFAULT)).tolist() == []
    assert rank_many(index, [FieldText("轴承")], 2).rows.tolist() == [[-1, -1]]
    index.add(FieldText("轴承"))
    assert index.totals(make_query(FieldText("轴承"), DEFAULT))[0] > 0
