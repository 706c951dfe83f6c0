"""How departments write things down (脏数据): empty cells, numbers as text, odd spellings, dates in many forms.

Owns spelling values as cells. All of it is within what an import accepts without an error; planted mistakes are
elsewhere (``mistake``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from kaiwu.figure.variable import Kind, Variable
from kaiwu.synth.draw import Floats, Mask
from kaiwu.synth.naming import spell_full_width
from kaiwu.synth.sheet_setting import DirtRule

Cell: TypeAlias = str | int | float | dt.date | None
DATE_FORMS = (
    "{0:%Y}年{0.month}月{0.day}日",
    "{0:%Y-%m-%d}",
    "{0:%Y}.{0.month}.{0.day}",
    "{0:%Y}/{0.month}/{0.day}",
    "{0:%Y%m%d}",
)
NONE_MARK = "无"
"""Not used in yes/no columns, where it could mean no."""


@dataclass(slots=True)
class Spelled:
    """A column of cells; ``total`` is what the numbers that were written add up to, ``missing`` of ``applicable``."""

    cells: list[Cell]
    total: float | int | None = None
    applicable: int = 0
    missing: int = 0


class Scribe:
    """Writes columns of one sheet. ``is_clean`` leaves out every kind of dirt."""

    def __init__(self, rule: DirtRule, rng: np.random.Generator, *, is_clean: bool = False) -> None:
        self._rule, self._rng, self._is_clean = rule, rng, is_clean

    def spell(
        self, values: NDArray[Any], variable: Variable, *, factor: float = 1.0, decimals: int = 0, always: bool = False
    ) -> Spelled:
        """Cells of a measure for a variable; numbers are multiplied by ``factor`` and rounded to ``decimals``."""
        if variable.kind in (Kind.FLAG, Kind.JUDGEMENT):
            return self._texts(["" if _is_none(v) else "是" if v else "否" for v in values], always, is_flag=True)
        if variable.kind is Kind.CATEGORY:
            labels = dict(zip(variable.values, (zh for zh, _ in variable.value_labels), strict=True))
            return self._texts(["" if _is_none(v) else labels[str(v)] for v in values], always)
        if variable.kind is Kind.DATE:
            return self._dates(values, always)
        return self._numbers(
            np.asarray(values, dtype=np.float64) * factor, decimals, always, variable.kind is Kind.RATIO
        )

    def _lost(self, applies: Mask, always: bool) -> Mask:
        """Which of the cells that apply are left empty."""
        drawn = self._rng.random(len(applies)) < self._rule.missing
        return np.zeros_like(applies) if self._is_clean or always else np.asarray(applies & drawn)

    def _marks(self, count: int, *, is_flag: bool = False) -> list[Cell]:
        """How so many empty cells are written."""
        marks = [m for m in self._rule.marks if not (is_flag and m == NONE_MARK)]
        shares = np.array([self._rule.marks[m] for m in marks])
        drawn = self._rng.choice(len(marks), size=count, p=shares / shares.sum())
        return [marks[i] or None for i in drawn]

    def _finish(self, cells: list[Cell], applies: Mask, always: bool, *, is_flag: bool = False) -> Spelled:
        lost = np.flatnonzero(self._lost(applies, always))
        for place, mark in zip(lost, self._marks(len(lost), is_flag=is_flag), strict=True):
            cells[place] = mark
        return Spelled(cells, None, int(applies.sum()), len(lost))

    def _texts(self, texts: Sequence[str], always: bool, *, is_flag: bool = False) -> Spelled:
        applies = np.array([bool(text) for text in texts], dtype=np.bool_)
        return self._finish([text or None for text in texts], applies, always, is_flag=is_flag)

    def _dates(self, values: NDArray[Any], always: bool) -> Spelled:
        as_text = self._rng.random(len(values)) < (0 if self._is_clean else self._rule.text_dates)
        forms = self._rng.integers(0, len(DATE_FORMS), len(values))
        cells: list[Cell] = [
            DATE_FORMS[f].format(v) if text else v for v, text, f in zip(values, as_text, forms, strict=True)
        ]
        return self._finish(cells, np.ones(len(values), dtype=np.bool_), always)

    def _numbers(self, values: Floats, decimals: int, always: bool, is_ratio: bool) -> Spelled:
        applies = ~np.isnan(values)
        steps = np.rint(np.where(applies, values, 0.0) * 10**decimals).astype(np.int64)
        numbers = steps.tolist() if decimals == 0 else (steps / 10**decimals).tolist()
        cells: list[Cell] = [n if a else None for n, a in zip(numbers, applies.tolist(), strict=True)]
        if not self._is_clean:
            self._respell(cells, steps, decimals, is_ratio)
        spelled = self._finish(cells, applies, always)
        gone = np.array([cell is None or cell in self._rule.marks for cell in spelled.cells], dtype=np.bool_)
        total = int(steps[~gone].sum())
        spelled.total = total if decimals == 0 else total / 10**decimals
        return spelled

    def _respell(self, cells: list[Cell], steps: NDArray[np.int64], decimals: int, is_ratio: bool) -> None:
        """Turn some numbers into text: with thousands separators, full-width digits, a sign of percent."""
        drawn = self._rng.random(len(cells))
        text_share, wide_share = self._rule.text_numbers, self._rule.full_width
        for place in np.flatnonzero(drawn < text_share + wide_share):
            if cells[place] is None:
                continue
            text = f"{int(steps[place]) / 10**decimals:,.{decimals}f}" + ("%" if is_ratio else "")
            cells[place] = spell_full_width(text.replace(",", "")) if drawn[place] < wide_share else text


def _is_none(value: Any) -> bool:
    return value is None or (isinstance(value, float) and np.isnan(value))
