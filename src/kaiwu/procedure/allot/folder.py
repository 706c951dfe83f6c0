"""A round's folder (批次资料夹): ``round.yaml`` and four tables, read into a round under its rulebook.

Owns the keys of ``round.yaml`` and which files there are. Meaning of columns is ``kaiwu.allot.round_sheet``; scores that a rating
gives are taken from an execution of that rating over the same projects.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import polars as pl

from kaiwu.allot import round_sheet as sheet
from kaiwu.allot.exception import MeetingException
from kaiwu.allot.round import Round
from kaiwu.allot.round_reader import RoundHead, Table, Tables, facts_of, make_round
from kaiwu.allot.scheme import AllotmentScheme
from kaiwu.allot.tie import Draw
from kaiwu.figure.entry import Entry
from kaiwu.figure.fact_sheet import read_facts
from kaiwu.figure.variable import Variable
from kaiwu.pack import Library
from kaiwu.procedure.pool.row import read_rows, refuse_wrong
from kaiwu.procedure.ruler import discount_promises, rate_projects
from kaiwu.quantity import KaiwuError, Problem
from kaiwu.rule.decision import Facts
from kaiwu.table.document import Document, read_document

FILE = "round.yaml"
ROUND_KEYS = ("round", "zh", "en", "rulebook", "as_of", "rated", "deadline", "public_draw", "synthetic", "note")
DRAW_KEYS = ("number", "date", "source")
SUFFIXES = (".xlsx", ".csv")
DELIVERIES = "deliveries.csv"


@dataclass(frozen=True, slots=True)
class PublicDraw:
    """The number drawn in public, when and where."""

    number: str
    day: dt.date
    source: str


@dataclass(frozen=True, slots=True)
class RoundFolder:
    """What a folder says, and the rulebook that reads it."""

    path: Path
    head: RoundHead
    scheme: AllotmentScheme
    tables: Tables
    facts: Facts
    round: Round
    deadline: dt.date
    public_draw: PublicDraw | None = None

    def with_draw(self, draw: Draw | None) -> Round:
        """The round with its draw."""
        return replace(self.round, draw=draw)

    def with_exceptions(self, entries: tuple[MeetingException, ...], draw: Draw | None) -> Round:
        """The round with its draw and the entries of minutes."""
        return replace(self.round, draw=draw, exceptions=entries)


def open_folder(path: Path, library: Library) -> RoundFolder:
    """Read a folder. Raises ``KaiwuError`` with everything that is wrong in its files."""
    if not (path / FILE).is_file():
        raise KaiwuError(Problem("A-FOLDER", f"这里没有 {FILE}", f"there is no {FILE} here", where=str(path)))
    document = read_document(path / FILE, f"{path.name}/{FILE}")
    entry = Entry(document, (), document.data if isinstance(document.data, dict) else {}, [])
    entry.check_keys(ROUND_KEYS)
    head, deadline = _read_head(entry)
    public = _read_draw(entry)
    scheme = _find_scheme(entry, library)
    if entry.problems or scheme is None:
        raise KaiwuError(entry.problems)
    _refuse_template(scheme, document)
    tables = _read_tables(path, scheme, library, head.rated)
    facts = facts_of(head, tables)
    return RoundFolder(path, head, scheme, tables, facts, make_round(scheme, head, tables, _rate(path, scheme, library, tables, facts)), deadline, public)  # fmt: skip


def _read_head(entry: Entry) -> tuple[RoundHead, dt.date]:
    as_of, deadline = (_read_day(entry, key) for key in ("as_of", "deadline"))
    rated = entry.whole_number("rated", 1900, 2199) or as_of.year - 1
    code, zh, en = (entry.text(key, required=True) for key in ("round", "zh", "en"))
    return RoundHead(code, zh, en, as_of, rated, is_synthetic=entry.flag("synthetic", False)), deadline


def _read_day(entry: Entry, key: str) -> dt.date:
    value = entry.data.get(key)
    if isinstance(value, dt.date):
        return value
    entry.complain("F-KEY-TYPE", f"“{key}”要写日期, 如 2026-03-31", f"“{key}” wants a date such as 2026-03-31", *([key] if value is not None else []))  # fmt: skip
    return dt.date(1970, 1, 1)


def _read_draw(entry: Entry) -> PublicDraw | None:
    data = entry.data.get("public_draw")
    if data is None:
        return None
    own = Entry(entry.document, ("public_draw",), data if isinstance(data, dict) else {}, entry.problems)
    own.check_keys(DRAW_KEYS)
    return PublicDraw(own.text("number", required=True), _read_day(own, "date"), own.text("source", required=True))


def _find_scheme(entry: Entry, library: Library) -> AllotmentScheme | None:
    try:
        found = library.scheme(entry.text("rulebook", required=True))
    except KaiwuError as error:
        entry.problems += error.problems
        return None
    if isinstance(found, AllotmentScheme):
        return found
    entry.complain(
        "A-RULEBOOK", "这不是 allotment 类办法", "this is no rulebook of kind allotment", "rulebook", text=found.code
    )
    return None


def _refuse_template(scheme: AllotmentScheme, document: Document) -> None:
    if scheme.book.head.status == "template":
        zh, en = f"“{scheme.zh}”是空模板, 内容未公布, 不能运行", f"“{scheme.en}” is an empty template and cannot be run"
        raise KaiwuError(document.problem("A-TEMPLATE", zh, en, "rulebook"))


def _read_tables(path: Path, scheme: AllotmentScheme, library: Library, rated: int) -> Tables:
    book = scheme.book
    own = {need.variable.code: need.variable for need in scheme.needs()}
    own |= {
        v.code: v
        for v in (*book.items.values(), *((book.score,) if book.score else ()), *(p.need for p in book.pairs.values()))
    }
    if book.ruler:
        own |= {need.variable.code: need.variable for need in library.scheme(book.ruler).needs()}
    offers = {p.offer.code: p.offer for p in book.pairs.values()}
    problems: list[Problem] = []
    made = [
        _read_table(path, name, variables, rated, problems)
        for name, variables in (
            ("projects", (*sheet.PROJECT, *own.values())), ("supplies", (*sheet.SUPPLY, *offers.values())),
            ("quotas", sheet.QUOTA), ("demands", sheet.DEMAND),
        )
    ]  # fmt: skip
    if problems:
        raise KaiwuError(problems)
    projects, supplies, quotas, demands = made
    return Tables(projects, supplies, quotas, demands)


def _read_table(path: Path, name: str, variables: tuple[Variable, ...], rated: int, problems: list[Problem]) -> Table:
    file = next((path / f"{name}{s}" for s in SUFFIXES if (path / f"{name}{s}").is_file()), None)
    if file is None:
        if name in ("projects", "supplies"):
            problems.append(Problem("A-FOLDER", f"缺少 {name}.xlsx 或 {name}.csv", f"{name}.xlsx or {name}.csv is missing", where=str(path)))  # fmt: skip
        return Table(name, pl.DataFrame(schema={"entity": pl.String}), pl.DataFrame(schema={"entity": pl.String}))
    found = read_facts(file, variables, rated_year=rated)
    problems += found.problems
    return Table(file.name, found.table, found.texts)


def _rate(path: Path, scheme: AllotmentScheme, library: Library, tables: Tables, facts: Facts) -> Mapping[str, Mapping[str, Fraction]]:  # fmt: skip
    """Points of the projects by the rule's ruler, promises discounted where the rule says so (``deliveries.csv``)."""
    book = scheme.book
    if book.discount:
        firms = {name: row.get(sheet.FIRM.code) or name for name, row, _ in tables.projects.rows()}
        facts = discount_promises(facts, book.discount, firms, _read_deliveries(path / DELIVERIES))
    return rate_projects(book.ruler, library, facts)


def _read_deliveries(path: Path) -> dict[str, Fraction]:
    """The firms' delivery ratios (履约率), as ``kaiwu pool promise deliver`` writes them. Raises ``KaiwuError`` where there is no
    table: without it nobody could say whether a promise was discounted."""
    rows = read_rows(path, ("firm", "ratio"))
    found = {row.text("firm"): row.share("ratio") for row in rows}
    for row in rows:
        if not 0 <= found[row.text("firm")] <= 1:
            row.complain("履约率须在 0 到 1 之间", "a delivery ratio lies between 0 and 1", row.text("ratio"))
    refuse_wrong(rows)
    return found


def correct_figure(
    folder: RoundFolder, library: Library, applicant: str, variable: Variable, value: int
) -> RoundFolder:
    """The folder with one figure of one project corrected, everything derived from it again. Raises ``KaiwuError`` (A-FACT) where
    the project has no such figure."""
    numbers = folder.tables.projects.numbers
    if variable.code not in numbers.columns or applicant not in numbers["entity"]:
        zh, en = f"“{applicant}”没有数据“{variable.zh}”", f"“{applicant}” has no figure “{variable.en}”"
        raise KaiwuError(Problem("A-FACT", zh, en, where=folder.head.code, text=variable.zh))
    is_own = pl.col("entity") == applicant
    changed = numbers.with_columns(pl.when(is_own).then(pl.lit(value, pl.Int64)).otherwise(pl.col(variable.code)).alias(variable.code))  # fmt: skip
    tables = replace(folder.tables, projects=replace(folder.tables.projects, numbers=changed))
    facts = facts_of(folder.head, tables)
    rated = _rate(folder.path, folder.scheme, library, tables, facts)
    return replace(folder, tables=tables, facts=facts, round=make_round(folder.scheme, folder.head, tables, rated))
