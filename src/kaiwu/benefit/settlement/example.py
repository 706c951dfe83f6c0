"""The worked examples of a step (示例): one YAML file each, carried out by the tests and printed for readers.

Owns the shape of these files. An expectation cites its clause or its arithmetic, never an earlier output.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from kaiwu.benefit.settlement.claims import CLAIM_COLUMNS, PRIOR_COLUMNS
from kaiwu.benefit.settlement.declaration import Settlement
from kaiwu.benefit.settlement.loader import load_settlement
from kaiwu.benefit.settlement.pipeline import settle
from kaiwu.benefit.settlement.settled import Settled
from kaiwu.figure.catalogue import build_catalogue, load_variables
from kaiwu.figure.entry import Entry
from kaiwu.figure.fact import read_value
from kaiwu.quantity import KaiwuError, date_index, parse_quantity
from kaiwu.quantity.dimension import MONEY
from kaiwu.rule.decision import Source, Validity
from kaiwu.rule.rulebook import Head
from kaiwu.rule.vocabulary import Vocabulary
from kaiwu.table import Document, read_document

FOLDER = Path(__file__).parent / "examples"
FILE_KEYS = ("step", "zh", "en", "says", "keys", "variables", "examples")
EXAMPLE_KEYS = (
    "name",
    "source",
    "steps",
    "clauses",
    "claims",
    "prior",
    "left",
    "expect",
    "asks",
    "instalments",
    "returned",
)
MONEY_KEYS = ("amount", "low", "high", "basis", "paid")


@dataclass(frozen=True, slots=True)
class Example:
    """Claims under some steps, and the awards expected: one text, or ``[low, high]``. ``asks`` are codes of questions."""

    name: str
    source: str
    plan: Settlement
    claims: pl.DataFrame
    prior: pl.DataFrame
    left: Mapping[tuple[str, int], int]
    expect: Mapping[str, tuple[int, int]]
    asks: tuple[str, ...]
    instalments: Mapping[str, tuple[int, ...]]
    returned: Mapping[str, int]

    def settle(self) -> Settled:
        """Carry the example out."""
        return settle(self.plan, self.claims, self.prior, self.left, as_of=dt.date(2025, 12, 31))


@dataclass(frozen=True, slots=True)
class ExampleFile:
    """All examples of one kind of step; ``keys`` explains every key of its own."""

    step: str
    zh: str
    en: str
    says: str
    keys: Mapping[str, str]
    examples: tuple[Example, ...]


def read_examples(step: str) -> ExampleFile:
    """The example file of a kind of step. Raises ``KaiwuError`` with all its mistakes."""
    document = read_document(FOLDER / f"{step}.yaml")
    entry = Entry(document, (), document.data, [])
    entry.check_keys(FILE_KEYS)
    catalogue = build_catalogue(load_variables(document)) if entry.data.get("variables") else None
    vocabulary = Vocabulary(catalogue.names() if catalogue else {})
    examples = tuple(
        _read(document, ("examples", i), row, vocabulary) for i, row in enumerate(entry.data.get("examples") or [])
    )
    if entry.problems:
        raise KaiwuError(entry.problems)
    return ExampleFile(
        entry.text("step"),
        entry.text("zh"),
        entry.text("en"),
        entry.text("says"),
        entry.data.get("keys") or {},
        examples,
    )


def _read(document: Document, path: tuple[str | int, ...], row: Mapping[str, Any], vocabulary: Vocabulary) -> Example:
    entry = Entry(document, path, row, [])
    entry.check_keys(EXAMPLE_KEYS)
    clauses = row.get("clauses") or ["A", "B", "C"]
    inner = Entry(document, path, {"settlement": {"article": "第十条", "steps": row["steps"]}}, entry.problems)
    plan = load_settlement(inner, _head(), {c: (c, c, c) for c in clauses}, (), vocabulary)
    if entry.problems or plan is None:
        raise KaiwuError(entry.problems)
    claims = [_claim(i, c, vocabulary, clauses[0]) for i, c in enumerate(row["claims"])]
    extra = {
        k: pl.Int64 if isinstance(v, int) else pl.String
        for c in claims
        for k, v in c.items()
        if k not in CLAIM_COLUMNS and v is not None
    }
    extra |= {c: pl.Int64 for c in plan.columns() if c not in CLAIM_COLUMNS and c not in extra}
    full = [{**dict.fromkeys([*CLAIM_COLUMNS, *extra]), **c} for c in claims]
    prior = [{**dict.fromkeys(PRIOR_COLUMNS), **_claim(0, p, vocabulary, None)} for p in row.get("prior") or []]
    return Example(
        entry.text("name", required=True), entry.text("source"), plan, pl.DataFrame(full, schema={**CLAIM_COLUMNS, **extra}),
        pl.DataFrame([{k: p[k] for k in PRIOR_COLUMNS} for p in prior], schema=dict(PRIOR_COLUMNS)),
        {(code, 2025): _fen(amount) for code, amount in (row.get("left") or {}).items()},
        {c: _span(e) for c, e in row["expect"].items()}, tuple(row.get("asks") or ()),
        {c: tuple(_fen(p) for p in parts) for c, parts in (row.get("instalments") or {}).items()},
        {c: _fen(p) for c, p in (row.get("returned") or {}).items()},
    )  # fmt: skip


def _head() -> Head:
    return Head(
        "example", "example", "clauses", "示例", "Example", "", "", Source(), Validity(), "firm", "last_year", "1"
    )


def _claim(number: int, row: Mapping[str, Any], vocabulary: Vocabulary, clause: str | None) -> dict[str, Any]:
    """A claim or an earlier award as written: amounts with unit, ``firm`` for the entity, dates as dates."""
    out: dict[str, Any] = (
        {"year": 2025}
        if clause is None
        else {"claim": f"{number + 1}", "clause": clause, "year": 2025, "entity": f"f{number}"}
    )
    for key, value in row.items():
        variable = vocabulary.variable(key)
        if key in MONEY_KEYS:
            fen = None if value is None else _fen(value)
            out |= {"low": fen, "high": fen} if key == "amount" else {key: fen}
        elif variable is not None:
            out[variable.code] = read_value(variable, value)
        elif key == "filed":
            out[key] = date_index(value)
        else:
            out["entity" if key == "firm" else key] = value
    return out


def _fen(text: Any) -> int:
    return int(parse_quantity(str(text), dimension=MONEY).base)


def _span(value: Any) -> tuple[int, int]:
    low, high = value if isinstance(value, list) else (value, value)
    return _fen(low), _fen(high)
