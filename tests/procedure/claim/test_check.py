"""Checks find what they should with evidence, let honest claims pass, and say what they covered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from claim_office import FIRM, OTHER, SELLER, Office, filing

from kaiwu.identity import make_uscc
from kaiwu.pack import Library
from kaiwu.pack.programme import CheckRule
from kaiwu.procedure.claim import Case, Filing, Finding, PaidRow, Party, Surroundings, apply, make_invoice, run_checks
from kaiwu.procedure.claim.screen import BENFORD, benford_distance
from kaiwu.procedure.claim.surroundings import hash_person

THIRD = make_uscc("9", "1", "330109", "00000003")


def case(made: Filing, number: str = "C1") -> Case:
    event = made.event(dt.date(2025, 3, 3), "x")
    return apply(Case(number, made.programme), replace(event, data={**event.data, "to": "claimed"}))


def findings(library: Library, made: Case, *others: Case, check: str, paid: tuple[PaidRow, ...] = (), parties: tuple[Party, ...] = ()) -> list[Finding]:  # fmt: skip
    around = Surroundings((made, *others), paid, {p.code: p for p in parties})
    report = run_checks(library.programme(made.programme), made, around)
    return [f for f in report.findings if f.check == check]


def contract(number: str, day: str, amount: int, seller: str = SELLER) -> dict[str, object]:
    return {"number": number, "signed_on": day, "amount": amount, "seller_code": seller, "seller_name": "培训测试公司"}


def test_the_same_invoice_is_found_under_another_spelling_of_firm_and_number(library: Library) -> None:
    mine = case(filing("25332000000000000001"))
    spelled = make_invoice(
        "2533-2000 0000 0000 0001", total="200000", seller_name="培训测试 公司", buyer_name="甲测试 公司"
    )
    other = case(replace(filing(), firm=OTHER, firm_name="甲测试公司(分部)", invoices=(spelled,), contract={}), "C2")
    (found,) = findings(library, mine, other, check="same_invoice")
    assert found.severity == "blocks" and {e.ref.partition(":")[0] for e in found.exhibits} == {"C1", "C2"}


def test_a_number_without_its_code_is_found_by_seller_and_total(library: Library) -> None:
    whole = make_invoice("00012345", code="033001900111", total="2000", seller_name="培训测试公司", seller_code=SELLER)
    short = make_invoice("12345", total="2000", seller_name="培训测试公司", seller_code=SELLER)
    mine, other = case(replace(filing(), invoices=(whole,))), case(replace(filing(), invoices=(short,)), "C2")
    assert len(findings(library, mine, other, check="same_invoice")) == 1


def test_an_invoice_paid_by_another_level_is_found_with_its_row(library: Library) -> None:
    row = PaidRow(
        "市科技局",
        "city",
        "科技券",
        FIRM,
        "甲测试公司",
        "25332000000000000001",
        3_000_000,
        dt.date(2024, 12, 1),
        "市表|Sheet1|A7",
    )
    (found,) = findings(library, case(filing()), check="same_invoice", paid=(row,))
    assert any(e.ref == "市表|Sheet1|A7" for e in found.exhibits)
    around = Surroundings((case(filing()),), (row,))
    covered = run_checks(library.programme("demo_training_2025"), case(filing()), around).coverage
    assert covered.lists == ("市科技局 (city)",) and covered.programmes == ("demo_training_2025", "科技券")
    assert (covered.first, covered.last) == ("2024-12-01", "2025-03-03")


def test_one_invoice_twice_in_one_claim_is_found(library: Library) -> None:
    made = filing()
    assert len(findings(library, case(replace(made, invoices=made.invoices * 2)), check="same_invoice")) == 1


def test_different_invoices_are_no_finding(library: Library) -> None:
    other = case(filing("25332000000000000002"), "C2")
    assert findings(library, case(filing()), other, check="same_invoice") == []


def test_contracts_split_around_a_threshold_are_found(library: Library) -> None:
    mine = case(filing(contract=contract("A", "2025-01-10", 6_000_000)))
    near = case(filing(contract=contract("B", "2025-02-05", 7_000_000)), "C2")
    (found,) = findings(library, mine, near, check="split_contract")
    assert found.severity == "ask" and len(found.exhibits) == 2


@pytest.mark.parametrize(
    "other",
    [
        contract("B", "2025-02-10", 7_000_000), contract("B", "2025-01-12", 4_000_000), contract("B", "2025-01-12", 7_000_000, OTHER),
        contract("B", "2025-01-12", 70_000_000), contract("A", "2025-01-10", 6_000_000),
    ],
    ids=["31 days later", "together at the threshold", "another seller", "itself above it", "the same contract"],
)  # fmt: skip
def test_contracts_that_are_not_split_are_no_finding(library: Library, other: dict[str, object]) -> None:
    mine = case(filing(contract=contract("A", "2025-01-10", 6_000_000)))
    assert findings(library, mine, case(filing(contract=other), "C2"), check="split_contract") == []


def test_shared_persons_and_addresses_are_found_by_digest(library: Library) -> None:
    person = hash_person("33010919800101001X", b"salt")
    assert "3301" not in person and person == hash_person(" 33010919800101001x ", b"salt") != hash_person(
        "33010919800101001X", b"other"
    )
    parties = (
        Party(FIRM, "甲", frozenset({person}), "测试路 1 号"),
        Party(SELLER, "乙", frozenset({person}), "测试路1号"),
    )
    found = findings(library, case(filing()), check="related_party", parties=parties)
    assert [f.exhibits[0].kind for f in found] == ["person", "address"]
    strangers = (
        Party(FIRM, "甲", frozenset({person}), "测试路1号"),
        Party(SELLER, "乙", frozenset({"x"}), "测试路2号"),
    )
    assert findings(library, case(filing()), check="related_party", parties=strangers) == []


def test_a_firm_that_buys_from_itself_is_found(library: Library) -> None:
    assert (
        len(findings(library, case(filing(contract=contract("A", "2025-01-10", 1, FIRM))), check="related_party")) == 1
    )


def test_invoices_in_a_circle_are_found(library: Library) -> None:
    def sold(seller: str, buyer: str, n: int) -> Case:
        invoice = make_invoice(f"2533200000000000010{n}", total="10", seller_code=seller, buyer_code=buyer)
        return case(replace(filing(), firm=buyer, firm_name="", invoices=(invoice,), contract={}), f"C{n}")

    first, second = sold(FIRM, THIRD, 2), sold(THIRD, SELLER, 3)
    (found,) = findings(library, case(filing()), first, second, check="related_party")
    assert found.exhibits[0].ref == f"{FIRM} → {THIRD} → {SELLER} → {FIRM}"
    assert findings(library, case(filing()), first, check="related_party") == []


def test_dates_outside_the_validity_are_found(library: Library) -> None:
    made = filing(contract=contract("A", "2024-12-31", 20_000_000))
    (found,) = findings(library, case(made), check="outside_validity")
    assert [e.kind for e in found.exhibits] == ["contract"]
    late = filing(payments=({"day": "2025-03-04", "amount": 1, "reference": "FK"},))
    assert len(findings(library, case(late), check="outside_validity")) == 1
    assert findings(library, case(filing()), check="outside_validity") == []


def test_screens_only_hint(library: Library) -> None:
    numbers = [f"253320000000000001{i:02d}" for i in range(40)]
    invoices = tuple(make_invoice(n, total="90000", seller_code=SELLER) for n in numbers)
    made = case(replace(filing(), invoices=invoices))
    for check in ("round_number", "leading_digit"):
        (found,) = findings(library, made, check=check)
        assert found.severity == "hint" and made.open_findings == ()
    uneven = tuple(
        make_invoice(n, total=f"{123 + 1.07**i * 100:.2f}", seller_code=SELLER) for i, n in enumerate(numbers)
    )
    assert findings(library, case(replace(filing(), invoices=uneven)), check="round_number") == []


def test_benfords_own_shares_have_no_distance() -> None:
    assert sum(BENFORD) == 100_000 and benford_distance([0] * 9) == 0
    assert benford_distance(list(BENFORD)) == Fraction(0)


def test_the_declared_checks_run_and_no_others(library: Library) -> None:
    programme = replace(library.programme("demo_training_2025"), checks=(CheckRule("outside_validity", "ask"),))
    report = run_checks(programme, case(filing()), Surroundings((case(filing(), "C2"),)))
    assert report.checks == ("outside_validity",) and report.findings == ()


def test_a_finding_bars_the_way_until_an_officer_clears_it(office: Office, refused: Callable[..., Any]) -> None:
    first = office.file()
    second = office.file(filing(amount=30_000_000, firm=OTHER, firm_name="乙测试公司", invoices=(make_invoice("25332000000000000001", total="300000", seller_code=SELLER),)))  # fmt: skip
    for number in (first, second):
        office.do(number, "complete")
        office.check(number)
    with refused("CL-FINDING"):
        office.assess(first)
    (found,) = office.case(first).report.findings  # type: ignore[union-attr]
    with refused("CL-REASON"):
        office.do(first, "answer", finding=found.id, outcome="cleared", reason=" ")
    with refused("CL-FINDING-NONE"):
        office.do(first, "answer", finding="00000000", outcome="cleared", reason="x")
    office.do(first, "answer", finding=found.id, outcome="confirmed", reason="x")
    with refused("CL-FINDING"):
        office.assess(first)
    office.do(first, "answer", finding=found.id, outcome="cleared", reason="乙公司误录")
    assert office.assess(first).amount == 6_000_000


def test_what_was_paid_or_invoiced_before_the_contract_is_a_finding_of_its_own(office: Office) -> None:
    made = filing()
    early = replace(made, contract={**made.contract, "signed_on": "2025-01-25"})  # invoiced on 01-20, paid on 02-01
    number = office.file(early)
    office.do(number, "complete")
    report = office.check(number).report
    assert report is not None
    (found,) = [f for f in report.findings if f.check == "outside_validity"]
    assert "早于合同签订日 2025-01-25" in found.zh and "before the contract" in found.en
    assert [e.kind for e in found.exhibits] == ["invoice"]
