"""Brands and short names of firms that packs bring (品牌与简称): the tables ``names/alias*.csv`` of a library.

Owns the columns of these tables and giving the names to entities of a register. A firm is named by its credit code or by its full legal name;
one that the register does not know is left alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from kaiwu.identity import Entity, Name, NameKind, normalise_name
from kaiwu.pack.library import Library
from kaiwu.quantity import KaiwuError, Problem

ALIAS_COLUMNS = ("firm", "alias", "kind", "source")
KINDS = {"short": NameKind.SHORT, "brand": NameKind.BRAND}


@dataclass(frozen=True, slots=True)
class Alias:
    """One brand or short name (别称) of a firm, named by its code or its full name."""

    firm: str
    name: Name


def is_alias_table(name: str) -> bool:
    """Whether a file of a pack's folder of names is such a table."""
    return PurePosixPath(name).name.startswith("alias")


def read_aliases(library: Library) -> tuple[Alias, ...]:
    """The aliases of all packs in order of dependency. Raises ``KaiwuError`` with every mistake of their tables."""
    found: list[Alias] = []
    problems: list[Problem] = []
    for shelf in library.shelves.values():
        for name in filter(is_alias_table, shelf.pack.names("names", ".csv")):
            for line, row in enumerate(shelf.pack.rows(name), start=2):
                firm, alias, kind, source = ((row.get(c) or "").strip() for c in ALIAS_COLUMNS)
                if firm and alias and source and kind in KINDS:
                    found.append(Alias(firm, Name(alias, KINDS[kind], source)))
                    continue
                zh = "每行写 firm(代码或全称)、alias、kind(short 或 brand)、source"
                en = "a row has firm (code or full name), alias, kind (short or brand) and source"
                problems.append(Problem("P-NAME-ALIAS", zh, en, where=f"{shelf.pack.code}/{name}:{line}"))
    if problems:
        raise KaiwuError(problems)
    return tuple(found)


def add_aliases(entities: Iterable[Entity], aliases: Sequence[Alias]) -> Iterator[Entity]:
    """Entities with their aliases behind their own names."""
    by_firm: dict[str, list[Name]] = {}
    for alias in aliases:
        by_firm.setdefault(normalise_name(alias.firm), []).append(alias.name)
    for entity in entities:
        keys = {normalise_name(n.text) for n in entity.names if n.is_official} | (
            {entity.uscc} if entity.uscc else set()
        )
        own = {n.text for n in entity.names}
        more = [name for key in sorted(keys & by_firm.keys()) for name in by_firm[key] if name.text not in own]
        yield replace(entity, names=(*entity.names, *more)) if more else entity
