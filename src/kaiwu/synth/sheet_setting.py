"""Sheets of departments as a calibration describes them: columns, dirt, declarations and planted mistakes.

Owns the shapes of the sections ``dirt``, ``sheets``, ``declare`` and ``mistakes``.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DirtRule:
    """How often, and how, departments spell things badly; all of it within what an import accepts."""

    missing: float
    marks: dict[str, float]
    text_numbers: float
    full_width: float
    names: dict[str, float]
    codes: dict[str, float]
    text_dates: float


@dataclass(frozen=True, slots=True)
class ColumnSpec:
    """One column of a sheet: a measure under the head of a variable, or a text under a head of its own."""

    variable: str = ""
    measure: str = ""
    unit: str = ""
    decimals: int = 0
    group: str = ""
    years: str = ""
    always: bool = False
    head: str = ""
    show: str = ""


@dataclass(frozen=True, slots=True)
class SheetSpec:
    """One file of a department. ``layout``: once, wide (years above), heads (years in heads), sheets, files."""

    template: str
    title: str
    sender: str
    layout: str
    rows: str
    columns: tuple[ColumnSpec, ...]
    total: bool = False
    clean: bool = False
    unit_in_title: str = ""


@dataclass(frozen=True, slots=True)
class MeasureName:
    """A measure of the model, or the chance of yes, for variables whose Chinese name fits a pattern."""

    match: str
    measure: str = ""
    chance: float = -1.0


@dataclass(frozen=True, slots=True)
class DeclareRule:
    """What firms and projects declare for the clauses of policy packs."""

    share: float
    projects: float
    veto: float
    agree: float
    agree_favoured: float
    spread: float
    pools: dict[str, str]
    measures: tuple[MeasureName, ...]


@dataclass(frozen=True, slots=True)
class MistakeRule:
    """A planted mistake: the problem that must be reported, in the column of the code or of a value, how it is written."""

    problem: str
    zh: str
    en: str
    column: str
    write: str
    text: str = ""
