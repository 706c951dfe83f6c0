"""Changes of class (提档, 降档) that a meeting decided: written in ``kaiwu.toml``, frozen with the run.

Owns reading them and finding the rating that each concerns. Whether a rating allows a change is checked in
``kaiwu.rating.change``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from kaiwu.quantity import KaiwuError, Problem
from kaiwu.rating import Change as RatingChange
from kaiwu.rating import RatingScheme, RubricScheme
from kaiwu.rating.index.scheme import IndexScheme
from kaiwu.rule.decision import Scheme

_KEYS = ("scheme", "entity", "class", "article", "signer", "reason")


@dataclass(frozen=True, slots=True)
class ClassChange:
    """One signed change: ``label`` is the new class of ``entity`` under ``scheme`` (empty: the only rating of the job)."""

    entity: str
    label: str
    article: str
    signer: str
    reason: str
    scheme: str = ""

    def to_data(self) -> dict[str, str]:
        """As JSON data; the class stands under ``class``."""
        data = asdict(self)
        return {key: data["label" if key == "class" else key] for key in _KEYS}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> ClassChange:
        """The reverse of ``to_data``; a key that is not given is empty."""
        texts = {key: str(data.get(key) or "") for key in _KEYS}
        return cls(**{"label" if key == "class" else key: text for key, text in texts.items()})


def read_changes(rows: Any, where: str, problems: list[Problem]) -> tuple[ClassChange, ...]:
    """The ``changes`` of a job: a list of tables. Mistakes are added to ``problems``."""
    if not isinstance(rows, Sequence) or isinstance(rows, str) or not all(isinstance(row, Mapping) for row in rows):
        problems.append(
            Problem(
                "S-CHANGE-KEY", "changes 要写成 [[job.changes]] 表", "changes are tables [[job.changes]]", where=where
            )
        )
        return ()
    for i, row in enumerate(rows):
        place = f"{where}.changes[{i}]"
        for key in sorted(set(row) - set(_KEYS)):
            listed = ", ".join(_KEYS)
            problems.append(
                Problem(
                    "S-CHANGE-KEY",
                    f"不认识的键“{key}”; 可用: {listed}",
                    f"unknown key “{key}”; use {listed}",
                    where=place,
                )
            )
        for key in ("entity", "class", "article", "signer", "reason"):
            if not str(row.get(key) or "").strip():
                problems.append(Problem("S-CHANGE-BARE", f"缺少“{key}”", f"“{key}” is missing", where=place))
    return tuple(ClassChange.from_data(row) for row in rows)


def place_changes(changes: Sequence[ClassChange], schemes: Sequence[Scheme]) -> tuple[ClassChange, ...]:
    """The changes with their rating named, in the order of scheme and entity.

    Raises ``KaiwuError`` where a change names no rating of the run, or none while there are several.
    """
    classing = (s for s in schemes if isinstance(s, RubricScheme | IndexScheme) and s.book.classes is not None)
    ratings = [*(s.code for s in schemes if isinstance(s, RatingScheme)), *(s.code for s in classing)]
    problems, placed = [], []
    listed = ", ".join(ratings) or "-"
    for change in changes:
        scheme = change.scheme or (ratings[0] if len(ratings) == 1 else "")
        if scheme in ratings:
            placed.append(replace(change, scheme=scheme))
            continue
        problems.append(
            Problem("S-CHANGE-SCHEME", f"调档要写明是哪个评价(scheme); 本任务有: {listed}",
                    f"name the rating that the change concerns (scheme); this job has: {listed}", where=f"{change.entity} → {change.label}")
        )  # fmt: skip
    if problems:
        raise KaiwuError(problems)
    return tuple(sorted(placed, key=lambda c: (c.scheme, c.entity)))


def rating_changes(changes: Sequence[ClassChange], scheme: str) -> list[RatingChange]:
    """The changes of one rating in the form that it takes."""
    return [RatingChange(c.entity, c.label, c.article, c.signer, c.reason) for c in changes if c.scheme == scheme]
