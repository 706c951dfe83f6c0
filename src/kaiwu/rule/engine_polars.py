"""The Polars engine: a program as Polars expressions, the default for many rows.

A condition is one nullable Boolean, combined by Polars' own three-valued logic; null says "not known". Only a
condition that may answer 需认定 has a second expression that is true where it does. Owns this translation and
the batches of expressions; it refuses nothing that ``program`` has admitted, since Polars' Int128 is exact.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kaiwu.quantity import KaiwuError, Problem
from kaiwu.rule.compiled import OPERANDS, CompiledProgram, as_compiled, bound_problem
from kaiwu.rule.program import Op, Program

BATCH_NODES = 3000  # nodes of one query; finding common parts takes longer than linear beyond
INLINE = 48  # a part that is used again and is larger than this becomes a column of its own
MAX_DEPTH = 120  # so does one that is deeper, because Polars walks expressions recursively
STREAM_ROWS = 100_000  # from here on the streaming engine, whose morsels stay in a core's cache, is faster

MAX_PATH = 16  # nodes between a guarded divisor and its comparison

_STRICT = frozenset(
    {Op.ADD, Op.SUB, Op.MUL, Op.MIN, Op.MAX, Op.ROUND, Op.TRUNC, Op.AWAY, Op.FLOOR, Op.LT, Op.LE, Op.EQ}
)

_NOTHING = pl.lit(None, dtype=pl.Boolean)


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
        query = _Translation(compiled, batch).query(lazy, tests.values())
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
    translation = _Translation(as_compiled(program), list(roots), inline=True)
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
    batch: list[int] = []
    seen: set[int] = set()
    for root in roots:
        fresh: set[int] = set()
        stack = [root]
        while stack:
            node = stack.pop()
            if node not in seen and node not in fresh:
                fresh.add(node)
                stack.extend(_operands(program, node))
        if batch and len(seen) + len(fresh) > BATCH_NODES:
            yield batch
            batch, seen = [], set()
        batch.append(root)
        seen |= fresh
    if batch:
        yield batch


def _operands(program: CompiledProgram, node: int) -> list[int]:
    count = OPERANDS[program.op[node]]
    return [int(operand[node]) for operand in (program.a, program.b, program.c)[:count]]


# -- nodes to expressions ------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Translation:
    """Expressions of the nodes below some roots; ``stages`` are columns to be made one after the other."""

    program: CompiledProgram
    roots: list[int]
    inline: bool = False
    known: dict[int, pl.Expr] = field(default_factory=dict)
    human: dict[int, pl.Expr] = field(default_factory=dict)
    stages: list[list[pl.Expr]] = field(default_factory=list)
    _size: dict[int, int] = field(default_factory=dict)
    _depth: dict[int, int] = field(default_factory=dict)
    _stage: dict[int, int] = field(default_factory=dict)
    _reads: dict[int, bool] = field(default_factory=dict)  # whether a node rests on any column

    def __post_init__(self) -> None:
        nodes = np.flatnonzero(self.program.needed(np.array(self.roots, np.int64))).tolist()
        uses: dict[int, int] = {}
        for node in nodes:
            for operand in _operands(self.program, node):
                uses[operand] = uses.get(operand, 0) + 1
        for node in nodes:
            below = _operands(self.program, node)
            self._reads[node] = self.program.op[node] == Op.SLOT or any(self._reads[n] for n in below)
            self._translate(node)
            if not self._reads[node]:
                value = pl.select(self.known[node]).to_series()
                self.known[node] = pl.lit(value.item(), dtype=value.dtype)
            elif not self.inline:
                self._measure(node, uses.get(node, 0))

    def query(self, lazy: pl.LazyFrame, tests: Iterable[pl.Expr] = ()) -> pl.LazyFrame:
        """The whole query; its columns are ``<root>``, ``<root>h`` where a root may be human, and the tests."""
        for stage in self.stages:
            lazy = lazy.with_columns(stage)
        columns = []
        for root in self.roots:
            columns.append(self._broadcast(root, self.known[root]).alias(str(root)))
            if self.program.human[root]:
                human = self.human.get(root, pl.lit(False)).fill_null(False)
                columns.append(self._broadcast(root, human).alias(f"{root}h"))
        return lazy.select(*columns, *tests)

    def _broadcast(self, root: int, expr: pl.Expr) -> pl.Expr:
        """A root that reads no column as long as the frame."""
        if self._reads[root]:
            return expr
        value = pl.select(expr).to_series()
        return pl.repeat(value.item(), pl.len(), dtype=value.dtype)

    def _measure(self, node: int, uses: int) -> None:
        below = _operands(self.program, node)
        size = 1 + sum(self._size.get(n, 1) for n in below)
        depth = 1 + max((self._depth.get(n, 1) for n in below), default=0)
        stage = max((self._stage.get(n, 0) for n in below), default=0)
        if (uses > 1 and size > INLINE) or depth > MAX_DEPTH:
            while len(self.stages) <= stage:
                self.stages.append([])
            self.stages[stage].append(self.known[node].alias(f"~{node}"))
            self.known[node] = pl.col(f"~{node}")
            if node in self.human:
                self.stages[stage].append(self.human[node].alias(f"~{node}h"))
                self.human[node] = pl.col(f"~{node}h")
            size, depth, stage = 1, 1, stage + 1
        self._size[node], self._depth[node], self._stage[node] = size, depth, stage

    def _translate(self, node: int) -> None:
        op = Op(self.program.op[node])
        a, b, c = (int(x[node]) for x in (self.program.a, self.program.b, self.program.c))
        if self.program.human[node]:
            self._translate_human(node, op, a, b)
        else:
            self.known[node] = _PLAIN[op](self, node, a, b, c)

    # -- conditions that may need a human ----------------------------------------------------------------
    # ``human`` may be null for "no"; Kleene logic then needs no filling until the very end.

    def _translate_human(self, node: int, op: Op, a: int, b: int) -> None:
        match op:
            case Op.HUMAN:
                self.known[node], self.human[node] = _NOTHING, pl.lit(True)
            case Op.JUDGE:
                slot = self.known[a]
                self.known[node], self.human[node] = slot != 0, slot.is_null()
            case Op.NOT:
                self.known[node], self.human[node] = ~self.known[a], self.human[a]
            case Op.AND:
                self.known[node] = self.known[a] & self.known[b]
                self.human[node] = self._any_human(a, b, self.known[a], self.known[b])
            case Op.OR:
                if not self._guarded(node, a, b):
                    self.known[node] = self.known[a] | self.known[b]
                    self.human[node] = self._any_human(a, b, ~self.known[a], ~self.known[b])
            case _:
                raise TypeError(op.name)

    def _any_human(self, a: int, b: int, a_neutral: pl.Expr, b_neutral: pl.Expr) -> pl.Expr:
        """At least one part is human and each other part is human or changes nothing."""
        left, right = self.human.get(a), self.human.get(b)
        if left is None or right is None:
            assert left is not None or right is not None
            return left & b_neutral if left is not None else a_neutral & right  # type: ignore[operator]
        return (left & (b_neutral | right)) | (a_neutral & right)

    def _guarded(self, node: int, a: int, b: int) -> bool:
        """(guard and HUMAN) or (not guard and test), as the compiler writes it for an undefined value."""
        p = self.program
        if p.op[a] != Op.AND or p.op[b] != Op.AND:
            return False
        guards = [n for n in (int(p.a[a]), int(p.b[a])) if p.op[n] != Op.HUMAN]
        if len(guards) != 1 or p.human[guards[0]]:
            return False
        guard = guards[0]
        contrary, test = int(p.a[b]), int(p.b[b])
        if not self._is_negation(guard, contrary):
            contrary, test = test, contrary
        if not self._is_negation(guard, contrary):
            return False
        defined = self.known[contrary]
        inside = self._defined_inside(guard, defined, test)
        self.known[node] = pl.when(defined).then(self.known[test]) if inside is None else inside
        human = self.known[guard]
        self.human[node] = human if test not in self.human else human | (defined & self.human[test])
        return True

    def _defined_inside(self, guard: int, defined: pl.Expr, test: int) -> pl.Expr | None:
        """The test with the guarded operand (a divisor) made null where it is undefined, if that makes the test null.

        Many rules divide by the same figure, so that Polars makes the nulls once for all of them.
        """
        p = self.program
        operand, bound = int(p.a[guard]), int(p.b[guard])
        if p.op[bound] != Op.CONST:
            operand, bound = bound, operand
        if p.op[guard] not in (Op.EQ, Op.LE) or p.op[bound] != Op.CONST or test in self.human:
            return None
        path = self._strict_path(test, operand)
        if test not in path:
            return None
        kept = {node: self.known[node] for node in path}
        self.known[operand] = pl.when(defined).then(self.known[operand])
        for node in path[1:]:
            self.known[node] = _PLAIN[Op(p.op[node])](self, node, int(p.a[node]), int(p.b[node]), int(p.c[node]))
        result = self.known[test]
        self.known |= kept
        return result

    def _strict_path(self, test: int, operand: int) -> list[int]:
        """The operand and all nodes up to the test that are missing where it is, operands first."""
        found, stack = {test}, [test]
        while stack and len(found) <= MAX_PATH:
            node = stack.pop()
            if node != operand and self.program.op[node] in _STRICT:
                fresh = [n for n in _operands(self.program, node) if n not in found]
                found.update(fresh)
                stack += fresh
        path: list[int] = []
        for node in sorted(found):
            if node == operand or (self.program.op[node] in _STRICT and set(_operands(self.program, node)) & set(path)):
                path.append(node)
        return path

    def _is_negation(self, guard: int, other: int) -> bool:
        p = self.program
        if p.op[other] == Op.NOT:
            return bool(p.a[other] == guard)
        turned = {Op.LT: Op.LE, Op.LE: Op.LT}.get(Op(p.op[guard]))
        same = p.a[other] == p.b[guard] and p.b[other] == p.a[guard]
        return turned is not None and p.op[other] == turned and bool(same)

    # -- integers of either width ------------------------------------------------------------------------

    def _pair(self, node: int, a: int, b: int) -> tuple[pl.Expr, pl.Expr]:
        """Two integer operands in the width in which the node is computed."""
        return self._as_wide(node, a), self._as_wide(node, b)

    def _as_wide(self, node: int, operand: int) -> pl.Expr:
        p = self.program
        if not p.needs_wide[node] or p.is_wide[operand]:
            return self.known[operand]
        if p.op[operand] == Op.CONST:
            return pl.lit(p.constant(operand), dtype=pl.Int128)
        return self.known[operand].cast(pl.Int128)

    def _fit(self, node: int, expr: pl.Expr) -> pl.Expr:
        p = self.program
        return expr.cast(pl.Int64) if p.needs_wide[node] and not p.is_wide[node] else expr

    def constant(self, node: int, a: int, b: int, c: int) -> pl.Expr:
        dtype = pl.Int128 if self.program.is_wide[node] else pl.Int64
        return pl.lit(self.program.constant(node), dtype=dtype)

    def slot(self, node: int, a: int, b: int, c: int) -> pl.Expr:
        return pl.col(self.program.slots[a])

    def select(self, node: int, test: int, a: int, b: int) -> pl.Expr:
        then, other = self._pair(node, a, b)
        known = self.known[test]
        return self._fit(node, pl.when(known).then(then).when(~known).then(other))

    def pick(self, node: int, a: int, b: int, c: int) -> pl.Expr:
        """The smaller or larger; ``min_horizontal`` would pass over nulls."""
        left, right = self._pair(node, a, b)
        first, second = (left, right) if self.program.op[node] == Op.MIN else (right, left)
        return self._fit(node, pl.when(left <= right).then(first).when(right < left).then(second))

    def coalesce(self, node: int, a: int, b: int, c: int) -> pl.Expr:
        return self._fit(node, pl.coalesce(*self._pair(node, a, b)))

    def divide(self, node: int, a: int, b: int, c: int) -> pl.Expr:
        """Whole quotients: (2a + b) div 2b for a >= 0, negatives by sign; null for a divisor of zero or less."""
        top, bottom = self._pair(node, a, b)
        p = self.program
        op = Op(p.op[node])
        if p.bounds(b)[0] <= 0:
            bottom = pl.when(bottom > 0).then(bottom)
        if op == Op.FLOOR:
            return self._fit(node, top // bottom)
        zero = pl.lit(0, dtype=pl.Int128 if p.needs_wide[node] else pl.Int64)
        positive = _quotient(op, top, bottom)
        if p.bounds(a)[0] >= 0:
            return self._fit(node, positive)
        negative = zero - _quotient(op, zero - top, bottom)
        return self._fit(node, pl.when(top >= 0).then(positive).otherwise(negative))

    def member(self, node: int, a: int, b: int, c: int) -> pl.Expr:
        members = self.program.sets[b]
        slot = self.known[a]
        if len(members) == 1:
            return slot == members[0]
        return slot.is_in(pl.Series(members, dtype=pl.Int64).implode())

    def is_human(self, node: int, a: int, b: int, c: int) -> pl.Expr:
        return self.human[a].fill_null(False)


def _quotient(op: Op, a: pl.Expr, b: pl.Expr) -> pl.Expr:
    """a / b for a >= 0 and b > 0."""
    if op == Op.ROUND:
        return (a * 2 + b) // (b * 2)
    return a // b if op == Op.TRUNC else (a + b - 1) // b


_Binary = Callable[[pl.Expr, pl.Expr], pl.Expr]


def _arithmetic(operate: _Binary) -> Callable[[_Translation, int, int, int, int], pl.Expr]:
    return lambda t, node, a, b, c: t._fit(node, operate(*t._pair(node, a, b)))


def _comparison(operate: _Binary, turned: _Binary) -> Callable[[_Translation, int, int, int, int], pl.Expr]:
    """Constants stand on the right: Polars' in-memory engine loses the length of what follows one on the left."""

    def translate(t: _Translation, node: int, a: int, b: int, c: int) -> pl.Expr:
        left, right = t._pair(node, a, b)
        return operate(left, right) if t._reads[a] else turned(right, left)

    return translate


_PLAIN: dict[Op, Callable[[_Translation, int, int, int, int], pl.Expr]] = {
    Op.CONST: _Translation.constant,
    Op.SLOT: _Translation.slot,
    Op.ADD: _arithmetic(lambda a, b: a + b),
    Op.SUB: _arithmetic(lambda a, b: a - b),
    Op.MUL: _arithmetic(lambda a, b: a * b),
    Op.MIN: _Translation.pick,
    Op.MAX: _Translation.pick,
    Op.SELECT: _Translation.select,
    Op.ROUND: _Translation.divide,
    Op.TRUNC: _Translation.divide,
    Op.AWAY: _Translation.divide,
    Op.FLOOR: _Translation.divide,
    Op.COALESCE: _Translation.coalesce,
    Op.LT: _comparison(lambda a, b: a < b, lambda a, b: a > b),
    Op.LE: _comparison(lambda a, b: a <= b, lambda a, b: a >= b),
    Op.EQ: _comparison(lambda a, b: a == b, lambda a, b: a == b),
    Op.AND: lambda t, node, a, b, c: t.known[a] & t.known[b],
    Op.OR: lambda t, node, a, b, c: t.known[a] | t.known[b],
    Op.NOT: lambda t, node, a, b, c: ~t.known[a],
    Op.KNOWN: lambda t, node, a, b, c: t.known[a].is_not_null(),
    Op.FLAG: lambda t, node, a, b, c: t.known[a] != 0,
    Op.IN: _Translation.member,
    Op.TRUE: lambda t, node, a, b, c: pl.lit(True),
    Op.FALSE: lambda t, node, a, b, c: pl.lit(False),
    Op.IS_HUMAN: _Translation.is_human,
}
