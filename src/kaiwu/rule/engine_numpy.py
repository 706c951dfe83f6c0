"""The NumPy engine: truth planes of many rules over many rows, the independent second opinion.

Owns columns in, packed planes out, blocks of rows and threads. The order of nodes is in ``schedule``, their
meaning in ``kernel``. Results are exact; rows are never reordered.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kaiwu.quantity import KaiwuError, Problem
from kaiwu.rule import limb
from kaiwu.rule.compiled import CompiledProgram, Rows, as_compiled, bound_problem
from kaiwu.rule.kernel import WORD, Bits, Kernel, Plane, Values, unpack
from kaiwu.rule.program import Op, Program
from kaiwu.rule.schedule import Schedule, plan

Column = NDArray[Any] | pl.Series

CHUNK = 1024  # roots computed together
MAX_WORDS = 128  # of 64 rows in a block; wider blocks leave a core's cache
POOL_BYTES = 1 << 30  # all threads' pools together; blocks get narrower to stay below


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Answers of some roots for some rows, valid during the call that receives them.

    ``first`` is the position of the first root in the list of roots, ``start:stop`` are the rows. The planes
    have the shape (roots, words); ``human`` is ``None`` where no root of the block may need a human.
    """

    first: int
    start: int
    stop: int
    true: Plane
    false: Plane
    human: Plane | None

    def counts(self) -> NDArray[np.int64]:
        """Rows per answer; shape (roots, 4) in the order of ``Outcome``."""
        passed, failed = _count(self.true), _count(self.false)
        human = _count(self.human) if self.human is not None else np.zeros_like(passed)
        return np.stack([failed, passed, self.stop - self.start - passed - failed - human, human], axis=1)

    def outcomes(self) -> NDArray[np.uint8]:
        """``Outcome`` codes; shape (roots, rows)."""
        return _codes(self.true, self.false, self.human)[:, : self.stop - self.start]


@dataclass(frozen=True, slots=True, eq=False)
class Planes:
    """All answers of an evaluation, packed: two or three bits per root and row."""

    rows: int
    true: Plane
    false: Plane
    human: Plane
    _at: Mapping[int, int]
    _human_at: Mapping[int, int]
    _integers: Mapping[int, tuple[NDArray[Any], Bits]]

    def outcome(self, root: int) -> NDArray[np.uint8]:
        """``Outcome`` codes of one root; shape (rows,)."""
        at = self._at[root]
        human = self.human[self._human_at[root]] if root in self._human_at else None
        return _codes(self.true[at], self.false[at], human)[: self.rows]

    def integers(self, root: int) -> tuple[NDArray[Any], Bits]:
        """Values of one root and whether each is known; int64, or Python integers where 64 bits may not do.

        The value beside a false known-bit means nothing.
        """
        return self._integers[root]

    def counts(self) -> NDArray[np.int64]:
        """Rows per answer of every truth root in the given order; shape (roots, 4)."""
        human = np.zeros(len(self.true), np.int64)
        roots = {at: self._human_at[root] for root, at in self._at.items() if root in self._human_at}
        human[list(roots)] = _count(self.human[list(roots.values())])
        passed, failed = _count(self.true), _count(self.false)
        return np.stack([failed, passed, self.rows - passed - failed - human, human], axis=1)


def evaluate_numpy(
    program: Program | CompiledProgram,
    roots_truth: Sequence[int] | Rows,
    roots_int: Sequence[int] | Rows,
    columns: Mapping[str, Column],
    *,
    threads: int | None = None,
) -> Planes:
    """Evaluate rules (truth roots) and amounts (integer roots) over columns of stored integers.

    Columns are named by slot, have one length and are integers or booleans with nulls. Raises KaiwuError:
    ``R-COLUMN`` for a column that is missing or no integer, ``R-BOUND`` for a value outside its variable's bounds.
    """
    compiled = as_compiled(program)
    truths = np.unique(np.asarray(roots_truth, np.int64))
    wanted = np.unique(np.asarray(roots_int, np.int64))
    table, rows = _read_columns(compiled, np.concatenate([truths, wanted]), columns)
    words = -(-rows // WORD)
    human = truths[compiled.human[truths]]
    true, false = (np.zeros((len(truths), words), np.uint64) for _ in range(2))
    needs_human = np.zeros((len(human), words), np.uint64)
    human_row = np.cumsum(compiled.human[truths]) - 1

    def keep(block: Block) -> None:
        span = slice(block.first, block.first + len(block.true))
        across = slice(block.start // WORD, block.start // WORD + block.true.shape[1])
        true[span, across], false[span, across] = block.true, block.false
        if block.human is not None:
            mine = compiled.human[truths[span]]
            needs_human[human_row[span][mine], across] = block.human[mine]

    integers = _Integers(compiled, wanted, rows)
    _evaluate(compiled, truths, table, rows, keep, integers, threads)
    at = {int(root): i for i, root in enumerate(truths)}
    human_at = {int(root): i for i, root in enumerate(human)}
    return Planes(rows, true, false, needs_human, at, human_at, integers.finish())


def visit_numpy(
    program: Program | CompiledProgram,
    roots: Sequence[int] | Rows,
    columns: Mapping[str, Column],
    consume: Callable[[Block], None],
    *,
    threads: int | None = None,
) -> int:
    """Evaluate any number of rules and hand each block to ``consume``; nothing is kept. Returns the rows.

    ``consume`` is called from several threads at once, for each root and row exactly once, roots in the given
    order within a block of rows. Errors are those of ``evaluate_numpy`` and those that ``consume`` raises.
    """
    compiled = as_compiled(program)
    nodes = np.asarray(roots, np.int64)
    table, rows = _read_columns(compiled, nodes, columns)
    _evaluate(compiled, nodes, table, rows, consume, _Integers(compiled, nodes[:0], rows), threads)
    return rows


def count_numpy(
    program: Program | CompiledProgram,
    roots: Sequence[int] | Rows,
    columns: Mapping[str, Column],
    *,
    threads: int | None = None,
) -> NDArray[np.int64]:
    """Rows per answer of every rule; shape (roots, 4) in the order of ``Outcome``."""
    blocks: SimpleQueue[tuple[int, NDArray[np.int64]]] = SimpleQueue()
    visit_numpy(program, roots, columns, lambda b: blocks.put((b.first, b.counts())), threads=threads)
    result = np.zeros((len(roots), 4), np.int64)
    while not blocks.empty():
        first, counts = blocks.get()
        result[first : first + len(counts)] += counts
    return result


# -- blocks and threads --------------------------------------------------------------------------------------


def _evaluate(
    program: CompiledProgram,
    truths: Rows,
    table: dict[str, tuple[Values, Bits]],
    rows: int,
    consume: Callable[[Block], None],
    integers: _Integers,
    threads: int | None,
) -> None:
    if not rows:
        return
    schedule = plan(program, np.concatenate([truths, integers.roots]), CHUNK)
    workers = max(1, min(threads or os.cpu_count() or 1, rows // (WORD * 8)))
    words = _block_words(schedule, rows, workers)
    starts: SimpleQueue[int] = SimpleQueue()
    for start in range(0, rows, words * WORD):
        starts.put(start)

    def work() -> None:
        kernel = Kernel(schedule, words)
        while True:
            try:
                start = starts.get_nowait()
            except Empty:
                return
            stop = min(start + words * WORD, rows)
            kernel.load(table, start, stop)
            _run_block(kernel, len(truths), start, stop, consume, integers)

    if workers == 1:
        work()
        return
    with ThreadPoolExecutor(workers) as pool:
        for done in [pool.submit(work) for _ in range(workers)]:
            done.result()


def _block_words(schedule: Schedule, rows: int, workers: int) -> int:
    """Words of a block: as many as the cache likes and memory allows, and an equal share for each worker."""
    h = schedule.heights
    per_word = 8 * (2 * h["truth"] + h["human"] + h["known"]) + 8 * WORD * h["narrow"] + 16 * WORD * h["wide"]
    allowed = max(1, min(MAX_WORDS, POOL_BYTES // workers // max(per_word, 1)))
    words = -(-rows // WORD)
    blocks = -(-words // allowed)
    blocks = -(-blocks // workers) * workers
    return -(-words // blocks)


def _run_block(
    kernel: Kernel,
    truths: int,
    start: int,
    stop: int,
    consume: Callable[[Block], None],
    integers: _Integers,
) -> None:
    schedule, at = kernel.schedule, 0
    for chunk in range(schedule.chunks):
        while at < len(schedule.groups) and schedule.groups[at].chunk == chunk:
            kernel.run(schedule.groups[at])
            at += 1
        first = chunk * schedule.chunk_size
        last = min(first + schedule.chunk_size, len(schedule.roots))
        if first < truths:
            consume(_block(kernel, first, min(last, truths), start, stop))
        if last > truths:
            integers.take(kernel, schedule.roots[max(first, truths) : last], start, stop)


def _block(kernel: Kernel, first: int, last: int, start: int, stop: int) -> Block:
    roots = kernel.schedule.roots[first:last]
    words = -(-(stop - start) // WORD)
    rows = kernel.schedule.main[roots]
    human = None
    if kernel.program.human[roots].any():
        side = np.where(kernel.program.human[roots], kernel.schedule.side[roots], 0)
        human = kernel.human.take(side, axis=0)[:, :words]
    true, false = (pool.take(rows, axis=0)[:, :words] for pool in (kernel.true, kernel.false))
    return Block(first, start, stop, true, false, human)


class _Integers:
    """Collects the values of integer roots, block by block."""

    def __init__(self, program: CompiledProgram, roots: Rows, rows: int) -> None:
        self.program, self.roots, self.rows = program, roots, rows
        self._values: dict[int, NDArray[Any]] = {}
        self._known: dict[int, Bits] = {}
        for root in roots.tolist():
            self._values[root] = np.zeros(rows, object if program.is_wide[root] else np.int64)
            self._known[root] = np.zeros(rows, np.bool_)

    def take(self, kernel: Kernel, roots: Rows, start: int, stop: int) -> None:
        """Copy the rows ``start:stop`` of some roots out of the pools."""
        for root in roots.tolist():
            if self.program.op[root] == Op.CONST:
                self._values[root][start:stop] = self.program.constant(root)
                self._known[root][start:stop] = True
                continue
            row, count = kernel.schedule.main[root], stop - start
            if self.program.is_wide[root]:
                wide = limb.Wide(kernel.wide_high[row, :count], kernel.wide_low[row, :count])
                self._values[root][start:stop] = limb.to_integers(wide)
            else:
                self._values[root][start:stop] = kernel.value[row, :count]
            self._known[root][start:stop] = unpack(kernel.known[kernel.schedule.side[root]])[:count]

    def finish(self) -> dict[int, tuple[NDArray[Any], Bits]]:
        """Values and known-ness by root."""
        return {root: (self._values[root], self._known[root]) for root in self.roots.tolist()}


# -- columns in, codes out -----------------------------------------------------------------------------------


def _read_columns(
    program: CompiledProgram, roots: Rows, columns: Mapping[str, Column]
) -> tuple[dict[str, tuple[Values, Bits]], int]:
    """The columns that the roots read as values (missing ones at the lowest bound) and known-ness."""
    slots = np.flatnonzero(program.needed(roots) & (program.op == Op.SLOT))
    lengths = {len(column) for column in columns.values()}
    if len(lengths) > 1:
        raise _column_error("", f"各列行数不同: {sorted(lengths)}", f"columns differ in length: {sorted(lengths)}")
    table = {}
    for node in slots.tolist():
        name = program.slots[program.a[node]]
        if name not in columns:
            raise _column_error(name, f"缺少数据列“{name}”", f"the column “{name}” is missing")
        table[name] = _read_column(name, columns[name], *program.bounds(node))
    return table, lengths.pop() if lengths else 0


def _read_column(name: str, column: Column, low: int, high: int) -> tuple[Values, Bits]:
    series = column if isinstance(column, pl.Series) else pl.Series(name, column)
    if series.dtype == pl.Boolean or series.dtype == pl.Null:
        series = series.cast(pl.Int64)
    if not series.dtype.is_integer():
        zh = f"数据列“{name}”应是整数, 不是 {series.dtype}"
        raise _column_error(name, zh, f"the column “{name}” must hold integers, not {series.dtype}")
    known = series.is_not_null().to_numpy()
    # A missing cell holds the lowest bound, so that nothing computed from it leaves the bounds that were proven.
    filled = series.cast(pl.Int64).fill_null(max(low, -(2**63))) if series.null_count() else series.cast(pl.Int64)
    values = filled.to_numpy()
    if len(values) and not low <= (least := int(values.min())) <= (most := int(values.max())) <= high:
        raise KaiwuError(bound_problem(name, least if least < low else most, low, high))
    return values, known


def _column_error(name: str, zh: str, en: str) -> KaiwuError:
    return KaiwuError(Problem("R-COLUMN", zh, en, where=f"column '{name}'" if name else ""))


def _count(planes: Plane) -> NDArray[np.int64]:
    result: NDArray[np.int64] = np.bitwise_count(planes).sum(axis=1, dtype=np.int64)
    return result


def _codes(true: Plane, false: Plane, human: Plane | None) -> NDArray[np.uint8]:
    """F 0, T 1, M 2, H 3: the low bit is set by true or human, the high bit by neither true nor false."""
    low = true if human is None else true | human
    codes = unpack(low).view(np.uint8)
    codes |= unpack(~(true | false)).view(np.uint8) << 1
    return codes
