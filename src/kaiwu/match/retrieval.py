"""From a need to ranked offers with reasons (检索): text, masks and hard constraints in one answer.

Owns the joining of the text index with what is known of offers, and the answer, which is never only a list: what would
fit if something were known, what was left out and why, and what to do next. It gives nothing out (``assignment``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial

import numpy as np
from numpy.typing import NDArray

from kaiwu.match.constraint import ConstraintResult, check_constraint, find_unstated
from kaiwu.match.desk import Desk
from kaiwu.match.eligibility import Eligibility, OfferTable
from kaiwu.match.mask import Mask
from kaiwu.match.next_step import ASKED, Standing, next_steps
from kaiwu.match.phrase import find_phrases
from kaiwu.match.reason import coverage_reason, text_reasons, wish_reason
from kaiwu.match.record import Match, Need, Offer, Record
from kaiwu.match.stage import FusionStage, Permit
from kaiwu.match.text import Bm25, FieldText, Query, TextIndex, is_letter, make_query, rank_rows
from kaiwu.quantity import KaiwuError, Problem
from kaiwu.rule.decision import Reason
from kaiwu.rule.outcome import Outcome

Reader = Callable[[Record], FieldText]
"""What of a record is searched: extraction may leave out boilerplate and the names of buyers."""

COUNT = 10


@dataclass(frozen=True)
class Answer:
    """What is found for a need. ``matches`` meet everything that is asked; ``open`` would if something were known.

    ``met`` and ``opened`` count all such offers, of which the best are listed. ``left_out`` counts the others by cause,
    ``steps`` say what to do next where too little was found, and ``problems`` what is wrong with the need.
    """

    need: Need
    matches: tuple[Match, ...]
    tell_open: Callable[[], tuple[Match, ...]] = field(repr=False, compare=False)
    met: int
    opened: int
    left_out: Mapping[str, int]
    steps: tuple[Reason, ...] = ()
    problems: tuple[Problem, ...] = ()

    @cached_property
    def open(self) -> tuple[Match, ...]:
        """The best of those that would fit if something were known; put into words when first asked for."""
        return self.tell_open()


def record_text(record: Record) -> FieldText:
    """Title and text as they stand."""
    return FieldText(record.title, record.text)


class OfferIndex:
    """All offers that a need may find, with online updates.

    ``stage`` re-orders by more than words and is taken only with its ``permit``; the score that is told stays that of the
    words. ``desk`` is whom to ask where nothing is found.
    """

    def __init__(
        self, offers: Iterable[Offer], settings: Bm25 | None = None, read: Reader = record_text,
        stage: FusionStage | None = None, permit: Permit | None = None, desk: Desk | None = None,
    ) -> None:  # fmt: skip
        if stage is not None:
            stage.require(permit)
        self.offers: list[Offer] = []
        self._rows: dict[str, int] = {}
        self.table = OfferTable()
        self.read = read
        for offer in offers:
            self._put(offer)
        self.texts = TextIndex([read(offer) for offer in self.offers], settings)
        self.codes = [offer.code for offer in self.offers]
        self.stage = stage
        self.desk = desk

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, offer: Offer) -> None:
        """Add an offer; the next query sees it. An offer of the same code is replaced."""
        if offer.code in self._rows:
            self.remove(offer.code)
        self._put(offer)
        self.codes.append(offer.code)
        text = self.read(offer)
        self.texts.add(text)
        if self.stage is not None:
            self.stage.add(text)

    def remove(self, code: str) -> None:
        """Take an offer out of every answer. Raises ``KeyError`` where there is none of that code."""
        self.texts.remove(self._rows.pop(code))

    def _put(self, offer: Offer) -> None:
        if offer.code in self._rows:
            zh, en = f"供给编号“{offer.code}”重复", f"the offer code “{offer.code}” occurs twice"
            raise KaiwuError(Problem("M-OFFER-TWICE", zh, en, where=offer.source))
        self._rows[offer.code] = len(self.offers)
        self.offers.append(offer)
        self.table.append(offer)

    def find(self, need: Need, day: dt.date, count: int = COUNT) -> Answer:
        """The best offers for a need as of a day. Raises ``KaiwuError`` ``M-NO-OBJECT`` where it says nothing to look for."""
        text = self.read(need)
        _require_object(need, text)
        query = make_query(text, self.texts.settings)
        totals = self.texts.totals(query)
        eligibility = self.table.judge(need, day, self.texts.is_alive)
        ranks = totals if self.stage is None else self.stage.fuse(text, totals)
        if need.constraints:
            # A need that lives by its conditions (a space) also takes offers that share no word with it, after all others.
            ranks = ranks + 1
        ranking = _Ranked(self, query, eligibility, totals, ranks)
        words = _Words(self, need, text, day)
        met, opened = eligibility.met & (ranks > 0), eligibility.open & (ranks > 0)
        matches, conditional = words.tell(ranking.list_best(met, count)), ranking.list_best(opened, count)
        steps: list[Reason] = []
        if len(matches) < count:
            standing = Standing(need, self.offers, self.table, eligibility, totals, ranks > 0, self.desk)
            steps = next_steps(standing, words.tell(conditional[:ASKED]) if need.constraints else ())
        return Answer(
            need,
            matches,
            partial(words.tell, conditional),
            int(np.count_nonzero(met)),
            int(np.count_nonzero(opened)),
            eligibility.left_out(),
            tuple(steps),
            tuple(_find_problems(need, day, self.table, eligibility)),
        )


@dataclass(frozen=True, slots=True)
class _Draft:
    """A listed row before it is put into words: all that its words need, and nothing of the size of the index."""

    row: int
    rank: int
    total: int
    impacts: Mapping[str, int]
    wishes: Mapping[str, Outcome]


@dataclass(frozen=True, slots=True)
class _Ranked:
    """Every row ranked for one need."""

    index: OfferIndex
    query: Query
    eligibility: Eligibility
    totals: NDArray[np.int64]
    ranks: NDArray[np.int64]

    def list_best(self, mask: Mask, count: int) -> list[_Draft]:
        """The best rows of a mask."""
        rows = rank_rows(self.ranks, mask, self.index.codes, count)
        impacts = self.index.texts.impacts(self.query, rows)
        wishes = self.eligibility.wishes
        return [
            _Draft(
                row,
                rank,
                int(self.totals[row]),
                held,
                {name: Outcome(int(codes[row])) for name, codes in wishes.items()},
            )
            for rank, (row, held) in enumerate(zip(rows, impacts, strict=True), start=1)
        ]


@dataclass(frozen=True, slots=True)
class _Words:
    """Puts drafts into words for one need."""

    index: OfferIndex
    need: Need
    text: FieldText
    day: dt.date

    def tell(self, drafts: Sequence[_Draft]) -> tuple[Match, ...]:
        """The matches of drafts, with their reasons."""
        return tuple(map(self._tell_one, drafts))

    def _tell_one(self, draft: _Draft) -> Match:
        offer, settings = self.index.offers[draft.row], self.index.texts.settings
        results = tuple(check_constraint(c, offer.fields, self.day) for c in self.need.constraints)
        score = settings.to_micro(draft.total)
        phrases = find_phrases(self.text, self.index.texts.texts[draft.row], draft.impacts, settings)
        reasons = [*text_reasons(phrases, draft.total, score), *self._further_reasons(draft, offer, results)]
        return Match(self.need, offer, score, draft.rank, tuple(reasons), results)

    def _further_reasons(self, draft: _Draft, offer: Offer, results: tuple[ConstraintResult, ...]) -> list[Reason]:
        """What is not about words: hard constraints, wishes, how much of the quantity is there."""
        found = [reason for result in results for reason in result.reasons]
        values = {"region": offer.place, "certificate": "、".join(self.need.certificates)}
        found += [wish_reason(name, outcome, values[name]) for name, outcome in draft.wishes.items()]
        if offer.capacity is not None and self.need.quantity is not None:
            covered = coverage_reason(offer.capacity, self.need.quantity)
            found += [covered] if covered is not None else []
        return found


def _require_object(need: Need, text: FieldText) -> None:
    """A need must say what it is about, in words or in conditions."""
    if need.constraints or any(map(is_letter, text.title + text.body)):
        return
    zh = "需求没有写要什么: 请写品名、技术或服务的名称, 或写明条件"
    en = "the need does not say what is wanted: name the part, technology or service, or state conditions"
    raise KaiwuError(Problem("M-NO-OBJECT", zh, en, where=need.source or need.code, text=need.title))


def _find_problems(need: Need, day: dt.date, table: OfferTable, eligibility: Eligibility) -> list[Problem]:
    problems = find_unstated(need.constraints, lambda code: table.is_stated(code, eligibility.shown), need.code)
    if need.is_expired(day):
        zh, en = (
            f"需求已于 {need.expiry} 到期; 请先确认是否仍需要",
            f"the need ended on {need.expiry}: ask whether it still stands",
        )
        problems.append(Problem("M-NEED-EXPIRED", zh, en, where=need.source or need.code))
    return problems
