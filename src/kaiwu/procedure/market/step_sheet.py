"""A sheet of steps (对接进展表) into rows of the funnel: heads in Chinese or English, amounts with their unit, days as dates.

Owns the heads and what a cell may say. Whether a step is lawful is ``kaiwu.match.funnel.stage``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import polars as pl

from kaiwu.figure.sheet import Sheet
from kaiwu.figure.workbook import read_workbook
from kaiwu.match.funnel import REFUSALS, STAGES, STEP_SCHEMA
from kaiwu.match.funnel.stage import REFUSED
from kaiwu.quantity import KaiwuError, Problem, find_unit, parse_date, parse_quantity, to_grain

HEADS: dict[str, tuple[str, ...]] = {
    "list": ("名单编号", "名单", "list"), "need": ("需求编号", "need"), "offer": ("供给编号", "offer"), "stage": ("环节", "stage"), "day": ("日期", "day"),
    "amount": ("金额(万元)", "金额", "amount"), "logistics": ("物流成本(万元)", "物流成本", "logistics"), "reason": ("谢绝原因", "原因", "reason"), "note": ("备注", "note"),
}  # fmt: skip
NEEDED = ("list", "need", "offer", "stage", "day")
_STAGES = {word: stage.value for stage in STAGES for word in (*stage.words, stage.value)} | dict.fromkeys(
    ("谢绝", REFUSED), REFUSED
)
_REASONS = {word: code for code, words in REFUSALS.items() for word in (code, *words)}


def read_steps(path: Path) -> pl.DataFrame:
    """The steps of the first sheet that has the heads. Raises ``KaiwuError`` with every cell that cannot be read."""
    for sheet in read_workbook(path):
        for row in sorted(sheet.rows)[:10]:
            columns = _columns(sheet, row)
            if all(key in columns for key in NEEDED):
                return _read(sheet, row, columns)
    listed = "、".join(HEADS[key][0] for key in NEEDED)
    raise KaiwuError(
        Problem(
            "MF-HEAD",
            f"没有找到表头; 要有: {listed}",
            f"no head was found; it needs {', '.join(NEEDED)}",
            where=path.name,
        )
    )


def _columns(sheet: Sheet, row: int) -> dict[str, int]:
    texts = {"".join(sheet.cell(row, column).text.split()): column for column in sheet.columns}
    return {key: texts[head] for key, heads in HEADS.items() for head in reversed(heads) if head in texts}


def _read(sheet: Sheet, head: int, columns: dict[str, int]) -> pl.DataFrame:
    problems: list[Problem] = []
    rows = []
    for number in sorted(sheet.rows):
        if number <= head or sheet.cell(number, columns["need"]).is_blank:
            continue
        row: dict[str, Any] = {}
        for key, column in columns.items():
            text = sheet.cell(number, column).text.strip()
            try:
                row[key] = _READERS.get(key, _text)(text)
            except KaiwuError as error:
                problems += [p.located(sheet.print_where(number, column)) for p in error.problems]
        rows.append(row)
    if problems:
        raise KaiwuError(problems)
    return pl.DataFrame(rows, schema=STEP_SCHEMA)


def _text(text: str) -> str | None:
    return text or None


def _day(text: str) -> dt.date:
    return parse_date(text)


def _fen(text: str) -> int | None:
    wan = find_unit("万元")
    return to_grain(parse_quantity(text, default_unit=wan, dimension=wan.dimension).base, Fraction(1)) if text else None


def _stage(text: str) -> str:
    return _STAGES.get(text, text)


def _reason(text: str) -> str | None:
    return _REASONS.get(text, text) or None


_READERS: dict[str, Callable[[str], Any]] = {
    "day": _day,
    "amount": _fen,
    "logistics": _fen,
    "stage": _stage,
    "reason": _reason,
}
