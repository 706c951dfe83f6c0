"""The effect per voucher yuan (成效表) as printed: rows of the screen, plain data, an Excel sheet.

Owns columns and rounding as printed. The numbers are ``kaiwu.procedure.claim.effect``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from kaiwu.pack.programme import Programme
from kaiwu.procedure.claim.effect import CAVEAT, QuestionEffect
from kaiwu.quantity import format_decimal
from kaiwu.report.cell import Column
from kaiwu.report.printed import Printed, write_book

COLUMNS = (
    Column("问题", "question", 28), Column("单位", "unit", 10), Column("应答", "due", 8, "whole"), Column("已答", "answered", 8, "whole"),
    Column("可比企业", "firms compared", 10, "whole"), Column("兑付前", "before", 18), Column("兑付后", "after", 18), Column("变化", "change", 18),
    Column("已付(元)", "paid (yuan)", 18, "decimal", 2), Column("每元变化", "change per yuan", 16), Column("精确比", "exact ratio", 24),
)  # fmt: skip
NONE = "—"
MOST = 6
"""Decimals of a sum as printed, half up."""


def show(value: Fraction | None, decimals: int | None = None) -> str:
    """A number as printed; a dash where there is none, never a zero."""
    if value is None:
        return NONE
    return format_decimal(
        value, decimals if decimals is not None else (MOST if (value * 10**MOST).denominator != 1 else None)
    )


def effect_row(effect: QuestionEffect, language: str) -> list[str]:
    """A row of the screen."""
    question, unit = effect.question, effect.variable.unit if effect.variable is not None else None
    return [
        question.zh if language == "zh" else question.en or question.zh, unit.zh if unit is not None else "", f"{effect.answered}/{effect.due}",
        str(len(effect.pairs)), show(effect.before), show(effect.after), show(effect.change), show(effect.per_yuan, effect.decimals),
    ]  # fmt: skip


def effect_data(effect: QuestionEffect) -> dict[str, Any]:
    """Plain data: numbers as exact text, ``null`` where there is none."""
    question, unit = effect.question, effect.variable.unit if effect.variable is not None else None
    exact = {
        name: None if (v := getattr(effect, name)) is None else str(v)
        for name in ("before", "after", "change", "per_yuan")
    }
    return {
        "question": question.code, "zh": question.zh, "en": question.en, "unit": unit.zh if unit is not None else None, "due": effect.due,
        "answered": effect.answered, "unreadable": list(effect.unreadable), "compared": len(effect.pairs), "paid_fen": effect.paid, **exact,
        "per_yuan_printed": None if effect.per_yuan is None else show(effect.per_yuan, effect.decimals),
    }  # fmt: skip


def write_effect(path: Path, programme: Programme, effects: Sequence[QuestionEffect], day: dt.date) -> Path:
    """Write the sheet, with what it is not in its notes."""
    rows = []
    for e in effects:
        first, unit, _, firms, before, after, change, per = effect_row(e, "zh")
        rows.append(
            [
                first,
                unit,
                e.due,
                e.answered,
                int(firms),
                before,
                after,
                change,
                e.paid,
                per,
                "" if e.per_yuan is None else str(e.per_yuan),
            ]
        )
    title = f"{programme.zh} 成效"
    facts = [f"截至 {day.isoformat()}; 方案 {programme.code}"]
    notes = [CAVEAT[0], "每元变化按所示小数四舍五入, 精确比为分数; 比率、分数、强度不加总, 以“—”表示"]
    return write_book(path, [Printed("成效", title, facts, COLUMNS, rows, notes, programme.is_synthetic)])
