"""The map page of renewal: complete, labelled, and readable without colour."""

import datetime as dt
import re

import numpy as np
import pytest

from kaiwu.allot.land.block import check_plan
from kaiwu.allot.land.geojson import read_geojson
from kaiwu.allot.land.validity import check_map
from kaiwu.cli import block_demo
from kaiwu.quantity import KaiwuError
from kaiwu.report.block_page import render_blocks
from kaiwu.synth.plot_map import draw_plots, open_plot_map, print_geojson

DAY = dt.date(2025, 9, 30)


@pytest.fixture(scope="module")
def drawn():
    from dataclasses import replace

    return draw_plots(replace(open_plot_map("xiaoshan"), columns=8, rows=6), seed=3)


@pytest.fixture(scope="module")
def report(drawn):
    return block_demo.make_report(drawn, DAY)


def test_the_drawn_map_is_right_labelled_and_comes_back_from_its_file(drawn):
    check_map(drawn.plots)
    again = read_geojson(print_geojson(drawn), "plots.geojson")
    assert again.codes == drawn.plots.codes and again.area.tolist() == drawn.plots.area.tolist()
    assert {facts["label"] for facts in again.facts} == {"合成数据"}


def test_the_file_carries_what_was_said_of_each_plot_and_supplies_lie_off_the_list(report):
    rows = block_demo.describe_plots(report, ["S1", "S2"])
    assert [row.get("block") for row in rows] == [None if b < 0 else b + 1 for b in report.plan.label.tolist()]
    assert [bool(row.get("stage")) for row in rows] == [bool(line.stage) for line in report.lines]
    placed = [row for row in rows if "supply" in row]
    assert [row["supply"] for row in placed] == ["S1", "S2"]
    assert all("stage" not in row and "block" not in row for row in placed)


def test_the_same_seed_draws_the_same_map(drawn):
    again = draw_plots(drawn.rule, seed=3)
    assert np.array_equal(again.plots.points, drawn.plots.points) and again.rows == drawn.rows


@pytest.mark.parametrize(("language", "word"), [("zh", "合成数据, 非真实企业"), ("en", "Synthetic data")])
def test_every_plot_stands_in_every_map_with_its_class_as_text(report, language, word):
    page = render_blocks(report, language)
    assert word in page
    titles = re.findall(r"<title>(HC\d{4}); [^<]+</title>", page)
    assert sorted(titles) == sorted(report.plots.codes * 3)


def test_the_counts_of_answers_sum_to_the_plots(report):
    page = render_blocks(report)
    head = re.findall(r"<dt>(?:在清单|不在清单|缺数据|需认定)</dt><dd>(\d+)</dd>", page)
    assert len(head) == 4 and sum(map(int, head)) == report.plots.count


def test_the_plan_is_right_and_more_budget_never_buys_less(report):
    assert check_plan(report.case, report.plan) == ()
    worths = [p.worth for p in report.frontier]
    assert worths == sorted(worths)


def test_a_plot_without_tax_is_neither_on_nor_off_the_list(drawn, report):
    missing = [c for c, t in zip(drawn.plots.codes, drawn.tax, strict=True) if t is None]
    assert missing and all(line.outcome.name == "MISSING" for line in report.lines if line.plot in missing)


def test_commands_draw_a_map_join_blocks_and_refuse_a_contradicted_datum(drawn, tmp_path):
    from click.testing import CliRunner

    from kaiwu.cli.main import main

    path, out = tmp_path / "plots.geojson", tmp_path / "map.html"
    path.write_text(print_geojson(drawn), encoding="utf-8")
    made = CliRunner().invoke(main, ["allot", "map", str(path), "--by", "label", "-o", str(out)])
    assert made.exit_code == 0 and "<svg" in out.read_text(encoding="utf-8")
    made = CliRunner().invoke(main, ["allot", "blocks", str(path), "--budget", "20000", "--gap", "25000", "--json"])
    assert made.exit_code == 0 and '"片": 1' in made.output
    made = CliRunner().invoke(main, ["allot", "map", str(path), "--datum", "GCJ-02", "-o", str(out)])
    assert made.exit_code == 2
    made = CliRunner().invoke(main, ["allot", "blocks", str(path), "--budget", "1", "--gain", "nothing"])
    assert made.exit_code == 2


def test_a_pack_without_a_plot_map_shows_none(tmp_path):
    from kaiwu.cli.console import Speaker

    assert block_demo.show_blocks_demo(tmp_path, "national", DAY, Speaker(is_quiet=True)) is None


def test_an_unknown_ending_is_refused(tmp_path):
    from kaiwu.procedure.plot_file import open_plots

    (tmp_path / "plots.dwg").touch()
    with pytest.raises(KaiwuError, match="A-MAP-FILE"):
        open_plots(tmp_path / "plots.dwg")
