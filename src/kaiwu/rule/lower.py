"""Lowers typed trees to integer nodes: ratios by cross-multiplication, undefined values to 需认定.

A numeric expression becomes ``scale * n / d``: two integer nodes and one exact constant, with ``d > 0`` wherever the
value is defined. Truth of "not defined" is kept beside it as a guard.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import gcd

from kaiwu.rule import expression as x
from kaiwu.rule.program import ROUNDING, Op, Program

AS_OF_BOUND = (1900 * 12 * 31, 2200 * 12 * 31)
RATED_BOUND = (1900, 2200)


@dataclass(frozen=True, slots=True)
class Ratio:
    """``scale * n / d`` in base units. ``guard`` is a truth node: true where the value is undefined."""

    n: int
    d: int
    scale: Fraction
    guard: int


class Lowering:
    """Turns typed trees into nodes of one program; trees that occur twice become the same nodes."""

    def __init__(self, program: Program) -> None:
        self.p = program
        self.one = program.const(1)
        self.never = program.truth(False)

    # -- numbers -----------------------------------------------------------------------------------------

    def number(self, node: x.Num) -> Ratio:
        """Lower a number for use in comparisons."""
        p = self.p
        match node:
            case x.Literal():
                return self._literal(node.value)
            case x.Ref():
                return Ratio(self._slot(node), self.one, node.scale, self.never)
            case x.Context():
                return Ratio(self._context(node), self.one, Fraction(1), self.never)
            case x.Derived():
                given, made = self.number(node.ref), self.number(node.formula)
                known = p.is_known(given.n)
                return self._choose(known, given, made)
            case x.Choose():
                return self._cases(node)
            case x.Pick():
                return self._pick(node)
            case x.Round():
                inner = self.number(node.inner)
                n = self._divide(ROUNDING[node.mode], inner, node.step)
                return Ratio(n, self.one, node.step, inner.guard)
            case x.Months():
                days = self._arith("-", self.number(node.later), self.number(node.earlier))
                return Ratio(self._divide(Op.FLOOR, days, Fraction(31)), self.one, Fraction(1), days.guard)
            case x.Rate():
                return self._rate(self.number(node.new), self.number(node.old))
            case x.Arith():
                return self._arith(node.op, self.number(node.left), self.number(node.right))
        raise TypeError(type(node).__name__)

    def _literal(self, value: Fraction) -> Ratio:
        if value == 0:
            return Ratio(self.p.const(0), self.one, Fraction(1), self.never)
        return Ratio(self.p.const(1 if value > 0 else -1), self.one, abs(value), self.never)

    def _slot(self, node: x.Ref) -> int:
        return self.p.slot(node.slot, node.variable.low, node.variable.high)

    def _context(self, node: x.Context) -> int:
        low, high = AS_OF_BOUND if node.name == "as_of" else RATED_BOUND
        slot = self.p.slot(node.slot, low, high)
        return self.p.add(slot, self.p.const(node.offset)) if node.name == "rated" else slot

    def _either(self, *ratios: Ratio) -> int:
        return self.p.conjunction(Op.OR, [r.guard for r in ratios])

    def _unify(self, a: Ratio, b: Ratio) -> tuple[int, int, int, Fraction]:
        """Two numerators over one denominator and one scale."""
        p = self.p
        scale = Fraction(gcd(a.scale.numerator * b.scale.denominator, b.scale.numerator * a.scale.denominator),
                         a.scale.denominator * b.scale.denominator)  # fmt: skip
        left = p.mul(p.const(int(a.scale / scale)), a.n)
        right = p.mul(p.const(int(b.scale / scale)), b.n)
        if a.d == b.d:
            return left, right, a.d, scale
        return p.mul(left, b.d), p.mul(right, a.d), p.mul(a.d, b.d), scale

    def _arith(self, op: str, a: Ratio, b: Ratio) -> Ratio:
        p = self.p
        if op in "+-":
            left, right, d, scale = self._unify(a, b)
            return Ratio(p.add(left, right) if op == "+" else p.sub(left, right), d, scale, self._either(a, b))
        if op == "*":
            return Ratio(p.mul(a.n, b.n), p.mul(a.d, b.d), a.scale * b.scale, self._either(a, b))
        guard = p.conjunction(Op.OR, [a.guard, b.guard, self._is_zero(b)])
        top, bottom = a.n, b.n
        if p.low[b.n] < 0:
            negative = p.compare(Op.LT, b.n, p.const(0))
            top = p.select(negative, p.sub(p.const(0), top), top)
            bottom = p.select(negative, p.sub(p.const(0), bottom), bottom)
        return Ratio(p.mul(top, b.d), p.mul(a.d, bottom), a.scale / b.scale, guard)

    def _is_zero(self, value: Ratio) -> int:
        p = self.p
        if p.low[value.n] > 0 or p.high[value.n] < 0:
            return self.never
        return self._if_known(value.d, p.compare(Op.EQ, value.n, p.const(0)))

    def _has_no_growth(self, base: Ratio) -> int:
        """True where the base is known and not above zero."""
        p = self.p
        if p.low[base.n] > 0:
            return self.never
        return self._if_known(base.d, p.compare(Op.LE, base.n, p.const(0)))

    def _if_known(self, d: int, test: int) -> int:
        """The test where the denominator is there; without it the value is missing, whatever the numerator says."""
        return self.p.conjunction(Op.AND, [self.p.is_known(d), test])

    def _pair(self, new: Ratio, old: Ratio) -> tuple[int, int]:
        """Numerators over one denominator, which cancels; they are missing where it is."""
        p = self.p
        left, right, d, _ = self._unify(new, old)
        if d != self.one and new.d == old.d:
            nothing = p.mul(p.const(0), d)
            left, right = p.add(left, nothing), p.add(right, nothing)
        return left, right

    def _rate(self, new: Ratio, old: Ratio) -> Ratio:
        left, right = self._pair(new, old)
        guard = self.p.conjunction(Op.OR, [new.guard, old.guard, self._has_no_growth(old)])
        return Ratio(self.p.sub(left, right), right, Fraction(1), guard)

    def _pick(self, node: x.Pick) -> Ratio:
        op = Op.MIN if node.op == "min" else Op.MAX
        result, *rest = [self.number(item) for item in node.items]
        for other in rest:
            left, right, d, scale = self._unify(result, other)
            result = Ratio(self.p.pick(op, left, right), d, scale, self._either(result, other))
        return result

    def _choose(self, test: int, a: Ratio, b: Ratio) -> Ratio:
        p = self.p
        guard = p.conjunction(
            Op.OR,
            [
                p.is_human(test),
                p.conjunction(Op.AND, [test, a.guard]),
                p.conjunction(Op.AND, [p.negate(test), b.guard]),
            ],
        )
        if a.d == b.d:
            left, right, d, scale = self._unify(a, b)
            return Ratio(p.select(test, left, right), d, scale, guard)
        # Different denominators are chosen like the numerators: cross-multiplying would let an unused branch that is
        # missing make the whole value missing.
        left, right, _, scale = self._unify(
            Ratio(a.n, self.one, a.scale, a.guard), Ratio(b.n, self.one, b.scale, b.guard)
        )
        return Ratio(p.select(test, left, right), p.select(test, a.d, b.d), scale, guard)

    def _cases(self, node: x.Choose) -> Ratio:
        result = self.number(node.otherwise)
        for test, value in reversed(node.cases):
            result = self._choose(self.condition(test), self.number(value), result)
        return result

    def _divide(self, op: Op, value: Ratio, step: Fraction) -> int:
        """The value in whole steps."""
        p = self.p
        factor = value.scale / step
        return p.divide(op, p.mul(p.const(factor.numerator), value.n), p.mul(p.const(factor.denominator), value.d))

    # -- conditions --------------------------------------------------------------------------------------

    def condition(self, node: x.Bool) -> int:
        """Lower a condition to a truth node."""
        p = self.p
        match node:
            case x.Truth():
                return p.truth(node.value)
            case x.And() | x.Or():
                op = Op.AND if isinstance(node, x.And) else Op.OR
                return p.conjunction(op, [self.condition(item) for item in node.items])
            case x.Not():
                return p.negate(self.condition(node.inner))
            case x.Known():
                return self._known(node)
            case x.FlagIs():
                return p.flag(self._slot(node.ref))
            case x.Judged():
                return p.judged(self._slot(node.ref))
            case x.Member():
                return p.member(self._slot(node.ref), node.codes)
            case x.Compare():
                return self._compare(node)
            case x.CompoundCompare():
                return self._compound(node)
        raise TypeError(type(node).__name__)

    def _known(self, node: x.Known) -> int:
        value = self.number(node.inner)
        return self.p.conjunction(
            Op.AND, [self.p.is_known(value.n), self.p.is_known(value.d), self._surely_defined(value.guard)]
        )

    def _surely_defined(self, guard: int) -> int:
        """True where the guard is known false; a guard that is unknown means that a figure is missing anyway."""
        p = self.p
        if guard == self.never:
            return p.truth(True)
        return p.compare(Op.EQ, p.coalesce(p.select(guard, self.one, p.const(0)), self.one), p.const(0))

    def _compare(self, node: x.Compare) -> int:
        p = self.p
        a, b = self.number(node.left), self.number(node.right)
        ratio = a.scale / b.scale
        left = p.mul(p.mul(p.const(ratio.numerator), a.n), b.d)
        right = p.mul(p.mul(p.const(ratio.denominator), b.n), a.d)
        return self._guarded(self._relation(node.op, left, right), self._either(a, b))

    def _relation(self, op: str, left: int, right: int) -> int:
        p = self.p
        match op:
            case "<":
                return p.compare(Op.LT, left, right)
            case "<=":
                return p.compare(Op.LE, left, right)
            case ">":
                return p.compare(Op.LT, right, left)
            case ">=":
                return p.compare(Op.LE, right, left)
            case "=":
                return p.compare(Op.EQ, left, right)
        return p.negate(p.compare(Op.EQ, left, right))

    def _guarded(self, test: int, guard: int) -> int:
        """The test where the value is defined, 需认定 where it is not."""
        p = self.p
        if guard == self.never:
            return test
        undefined = p.conjunction(Op.AND, [guard, p.needs_human()])
        return p.conjunction(Op.OR, [undefined, p.conjunction(Op.AND, [p.negate(guard), test])])

    def _compound(self, node: x.CompoundCompare) -> int:
        p = self.p
        new, old = self.number(node.new), self.number(node.old)
        left, right = self._pair(new, old)
        growth = 1 + node.rate
        left = p.mul(p.const(growth.denominator**node.years), left)
        right = p.mul(p.const(growth.numerator**node.years), right)
        guard = p.conjunction(Op.OR, [new.guard, old.guard, self._has_no_growth(old)])
        return self._guarded(self._relation(node.op, left, right), guard)
