"""Appeals (异议复核): one fact of one applicant is corrected, the whole round is derived again, and everybody's change is shown.

Owns the correction and the difference. It edits nothing: the outcome is a second record beside the first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from kaiwu.allot.applicant import Applicant
from kaiwu.allot.record import read_round
from kaiwu.allot.result import Allotment, allot, find_displaced
from kaiwu.allot.round import Round
from kaiwu.quantity import KaiwuError, Problem
from kaiwu.rule.outcome import Outcome

ITEM, SCORE, NEED, ADMITTED, DEMAND, FIGURE = "item", "score", "need", "admitted", "demand", "figure"
FIELDS = (ITEM, SCORE, NEED, ADMITTED, DEMAND, FIGURE)
"""A figure goes through the rules again, which only the round's tables allow: see ``carry_over``."""


@dataclass(frozen=True, slots=True)
class Correction:
    """One corrected fact. ``field`` is one of ``FIELDS``, ``key`` what of it: the item, the constraint, the kind of supply,
    ``resource/month``, or the variable. ``value`` is a whole number: steps of the scale, an amount, grains of the variable, or an answer (0 to 3)."""

    applicant: str
    field: str
    key: str
    value: int


@dataclass(frozen=True, slots=True)
class Move:
    """What a correction changed for one applicant: status, place in line and supply before and after."""

    applicant: str
    status: tuple[str, str]
    place: tuple[int | None, int | None]
    supply: tuple[str, str]

    @property
    def is_material(self) -> bool:
        """Whether more than the place in line changed."""
        return self.status[0] != self.status[1] or self.supply[0] != self.supply[1]

    @property
    def is_shifted(self) -> bool:
        """Whether the place in line changed and nothing else."""
        return not self.is_material and self.place[0] != self.place[1]


@dataclass(frozen=True, slots=True, eq=False)
class Appeal:
    """A correction with both results and everybody whom it moved, the applicant itself first."""

    correction: Correction
    before: Allotment
    after: Allotment
    moves: tuple[Move, ...]


def appeal(record: Mapping[str, Any] | Round, correction: Correction) -> Appeal:
    """Derive a round again with one corrected fact (一项更正影响了谁). Raises ``KaiwuError`` where the fact does not exist."""
    round_ = record if isinstance(record, Round) else read_round(record)
    corrected = correct(round_, correction)
    return compare(allot(round_), allot(_name_displaced(corrected)), correction)


def appeal_with(round_: Round, corrected: Applicant, correction: Correction) -> Appeal:
    """Derive a round again with one applicant as the rules now see it (更正原始数据影响了谁)."""
    changed = replace(round_, applicants=tuple(corrected if a.id == corrected.id else a for a in round_.applicants))
    return compare(allot(round_), allot(_name_displaced(changed)), correction)


def carry_over(recorded: Applicant, given: Applicant, corrected: Applicant) -> Applicant:
    """The recorded applicant with what a corrected figure changed between two readings of the same tables: parts of the score,
    answers, needs and reserves. What an earlier decision corrected and this figure does not touch stays."""
    items = {**recorded.items, **_changed(given.items, corrected.items)} if corrected.items else {}
    return replace(
        recorded, items=items, score=sum(items.values()) if items else corrected.score, is_rated=corrected.is_rated,
        admitted={**recorded.admitted, **_changed(given.admitted, corrected.admitted)}, needs={**recorded.needs, **_changed(given.needs, corrected.needs)},
        pools=(recorded.pools | (corrected.pools - given.pools)) - (given.pools - corrected.pools),
    )  # fmt: skip


def _changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in after.items() if before.get(key) != value}


def correct(round_: Round, correction: Correction) -> Round:
    """The round with the corrected fact and nothing else changed."""
    old = round_.applicant(correction.applicant)
    new = _corrected(old, correction, {code for code, _, _ in round_.rule.items})
    return replace(round_, applicants=tuple(new if a is old else a for a in round_.applicants))


def compare(before: Allotment, after: Allotment, correction: Correction) -> Appeal:
    """Everybody whom the correction moved."""
    was, now = before.statuses(), after.statuses()
    supplies = before.grants(), after.grants()
    moves = []
    for name in sorted(was, key=lambda n: (n != correction.applicant, n)):
        places = tuple(p.priority.places.get(p.positions[name]) for p in (before, after))
        move = Move(name, (was[name], now[name]), (places[0], places[1]), (supplies[0].get(name, ""), supplies[1].get(name, "")))  # fmt: skip
        if move.is_material or move.place[0] != move.place[1] or name == correction.applicant:
            moves.append(move)
    return Appeal(correction, before, after, tuple(moves))


def _corrected(old: Applicant, correction: Correction, items: set[str]) -> Applicant:
    key, value = correction.key, correction.value
    match correction.field:
        case "item" if key in items and old.items:
            changed = {**old.items, key: value}
            return replace(old, items=changed, score=sum(changed.values()))
        case "score" if not old.items:
            return replace(old, score=value)
        case "need":
            return replace(old, needs={**old.needs, key: value})
        case "admitted" if key in old.accepts and value in list(Outcome):
            return replace(old, admitted={**old.admitted, key: Outcome(value)})
        case "demand" if "/" in key:
            resource, _, month = key.partition("/")
            return replace(old, demand={**old.demand, resource: {**old.demand.get(resource, {}), month: value}})
    zh = f"不能更正“{correction.field} {key}”; 可写: item 分项、score(无分项时)、need 约束、admitted 方式、demand 资源/月份、figure 变量(须在工作区里办)"
    en = f"“{correction.field} {key}” cannot be corrected; write item, score (where there are no items), need, admitted, demand, or figure (in the workspace of the round)"
    raise KaiwuError(Problem("A-FACT", zh, en, where=correction.applicant, text=key))


def _name_displaced(round_: Round) -> Round:
    """A correction may change whom an exception displaces: the names follow."""
    if not round_.exceptions:
        return round_
    names = tuple(find_displaced(round_))
    first, *others = round_.exceptions
    return replace(round_, exceptions=(replace(first, displaces=names), *(replace(e, displaces=()) for e in others)))
