"""Awards in leagues and wins in a row (分组评选与连续获奖): the rulebook kind ``streak``.

Owns who is among the first n of a league, by a given rank or by a score, and who has won so many years running. With figures
missing, an entity wins only if it wins whatever they are. Reading the rulebook is in ``award_loader.py``.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import ceil

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kaiwu.figure.variable import Variable
from kaiwu.quantity import KaiwuError, Problem
from kaiwu.rating.batch import Answers, Batch, Outcomes, all_answers, any_answers
from kaiwu.rating.series_streak import StreakRule
from kaiwu.rule import expression as x
from kaiwu.rule.decision import Decision, Facts, Need, Result
from kaiwu.rule.outcome import Outcome
from kaiwu.rule.rulebook import Head, Headed

UNKNOWN = (Outcome.MISSING, Outcome.HUMAN)


@dataclass(frozen=True, slots=True)
class AwardLeague:
    """One league: who is in it (the first league whose condition holds) and how many win."""

    code: str
    zh: str
    en: str
    when: x.Bool
    take: int
    article: str = ""


@dataclass(frozen=True, slots=True)
class Award:
    """The first ``take`` of each league, by ``rank`` (1 is best) or by ``score``. ``shared``: at equal scores all of them win."""

    code: str
    zh: str
    en: str
    leagues: tuple[AwardLeague, ...]
    rank: x.Num | None = None
    score: x.Num | None = None
    direction: str = "higher"
    shared: bool = False
    article: str = ""


@dataclass(frozen=True, slots=True)
class WinStreak:
    """``years`` wins in a row (连续获奖), the rated year being the last of them."""

    code: str
    zh: str
    en: str
    won: Variable
    years: int
    article: str = ""

    def ref(self, back: int) -> x.Ref:
        """The flag ``back`` years before the rated year."""
        return x.Ref(variable=self.won, offset=-back, text=self.won.zh)


@dataclass(frozen=True, slots=True)
class AwardBook:
    """A checked rulebook of kind ``streak``."""

    head: Head
    award: Award | None
    streaks: tuple[WinStreak, ...]
    scope: x.Bool | None = None
    series: tuple[StreakRule, ...] = ()  # conventions of streaks of published series; counted by ``series_streak``


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an entity stands in its league: ``league`` number or -1, best and worst rank (0: none)."""

    outcome: Outcomes
    league: NDArray[np.int64]
    best: NDArray[np.int64]
    worst: NDArray[np.int64]


@dataclass(slots=True)
class AwardScheme(Headed):
    """Scheme of kind ``streak`` (see ``kaiwu.rule.decision.Scheme``)."""

    book: AwardBook
    product: Variable | None = None
    batch: Batch = field(init=False)
    kind: str = "streak"

    def __post_init__(self) -> None:
        award, book = self.book.award, self.book
        conditions: dict[str, x.Bool] = {} if book.scope is None else {"scope": book.scope}
        values: dict[str, x.Num] = {}
        if award is not None:
            conditions |= {f"league.{league.code}": league.when for league in award.leagues}
            tree = award.rank if award.rank is not None else award.score
            assert tree is not None
            values["place"] = tree
        for streak in book.streaks:
            conditions |= {f"won.{streak.code}.{k}": x.FlagIs(ref=streak.ref(k)) for k in range(streak.years)}
        self.batch = Batch(conditions, values)
        if self.batch.too_wide:
            raise KaiwuError(Problem(
                "S-WIDTH", "算式的取值范围超过 128 位整数; 请收紧变量的 bound", "a formula may exceed 128-bit integers: tighten the bounds",
                where=book.head.code,
            ))  # fmt: skip

    def needs(self) -> Sequence[Need]:
        """Every frame column that it reads, earlier years included."""
        return [Need(ref.variable, ref.offset) for ref in self.batch.refs().values()]

    def titles(self) -> dict[str, tuple[str, str, str]]:
        """(zh, en, article) of the award and of every streak by code."""
        parts = ([self.book.award] if self.book.award is not None else []) + list(self.book.streaks)
        return {part.code: (part.zh, part.en, part.article) for part in parts}

    def decide(self, facts: Facts) -> Result:
        """Award and streaks of every entity.

        ``decisions``: entity, item (code of the award or streak), outcome, class (the Chinese name where it is won), league,
        take, rank and worst_rank (equal where it is certain; null for streaks), length (certain wins in a row up to the rated
        year, at most the number asked for; null for the award).
        """
        answers = self.batch.evaluate(facts.table, facts.as_of, facts.rated)
        entities = facts.table["entity"]
        parts = []
        standing = None
        if self.book.award is not None:
            standing = stand(self.book, answers, facts.table.height)
            parts.append(_award_rows(self.book.award, standing, entities))
        for streak in self.book.streaks:
            parts.append(_streak_rows(streak, streak_years(streak, answers, standing), entities))
        return Result({"decisions": pl.concat(parts)}, {"decisions": ("entity", "item")})

    def produced(self, result: Result) -> pl.DataFrame:
        """``entity`` and ``value``: 1 won, 0 not won, null not known."""
        if self.product is None:
            raise KeyError("the rulebook produces no variable")
        item = self.book.award.code if self.book.award is not None else self.book.streaks[0].code
        won = pl.when(pl.col("outcome") <= Outcome.PASS).then((pl.col("outcome") == Outcome.PASS).cast(pl.Int64))
        return result.decisions.filter(pl.col("item") == item).select("entity", won.alias("value"))

    def explain(self, facts: Facts, entity: str, result: Result | None = None) -> list[Decision]:
        """Award and streaks of one entity with their reasons; ``result`` saves deciding for the population again."""
        from kaiwu.rating.award_explanation import explain_awards  # sentences are only needed when somebody reads

        return explain_awards(self.book, facts, entity, result or self.decide(facts))


# -- awards ----------------------------------------------------------------------------------------------------------


def stand(book: AwardBook, answers: Answers, height: int) -> Standing:
    """The award of every entity: certain only where it holds whatever the missing figures are."""
    award = book.award
    assert award is not None
    scope = answers.outcomes.get("scope", np.full(height, Outcome.PASS, dtype=np.uint8))
    member = _membership(award, answers, scope, height)
    values = answers.ratios["place"]
    keys = [int(k) * (-1 if award.direction == "higher" and award.rank is None else 1) for k in values.order_keys()]
    state = values.state.tolist()
    best, worst = (
        np.zeros((len(award.leagues), height), dtype=np.int64),
        np.zeros((len(award.leagues), height), dtype=np.int64),
    )
    answer = np.zeros((len(award.leagues), height), dtype=np.uint8)
    for number, league in enumerate(award.leagues):
        rivals = _Rivals.of(member[number], keys, state) if award.rank is None else None
        for row in np.flatnonzero(member[number] != Outcome.FAIL).tolist():
            if state[row] != Outcome.PASS:
                answer[number, row] = state[row]
                continue
            if rivals is None:
                value = values.at(row)
                assert value is not None
                given = ceil(value)
                ends = (given, given)
                answer[number, row] = Outcome.PASS if given <= league.take else Outcome.FAIL
            else:
                ends = rivals.places(keys[row], award.shared)
                answer[number, row] = rivals.answer(keys[row], ends, league.take)
            best[number, row], worst[number, row] = ends
    return _combined(member, answer, best, worst)


def _membership(award: Award, answers: Answers, scope: Outcomes, height: int) -> list[Outcomes]:
    """Per league whether an entity is in it: its condition holds and no earlier one does."""
    member, earlier = [], scope
    for league in award.leagues:
        here = answers.outcomes[f"league.{league.code}"]
        member.append(all_answers(height, [earlier, here]))
        turned = np.where(here <= Outcome.PASS, 1 - here.astype(np.int64), here).astype(np.uint8)
        earlier = all_answers(height, [earlier, turned])
    return member


@dataclass(frozen=True, slots=True)
class _Rivals:
    """Scores of a league as sorted keys (small is good): of certain members and of possible ones; those without a score.

    ``of_missing`` holds the keys of possible members whose membership is 缺数据, ``bare`` the answers of the scoreless.
    """

    certain: list[int]
    possible: list[int]
    of_missing: list[int]
    bare: list[int]

    @classmethod
    def of(cls, member: Outcomes, keys: list[int], state: list[int]) -> _Rivals:
        """Sort the members of a league by how much is known of them."""
        rows = list(zip(keys, member.tolist(), state, strict=True))
        scored = [(k, m) for k, m, s in rows if s == Outcome.PASS]
        return cls(
            sorted(k for k, m in scored if m == Outcome.PASS),
            sorted(k for k, m in scored if m in UNKNOWN),
            sorted(k for k, m in scored if m == Outcome.MISSING),
            [s for _, m, s in rows if m != Outcome.FAIL and s != Outcome.PASS],
        )

    def places(self, key: int, shared: bool) -> tuple[int, int]:
        """Best and worst rank of a score; at worst ties stand before it, unless they share the rank."""
        best = bisect_left(self.certain, key) + 1
        if shared:
            worst = bisect_left(self.certain, key) + bisect_left(self.possible, key) + len(self.bare) + 1
        else:
            worst = bisect_right(self.certain, key) + bisect_right(self.possible, key) + len(self.bare)
        return best, max(worst, best)

    def answer(self, key: int, ends: tuple[int, int], take: int) -> Outcome:
        """Won, not won, or what it hangs on: a missing figure of a rival, else a finding or a tie that no rule decides."""
        if ends[1] <= take:
            return Outcome.PASS
        if ends[0] > take:
            return Outcome.FAIL
        return Outcome.MISSING if self._hangs_on_figures(key, take) else Outcome.HUMAN

    def _hangs_on_figures(self, key: int, take: int) -> bool:
        """Whether rivals whose figures are missing can turn won into tied or lost, or tied into lost."""
        scoreless = self.bare.count(Outcome.MISSING)
        ahead, upto = bisect_left(self.of_missing, key) + scoreless, bisect_right(self.of_missing, key) + scoreless
        if len(self.possible) > len(self.of_missing) or len(self.bare) > scoreless:
            return upto > 0  # findings are open too: any figure may tip the balance between them
        above, with_ties = bisect_left(self.certain, key), bisect_right(self.certain, key)
        return above + ahead >= take or (with_ties <= take < with_ties + upto)


def _combined(
    member: list[Outcomes],
    answer: NDArray[np.uint8],
    best: NDArray[np.int64],
    worst: NDArray[np.int64],
) -> Standing:
    """OR over the leagues of being in it and winning in it."""
    height = answer.shape[1]
    league = np.full(height, -1, dtype=np.int64)
    top, bottom = np.zeros(height, dtype=np.int64), np.zeros(height, dtype=np.int64)
    wins: list[Outcomes] = []
    for number in reversed(range(len(member))):
        sure = member[number] == Outcome.PASS
        league[sure], top[sure], bottom[sure] = number, best[number][sure], worst[number][sure]
        wins.append(all_answers(height, [member[number], answer[number]]))
    return Standing(any_answers(height, wins), league, top, bottom)


# -- streaks ---------------------------------------------------------------------------------------------------------


def streak_years(streak: WinStreak, answers: Answers, standing: Standing | None) -> list[Outcomes]:
    """The answer of every year, the rated one first: its figure, or where that is missing the award of this run."""
    years = [answers.outcomes[f"won.{streak.code}.{k}"] for k in range(streak.years)]
    if standing is not None:
        years[0] = np.where(years[0] == Outcome.MISSING, standing.outcome, years[0]).astype(np.uint8)
    return years


def _award_rows(award: Award, standing: Standing, entities: pl.Series) -> pl.DataFrame:
    codes = [None, *(league.code for league in award.leagues)]
    takes = [None, *(league.take for league in award.leagues)]
    ranked = standing.worst > 0
    return _rows(
        award.code,
        award.zh,
        entities,
        standing.outcome,
        league=[codes[n + 1] for n in standing.league],
        take=[takes[n + 1] for n in standing.league],
        rank=[int(r) if known else None for r, known in zip(standing.best, ranked, strict=True)],
        worst=[int(r) if known else None for r, known in zip(standing.worst, ranked, strict=True)],
        length=[None] * len(entities),
    )


def _streak_rows(streak: WinStreak, years: list[Outcomes], entities: pl.Series) -> pl.DataFrame:
    size = len(entities)
    length, going = np.zeros(size, dtype=np.int64), np.ones(size, dtype=bool)
    for year in years:
        going &= year == Outcome.PASS
        length += going
    nothing: list[int | None] = [None] * size
    return _rows(
        streak.code, streak.zh, entities, all_answers(size, years), [None] * size, nothing, nothing, nothing, length.tolist()
    )  # fmt: skip


def _rows(
    code: str,
    zh: str,
    entities: pl.Series,
    outcome: Outcomes,
    league: Sequence[str | None],
    take: Sequence[int | None],
    rank: Sequence[int | None],
    worst: Sequence[int | None],
    length: Sequence[int | None],
) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "entity": entities,
            "item": pl.Series([code], dtype=pl.String).new_from_index(0, len(entities)),
            "outcome": pl.Series(outcome, dtype=pl.UInt8),
            "class": pl.Series([zh if o == Outcome.PASS else None for o in outcome], dtype=pl.String),
            "league": pl.Series(league, dtype=pl.String),
            "take": pl.Series(take, dtype=pl.Int64),
            "rank": pl.Series(rank, dtype=pl.Int64),
            "worst_rank": pl.Series(worst, dtype=pl.Int64),
            "length": pl.Series(length, dtype=pl.Int64),
        }
    )
