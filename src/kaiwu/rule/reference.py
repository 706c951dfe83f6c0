"""The exact reference: rules evaluated on the typed tree in plain Python with rationals.

Slow and obviously right. It is the oracle of every other evaluator and what explanations read their values
from. It shares no code with the compiler: a difference between the two is a defect.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction

from kaiwu.rule import expression as x
from kaiwu.rule.outcome import Outcome, all_of, any_of, known, negated

Row = Mapping[str, int | None]


class Unknown(Enum):
    """Why a number is not known."""

    MISSING = "missing"  # a figure is not there
    UNDEFINED = "undefined"  # the figures are there, but the formula has no value for them


Number = Fraction | Unknown
Interval = tuple[Fraction, Fraction]

_COMPARE: dict[str, Callable[[Fraction, Fraction], bool]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "=": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
}


def round_to(value: Fraction, step: Fraction, mode: str) -> Fraction:
    """Round to a multiple of ``step``: half_up is (2n + d) div 2d by sign, down is towards zero, up away from it."""
    sign = -1 if value < 0 else 1
    quotient = abs(value) / step
    n, d = quotient.numerator, quotient.denominator
    whole = {"half_up": (2 * n + d) // (2 * d), "down": n // d, "up": -(-n // d)}[mode]
    return sign * whole * step


@dataclass(frozen=True, slots=True)
class Reference:
    """Evaluates typed trees for one row: a mapping from slot name to stored integer, ``None`` where missing.

    ``#as_of`` and ``#rated`` in the row are the date index and the year of the run.
    """

    row: Row

    # -- numbers -----------------------------------------------------------------------------------------

    def number(self, node: x.Num) -> Number:
        """The exact value in base units, or why there is none. An undefined part outweighs a missing one."""
        match node:
            case x.Literal():
                return node.value
            case x.Ref():
                stored = self.row.get(node.slot)
                return Unknown.MISSING if stored is None else stored * node.scale
            case x.Context():
                stored = self.row.get(node.slot)
                if stored is None:
                    return Unknown.MISSING
                return Fraction(stored + (node.offset if node.name == "rated" else 0))
            case x.Derived():
                given = self.number(node.ref)
                return given if isinstance(given, Fraction) else self.number(node.formula)
            case x.Choose():
                return self._chosen(node)
        below = [self.number(child) for child in x.children(node) if isinstance(child, x.Num)]
        if isinstance(node, x.Rate | x.Arith) and self._is_undefined(node, below):
            return Unknown.UNDEFINED
        for reason in (Unknown.UNDEFINED, Unknown.MISSING):
            if reason in below:
                return reason
        values = [v for v in below if isinstance(v, Fraction)]
        return self._combine(node, values)

    def _is_undefined(self, node: x.Num, below: list[Number]) -> bool:
        base = below[1]
        if not isinstance(base, Fraction):
            return False
        return base <= 0 if isinstance(node, x.Rate) else (isinstance(node, x.Arith) and node.op == "/" and base == 0)

    def _combine(self, node: x.Num, values: list[Fraction]) -> Number:
        match node:
            case x.Arith():
                a, b = values
                return {"+": lambda: a + b, "-": lambda: a - b, "*": lambda: a * b, "/": lambda: a / b}[node.op]()
            case x.Pick():
                return min(values) if node.op == "min" else max(values)
            case x.Round():
                return round_to(values[0], node.step, node.mode)
            case x.Months():
                return Fraction((values[0] - values[1]) // 31)
            case x.Rate():
                return (values[0] - values[1]) / values[1]
        raise TypeError(type(node).__name__)

    def _chosen(self, node: x.Choose) -> Number:
        for test, value in node.cases:
            match self.outcome(test):
                case Outcome.PASS:
                    return self.number(value)
                case Outcome.MISSING:
                    return Unknown.MISSING
                case Outcome.HUMAN:
                    return Unknown.UNDEFINED
        return self.number(node.otherwise)

    # -- conditions --------------------------------------------------------------------------------------

    def outcome(self, node: x.Bool) -> Outcome:
        """One of the four answers."""
        match node:
            case x.Truth():
                return known(node.value)
            case x.And():
                return all_of([self.outcome(item) for item in node.items])
            case x.Or():
                return any_of([self.outcome(item) for item in node.items])
            case x.Not():
                return negated(self.outcome(node.inner))
            case x.Known():
                return known(self._is_known(node.inner))
            case x.FlagIs():
                return self._stored(node.ref, lambda n: n != 0, Outcome.MISSING)
            case x.Judged():
                return self._stored(node.ref, lambda n: n != 0, Outcome.HUMAN)
            case x.Member():
                return self._stored(node.ref, lambda n: n in node.codes, Outcome.MISSING)
            case x.Compare():
                return self._compare(node)
            case x.CompoundCompare():
                return self._compare_compound(node)
        raise TypeError(type(node).__name__)

    def _stored(self, ref: x.Ref, test: Callable[[int], bool], unknown: Outcome) -> Outcome:
        stored = self.row.get(ref.slot)
        return unknown if stored is None else known(test(stored))

    def _is_known(self, node: x.Num) -> bool:
        if isinstance(node, x.Ref):
            return self.row.get(node.slot) is not None
        return isinstance(self.number(node), Fraction)

    def _compare(self, node: x.Compare) -> Outcome:
        left, right = self.number(node.left), self.number(node.right)
        if Unknown.UNDEFINED in (left, right):
            return Outcome.HUMAN
        if not isinstance(left, Fraction) or not isinstance(right, Fraction):
            return Outcome.MISSING
        return known(_COMPARE[node.op](left, right))

    def _compare_compound(self, node: x.CompoundCompare) -> Outcome:
        new, old = self.number(node.new), self.number(node.old)
        if Unknown.UNDEFINED in (new, old) or (isinstance(old, Fraction) and old <= 0):
            return Outcome.HUMAN
        if not isinstance(new, Fraction) or not isinstance(old, Fraction):
            return Outcome.MISSING
        return known(_COMPARE[node.op](new / old, (1 + node.rate) ** node.years))

    # -- amounts -----------------------------------------------------------------------------------------

    def interval(self, node: x.Num) -> Interval:
        """The lowest and the highest value that missing figures, within their declared bounds, still allow."""
        match node:
            case x.Literal():
                return node.value, node.value
            case x.Ref():
                stored = self.row.get(node.slot)
                low, high = (node.variable.low, node.variable.high) if stored is None else (stored, stored)
                return low * node.scale, high * node.scale
            case x.Derived():
                value = self.number(node)
                return (value, value) if isinstance(value, Fraction) else self.interval(node.ref)
            case x.Context():
                value = self.number(node)
                assert isinstance(value, Fraction), "a run always has its date and its year"
                return value, value
            case x.Choose():
                return self._interval_of_cases(list(node.cases), node.otherwise)
            case x.Round():
                least, most = self.interval(node.inner)
                return round_to(least, node.step, node.mode), round_to(most, node.step, node.mode)
            case x.Pick():
                ends = [self.interval(item) for item in node.items]
                pick = min if node.op == "min" else max
                return pick(e[0] for e in ends), pick(e[1] for e in ends)
            case x.Months():
                later, earlier = self.interval(node.later), self.interval(node.earlier)
                return Fraction((later[0] - earlier[1]) // 31), Fraction((later[1] - earlier[0]) // 31)
            case x.Arith():
                return self._interval_of_arith(node)
        raise TypeError(f"{type(node).__name__} has no place in an amount")

    def _interval_of_cases(self, cases: list[tuple[x.Bool, x.Num]], otherwise: x.Num) -> Interval:
        if not cases:
            return self.interval(otherwise)
        (test, value), *rest = cases
        outcome = self.outcome(test)
        if outcome is Outcome.PASS:
            return self.interval(value)
        if outcome is Outcome.FAIL:
            return self._interval_of_cases(rest, otherwise)
        here, there = self.interval(value), self._interval_of_cases(rest, otherwise)
        return min(here[0], there[0]), max(here[1], there[1])

    def _interval_of_arith(self, node: x.Arith) -> Interval:
        a, b = self.interval(node.left), self.interval(node.right)
        match node.op:
            case "+":
                return a[0] + b[0], a[1] + b[1]
            case "-":
                return a[0] - b[1], a[1] - b[0]
            case "/":
                b = (1 / b[0], 1 / b[1])  # a constant divisor, the compiler refuses others in amounts
        ends = [p * q for p in a for q in b]
        return min(ends), max(ends)
