"""一企一单: every number leads home, and nothing of another firm stands on it."""

from __future__ import annotations

import json

import polars as pl
import pytest

from kaiwu.quantity import KaiwuError
from kaiwu.report import print_money, render_sheet, sheet_name
from kaiwu.report.output import SHEETS_AT_ONCE
from small_county import figure, make_county, run_county


def sheet(county, run, entity, **more):
    return render_sheet([run], entity, county.names(run.record.as_of), **more)


def test_a_sheet_leads_from_result_to_reason_to_figure_and_source(county, run):
    text = sheet(county, run, "F05")
    for part in ("研发补助", "30万元", "第二条", "研发费用 2023 <b>300万元</b> · 统计局 · 表1!C4 · 终值 · 数据编号"):
        assert part in text


def test_a_signed_change_stands_with_article_signer_and_reason(county, run):
    assert "调档: A; 依据第十二条; 签批: 亩均办 王某; 理由: 省级示范企业" in sheet(county, run, "F05")
    assert "class changed to A under 第十二条, signed by 亩均办 王某" in sheet(county, run, "F05", language="en")
    assert "签批" not in sheet(county, run, "F09")


def test_missing_figures_are_named_by_department(county, run):
    assert "<b>统计部门</b>: 研发费用(2023)" in sheet(county, run, "F03")


def test_a_withheld_figure_is_shown_with_its_reason_and_not_its_value(county, run):
    text = sheet(county, run, "F04")
    assert "<b>营业收入 2023</b>: 口径不符" in text
    assert "5,000万元" not in text.split("数据确认单")[1]


def test_a_value_from_another_scheme_says_which(county, run):
    assert "亩均档次 <b>A</b> · 由本次测算得出: 亩均评价" in sheet(county, run, "F05")


def test_the_slip_lists_every_figure_once_with_room_for_another_value(county, run):
    slip = sheet(county, run, "F05").split("数据确认单")[1]
    assert slip.count("□") == 4 + 2
    assert slip.count('class="blank"') == 4
    assert "单位(盖章)" in slip


def test_a_sheet_is_labelled_synthetic_and_marks_what_is_not_attested(county, run):
    text = sheet(county, run, "F05")
    assert "合成数据, 非真实企业" in text
    assert "待核实(仅一处来源)" in text


def test_a_sheet_is_one_file_without_outside_links_or_scripts(county, run):
    text = sheet(county, run, "F05")
    assert "http" not in text
    assert "<script" not in text
    assert "<a " not in text


def test_english_sheets_speak_english(county, run):
    text = sheet(county, run, "F03", language="en")
    for part in ("Missing figures", "Research(2023)", "data missing", "to be verified"):
        assert part in text


def test_a_stranger_to_the_run_is_refused_by_name(county, run):
    with pytest.raises(KaiwuError, match="F99"):
        sheet(county, run, "F99")


def test_a_page_of_one_firm_does_not_change_by_a_byte_when_figures_of_another_do(tmp_path):
    pages = []
    for name, tax in (("a", 7), ("b", 70_000_000_007)):
        more = [figure("F20", "tax", tax), figure("F20", "research", tax)]
        workspace = make_county(tmp_path / name, more=more)
        run = run_county(workspace)
        names = workspace.names(run.record.as_of)
        pages.append({e: render_sheet([run], e, names, schemes=["award", "plan"]) for e in ("F05", "F03", "F20")})
    assert pages[0]["F05"] == pages[1]["F05"]
    assert pages[0]["F03"] == pages[1]["F03"]
    assert pages[0]["F20"] != pages[1]["F20"]


def test_sheets_of_a_run_are_written_under_names_that_cannot_leave_the_folder(county, run):
    folder = county.runs_folder / run.record.number / "sheets"
    assert len(list(folder.iterdir())) == min(24, SHEETS_AT_ONCE)
    assert sheet_name("../../etc/passwd") == "_2e__2e__2f__2e__2e__2f_etc_2f_passwd.html"
    assert sheet_name("a_b") != sheet_name("a/b")


def test_the_index_for_programs_leads_to_every_table(county, run):
    folder = county.runs_folder / run.record.number
    index = json.loads((folder / "decisions.json").read_text(encoding="utf-8"))
    assert index["run"]["result_digest"] == run.record.result_digest
    for scheme in index["schemes"]:
        assert scheme["total"] == scheme["expected"] == sum(scheme["counts"].values())
        for table in scheme["tables"].values():
            frame = pl.read_parquet(folder / table["path"])
            assert (frame.height, frame.columns) == (table["rows"], table["columns"])
            assert frame.select(table["keys"]).is_unique().all()
    refused = {s["scheme"]: (s["notice"], s["refused"]) for s in index["schemes"]}
    assert refused == {"ruler": ("notices/ruler.html", []), "award": (None, ["N-SIGNER"]), "plan": (None, ["N-DRAFT"])}
    assert pl.read_parquet(folder / index["missing"]["path"]).height == 3


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [
        (None, None, ""),
        (0, 0, "0元"),
        (153_000_00 * 10, 153_000_00 * 10, "153万元"),
        (0, 800_000_000, "0元 – 800万元"),
        (1, 1, "0.000001万元"),
    ],
)
def test_money_prints_exactly(low, high, text):
    assert print_money(low, high) == text


def test_clauses_that_are_not_met_are_counted_where_a_run_has_many(county, run, monkeypatch):
    whole = sheet(county, run, "F01")
    monkeypatch.setattr("kaiwu.report.sheet.MANY", 2)
    short = sheet(county, run, "F01")  # 1 % of research, class C, turnover of 2000 万元: not one clause is met
    assert "另有 3 条不符合, 未列" in short
    assert "另有" not in whole
    assert "亩均税收" in short  # a rating is never left out
    assert sheet(county, run, "F01", schemes=["award"]).count("研发补助") == whole.count("研发补助")
