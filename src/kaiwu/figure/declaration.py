"""Reads the variables that a pack declares (变量定义) into ``Variable``; a file's mistakes in one report.

Owns the shape of ``variables:`` in a pack file. It does not own other keys of that file, nor how several
packs are joined (``catalogue.py``), and it keeps ``derive`` as text.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from kaiwu.figure.entry import Entry
from kaiwu.figure.variable import Kind, PeriodType, Variable
from kaiwu.figure.vocabulary import SCOPES, STANDINGS
from kaiwu.quantity import (
    BASE_DIMENSIONS,
    Dimension,
    KaiwuError,
    Problem,
    Unit,
    date_index,
    find_unit,
    to_grain,
)
from kaiwu.quantity.parse import parse_quantity
from kaiwu.table import Document

Labels = tuple[str, str]
"""A Chinese and an English label."""

TaxonomyFinder = Callable[[str], Mapping[str, Labels] | None]
"""Finds a taxonomy by its name: labels by value, in stored order; None where there is no such taxonomy."""

VARIABLE_KEYS: tuple[str, ...] = (
    "zh", "en", "kind", "unit", "decimals", "bound", "period", "scope", "owner", "definition", "source",
    "aliases", "values", "taxonomy", "derive", "purposes", "standing", "confidential", "replaces",
)  # fmt: skip
"""Every key that a variable may have in a pack file."""

COMPOUND_DECIMALS = 6
"""万元/亩 and other quotients are stored to the sixth decimal of their unit unless ``decimals`` says else."""

MAX_DECIMALS = 12
FIRST_DAY, LAST_DAY = dt.date(1900, 1, 1), dt.date(2199, 12, 31)
"""Bounds of dates and years that declare none: older or later is a slip of the keyboard."""

_CODE = re.compile(r"[a-z][a-z0-9_]{0,63}\Z")
_BAD_NAME = re.compile(r"[\s'\"@#;{}\[\]（），＞＜＝＋－＊／％．]|\A[0-9]")
_NUMERIC = (Kind.MONEY, Kind.QUANTITY, Kind.RATIO, Kind.COUNT, Kind.SCORE)
_DIMENSIONS: dict[Kind, tuple[Dimension, ...]] = {
    Kind.MONEY: (BASE_DIMENSIONS["money"],),
    Kind.RATIO: (BASE_DIMENSIONS["ratio"],),
    Kind.COUNT: tuple(BASE_DIMENSIONS[name] for name in ("person", "firm", "item")),
    Kind.SCORE: tuple(BASE_DIMENSIONS[name] for name in ("score", "level")),
}


def no_taxonomy(name: str) -> None:
    """The finder of a pack without taxonomies."""
    return


def load_variables(doc: Document, taxonomies: TaxonomyFinder = no_taxonomy) -> list[Variable]:
    """Read all variables of a content file, in its order.

    ``taxonomies`` resolves ``taxonomy: NAME`` of categories (a dict's ``get`` will do). Raises ``KaiwuError``
    with every mistake of the file, each at its line and key.
    """
    problems: list[Problem] = []
    table = doc.data.get("variables") if isinstance(doc.data, dict) else None
    if not isinstance(table, dict):
        zh, en = "缺少“variables:”, 其下逐个写变量代码", "“variables:” with one entry per code is missing"
        raise KaiwuError(doc.problem("F-VAR-NONE", zh, en, "variables"))
    loaded = []
    for code, data in table.items():
        if isinstance(data, dict):
            loaded.append(_load_variable(Entry(doc, ("variables", code), data, problems), code, taxonomies))
        else:
            zh, en = "变量下面要写 zh, en, kind 等键", "a variable needs keys such as zh, en, kind"
            problems.append(doc.problem("F-VAR-SHAPE", zh, en, "variables", code))
    if problems:
        raise KaiwuError(problems)
    return loaded


def _load_variable(entry: Entry, code: str, taxonomies: TaxonomyFinder) -> Variable:
    entry.check_keys(VARIABLE_KEYS)
    kind = Kind(entry.choice("kind", [*Kind], Kind.TEXT)) if "kind" in entry.data else _miss_kind(entry)
    unit = _read_unit(entry, kind)
    grain = _read_grain(entry, kind, unit)
    categories = _read_categories(entry, kind, taxonomies)
    low, high = _read_bounds(entry, kind, unit, grain, len(categories))
    variable = Variable(
        code=code,
        zh=entry.text("zh", required=True),
        en=entry.text("en", required=True),
        kind=kind,
        unit=unit,
        grain=grain,
        low=low,
        high=high,
        period=PeriodType(entry.choice("period", [*PeriodType], PeriodType.YEAR)),
        scope=entry.choice("scope", SCOPES, "legal_entity"),
        owner=entry.text("owner"),
        definition=entry.text("definition"),
        source=entry.text("source"),
        aliases=entry.texts("aliases"),
        values=tuple(categories),
        value_labels=tuple(categories.values()),
        derive=entry.text("derive") or None,
        purposes=entry.texts("purposes"),
        standing=entry.choice("standing", STANDINGS, "attested"),
        confidential=entry.flag("confidential", True),
        replaces=entry.flag("replaces", False),
        where=entry.where,
    )
    _check_names(entry, variable)
    return variable


def _miss_kind(entry: Entry) -> Kind:
    listed = ", ".join(Kind)
    entry.complain("F-KEY-MISSING", f"缺少“kind”, 可选: {listed}", f"“kind” is missing; one of: {listed}")
    return Kind.TEXT


def _check_names(entry: Entry, variable: Variable) -> None:
    if not _CODE.match(variable.code):
        zh = f"代码“{variable.code}”只能用小写字母、数字和下划线, 以字母开头"
        en = f"code “{variable.code}” must be lower-case letters, digits and underscores, a letter first"
        entry.complain("F-VAR-CODE", zh, en)
    for key, names in (("zh", (variable.zh,)), ("aliases", variable.aliases)):
        for name in names:
            if _BAD_NAME.search(name):
                zh = f"名称“{name}”不能以数字开头, 也不能含空格、引号、@#;{{}}[]或全角括号和运算符(请用半角)"
                en = f"name “{name}” may not begin with a digit or hold blanks, quotes, @#;{{}}[], （＋"
                entry.complain("F-VAR-NAME", zh, en, key)


def _read_unit(entry: Entry, kind: Kind) -> Unit | None:
    text = entry.text("unit", required=kind in _NUMERIC)
    if not text:
        return None
    if kind not in _NUMERIC:
        entry.complain("F-VAR-UNIT", f"{kind} 类变量没有单位, 请删去", f"kind {kind} takes no unit; remove it", "unit")
        return None
    try:
        unit = find_unit(text)
    except KaiwuError as e:
        entry.problems += [p.located(entry.document.where(*entry.path, "unit")) for p in e.problems]
        return None
    _check_dimension(entry, kind, unit)
    return unit


def _check_dimension(entry: Entry, kind: Kind, unit: Unit) -> None:
    """A kind promises a dimension; ``quantity`` takes all that no other kind has a name for."""
    wanted = _DIMENSIONS.get(kind)
    better = next((k for k in (Kind.MONEY, Kind.RATIO) if unit.dimension in _DIMENSIONS[k]), None)
    if wanted is None and better:
        zh, en = f"单位“{unit}”请用 kind: {better}", f"unit “{unit}” belongs to kind: {better}"
        entry.complain("F-VAR-KIND", zh, en, "kind")
    elif wanted is not None and unit.dimension not in wanted:
        names = " / ".join(d.name for d in wanted)
        zh = f"kind: {kind} 要 {names} 的单位, “{unit}”是{unit.dimension.zh}; 其他量请用 kind: quantity"
        en = f"kind: {kind} wants a unit of {names}, “{unit}” is {unit.dimension.en}; else use kind: quantity"
        entry.complain("F-VAR-KIND", zh, en, "unit")


def _read_grain(entry: Entry, kind: Kind, unit: Unit | None) -> Fraction:
    """The exact size of one stored step in base units."""
    decimals = entry.whole_number("decimals", 0, MAX_DECIMALS)
    if unit is None:
        if decimals is not None and kind not in _NUMERIC:
            entry.complain("F-VAR-DECIMALS", f"{kind} 类没有小数位", f"kind {kind} has no decimals", "decimals")
        return Fraction(1)
    if decimals is None:
        powers = unit.dimension.powers
        if len(powers) == 1 and powers[0][1] == 1:
            return Fraction(1)
        decimals = COMPOUND_DECIMALS
    grain = unit.factor * Fraction(1, 10**decimals)
    if kind is Kind.MONEY and grain != 1:
        zh, en = "金额一律记到分, 请删去 decimals", "money is stored in fen; remove “decimals”"
        entry.complain("F-VAR-DECIMALS", zh, en, "decimals")
    return grain


def _read_categories(entry: Entry, kind: Kind, taxonomies: TaxonomyFinder) -> dict[str, Labels]:
    given = [key for key in ("values", "taxonomy") if entry.data.get(key) is not None]
    if kind is not Kind.CATEGORY:
        for key in given:
            zh, en = f"只有 kind: category 才有 {key}", f"only kind: category has {key}"
            entry.complain("F-VAR-VALUES", zh, en, key)
        return {}
    if len(given) != 1:
        zh, en = "category 要写 values 或 taxonomy 之一", "a category needs either values or taxonomy"
        entry.complain("F-VAR-VALUES", zh, en)
        return {}
    return _read_taxonomy(entry, taxonomies) if given == ["taxonomy"] else _read_values(entry)


def _read_taxonomy(entry: Entry, taxonomies: TaxonomyFinder) -> dict[str, Labels]:
    name = entry.text("taxonomy")
    found = taxonomies(name)
    if not found:
        zh, en = f"找不到分类“{name}”", f"there is no taxonomy “{name}”"
        entry.complain("F-VAR-TAXONOMY", zh, en, "taxonomy")
    return dict(found or {})


def _read_values(entry: Entry) -> dict[str, Labels]:
    values = entry.data["values"]
    if isinstance(values, list):
        words = entry.texts("values")
        for word in sorted({w for w in words if words.count(w) > 1}):
            entry.complain("F-VAR-VALUES", f"取值“{word}”重复", f"value “{word}” occurs twice", "values")
        return {word: (word, word) for word in words}
    if not isinstance(values, dict) or not values:
        entry.complain("F-VAR-VALUES", "values 要写列表或映射", "values must be a list or a mapping", "values")
        return {}
    labels: dict[str, Labels] = {}
    for code, label in values.items():
        inner = Entry(entry.document, (*entry.path, "values", code), label or {}, entry.problems)
        if not isinstance(label, dict | None):
            inner.complain("F-VAR-VALUES", "这里写 {zh: …, en: …}", "write {zh: …, en: …} here")
            continue
        inner.check_keys(("zh", "en"))
        labels[code] = (inner.text("zh", code), inner.text("en", code))
    return labels


def _read_bounds(entry: Entry, kind: Kind, unit: Unit | None, grain: Fraction, values: int) -> tuple[int, int]:
    """Bounds of the stored integer, both included."""
    fixed = {Kind.FLAG: 1, Kind.JUDGEMENT: 1, Kind.CATEGORY: max(values - 1, 0), Kind.TEXT: 0}
    pair = entry.data.get("bound")
    if kind in fixed:
        if pair is not None:
            entry.complain("F-VAR-BOUND", f"{kind} 类没有 bound", f"kind {kind} has no bound", "bound")
        return 0, fixed[kind]
    if pair is None and kind in (Kind.DATE, Kind.YEAR):
        return _default_bounds(kind)
    if not isinstance(pair, list) or len(pair) != 2:
        zh = "数值类变量要写 bound: [最小值, 最大值], 带单位, 例如 [0元, 10000亿元]"
        en = "a numeric variable needs bound: [lowest, highest] with units, such as [0元, 10000亿元]"
        entry.complain("F-VAR-BOUND", zh, en, *(["bound"] if pair is not None else []))
        return 0, 0
    low, high = (_read_bound(entry, i, end, kind, unit, grain) for i, end in enumerate(pair))
    if low is None or high is None:
        return 0, 0
    if low >= high:
        entry.complain("F-VAR-BOUND", "bound 的最小值要小于最大值", "the lower bound must be below the upper", "bound")
    return low, high


def _default_bounds(kind: Kind) -> tuple[int, int]:
    if kind is Kind.YEAR:
        return FIRST_DAY.year, LAST_DAY.year
    return date_index(FIRST_DAY), date_index(LAST_DAY)


def _read_bound(entry: Entry, index: int, end: Any, kind: Kind, unit: Unit | None, grain: Fraction) -> int | None:
    if kind is Kind.DATE and isinstance(end, dt.date):
        return date_index(end)
    if kind is Kind.YEAR and isinstance(end, int) and not isinstance(end, bool):
        return end
    if kind in _NUMERIC:
        # A missing or wrong unit is reported already.
        return _read_amount(entry, index, end, kind, unit, grain) if unit else None
    want = ("日期, 如 2000-01-01", "a date such as 2000-01-01") if kind is Kind.DATE else ("年份", "a year")
    entry.complain("F-VAR-BOUND", f"bound 这里要写{want[0]}", f"write {want[1]} here", "bound", index)
    return None


def _read_amount(entry: Entry, index: int, end: Any, kind: Kind, unit: Unit, grain: Fraction) -> int | None:
    """A bound with its unit. Zero is the same in every unit, counts and points have one: those go bare."""
    bare = kind in (Kind.COUNT, Kind.SCORE)
    if isinstance(end, bool) or not isinstance(end, int | Fraction | str):
        zh, en = f"要写带单位的数量, 例如 1000{unit.zh}", f"write a quantity with its unit, such as 1000{unit.zh}"
        entry.complain("F-VAR-BOUND", zh, en, "bound", index)
        return None
    if isinstance(end, int | Fraction) and not isinstance(end, bool):
        if not (bare or end == 0):
            zh, en = f"数值要带单位, 例如 {end}{unit.zh}", f"a number needs its unit, such as {end}{unit.zh}"
            entry.complain("F-VAR-BOUND", zh, en, "bound", index)
            return None
        base = unit.to_base(Fraction(end))
    try:
        if isinstance(end, str):
            base = parse_quantity(end, default_unit=unit if bare else None, dimension=unit.dimension).base
        return to_grain(base, grain)
    except KaiwuError as e:
        place = entry.document.where(*entry.path, "bound", index)
        entry.problems += [p.located(place) for p in e.problems]
        return None
