"""The formula of text search (BM25) and the statistics that it stands on.

Owns the declared weights and roundings. Formula: S. Robertson, H. Zaragoza, The Probabilistic Relevance Framework: BM25
and Beyond, 2009, section 3.4 (fields weighted before saturation, as in BM25F), with the idf ``ln(1 + (N - n + 0.5) / (n +
0.5))``, which is never negative.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import lcm

import numpy as np
from numpy.typing import NDArray

from kaiwu.match.text.gram import Codes

IMPACT_STEPS = 1000
"""The weight of a gram in a record is rounded half up to a thousandth, once; sums of them are exact."""

MICRO = 1_000_000


@dataclass(frozen=True, slots=True)
class Bm25:
    """The declared parameters. ``title`` and ``body`` are the weights of an occurrence in the two fields.

    ``k1`` bounds what repetition can add, ``b`` (0 to 1) how far a long record is held back.
    """

    k1: Fraction = Fraction(6, 5)
    b: Fraction = Fraction(3, 4)
    title: Fraction = Fraction(1)
    body: Fraction = Fraction(1, 4)

    @property
    def scale(self) -> int:
        """What the field weights are multiplied by to be whole numbers."""
        return lcm(self.title.denominator, self.body.denominator)

    @property
    def steps(self) -> tuple[int, int]:
        """The weights of title and body as whole numbers of 1 / ``scale``."""
        return int(self.title * self.scale), int(self.body * self.scale)

    def to_micro(self, total: int) -> int:
        """A sum of query weights times impacts as a score in millionths, rounded half up."""
        denominator = self.scale * IMPACT_STEPS
        return (2 * total * MICRO + denominator) // (2 * denominator)


@dataclass(frozen=True, slots=True, eq=False)
class Query:
    """The grams of a need: codes in rising order and their whole weights, both of shape (grams,)."""

    codes: Codes
    weights: NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Statistics:
    """What the records looked like when the index was built (统计口径): records, mean length, records per gram.

    They stay until the index is rebuilt, so that an added record changes no score but its own.
    """

    records: int
    mean_length: float
    codes: Codes
    counts: NDArray[np.int64]

    def idf(self, codes: Codes) -> NDArray[np.float64]:
        """How telling grams are; one that no record had counts as seen in none."""
        found = np.zeros(len(codes), np.int64)
        if len(self.codes):
            at = np.minimum(np.searchsorted(self.codes, codes), len(self.codes) - 1)
            found = np.where(self.codes[at] == codes, self.counts[at], 0)
        return np.log1p((self.records - found + 0.5) / (found + 0.5))


def round_impacts(
    settings: Bm25, idf: NDArray[np.float64], weighted: NDArray[np.int64], lengths: NDArray[np.int64], mean: float
) -> NDArray[np.int32]:
    """The weight of each gram in its record in thousandths: idf × saturated frequency, rounded half up.

    ``weighted`` are frequencies and ``lengths`` record lengths, both with field weights, in whole 1 / ``scale``.
    """
    k1, b = float(settings.k1), float(settings.b)
    frequency = weighted / settings.scale
    share = lengths / settings.scale / mean if mean else np.zeros(len(lengths))
    saturated = frequency * (k1 + 1) / (frequency + k1 * (1 - b + b * share))
    impacts: NDArray[np.int32] = np.floor(IMPACT_STEPS * idf * saturated + 0.5).astype(np.int32)
    return impacts
