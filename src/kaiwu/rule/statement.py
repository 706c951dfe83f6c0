"""A comparison as people read it (比较): value on the left, threshold on the right, and the shortfall.

Owns the sides, units and numbers of one comparison in words. It does not own the sentence around them (``explain``).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from kaiwu.quantity import DIMENSIONLESS, Unit, find_unit
from kaiwu.quantity.dimension import DURATION, MONEY, YEAR
from kaiwu.rule import expression as x
from kaiwu.rule.agreement import DATE
from kaiwu.rule.phrase import EMPTY, Words, say
from kaiwu.rule.reference import Reference
from kaiwu.rule.wording import (
    FLIPPED,
    PLACES_OF_FIGURE,
    TURNED,
    Wording,
    literal_unit,
    show_money,
    show_months,
    show_value,
    unit_of,
)


@dataclass(frozen=True, slots=True)
class Statement:
    """A comparison as it is read: the constant on the right, the wording of both sides."""

    op: str
    name: Words
    left: x.Num | None
    right: x.Num | None
    wording: Wording
    compound: x.CompoundCompare | None = None

    @property
    def sides(self) -> list[x.Num]:
        """The numbers that are compared."""
        if self.compound is not None:
            return [self.compound.new, self.compound.old]
        return [side for side in (self.left, self.right) if side is not None]

    @property
    def unit(self) -> Unit | None:
        """The unit in which the value is printed: the variable's own, else that of the threshold."""
        assert self.left is not None and self.right is not None
        if isinstance(self.left, x.Ref | x.Derived):
            return unit_of(self.left)
        if isinstance(self.right, x.Literal) and self.right.value != 0:
            if self.right.bare:
                return find_unit("number")
            return literal_unit(self.right.text, self.right.dimension) or unit_of(self.left)
        return unit_of(self.left) or unit_of(self.right)

    def value(self, reference: Reference) -> Words:
        """The value on the left, never rounded onto the threshold. Only where it is known."""
        if self.compound is not None:
            return _compound_value(self.compound, reference)
        assert self.left is not None and self.right is not None
        value, against = reference.number(self.left), reference.number(self.right)
        assert isinstance(value, Fraction) and isinstance(against, Fraction)
        places = {"places": PLACES_OF_FIGURE} if isinstance(self.left, x.Ref) else {}
        return show_value(value, self.left.dimension, self.unit, against, **places)

    def threshold(self, reference: Reference) -> Words:
        """The threshold as written, with its value where it is computed."""
        if self.compound is not None:
            return show_value(self.compound.rate, DIMENSIONLESS, find_unit("%"), places=PLACES_OF_FIGURE)
        assert self.left is not None and self.right is not None
        if isinstance(self.right, x.Literal):
            return self.wording.literal(self.right, None if self.right.text else self.unit)
        name, value = self.wording.name(self.right), reference.number(self.right)
        if not isinstance(value, Fraction):
            return name
        against = reference.number(self.left)
        shown = show_value(value, self.right.dimension, self.unit, against if isinstance(against, Fraction) else None)
        return say("threshold-computed", name=name, value=shown)

    def shortfall(self, reference: Reference) -> Words:
        """By how much a failed comparison misses its threshold; nothing where a difference makes no sense."""
        if self.compound is not None or self.left is None or self.right is None or self.op == "!=":
            return EMPTY
        left, right = reference.number(self.left), reference.number(self.right)
        if not isinstance(left, Fraction) or not isinstance(right, Fraction) or self.left.dimension == DATE:
            return EMPTY
        if left == right:
            return say("on-edge")
        code = {">=": "short", ">": "short-strict", "<=": "over", "<": "over-strict"}.get(self.op, "off")
        return say(code, gap=self._difference(abs(right - left)))

    def _difference(self, gap: Fraction) -> Words:
        assert self.left is not None
        dimension, unit = self.left.dimension, self.unit
        if dimension == MONEY:
            return show_money(gap)
        if dimension in (DURATION, YEAR) and gap.denominator == 1:
            return show_months(int(gap) if dimension == DURATION else 12 * int(gap))
        if dimension == DIMENSIONLESS and (unit is None or unit.dimension != DIMENSIONLESS):
            unit = find_unit("个百分点")
        return show_value(gap, dimension, unit)


def state_comparison(node: x.Compare | x.CompoundCompare, is_negated: bool, wording: Wording) -> Statement:
    """Read a comparison with the constant on the right; a negated one by its contrary sign."""
    op = FLIPPED[node.op] if is_negated else node.op
    if isinstance(node, x.CompoundCompare):
        return Statement(op, wording.compound_name(node), None, None, wording, node)
    left, right = node.left, node.right
    if not _varies(left) and _varies(right):
        left, right, op = right, left, TURNED[op]
    return Statement(op, wording.name(left), left, right, wording)


def _varies(node: x.Num) -> bool:
    return any(isinstance(n, x.Ref) for n in x.walk(node)) or any(isinstance(n, x.Context) for n in x.walk(node))


def _compound_value(node: x.CompoundCompare, reference: Reference) -> Words:
    """The compound rate by whole powers: the largest decimal rate that is not above it, printed with 约 where rounded."""
    new, old = reference.number(node.new), reference.number(node.old)
    assert isinstance(new, Fraction) and isinstance(old, Fraction)
    growth = new / old
    for places in range(4, 13, 2):
        steps = 10**places
        root = _whole_root(growth * Fraction(steps) ** node.years, node.years)
        rate = Fraction(root, steps) - 1
        is_exact = (1 + rate) ** node.years == growth
        if is_exact or rate != node.rate:
            break
    shown = show_value(rate, DIMENSIONLESS, find_unit("%"), places=PLACES_OF_FIGURE)
    return shown if is_exact else say("about", value=shown)


def _whole_root(value: Fraction, degree: int) -> int:
    """The largest whole number whose power of ``degree`` is not above ``value``; 0 for negative values."""
    low, high = 0, 1
    while high**degree <= value:
        high *= 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if middle**degree <= value else (low, middle)
    return low
