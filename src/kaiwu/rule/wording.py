"""Names and values in words (读法): a figure with its year, a formula by name, an amount in its unit.

Owns how trees and exact values are printed in explanations, always in Chinese and English together. It does
not own sentences (``phrase``) nor number formats (``kaiwu.quantity``). No printed value ever hides on which
side of a line it lies: as many decimals are printed as that takes, and a rounded value says 约.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from kaiwu.figure.variable import Kind, PeriodType, Variable
from kaiwu.quantity import (
    DIMENSIONLESS,
    Dimension,
    KaiwuError,
    Unit,
    choose_unit,
    find_unit,
    format_decimal,
    format_quantity,
    known_units,
    parse_quantity,
)
from kaiwu.quantity.dimension import DURATION, MONEY, YEAR, base_dimension
from kaiwu.rule import expression as x
from kaiwu.rule.agreement import DATE
from kaiwu.rule.phrase import EMPTY, Words, join, plain, say
from kaiwu.rule.reference import Reference, Row

OPS = {">=": "≥", "<=": "≤", ">": ">", "<": "<", "=": "=", "!=": "≠"}
FLIPPED = {"<": ">=", ">=": "<", ">": "<=", "<=": ">", "=": "!=", "!=": "="}
TURNED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "=": "=", "!=": "!="}

PLACES_EXACT = 4
"""A computed value with so many decimals or fewer is printed in full."""
PLACES_OF_FIGURE = 10
"""A figure is printed as it was reported, in full."""
PLACES_ROUNDED = 2
MAX_PLACES = 18
"""Beyond so many decimals no two values of 64-bit figures need to be told apart by eye."""

_YEARLY = (PeriodType.YEAR, PeriodType.CUMULATIVE, PeriodType.MONTH, PeriodType.QUARTER)


@lru_cache(maxsize=8192)
def show_value(
    value: Fraction,
    dimension: Dimension,
    unit: Unit | None = None,
    against: Fraction | None = None,
    places: int = PLACES_EXACT,
) -> Words:
    """Print an exact value: in full if ``places`` decimals do, else rounded with 约, never onto ``against``."""
    if dimension == DATE:
        return plain(show_date(int(value)))
    if dimension == YEAR:
        return say("year", year=int(value))
    if dimension == DURATION and value.denominator == 1:
        return show_months(int(value))
    unit = unit if unit is not None and _rest(unit) == dimension else unit_of_dimension(dimension)
    amount = in_unit(value, unit)
    decimals = _exact_places(amount)
    is_exact = decimals is not None and decimals <= places
    if not is_exact:
        decimals = _places_needed(amount, None if against is None else in_unit(against, unit))
    base = unit.to_base(amount)
    shown = (format_quantity(base, unit, decimals), format_quantity(base, unit, decimals, language="en"))
    return shown if is_exact else say("about", value=shown)


def show_money(value: Fraction) -> Words:
    """Print fen in 元, 万元 or 亿元 by size, exactly where a few decimals do."""
    return show_value(value, MONEY, choose_unit(value), places=PLACES_OF_FIGURE)


def show_change(change: Fraction, variable: Variable) -> Words:
    """Print a difference: money by size, ratios in percentage points, others in the variable's unit."""
    if variable.kind is Kind.MONEY:
        return show_money(change)
    if variable.kind is Kind.RATIO:
        return show_value(change, DIMENSIONLESS, find_unit("个百分点"), places=PLACES_OF_FIGURE)
    dimension = _rest(variable.unit) if variable.unit is not None else DIMENSIONLESS
    return show_value(change, dimension, variable.unit, places=PLACES_OF_FIGURE)


def show_date(index: int) -> str:
    """Print a date index; an index that is no calendar day is printed as it stands."""
    months, day = divmod(index, 31)
    return f"{months // 12:04d}-{months % 12 + 1:02d}-{day + 1:02d}"


def show_months(months: int) -> Words:
    """Print a number of months as years and months."""
    years, rest = divmod(abs(months), 12)
    sign = "-" if months < 0 else ""
    if years == 0 or months < 0:
        return say("months", months=f"{sign}{abs(months)}", ms=_plural(months))
    if rest == 0:
        return say("years", years=years, ys=_plural(years))
    return say("years-months", years=years, months=rest, ys=_plural(years), ms=_plural(rest))


def _plural(count: int) -> str:
    return "" if abs(count) == 1 else "s"


def in_unit(value: Fraction, unit: Unit) -> Fraction:
    """A tree's value (ratios are plain numbers) as an amount in a unit."""
    return unit.from_base(value / unit.dimension.without_ratio()[1])


def unit_of(node: x.Num) -> Unit | None:
    """The display unit that the variables of a formula suggest; None where they suggest none."""
    unit = _unit_below(node)
    return unit if unit is not None and _rest(unit) == node.dimension else None


def _unit_below(node: x.Num) -> Unit | None:
    match node:
        case x.Ref():
            return node.variable.unit
        case x.Derived():
            return node.ref.variable.unit
        case x.Literal():
            return literal_unit(node.text, node.dimension)
        case x.Pick():
            return next((unit for item in node.items if (unit := unit_of(item)) is not None), None)
        case x.Choose():
            values = (*(value for _, value in node.cases), node.otherwise)
            return next((unit for value in values if (unit := unit_of(value)) is not None), None)
        case x.Round():
            return unit_of(node.inner)
        case x.Rate():
            return find_unit("%")
        case x.Arith(op="/") if node.left.dimension == node.right.dimension:
            return find_unit("%")
        case x.Arith():
            return _unit_of_arith(node)
    return None


def _unit_of_arith(node: x.Arith) -> Unit | None:
    left, right = unit_of(node.left), unit_of(node.right)
    if node.op in "+-":
        return left or right
    if node.right.dimension == DIMENSIONLESS:
        return left
    if node.op == "*":
        return right if node.left.dimension == DIMENSIONLESS else None
    return left / right if left is not None and right is not None else None


@lru_cache(maxsize=4096)
def literal_unit(text: str, dimension: Dimension) -> Unit | None:
    """The unit that a constant was written in."""
    try:
        unit = parse_quantity(text).unit
    except KaiwuError:
        return None
    return unit if _rest(unit) == dimension else None


@lru_cache(maxsize=256)
def unit_of_dimension(dimension: Dimension) -> Unit:
    """A unit for values whose variables suggest none: % for ratios, else the first of each base dimension."""
    if dimension == DIMENSIONLESS:
        return find_unit("%")
    result: Unit | None = None
    for name, power in sorted(dimension.powers, key=lambda item: -item[1]):
        part = _first_unit(name)
        for _ in range(abs(power)):
            if result is None:
                result = part if power > 0 else find_unit("number") / part
            else:
                result = _times(result, part) if power > 0 else result / part
    assert result is not None
    return result


def _first_unit(name: str) -> Unit:
    wanted = base_dimension(name) if name != "date" else DATE
    return next(
        (unit for unit in known_units() if unit.dimension == wanted),
        Unit(name, name, name, wanted, Fraction(1)),
    )


def _times(a: Unit, b: Unit) -> Unit:
    return Unit(
        f"{a.code}*{b.code}",
        f"{a.zh}·{b.zh}",
        f"{a.en}·{b.en}",
        a.dimension * b.dimension,
        a.factor * b.factor,
    )


def _rest(unit: Unit) -> Dimension:
    return unit.dimension.without_ratio()[0]


def _exact_places(amount: Fraction) -> int | None:
    text = format_decimal(amount)
    return None if "/" in text else len(text.partition(".")[2])


def _places_needed(amount: Fraction, against: Fraction | None) -> int:
    """Decimals that keep the value apart from ``against`` and show at least two digits of it."""
    places = PLACES_ROUNDED
    gap = abs(amount - against) if against is not None and against != amount else None
    smallest = min(abs(amount) / 10 if amount else Fraction(1), gap if gap is not None else Fraction(1))
    while places < MAX_PLACES and Fraction(1, 10**places) > smallest:
        places += 1
    return places


@dataclass(frozen=True, slots=True)
class Wording:
    """Names things for one row; with the rated year, offsets become calendar years."""

    row: Row
    rated: int | None = None

    @classmethod
    def of(cls, row: Row, rated: int | None = None) -> Wording:
        """The wording for a row; ``rated`` wins over the year that the row carries."""
        return cls(row, rated if rated is not None else row.get("#rated"))

    def figure_name(self, ref: x.Ref) -> Words:
        """``2024年营业收入``; a variable without years goes by its name alone."""
        variable = ref.variable
        name = (variable.zh, variable.en or variable.code)
        if variable.period not in _YEARLY:
            return name
        if self.rated is not None:
            return say("name-year", year=str(self.rated + ref.offset), name=name)
        return say("name-ahead", name=name, years=f"{ref.offset:+d}") if ref.offset else name

    def figure(self, ref: x.Ref) -> Words:
        """A figure by name with its value (``2024年营业收入 800万元``), or that it is not there."""
        stored = self.row.get(ref.slot)
        if stored is None:
            return say("not-there", name=self.figure_name(ref))
        return say("figure", name=self.figure_name(ref), value=self.stored(ref, stored))

    def stored(self, ref: x.Ref, stored: int) -> Words:
        """A stored integer of a variable in its display unit."""
        variable = ref.variable
        if variable.kind in (Kind.FLAG, Kind.JUDGEMENT):
            return say("yes" if stored else "no")
        if variable.kind is Kind.CATEGORY:
            return self.category(variable, stored)
        return show_value(stored * ref.scale, ref.dimension, variable.unit, places=PLACES_OF_FIGURE)

    def category(self, variable: Variable, index: int) -> Words:
        """A category by its labels."""
        if 0 <= index < len(variable.value_labels):
            zh, en = variable.value_labels[index]
            return zh or variable.values[index], en or variable.values[index]
        return plain(variable.values[index] if 0 <= index < len(variable.values) else str(index))

    def categories(self, variable: Variable, codes: frozenset[int]) -> Words:
        """Several categories in declared order."""
        return join([self.category(variable, code) for code in sorted(codes)])

    def literal(self, node: x.Literal, unit: Unit | None = None) -> Words:
        """A constant: in Chinese as written, in English in plain units."""
        if node.value == 0 and node.text.strip() in ("", "0"):
            return plain("0")
        if node.bare:
            return plain(node.text.strip() or format_decimal(node.value))
        shown = show_value(
            node.value,
            node.dimension,
            unit or literal_unit(node.text, node.dimension),
            places=PLACES_OF_FIGURE,
        )
        return (node.text.strip() or shown[0], shown[1])

    def name(self, node: x.Num) -> Words:
        """A number by name: in Chinese in the officer's words, in English rebuilt from the tree."""
        built = self._build(node, 0)
        if isinstance(node, x.Ref | x.Derived | x.Literal | x.Context) or not node.text.strip():
            return built
        return node.text.strip(), built[1]

    def value(self, node: x.Num, reference: Reference, unit: Unit | None = None) -> Words | None:
        """The value of a number in words; None where it has none."""
        value = reference.number(node)
        return show_value(value, node.dimension, unit or unit_of(node)) if isinstance(value, Fraction) else None

    def describe(self, node: x.Bool) -> Words:
        """A condition in words, without values."""
        built = self._describe(node)
        return (node.text.strip() or built[0], built[1])

    def _build(self, node: x.Num, level: int) -> Words:
        """A number rebuilt from the tree; ``level``: how tightly its surroundings bind (1 sum, 2 product)."""
        match node:
            case x.Ref():
                return self.figure_name(node)
            case x.Derived():
                return self.figure_name(node.ref)
            case x.Literal():
                return self.literal(node)
            case x.Context():
                return say(node.name)
            case x.Arith(left=x.Round(dimension=d) as begun) if d == DATE:
                return say("name-year-of", date=self._build(begun.inner, 0))
            case x.Arith():
                return self._build_arith(node, level)
            case x.Pick():
                return say(f"name-{node.op}", items=join([self._build(item, 0) for item in node.items]))
            case x.Round():
                step = show_value(node.step, node.dimension, unit_of(node.inner), places=PLACES_OF_FIGURE)
                return say("name-round", inner=self._build(node.inner, 0), step=step)
            case x.Months():
                return say("name-months", earlier=self._build(node.earlier, 0), later=self._build(node.later, 0))
            case x.Rate():
                return say("name-rate", new=self._build(node.new, 0), old=self._build(node.old, 0))
            case x.Choose():
                cases = [say("name-case", test=self.describe(t), value=self._build(v, 0)) for t, v in node.cases]
                cases.append(say("name-otherwise", value=self._build(node.otherwise, 0)))
                return say("name-choose", items=join(cases))
        raise TypeError(type(node).__name__)

    def _build_arith(self, node: x.Arith, level: int) -> Words:
        own = 1 if node.op in "+-" else 2
        left = self._build(node.left, own)
        right = self._build(node.right, own + (node.op in "-/"))
        sign = {"*": "×", "/": "/", "+": "+", "-": "−"}[node.op]
        zh, en = (f"{a} {sign} {b}" for a, b in zip(left, right, strict=True))
        return (f"({zh})", f"({en})") if level > own else (zh, en)

    def _describe(self, node: x.Bool) -> Words:
        match node:
            case x.Truth():
                return say("true" if node.value else "false")
            case x.And() | x.Or():
                return self._describe_group(node)
            case x.Not(inner=x.Member() as member):
                values = self.categories(member.ref.variable, member.codes)
                return say("not-in", name=self.figure_name(member.ref), values=values)
            case x.Not():
                return say("not", inner=self.describe(node.inner))
            case x.Known():
                return say("has", name=self.name(node.inner))
            case x.FlagIs() | x.Judged():
                return say("is", name=self.figure_name(node.ref))
            case x.Member():
                return say(
                    "in",
                    name=self.figure_name(node.ref),
                    values=self.categories(node.ref.variable, node.codes),
                )
            case x.CompoundCompare():
                return _relation(self.compound_name(node), node.op, show_value(node.rate, DIMENSIONLESS))
            case x.Compare():
                unit = unit_of(node.left)
                right = self.literal(node.right, unit) if isinstance(node.right, x.Literal) else self.name(node.right)
                return _relation(self.name(node.left), node.op, right)
        raise TypeError(type(node).__name__)

    def _describe_group(self, node: x.And | x.Or) -> Words:
        result = EMPTY
        for item in node.items:
            words = self.describe(item)
            if isinstance(item, x.And | x.Or):
                words = (f"({words[0]})", f"({words[1]})")
            kind = "and" if isinstance(node, x.And) else "or"
            result = words if result == EMPTY else say(kind, left=result, right=words)
        return result

    def compound_name(self, node: x.CompoundCompare) -> Words:
        """``2024年营业收入比2021年营业收入的年均复合增长率``."""
        return say("name-compound", new=self._build(node.new, 0), old=self._build(node.old, 0))


def _relation(left: Words, op: str, right: Words) -> Words:
    return f"{left[0]} {OPS[op]} {right[0]}", f"{left[1]} {OPS[op]} {right[1]}"
