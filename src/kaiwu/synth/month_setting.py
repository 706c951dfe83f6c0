"""Months of above-scale firms as a calibration describes them.

Owns the shapes of the section ``months``.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WholeRule:
    """What stands for all industries together."""

    code: str
    zh: str


@dataclass(frozen=True, slots=True)
class MonthRule:
    """Months of above-scale firms: how many years, the season, and how flash figures differ from later ones."""

    years: int
    sectors: tuple[str, ...]
    season: tuple[float, ...]
    noise: float
    late: float
    corrected: float
    correction: float
    price: float
    built: float
    entity: str
    whole: WholeRule
