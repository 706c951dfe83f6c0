"""What the measures of a pair are worth (权重): the weight with which a mention means a name, from 0 to 1.

Owns the shipped weights, set by hand, and the form of every other ranker. They are no decision: thresholds and rules make
one (``resolver``). Learned weights are in ``learned``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import numpy as np

from kaiwu.identity.linking.encoding import Floats
from kaiwu.identity.linking.measure import Measures

HAND_VERSION = "hand-1"

BIAS = -14.5
HAND_WEIGHTS: Mapping[str, float] = {
    "full_of_mention": 7.0,  # how much of the mention stands in the name, in order
    "sound_of_mention": 4.0,  # the same by sound: 股分 is 股份
    "cover_of_name": 4.0,  # how much of what is rare in the name the mention says
    "cover_of_mention": 2.0,  # and how much of what is rare in the mention the name has
    "gap_full_of_mention": 2.0,  # ahead of every other firm
    "same_text_characters": 2.0,  # the same characters in another order
    "gap_stem_of_name": 1.0,
    "gap_score": 0.7,
    "form": 0.3,  # 有限 against 股份
    "gap_spelling": 0.25,  # spelled as the name is usually drawn together
    "covering": -0.3,  # firms whose names have all of the mention
    "same_brands": -0.2,  # firms of the same brand
    "lost_of_mention": -0.1,  # the rarest character that the name lacks
    "place": 2.5,  # the address says the same (1) or the opposite (-1)
}
"""Log odds per unit of a measure, chosen on the development mentions and rounded; see docs/identity.md."""


class Ranker(Protocol):
    """Turns measures into weights."""

    @property
    def version(self) -> str:
        """What weighed, for records."""
        ...

    def weigh(self, measures: Measures, gaps: Floats) -> Floats:
        """Weights (p,) from 0 to 1, given the log odds of the hand weights and their gaps (p, 2)."""
        ...


class HandRanker:
    """The shipped weights (人工权重)."""

    version = HAND_VERSION

    def weigh(self, measures: Measures, odds: Floats) -> Floats:
        """The logistic of the log odds."""
        return squash(odds[:, 0])


def add_odds(measures: Measures) -> Floats:
    """Log odds of each pair by the hand weights (p,)."""
    weights = np.array([HAND_WEIGHTS.get(name, 0.0) for name in measures.names], np.float32)
    return measures.values @ weights + np.float32(BIAS)


def squash(odds: Floats) -> Floats:
    """Log odds as a share of 1."""
    return (1 / (1 + np.exp(-odds.astype(np.float64)))).astype(np.float32)
