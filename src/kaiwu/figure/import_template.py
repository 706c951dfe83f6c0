"""Import templates (导入模板): what a department's yearly sheet holds, declared once as content.

Owns the shape of ``imports/<name>.yaml`` in a pack. It does not own matching heads (``binding``) or reading
cells (``cell_value``). All keys::

    import: tax_yearly              # code of the template, lower-case letters, digits, underscores
    zh: 税务部门年度数据             # label in Chinese (required)
    en: Yearly data of the tax office   # label in English (required)
    sheet: [税收]                   # names of the sheets to read; default: every visible sheet
    entity:                         # whom a row is about (required)
      column: [统一社会信用代码]     # heads of the key column
      kind: firm                    # kind of entity; the code of a firm is checked (GB 32100)
      code: uscc                    # own: firms under a numbering of the sender's own, where no code is published
      name_column: [企业名称]       # heads of the name column, used to compare and to register
    period: {year: 2024}            # one of: year; value (2024年1-8月); column (heads of a period column);
                                    # from_title: true; from_sheet: true. Absent: given with the import.
                                    # point: 2024-12-31 beside it dates the states (default: last day)
    source: 区税务局                 # who sends it (required)
    status: final                   # flash, revised or final
    scope: legal_entity             # statistical scope of every value in the sheet (required)
    price_basis: current            # current, constant … free text
    sample: ""                      # sample version of a survey
    standing: attested              # attested, single_copy, memory, inferred
    legal_basis: …                  # on what law or agreement the data were handed over
    purposes: [permu, policy]       # permitted purposes; none: any lawful purpose
    synthetic: false                # invented data, labelled so
    columns:                        # what the value columns are
      - head: [入库税收, 实缴税金]   # heads without unit and period; group and lower head: 指标/税收
        variable: tax_paid          # code, Chinese name or alias of a variable (required)
        unit: 万元                  # where neither cells nor head nor title carry it
        years_back: 1               # 上年 columns: this many years before the period of the sheet
        round: half_up              # declared rounding to the smallest unit; otherwise finer is an error
    ignore: [序号, 备注]             # heads that are not read
    groups: [主要指标]               # upper heads that say nothing about the quantity
    register: true                  # the sheet also declares entities
    attributes: {town: [镇街, 所属镇街]}   # further columns of the declared entities, as text
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

from kaiwu.figure.entry import Entry
from kaiwu.figure.head import fold_head
from kaiwu.figure.variable import Variable
from kaiwu.figure.vocabulary import SCOPES, STANDINGS, STATUSES
from kaiwu.identity.entity import EntityKind
from kaiwu.quantity.period import Period, PeriodKind
from kaiwu.quantity.period_text import parse_period
from kaiwu.quantity.problem import KaiwuError, Problem
from kaiwu.quantity.unit import Unit, find_unit
from kaiwu.table.document import Document

IMPORT_KEYS: tuple[str, ...] = (
    "import", "zh", "en", "sheet", "entity", "period", "source", "status", "scope", "price_basis", "sample",
    "standing", "legal_basis", "purposes", "synthetic", "columns", "ignore", "groups", "register", "attributes",
)  # fmt: skip
ENTITY_KEYS: tuple[str, ...] = ("column", "kind", "code", "name_column")
CODES = ("uscc", "own")
PERIOD_KEYS: tuple[str, ...] = ("year", "value", "column", "from_title", "from_sheet", "point")
COLUMN_KEYS: tuple[str, ...] = ("head", "variable", "unit", "years_back", "round")

FIRM_HEADS = ("统一社会信用代码", "社会信用代码", "信用代码", "统一信用代码")
OTHER_HEADS = ("主体代码", "entity", "id")
NAME_HEADS = ("企业名称", "单位名称", "主体名称", "名称", "name")
PERIOD_HEADS = ("年度", "年份", "期间", "时期", "period", "year")
IGNORED_HEADS = ("序号", "备注", "原因", "no.", "no")
"""Never read: running numbers, remarks, and the column of reasons in a workbook that was handed back."""

_CODE = re.compile(r"[a-z][a-z0-9_]{0,63}\Z")


@dataclass(frozen=True, slots=True)
class PeriodRule:
    """Where the period of a value comes from; nothing at all means that it is given with the import."""

    value: Period | None = None
    column: tuple[str, ...] = ()
    from_title: bool = False
    from_sheet: bool = False
    point: dt.date | None = None


@dataclass(frozen=True, slots=True)
class ColumnRule:
    """What one value column is. ``heads`` are as written in the template."""

    heads: tuple[str, ...]
    variable: Variable
    unit: Unit | None = None
    years_back: int = 0
    rounds: bool = False


@dataclass(frozen=True, slots=True)
class ImportTemplate:
    """A loaded import template (导入模板); the module's docstring explains every key."""

    code: str
    zh: str
    en: str
    entity_heads: tuple[str, ...]
    source: str
    entity_kind: str = EntityKind.FIRM
    entity_code: str = "uscc"
    name_heads: tuple[str, ...] = NAME_HEADS
    sheets: tuple[str, ...] = ()
    period: PeriodRule = field(default_factory=PeriodRule)
    status: str = "final"
    scope: str = "legal_entity"
    price_basis: str = ""
    sample: str = ""
    standing: str = "attested"
    legal_basis: str = ""
    purposes: tuple[str, ...] = ()
    synthetic: bool = False
    columns: tuple[ColumnRule, ...] = ()
    ignore: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    registers: bool = False
    attributes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    is_strict: bool = True
    """Only declared columns count; without a template every variable's own names do."""


def implicit_template(variables: Iterable[Variable], source: str) -> ImportTemplate:
    """The template of a sheet without one: each variable under its Chinese name, alias or code, firms by code."""
    columns = tuple(ColumnRule(variable.names, variable) for variable in variables)
    period = PeriodRule(column=PERIOD_HEADS)
    heads = (*FIRM_HEADS, *OTHER_HEADS)
    return ImportTemplate("", "", "", heads, source, period=period, columns=columns, is_strict=False)


def list_variables(variables: Mapping[str, Variable] | Iterable[Variable]) -> tuple[Variable, ...]:
    """Variables of a catalogue, of a mapping by code, or of any iterable."""
    return tuple(variables.values() if isinstance(variables, Mapping) else variables)


def load_import_template(doc: Document, variables: Mapping[str, Variable] | Iterable[Variable]) -> ImportTemplate:
    """Read an import template. Raises ``KaiwuError`` with every mistake of the file at its line and key."""
    problems: list[Problem] = []
    if not isinstance(doc.data, dict):
        zh, en = "导入模板要写 import, zh, entity 等键", "an import template needs keys such as import, zh, entity"
        raise KaiwuError(doc.problem("IN-TEMPLATE-SHAPE", zh, en))
    entry = Entry(doc, (), doc.data, problems)
    entry.check_keys(IMPORT_KEYS)
    template = _load(entry, list_variables(variables))
    _check_heads(entry, template)
    if problems:
        raise KaiwuError(problems)
    return template


def _load(entry: Entry, variables: tuple[Variable, ...]) -> ImportTemplate:
    code = entry.text("import", required=True)
    if code and not _CODE.match(code):
        entry.complain(
            "IN-TEMPLATE-CODE", "代码只能用小写字母、数字和下划线", "use lower-case letters, digits, _", "import"
        )
    if entry.data.get("scope") is None:
        entry.complain(
            "F-KEY-MISSING",
            "缺少“scope”(口径), 如 legal_entity; 合并口径的数据不能用于法人条件",
            "“scope” is missing, such as legal_entity; a consolidated value never answers for a legal entity",
        )
    target = _inner(entry, "entity", ENTITY_KEYS)
    return ImportTemplate(
        code=code,
        zh=entry.text("zh", required=True),
        en=entry.text("en", required=True),
        entity_heads=_required_texts(target, "column"),
        entity_kind=target.choice("kind", [*EntityKind], EntityKind.FIRM),
        entity_code=target.choice("code", CODES, "uscc"),
        name_heads=target.texts("name_column"),
        sheets=entry.texts("sheet"),
        period=_load_period(entry),
        source=entry.text("source", required=True),
        status=entry.choice("status", STATUSES, "final"),
        scope=entry.choice("scope", SCOPES, "legal_entity"),
        price_basis=_optional_text(entry, "price_basis"),
        sample=_optional_text(entry, "sample"),
        standing=entry.choice("standing", STANDINGS, "attested"),
        legal_basis=_optional_text(entry, "legal_basis"),
        purposes=entry.texts("purposes"),
        synthetic=entry.flag("synthetic", False),
        columns=_load_columns(entry, variables),
        ignore=entry.texts("ignore"),
        groups=entry.texts("groups"),
        registers=entry.flag("register", False),
        attributes=_load_attributes(entry),
    )


def _inner(entry: Entry, key: str, allowed: tuple[str, ...]) -> Entry:
    """The mapping under a required key; an empty one where it is missing, so that reading goes on."""
    data = entry.data.get(key)
    inner = Entry(entry.document, (*entry.path, key), data if isinstance(data, dict) else {}, entry.problems)
    if not isinstance(data, dict):
        listed = ", ".join(allowed)
        entry.complain("F-KEY-MISSING", f"“{key}”下要写: {listed}", f"“{key}” needs: {listed}", key)
    inner.check_keys(allowed)
    return inner


def _optional_text(entry: Entry, key: str) -> str:
    """Text of a key that may be given and empty."""
    return "" if entry.data.get(key) == "" else entry.text(key)


def _required_texts(entry: Entry, key: str) -> tuple[str, ...]:
    texts = entry.texts(key)
    if not texts:
        entry.complain("F-KEY-MISSING", f"缺少“{key}”(表头名称)", f"“{key}” (names of the head) is missing", key)
    return texts


def _load_period(entry: Entry) -> PeriodRule:
    if entry.data.get("period") is None:
        return PeriodRule()
    inner = _inner(entry, "period", PERIOD_KEYS)
    given = [key for key in PERIOD_KEYS[:-1] if inner.data.get(key)]
    if len(given) > 1:
        listed = ", ".join(given)
        inner.complain("IN-TEMPLATE-PERIOD", f"时期来源只能写一个, 现有 {listed}", f"give one of {listed}")
    year = inner.whole_number("year", 1949, 2199)
    value = Period(PeriodKind.YEAR, year) if year else _read_period(inner)
    point = inner.data.get("point")
    if point is not None and not isinstance(point, dt.date):
        inner.complain("F-KEY-TYPE", "point 要写日期, 如 2024-12-31", "point must be a date: 2024-12-31", "point")
        point = None
    return PeriodRule(
        value, inner.texts("column"), inner.flag("from_title", False), inner.flag("from_sheet", False), point
    )


def _read_period(inner: Entry) -> Period | None:
    text = inner.text("value")
    try:
        return parse_period(text) if text else None
    except KaiwuError as flaw:
        inner.problems += [p.located(inner.document.where(*inner.path, "value")) for p in flaw.problems]
        return None


def _load_columns(entry: Entry, variables: tuple[Variable, ...]) -> tuple[ColumnRule, ...]:
    listed = entry.data.get("columns")
    if not isinstance(listed, list):
        if listed is not None or not entry.data.get("register"):
            zh, en = "columns 下逐列写 {head, variable, unit}", "list {head, variable, unit} under columns"
            entry.complain("IN-TEMPLATE-COLUMNS", zh, en, "columns")
        return ()
    known = {name: variable for variable in variables for name in variable.names}
    rules = []
    for i, data in enumerate(listed):
        if not isinstance(data, dict):
            entry.complain(
                "IN-TEMPLATE-COLUMNS", "这里写 {head: …, variable: …}", "write {head: …, variable: …}", "columns", i
            )
            continue
        inner = Entry(entry.document, ("columns", i), data, entry.problems)
        if (rule := _load_column(inner, known)) is not None:
            rules.append(rule)
    return tuple(rules)


def _load_column(inner: Entry, known: Mapping[str, Variable]) -> ColumnRule | None:
    inner.check_keys(COLUMN_KEYS)
    heads = _required_texts(inner, "head")
    name = inner.text("variable", required=True)
    variable = known.get(name)
    if name and variable is None:
        near = get_close_matches(name, list(known), n=3, cutoff=0.5)
        zh = f"没有变量“{name}”" + (f"; 是否指 {'、'.join(near)}?" if near else "; 请先声明")
        en = f"no variable “{name}”" + (f"; did you mean {', '.join(near)}?" if near else "; declare it first")
        inner.complain("IN-TEMPLATE-VARIABLE", zh, en, "variable", text=name)
    rounds = inner.choice("round", ("half_up", "no"), "no") == "half_up"
    years_back = inner.whole_number("years_back", 0, 9) or 0
    if variable is None:
        return None
    return ColumnRule(heads, variable, _read_unit(inner, variable), years_back, rounds)


def _read_unit(inner: Entry, variable: Variable) -> Unit | None:
    text = inner.text("unit")
    if not text:
        return None
    try:
        return find_unit(text, dimension=variable.unit.dimension if variable.unit else None)
    except KaiwuError as flaw:
        inner.problems += [p.located(inner.document.where(*inner.path, "unit")) for p in flaw.problems]
        return None


def _load_attributes(entry: Entry) -> dict[str, tuple[str, ...]]:
    data = entry.data.get("attributes")
    if data is None:
        return {}
    if not isinstance(data, dict):
        entry.complain(
            "F-KEY-TYPE", "attributes 写 {town: [镇街]} 这样", "write attributes: {town: [镇街]}", "attributes"
        )
        return {}
    inner = Entry(entry.document, ("attributes",), data, entry.problems)
    taken = ("entity", "kind", "name", "place")
    for key in data:
        if not _CODE.match(key) or key in taken:
            inner.complain("IN-TEMPLATE-CODE", f"属性名“{key}”不可用", f"attribute name “{key}” cannot be used", key)
    return {key: inner.texts(key) for key in data}


def _check_heads(entry: Entry, template: ImportTemplate) -> None:
    """One head may not mean two things."""
    owners: dict[str, str] = {}
    uses = [("entity.column", template.entity_heads), ("entity.name_column", template.name_heads)]
    uses += [("period.column", template.period.column), ("ignore", template.ignore)]
    uses += [(f"attributes.{name}", heads) for name, heads in template.attributes.items()]
    uses += [(f"columns[{i}]", rule.heads) for i, rule in enumerate(template.columns)]
    for owner, heads in uses:
        for head in heads:
            other = owners.setdefault(fold_head(head), owner)
            if other != owner:
                zh = f"表头“{head}”同时用于 {other} 和 {owner}, 只能有一种含义"
                en = f"head “{head}” is used for {other} and {owner}; it can mean one thing only"
                entry.complain("IN-TEMPLATE-HEAD", zh, en, owner.split("[")[0].split(".")[0], text=head)
