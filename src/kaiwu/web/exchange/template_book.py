"""The empty table of an import template (报送模板): heads, units, and an explanation of each column."""

from __future__ import annotations

from pathlib import Path

import xlsxwriter

from kaiwu.figure.import_template import ColumnRule, ImportTemplate

NOTES = "填写说明"


def write_template_book(path: Path, template: ImportTemplate, period: str, note: str) -> None:
    """A workbook that comes back through the same template: its heads with units, one row for each subject."""
    heads = [
        template.entity_heads[0],
        *template.name_heads[:1],
        *template.period.column[:1],
        *(_head(c) for c in template.columns),
    ]
    heads += [names[0] for names in template.attributes.values() if names]
    with xlsxwriter.Workbook(str(path)) as book:
        page, told = (
            book.add_worksheet(template.sheets[0] if template.sheets else template.zh[:28]),
            book.add_worksheet(NOTES),
        )
        told.hide()
        bold = book.add_format(
            {"bold": True, "border": 1, "bg_color": "#E8EEF7", "text_wrap": True, "valign": "vcenter"}
        )
        text = book.add_format({"num_format": "@"})
        page.write_string(0, 0, f"{template.zh}({period})", book.add_format({"bold": True, "font_size": 14}))
        for i, head in enumerate(dict.fromkeys(heads)):
            page.write_string(1, i, head, bold)
            page.set_column(i, i, 22, text if i == 0 else None)
        page.freeze_panes(2, 1)
        for row, line in enumerate((note, f"来源: {template.source}", f"法律依据: {template.legal_basis or '未写明'}")):
            told.write_string(row, 0, line)


def _head(rule: ColumnRule) -> str:
    unit = rule.unit or rule.variable.unit
    name = rule.heads[0].rpartition("/")[2]
    return f"{name}({unit.zh})" if unit is not None and unit.zh and rule.variable.is_numeric else name
