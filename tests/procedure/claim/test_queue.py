"""Claims assessed together get to the fen and to the word what they get one by one in the order of filing."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

from claim_office import DAY, PROGRAMME, SELLER, Office, at, filing
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from kaiwu.identity import make_uscc
from kaiwu.ledger.log import make_key, write_key
from kaiwu.pack import Library, open_library
from kaiwu.procedure.claim import Desk, Event, Filing, State, Surroundings, make_invoice
from kaiwu.procedure.claim.surroundings import PaidRow
from kaiwu.quantity import KaiwuError

HANGZHOU = "hz_compute_claim_2025"
NOWHERE = Surroundings((), (), {})


def make_office(folder: Path, library: Library, day: dt.date, programme: str, budget: dict[str, int]) -> Office:
    write_key(folder / "secret", make_key("demo-county", bytes(32)))
    office = Office(Desk(folder, library), day)
    with office.desk.session(at(day)) as session:
        for fund, amount in budget.items():
            session.appropriate(library.programme(programme), fund, amount, "财预1号", ("甲", "乙"))
    return office


def check_all(office: Office, filings: list[Filing]) -> list[str]:
    """File, complete and check claims on days that follow each other."""
    numbers = []
    with office.desk.session(at(office.day)) as session:
        for made in filings:
            number = session.file(made, day=office.day, by="申报员", today=office.day)[0]
            session.do(number, Event("complete", office.day, "经办甲"), office.day)
            session.check(number, NOWHERE, day=office.day, by="经办甲", today=office.day)
            numbers.append(number)
    return numbers


def assess_each(office: Office, numbers: list[str]) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for number in numbers:
        try:
            office.assess(number)
            out[number] = None
        except KaiwuError as error:
            out[number] = [(p.code, p.zh, p.en) for p in error.problems]
    return out


def assess_together(office: Office, programme: str, numbers: list[str]) -> dict[str, Any]:
    desk, day = office.desk, office.day
    done, problems = desk.assess_all(desk.library.programme(programme), day=day, by="经办甲", today=day, now=at(day))
    out: dict[str, Any] = {case.number: None for case in done}
    for p in problems:
        out.setdefault(p.where, []).append((p.code, p.zh, p.en))
    assert set(out) == set(numbers)
    return out


def written(office: Office, numbers: list[str]) -> list[bytes]:
    with office.desk.reading(at(office.day)) as session:
        return [e.body(n, i) for n in numbers for i, e in enumerate(session.store.events(n))]


def demo_filing(i: int, firm: int, yuan: int) -> Filing:
    code = make_uscc("9", "1", "330109", f"{firm:08d}")
    invoice = make_invoice(f"25332{i:015d}", issued_on=dt.date(2025, 1, 20), total=yuan * 100, seller_name="培训测试公司", seller_code=SELLER, buyer_code=code)  # fmt: skip
    payment = {"day": "2025-02-01", "amount": yuan * 100, "reference": "FK"}
    return replace(
        filing(amount=yuan * 100), firm=code, firm_name=f"测试{firm}", invoices=(invoice,), payments=(payment,)
    )


def compute_filing(i: int, firm: int, yuan: int, clause: str, **facts: str) -> Filing:
    made = demo_filing(i, firm, yuan)
    contract = {**made.contract, "number": f"HT-{i}", "amount": yuan * 100, "signed_on": "2025-07-01"}
    payment = {"day": "2025-09-01", "amount": yuan * 100, "reference": "FK"}
    invoice = replace(made.invoices[0], issued_on=dt.date(2025, 8, 1))
    stated = {"智算服务类别": "general", "中小企业": "否", "生成式多模态基础大模型企业": "否", **facts}
    return replace(
        made,
        programme=HANGZHOU,
        contract=contract,
        facts=stated,
        clause=clause,
        materials={},
        payments=(payment,),
        invoices=(invoice,),
    )


def compare(
    library: Library, programme: str, day: dt.date, budget: dict[str, int], filings: list[Filing]
) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        apart = make_office(Path(one), library, day, programme, budget)
        together = make_office(Path(other), library, day, programme, budget)
        numbers = check_all(apart, filings)
        assert check_all(together, filings) == numbers
        answers = assess_each(apart, numbers)
        assert assess_together(together, programme, numbers) == answers
        assert written(together, numbers) == written(apart, numbers)
        return answers


rows = st.lists(st.tuples(st.integers(1, 4), st.integers(50_000, 900_000)), min_size=1, max_size=9)


@settings(max_examples=6, deadline=None, phases=[Phase.generate])
@given(rows, st.integers(1, 600_000))
def test_together_is_as_one_by_one_under_caps_and_a_pot_that_ends(rows: list[tuple[int, int]], budget: int) -> None:
    filings = [demo_filing(i, firm, yuan) for i, (firm, yuan) in enumerate(rows)]
    compare(_demo(), PROGRAMME, DAY, {"city": budget * 60, "county": budget * 40 + 1}, filings)


@settings(max_examples=5, deadline=None, phases=[Phase.generate])
@given(st.lists(st.tuples(st.integers(1, 3), st.integers(10_000, 40_000_000), st.sampled_from(["SLQ", "C019", ""]), st.sampled_from(["是", "否"])), min_size=1, max_size=7), st.integers(1, 30_000_000))  # fmt: skip
def test_together_is_as_one_by_one_where_the_pot_has_no_rule(
    rows: list[tuple[int, int, str, str]], budget: int
) -> None:
    filings = [compute_filing(i, firm, yuan, clause, 中小企业=sme) for i, (firm, yuan, clause, sme) in enumerate(rows)]
    compare(_hangzhou(), HANGZHOU, dt.date(2025, 10, 15), {"city": budget * 100}, filings)


def test_the_last_of_the_pot_goes_to_the_first_that_fits() -> None:
    """First come, partial: 60,000 each out of 150,000: two whole, one half, nothing for the fourth."""
    filings = [demo_filing(i, i + 1, 200_000) for i in range(4)]
    answers = compare(_demo(), PROGRAMME, DAY, {"city": 15_000_000}, filings)
    assert [answers[n] is None for n in sorted(answers)] == [True, True, True, False]


def test_a_claim_that_asks_leaves_the_pot_to_those_behind_it() -> None:
    """30 % each: 900,000 does not fit into 500,000 and asks; 300,000 fits, then 250,000 asks and 150,000 fits."""
    filings = [compute_filing(i, i + 1, yuan, "SLQ") for i, yuan in enumerate((3_000_000, 1_000_000, 833_400, 500_000))]
    answers = compare(_hangzhou(), HANGZHOU, dt.date(2025, 10, 15), {"city": 50_000_000}, filings)
    assert [a and a[0][0] for _, a in sorted(answers.items())] == ["CL-HUMAN", None, "CL-HUMAN", None]


def test_lists_of_other_offices_and_open_findings_count_as_they_do_one_by_one(tmp_path: Path) -> None:
    made = [demo_filing(0, 1, 300_000), demo_filing(1, 2, 300_000), demo_filing(0, 3, 300_000)]
    results = []
    for folder, together in (("a", False), ("b", True)):
        (tmp_path / folder).mkdir()
        office = make_office(tmp_path / folder, _demo(), DAY, PROGRAMME, {"city": 60_000_000, "county": 40_000_000})
        row = PaidRow(programme="其他补贴", firm=made[0].firm, firm_name="", amount=15_000_000, day=dt.date(2025, 1, 9), invoice="", level="city", matter="", origin="商务局", place="表:2")  # fmt: skip
        with office.desk.session(at(DAY)) as session:
            session.store.add_paid("a", [row])
        numbers = check_all(office, made)
        for number in numbers:
            office.check(number)  # now with all others around: one invoice stands in two claims
        results.append((assess_together(office, PROGRAMME, numbers) if together else assess_each(office, numbers), written(office, numbers)))  # fmt: skip
    assert results[0] == results[1]
    assert [a[0][0] if a else None for a in results[0][0].values()] == ["CL-FINDING", None, "CL-FINDING"]


def test_a_claim_that_cannot_be_decided_keeps_its_state_and_hinders_no_other(office: Office) -> None:
    numbers = check_all(office, [demo_filing(0, 1, 200_000), replace(demo_filing(1, 2, 200_000), facts={"企业星级": "四星"}), demo_filing(2, 3, 200_000)])  # fmt: skip
    answers = assess_together(office, PROGRAMME, numbers)
    assert [answers[n] and answers[n][0][0] for n in numbers] == [None, "CL-MISSING", None]
    assert [office.case(n).state for n in numbers] == [State.ASSESSED, State.CHECKED, State.ASSESSED]


def test_named_claims_of_another_programme_are_refused(office: Office, refused: Callable[..., Any]) -> None:
    with refused("CL-UNKNOWN"):
        office.desk.assess_all(office.desk.library.programme(PROGRAMME), ["C000099"], day=DAY, by="甲", today=DAY, now=at(DAY))  # fmt: skip


_LIBRARIES: dict[str, Library] = {}


def _demo() -> Library:
    return _LIBRARIES.setdefault("demo", open_library(["demo"]))


def _hangzhou() -> Library:
    if "hangzhou" not in _LIBRARIES:
        _LIBRARIES["hangzhou"] = open_library(["hangzhou"])
    return _LIBRARIES["hangzhou"]


def test_one_filing_sent_by_many_at_once_is_one_claim(office: Office) -> None:
    made = demo_filing(0, 1, 200_000)

    def send(_: int) -> tuple[str, bool]:
        with Desk(office.desk.folder, office.desk.library).session(at(DAY)) as session:
            return session.file(made, day=DAY, by="申报员", today=DAY)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(send, range(24)))
    assert {number for number, _ in answers} == {"C000001"}
    assert [again for _, again in answers].count(False) == 1
