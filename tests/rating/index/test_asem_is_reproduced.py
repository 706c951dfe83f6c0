"""ASEM sustainable connectivity, from raw figures through every step, against what COINr's documentation prints.

Expected ranks: COINr 1.x, vignette "Adjustments and comparisons", table of ``compare_coins_multi`` (51 units, four methods);
scores: vignette "Presenting results", table of ``get_results``. Inputs: ASEM data of the COINr package (MIT).
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from kaiwu.rating.index import IndexModel, IndexResult, Method, Panel, Sheet, Tree, Values, parse_method
from kaiwu.table.document import parse_document

PRINTED = """
CHE 1 1 1 1|NLD 2 4 4 3|DNK 3 2 2 2|NOR 4 3 3 4|BEL 5 7 6 5|SWE 6 5 5 6|AUT 7 6 7 7|LUX 8 10 8 8|DEU 9 8 11 9|MLT 10 19 9 13
SVN 11 9 10 10|IRL 12 14 12 12|FIN 13 13 13 14|SGP 14 15 14 11|GBR 15 12 16 15|LTU 16 11 15 16|CZE 17 18 19 17|HRV 18 23 21 19
ESP 19 24 20 24|HUN 20 22 22 20|FRA 21 21 25 18|EST 22 16 23 23|LVA 23 20 17 21|SVK 24 26 24 22|ROU 25 25 26 25|POL 26 28 27 27
PRT 27 17 18 26|ITA 28 27 28 28|CYP 29 30 29 29|BGR 30 29 30 31|KOR 31 33 31 30|GRC 32 32 32 33|NZL 33 34 33 32|JPN 34 31 34 34
AUS 35 35 37 35|VNM 36 37 36 36|KHM 37 36 35 0|PHL 38 40 40 39|MYS 39 38 38 38|BRN 40 41 45 0|MMR 41 42 39 0|THA 42 43 42 37
IDN 43 49 41 41|MNG 44 48 47 42|IND 45 46 46 40|BGD 46 44 44 0|KAZ 47 45 49 43|LAO 48 39 43 0|CHN 49 51 50 45|PAK 50 47 48 44
RUS 51 50 51 46
"""
RANKS = {row.split()[0]: [int(v) for v in row.split()[1:]] for row in PRINTED.replace("\n", "|").split("|") if row}

METHOD = """
method: asem
steps:
  - denominate:
  - impute: {by: group_mean, group: EurAsia_group}
  - screen: {available: 0.9}
  - treat: {skew: 2, kurt: 3.5, winsorise: 5, then: log_shift}
  - normalise: {by: min_max, to: [0, 100]}
  - aggregate: {by: arithmetic, missing: skip}
  - rank: {decimals: none, ties: min}
"""


def method(text: str = METHOD) -> Method:
    return parse_method(parse_document(text, "method.yaml"))


def run(asem: tuple[Tree, Values], text: str = METHOD, *, without: tuple[str, ...] = ()) -> IndexResult:
    tree, values = asem
    return IndexModel(tree.without(without) if without else tree, values, method(text)).run()


def places(result: IndexResult) -> dict[str, int]:
    found = dict(zip(result.units, result.ranks.astype(int).tolist(), strict=True))
    return {unit: found.get(unit, 0) for unit in RANKS}


def test_all_51_ranks_are_those_printed(asem: tuple[Tree, Values]) -> None:
    assert places(run(asem)) == {unit: r[0] for unit, r in RANKS.items()}


def test_with_percentile_ranks_instead_all_51_ranks_are_those_printed(asem: tuple[Tree, Values]) -> None:
    text = METHOD.replace("by: min_max", "by: percentile")
    assert places(run(asem, text)) == {unit: r[1] for unit, r in RANKS.items()}


def test_without_two_indicators_all_51_ranks_are_those_printed(asem: tuple[Tree, Values]) -> None:
    assert places(run(asem, without=("LPI", "Forest"))) == {unit: r[2] for unit, r in RANKS.items()}


def test_unimputed_and_screened_the_46_ranks_are_those_printed(asem: tuple[Tree, Values]) -> None:
    text = METHOD.replace("  - impute: {by: group_mean, group: EurAsia_group}\n", "")
    result = run(asem, text)
    assert len(result.units) == 46
    assert places(result) == {unit: r[3] for unit, r in RANKS.items()}
    assert {gone.unit for gone in result.sheet.dropped} == {"BGD", "BRN", "KHM", "LAO", "MMR"}


@pytest.mark.parametrize(
    ("unit", "printed"),
    [
        ("CHE", [68.38, 62.79, 73.98, 63.41, 32.87, 74.78, 85.94, 56.93, 77.21, 87.85, 56.88]),
        ("NLD", [64.82, 61.94, 67.70, 64.87, 46.62, 84.55, 71.74, 41.92, 58.73, 86.58, 57.78]),
        ("DNK", [64.80, 57.10, 72.51, 50.52, 30.43, 78.13, 75.35, 51.04, 69.83, 86.40, 61.29]),
        ("NOR", [64.47, 57.44, 71.50, 58.18, 25.70, 80.03, 89.46, 33.80, 70.90, 87.00, 56.59]),
        ("BEL", [63.54, 63.99, 63.09, 71.97, 48.22, 80.84, 75.60, 43.32, 53.01, 86.17, 50.09]),
        ("SWE", [63.00, 53.87, 72.12, 51.51, 23.87, 80.98, 74.51, 38.50, 66.37, 87.74, 62.27]),
    ],
)  # fmt: skip
def test_scores_of_every_block_are_those_printed(asem: tuple[Tree, Values], unit: str, printed: list[float]) -> None:
    result = run(asem)
    at = result.units.index(unit)
    codes = (
        "Index",
        "Conn",
        "Sust",
        "Physical",
        "ConEcFin",
        "Political",
        "Instit",
        "P2P",
        "Environ",
        "Social",
        "SusEcFin",
    )
    assert [round(float(result.score_of(code)[at]), 2) for code in codes] == printed


def test_the_report_names_every_cell_that_was_filled_or_moved(asem: tuple[Tree, Values]) -> None:
    result = run(asem)
    kinds = [cell.kind for cell in result.sheet.cells]
    assert kinds.count("imputed") == 65
    assert {cell.code for cell in result.sheet.cells if cell.kind == "winsorised_high"} == {
        "Flights", "Bord", "Gas", "Services", "FDI", "ForPort", "CostImpEx", "Tariff", "StMob", "CultServ", "Forest", "Poverty", "NGOs",
        "PubDebt",
    }  # fmt: skip
    moved = [cell for cell in result.sheet.cells if cell.code == "Flights" and cell.kind == "winsorised_high"]
    assert len(moved) == 1
    assert moved[0].after < moved[0].before


def test_the_order_of_rows_does_not_matter_to_the_last_bit(asem: tuple[Tree, Values]) -> None:
    tree, values = asem
    shuffled = values.take(np.random.default_rng(1).permutation(len(values.units)).tolist())
    a, b = IndexModel(tree, values, method()).run(), IndexModel(tree, shuffled, method()).run()
    assert a.units == b.units
    assert (a.scores == b.scores).all()
    assert a.table().equals(b.table())


def test_the_array_height_gives_the_same_scores_and_takes_runs_in_front(asem: tuple[Tree, Values]) -> None:
    tree, values = asem
    model = IndexModel(tree, values, method())
    result = model.run()
    raw = model.values.select(tree.leaves)
    scores = model.evaluate(np.stack([raw, raw * 2]))
    assert scores.shape == (2, 51)
    assert np.abs(scores[0] - result.scores).max() < 1e-12
    assert np.abs(scores[1] - result.scores).max() < 1e-9  # min-max knows no unit


def test_five_years_share_one_scale_where_extremes_are_pooled(published: Path, asem: tuple[Tree, Values]) -> None:
    """As COINr's purses normalise (``global = TRUE``): over all years an indicator's scores reach 0 and 100 once."""
    tree = asem[0]
    with (published / "asem" / "asem_iData_panel.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    years: dict[int, Values] = {}
    for year in sorted({int(row["Time"]) for row in rows}):
        mine = [row for row in rows if int(row["Time"]) == year]
        x = np.array([[float(row[c]) if row[c] not in ("", "NA") else np.nan for c in tree.leaves] for row in mine])
        years[year] = Values(tuple(row["uCode"] for row in mine), tree.leaves, x, year=year)
    text = "method: purse\nsteps:\n  - normalise: {by: min_max, base_year: pooled}\n  - aggregate:\n  - rank:"
    memory: dict[str, Sheet] = {}
    results = [IndexModel(tree, years[y], method(text), Panel(years), memory).run() for y in years]
    assert len(results) == 5
    every = np.concatenate([r.sheet.x for r in results])
    assert np.nanmin(every, axis=0) == pytest.approx(np.zeros(49), abs=1e-9)
    assert np.nanmax(every, axis=0) == pytest.approx(np.full(49, 100.0), abs=1e-9)
    assert sum(float(np.nanmax(r.sheet.x[:, 0])) > 99.999 for r in results) == 1
