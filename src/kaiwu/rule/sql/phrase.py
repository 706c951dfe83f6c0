"""The closed vocabulary of emitted SQL: the few forms that mean the same on every engine.

Owns the wording of conditions and cases and the ``Phrase`` they are wrapped in. Every condition made here is
two-valued: it is never applied to a null without a test of it, so no engine's own logic of nulls decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

CHUNK = 100  # conditions in one run: engines nest a run as deep as it is long, SQLite to 1,000 levels


@dataclass(frozen=True, slots=True)
class Phrase:
    """SQL text of a node.

    ``level`` is the highest layer whose columns it reads. ``size`` counts the atoms in it; 1 is an atom, a
    column or a constant. ``nulls`` are columns of which one is null exactly where the phrase is null;
    ``None`` says that only the phrase itself can tell. ``wide`` marks an integer of the wide type,
    ``is_condition`` a two-valued condition in brackets instead of a code; ``value`` is that of a constant.
    """

    text: str
    level: int = 0
    size: int = 1
    nulls: tuple[str, ...] | None = ()
    wide: bool = False
    is_condition: bool = False
    value: int | None = None


def case(*whens: tuple[str, str], otherwise: str) -> str:
    """``CASE WHEN … THEN … ELSE … END``."""
    body = " ".join(f"WHEN {test} THEN {value}" for test, value in whens)
    return f"CASE {body} ELSE {otherwise} END"


def any_of(conditions: Sequence[str]) -> str:
    """At least one of two-valued conditions."""
    return _joined(list(conditions), " OR ")


def all_of(conditions: Sequence[str]) -> str:
    """All of two-valued conditions."""
    return _joined(list(conditions), " AND ")


def _joined(conditions: list[str], word: str) -> str:
    while len(conditions) > CHUNK:
        runs = [conditions[i : i + CHUNK] for i in range(0, len(conditions), CHUNK)]
        conditions = [_joined(run, word) for run in runs]
    return conditions[0] if len(conditions) == 1 else f"({word.join(conditions)})"


def is_missing(columns: Sequence[str]) -> str:
    """At least one column is null."""
    return any_of([f"{column} IS NULL" for column in columns])


def is_present(columns: Sequence[str]) -> str:
    """No column is null."""
    return all_of([f"{column} IS NOT NULL" for column in columns])
