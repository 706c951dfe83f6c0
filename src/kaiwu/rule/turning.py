"""Turning points (临界值): the values of one figure at which a comparison of a rule may change.

Owns solving and searching. What it finds are candidates, to be judged by re-evaluation (``gap``). A comparison that is
linear in the figure is solved; minima, maxima and cases are taken apart first; what is left (roundings, divisors) is
searched by the sign of the difference of both sides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import islice, product
from math import floor

from kaiwu.rule import expression as x
from kaiwu.rule.outcome import Outcome
from kaiwu.rule.reference import Reference, Row

MAX_VARIANTS = 64
"""Real rules have a handful; what goes beyond is searched as a whole."""

Comparison = x.Compare | x.CompoundCompare


def turning_points(target: x.Bool, ref: x.Ref, step: int, before: int, row: Row) -> list[int]:
    """Values of a figure, from ``before`` in the direction of ``step``, around which ``target`` may change, nearest first."""
    found: set[int] = set()
    for node in comparisons_of(target):
        if ref.slot in x.slots_of(node):
            found.update(_of_comparison(node, ref, step, before, row))
    low, high = ref.variable.low, ref.variable.high
    ahead = [value for value in found if (value - before) * step > 0 and low <= value <= high]
    return sorted(ahead, key=lambda value: abs(value - before))


def comparisons_of(node: x.Expr) -> list[Comparison]:
    """Every comparison in a rule, those inside cases included."""
    return [n for n in x.walk(node) if isinstance(n, x.Compare | x.CompoundCompare)]


def bisect(is_inside: Callable[[int], bool], inside: int, outside: int) -> int:
    """A value that is outside while its neighbour towards ``inside`` is not, between the two."""
    while abs(outside - inside) > 1:
        middle = (inside + outside) // 2
        inside, outside = (middle, outside) if is_inside(middle) else (inside, middle)
    return outside


def _of_comparison(node: Comparison, ref: x.Ref, step: int, before: int, row: Row) -> Iterator[int]:
    for left, right in islice(_variants_of_sides(node, row), MAX_VARIANTS):
        left, right = _fold(left, ref.slot, row), _fold(right, ref.slot, row)
        if _is_linear(left, ref.slot, row) and _is_linear(right, ref.slot, row):
            root = _root(left, right, ref.slot, before, row)
            if root is not None:
                yield from (floor(root) - 1, floor(root), floor(root) + 1)
        else:
            yield from _search(left, right, ref, step, before, row)


def _variants_of_sides(node: Comparison, row: Row) -> Iterator[tuple[x.Num, x.Num]]:
    if isinstance(node, x.CompoundCompare):
        growth = x.Literal(value=(1 + node.rate) ** node.years)
        return ((x.Arith(op="/", left=new, right=old), growth)
                for new, old in product(_variants(node.new, row), _variants(node.old, row)))  # fmt: skip
    return product(_variants(node.left, row), _variants(node.right, row))


def _variants(node: x.Num, row: Row) -> list[x.Num]:
    """What a number may be, with every minimum, maximum and case settled one way; itself where there are too many."""
    match node:
        case x.Derived():
            return _variants(node.ref if row.get(node.ref.slot) is not None else node.formula, row)
        case x.Pick():
            found = [v for item in node.items for v in _variants(item, row)]
        case x.Choose():
            values = (*(value for _, value in node.cases), node.otherwise)
            found = [v for value in values for v in _variants(value, row)]
        case x.Arith():
            found = [
                replace(node, left=a, right=b)
                for a, b in product(_variants(node.left, row), _variants(node.right, row))
            ]
        case x.Rate():
            found = [
                replace(node, new=a, old=b) for a, b in product(_variants(node.new, row), _variants(node.old, row))
            ]
        case x.Round():
            found = [replace(node, inner=v) for v in _variants(node.inner, row)]
        case _:
            return [node]
    return found if len(found) <= MAX_VARIANTS else [node]


def _fold(node: x.Num, slot: str, row: Row) -> x.Num:
    """The same number with every part that the figure does not touch computed once; the search asks thousands of times."""
    if slot not in x.slots_of(node):
        value = Reference(row).number(node)
        return x.Literal(value=value, dimension=node.dimension, text=node.text) if isinstance(value, Fraction) else node
    match node:
        case x.Arith():
            return replace(node, left=_fold(node.left, slot, row), right=_fold(node.right, slot, row))
        case x.Rate():
            return replace(node, new=_fold(node.new, slot, row), old=_fold(node.old, slot, row))
        case x.Round():
            return replace(node, inner=_fold(node.inner, slot, row))
        case x.Pick():
            return replace(node, items=tuple(_fold(item, slot, row) for item in node.items))
        case x.Choose():
            return _fold_cases(node, slot, row)
        case x.Derived() if row.get(node.ref.slot) is None and node.ref.slot != slot:
            return _fold(node.formula, slot, row)
    return node


def _fold_cases(node: x.Choose, slot: str, row: Row) -> x.Num:
    """Cases whose condition the figure does not touch are settled; the first one that holds ends the list."""
    cases: list[tuple[x.Bool, x.Num]] = []
    for test, value in node.cases:
        outcome = Reference(row).outcome(test) if slot not in x.slots_of(test) else None
        if outcome is Outcome.FAIL:
            continue
        if outcome is Outcome.PASS:
            otherwise = _fold(value, slot, row)
            return replace(node, cases=tuple(cases), otherwise=otherwise) if cases else otherwise
        cases.append((test, _fold(value, slot, row)))
    otherwise = _fold(node.otherwise, slot, row)
    return replace(node, cases=tuple(cases), otherwise=otherwise) if cases else otherwise


def _is_linear(node: x.Num, slot: str, row: Row) -> bool:
    """Whether a number is linear in a figure; a divisor, a rounding or a choice that depends on it is not."""
    if slot not in x.slots_of(node):
        return True
    match node:
        case x.Ref():
            return True
        case x.Derived():
            return row.get(node.ref.slot) is not None or _is_linear(node.formula, slot, row)
        case x.Rate():
            return slot not in x.slots_of(node.old) and _is_linear(node.new, slot, row)
        case x.Arith():
            in_left, in_right = slot in x.slots_of(node.left), slot in x.slots_of(node.right)
            if (node.op == "/" and in_right) or (node.op == "*" and in_left and in_right):
                return False
            return _is_linear(node.left, slot, row) and _is_linear(node.right, slot, row)
    return False


def _root(left: x.Num, right: x.Num, slot: str, before: int, row: Row) -> Fraction | None:
    """Where the difference of two sides, linear in the figure, is zero."""
    ends = [_difference(left, right, {**row, slot: value}) for value in (before, before + 1)]
    if ends[0] is None or ends[1] is None or ends[0] == ends[1]:
        return None
    return before - ends[0] / (ends[1] - ends[0])


def _difference(left: x.Num, right: x.Num, row: Row) -> Fraction | None:
    reference = Reference(row)
    a, b = reference.number(left), reference.number(right)
    return a - b if isinstance(a, Fraction) and isinstance(b, Fraction) else None


def _search(left: x.Num, right: x.Num, ref: x.Ref, step: int, before: int, row: Row) -> Iterator[int]:
    """The first two places where the sign of the difference changes: onto the line, and past it."""

    def sign(value: int) -> int | None:
        difference = _difference(left, right, {**row, ref.slot: value})
        return None if difference is None else (difference > 0) - (difference < 0)

    end = ref.variable.high if step > 0 else ref.variable.low
    here = before
    for _ in range(2):
        turned = _first_change(sign, here, end, step)
        if turned is None:
            return
        yield turned
        here = turned


def _first_change(sign: Callable[[int], int | None], start: int, end: int, step: int) -> int | None:
    """Going outwards in doubling strides, then by bisection, the first value with another sign than the start."""
    now = sign(start)
    here, stride = start, 1
    while (end - here) * step > 0:
        there = here + step * min(stride, abs(end - here))
        if sign(there) != now:
            return bisect(lambda value: sign(value) == now, here, there)
        here, stride = there, stride * 2
    return None
