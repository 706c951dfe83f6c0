"""The programmes of all packs of a library (兑付方案), each checked against the rulebook that it pays.

Owns which files are read and that no code stands twice. It does not own the keys (``programme_reader``).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from kaiwu.pack.programme import Programme
from kaiwu.pack.programme_reader import read_programme
from kaiwu.pack.shelf import Shelf
from kaiwu.quantity import KaiwuError, Problem
from kaiwu.rule.rulebook import Head


def read_programmes(
    shelves: Mapping[str, Shelf], heads: Mapping[str, tuple[str, str, Head]], problems: list[Problem]
) -> dict[str, Programme]:
    """Programmes by code, in order of packs; their mistakes are added to ``problems``."""
    found: dict[str, Programme] = {}
    for shelf in shelves.values():
        for name in shelf.pack.names("programmes"):
            try:
                document = shelf.pack.document(name)
                made = read_programme(
                    document, pack=shelf.pack.code, heads=heads, clauses=partial(_clause_ids, shelves, heads),
                    catalogue=shelf.catalogue, sources=shelf.sources, is_synthetic=shelf.pack.is_synthetic,
                )  # fmt: skip
            except KaiwuError as error:
                problems += error.problems
                continue
            if made.code in found:
                zh = f"兑付方案“{made.code}”已在 {found[made.code].where} 中"
                en = f"programme “{made.code}” stands in {found[made.code].where} already"
                problems.append(document.problem("P-TWICE", zh, en, "programme"))
            found[made.code] = made
    return found


def _clause_ids(
    shelves: Mapping[str, Shelf], heads: Mapping[str, tuple[str, str, Head]], rulebook: str
) -> tuple[str, ...]:
    """The clause ids of a rulebook as written; its own loader tells what is wrong with them."""
    pack, name, _ = heads[rulebook]
    data = shelves[pack].pack.document(name).data
    rows = data.get("clauses") if isinstance(data, dict) else None
    return tuple(str(row["id"]) for row in rows or () if isinstance(row, dict) and row.get("id"))
