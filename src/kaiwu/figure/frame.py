"""Frames (数据框): a population × slots as of a date, as known at a date, with the way home of every number.

Owns building a frame from figures, its digest, and keeping it in a folder as the frozen input of a run. It
does not own precedence among figures (``selection.py``).

A missing figure stays null and never becomes zero; a null judgement means that a human must decide (需认定).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import os
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import polars as pl

from kaiwu.figure.figure import STORED_SCHEMA, shape_figures, stamp_figures
from kaiwu.figure.selection import NOTHING, Integers, Question, Slot, select_rows
from kaiwu.quantity.period import Period
from kaiwu.quantity.problem import KaiwuError, Problem
from kaiwu.table import digest_frame, digest_value

__all__ = ["REASONS", "SOURCE_SCHEMA", "WITHHELD_SCHEMA", "FigureSource", "Frame", "Slot", "build_frame"]

SOURCE_SCHEMA = pl.Schema(
    {
        "entity": pl.String(),
        "slot": pl.String(),
        "figure": pl.String(),
        "period": pl.String(),
        "value": pl.Int64(),
        "unit": pl.String(),
        "source": pl.String(),
        "place": pl.String(),
        "standing": pl.String(),
        "status": pl.String(),
        "scope": pl.String(),
        "synthetic": pl.Boolean(),
        "known_at": pl.Date(),
    }
)
"""Columns of ``Frame.sources``: one row for each filled cell, by slot and entity."""

WITHHELD_SCHEMA = pl.Schema({"entity": pl.String(), "slot": pl.String(), "reason": pl.String(), "figure": pl.String()})
"""Columns of ``Frame.withheld``."""

REASONS: dict[str, tuple[str, str]] = {
    "scope": ("口径不符", "taken at another level of entity"),
    "purpose": ("用途不符", "not permitted for this purpose"),
    "period": ("时期不符", "of another period"),
    "price_basis": ("价格口径不符", "at other prices than the newer year"),
    "withdrawn": ("已撤回", "withdrawn by a later figure"),
}
"""Why a figure that exists does not answer."""

CURRENT_PRICES = "current"
"""Figures that name no price basis are at the prices of their year (现价)."""

_CELL_SCHEMA = pl.Schema({"slot": pl.Int64(), "entity": pl.Int64(), "row": pl.Int64(), "reason": pl.String()})
_TABLES = ("table", "sources", "withheld")


class FigureSource(Protocol):
    """Whatever hands over stored figures, such as a ``FigureStore``."""

    def scan_lazily(self, variables: Iterable[str] | None, known_at: dt.date) -> pl.LazyFrame:
        """Stored figures of the variables recorded by a day, in store order."""


@dataclass(frozen=True, slots=True)
class Frame:
    """The frozen input of a run.

    ``table``: ``entity`` (sorted) and one Int64 column of grains for each slot, null where missing.
    ``sources``: the figure behind each filled cell (``SOURCE_SCHEMA``). ``withheld``: figures that exist but
    may not answer (``WITHHELD_SCHEMA``, reasons in ``REASONS``).
    """

    table: pl.DataFrame
    sources: pl.DataFrame
    withheld: pl.DataFrame
    rated: int
    as_of: dt.date
    known_at: dt.date
    purpose: str

    @property
    def slots(self) -> tuple[str, ...]:
        """Names of the slots, in column order."""
        return tuple(self.table.columns[1:])

    def digest(self) -> str:
        """Digest of the logical content: cells and question, not how figures are filed."""
        cells = digest_frame(self.table, ["entity"])
        return digest_value([cells, self.rated, self.as_of, self.known_at, self.purpose])

    def save(self, folder: Path) -> str:
        """Write the frame into a new folder, complete or not at all; returns the digest."""
        if folder.exists():
            zh, en = (
                "目录已存在, 冻结的数据框不能覆盖",
                "the folder exists; a frozen frame is never overwritten",
            )
            raise KaiwuError(Problem("F-FRAME-EXISTS", zh, en, where=str(folder)))
        folder.parent.mkdir(parents=True, exist_ok=True)
        temporary = folder.with_name(f".{folder.name}.{uuid.uuid4().hex}")
        temporary.mkdir()
        files = {name: _write_table(getattr(self, name), temporary / f"{name}.parquet") for name in _TABLES}
        digest = self.digest()
        about = {
            "rated": self.rated,
            "as_of": self.as_of.isoformat(),
            "known_at": self.known_at.isoformat(),
            "purpose": self.purpose,
            "digest": digest,
            "sha256": files,
        }
        _write_file(temporary / "frame.json", json.dumps(about, ensure_ascii=False, indent=1).encode())
        temporary.rename(folder)
        return digest


def load_frame(folder: Path) -> Frame:
    """Read a frame that ``Frame.save`` wrote. Raises ``KaiwuError`` where a file is missing or altered."""
    try:
        about = json.loads((folder / "frame.json").read_text(encoding="utf-8"))
        tables = [_read_table(folder / f"{name}.parquet", about["sha256"][name]) for name in _TABLES]
        as_of, known_at = (dt.date.fromisoformat(about[key]) for key in ("as_of", "known_at"))
        table, sources, withheld = tables
        frame = Frame(table, sources, withheld, about["rated"], as_of, known_at, about["purpose"])
    except KaiwuError:
        raise
    except (OSError, ValueError, KeyError, TypeError) as e:
        zh, en = (
            "冻结的数据框不完整或不可读, 请从备份恢复",
            "the frozen frame is incomplete; restore it from a backup",
        )
        raise KaiwuError(Problem("F-FRAME-MISSING", zh, en, where=str(folder), text=str(e))) from e
    if frame.digest() != about["digest"]:
        raise KaiwuError(_altered(folder / "frame.json"))
    return frame


def build_frame(
    figures: FigureSource | pl.DataFrame,
    population: pl.DataFrame,
    slots: Sequence[Slot],
    *,
    rated: int,
    as_of: dt.date,
    known_at: dt.date,
    purpose: str,
    periods: Sequence[Period] = (),
) -> Frame:
    """Build the frame (数据框) of a population (column ``entity``) for slots.

    ``figures`` is a store, or a table in ``STORED_SCHEMA`` or ``FIGURE_SCHEMA`` (recorded on ``known_at``).
    Yearly slots read the year ``rated + offset`` exactly; points in time the latest state by ``as_of``;
    constants the latest known; others the period of their type in ``periods``. Input order changes nothing.
    Raises ``KaiwuError`` for a population or slot that cannot be used.
    """
    entities = _order_entities(population)
    _check_slots(slots)
    rows = _rows_of(figures, {slot.variable.code for slot in slots}, known_at)
    rows = rows.filter(pl.col("entity").is_in(entities.implode()))
    selection = select_rows(rows, entities, slots, Question(rated, as_of, purpose, tuple(periods)))
    needed = [name for name in SOURCE_SCHEMA if name != "slot"]
    stored = rows.select(*needed, "price_basis").collect()
    cells = selection.rows.copy()
    rest = _withhold_cells(cells, stored, slots)
    table = _lay_table(cells, stored["value"], entities, slots)
    withheld = _name_withheld(pl.concat([selection.withheld, rest]), stored["figure"], entities, slots)
    sources = _trace_sources(cells, stored, slots)
    return Frame(table, sources, withheld, rated, as_of, known_at, purpose)


def _order_entities(population: pl.DataFrame) -> pl.Series:
    entities = population.get_column("entity").cast(pl.String).sort()
    if entities.null_count() or entities.is_duplicated().any() or (entities == "").any():
        bad = entities.filter(entities.is_duplicated()).unique(maintain_order=True).head(5).to_list()
        zh = f"总体中主体代码为空或重复: {bad}; 每个主体只列一次"
        en = f"entities of the population are empty or listed twice: {bad}; list each once"
        raise KaiwuError(Problem("F-FRAME-POPULATION", zh, en))
    return entities


def _check_slots(slots: Sequence[Slot]) -> None:
    names = [slot.name for slot in slots]
    twice = sorted({name for name in names if names.count(name) > 1}) if len(set(names)) < len(names) else []
    if twice:
        zh, en = f"取数位重复: {', '.join(twice)}", f"slots occur twice: {', '.join(twice)}"
        raise KaiwuError(Problem("F-FRAME-SLOT", zh, en))


def _rows_of(figures: FigureSource | pl.DataFrame, codes: set[str], known_at: dt.date) -> pl.LazyFrame:
    """Stored figures of the variables known by the day, in the order of batch and row."""
    if not isinstance(figures, pl.DataFrame):
        return figures.scan_lazily(codes, known_at)
    if "figure" not in figures.columns:
        figures = stamp_figures(shape_figures(figures), 0, known_at)
    known = figures.select(STORED_SCHEMA.names()).filter(
        pl.col("variable").is_in(sorted(codes)), pl.col("known_at") <= known_at
    )
    order = known.select("batch", row=pl.col("figure").str.extract(r"#(\d+)$").cast(pl.Int64))
    if order.is_duplicated().any():
        return known.sort("batch", order["row"], *STORED_SCHEMA.names()).lazy()
    return known.select(pl.all().sort_by(order["batch"], order["row"])).lazy()


def _withhold_cells(rows: Integers, stored: pl.DataFrame, slots: Sequence[Slot]) -> pl.DataFrame:
    """Empty the cells whose figure was withdrawn or is at other prices than a newer year; list those."""
    nothing = pl.DataFrame(schema=_CELL_SCHEMA)
    withdrawn = rebased = nothing
    if stored["value"].null_count():
        cells = _list_cells(rows)
        is_withdrawn = stored["value"].is_null().gather(cells["row"])
        withdrawn = _empty_cells(rows, cells.filter(is_withdrawn), "withdrawn")
    if stored["price_basis"].n_unique() > 1:
        basis = stored["price_basis"].replace("", CURRENT_PRICES)
        cells = _list_cells(rows)
        rebased = _find_rebased(cells.with_columns(basis=basis.gather(cells["row"])), slots)
        rebased = _empty_cells(rows, rebased, "price_basis")
    return pl.concat([withdrawn, rebased])


def _list_cells(rows: Integers) -> pl.DataFrame:
    slot, entity = np.nonzero(rows != NOTHING)
    return pl.DataFrame({"slot": slot, "entity": entity, "row": rows[slot, entity]})


def _empty_cells(rows: Integers, cells: pl.DataFrame, reason: str) -> pl.DataFrame:
    rows[cells["slot"].to_numpy(), cells["entity"].to_numpy()] = NOTHING
    return cells.with_columns(reason=pl.lit(reason)).select(_CELL_SCHEMA.names())


def _find_rebased(cells: pl.DataFrame, slots: Sequence[Slot]) -> pl.DataFrame:
    """Cells whose price basis differs from that of the newest filled year of the same variable and entity."""
    about = pl.DataFrame(
        {
            "slot": np.arange(len(slots), dtype=np.int64),
            "variable": [slot.variable.code for slot in slots],
            "offset": [slot.offset for slot in slots],
        },
        schema_overrides={"variable": pl.String, "offset": pl.Int64},
    )
    newest = pl.col("basis").sort_by("offset").last().over("entity", "variable")
    return cells.join(about, on="slot", maintain_order="left").filter(pl.col("basis") != newest)


def _lay_table(rows: Integers, value: pl.Series, entities: pl.Series, slots: Sequence[Slot]) -> pl.DataFrame:
    """The wide table; columns are slices of one buffer."""
    flat = pl.Series(rows.reshape(-1))
    cells = (
        value.gather(flat.set(flat == NOTHING, None)) if len(value) else pl.Series([None] * len(flat), dtype=pl.Int64)
    )
    height = len(entities)
    columns = [cells.slice(i * height, height).alias(slot.name) for i, slot in enumerate(slots)]
    return pl.DataFrame([entities.alias("entity"), *columns])


def _trace_sources(rows: Integers, stored: pl.DataFrame, slots: Sequence[Slot]) -> pl.DataFrame:
    slot = np.nonzero(rows != NOTHING)[0]
    names = pl.Series([s.name for s in slots], dtype=pl.String).gather(slot)
    chosen = pl.Series(rows[rows != NOTHING])
    columns = {"slot": names}
    for name in stored.columns:
        # One whole column at a time, given up at once: gathering rows over many chunks takes five times
        # as long, and ten million figures would stand in memory twice.
        columns[name] = stored.drop_in_place(name).rechunk().gather(chosen)
    return pl.DataFrame({name: columns[name] for name in SOURCE_SCHEMA})


def _name_withheld(
    withheld: pl.DataFrame, figure: pl.Series, entities: pl.Series, slots: Sequence[Slot]
) -> pl.DataFrame:
    ordered = withheld.sort("entity", "slot", "row", "reason")
    names = pl.Series([s.name for s in slots], dtype=pl.String)
    return pl.DataFrame(
        {
            "entity": entities.gather(ordered["entity"]),
            "slot": names.gather(ordered["slot"]),
            "reason": ordered["reason"],
            "figure": figure.gather(ordered["row"]),
        },
        schema=WITHHELD_SCHEMA,
    )


def _write_table(table: pl.DataFrame, path: Path) -> str:
    buffer = io.BytesIO()
    table.write_parquet(buffer, compression="zstd")
    content = buffer.getvalue()
    _write_file(path, content)
    return hashlib.sha256(content).hexdigest()


def _write_file(path: Path, content: bytes) -> None:
    with path.open("wb") as f:
        f.write(content)
        f.flush()
        os.fsync(f.fileno())


def _read_table(path: Path, sha256: str) -> pl.DataFrame:
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != sha256:
        raise KaiwuError(_altered(path))
    return pl.read_parquet(io.BytesIO(content))


def _altered(path: Path) -> Problem:
    zh, en = (
        "冻结的数据框被改动或损坏, 请从备份恢复",
        "the frozen frame was altered or damaged; restore it from a backup",
    )
    return Problem("F-FRAME-ALTERED", zh, en, where=f"{path.parent.name}/{path.name}")
