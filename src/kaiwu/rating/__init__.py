"""Composite scores (一把尺) over a group: indicators, weights, classes, leagues, bands, awards, streaks.

Owns the rulebook kinds ``rating``, ``bands`` and ``streak``. It does not own the rule language (``kaiwu.rule``), clauses
and amounts (``kaiwu.benefit``) or the storage of runs.
"""

from kaiwu.rating.award import AwardScheme
from kaiwu.rating.award_loader import load as load_streak
from kaiwu.rating.band import BandScheme
from kaiwu.rating.band_loader import load as load_bands
from kaiwu.rating.change import Change
from kaiwu.rating.completeness import Completeness, check_complete, check_counts
from kaiwu.rating.rubric import RubricScheme
from kaiwu.rating.rubric import load as load_rubric
from kaiwu.rating.scheme import RatingScheme
from kaiwu.rating.scheme import load as load_rating
from kaiwu.rating.series_streak import Observation, SeriesStreak, StreakRule, count_streak
from kaiwu.rating.streak import Streak, current_streak, longest_streak

__all__ = [
    "AwardScheme",
    "BandScheme",
    "Change",
    "Completeness",
    "Observation",
    "RatingScheme",
    "RubricScheme",
    "SeriesStreak",
    "Streak",
    "StreakRule",
    "check_complete",
    "check_counts",
    "count_streak",
    "current_streak",
    "load_bands",
    "load_rating",
    "load_rubric",
    "load_streak",
    "longest_streak",
]
