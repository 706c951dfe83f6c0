"""Units (评价单元): which entities are scored as one, and the figures of the unit.

Owns the merging of tenants of one plot. It does not own who is in scope (``standing.py``). What a unit's figure is
must be declared for every variable that is read of it; nothing is summed by itself.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kaiwu.figure.variable import Variable
from kaiwu.quantity import KaiwuError, Problem
from kaiwu.rating.batch import Mask
from kaiwu.rating.book import Merge
from kaiwu.rule import expression as x


@dataclass(frozen=True, slots=True)
class Units:
    """``of``: unit number per entity row, -1 where it has none. ``table``: one row of figures per unit.

    ``names`` are printed; ``merged`` marks units of a key rather than of one entity. ``lacks_key``: entities that have no
    key and so no unit.
    """

    of: NDArray[np.int64]
    names: tuple[str, ...]
    merged: Mask
    table: pl.DataFrame
    lacks_key: Mask


def make_units(table: pl.DataFrame, inside: Mask, merge: Merge | None, refs: dict[str, x.Ref]) -> Units:
    """Units of the entities that are ``inside``; ``refs`` are the columns that are read of a unit."""
    entities = table["entity"].to_list()
    slots = [slot for slot in refs if slot in table.columns]
    of = np.full(table.height, -1, dtype=np.int64)
    if merge is None:
        rows = np.flatnonzero(inside)
        of[rows] = np.arange(len(rows))
        nobody = np.zeros(table.height, dtype=bool)
        names = tuple(entities[r] for r in rows)
        return Units(of, names, np.zeros(len(rows), dtype=bool), table.select("entity", *slots)[rows], nobody)
    keys = table[merge.key.code].to_list() if merge.key.code in table.columns else [None] * table.height
    numbers: dict[tuple[bool, object], int] = {}
    lacks = np.zeros(table.height, dtype=bool)
    for row in np.flatnonzero(inside):
        key = keys[row]
        if key is None and merge.without == "pending":
            lacks[row] = True
            continue
        name = (False, entities[row]) if key is None else (True, key)
        of[row] = numbers.setdefault(name, len(numbers))
    merged = np.array([is_key for is_key, _ in numbers], dtype=bool)
    names = tuple(_name(merge.key, key) if is_key else str(key) for is_key, key in numbers)
    return Units(of, names, merged, _merged_table(table, of, len(numbers), merge, refs, names), lacks)


def _name(key: Variable, value: object) -> str:
    word = key.values[value] if isinstance(value, int) and key.values else value
    return f"{key.code}:{word}"


def _merged_table(
    table: pl.DataFrame, of: NDArray[np.int64], count: int, merge: Merge, refs: dict[str, x.Ref], names: tuple[str, ...]
) -> pl.DataFrame:
    slots = {slot: ref for slot, ref in refs.items() if slot in table.columns}
    grouped = (
        table.select("entity", *slots)
        .with_columns(pl.Series("#unit", of))
        .filter(pl.col("#unit") >= 0)
        .group_by("#unit")
        .agg([_aggregate(slot, merge.how.get(ref.variable.code, "same")) for slot, ref in slots.items()])
        .sort("#unit")
    )
    assert grouped.height == count
    problems = [p for slot, ref in slots.items() for p in _outside(grouped[slot], ref.variable, names)]
    if problems:
        raise KaiwuError(problems)
    return grouped.select(pl.Series("entity", names, dtype=pl.String), *(pl.col(slot).cast(pl.Int64) for slot in slots))


def _aggregate(slot: str, how: str) -> pl.Expr:
    """One figure of a unit from those of its members; null where it is not known."""
    column = pl.col(slot)
    unknown = column.null_count() > 0
    nothing = pl.lit(None, dtype=pl.Int64)
    match how:
        case "sum":
            result = pl.when(unknown).then(None).otherwise(column.cast(pl.Int128).sum())
        case "sum_known":
            result = pl.when(column.count() == 0).then(None).otherwise(column.cast(pl.Int128).sum())
        case "any":
            result = pl.when(column.max() == 1).then(1).when(unknown).then(None).otherwise(0)
        case "all":
            result = pl.when(column.min() == 0).then(0).when(unknown).then(None).otherwise(1)
        case "recompute":
            result = nothing
        case _:
            result = pl.when(unknown | (column.min() != column.max())).then(None).otherwise(column.min())
    return result.alias(slot)


def _outside(column: pl.Series, variable: Variable, names: tuple[str, ...]) -> list[Problem]:
    """Sums beyond the bounds of a variable: every width proof downstream rests on the bounds."""
    bad = ((column < variable.low) | (column > variable.high)).fill_null(False)
    return [
        Problem(
            "S-MERGE-BOUND",
            f"合并单元“{names[row]}”的“{variable.zh}”合计超出变量的取值范围; 请核对数据, 或放宽 bound",
            f"“{variable.code}” summed over unit “{names[row]}” lies outside the variable's bound: check the figures or widen it",
            where=names[row],
        )
        for row in bad.arg_true().to_list()
    ]
