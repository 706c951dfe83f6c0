"""All further figures of firms (指标): accounts, tax, staff, energy, research, recognitions.

Owns what follows from size, industry and site. It does not own those, nor how figures are printed (``table``).
Measures are by name: (firms, years) arrays, or (firms,) for states of the last year; nan or None where nothing applies.
Money is in 万元, land in 亩, electricity in 万千瓦时, energy in 吨标煤, emissions in 吨, shares of one.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from kaiwu.synth.calibration import Calibration
from kaiwu.synth.draw import Floats, Mask, Streams, order_by, pick
from kaiwu.synth.industry import Industries, weights_of
from kaiwu.synth.site import NOWHERE, Sites, move_low_yield
from kaiwu.synth.size import Sizes

Measures: TypeAlias = dict[str, NDArray[Any]]
GRADE_STEPS = (20.0, 40.0, 60.0, 80.0)
"""Where the digital level rises; the score is out of 100."""
LARGE = 20000.0
"""At this main revenue (万元) productivity is what the division's weight says."""
GIANT_TAX, GIANT_RESEARCH = 0.012, 0.015
"""Tax and research of the giants over revenue: thin margins, bulk goods."""
SMALL_TAX, SMALL_POWER = 0.7, -0.15
"""Tax rate of firms below scale relative to the others; how power per value added falls with size."""
RESEARCHING = 0.03
"""Firms that spend more on research over revenue stand in the science office's ledger."""
AUDITED_FROM = 500.0
"""Firms with this much revenue (万元) hand in audited accounts."""


@dataclass(slots=True)
class Workshop:
    """What all figures are made from, and the figures made so far."""

    calibration: Calibration
    streams: Streams
    sizes: Sizes
    industries: Industries
    sites: Sites
    made: Measures = field(default_factory=dict)

    @property
    def shape(self) -> tuple[int, int]:
        """Firms and years."""
        return self.sizes.count, len(self.sizes.years)

    def weights(self, name: str) -> Floats:
        """A number of each firm's division."""
        return weights_of(self.calibration, name, self.industries.division)

    def last(self, name: str) -> Floats:
        """A yearly measure in the last year, zero where the firm has closed."""
        return np.asarray(np.nan_to_num(self.made[name][:, -1]))

    def alive(self, values: Floats, digits: int = 1) -> Floats:
        """Rounded, and nothing for years in which the firm does not exist."""
        return np.where(self.sizes.alive, np.round(values, digits), np.nan)


def make_measures(
    calibration: Calibration, streams: Streams, sizes: Sizes, industries: Industries, sites: Sites
) -> Measures:
    """Make every measure of every firm."""
    shop = Workshop(calibration, streams, sizes, industries, sites)
    for make in (_make_accounts, _make_tax, _make_energy, _make_staff, _make_research, _make_lists, _make_progress):
        make(shop)
    return shop.made


def _make_accounts(shop: Workshop) -> None:
    rng, sizes = shop.streams.open("accounts"), shop.sizes
    revenue = sizes.revenue
    profit = revenue * np.clip(0.045 + 0.05 * rng.standard_normal(shop.shape), -0.3, 0.35)
    assets = revenue * rng.uniform(0.6, 1.6, (sizes.count, 1)) * rng.uniform(0.93, 1.07, shop.shape)
    shop.made |= {
        "revenue": np.where(sizes.alive, revenue, np.nan),
        "main_revenue": sizes.main,
        "above_scale": np.where(sizes.alive, sizes.above, np.nan),
        "value_added": shop.industries.value_added,
        "output": shop.alive(revenue * rng.uniform(0.96, 1.06, shop.shape)),
        "profit": shop.alive(profit),
        "operating_profit": shop.alive(profit * rng.uniform(0.9, 1.02, shop.shape)),
        "assets": shop.alive(assets),
        "debt": shop.alive(assets * np.clip(rng.beta(4, 3, (sizes.count, 1)) + 0.03, 0.05, 0.98)),
        "main_share": sizes.main_share,
        "hightech_industry": np.where(sizes.alive, shop.industries.is_hightech[:, None], np.nan),
        "strategic": shop.industries.strategic,
        "cost": shop.alive(revenue * rng.uniform(0.86, 0.97, shop.shape)),
        "net_profit": shop.alive(profit * 0.86),
        "sector": np.array([d.sector for d in shop.calibration.divisions], dtype=object)[shop.industries.division],
        "division": np.array([d.code for d in shop.calibration.divisions], dtype=object)[shop.industries.division],
    }


def _make_tax(shop: Workshop) -> None:
    rng, sites = shop.streams.open("tax"), shop.sites
    rate = shop.weights("tax_rate") * np.exp(0.35 * rng.standard_normal(shop.sizes.count))
    rate *= np.where(shop.sizes.above.any(axis=1), 1.0, SMALL_TAX)
    rate[shop.sizes.giants] = GIANT_TAX
    paid = np.nan_to_num(shop.sizes.main) * rate[:, None] * np.exp(0.12 * rng.standard_normal(shop.shape))
    counted = paid * rng.uniform(0.93, 1.0, (shop.sizes.count, 1))
    factor = move_low_yield(shop.calibration, shop.sizes, sites, counted)[:, None]
    shop.made |= {
        "tax_paid": shop.alive(paid * factor, 6),
        "tax_assessed": shop.alive(counted * factor, 6),
        # The land office looked at everybody: a firm without industrial land has none, which is known.
        "land": np.where(shop.sizes.alive, np.nan_to_num(sites.land)[:, None], np.nan),
        "plot_number": np.where(sites.plot == NOWHERE, np.nan, sites.plot + 1.0),
    }
    shop.made["yield_class"] = _class_yields(shop)


def _class_yields(shop: Workshop) -> NDArray[Any]:
    """Classes of plots by tax per mu in the year before the last, by declared shares; users have the plot's class."""
    sites, tax = shop.sites, shop.made["tax_assessed"][:, -2]
    users = shop.sizes.alive[:, -2] & (sites.plot != NOWHERE)
    area = np.bincount(sites.plot[users], sites.land[users], sites.plots)
    total = np.bincount(sites.plot[users], tax[users], sites.plots)
    used = np.flatnonzero(area > 0)
    used = used[np.argsort(-total[used] / area[used], kind="stable")]
    edges = np.cumsum([*shop.calibration.settings.assume.yield_classes.values()]) * len(used)
    labels = np.array([*shop.calibration.settings.assume.yield_classes], dtype=object)
    classes = np.full(sites.plots, None, dtype=object)
    classes[used] = labels[np.minimum(np.searchsorted(edges, np.arange(len(used)), side="right"), len(labels) - 1)]
    found: NDArray[Any] = classes[sites.plot]
    found[~users] = None
    return found


def _make_energy(shop: Workshop) -> None:
    rng, sizes, rule = shop.streams.open("energy"), shop.sizes, shop.calibration.settings.assume.energy
    value = np.nan_to_num(shop.industries.value_added)
    power = value * (shop.weights("power") * np.exp(0.5 * rng.standard_normal(sizes.count)))[:, None]
    # Small workshops use more power for what they add.
    power *= np.clip(np.maximum(np.nan_to_num(sizes.main), 1.0) / LARGE, 1e-3, 1.0) ** SMALL_POWER
    power *= np.exp(0.08 * rng.standard_normal(shop.shape))
    target = shop.calibration.target("electricity")
    power *= target.number * shop.calibration.scale(sizes.count) / power[:, sizes.column(target.year)].sum()
    heat = shop.weights("heat") * np.exp(0.4 * rng.standard_normal(sizes.count))
    dirty = shop.weights("emission")
    likely = np.minimum((dirty / 6) ** rule.emitters, 0.95) * np.where(sizes.above.any(axis=1), 1.0, 0.12)
    emits = rng.random(sizes.count) < likely
    emission = value / 10000 * (dirty * np.exp(0.9 * rng.standard_normal(sizes.count)))[:, None]
    shop.made |= {
        "electricity": shop.alive(power, 4),
        "energy": shop.alive(power * rule.equivalent * (1 + heat[:, None]), 2),
        "emission": np.where(emits[:, None], shop.alive(np.maximum(emission, 0.001), 4), np.nan),
    }


def _make_staff(shop: Workshop) -> None:
    rng, sizes = shop.streams.open("staff"), shop.sizes
    # Small firms produce less per head: a quarter of the power of their size.
    relative = np.clip((np.nan_to_num(sizes.main) / LARGE) ** 0.25, 0.25, 1.3)
    heads = np.nan_to_num(shop.industries.value_added) / (shop.weights("productivity")[:, None] * relative)
    heads *= np.exp(0.3 * rng.standard_normal((sizes.count, 1)) + 0.04 * rng.standard_normal(shop.shape))
    staff = np.maximum(np.round(heads), 2)
    shop.made |= {
        "staff": shop.alive(staff, 0),
        "staff_mean": shop.alive(np.maximum(staff * rng.uniform(0.95, 1.05, shop.shape), 1), 0),
        "insured": shop.alive(np.maximum(staff * rng.uniform(0.75, 1.0, shop.shape), 1), 0),
    }


def _make_research(shop: Workshop) -> None:
    rng, sizes = shop.streams.open("research"), shop.sizes
    hightech = shop.industries.is_hightech
    ratio = shop.weights("rd") * np.exp(0.6 * rng.standard_normal(sizes.count)) * np.where(hightech, 1.25, 0.7)
    idle = rng.random(sizes.count) < np.where(hightech | sizes.above.any(axis=1), 0.05, 0.7)
    ratio = np.where(idle, 0.0, np.minimum(ratio, 0.3))
    ratio[sizes.giants] = GIANT_RESEARCH
    pool = (sizes.last == shop.shape[1] - 1) & (shop.last("main_revenue") >= AUDITED_FROM) & ~idle
    rule = shop.calibration.settings.assume.certified
    wanted = round(rule.firms * shop.calibration.scale(sizes.count))
    spends = rng.uniform(rule.rd_ratio[0], rule.rd_ratio[1], sizes.count)
    certified = pick(rng, pool, np.where(hightech, 4.0, 1.0) * (0.3 + shop.weights("hightech")), wanted)
    since = rng.choice(shop.shape[1], sizes.count, p=_early(shop.shape[1]))
    favour = np.where(certified, 6.0, np.where(hightech, 1.5, 0.2))
    favour[sizes.giants] = 0.0
    founded = _found(rng, sizes)
    shop.made |= {
        "founded": founded,
        "founded_year": np.array([float(day.year) for day in founded]),
        "rd_ratio": np.where(certified, np.maximum(ratio, spends), ratio),
        "certified": np.where(sizes.alive, certified[:, None] & (np.arange(shop.shape[1]) >= since[:, None]), np.nan),
        "favour_hightech": favour,
        "hightech_revenue": shop.alive(
            sizes.revenue * np.where(certified, rng.uniform(0.55, 0.98, sizes.count), 0.3)[:, None]
        ),
        "award": np.where(sizes.alive, (rng.random(sizes.count) < 0.006)[:, None], np.nan),
        "contest": (rng.random(sizes.count) < 0.004).astype(np.float64),
    }


def _early(years: int) -> Floats:
    """Most certificates are older than the history."""
    shares = np.full(years, 0.1)
    shares[0] = 1 - 0.1 * (years - 1)
    return shares


def _found(rng: np.random.Generator, sizes: Sizes) -> NDArray[Any]:
    """Days of foundation: within the first year for those that begin in the history, earlier for the others."""
    years = np.where(sizes.first > 0, np.array(sizes.years)[sizes.first], 0)
    before = sizes.years[0] - 1 - np.minimum(rng.gamma(2.2, 5.0, sizes.count), 38).astype(np.int64)
    days = rng.integers(0, 365, sizes.count)
    starts = np.where(years > 0, years, before)
    return np.array([dt.date(int(y), 1, 1) + dt.timedelta(days=int(d)) for y, d in zip(starts, days, strict=True)])


# -- recognitions ----------------------------------------------------------------------------------------------------


def _make_lists(shop: Workshop) -> None:
    """Lists of recognised firms and grades, each of the published number."""
    rng, assume, count = shop.streams.open("list"), shop.calibration.settings.assume, shop.sizes.count
    codes = np.array([d.code for d in shop.calibration.divisions], dtype=object)[shop.industries.division]
    now = shop.sizes.above[:, -1]
    chain = np.isin(codes, assume.chain.divisions) & (rng.random(count) < assume.chain.share)
    pools: dict[str, Mask] = {"above_scale": now}
    favours = {"hightech": shop.made["favour_hightech"], "revenue": shop.last("revenue")}
    for rule in assume.lists:
        pool, wanted = pools[rule.within], shop.calibration.count(rule.target, count)
        inside = shop.calibration.count(rule.chain, count) if rule.chain else 0
        chosen = pick(rng, pool & chain, favours[rule.favour], inside) if rule.chain else np.zeros(count, np.bool_)
        chosen |= pick(rng, pool & ~chain if rule.chain else pool, favours[rule.favour], wanted - inside)
        pools[rule.code] = chosen
        shop.made[rule.code] = chosen.astype(np.float64)
    shop.made["chain"] = chain.astype(np.float64)
    for grade in assume.grades:
        places = np.flatnonzero(now)[order_by(rng, shop.last("revenue")[now])]
        labels, at = np.full(count, "none", dtype=object), 0
        for label, target in grade.values.items():
            wanted = shop.calibration.count(target, count)
            labels[places[at : at + wanted]] = label
            at += wanted
        shop.made[grade.code] = labels
    _lift(shop, rng)


def _lift(shop: Workshop, rng: np.random.Generator) -> None:
    """Who is on the list was found to have what it takes; the others may or may not."""
    rule, count = shop.calibration.settings.assume.lifted, shop.sizes.count
    listed = shop.made[rule.list] > 0
    least = np.maximum(rule.rd_ratio, rule.rd_expense / np.maximum(shop.last("revenue"), 1.0))
    ratio = np.where(listed, np.maximum(shop.made["rd_ratio"], np.minimum(least, 0.4)), shop.made["rd_ratio"])
    age = np.array([shop.sizes.years[-1] - day.year for day in shop.made["founded"]])
    niche = np.minimum(rng.integers(1, 16, count), np.maximum(age, 0))
    score = np.clip(np.round(49 + 12 * rng.standard_normal(count)), 15, 88)
    lifted = np.round(rng.uniform(rule.score[0], rule.score[1], size=count))
    spent = np.nan_to_num(shop.made["revenue"]) * ratio[:, None] * np.exp(0.1 * np.abs(rng.standard_normal(shop.shape)))
    shop.made |= {
        "rd_ratio": ratio,
        "rd_expense": shop.alive(spent, 4),
        "rd_stat": shop.alive(spent * rng.uniform(0.82, 1.0, shop.shape)),
        "rd_domestic": shop.alive(spent * rng.uniform(0.88, 1.0, shop.shape), 4),
        "niche_years": np.where(listed, np.maximum(niche, rule.niche_years), niche).astype(np.float64),
        "score": np.where(listed, lifted, score),
    }


def _make_progress(shop: Workshop) -> None:
    """Digital level, patents, research staff, equity."""
    rng, count = shop.streams.open("progress"), shop.sizes.count
    certified = np.nan_to_num(shop.made["certified"]).any(axis=1)
    tech = np.where(certified, rng.uniform(0.1, 0.32, count), rng.uniform(0.01, 0.12, count))
    digital = np.clip(np.round(36 + 14 * rng.standard_normal(count) + 14 * certified), 3, 98)
    raised = np.exp(np.log(1500) + 0.9 * rng.standard_normal(shop.shape))
    raises = rng.random(shop.shape) < np.where(shop.industries.is_hightech, 0.05, 0.005)[:, None]
    staff = shop.made["staff"]
    rule = shop.calibration.settings.assume.lifted
    listed = shop.made[rule.list] > 0
    share = np.clip(rng.beta(1.2, 8, count), 0.001, 0.9)
    first = np.where(certified, rng.poisson(2.2, count), rng.poisson(0.2, count))
    shop.made |= {
        "tech_staff": shop.alive(np.ceil(staff * tech[:, None]), 0),
        "rd_staff": shop.alive(np.ceil(staff * tech[:, None] * 0.75), 0),
        "tech_staff_share": tech,
        "rd_staff_share": tech * 0.75,
        "digital_score": digital,
        "digital_level": 1.0 + np.searchsorted(GRADE_STEPS[1:], digital, side="right"),
        "patents_first": np.where(listed, first + rule.patents, first).astype(np.float64),
        "patents_second": np.where(certified, rng.poisson(9, count), rng.poisson(1.5, count)).astype(np.float64),
        "patents": np.where(certified, rng.poisson(14, count), rng.poisson(2, count)).astype(np.float64),
        "market_share": np.round(np.where(listed, np.minimum(share + rule.market_share, 0.9), share), 3),
        "equity": shop.alive(np.where(raises, raised, 0.0), 2),
    }


def pools_of(sizes: Sizes, made: Measures) -> dict[str, Mask]:
    """Which firms stand in which department's sheets, by year."""
    alive = sizes.alive
    certified: Mask = np.asarray(np.nan_to_num(made["certified"]).any(axis=1))
    scientific = certified[:, None] | sizes.above | (made["rd_ratio"] > RESEARCHING)[:, None]
    audited = (np.nan_to_num(made["revenue"]).max(axis=1) >= AUDITED_FROM)[:, None]
    cultivated = certified | sizes.above[:, -1] | (made["contest"] > 0)
    return {
        "all": np.ones_like(alive),
        "alive": alive,
        "above": sizes.above,
        "below": alive & ~sizes.above,
        "emitters": alive & ~np.isnan(made["emission"]),
        "scientific": alive & scientific,
        "audited": alive & audited,
        "audited_below": alive & audited & ~sizes.above,
        "cultivated": alive & cultivated[:, None],
    }
