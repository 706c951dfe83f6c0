"""Checks the numbers of a rule (算式): literals, variables, arithmetic, period words, functions, dimensions.

Owns every "is this a number, and of what" error. Conditions are ``check``.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

from kaiwu.figure.variable import Kind, PeriodType, Variable
from kaiwu.quantity import DIMENSIONLESS, Dimension, date_index
from kaiwu.quantity.dimension import DURATION, YEAR
from kaiwu.rule import expression as x
from kaiwu.rule import syntax as s
from kaiwu.rule.agreement import DATE, dimension_of, is_plain, settle, settle_coal, spell
from kaiwu.rule.parser import parse
from kaiwu.rule.reading import Reading
from kaiwu.rule.vocabulary import CONTEXT, Period, PeriodKind

GROWTH_STEP = Fraction(1, 10**8)  # yearly rates inside a mean of growth rates are rounded to this
DAYS_OF_YEAR = Fraction(12 * 31)  # steps of a date index in one year
MAX_OFFSET = 30  # years back or forward; longer series are not kept


class NumberCheck(Reading):
    """The numbers of one rule."""

    def any_value(self, node: s.Node, shift: int) -> x.Num:
        """A value of any kind, for ``已知(…)``."""
        if isinstance(node, s.Name) and (variable := self.vocabulary.variable(node.text)) is not None:
            return self.ref(variable, shift, node)
        return self.number(node, shift)

    def number(self, node: s.Node, shift: int) -> x.Num:
        """A number of any kind, ``shift`` years from the rated year."""
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
        """A number as written, in base units."""
        text = self.words(node)
        if node.unit is None:
            return x.Literal(value=node.value, bare=True, text=text)
        rest, factor = node.unit.dimension.without_ratio()
        return x.Literal(value=node.unit.to_base(node.value) * factor, dimension=rest, text=text)

    def name(self, node: s.Name, shift: int) -> x.Num:
        """A variable or a word of the run."""
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
        """The formula of a derived variable."""

        def compile_it() -> x.Expr:
            check = type(self)(self.checker, variable.derive or "")
            tree = parse(check.text, self.vocabulary)
            return check.require(check.number(tree, shift), tree, dimension_of(variable))

        result = self.checker.formula_of(variable, compile_it)
        assert isinstance(result, x.Num)
        return result

    def ref(self, variable: Variable, shift: int, node: s.Node) -> x.Ref:
        """A variable in its year."""
        yearly = variable.period in (PeriodType.YEAR, PeriodType.CUMULATIVE, PeriodType.MONTH, PeriodType.QUARTER)
        if abs(shift) > MAX_OFFSET:
            raise self.error("R-PERIOD", "年份偏移过大", "the year lies too far away", node)
        offset = shift if yearly else 0
        text = self.words(node) if node.end else variable.zh
        return x.Ref(variable=variable, offset=offset, dimension=dimension_of(variable), text=text)

    def arithmetic(self, node: s.Binary, shift: int) -> x.Num:
        """A sum, difference, product or quotient."""
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
        left, right = settle_coal(left, right)
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
        """A period word before a number."""
        period = self.vocabulary.periods[node.word]
        text = self.words(node)
        values = [self.number(node.inner, shift + year) for year in period.years]
        return self.over_years(period, values, node, text)

    def over_years(self, period: Period, values: list[x.Num], node: s.Node, text: str) -> x.Num:
        """What a period word makes of the values of its years."""
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
        """A function that gives a number."""
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
        """Refuse a 如果 without its last part."""
        if len(node.args) < 3 or len(node.args) % 2 == 0:
            raise self.error(
                "R-IF",
                "如果 要写成 如果(条件, 值, 否则), 或 如果(条件, 值, 条件, 值, …, 否则)",
                "write if(condition, then, else) or if(condition, then, condition, then, …, else)",
                node,
            )

    def rounding(self, node: s.Call, shift: int) -> x.Num:
        """Rounding to a constant step."""
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
                if not is_plain(other):
                    zh, en = spell(other.dimension)
                    if other.dimension == DIMENSIONLESS:
                        zh, en = "%(比率)", "% (a ratio)"
                    raise self.error(
                        "R-UNIT",
                        f"数字“{self.words(bare_node)}”没有单位; 这里要{zh}的单位",
                        f"the number “{self.words(bare_node)}” has no unit; a unit of {en} is wanted here",
                        bare_node,
                    )
        if left.dimension != right.dimension:
            settled = settle(left, right)
            if settled is None:
                (lz, le), (rz, re_) = spell(left.dimension), spell(right.dimension)
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
        settled = settle(number, like)
        if settled is not None:
            return settled[0]
        (lz, le), (rz, re_) = spell(number.dimension), spell(wanted)
        raise self.error("R-DIMENSION", f"算出来是{lz}, 这里要{rz}", f"this gives {le}, but {re_} is wanted", node)
