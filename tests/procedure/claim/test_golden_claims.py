"""The voucher golden cases as claims, from the filed contract to the treasury's payment and the books.

Five are published with an id (GC-…); five more stand on the words of the same document (HZAI25 一(一)) at the edges that those
leave out. Every expectation is arithmetic beside its source.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from claim_office import FIRM, SELLER, Office, at

from kaiwu.pack import Library, open_library
from kaiwu.procedure.claim import Case, Desk, Filing, State, make_invoice
from kaiwu.procedure.claim.view import trace_claim

Refused = Callable[..., Any]
CODE = "hz_compute_claim_2025"
WAN = 1_000_000  # fen
POOL = 25_000 * WAN


@dataclass(frozen=True)
class Golden:
    """One case: its source, the contract and what was paid (万元), clause, facts, findings of people, and the award (fen)."""

    id: str
    source: str
    signed: int
    paid: int
    clause: str
    award: int
    facts: dict[str, str] = field(default_factory=dict)
    findings: dict[str, str] = field(default_factory=dict)


SME, LARGE = (
    {"中小企业": "是", "智算服务类别": "general"},
    {"中小企业": "否", "智算服务类别": "general", "生成式多模态基础大模型企业": "否"},
)
PAID_CASES = [
    Golden("GC-002", "40万元 × 50 %: the yearly total is at most 50万元", 40, 40, "C019", 20 * WAN, SME),
    Golden("GC-004", "51万元 × 30 %: just over the boundary", 51, 51, "SLQ", 15_300_000, SME),
    Golden("GC-006", "5000万元 × 30 % = 1500万元, cap 800万元", 5000, 5000, "SLQ", 800 * WAN, LARGE),
    Golden("GC-008", "300万元 × 30 %: the basis is what was really paid, not the 1000万元 of the contract", 1000, 300, "SLQ", 90 * WAN, LARGE),
    Golden("edge-50", "一(一)-b 50万元(含): 50万元 × 50 %", 50, 50, "C019", 25 * WAN, SME),
    Golden("facility-20", "一(一)-c: 100万元 × 20 %", 100, 100, "SLQ", 20 * WAN, {**LARGE, "智算服务类别": "facility_20"}),
    Golden("matching-15", "一(一)-d 免审配套: 100万元 × 15 %", 100, 100, "C021", 15 * WAN,
           {"采购智能算力的企业高校或科研机构": "是", "智能券合同发生金额": "100万元", "申请算力券免审配套": "是", "免审配套档次": "high"}),
    Golden("base-model", "一(一): base-model firms may exceed the cap: 5000万元 × 30 %", 5000, 5000, "SLQ", 1500 * WAN,
           {**LARGE, "智算服务类别": "model", "生成式多模态基础大模型企业": "是"}, {"获准放宽算力券申领上限": "是"}),
]  # fmt: skip


@pytest.fixture(scope="module")
def hangzhou() -> Library:
    return open_library(["hangzhou"])


@pytest.fixture
def city(tmp_path: Path, hangzhou: Library) -> Office:
    return make_city(tmp_path, hangzhou, POOL)


def make_city(folder: Path, library: Library, pool: int) -> Office:
    office = Office(Desk(folder, library), dt.date(2025, 10, 15))
    with office.desk.session(at(office.day)) as session:
        session.appropriate(library.programme(CODE), "city", pool, "年度预算", ("预算甲", "预算乙"))
    return office


def file(case: Golden, n: int = 1) -> Filing:
    paid = case.paid * WAN
    invoice = make_invoice(f"253320000000000003{n:02d}", total=paid, issued_on=dt.date(2025, 8, 1), seller_code=SELLER, seller_name="算力测试公司", buyer_code=FIRM)  # fmt: skip
    contract = {"number": f"HT-{n}", "signed_on": "2025-07-01", "amount": case.signed * WAN, "seller_code": SELLER, "seller_name": "算力测试公司"}  # fmt: skip
    payment = {"day": "2025-09-01", "amount": paid, "reference": f"FK-{n}"}
    return Filing(CODE, FIRM, "甲测试公司", contract=contract, payments=(payment,), invoices=(invoice,), facts=case.facts, clause=case.clause)  # fmt: skip


def check(city: Office, number: str) -> None:
    city.do(number, "complete")
    for finding in (city.check(number).report or pytest.fail("no report")).findings:
        if finding.severity == "ask":
            city.do(number, "answer", finding=finding.id, outcome="cleared", reason="两份合同为不同任务")


def pay(city: Office, number: str) -> Case:
    """Sign, publish, wait, sign again and pay."""
    city.approve_to(number, State.DECIDED)
    programme = city.desk.library.programme(CODE)
    city.desk.publish(programme, [number], day=city.day, by="市经信局", today=city.day, now=at(city.day), days=5, ground="参照同类资金")  # fmt: skip
    city.day += dt.timedelta(days=10)
    city.do(number, "release", "市经信局")
    city.approve_to(number, State.PAYABLE)
    return city.do(number, "pay", "国库", line="whole/city", reference=f"GK-{number}")


@pytest.mark.parametrize("golden", PAID_CASES, ids=lambda g: g.id)
def test_a_golden_case_is_paid_to_the_fen_and_traces_to_clause_document_and_invoice(
    city: Office, golden: Golden
) -> None:
    number = city.file(file(golden))
    check(city, number)
    assert city.assess(number, facts=golden.findings).amount == golden.award, golden.source
    case = pay(city, number)
    assert (case.state, case.paid) == (State.PAID, golden.award)
    with city.desk.reading(at(city.day)) as session:
        trace = trace_claim(city.desk.versions.programme(case), case, session.store.events(number))
        (account,) = session.book.accounts(kind="disbursed")
        assert (
            abs(session.book.balance(account.id).debits_posted - session.book.balance(account.id).credits_posted)
            == golden.award
        )
        assert all(row.debits == row.credits for row in session.book.trial_balance())
    assert city.available() == [POOL - golden.award]
    assert trace["clause"]["id"] == golden.clause and trace["document"]["source"] == "HZAI25"
    assert [i["total"] for i in trace["invoices"]] == [golden.paid * WAN] and trace["approvals"]


def test_gc_010_a_pool_that_cannot_pay_all_asks_for_the_rule_and_pays_nothing(
    tmp_path: Path, hangzhou: Library, refused: Refused
) -> None:
    """50万元 left, 300万元 × 30 % = 90万元 due: not fully payable, the queue rule must be declared."""
    city = make_city(tmp_path, hangzhou, 50 * WAN)
    number = city.file(file(Golden("GC-010", "", 300, 300, "SLQ", 0, LARGE)))
    check(city, number)
    with refused("CL-HUMAN") as caught:
        city.assess(number)
    assert "认定" in caught.value.problems[0].zh
    assert (city.case(number).state, city.available()) == (State.CHECKED, [50 * WAN])


def test_the_sme_rate_goes_by_the_contracts_of_the_whole_year(city: Office, refused: Refused) -> None:
    """一(一)-b: 30万元 + 30万元 = 60万元 is above 50万元 a year, so 30 % of each and not 50 %."""
    half = Golden("two-of-30", "", 30, 30, "C019", 0, SME)
    first, second = city.file(file(half)), city.file(file(half, 2))
    check(city, first)
    check(city, second)
    with refused("CL-FAILED"):
        city.assess(first)
    assert [city.assess(n, clause="SLQ").amount for n in (first, second)] == [9 * WAN, 9 * WAN]
