"""init and import."""

from __future__ import annotations

import json

import openpyxl
import pytest

from kaiwu.procedure import open_workspace


def test_init_makes_a_workspace_that_opens_and_never_overwrites_one(kaiwu, tmp_path):
    folder = tmp_path / "区"
    assert kaiwu("init", folder, "--pack", "national").code == 0
    assert open_workspace(folder).packs == ("national",)
    assert (folder / "inbox").is_dir()
    answer = kaiwu("init", folder)
    assert answer.code == 2
    assert "C-EXISTS" in answer.err


def test_a_good_sheet_is_taken_in(kaiwu, bare, sheet):
    sheet("{0},甲公司,120.5,３０", "{1},乙公司,1亿元,-")
    before = len(open_workspace(bare).figures.batches())
    answer = kaiwu("import", bare, "--known-at", "2024-06-01")
    assert answer.code == 0, answer.err
    workspace = open_workspace(bare)
    assert len(workspace.figures.batches()) == before + 1
    assert "甲公司" in workspace.names(workspace.jobs[0].as_of).values()
    assert "3 条数据" in answer.out


def test_one_mistake_takes_nothing_in_and_gives_an_error_workbook(kaiwu, bare, sheet):
    sheet("{0},甲公司,120.5,30", "{1},乙公司,一百二,40", "123,丙公司,1,2")
    workspace = open_workspace(bare)
    figures, entities = len(workspace.figures.batches()), len(list(workspace.register.entities()))
    answer = kaiwu("import", bare, "--known-at", "2024-06-01")
    assert answer.code == 1
    assert "全部未入库" in answer.out
    again = open_workspace(bare)
    assert (len(again.figures.batches()), len(list(again.register.entities()))) == (figures, entities)
    book = openpyxl.load_workbook(bare / "errors" / "税务年度数据.错误.xlsx")
    comments = [c for ws in book for row in ws.iter_rows() for c in row if c.comment]
    assert len(comments) >= 2


def test_an_import_as_json_prints_one_value_good_or_bad(kaiwu, bare, sheet):
    path = sheet("{0},甲公司,120.5,30")
    good = kaiwu("import", bare, path, "--known-at", "2024-06-01", "--json").data
    assert (good["accepted"], good["figures"]) == (True, 2)
    bad = kaiwu("import", bare, sheet("{0},甲公司,很多,30"), "--known-at", "2024-06-01", "--json")
    assert bad.code == 1
    assert json.loads(bad.out)["accepted"] is False


def test_an_empty_inbox_and_an_unknown_template_are_refused(kaiwu, bare, sheet):
    assert "C-NO-FILES" in kaiwu("import", bare).err
    path = sheet("{0},甲公司,1,2")
    answer = kaiwu("import", bare, path, "--template", "none")
    assert answer.code == 2
    assert "tax_yearly" in answer.err


def test_quiet_says_less(kaiwu, bare, sheet, tmp_path):
    sheet("{0},甲公司,1,2")
    assert kaiwu("import", bare, "-q", "--known-at", "2024-06-01").out == ""
    assert kaiwu("init", tmp_path / "q", "-q").out == ""


@pytest.mark.parametrize("day", ["2024-13-01", "June", "20240601x"])
def test_a_bad_date_is_refused_with_the_form_that_is_wanted(kaiwu, bare, day):
    answer = kaiwu("import", bare, "--known-at", day)
    assert answer.code == 2
    assert "2024-06-30" in answer.err
