"""Nodes as Polars expressions: what every kind means in Polars' three-valued logic and integers.

A condition is one nullable Boolean; null says "not known". Only a condition that may answer 需认定 has a second
expression that is true where it does. Owns this translation and the columns made for parts that are used
again; it runs nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

import numpy as np
import polars as pl

from kaiwu.rule.compiled import OPERANDS, CompiledProgram
from kaiwu.rule.program import Op

INLINE = 48  # a part that is used again and is larger than this becomes a column of its own
MAX_DEPTH = 120  # so does one that is deeper, because Polars walks expressions recursively
MAX_PATH = 16  # nodes between a guarded divisor and its comparison

_STRICT = frozenset(
    {Op.ADD, Op.SUB, Op.MUL, Op.MIN, Op.MAX, Op.ROUND, Op.TRUNC, Op.AWAY, Op.FLOOR, Op.LT, Op.LE, Op.EQ}
)
_MIXES = frozenset({Op.ADD, Op.SUB, Op.MUL, Op.LT, Op.LE, Op.EQ})
_NOTHING = pl.lit(None, dtype=pl.Boolean)


class Node(NamedTuple):
    """One node with what the translation asks of it; ``below`` are its operand nodes."""

    at: int
    op: Op
    a: int
    b: int
    c: int
    below: tuple[int, ...]
    is_wide: bool
    needs_wide: bool
    may_need_human: bool


def read_nodes(program: CompiledProgram, roots: list[int]) -> dict[int, Node]:
    """All nodes below some roots by number, operands first."""
    at = np.flatnonzero(program.needed(np.array(roots, np.int64)))
    columns = (program.op, program.a, program.b, program.c, program.is_wide, program.needs_wide, program.human)
    counts = OPERANDS[program.op[at]].tolist()
    rows = zip(at.tolist(), counts, *(column[at].tolist() for column in columns), strict=True)
    return {
        node: Node(node, Op(op), a, b, c, (a, b, c)[:count], is_wide, needs_wide, human)
        for node, count, op, a, b, c, is_wide, needs_wide, human in rows
    }


class Translation:
    """Expressions of the nodes below some roots.

    ``known`` and ``human`` are by node; ``stages`` are columns to be made one stage after the other.
    """

    def __init__(self, program: CompiledProgram, roots: list[int], *, inline: bool = False) -> None:
        self.program, self.roots, self.inline = program, dict.fromkeys(roots), inline
        self.nodes = read_nodes(program, roots)
        self.known: dict[int, pl.Expr] = {}
        self.human: dict[int, pl.Expr] = {}
        self.stages: list[list[pl.Expr]] = []
        self._size: dict[int, int] = {}
        self._depth: dict[int, int] = {}
        self._stage: dict[int, int] = {}
        self._reads: dict[int, bool] = {}  # whether a node rests on any column
        self._uses: dict[int, int] = {}
        for node in self.nodes.values():
            for operand in node.below:
                self._uses[operand] = self._uses.get(operand, 0) + 1
        for node in self.nodes.values():
            self._add(node)

    def query(self, lazy: pl.LazyFrame, tests: Iterable[pl.Expr] = ()) -> pl.LazyFrame:
        """The whole query; its columns are ``<root>``, ``<root>h`` where a root may be human, and the tests."""
        for stage in self.stages:
            lazy = lazy.with_columns(stage)
        return lazy.select(*self._columns(), *tests)

    def _columns(self) -> Iterator[pl.Expr]:
        for root in self.roots:
            yield self._broadcast(root, self.known[root]).alias(str(root))
            if self.nodes[root].may_need_human:
                yield self._broadcast(root, self.human[root].fill_null(False)).alias(f"{root}h")

    def _broadcast(self, root: int, expr: pl.Expr) -> pl.Expr:
        """A root that reads no column as long as the frame."""
        if self._reads[root]:
            return expr
        value = pl.select(expr).to_series()
        return pl.repeat(value.item(), pl.len(), dtype=value.dtype)

    def _add(self, node: Node) -> None:
        self._reads[node.at] = node.op == Op.SLOT or any(self._reads[n] for n in node.below)
        if node.op == Op.CONST and node.at not in self.roots:
            return  # made where it is used, in the width that is wanted there
        if node.may_need_human:
            self._translate_human(node)
        else:
            self.known[node.at] = _PLAIN[node.op](self, node)
        if not self._reads[node.at] and node.below:
            value = pl.select(self.known[node.at]).to_series()
            self.known[node.at] = pl.lit(value.item(), dtype=value.dtype)
        elif self._reads[node.at] and not self.inline:
            self._measure(node)

    def _measure(self, node: Node) -> None:
        size = 1 + sum(self._size.get(n, 1) for n in node.below)
        depth = 1 + max((self._depth.get(n, 1) for n in node.below), default=0)
        stage = max((self._stage.get(n, 0) for n in node.below), default=0)
        if (self._uses.get(node.at, 0) > 1 and size > INLINE) or depth > MAX_DEPTH:
            while len(self.stages) <= stage:
                self.stages.append([])
            for part, name in ((self.known, f"~{node.at}"), (self.human, f"~{node.at}h")):
                if node.at in part:
                    self.stages[stage].append(part[node.at].alias(name))
                    part[node.at] = pl.col(name)
            size, depth, stage = 1, 1, stage + 1
        self._size[node.at], self._depth[node.at], self._stage[node.at] = size, depth, stage

    # -- conditions that may need a human ----------------------------------------------------------------
    # ``human`` may be null for "no"; Kleene logic then needs no filling until the very end.

    def _translate_human(self, node: Node) -> None:
        known, human, at, a, b = self.known, self.human, node.at, node.a, node.b
        match node.op:
            case Op.HUMAN:
                known[at], human[at] = _NOTHING, pl.lit(True)
            case Op.JUDGE:
                known[at], human[at] = known[a] != 0, known[a].is_null()
            case Op.NOT:
                known[at], human[at] = ~known[a], human[a]
            case Op.AND:
                known[at] = known[a] & known[b]
                human[at] = self._any_human(a, b, known[a], known[b])
            case Op.OR:
                if not self._guarded(node):
                    known[at] = known[a] | known[b]
                    human[at] = self._any_human(a, b, ~known[a], ~known[b])
            case _:
                raise TypeError(node.op.name)

    def _any_human(self, a: int, b: int, a_neutral: pl.Expr, b_neutral: pl.Expr) -> pl.Expr:
        """At least one part is human and each other part is human or changes nothing."""
        left, right = self.human.get(a), self.human.get(b)
        if right is None:
            assert left is not None
            return left & b_neutral
        return a_neutral & right if left is None else (left & (b_neutral | right)) | (a_neutral & right)

    def _guarded(self, node: Node) -> bool:
        """(guard and HUMAN) or (not guard and test), as the compiler writes it for an undefined value."""
        undefined, defined = self.nodes[node.a], self.nodes[node.b]
        if undefined.op != Op.AND or defined.op != Op.AND:
            return False
        guards = [self.nodes[n] for n in undefined.below if self.nodes[n].op != Op.HUMAN]
        if len(guards) != 1 or guards[0].may_need_human:
            return False
        guard, contrary, test = guards[0], defined.a, defined.b
        if not self._is_negation(guard, self.nodes[contrary]):
            contrary, test = test, contrary
        if not self._is_negation(guard, self.nodes[contrary]):
            return False
        is_defined, human = self.known[contrary], self.known[guard.at]
        inside = self._defined_inside(guard, is_defined, test)
        self.known[node.at] = pl.when(is_defined).then(self.known[test]) if inside is None else inside
        self.human[node.at] = human if test not in self.human else human | (is_defined & self.human[test])
        return True

    def _is_negation(self, guard: Node, other: Node) -> bool:
        if other.op == Op.NOT:
            return other.a == guard.at
        turned = {Op.LT: Op.LE, Op.LE: Op.LT}.get(guard.op)
        return other.op == turned and (other.a, other.b) == (guard.b, guard.a)

    def _defined_inside(self, guard: Node, is_defined: pl.Expr, test: int) -> pl.Expr | None:
        """The test with the guarded operand (a divisor) made null where it is undefined, if that makes the test null.

        Many rules divide by the same figure, so that Polars makes the nulls once for all of them.
        """
        if guard.op not in (Op.EQ, Op.LE) or test in self.human:
            return None
        operand, bound = guard.below
        if self.nodes[bound].op != Op.CONST:
            operand, bound = bound, operand
        path = self._strict_path(test, operand)
        if self.nodes[bound].op != Op.CONST or test not in path:
            return None
        kept = {node: self.known[node] for node in path}
        self.known[operand] = pl.when(is_defined).then(self.known[operand])
        for at in path[1:]:
            self.known[at] = _PLAIN[self.nodes[at].op](self, self.nodes[at])
        result = self.known[test]
        self.known |= kept
        return result

    def _strict_path(self, test: int, operand: int) -> list[int]:
        """The operand and all nodes up to the test that are missing where it is, operands first."""
        found, stack = {test}, [test]
        while stack and len(found) <= MAX_PATH:
            node = self.nodes[stack.pop()]
            if node.at != operand and node.op in _STRICT:
                fresh = [n for n in node.below if n not in found]
                found.update(fresh)
                stack += fresh
        path: list[int] = []
        for at in sorted(found):
            rests_on = any(n in path for n in self.nodes[at].below)
            if at == operand or (self.nodes[at].op in _STRICT and rests_on):
                path.append(at)
        return path

    # -- integers of either width ------------------------------------------------------------------------

    def pair(self, node: Node, a: int, b: int) -> tuple[pl.Expr, pl.Expr]:
        """Two integer operands in the width in which the node is computed."""
        return self._operand(node, a, b), self._operand(node, b, a)

    def _operand(self, node: Node, at: int, other: int) -> pl.Expr:
        operand = self.nodes[at]
        if operand.op == Op.CONST:
            # Beside a column a plain literal takes its type, and takes a fifth of the time to make.
            if node.op in _MIXES and self._reads[other] and not node.needs_wide:
                return pl.lit(self.program.constant(at))
            return pl.lit(self.program.constant(at), dtype=pl.Int128 if node.needs_wide else pl.Int64)
        return self.known[at].cast(pl.Int128) if node.needs_wide and not operand.is_wide else self.known[at]

    def reads(self, at: int) -> bool:
        """Whether a node rests on any column."""
        return self._reads[at]


# -- what each kind means ------------------------------------------------------------------------------------


def _fit(node: Node, expr: pl.Expr) -> pl.Expr:
    return expr.cast(pl.Int64) if node.needs_wide and not node.is_wide else expr


def _constant(t: Translation, node: Node) -> pl.Expr:
    return pl.lit(t.program.constant(node.at), dtype=pl.Int128 if node.is_wide else pl.Int64)


def _select(t: Translation, node: Node) -> pl.Expr:
    then, other = t.pair(node, node.b, node.c)
    test = t.known[node.a]
    return _fit(node, pl.when(test).then(then).when(~test).then(other))


def _pick(t: Translation, node: Node) -> pl.Expr:
    """The smaller or larger; ``min_horizontal`` would pass over nulls."""
    left, right = t.pair(node, node.a, node.b)
    if not t.reads(node.a):
        left, right = right, left  # constants stand on the right of comparisons, see _comparison
    first, second = (left, right) if node.op == Op.MIN else (right, left)
    return _fit(node, pl.when(left <= right).then(first).when(left > right).then(second))


def _coalesce(t: Translation, node: Node) -> pl.Expr:
    return _fit(node, pl.coalesce(*t.pair(node, node.a, node.b)))


def _divide(t: Translation, node: Node) -> pl.Expr:
    """Whole quotients: (2a + b) div 2b for a >= 0, negatives by sign; null for a divisor of zero or less."""
    top, bottom = t.pair(node, node.a, node.b)
    if t.program.bounds(node.b)[0] <= 0:
        bottom = pl.when(bottom > 0).then(bottom)
    if node.op == Op.FLOOR:
        return _fit(node, top // bottom)
    positive = _quotient(node.op, top, bottom)
    if t.program.bounds(node.a)[0] >= 0:
        return _fit(node, positive)
    zero = pl.lit(0, dtype=pl.Int128 if node.needs_wide else pl.Int64)
    negative = zero - _quotient(node.op, zero - top, bottom)
    return _fit(node, pl.when(top >= 0).then(positive).otherwise(negative))


def _quotient(op: Op, a: pl.Expr, b: pl.Expr) -> pl.Expr:
    """a / b for a >= 0 and b > 0."""
    if op == Op.ROUND:
        return (a * 2 + b) // (b * 2)
    return a // b if op == Op.TRUNC else (a + b - 1) // b


def _member(t: Translation, node: Node) -> pl.Expr:
    members = t.program.sets[node.b]
    slot = t.known[node.a]
    if len(members) > 1:
        return slot.is_in(list(members))
    return slot == members[0] if members else slot != slot


_Kind = Callable[[Translation, Node], pl.Expr]
_Binary = Callable[[pl.Expr, pl.Expr], pl.Expr]


def _arithmetic(operate: _Binary) -> _Kind:
    return lambda t, node: _fit(node, operate(*t.pair(node, node.a, node.b)))


def _comparison(operate: _Binary, turned: _Binary) -> _Kind:
    """Constants stand on the right: Polars' in-memory engine loses the length of what follows one on the left."""

    def translate(t: Translation, node: Node) -> pl.Expr:
        left, right = t.pair(node, node.a, node.b)
        return operate(left, right) if t.reads(node.a) else turned(right, left)

    return translate


_PLAIN: dict[Op, _Kind] = {
    Op.CONST: _constant,
    Op.SLOT: lambda t, node: pl.col(t.program.slots[node.a]),
    Op.ADD: _arithmetic(lambda a, b: a + b),
    Op.SUB: _arithmetic(lambda a, b: a - b),
    Op.MUL: _arithmetic(lambda a, b: a * b),
    Op.MIN: _pick,
    Op.MAX: _pick,
    Op.SELECT: _select,
    Op.ROUND: _divide,
    Op.TRUNC: _divide,
    Op.AWAY: _divide,
    Op.FLOOR: _divide,
    Op.COALESCE: _coalesce,
    Op.LT: _comparison(lambda a, b: a < b, lambda b, a: b > a),
    Op.LE: _comparison(lambda a, b: a <= b, lambda b, a: b >= a),
    Op.EQ: _comparison(lambda a, b: a == b, lambda b, a: b == a),
    Op.AND: lambda t, node: t.known[node.a] & t.known[node.b],
    Op.OR: lambda t, node: t.known[node.a] | t.known[node.b],
    Op.NOT: lambda t, node: ~t.known[node.a],
    Op.KNOWN: lambda t, node: t.known[node.a].is_not_null(),
    Op.FLAG: lambda t, node: t.known[node.a] != 0,
    Op.IN: _member,
    Op.TRUE: lambda t, node: pl.lit(True),
    Op.FALSE: lambda t, node: pl.lit(False),
    Op.IS_HUMAN: lambda t, node: t.human[node.a].fill_null(False),
}
