"""Checks a syntax tree: names, kinds, dimensions, periods; gives the typed tree.

Owns every "does this make sense" error of a rule: unknown names, missing units, wrong dimensions, years on
variables that have none. Negation is pushed to the atoms, so that explanations never read "not not".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from fractions import Fraction
from itertools import pairwise

from kaiwu.figure.variable import Kind, PeriodType, Variable
from kaiwu.quantity import DIMENSIONLESS, Dimension, KaiwuError, Problem, conversion, date_index
from kaiwu.quantity.dimension import DURATION, YEAR
from kaiwu.rule import expression as x
from kaiwu.rule import syntax as s
from kaiwu.rule.parser import parse
from kaiwu.rule.vocabulary import CONTEXT, Period, PeriodKind, Vocabulary

DATE = Dimension((("date", 1),))
GROWTH_STEP = Fraction(1, 10**8)  # yearly rates inside a mean of growth rates are rounded to this
MAX_EXPANSION = 50_000  # typed nodes of one rule once period words, 如果 and formulas are written out; real ones stay below 500
DAYS_OF_YEAR = Fraction(12 * 31)  # steps of a date index in one year
MAX_OFFSET = 30  # years back or forward; longer series are not kept

_FLIP = {"<": ">=", ">=": "<", ">": "<=", "<=": ">", "=": "!=", "!=": "="}


@dataclass(slots=True)
class Checker:
    """Checks rules of one rulebook. ``derived`` gives the formula text of variables that have one."""

    vocabulary: Vocabulary
    _open: list[str] = field(default_factory=list)
    _left: int = 0  # what may still be written out of the rule under check

    def condition(self, text: str) -> x.Bool:
        """Check the text of a condition. Errors: ``KaiwuError`` with the offset in the text."""
        self._left = MAX_EXPANSION
        condition = _Check(self, text).condition(parse(text, self.vocabulary), 0, False)
        if x.tree_size(condition) > MAX_EXPANSION:
            raise _too_large(text, 0)
        return condition

    def value(self, text: str, dimension: Dimension | None = None) -> x.Num:
        """Check the text of a formula; ``dimension`` is what it must come out as, where that is known."""
        self._left = MAX_EXPANSION
        check = _Check(self, text)
        tree = parse(text, self.vocabulary)
        number = check.number(tree, 0)
        if dimension is not None:
            number = check.require(number, tree, dimension)
        if x.tree_size(number) > MAX_EXPANSION:
            raise _too_large(text, 0)
        return number

    def spend(self, text: str, at: int) -> None:
        """Count one node written out; nested 如果 and period words multiply."""
        self._left -= 1
        if self._left < 0:
            raise _too_large(text, at)

    def formula_of(self, variable: Variable, offset: int, check: Callable[[Checker], x.Expr]) -> x.Expr:
        """Check the formula of a derived variable once, refusing a definition that leads back to itself."""
        if variable.code in self._open:
            ring = " → ".join([*self._open[self._open.index(variable.code) :], variable.code])
            raise KaiwuError(
                Problem("R-CYCLE", f"变量定义成环: {ring}", f"the definition is circular: {ring}", where=variable.where)
            )
        self._open.append(variable.code)
        try:
            return check(self)
        finally:
            self._open.pop()


def _too_large(text: str, at: int) -> KaiwuError:
    shown = text if len(text) <= 200 else text[:200] + "…"
    return KaiwuError(
        Problem(
            "R-EXPANSION",
            f"条件展开后超过 {MAX_EXPANSION} 个部分(如果、年份词或导出变量层层相套); 请拆成几条",
            f"written out, the rule has more than {MAX_EXPANSION} parts (如果, period words or formulas in one another): split it",
            text=shown,
            at=min(at, len(shown)),
        )
    )


class _Check:
    def __init__(self, checker: Checker, text: str) -> None:
        self.checker = checker
        self.vocabulary = checker.vocabulary
        self.text = text

    # -- errors and wording ------------------------------------------------------------------------------

    def error(self, code: str, zh: str, en: str, node: s.Node) -> KaiwuError:
        return KaiwuError(Problem(code, zh, en, text=self.text, at=node.at))

    def words(self, node: s.Node) -> str:
        return self.text[node.at : node.end]

    def unknown(self, node: s.Word) -> KaiwuError:
        near = get_close_matches(node.text, list(self.vocabulary.variables), n=3, cutoff=0.5)
        zh = f"“{node.text}”不是已声明的名称" + (
            f", 是否指 {'、'.join(near)}?" if near else "; 请先在 variables 中声明"
        )
        en = f"“{node.text}” is no declared name" + (
            f"; did you mean {', '.join(near)}?" if near else "; declare it under variables"
        )
        return self.error("R-NAME", zh, en, node)

    # -- conditions --------------------------------------------------------------------------------------

    def condition(self, node: s.Node, shift: int, negate: bool) -> x.Bool:
        self.checker.spend(self.text, node.at)
        text = self.words(node)
        match node:
            case s.Truth():
                return x.Truth(value=node.value != negate, text=text)
            case s.Unary(op="not"):
                return replace(self.condition(node.inner, shift, not negate), text=text)
            case s.Binary(op="and" | "or"):
                items = self.parts(node, node.op, shift, negate)
                return x.And(items=items, text=text) if (node.op == "and") != negate else x.Or(items=items, text=text)
            case s.Binary(op="<" | ">" | "<=" | ">=" | "=" | "!="):
                return self.comparison(node, shift, negate)
            case s.Between():
                low = self.comparison(
                    s.Binary(op=">=", left=node.value, right=node.low, at=node.at, end=node.end), shift, negate
                )
                high = self.comparison(
                    s.Binary(op="<=", left=node.value, right=node.high, at=node.at, end=node.end), shift, negate
                )
                return x.Or(items=(low, high), text=text) if negate else x.And(items=(low, high), text=text)
            case s.In():
                return self.membership(node, shift, negate)
            case s.InPeriod():
                return self.in_period(node, shift, negate)
            case s.Call(function="known"):
                known = x.Known(inner=self.any_value(node.args[0], shift), text=text)
                return x.Not(inner=known, text=text) if negate else known
            case s.Call(function="positive"):
                zero = s.Number(value=Fraction(0), unit=None, at=node.at, end=node.end)
                return self.comparison(
                    s.Binary(op=">", left=node.args[0], right=zero, at=node.at, end=node.end), shift, negate
                )
            case s.Call(function="if"):
                return self.either(node, shift, negate)
            case s.Name():
                return self.flag(node, shift, negate)
            case s.Word():
                raise self.unknown(node)
        raise self.error(
            "R-NOT-CONDITION", "这里要一个条件(能判断是与否)", "a condition is wanted here, not a number", node
        )

    def either(self, node: s.Call, shift: int, negate: bool) -> x.Bool:
        """``如果`` between conditions: the first test that holds, all earlier ones failing, with its condition."""
        self.check_choice(node)
        branches: list[x.Bool] = []
        failed: list[x.Bool] = []
        for test, then in zip(node.args[:-1:2], node.args[1::2], strict=True):
            holds = self.condition(test, shift, False)
            branches.append(x.And(items=(*failed, holds, self.condition(then, shift, negate))))
            failed.append(self.condition(test, shift, True))
        branches.append(x.And(items=(*failed, self.condition(node.args[-1], shift, negate))))
        return x.Or(items=tuple(branches), text=self.words(node))

    def parts(self, node: s.Node, op: str, shift: int, negate: bool) -> tuple[x.Bool, ...]:
        """The operands of a chain of one connective, without recursion along the chain."""
        found: list[s.Node] = []
        while isinstance(node, s.Binary) and node.op == op:
            found.append(node.right)
            node = node.left
        found.append(node)
        return tuple(self.condition(item, shift, negate) for item in reversed(found))

    def flag(self, node: s.Name, shift: int, negate: bool) -> x.Bool:
        variable = self.vocabulary.variable(node.text)
        if variable is None or variable.kind not in (Kind.FLAG, Kind.JUDGEMENT):
            raise self.error(
                "R-NOT-CONDITION",
                f"“{node.text}”不是是/否变量, 请写出比较, 如 {node.text} >= …",
                f"“{node.text}” is no yes/no variable: write a comparison",
                node,
            )
        ref = self.ref(variable, shift, node)
        if variable.kind is Kind.JUDGEMENT:
            atom: x.Bool = x.Judged(ref=ref, text=node.text)
        else:
            atom = x.FlagIs(ref=ref, text=node.text)
        if variable.derive is not None:
            positive = self.derived_flag(variable, shift, False)
            given = x.And(items=(x.Known(inner=ref, text=node.text), atom), text=node.text)
            computed = x.And(items=(x.Not(inner=x.Known(inner=ref)), positive), text=node.text)
            if not negate:
                return x.Or(items=(given, computed), text=node.text)
            negative = self.derived_flag(variable, shift, True)
            return x.Or(
                items=(
                    x.And(items=(x.Known(inner=ref), x.Not(inner=atom, text=node.text))),
                    x.And(items=(x.Not(inner=x.Known(inner=ref)), negative)),
                ),
                text=node.text,
            )
        return x.Not(inner=atom, text=node.text) if negate else atom

    def derived_flag(self, variable: Variable, shift: int, negate: bool) -> x.Bool:
        def compile_it(checker: Checker) -> x.Expr:
            text = variable.derive or ""
            return _Check(checker, text).condition(parse(text, checker.vocabulary), shift, negate)

        result = self.checker.formula_of(variable, shift, compile_it)
        assert isinstance(result, x.Bool)
        return result

    def comparison(self, node: s.Binary, shift: int, negate: bool) -> x.Bool:
        op = _FLIP[node.op] if negate else node.op
        text = self.words(node)
        left_name, right_name = self.special(node.left), self.special(node.right)
        if right_name is not None and left_name is None:
            turned = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}
            swapped = s.Binary(
                op=turned.get(node.op, node.op), left=node.right, right=node.left, at=node.at, end=node.end
            )
            return self.comparison(swapped, shift, negate)
        if left_name is not None and left_name.kind is Kind.CATEGORY:
            if node.op not in ("=", "!="):
                raise self.error(
                    "R-CATEGORY", "类别只能用 = != in 比较", "a category compares with =, != or in only", node
                )
            only = s.In(value=node.left, items=(node.right,), negated=node.op == "!=", at=node.at, end=node.end)
            return self.membership(only, shift, negate)
        if left_name is not None:
            if not isinstance(node.right, s.Truth) or node.op not in ("=", "!="):
                raise self.error(
                    "R-FLAG", "是/否变量只与 是、否 比较", "compare a yes/no variable with true or false only", node
                )
            assert isinstance(node.left, s.Name)
            return self.flag(node.left, shift, negate != ((node.op == "!=") == node.right.value))
        if isinstance(node.left, s.InPeriod) or isinstance(node.right, s.InPeriod):
            compound = self.compound(node, op, shift)
            if compound is not None:
                return compound
        left, right = self.number(node.left, shift), self.number(node.right, shift)
        left, right = self.alike(left, node.left, right, node.right)
        return x.Compare(op=op, left=left, right=right, text=text)

    def special(self, node: s.Node) -> Variable | None:
        """The variable behind a name that is a flag, a judgement or a category."""
        inner = node.inner if isinstance(node, s.InPeriod) else node
        if isinstance(inner, s.Name):
            variable = self.vocabulary.variable(inner.text)
            if variable is not None and variable.kind in (Kind.FLAG, Kind.JUDGEMENT, Kind.CATEGORY):
                return variable
            if variable is not None and variable.kind is Kind.TEXT:
                raise self.error(
                    "R-TEXT", f"“{inner.text}”是文字, 不能用于判断", f"“{inner.text}” is text and cannot decide", inner
                )
        return None

    def compound(self, node: s.Binary, op: str, shift: int) -> x.Bool | None:
        """``近三年复合增长 X >= 10%``: only against a constant rate."""
        turned = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}
        side, other = node.left, node.right
        if not self.is_compound(side):
            side, other, op = node.right, node.left, turned.get(op, op)
        if not self.is_compound(side):
            return None
        assert isinstance(side, s.InPeriod)
        rate = self.number(other, shift)
        if not isinstance(rate, x.Literal) or rate.dimension != DIMENSIONLESS or rate.bare:
            raise self.error(
                "R-COMPOUND",
                "复合增长只能与一个百分比比较",
                "compare a compound growth with one percentage only",
                other,
            )
        years = self.vocabulary.periods[side.word].years
        new, old = self.number(side.inner, shift + years[0]), self.number(side.inner, shift + years[-1])
        return x.CompoundCompare(
            op=op, new=new, old=old, years=years[0] - years[-1], rate=rate.value, text=self.words(node)
        )

    def is_compound(self, node: s.Node) -> bool:
        return isinstance(node, s.InPeriod) and self.vocabulary.periods[node.word].kind is PeriodKind.COMPOUND_GROWTH

    def membership(self, node: s.In, shift: int, negate: bool) -> x.Bool:
        word = node.value
        while isinstance(word, s.InPeriod):
            period = self.vocabulary.periods[word.word]
            if period.kind is not PeriodKind.VALUE:
                raise self.error("R-PERIOD", "类别只能取某一年", "a category has a value in one year only", word)
            shift, word = shift + period.years[0], word.inner
        variable = self.vocabulary.variable(word.text) if isinstance(word, s.Name) else None
        if variable is None or variable.kind is not Kind.CATEGORY:
            raise self.error("R-IN", "in 只用于类别变量", "“in” is for category variables", node.value)
        codes = frozenset(self.category(variable, item) for item in node.items)
        atom = x.Member(ref=self.ref(variable, shift, word), codes=codes, text=self.words(node))
        return x.Not(inner=atom, text=self.words(node)) if negate != node.negated else atom

    def category(self, variable: Variable, node: s.Node) -> int:
        spoken = node.text if isinstance(node, s.Word | s.Name) else self.words(node)
        if spoken in variable.values:
            return variable.values.index(spoken)
        for index, labels in enumerate(variable.value_labels):
            if spoken in labels:
                return index
        allowed = "、".join(variable.values[:12]) + ("…" if len(variable.values) > 12 else "")
        raise self.error(
            "R-VALUE",
            f"“{variable.zh}”没有取值“{spoken}”; 可用: {allowed}",
            f"“{variable.en or variable.code}” has no value “{spoken}”; it has: {allowed}",
            node,
        )

    def in_period(self, node: s.InPeriod, shift: int, negate: bool) -> x.Bool:
        period = self.vocabulary.periods[node.word]
        text = self.words(node)
        if period.kind is PeriodKind.VALUE:
            return replace(self.condition(node.inner, shift + period.years[0], negate), text=text)
        if period.kind in (PeriodKind.EACH, PeriodKind.ANY):
            items = tuple(self.condition(node.inner, shift + year, negate) for year in period.years)
            every = (period.kind is PeriodKind.EACH) != negate
            return x.And(items=items, text=text) if every else x.Or(items=items, text=text)
        raise self.error(
            "R-PERIOD", f"“{node.word}”后面要跟数值, 再作比较", f"“{node.word}” gives a number: compare it", node
        )

    # -- numbers -----------------------------------------------------------------------------------------

    def any_value(self, node: s.Node, shift: int) -> x.Num:
        """A value of any kind, for ``已知(…)``."""
        if isinstance(node, s.Name) and (variable := self.vocabulary.variable(node.text)) is not None:
            return self.ref(variable, shift, node)
        return self.number(node, shift)

    def number(self, node: s.Node, shift: int) -> x.Num:
        self.checker.spend(self.text, node.at)
        text = self.words(node)
        match node:
            case s.Number():
                return self.literal(node)
            case s.DateLiteral():
                return x.Literal(value=Fraction(date_index(node.value)), dimension=DATE, text=text)
            case s.YearLiteral():
                return x.Literal(value=Fraction(node.value), dimension=YEAR, text=text)
            case s.Name():
                return self.name(node, shift)
            case s.Unary(op="-"):
                inner = self.number(node.inner, shift)
                if isinstance(inner, x.Literal):
                    return replace(inner, value=-inner.value, text=text)
                zero = x.Literal(value=Fraction(0), dimension=inner.dimension)
                return x.Arith(op="-", left=zero, right=inner, dimension=inner.dimension, text=text)
            case s.Binary(op="+" | "-" | "*" | "/"):
                return self.arithmetic(node, shift)
            case s.InPeriod():
                return self.number_in_period(node, shift)
            case s.Call():
                return self.call(node, shift)
            case s.Word():
                raise self.unknown(node)
        raise self.error("R-NOT-NUMBER", "这里要一个数值", "a number is wanted here, not a condition", node)

    def literal(self, node: s.Number) -> x.Num:
        text = self.words(node)
        if node.unit is None:
            return x.Literal(value=node.value, bare=True, text=text)
        rest, factor = node.unit.dimension.without_ratio()
        return x.Literal(value=node.unit.to_base(node.value) * factor, dimension=rest, text=text)

    def name(self, node: s.Name, shift: int) -> x.Num:
        if (variable := self.vocabulary.variable(node.text)) is None:
            name = CONTEXT[node.text]
            return x.Context(name=name, offset=shift, dimension=DATE if name == "as_of" else YEAR, text=node.text)
        if variable.kind in (Kind.FLAG, Kind.JUDGEMENT, Kind.CATEGORY, Kind.TEXT):
            raise self.error(
                "R-NOT-NUMBER", f"“{node.text}”不是数值", f"“{node.text}” ({variable.kind}) is no number", node
            )
        ref = self.ref(variable, shift, node)
        if variable.derive is None:
            return ref
        formula = self.derived_number(variable, shift)
        return x.Derived(ref=ref, formula=formula, dimension=ref.dimension, text=node.text)

    def derived_number(self, variable: Variable, shift: int) -> x.Num:
        def compile_it(checker: Checker) -> x.Expr:
            check = _Check(checker, variable.derive or "")
            tree = parse(check.text, checker.vocabulary)
            return check.require(check.number(tree, shift), tree, _dimension_of(variable))

        result = self.checker.formula_of(variable, shift, compile_it)
        assert isinstance(result, x.Num)
        return result

    def ref(self, variable: Variable, shift: int, node: s.Node) -> x.Ref:
        yearly = variable.period in (PeriodType.YEAR, PeriodType.CUMULATIVE, PeriodType.MONTH, PeriodType.QUARTER)
        if abs(shift) > MAX_OFFSET:
            raise self.error("R-PERIOD", "年份偏移过大", "the year lies too far away", node)
        offset = shift if yearly else 0
        text = self.words(node) if node.end else variable.zh
        return x.Ref(variable=variable, offset=offset, dimension=_dimension_of(variable), text=text)

    def arithmetic(self, node: s.Binary, shift: int) -> x.Num:
        left, right = self.number(node.left, shift), self.number(node.right, shift)
        text = self.words(node)
        if node.op in "+-":
            if node.op == "-" and left.dimension == right.dimension == DATE:
                return x.Months(later=left, earlier=right, dimension=DURATION, text=text)
            if node.op == "-" and left.dimension == right.dimension == YEAR:
                years = x.Arith(op="-", left=left, right=right, dimension=DURATION)
                twelve = x.Literal(value=Fraction(12), bare=True)
                return x.Arith(op="*", left=twelve, right=years, dimension=DURATION, text=text)
            left, right = self.alike(left, node.left, right, node.right)
            if left.dimension in (DATE, YEAR):
                raise self.error("R-DATE-SUM", "日期只能相减", "dates can only be subtracted", node)
            if isinstance(left, x.Literal) and isinstance(right, x.Literal):
                value = left.value + right.value if node.op == "+" else left.value - right.value
                return x.Literal(value=value, dimension=left.dimension, bare=left.bare and right.bare, text=text)
            return x.Arith(op=node.op, left=left, right=right, dimension=left.dimension, text=text)
        if DATE in (left.dimension, right.dimension):
            raise self.error("R-DATE-SUM", "日期不能相乘除", "dates cannot be multiplied or divided", node)
        left, right = _settle_coal(left, right)
        if node.op == "*":
            dimension = left.dimension * right.dimension
        else:
            dimension = left.dimension / right.dimension
            if isinstance(right, x.Literal) and right.value == 0:
                raise self.error("R-ZERO", "除数为零", "division by zero", node.right)
        if isinstance(left, x.Literal) and isinstance(right, x.Literal):
            value = left.value * right.value if node.op == "*" else left.value / right.value
            return x.Literal(value=value, dimension=dimension, bare=left.bare and right.bare, text=text)
        return x.Arith(op=node.op, left=left, right=right, dimension=dimension, text=text)

    def number_in_period(self, node: s.InPeriod, shift: int) -> x.Num:
        period = self.vocabulary.periods[node.word]
        text = self.words(node)
        values = [self.number(node.inner, shift + year) for year in period.years]
        return self.over_years(period, values, node, text)

    def over_years(self, period: Period, values: list[x.Num], node: s.Node, text: str) -> x.Num:
        dimension = values[0].dimension
        match period.kind:
            case PeriodKind.VALUE:
                return replace(values[0], text=text)
            case PeriodKind.SUM | PeriodKind.MEAN:
                total = values[0]
                for value in values[1:]:
                    total = x.Arith(op="+", left=total, right=value, dimension=dimension, text=text)
                if period.kind is PeriodKind.SUM:
                    return replace(total, text=text)
                count = x.Literal(value=Fraction(len(values)), bare=True)
                return x.Arith(op="/", left=total, right=count, dimension=dimension, text=text)
            case PeriodKind.MIN | PeriodKind.MAX:
                return x.Pick(op=str(period.kind), items=tuple(values), dimension=dimension, text=text)
            case PeriodKind.INCREASE:
                return x.Arith(op="-", left=values[0], right=values[-1], dimension=dimension, text=text)
            case PeriodKind.GROWTH:
                return x.Rate(new=values[0], old=values[-1], text=text)
            case PeriodKind.MEAN_GROWTH:
                rates: list[x.Num] = [
                    x.Round(inner=x.Rate(new=new, old=old, text=text), step=GROWTH_STEP, mode="half_up", text=text)
                    for new, old in pairwise(values)
                ]
                return self.over_years(Period(period.word, PeriodKind.MEAN, period.years[1:]), rates, node, text)
            case PeriodKind.COMPOUND_GROWTH:
                raise self.error(
                    "R-COMPOUND",
                    "复合增长只能与一个百分比比较",
                    "compare a compound growth with one percentage only",
                    node,
                )
        raise self.error("R-PERIOD", f"“{period.word}”后面要跟条件", f"a condition must follow “{period.word}”", node)

    def call(self, node: s.Call, shift: int) -> x.Num:
        text = self.words(node)
        match node.function:
            case "min" | "max":
                values = [self.number(a, shift) for a in node.args]
                first = values[0]
                for i in range(1, len(values)):
                    first, values[i] = self.alike(first, node.args[0], values[i], node.args[i])
                return x.Pick(op=node.function, items=(first, *values[1:]), dimension=first.dimension, text=text)
            case "if":
                return self.choice(node, shift)
            case "round" | "floor" | "ceil":
                return self.rounding(node, shift)
            case "year":
                return self.year_of(node, shift)
            case "abs":
                inner = self.number(node.args[0], shift)
                zero = x.Literal(value=Fraction(0), dimension=inner.dimension)
                negative = x.Compare(op="<", left=inner, right=zero)
                minus = x.Arith(op="-", left=zero, right=inner, dimension=inner.dimension)
                return x.Choose(cases=((negative, minus),), otherwise=inner, dimension=inner.dimension, text=text)
        raise self.error("R-NOT-NUMBER", "这个函数不给出数值", "this function gives no number", node)

    def choice(self, node: s.Call, shift: int) -> x.Num:
        """``如果(条件, 值, 条件, 值, …, 否则)``: the value of the first condition that holds."""
        self.check_choice(node)
        tests = [self.condition(test, shift, False) for test in node.args[:-1:2]]
        nodes = (*node.args[1::2], node.args[-1])
        values = [self.number(value, shift) for value in nodes]
        # A bare zero takes the dimension of the others, so the first value that has one is what all must be like.
        like = next((i for i, v in enumerate(values) if not (isinstance(v, x.Literal) and v.bare)), 0)
        for i in range(len(values)):
            if i != like:
                values[like], values[i] = self.alike(values[like], nodes[like], values[i], nodes[i])
        cases = tuple(zip(tests, values[:-1], strict=True))
        return x.Choose(cases=cases, otherwise=values[-1], dimension=values[like].dimension, text=self.words(node))

    def check_choice(self, node: s.Call) -> None:
        if len(node.args) < 3 or len(node.args) % 2 == 0:
            raise self.error(
                "R-IF",
                "如果 要写成 如果(条件, 值, 否则), 或 如果(条件, 值, 条件, 值, …, 否则)",
                "write if(condition, then, else) or if(condition, then, condition, then, …, else)",
                node,
            )

    def rounding(self, node: s.Call, shift: int) -> x.Num:
        if len(node.args) != 2:
            raise self.error("R-ROUND", "要写明舍入单位, 如 四舍五入(x, 1元)", "say to what, as in round(x, 1元)", node)
        inner, step = self.number(node.args[0], shift), self.number(node.args[1], shift)
        inner, step = self.alike(inner, node.args[0], step, node.args[1])
        if not isinstance(step, x.Literal) or step.value <= 0:
            raise self.error(
                "R-ROUND", "舍入单位要是正的常数", "the rounding step must be a positive constant", node.args[1]
            )
        mode = {"round": "half_up", "floor": "down", "ceil": "up"}[node.function]
        return x.Round(inner=inner, step=step.value, mode=mode, dimension=inner.dimension, text=self.words(node))

    def year_of(self, node: s.Call, shift: int) -> x.Num:
        """``年份(日期)``: the calendar year of a date; a date index has 12 × 31 steps a year."""
        inner = self.number(node.args[0], shift)
        if len(node.args) != 1 or inner.dimension != DATE:
            raise self.error("R-YEAR", "年份(…) 里要写一个日期变量", "year(…) wants one date", node)
        text = self.words(node)
        begun = x.Round(inner=inner, step=DAYS_OF_YEAR, mode="down", dimension=DATE, text=text)
        return x.Arith(op="/", left=begun, right=x.Literal(value=DAYS_OF_YEAR, bare=True), dimension=YEAR, text=text)

    # -- dimensions --------------------------------------------------------------------------------------

    def alike(self, left: x.Num, left_node: s.Node, right: x.Num, right_node: s.Node) -> tuple[x.Num, x.Num]:
        """Make two sides comparable or say why they are not."""
        for bare, bare_node, other in ((left, left_node, right), (right, right_node, left)):
            if isinstance(bare, x.Literal) and bare.bare and not other.bare:
                if bare.value == 0:
                    fixed = replace(bare, dimension=other.dimension, bare=False)
                    return (fixed, right) if bare is left else (left, fixed)
                if not _is_plain(other):
                    zh, en = _spell(other.dimension)
                    if other.dimension == DIMENSIONLESS:
                        zh, en = "%(比率)", "% (a ratio)"
                    raise self.error(
                        "R-UNIT",
                        f"数字“{self.words(bare_node)}”没有单位; 这里要{zh}的单位",
                        f"the number “{self.words(bare_node)}” has no unit; a unit of {en} is wanted here",
                        bare_node,
                    )
        if left.dimension != right.dimension:
            settled = _settle(left, right)
            if settled is None:
                (lz, le), (rz, re_) = _spell(left.dimension), _spell(right.dimension)
                raise self.error(
                    "R-DIMENSION",
                    f"量纲不同: “{self.words(left_node)}”是{lz}, “{self.words(right_node)}”是{rz}",
                    f"the dimensions differ: “{self.words(left_node)}” is {le}, “{self.words(right_node)}” is {re_}",
                    right_node,
                )
            return settled
        return left, right

    def require(self, number: x.Num, node: s.Node, dimension: Dimension) -> x.Num:
        """The number, if it has the wanted dimension (given with or without ratios)."""
        wanted, _ = dimension.without_ratio()
        like = x.Literal(value=Fraction(0), dimension=wanted)
        if isinstance(number, x.Literal) and number.bare and number.value == 0:
            return replace(number, dimension=wanted, bare=False)
        if number.dimension == wanted:
            return number
        settled = _settle(number, like)
        if settled is not None:
            return settled[0]
        (lz, le), (rz, re_) = _spell(number.dimension), _spell(wanted)
        raise self.error("R-DIMENSION", f"算出来是{lz}, 这里要{rz}", f"this gives {le}, but {re_} is wanted", node)


def _is_plain(number: x.Num) -> bool:
    """Whether a bare number may stand against this: only a variable declared as a plain number."""
    return (
        any(
            isinstance(n, x.Ref) and n.variable.unit is not None and n.variable.unit.dimension == DIMENSIONLESS
            for n in x.walk(number)
        )
        and number.dimension == DIMENSIONLESS
    )


def _settle(left: x.Num, right: x.Num) -> tuple[x.Num, x.Num] | None:
    """吨标煤 written plainly takes the meaning of the other side; a year count (年) against a calendar year does not."""
    for literal, other in ((left, right), (right, left)):
        if not isinstance(literal, x.Literal):
            continue
        if literal.dimension.power_of("coal") and conversion(literal.dimension, other.dimension) is None:
            for meant in ("coal_equivalent", "coal_calorific"):
                powers = tuple((meant if name == "coal" else name, power) for name, power in literal.dimension.powers)
                if dict(powers) == dict(other.dimension.powers):
                    fixed = replace(literal, dimension=other.dimension)
                    return (fixed, right) if literal is left else (left, fixed)
    return None


def _settle_coal(left: x.Num, right: x.Num) -> tuple[x.Num, x.Num]:
    """In ``350元/吨标煤 * 年节能量`` the plain 吨标煤 takes the meaning that the other factor has."""
    sides = [left, right]
    for i, (literal, other) in enumerate(((left, right), (right, left))):
        meanings = [name for name in ("coal_equivalent", "coal_calorific") if other.dimension.power_of(name)]
        if isinstance(literal, x.Literal) and literal.dimension.power_of("coal") and len(meanings) == 1:
            powers = tuple((meanings[0] if name == "coal" else name, power) for name, power in literal.dimension.powers)
            sides[i] = replace(literal, dimension=Dimension(powers))
    return sides[0], sides[1]


def _dimension_of(variable: Variable) -> Dimension:
    if variable.kind is Kind.DATE:
        return DATE
    if variable.kind is Kind.YEAR:
        return YEAR
    return variable.unit.dimension.without_ratio()[0] if variable.unit is not None else DIMENSIONLESS


def _spell(dimension: Dimension) -> tuple[str, str]:
    if dimension == DATE:
        return ("日期", "a date")
    if dimension == DIMENSIONLESS:
        return ("比率", "a ratio")
    return (dimension.zh, dimension.en)
