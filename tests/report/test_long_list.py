"""Long lists are spelled by columns: the cells are the same as cell by cell, and many times quicker."""

from __future__ import annotations

import time

import openpyxl
import polars as pl
import python_calamine
from hypothesis import given, settings
from hypothesis import strategies as st

from kaiwu.report import Column, Printed, write_book
from kaiwu.report.cell import MOST_EXACT

COLUMNS = (
    Column("代码", "code"),
    Column("结论", "answer", words={0: ("不符合", "not met"), 1: ("<符合> & \"真\"", "met")}),
    Column("金额", "amount", kind="money"),
    Column("得分", "score", kind="decimal", decimals=2),
    Column("名次", "rank", kind="whole"),
)  # fmt: skip
SCHEMA = {"code": pl.String, "answer": pl.UInt8, "amount": pl.Int64, "score": pl.Int64, "rank": pl.Int64}
MONEY = st.one_of(
    st.none(),
    st.integers(-(10**16), 10**16),
    st.integers(0, 400).map(lambda n: n * 250_000),
    st.sampled_from([MOST_EXACT - 1, MOST_EXACT, -MOST_EXACT]),
)
TEXT = st.one_of(
    st.none(), st.sampled_from(["=1+1", " 前后有空 ", "a&b<c>", "_x0041_", "换\n行", "x" * 300, "\x01控制"]),
    st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), max_size=20),
)  # fmt: skip
ROW = st.tuples(
    TEXT,
    st.sampled_from([0, 1, 7]),
    MONEY,
    st.one_of(st.none(), st.integers(-(10**16), 10**16)),
    st.one_of(st.none(), st.integers(1, 10**6)),
)


def written(folder, rows, is_long, monkeypatch_limit):
    import kaiwu.report.printed as printed

    kept = printed.LONG_ROWS
    printed.LONG_ROWS = 0 if is_long else monkeypatch_limit
    try:
        table = pl.DataFrame(rows, schema=SCHEMA, orient="row")
        return write_book(
            folder / f"{is_long}.xlsx",
            [Printed("表", "名单", ["单位: 万元"], COLUMNS, table, ("合计",), counts=[("A", 1)])],
        )
    finally:
        printed.LONG_ROWS = kept


@settings(max_examples=60, deadline=None)
@given(st.lists(ROW, min_size=1, max_size=25))
def test_both_ways_of_writing_give_the_same_cells_and_formats(tmp_path_factory, rows):
    folder = tmp_path_factory.mktemp("long")
    books = [openpyxl.load_workbook(written(folder, rows, is_long, 10**9)).active for is_long in (True, False)]
    seen = [
        [(c.coordinate, c.value, c.number_format, c.alignment.horizontal) for row in sheet.iter_rows() for c in row]
        for sheet in books
    ]
    assert seen[0] == seen[1]
    assert books[0].auto_filter.ref == books[1].auto_filter.ref
    assert books[0].dimensions == books[1].dimensions


def test_a_long_list_is_read_by_other_readers_too(tmp_path):
    rows = [(f"G{i:06d}", 1, i * 1_234_567, i, i) for i in range(60_001)]  # more than one slice
    path = write_book(
        tmp_path / "b.xlsx", [Printed("表", "名单", [], COLUMNS, pl.DataFrame(rows, schema=SCHEMA, orient="row"))]
    )
    read = python_calamine.CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    assert len(read) == len(rows) + 2
    assert read[2 + 60_000] == ["G060000", '<符合> & "真"', 60_000 * 1.234567, 600.0, 60_000]


def test_a_list_of_fourteen_thousand_firms_takes_seconds(tmp_path):
    size = 14_000
    columns = (*COLUMNS, *(Column(f"指标{i}", f"item {i}", kind="decimal", decimals=2) for i in range(6)))
    table = pl.DataFrame({"code": [f"G{i:05d}" for i in range(size)], "answer": [1] * size, "amount": range(size), "score": range(size), "rank": range(size)},
                         schema=SCHEMA).with_columns(pl.col("score").alias(f"i{i}") for i in range(6))  # fmt: skip
    started = time.perf_counter()
    write_book(tmp_path / "b.xlsx", [Printed("表", "名单", [], columns, table)])
    assert time.perf_counter() - started < 10  # about half a second on an idle machine
