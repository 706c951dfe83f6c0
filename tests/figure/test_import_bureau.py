"""One workbook as a bureau sends it: everything at once."""

from __future__ import annotations

from kaiwu.figure.intake import intake

from .import_example import VARIABLES, code, make_template, make_xlsx

TEMPLATE = """
import: industry_yearly
zh: 规上企业主要指标
en: main figures of above-scale firms
entity: {column: [统一社会信用代码], kind: firm, name_column: [企业名称]}
period: {from_title: true}
source: 统计局
scope: legal_entity
columns:
  - {head: 营业收入, variable: revenue}
  - {head: 入库税收, variable: tax_paid}
  - {head: 期末从业人员, variable: staff_end}
  - {head: 研发占比, variable: rd_share}
  - {head: 数字化水平, variable: level}
groups: [主要经济指标]
attributes: {town: [镇街]}
register: true
"""

ROWS: list[list[object]] = [
    ["2024年度规模以上企业主要指标表"],
    ["填报单位：统计局", None, None, None, None, None, None, None, None, "单位：万元、人"],
    ["序号", "镇街", "企业名称", "统一社会信用代码", "主要经济指标", None, None, None, "研发占比（%）", "数字化水平"],
    [None, None, None, None, "营业收入", None, "入库税收（元）", "期末从业人员", None, None],
    [None, None, None, None, "2023年", "2024年", None, None, None, None],
    ["甲", "乙", "丙", "丁", "1", "2", "3", "4", "5", "6"],
    [1, "东镇", "甲厂", code(1), 100, 120.5, "１２０，０００", 35, (0.031, "0.0%"), "二级"],
    [2, None, "乙厂", code(2), "-", 80, 90000.01, "12人", 2.5, "/"],
    [None, "小计", None, None, 100, 200.5, 210000.01, 47, None, None],
    [3, "西镇", "丙厂", f"  {code(3)} ", 50, 60, "0", "无", None, "无"],
    [None, "小计", None, None, 50, 60, 0, None, None, None],
    ["合    计", None, None, None, 150, 260.5, 210000.01, 47, None, None],
    [4, None, None, None, None, None, None, None, None, None],
    ["注：1. 数据为快报数。"],
    ["制表人：张三", None, None, "审核人：李四", None, None, "日期：2025年3月1日"],
]
MERGED = [
    (0, 0, 0, 9),
    (2, 0, 4, 0), (2, 1, 4, 1), (2, 2, 4, 2), (2, 3, 4, 3), (2, 8, 4, 8), (2, 9, 4, 9),
    (2, 4, 2, 7), (3, 4, 3, 5), (3, 6, 4, 6), (3, 7, 4, 7),
    (6, 1, 7, 1), (11, 0, 11, 3),
]  # fmt: skip


def test_a_sheet_with_everything_comes_in_exactly() -> None:
    result = intake(make_xlsx(ROWS, merged=MERGED), make_template(TEMPLATE), VARIABLES, name="规上.xlsx")
    assert result.report.findings == [], result.report.to_text()
    (count,) = result.report.counts
    assert (count.rows_in, count.accepted, count.totals, count.notes, count.blank) == (9, 3, 3, 2, 1)
    assert count.cells_missing == 4
    table = {
        (e, v, p): value for e, v, p, value in result.figures.select("entity", "variable", "period", "value").rows()
    }
    assert table == {
        (code(1), "revenue", "2023"): 100_000_000,
        (code(1), "revenue", "2024"): 120_500_000,
        (code(1), "tax_paid", "2024"): 12_000_000,
        (code(1), "staff_end", "2024-12-31"): 3_500,
        (code(1), "rd_share", "2024"): 3_100_000,
        (code(1), "level", "2024"): 1,
        (code(2), "revenue", "2024"): 80_000_000,
        (code(2), "tax_paid", "2024"): 9_000_001,
        (code(2), "staff_end", "2024-12-31"): 1_200,
        (code(2), "rd_share", "2024"): 2_500_000,
        (code(3), "revenue", "2023"): 50_000_000,
        (code(3), "revenue", "2024"): 60_000_000,
        (code(3), "tax_paid", "2024"): 0,
        (code(3), "level", "2024"): 2,
    }
    assert result.entities.select("entity", "name", "town").rows() == [
        (code(1), "甲厂", "东镇"),
        (code(2), "乙厂", "东镇"),
        (code(3), "丙厂", "西镇"),
    ]
