"""Answering "who is meant by this code and this name?" without ever guessing (认定主体).

Owns the typed answer and the order of evidence: a valid code decides, a different valid code vetoes, a
name only ranks. It does not own the look-ups themselves (``register``). Approximate matching would add
candidates here; it would not change who decides.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from kaiwu.identity.entity import USCC, Code, Entity, Name, NameKind
from kaiwu.identity.uscc import check_uscc
from kaiwu.quantity.problem import Problem


class ResolutionStatus(StrEnum):
    """What is known about who is meant (认定结果)."""

    FOUND = "found"  # by its code
    NEEDS_CODE = "needs_code"  # names fit, no code was given: a person or a code has to decide
    UNKNOWN_CODE = "unknown_code"  # a valid code that nobody in the register bears
    INVALID_CODE = "invalid_code"  # the code cannot be right
    NONE = "none"  # nothing fits


class NameStanding(StrEnum):
    """How a spelled name stands to its bearer on a day, in the order of rank."""

    CURRENT = "current"
    FORMER = "former"
    SHORT = "short"
    BRAND = "brand"


_RANK = {standing: i for i, standing in enumerate(NameStanding)}


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entity that bears the mentioned name (候选). Never more than that."""

    entity: Entity
    name: Name
    standing: NameStanding


@dataclass(frozen=True, slots=True)
class Resolution:
    """The answer (认定): ``entity`` only when found by code; candidates by rank; problems say what to do.

    A found entity with a problem is a warning: the name given is not its own (the candidates then bear
    that name), or the code no longer holds.

    ``named`` tells under which sort of name a found entity was mentioned; ``None`` where no name was given
    or the name is not its own.
    """

    status: ResolutionStatus
    entity: Entity | None = None
    candidates: tuple[Candidate, ...] = ()
    problems: tuple[Problem, ...] = ()
    named: NameStanding | None = None


class Directory(Protocol):
    """The look-ups that resolving needs."""

    def find_by_code(self, text: str, system: str, as_of: dt.date) -> tuple[Code, Entity] | None:
        """The bearer of a code."""

    def find_by_name(self, text: str, as_of: dt.date) -> tuple[Candidate, ...]:
        """The bearers of a name."""


def find_standing(name: Name, day: dt.date) -> NameStanding | None:
    """How a name stands on a day; ``None`` if it is borne only later."""
    if name.begins_after(day):
        return None
    if name.ended_before(day) or (name.kind is NameKind.FORMER and not name.is_official):
        return NameStanding.FORMER
    kinds = {NameKind.SHORT: NameStanding.SHORT, NameKind.BRAND: NameStanding.BRAND}
    return kinds.get(name.kind, NameStanding.CURRENT)


def rank_candidates(bearers: Iterable[tuple[Name, Entity]], day: dt.date) -> tuple[Candidate, ...]:
    """One candidate per entity, under its best name; best first, then by id."""
    best: dict[str, Candidate] = {}
    for name, entity in bearers:
        standing = find_standing(name, day)
        if standing is None:
            continue
        known = best.get(entity.id)
        if known is None or _RANK[standing] < _RANK[known.standing]:
            best[entity.id] = Candidate(entity, name, standing)
    return tuple(sorted(best.values(), key=lambda c: (_RANK[c.standing], c.entity.id)))


def resolve_mention(
    directory: Directory, *, code: str | None, name: str | None, as_of: dt.date, system: str
) -> Resolution:
    """Say who is meant by a code, a name or both, as of a day."""
    code, name = (code or "").strip(), (name or "").strip()
    by_name = directory.find_by_name(name, as_of) if name else ()
    if not code:
        return _answer_name(name, by_name)
    if system == USCC:
        checked = check_uscc(code)
        if checked.valid is None:  # only hyphens or blanks were typed
            return _answer_name(name, by_name)
        if checked.problem is not None:
            return Resolution(ResolutionStatus.INVALID_CODE, None, by_name, (checked.problem,))
    bearer = directory.find_by_code(code, system, as_of)
    if bearer is None:
        return _answer_unknown_code(code, system, by_name)
    return _answer_found(*bearer, name, by_name, as_of)


def _answer_name(name: str, by_name: tuple[Candidate, ...]) -> Resolution:
    if by_name:
        ids = ", ".join(c.entity.id for c in by_name)
        zh, en = (
            f"只有名称, 不能认定主体, 请补编码; 候选: {ids}",
            f"a name alone decides nothing: add the code; candidates: {ids}",
        )
        return Resolution(ResolutionStatus.NEEDS_CODE, None, by_name, (Problem("I-NEEDS-CODE", zh, en, text=name),))
    if not name:
        problem = Problem("I-MENTION-EMPTY", "既无编码也无名称", "neither a code nor a name was given")
    else:
        zh, en = "主体库中没有此名称(曾用名亦无)", "no entity bears or bore this name"
        problem = Problem("I-NAME-UNKNOWN", zh, en, text=name)
    return Resolution(ResolutionStatus.NONE, None, (), (problem,))


def _answer_unknown_code(code: str, system: str, by_name: tuple[Candidate, ...]) -> Resolution:
    zh, en = "编码有效, 但主体库中没有", "the code is well formed, but nobody in the register bears it"
    problems = [Problem("I-CODE-UNKNOWN", zh, en, text=code)]
    vetoed = [c for c in by_name if any(own.system == system for own in c.entity.codes)]
    for candidate in vetoed:
        zh = f"名称与 {candidate.entity.id} 相同而编码不同, 不是同一主体"
        en = f"{candidate.entity.id} bears the name but another code: not the same entity"
        problems.append(Problem("I-CODE-VETO", zh, en, text=code))
    left = tuple(c for c in by_name if c not in vetoed)
    return Resolution(ResolutionStatus.UNKNOWN_CODE, None, left, tuple(problems))


def _answer_found(code: Code, entity: Entity, name: str, by_name: tuple[Candidate, ...], as_of: dt.date) -> Resolution:
    problems: list[Problem] = []
    if not code.holds_on(as_of):
        zh = f"编码在 {as_of} 不在有效期({code.print_days()})内"
        en = f"the code does not hold on {as_of} ({code.print_days()})"
        problems.append(Problem("I-CODE-ENDED", zh, en, text=code.text))
    own = next((c for c in by_name if c.entity.id == entity.id), None)
    if not name or own is not None:
        return Resolution(ResolutionStatus.FOUND, entity, (), tuple(problems), own.standing if own else None)
    problems.append(_name_conflict(entity, name, by_name, as_of))
    return Resolution(ResolutionStatus.FOUND, entity, by_name, tuple(problems))


def _name_conflict(entity: Entity, name: str, by_name: tuple[Candidate, ...], as_of: dt.date) -> Problem:
    registered = entity.name_at(as_of) or "—"
    zh = f"按编码认定为 {entity.id}“{registered}”, 但所写名称不是其现名、曾用名、简称或品牌"
    en = f"found by code: {entity.id} “{registered}”, but the name given is none of its names"
    if by_name:
        ids = ", ".join(c.entity.id for c in by_name)
        zh, en = f"{zh}; 该名称属于 {ids}", f"{en}; it belongs to {ids}"
    return Problem("I-NAME-CONFLICT", f"{zh}, 请核对", f"{en}; check which of the two is wrong", text=name)
