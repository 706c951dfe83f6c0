"""Reads a programme file (兑付方案) and checks it against the rulebook that it pays; all mistakes in one report.

Owns the keys of a programme. It does not own their meaning in a case (``kaiwu.procedure.claim``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping
from fractions import Fraction
from typing import Any

from kaiwu.figure.catalogue import Catalogue
from kaiwu.figure.entry import Entry
from kaiwu.pack.programme import (
    CHECKS,
    DAY_KINDS,
    MATERIAL_KINDS,
    ORIGINS,
    SEVERITIES,
    STAGE_KINDS,
    CheckRule,
    ClawBackRule,
    Fund,
    Instalment,
    Material,
    NoticeRule,
    Pot,
    Programme,
    Question,
    Stage,
    Survey,
)
from kaiwu.pack.programme_value import ProgrammeValues
from kaiwu.quantity import KaiwuError
from kaiwu.rule.decision import Source, Validity
from kaiwu.rule.rulebook import Head, read_source, read_validity
from kaiwu.table import Document

MAX_DAYS, MAX_COUNT, MAX_MONTHS = 366, 1_000_000, 120
MAX_DECIMALS = 8
FIRST_YEAR, LAST_YEAR = 1900, 2199
GROUND = ("article", "standing", "source", "note")
CODE_NAME = ("code", "zh", "en")
PROGRAMME_KEYS = (
    "programme", "zh", "en", "rulebook", "clauses", "status", "document", "valid", "window", "pot", "funds", "materials", "stages", "notice",
    "checks", "instalments", "survey", "claw_back", "automatic", "facts", "invoices", "calendar", *GROUND,
)  # fmt: skip


def read_programme(
    document: Document,
    *,
    pack: str,
    heads: Mapping[str, tuple[str, str, Head]],
    clauses: Callable[[str], Collection[str]],
    catalogue: Catalogue,
    sources: Collection[str],
    is_synthetic: bool,
) -> Programme:
    """Read one file. ``clauses`` gives the ids of a rulebook. Raises ``KaiwuError`` with every mistake of the file."""
    if not isinstance(document.data, dict):
        raise KaiwuError(
            document.problem("P-PROGRAMME", "方案文件要以 programme: 开头", "a programme begins with programme:")
        )
    entry = Entry(document, (), document.data, [])
    entry.check_keys(PROGRAMME_KEYS)
    reader = _Reader(entry, catalogue, sources)
    made = reader.programme(pack, heads, clauses, is_synthetic)
    if entry.problems:
        raise KaiwuError(entry.problems)
    return made


class _Reader(ProgrammeValues):
    def programme(
        self,
        pack: str,
        heads: Mapping[str, tuple[str, str, Head]],
        clauses: Callable[[str], Collection[str]],
        is_synthetic: bool,
    ) -> Programme:
        entry = self.entry
        status = entry.choice("status", ("in_use", "draft", "template"), "in_use")
        rulebook, head = self.rulebook(heads)
        materials = tuple(self.material(e) for e in self.rows("materials"))
        made = Programme(
            code=entry.text("programme", required=True),
            zh=entry.text("zh", required=True),
            en=entry.text("en", required=True),
            pack=pack,
            rulebook=rulebook,
            clauses=self.clauses(clauses(rulebook) if head is not None else ()),
            document=self.document(head),
            status=status,
            validity=read_validity(self.sub(entry, "valid")),
            window=read_validity(self.sub(entry, "window")),
            pot=self.pot(self.sub(entry, "pot")),
            funds=tuple(self.fund(e) for e in self.rows("funds")),
            materials=materials,
            stages=tuple(self.stage(e) for e in self.rows("stages")),
            notice=self.notice(self.sub(entry, "notice")),
            checks=tuple(self.check(e) for e in self.rows("checks")),
            instalments=tuple(self.instalment(e, {m.code for m in materials}) for e in self.rows("instalments")),
            survey=self.survey(self.sub(entry, "survey")),
            claw_back=tuple(self.claw_back(e) for e in self.rows("claw_back")),
            is_automatic=entry.flag("automatic", False),
            facts=self.facts(self.sub(entry, "facts")),
            **self.invoices(self.sub(entry, "invoices")),
            **self.calendar(self.sub(entry, "calendar")),
            ground=self.ground(entry),
            is_synthetic=is_synthetic,
            where=entry.where,
        )
        self.check_whole(made)
        return made

    # -- parts -------------------------------------------------------------------------------------------

    def rulebook(self, heads: Mapping[str, tuple[str, str, Head]]) -> tuple[str, Head | None]:
        code = self.entry.text("rulebook", required=True)
        known = heads.get(code)
        if code and (known is None or known[2].kind != "clauses"):
            self.entry.complain(
                "P-PROGRAMME-BOOK",
                f"没有条款类规则文件“{code}”; 请写本内容包或其依赖的规则代码",
                f"there is no rulebook of clauses “{code}”: name one of this pack or of those it depends on",
                "rulebook",
            )
            return code, None
        return code, known[2] if known is not None else None

    def clauses(self, known: Collection[str]) -> tuple[str, ...]:
        named = self.entry.texts("clauses")
        for i, clause in enumerate(named):
            if known and clause not in known:
                self.entry.complain(
                    "P-PROGRAMME-CLAUSE",
                    f"规则文件里没有条款“{clause}”; 现有: {', '.join(known)}",
                    f"the rulebook has no clause “{clause}”; there are: {', '.join(known)}",
                    "clauses",
                    i,
                )
        return named or tuple(known)

    def document(self, head: Head | None) -> Source:
        own = self.sub(self.entry, "document")
        if own.data:
            source = read_source(own)
            self.check_source(own, source.source)
            return source
        return head.document if head is not None else Source()

    def pot(self, entry: Entry) -> Pot:
        entry.check_keys(("code", "year", "amount", "expires", *GROUND))
        expires = entry.data.get("expires")
        if expires is not None and not isinstance(expires, dt.date):
            zh, en = "“expires”要写日期, 如 2025-12-31", "“expires” wants a date such as 2025-12-31"
            entry.complain("F-KEY-TYPE", zh, en, "expires")
            expires = None
        return Pot(
            code=entry.text("code", self.entry.text("programme")),
            year=entry.whole_number("year", FIRST_YEAR, LAST_YEAR) or 0,
            amount=self.money(entry, "amount"),
            expires=expires,
            ground=self.ground(entry),
        )

    def fund(self, entry: Entry) -> Fund:
        entry.check_keys((*CODE_NAME, "level", "year", "share", "budget", *GROUND))
        return Fund(
            code=entry.text("code", required=True),
            zh=entry.text("zh", required=True),
            en=entry.text("en", required=True),
            level=entry.text("level", required=True),
            year=entry.whole_number("year", FIRST_YEAR, LAST_YEAR) or 0,
            share=self.ratio(entry, "share"),
            budget=self.money(entry, "budget"),
            ground=self.ground(entry),
        )

    def material(self, entry: Entry) -> Material:
        entry.check_keys((*CODE_NAME, "kind", "required", *GROUND))
        return Material(
            code=entry.text("code", required=True),
            zh=entry.text("zh", required=True),
            en=entry.text("en", required=True),
            kind=entry.choice("kind", MATERIAL_KINDS, "other"),
            is_required=entry.flag("required", True),
            ground=self.ground(entry),
        )

    def stage(self, entry: Entry) -> Stage:
        entry.check_keys((*CODE_NAME, "kind", "role", "departments", "minutes", "two_person", "days", "count", *GROUND))
        return Stage(
            code=entry.text("code", required=True),
            zh=entry.text("zh", required=True),
            en=entry.text("en", required=True),
            kind=entry.choice("kind", STAGE_KINDS, "approval"),
            role=entry.text("role", required=True),
            departments=entry.texts("departments"),
            has_minutes=entry.flag("minutes", False),
            is_two_person=entry.flag("two_person", False),
            days=entry.whole_number("days", 1, MAX_DAYS),
            is_working=entry.choice("count", DAY_KINDS, "working") == "working",
            ground=self.ground(entry),
        )

    def notice(self, entry: Entry) -> NoticeRule:
        entry.check_keys(("days", "count", *GROUND))
        return NoticeRule(
            days=entry.whole_number("days", 1, MAX_DAYS),
            is_working=entry.choice("count", DAY_KINDS, "working") == "working",
            ground=self.ground(entry),
        )

    def check(self, entry: Entry) -> CheckRule:
        entry.check_keys(("check", "severity", "threshold", "days", "at_least", "share", "step", *GROUND))
        code = entry.choice("check", CHECKS, "")
        default = "hint" if code in ("round_number", "leading_digit") else "ask"
        severity = entry.choice("severity", SEVERITIES, default)
        if default == "hint" and severity != "hint":
            entry.complain(
                "P-PROGRAMME-HINT",
                "整数筛查和首位数筛查只能是提示(hint)",
                "screens for round numbers and leading digits are hints only",
                "severity",
            )
        if code == "split_contract" and (entry.data.get("threshold") is None or entry.data.get("days") is None):
            entry.complain(
                "P-PROGRAMME-CHECK",
                "拆分合同核验要写 threshold 和 days",
                "the check for split contracts wants threshold and days",
                "check",
            )
        return CheckRule(
            code=code,
            severity=severity,
            threshold=self.money(entry, "threshold"),
            days=entry.whole_number("days", 1, MAX_DAYS) or 0,
            at_least=entry.whole_number("at_least", 1, MAX_COUNT) or 0,
            share=self.ratio(entry, "share"),
            step=self.money(entry, "step"),
            ground=self.ground(entry),
        )

    def instalment(self, entry: Entry, materials: Collection[str]) -> Instalment:
        entry.check_keys((*CODE_NAME, "share", "materials", *GROUND))
        needed = entry.texts("materials")
        for i, code in enumerate(needed):
            if code not in materials:
                entry.complain(
                    "P-PROGRAMME-MATERIAL",
                    f"材料清单里没有“{code}”",
                    f"the materials have no “{code}”",
                    "materials",
                    i,
                )
        return Instalment(
            code=entry.text("code", required=True),
            zh=entry.text("zh", required=True),
            en=entry.text("en", required=True),
            share=self.ratio(entry, "share", required=True) or Fraction(0),
            materials=needed,
            ground=self.ground(entry),
        )

    def survey(self, entry: Entry) -> Survey | None:
        if not entry.data:
            return None
        entry.check_keys(("months", "questions", *GROUND))
        rows = entry.data.get("questions")
        if not isinstance(rows, list) or not rows:
            entry.complain("P-PROGRAMME-SURVEY", "问卷要有 questions", "a survey wants questions", "questions")
            rows = []
        questions = tuple(self.question(e) for e in self.rows("questions", entry, rows))
        return Survey(entry.whole_number("months", 0, MAX_MONTHS) or 0, questions, self.ground(entry))

    def question(self, entry: Entry) -> Question:
        entry.check_keys((*CODE_NAME, "variable", "before", "decimals"))
        name, before = entry.text("variable"), entry.text("before")
        for key, word in (("variable", name), ("before", before)):
            if word:
                self.variable(entry, word, key)
        if before and not name:
            zh, en = (
                "写了 before(前值)就要写 variable(答案是哪个变量)",
                "“before” wants “variable”: what the answer is a figure of",
            )
            entry.complain("P-PROGRAMME-BEFORE", zh, en, "before")
        elif before and not entry.problems and self.unit_of(before) != self.unit_of(name):
            zh, en = f"“{before}”与“{name}”量纲不同, 不能比较", f"“{before}” and “{name}” are of different dimensions"
            entry.complain("P-PROGRAMME-BEFORE", zh, en, "before")
        decimals = entry.whole_number("decimals", 0, MAX_DECIMALS)
        return Question(
            entry.text("code", required=True), entry.text("zh", required=True), entry.text("en"), name, before, decimals
        )

    def unit_of(self, name: str) -> tuple[object, Fraction]:
        variable = self.catalogue.get(name) or self.catalogue.find(name)
        return (variable.unit.dimension if variable.unit is not None else variable.kind), variable.grain

    def claw_back(self, entry: Entry) -> ClawBackRule:
        entry.check_keys((*CODE_NAME, "share", *GROUND))
        return ClawBackRule(
            code=entry.text("code", required=True),
            zh=entry.text("zh", required=True),
            en=entry.text("en", required=True),
            share=self.ratio(entry, "share"),
            ground=self.ground(entry),
        )

    def facts(self, entry: Entry) -> dict[str, str]:
        out: dict[str, str] = {}
        for name, origin in entry.data.items():
            self.variable(entry, str(name), name)
            if origin not in ORIGINS:
                entry.complain(
                    "P-PROGRAMME-ORIGIN",
                    f"来源只能是 {', '.join(ORIGINS)}",
                    f"the origin is one of {', '.join(ORIGINS)}",
                    name,
                )
            out[str(name)] = str(origin)
        return out

    def invoices(self, entry: Entry) -> dict[str, Any]:
        entry.check_keys(("required", "cap", *GROUND))
        self.ground(entry)
        cap = self.ratio(entry, "cap")
        return {"is_invoiced": entry.flag("required", True), "invoice_cap": Fraction(1) if cap is None else cap}

    def calendar(self, entry: Entry) -> dict[str, Any]:
        entry.check_keys(("holidays", "workdays", *GROUND))
        self.ground(entry)
        out: dict[str, Any] = {}
        for key in ("holidays", "workdays"):
            days = entry.data.get(key) or []
            if not isinstance(days, list) or not all(isinstance(day, dt.date) for day in days):
                entry.complain(
                    "F-KEY-TYPE",
                    f"“{key}”要写日期列表, 如 [2025-10-01]",
                    f"“{key}” wants a list of dates such as [2025-10-01]",
                    key,
                )
                days = []
            out[key] = frozenset(days)
        return out

    # -- the whole ---------------------------------------------------------------------------------------

    def check_whole(self, made: Programme) -> None:
        for key, codes in (
            ("funds", [f.code for f in made.funds]),
            ("materials", [m.code for m in made.materials]),
            ("stages", [s.code for s in made.stages]),
            ("checks", [c.code for c in made.checks]),
            ("instalments", [i.code for i in made.instalments]),
        ):
            for code in sorted({c for c in codes if c and codes.count(c) > 1}):
                self.entry.complain("P-PROGRAMME-TWICE", f"“{code}”重复", f"“{code}” occurs twice", key)
        if made.status == "template":
            return
        self.check_shares("funds", [f.share for f in made.funds], may_be_unknown=True)
        self.check_shares("instalments", [i.share for i in made.instalments] or [Fraction(1)])
        if not made.funds:
            self.entry.complain(
                "P-PROGRAMME-FUND", "至少一个资金来源", "at least one fund source is wanted", "programme"
            )
        kinds = [s.kind for s in made.stages]
        if kinds.count("notice") > 1 or kinds.count("treasury") != 1 or kinds[-1:] != ["treasury"]:
            self.entry.complain(
                "P-PROGRAMME-CHAIN",
                "环节以一个国库支付(treasury)结束, 公示(notice)至多一个",
                "the chain ends with one stage of kind treasury and has at most one of kind notice",
                "stages",
            )
        if made.pot.year == 0:
            self.entry.complain("P-PROGRAMME-POT", "资金池要写 year", "the pot wants its year", "pot")

    def check_shares(self, key: str, shares: list[Fraction | None], may_be_unknown: bool = False) -> None:
        known = [s for s in shares if s is not None]
        if len(known) == len(shares) and known and sum(known) != 1:
            self.entry.complain("P-PROGRAMME-SHARE", "份额之和要等于 100%", "the shares must sum to 100 %", key)
        if len(known) < len(shares) and (not may_be_unknown or sum(known) > 1):
            self.entry.complain("P-PROGRAMME-SHARE", "份额不合", "the shares do not fit", key)


def validity_text(validity: Validity) -> str:
    """``2025-01-01 – 2025-12-31`` with open ends left out."""
    ends = (validity.valid_from, validity.valid_to)
    return " – ".join("" if day is None else day.isoformat() for day in ends) if any(ends) else ""
