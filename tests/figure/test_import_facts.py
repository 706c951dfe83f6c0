"""Facts for a decision on the spot: CSV, Excel or JSON lines, one row per case."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kaiwu.figure.fact_sheet import FactSheet, read_facts

from .import_example import VARIABLES, code, make_csv, make_xlsx


def csv(text: str, **options: int) -> FactSheet:
    return read_facts(text.encode(), VARIABLES, name="facts.csv", **options)  # type: ignore[arg-type]


def lines(*objects: object, **options: int) -> FactSheet:
    text = "\n".join(json.dumps(o, ensure_ascii=False) for o in objects)
    return read_facts(text.encode(), VARIABLES, **options)  # type: ignore[arg-type]


def codes(facts: FactSheet) -> list[str]:
    return [problem.code for problem in facts.problems]


def test_heads_are_chinese_names_aliases_or_codes() -> None:
    facts = csv(
        "编号,营业收入,实缴税金,staff,是否高新技术企业,成立日期\na,1200万元,3万元,120人,是,2015-03-01\nb,-,1亿元,,,\n"
    )
    assert facts.problems == ()
    assert facts.table["entity"].to_list() == ["a", "b"]
    assert facts.table.columns == ["entity", "revenue", "tax_paid", "staff", "is_high_tech", "founded"]
    assert facts.table["revenue"].to_list() == [1_200_000_000, None]
    assert facts.table["tax_paid"].to_list() == [3_000_000, 10_000_000_000]
    assert facts.table["staff"].to_list() == [12_000, None]
    assert facts.heads["tax_paid"] == "实缴税金"


def test_a_year_in_a_head_becomes_an_offset_to_the_rated_year() -> None:
    text = "营业收入(万元),2023年营业收入(万元),营业收入（2022）,revenue@-3\n4,3,2万元,1万元\n"
    facts = csv(text, rated_year=2024)
    assert facts.problems == ()
    assert facts.table.columns == ["entity", "revenue", "revenue@-1", "revenue@-2", "revenue@-3"]
    assert facts.table.row(0)[1:] == (4_000_000, 3_000_000, 2_000_000, 1_000_000)
    assert codes(csv(text)) == ["IN-FACT-YEAR", "IN-FACT-YEAR"]


@pytest.mark.parametrize("head", ["2025年营业收入(元)", "2024年1-6月营业收入(元)", "2024年6月营业收入(元)"])
def test_a_year_to_come_or_a_part_of_a_year_is_refused(head: str) -> None:
    assert codes(csv(f"{head}\n1\n", rated_year=2024)) == ["IN-FACT-YEAR"]


def test_the_end_of_a_year_is_that_year() -> None:
    assert csv("2023年末从业人员期末人数\n5\n", rated_year=2024).table.columns[1] == "staff_end@-1"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("营业收人(元)\n1\n", "IN-COLUMN-UNBOUND"),
        ("营业收入\n40000\n", "Q-UNIT-MISSING"),
        ("研发投入占比\n0.03\n", "Q-PERCENT-AMBIGUOUS"),
        ("营业收入(亩)\n1\n", "Q-UNIT-DIMENSION"),
        ("营业收入(元),revenue(元)\n1,2\n", "IN-COLUMN-TWICE"),
        ("编号,营业收入(元)\na,1\na,2\n", "IN-ROW-TWICE"),
        ("编号,营业收入(元)\n,1\n", "IN-CODE-MISSING"),
        ("营业收入(元)\n1200/1300\n", "Q-QUANTITY-TWO-VALUES"),
        ("营业收入(元),\n1,2\n", "IN-COLUMN-HEADLESS"),
        ("营业收入(元)\n", "IN-FACT-EMPTY"),
        ("", "IN-FILE-EMPTY"),
    ],
)
def test_doubt_is_a_located_error_and_no_row(text: str, code: str) -> None:
    facts = csv(text)
    assert codes(facts) == [code]
    assert facts.table.is_empty()
    problem = facts.problems[0]
    assert problem.zh and problem.en and problem.where


def test_an_unknown_head_names_the_nearest() -> None:
    assert "营业收入" in csv("营业收人(元)\n1\n").problems[0].zh


def test_all_problems_come_together() -> None:
    assert sorted(codes(csv("甲乙丙,营业收入,用地面积\n1,2,3\n"))) == [
        "IN-COLUMN-UNBOUND",
        "Q-UNIT-MISSING",
        "Q-UNIT-MISSING",
    ]


def test_json_lines_keep_numbers_exact() -> None:
    facts = lines({"id": "a", "营业收入(元)": 0.1, "land": "5亩"}, {"id": "b", "营业收入(元)": 123456789012.34})
    assert facts.problems == ()
    assert facts.table["revenue"].to_list() == [10, 12_345_678_901_234]
    assert facts.table["land"].to_list() == [5_000_000, None]


def test_json_knows_true_null_and_objects_without_facts() -> None:
    facts = lines({"is_high_tech": True, "staff": None}, {}, {"is_high_tech": False, "staff": 3})
    assert facts.problems == ()
    assert facts.table["is_high_tech"].to_list() == [1, None, 0]
    assert facts.table.height == 3


def test_a_list_of_objects_will_do() -> None:
    data = json.dumps([{"staff": 1}, {"staff": 2}]).encode()
    assert read_facts(io.BytesIO(data), VARIABLES).table["staff"].to_list() == [100, 200]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('{"staff": 1, "staff": 2}', "IN-JSON-TWICE"),
        ('{"staff": [1, 2]}', "IN-JSON-VALUE"),
        ('{"staff": NaN}', "IN-JSON-VALUE"),
        ('{"staff": 1e999999999}', "IN-JSON-VALUE"),
        ('{"staff": ' + "9" * 5000 + "}", "IN-JSON-VALUE"),
        ('{"staff": 1', "IN-JSON-SYNTAX"),
        ("[1, 2]", "IN-JSON-SYNTAX"),
        ("[" * 100_000, "IN-JSON-SYNTAX"),
        ('{"营业收入": 40000}', "Q-UNIT-MISSING"),
        ('{"revenu": 1}', "IN-COLUMN-UNBOUND"),
    ],
)
def test_bad_json_is_a_located_error(text: str, code: str) -> None:
    facts = read_facts(text.encode(), VARIABLES)
    assert codes(facts) == [code]
    assert facts.table.is_empty()
    assert facts.problems[0].where


def test_json_problems_name_their_line() -> None:
    facts = read_facts(b'{"staff": 1}\n{"staff": \n', VARIABLES, name="f.jsonl")
    assert facts.problems[0].where.startswith("f.jsonl:2")


def test_a_bad_value_in_json_names_the_object_and_the_key() -> None:
    facts = lines({"staff": 1}, {"staff": "约5"})
    assert facts.problems[0].where == "- #2 “staff”"


def test_workbooks_and_files_are_read_too(tmp_path: Path) -> None:
    path = tmp_path / "facts.xlsx"
    path.write_bytes(make_xlsx([["统一社会信用代码", "研发投入占比", "主导产品"], [code(1), (0.07, "0.0%"), "化纤"]]))
    facts = read_facts(path, VARIABLES)
    assert facts.table.to_dicts() == [{"entity": code(1), "rd_share": 7_000_000}]
    assert facts.texts.to_dicts() == [{"entity": code(1), "product": "化纤"}]
    path = tmp_path / "facts.csv"
    path.write_bytes(make_csv([["企业名称", "用地面积（亩）"], ["甲", "5"]], "gb18030"))
    assert read_facts(str(path), VARIABLES).table.to_dicts() == [{"entity": "甲", "land": 5_000_000}]
    assert codes(read_facts(tmp_path / "none.json", VARIABLES)) == ["IN-FILE-UNREADABLE"]


def test_standard_input_is_a_dash(monkeypatch: pytest.MonkeyPatch) -> None:
    class Stdin:
        buffer = io.BytesIO(b"staff\n7\n")

    monkeypatch.setattr("sys.stdin", Stdin)
    assert read_facts("-", VARIABLES).table.to_dicts() == [{"entity": "2", "staff": 700}]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.none() | st.integers(-(10**12), 10**12), min_size=1, max_size=8))
def test_csv_and_json_give_the_same_grains(fens: list[int | None]) -> None:
    spelled = [
        None if fen is None else f"{'-' if fen < 0 else ''}{abs(fen) // 100}.{abs(fen) % 100:02d}" for fen in fens
    ]
    table = "id,营业收入(元)\n" + "\n".join(f"{i},{s or ''}" for i, s in enumerate(spelled))
    objects = "\n".join(f'{{"id": "{i}", "营业收入(元)": {s or "null"}}}' for i, s in enumerate(spelled))
    assert csv(table).table["revenue"].to_list() == fens
    assert read_facts(objects.encode(), VARIABLES).table["revenue"].to_list() == fens
