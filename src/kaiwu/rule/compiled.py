"""A program as flat arrays, and as one file that loads in a blink.

Owns the array form that the engines run from and the cache file of a pack. It does not own the meaning of
nodes (``program``) nor where caches lie (``pack``): a file carries the key it was written for and is refused
under any other.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kaiwu.quantity import KaiwuError, Problem
from kaiwu.rule.program import INT64, INTEGER_OPS, Op, Program

FORMAT = "kaiwu-program-1"
"""Changes with the layout of the file and with the meaning of a node; older caches are then built anew."""

Rows = NDArray[np.signedinteger[Any]]
Roots = Mapping[str, Sequence[int] | Rows]

OPERANDS: NDArray[np.uint8] = np.zeros(64, np.uint8)
"""Number of operand nodes by kind, in the order ``a``, ``b``, ``c``."""
for _op in Op:
    OPERANDS[_op] = 2
OPERANDS[[Op.CONST, Op.SLOT, Op.TRUE, Op.FALSE, Op.HUMAN]] = 0
OPERANDS[[Op.NOT, Op.KNOWN, Op.FLAG, Op.JUDGE, Op.IN, Op.IS_HUMAN]] = 1
OPERANDS[Op.SELECT] = 3

DIVISIONS = (Op.ROUND, Op.TRUNC, Op.AWAY, Op.FLOOR)


@dataclass(frozen=True, slots=True, eq=False)
class CompiledProgram:
    """All nodes of a program, one array element per node.

    ``low`` and ``high`` are clipped to 64 bits; the exact bounds of wider nodes stand in ``wide_bounds``.
    ``is_wide`` marks nodes whose values may pass 64 bits, ``needs_wide`` those whose computation may.
    ``level`` is 0 for leaves and one more than the highest operand otherwise.
    """

    op: NDArray[np.uint8]
    a: NDArray[np.int32]
    b: NDArray[np.int32]
    c: NDArray[np.int32]
    low: NDArray[np.int64]
    high: NDArray[np.int64]
    human: NDArray[np.bool_]
    is_wide: NDArray[np.bool_]
    needs_wide: NDArray[np.bool_]
    level: NDArray[np.int32]
    constants: NDArray[np.int64]
    wide_constants: dict[int, int]
    wide_bounds: dict[int, tuple[int, int]]
    slots: tuple[str, ...]
    sets: tuple[tuple[int, ...], ...]

    def __len__(self) -> int:
        return len(self.op)

    def constant(self, node: int) -> int:
        """The exact value of a constant node."""
        at = int(self.a[node])
        return self.wide_constants.get(at, int(self.constants[at]))

    def bounds(self, node: int) -> tuple[int, int]:
        """The exact bounds of an integer node."""
        return self.wide_bounds.get(node) or (int(self.low[node]), int(self.high[node]))

    def is_integer(self, node: int) -> bool:
        """Whether a node gives an integer rather than a truth."""
        return int(self.op[node]) in INTEGER_OPS

    def needed(self, roots: Rows) -> NDArray[np.bool_]:
        """Which nodes the roots rest on; shape (nodes,)."""
        seen = np.zeros(len(self), np.bool_)
        fresh = np.zeros(len(self), np.bool_)
        fresh[roots] = True
        while (frontier := np.flatnonzero(fresh)).size:
            seen |= fresh
            fresh[:] = False
            count = OPERANDS[self.op[frontier]]
            for k, operand in enumerate((self.a, self.b, self.c), start=1):
                fresh[operand[frontier[count >= k]]] = True
            fresh &= ~seen
        return seen

    def computed_slots(self, slots: Rows) -> Rows:
        """Those of some slot nodes whose values enter arithmetic anywhere, so that their bounds carry the proof."""
        users = (self.op < Op.LT) & (OPERANDS[self.op] >= 1)
        used = np.zeros(len(self), np.bool_)
        for k, operand in enumerate((self.a, self.b, self.c), start=1):
            used[operand[users & (OPERANDS[self.op] >= k)]] = True
        return slots[used[slots]]

    def restore(self) -> Program:
        """The program with its Python lists, for readers that walk single nodes; it can be extended no further."""
        low, high = self.low.tolist(), self.high.tolist()
        for node, (least, most) in self.wide_bounds.items():
            low[node], high[node] = least, most
        constants = self.constants.tolist()
        for at, value in self.wide_constants.items():
            constants[at] = value
        return Program(
            op=self.op.tolist(), a=self.a.tolist(), b=self.b.tolist(), c=self.c.tolist(), low=low, high=high,
            human=self.human.tolist(), constants=constants, slots=list(self.slots), sets=list(self.sets),
        )  # fmt: skip


def compile_program(program: Program) -> CompiledProgram:
    """Flatten a program and settle the width of every node (编译)."""
    op = np.array(program.op, np.uint8)
    low, wide_low = _clip(program.low)
    high, wide_high = _clip(program.high)
    constants, wide_constants = _clip(program.constants)
    wide_bounds = {n: (program.low[n], program.high[n]) for n in sorted(wide_low.keys() | wide_high.keys())}
    is_wide = np.zeros(len(program), np.bool_)
    is_wide[list(wide_bounds)] = True
    a, b, c = (np.array(x, np.int32) for x in (program.a, program.b, program.c))
    return CompiledProgram(
        op, a, b, c, low, high, np.array(program.human, np.bool_), is_wide, _needs_wide(program, op, a, b, c, is_wide),
        _levels(program), constants, wide_constants, wide_bounds, tuple(program.slots), tuple(program.sets),
    )  # fmt: skip


def as_compiled(program: Program | CompiledProgram) -> CompiledProgram:
    """The array form of a program, whichever form it has."""
    return compile_program(program) if isinstance(program, Program) else program


def bound_problem(name: str, value: int, low: int, high: int) -> Problem:
    """A stored value lies outside what its variable declares, so that the proof of widths does not hold."""
    return Problem(
        "R-BOUND",
        f"值 {value} 超出变量声明的范围 [{low}, {high}]; 请更正数据或放宽范围",
        f"{value} lies outside the declared bounds [{low}, {high}]; correct it or widen the bounds",
        where=f"column '{name}'",
    )


def _clip(values: list[int]) -> tuple[NDArray[np.int64], dict[int, int]]:
    try:
        return np.array(values, np.int64), {}
    except OverflowError:
        wide = {i: v for i, v in enumerate(values) if not -INT64 <= v <= INT64}
        return np.array([max(-INT64, min(INT64, v)) for v in values], np.int64), wide


def _needs_wide(
    program: Program,
    op: NDArray[np.uint8],
    a: NDArray[np.int32],
    b: NDArray[np.int32],
    c: NDArray[np.int32],
    is_wide: NDArray[np.bool_],
) -> NDArray[np.bool_]:
    wide = is_wide.copy()
    binary = (OPERANDS[op] == 2) & ~np.isin(op, (Op.AND, Op.OR))
    wide[binary] |= is_wide[a[binary]] | is_wide[b[binary]]
    choice = op == Op.SELECT
    wide[choice] |= is_wide[b[choice]] | is_wide[c[choice]]
    for node in np.flatnonzero(np.isin(op, DIVISIONS)).tolist():
        top = max(abs(program.low[a[node]]), abs(program.high[a[node]]))
        # Engines compute 2a + b and 2b.
        if 2 * top + program.high[b[node]] > INT64 or 2 * program.high[b[node]] > INT64:
            wide[node] = True
    return wide


def _levels(program: Program) -> NDArray[np.int32]:
    levels: list[int] = []
    for op, a, b, c in zip(program.op, program.a, program.b, program.c, strict=True):
        match OPERANDS[op]:
            case 0:
                levels.append(0)
            case 1:
                levels.append(levels[a] + 1)
            case 2:
                levels.append(max(levels[a], levels[b]) + 1)
            case _:
                levels.append(max(levels[a], levels[b], levels[c]) + 1)
    return np.array(levels, np.int32)


# -- the file ------------------------------------------------------------------------------------------------

_ARRAYS = ("op", "a", "b", "c", "low", "high", "human", "is_wide", "needs_wide", "level", "constants")


def save_program(path: Path, program: Program | CompiledProgram, roots: Roots, key: str = "") -> None:
    """Write a program with named groups of roots to one file, whole or not at all.

    ``key`` is what the program was compiled from: the digest of the pack. The engine's own format is added.
    """
    compiled = as_compiled(program)
    head = {
        "format": FORMAT,
        "key": key,
        "slots": compiled.slots,
        "sets": compiled.sets,
        "wide_constants": {str(k): str(v) for k, v in compiled.wide_constants.items()},
        "wide_bounds": {str(k): [str(v[0]), str(v[1])] for k, v in compiled.wide_bounds.items()},
        "roots": list(roots),
    }
    arrays: dict[str, Any] = {name: getattr(compiled, name) for name in _ARRAYS}
    for i, nodes in enumerate(roots.values()):
        arrays[f"root_{i}"] = np.asarray(nodes, np.int64)
    arrays["head"] = np.frombuffer(json.dumps(head, ensure_ascii=False).encode(), np.uint8)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with draft.open("wb") as file:
            np.savez(file, **arrays)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def load_program(path: Path, key: str = "") -> tuple[CompiledProgram, dict[str, NDArray[np.int64]]]:
    """Read what ``save_program`` wrote; nothing is unpickled.

    Raises KaiwuError ``R-CACHE`` where the file is unreadable, of another format or written for another key;
    the remedy is always to compile again. FileNotFoundError where there is no file.
    """
    with path.open("rb") as file:
        try:
            with np.load(file, allow_pickle=False) as stored:
                head = json.loads(stored["head"].tobytes())
                if (head["format"], head["key"]) == (FORMAT, key):
                    return _read(head, stored)
        except (OSError, ValueError, KeyError, EOFError) as error:
            raise _stale(path, f"{type(error).__name__}: {error}") from error
        except Exception as error:
            if type(error).__name__ != "BadZipFile":
                raise
            raise _stale(path, str(error)) from error
    raise _stale(path, f"{head['format']} {head['key']}")


def _read(head: dict[str, Any], stored: Mapping[str, Any]) -> tuple[CompiledProgram, dict[str, NDArray[np.int64]]]:
    arrays = {name: stored[name] for name in _ARRAYS}
    program = CompiledProgram(
        **arrays,
        wide_constants={int(k): int(v) for k, v in head["wide_constants"].items()},
        wide_bounds={int(k): (int(v[0]), int(v[1])) for k, v in head["wide_bounds"].items()},
        slots=tuple(head["slots"]),
        sets=tuple(tuple(s) for s in head["sets"]),
    )
    return program, {name: stored[f"root_{i}"] for i, name in enumerate(head["roots"])}


def _stale(path: Path, detail: str) -> KaiwuError:
    return KaiwuError(
        Problem(
            "R-CACHE",
            f"编译缓存不可用({detail}); 请删除后重新编译",
            f"the compiled cache cannot be used ({detail}); delete it and compile again",
            where=str(path),
        )
    )
