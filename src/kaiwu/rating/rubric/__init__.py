"""Rubrics (打分表): point tables with gates, direct passes and findings; with missing facts the score is an interval.

Owns the rulebook kind ``rubric``. It knows no ranks: who is compared with others is rated (``kaiwu.rating``).
"""

from kaiwu.rating.rubric.loader import load
from kaiwu.rating.rubric.scheme import RubricScheme

__all__ = ["RubricScheme", "load"]
