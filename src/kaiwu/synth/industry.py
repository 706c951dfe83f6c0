"""Industries and value added (行业与增加值): divisions, the published cluster, labels, and shares that add up.

Owns the industry of each firm, its value added and the labels by which statistics count it. It does not own size
(``size``), except that the firms of the cluster are moved to its published revenue. Money is in 万元.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kaiwu.synth.calibration import Calibration
from kaiwu.synth.draw import Floats, Mask, Streams, Whole, draw_choices, fill_up, order_by
from kaiwu.synth.size import STEP, Sizes

MOST_VALUE = 0.75
"""Value added stays below this share of main revenue."""


@dataclass(slots=True)
class Industries:
    """``division`` counts in the calibration's list; ``value_added`` and ``strategic`` are (firms, years)."""

    division: Whole
    value_added: Floats
    is_equipment: Mask
    is_hightech: Mask
    strategic: Floats
    on_platform: Mask


def make_industries(calibration: Calibration, streams: Streams, sizes: Sizes) -> Industries:
    """Give every firm a division, move the cluster to its revenue, then settle value added and labels."""
    division = _draw_divisions(calibration, streams, sizes)
    equipment = np.array([d.is_equipment for d in calibration.divisions], dtype=np.bool_)[division]
    value = _settle_value(calibration, streams, sizes, division, equipment)
    rng = streams.open("labels")
    hightech = _label_hightech(calibration, rng, sizes, division, value)
    strategic = _label_strategic(calibration, rng, sizes, division, value)
    platform = _label_platform(calibration, rng, sizes, value)
    return Industries(division, value, equipment, hightech, strategic, platform)


def weights_of(calibration: Calibration, name: str, division: Whole) -> Floats:
    """A number of the division of each firm."""
    return np.array([getattr(d, name) for d in calibration.divisions], dtype=np.float64)[division]


# -- divisions and the cluster ---------------------------------------------------------------------------------------


def _draw_divisions(calibration: Calibration, streams: Streams, sizes: Sizes) -> Whole:
    rule, divisions = calibration.settings.assume.cluster, calibration.divisions
    rng = streams.open("division")
    inside = np.array([d.code in rule.divisions for d in divisions])
    below = np.array([d.below for d in divisions], dtype=np.float64)
    above = np.where(inside, 0.0, np.array([d.above for d in divisions], dtype=np.float64))
    column = sizes.column(calibration.target("cluster_firms").year)
    is_above = sizes.above[:, column]
    found = draw_choices(rng, below, sizes.count)
    found[is_above] = draw_choices(rng, above, int(is_above.sum()))
    members = _draw_cluster(calibration, rng, sizes, column)
    found[members] = draw_choices(rng, np.where(inside, below, 0.0), len(members))
    found[sizes.giants] = [d.code for d in divisions].index(rule.giant_division)
    _move_cluster(calibration, streams, sizes, members, column)
    return found


def _draw_cluster(calibration: Calibration, rng: np.random.Generator, sizes: Sizes, column: int) -> Whole:
    """The above-scale firms of the cluster in its year, as many large ones among them as published."""
    rule, count = calibration.settings.assume.cluster, sizes.count
    large = calibration.count("cluster_large", count)
    small = calibration.count("cluster_firms", count) - large
    is_large = sizes.revenue[:, column] >= rule.large
    free = sizes.above[:, column] & ~np.isin(np.arange(count), sizes.giants)
    chosen = rng.permutation(np.flatnonzero(free & is_large))[: max(large - len(sizes.giants), 0)]
    rest = rng.permutation(np.flatnonzero(free & ~is_large))[:small]
    return np.concatenate([sizes.giants, chosen, rest])


def _move_cluster(calibration: Calibration, streams: Streams, sizes: Sizes, members: Whole, column: int) -> None:
    """Give the giants their shares, and the other large firms what is left of the published revenue."""
    rule, target = calibration.settings.assume.cluster, calibration.target("cluster_revenue")
    total = target.number * calibration.scale(sizes.count)
    factor = np.ones(sizes.count)
    rng = streams.open("giants")
    for giant, share in zip(sizes.giants, rule.giants, strict=False):
        _level_path(calibration, rng, sizes, int(giant))
        factor[giant] = share * total / sizes.revenue[giant, column]
    others = members[len(sizes.giants) :]
    large = others[sizes.revenue[others, column] >= rule.large]
    rest = total - float((sizes.revenue[:, column] * factor)[sizes.giants].sum())
    rest -= float(sizes.revenue[np.setdiff1d(others, large), column].sum())
    over = sizes.revenue[large, column] - rule.large
    if over.sum() > 0 and rest > rule.large * len(large):
        factor[large] = (rule.large + over * (rest - rule.large * len(large)) / over.sum()) / sizes.revenue[
            large, column
        ]
    else:  # too small a district for anybody else to make up the total
        factor[sizes.giants] *= max((rest + _sum(sizes, factor, column)) / _sum(sizes, factor, column), 0.1)
    sizes.main[...] = np.round(sizes.main * factor[:, None] / STEP) * STEP


def _sum(sizes: Sizes, factor: Floats, column: int) -> float:
    return float((sizes.revenue[:, column] * factor)[sizes.giants].sum())


def _level_path(calibration: Calibration, rng: np.random.Generator, sizes: Sizes, giant: int) -> None:
    """A giant grows with the district, with little noise of its own."""
    means = calibration.settings.assume.size.growth
    steps = [1 + means.get(str(year), 0.0) + 0.02 * rng.standard_normal() for year in sizes.years[1:]]
    sizes.main[giant] = sizes.main[giant, 0] * np.cumprod([1.0, *steps])


# -- value added -----------------------------------------------------------------------------------------------------


def _settle_value(calibration: Calibration, streams: Streams, sizes: Sizes, division: Whole, equipment: Mask) -> Floats:
    """Value added that meets the published total and equipment share of one year, and growth of comparable firms."""
    rng = streams.open("value")
    rate = weights_of(calibration, "value_rate", division) * np.exp(0.25 * rng.standard_normal(sizes.count))
    rate[sizes.giants] = calibration.settings.assume.cluster.giant_value_rate
    drawn = np.nan_to_num(sizes.main) * rate[:, None] * np.exp(0.06 * rng.standard_normal(sizes.main.shape))
    target = calibration.target("value_added")
    column, total = sizes.column(target.year), target.number * calibration.scale(sizes.count)
    share = calibration.target("equipment_share").number
    above = sizes.above[:, column]
    for mask, part in ((equipment, share), (~equipment, 1 - share)):
        held = float(drawn[mask & above, column].sum())
        drawn[mask] *= part * total / held if held else 1.0
    drawn = np.minimum(drawn, MOST_VALUE * np.nan_to_num(sizes.main))
    drawn *= _chain_growth(calibration, sizes, drawn, column)
    return np.where(sizes.alive, np.round(drawn / STEP) * STEP, np.nan)


def _chain_growth(calibration: Calibration, sizes: Sizes, value: Floats, base: int) -> Floats:
    """One factor for each year, so that the same firms grow as published (可比样本)."""
    means = dict(calibration.settings.assume.size.growth)
    target = calibration.target("value_added_growth")
    means[str(target.year)] = target.number
    above, factors = sizes.above, np.ones(len(sizes.years))
    raw = [1.0]
    for t in range(1, len(sizes.years)):
        same = above[:, t] & above[:, t - 1]
        raw.append(float(value[same, t].sum()) / max(float(value[same, t - 1].sum()), 1e-9))
    wanted = [1 + means.get(str(year), 0.0) for year in sizes.years]
    for t in range(base + 1, len(sizes.years)):
        factors[t] = factors[t - 1] * wanted[t] / raw[t] if raw[t] else factors[t - 1]
    for t in range(base, 0, -1):
        factors[t - 1] = factors[t] * raw[t] / wanted[t]
    return factors


# -- labels ----------------------------------------------------------------------------------------------------------


def _label_hightech(
    calibration: Calibration, rng: np.random.Generator, sizes: Sizes, division: Whole, value: Floats
) -> Mask:
    """Firms counted as high-tech industry: above the line they add up to the published share."""
    target = calibration.target("hightech_share")
    column, weights = sizes.column(target.year), weights_of(calibration, "hightech", division)
    held = np.where(sizes.above[:, column], np.nan_to_num(value[:, column]), 0.0)
    chosen = fill_up(order_by(rng, weights**2 * (held > 0)), held, target.number * held.sum())
    free = np.asarray(rng.random(sizes.count) < np.minimum(weights * 0.25, 0.8))
    return np.asarray(np.where(held > 0, chosen, free))


def _label_strategic(
    calibration: Calibration, rng: np.random.Generator, sizes: Sizes, division: Whole, value: Floats
) -> Floats:
    """The strategic share of each firm and year: a later catalogue adds firms to those of the earlier one."""
    parts = calibration.settings.assume.labels.strategic_shares
    part = np.array(parts)[draw_choices(rng, [1.0] * len(parts), sizes.count)]
    order = order_by(rng, weights_of(calibration, "strategic", division) ** 2)
    shares = np.zeros(sizes.main.shape)
    for code in ("strategic_share", "strategic_share_later"):
        target = calibration.target(code)
        column = sizes.column(target.year)
        held = np.where(sizes.above[:, column], np.nan_to_num(value[:, column]), 0.0)
        already = float((held * shares[:, column]).sum())
        free = np.where(shares[:, column] > 0, np.inf, held * part)
        chosen = fill_up(order, free, target.number * held.sum() - already)
        shares[chosen & (held > 0), column:] = part[chosen & (held > 0), None]
        if code == "strategic_share":
            shares[:, :column] = shares[:, column, None]
    return np.where(sizes.alive, shares, np.nan)


def _label_platform(calibration: Calibration, rng: np.random.Generator, sizes: Sizes, value: Floats) -> Mask:
    """Firms on platforms: above the line they add up to the published share."""
    target = calibration.target("platform_share")
    column = sizes.column(target.year)
    held = np.where(sizes.above[:, column], np.nan_to_num(value[:, column]), 0.0)
    chosen = fill_up(rng.permutation(sizes.count), np.where(held > 0, held, np.inf), target.number * held.sum())
    free = rng.random(sizes.count) < calibration.settings.assume.labels.platform_below
    return np.asarray(np.where(held > 0, chosen, free))
