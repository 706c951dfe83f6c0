"""Changes of class (提档, 降档) that come with a run: who, to what, on which article, signed by whom.

Owns their checking. A change never moves anybody else: shares are not computed anew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from kaiwu.quantity import KaiwuError, Problem
from kaiwu.rating.book import ChangeRule


class HasCodes(Protocol):
    """A table of classes, best first."""

    def codes(self) -> tuple[str, ...]:
        """The classes."""
        ...


class Changeable(Protocol):
    """A rulebook whose classes may be changed: a rating with classes, a rubric with grades."""

    @property
    def changes(self) -> ChangeRule | None:
        """On which articles, and how far; ``None``: not at all."""
        ...

    @property
    def classes(self) -> HasCodes | None:
        """Its classes."""
        ...


@dataclass(frozen=True, slots=True)
class Change:
    """One signed change: ``label`` is the new class. It concerns the named entity alone, also where it is one of a unit."""

    entity: str
    label: str
    article: str
    signer: str
    reason: str


def check_changes(book: Changeable, changes: Sequence[Change], computed: Mapping[str, str | None]) -> dict[str, Change]:
    """The changes by entity. ``computed`` gives the class of every entity of the run (``None`` where it has none).

    Raises ``KaiwuError`` naming every change that lacks an article, signer or reason, names nobody, or goes too far.
    """
    problems = [p for change in changes for p in _faults(book, change, computed)]
    kept: dict[str, Change] = {}
    for change in changes:
        if change.entity in kept:
            problems.append(_fault(change, "S-CHANGE-TWICE", "同一主体有两条调整", "the entity is changed twice"))
        kept[change.entity] = change
    if problems:
        raise KaiwuError(problems)
    return kept


def _faults(book: Changeable, change: Change, computed: Mapping[str, str | None]) -> list[Problem]:
    rule, codes = book.changes, book.classes.codes() if book.classes else ()
    if rule is None:
        return [
            _fault(
                change,
                "S-CHANGE-NONE",
                "办法没有声明可以提档、降档(changes)",
                "the rulebook declares no changes of class",
            )
        ]
    found = []
    for word, zh in (("article", "条款"), ("signer", "签批人"), ("reason", "理由")):
        if not getattr(change, word).strip():
            found.append(_fault(change, "S-CHANGE-BARE", f"缺少{zh}", f"the {word} is missing"))
    if change.article and change.article not in rule.articles:
        listed = "、".join(rule.articles)
        found.append(
            _fault(
                change,
                "S-CHANGE-ARTICLE",
                f"“{change.article}”不是调档条款; 可用: {listed}",
                f"no such article: {listed}",
            )
        )
    if change.label not in codes:
        found.append(
            _fault(change, "S-CHANGE-CLASS", f"没有“{change.label}”这一档", f"there is no class “{change.label}”")
        )
    if change.entity not in computed:
        found.append(_fault(change, "S-CHANGE-WHO", "不在本次评价之列", "the entity is not in this run"))
    elif (now := computed[change.entity]) is None:
        found.append(_fault(change, "S-CHANGE-WHO", "没有评出档次, 不能调整", "it has no class that could be changed"))
    elif change.label in codes and abs(codes.index(change.label) - codes.index(now)) > rule.steps:
        zh, en = (
            f"最多调整 {rule.steps} 档: {now} → {change.label}",
            f"{rule.steps} classes at most: {now} → {change.label}",
        )
        found.append(_fault(change, "S-CHANGE-STEPS", zh, en))
    return found


def _fault(change: Change, code: str, zh: str, en: str) -> Problem:
    return Problem(code, zh, en, where=f"{change.entity} → {change.label}")
