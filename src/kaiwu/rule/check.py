"""Checks a syntax tree: names, kinds, dimensions, periods; gives the typed tree.

Owns what a condition may say; numbers are ``check_number``. Negation is pushed to the atoms, so that explanations never
read "not not".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from fractions import Fraction

from kaiwu.figure.variable import Kind, Variable
from kaiwu.quantity import DIMENSIONLESS, Dimension, KaiwuError, Problem
from kaiwu.rule import expression as x
from kaiwu.rule import syntax as s
from kaiwu.rule.check_number import NumberCheck
from kaiwu.rule.parser import parse
from kaiwu.rule.reading import MAX_EXPANSION, too_large
from kaiwu.rule.vocabulary import PeriodKind, Vocabulary

_FLIP = {"<": ">=", ">=": "<", ">": "<=", "<=": ">", "=": "!=", "!=": "="}


@dataclass(slots=True)
class Checker:
    """Checks the rules of one rulebook against its vocabulary."""

    vocabulary: Vocabulary
    _open: list[str] = field(default_factory=list)
    _left: int = 0  # what may still be written out of the rule under check

    def condition(self, text: str) -> x.Bool:
        """Check the text of a condition. Errors: ``KaiwuError`` with the offset in the text."""
        self._left = MAX_EXPANSION
        condition = _Check(self, text).condition(parse(text, self.vocabulary), 0, False)
        if x.tree_size(condition) > MAX_EXPANSION:
            raise too_large(text, 0)
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
            raise too_large(text, 0)
        return number

    def spend(self, text: str, at: int) -> None:
        """Count one node written out; nested 如果 and period words multiply."""
        self._left -= 1
        if self._left < 0:
            raise too_large(text, at)

    def formula_of(self, variable: Variable, check: Callable[[], x.Expr]) -> x.Expr:
        """Check the formula of a derived variable, refusing a definition that leads back to itself."""
        if variable.code in self._open:
            ring = " → ".join([*self._open[self._open.index(variable.code) :], variable.code])
            raise KaiwuError(
                Problem("R-CYCLE", f"变量定义成环: {ring}", f"the definition is circular: {ring}", where=variable.where)
            )
        self._open.append(variable.code)
        try:
            return check()
        finally:
            self._open.pop()


class _Check(NumberCheck):
    """One rule: conditions over the numbers of ``NumberCheck``."""

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
        def compile_it() -> x.Expr:
            text = variable.derive or ""
            return type(self)(self.checker, text).condition(parse(text, self.vocabulary), shift, negate)

        result = self.checker.formula_of(variable, compile_it)
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
