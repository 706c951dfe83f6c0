"""The order of priority (优先序): score, then date of filing, then the public draw.

Owns the order and the ties in it. A tie that the rule does not order is an error, never silent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby

from kaiwu.allot.applicant import Applicant
from kaiwu.allot.round import Round
from kaiwu.allot.rule import DATE, DRAW
from kaiwu.allot.tie import Tie
from kaiwu.quantity import KaiwuError, Problem

TieKey = tuple[int, str]
"""Date of filing as an ordinal (0 where dates do not count) and the number drawn (empty where nothing is drawn)."""


@dataclass(frozen=True, slots=True)
class Priority:
    """Who comes before whom. ``order`` holds positions in ``round.applicants``, the first in line first; only those who may
    enter. ``places`` counts from 1."""

    order: tuple[int, ...]
    keys: Mapping[int, TieKey]
    places: Mapping[int, int]
    ties: tuple[Tie, ...]


def rank_applicants(round_: Round) -> Priority:
    """Order all who may enter. Raises ``KaiwuError`` ``A-TIE`` naming those whose tie no rule orders."""
    entered = [(i, a) for i, a in enumerate(round_.applicants) if a.is_entered]
    keys = _tie_keys(round_, entered)
    ordered = sorted(entered, key=lambda each: (-each[1].score, keys[each[0]], each[1].id))
    ties = _list_ties(round_, ordered, keys)
    order = tuple(i for i, _ in ordered)
    return Priority(order, keys, {i: place for place, i in enumerate(order, start=1)}, ties)


def _tie_keys(round_: Round, entered: list[tuple[int, Applicant]]) -> dict[int, TieKey]:
    numbers: Mapping[str, str] = {}
    if DRAW in round_.rule.ties and round_.draw is not None:
        numbers = round_.draw.numbers(a.id for _, a in entered)
    has_date = DATE in round_.rule.ties
    return {i: (a.filed.toordinal() if has_date else 0, numbers.get(a.id, "")) for i, a in entered}


def _list_ties(round_: Round, ordered: list[tuple[int, Applicant]], keys: Mapping[int, TieKey]) -> tuple[Tie, ...]:
    ties, problems = [], []
    for score, same in groupby(ordered, key=lambda each: each[1].score):
        group = list(same)
        if len(group) < 2:
            continue
        ties.append(Tie(score, tuple(a.id for _, a in group), _settled_by(group, keys)))
        for _, twins in groupby(group, key=lambda each: keys[each[0]]):
            names = [a.id for _, a in twins]
            if len(names) > 1:
                problems.append(_open_tie(round_, score, names))
    if problems:
        raise KaiwuError(problems)
    return tuple(ties)


def _settled_by(group: list[tuple[int, Applicant]], keys: Mapping[int, TieKey]) -> str:
    days = [keys[i][0] for i, _ in group]
    return DATE if len(set(days)) == len(days) else DRAW


def _open_tie(round_: Round, score: int, names: list[str]) -> Problem:
    points, listed = round_.rule.scale.print_score(score), "、".join(names)
    wants_draw = DRAW in round_.rule.ties
    zh = "还没有公布抽签的种子" if wants_draw else "规则没有规定同分怎样排; 请在 ties 中写 date、draw"
    en = "the draw is not there yet" if wants_draw else "the rule does not order ties: write date, draw under ties"
    return Problem("A-TIE", f"{listed} 同为 {points} 分, {zh}", f"{listed} tie at {points}: {en}", where=round_.code)
