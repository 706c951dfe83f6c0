"""Synthetic counties (合成区县): leagues, yearly indicators, and who won.

Owns these. Winners are the strongest of each league by a hidden strength that also moves the indicators; no formula of
any real evaluation is used.
"""

from __future__ import annotations

import numpy as np

from kaiwu.synth.calibration import Calibration
from kaiwu.synth.county_setting import IndicatorRule
from kaiwu.synth.draw import Floats, Streams
from kaiwu.synth.measure import Measures

LEVEL_GROWTH = 0.06
"""By how much levels grow from year to year."""


def make_counties(calibration: Calibration, streams: Streams) -> tuple[tuple[int, ...], dict[str, list[str]], Measures]:
    """Years, texts (code, name) and measures (league, each indicator, rank, won) of all counties."""
    rule, rng = calibration.settings.counties, streams.open("county")
    years = tuple(range(rule.first_year, calibration.settings.base.last_year + 1))
    leagues = np.array([league.code for league in rule.leagues for _ in range(league.count)], dtype=object)
    names = [f"{league.zh}{i + 1:02d}" for league in rule.leagues for i in range(league.count)]
    base = np.array([league.strength for league in rule.leagues for _ in range(league.count)])
    strength = _walk(rng, base, len(years), rule.persistence)
    measures: Measures = {"league": leagues}
    for indicator in rule.indicators:
        measures[indicator.code] = _draw_indicator(rng, indicator, strength)
    rank, won = np.full(strength.shape, np.nan), np.full(strength.shape, np.nan)
    for column, year in enumerate(years):
        if year < rule.won_from:
            continue
        for league in rule.leagues:
            members = np.flatnonzero(leagues == league.code)
            order = members[np.argsort(-strength[members, column], kind="stable")]
            rank[order, column] = np.arange(1, len(order) + 1)
            won[order, column] = rank[order, column] <= league.winners
    measures |= {"rank": rank, "won": won}
    codes = [f"SYN-C-{i + 1:03d}" for i in range(len(names))]
    return years, {"code": codes, "name": names}, measures


def _walk(rng: np.random.Generator, base: Floats, years: int, persistence: float) -> Floats:
    """Strength by year: what lasts, and a little that does not."""
    noise = rng.standard_normal((len(base), years))
    strength = np.empty_like(noise)
    strength[:, 0] = noise[:, 0]
    for t in range(1, years):
        strength[:, t] = persistence * strength[:, t - 1] + (1 - persistence**2) ** 0.5 * noise[:, t]
    return np.asarray(base[:, None] + strength)


def _draw_indicator(rng: np.random.Generator, rule: IndicatorRule, strength: Floats) -> Floats:
    own = rng.standard_normal((len(strength), 1))
    noise = 0.9 * own + 0.3 * rng.standard_normal(strength.shape)
    if rule.form == "level":
        years = np.arange(strength.shape[1])
        return np.asarray(rule.mean * np.exp(rule.spread * noise + rule.gain * strength + LEVEL_GROWTH * years))
    return np.clip(rule.mean + rule.spread * noise + rule.gain * strength, rule.least, rule.most)
