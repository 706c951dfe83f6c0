"""Streaks (连续保持): how long a series has held a line, with gaps in the series kept as gaps.

Owns counting in one series of values in order of time. Which months or years belong to it, and how January and February are
merged, is decided before.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

Value = int | Fraction | None

_OPS: dict[str, Callable[[Fraction, Fraction], bool]] = {">": lambda a, b: a > b, ">=": lambda a, b: a >= b}


@dataclass(frozen=True, slots=True)
class Streak:
    """A length in periods: at least ``low`` and at most ``high`` (they differ where values are missing).

    ``start`` and ``end`` are the positions of the first and last period of the certain one, both included; ``None`` where
    ``low`` is 0.
    """

    low: int
    high: int
    start: int | None = None
    end: int | None = None

    @property
    def is_certain(self) -> bool:
        """Whether missing values leave the length as it is."""
        return self.low == self.high


def longest_streak(values: Sequence[Value], threshold: int | Fraction, op: str) -> Streak:
    """The longest run (最长连续期数) of values that are ``op`` the threshold; ``op`` is ``>`` or ``>=``, always declared.

    A missing value ends the certain run and lets the possible one go on. Of two equally long runs the later one is given.
    ``ValueError`` for another ``op``.
    """
    holds = _tests(values, threshold, op)
    best, best_end, run, most, possible = 0, None, 0, 0, 0
    for i, answer in enumerate(holds):
        run = run + 1 if answer else 0
        possible = 0 if answer is False else possible + 1
        most = max(most, possible)
        if run and run >= best:
            best, best_end = run, i
    return Streak(best, most, None if best_end is None else best_end - best + 1, best_end)


def current_streak(values: Sequence[Value], threshold: int | Fraction, op: str) -> Streak:
    """The run that reaches up to the last value (截至目前连续期数)."""
    holds = _tests(values, threshold, op)
    low = next((i for i, answer in enumerate(reversed(holds)) if not answer), len(holds))
    high = next((i for i, answer in enumerate(reversed(holds)) if answer is False), len(holds))
    return Streak(low, high, len(holds) - low if low else None, len(holds) - 1 if low else None)


def _tests(values: Sequence[Value], threshold: int | Fraction, op: str) -> list[bool | None]:
    if op not in _OPS:
        raise ValueError(f"declare > or >=, not {op!r}")
    line = Fraction(threshold)
    return [None if value is None else _OPS[op](Fraction(value), line) for value in values]
