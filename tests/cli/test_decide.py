"""decide: rows of a file in every form, in and out."""

from __future__ import annotations

import csv
import io

import openpyxl
import pytest
import xlsxwriter

from small_county import make_county

ROWS = "id,营业收入,研发费用\n甲,10000万元,300万元\n乙,1亿元,２９９万元\n丙,1亿元,\n"


@pytest.fixture
def decide(kaiwu, tmp_path):
    make_county(tmp_path / "w")
    facts = tmp_path / "facts.csv"
    facts.write_text(ROWS, encoding="utf-8")

    def call(*more, source=facts, scheme="award", stdin=None):
        return kaiwu(
            "decide",
            scheme,
            "--facts",
            source,
            "--as-of",
            "2024-06-30",
            "--packs",
            tmp_path / "w/packs",
            *more,
            stdin=stdin,
        )

    return call


def outcomes(data) -> dict[str, str]:
    return {d["entity"]: d["outcome"] for d in data if d["item"] == "b1"}


def test_rows_of_a_file_are_decided_exactly_at_the_line(decide):
    assert outcomes(decide("--json").data) == {"甲": "符合", "乙": "不符合", "丙": "缺数据"}  # 3 %, 2.99 %, no figure


def test_json_lines_and_standard_input_answer_alike(decide, tmp_path):
    lines = '{"id": "甲", "营业收入": "10000万元", "研发费用": "300万元"}\n{"id": "乙", "营业收入": "1亿元", "研发费用": "299万元"}\n'
    file = tmp_path / "facts.jsonl"
    file.write_text(lines, encoding="utf-8")
    assert outcomes(decide("--format", "json", source=file).data) == {"甲": "符合", "乙": "不符合"}
    assert outcomes(decide("--json", source="-", stdin=ROWS).data) == {"甲": "符合", "乙": "不符合", "丙": "缺数据"}


def test_a_workbook_in_and_a_workbook_out(decide, tmp_path):
    source, out = tmp_path / "facts.xlsx", tmp_path / "out.xlsx"
    with xlsxwriter.Workbook(str(source)) as book:
        sheet = book.add_worksheet()
        for i, row in enumerate([["id", "营业收入(万元)", "研发费用(万元)"], ["甲", 10000, 300], ["=乙", 10000, None]]):
            for j, value in enumerate(row):
                if value is not None:
                    (sheet.write_string if isinstance(value, str) else sheet.write_number)(i, j, value)
    assert decide("--format", "xlsx", "--out", out, source=source).code == 0
    cells = [c.value for row in openpyxl.load_workbook(out).active.iter_rows() for c in row]
    assert any(str(cell).startswith("符合") for cell in cells)
    assert "研发费用" in cells
    assert decide("--format", "xlsx").code == 2  # no file named


def test_the_table_names_missing_figures_in_words(decide):
    zh = decide().out
    assert "研发费用" in zh
    assert "research" not in zh
    en = decide("--lang", "en").out
    assert "Research" in en


def test_csv_keeps_codes_and_neutralises_formulas(decide, tmp_path):
    file = tmp_path / "odd.csv"
    file.write_text("id,营业收入,研发费用\n=1+1,1亿元,\n", encoding="utf-8")
    rows = list(csv.DictReader(io.StringIO(decide("--format", "csv", source=file).out)))
    row = next(r for r in rows if r["item"] == "b1")
    assert (row["row"], row["outcome"], row["missing"], row["low_fen"], row["high_fen"]) == (
        "'=1+1",
        "2",
        "research",
        "0",
        "50000000",
    )
    out = tmp_path / "out.csv"
    decide("--format", "csv", "--out", out, source=file)
    assert out.read_bytes().startswith(b"\xef\xbb\xbf")


def test_an_explanation_gives_value_threshold_and_gap(decide):
    text = decide("--explain").out
    assert "── 乙" in text
    assert "2.99%" in text
    assert "3%" in text


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("营业收入\n10000\n", "UNIT"),
        ("营业收入\n10000亩\n", ""),
        ("不存在的列\n1万元\n", ""),
        ("营业收入,营业收入\n1万元,2万元\n", ""),
    ],
)
def test_bad_facts_are_refused_with_place_and_both_languages(decide, tmp_path, row, code):
    file = tmp_path / "bad.csv"
    file.write_text(row, encoding="utf-8")
    answer = decide(source=file)
    assert answer.code == 2
    assert answer.out == ""
    assert code in answer.err
    problems = decide("--json", source=file).data["problems"]
    assert all(p["code"] and p["zh"] and p["en"] for p in problems)


def test_an_unknown_scheme_is_refused(decide):
    answer = decide(scheme="none")
    assert answer.code == 2
    assert "P-SCHEME" in answer.err
