"""Synthetic counties as a calibration describes them.

Owns the shapes of the section ``counties``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class League:
    """A league of counties: its name in ids, how many, how many win, how strong."""

    code: str
    zh: str
    count: int
    winners: int
    strength: float


@dataclass(frozen=True, slots=True)
class IndicatorRule:
    """A yearly number of counties; a ``level`` is lognormal and grows, else it is normal between ``least`` and ``most``."""

    code: str
    mean: float
    spread: float
    gain: float
    form: str = ""
    least: float = -math.inf
    most: float = math.inf


@dataclass(frozen=True, slots=True)
class CountyRule:
    """Synthetic counties and their yearly indicators."""

    first_year: int
    leagues: tuple[League, ...]
    persistence: float
    indicators: tuple[IndicatorRule, ...]
    won_from: int
