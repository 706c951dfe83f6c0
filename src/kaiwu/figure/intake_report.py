"""The report of an import (导入报告): what came in, what was refused and why, once for the whole file.

Owns counting and printing. It does not own finding problems (``intake`` and below) nor the workbook that
goes back to the sender (``error_workbook``).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from kaiwu.figure.error_workbook import write_error_workbook
from kaiwu.figure.finding import Finding
from kaiwu.figure.sheet import Sheet

MAX_LISTED = 20
"""Findings of one kind that a text lists; the error workbook and ``to_dict`` have all."""


@dataclass(slots=True)
class SheetCount:
    """Where the rows below the head of one sheet went (行数核对)."""

    sheet: str
    rows_in: int
    accepted: int
    rejected: int
    totals: int
    notes: int
    blank: int
    cells_missing: int
    cells_rounded: int
    figures: int

    def check(self) -> None:
        """Every row is accounted for. Raises ``AssertionError``: a defect of ours, never of the file."""
        parts = self.accepted + self.rejected + self.totals + self.notes + self.blank
        assert self.rows_in == parts, f"sheet {self.sheet}: {self.rows_in} rows in, {parts} accounted for"


@dataclass(slots=True)
class Report:
    """One report for one file. ``figures`` and ``entities`` count what was handed on: nothing if not accepted."""

    file: str
    template: str = ""
    sha256: str = ""
    counts: list[SheetCount] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    figures: int = 0
    entities: int = 0
    sheets: list[Sheet] = field(default_factory=list, repr=False)

    @property
    def is_accepted(self) -> bool:
        """Whether the file was imported: not one error."""
        return not self.errors

    @property
    def errors(self) -> list[Finding]:
        """What stopped the import."""
        return [finding for finding in self.findings if finding.is_error]

    @property
    def warnings(self) -> list[Finding]:
        """What a person should look at."""
        return [finding for finding in self.findings if not finding.is_error]

    @property
    def rows_in(self) -> int:
        """Rows below the heads of all sheets."""
        return sum(count.rows_in for count in self.counts)

    def to_text(self, language: str = "zh") -> str:
        """The report as plain text in ``zh`` or ``en``; long runs of one problem are cut and counted."""
        is_zh = language == "zh"
        lines = [_headline(self, is_zh)]
        lines += [_print_count(count, is_zh) for count in self.counts]
        for title, findings in (("错误", self.errors), ("提醒", self.warnings)):
            if findings:
                shown = title if is_zh else {"错误": "errors", "提醒": "warnings"}[title]
                lines += [f"{shown} {len(findings)}:", *_print_findings(findings, is_zh)]
        return "\n".join(lines) + "\n"

    def to_dict(self) -> dict[str, Any]:
        """The whole report as plain data for JSON, with every finding."""
        return {
            "file": self.file,
            "sha256": self.sha256,
            "template": self.template,
            "accepted": self.is_accepted,
            "figures": self.figures,
            "entities": self.entities,
            "sheets": [asdict(count) for count in self.counts],
            "problems": [_finding_dict(finding) for finding in self.findings],
        }

    def write_error_workbook(self, path: Path) -> None:
        """Write the file back with every problem at its cell (错误工作簿); see ``error_workbook``."""
        write_error_workbook(path, self.sheets, self.findings)


def _headline(report: Report, is_zh: bool) -> str:
    if is_zh:
        done = f"已导入 {report.figures} 个数据" if report.is_accepted else "未导入(有错误, 全部不入库)"
        more = f", 登记 {report.entities} 个主体" if report.entities else ""
        return f"{report.file}: {done}{more}"
    done = f"{report.figures} figures imported" if report.is_accepted else "nothing imported (all or nothing)"
    more = f", {report.entities} entities registered" if report.entities else ""
    return f"{report.file}: {done}{more}"


def _print_count(count: SheetCount, is_zh: bool) -> str:
    if is_zh:
        return (
            f"  表页“{count.sheet}”: 共 {count.rows_in} 行 = 通过 {count.accepted} + 退回 {count.rejected} + 合计行 "
            f"{count.totals} + 注释或重复表头 {count.notes} + 空行 {count.blank}; 缺数据 {count.cells_missing} 格"
            f", 按规定取整 {count.cells_rounded} 格"
        )
    return (
        f"  sheet “{count.sheet}”: {count.rows_in} rows = {count.accepted} accepted + {count.rejected} rejected + "
        f"{count.totals} totals + {count.notes} notes or heads + {count.blank} blank; {count.cells_missing} cells "
        f"missing, {count.cells_rounded} rounded as declared"
    )


def _print_findings(findings: list[Finding], is_zh: bool) -> list[str]:
    lines = []
    listed: Counter[tuple[str, str, int | None]] = Counter()
    for finding in findings:
        problem = finding.problem
        kind = (problem.code, finding.sheet, finding.column)
        listed[kind] += 1
        if listed[kind] <= MAX_LISTED:
            words = problem.zh if is_zh else problem.en
            offending = f" “{problem.text}”" if problem.text and problem.text not in words else ""
            lines.append(f"  [{problem.code}] {problem.where}:{offending} {words}")
    for (code, sheet, _), number in listed.items():
        if number > MAX_LISTED:
            rest = number - MAX_LISTED
            lines.append(f"  [{code}] {sheet}: " + (f"同列还有 {rest} 处" if is_zh else f"{rest} more in this column"))
    return lines


def _finding_dict(finding: Finding) -> dict[str, Any]:
    problem = finding.problem
    return {
        "code": problem.code,
        "is_error": finding.is_error,
        "zh": problem.zh,
        "en": problem.en,
        "where": problem.where,
        "text": problem.text,
        "sheet": finding.sheet,
        "row": None if finding.row is None else finding.row + 1,
        "column": None if finding.column is None else finding.column + 1,
    }
