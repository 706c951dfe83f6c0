"""Values in a programme file (兑付方案): mappings, lists, grounds, amounts, shares, names of variables.

Owns typed reading. It does not own the keys (``programme_reader``).
"""

from __future__ import annotations

from collections.abc import Collection
from fractions import Fraction
from typing import Any

from kaiwu.figure.catalogue import Catalogue
from kaiwu.figure.entry import Entry
from kaiwu.pack.programme import Ground
from kaiwu.quantity import RATIO_ONE, KaiwuError, parse_quantity
from kaiwu.quantity.dimension import MONEY, RATIO, Dimension
from kaiwu.rule.rulebook import STANDINGS


class ProgrammeValues:
    """Reads values of one file; every mistake goes to ``entry.problems``."""

    def __init__(self, entry: Entry, catalogue: Catalogue, sources: Collection[str]) -> None:
        self.entry, self.catalogue, self.sources = entry, catalogue, sources

    def sub(self, entry: Entry, key: str) -> Entry:
        """The mapping below a key; anything else there is a mistake."""
        value = entry.data.get(key)
        if value is not None and not isinstance(value, dict):
            entry.complain("F-KEY-TYPE", f"“{key}”下面要写键", f"“{key}” needs keys below it", key)
        return Entry(entry.document, (*entry.path, key), value if isinstance(value, dict) else {}, entry.problems)

    def rows(self, key: str, entry: Entry | None = None, rows: Any = None) -> list[Entry]:
        """The mappings of a list below a key."""
        entry = entry or self.entry
        rows = entry.data.get(key) if rows is None else rows
        if rows is None:
            return []
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            entry.complain("F-KEY-TYPE", f"“{key}”要写列表, 每项写键", f"“{key}” wants a list of mappings", key)
            return []
        return [Entry(entry.document, (*entry.path, key, i), row, entry.problems) for i, row in enumerate(rows)]

    def ground(self, entry: Entry) -> Ground:
        """What a declared fact rests on."""
        source = entry.text("source")
        self.check_source(entry, source)
        standing = entry.choice("standing", STANDINGS, "attested")
        return Ground(entry.text("article"), standing, source, entry.text("note"))

    def check_source(self, entry: Entry, source: str) -> None:
        """A source must stand in sources.csv."""
        if source and source not in self.sources:
            entry.complain(
                "P-SOURCE", f"来源“{source}”不在 sources.csv 中", f"source “{source}” is not in sources.csv", "source"
            )

    def variable(self, entry: Entry, name: str, *keys: str) -> None:
        """A variable must be declared."""
        try:
            self.catalogue.get(name) or self.catalogue.find(name)
        except KaiwuError as error:
            entry.problems += [p.located(entry.document.where(*entry.path, *keys)) for p in error.problems]

    def money(self, entry: Entry, key: str) -> int | None:
        """Whole fen, not negative; None where absent or wrong."""
        base = self.quantity(entry, key, MONEY)
        if base is None:
            return None
        if base.denominator != 1 or base < 0:
            entry.complain("F-KEY-TYPE", "金额要精确到分且不为负", "an amount is whole fen and not negative", key)
            return None
        return int(base)

    def ratio(self, entry: Entry, key: str, *, required: bool = False) -> Fraction | None:
        """A share from 0 to 1; None where absent or wrong."""
        base = self.quantity(entry, key, RATIO)
        if base is None:
            if required and entry.data.get(key) is None:
                entry.complain("F-KEY-MISSING", f"缺少“{key}”, 请补上", f"“{key}” is missing; add it")
            return None
        share = base / RATIO_ONE
        if not 0 <= share <= 1:
            entry.complain("P-PROGRAMME-SHARE", "份额在 0% 到 100% 之间", "a share is from 0 % to 100 %", key)
            return None
        return share

    def quantity(self, entry: Entry, key: str, dimension: Dimension) -> Fraction | None:
        """Base units of a quantity with its unit; None where absent or wrong."""
        text = entry.text(key)
        if not text:
            return None
        try:
            return parse_quantity(text, dimension=dimension).base
        except KaiwuError as error:
            entry.problems += [p.located(entry.document.where(*entry.path, key)) for p in error.problems]
            return None
