"""Planted cases of a voucher year (埋设案例): what an officer should find, and the key that says where it is.

Owns the cases. Each is one row of a month's sheet, or a change of one; everything else of the year is in order.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from kaiwu.synth.district import District
from kaiwu.synth.naming import spell_full_width
from kaiwu.synth.voucher import FEN, Paper, VoucherClaim, VoucherYear
from kaiwu.synth.voucher_setting import Plant

SPLIT_DAYS = 20
OUTSIDE = dt.date(2025, 5, 20)


def plant_cases(district: District, year: VoucherYear) -> None:
    """Plant all cases of the rule into a year, in order of the rule."""
    paper = Paper(year.rule, district.calibration.settings.name.mark, district.streams.open("voucher plants"))
    paper.number = len(year.claims)
    used = {claim.firm.code for claim in year.claims}
    fresh = [c for i, c in enumerate(year.companies) if c.code not in used and district.firms.pools["alive"][i, -1]]
    for plant in year.rule.plants:
        _CASES[plant.case](year, paper, plant, fresh)


def _add(year: VoucherYear, claim: VoucherClaim) -> None:
    year.claims.append(claim)
    year.claims.sort(key=lambda c: c.month)
    assert claim.plant is not None, "what is planted is known"
    year.planted[claim.plant.case] = claim


def _change(year: VoucherYear, old: VoucherClaim, new: VoucherClaim) -> None:
    year.claims[year.claims.index(old)] = new
    assert new.plant is not None, "what is planted is known"
    year.planted[new.plant.case] = new


def _clean(year: VoucherYear, month: int, **wanted: Any) -> VoucherClaim:
    """The first claim of a month, or of the next that has one, in which nothing is planted."""
    for at in (*range(month, 13), *range(month - 1, 0, -1)):
        for claim in year.of_month(at):
            if claim.plant is None and all(getattr(claim, name) == value for name, value in wanted.items()):
                return claim
    return next(claim for claim in year.claims if claim.plant is None)


def _fresh_claim(year: VoucherYear, paper: Paper, plant: Plant, fresh: list[Any], **more: Any) -> VoucherClaim:
    contract = float(paper.rng.uniform(120, 400))
    supplier = year.suppliers[int(paper.rng.integers(len(year.suppliers)))]
    return paper.write(plant.month, fresh.pop(0), supplier, contract, contract * 0.9, next(iter(year.rule.kinds)), False, plant=plant, **more)  # fmt: skip


def _twice(year: VoucherYear, paper: Paper, plant: Plant, fresh: list[Any]) -> None:
    first = _clean(year, plant.of)
    number = first.invoices[0].number
    written = f"{spell_full_width(number[:8])}-{number[8:14]} {number[14:]}"
    again = replace(
        first, month=plant.month, plant=plant, has_xml=False, has_log=False, contract=f"{first.contract}-B",
        reference=f"{first.reference}-B", invoices=(replace(first.invoices[0], written=written),), paid=first.invoices[0].total,
        spelled=f"{first.firm.name[:4]} {spell_full_width(first.firm.name[4:])}",
    )  # fmt: skip
    _add(year, again)


def _paid_elsewhere(year: VoucherYear, paper: Paper, plant: Plant, fresh: list[Any]) -> None:
    _add(year, _fresh_claim(year, paper, plant, fresh))


def _split(year: VoucherYear, paper: Paper, plant: Plant, fresh: list[Any]) -> None:
    smalls = [c for c in year.claims if c.is_small and c.amount <= 45 * FEN and c.month <= plant.of]
    first = max(smalls, key=lambda c: c.month)
    contract = min(48.0, (max(50 * FEN - first.amount, 0) + 10 * FEN) / FEN + 2)
    signed = first.signed_on + dt.timedelta(days=SPLIT_DAYS)
    month = min(max(plant.month, first.month + 1), first.month + 2)
    made = paper.write(month, first.firm, first.supplier, contract, contract * 0.95, first.kind, True, signed_on=signed, plant=plant)  # fmt: skip
    _add(year, made)


def _related(year: VoucherYear, paper: Paper, plant: Plant, fresh: list[Any]) -> None:
    made = _fresh_claim(year, paper, plant, fresh)
    _share(year, made, person=made.supplier.person)
    _add(year, replace(made, firm=replace(made.firm, person=made.supplier.person)))


def _same_address(year: VoucherYear, paper: Paper, plant: Plant, fresh: list[Any]) -> None:
    old = _single(year, plant.month)
    _share(year, old, address=old.supplier.address)
    _change(year, old, replace(old, firm=replace(old.firm, address=old.supplier.address), plant=plant))


def _single(year: VoucherYear, month: int) -> VoucherClaim:
    """A claim of a month whose firm claims once only and which is not the objection's."""
    firms = [claim.firm.code for claim in year.claims]
    chosen = [c for c in year.claims if c.month == month and c.plant is None and firms.count(c.firm.code) == 1]
    return chosen[0] if chosen else _clean(year, month)


def _share(year: VoucherYear, claim: VoucherClaim, **changed: str) -> None:
    place = next(i for i, c in enumerate(year.companies) if c.code == claim.firm.code)
    year.companies[place] = replace(year.companies[place], **changed)


def _outside(year: VoucherYear, paper: Paper, plant: Plant, fresh: list[Any]) -> None:
    _add(year, _fresh_claim(year, paper, plant, fresh, signed_on=OUTSIDE))


def _tampered(year: VoucherYear, paper: Paper, plant: Plant, fresh: list[Any]) -> None:
    old = _single(year, plant.month)
    _change(year, old, replace(old, has_xml=True, plant=plant))


_CASES: Mapping[str, Callable[[VoucherYear, Paper, Plant, list[Any]], None]] = {
    "twice": _twice,
    "paid_elsewhere": _paid_elsewhere,
    "split": _split,
    "related": _related,
    "same_address": _same_address,
    "outside": _outside,
    "tampered": _tampered,
}


def key_of(year: VoucherYear) -> dict[str, Any]:
    """The key (答案): what was planted, in which row of which month, and which check should find it."""
    rows = []
    for case, claim in year.planted.items():
        plant = claim.plant
        assert plant is not None, "what is planted is known"
        rows.append({
            "case": case, "month": claim.month, "row": year.of_month(claim.month).index(claim) + 2, "firm": claim.firm.code,
            "firm_name": claim.spelled, "contract": claim.contract, "invoices": [i.number for i in claim.invoices], "check": plant.check,
            "verdict": plant.verdict, "zh": plant.zh, "en": plant.en,
        })  # fmt: skip
    return {"synthetic": True, "label": year.label, "demand_fen": year.demand, "pot_fen": year.pot, "claims": len(year.claims), "planted": rows}  # fmt: skip
