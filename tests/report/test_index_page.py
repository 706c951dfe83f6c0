"""Pages of an index: an evaluation of a run becomes one that can be split, and every chart carries its numbers."""

from __future__ import annotations

from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest

from kaiwu.rating.book import Block, RatingBook
from kaiwu.rating.index.decomposition import decompose
from kaiwu.report.index_chart import interval_chart, parts_chart, radar_chart
from kaiwu.report.index_page import make_report, render_league, render_unit
from kaiwu.report.index_site import model_of_run


def county_run(units: int = 12) -> Any:
    names = [f"S{i:02d}" for i in range(units)]
    items = [
        {"entity": u, "item": code, "numerator": (i * k) % 7 + 1, "denominator": 3}
        for i, u in enumerate(names) for k, code in ((3, "a"), (5, "b"))
    ]  # fmt: skip
    indicators = [
        SimpleNamespace(code=c, zh=z, en=c, block="q", weight=Fraction(50), direction=d, unit=None, owner="经信部门")
        for c, z, d in (("a", "甲项", "higher"), ("b", "乙项", "lower"))
    ]  # fmt: skip
    book: Any = RatingBook(
        SimpleNamespace(zh="评价", en="rating"), None, tuple(indicators), None, blocks=(Block("q", "质量", "quality", Fraction(100)),)  # type: ignore[arg-type]
    )  # fmt: skip
    decisions = pl.DataFrame({"entity": [*names, "out"], "league": ["甲组"] * units + [None]})
    result = SimpleNamespace(tables={"items": pl.DataFrame(items)}, decisions=decisions)
    return SimpleNamespace(scheme=lambda _: SimpleNamespace(book=book), result=lambda _: result)


def test_a_run_becomes_an_index_over_its_own_figures() -> None:
    model = model_of_run(county_run(), "x", most=10, names={"S00": "东山"})
    assert len(model.values.units) == 10 and model.values.names == {"S00": "东山"}
    assert model.values.column("a")[1] == pytest.approx(4 / 3)
    parts = decompose(model, "S03")
    assert sum(p.points for p in parts.leaves) == parts.points == model.run().printed[3]


def test_pages_show_intervals_parts_and_the_gap_to_the_quota_in_both_languages() -> None:
    model = model_of_run(county_run(), "x")
    report = make_report(model, zh="评价", en="Rating", quota=3, is_synthetic=True, runs=100)
    home = render_league(report)
    assert home.count("<circle") == 12 and "名额 3" in home and "合计 12" in home
    last = report.leagues()["甲组"][-1]
    page = render_unit(report, last, "en", with_radar=True)
    assert "the parts sum to the score" in page and "Gap to" in page and "Synthetic data" in page


def test_charts_carry_their_numbers_as_text() -> None:
    bars = parts_chart([("甲", "+3.00", 3.0), ("乙", "-1.00", -1.0)], "差距")
    assert "+3.00" in bars and "aria-label='差距: 甲 +3.00, 乙 -1.00'" in bars
    lines = interval_chart(
        [("甲", 2, 1, 4, "contested"), ("乙", float("nan"), float("nan"), float("nan"), "unrated")], "名次", 5
    )
    assert "2 (1–4)" in lines and lines.count("<circle") == 1
    assert radar_chart([("a", 1.0), ("b", 2.0)], "r") == "" and "a 50.0" in radar_chart(
        [("a", 50.0), ("b", 2.0), ("c", 3)], "r"
    )
    assert parts_chart([], "x") == "" and interval_chart([], "x", 1) == ""
