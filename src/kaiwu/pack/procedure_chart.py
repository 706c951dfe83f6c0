"""Procedures as content (程序): stages, the steps between them, who takes them, by when, and what they ask for.

Owns the shape of ``procedures/*.yaml`` and of ``calendars/*.csv`` and their checks. Cases that go through a procedure belong
to the platform; what a step asks for (``NEEDS``) is proved there.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from kaiwu.figure.entry import Entry
from kaiwu.pack.pack import Pack
from kaiwu.pack.shelf import Shelf
from kaiwu.quantity import KaiwuError, Problem
from kaiwu.rule.decision import Source
from kaiwu.rule.rulebook import read_source
from kaiwu.table import Document

SUBJECTS = {
    "year": ("年度", "a year of the district"),
    "firm": ("企业", "one firm"),
    "project": ("项目", "one project"),
}
ROLES = {
    "officer": ("经办", "officer"), "chief": ("审批", "chief"), "town": ("镇街", "town"), "department": ("部门", "department"),
    "clerk": ("企业", "firm"), "provider": ("服务商", "provider"), "expert": ("专家", "expert"),
}  # fmt: skip
NEEDS = {
    "evidence": ("写明依据", "evidence is stated"),
    "run": ("有测算", "there is a run"),
    "signed": ("内容未核实的有签署人", "unverified content has a named signer"),
    "notice": ("已公示", "the public notice is out"),
    "window_over": ("公示期已满", "the window of the notice is over"),
    "no_open_disputes": ("没有未办结的异议", "no dispute is open"),
    "rerun": ("更正后已重新测算", "a new run follows the upheld disputes"),
    "all_confirmed": ("企业均已确认或已提醒逾期", "all firms have confirmed or let the day pass"),
    "second_person": ("与上一步不是同一人", "somebody else than the step before"),
    "firm_confirms": ("企业确认办结", "the firm confirms the answer"),
    "minutes": ("有会议纪要编号", "the minutes have a number"),
    "consequences": ("各部门清单已出", "the lists for the departments are out"),
    "receipts": ("各部门均已回执", "all departments have given their receipt"),
    "amount": ("有金额", "an amount is stated"),
    "payment": ("有付款依据", "a payment is stated"),
    "day_passed": ("本环节期限已满", "the day of the stage has passed"),
    "six_months": ("进入本环节已满6个月", "six months since the stage began"),
    "version": ("有通过检查并入库的版本", "a version passed the check and was taken in"),
}
COUNTS = ("working", "calendar")
MAX_DAYS = 3660
PROCEDURE_KEYS = ("procedure", "zh", "en", "subject", "document", "stages", "note", "notice", "fields", "consequences")
STAGE_KEYS = ("code", "zh", "en", "days", "count", "end", "steps", "note", "owner", "overdue")
STEP_KEYS = ("to", "zh", "en", "roles", "needs", "documents", "article", "note")
FIELD_KEYS = ("code", "zh", "en", "kind", "required", "choices", "unit")
CONSEQUENCE_KEYS = ("code", "zh", "en", "department", "classes", "months", "article", "note")
FIELD_KINDS = ("text", "long_text", "date", "money", "whole", "choice")
NOTICE_KEYS = ("days", "count", "columns", "withheld", "article")


@dataclass(frozen=True, slots=True)
class Step:
    """A way from a stage to another (步骤): who may take it, what it asks for, which papers it produces."""

    to: str
    zh: str
    en: str
    roles: tuple[str, ...]
    needs: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    article: str = ""


@dataclass(frozen=True, slots=True)
class CaseStage:
    """A stage (环节): ``days`` allowed, working or calendar; ``None`` where no document says. ``owner`` is whose desk it lies on."""

    code: str
    zh: str
    en: str
    steps: tuple[Step, ...]
    days: int | None = None
    is_working: bool = True
    is_end: bool = False
    owner: str = "officer"
    overdue: str = ""  # role that is told when the day has passed


@dataclass(frozen=True, slots=True)
class CaseField:
    """A field of a case besides its subject (字段)."""

    code: str
    zh: str
    en: str
    kind: str = "text"
    is_required: bool = False
    choices: tuple[str, ...] = ()
    unit: str = ""


@dataclass(frozen=True, slots=True)
class NoticePolicy:
    """What the public notice shows (公示口径): columns of the list, classes that are withheld, and its window."""

    columns: tuple[str, ...] = ("name", "class")
    withheld: tuple[str, ...] = ()
    days: int | None = None
    is_working: bool = True
    article: str = ""


@dataclass(frozen=True, slots=True)
class ConsequenceRule:
    """A list that follows from the final list (结果运用): which classes go to which department, for how many months.

    ``months`` is ``None`` where no document says how long; what the department charges or grants is its own rulebook.
    """

    code: str
    zh: str
    en: str
    department: str
    classes: tuple[str, ...]
    months: int | None = None
    article: str = ""


@dataclass(frozen=True, slots=True)
class Procedure:
    """A procedure of a pack (程序). ``stages`` in the order of the file; the first is where a case begins."""

    code: str
    pack: str
    zh: str
    en: str
    subject: str
    document: Source
    stages: Mapping[str, CaseStage]
    notice: NoticePolicy
    fields: tuple[CaseField, ...] = ()
    consequences: tuple[ConsequenceRule, ...] = ()
    where: str = ""

    @property
    def first(self) -> CaseStage:
        """Where a case begins."""
        return next(iter(self.stages.values()))

    def step(self, stage: str, to: str) -> Step | None:
        """The step from a stage to another, or ``None``."""
        return next((s for s in self.stages[stage].steps if s.to == to), None)


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """Holidays and worked weekends (节假日与调休) of the years that have been published; other years are unknown."""

    holidays: frozenset[dt.date] = frozenset()
    workdays: frozenset[dt.date] = frozenset()
    years: frozenset[int] = field(default_factory=frozenset)


def read_procedures(shelves: Mapping[str, Shelf], problems: list[Problem]) -> dict[str, Procedure]:
    """The procedures of all packs by code; mistakes are added to ``problems``."""
    found: dict[str, Procedure] = {}
    for shelf in shelves.values():
        for name in shelf.pack.names("procedures"):
            document = shelf.pack.document(name)
            try:
                made = read_procedure(document, shelf.pack.code)
            except KaiwuError as error:
                problems += error.problems
                continue
            if made.code in found:
                zh, en = (
                    f"程序“{made.code}”已在 {found[made.code].where} 中",
                    f"procedure “{made.code}” stands in {found[made.code].where}",
                )
                problems.append(document.problem("P-TWICE", zh, en, "procedure"))
            found[made.code] = made
    return found


def read_procedure(document: Document, pack: str) -> Procedure:
    """One file. Raises ``KaiwuError`` with every mistake of it."""
    if not isinstance(document.data, dict):
        raise KaiwuError(
            document.problem("P-PROCEDURE", "程序文件要以 procedure: 开头", "a procedure begins with procedure:")
        )
    entry = Entry(document, (), document.data, [])
    entry.check_keys(PROCEDURE_KEYS)
    stages = [_stage(e) for e in _entries(entry, "stages")]
    made = Procedure(
        code=entry.text("procedure", required=True), pack=pack, zh=entry.text("zh", required=True), en=entry.text("en", required=True),
        subject=entry.choice("subject", SUBJECTS, "firm"), document=_source(entry), stages={s.code: s for s in stages},
        notice=_notice(entry), fields=tuple(_field(e) for e in _entries(entry, "fields")),
        consequences=tuple(_consequence(e) for e in _entries(entry, "consequences")), where=entry.where,
    )  # fmt: skip
    _check_stages(entry, stages)
    if entry.problems:
        raise KaiwuError(entry.problems)
    return made


def _entries(entry: Entry, key: str) -> list[Entry]:
    rows = entry.data.get(key)
    if rows is None:
        return []
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        entry.complain("F-KEY-TYPE", f"“{key}”要写成列表", f"“{key}” is a list of mappings", key)
        return []
    return [Entry(entry.document, (*entry.path, key, i), row, entry.problems) for i, row in enumerate(rows)]


def _stage(entry: Entry) -> CaseStage:
    entry.check_keys(STAGE_KEYS)
    return CaseStage(
        code=entry.text("code", required=True), zh=entry.text("zh", required=True), en=entry.text("en", required=True),
        steps=tuple(_step(e) for e in _entries(entry, "steps")), days=entry.whole_number("days", 1, MAX_DAYS),
        is_working=entry.choice("count", COUNTS, "working") == "working", is_end=entry.flag("end", False),
        owner=entry.choice("owner", ROLES, "officer"), overdue=entry.choice("overdue", ("", *ROLES), ""),
    )  # fmt: skip


def _step(entry: Entry) -> Step:
    entry.check_keys(STEP_KEYS)
    return Step(
        to=entry.text("to", required=True), zh=entry.text("zh", required=True), en=entry.text("en", required=True),
        roles=_words(entry, "roles", ROLES), needs=_words(entry, "needs", NEEDS), documents=entry.texts("documents"),
        article=entry.text("article"),
    )  # fmt: skip


def _words(entry: Entry, key: str, allowed: Collection[str]) -> tuple[str, ...]:
    words = entry.texts(key)
    for i, word in enumerate(words):
        if word not in allowed:
            listed = ", ".join(allowed)
            entry.complain("F-KEY-WORD", f"“{word}”不在可选值中: {listed}", f"“{word}” is none of: {listed}", key, i)
    return words


def _field(entry: Entry) -> CaseField:
    entry.check_keys(FIELD_KEYS)
    return CaseField(
        code=entry.text("code", required=True), zh=entry.text("zh", required=True), en=entry.text("en", required=True),
        kind=entry.choice("kind", FIELD_KINDS, "text"), is_required=entry.flag("required", False), choices=entry.texts("choices"),
        unit=entry.text("unit"),
    )  # fmt: skip


def _consequence(entry: Entry) -> ConsequenceRule:
    entry.check_keys(CONSEQUENCE_KEYS)
    if not entry.texts("classes"):
        entry.complain("P-PROCEDURE", "要写明哪些档次(classes)", "name the classes that it is for", "classes")
    return ConsequenceRule(
        code=entry.text("code", required=True), zh=entry.text("zh", required=True), en=entry.text("en", required=True),
        department=entry.text("department", required=True), classes=entry.texts("classes"),
        months=entry.whole_number("months", 1, 120), article=entry.text("article"),
    )  # fmt: skip


def _inner(entry: Entry, key: str) -> Entry | None:
    data = entry.data.get(key)
    if data is None:
        return None
    if not isinstance(data, dict):
        entry.complain("F-KEY-TYPE", f"“{key}”要写成一组键", f"“{key}” is a mapping", key)
        return None
    return Entry(entry.document, (*entry.path, key), data, entry.problems)


def _source(entry: Entry) -> Source:
    inner = _inner(entry, "document")
    return Source() if inner is None else read_source(inner)


def _notice(entry: Entry) -> NoticePolicy:
    inner = _inner(entry, "notice")
    if inner is None:
        return NoticePolicy()
    inner.check_keys(NOTICE_KEYS)
    return NoticePolicy(
        columns=inner.texts("columns") or NoticePolicy().columns, withheld=inner.texts("withheld"),
        days=inner.whole_number("days", 1, MAX_DAYS), is_working=inner.choice("count", COUNTS, "working") == "working",
        article=inner.text("article"),
    )  # fmt: skip


def _check_stages(entry: Entry, stages: list[CaseStage]) -> None:
    codes = [s.code for s in stages]
    if not stages:
        entry.complain("P-PROCEDURE", "没有环节", "there are no stages", "stages")
        return
    for i, stage in enumerate(stages):
        where = ("stages", i)
        if codes.count(stage.code) > 1:
            entry.complain("P-TWICE", f"环节“{stage.code}”重复", f"stage “{stage.code}” occurs twice", *where, "code")
        if stage.is_end == bool(stage.steps):
            zh, en = "终结环节没有步骤, 其他环节至少一个", "an end has no steps, every other stage at least one"
            entry.complain("P-PROCEDURE", f"“{stage.code}”: {zh}", f"“{stage.code}”: {en}", *where)
        for j, step in enumerate(stage.steps):
            if step.to not in codes:
                zh, en = (
                    f"没有环节“{step.to}”; 现有: {', '.join(codes)}",
                    f"no stage “{step.to}”; there are: {', '.join(codes)}",
                )
                entry.complain("P-PROCEDURE", zh, en, *where, "steps", j, "to")
            if not step.roles:
                entry.complain(
                    "P-PROCEDURE",
                    "步骤要写明由谁办理(roles)",
                    "a step names who may take it (roles)",
                    *where,
                    "steps",
                    j,
                )
    _check_ways(entry, stages)


def _check_ways(entry: Entry, stages: list[CaseStage]) -> None:
    """Every stage can be reached from the first, and from every stage an end can be reached."""
    ways = {s.code: {step.to for step in s.steps} for s in stages}
    reached = _reach({stages[0].code}, ways)
    back = {code: {a for a, targets in ways.items() if code in targets} for code in ways}
    ending = _reach({s.code for s in stages if s.is_end}, back)
    for i, stage in enumerate(stages):
        if stage.code not in reached:
            entry.complain(
                "P-PROCEDURE", f"环节“{stage.code}”走不到", f"stage “{stage.code}” cannot be reached", "stages", i
            )
        if stage.code not in ending:
            entry.complain(
                "P-PROCEDURE",
                f"环节“{stage.code}”走不到终结",
                f"no end can be reached from “{stage.code}”",
                "stages",
                i,
            )


def _reach(start: set[str], ways: Mapping[str, set[str]]) -> set[str]:
    reached, open_ = set(start), list(start)
    while open_:
        for code in ways.get(open_.pop(), set()) - reached:
            reached.add(code)
            open_.append(code)
    return reached


def read_calendar(packs: Collection[Pack], problems: list[Problem]) -> WorkCalendar:
    """The calendars of all packs together: rows ``day, kind (holiday|workday), name, source`` of ``calendars/*.csv``."""
    days: dict[str, set[dt.date]] = {"holiday": set(), "workday": set()}
    for pack in packs:
        for name in pack.names("calendars", ".csv"):
            for i, row in enumerate(pack.rows(name), start=2):
                try:
                    days[row["kind"]].add(dt.date.fromisoformat(row["day"]))
                except (KeyError, ValueError):
                    zh, en = (
                        "每行要写 day(2025-01-01)和 kind(holiday 或 workday)",
                        "a row has day (2025-01-01) and kind (holiday or workday)",
                    )
                    problems.append(Problem("P-CALENDAR", zh, en, where=f"{pack.code}/{name}:{i}"))
    years = frozenset(day.year for day in days["holiday"])
    return WorkCalendar(frozenset(days["holiday"]), frozenset(days["workday"]), years)
