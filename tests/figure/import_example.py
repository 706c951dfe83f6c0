"""One worked import template, variables and codes for the tests of the import."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import xlsxwriter

from kaiwu.figure.catalogue import load_variables
from kaiwu.figure.import_template import ImportTemplate, load_import_template
from kaiwu.figure.variable import Variable
from kaiwu.identity.uscc import make_uscc
from kaiwu.table.document import parse_document

VARIABLES_TEXT = """
variables:
  tax_paid: {zh: 入库税收, en: tax paid, kind: money, unit: 万元, bound: [-100亿元, 1000亿元], aliases: [实缴税金]}
  revenue: {zh: 营业收入, en: revenue, kind: money, unit: 万元, bound: [-100亿元, 10000亿元]}
  staff: {zh: 年平均从业人员, en: staff, kind: count, unit: 人, bound: [0人, 1000万人]}
  staff_end: {zh: 从业人员期末人数, en: staff at the end, kind: count, unit: 人, bound: [0人, 1000万人], period: point}
  rd_share: {zh: 研发投入占比, en: share of R&D, kind: ratio, unit: "%", bound: ["-1000%", "1000%"]}
  land: {zh: 用地面积, en: land, kind: quantity, unit: 亩, bound: [0亩, 1000万亩]}
  energy: {zh: 综合能耗, en: energy, kind: quantity, unit: 吨标煤(等价值), bound: [0吨标煤(等价值), 10000万吨标煤(等价值)]}
  tax_per_mu: {zh: 亩均税收, en: tax per mu, kind: quantity, unit: 万元/亩, bound: [-10000万元/亩, 100000万元/亩]}
  founded: {zh: 成立日期, en: founded, kind: date, period: constant}
  is_high_tech: {zh: 是否高新技术企业, en: high-tech firm, kind: flag}
  level: {zh: 数字化水平, en: digital level, kind: category, values: {l1: {zh: 一级}, l2: {zh: 二级}, none: {zh: 无}}}
  product: {zh: 主导产品, en: main product, kind: text, period: constant}
  output: {zh: 工业总产值, en: output, kind: money, unit: 亿元, bound: [0元, 10000亿元], period: cumulative}
"""

TEMPLATE_TEXT = """
import: tax_yearly
zh: 税务部门年度数据
en: Yearly data of the tax office
entity: {column: [统一社会信用代码, 社会信用代码], kind: firm, name_column: [企业名称, 单位名称]}
period: {from_title: true}
source: 区税务局
status: final
scope: legal_entity
price_basis: current
sample: ""
legal_basis: 数据共享协议
purposes: [permu, policy]
columns:
  - {head: [入库税收, 实缴税金], variable: tax_paid, unit: 万元}
  - {head: 上年入库税收, variable: tax_paid, unit: 万元, years_back: 1}
  - {head: [营业收入, 主要指标/营业收入], variable: revenue}
  - {head: 研发占比, variable: rd_share, unit: "%"}
ignore: [序号, 备注]
groups: [主要经济指标]
register: false
"""

VARIABLES: dict[str, Variable] = {v.code: v for v in load_variables(parse_document(VARIABLES_TEXT, "variables.yaml"))}


def make_template(text: str = TEMPLATE_TEXT) -> ImportTemplate:
    """The template of a text."""
    return load_import_template(parse_document(text, "imports/tax_yearly.yaml"), VARIABLES)


def code(number: int) -> str:
    """A well-formed invented code of a firm."""
    return make_uscc("9", "1", "330109", f"{number:08d}")


def make_csv(rows: Sequence[Sequence[object]], encoding: str = "utf-8") -> bytes:
    """A CSV of rows; None is an empty cell."""
    quoted = (('"' + str(c).replace('"', '""') + '"') if c is not None else "" for row in rows for c in row)
    cells = iter(quoted)
    return "".join(",".join(next(cells) for _ in row) + "\r\n" for row in rows).encode(encoding)


def make_xlsx(
    rows: Sequence[Sequence[Any]], *, name: str = "表", merged: Sequence[tuple[int, int, int, int]] = ()
) -> bytes:
    """A workbook of one sheet; (number, format) writes a number with that format, None leaves a cell out."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        fill_sheet(book, book.add_worksheet(name), rows, merged)
    return buffer.getvalue()


def fill_sheet(
    book: Any, sheet: Any, rows: Sequence[Sequence[Any]], merged: Sequence[tuple[int, int, int, int]] = ()
) -> None:
    for area in merged:
        sheet.merge_range(*area, "")
    for r, row in enumerate(rows):
        for c, value in enumerate(row):
            if isinstance(value, tuple):
                sheet.write_number(r, c, value[0], book.add_format({"num_format": value[1]}))
            elif isinstance(value, bool):
                sheet.write_boolean(r, c, value)
            elif isinstance(value, int | float):
                sheet.write_number(r, c, value)
            elif value is not None:
                sheet.write_string(r, c, value)
