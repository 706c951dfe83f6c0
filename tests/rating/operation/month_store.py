"""A tiny pack with an operation, a register and a store of monthly figures, made in a few lines."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import polars as pl

from kaiwu.figure import FigureStore
from kaiwu.figure.declaration import load_variables
from kaiwu.figure.variable import Variable
from kaiwu.identity import Batch, Entity, EntityKind, Name, Register, Relation, RelationKind
from kaiwu.identity.entity import Basis
from kaiwu.rating.operation import MonthReader, OperationSpec, load_operation
from kaiwu.table import parse_document

VARIABLES = """
variables:
  listed: {zh: 在库, en: listed, kind: flag, period: month, owner: 统计}
  now: {zh: 当月数, en: month, kind: money, unit: 元, bound: [0元, 1亿元], period: month, owner: 统计}
  then: {zh: 当月同期, en: base, kind: money, unit: 元, bound: [0元, 1亿元], period: month, owner: 统计}
  ytd: {zh: 累计数, en: so far, kind: money, unit: 元, bound: [0元, 1亿元], period: cumulative, owner: 统计}
  ytd_then: {zh: 累计同期, en: base so far, kind: money, unit: 元, bound: [0元, 1亿元], period: cumulative, owner: 统计}
  trade: {zh: 行业, en: industry, kind: category, values: {"17": {zh: 纺织业, en: Textiles}, "28": {zh: 化纤, en: Fibres}}, period: constant, owner: 统计}
  price: {zh: 指数, en: index, kind: ratio, unit: "%", bound: [0%, 1000%], period: month, scope: industry, owner: 统计}
  price_ytd: {zh: 累计指数, en: index so far, kind: ratio, unit: "%", bound: [0%, 1000%], period: cumulative, scope: industry, owner: 统计}
  past: {zh: 历年, en: history, kind: money, unit: 元, bound: [0元, 1亿元], period: cumulative, scope: industry, owner: 统计}
"""
OPERATION = """
operation: tiny
zh: 小区运行
en: Tiny operation
what: {zh: 总产值, en: output}
month: {current: now, base: then}
cumulative: {current: ytd, base: ytd_then}
listed: listed
industry: trade
town: registered
price: {month: price, cumulative: price_ytd, entity: "C{industry}"}
entries: own_base
january_february: two_months
streaks: [{code: up, zh: 当月增长, en: growth, threshold: "0%", op: ">", measure: single, revision: latest, value: printed}]
nowcast: {history: past, entity: C00}
"""
DAY = dt.date(2024, 7, 10)
PERCENT = 10**6
Cell = tuple[str, str, str, int | None]


def variables() -> dict[str, Variable]:
    return {v.code: v for v in load_variables(parse_document(VARIABLES, "v.yaml"), {}.get)}


def spec(text: str = OPERATION) -> OperationSpec:
    return load_operation(parse_document(text, "operation.yaml"), variables())


def figures(*cells: Cell, status: str = "flash", scope: str = "") -> pl.DataFrame:
    """(entity, variable, period, value in fen or grains)."""
    known = variables()
    rows = [
        {"entity": e, "variable": v, "period": p, "value": n, "scope": scope or known[v].scope, "source": "test", "status": status,
         "standing": "attested", "synthetic": True}
        for e, v, p, n in cells
    ]  # fmt: skip
    schema = {
        "entity": pl.String, "variable": pl.String, "period": pl.String, "value": pl.Int64, "scope": pl.String, "source": pl.String,
        "status": pl.String, "standing": pl.String, "synthetic": pl.Boolean,
    }  # fmt: skip
    return pl.DataFrame(rows, schema=schema)


def firm(name: str, month: str, now: int | None, then: int | None, *, was_listed: bool = True) -> list[Cell]:
    """The cells of a firm of industry 17 for a month."""
    before = f"{int(month[:4]) - 1}{month[4:]}"
    cells: list[Cell] = [(name, "listed", month, 1), (name, "now", month, now), (name, "then", month, then)]
    return [*cells, *([(name, "listed", before, 1)] if was_listed else [])]


def register() -> Register:
    """Firms a and b in the town of the east."""
    made = Register()
    town = Entity(id="town:east", kind=EntityKind.TOWN, names=(Name("东镇"),), source="test")
    firms = tuple(Entity(id=n, kind=EntityKind.FIRM, names=(Name(f"{n}厂"),), source="test") for n in ("a", "b"))
    relations = tuple(
        Relation(kind=RelationKind.LOCATED_IN_TOWN, from_id=f.id, to_id=town.id, basis=Basis.REGISTERED, source="test")
        for f in firms
    )
    made.append(Batch(DAY, "test", (town, *firms), relations))
    return made


def reader(store: FigureStore, known_at: dt.date = dt.date(2030, 1, 1), text: str = OPERATION) -> MonthReader:
    return MonthReader(spec(text), store, register(), known_at)


def open_store(folder: Path, *batches: tuple[dt.date, pl.DataFrame]) -> FigureStore:
    store = FigureStore(folder / "figures")
    for day, table in batches:
        store.append(table, day, "test")
    return store
