"""The synthetic district as a whole (合成区): firms, projects and counties with everything that sheets may show.

Owns putting the parts together. It does not own any part, nor sheets (``table``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kaiwu.quantity import KaiwuError, Problem
from kaiwu.synth.calibration import Calibration
from kaiwu.synth.county import make_counties
from kaiwu.synth.draw import Mask, Streams, pick
from kaiwu.synth.industry import Industries, make_industries
from kaiwu.synth.measure import Measures, make_measures, pools_of
from kaiwu.synth.naming import name_firms, name_projects
from kaiwu.synth.site import Sites, make_sites
from kaiwu.synth.size import Sizes, make_sizes

LEAST_FIRMS, MOST_FIRMS = 60, 200_000
"""Below 60 firms no marginal can be met; above 200,000 a sheet would pass what an import takes in."""


@dataclass(slots=True)
class Roster:
    """Entities of one kind (名册): ``texts`` and ``measures`` by name, ``pools`` (entities, years) by name."""

    years: tuple[int, ...]
    texts: dict[str, list[str]]
    measures: Measures
    pools: dict[str, Mask]

    @property
    def count(self) -> int:
        """Number of entities."""
        return len(self.texts["code"])


@dataclass(slots=True)
class District:
    """A synthetic district, determined by calibration, number of firms and seed."""

    calibration: Calibration
    seed: int
    firms: Roster
    projects: Roster
    counties: Roster
    sizes: Sizes
    industries: Industries
    sites: Sites

    @property
    def streams(self) -> Streams:
        """The streams of its seed."""
        return Streams(self.seed)

    def roster(self, rows: str) -> Roster:
        """The roster whose pool ``rows`` is."""
        for roster in (self.firms, self.projects, self.counties):
            if rows in roster.pools:
                return roster
        known = ", ".join(name for r in (self.firms, self.projects, self.counties) for name in r.pools)
        raise KaiwuError(
            Problem("Y-ROWS", f"没有主体范围“{rows}”; 现有: {known}", f"no pool “{rows}”; there are: {known}")
        )


def make_district(calibration: Calibration, firms: int, seed: int) -> District:
    """Make a district of ``firms`` firms (closed ones included). Raises ``KaiwuError`` for a number out of reach."""
    if not LEAST_FIRMS <= firms <= MOST_FIRMS:
        zh = f"企业数要在 {LEAST_FIRMS} 至 {MOST_FIRMS} 之间"
        raise KaiwuError(
            Problem("Y-FIRMS", zh, f"between {LEAST_FIRMS} and {MOST_FIRMS} firms, please", text=str(firms))
        )
    streams = Streams(seed)
    sizes = make_sizes(calibration, streams, firms)
    industries = make_industries(calibration, streams, sizes)
    sites = make_sites(calibration, streams, sizes, industries)
    measures = make_measures(calibration, streams, sizes, industries, sites)
    texts = name_firms(calibration, streams, sizes, industries.division.tolist(), sites)
    roster = Roster(sizes.years, texts, measures, pools_of(sizes, measures))
    years, county_texts, county_measures = make_counties(calibration, streams)
    everywhere = np.ones((len(county_texts["code"]), len(years)), dtype=np.bool_)
    return District(
        calibration, seed, roster, _make_projects(calibration, streams, roster),
        Roster(years, county_texts, county_measures, {"counties": everywhere}), sizes, industries, sites,
    )  # fmt: skip


def _make_projects(calibration: Calibration, streams: Streams, firms: Roster) -> Roster:
    """Projects of larger firms; those in the pool have the published mean investment."""
    rule, rng = calibration.settings.assume.projects, streams.open("project")
    wanted = calibration.count("pool_projects", firms.count)
    count = max(round(rule.per_firm * firms.count), wanted)
    revenue = np.nan_to_num(firms.measures["revenue"][:, -1])
    owners = np.flatnonzero(pick(rng, revenue > 0, revenue**0.7, count))
    investment = rule.median * np.exp(rule.spread * rng.standard_normal(len(owners)))
    in_pool = pick(rng, np.ones(len(owners), dtype=np.bool_), investment, wanted)
    mean = calibration.target("pool_investment").number
    investment[in_pool] *= mean / max(float(investment[in_pool].mean()), 1e-9)
    measures: Measures = {"investment": np.round(investment), "in_pool": in_pool.astype(np.float64)}
    texts = name_projects(calibration, [firms.texts["code"][i] for i in owners])
    everywhere = np.ones((len(owners), len(firms.years)), dtype=np.bool_)
    return Roster(firms.years, texts, measures, {"projects": everywhere})
