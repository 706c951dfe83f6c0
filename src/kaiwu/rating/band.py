"""Bands (分档): the first row whose condition holds, all earlier ones being known not to.

Owns the rulebook kind ``bands`` once it is checked: its decisions and explanations. Reading it is in ``band_loader.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kaiwu.figure.variable import Kind, Variable
from kaiwu.quantity import KaiwuError, Problem, date_index
from kaiwu.rating.batch import Batch, Outcomes
from kaiwu.rating.phrase import Words, say
from kaiwu.rule import expression as x
from kaiwu.rule.decision import Decision, Facts, Need, Reason, Result
from kaiwu.rule.explain import explain_condition, missing_slots
from kaiwu.rule.outcome import Outcome
from kaiwu.rule.reference import Reference
from kaiwu.rule.rulebook import Head, Headed

UNKNOWN = (Outcome.MISSING, Outcome.HUMAN)


@dataclass(frozen=True, slots=True)
class BandRow:
    """One row: the band that it gives and the condition for it, tables by category already taken in."""

    code: str
    zh: str
    en: str
    when: x.Bool
    text: str
    article: str = ""


@dataclass(frozen=True, slots=True)
class BandBook:
    """A checked rulebook of kind ``bands``. ``codes`` are the bands in the order of the variable, or of first mention."""

    head: Head
    rows: tuple[BandRow, ...]
    codes: tuple[str, ...]
    otherwise: str | None = None
    scope: x.Bool | None = None


@dataclass(slots=True)
class BandScheme(Headed):
    """Scheme of kind ``bands`` (see ``kaiwu.rule.decision.Scheme``)."""

    book: BandBook
    product: Variable | None = None
    batch: Batch = field(init=False)
    kind: str = "bands"

    def __post_init__(self) -> None:
        conditions = {f"row.{i}": row.when for i, row in enumerate(self.book.rows)}
        if self.book.scope is not None:
            conditions["scope"] = self.book.scope
        self.batch = Batch(conditions)
        if self.batch.too_wide:
            detail = "; ".join(f"{key}: {bounds}" for key, bounds in self.batch.too_wide.items())
            raise KaiwuError(Problem(
                "S-WIDTH", f"条件的取值范围超过 128 位整数({detail}); 请收紧变量的 bound",
                f"a condition may exceed 128-bit integers ({detail}): tighten the bounds", where=self.book.head.code,
            ))  # fmt: skip

    def needs(self) -> Sequence[Need]:
        """Every frame column that any row reads."""
        return [Need(ref.variable, ref.offset) for ref in self.batch.refs().values()]

    def titles(self) -> dict[str, tuple[str, str, str]]:
        """(zh, en, article) of every band by code."""
        return {row.code: (row.zh, row.en, row.article) for row in reversed(self.book.rows)}

    def decide(self, facts: Facts) -> Result:
        """The band of every entity.

        ``decisions``: entity, item, outcome, class (null unless the band is certain), first and last (numbers of the lowest and
        highest band that missing figures or findings still allow, from 0; null where none is possible). 不符合: no row holds,
        or the entity is out of scope.
        """
        outcomes = self.batch.evaluate(facts.table, facts.as_of, facts.rated).outcomes
        rows = [outcomes[f"row.{i}"] for i in range(len(self.book.rows))]
        found = _first_rows(self.book, rows, outcomes.get("scope"), facts.table.height)
        labels = [None if i == NONE else self.book.codes[i] for i in found.band]
        table = pl.DataFrame(
            {
                "entity": facts.table["entity"],
                "item": pl.Series([self.code], dtype=pl.String).new_from_index(0, facts.table.height),
                "outcome": pl.Series(found.outcome, dtype=pl.UInt8),
                "class": pl.Series(labels, dtype=pl.String),
                "first": pl.Series([None if i == NONE else i for i in found.first.tolist()], dtype=pl.Int64),
                "last": pl.Series([None if i == NONE else i for i in found.last.tolist()], dtype=pl.Int64),
            }
        )
        return Result({"decisions": table}, {"decisions": ("entity", "item")})

    def produced(self, result: Result) -> pl.DataFrame:
        """``entity`` and ``value``: the stored category, or 1 and 0 for a flag; null where not known."""
        variable = self.product
        if variable is None:
            raise KeyError("the rulebook produces no variable")
        if variable.kind is Kind.CATEGORY:
            index = {code: variable.values.index(code) for code in self.book.codes}
            value = pl.col("class").replace_strict(index, default=None, return_dtype=pl.Int64)
        else:
            value = pl.when(pl.col("outcome") <= Outcome.PASS).then((pl.col("outcome") == Outcome.PASS).cast(pl.Int64))
        return result.decisions.select("entity", value.alias("value"))

    def explain(self, facts: Facts, entity: str, result: Result | None = None) -> list[Decision]:
        """The band of one entity, evaluated by the exact reference, with the rows that decided."""
        row = {**facts.row(entity), "#as_of": date_index(facts.as_of), "#rated": facts.rated}
        return [_explain(self.book, entity, row, facts.rated)]


# -- deciding --------------------------------------------------------------------------------------------------------

NONE = -1  # no band


@dataclass(frozen=True, slots=True)
class _Found:
    outcome: Outcomes
    band: NDArray[np.int64]
    first: NDArray[np.int64]
    last: NDArray[np.int64]


def _first_rows(book: BandBook, rows: list[Outcomes], scope: Outcomes | None, height: int) -> _Found:
    """From the last row up: a row that holds settles the answer, one that is not known leaves both.

    An unknown row counts only where what lies below it is not surely the same band: so 缺数据 is answered only where a
    figure can still change the band.
    """
    end = NONE if book.otherwise is None else book.codes.index(book.otherwise)
    low, high = np.full(height, end, dtype=np.int64), np.full(height, end, dtype=np.int64)
    least = low.copy()  # the lowest possible band, no band left aside
    missing, human = np.zeros(height, dtype=bool), np.zeros(height, dtype=bool)
    steps = [(book.codes.index(row.code), outcome) for row, outcome in zip(book.rows, rows, strict=True)]
    for band, outcome in reversed(steps):
        holds, unknown = outcome == Outcome.PASS, outcome >= Outcome.MISSING
        counts = unknown & ~((low == band) & (high == band))
        missing = ~holds & (missing | (counts & (outcome == Outcome.MISSING)))
        human = ~holds & (human | (counts & (outcome == Outcome.HUMAN)))
        low = np.where(holds, band, np.where(unknown, np.minimum(low, band), low))
        high = np.where(holds, band, np.where(unknown, np.maximum(high, band), high))
        least = np.where(holds | (unknown & (least == NONE)), band, np.where(unknown, np.minimum(least, band), least))
    if scope is not None:
        out = scope == Outcome.FAIL
        counts = (scope >= Outcome.MISSING) & (high != NONE)
        missing = ~out & (missing | (counts & (scope == Outcome.MISSING)))
        low = np.where(out | counts, NONE, low)
        high, least = np.where(out, NONE, high), np.where(out, NONE, least)
    sure = np.where(high == NONE, np.uint8(Outcome.FAIL), np.uint8(Outcome.PASS))
    unsure = np.where(missing, np.uint8(Outcome.MISSING), np.uint8(Outcome.HUMAN))
    outcome = np.where(low == high, sure, unsure).astype(np.uint8)
    return _Found(outcome, np.where(outcome == Outcome.PASS, high, NONE), least, high)


def band_plainly(book: BandBook, reference: Reference) -> tuple[Outcome, str | None, list[str | None], list[x.Bool]]:
    """The same for one entity: outcome, band, what is still possible (``None``: no band), and the conditions that count."""
    possible: list[str | None] = [book.otherwise]
    open_: list[tuple[Outcome, x.Bool]] = []
    for row in reversed(book.rows):
        outcome = reference.outcome(row.when)
        if outcome is Outcome.PASS:
            possible, open_ = [row.code], []
        elif outcome in UNKNOWN and possible != [row.code]:
            possible = [row.code, *(code for code in possible if code != row.code)]
            open_.insert(0, (outcome, row.when))
    scope = reference.outcome(book.scope) if book.scope is not None else Outcome.PASS
    if scope is Outcome.FAIL:
        possible, open_ = [None], []
    elif scope in UNKNOWN and possible != [None] and book.scope is not None:
        possible = [*(code for code in possible if code is not None), None]
        open_.insert(0, (scope, book.scope))
    trees = [tree for _, tree in open_]
    if len(possible) == 1:
        return (Outcome.FAIL if possible[0] is None else Outcome.PASS), possible[0], possible, trees
    return (Outcome.MISSING if Outcome.MISSING in [o for o, _ in open_] else Outcome.HUMAN), None, possible, trees


# -- explaining ------------------------------------------------------------------------------------------------------


def _explain(book: BandBook, entity: str, row: dict[str, Any], rated: int) -> Decision:
    reference = Reference(row)
    outcome, label, possible, counting = band_plainly(book, reference)
    return Decision(
        entity=entity,
        scheme=book.head.code,
        item=book.head.code,
        zh=book.head.zh,
        en=book.head.en,
        outcome=outcome,
        label=label or "",
        reasons=(_headline(book, outcome, label, possible), *_rows(book, reference, row, rated)),
        missing=tuple(dict.fromkeys(slot for tree in counting for slot in missing_slots(tree, row))),
        document=book.head.document,
        version=book.head.version,
    )


def _rows(book: BandBook, reference: Reference, row: dict[str, Any], rated: int) -> list[Reason]:
    """The scope where it is not met, and the rows down to the one that holds; failed rows only where none holds."""
    reasons: list[Reason] = []
    if book.scope is not None and reference.outcome(book.scope) is not Outcome.PASS:
        reasons += explain_condition(book.scope, row, is_open=False, rated=rated)
        if reference.outcome(book.scope) is Outcome.FAIL:
            return reasons
    found = [reference.outcome(band.when) for band in book.rows]
    shown = found.index(Outcome.PASS) + 1 if Outcome.PASS in found else len(found)
    for band, outcome in list(zip(book.rows, found, strict=True))[:shown]:
        if outcome is Outcome.FAIL and Outcome.PASS in found:
            continue
        words = say("band-row", zh=band.zh, en=band.en, verdict=(outcome.zh, outcome.en))
        reasons.append(Reason(*words, outcome=outcome, article=band.article, kind="note"))
        reasons += explain_condition(band.when, row, band.article, is_open=False, rated=rated)
    return reasons


def _headline(book: BandBook, outcome: Outcome, label: str | None, possible: list[str | None]) -> Reason:
    titles: dict[str, Words] = {r.code: (r.zh, r.en) for r in reversed(book.rows)}
    if label is not None:
        zh, en = titles.get(label, (label, label))
        return Reason(*say("band", zh=zh, en=en), outcome=outcome, kind="class")
    if outcome is Outcome.FAIL:
        return Reason(*say("band-none"), outcome=outcome, kind="class")
    named = [say("band-nothing") if code is None else titles.get(code, (code, code)) for code in possible]
    words = say(
        "band-open",
        zh="、".join(n[0] for n in named),
        en=", ".join(n[1] for n in named),
        verdict=(outcome.zh, outcome.en),
    )
    return Reason(*words, outcome=outcome, kind="class")
