"""The query that looks for cells which the emitted rules may not be asked about.

Owns one statement. Widths are proven from the bounds of variables; a table that was never imported promises
none of them, and numbers out of bounds may turn REAL in SQLite and wrap round in Spark.
"""

from __future__ import annotations

from collections.abc import Sequence

from kaiwu.rule.program import Op, Program
from kaiwu.rule.sql.dialect import Dialect, find_dialect, number
from kaiwu.rule.sql.emit import check_names
from kaiwu.rule.sql.phrase import all_of, any_of


def emit_inspection(
    program: Program, roots: Sequence[int], table: str | Sequence[str], key: str, dialect: Dialect | str
) -> str:
    """One SELECT of the keys of rows that have a cell out of its bounds or not stored as a 64-bit integer.

    Run it before ``emit_sql``'s text on a table that Kaiwu did not import; no row may come back.
    """
    engine = find_dialect(dialect) if isinstance(dialect, str) else dialect
    bounds: dict[str, tuple[int, int]] = {}
    for node in program.needed(roots):
        if program.op[node] == Op.SLOT:
            name, low, high = program.slots[program.a[node]], program.low[node], program.high[node]
            most, least = bounds.get(name, (low, high))
            bounds[name] = max(low, most), min(high, least)
    check_names(engine, [key, *bounds])
    wrong = [_is_wrong(engine, engine.quote(name), low, high) for name, (low, high) in bounds.items()]
    path = [table] if isinstance(table, str) else table
    text = f"SELECT {engine.quote(key)}\nFROM {'.'.join(map(engine.quote, path))}"
    return f"{text}\nWHERE {any_of(wrong) if wrong else '1 = 0'}\n"


def _is_wrong(dialect: Dialect, column: str, low: int, high: int) -> str:
    whole = f"({dialect.is_stored_whole(column)})"
    out = any_of([f"{column} < {number(low)}", f"{column} > {number(high)}", f"NOT {whole}"])
    return all_of([f"{column} IS NOT NULL", out])
