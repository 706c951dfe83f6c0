"""Trying an edit (试改): one rulebook with another text over the frozen scope of a run: who flips, and what it costs.

Owns cutting a rulebook's text into parts that an officer edits, and the comparison of both answers. Nothing is kept: no
run, no pack, no number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import polars as pl

from kaiwu.procedure.execution import Execution, Run, execute
from kaiwu.procedure.near_miss import has_limit
from kaiwu.procedure.run import facts_of
from kaiwu.quantity import KaiwuError, Problem
from kaiwu.rule.decision import Scheme
from kaiwu.rule.outcome import Outcome
from kaiwu.table import Document

VERDICT = ("outcome", "class", "status")
"""Columns of a decision that make a flip; ranks and scores alone do not."""
SCHEMA = pl.Schema(
    {
        "scheme": pl.String, "entity": pl.String, "item": pl.String, "before": pl.String, "after": pl.String,
        "low_before": pl.Int64, "high_before": pl.Int64, "low_after": pl.Int64, "high_after": pl.Int64, "flips": pl.Boolean,
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a rulebook that can be edited alone: a clause, an indicator. Lines count from 1, both included."""

    code: str
    zh: str
    first: int
    last: int
    text: str


def parts_of(document: Document) -> list[Part]:
    """The members of the lists of a rulebook that stand on lines of their own, in reading order."""
    if not isinstance(document.data, dict):
        return []
    lines = document.text.splitlines()
    starts = sorted({line for path, (line, _) in document.places.items() if len(path) == 1} | {len(lines) + 1})
    found = []
    for key, members in document.data.items():
        if not isinstance(members, list) or not all(isinstance(m, dict) for m in members):
            continue
        firsts = [document.places[(key, i)][0] for i in range(len(members))]
        has_own_lines = len(set(firsts)) == len(firsts) and all(lines[n - 1].lstrip().startswith("- ") for n in firsts)
        if not firsts or not has_own_lines:
            continue
        after = _key_line(lines, min(line for line in starts if line > firsts[-1]))
        for member, first, until in zip(members, firsts, [*firsts[1:], after], strict=True):
            code = str(member.get("id") or member.get("code") or f"{key}[{firsts.index(first)}]")
            text = "\n".join(lines[first - 1 : until - 1])
            found.append(Part(code, str(member.get("zh", "")), first, until - 1, text))
    return found


def _key_line(lines: Sequence[str], line: int) -> int:
    """The line on which the key of a value stands that begins on ``line``: up to the first line without indentation."""
    while line > 1 and line <= len(lines) and lines[line - 1][:1] in (" ", "-", ""):
        line -= 1
    return line


def splice(document: Document, part: Part, text: str) -> str:
    """The whole text of a rulebook with another text of one part."""
    lines = document.text.splitlines()
    return "\n".join([*lines[: part.first - 1], *text.rstrip().splitlines(), *lines[part.last :]]) + "\n"


@dataclass(frozen=True)
class Trial:
    """Both answers of the schemes that an edit reaches: ``schemes`` are their codes, the edited one first."""

    scheme: str
    before: Run
    after: Run
    schemes: tuple[str, ...]

    @cached_property
    def changes(self) -> pl.DataFrame:
        """One row for each decision whose verdict or money differs (``SCHEMA``); ``before`` and ``after`` are codes."""
        tables = [_compare(code, self.before, self.after) for code in self.schemes]
        return pl.concat([pl.DataFrame(schema=SCHEMA), *tables])

    def flips(self, scheme: str) -> list[tuple[str | None, str | None, int]]:
        """From which verdict to which, and how many, most first."""
        mine = self.changes.filter((pl.col("scheme") == scheme) & pl.col("flips"))
        counted = mine.group_by("before", "after").len().sort("len", "before", "after", descending=[True, False, False])
        return [(before, after, count) for before, after, count in counted.iter_rows()]

    def cost(self, scheme: str) -> tuple[tuple[int, int | None], tuple[int, int | None]] | None:
        """(lowest, highest) granted in fen before and after, before any settlement; ``None`` where no money is granted.

        The highest is ``None`` where a clause without a cap waits for a figure: then only the bounds of its variables limit it.
        """
        runs = (self.before, self.after)
        if any("low" not in t.columns or t["high"].is_null().all() for t in (r.result(scheme).decisions for r in runs)):
            return None
        return _cost(self.before, scheme), _cost(self.after, scheme)


def _cost(run: Run, code: str) -> tuple[int, int | None]:
    scheme, table = run.scheme(code), run.result(code).decisions
    free = [item for item in scheme.titles() if not has_limit(scheme, item)]
    passed, is_open = pl.col("outcome") == int(Outcome.PASS), pl.col("low") != pl.col("high")
    low, high, unlimited = table.select(
        pl.col("low").filter(passed).sum(), pl.col("high").sum().alias("high"), (is_open & pl.col("item").is_in(free)).any().alias("free")
    ).row(0)  # fmt: skip
    return int(low), None if unlimited else int(high)


def try_edit(run: Run, scheme: str, text: str) -> Trial:
    """Decide a run's scope again with another text of one of its rulebooks.

    Schemes that read what the edited one answers are decided again too. Raises ``KaiwuError`` with every mistake of the text
    at its place, and where it reads figures that the run has not frozen.
    """
    if scheme not in run.execution.results:
        raise KaiwuError(Problem("S-SCHEME", f"这次测算没有方案“{scheme}”", f"the run has no scheme “{scheme}”"))
    library = run.library.try_text(scheme, text)
    edited = library.scheme(scheme)
    _check_figures(run, edited)
    if edited.produces is None and run.scheme(scheme).produces is None:
        results = {**run.execution.results, **execute([edited], run.execution.facts, run.record.changes).results}
        execution = Execution(results, run.execution.facts, run.record.changes)
        reached: tuple[str, ...] = (scheme,)
    else:
        execution = execute([library.scheme(c) for c in run.record.schemes], facts_of(run.frame), run.record.changes)
        reached = (scheme, *(c for c in run.execution.results if c != scheme))
    after = Run(replace(run.record, result_digest=""), run.frame, library, execution)
    return Trial(scheme, run, after, reached)


def _check_figures(run: Run, edited: Scheme) -> None:
    known = run.execution.facts.table.columns
    absent = [need.variable for need in edited.needs() if need.slot not in known]
    if absent:
        zh, en = (
            "、".join(dict.fromkeys(v.zh for v in absent)),
            ", ".join(dict.fromkeys(v.en or v.code for v in absent)),
        )
        zh, en = f"这次测算没有冻结改动后要用的数据: {zh}", f"the run has not frozen what the edited rules read: {en}"
        raise KaiwuError(Problem("BS-FIGURES", zh, en, where=edited.code))


def _compare(code: str, before: Run, after: Run) -> pl.DataFrame:
    """Rows of one scheme that differ; a clause that only one of both texts has stands with an empty verdict on the other side."""
    tables = [_verdicts(run.result(code).decisions) for run in (before, after)]
    joined = tables[0].join(tables[1], on=["entity", "item"], how="full", coalesce=True, suffix="#")
    flips = pl.col("verdict").ne_missing(pl.col("verdict#"))
    money = [pl.col(c).ne_missing(pl.col(f"{c}#")) for c in ("low", "high")]
    differing = joined.filter(pl.any_horizontal(flips, *money)).with_columns(flips.alias("flips"))
    return differing.select(
        pl.lit(code).alias("scheme"), "entity", "item", pl.col("verdict").alias("before"), pl.col("verdict#").alias("after"),
        pl.col("low").alias("low_before"), pl.col("high").alias("high_before"), pl.col("low#").alias("low_after"),
        pl.col("high#").alias("high_after"), "flips",
    ).sort("item", "entity")  # fmt: skip


def _verdicts(table: pl.DataFrame) -> pl.DataFrame:
    """Entity, item, the verdict as one code (class, else status, else answer), and money."""
    given = [pl.col(c).cast(pl.String) for c in ("class", "status", "outcome") if c in table.columns]
    money = [pl.col(c) if c in table.columns else pl.lit(None, pl.Int64).alias(c) for c in ("low", "high")]
    item = pl.col("item") if "item" in table.columns else pl.lit("").alias("item")
    return table.select("entity", item, pl.coalesce(given).alias("verdict"), *money)


__all__ = ["SCHEMA", "Part", "Trial", "parts_of", "splice", "try_edit"]
