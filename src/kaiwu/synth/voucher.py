"""A year of vouchers of a synthetic district (一年的券): who claims how much for which contract, month by month.

Owns drawing the claims so that their demand is a little above the pot. It does not own the planted cases
(``voucher_plant``) nor the files (``voucher_file``). All parties are invented and say so in their names.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

import numpy as np

from kaiwu.identity import make_uscc
from kaiwu.synth.district import District
from kaiwu.synth.draw import Floats, Streams, draw_choices, draw_tail
from kaiwu.synth.voucher_setting import Plant, VoucherPlan, VoucherRule

FEN = 1_000_000
"""Fen of 万元, the unit of the model."""
SMALL_LINE = 50.0
LEAST_AGAIN = 80.0
"""Firms that claim twice have contracts above this, so that none looks split by chance."""
ROOM, LEAST_SMALL = 1.15, 3
"""By how much the caps of the firms with large contracts exceed the demand; small contracts there must be."""
MOST = 12_000.0
"""Contracts above meet the cap many times over and would only look absurd."""
FILING_DAY = 3
SPARE_FIRMS = 8
"""Firms that claim nothing, for the planted cases."""


@dataclass(frozen=True, slots=True)
class Company:
    """A claiming firm or a supplier: code, name, town, person (never a real number), address."""

    code: str
    name: str
    town: str
    person: str
    address: str


@dataclass(frozen=True, slots=True)
class VoucherInvoice:
    """One invoice as it stands on paper: number, day, fen; ``written`` is how the sheet spells the number."""

    number: str
    issued_on: dt.date
    total: int
    written: str = ""


@dataclass(frozen=True, slots=True)
class VoucherClaim:
    """One row of a month's sheet. Amounts in fen; ``plant`` names what was planted in it."""

    month: int
    firm: Company
    supplier: Company
    contract: str
    signed_on: dt.date
    amount: int
    invoices: tuple[VoucherInvoice, ...]
    paid: int
    paid_on: dt.date
    reference: str
    kind: str
    is_small: bool
    has_xml: bool
    has_log: bool
    spelled: str = ""  # the firm's name as the sheet spells it
    plant: Plant | None = None

    @property
    def total(self) -> int:
        """What the invoices come to."""
        return sum(invoice.total for invoice in self.invoices)


@dataclass(slots=True)
class VoucherYear:
    """The whole year: claims in the order of their filing, all companies, and what was planted."""

    plan: VoucherPlan
    label: str
    claims: list[VoucherClaim]
    companies: list[Company]
    suppliers: list[Company]
    demand: int
    pot: int
    planted: dict[str, VoucherClaim] = field(default_factory=dict)

    @property
    def rule(self) -> VoucherRule:
        """The rule that it was made by."""
        return self.plan.rule

    def of_month(self, month: int) -> list[VoucherClaim]:
        """The rows of one month's sheet."""
        return [claim for claim in self.claims if claim.month == month]


@dataclass(slots=True)
class Sketch:
    """A claim before its papers: firm, contract and paid in 万元."""

    firm: int
    contract: float
    paid_share: float
    kind: str
    is_small: bool
    least: float = 0.0  # what stretching leaves at least; none is stretched where it is zero
    month: int = 0

    @property
    def paid(self) -> float:
        """What was paid, in 万元."""
        return self.contract * self.paid_share


def count_claims(rule: VoucherRule, firms: int) -> int:
    """How many claims a district of so many firms files."""
    count = rule.claims
    grown = round(count.base * (firms / count.firms) ** count.exponent)
    return int(min(max(grown, count.least), count.most))


def draw_claims(district: District, plan: VoucherPlan, pot: int) -> VoucherYear:
    """Draw all claims of the year that are in order; ``pot`` in fen."""
    rule, streams = plan.rule, district.streams
    rng = streams.open("voucher claims")
    sketches = _sketch(district, rule, rng, pot / FEN)
    _fit_demand(sketches, rule, pot / FEN)
    sketches = _order(sketches, rule, rng)
    suppliers = name_suppliers(district, rule, streams)
    paper = Paper(rule, district.calibration.settings.name.mark, streams.open("voucher papers"))
    companies = [_company(district, rule, i) for i in range(district.firms.count)]
    claims = [
        paper.write(s.month, companies[s.firm], suppliers[int(paper.rng.integers(len(suppliers)))], s.contract, s.paid, s.kind, s.is_small)
        for s in sketches
    ]  # fmt: skip
    demand = sum(round(a * FEN) for a in awards_of(sketches, rule))
    return VoucherYear(plan, district.calibration.settings.name.label, claims, companies, suppliers, demand, pot)


# -- who and how much ------------------------------------------------------------------------------------------------


def _sketch(district: District, rule: VoucherRule, rng: np.random.Generator, pot: float) -> list[Sketch]:
    """Firms, larger ones likelier, with contracts; some claim again. Enough have large ones to use up the pot."""
    alive = np.flatnonzero(district.firms.pools["alive"][:, -1])
    weights = np.nan_to_num(district.firms.measures["revenue"][alive, -1]) ** 0.5 + 1.0
    count = min(count_claims(rule, district.firms.count), len(alive) - SPARE_FIRMS)
    again = round(rule.again * count)
    firms = rng.choice(alive, size=count - again, replace=False, p=weights / weights.sum())
    needed = int(ROOM * rule.demand * pot / rule.sizing.cap) + 1
    small = min(round(rule.small.share * count), max(count - again - needed, LEAST_SMALL))
    contracts = draw_tail(rng, count - again - small, rule.amounts.low, rule.amounts.high, rule.amounts.tail)
    names = list(rule.kinds)
    sketches = []
    for i, firm in enumerate(firms):
        is_tail = i < len(contracts)
        amount = float(contracts[i]) if is_tail else float(rng.uniform(rule.small.low, rule.small.high))
        kind = names[int(draw_choices(rng, list(rule.kinds.values()), 1)[0])]
        is_small = not is_tail or bool(rng.random() < 0.6)
        sketches.append(
            Sketch(
                int(firm),
                amount,
                float(rng.uniform(rule.paid[0], rule.paid[1])),
                kind,
                is_small,
                rule.amounts.low * is_tail,
            )
        )
    for i in len(contracts) // 3 + rng.choice(len(contracts) - len(contracts) // 3, size=again, replace=False):
        first = sketches[int(i)]
        first.contract, first.least = max(first.contract, LEAST_AGAIN), LEAST_AGAIN
        amount = max(float(first.contract * rng.uniform(0.4, 1.6)), LEAST_AGAIN)
        sketches.append(
            Sketch(first.firm, amount, float(rng.uniform(rule.paid[0], rule.paid[1])), first.kind, first.is_small)
        )
    return sketches


def awards_of(sketches: list[Sketch], rule: VoucherRule) -> list[float]:
    """What the awards will roughly be, in 万元, claim by claim."""
    granted: dict[int, float] = {}
    awards = []
    for s in sketches:
        is_small = s.is_small and s.contract <= SMALL_LINE
        rate = rule.sizing.small_rate if is_small else rule.sizing.kinds[s.kind]
        award = min(rate * s.paid, max(rule.sizing.cap - granted.get(s.firm, 0.0), 0.0))
        granted[s.firm] = granted.get(s.firm, 0.0) + award
        awards.append(award)
    return awards


def _fit_demand(sketches: list[Sketch], rule: VoucherRule, pot: float) -> None:
    """Stretch the contracts that are not small ones so that the awards come to the wanted share of the pot."""
    wanted = rule.demand * pot
    base = [s.contract for s in sketches]
    low, high = 0.05, 400.0
    for _ in range(60):
        factor = (low * high) ** 0.5
        for s, contract in zip(sketches, base, strict=True):
            s.contract = min(max(contract * factor, s.least), MOST) if s.least else contract
        low, high = (factor, high) if sum(awards_of(sketches, rule)) < wanted else (low, factor)


def _order(sketches: list[Sketch], rule: VoucherRule, rng: np.random.Generator) -> list[Sketch]:
    """In random order, spread over the months by the declared shares of the demand; every month has a claim."""
    ordered = [sketches[int(i)] for i in rng.permutation(len(sketches))]
    awards: Floats = np.asarray(awards_of(ordered, rule))
    middle = (np.cumsum(awards) - awards / 2) / max(float(awards.sum()), 1e-9)
    ends = np.cumsum(np.asarray(rule.by_month)) / sum(rule.by_month)
    for sketch, at in zip(ordered, middle, strict=True):
        sketch.month = int(np.searchsorted(ends, at)) + 1
    smalls = [s for s in ordered if s.is_small and s.contract <= SMALL_LINE]
    for plant in rule.plants:
        if plant.case == "split" and smalls and not any(s.month == plant.of for s in smalls):
            smalls[0].month = plant.of
    return sorted(ordered, key=lambda s: s.month)


# -- papers ----------------------------------------------------------------------------------------------------------


def _company(district: District, rule: VoucherRule, i: int) -> Company:
    texts, mark = district.firms.texts, district.calibration.settings.name.mark
    address = rule.address.format(mark=mark, town=texts["town"][i], number=f"{i + 1:05d}")
    return Company(
        texts["code"][i], texts["name"][i], texts["town"][i], rule.person.format(number=f"{i + 1:06d}"), address
    )


def name_suppliers(district: District, rule: VoucherRule, streams: Streams) -> list[Company]:
    """Suppliers with codes that nobody can bear."""
    settings, made = district.calibration.settings, []
    for i in range(1, rule.suppliers.count + 1):
        code = make_uscc(
            settings.code.registrar, settings.code.category, settings.code.region, f"{rule.suppliers.code}{i:06d}"
        )
        name = rule.suppliers.name.format(mark=settings.name.mark, number=f"{i:03d}")
        address = rule.address.format(mark=settings.name.mark, town=rule.town, number=f"9{i:04d}")
        made.append(Company(code, name, rule.town, rule.person.format(number=f"9{i:05d}"), address))
    return made


class Paper:
    """Contracts, invoices and payments of claims, numbered in the order of writing."""

    def __init__(self, rule: VoucherRule, mark: str, rng: np.random.Generator) -> None:
        self.rule, self.mark, self.rng = rule, mark, rng
        self.number = 0

    def write(
        self, month: int, firm: Company, supplier: Company, contract: float, paid: float, kind: str, is_small: bool,
        *, signed_on: dt.date | None = None, plant: Plant | None = None,
    ) -> VoucherClaim:  # fmt: skip
        """A claim with its papers; amounts in 万元."""
        self.number += 1
        filed = dt.date(self.rule.year, month, FILING_DAY)
        signed = signed_on or filed - dt.timedelta(days=int(self.rng.integers(60, 150)))
        amount, spent = round(contract * FEN), round(paid * FEN)
        invoices = self._invoices(min(max(spent, 1), amount), signed, filed)
        paid_on = min(invoices[-1].issued_on + dt.timedelta(days=int(self.rng.integers(2, 9))), filed)
        return VoucherClaim(
            month, firm, supplier, f"{self.mark}-HT-{self.rule.year}-{self.number:04d}", signed, amount, invoices,
            sum(i.total for i in invoices), paid_on, f"{self.mark}-FK-{self.number:04d}", kind, is_small,
            bool(self.rng.random() < self.rule.e_invoices), bool(self.rng.random() < self.rule.usage_logs), firm.name, plant,
        )  # fmt: skip

    def _invoices(self, total: int, signed: dt.date, filed: dt.date) -> tuple[VoucherInvoice, ...]:
        """One to three invoices over the time of the work."""
        count = 1 if total < 100 * FEN else int(self.rng.integers(1, 4))
        cuts = sorted(int(c) for c in self.rng.integers(1, total, count - 1)) if count > 1 else []
        parts = [b - a for a, b in zip([0, *cuts], [*cuts, total], strict=True)]
        room = (filed - signed).days - 12
        made = []
        for i, part in enumerate(p for p in parts if p > 0):
            day = signed + dt.timedelta(days=5 + room * (i + 1) // (count + 1))
            made.append(VoucherInvoice(self._invoice_number(day), day, part))
        return tuple(made)

    def _invoice_number(self, day: dt.date) -> str:
        """20 digits as of a digital invoice, with a region that is no division."""
        return f"{day.year % 100:02d}99{int(self.rng.integers(0, 10**16)):016d}"
