"""One sheet with planted mistakes (错误示例), to show what an import refuses and how it says so.

Owns the mistakes and the list of them. The sheet stands outside the inbox, because one mistake stops a whole import.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import xlsxwriter

from kaiwu.figure.import_template import ImportTemplate
from kaiwu.figure.variable import Kind
from kaiwu.identity import make_uscc
from kaiwu.quantity import KaiwuError, Problem
from kaiwu.synth.district import District
from kaiwu.synth.table import NUMBER_HEAD, TOTAL
from kaiwu.synth.workbook import CREATED

FIRST_ROW = 3
KEY, VALUE = 2, 4
"""Columns of the code and of the first value."""
Put = Callable[[Any, int, int], object]


@dataclass(frozen=True, slots=True)
class Mistake:
    """A planted mistake: the code of the problem that must be reported, and what was done."""

    problem: str
    zh: str
    en: str
    column: int
    put: Put


def _value(cell: Any) -> Put:
    """Write a cell as it is."""
    return lambda sheet, row, column: sheet.write(row, column, cell)


def list_mistakes(code: str, unknown: str) -> list[Mistake]:
    """All mistakes; ``code`` is a registered one, ``unknown`` a well-formed one that nobody registered."""
    wrong = code[:-1] + ("0" if code[-1] != "0" else "1")
    return [
        Mistake("I-USCC-CHECK", "校验码错误的信用代码", "a code with a wrong check character", KEY, _value(wrong)),
        Mistake("IN-CODE-MISSING", "没有信用代码, 只有名称", "no code, only a name", KEY, _value("")),
        Mistake("IN-CODE-UNKNOWN", "未登记的信用代码", "a code that is not registered", KEY, _value(unknown)),
        Mistake(
            "IN-CODE-NUMBER",
            "信用代码被存成数字",
            "a code stored as a number",
            KEY,
            lambda s, r, c: s.write_number(r, c, 9.1339999e17),
        ),
        Mistake("Q-QUANTITY-INEXACT", "约数", "an approximate number", VALUE, _value("约100万")),
        Mistake("Q-UNIT-DIMENSION", "单位不对", "a unit of another kind", VALUE, _value("12吨")),
        Mistake("Q-UNIT-UNKNOWN", "不认识的单位", "an unknown unit", VALUE, _value("12万块大洋")),
        Mistake("Q-GRAIN-LOSSY", "比分更细的金额", "an amount finer than a fen", VALUE, _value("12.3456元")),
        Mistake("IN-CELL-BOUND", "负的税金", "a negative tax", VALUE, lambda s, r, c: s.write_number(r, c, -5000)),
        Mistake(
            "IN-CELL-ERROR",
            "错误值",
            "an error value",
            VALUE,
            lambda s, r, c: s.write_formula(r, c, "=1/0", None, "#DIV/0!"),
        ),
        Mistake(
            "IN-CELL-KIND",
            "金额栏里是TRUE",
            "TRUE where an amount belongs",
            VALUE,
            lambda s, r, c: s.write_boolean(r, c, True),
        ),
        Mistake(
            "IN-CELL-MERGED",
            "两格合并的数",
            "one number over two cells",
            VALUE,
            lambda s, r, c: s.merge_range(r, c, r, c + 1, 100),
        ),
    ]


def write_mistakes(district: District, templates: Mapping[str, ImportTemplate], folder: Path) -> Path:
    """Write the sheet and ``mistakes.csv``, which lists every mistake with its cell and the code of its problem."""
    name = district.calibration.settings.name
    template = _money_template(district, templates)
    codes, names = district.firms.texts["code"], district.firms.texts["name"]
    rule = district.calibration.settings.code
    unknown = make_uscc(rule.registrar, rule.category, rule.region, f"{rule.open}999999")
    mistakes = list_mistakes(codes[0], unknown)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{template.zh}_错误示例.xlsx"
    workbook = xlsxwriter.Workbook(str(path))
    workbook.set_properties({"title": f"{path.stem}({name.label})", "subject": name.label, "created": CREATED})
    sheet = workbook.add_worksheet("Sheet1")
    year = district.firms.years[-1]
    heads = [NUMBER_HEAD, name.column, template.entity_heads[0], template.name_heads[0]]
    heads += [f"{year}年{column.heads[0]}(元)" for column in template.columns]
    sheet.merge_range(0, 0, 0, len(heads) - 1, f"错误示例表({name.label})")
    for column, head in enumerate(heads):
        sheet.write_string(FIRST_ROW - 1, column, head)
    listed = []
    for at, mistake in enumerate([*mistakes, None, None]):
        row = FIRST_ROW + at
        firm = min(at + 1, len(mistakes) + 1)
        _write_row(sheet, row, [at + 1, name.label, codes[firm], names[firm]], len(template.columns), mistake)
        if mistake is not None:
            cell = f"{chr(ord('A') + mistake.column)}{row + 1}"
            listed.append([cell, mistake.problem, mistake.zh, mistake.en, name.label])
    for row in (FIRST_ROW + len(mistakes), FIRST_ROW + len(mistakes) + 1):
        listed.append([f"C{row + 1}", "IN-ROW-TWICE", "同一代码两行", "one code in two rows", name.label])
    sheet.write_string(FIRST_ROW + len(mistakes) + 2, KEY, TOTAL)
    workbook.close()
    with (folder / "mistakes.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([["cell", "problem", "zh", "en", name.column], *listed])
    return path


def _write_row(sheet: Any, row: int, who: list[Any], values: int, mistake: Mistake | None) -> None:
    """A sound row with one mistake in it."""
    for column, cell in enumerate(who):
        if mistake is None or column != mistake.column:
            sheet.write(row, column, cell)
    is_merged = mistake is not None and mistake.problem == "IN-CELL-MERGED"
    for column in range(VALUE, VALUE + values):
        if not is_merged and (mistake is None or column != mistake.column):
            sheet.write_number(row, column, 10000)
    if mistake is not None:
        mistake.put(sheet, row, mistake.column)


def _money_template(district: District, templates: Mapping[str, ImportTemplate]) -> ImportTemplate:
    """The first department's template whose columns are all amounts of money."""
    for spec in district.calibration.settings.sheets:
        template = templates[spec.template]
        if len(template.columns) > 1 and all(c.variable.kind is Kind.MONEY for c in template.columns):
            return template
    raise KaiwuError(
        Problem("Y-MISTAKES", "没有一张全是金额的表可作错误示例", "no sheet of amounts to plant mistakes in")
    )
