"""What a year of vouchers may say (一年的券): the keys of a pack's ``voucher.yaml`` and their types.

Owns the shapes and opening the file. It does not own what is made of them (``voucher``). Money is in 万元, shares are of
one, however they were written.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kaiwu.pack import builtin_packs
from kaiwu.pack.library import find_packs
from kaiwu.pack.pack import read_pack
from kaiwu.quantity import KaiwuError
from kaiwu.synth.section import read_whole

FILE = "voucher.yaml"


@dataclass(frozen=True, slots=True)
class Budget:
    """A part of the pot that arrives in a month, with its document."""

    month: int
    share: float
    document: str


@dataclass(frozen=True, slots=True)
class CountRule:
    """How many claims: ``base`` for ``firms`` firms, growing with a power of them, within bounds."""

    base: int
    firms: int
    exponent: float
    least: int
    most: int


@dataclass(frozen=True, slots=True)
class TailRule:
    """Contracts by a bounded Pareto law."""

    low: float
    high: float
    tail: float


@dataclass(frozen=True, slots=True)
class SmallRule:
    """Small contracts of small firms."""

    share: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class SizingRule:
    """What the awards will roughly be, so that the demand meets the pot; the rulebook decides them."""

    cap: float
    small_rate: float
    kinds: dict[str, float]


@dataclass(frozen=True, slots=True)
class FactNames:
    """Names of the variables that the sheet carries."""

    is_small: str
    kind: str
    is_base_model: str


@dataclass(frozen=True, slots=True)
class SupplierRule:
    """Suppliers: how many, the beginning of their codes, the pattern of their names."""

    count: int
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class OfficeRule:
    """The paid list of another office."""

    origin: str
    level: str
    programme: str
    rows: int


@dataclass(frozen=True, slots=True)
class Plant:
    """A planted case: which check finds it in which month, and how the officer answers; ``of`` is an earlier month."""

    case: str
    month: int
    check: str
    verdict: str
    zh: str
    en: str
    of: int = 0


@dataclass(frozen=True, slots=True)
class ObjectionRule:
    """One objection: raised within a month's notice, closed in a later month."""

    month: int
    closed: int
    zh: str
    en: str
    outcome: str


@dataclass(frozen=True, slots=True)
class ClawBackPlan:
    """One claw-back: of a claim of a month, by a ground of the programme."""

    month: int
    of: int
    rule: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class ReturnRule:
    """A payment that the bank returns."""

    month: int
    reason: str


@dataclass(frozen=True, slots=True)
class EventRule:
    """What else happens in the year."""

    objection: ObjectionRule
    claw_back: ClawBackPlan
    returned: tuple[ReturnRule, ...]


@dataclass(frozen=True, slots=True)
class VoucherRule:
    """The whole file."""

    voucher: int
    zh: str
    en: str
    programme: str
    pack: str
    depends: tuple[str, ...]
    year: int
    town: str
    budget: tuple[Budget, ...]
    demand: float
    by_month: tuple[float, ...]
    claims: CountRule
    amounts: TailRule
    small: SmallRule
    again: float
    paid: tuple[float, ...]
    e_invoices: float
    usage_logs: float
    sizing: SizingRule
    kinds: dict[str, float]
    facts: FactNames
    kind_words: dict[str, str]
    suppliers: SupplierRule
    address: str
    person: str
    other_office: OfficeRule
    plants: tuple[Plant, ...]
    pays: dict[str, tuple[int, ...]]
    events: EventRule


@dataclass(frozen=True, slots=True)
class VoucherPlan:
    """A pack's voucher year with the text of its programme."""

    rule: VoucherRule
    programme: str


def open_voucher_plan(pack: str, roots: Sequence[Path] = ()) -> VoucherPlan | None:
    """The voucher year of a pack, ``None`` where it has none. Raises ``KaiwuError`` with every mistake."""
    read = read_pack(find_packs([*roots, builtin_packs()])[pack])
    if FILE not in read.files:
        return None
    document = read.document(FILE)
    rule = read_whole(document, VoucherRule)
    if rule.programme not in read.files:
        zh, en = f"没有文件“{rule.programme}”", f"there is no file “{rule.programme}”"
        raise KaiwuError(document.problem("Y-FILE", zh, en, "programme"))
    return VoucherPlan(rule, read.files[rule.programme])
