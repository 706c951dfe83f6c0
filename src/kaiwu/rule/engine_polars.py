"""The Polars engine: a program as Polars expressions, the default for many rows.

Owns frames in, answers out, batches of expressions and the test of bounds; the expressions themselves are in
``translation``. It refuses nothing that ``program`` has admitted, since Polars' Int128 is exact.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kaiwu.quantity import KaiwuError, Problem
from kaiwu.rule.compiled import OPERANDS, CompiledProgram, as_compiled, bound_problem
from kaiwu.rule.program import Op, Program
from kaiwu.rule.translation import Translation

BATCH_NODES = 3000  # nodes of one query; finding common parts takes longer than linear beyond
STREAM_ROWS = 100_000  # from here on the streaming engine, whose morsels stay in a core's cache, is faster


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """Result of an evaluation, in the order of the frame's rows.

    ``truth`` has one nullable Boolean column per truth root, null where the answer is 缺数据 or 需认定;
    ``human`` one Boolean column for each of them that may answer 需认定; ``integers`` one column per integer
    root. Columns are named by the root's node number.
    """

    truth: pl.DataFrame
    human: pl.DataFrame
    integers: pl.DataFrame

    def outcome(self, root: int) -> pl.Series:
        """``Outcome`` codes of one root as UInt8, without nulls."""
        name = str(root)
        known = self.truth.get_column(name).cast(pl.UInt8)
        if name not in self.human.columns:
            return known.fill_null(2)
        unknown = self.human.get_column(name).cast(pl.UInt8) + 2
        return pl.select(pl.coalesce(known, unknown)).to_series().alias(name)

    def outcomes(self, roots: Sequence[int] | None = None) -> pl.DataFrame:
        """``Outcome`` codes of some truth roots, or of all, one UInt8 column each."""
        names = self.truth.columns if roots is None else roots
        return pl.DataFrame([self.outcome(int(root)) for root in names])


def evaluate_polars(
    program: Program | CompiledProgram,
    roots_truth: Sequence[int] | NDArray[np.int64],
    roots_int: Sequence[int] | NDArray[np.int64],
    frame: pl.DataFrame | pl.LazyFrame,
    *,
    check: bool = True,
) -> Answers:
    """Evaluate rules (truth roots) and amounts (integer roots) over a frame whose columns are slots.

    Columns are stored integers or Booleans with nulls. Raises KaiwuError ``R-COLUMN`` for a column that is
    missing or no integer, and ``R-BOUND`` for a value that enters arithmetic and lies outside its variable's
    bounds; ``check=False`` leaves the latter out for a frame whose import has looked.
    """
    compiled = as_compiled(program)
    truths = list(dict.fromkeys(int(r) for r in roots_truth))
    integers = list(dict.fromkeys(int(r) for r in roots_int))
    slots = _slots(compiled, [*truths, *integers])
    lazy = _prepare(slots, frame)
    tests = _bound_tests(compiled, slots) if check else {}
    is_large = not isinstance(frame, pl.DataFrame) or frame.height >= STREAM_ROWS
    columns: dict[str, pl.Series] = {}
    for batch in _batches(compiled, [*truths, *integers]):
        query = Translation(compiled, batch).query(lazy, tests.values())
        found = query.collect(engine="streaming" if is_large else "in-memory")
        for name in tests:
            if found[f"!{name}"].any():
                raise _bound_error(compiled, name, slots[name], lazy)
        columns |= {name: found[name] for name in found.columns}
        tests = {}  # once is enough
    human = [r for r in truths if compiled.human[r]]
    return Answers(
        pl.DataFrame([columns[str(r)] for r in truths]),
        pl.DataFrame([columns[f"{r}h"].alias(str(r)) for r in human]),
        pl.DataFrame([columns[str(r)] for r in integers]),
    )


def expressions(program: Program | CompiledProgram, roots: Sequence[int]) -> dict[int, tuple[pl.Expr, pl.Expr | None]]:
    """Each root as plain expressions (known, human) over the slots, nothing kept apart; for single rules."""
    translation = Translation(as_compiled(program), list(roots), inline=True)
    return {root: (translation.known[root], translation.human.get(root)) for root in roots}


# -- the frame -----------------------------------------------------------------------------------------------


def _slots(program: CompiledProgram, roots: list[int]) -> dict[str, int]:
    needed = program.needed(np.array(roots, np.int64))
    nodes = np.flatnonzero(needed & (program.op == Op.SLOT)).tolist()
    return {program.slots[program.a[n]]: n for n in nodes}


def _prepare(slots: Mapping[str, int], frame: pl.DataFrame | pl.LazyFrame) -> pl.LazyFrame:
    """The frame with all columns that are read as Int64."""
    schema = frame.schema if isinstance(frame, pl.DataFrame) else frame.collect_schema()
    casts = []
    for name in slots:
        if name not in schema:
            raise _column_error(name, f"缺少数据列“{name}”", f"the column “{name}” is missing")
        dtype = schema[name]
        if dtype in (pl.Boolean, pl.Null) or (dtype.is_integer() and dtype != pl.Int64):
            casts.append(pl.col(name).cast(pl.Int64))
        elif dtype != pl.Int64:
            zh = f"数据列“{name}”应是整数, 不是 {dtype}"
            raise _column_error(name, zh, f"the column “{name}” must hold integers, not {dtype}")
    return frame.lazy().with_columns(casts) if casts else frame.lazy()


def _bound_tests(program: CompiledProgram, slots: Mapping[str, int]) -> dict[str, pl.Expr]:
    """By slot that enters arithmetic, whether a value lies outside the bounds for which widths were proven.

    Row by row inside the main query, where the column is in the cache anyway.
    """
    computed = set(program.computed_slots(np.array(list(slots.values()), np.int64)).tolist())
    tests = {}
    for name, node in slots.items():
        low, high = program.bounds(node)
        if node in computed:
            value = pl.col(name)
            # Read as unsigned, a negative number is larger than any bound: one comparison instead of two.
            outside = value.reinterpret(signed=False) > high if low == 0 else (value < low) | (value > high)
            tests[name] = outside.alias(f"!{name}")
    return tests


def _bound_error(program: CompiledProgram, name: str, node: int, lazy: pl.LazyFrame) -> KaiwuError:
    low, high = program.bounds(node)
    value = lazy.select(name).filter(~pl.col(name).is_between(low, high)).head(1).collect().item()
    return KaiwuError(bound_problem(name, value, low, high))


def _column_error(name: str, zh: str, en: str) -> KaiwuError:
    return KaiwuError(Problem("R-COLUMN", zh, en, where=f"column '{name}'"))


def _batches(program: CompiledProgram, roots: list[int]) -> Iterator[list[int]]:
    """Roots in portions of at most ``BATCH_NODES`` nodes (or one root, if that alone has more)."""
    if int(program.needed(np.array(roots, np.int64)).sum()) <= BATCH_NODES:
        yield from [roots] if roots else []
        return
    counts = OPERANDS[program.op].tolist()
    below = list(zip(program.a.tolist(), program.b.tolist(), program.c.tolist(), strict=True))
    batch: list[int] = []
    seen: set[int] = set()
    for root in roots:
        fresh: set[int] = set()
        stack = [root]
        while stack:
            node = stack.pop()
            if node not in seen and node not in fresh:
                fresh.add(node)
                stack.extend(below[node][: counts[node]])
        if batch and len(seen) + len(fresh) > BATCH_NODES:
            yield batch
            batch, seen = [], set()
        batch.append(root)
        seen |= fresh
    if batch:
        yield batch
