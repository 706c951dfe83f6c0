"""What was learnt about entities at one time (批次), as values and as one flat table.

Owns the batch and its table of integers and strings. It does not own files (``store``) or what follows
from several batches (``register``).

The table has one row per fact; ``record`` says which. An entity's row comes before its names and codes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from typing import Any, TypeVar

import polars as pl

from kaiwu.identity.entity import (
    USCC,
    Basis,
    Code,
    Entity,
    EntityKind,
    Name,
    NameKind,
    Relation,
    RelationKind,
    raise_problems,
)
from kaiwu.quantity.problem import KaiwuError, Problem

SCHEMA: dict[str, type[pl.DataType]] = {
    "record": pl.String,  # entity, name, code or relation
    "entity_id": pl.String,
    "kind": pl.String,  # of the entity, the name or the relation; the system of a code
    "text": pl.String,  # of the name or the code; the basis of a relation
    "to_id": pl.String,
    "share_numerator": pl.Int64,
    "share_denominator": pl.Int64,
    "valid_from": pl.String,  # 2021-04-08
    "valid_to": pl.String,
    "source": pl.String,
}


@dataclass(frozen=True, slots=True)
class Batch:
    """Facts that became known on one day from one source (批次).

    A fact said again, with days that overlap the earlier ones, replaces it from this batch on: that is how
    a name or a tenancy is ended. The earlier batch stays as it was.
    """

    known_at: dt.date
    source: str
    entities: tuple[Entity, ...] = ()
    relations: tuple[Relation, ...] = ()


def batch_to_frame(batch: Batch) -> pl.DataFrame:
    """The facts of a batch as a table by ``SCHEMA``, in the order given."""
    return pl.DataFrame([*_list_rows(batch)], schema=SCHEMA, orient="row")


def _list_rows(batch: Batch) -> Iterator[tuple[Any, ...]]:
    for entity in batch.entities:
        yield ("entity", entity.id, entity.kind.value, None, None, None, None, None, None, entity.source)
        for name in entity.names:
            yield (
                "name",
                entity.id,
                name.kind.value,
                name.text,
                None,
                None,
                None,
                *_print_days(name),
                name.source,
            )
        for code in entity.codes:
            yield (
                "code",
                entity.id,
                code.system,
                code.text,
                None,
                None,
                None,
                *_print_days(code),
                code.source,
            )
    for r in batch.relations:
        share = (r.share.numerator, r.share.denominator) if r.share is not None else (None, None)
        basis = r.basis.value if r.basis else None
        yield ("relation", r.from_id, r.kind.value, basis, r.to_id, *share, *_print_days(r), r.source)


def _print_days(span: Name | Code | Relation) -> tuple[str | None, str | None]:
    days = (span.valid_from, span.valid_to)
    return (days[0].isoformat() if days[0] else None, days[1].isoformat() if days[1] else None)


def batch_from_frame(frame: pl.DataFrame, known_at: dt.date, source: str) -> Batch:
    """The batch of a table by ``SCHEMA``. Raises ``KaiwuError`` with every unreadable row (rows from 1)."""
    _require_columns(frame, SCHEMA)
    reader = _Reader()
    entities: dict[str, Entity] = {}
    relations: list[Relation] = []
    for row in reader.read(frame):
        if row["record"] == "entity":
            if row["entity_id"] in entities:
                reader.complain("I-ENTITY-TWICE", "主体在本批中出现两次", "the entity occurs twice in the batch")
            elif (entity := reader.read_entity(row)) is not None:
                entities[entity.id] = entity
        elif row["record"] == "relation":
            relations += reader.keep(reader.read_relation(row))
        else:
            reader.add_to(entities, row)
    raise_problems(reader.problems)
    return Batch(known_at, source, tuple(entities.values()), tuple(relations))


def entities_from_frame(frame: pl.DataFrame) -> tuple[Entity, ...]:
    """Entities from a plain list, one row each.

    Columns: ``id``, ``kind``; and if present ``name`` (legal), ``short_name``, ``former_name``, ``uscc``,
    ``valid_from`` (of the legal name) and ``source``. Blank cells are unknown. Raises ``KaiwuError`` with
    every unreadable row.
    """
    _require_columns(frame, ("id", "kind"))
    reader = _Reader()
    found = [e for row in reader.read(frame) for e in reader.keep(_read_plain_entity(reader, row))]
    raise_problems(reader.problems)
    return tuple(found)


def relations_from_frame(frame: pl.DataFrame) -> tuple[Relation, ...]:
    """Relations from a plain list, one row each.

    Columns: ``kind``, ``from_id``, ``to_id``; and if present ``share_numerator``, ``share_denominator``,
    ``basis``, ``valid_from``, ``valid_to``, ``source``. Raises ``KaiwuError`` with every unreadable row.
    """
    _require_columns(frame, ("kind", "from_id", "to_id"))
    reader = _Reader()
    plain = frame.rename({"from_id": "entity_id", **({"basis": "text"} if "basis" in frame.columns else {})})
    found = [r for row in reader.read(plain) for r in reader.keep(reader.read_relation(row))]
    raise_problems(reader.problems)
    return tuple(found)


def _read_plain_entity(reader: _Reader, row: dict[str, Any]) -> Entity | None:
    source = row.get("source") or ""
    kind = reader.choose(EntityKind, row["kind"])
    since = reader.read_day(row, "valid_from")
    kinds = (("name", NameKind.LEGAL), ("short_name", NameKind.SHORT), ("former_name", NameKind.FORMER))
    names = tuple(
        Name(row[column], name_kind, source, valid_from=since if name_kind is NameKind.LEGAL else None)
        for column, name_kind in kinds
        if row.get(column)
    )
    codes = (Code(USCC, row["uscc"], source),) if row.get("uscc") else ()
    return Entity(row["id"] or "", kind, names, codes, source) if kind else None


E = TypeVar("E", bound=StrEnum)
T = TypeVar("T")


class _Reader:
    """Reads rows and gathers what is wrong with them."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.row = 0

    def read(self, frame: pl.DataFrame) -> Iterator[dict[str, Any]]:
        for self.row, row in enumerate(frame.iter_rows(named=True), start=1):
            yield row

    def keep(self, found: T | None) -> tuple[T, ...]:
        return () if found is None else (found,)

    def complain(self, code: str, zh: str, en: str, text: str = "") -> None:
        self.problems.append(Problem(code, zh, en, where=f"row {self.row}", text=text))

    def choose(self, kind: Callable[[str], E], text: str | None) -> E | None:
        try:
            return kind(text or "")
        except ValueError:
            known = " ".join(str(k) for k in kind)  # type: ignore[attr-defined]
            self.complain("I-KIND", f"未知的类型, 可用: {known}", f"unknown kind; use one of {known}", text or "")
            return None

    def read_day(self, row: dict[str, Any], column: str) -> dt.date | None:
        value = row.get(column)
        if value is None or value == "" or isinstance(value, dt.date):
            return value or None
        try:
            return dt.date.fromisoformat(value)
        except (ValueError, TypeError):
            zh, en = f"{column} 不是日期, 请写成 2021-04-08", f"{column} is no date: write 2021-04-08"
            self.complain("I-DATE", zh, en, str(value))
            return None

    def read_share(self, row: dict[str, Any]) -> Fraction | None:
        numerator, denominator = row.get("share_numerator"), row.get("share_denominator")
        if numerator is None and denominator is None:
            return None
        if numerator is None or not denominator:
            zh, en = (
                "份额须有分子和分母, 分母不为 0",
                "a share needs a numerator and a denominator other than 0",
            )
            self.complain("I-SHARE", zh, en)
            return None
        return Fraction(numerator, denominator)

    def read_entity(self, row: dict[str, Any]) -> Entity | None:
        kind = self.choose(EntityKind, row["kind"])
        return Entity(row["entity_id"] or "", kind, source=row["source"] or "") if kind else None

    def read_relation(self, row: dict[str, Any]) -> Relation | None:
        kind = self.choose(RelationKind, row["kind"])
        basis = self.choose(Basis, row["text"]) if row.get("text") else None
        share, since, until = (
            self.read_share(row),
            self.read_day(row, "valid_from"),
            self.read_day(row, "valid_to"),
        )
        if kind is None:
            return None
        ends = (row["entity_id"] or "", row["to_id"] or "")
        source = row.get("source") or ""
        return Relation(kind, *ends, share, basis, source, valid_from=since, valid_to=until)

    def add_to(self, entities: dict[str, Entity], row: dict[str, Any]) -> None:
        entity = entities.get(row["entity_id"])
        if entity is None or row["record"] not in ("name", "code"):
            zh, en = (
                "此行不是主体、名称、编码或关系, 或其主体不在前面",
                "no entity, name, code or relation, or its entity does not precede",
            )
            self.complain("I-RECORD", zh, en, str(row["record"]))
            return
        since, until = self.read_day(row, "valid_from"), self.read_day(row, "valid_to")
        text, source = row["text"] or "", row["source"] or ""
        if row["record"] == "code":
            code = Code(row["kind"] or "", text, source, valid_from=since, valid_to=until)
            entities[entity.id] = replace(entity, codes=(*entity.codes, code))
        elif (kind := self.choose(NameKind, row["kind"])) is not None:
            name = Name(text, kind, source, valid_from=since, valid_to=until)
            entities[entity.id] = replace(entity, names=(*entity.names, name))


def _require_columns(frame: pl.DataFrame, columns: Any) -> None:
    missing = [c for c in columns if c not in frame.columns]
    if missing:
        zh, en = f"缺列: {', '.join(missing)}", f"missing columns: {', '.join(missing)}"
        raise KaiwuError(Problem("I-COLUMN", zh, en))
