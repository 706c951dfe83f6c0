"""Tables read from a register as of a day, for joins and lists.

Owns their columns. Strings, integers and dates only; null is unknown; rows stand in the order of their keys.
"""

from __future__ import annotations

import datetime as dt

import polars as pl

from kaiwu.identity.entity import USCC, Basis, EntityKind, NameKind, RelationKind
from kaiwu.identity.register import Register
from kaiwu.quantity.problem import KaiwuError


def entity_frame(register: Register, as_of: dt.date, kind: EntityKind | None = None) -> pl.DataFrame:
    """One row per entity: ``id``, ``kind``, and ``name``, ``short_name``, ``uscc`` as of the day (String)."""
    rows = [
        (e.id, e.kind.value, e.name_at(as_of), next(iter(e.names_at(as_of, NameKind.SHORT)), None), e.uscc)
        for e in register.entities(kind)
    ]
    columns = ("id", "kind", "name", "short_name", "uscc")
    return pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row").sort("id")


def code_frame(register: Register, system: str = USCC) -> pl.DataFrame:
    """Codes of a system: ``code`` (levelled), ``entity_id``, ``valid_from``, ``valid_to`` (Date)."""
    rows = [
        (code.levelled, e.id, code.valid_from, code.valid_to)
        for e in register.entities()
        for code in e.codes
        if code.system == system
    ]
    schema = {"code": pl.String, "entity_id": pl.String, "valid_from": pl.Date, "valid_to": pl.Date}
    return pl.DataFrame(rows, schema=schema, orient="row").sort("code", "entity_id", "valid_from")


def relation_frame(register: Register, kind: RelationKind, as_of: dt.date) -> pl.DataFrame:
    """Relations of a kind on a day: ``from_id``, ``to_id``, ``basis``, ``share_numerator``,
    ``share_denominator`` (Int64; null where unknown)."""
    rows = [
        (
            r.from_id,
            r.to_id,
            r.basis.value if r.basis else None,
            r.share.numerator if r.share else None,
            r.share.denominator if r.share else None,
        )
        for r in register.relations(kind, as_of)
    ]
    schema = {
        "from_id": pl.String,
        "to_id": pl.String,
        "basis": pl.String,
        "share_numerator": pl.Int64,
        "share_denominator": pl.Int64,
    }
    return pl.DataFrame(rows, schema=schema, orient="row").sort("from_id", "to_id", "basis")


def town_frame(register: Register, as_of: dt.date, basis: Basis = Basis.REGISTERED) -> pl.DataFrame:
    """Where entities lie in one sense: ``entity_id``, ``town``, ``town_name``, ``parent``, ``problem``.

    The town is the one of the day, whatever the town of the record has become since. A town that cannot be
    told (split, no row for the day) is null and ``problem`` names the code of the reason: nobody is
    dropped.
    """
    located = relation_frame(register, RelationKind.LOCATED_IN_TOWN, as_of).filter(basis=basis.value)
    answers = [_answer_town(register, key, as_of) for key in located["to_id"].unique().sort()]
    columns = ("to_id", "town", "town_name", "parent", "problem")
    towns = pl.DataFrame(answers, schema=dict.fromkeys(columns, pl.String), orient="row")
    joined = located.join(towns, on="to_id", how="left").sort("from_id")
    return joined.select(pl.col("from_id").alias("entity_id"), *columns[1:])


def _answer_town(register: Register, key: str, day: dt.date) -> tuple[str | None, ...]:
    try:
        town = register.town_at(key, day)
    except KaiwuError as e:
        return (key, None, None, None, e.problems[0].code)
    return (key, town.key, town.name, town.parent or None, None)
