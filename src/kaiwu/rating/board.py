"""The board (评分板): everything a run of a rating finds out, unit by unit, as arrays.

Owns the order of steps: standing → units → items → treatments → total → ranks → classes. The tables that go out are made
from it in ``scheme.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from kaiwu.quantity import Problem
from kaiwu.rating.batch import Answers, Batch, Mask, Outcomes, any_in_groups
from kaiwu.rating.book import Adjustment, Indicator, RatingBook
from kaiwu.rating.classing import Classes, class_by_rank, class_by_score, may_move
from kaiwu.rating.loader import unit_refs
from kaiwu.rating.merging import Units, make_units
from kaiwu.rating.points import Integers, Objects, round_points, round_ratio, stored_points
from kaiwu.rating.ranking import Ranks, rank_scores
from kaiwu.rating.scoring import ItemPoints, Peers, limit_points, score_values, to_int64
from kaiwu.rating.standing import Standing, settle_standing
from kaiwu.rule import expression as x
from kaiwu.rule.decision import Facts
from kaiwu.rule.outcome import Outcome

POINT = 10**6  # base units of the score dimension in 1 分


@dataclass(slots=True)
class Doubt:
    """What keeps units pending: a code per reason, and whether it is MISSING or HUMAN."""

    missing: Mask
    human: Mask
    cause: dict[int, list[str]] = field(default_factory=dict)

    def add(self, outcomes: Outcomes, code: str) -> None:
        """Note units whose outcome is MISSING or HUMAN for this reason."""
        self.missing |= outcomes == Outcome.MISSING
        self.human |= outcomes == Outcome.HUMAN
        for unit in np.flatnonzero((outcomes == Outcome.MISSING) | (outcomes == Outcome.HUMAN)):
            self.cause.setdefault(int(unit), []).append(code)

    @property
    def any(self) -> Mask:
        """Units with any reason."""
        return self.missing | self.human


@dataclass(frozen=True, slots=True)
class Item:
    """One indicator over all units: stored points, ``treatment`` word per unit, and what groups were measured against."""

    indicator: Indicator
    points: Integers
    state: Outcomes  # PASS where measured
    treatment: NDArray[np.object_]
    bases: tuple[tuple[Fraction, ...], ...]
    means: tuple[int | None, ...]  # mean of the item per group, in stored units, where it was used


@dataclass(frozen=True, slots=True)
class Extra:
    """One adjustment over all units: stored points (0 where it does not apply) and the answer of its condition."""

    adjustment: Adjustment
    points: Integers
    outcome: Outcomes


@dataclass(frozen=True, slots=True)
class Board:
    """The findings. Arrays are by unit, ``standing`` is by entity; ``units.of`` joins the two."""

    standing: Standing
    units: Units
    answers: Answers  # of units
    league: NDArray[np.int64]  # -1 unknown
    items: tuple[Item, ...]
    extras: tuple[Extra, ...]
    veto: NDArray[np.int64]  # number of the veto that holds, -1 none
    doubt: Doubt
    scores: Integers
    scored: Mask
    ranks: Ranks
    classes: Classes
    provisional: Mask


@dataclass(slots=True)
class Compiled:
    """The conditions and formulas of a rating, split by what they are read of: entities or units."""

    book: RatingBook
    of_entities: Batch = field(init=False)
    of_units: Batch = field(init=False)
    unit_refs: Mapping[str, x.Ref] = field(init=False)

    def __post_init__(self) -> None:
        book = self.book
        self.of_entities = Batch(
            {"scope": book.scope.when}
            | {f"exempt.{g.code}": g.when for g in book.exempt}
            | {f"veto.{g.code}": g.when for g in book.vetoes}
        )
        conditions = {f"adjust.{a.code}": a.when for a in book.adjustments}
        if book.leagues is not None:
            conditions |= {f"league.{g.code}": g.when for g in book.leagues.groups}
        values: dict[str, x.Num] = {f"item.{i.code}": i.value for i in book.indicators}
        values |= {f"adjust.{a.code}": a.value for a in book.adjustments}
        values |= {f"tie.{i}": k.value for i, k in enumerate(book.ties.keys)}
        for indicator in book.indicators:
            if indicator.scoring.base is not None and indicator.scoring.base.mean == "total":
                assert isinstance(indicator.value, x.Arith)
                values[f"above.{indicator.code}"], values[f"below.{indicator.code}"] = (
                    indicator.value.left,
                    indicator.value.right,
                )
        self.of_units = Batch(conditions, values)
        self.unit_refs = unit_refs(book)

    def problems(self) -> list[Problem]:
        """Formulas that may pass 128 bits, each at the indicator that has it where it is one."""
        places = {f"item.{i.code}": i.where for i in self.book.indicators}
        return [
            Problem(
                "S-WIDTH",
                f"“{key}”的取值范围超过 128 位整数({detail}); 请收紧变量的 bound 或先舍入",
                f"“{key}” may exceed 128-bit integers ({detail}): tighten the bounds of its variables or round first",
                where=places.get(key, self.book.head.code),
            )
            for batch in (self.of_entities, self.of_units)
            for key, detail in batch.too_wide.items()
        ]


def make_board(compiled: Compiled, facts: Facts) -> Board:
    """Run all steps for a population."""
    book = compiled.book
    entity_answers = compiled.of_entities.evaluate(facts.table, facts.as_of, facts.rated)
    standing = settle_standing(book, entity_answers)
    doubtful = standing.doubt != Outcome.FAIL
    units = make_units(facts.table, standing.taking | doubtful, book.merge, dict(compiled.unit_refs))
    answers = compiled.of_units.evaluate(units.table, facts.as_of, facts.rated)
    size = len(units.names)
    doubt = Doubt(np.zeros(size, dtype=bool), np.zeros(size, dtype=bool))
    unsettled = any_in_groups(standing.doubt, units.of, size)
    for row in np.flatnonzero(doubtful & (units.of >= 0)):
        doubt.cause.setdefault(int(units.of[row]), []).append(standing.cause[row])
    doubt.missing |= unsettled == Outcome.MISSING
    doubt.human |= unsettled == Outcome.HUMAN
    veto = _vetoes(book, entity_answers, np.where(standing.taking, units.of, -1), doubt)
    league, count = _leagues(book, answers, units, doubt)
    taking = ~((unsettled == Outcome.MISSING) | (unsettled == Outcome.HUMAN))
    items = tuple(_item(i, answers, league, taking, count, book.point_decimals, doubt) for i in book.indicators)
    extras = tuple(_extra(a, answers, book.point_decimals, doubt) for a in book.adjustments)
    scores, scored = _totals(book, items, extras, doubt, taking)
    return _placed(book, Board(
        standing, units, answers, league, items, extras, veto, doubt, scores, scored,
        Ranks(np.zeros(size, dtype=np.int64), np.ones(size, dtype=np.int64)),
        Classes(np.full(size, -1, dtype=np.int64), np.zeros(size, dtype=bool)), np.zeros(size, dtype=bool),
    ), count)  # fmt: skip


def _vetoes(book: RatingBook, answers: Answers, members: NDArray[np.int64], doubt: Doubt) -> NDArray[np.int64]:
    """A veto on one member is a veto on the unit; one that is not known clean leaves it pending."""
    size = len(doubt.missing)
    outcomes = [any_in_groups(answers.outcomes[f"veto.{g.code}"], members, size) for g in book.vetoes]
    held = np.full(size, -1, dtype=np.int64)
    for number in reversed(range(len(outcomes))):
        held[outcomes[number] == Outcome.PASS] = number
    for gate, outcome in zip(book.vetoes, outcomes, strict=True):
        doubt.add(np.where(held >= 0, np.uint8(Outcome.FAIL), outcome).astype(np.uint8), f"veto.{gate.code}")
    return held


def _leagues(book: RatingBook, answers: Answers, units: Units, doubt: Doubt) -> tuple[NDArray[np.int64], int]:
    size = len(units.names)
    if book.leagues is None:
        return np.zeros(size, dtype=np.int64), 1
    league = np.full(size, -1, dtype=np.int64)
    unknown = np.full(size, Outcome.MISSING, dtype=np.uint8)
    codes = book.leagues.codes()
    if book.leagues.by is not None:
        slot = book.leagues.by.slot
        stored = units.table[slot].to_list() if slot in units.table.columns else [None] * size
        for unit, value in enumerate(stored):
            if value is not None:
                league[unit] = value
    else:
        # The first group that holds, all earlier ones being known not to; in none at all is a gap for a human.
        open_, unknown = np.ones(size, dtype=bool), np.full(size, Outcome.HUMAN, dtype=np.uint8)
        for number, gate in enumerate(book.leagues.groups):
            outcome = answers.outcomes[f"league.{gate.code}"]
            league[open_ & (outcome == Outcome.PASS)] = number
            stops = open_ & ((outcome == Outcome.MISSING) | (outcome == Outcome.HUMAN))
            unknown[stops] = outcome[stops]
            open_ &= outcome == Outcome.FAIL
    doubt.add(np.where(league < 0, unknown, np.uint8(Outcome.FAIL)).astype(np.uint8), "league")
    return league, len(codes)


# -- items -----------------------------------------------------------------------------------------------------------


def _item(
    indicator: Indicator,
    answers: Answers,
    league: NDArray[np.int64],
    taking: Mask,
    count: int,
    decimals: int,
    doubt: Doubt,
) -> Item:
    within = indicator.within == "league"
    peers = Peers(league if within else np.zeros(len(league), dtype=np.int64), taking, count if within else 1)
    code = indicator.code
    parts = None
    if f"above.{code}" in answers.ratios:
        parts = answers.ratios[f"above.{code}"], answers.ratios[f"below.{code}"]
    scored = score_values(indicator, answers.ratios[f"item.{code}"], parts, peers, decimals)
    means = (
        tuple(_mean(indicator, scored, peers, g, decimals) for g in range(peers.count)) if indicator.is_relative else ()
    )
    points, treatment = scored.points.copy(), np.full(len(league), "measured", dtype=object)
    pending = np.full(len(league), Outcome.FAIL, dtype=np.uint8)
    for state, rule in ((Outcome.MISSING, indicator.missing), (Outcome.HUMAN, indicator.undefined)):
        rows = np.flatnonzero(scored.state == state)
        treatment[rows] = rule.word
        match rule.kind:
            case "points":
                points[rows] = stored_points(rule.amount, decimals)
            case "share":
                points[rows] = round_points(rule.amount * indicator.weight, indicator.rounding, decimals)
            case "mean":
                for row in rows:
                    mean = means[peers.groups[row]] if peers.groups[row] >= 0 else None
                    points[row] = mean or 0
                    if mean is None:
                        treatment[row], pending[row] = "pending", state
            case "pending":
                pending[rows] = state
    doubt.add(np.where(peers.groups >= 0, pending, np.uint8(Outcome.FAIL)).astype(np.uint8), f"item.{code}")
    return Item(indicator, points, scored.state, treatment, scored.bases, means)


def _mean(indicator: Indicator, scored: ItemPoints, peers: Peers, group: int, decimals: int) -> int | None:
    """Mean of the item (该项平均得分) over the members that were measured, rounded like the item itself.

    Units that take the mean do not enter it, so there is no circle.
    """
    members = peers.members(group, np.asarray(scored.state == Outcome.PASS))
    if not len(members):
        return None
    total = sum(int(p) for p in scored.points[members])
    return round_points(Fraction(total, len(members) * 10**decimals), indicator.rounding, decimals)


def _extra(adjustment: Adjustment, answers: Answers, decimals: int, doubt: Doubt) -> Extra:
    key = f"adjust.{adjustment.code}"
    outcome, values = answers.outcomes[key], answers.ratios[key]
    # Where the condition holds the value must be known too.
    answer = np.where(outcome == Outcome.PASS, values.state, outcome).astype(np.uint8)
    applies = answer == Outcome.PASS
    points: Objects = np.asarray(round_ratio(values.n, values.d * POINT, adjustment.rounding, decimals))
    points = np.where(applies, limit_points(points, adjustment.most, adjustment.least, decimals), 0)
    if adjustment.unknown == "pending":
        doubt.add(answer, key)
    return Extra(adjustment, to_int64(points, adjustment.zh, adjustment.en), answer)


def _totals(
    book: RatingBook, items: tuple[Item, ...], extras: tuple[Extra, ...], doubt: Doubt, taking: Mask
) -> tuple[Integers, Mask]:
    """Totals in stored units, rounded as declared. An excluded item hands its weight to the rest of its block."""
    size = len(taking)
    n, d = np.zeros(size, dtype=object), np.ones(size, dtype=object)
    scored = taking.copy()
    blocks = {b.code: b.weight for b in book.blocks} or {"": Fraction(1)}
    for code, share in blocks.items():
        members = [i for i in items if i.indicator.block == code]
        got, weight = np.zeros(size, dtype=object), np.zeros(size, dtype=object)
        full = sum((i.indicator.weight for i in members), Fraction(0))
        unit = np.lcm.reduce([i.indicator.weight.denominator for i in members], dtype=object) if members else 1
        for item in members:
            counts = item.treatment != "excluded"
            got += np.where(counts, item.points.astype(object), 0)
            weight += np.where(counts, int(item.indicator.weight * unit), 0)
            scored &= item.treatment != "pending"
        nothing = np.asarray(weight == 0, dtype=bool) if members else np.zeros(size, dtype=bool)
        if members:
            lacks = np.any([item.state == Outcome.MISSING for item in members], axis=0)
            answer = np.where(lacks, np.uint8(Outcome.MISSING), np.uint8(Outcome.HUMAN))
            doubt.add(np.where(nothing & taking, answer, np.uint8(Outcome.FAIL)).astype(np.uint8), f"block.{code}")
        scored &= ~nothing
        weight = np.where(nothing | (not members), 1, weight)
        # share × points × full weight / weight that counts
        factor = share * full * unit
        top, bottom = got * factor.numerator, weight * factor.denominator
        n, d = n * bottom + top * d, d * bottom
    n = n + sum((e.points.astype(object) for e in extras), np.zeros(size, dtype=object)) * d
    for extra in extras:
        if extra.adjustment.unknown == "pending":
            scored &= (extra.outcome == Outcome.PASS) | (extra.outcome == Outcome.FAIL)
    decimals = book.score_decimals
    totals = np.asarray(round_ratio(n, d * 10**book.point_decimals, book.total, decimals))
    totals = limit_points(totals, book.total_cap, book.total_floor, decimals)
    return to_int64(np.where(scored, totals, 0), book.head.zh, book.head.en), scored


# -- places ----------------------------------------------------------------------------------------------------------


def _placed(book: RatingBook, board: Board, count: int) -> Board:
    """Rank and class the units that are rated; a tie across an edge without a rule leaves its units pending."""
    vetoed, pending = board.veto >= 0, board.doubt.any & (board.veto < 0)
    rated = board.scored & ~vetoed & ~pending
    keys = [(board.answers.ratios[f"tie.{i}"], k.direction) for i, k in enumerate(book.ties.keys)]
    ranks = rank_scores(board.scores, board.league, rated, keys)
    if book.classes is None:
        provisional = rated & (pending.any() and book.is_relative)
        return replace(board, ranks=ranks, provisional=np.asarray(provisional))
    waiting = _by_league(board.league, pending, count)
    if book.classes.by == "cutoff":
        classes = class_by_score(book.classes, board.scores, rated, book.score_decimals)
        moves = np.zeros(len(rated), dtype=bool)
    else:
        inside = vetoed if book.classes.vetoed == "inside" else np.zeros(len(vetoed), dtype=bool)
        extra = _by_league(board.league, inside, count, unknown=False)
        classes = class_by_rank(book.classes, ranks, board.league, extra, book.ties.shared)
        moves = may_move(book.classes, ranks, board.league, extra, waiting, book.ties.shared)
    board.doubt.add(np.where(classes.torn, np.uint8(Outcome.HUMAN), np.uint8(Outcome.FAIL)).astype(np.uint8), "tie")
    provisional = rated & (moves | (bool(pending.any()) and book.is_relative))
    return replace(board, ranks=ranks, classes=classes, provisional=np.asarray(provisional))


def _by_league(league: NDArray[np.int64], units: Mask, count: int, *, unknown: bool = True) -> NDArray[np.int64]:
    """Number of units per league; those of unknown league may belong to any."""
    numbers = np.bincount(league[units & (league >= 0)], minlength=count)
    return np.asarray(numbers + (int((units & (league < 0)).sum()) if unknown else 0), dtype=np.int64)
