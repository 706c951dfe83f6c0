"""Months read from figures: revision policy, what was known on a day, prices as declared, January with February."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from pathlib import Path

import polars as pl
import pytest
from month_store import DAY, OPERATION, PERCENT, Cell, figures, firm, open_store, reader, spec

from kaiwu.figure import FigureStore
from kaiwu.quantity import KaiwuError
from kaiwu.rating.operation import make_bulletin, measure_growth

LATER = dt.date(2024, 8, 10)
JUNE = "2024-06"
CONSTANTS: list[Cell] = [("a", "trade", "", 0), ("b", "trade", "", 0), ("C17", "price", JUNE, 110 * PERCENT)]


@pytest.fixture
def store(tmp_path: Path) -> FigureStore:
    """a: 110 on 100; b: 90 on 100 at first, later 100; prices up 10 %."""
    return open_store(
        tmp_path,
        (DAY, figures(*CONSTANTS, *firm("a", JUNE, 110, 100), *firm("b", JUNE, 90, 100))),
        (LATER, figures(("b", "now", JUNE, 100), status="revised")),
    )


def rate(store: FigureStore, revision: str = "latest", known_at: dt.date = dt.date(2030, 1, 1)) -> Fraction:
    return measure_growth(reader(store, known_at).read(2024, 6, is_cumulative=False, revision=revision)).rate


def test_growth_is_read_with_towns_names_and_prices(store: FigureStore) -> None:
    month = reader(store).read(2024, 6, is_cumulative=False)
    assert measure_growth(month).rate == Fraction(210, 200) / Fraction(11, 10) - 1
    assert month.sample.select("entity", "name", "industry", "town").rows() == [
        ("a", "a厂", "17", "town:east"), ("b", "b厂", "17", "town:east"),
    ]  # fmt: skip
    assert month.towns == {"town:east": ("东镇", "东镇")}
    assert month.sample["figure"].str.contains(r"^\d+#\d+$").all()
    assert month.is_synthetic


def test_the_first_figure_and_the_latest_answer_as_the_policy_says(store: FigureStore) -> None:
    assert rate(store, "first") == Fraction(200, 200) / Fraction(11, 10) - 1
    assert rate(store, "latest") == Fraction(210, 200) / Fraction(11, 10) - 1


def test_a_firm_that_reports_after_the_flash_is_lacking_in_it(tmp_path: Path) -> None:
    store = open_store(
        tmp_path,
        (DAY, figures(*CONSTANTS, *firm("a", JUNE, 110, 100), *firm("b", JUNE, None, 100))),
        (LATER, figures(("b", "now", JUNE, 100), status="revised")),
    )
    first, latest = (reader(store).read(2024, 6, is_cumulative=False, revision=r) for r in ("first", "latest"))
    assert (first.gaps["entity"].to_list(), latest.gaps["entity"].to_list()) == (["b"], [])


def test_what_was_known_on_a_day_stays_what_it_was(store: FigureStore) -> None:
    assert rate(store, known_at=DAY) == rate(store, "first")


def test_final_figures_only_finds_no_month_without_them(store: FigureStore) -> None:
    with pytest.raises(KaiwuError, match="S-OP-EMPTY"):
        rate(store, "final")


def test_an_unknown_policy_is_refused(store: FigureStore) -> None:
    with pytest.raises(KaiwuError, match=r"S-OP-REVISION.*latest"):
        rate(store, "newest")


def test_a_withdrawn_figure_is_a_gap_and_not_the_one_before_it(tmp_path: Path) -> None:
    store = open_store(
        tmp_path,
        (DAY, figures(*CONSTANTS, *firm("a", JUNE, 110, 100), *firm("b", JUNE, 90, 100))),
        (LATER, figures(("b", "now", JUNE, None), status="revised")),
    )
    assert reader(store).read(2024, 6, is_cumulative=False).gaps["entity"].to_list() == ["b"]


def test_a_consolidated_figure_never_answers_for_the_firm(tmp_path: Path) -> None:
    store = open_store(
        tmp_path,
        (DAY, figures(*CONSTANTS, *firm("a", JUNE, 110, 100), *firm("b", JUNE, None, 100))),
        (LATER, figures(("b", "now", JUNE, 5_000), scope="group")),
    )
    assert reader(store).read(2024, 6, is_cumulative=False).gaps["entity"].to_list() == ["b"]


def test_without_an_index_the_month_has_only_nominal_growth(tmp_path: Path) -> None:
    store = open_store(tmp_path, (DAY, figures(("a", "trade", "", 0), *firm("a", JUNE, 110, 100))))
    with pytest.raises(KaiwuError, match=r"S-OP-PRICE.*纺织业"):
        rate(store)
    nominal = measure_growth(reader(store).read(2024, 6, is_cumulative=False, is_nominal=True))
    assert (nominal.rate, nominal.is_real) == (Fraction(1, 10), False)


def test_january_is_asked_for_with_february(store: FigureStore) -> None:
    with pytest.raises(KaiwuError, match="S-OP-MERGED"):
        reader(store).read(2024, 1, is_cumulative=False)
    assert reader(store).period(2024, 2, is_cumulative=False).code == "2024-01..02"
    separate = OPERATION.replace("two_months", "separate")
    assert reader(store, text=separate).period(2024, 1, is_cumulative=False).code == "2024-01"


def months(price: int = 100) -> pl.DataFrame:
    cells: list[Cell] = [("a", "trade", "", 0)]
    for code, now in (("2024-01..02", 105), ("2024-03", 101), ("2024-04", 100), ("2024-05", 102), (JUNE, 103)):
        cells += [*firm("a", code, now, 100), ("C17", "price", code, price * PERCENT)]
    return figures(*cells)


def test_a_bulletin_counts_the_streak_and_refuses_the_year_without_history(tmp_path: Path) -> None:
    found = make_bulletin(reader(open_store(tmp_path, (DAY, months()))), 2024, 6)
    ((_, streak),) = found.streaks
    assert (streak.low, streak.high, streak.broken_by and streak.broken_by.code) == (2, 2, "2024-04")
    assert [p.rate for p in found.points] == [Fraction(n, 100) for n in (5, 1, 0, 2, 3)]
    assert found.nowcast is None
    assert {p.code for p in found.untold} <= {"S-OP-HISTORY", "S-OP-GAP"}
    assert found.untold


def test_the_year_is_forecast_from_the_declared_history(tmp_path: Path) -> None:
    past: list[Cell] = [
        ("C00", "past", f"{y}-01..{m:02}", n) for y in (2021, 2022, 2023) for m, n in ((6, 50), (12, 100))
    ]
    extra = figures(*past, ("a", "ytd", "2024-01..06", 600), ("a", "ytd_then", "2024-01..06", 500))
    found = make_bulletin(reader(open_store(tmp_path, (DAY, pl.concat([months(), extra])))), 2024, 6)
    assert found.nowcast is not None
    assert (found.nowcast.total, found.nowcast.low, found.nowcast.high) == (1200, 1200, 1200)


def test_a_month_without_a_rate_leaves_the_streak_open_and_says_why(tmp_path: Path) -> None:
    table = months().filter(~((pl.col("variable") == "price") & (pl.col("period") == "2024-05")))
    found = make_bulletin(reader(open_store(tmp_path, (DAY, table))), 2024, 6)
    ((_, streak),) = found.streaks
    assert (streak.low, streak.high) == (1, 2)
    assert [p.problems[0].code for p in found.points if p.rate is None] == ["S-OP-PRICE"]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("entries: own_base\n", "", "S-OP-KEY"), ("january_february: two_months", "january_february: both", "S-OP-KEY"),
        ("listed: listed", "listed: ytd", "S-OP-VARIABLE"), ("current: now", "current: nowhere", "S-OP-VARIABLE"),
        ('entity: "C{industry}"', "entity: C17", "S-OP-KEY"), ("what:", "wat:", "F-KEY-UNKNOWN"), ('"0%"', '"0元"', "Q-UNIT-DIMENSION"),
        ("revision: latest", "revision: newest", "S-OP-KEY"), ("value: printed", "", "S-OP-KEY"),
    ],
)  # fmt: skip
def test_a_mistake_in_the_declaration_is_told_at_its_place(old: str, new: str, code: str) -> None:
    assert old in OPERATION
    with pytest.raises(KaiwuError, match=code) as error:
        spec(OPERATION.replace(old, new))
    assert all(p.where.startswith("operation.yaml") for p in error.value.problems)
