"""Columns of a sheet bound to what they mean (列绑定): key, name, period, variable with unit and period.

Owns the decision for every column, and the problems of doubt: two columns of one meaning, one head of two, units that
contradict each other. It does not own matching one head (``head_index``) nor reading cells (``cell_value``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from kaiwu.figure.finding import Finding, find_at, find_in
from kaiwu.figure.head import find_periods, read_head
from kaiwu.figure.head_index import HeadIndex, Match, Role
from kaiwu.figure.import_template import ColumnRule, ImportTemplate
from kaiwu.figure.layout import Layout
from kaiwu.figure.period_fit import fit_period
from kaiwu.figure.sheet import Sheet
from kaiwu.figure.variable import Kind, Variable
from kaiwu.quantity.period import Period
from kaiwu.quantity.problem import KaiwuError, Problem
from kaiwu.quantity.unit import Unit, dimension_problem, scale_of, settle_unit


@dataclass(slots=True)
class Column:
    """What one column is. ``unit`` is what bare numbers in it mean; ``period`` the canonical period text,
    None where each row has its own. ``is_sound`` and ``is_placed`` are false after a problem with the unit or
    the period of the head, which is told once and not again for every row."""

    index: int
    parts: tuple[str, ...]
    role: Role
    rule: ColumnRule | None = None
    attribute: str = ""
    unit: Unit | None = None
    period: str | None = None
    years_back: int = 0
    is_sound: bool = True
    is_placed: bool = True

    @property
    def head(self) -> str:
        """The head in one line."""
        return " / ".join(self.parts)

    @property
    def variable(self) -> Variable:
        """The variable of a value column."""
        assert self.rule is not None, "only value columns have a variable"
        return self.rule.variable


@dataclass(slots=True)
class Binding:
    """All columns of a sheet with what was found while binding them."""

    columns: list[Column] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    period: Period | None = None

    def only(self, role: Role) -> Column | None:
        """The column of a role that occurs at most once."""
        return next((c for c in self.columns if c.role == role), None)

    def all(self, role: Role) -> list[Column]:
        """All columns of a role."""
        return [c for c in self.columns if c.role == role]


def bind_columns(
    sheet: Sheet, layout: Layout, template: ImportTemplate, index: HeadIndex, period: Period | None = None
) -> Binding:
    """Bind every column that has a head or cells. ``period`` given with the import goes before the template's.

    Nothing is dropped silently: a column without meaning is a warning with the nearest names.
    """
    binding = Binding()
    binding.period = period or _find_period(sheet, layout, template, binding)
    for number in sheet.columns:
        parts = layout.heads.get(number)
        if parts is None:
            _warn_headless(sheet, layout, number, binding)
        else:
            _bind(sheet, layout, Column(number, parts, Role.UNBOUND), index, template, binding)
    for column in binding.all(Role.VALUE):
        _place_column(sheet, layout, column, template, binding)
    _check_twice(sheet, layout, binding)
    _check_roles(sheet, template, binding)
    return binding


def _find_period(sheet: Sheet, layout: Layout, template: ImportTemplate, binding: Binding) -> Period | None:
    """The period of the whole sheet by the template's rule."""
    rule = template.period
    if rule.value is not None:
        return rule.value
    wants = rule.from_title or rule.from_sheet
    if not wants and not (not template.is_strict and layout.title_periods):
        return None
    found = tuple(find_periods(sheet.name)) if rule.from_sheet else layout.title_periods
    if len(found) == 1:
        return found[0]
    where = "表页名" if rule.from_sheet else "标题"
    listed = "、".join(p.zh for p in found)
    zh = f"{where}里没有时期, 请写如“2024年度…”" if not found else f"{where}里有多个时期: {listed}; 请只留一个"
    en = "no period in the title; write 2024年度 …" if not found else "several periods in the title; keep one"
    binding.findings.append(find_in(sheet, Problem("IN-PERIOD-TITLE", zh, en), is_error=wants))
    return None


def _warn_headless(sheet: Sheet, layout: Layout, number: int, binding: Binding) -> None:
    row = next((r for r in sheet.rows if r > layout.last_head_row and not sheet.cell(r, number).is_blank), None)
    if row is None:
        return
    # In a CSV a cell beyond the head is usually a comma inside a number, and all values behind it have moved.
    zh, en = "这一列没有表头, 未读取", "this column has no head and is not read"
    if sheet.is_text_file:
        zh = "这一行比表头长, 可能某个数里有未加引号的逗号, 其后各格已错位; 请检查"
        en = "this row is longer than the head: an unquoted comma in a number may have shifted its cells; check it"
    binding.findings.append(
        find_at(sheet, row, number, Problem("IN-COLUMN-HEADLESS", zh, en), is_error=sheet.is_text_file)
    )


def _bind(
    sheet: Sheet, layout: Layout, column: Column, index: HeadIndex, template: ImportTemplate, binding: Binding
) -> None:
    binding.columns.append(column)
    matches = index.match(column.parts)
    if len(matches) != 1:
        problem = word_unbound(column, index, matches)
        binding.findings.append(find_at(sheet, layout.bottom, column.index, problem, is_error=bool(matches)))
        return
    match = matches[0]
    column.role, column.rule, column.attribute = match.target.role, match.target.rule, match.target.attribute
    if column.role != Role.VALUE:
        return
    try:
        column.unit = _choose_unit(sheet, layout, column, match, binding)
        _note_period(column, match)
    except KaiwuError as flaw:
        column.is_sound = False
        binding.findings += [find_at(sheet, layout.bottom, column.index, p) for p in flaw.problems]


def word_unbound(column: Column, index: HeadIndex, matches: Sequence[Match]) -> Problem:
    """The problem of a head that means nothing (``IN-COLUMN-UNBOUND``) or several things (``IN-HEAD-AMBIGUOUS``)."""
    if matches:
        listed = "、".join(_print_match(m) for m in matches)
        zh = f"表头“{column.head}”可以是 {listed}; 请在导入模板中写明"
        en = f"head “{column.head}” may mean {listed}; say which in an import template"
        return Problem("IN-HEAD-AMBIGUOUS", zh, en, text=column.head)
    name = "".join(read_head(part)[-1].name for part in column.parts)
    near = get_close_matches(name, index.names, n=3, cutoff=0.6)
    zh = f"列“{column.head}”未读取: 没有这个变量、别名或模板列"
    en = f"column “{column.head}” is not read: no variable, alias or template column has this name"
    if near:
        zh, en = f"{zh}; 是否指 {'、'.join(near)}?", f"{en}; did you mean {', '.join(near)}?"
    return Problem("IN-COLUMN-UNBOUND", zh, en, text=column.head)


def _print_match(match: Match) -> str:
    rule = match.target.rule
    name = f"{rule.variable.zh}({rule.variable.code})" if rule else match.target.attribute or match.target.role
    return " ".join([name, *(p.zh for p in match.periods)])


def _choose_unit(sheet: Sheet, layout: Layout, column: Column, match: Match, binding: Binding) -> Unit | None:
    """The unit of bare numbers: of the head, else of the title, else of the template; the sender's word goes first.

    Raises ``KaiwuError`` for two units in one head or a unit of another dimension. None where cells must say it.
    """
    variable = column.variable
    if not variable.is_numeric or variable.unit is None:
        return None
    dimension = variable.unit.dimension
    declared = column.rule.unit if column.rule else None
    written = settle_head_unit(column, match)
    if written is None:
        fitting = [s for u in layout.title_units if (s := settle_unit(u, dimension)) is not None]
        written = fitting[0] if len(fitting) == 1 else None
    if written is not None and declared is not None and written != declared:
        binding.findings.append(_other_unit(sheet, layout, column, written, declared))
    return written or declared or choose_natural_unit(variable)


def settle_head_unit(column: Column, match: Match) -> Unit | None:
    """The unit that a head itself gives. Raises ``KaiwuError`` for two units or one of another dimension."""
    variable = column.variable
    if not variable.is_numeric or variable.unit is None or not match.units:
        return None
    if len(match.units) > 1:
        listed = "、".join(u.zh for u in match.units)
        raise KaiwuError(Problem("IN-HEAD-UNITS", f"表头有两个单位: {listed}", f"two units in one head: {listed}"))
    settled = settle_unit(match.units[0], variable.unit.dimension)
    if settled is None:
        raise KaiwuError(dimension_problem(column.head, match.units[0].dimension, variable.unit.dimension))
    return settled


def choose_natural_unit(variable: Variable) -> Unit | None:
    """Persons, firms, items and points need no unit, unless the variable itself is in 万人."""
    is_natural = variable.kind in (Kind.COUNT, Kind.SCORE) and variable.unit and not scale_of(variable.unit)
    return variable.unit if is_natural else None


def _other_unit(sheet: Sheet, layout: Layout, column: Column, written: Unit, declared: Unit) -> Finding:
    zh = f"表头单位是{written.zh}, 模板是{declared.zh}; 已按表头的{written.zh}精确换算, 请核对"
    en = f"the sheet says {written.en}, the template {declared.en}; converted exactly by the sheet, please check"
    problem = Problem("IN-HEAD-UNIT-OTHER", zh, en, text=column.head)
    return find_at(sheet, layout.bottom, column.index, problem, is_error=False)


def _note_period(column: Column, match: Match) -> None:
    """Keep the period that the head itself gives."""
    rule = column.rule
    assert rule is not None
    column.years_back = match.years_back + rule.years_back
    if len(match.periods) > 1:
        listed = "、".join(p.zh for p in match.periods)
        raise KaiwuError(Problem("IN-HEAD-PERIODS", f"表头有两个时期: {listed}", f"two periods in one head: {listed}"))
    if match.periods and column.years_back:
        zh, en = "表头已有年份, 又声明了往前的年数", "the head has a year and the template counts back as well"
        raise KaiwuError(Problem("IN-HEAD-PERIODS", zh, en, text=column.head))
    if match.periods:
        column.period = fit_period(rule.variable, match.periods[0])


def _place_column(sheet: Sheet, layout: Layout, column: Column, template: ImportTemplate, binding: Binding) -> None:
    """Give a column without a period of its own that of the sheet, unless each row has one."""
    if column.period is not None or binding.only(Role.PERIOD) is not None:
        return
    try:
        column.period = place_period(column.variable, binding.period, column.years_back, template)
    except KaiwuError as flaw:
        column.is_placed = False
        binding.findings += [find_at(sheet, layout.bottom, column.index, p) for p in flaw.problems]


def place_period(variable: Variable, period: Period | None, years_back: int, template: ImportTemplate) -> str:
    """The period text of a value of a sheet or row of ``period``, so many years back. Raises as ``fit_period``."""
    point = template.period.point
    if period is not None and years_back:
        period = period.previous(years_back)
        point = None if point is None else point.replace(year=point.year - years_back, day=min(point.day, 28))
    return fit_period(variable, period, point)


def _check_twice(sheet: Sheet, layout: Layout, binding: Binding) -> None:
    """Two columns of one meaning: nobody can say which holds."""
    seen: dict[tuple[object, ...], Column] = {}
    for column in binding.columns:
        if column.role in (Role.IGNORED, Role.UNBOUND):
            continue
        code = column.variable.code if column.role == Role.VALUE else ""
        key = (column.role, column.attribute, code, column.period, column.years_back if column.period is None else 0)
        first = seen.setdefault(key, column)
        if first is not column:
            zh = f"“{first.head}”与“{column.head}”两列是同一项, 不知以哪列为准; 请只留一列"
            en = f"columns “{first.head}” and “{column.head}” mean the same; keep one"
            for each in (first, column):
                binding.findings.append(find_at(sheet, layout.bottom, each.index, Problem("IN-COLUMN-TWICE", zh, en)))


def _check_roles(sheet: Sheet, template: ImportTemplate, binding: Binding) -> None:
    """Columns without which the sheet says nothing."""
    missing = [
        (rule.heads[0], rule.variable.zh)
        for rule in template.columns
        if template.is_strict and not any(c.rule is rule for c in binding.columns)
    ]
    for head, name in missing:
        zh = f"模板的列“{head}”({name})没有找到; 请核对表头"
        en = f"the template's column “{head}” ({name}) was not found; check the heads"
        binding.findings.append(find_in(sheet, Problem("IN-COLUMN-ABSENT", zh, en, text=head), is_error=False))
    if not binding.all(Role.VALUE) and not template.registers:
        zh, en = "没有一列能对应到变量, 没有可导入的数据", "no column means a variable, there is nothing to import"
        binding.findings.append(find_in(sheet, Problem("IN-COLUMN-NONE", zh, en)))
    if template.registers and binding.only(Role.NAME) is None:
        zh, en = "登记主体的表要有名称列", "a sheet that registers entities needs a name column"
        binding.findings.append(find_in(sheet, Problem("IN-NAME-ABSENT", zh, en)))
