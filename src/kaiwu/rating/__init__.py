"""Composite scores (一把尺) over a group: indicators, weights, classes, leagues, bands, awards, streaks.

Owns the rulebook kinds ``rating``, ``bands`` and ``streak``. It does not own the rule language (``kaiwu.rule``), clauses
and amounts (``kaiwu.benefit``) or the storage of runs.
"""

from kaiwu.rating.band import BandScheme
from kaiwu.rating.band_loader import load as load_bands
from kaiwu.rating.change import Change
from kaiwu.rating.scheme import RatingScheme
from kaiwu.rating.scheme import load as load_rating

__all__ = ["BandScheme", "Change", "RatingScheme", "load_bands", "load_rating"]
