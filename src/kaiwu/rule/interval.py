"""Lowers an amount to two integer nodes: the lowest and the highest that missing figures still allow.

Owns nothing but this. A missing figure takes the bounds that its variable declares; where all figures are
there, both nodes are equal. The nodes are never missing.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from kaiwu.quantity import KaiwuError, Problem
from kaiwu.rule import expression as x
from kaiwu.rule.lower import Lowering, Ratio
from kaiwu.rule.program import ROUNDING, Op

Ends = tuple[Ratio, Ratio]


class IntervalLowering:
    """Companion of ``Lowering`` for amounts; shares its program and its conditions."""

    def __init__(self, lowering: Lowering) -> None:
        self.base = lowering
        self.p = lowering.p

    def steps(self, node: x.Num, step: Fraction, mode: str) -> tuple[int, int]:
        """(lowest, highest) of an amount in whole ``step`` base units, rounded as declared."""
        low, high = self.ends(node)
        return self.base._divide(ROUNDING[mode], low, step), self.base._divide(ROUNDING[mode], high, step)

    def ends(self, node: x.Num) -> Ends:
        """The two ends as ratios whose nodes are never missing."""
        p = self.p
        match node:
            case x.Literal() | x.Context():
                both = self.base.number(node)
                return both, both
            case x.Ref():
                slot = self.base.number(node)
                bounds = (node.variable.low, node.variable.high)
                lower, upper = (replace(slot, n=p.coalesce(slot.n, p.const(v))) for v in bounds)
                return lower, upper
            case x.Derived():
                return self._derived(node)
            case x.Choose():
                result = self.ends(node.otherwise)
                for test, value in reversed(node.cases):
                    result = self._hull(self.base.condition(test), self.ends(value), result)
                return result
            case x.Round():
                least, most = self.steps(node.inner, node.step, node.mode)
                return self._whole(least, node.step), self._whole(most, node.step)
            case x.Pick():
                op = Op.MIN if node.op == "min" else Op.MAX
                low, high = self.ends(node.items[0])
                for item in node.items[1:]:
                    other = self.ends(item)
                    low, high = self._pick(op, low, other[0]), self._pick(op, high, other[1])
                return low, high
            case x.Months():
                later, earlier = self.ends(node.later), self.ends(node.earlier)
                days = (self.base._arith("-", later[0], earlier[1]), self.base._arith("-", later[1], earlier[0]))
                least, most = (self.base._divide(Op.FLOOR, d, Fraction(31)) for d in days)
                return self._whole(least, Fraction(1)), self._whole(most, Fraction(1))
            case x.Arith():
                return self._arith(node)
        raise KaiwuError(
            Problem("R-AMOUNT", f"金额中不能直接用“{node.text}”, 请声明为导出变量并写明取值范围",
                    f"“{node.text}” has no place in an amount: declare a derived variable with bounds")
        )  # fmt: skip

    def _whole(self, n: int, scale: Fraction) -> Ratio:
        return Ratio(n, self.base.one, scale, self.base.never)

    def _derived(self, node: x.Derived) -> Ends:
        """The exact value where it is known, else the declared bounds of the variable."""
        p = self.p
        value = self.base.number(node)
        known = p.conjunction(
            Op.AND, [p.is_known(value.n), p.is_known(value.d), self.base._surely_defined(value.guard)]
        )
        ends = []
        for bound in (node.ref.variable.low, node.ref.variable.high):
            edge = Ratio(p.const(bound), self.base.one, node.ref.scale, self.base.never)
            plain = Ratio(value.n, self.base.one, value.scale, self.base.never)
            left, right, _, scale = self.base._unify(plain, edge)
            n = p.coalesce(p.select(known, left, right), right)
            d = p.coalesce(p.select(known, value.d, self.base.one), self.base.one)
            ends.append(Ratio(n, d, scale, self.base.never))
        return ends[0], ends[1]

    def _pick(self, op: Op, a: Ratio, b: Ratio) -> Ratio:
        left, right, d, scale = self.base._unify(a, b)
        return Ratio(self.p.pick(op, left, right), d, scale, self.base.never)

    def _hull(self, test: int, a: Ends, b: Ends) -> Ends:
        """``a`` where the test is true, ``b`` where false, the hull of both where it is unknown."""
        p = self.p
        ends = []
        for i, op in enumerate((Op.MIN, Op.MAX)):
            left, right, d, scale = self.base._unify(a[i], b[i])
            n = p.coalesce(p.select(test, left, right), p.pick(op, left, right))
            ends.append(Ratio(n, d, scale, self.base.never))
        return ends[0], ends[1]

    def _arith(self, node: x.Arith) -> Ends:
        a, b = self.ends(node.left), self.ends(node.right)
        if node.op == "/":
            if not isinstance(node.right, x.Literal):
                raise KaiwuError(
                    Problem("R-AMOUNT-DIVISION", f"金额中不能除以变量: “{node.text}”; 请声明为导出变量并写明取值范围",
                            f"an amount cannot be divided by a variable: “{node.text}”; declare a derived variable with bounds")
                )  # fmt: skip
            divided = [self.base._arith("/", end, b[0]) for end in a]
            return (divided[0], divided[1]) if node.right.value > 0 else (divided[1], divided[0])
        if node.op == "+":
            return self.base._arith("+", a[0], b[0]), self.base._arith("+", a[1], b[1])
        if node.op == "-":
            return self.base._arith("-", a[0], b[1]), self.base._arith("-", a[1], b[0])
        if all(self.p.low[end.n] >= 0 for end in (*a, *b)):
            return self.base._arith("*", a[0], b[0]), self.base._arith("*", a[1], b[1])
        products = [self.base._arith("*", p, q) for p in a for q in b]
        low = high = products[0]
        for product in products[1:]:
            low, high = self._pick(Op.MIN, low, product), self._pick(Op.MAX, high, product)
        return low, high
