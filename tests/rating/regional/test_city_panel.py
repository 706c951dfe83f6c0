"""Plausibility on an anonymised panel of cities that stands outside the repository; skipped, visibly, where it is absent."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from kaiwu.rating.regional import couple, decompose_gini, decompose_theil, list_obstacles, measure_obstacles, theil

ROOT = Path(os.environ.get("KAIWU_SHARED_DATA", Path(__file__).parents[4] / "shared" / "data")) / "index" / "cn_panel"
PANEL = ROOT / "cn_panel_input.csv"
pytestmark = pytest.mark.skipif(not PANEL.is_file(), reason=f"no panel at {PANEL}; set KAIWU_SHARED_DATA")
INDICATORS = [f"var{i}" for i in range(1, 10)]


@pytest.fixture(scope="module")
def panel() -> pl.DataFrame:
    return pl.read_csv(PANEL)


def normalise(panel: pl.DataFrame) -> np.ndarray:
    x = panel.select(INDICATORS).to_numpy()
    return (x - x.min(axis=0)) / (x.max(axis=0) - x.min(axis=0))


def test_the_panel_is_what_its_description_says(panel: pl.DataFrame) -> None:
    assert (panel["city"].n_unique(), panel["year"].n_unique(), panel.height) == (16, 6, 96)


def test_subsystems_of_real_cities_couple_within_bounds_and_the_variants_order_alike(panel: pl.DataFrame) -> None:
    x = normalise(panel)
    systems = np.column_stack([x[:, :3].mean(axis=1), x[:, 3:6].mean(axis=1), x[:, 6:].mean(axis=1)])
    standard, modified = (couple(systems, variant=v) for v in ("standard", "modified"))
    for found in (standard, modified):
        assert ((found.d > 0) & (found.d < 1)).all()
    # The modified degree never exceeds the standard one, and spreads more: that is why it was made.
    assert (modified.c <= standard.c + 1e-12).all()
    assert modified.c.std() > standard.c.std()


def test_obstacles_of_each_city_and_year_sum_to_one(panel: pl.DataFrame) -> None:
    x, weights = normalise(panel), np.full(9, 1 / 9)
    assert measure_obstacles(x, weights).sum(axis=1) == pytest.approx(np.ones(96))
    units = [f"{c} {y}" for c, y in panel.select("city", "year").iter_rows()]
    assert list_obstacles(units, INDICATORS, x, weights, top=3).height == 96 * 3


def test_inequality_over_years_adds_up(panel: pl.DataFrame) -> None:
    amounts, years = panel["var1"].to_numpy(), panel["year"].to_list()
    found = decompose_theil(amounts, years)
    assert found.within + found.between == pytest.approx(found.total)
    assert found.within > found.between, "cities differ more than years"
    assert found.inner[2014] == pytest.approx(theil(panel.filter(year=2014)["var1"].to_numpy()))
    parts = decompose_gini(amounts, panel["city"].to_list())
    assert parts.within + parts.between + parts.overlap == pytest.approx(parts.total)
    assert parts.between > parts.within, "a city differs from the others more than from itself"
