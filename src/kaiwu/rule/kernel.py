"""Computes one block of rows for the NumPy engine: every node kind on packed truth planes.

A truth node has a plane of known-true bits, one of known-false bits and, where it may answer 需认定, one of
human bits; 64 rows are one word, and rows that do not exist have no bit anywhere. An integer node has its
values and a plane of known bits. Owns the meaning of each kind; the order comes from ``schedule``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kaiwu.rule import limb
from kaiwu.rule.compiled import Rows
from kaiwu.rule.limb import Wide
from kaiwu.rule.program import Op
from kaiwu.rule.schedule import Flag, Group, Ranked, Schedule

Plane = NDArray[np.uint64]
Bits = NDArray[np.bool_]
Values = NDArray[np.int64]

WORD = 64  # rows in one word of a plane
_CELLS = 1 << 18  # values in one batch: 2 MiB of integers, which a core's own cache holds
_WORDS = 1 << 16  # words in one batch of planes
_SINGLE = 1024  # rows from which integers are computed node by node, in place, instead of gathered first


def pack(bits: Bits) -> Plane:
    """Bits to words along the last axis, whose length must be a multiple of 64."""
    packed = np.packbits(bits, axis=-1, bitorder="little")
    return packed.view(np.uint64)


def unpack(plane: Plane) -> Bits:
    """Words to bits along the last axis."""
    return np.unpackbits(plane.view(np.uint8), axis=-1, bitorder="little").view(np.bool_)


class Kernel:
    """The pools of one thread. ``load`` a block of columns, then ``run`` the groups in order."""

    def __init__(self, schedule: Schedule, words: int) -> None:
        program = schedule.program
        self.schedule, self.program, self.words = schedule, program, words
        rows, heights = words * WORD, schedule.heights
        self.true = np.empty((heights["truth"], words), np.uint64)
        self.false = np.empty_like(self.true)
        self.human = np.zeros((heights["human"], words), np.uint64)
        self.known = np.empty((heights["known"], words), np.uint64)
        self.value = np.empty((heights["narrow"], rows), np.int64)
        self.wide_high = np.empty((heights["wide"], rows), np.int64)
        self.wide_low = np.empty((heights["wide"], rows), np.uint64)
        top = max((2 * len(t) + 1 for t in schedule.thresholds.values()), default=0)
        self.rank = np.empty((heights["rank"], rows), np.uint16 if top < 2**16 else np.uint32)
        self.code = np.zeros((heights["code"] + 1, words), np.uint64)
        self._no_code = heights["code"]  # an empty plane, for empty sets
        self.all = np.zeros(words, np.uint64)
        self.constant = limb.widen(program.constants)
        for at, value in program.wide_constants.items():
            self.constant[at] = value
        self._main, self._side = schedule.main, schedule.side
        self._kernels: dict[int, Callable[[Group, Rows], None]] = {
            Op.AND: self._and, Op.OR: self._or, Op.NOT: self._not, Op.KNOWN: self._is_known,
            Op.FLAG: self._flag, Op.JUDGE: self._judge, Op.IN: self._member, Op.IS_HUMAN: self._is_human,
            Op.LT: self._compare, Op.LE: self._compare, Op.EQ: self._compare,
            Ranked.BELOW: self._ranked, Ranked.ABOVE: self._ranked, Ranked.AT: self._ranked,
            Op.ADD: self._arithmetic, Op.SUB: self._arithmetic, Op.MUL: self._arithmetic,
            Op.MIN: self._arithmetic, Op.MAX: self._arithmetic,
            Op.SELECT: self._select, Op.COALESCE: self._coalesce,
            Op.ROUND: self._divide, Op.TRUNC: self._divide, Op.AWAY: self._divide, Op.FLOOR: self._divide,
        }  # fmt: skip

    # -- a block -----------------------------------------------------------------------------------------

    def load(self, columns: dict[str, tuple[Values, Bits]], start: int, stop: int) -> None:
        """Take rows ``start:stop`` of the columns; they must fit the block."""
        rows = self.words * WORD
        bits = np.zeros(rows, np.bool_)
        bits[: stop - start] = True
        self.all[:] = pack(bits)
        for node in self.schedule.slots.tolist():
            values, known = columns[self.program.slots[self.program.a[node]]]
            row = self._main[node]
            self.value[row, : stop - start] = values[start:stop]
            self.value[row, stop - start :] = self.program.low[node]
            bits[: stop - start] = known[start:stop]
            self.known[self._side[node]] = pack(bits)
        for node, thresholds in self.schedule.thresholds.items():
            values = self.value[self._main[node]]
            at = np.searchsorted(thresholds, values)
            hit = thresholds[np.minimum(at, len(thresholds) - 1)] == values
            self.rank[self.schedule.rank_row[node]] = 2 * at + hit
        for node, codes in self.schedule.codes.items():
            first, values = self.schedule.code_row[node], self.value[self._main[node]]
            for at, code in enumerate(codes.tolist(), start=first):
                np.bitwise_and(pack(values == code), self.known[self._side[node]], out=self.code[at])
        for node in self.schedule.truths.tolist():
            op, row = self.program.op[node], self._main[node]
            self.true[row] = self.all if op == Op.TRUE else 0
            self.false[row] = self.all if op == Op.FALSE else 0
            if op == Op.HUMAN:
                self.human[self._side[node]] = self.all

    def run(self, group: Group) -> None:
        """Compute the nodes of a group."""
        is_plane = group.kind in (Op.AND, Op.OR, Op.NOT, Op.IS_HUMAN, Op.KNOWN)
        step = max(1, _WORDS // self.words if is_plane else _CELLS // (self.words * WORD))
        kernel = self._kernels[group.kind]
        for start in range(group.start, group.stop, step):
            kernel(group, self.schedule.order[start : min(start + step, group.stop)])

    # -- where nodes lie ---------------------------------------------------------------------------------

    def _span(self, nodes: Rows) -> slice:
        first = int(self._main[nodes[0]])
        return slice(first, first + len(nodes))

    def _side_span(self, nodes: Rows) -> slice:
        first = int(self._side[nodes[0]])
        return slice(first, first + len(nodes))

    def _values(self, nodes: Rows, is_constant: int) -> Values:
        """Values of narrow integer nodes; shape (nodes, rows), or (nodes, 1) for constants."""
        if is_constant:
            return self.program.constants[self.program.a[nodes]][:, None]
        return self.value.take(self._main[nodes], axis=0)

    def _wide_values(self, nodes: Rows) -> Wide:
        """Values of any integer nodes as two limbs; shape (nodes, rows)."""
        shape = (len(nodes), self.words * WORD)
        result = Wide(np.empty(shape, np.int64), np.empty(shape, np.uint64))
        fixed = self.program.op[nodes] == Op.CONST
        wide = self.program.is_wide[nodes] & ~fixed
        plain = ~wide & ~fixed
        at = self.program.a[nodes[fixed]]
        result.high[fixed], result.low[fixed] = self.constant.high[at][:, None], self.constant.low[at][:, None]
        rows = self._main[nodes[wide]]
        result.high[wide], result.low[wide] = self.wide_high[rows], self.wide_low[rows]
        widened = limb.widen(self.value[self._main[nodes[plain]]])
        result.high[plain], result.low[plain] = widened.high, widened.low
        return result

    def _known(self, nodes: Rows, is_constant: int) -> Plane:
        """Known bits of integer nodes."""
        if is_constant:
            return self.all[None, :]
        return self.known.take(self._side[nodes], axis=0)

    def _put(self, group: Group, nodes: Rows, values: Values | Wide) -> None:
        span = self._span(nodes)
        if group.flags & Flag.IS_WIDE:
            assert isinstance(values, Wide)
            self.wide_high[span], self.wide_low[span] = values.high, values.low
        else:
            self.value[span] = limb.narrow(values) if isinstance(values, Wide) else values

    def _put_truth(self, nodes: Rows, bits: Bits, known: Plane) -> None:
        span = self._span(nodes)
        np.bitwise_and(pack(bits), known, out=self.true[span])
        np.bitwise_xor(known, self.true[span], out=self.false[span])

    # -- truth -------------------------------------------------------------------------------------------

    def _and(self, group: Group, nodes: Rows) -> None:
        self._junction(group, nodes, self.true, self.false)

    def _or(self, group: Group, nodes: Rows) -> None:
        self._junction(group, nodes, self.false, self.true)

    def _junction(self, group: Group, nodes: Rows, needs_both: Plane, needs_one: Plane) -> None:
        """AND as written; OR is the same with true and false in each other's place."""
        a, b, span = self._main[self.program.a[nodes]], self._main[self.program.b[nodes]], self._span(nodes)
        both_a, both_b = needs_both.take(a, axis=0), needs_both.take(b, axis=0)
        np.bitwise_and(both_a, both_b, out=needs_both[span])
        np.bitwise_or(needs_one.take(a, axis=0), needs_one.take(b, axis=0), out=needs_one[span])
        if group.flags & Flag.HUMAN:
            # A human answer stands where nothing decides, nothing is missing and at least one part is human.
            both_a |= self.human.take(self._human_rows(self.program.a[nodes]), axis=0)
            both_b |= self.human.take(self._human_rows(self.program.b[nodes]), axis=0)
            both_a &= both_b
            np.bitwise_xor(both_a, needs_both[span], out=self.human[self._side_span(nodes)])

    def _human_rows(self, nodes: Rows) -> NDArray[np.int32]:
        return np.where(self.program.human[nodes], self._side[nodes], 0)

    def _not(self, group: Group, nodes: Rows) -> None:
        inner, span = self._main[self.program.a[nodes]], self._span(nodes)
        self.true[span], self.false[span] = self.false.take(inner, axis=0), self.true.take(inner, axis=0)
        if group.flags & Flag.HUMAN:
            self.human[self._side_span(nodes)] = self.human.take(self._side[self.program.a[nodes]], axis=0)

    def _is_known(self, group: Group, nodes: Rows) -> None:
        self._put_plane(nodes, self._known(self.program.a[nodes], group.flags & Flag.A_CONSTANT))

    def _is_human(self, group: Group, nodes: Rows) -> None:
        self._put_plane(nodes, self.human.take(self._human_rows(self.program.a[nodes]), axis=0))

    def _put_plane(self, nodes: Rows, plane: Plane) -> None:
        span = self._span(nodes)
        self.true[span] = plane
        np.bitwise_xor(plane, self.all, out=self.false[span])

    def _flag(self, group: Group, nodes: Rows) -> None:
        slots = self.program.a[nodes]
        self._put_truth(nodes, self._values(slots, 0) != 0, self._known(slots, 0))

    def _judge(self, group: Group, nodes: Rows) -> None:
        self._flag(group, nodes)
        known = self._known(self.program.a[nodes], 0)
        np.bitwise_xor(known, self.all, out=self.human[self._side_span(nodes)])

    def _member(self, group: Group, nodes: Rows) -> None:
        """Any of the planes of the set's codes."""
        rows: list[int] = []
        starts: list[int] = []
        for slot, at in zip(self.program.a[nodes].tolist(), self.program.b[nodes].tolist(), strict=True):
            starts.append(len(rows))
            first, codes = self.schedule.code_row[slot], self.schedule.codes[slot]
            rows += (np.searchsorted(codes, self.program.sets[at]) + first).tolist() or [self._no_code]
        span = self._span(nodes)
        np.bitwise_or.reduceat(self.code.take(rows, axis=0), starts, axis=0, out=self.true[span])
        np.bitwise_xor(self._known(self.program.a[nodes], 0), self.true[span], out=self.false[span])

    def _ranked(self, group: Group, nodes: Rows) -> None:
        left_constant = group.flags & Flag.A_CONSTANT
        slots = (self.program.b if left_constant else self.program.a)[nodes]
        ranks = self.rank.take(self.schedule.rank_row[slots], axis=0)
        cuts = self.schedule.cut[nodes].astype(self.rank.dtype)[:, None]
        bits = ranks == cuts if group.kind == Ranked.AT else ranks < cuts
        known, span = self._known(slots, 0), self._span(nodes)
        hit, miss = (self.false, self.true) if group.kind == Ranked.ABOVE else (self.true, self.false)
        np.bitwise_and(pack(bits), known, out=hit[span])
        np.bitwise_xor(known, hit[span], out=miss[span])

    def _compare(self, group: Group, nodes: Rows) -> None:
        left, right = self.program.a[nodes], self.program.b[nodes]
        a_fixed, b_fixed = group.flags & Flag.A_CONSTANT, group.flags & Flag.B_CONSTANT
        if group.flags & Flag.NEEDS_WIDE:
            a, b = self._wide_values(left), self._wide_values(right)
            bits = _COMPARE_WIDE[Op(group.kind)](a, b)
        else:
            bits = np.empty((len(nodes), self.words * WORD), np.bool_)
            self._apply(_COMPARE[Op(group.kind)], (left, a_fixed), (right, b_fixed), bits)
        self._put_truth(nodes, bits, self._known(left, a_fixed) & self._known(right, b_fixed))

    # -- integers ----------------------------------------------------------------------------------------

    def _arithmetic(self, group: Group, nodes: Rows) -> None:
        left, right = self.program.a[nodes], self.program.b[nodes]
        a_fixed, b_fixed = group.flags & Flag.A_CONSTANT, group.flags & Flag.B_CONSTANT
        if group.flags & Flag.NEEDS_WIDE:
            values = _WIDE[Op(group.kind)](self._wide_values(left), self._wide_values(right))
            self._put(group, nodes, values)
        else:
            out = self.value[self._span(nodes)]
            self._apply(_NARROW[Op(group.kind)], (left, a_fixed), (right, b_fixed), out)
        known = self.known[self._side_span(nodes)]
        np.bitwise_and(self._known(left, a_fixed), self._known(right, b_fixed), out=known)

    def _apply(self, operate: np.ufunc, a: tuple[Rows, int], b: tuple[Rows, int], out: NDArray[Any]) -> None:
        """Compute 64-bit operands into ``out``, one row per node."""
        if out.shape[1] < _SINGLE:
            operate(self._values(*a), self._values(*b), out=out)
            return
        for left, right, row in zip(self._each(*a), self._each(*b), out, strict=True):
            operate(left, right, out=row)

    def _each(self, nodes: Rows, is_constant: int) -> Iterable[Values | np.int64]:
        """The operand of each node: its row as it lies, or its constant."""
        if is_constant:
            return self.program.constants[self.program.a[nodes]]
        value = self.value
        return [value[row] for row in self._main[nodes].tolist()]

    def _select(self, group: Group, nodes: Rows) -> None:
        test, left, right = (x[nodes] for x in (self.program.a, self.program.b, self.program.c))
        a_fixed, b_fixed = group.flags & Flag.B_CONSTANT, group.flags & Flag.C_CONSTANT
        true, false = (pool.take(self._main[test], axis=0) for pool in (self.true, self.false))
        self._choose(group, nodes, unpack(true), (left, a_fixed), (right, b_fixed))
        chosen = (true & self._known(left, a_fixed)) | (false & self._known(right, b_fixed))
        self.known[self._side_span(nodes)] = chosen

    def _coalesce(self, group: Group, nodes: Rows) -> None:
        left, right = self.program.a[nodes], self.program.b[nodes]
        a_fixed, b_fixed = group.flags & Flag.A_CONSTANT, group.flags & Flag.B_CONSTANT
        known = self._known(left, a_fixed)
        self._choose(group, nodes, unpack(known), (left, a_fixed), (right, b_fixed))
        self.known[self._side_span(nodes)] = known | self._known(right, b_fixed)

    def _choose(self, group: Group, nodes: Rows, test: Bits, a: tuple[Rows, int], b: tuple[Rows, int]) -> None:
        if group.flags & Flag.NEEDS_WIDE:
            self._put(group, nodes, limb.choose(test, self._wide_values(a[0]), self._wide_values(b[0])))
        else:
            self._put(group, nodes, np.where(test, self._values(*a), self._values(*b)))

    def _divide(self, group: Group, nodes: Rows) -> None:
        left, right = self.program.a[nodes], self.program.b[nodes]
        a_fixed, b_fixed = group.flags & Flag.A_CONSTANT, group.flags & Flag.B_CONSTANT
        op = Op(group.kind)
        if group.flags & Flag.NEEDS_WIDE:
            a, b = limb.to_integers(self._wide_values(left)), limb.to_integers(self._wide_values(right))
            positive = (b > 0).astype(np.bool_)
            quotient = limb.from_integers(divide(op, a, np.where(positive, b, 1)))
            self._put(group, nodes, quotient)
        else:
            plain_a, plain_b = self._values(left, a_fixed), self._values(right, b_fixed)
            positive = np.broadcast_to(plain_b > 0, (len(nodes), self.words * WORD))
            self._put(group, nodes, divide(op, plain_a, np.where(plain_b > 0, plain_b, 1)))
        known = self._known(left, a_fixed) & self._known(right, b_fixed)
        self.known[self._side_span(nodes)] = known & pack(positive)


def divide(op: Op, a: NDArray[Any], b: NDArray[Any]) -> NDArray[Any]:
    """a / b for b > 0, rounded as the kind says; arrays of 64-bit or of Python integers."""
    if op == Op.FLOOR:
        floor: NDArray[Any] = np.floor_divide(a, b)
        return floor
    size = np.abs(a)
    if op == Op.ROUND:
        whole = (2 * size + b) // (2 * b)
    elif op == Op.TRUNC:
        whole = size // b
    else:
        whole = -(-size // b)
    result: NDArray[Any] = np.where(a < 0, -whole, whole)
    return result


def _smaller(a: Wide, b: Wide) -> Wide:
    return limb.choose(limb.is_less(a, b), a, b)


def _larger(a: Wide, b: Wide) -> Wide:
    return limb.choose(limb.is_less(a, b), b, a)


_COMPARE: dict[Op, np.ufunc] = {Op.LT: np.less, Op.LE: np.less_equal, Op.EQ: np.equal}
_COMPARE_WIDE: dict[Op, Callable[[Wide, Wide], Bits]] = {
    Op.LT: limb.is_less, Op.LE: limb.is_less_or_equal, Op.EQ: limb.is_equal,
}  # fmt: skip
_NARROW: dict[Op, np.ufunc] = {
    Op.ADD: np.add, Op.SUB: np.subtract, Op.MUL: np.multiply, Op.MIN: np.minimum, Op.MAX: np.maximum,
}  # fmt: skip
_WIDE: dict[Op, Callable[[Wide, Wide], Wide]] = {
    Op.ADD: limb.add, Op.SUB: limb.subtract, Op.MUL: limb.multiply, Op.MIN: _smaller, Op.MAX: _larger,
}  # fmt: skip
