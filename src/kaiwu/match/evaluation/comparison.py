"""Ways of retrieval side by side on one set of judgements (对比).

Owns the table: every variant against the first, and the honest estimate for choosing among them. A variant is anything
that orders offers for a need; what it is made of is not looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

import numpy as np
from numpy.typing import NDArray

from kaiwu.match.evaluation.bootstrap import Difference, paired_difference
from kaiwu.match.evaluation.choice import Choice, choose_nested
from kaiwu.match.evaluation.judgement import JudgedNeed, Judgements
from kaiwu.match.evaluation.metric import bpref, judged_share, ndcg
from kaiwu.match.text import Bm25, FieldText, TextIndex, make_query, rank_rows

Scorer = Callable[[JudgedNeed], NDArray[np.int64]]
"""A whole number for every offer, in their order; the higher the better, 0 for nothing in common."""


@dataclass(frozen=True, slots=True)
class Variant:
    """A way of ranking: a name, and what makes a scorer of the offers."""

    name: str
    build: Callable[[Mapping[str, FieldText]], Scorer]


@dataclass(frozen=True, slots=True)
class Row:
    """One variant on all scorable needs; ``difference`` is against the first variant of the table."""

    name: str
    ndcg: float
    bpref: float
    judged: float
    difference: Difference
    scores: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """The table, and what choosing the best row without looking at held-out needs would give."""

    rows: tuple[Row, ...]
    nested: Choice
    needs: int
    pairs: int


def compare(judgements: Judgements, variants: Sequence[Variant], depth: int = 10) -> Comparison:
    """Rank the offers for all scorable needs by every variant; equal ones, and those with nothing in common, by code."""
    needs, codes = judgements.scorable, list(judgements.offers)
    place = {code: i for i, code in enumerate(codes)}
    everything = np.ones(len(codes), np.bool_)
    rows: list[Row] = []
    for variant in variants:
        score = variant.build(judgements.offers)
        condensed, judged = [], []
        for need in needs:
            totals = score(need)
            by_code = {code: -int(totals[place[code]]) for code in sorted(need.grades)}
            condensed.append(sorted(by_code, key=by_code.__getitem__))
            first = [codes[row] for row in rank_rows(totals, everything, codes, depth)]
            judged.append(judged_share(first, need.grades, depth))
        pairs = list(zip(condensed, (need.grades for need in needs), strict=True))
        scores = tuple(ndcg(ranking, grades, depth) for ranking, grades in pairs)
        rows.append(
            Row(
                name=variant.name,
                ndcg=_mean(scores),
                bpref=_mean([bpref(*pair) for pair in pairs]),
                judged=_mean(judged),
                difference=paired_difference(scores, rows[0].scores if rows else scores),
                scores=scores,
            )
        )
    nested = choose_nested([need.code for need in needs], {row.name: row.scores for row in rows})
    return Comparison(tuple(rows), nested, len(needs), judgements.pairs)


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def text_variant(settings: Bm25, clean: Callable[[FieldText], FieldText] | None = None, name: str = "") -> Variant:
    """Plain text retrieval under some settings; ``clean`` is applied to needs."""

    def build(offers: Mapping[str, FieldText]) -> Scorer:
        index = TextIndex(list(offers.values()), settings)
        return lambda need: index.totals(make_query(clean(need.text) if clean else need.text, settings))

    return Variant(name or describe_settings(settings), build)


GRID: dict[str, tuple[Fraction, ...]] = {
    "k1": (Fraction(6, 5), Fraction(8, 5), Fraction(2)),
    "b": (Fraction(3, 4), Fraction(1)),
    "body": (Fraction(1, 4), Fraction(1, 8)),
}
"""The settings that are tried; the first of each is the default."""


def grid_settings() -> Iterator[Bm25]:
    """Every combination of the grid, the defaults first."""
    for values in product(*GRID.values()):
        yield Bm25(**dict(zip(GRID, values, strict=True)))


def describe_settings(settings: Bm25) -> str:
    """``BM25 k1=1.2 b=0.75 body=0.25``."""
    return f"BM25 k1={float(settings.k1):g} b={float(settings.b):g} body={float(settings.body):g}"
