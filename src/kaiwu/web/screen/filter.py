"""Filters of a screen (筛选): a choice, a period, a range of numbers.

Owns reading a filter's value from the address and applying it. Nonsense in an address is no filter, never an error page.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from django.db.models import Model, Q, QuerySet

from kaiwu.web.wording import language, pick

Options = Mapping[str, tuple[str, str]] | Callable[[QuerySet[Model]], Sequence[tuple[str, str]]]
CHOICES = 300
"""Values of a choice at most; more is what the search is for."""


class Filter(Protocol):
    """What a list asks of a filter."""

    @property
    def code(self) -> str:
        """Its name in the address."""
        ...

    def condition(self, query: Mapping[str, str]) -> Q | None:
        """The condition that the address asks for; ``None`` where it asks for none."""
        ...

    def shown(self, query: Mapping[str, str], rows: QuerySet[Model]) -> dict[str, Any]:
        """What the filter card needs."""
        ...


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the values of a field. ``options``: the texts of its codes, or a function of the visible rows; else the values found."""

    code: str
    zh: str
    en: str
    lookup: str = ""
    options: Options | None = None

    def condition(self, query: Mapping[str, str]) -> Q | None:
        """Equal to the chosen value."""
        value = query.get(self.code, "")
        return Q(**{self.lookup or self.code: value}) if value else None

    def shown(self, query: Mapping[str, str], rows: QuerySet[Model]) -> dict[str, Any]:
        """A select with every value."""
        value = query.get(self.code, "")
        every = [{"value": "", "label": pick("全部", "all"), "selected": not value}]
        options = every + [{"value": v, "label": label, "selected": v == value} for v, label in self._options(rows)]
        return {
            "name": self.code,
            "label": pick(self.zh, self.en),
            "kind": "select",
            "value": value,
            "options": options,
        }

    def _options(self, rows: QuerySet[Model]) -> Sequence[tuple[str, str]]:
        if callable(self.options):
            return self.options(rows)
        if self.options is not None:
            return [(code, words[language() == "en"]) for code, words in self.options.items()]
        lookup = self.lookup or self.code
        values = rows.order_by(lookup).values_list(lookup, flat=True).distinct()[:CHOICES]
        return [(str(v), str(v)) for v in values if v not in (None, "")]


@dataclass(frozen=True, slots=True)
class Period:
    """From a day to a day, both included (起止日期)."""

    code: str
    zh: str
    en: str
    lookup: str = ""

    def condition(self, query: Mapping[str, str]) -> Q | None:
        """Not before the first and not after the last day."""
        lookup = self.lookup or self.code
        bounds = {
            f"{lookup}__gte": _day(query.get(f"{self.code}_from", "")),
            f"{lookup}__lte": _day(query.get(f"{self.code}_to", "")),
        }
        given = {key: day for key, day in bounds.items() if day is not None}
        return Q(**given) if given else None

    def shown(self, query: Mapping[str, str], rows: QuerySet[Model]) -> dict[str, Any]:
        """Two days."""
        return _bounds(self, "date", query)


@dataclass(frozen=True, slots=True)
class Range:
    """From a number to a number, both included (数值范围), in ``factor`` stored units: 万元 of fen is 1,000,000."""

    code: str
    zh: str
    en: str
    lookup: str = ""
    factor: int = 1

    def condition(self, query: Mapping[str, str]) -> Q | None:
        """Not below the lowest and not above the highest."""
        lookup = self.lookup or self.code
        bounds = {
            f"{lookup}__gte": _number(query.get(f"{self.code}_from", "")),
            f"{lookup}__lte": _number(query.get(f"{self.code}_to", "")),
        }
        given = {key: n * self.factor for key, n in bounds.items() if n is not None}
        return Q(**given) if given else None

    def shown(self, query: Mapping[str, str], rows: QuerySet[Model]) -> dict[str, Any]:
        """Two numbers."""
        return _bounds(self, "text", query)


def _bounds(asked: Period | Range, kind: str, query: Mapping[str, str]) -> dict[str, Any]:
    low, high = query.get(f"{asked.code}_from", ""), query.get(f"{asked.code}_to", "")
    return {
        "name": asked.code,
        "label": pick(asked.zh, asked.en),
        "kind": "range",
        "input": kind,
        "value_from": low,
        "value_to": high,
    }


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _number(text: str) -> int | None:
    digits = text.strip().removeprefix("-")
    return int(text) if digits.isdecimal() and len(digits) <= 15 else None
