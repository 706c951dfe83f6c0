"""Ranges of values (值域): what a number of a rule can be at all, and whether conditions on it can hold together.

Owns interval arithmetic over the declared bounds and the search for a combination of values that satisfies a condition.
It reasons about known figures only and is careful: where it cannot tell, it says that a condition can hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

from kaiwu.rule import expression as x
from kaiwu.rule.lower import AS_OF_BOUND, RATED_BOUND
from kaiwu.rule.reference import round_to
from kaiwu.rule.wording import FLIPPED, TURNED

MAX_STEPS = 5_000
"""Steps of the search after which a condition is taken to be satisfiable; real clauses need a few dozen."""

End = Fraction | None  # None: without limit
Goal = tuple[x.Bool, bool]  # a condition and whether its contrary is wanted


@dataclass(frozen=True, slots=True)
class Range:
    """An interval; an end that is None has no limit. ``low_open`` and ``high_open`` leave the end itself out."""

    low: End = None
    high: End = None
    low_open: bool = False
    high_open: bool = False
    without: frozenset[Fraction] = frozenset()

    def meet(self, other: Range) -> Range:
        """The values in both."""
        low, low_open = _inner(self.low, self.low_open, other.low, other.low_open, 1)
        high, high_open = _inner(self.high, self.high_open, other.high, other.high_open, -1)
        return Range(low, high, low_open, high_open, self.without | other.without)

    def is_empty(self, scale: Fraction | None = None) -> bool:
        """Whether no value is left; ``scale`` is the size of one step where only whole steps occur."""
        if self.low is None or self.high is None:
            return False
        if scale is not None:
            first, last = _whole(self.low / scale, self.low_open, 1), _whole(self.high / scale, self.high_open, -1)
            left = set(range(first, min(last, first + len(self.without)) + 1))
            return not left - {int(v / scale) for v in self.without if (v / scale).denominator == 1}
        if self.low == self.high:
            return self.low_open or self.high_open or self.low in self.without
        return self.low > self.high


def range_of_comparison(op: str, value: Fraction) -> Range:
    """What ``… op value`` allows."""
    match op:
        case "<" | "<=":
            return Range(high=value, high_open=op == "<")
        case ">" | ">=":
            return Range(low=value, low_open=op == ">")
        case "=":
            return Range(value, value)
    return Range(without=frozenset({value}))


def _inner(a: End, a_open: bool, b: End, b_open: bool, sign: int) -> tuple[End, bool]:
    if a is None or b is None:
        return (b, b_open) if a is None else (a, a_open)
    if a == b:
        return a, a_open or b_open
    return (a, a_open) if (a > b) == (sign > 0) else (b, b_open)


def _whole(value: Fraction, is_open: bool, sign: int) -> int:
    step = ceil(value) if sign > 0 else floor(value)
    return step + sign if is_open and step == value else step


# -- what a number can be -------------------------------------------------------------------------------------


def range_of(node: x.Num) -> Range:
    """All values that a number can take while its figures lie within their declared bounds."""
    match node:
        case x.Literal():
            return Range(node.value, node.value)
        case x.Ref():
            return Range(node.variable.low * node.scale, node.variable.high * node.scale)
        case x.Context():
            low, high = AS_OF_BOUND if node.name == "as_of" else RATED_BOUND
            shift = node.offset if node.name == "rated" else 0
            return Range(Fraction(low + shift), Fraction(high + shift))
        case x.Derived():
            return _hull([range_of(node.ref), range_of(node.formula)])
        case x.Choose():
            return _hull([*(range_of(value) for _, value in node.cases), range_of(node.otherwise)])
        case x.Pick():
            return _range_of_pick(node)
        case x.Round():
            inner = range_of(node.inner)
            ends = [None if end is None else round_to(end, node.step, node.mode) for end in (inner.low, inner.high)]
            return Range(ends[0], ends[1])
        case x.Months():
            days = _subtract(range_of(node.later), range_of(node.earlier))
            return Range(_months(days.low), _months(days.high))
        case x.Arith():
            return _range_of_arith(node)
    return Range()


def _months(days: End) -> End:
    return None if days is None else Fraction(floor(days / 31))


def _hull(parts: Sequence[Range]) -> Range:
    lows, highs = [p.low for p in parts], [p.high for p in parts]
    return Range(
        None if None in lows else min(v for v in lows if v is not None),
        None if None in highs else max(v for v in highs if v is not None),
    )


def _range_of_pick(node: x.Pick) -> Range:
    parts = [range_of(item) for item in node.items]
    lows, highs = [p.low for p in parts], [p.high for p in parts]
    known_lows, known_highs = [v for v in lows if v is not None], [v for v in highs if v is not None]
    if node.op == "min":
        return Range(None if None in lows else min(known_lows), min(known_highs, default=None))
    return Range(max(known_lows, default=None), None if None in highs else max(known_highs))


def _subtract(a: Range, b: Range) -> Range:
    return Range(
        None if a.low is None or b.high is None else a.low - b.high,
        None if a.high is None or b.low is None else a.high - b.low,
    )


def _range_of_arith(node: x.Arith) -> Range:
    a, b = range_of(node.left), range_of(node.right)
    match node.op:
        case "+":
            return Range(
                None if a.low is None or b.low is None else a.low + b.low,
                None if a.high is None or b.high is None else a.high + b.high,
            )
        case "-":
            return _subtract(a, b)
        case "/":
            return _divide(a, b)
    if a.low is None or a.high is None or b.low is None or b.high is None:
        both_positive = a.low is not None and b.low is not None and a.low >= 0 and b.low >= 0
        return Range(a.low * b.low if both_positive and a.low is not None and b.low is not None else None)
    products = [p * q for p in (a.low, a.high) for q in (b.low, b.high)]
    return Range(min(products), max(products))


def _divide(a: Range, b: Range) -> Range:
    """A quotient whose divisor is never negative; zero itself gives none. Other divisors are not followed."""
    if b.low is None or b.low < 0 or (b.high is not None and b.high <= 0):
        return Range()
    return Range(_quotient_end(a.low, b, -1), _quotient_end(a.high, b, 1))


def _quotient_end(end: End, b: Range, sign: int) -> End:
    """The end of a quotient on one side (``sign`` 1: the upper one) from the same end of its dividend."""
    if end is None:
        return None
    if end * sign >= 0:  # the smallest divisor takes it furthest out
        return end / b.low if b.low else (Fraction(0) if end == 0 else None)
    return end / b.high if b.high is not None else Fraction(0)


# -- whether conditions can hold together ---------------------------------------------------------------------


@dataclass(slots=True)
class Search:
    """Looks for values that meet several conditions at once; gives up towards "can hold"."""

    steps: int = 0

    def can_hold(self, goals: Sequence[Goal]) -> bool:
        """Whether some known figures within their bounds meet all the goals."""
        return self._meet(list(goals), {})

    def _meet(self, goals: list[Goal], state: dict[object, Range | frozenset[int]]) -> bool:
        self.steps += 1
        if self.steps > MAX_STEPS or not goals:
            return True
        (node, is_negated), rest = goals[0], goals[1:]
        match node:
            case x.Not():
                return self._meet([(node.inner, not is_negated), *rest], state)
            case x.Truth():
                return node.value != is_negated and self._meet(rest, state)
            case x.And() | x.Or():
                parts = [(item, is_negated) for item in node.items]
                if isinstance(node, x.And) != is_negated:
                    return self._meet([*parts, *rest], state)
                return any(self._meet([part, *rest], state) for part in parts)
        narrowed = self._narrow(node, is_negated, state)
        return narrowed is not None and self._meet(rest, narrowed)

    def _narrow(
        self, node: x.Bool, is_negated: bool, state: dict[object, Range | frozenset[int]]
    ) -> dict[object, Range | frozenset[int]] | None:
        """The state with one more atom; None where nothing is left."""
        if isinstance(node, x.Compare):
            key, allowed = constraint_of(node, is_negated)
            before = state.get(key)
            here = (before if isinstance(before, Range) else whole_of(key)).meet(allowed)
            return None if here.is_empty(step_of(key)) else {**state, key: here}
        key, codes = _codes_of(node, is_negated)
        if key is None:
            return state
        held = state.get(key)
        left = codes & held if isinstance(held, frozenset) else codes
        return {**state, key: left} if left else None


def constraint_of(node: x.Compare, is_negated: bool = False) -> tuple[object, Range]:
    """What is compared, in a form in which equal things are equal, and which values of it are allowed."""
    op = FLIPPED[node.op] if is_negated else node.op
    if isinstance(node.right, x.Literal):
        return node.left, range_of_comparison(op, node.right.value)
    if isinstance(node.left, x.Literal):
        return node.right, range_of_comparison(TURNED[op], node.left.value)
    return (node.left, node.right), range_of_comparison(op, Fraction(0))


def whole_of(key: object) -> Range:
    """The whole range of what is compared."""
    if isinstance(key, tuple):
        return _subtract(range_of(key[0]), range_of(key[1]))
    return range_of(key) if isinstance(key, x.Num) else Range()


def step_of(key: object) -> Fraction | None:
    """The step of a stored figure; None for computed numbers."""
    return key.scale if isinstance(key, x.Ref) else None


def _codes_of(node: x.Bool, is_negated: bool) -> tuple[object, frozenset[int]]:
    match node:
        case x.Member():
            every = frozenset(range(node.ref.variable.low, node.ref.variable.high + 1))
            return ("code", node.ref.slot), every - node.codes if is_negated else every & node.codes
        case x.FlagIs() | x.Judged():
            return ("code", node.ref.slot), frozenset({0 if is_negated else 1})
        case x.Known():
            return ("known", node.inner), frozenset({0 if is_negated else 1})
        case x.CompoundCompare():
            return None, frozenset()
    return None, frozenset()
