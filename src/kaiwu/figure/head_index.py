"""What the heads of a sheet can mean (表头对照): declared names on one side, heads as written on the other.

Owns matching one head, of one or several rows, against a template. It does not own which rows are heads
(``layout``) nor what two columns of one meaning are (``binding``). Matching is exact after folding; a group
above a head that says anything of its own (合并, 集团, 同比) makes it another head.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import product

from kaiwu.figure.head import HeadReading, fold_head, read_head, read_period_text, read_unit_text
from kaiwu.figure.import_template import IGNORED_HEADS, ColumnRule, ImportTemplate
from kaiwu.quantity.period import Period
from kaiwu.quantity.unit import Unit

MAX_READINGS = 200
"""Combinations tried for one head of several rows; real ones stay below 100."""

_REMARK = re.compile(r"\([^()]*\)$")


class Role(StrEnum):
    """What a column is for."""

    ENTITY = "entity"
    NAME = "name"
    PERIOD = "period"
    ATTRIBUTE = "attribute"
    VALUE = "value"
    IGNORED = "ignored"
    UNBOUND = "unbound"


@dataclass(frozen=True, slots=True)
class Target:
    """A declared meaning: a role, with the column rule of a value or the name of an attribute."""

    role: Role
    rule: ColumnRule | None = None
    attribute: str = ""
    rank: int = 0


@dataclass(frozen=True, slots=True)
class Match:
    """A head that means ``target``, with the units and periods found in it."""

    target: Target
    units: tuple[Unit, ...] = ()
    periods: tuple[Period, ...] = ()
    years_back: int = 0

    @property
    def key(self) -> tuple[object, ...]:
        """What makes two columns say the same thing."""
        rule = self.target.rule
        variable = rule.variable.code if rule else ""
        back = self.years_back + (rule.years_back if rule else 0)
        return self.target.role, self.target.attribute, variable, self.periods, back


class HeadIndex:
    """Declared names by their folded form. Made once per template."""

    def __init__(self, template: ImportTemplate) -> None:
        self._targets: dict[str, list[Target]] = {}
        self._groups = frozenset(map(fold_head, template.groups))
        self._cache: dict[tuple[str, ...], tuple[Match, ...]] = {}
        self._add_all(Target(Role.ENTITY), template.entity_heads)
        self._add_all(Target(Role.NAME), template.name_heads)
        self._add_all(Target(Role.PERIOD), template.period.column)
        for attribute, heads in template.attributes.items():
            self._add_all(Target(Role.ATTRIBUTE, attribute=attribute), heads)
        for rule in template.columns:
            self._add_all(Target(Role.VALUE, rule), rule.heads)
        for head in (*template.ignore, *IGNORED_HEADS):
            # A declared meaning goes before the usual columns that nobody reads.
            if fold_head(head) not in self._targets:
                self._add_all(Target(Role.IGNORED), (head,))

    def _add_all(self, target: Target, heads: tuple[str, ...]) -> None:
        for rank, head in enumerate(heads):
            ranked = Target(target.role, target.rule, target.attribute, rank)
            for spelling in {fold_head(head), fold_head(head).replace("/", "")}:
                self._targets.setdefault(spelling, []).append(ranked)

    @property
    def names(self) -> list[str]:
        """Every folded name, for suggestions."""
        return list(self._targets)

    def match(self, parts: tuple[str, ...]) -> tuple[Match, ...]:
        """Meanings of a head given from its upper to its lowest cell; several are an ambiguity, none unbound."""
        if parts not in self._cache:
            self._cache[parts] = tuple(self._match(parts))
        return self._cache[parts]

    def _match(self, parts: tuple[str, ...]) -> list[Match]:
        best: int | None = None
        found: dict[tuple[object, ...], Match] = {}
        for reading, units, periods in self._read(parts):
            for target in self._targets.get(reading.name, ()):
                if best is not None and reading.cut > best:
                    continue
                if best is None or reading.cut < best:
                    best, found = reading.cut, {}
                match = Match(target, units, periods, reading.years_back)
                found.setdefault(match.key, match)
        return list(found.values()) or self._match_lowest(parts)

    def _match_lowest(self, parts: tuple[str, ...]) -> list[Match]:
        """Keys, names and attributes are what they are under whatever group and with whatever remark (18位)."""
        folded = fold_head(parts[-1])
        targets = self._targets.get(folded) or self._targets.get(_REMARK.sub("", folded), [])
        return [Match(t) for t in targets if t.role not in (Role.VALUE, Role.IGNORED)]

    def is_key(self, text: str) -> bool:
        """Whether a head cell may be that of the key column."""
        return bool(text) and any(m.target.role == Role.ENTITY for m in self._match_lowest((text,)))

    def _read(self, parts: tuple[str, ...]) -> Iterator[tuple[HeadReading, tuple[Unit, ...], tuple[Period, ...]]]:
        named, units, periods = self._split(parts)
        choices = [read_head(part) for part in named]
        for tried, chosen in enumerate(product(*choices)):
            if tried > MAX_READINGS:
                return
            joined = HeadReading(
                "".join(r.name for r in chosen),
                years_back=sum(r.years_back for r in chosen),
                cut=sum(r.cut for r in chosen),
            )
            all_units = [*units, *(r.unit for r in chosen if r.unit is not None)]
            all_periods = [*periods, *(r.period for r in chosen if r.period is not None)]
            yield joined, tuple(dict.fromkeys(all_units)), tuple(dict.fromkeys(all_periods))

    def _split(self, parts: tuple[str, ...]) -> tuple[list[str], list[Unit], list[Period]]:
        """Parts that name something, and the units and periods that stand alone above or below them."""
        named: list[str] = []
        units: list[Unit] = []
        periods: list[Period] = []
        for at, part in enumerate(parts):
            is_last_hope = not named and at == len(parts) - 1
            if fold_head(part) in self._groups and at < len(parts) - 1:
                continue
            unit, period = read_unit_text(part), read_period_text(part, is_bare_year=True)
            if unit is not None and not is_last_hope:
                units.append(unit)
            elif period is not None and not is_last_hope:
                periods.append(period)
            else:
                named.append(part)
        return named, units, periods
