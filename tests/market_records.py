"""Small needs and offers for tests of the market."""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import Any

from kaiwu.match.attribute import Attributes, load_attributes
from kaiwu.match.constraint import compile_constraints
from kaiwu.match.record import MatchKind, Need, Offer
from kaiwu.pack import builtin_packs, open_library
from kaiwu.quantity import date_index

DAY = dt.date(2026, 3, 1)


@cache
def attributes() -> Attributes:
    pack = open_library(["market"], [builtin_packs()]).shelves["market"].pack
    return load_attributes([pack.document("match/attribute.yaml")])


def stored(**stated: Any) -> dict[str, int | str]:
    """Attribute values as stored: numbers in the attribute's own unit, days as dates."""
    out: dict[str, int | str] = {}
    for code, value in stated.items():
        if isinstance(value, str):
            out[code] = value
        elif isinstance(value, dt.date):
            out[code] = date_index(value)
        else:
            variable = attributes().catalogue.variables[code]
            factor = variable.unit.factor if variable.unit else 1
            out[code] = round(value * factor / variable.grain)
    return out


def need(
    code: str,
    title: str,
    kind: MatchKind = MatchKind.PART,
    constraints: str = "",
    *,
    fields: dict[str, Any] | None = None,
    **more: Any,
) -> Need:
    compiled = compile_constraints(constraints, attributes().vocabularies[kind])
    return Need(code=code, kind=kind, title=title, constraints=compiled, fields=stored(**(fields or {})), **more)


def offer(
    code: str, title: str, kind: MatchKind = MatchKind.PART, *, fields: dict[str, Any] | None = None, **more: Any
) -> Offer:
    return Offer(code=code, kind=kind, title=title, fields=stored(**(fields or {})), **more)
