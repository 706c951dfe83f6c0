"""Decides rows of facts outside any workspace: the answer to "what if these were the figures".

Owns the step from named facts to a scheme's answers. Nothing is stored.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from kaiwu.figure.fact_sheet import read_facts
from kaiwu.pack.case import make_facts
from kaiwu.pack.library import Library, builtin_packs, find_packs, open_library
from kaiwu.quantity import KaiwuError, Problem
from kaiwu.rule.decision import Decision, Facts, Result, Scheme
from kaiwu.rule.rulebook import Head


@dataclass(frozen=True, slots=True)
class Decided:
    """Answers for rows: the scheme, the facts as stored integers, and the tables."""

    scheme: Scheme
    facts: Facts
    result: Result

    def decisions(self) -> list[Decision]:
        """Every decision with its reasons, in the order of the rows."""
        return [
            d for entity in self.facts.table["entity"] for d in self.scheme.explain(self.facts, entity, self.result)
        ]


def find_scheme(
    code: str, as_of: dt.date, roots: Sequence[Path] = (), pack: str | None = None
) -> tuple[Library, Scheme]:
    """The scheme of a code, or the version of a family that is in force on a day, with the library that holds it.

    Only the packs that name it (or the given one) are opened.
    """
    places = [*roots, builtin_packs()]
    found = find_packs(places)
    names = [pack] if pack else [n for n, folder in found.items() if _mentions(folder, code)]
    if not names:
        raise KaiwuError(
            Problem(
                "P-SCHEME",
                f"没有方案“{code}”; 用 kaiwu schemes 查看",
                f"no scheme “{code}”: “kaiwu schemes” lists them",
            )
        )
    library = open_library(names, places)
    if code in library.heads:
        return library, library.scheme(code)
    return library, library.version_of(code, as_of)


def refuse_out_of_force(head: Head, as_of: dt.date, rated: int) -> None:
    """A rulebook that is not in force decides nothing new. Raises ``KaiwuError`` naming its validity."""
    if head.status == "template" or head.is_in_force(as_of, rated):
        return
    valid = head.validity
    span = f"{valid.valid_from or '…'} – {valid.repealed or valid.valid_to or '…'}"
    raise KaiwuError(
        Problem(
            "P-VALIDITY",
            f"{head.zh} 在 {as_of}(评价年度 {rated})不在施行期({span}); 请改 --as-of, 或用现行版本 {head.family}",
            f"{head.en} is not in force on {as_of} (rated year {rated}; {span}): change --as-of, or use the version in force of {head.family}",
            where=head.code,
        )
    )


def _mentions(folder: Path, code: str) -> bool:
    for path in sorted(folder.glob("rulebooks/*.yaml")):
        with path.open(encoding="utf-8") as file:
            head = [line.split("#")[0].strip() for line in file.readlines()[:40]]
        if f"rulebook: {code}" in head or f"family: {code}" in head:
            return True
    return False


def decide(
    scheme: str,
    facts: Mapping[str, Mapping[str, Any]] | Sequence[Mapping[str, Any]],
    *,
    as_of: dt.date,
    rated: int | None = None,
    roots: Sequence[Path] = (),
    pack: str | None = None,
) -> Decided:
    """Decide rows of facts under a scheme.

    ``facts`` are mappings from names (Chinese, code, ``名称@-1`` or ``2023年名称``) to values with units; a sequence is
    numbered, a mapping names the rows. All problems of all rows come together as ``KaiwuError``.
    """
    library, compiled = find_scheme(scheme, as_of, roots, pack)
    rows = facts if isinstance(facts, Mapping) else {str(row.get("id", i + 1)): row for i, row in enumerate(facts)}
    pack_code, _, head = library.heads[compiled.code]
    shelf = library.shelves[pack_code]
    year = rated if rated is not None else head.rated_year(as_of)
    refuse_out_of_force(head, as_of, year)
    people = {name: {k: v for k, v in row.items() if k != "id"} for name, row in rows.items()}
    problems: list[Problem] = []
    for name, row in people.items():
        try:
            make_facts(compiled, shelf, {name: row}, as_of, year)
        except KaiwuError as error:
            problems += [p.located(f"{name}:") for p in error.problems]
    if problems:
        raise KaiwuError(problems)
    table = make_facts(compiled, shelf, people, as_of, year)
    return Decided(compiled, table, compiled.decide(table))


def decide_file(
    scheme: str,
    source: Path | str | bytes,
    *,
    as_of: dt.date,
    rated: int | None = None,
    roots: Sequence[Path] = (),
    pack: str | None = None,
) -> Decided:
    """Decide the rows of a CSV, Excel or JSON-lines file (``-``: standard input), whose heads are names of variables."""
    library, compiled = find_scheme(scheme, as_of, roots, pack)
    pack_code, _, head = library.heads[compiled.code]
    year = rated if rated is not None else head.rated_year(as_of)
    refuse_out_of_force(head, as_of, year)
    needs = {need.slot: need for need in compiled.needs()}
    variables = {
        **library.shelves[pack_code].catalogue.variables,
        **{n.variable.code: n.variable for n in needs.values()},
    }
    sheet = read_facts(source, variables, rated_year=year)
    if sheet.problems:
        raise KaiwuError(sheet.problems)
    absent = [pl.lit(None, dtype=pl.Int64).alias(slot) for slot in needs if slot not in sheet.table.columns]
    facts = Facts(sheet.table.with_columns(absent), as_of, year)
    return Decided(compiled, facts, compiled.decide(facts))
