"""The formula of every scoring method (计分公式), stated plainly for one value.

Owns nothing but the formulas, with rationals. The reference scores by them and explanations recompute by them; the engine
(``scoring.py``) does not use them.
"""

from __future__ import annotations

from fractions import Fraction

from kaiwu.rating.book import Band, Indicator
from kaiwu.rule.reference import round_to


def points_of_value(
    indicator: Indicator, value: Fraction, ends: tuple[Fraction, ...], place: tuple[int, int]
) -> Fraction | None:
    """Points of a value in exact 分, rounded and limited; ``None`` where the method gives none.

    ``ends`` are the base, or worst and best participant; ``place`` is how many are better, among how many.
    """
    points = unrounded_points(indicator, value, ends, place)
    if points is None:
        return None
    points = round_to(points, indicator.rounding.step, indicator.rounding.mode)
    if indicator.cap is not None:
        points = min(points, indicator.cap)
    return points if indicator.floor is None else max(points, indicator.floor)


def unrounded_points(
    indicator: Indicator, value: Fraction, ends: tuple[Fraction, ...], place: tuple[int, int]
) -> Fraction | None:
    """The formula of the method, without rounding, cap and floor."""
    scoring, weight, higher = indicator.scoring, indicator.weight, indicator.direction == "higher"
    worst, best = (r * weight for r in scoring.reach)
    match scoring.method:
        case "as_is":
            return value / 10**6
        case "bands":
            return next((band.points for band in scoring.bands if _lies_in(band, value, scoring.edges)), None)
        case "rank":
            return best - (best - worst) * Fraction(place[0], max(place[1] - 1, 1))
        case "goalposts" | "minmax":
            low, high = (scoring.low, scoring.high) if scoring.method == "goalposts" else ends
            if low is None or high is None or low == high:
                return None
            share = (value - low) / (high - low)
            share = share if higher else 1 - share
            return worst + (best - worst) * min(max(share, Fraction(0)), Fraction(1))
    base = ends[-1]
    if base <= 0 or (not higher and scoring.method != "cost" and value <= 0):
        return None
    if scoring.method == "cost":
        return max(2 - value / base, Fraction(0)) * weight
    return (value / base if higher else base / value) * weight


def _lies_in(band: Band, value: Fraction, edges: str) -> bool:
    over = band.low is None or (value >= band.low if edges == "[)" else value > band.low)
    under = band.high is None or (value < band.high if edges == "[)" else value <= band.high)
    return over and under
