"""The page of problem codes, from the source."""

from __future__ import annotations

from pathlib import Path

import kaiwu
from kaiwu.cli.reference.markdown import cell, code, page, table
from kaiwu.cli.reference.problem_scan import Found, scan_problems

LEAD = (
    "错误代码是稳定的, 可以据此查找和编程; 文字可能改进。花括号处填入具体内容。每个错误都写明位置(文件、行、键, 或表页、单元格)。\n\n"
    "Codes are stable; texts may be improved. Braces stand for what is filled in. Every problem says where it is: file, line and key, or sheet and cell."
)
AREAS = {
    "B": "Clauses 条款", "C": "Commands 命令", "D": "Documents 文件", "F": "Figures and variables 数据与变量", "I": "Identity 主体", "ID": "Identity 主体",
    "IN": "Import 导入", "IX": "Composite indices 综合指数", "L": "Lint 内容检查", "LOG": "Log 存证日志", "M": "Mechanisms and matching 金额算法、供需", "MA": "Assignment 分配", "MF": "Funnel 漏斗", "P": "Packs 内容包", "Q": "Quantities 数量", "R": "Rules 规则",
    "S": "Scores and runs 评价与测算", "T": "Tables and files 表与文件", "U": "Codes of firms 信用代码",
    "V": "Verification 核验", "Y": "Synthetic district 合成",
}  # fmt: skip


def describe_problems() -> str:
    """The page: every code by area, with where it is raised and its texts in both languages."""
    found = scan_problems(Path(kaiwu.__file__).parent)
    areas: dict[str, list[Found]] = {}
    for problem in found.values():
        areas.setdefault(problem.code.split("-")[0], []).append(problem)
    parts = [f"共 {len(found)} 个代码。{len(found)} codes."]
    for area, problems in areas.items():
        parts.append(f"## {area} {AREAS.get(area, '')}".rstrip())
        parts.append(table(("code", "raised in", "说明", "text"), [_row(p) for p in problems]))
    return page("Problems 错误代码", LEAD, *parts)


def _row(problem: Found) -> tuple[str, str, str, str]:
    modules = "<br>".join(m.removeprefix("kaiwu.") for m in problem.modules)
    zh = "<br>".join(dict.fromkeys(cell(zh) for zh, _ in problem.texts))
    en = "<br>".join(dict.fromkeys(cell(en) for _, en in problem.texts))
    return code(problem.code), modules, zh, en
