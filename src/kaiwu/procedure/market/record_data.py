"""Needs, offers and deals as plain data and back (存取格式): what a line of a market file holds.

Owns that passage. A hard constraint is kept as it was written and compiled again when read.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from kaiwu.match.attribute import Attributes
from kaiwu.match.constraint import compile_constraints
from kaiwu.match.deal import Deal
from kaiwu.match.record import MatchKind, Need, Offer, Record, Window
from kaiwu.quantity import Quantity, find_unit

AND = " 且 "


def print_record(record: Record | Deal) -> dict[str, Any]:
    """A record as JSON data, with its ``side``."""
    if isinstance(record, Deal):
        return {
            "side": "deal", "code": record.code, "title": record.title, "text": record.text, "provider": record.provider, "client": record.client,
            "fields": dict(record.fields), "source": record.source, "synthetic": record.is_synthetic,
        }  # fmt: skip
    data: dict[str, Any] = {
        "side": "need" if isinstance(record, Need) else "offer", "code": record.code, "kind": record.kind.value, "title": record.title, "text": record.text,
        "fields": dict(record.fields), "party": record.party, "group": record.group, "quantity": _print_quantity(record.quantity),
        "start": _print_day(record.window.start), "end": _print_day(record.window.end), "place": record.place,
        "certificates": list(record.certificates), "classes": list(record.classes), "expiry": _print_day(record.expiry), "source": record.source,
        "synthetic": record.is_synthetic,
    }  # fmt: skip
    if isinstance(record, Need):
        data |= {
            "constraints": AND.join(f"({c.text})" if " 或 " in c.text else c.text for c in record.constraints),
            "regions": list(record.regions),
        }
    if isinstance(record, Offer):
        data["capacity"] = _print_quantity(record.capacity)
    return data


def read_record(data: Mapping[str, Any], attributes: Attributes) -> Record | Deal:
    """A record from JSON data."""
    if data["side"] == "deal":
        keys = ("code", "title", "text", "provider", "client", "fields", "source")
        return Deal(**{key: data[key] for key in keys}, is_synthetic=data["synthetic"])
    kind = MatchKind(data["kind"])
    shared: dict[str, Any] = {key: data[key] for key in ("code", "title", "text", "fields", "party", "group", "place", "source")} | {
        "kind": kind, "quantity": _read_quantity(data["quantity"]), "window": Window(_read_day(data["start"]), _read_day(data["end"])),
        "certificates": tuple(data["certificates"]), "classes": tuple(data["classes"]), "expiry": _read_day(data["expiry"]), "is_synthetic": data["synthetic"],
    }  # fmt: skip
    if data["side"] == "need":
        constraints = compile_constraints(data["constraints"], attributes.vocabularies[kind])
        return Need(**shared, constraints=constraints, regions=tuple(data["regions"]))
    return Offer(**shared, capacity=_read_quantity(data["capacity"]))


def _print_quantity(quantity: Quantity | None) -> list[Any] | None:
    return None if quantity is None else [quantity.amount.numerator, quantity.amount.denominator, quantity.unit.code]


def _read_quantity(data: list[Any] | None) -> Quantity | None:
    return None if data is None else Quantity(Fraction(data[0], data[1]), find_unit(data[2]))


def _print_day(day: dt.date | None) -> str | None:
    return None if day is None else day.isoformat()


def _read_day(text: str | None) -> dt.date | None:
    return None if text is None else dt.date.fromisoformat(text)
