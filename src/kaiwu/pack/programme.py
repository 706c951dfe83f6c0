"""A programme (兑付方案): how one voucher or award of a rulebook is claimed, checked, approved, noticed and paid.

Owns its shape. It does not own the amounts (the rulebook's clauses), nor the cases (``kaiwu.procedure.claim``), nor how
the file is read (``programme_reader``). What a document does not say is ``None`` and is asked for, never guessed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from kaiwu.rule.decision import Source, Validity

STAGE_KINDS = ("approval", "audit", "review", "committee", "notice", "recheck", "leader", "treasury")
MATERIAL_KINDS = ("contract", "invoice", "payment", "usage_log", "acceptance", "form", "promise", "other")
SEVERITIES = ("blocks", "ask", "hint")
CHECKS = ("same_invoice", "split_contract", "related_party", "outside_validity", "round_number", "leading_digit")
ORIGINS = ("paid", "signed", "signed_in_year", "granted_in_year", "pot_left")
DAY_KINDS = ("working", "calendar")


@dataclass(frozen=True, slots=True)
class Ground:
    """What one declared fact rests on (依据): an article, and how well it is attested."""

    article: str = ""
    standing: str = "attested"  # attested | single_copy | memory | inferred; all but the first show 待核实
    source: str = ""
    note: str = ""

    @property
    def is_attested(self) -> bool:
        """Whether it needs no 待核实."""
        return self.standing == "attested"


@dataclass(frozen=True, slots=True)
class Fund:
    """One fund source (资金来源): a treasury of one level and year that bears a share of every award."""

    code: str
    zh: str
    en: str
    level: str
    year: int
    share: Fraction | None  # of an award; None: the document does not say
    budget: int | None  # fen
    ground: Ground = field(default_factory=Ground)


@dataclass(frozen=True, slots=True)
class Material:
    """One item of the completeness list (材料清单)."""

    code: str
    zh: str
    en: str
    kind: str
    is_required: bool
    ground: Ground = field(default_factory=Ground)


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of the chain of approvals (审批环节): who signs, with what, within how many days."""

    code: str
    zh: str
    en: str
    kind: str
    role: str
    departments: tuple[str, ...]  # each signs for itself (联审)
    has_minutes: bool
    is_two_person: bool
    days: int | None
    is_working: bool
    ground: Ground = field(default_factory=Ground)


@dataclass(frozen=True, slots=True)
class NoticeRule:
    """The window of the public notice (公示期); ``days`` is None where the document does not say."""

    days: int | None = None
    is_working: bool = True
    ground: Ground = field(default_factory=Ground)


@dataclass(frozen=True, slots=True)
class CheckRule:
    """One check to run (核验): its code, how severe a finding is, and its parameters (fen, days, counts, shares)."""

    code: str
    severity: str
    threshold: int | None = None  # fen
    days: int = 0
    at_least: int = 0
    share: Fraction | None = None
    step: int | None = None  # fen
    ground: Ground = field(default_factory=Ground)


@dataclass(frozen=True, slots=True)
class Instalment:
    """One instalment (分期): its share of the award and the materials that must be there first."""

    code: str
    zh: str
    en: str
    share: Fraction
    materials: tuple[str, ...] = ()
    ground: Ground = field(default_factory=Ground)


@dataclass(frozen=True, slots=True)
class Question:
    """One question of the effect survey (绩效问卷). ``before`` names the variable whose figure stands before the answer, where it
    is not ``variable``; ``decimals`` those of the change per yuan as printed."""

    code: str
    zh: str
    en: str
    variable: str = ""
    before: str = ""
    decimals: int | None = None


@dataclass(frozen=True, slots=True)
class Survey:
    """The effect survey: when, in months after payment, and what is asked."""

    months: int
    questions: tuple[Question, ...]
    ground: Ground = field(default_factory=Ground)


@dataclass(frozen=True, slots=True)
class ClawBackRule:
    """A condition under which money is claimed back (追回); ``share`` None: the document does not say how much."""

    code: str
    zh: str
    en: str
    share: Fraction | None
    ground: Ground = field(default_factory=Ground)


@dataclass(frozen=True, slots=True)
class Pot:
    """The pot (资金池) that pays; several programmes may draw on one."""

    code: str
    year: int
    amount: int | None  # fen; None: unknown
    expires: dt.date | None = None  # a voucher that is not redeemed by then lapses
    ground: Ground = field(default_factory=Ground)


@dataclass(frozen=True, slots=True)
class Programme:
    """One programme as declared; ``status`` template: its content is unknown and nothing may be claimed.

    ``facts`` says which facts of the clauses come from the case itself: name of a variable -> one of ``ORIGINS``.
    ``invoice_cap`` is the most of an invoice's amount that all programmes together may pay.
    """

    code: str
    zh: str
    en: str
    pack: str
    rulebook: str
    clauses: tuple[str, ...]
    document: Source
    status: str
    validity: Validity
    window: Validity
    pot: Pot
    funds: tuple[Fund, ...]
    materials: tuple[Material, ...]
    stages: tuple[Stage, ...]
    notice: NoticeRule
    checks: tuple[CheckRule, ...]
    instalments: tuple[Instalment, ...]
    survey: Survey | None
    claw_back: tuple[ClawBackRule, ...]
    is_automatic: bool  # 免申即享: nobody has to claim
    facts: Mapping[str, str]
    invoice_cap: Fraction
    is_invoiced: bool  # whether the basis is proven by invoices
    holidays: frozenset[dt.date]
    workdays: frozenset[dt.date]
    ground: Ground = field(default_factory=Ground)
    is_synthetic: bool = False
    where: str = ""

    def material(self, code: str) -> Material | None:
        """The material of a code."""
        return next((m for m in self.materials if m.code == code), None)

    def check(self, code: str) -> CheckRule | None:
        """The check of a code, where the programme runs it."""
        return next((c for c in self.checks if c.code == code), None)


__all__ = [
    "CHECKS", "DAY_KINDS", "MATERIAL_KINDS", "ORIGINS", "SEVERITIES", "STAGE_KINDS", "CheckRule", "ClawBackRule", "Fund", "Ground",
    "Instalment", "Material", "NoticeRule", "Pot", "Programme", "Question", "Stage", "Survey",
]  # fmt: skip
