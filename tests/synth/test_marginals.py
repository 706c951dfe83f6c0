"""The district adds up to what was published, and has the shape that a district has."""

from __future__ import annotations

import numpy as np
import pytest

from kaiwu.quantity import KaiwuError
from kaiwu.synth import Calibration, District, compare_targets, make_district
from kaiwu.synth.marginal import COLUMNS, print_csv, print_markdown
from kaiwu.synth.site import NOWHERE


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_published_number_is_met_by_2000_firms(calibration: Calibration, seed: int) -> None:
    rows = compare_targets(make_district(calibration, 2000, seed))
    assert [f"{r.target.code}: {r.achieved:.4g} instead of {r.scaled:.4g}" for r in rows if not r.is_met] == []
    assert {r.target.code for r in rows} == {t.code for t in calibration.settings.targets} - {"missing"}


def test_a_target_that_is_missed_is_shown_as_missed(middling: District) -> None:
    middle = compare_targets(middling, missing=0.25)[-1]
    assert (middle.target.code, middle.is_met) == ("missing", False)
    assert middle.difference == pytest.approx(15)


def test_the_comparison_names_source_and_standing_of_every_target(middling: District) -> None:
    rows = compare_targets(middling, missing=0.1)
    text = print_csv(rows).splitlines()
    assert text[0].split(",") == list(COLUMNS)
    assert len(text) == len(rows) + 1
    page = print_markdown(rows, "标定对照", "合成数据")
    assert "合成数据" in page.splitlines()[0]
    assert all(r.target.source in page for r in rows)
    assert "待核实" in page


def test_few_firms_hold_most_of_the_revenue(middling: District) -> None:
    revenue = np.sort(np.nan_to_num(middling.firms.measures["revenue"][:, -1]))[::-1]
    assert revenue[:2].sum() > 0.15 * revenue.sum()
    assert revenue[:200].sum() > 0.8 * revenue.sum()
    assert np.median(revenue[revenue > 0]) < 400


def test_firms_enter_and_leave_within_five_years(middling: District) -> None:
    alive = middling.sizes.alive
    assert alive.shape[1] == 5
    assert (~alive[:, 0] & alive[:, -1]).any(), "nobody entered"
    assert (alive[:, 0] & ~alive[:, -1]).any(), "nobody left"
    # Nobody comes back, and who does not exist has no figures.
    assert (np.abs(np.diff(alive.astype(int), axis=1)).sum(axis=1) <= 1).all()
    assert np.isnan(middling.firms.measures["revenue"][~alive]).all()
    assert not np.isnan(middling.firms.measures["revenue"][alive]).any()


def test_the_users_of_a_plot_share_its_land(middling: District) -> None:
    sites = middling.sites
    users = np.bincount(sites.plot[sites.plot != NOWHERE], minlength=sites.plots)
    assert (users > 1).sum() > 20, "no shared plots"
    assert not np.isnan(sites.land[sites.plot != NOWHERE]).any()
    towns = {(int(p), int(t)) for p, t in zip(sites.plot, sites.town, strict=True) if p != NOWHERE}
    assert len(towns) == (users > 0).sum(), "a plot lies in one town"


def test_groups_have_many_legal_persons(middling: District) -> None:
    members = np.bincount(middling.sites.group[middling.sites.group != NOWHERE])
    assert members.max() >= 10
    assert (members >= 2).sum() > 20


def test_the_lists_nest_as_published(middling: District) -> None:
    measures = middling.firms.measures
    assert (measures["list_nation"] <= measures["list_province"]).all()
    assert (measures["list_champion"] <= measures["list_nation"]).all()
    assert (measures["above_scale"][measures["list_province"] > 0, -1] == 1).all()


def test_research_in_china_is_never_more_than_research(middling: District) -> None:
    measures = middling.firms.measures
    alive = middling.sizes.alive
    for part, whole in (
        ("rd_domestic", "rd_expense"),
        ("rd_staff", "tech_staff"),
        ("tax_assessed", "tax_paid"),
        ("main_revenue", "revenue"),
    ):
        assert (measures[part][alive] <= measures[whole][alive] + 1e-9).all(), part
    assert (measures["value_added"][alive] <= measures["main_revenue"][alive]).all()


def test_every_county_has_a_work_score_within_its_bounds(middling: District) -> None:
    work = middling.counties.measures["work_score"]
    assert work.shape == middling.counties.measures["z21_20"].shape
    assert not np.isnan(work).any() and np.unique(work).size > 100
    assert (work >= 0).all() and (work <= 100 * 10**6).all()


def test_as_many_counties_win_in_each_league_as_declared(middling: District) -> None:
    counties, leagues = middling.counties, middling.calibration.settings.counties.leagues
    for league in leagues:
        members = counties.measures["league"] == league.code
        won = counties.measures["won"][members]
        assert members.sum() == league.count
        for column, year in enumerate(counties.years):
            if year >= middling.calibration.settings.counties.won_from:
                ranks = counties.measures["rank"][members, column]
                assert sorted(ranks) == list(range(1, league.count + 1))
                assert ((ranks <= league.winners) == (won[:, column] == 1)).all()
            else:
                assert np.isnan(won[:, column]).all()


@pytest.mark.parametrize("firms", [0, 59, 200_001])
def test_a_number_of_firms_out_of_reach_is_refused(calibration: Calibration, firms: int) -> None:
    with pytest.raises(KaiwuError, match="Y-FIRMS"):
        make_district(calibration, firms, 1)
