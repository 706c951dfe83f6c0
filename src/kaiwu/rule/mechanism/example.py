"""The worked examples of a mechanism (示例): one YAML file each, read for the tests and for the documentation.

Owns the shape of these files. An expectation cites its clause or its arithmetic, never an earlier output.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Any

from kaiwu.figure.catalogue import build_catalogue, load_variables
from kaiwu.figure.entry import Entry
from kaiwu.figure.fact import read_value
from kaiwu.quantity import KaiwuError, date_index
from kaiwu.rule.check import Checker
from kaiwu.rule.expression import slot_name
from kaiwu.rule.mechanism.context import MechanismContext, Path
from kaiwu.rule.rulebook import read_periods
from kaiwu.rule.vocabulary import Vocabulary
from kaiwu.table import Document, read_document

FOLDER = FilePath(__file__).parent / "examples"
FILE_KEYS = ("mechanism", "zh", "en", "says", "keys", "variables", "periods", "as_of", "rated", "examples")
EXAMPLE_KEYS = ("name", "source", "spec", "cases")
CASE_KEYS = ("facts", "expect", "cites")


@dataclass(frozen=True, slots=True)
class Case:
    """Facts of one firm, and the amount expected of them: one text, or ``[low, high]`` where facts are missing."""

    facts: Mapping[str, Any]
    expect: Any
    cites: str


@dataclass(frozen=True, slots=True)
class Example:
    """One spec with its cases. ``source`` is the clause whose shape it has, empty where it has none."""

    name: str
    source: str
    spec: Any
    path: Path
    cases: tuple[Case, ...]


@dataclass(frozen=True, slots=True)
class ExampleFile:
    """All examples of one mechanism, with the words they use. ``keys`` explains every key of the mapping."""

    mechanism: str
    zh: str
    en: str
    says: str
    keys: Mapping[str, str]
    vocabulary: Vocabulary
    as_of: dt.date
    rated: int
    examples: tuple[Example, ...]
    document: Document

    def context(self) -> MechanismContext:
        """A fresh context for rewriting specs of this file."""
        return MechanismContext(Checker(self.vocabulary), Entry(self.document, (), self.document.data, []))

    def row(self, facts: Mapping[str, Any]) -> dict[str, int | None]:
        """Stored integers by slot; ``营业收入@-1`` is the year before the rated one. What is not named is missing."""
        row: dict[str, int | None] = {"#as_of": date_index(self.as_of), "#rated": self.rated}
        for name, value in facts.items():
            word, _, offset = name.partition("@")
            variable = self.vocabulary.variables[word]
            row[slot_name(variable.code, int(offset or 0))] = read_value(variable, value)
        return row


def read_examples(mechanism: str) -> ExampleFile:
    """Read the example file of a mechanism. Raises ``KaiwuError`` with all mistakes of the file."""
    document = read_document(FOLDER / f"{mechanism}.yaml")
    entry = Entry(document, (), document.data, [])
    entry.check_keys(FILE_KEYS)
    periods = read_periods(Entry(document, ("periods",), entry.data.get("periods") or {}, entry.problems))
    examples = tuple(_read_example(entry, i) for i in range(len(entry.data.get("examples") or [])))
    file = ExampleFile(
        mechanism=entry.text("mechanism", required=True),
        zh=entry.text("zh", required=True),
        en=entry.text("en", required=True),
        says=entry.text("says", required=True),
        keys=entry.data.get("keys") or {},
        vocabulary=Vocabulary(build_catalogue(load_variables(document)).names(), periods),
        as_of=entry.data.get("as_of") or dt.date(2025, 6, 1),
        rated=entry.data.get("rated") or 2024,
        examples=examples,
        document=document,
    )
    if entry.problems:
        raise KaiwuError(entry.problems)
    return file


def _read_example(file: Entry, number: int) -> Example:
    path: Path = ("examples", number)
    entry = Entry(file.document, path, file.data["examples"][number], file.problems)
    entry.check_keys(EXAMPLE_KEYS)
    cases = []
    for i, data in enumerate(entry.data.get("cases") or []):
        row = Entry(file.document, (*path, "cases", i), data, file.problems)
        row.check_keys(CASE_KEYS)
        cases.append(Case(data.get("facts") or {}, data.get("expect"), row.text("cites", required=True)))
    name = entry.text("name", required=True)
    return Example(name, entry.text("source"), entry.data.get("spec"), (*path, "spec"), tuple(cases))
