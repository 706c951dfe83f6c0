"""The words of firm names that packs bring (名称用词): ``names/*.yaml`` and ``names/*.csv`` of a library as one grammar.

Owns the keys of these files and joining the packs. What the words do is ``kaiwu.identity.naming``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from kaiwu.figure.entry import Entry
from kaiwu.identity.naming.grammar import NameGrammar, Region
from kaiwu.pack.alias_shelf import is_alias_table
from kaiwu.pack.library import Library
from kaiwu.pack.pack import Pack
from kaiwu.quantity import KaiwuError, Problem

NAME_KEYS = (
    "source",
    "levels",
    "forms",
    "groups",
    "branches",
    "trades",
    "clipped",
    "joint",
    "regions",
    "short",
    "aliases",
)
CHARACTER_COLUMNS = ("simplified", "traditional")


def open_grammar(library: Library) -> NameGrammar:
    """The words of all packs of a library. Raises ``KaiwuError`` with every mistake of their files."""
    return build_grammar(shelf.pack for shelf in library.shelves.values())


def build_grammar(packs: Iterable[Pack]) -> NameGrammar:
    """The words of packs that stand in order of dependency."""
    words = _Words()
    for pack in packs:
        for name in pack.names("names"):
            words.read(pack, name)
        for name in pack.names("names", ".csv"):
            if not is_alias_table(name):
                words.read_characters(pack, name)
    if words.problems:
        raise KaiwuError(words.problems)
    return words.finish()


class _Words:
    """Gathers words and mistakes over files."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.lists: dict[str, list[str]] = {k: [] for k in ("levels", "groups", "branches", "trades", "joint")}
        self.forms: dict[str, str] = {}
        self.clipped: dict[str, str] = {}
        self.short: dict[str, str] = {}
        self.aliases: dict[str, tuple[str, ...]] = {}
        self.parents: dict[str, list[str]] = {}  # division -> what it may lie in
        self.characters: dict[int, str] = {}

    def read(self, pack: Pack, name: str) -> None:
        """One YAML file."""
        document = pack.document(name)
        data = document.data.get("names") if isinstance(document.data, dict) else None
        if not isinstance(data, Mapping):
            zh, en = "要写 names: {…}", "write names: {…}"
            self.problems.append(document.problem("F-KEY-TYPE", zh, en, "names"))
            return
        entry = Entry(document, ("names",), data, self.problems)
        entry.check_keys(NAME_KEYS)
        for key, words in self.lists.items():
            words += [w for w in entry.texts(key) if w not in words]
        self.forms |= self._texts_by_text(entry, "forms")
        self.clipped |= self._texts_by_text(entry, "clipped")
        self.short |= self._texts_by_text(entry, "short")
        aliases = self._inner(entry, "aliases")
        self.aliases |= {division: aliases.texts(division) for division in aliases.data}
        regions = self._inner(entry, "regions")
        for parent in regions.data:
            self.parents.setdefault(parent, [])
            for child in regions.texts(parent):
                self.parents.setdefault(child, []).append(parent)

    def _inner(self, entry: Entry, key: str) -> Entry:
        data = entry.data.get(key) or {}
        if not isinstance(data, Mapping):
            entry.complain("F-KEY-TYPE", f"“{key}”下要写 键: 值", f"“{key}” is a mapping", key)
            data = {}
        return Entry(entry.document, (*entry.path, key), data, self.problems)

    def _texts_by_text(self, entry: Entry, key: str) -> dict[str, str]:
        inner = self._inner(entry, key)
        return {word: inner.text(word, required=True) for word in inner.data}

    def read_characters(self, pack: Pack, name: str) -> None:
        """One table of characters: ``simplified``, ``traditional`` (one or several without a blank)."""
        for line, row in enumerate(pack.rows(name), start=2):
            simplified, traditional = (row.get(c, "") for c in CHARACTER_COLUMNS)
            if len(simplified) != 1 or not traditional:
                zh, en = "每行一个简体字和对应的繁体字", "one simplified character and its traditional ones per row"
                self.problems.append(Problem("P-NAME-CHARACTER", zh, en, where=f"{pack.code}/{name}:{line}"))
                continue
            self.characters |= {ord(c): simplified for c in traditional if c != simplified}

    def finish(self) -> NameGrammar:
        """The grammar of everything that was read."""
        regions: dict[str, tuple[Region, ...]] = {}
        for name in self.parents:
            for parent in self.parents[name] or [""]:
                region = Region(self._plain(name), self._lineage(name, parent), self.aliases.get(name, ()))
                for spelling in {name, region.zh}:
                    regions[spelling] = (*regions.get(spelling, ()), region)
        lists = {k: tuple(v) for k, v in self.lists.items() if k != "levels"}
        return NameGrammar(self.forms, clipped=self.clipped, regions=regions, characters=self.characters, **lists)

    def _plain(self, name: str) -> str:
        """A division without its level: 南京 for 南京市. One-character rests keep it."""
        if name in self.short:
            return self.short[name]
        level = next((w for w in sorted(self.lists["levels"], key=len, reverse=True) if name.endswith(w)), "")
        return name[: len(name) - len(level)] if len(name) - len(level) >= 2 else name

    def _lineage(self, name: str, parent: str) -> tuple[str, ...]:
        lineage = [self._plain(name)]
        while parent and self._plain(parent) not in lineage:
            lineage.append(self._plain(parent))
            parent = next(iter(self.parents.get(parent, ())), "")
        return tuple(lineage)
