"""Rated counties in the browser: leagues, one unit, any two, and what the places depend on."""

from __future__ import annotations

import json
import re
from functools import cache

import numpy as np
import pytest

pytest.importorskip("django")

UNITS = 14


@cache
def make_county_report():
    """An index of fourteen invented counties in two leagues."""
    from kaiwu.rating.index import IndexModel, Values, make_tree
    from kaiwu.rating.index.method import Method
    from kaiwu.rating.index.step.aggregate import Aggregate
    from kaiwu.rating.index.step.normalise import Normalise
    from kaiwu.rating.index.step.rank import Rank
    from kaiwu.rating.index.tree import Direction, Node
    from kaiwu.report.index_page import make_report

    codes = ("tax", "growth", "energy")
    leaves = [
        Node(c, zh, c, "index", 1, Direction("lower" if c == "energy" else "higher"))
        for c, zh in zip(codes, ("亩均税收", "增速", "能耗"), strict=True)
    ]
    draw = np.random.default_rng(7)
    units = tuple(f"C{i:02d}" for i in range(UNITS))
    groups = {"league": tuple("甲组" if i % 2 else "乙组" for i in range(UNITS))}
    values = Values(units, codes, draw.lognormal(size=(UNITS, 3)), groups=groups, names={u: f"县{u}" for u in units})
    steps = (Normalise(to=(0.0, 100.0), within="league", constant=50.0), Aggregate(), Rank(2, "min", "league"))
    model = IndexModel(make_tree([Node("index", "指数", "index"), *leaves]), values, Method("m", steps))
    return make_report(model, zh="区县指数", en="County index", quota=3, runs=200)


@pytest.fixture
def rated(db, monkeypatch):
    from kaiwu.web.rating import views

    monkeypatch.setattr(views, "newest_report", make_county_report)


def test_without_an_evaluation_the_page_says_what_to_do(browse):
    assert "先运行区县评价任务" in browse("officer").get("/rating/").content.decode()


def test_a_league_lists_its_own_units_with_place_and_interval(rated, browse):
    page = browse("officer").get("/rating/?league=甲组").content.decode()
    names = re.findall(r'href="/rating/unit/(C\d\d)/"', page)
    assert sorted(names) == [f"C{i:02d}" for i in range(1, UNITS, 2)]
    assert browse("officer").get("/rating/?league=丙组").status_code == 404


def test_the_parts_of_a_gap_sum_to_the_printed_gap(rated, browse):
    page = browse("officer").get("/rating/compare/?a=C01&b=C03").content.decode()
    gap = int(re.search(r'<span class="count">([+−-][\d.]+)<', page).group(1).replace("−", "-").replace(".", ""))
    option = next(json.loads(text) for text in re.findall(r'<script type="application/json">(.*?)</script>', page))
    assert round(sum(option["series"][0]["data"]) * 100) == gap


def test_the_page_of_a_unit_shows_its_parts_and_leads_to_the_comparison(rated, browse):
    page = browse("officer").get("/rating/unit/C01/").content.decode()
    assert "得分构成" in page
    assert browse("officer").get("/rating/unit/C99/").status_code == 404


def test_sensitivity_names_every_choice_and_everybody_s_standing(rated, browse):
    page = browse("officer").get("/rating/sensitivity/").content.decode()
    assert "标准化方法" in page
    assert all(f"县C{i:02d}" in page for i in range(UNITS))


@pytest.mark.parametrize("path", ["", "compare/", "sensitivity/", "unit/C01/", "league.xlsx"])
def test_a_firm_has_no_such_pages(rated, browse, path):
    assert browse("clerk01").get(f"/rating/{path}").status_code == 404
