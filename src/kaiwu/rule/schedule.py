"""In which order, in which groups and where the NumPy engine computes the nodes of a program.

Roots are taken in chunks. A node that only one chunk needs lives in rows that the next chunk uses again; a
node that several chunks share is computed once, in the first of them, and keeps its row. Nodes of one chunk,
level and kind form a group: one NumPy call for all of them. Owns this plan only, no values.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from kaiwu.rule.compiled import OPERANDS, CompiledProgram, Rows
from kaiwu.rule.program import Op

MIN_RANKED = 100  # comparisons of one slot with constants from which ranking it first takes less time


class Ranked(IntEnum):
    """Comparisons of a slot with a constant, decided on the slot's rank among all its constants."""

    BELOW = 50  # true where the rank is less than the cut
    ABOVE = 51  # false where the rank is less than the cut
    AT = 52


class Flag(IntEnum):
    """Bits that split groups, because their members are computed differently."""

    A_CONSTANT = 1
    B_CONSTANT = 2
    C_CONSTANT = 4
    NEEDS_WIDE = 8
    IS_WIDE = 16
    HUMAN = 32


@dataclass(frozen=True, slots=True)
class Group:
    """Nodes computed together: ``order[start:stop]``. ``chunk`` says when."""

    chunk: int
    kind: int
    flags: int
    start: int
    stop: int


@dataclass(frozen=True, slots=True, eq=False)
class Schedule:
    """The plan for some roots.

    ``main`` is the row of a node in its value pool (truth, narrow or wide integer), ``side`` its row in the
    human pool (0 is a row of zeros) or in the pool of known-ness. ``heights`` are the rows of each pool.
    """

    program: CompiledProgram
    roots: Rows
    chunk_size: int
    order: Rows
    groups: tuple[Group, ...]
    main: NDArray[np.int32]
    side: NDArray[np.int32]
    heights: dict[str, int]
    slots: Rows  # nodes, in pool order
    truths: Rows  # TRUE, FALSE and HUMAN nodes
    thresholds: dict[int, NDArray[np.int64]]  # by slot node, ascending
    rank_row: NDArray[np.int32]  # by node: row of a slot's ranks
    cut: NDArray[np.int64]  # by node: what its slot's rank is compared with
    codes: dict[int, NDArray[np.int64]]  # by slot node, ascending: category codes that some set contains
    code_row: dict[int, int]  # by slot node: row of its first code

    @property
    def chunks(self) -> int:
        """Number of chunks."""
        return -(-len(self.roots) // self.chunk_size)


def plan(program: CompiledProgram, roots: Rows, chunk_size: int) -> Schedule:
    """Plan the evaluation of roots; shape (roots,), node indexes, repeats allowed."""
    needed = program.needed(roots)
    first, last = _life(program, needed, roots, chunk_size)
    constant = program.op == Op.CONST
    order = np.flatnonzero(needed & ~constant)
    kind, thresholds, cut = _rank(program, order)
    flags = _flags(program, constant)
    shared = (first != last) | (program.level == 0)
    first = np.where(program.level == 0, 0, first)
    key = (
        (first[order].astype(np.int64) << 40)
        | (program.level[order].astype(np.int64) << 20)
        | (kind[order] << 8)
        | (flags[order] << 1)
        | ~shared[order]
    )
    by_key = np.argsort(key, kind="stable")
    order, key = order[by_key], key[by_key]
    main, side, heights = _rows(program, order, shared[order], first[order])
    rank_row = np.zeros(len(program), np.int32)
    rank_row[list(thresholds)] = np.arange(len(thresholds))
    heights["rank"] = len(thresholds)
    codes = _codes(program, order)
    starts = np.cumsum([0, *(len(c) for c in codes.values())]).tolist()
    heights["code"] = starts[-1]
    leaf = program.op[order]
    return Schedule(
        program, roots, chunk_size, order, _groups(key), main, side, heights,
        order[leaf == Op.SLOT], order[np.isin(leaf, (Op.TRUE, Op.FALSE, Op.HUMAN))],
        thresholds, rank_row, cut, codes, dict(zip(codes, starts[:-1], strict=True)),
    )  # fmt: skip


def _life(program: CompiledProgram, needed: NDArray[np.bool_], roots: Rows, chunk_size: int) -> tuple[Rows, Rows]:
    """First and last chunk that needs each node."""
    chunk = np.arange(len(roots)) // chunk_size
    first = np.full(len(program), np.iinfo(np.int32).max, np.int64)
    last = np.full(len(program), -1, np.int64)
    np.minimum.at(first, roots, chunk)
    np.maximum.at(last, roots, chunk)
    nodes = np.flatnonzero(needed & (program.level > 0))
    nodes = nodes[np.argsort(-program.level[nodes], kind="stable")]
    edges = np.flatnonzero(np.diff(program.level[nodes], prepend=-1, append=-1))
    for start, stop in pairwise(edges.tolist()):
        level = nodes[start:stop]
        count = OPERANDS[program.op[level]]
        for k, operand in enumerate((program.a, program.b, program.c), start=1):
            users = level[count >= k]
            np.minimum.at(first, operand[users], first[users])
            np.maximum.at(last, operand[users], last[users])
    return first, last


def _flags(program: CompiledProgram, constant: NDArray[np.bool_]) -> NDArray[np.int64]:
    count = OPERANDS[program.op]
    flags = np.zeros(len(program), np.int64)
    for k, (operand, flag) in enumerate(
        ((program.a, Flag.A_CONSTANT), (program.b, Flag.B_CONSTANT), (program.c, Flag.C_CONSTANT)), start=1
    ):
        has = np.flatnonzero(count >= k)
        flags[has] |= np.where(constant[operand[has]], int(flag), 0)
    flags |= np.where(program.needs_wide, int(Flag.NEEDS_WIDE), 0)
    flags |= np.where(program.is_wide, int(Flag.IS_WIDE), 0)
    flags |= np.where(program.human, int(Flag.HUMAN), 0)
    return flags


def _rank(
    program: CompiledProgram, order: Rows
) -> tuple[NDArray[np.int64], dict[int, NDArray[np.int64]], NDArray[np.int64]]:
    """Find comparisons of a slot with a constant and give each its cut on the scale of ranks.

    Among ascending thresholds t0 < t1 < … a value ranks 2i + 1 where it equals ti, 2i where it lies just below.
    """
    kind = program.op.astype(np.int64)
    cut = np.zeros(len(program), np.int64)
    atoms = order[np.isin(program.op[order], (Op.LT, Op.LE, Op.EQ)) & ~program.needs_wide[order]]
    a, b = program.a[atoms], program.b[atoms]
    right = (program.op[a] == Op.SLOT) & (program.op[b] == Op.CONST)
    left = (program.op[a] == Op.CONST) & (program.op[b] == Op.SLOT)
    atoms, right = atoms[left | right], right[left | right]
    a, b = program.a[atoms], program.b[atoms]
    often = np.bincount(np.where(right, a, b), minlength=len(program)) >= MIN_RANKED
    atoms, right = atoms[often[np.where(right, a, b)]], right[often[np.where(right, a, b)]]
    a, b = program.a[atoms], program.b[atoms]
    slot, fixed = np.where(right, a, b), np.where(right, b, a)
    value = program.constants[program.a[fixed]]
    by_value = np.lexsort((value, slot))
    atoms, right, slot, value = atoms[by_value], right[by_value], slot[by_value], value[by_value]
    new_slot = np.diff(slot, prepend=-1) != 0
    new = new_slot | (np.diff(value, prepend=0) != 0)
    position = np.cumsum(new) - 1
    starts = np.flatnonzero(new_slot)
    index = position - np.repeat(position[starts], np.diff(starts, append=len(slot)))
    edges = np.append(starts, len(slot)).tolist()
    thresholds = {int(slot[start]): value[start:stop][new[start:stop]] for start, stop in pairwise(edges)}
    op = program.op[atoms]
    kind[atoms] = np.where(op == Op.EQ, Ranked.AT, np.where(right, Ranked.BELOW, Ranked.ABOVE))
    upper = np.where(right, op == Op.LE, op == Op.LT)
    cut[atoms] = 2 * index + 1 + np.where(op == Op.EQ, 0, upper)
    return kind, thresholds, cut


def _codes(program: CompiledProgram, order: Rows) -> dict[int, NDArray[np.int64]]:
    """By slot node: every code that a set looks for in it."""
    members: dict[int, set[int]] = {}
    atoms = order[program.op[order] == Op.IN]
    for slot, at in zip(program.a[atoms].tolist(), program.b[atoms].tolist(), strict=True):
        members.setdefault(slot, set()).update(program.sets[at])
    return {slot: np.array(sorted(found), np.int64) for slot, found in members.items()}


def _rows(
    program: CompiledProgram, order: Rows, shared: NDArray[np.bool_], chunk: Rows
) -> tuple[NDArray[np.int32], NDArray[np.int32], dict[str, int]]:
    """Give each node its rows: shared ones for good, private ones again in each chunk."""
    is_truth = program.op[order] >= Op.LT
    wide = program.is_wide[order]
    pools = {
        "truth": is_truth,
        "human": is_truth & program.human[order],
        "narrow": ~is_truth & ~wide,
        "wide": ~is_truth & wide,
        "known": ~is_truth,
    }
    main, side = (np.zeros(len(program), np.int32) for _ in range(2))
    heights = {}
    chunk_edges = np.searchsorted(chunk, chunk)  # where each node's chunk begins
    for name, member in pools.items():
        base = 1 if name == "human" else 0
        kept = member & shared
        passing = member & ~shared
        kept_row = np.cumsum(kept) - 1 + base
        base += int(kept.sum())
        count = np.concatenate(([0], np.cumsum(passing)))
        passing_row = count[1:] - 1 - count[chunk_edges] + base
        row = np.where(shared, kept_row, passing_row)
        target = side if name in ("human", "known") else main
        target[order[member]] = row[member]
        heights[name] = int(row[member].max(initial=base - 1)) + 1
    return main, side, heights


def _groups(key: NDArray[np.int64]) -> tuple[Group, ...]:
    edges = np.flatnonzero(np.diff(key, prepend=-1, append=-1)).tolist()
    if not len(key):
        return ()
    return tuple(
        Group(k >> 40, (k >> 8) & 63, (k >> 1) & 63, start, stop)
        for start, stop, k in zip(edges[:-1], edges[1:], key[edges[:-1]].tolist(), strict=True)
        if (k >> 20) & 0xFFFFF  # leaves are loaded before the first chunk
    )
