"""One sheet with planted mistakes (错误示例), to show what an import refuses and how it says so.

Owns writing the sheet and the list of what was planted; which mistakes there are stands in the calibration. The sheet
stands outside the inbox, because one mistake stops a whole import.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import xlsxwriter

from kaiwu.figure.import_template import ImportTemplate
from kaiwu.figure.variable import Kind
from kaiwu.identity import make_uscc
from kaiwu.quantity import KaiwuError, Problem
from kaiwu.synth.district import District
from kaiwu.synth.sheet_setting import MistakeRule
from kaiwu.synth.table import NUMBER_HEAD
from kaiwu.synth.workbook import CREATED

FIRST_ROW = 3
PLACES = {"code": 2, "value": 4}
"""Columns of the code and of the first value."""
SOUND = 10000
TWICE = "IN-ROW-TWICE"
Put = Callable[[Any, int, int, str], object]

WRITERS: dict[str, Put] = {
    "text": lambda sheet, row, column, text: sheet.write_string(row, column, text),
    "blank": lambda sheet, row, column, text: sheet.write_blank(row, column, None),
    "number": lambda sheet, row, column, text: sheet.write_number(row, column, float(text)),
    "flag": lambda sheet, row, column, text: sheet.write_boolean(row, column, True),
    "error": lambda sheet, row, column, text: sheet.write_formula(row, column, "=1/0", None, text),
    "merged": lambda sheet, row, column, text: sheet.merge_range(row, column, row, column + 1, float(text)),
}
"""How a wrong cell is written; in texts ``{wrong}`` is a code with a wrong check digit, ``{unknown}`` an unregistered one."""


def write_mistakes(district: District, templates: Mapping[str, ImportTemplate], folder: Path) -> Path:
    """Write the sheet and ``mistakes.csv``, which lists every mistake with its cell and the code of its problem."""
    settings = district.calibration.settings
    rules, label, year = settings.mistakes, settings.name.label, district.firms.years[-1]
    template = _money_template(district, templates)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{template.zh}_错误示例.xlsx"
    workbook = xlsxwriter.Workbook(str(path))
    workbook.set_properties({"title": f"{path.stem}({label})", "subject": label, "comments": label, "created": CREATED})
    sheet = workbook.add_worksheet("Sheet1")
    heads = [NUMBER_HEAD, settings.name.column, template.entity_heads[0], template.name_heads[0]]
    heads += [f"{year}年{column.heads[0]}(元)" for column in template.columns]
    sheet.merge_range(0, 0, 0, len(heads) - 1, f"错误示例表({label})")
    for column, head in enumerate(heads):
        sheet.write_string(FIRST_ROW - 1, column, head)
    for at, rule in enumerate(rules):
        _write_row(sheet, district, at, at + 1, len(template.columns), rule)
    for at in (len(rules), len(rules) + 1):  # the same firm twice
        _write_row(sheet, district, at, len(rules) + 1, len(template.columns), None)
    workbook.close()
    _list_mistakes(district, folder / "mistakes.csv")
    return path


def _write_row(sheet: Any, district: District, at: int, firm: int, values: int, rule: MistakeRule | None) -> None:
    """A sound row of a firm, with at most one mistake in it."""
    texts, name = district.firms.texts, district.calibration.settings.name
    cells: list[Any] = [at + 1, name.label, texts["code"][firm], texts["name"][firm], *[SOUND] * values]
    wrong = -1 if rule is None else PLACES[rule.column]
    covered = range(wrong, wrong + 2) if rule is not None and rule.write == "merged" else range(wrong, wrong + 1)
    for column, cell in enumerate(cells):
        if column not in covered:
            sheet.write(FIRST_ROW + at, column, cell)
    if rule is not None:
        code = texts["code"][0]
        changed = code[:-1] + ("0" if code[-1] != "0" else "1")
        text = rule.text.format(wrong=changed, unknown=_unknown_code(district))
        WRITERS[rule.write](sheet, FIRST_ROW + at, wrong, text)


def _unknown_code(district: District) -> str:
    """A well-formed code that nobody of the district bears."""
    rule = district.calibration.settings.code
    return make_uscc(rule.registrar, rule.category, rule.region, f"{rule.open}999999")


def _list_mistakes(district: District, path: Path) -> None:
    settings = district.calibration.settings
    rows = [["cell", "problem", "zh", "en", settings.name.column]]
    for at, rule in enumerate(settings.mistakes):
        cell = f"{chr(ord('A') + PLACES[rule.column])}{FIRST_ROW + at + 1}"
        rows.append([cell, rule.problem, rule.zh, rule.en, settings.name.label])
    for at in (len(settings.mistakes), len(settings.mistakes) + 1):
        cell = f"{chr(ord('A') + PLACES['code'])}{FIRST_ROW + at + 1}"
        rows.append([cell, TWICE, "同一代码两行", "one code in two rows", settings.name.label])
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def _money_template(district: District, templates: Mapping[str, ImportTemplate]) -> ImportTemplate:
    """The first department's template whose columns are all amounts of money."""
    for spec in district.calibration.settings.sheets:
        template = templates[spec.template]
        if len(template.columns) > 1 and all(c.variable.kind is Kind.MONEY for c in template.columns):
            return template
    raise KaiwuError(
        Problem("Y-MISTAKES", "没有一张全是金额的表可作错误示例", "no sheet of amounts to plant mistakes in")
    )
