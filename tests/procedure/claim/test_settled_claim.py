"""A claim under a rulebook with a settlement: caps over the year, one clause of several, a pot without a rule asks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from claim_office import FIRM, SELLER, Office, at

from kaiwu.pack import open_library
from kaiwu.procedure.claim import Desk, Filing, make_invoice

Refused = Callable[..., Any]
CODE = "hz_compute_claim_2025"
FACTS = {"智算服务类别": "general", "中小企业": "否", "生成式多模态基础大模型企业": "否"}


@pytest.fixture
def city(tmp_path: Path) -> Office:
    library = open_library(["hangzhou"])
    office = Office(Desk(tmp_path, library), dt.date(2025, 10, 15))
    fund(office, 25_000_000_000)
    return office


def fund(office: Office, amount: int) -> None:
    with office.desk.session(at(office.day)) as session:
        session.appropriate(office.desk.library.programme(CODE), "city", amount, f"预算{amount}", ("甲", "乙"))


def filing(yuan: int, n: int = 1, **changes: Any) -> Filing:
    number = f"253320000000000002{n:02d}"
    made = Filing(
        CODE, FIRM, "甲测试公司", contract={"number": f"HT-{n}", "signed_on": "2025-07-01", "amount": yuan * 100, "seller_code": SELLER, "seller_name": "算力测试公司"},
        payments=({"day": "2025-09-01", "amount": yuan * 100, "reference": "FK"},),
        invoices=(make_invoice(number, total=yuan * 100, issued_on=dt.date(2025, 8, 1), seller_code=SELLER, seller_name="算力测试公司", buyer_code=FIRM),),
        facts=FACTS, clause="SLQ",
    )  # fmt: skip
    return replace(made, **changes)


def test_the_rate_follows_what_was_really_paid(city: Office) -> None:
    number = city.assessed(filing(3_000_000))
    assert city.case(number).amount == 90_000_000


def test_a_small_contract_of_an_sme_gets_half(city: Office) -> None:
    number = city.assessed(filing(400_000, clause="C019", facts={"中小企业": "是"}))
    assert city.case(number).amount == 20_000_000


def test_the_yearly_cap_counts_the_claims_before(city: Office, refused: Refused) -> None:
    first = city.assessed(filing(20_000_000))
    second = city.assessed(filing(10_000_000, 2))
    assert (city.case(first).amount, city.case(second).amount) == (600_000_000, 200_000_000)
    third = city.file(filing(1_000_000, 3))
    city.do(third, "complete")
    city.check(third)
    with refused("CL-ZERO"):
        city.assess(third)


def test_a_pot_that_is_short_asks_and_never_guesses(tmp_path: Path, refused: Refused) -> None:
    city = Office(Desk(tmp_path, open_library(["hangzhou"])), dt.date(2025, 10, 15))
    fund(city, 50_000_000)
    number = city.file(filing(3_000_000))
    city.do(number, "complete")
    city.check(number)
    with refused("CL-HUMAN"):
        city.assess(number)


def test_reasons_have_the_lines_of_the_settlement(city: Office) -> None:
    number = city.assessed(filing(50_000_000))
    assert city.case(number).amount == 800_000_000
    with city.desk.reading(at(city.day)) as session:
        (assessed,) = [e for e in session.store.events(number) if e.kind == "assess"]
    assert any("封顶" in reason[0] for reason in assessed.data["candidates"][0]["reasons"])
