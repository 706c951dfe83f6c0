"""Where firms are (地块与地址): towns, platforms, groups, plots with one or several users, and the land of each.

Owns these and nothing about what firms earn, except that tax decides which plots count as low yield: there ``taxes``
are moved until the published area lies below the line. Land is in 亩.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kaiwu.synth.assumption_setting import LandRule
from kaiwu.synth.calibration import Calibration
from kaiwu.synth.draw import Floats, Mask, Streams, Whole, draw_choices, fill_up
from kaiwu.synth.industry import Industries
from kaiwu.synth.size import Sizes

NOWHERE = -1
"""Number of the plot, group or platform of a firm without one."""
BISECTIONS = 60


@dataclass(slots=True)
class Sites:
    """Numbers per firm; ``plot``, ``group`` and ``platform`` are ``NOWHERE`` where there is none, ``land`` then nan."""

    town: Whole
    old_town: Whole
    platform: Whole
    group: Whole
    plot: Whole
    land: Floats
    groups: int
    plots: int


def make_sites(calibration: Calibration, streams: Streams, sizes: Sizes, industries: Industries) -> Sites:
    """Lay out the district: plots in towns, owners and tenants on them, land that adds up to the published stock."""
    rng = streams.open("site")
    rule, count = calibration.settings.assume.land, sizes.count
    weights = rng.gamma(2.0, size=len(calibration.towns))
    town = draw_choices(rng, list(weights), count)
    plot, owners, plots = _lay_plots(rule, rng, sizes, town, list(weights))
    land = _share_land(calibration, rng, sizes, industries, plot, owners)
    old = np.full(count, NOWHERE, dtype=np.int64)
    moved = rng.random(count) < rule.old_addresses
    old[moved] = rng.integers(0, max(len(calibration.old_towns), 1), size=int(moved.sum()))
    kinds = [p.weight for p in calibration.settings.assume.platforms]
    platform = np.where(industries.on_platform, draw_choices(rng, kinds, count), NOWHERE)
    group, groups = _join_groups(calibration, streams, sizes)
    return Sites(town, old, np.asarray(platform, dtype=np.int64), group, plot, land, groups, plots)


def _lay_plots(
    rule: LandRule, rng: np.random.Generator, sizes: Sizes, town: Whole, weights: list[float]
) -> tuple[Whole, Mask, int]:
    """Plots of owners first, then of park companies; tenants move to the town of their plot. ``town`` is changed."""
    count = sizes.count
    large = sizes.above.any(axis=1)
    landed = rng.random(count) < np.where(large, rule.landed_above, rule.landed_below)
    landed[sizes.giants] = True
    owners = landed & (rng.random(count) < np.where(large, rule.owners_above, rule.owners_below))
    owners[sizes.giants] = True
    plot = np.full(count, NOWHERE, dtype=np.int64)
    plot[owners] = np.arange(owners.sum())
    estates = max(round(rule.estates * count), 1)
    plot_town = np.concatenate([town[owners], draw_choices(rng, weights, estates)])
    is_estate = np.arange(len(plot_town)) >= owners.sum()
    # Giants fill their plots themselves.
    is_full = np.isin(np.arange(len(plot_town)), plot[sizes.giants])
    for firm in np.flatnonzero(landed & ~owners):
        wanted = is_estate if rng.random() < rule.on_estates else ~is_estate & ~is_full
        near = np.flatnonzero(wanted & (plot_town == town[firm]))
        near = near if len(near) else np.flatnonzero(is_estate)
        plot[firm] = near[rng.integers(len(near))]
        town[firm] = plot_town[plot[firm]]
    return plot, np.asarray(owners), len(plot_town)


def _share_land(
    calibration: Calibration,
    rng: np.random.Generator,
    sizes: Sizes,
    industries: Industries,
    plot: Whole,
    owners: Mask,
) -> Floats:
    """The land that each firm uses, so that users of the published year add up to the stock."""
    rule, target = calibration.settings.assume.land, calibration.target("land_stock")
    worth = np.nanmean(industries.value_added, axis=1)
    need = np.maximum(worth, 1.0) ** 0.6 * np.exp(0.5 * rng.standard_normal(sizes.count)) * np.where(owners, 1.0, 0.35)
    column, total = sizes.column(target.year), target.number * calibration.scale(sizes.count)
    users = sizes.alive[:, column] & (plot != NOWHERE)
    low, high = 0.0, total / max(float(need[users].sum()), 1e-9) * 2
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        if float(np.maximum(need[users] * middle, rule.floor).sum()) < total:
            low = middle
        else:
            high = middle
    return np.where(plot == NOWHERE, np.nan, np.round(np.maximum(need * high, rule.floor), 3))


def _join_groups(calibration: Calibration, streams: Streams, sizes: Sizes) -> tuple[Whole, int]:
    """Groups with many legal persons: those of the giants are the largest, the others follow a Pareto law."""
    rule, rng = calibration.settings.assume.groups, streams.open("group")
    count = sizes.count
    groups = max(round(rule.per_firm * count), len(sizes.giants))
    members = np.minimum(2 + rng.pareto(rule.tail, groups), 0.01 * count + 2).astype(np.int64)
    scale = min(calibration.scale(count) ** 0.5, 1.0)
    for number, wanted in enumerate(rule.giant_members[: len(sizes.giants)]):
        members[number] = max(round(wanted * scale), 2)
    group = np.full(count, NOWHERE, dtype=np.int64)
    group[sizes.giants] = np.arange(len(sizes.giants))
    free = rng.permutation(np.setdiff1d(np.arange(count), sizes.giants))
    at = 0
    for number in range(groups):
        size = members[number] - (number < len(sizes.giants))
        group[free[at : at + size]] = number
        at += size
    return group, groups


def move_low_yield(calibration: Calibration, sizes: Sizes, sites: Sites, taxes: Floats) -> Floats:
    """A factor per firm that brings the published area of plots below the line, and no more.

    ``taxes`` (firms, years) in 万元. The plots with the lowest tax per mu are those that count.
    """
    rule, target = calibration.settings.assume.land, calibration.target("low_yield_land")
    column = sizes.column(target.year)
    users = sizes.alive[:, column] & (sites.plot != NOWHERE)
    area: Floats = np.bincount(sites.plot[users], sites.land[users], sites.plots).astype(np.float64)
    tax = np.bincount(sites.plot[users], np.nan_to_num(taxes[users, column]), sites.plots)
    used = np.flatnonzero(area > 0)
    used = used[np.argsort(tax[used] / area[used], kind="stable")]
    factor = np.ones(sites.plots)
    wanted = rule.low_yield_line * area
    is_low = fill_up(used, area, target.number * calibration.scale(sizes.count))
    down = is_low & (tax >= wanted)
    up = (area > 0) & ~is_low & (tax < wanted)
    factor[down] = 0.97 * wanted[down] / tax[down]
    factor[up] = 1.03 * wanted[up] / np.maximum(tax[up], 1e-6)
    return np.where(sites.plot == NOWHERE, 1.0, factor[sites.plot])
