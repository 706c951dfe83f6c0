"""Who exists when, and how large (规模): main revenue of every firm in every year.

Owns entry, exit, size and growth. It does not own industries (``industry``), which move the firms of one cluster to
its published revenue afterwards. Money is in 万元, years are columns, a firm that does not exist has no number (nan).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kaiwu.synth.assumption_setting import SizeRule
from kaiwu.synth.calibration import Calibration
from kaiwu.synth.draw import Floats, Mask, Streams, Whole, draw_body, draw_tail

RAMP = (0.35, 0.75)
"""What a firm earns in its first and second year, relative to the years after."""
STEP = 0.1
"""Revenues are kept to 千元, the unit in which above-scale firms report."""


@dataclass(slots=True)
class Sizes:
    """``alive`` and ``main`` are (firms, years); ``first`` and ``last`` are columns of years, both included."""

    years: tuple[int, ...]
    line: float
    first: Whole
    last: Whole
    alive: Mask
    main: Floats
    main_share: Floats
    giants: Whole

    @property
    def count(self) -> int:
        """Number of firms."""
        return len(self.first)

    @property
    def revenue(self) -> Floats:
        """Operating revenue (营业收入): main revenue and the rest."""
        return np.asarray(np.round(self.main / self.main_share[:, None] / STEP) * STEP)

    @property
    def above(self) -> Mask:
        """Above scale (规上): existing, with main revenue at the line or more."""
        return np.asarray(self.alive & (np.nan_to_num(self.main) >= self.line))

    def column(self, year: int) -> int:
        """The column of a year."""
        return self.years.index(year)


def make_sizes(calibration: Calibration, streams: Streams, count: int) -> Sizes:
    """Draw the firms of a district: exactly the target is above the line in the last year."""
    rule, years = calibration.settings.assume.size, calibration.settings.base.years
    rng = streams.open("size")
    first, last = _draw_lives(rule, len(years), rng, count)
    columns = np.arange(len(years))
    alive = (first[:, None] <= columns) & (columns <= last[:, None])
    able = np.flatnonzero((last == len(years) - 1) & (first < len(years) - 1))
    large = rng.permutation(able)[: calibration.count("above_scale", count)]
    final = draw_body(rng, count, rule.body_median, rule.body_spread, rule.line - STEP)
    final[large] = draw_tail(rng, len(large), rule.line, rule.top, rule.tail)
    growth = rng.standard_normal((count, len(years)))
    spread = np.where(np.isin(np.arange(count), large), rule.spread_above, rule.spread_below)
    steps = np.clip(growth * spread[:, None], -0.6, 0.6) + _mean_growth(calibration, years)
    main = np.exp(np.log(final)[:, None] - _from_end(steps))
    main *= _ramp(first, len(years))
    share = rng.uniform(rule.main_share[0], rule.main_share[1], size=count)
    main = np.where(alive, np.round(main / STEP) * STEP, np.nan)
    old = large[(first[large] == 0)]
    giants = old[np.argsort(-final[old], kind="stable")][: len(calibration.settings.assume.cluster.giants)]
    return Sizes(years, rule.line, first, last, alive, main, share, np.asarray(giants, dtype=np.int64))


def _draw_lives(rule: SizeRule, years: int, rng: np.random.Generator, count: int) -> tuple[Whole, Whole]:
    """First and last year of each firm: most span the history, some begin or close within it."""
    order = rng.permutation(count)
    first, last = np.zeros(count, dtype=np.int64), np.full(count, years - 1, dtype=np.int64)
    closing = order[: round(rule.closed * count)]
    last[closing] = rng.integers(0, years - 1, size=len(closing))
    start, each = len(closing), round(rule.entrants * count)
    for year in range(1, years):
        first[order[start : start + each]] = year
        start += each
    return first, last


def _mean_growth(calibration: Calibration, years: tuple[int, ...]) -> Floats:
    means = calibration.settings.assume.size.growth
    return np.log([1 + means.get(str(year), 0.0) for year in years])


def _from_end(steps: Floats) -> Floats:
    """Growth from each year to the last one: steps of later years, summed."""
    summed = np.cumsum(steps[:, ::-1], axis=1)[:, ::-1]
    return np.asarray(np.hstack([summed[:, 1:], np.zeros((len(steps), 1))]))


def _ramp(first: Whole, years: int) -> Floats:
    """What a young firm earns of its later revenue; the last year stays what it is."""
    age = np.arange(years) - first[:, None]
    share = np.where(first[:, None] == 0, 1.0, np.select([age == 0, age == 1], list(RAMP), 1.0))
    return np.asarray(share / share[:, -1:])
