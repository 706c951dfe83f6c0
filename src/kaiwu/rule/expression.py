"""The typed tree of a checked rule: names resolved, dimensions proven, period words expanded.

This is what the reference evaluates, what the compiler lowers and what explanations read aloud. A numeric
value is an exact rational in base units of its ``dimension``; ratios are plain numbers (3 % is 3/100).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from kaiwu.figure.variable import Variable
from kaiwu.quantity import DIMENSIONLESS, Dimension


@dataclass(frozen=True, slots=True, kw_only=True)
class Expr:
    """Any typed node; ``text`` is the officer's wording of it."""

    text: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Num(Expr):
    """A numeric node. ``dimension`` has no ratio in it; ``bare`` marks a literal written without a unit."""

    dimension: Dimension = DIMENSIONLESS
    bare: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Bool(Expr):
    """A condition."""


@dataclass(frozen=True, slots=True)
class Literal(Num):
    """An exact constant in base units of its dimension."""

    value: Fraction


@dataclass(frozen=True, slots=True)
class Ref(Num):
    """A variable ``offset`` years from the rated year; also the carrier of dates, years, flags and categories."""

    variable: Variable
    offset: int = 0

    @property
    def slot(self) -> str:
        """Column name in a frame."""
        return slot_name(self.variable.code, self.offset)

    @property
    def scale(self) -> Fraction:
        """The value of one stored step in base units of ``dimension`` (ratios as plain numbers)."""
        unit = self.variable.unit
        factor = unit.dimension.without_ratio()[1] if unit is not None else Fraction(1)
        return self.variable.grain * factor


@dataclass(frozen=True, slots=True)
class Context(Num):
    """A value of the run: ``as_of`` (a date index) or ``rated`` (a calendar year)."""

    name: str
    offset: int = 0

    @property
    def slot(self) -> str:
        """Column name in a frame; ``as_of`` has no years."""
        return slot_name(f"#{self.name}", 0)


@dataclass(frozen=True, slots=True)
class Arith(Num):
    """``+ - * /``. A divisor of zero makes the value undefined (需认定 in a condition)."""

    op: str
    left: Num
    right: Num


@dataclass(frozen=True, slots=True)
class Pick(Num):
    """The smallest or largest of several; missing if any operand is missing."""

    op: str  # min | max
    items: tuple[Num, ...]


@dataclass(frozen=True, slots=True)
class Choose(Num):
    """The value of the first case whose condition is known true, all earlier ones being known false."""

    cases: tuple[tuple[Bool, Num], ...]
    otherwise: Num


@dataclass(frozen=True, slots=True)
class Round(Num):
    """To a multiple of ``step`` base units; mode half_up, down (towards zero) or up (away from zero)."""

    inner: Num
    step: Fraction
    mode: str


@dataclass(frozen=True, slots=True)
class Months(Num):
    """Full months from ``earlier`` to ``later``: floor((later - earlier) / 31) on date indexes."""

    later: Num
    earlier: Num


@dataclass(frozen=True, slots=True)
class Derived(Num):
    """A figure where one is known, otherwise a formula."""

    ref: Ref
    formula: Num


@dataclass(frozen=True, slots=True)
class Rate(Num):
    """(new - old) / old. Undefined where the old value is zero or negative: such a base has no growth."""

    new: Num
    old: Num


@dataclass(frozen=True, slots=True)
class Compare(Bool):
    """``left op right`` with op in < <= > >= = !=."""

    op: str
    left: Num
    right: Num


@dataclass(frozen=True, slots=True)
class CompoundCompare(Bool):
    """(new / old) ** (1 / years) - 1 compared with a constant rate, decided by whole powers."""

    op: str
    new: Num
    old: Num
    years: int
    rate: Fraction


@dataclass(frozen=True, slots=True)
class And(Bool):
    """All of the items."""

    items: tuple[Bool, ...]


@dataclass(frozen=True, slots=True)
class Or(Bool):
    """At least one of the items."""

    items: tuple[Bool, ...]


@dataclass(frozen=True, slots=True)
class Not(Bool):
    """The contrary; what is unknown stays unknown."""

    inner: Bool


@dataclass(frozen=True, slots=True)
class FlagIs(Bool):
    """A yes/no variable; a missing one is 缺数据."""

    ref: Ref


@dataclass(frozen=True, slots=True)
class Judged(Bool):
    """A human finding; a missing one is 需认定."""

    ref: Ref


@dataclass(frozen=True, slots=True)
class Member(Bool):
    """A category is one of the listed codes."""

    ref: Ref
    codes: frozenset[int]


@dataclass(frozen=True, slots=True)
class Known(Bool):
    """Whether a figure is there at all; never missing itself."""

    inner: Num


@dataclass(frozen=True, slots=True)
class Truth(Bool):
    """A constant."""

    value: bool


Atom = Compare | CompoundCompare | FlagIs | Judged | Member | Known | Truth


def slot_name(code: str, offset: int) -> str:
    """``revenue`` for the rated year, ``revenue@-1`` for the year before."""
    return code if offset == 0 else f"{code}@{offset}"


def children(node: Expr) -> tuple[Expr, ...]:
    """The nodes directly below a node, in reading order."""
    match node:
        case Arith() | Compare():
            return (node.left, node.right)
        case Pick() | And() | Or():
            return tuple(node.items)
        case Choose():
            return (*(n for case in node.cases for n in case), node.otherwise)
        case Round() | Not() | Known():
            return (node.inner,)
        case Months():
            return (node.later, node.earlier)
        case Derived():
            return (node.ref, node.formula)
        case Rate() | CompoundCompare():
            return (node.new, node.old)
        case FlagIs() | Judged() | Member():
            return (node.ref,)
    return ()


def walk(node: Expr) -> Iterator[Expr]:
    """The node and all below it, parents first."""
    yield node
    for child in children(node):
        yield from walk(child)


def tree_size(node: Expr) -> int:
    """Nodes of the tree as ``walk`` would visit them; parts that are one object are counted once and multiplied."""
    sizes: dict[int, int] = {}

    def measure(part: Expr) -> int:
        if id(part) not in sizes:
            sizes[id(part)] = 1 + sum(measure(child) for child in children(part))
        return sizes[id(part)]

    return measure(node)


def slots_of(node: Expr) -> dict[str, Ref]:
    """Every frame column that an expression reads, by slot name in reading order."""
    return {n.slot: n for n in walk(node) if isinstance(n, Ref)}


def atoms_of(node: Bool) -> list[Bool]:
    """The atoms of a condition from left to right: what explanations list one by one."""
    if isinstance(node, And | Or):
        return [a for item in node.items for a in atoms_of(item)]
    if isinstance(node, Not):
        return atoms_of(node.inner)
    return [node]
