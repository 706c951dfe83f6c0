"""The intermediate form (IR): interned integer and truth nodes in one flat table.

Owns the twenty node kinds, their bounds and integer widths. A node is an index; its operands have smaller
indexes, so evaluation runs once from front to back. Equal nodes are one node. What each kind means, with
missing values, is written in ``docs/semantics.md``; every engine implements exactly that page.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import IntEnum

INT64 = 2**63 - 1
INT128 = 2**127 - 1


class Op(IntEnum):
    """Kinds of nodes. ``a``, ``b``, ``c`` are operand nodes unless said otherwise."""

    CONST = 0  # a: index into constants
    SLOT = 1  # a: index into slots
    ADD = 2
    SUB = 3
    MUL = 4
    MIN = 5
    MAX = 6
    SELECT = 7  # a: truth, b, c: integers; unknown truth gives missing
    ROUND = 8  # a / b to the nearest integer, halves away from zero; missing where b <= 0
    TRUNC = 9  # a / b towards zero; missing where b <= 0
    AWAY = 10  # a / b away from zero; missing where b <= 0
    FLOOR = 11  # a / b down; missing where b <= 0
    COALESCE = 12  # a, or b where a is missing
    LT = 20
    LE = 21
    EQ = 22
    AND = 23
    OR = 24
    NOT = 25
    KNOWN = 26  # a: integer; never unknown itself
    FLAG = 27  # a: SLOT node; not zero; missing -> MISSING
    JUDGE = 28  # a: SLOT node; not zero; missing -> HUMAN
    IN = 29  # a: SLOT node, b: index into sets
    TRUE = 30
    FALSE = 31
    HUMAN = 32  # the constant 需认定
    IS_HUMAN = 33  # a: truth; true where it is HUMAN, else false


INTEGER_OPS = frozenset(op for op in Op if op < 20)
ROUNDING = {"half_up": Op.ROUND, "down": Op.TRUNC, "up": Op.AWAY, "floor": Op.FLOOR}


class WidthError(ValueError):
    """A node may exceed 128 bits; the message names the bounds."""


@dataclass(slots=True)
class Program:
    """A table of nodes. ``low``/``high`` bound integer nodes; truth nodes have 0 and 1 there."""

    op: list[int] = field(default_factory=list)
    a: list[int] = field(default_factory=list)
    b: list[int] = field(default_factory=list)
    c: list[int] = field(default_factory=list)
    low: list[int] = field(default_factory=list)
    high: list[int] = field(default_factory=list)
    human: list[bool] = field(default_factory=list)  # a truth node that may answer HUMAN
    constants: list[int] = field(default_factory=list)
    slots: list[str] = field(default_factory=list)
    sets: list[tuple[int, ...]] = field(default_factory=list)
    _interned: dict[tuple[int, int, int, int], int] = field(default_factory=dict)
    _constant_at: dict[int, int] = field(default_factory=dict)
    _slot_at: dict[str, int] = field(default_factory=dict)
    _set_at: dict[tuple[int, ...], int] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.op)

    # -- construction ------------------------------------------------------------------------------------

    def _node(self, op: Op, a: int, b: int, c: int, low: int, high: int, human: bool = False) -> int:
        key = (int(op), a, b, c)
        index = self._interned.get(key)
        if index is None:
            if not (-INT128 <= low <= high <= INT128):
                raise WidthError(f"{op.name}: [{low}, {high}]")
            index = len(self.op)
            self._interned[key] = index
            self.op.append(int(op))
            self.a.append(a)
            self.b.append(b)
            self.c.append(c)
            self.low.append(low)
            self.high.append(high)
            self.human.append(human)
        return index

    def const(self, value: int) -> int:
        """An integer constant."""
        at = self._constant_at.setdefault(value, len(self.constants))
        if at == len(self.constants):
            self.constants.append(value)
        return self._node(Op.CONST, at, 0, 0, value, value)

    def slot(self, name: str, low: int, high: int) -> int:
        """A frame column with the bounds of its variable."""
        at = self._slot_at.setdefault(name, len(self.slots))
        if at == len(self.slots):
            self.slots.append(name)
        return self._node(Op.SLOT, at, 0, 0, low, high)

    def constant_of(self, node: int) -> int | None:
        """The value of a constant node, else ``None``."""
        return self.constants[self.a[node]] if self.op[node] == Op.CONST else None

    def add(self, a: int, b: int) -> int:
        """a + b."""
        x, y = self.constant_of(a), self.constant_of(b)
        if x is not None and y is not None:
            return self.const(x + y)
        if x == 0 or y == 0:
            return b if x == 0 else a
        a, b = min(a, b), max(a, b)
        return self._node(Op.ADD, a, b, 0, self.low[a] + self.low[b], self.high[a] + self.high[b])

    def sub(self, a: int, b: int) -> int:
        """a - b."""
        x, y = self.constant_of(a), self.constant_of(b)
        if x is not None and y is not None:
            return self.const(x - y)
        if y == 0:
            return a
        return self._node(Op.SUB, a, b, 0, self.low[a] - self.high[b], self.high[a] - self.low[b])

    def mul(self, a: int, b: int) -> int:
        """a × b."""
        x, y = self.constant_of(a), self.constant_of(b)
        if x is not None and y is not None:
            return self.const(x * y)
        if x == 1 or y == 1:
            return b if x == 1 else a
        a, b = min(a, b), max(a, b)
        ends = [p * q for p in (self.low[a], self.high[a]) for q in (self.low[b], self.high[b])]
        return self._node(Op.MUL, a, b, 0, min(ends), max(ends))

    def pick(self, op: Op, a: int, b: int) -> int:
        """The smaller (``Op.MIN``) or larger (``Op.MAX``); missing if either is."""
        if a == b:
            return a
        x, y = self.constant_of(a), self.constant_of(b)
        choose = min if op is Op.MIN else max
        if x is not None and y is not None:
            return self.const(choose(x, y))
        a, b = min(a, b), max(a, b)
        return self._node(op, a, b, 0, choose(self.low[a], self.low[b]), choose(self.high[a], self.high[b]))

    def select(self, test: int, a: int, b: int) -> int:
        """``a`` where the test is true, ``b`` where it is false, missing where it is unknown."""
        if self.op[test] in (Op.TRUE, Op.FALSE):
            return a if self.op[test] == Op.TRUE else b
        low, high = min(self.low[a], self.low[b]), max(self.high[a], self.high[b])
        return self._node(Op.SELECT, test, a, b, low, high)

    def divide(self, op: Op, a: int, b: int) -> int:
        """a / b rounded as ``op`` says; missing where b <= 0."""
        if self.constant_of(b) == 1:
            return a
        top = max(abs(self.low[a]), abs(self.high[a]))
        least = max(self.low[b], 1)
        bound = -(-top // least)
        low = 0 if self.low[a] >= 0 else -bound
        high = 0 if self.high[a] <= 0 else bound
        # The engines compute 2a + b and 2b; the check of width is made on these.
        if max(2 * top + self.high[b], 2 * self.high[b]) > INT128:
            raise WidthError(f"{op.name}: 2 * {top} + {self.high[b]}, 2 * {self.high[b]}")
        return self._node(op, a, b, 0, low, high)

    def coalesce(self, a: int, b: int) -> int:
        """``a``, or ``b`` where ``a`` is missing."""
        if self._is_always_known(a):
            return a
        low, high = min(self.low[a], self.low[b]), max(self.high[a], self.high[b])
        return self._node(Op.COALESCE, a, b, 0, low, high)

    def _is_always_known(self, a: int) -> bool:
        while self.op[a] == Op.COALESCE:
            a = self.b[a]
        return self.op[a] == Op.CONST

    def compare(self, op: Op, a: int, b: int) -> int:
        """a < b, a <= b or a = b; unknown if either is missing."""
        x, y = self.constant_of(a), self.constant_of(b)
        if x is not None and y is not None:
            return self.truth({Op.LT: x < y, Op.LE: x <= y, Op.EQ: x == y}[op])
        return self._node(op, a, b, 0, 0, 1)

    def truth(self, value: bool) -> int:
        """A constant condition."""
        return self._node(Op.TRUE if value else Op.FALSE, 0, 0, 0, 0, 1)

    def needs_human(self) -> int:
        """The constant 需认定."""
        return self._node(Op.HUMAN, 0, 0, 0, 0, 1, human=True)

    def conjunction(self, op: Op, items: Iterable[int]) -> int:
        """AND or OR of truth nodes; the constants that decide or do nothing are taken out."""
        neutral, decisive = (Op.TRUE, Op.FALSE) if op is Op.AND else (Op.FALSE, Op.TRUE)
        result: int | None = None
        for item in items:
            if self.op[item] == decisive:
                return item
            if self.op[item] == neutral or item == result:
                continue
            result = item if result is None else self._junction(op, result, item)
        return result if result is not None else self.truth(op is Op.AND)

    def _junction(self, op: Op, a: int, b: int) -> int:
        return self._node(op, a, b, 0, 0, 1, human=self.human[a] or self.human[b])

    def negate(self, a: int) -> int:
        """NOT a."""
        match self.op[a]:
            case Op.TRUE | Op.FALSE:
                return self.truth(self.op[a] == Op.FALSE)
            case Op.NOT:
                return self.a[a]
            case Op.HUMAN:
                return a
            case Op.LT:
                return self.compare(Op.LE, self.b[a], self.a[a])
            case Op.LE:
                return self.compare(Op.LT, self.b[a], self.a[a])
        return self._node(Op.NOT, a, 0, 0, 0, 1, human=self.human[a])

    def is_known(self, a: int) -> int:
        """Whether an integer node has a value."""
        return self.truth(True) if self.op[a] == Op.CONST else self._node(Op.KNOWN, a, 0, 0, 0, 1)

    def flag(self, slot: int) -> int:
        """A yes/no column; missing is unknown for want of data."""
        return self._node(Op.FLAG, slot, 0, 0, 0, 1)

    def judged(self, slot: int) -> int:
        """A finding column; missing needs a human."""
        return self._node(Op.JUDGE, slot, 0, 0, 0, 1, human=True)

    def member(self, slot: int, codes: Iterable[int]) -> int:
        """A category column is one of the codes."""
        members = tuple(sorted(codes))
        at = self._set_at.setdefault(members, len(self.sets))
        if at == len(self.sets):
            self.sets.append(members)
        return self._node(Op.IN, slot, at, 0, 0, 1)

    def is_human(self, a: int) -> int:
        """True where a condition answers HUMAN."""
        return self._node(Op.IS_HUMAN, a, 0, 0, 0, 1) if self.human[a] else self.truth(False)

    # -- reading -----------------------------------------------------------------------------------------

    def operands(self, node: int) -> tuple[int, ...]:
        """Operand nodes of a node."""
        op = self.op[node]
        if op in _LEAVES:
            return ()
        if op in _UNARY:
            return (self.a[node],)
        if op == Op.SELECT:
            return (self.a[node], self.b[node], self.c[node])
        return (self.a[node], self.b[node])

    def needed(self, roots: Sequence[int]) -> list[int]:
        """All nodes below the roots, operands first."""
        seen = bytearray(len(self.op))
        stack = list(roots)
        while stack:
            node = stack.pop()
            if not seen[node]:
                seen[node] = 1
                stack.extend(self.operands(node))
        return [i for i, flag in enumerate(seen) if flag]

    def fits_int64(self, node: int) -> bool:
        """Whether 64 bits hold every value that bounds allow."""
        return self.low[node] >= -INT64 and self.high[node] <= INT64

    def slots_of(self, roots: Sequence[int]) -> list[str]:
        """The frame columns that the roots read."""
        return [self.slots[self.a[n]] for n in self.needed(roots) if self.op[n] == Op.SLOT]


_LEAVES = frozenset({Op.CONST, Op.SLOT, Op.TRUE, Op.FALSE, Op.HUMAN})
_UNARY = frozenset({Op.NOT, Op.KNOWN, Op.FLAG, Op.JUDGE, Op.IN, Op.IS_HUMAN})
