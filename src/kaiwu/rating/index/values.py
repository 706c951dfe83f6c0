"""Values (指标值): units by indicators, with where each cell comes from.

Owns the table of numbers, its companion tables (source, as-of, flag, standard error), groups and leagues of units, and panels of
several years. Missing is NaN, never zero. It does not own what an indicator means (``tree.py``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl

from kaiwu.quantity import KaiwuError, Problem
from kaiwu.rating.index.statistic import Array


@dataclass(frozen=True, eq=False)
class Values:
    """``x[u, i]`` is the value of ``codes[i]`` for ``units[u]``; denominators are further codes.

    ``groups`` gives every unit's group under a name (league, region …). ``error`` is the standard error of each cell, in
    the indicator's unit. ``source``, ``as_of`` and ``flag`` hold texts of the same shape, where given.
    """

    units: tuple[str, ...]
    codes: tuple[str, ...]
    x: Array
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    error: Array | None = None
    source: Mapping[tuple[str, str], str] = field(default_factory=dict)
    as_of: Mapping[tuple[str, str], str] = field(default_factory=dict)
    flag: Mapping[tuple[str, str], str] = field(default_factory=dict)
    year: int | None = None

    def __post_init__(self) -> None:
        problems = [
            *_twice(self.units, "IX-VALUES-UNIT", "单位", "unit"),
            *_twice(self.codes, "IX-VALUES-CODE", "指标", "indicator"),
        ]
        shape = (len(self.units), len(self.codes))
        for table in (self.x, *([] if self.error is None else [self.error])):
            if table.shape != shape:
                problems.append(Problem(
                    "IX-VALUES-SHAPE", f"数据表应为 {shape} 而不是 {table.shape}", f"the table must be {shape}, it is {table.shape}",
                ))  # fmt: skip
        for name, labels in self.groups.items():
            if len(labels) != len(self.units):
                problems.append(Problem(
                    "IX-VALUES-GROUP", f"分组“{name}”的行数与单位数不同", f"grouping “{name}” has another length than the units", where=name,
                ))  # fmt: skip
        if not problems and np.isinf(self.x).any():
            u, i = np.argwhere(np.isinf(self.x))[0]
            problems.append(Problem(
                "IX-VALUES-INFINITE", "数值为无穷大; 缺失请留空", "the value is infinite; leave a missing one empty",
                where=f"{self.units[u]}, {self.codes[i]}",
            ))  # fmt: skip
        if problems:
            raise KaiwuError(problems)

    def column(self, code: str) -> Array:
        """The values of one code, in the order of the units."""
        return np.asarray(self.x[:, self.codes.index(code)], dtype=np.float64)

    def select(self, codes: Sequence[str]) -> Array:
        """Columns in a given order. Raises ``KaiwuError`` naming the codes that are not there."""
        absent = [code for code in codes if code not in self.codes]
        if absent:
            raise KaiwuError([
                Problem("IX-VALUES-ABSENT", f"数据表没有“{code}”这一列", f"the values have no column “{code}”", where=code) for code in absent
            ])  # fmt: skip
        at = {code: i for i, code in enumerate(self.codes)}
        return np.ascontiguousarray(self.x[:, [at[code] for code in codes]], dtype=np.float64)

    def in_order(self) -> Values:
        """The same values, units by code: the order of rows must not matter to the last bit."""
        order = sorted(range(len(self.units)), key=lambda u: self.units[u])
        if order == list(range(len(self.units))):
            return self
        return self.take(order)

    def take(self, rows: Sequence[int]) -> Values:
        """Some units, in a given order."""
        at = list(rows)
        return replace(
            self, units=tuple(self.units[u] for u in at), x=self.x[at],
            groups={name: tuple(labels[u] for u in at) for name, labels in self.groups.items()},
            error=None if self.error is None else self.error[at],
        )  # fmt: skip

    def digest(self) -> str:
        """A fingerprint of numbers and groups for reuse of what was computed; never part of a run's digest."""
        h = hashlib.sha256(repr((self.units, self.codes, sorted(self.groups.items()), self.year)).encode())
        h.update(np.ascontiguousarray(self.x).tobytes())
        return h.hexdigest()


def read_frame(
    frame: pl.DataFrame, unit: str = "unit", *, groups: Sequence[str] = (), name: str = "", year: int | None = None,
    codes: Sequence[str] | None = None,
) -> Values:  # fmt: skip
    """Values from a frame with one row per unit: ``unit`` names the column of codes, ``groups`` those of labels.

    All further numeric columns (or only ``codes``) are values. Raises ``KaiwuError`` for duplicate units.
    """
    kept = (
        [c for c in frame.columns if c not in (unit, name, *groups) and frame.schema[c].is_numeric()]
        if codes is None
        else list(codes)
    )
    x = frame.select(pl.col(kept).cast(pl.Float64)).to_numpy() if kept else np.empty((frame.height, 0))
    units = tuple(str(u) for u in frame.get_column(unit))
    return Values(
        units, tuple(kept), np.array(x, dtype=np.float64, order="C"),
        groups={g: tuple("" if v is None else str(v) for v in frame.get_column(g)) for g in groups},
        names=dict(zip(units, (str(n) for n in frame.get_column(name)), strict=True)) if name else {},
        year=year,
    )  # fmt: skip


def read_cells(frame: pl.DataFrame, *, year: int | None = None) -> Values:
    """Values from a long frame, one row per cell: ``unit``, ``code``, ``value`` and, where known, ``error``, ``source``, ``as_of``, ``flag``.

    Raises ``KaiwuError`` for a missing column and for a cell that is given twice.
    """
    absent = [c for c in ("unit", "code", "value") if c not in frame.columns]
    if absent:
        raise KaiwuError(
            [Problem("IX-VALUES-COLUMN", f"缺少列“{c}”", f"the column “{c}” is missing", where=c) for c in absent]
        )
    twice = frame.filter(pl.struct("unit", "code").is_duplicated()).unique(["unit", "code"], maintain_order=True)
    if twice.height:
        raise KaiwuError([
            Problem("IX-VALUES-TWICE", f"“{u}”的“{c}”给了两次", f"“{c}” of “{u}” is given twice", where=f"{u}, {c}") for u, c in twice.select("unit", "code").rows()
        ])  # fmt: skip
    units, codes = (tuple(str(v) for v in frame[name].unique(maintain_order=True)) for name in ("unit", "code"))
    row, col = {u: i for i, u in enumerate(units)}, {c: i for i, c in enumerate(codes)}
    x, error = (np.full((len(units), len(codes)), np.nan) for _ in range(2))
    texts: dict[str, dict[tuple[str, str], str]] = {"source": {}, "as_of": {}, "flag": {}}
    for cell in frame.iter_rows(named=True):
        unit, code = str(cell["unit"]), str(cell["code"])
        at = row[unit], col[code]
        x[at] = np.nan if cell["value"] is None else float(cell["value"])
        error[at] = np.nan if cell.get("error") is None else float(cell["error"])
        for name, table in texts.items():
            if cell.get(name) is not None:
                table[unit, code] = str(cell[name])
    return Values(
        units, codes, x, error=error if "error" in frame.columns else None, year=year, source=texts["source"], as_of=texts["as_of"],
        flag=texts["flag"],
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class Panel:
    """Values of several years (面板数据), by year; units may come and go."""

    years: Mapping[int, Values]

    def stack(self, units: Sequence[str], codes: Sequence[str]) -> Array:
        """``(years, units, indicators)`` in order of time; NaN where a unit is not there."""
        out = np.full((len(self.years), len(units), len(codes)), np.nan)
        for t, year in enumerate(sorted(self.years)):
            values = self.years[year]
            row = {unit: u for u, unit in enumerate(values.units)}
            col = {code: i for i, code in enumerate(values.codes)}
            us = [u for u, unit in enumerate(units) if unit in row]
            cs = [i for i, code in enumerate(codes) if code in col]
            out[np.ix_([t], us, cs)] = values.x[np.ix_([row[units[u]] for u in us], [col[codes[i]] for i in cs])]
        return out

    def digest(self) -> str:
        """A fingerprint of all years."""
        return hashlib.sha256("".join(f"{y}:{v.digest()}" for y, v in sorted(self.years.items())).encode()).hexdigest()


def assign_leagues(rows: Sequence[tuple[str, str]], units: Sequence[str], where: str = "") -> tuple[str, ...]:
    """The league of every unit (分档分组) from rows ``(unit, league)``.

    Raises ``KaiwuError`` for a unit in two leagues, in none, or unknown.
    """
    league: dict[str, str] = {}
    problems: list[Problem] = []
    for unit, name in rows:
        if league.setdefault(unit, name) != name:
            problems.append(Problem(
                "IX-LEAGUE-TWO", f"“{unit}”同时在“{league[unit]}”和“{name}”两个组; 只留一个",
                f"“{unit}” is in two leagues, “{league[unit]}” and “{name}”; keep one", where=where,
            ))  # fmt: skip
    for unit in units:
        if unit not in league:
            problems.append(Problem("IX-LEAGUE-NONE", f"“{unit}”没有分组", f"“{unit}” is in no league", where=where))
    for unit in league.keys() - set(units):
        problems.append(
            Problem(
                "IX-LEAGUE-UNIT", f"分组表中的“{unit}”没有数据", f"“{unit}” of the leagues has no values", where=where
            )
        )
    if problems:
        raise KaiwuError(problems)
    return tuple(league[unit] for unit in units)


def _twice(codes: Sequence[str], code: str, zh: str, en: str) -> list[Problem]:
    seen: set[str] = set()
    out = []
    for c in codes:
        if c in seen:
            out.append(Problem(code, f"{zh}“{c}”出现两次", f"{en} “{c}” occurs twice", where=c))
        seen.add(c)
    return out
