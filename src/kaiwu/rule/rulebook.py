"""The head of a rulebook (规则文件): what every kind of scheme declares in the same way.

Owns code, names, document, validity, period words, edge words and the rated year. What stands below the head
belongs to the engine of the rulebook's ``kind``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from kaiwu.figure.entry import Entry
from kaiwu.quantity import KaiwuError
from kaiwu.rule.decision import Source, Validity
from kaiwu.rule.vocabulary import EDGE_WORDS, Period, PeriodKind, Vocabulary
from kaiwu.table import Document

STANDINGS = ("attested", "single_copy", "memory", "inferred")
HEAD_KEYS = (
    "rulebook", "family", "kind", "zh", "en", "jurisdiction", "level", "document", "valid", "population", "rated", "in_force_by",
    "version", "edges", "periods", "produces", "note", "status",
)  # fmt: skip
RATED = ("same_year", "last_year")
IN_FORCE_BY = ("as_of", "rated")


@dataclass(frozen=True, slots=True)
class Head:
    """The common head. ``family`` joins the versions of one scheme; ``rated`` says how the rated year follows from the
    date of a run: ``last_year`` (rated = year of as_of - 1) or ``same_year``.

    ``status`` is ``in_use``, ``draft`` (征求意见, may be tried, never noticed) or ``template`` (empty: its content is unknown).
    """

    code: str
    family: str
    kind: str
    zh: str
    en: str
    jurisdiction: str
    level: str
    document: Source
    validity: Validity
    population: str
    rated: str
    version: str
    edges: Mapping[str, str] = field(default_factory=dict)
    periods: Mapping[str, Period] = field(default_factory=dict)
    produces: str | None = None
    status: str = "in_use"
    in_force_by: str = "as_of"

    def is_in_force(self, as_of: dt.date, rated: int) -> bool:
        """Whether a new run may use the rulebook: by the date of the run, or by the last day of the rated year.

        A new method that comes in June does not evaluate the year before, unless it says so.
        """
        return self.validity.covers(as_of if self.in_force_by == "as_of" else dt.date(rated, 12, 31))

    def rated_year(self, as_of: dt.date) -> int:
        """The rated year of a run as of a date, unless the run names one."""
        return as_of.year - (1 if self.rated == "last_year" else 0)

    def vocabulary(self, base: Vocabulary) -> Vocabulary:
        """The pack's words with the rulebook's own period and edge words on top."""
        return replace(base, periods={**base.periods, **self.periods}, edges={**base.edges, **self.edges}, _by_first={})


def read_head(entry: Entry) -> Head:
    """Read the head of a rulebook; mistakes are added to ``entry.problems``."""
    data = entry.data
    code = entry.text("rulebook", required=True)
    document = _sub(entry, "document")
    valid = _sub(entry, "valid")
    return Head(
        code=code,
        family=entry.text("family", code),
        kind=entry.text("kind", required=True),
        zh=entry.text("zh", required=True),
        en=entry.text("en", required=True),
        jurisdiction=entry.text("jurisdiction"),
        level=entry.text("level"),
        document=read_source(document),
        validity=read_validity(valid),
        population=entry.text("population", "firm"),
        rated=entry.choice("rated", RATED, "last_year"),
        version=_version(data, document),
        edges=read_edges(entry),
        periods=read_periods(_sub(entry, "periods")),
        produces=entry.text("produces") or None,
        status=entry.choice("status", ("in_use", "draft", "template"), "in_use"),
        in_force_by=entry.choice("in_force_by", IN_FORCE_BY, "as_of"),
    )


def _sub(entry: Entry, key: str) -> Entry:
    value = entry.data.get(key)
    if value is not None and not isinstance(value, dict):
        entry.complain("F-KEY-TYPE", f"“{key}”下面要写键", f"“{key}” needs keys below it", key)
    return Entry(entry.document, (*entry.path, key), value if isinstance(value, dict) else {}, entry.problems)


def _version(data: Mapping[str, Any], document: Entry) -> str:
    value = data.get("version") or document.data.get("date") or ""
    return value.isoformat() if isinstance(value, dt.date) else str(value)


def read_source(entry: Entry) -> Source:
    """The document that a rulebook or clause rests on."""
    entry.check_keys(("title", "number", "issuer", "date", "page", "source", "standing", "note"))
    day = entry.data.get("date")
    return Source(
        title=entry.text("title"),
        number=entry.text("number"),
        issuer=entry.text("issuer"),
        date=day.isoformat() if isinstance(day, dt.date) else entry.text("date"),
        page=entry.text("page"),
        source=entry.text("source"),
        standing=entry.choice("standing", STANDINGS, "attested"),
    )


def read_validity(entry: Entry) -> Validity:
    """``{from, to, repealed}``, all dates, all optional."""
    entry.check_keys(("from", "to", "repealed"))
    days: dict[str, dt.date | None] = {}
    for key in ("from", "to", "repealed"):
        value = entry.data.get(key)
        if value is not None and not isinstance(value, dt.date):
            entry.complain(
                "F-KEY-TYPE", f"“{key}”要写日期, 如 2025-06-13", f"“{key}” wants a date such as 2025-06-13", key
            )
            value = None
        days[key] = value
    start, end = days["from"], days["to"]
    if start and end and start > end:
        entry.complain("R-VALIDITY", "施行期起止颠倒", "the validity ends before it begins", "to")
    return Validity(start, end, days["repealed"])


def read_edges(entry: Entry) -> dict[str, str]:
    """``edges: {以上: '>=', 以下: '<'}``; a table of bands may say '[)' there instead, for its own rows."""
    out: dict[str, str] = {}
    spec = entry.data.get("edges") or {}
    if not isinstance(spec, dict):
        if entry.data.get("kind") != "bands":
            zh, en = "edges 要写边界词, 如 {以上: '>='}", "edges wants words of edges, such as {以上: '>='}"
            entry.complain("F-KEY-TYPE", zh, en, "edges")
        return out
    for word, op in spec.items():
        if word not in EDGE_WORDS:
            entry.complain(
                "R-EDGE-WORD",
                f"“{word}”不是边界词; 可用: {'、'.join(EDGE_WORDS)}",
                f"“{word}” is no edge word",
                "edges",
                word,
            )
        elif op not in EDGE_WORDS[word]:
            allowed = " 或 ".join(dict.fromkeys(EDGE_WORDS[word]))
            entry.complain("R-EDGE-WORD", f"“{word}”只能是 {allowed}", f"“{word}” can only be {allowed}", "edges", word)
        else:
            out[word] = op
    return out


def read_periods(entry: Entry) -> dict[str, Period]:
    """``periods: {上年: {value: [-1]}, 近两年均: {mean: [0, -1]}}``: offsets from the rated year, newest first."""
    out: dict[str, Period] = {}
    for word, spec in entry.data.items():
        kinds = [k.value for k in PeriodKind]
        if not isinstance(spec, dict) or len(spec) != 1 or next(iter(spec)) not in kinds:
            entry.complain(
                "R-PERIOD-WORD", f"年份词“{word}”要写成 {{种类: [偏移…]}}, 种类: {', '.join(kinds)}",
                f"period word “{word}” wants {{kind: [offsets]}}; kinds: {', '.join(kinds)}", word,
            )  # fmt: skip
            continue
        ((kind, years),) = spec.items()
        years = [years] if isinstance(years, int) else years
        if not isinstance(years, list) or not years or not all(isinstance(y, int) and abs(y) <= 30 for y in years):
            entry.complain("R-PERIOD-WORD", "偏移要写整数列表, 如 [0, -1]", "offsets want a list such as [0, -1]", word)
            continue
        needs_two = kind in ("increase", "growth", "mean_growth", "compound_growth")
        if needs_two and (len(years) < 2 or sorted(years, reverse=True) != years):
            entry.complain(
                "R-PERIOD-WORD", f"{kind} 至少两个年份, 新的在前", f"{kind} wants two years or more, newest first", word
            )
            continue
        out[word] = Period(word, PeriodKind(kind), tuple(years))
    return out


def open_rulebook(document: Document) -> Entry:
    """The top mapping of a rulebook file. Raises ``KaiwuError`` if it is no mapping."""
    if not isinstance(document.data, dict):
        raise KaiwuError(
            document.problem(
                "R-RULEBOOK", "规则文件要以键开头, 如 rulebook:", "a rulebook begins with keys such as rulebook:"
            )
        )
    return Entry(document, (), document.data, [])


class HasHead(Protocol):
    """A checked rulebook of any kind."""

    @property
    def head(self) -> Head:
        """The common head."""


class Headed:
    """What a scheme says of itself, read from the head of its rulebook (``self.book.head``)."""

    __slots__ = ()
    book: HasHead

    @property
    def code(self) -> str:
        """Scheme code."""
        return self.book.head.code

    @property
    def zh(self) -> str:
        """Chinese name."""
        return self.book.head.zh

    @property
    def en(self) -> str:
        """English name."""
        return self.book.head.en

    @property
    def entity_kind(self) -> str:
        """What is decided on: firm, project, county …"""
        return self.book.head.population

    @property
    def document(self) -> Source:
        """The document of the rulebook."""
        return self.book.head.document

    @property
    def validity(self) -> Validity:
        """When new runs may use it."""
        return self.book.head.validity

    @property
    def version(self) -> str:
        """The version of the rulebook."""
        return self.book.head.version

    @property
    def produces(self) -> str | None:
        """The variable that the result answers, if any."""
        return self.book.head.produces
