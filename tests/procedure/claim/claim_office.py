"""A desk over the demo county (all synthetic), a filing that passes, and a way through the chain of approvals."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

from kaiwu.identity import make_uscc
from kaiwu.procedure.claim import Case, Desk, Event, Filing, State, make_invoice

PROGRAMME = "demo_training_2025"
FIRM = make_uscc("9", "1", "330109", "00000001")
OTHER = make_uscc("9", "1", "330109", "00000002")
SELLER = make_uscc("9", "1", "330109", "00000009")
DAY = dt.date(2025, 3, 3)
FACTS = {"企业星级": "四星", "发生亡人事故": "否"}


def at(day: dt.date) -> dt.datetime:
    """Noon of a day."""
    return dt.datetime.combine(day, dt.time(12), dt.UTC)


def filing(number: str = "25332000000000000001", amount: int = 20_000_000, **changes: Any) -> Filing:
    """A claim of 200,000 yuan of training, all proofs there; 30 % of it is 60,000 yuan."""
    made = Filing(
        programme=PROGRAMME, firm=FIRM, firm_name="甲测试公司",
        contract={"number": f"HT-{number[-3:]}", "signed_on": "2025-01-10", "amount": amount, "seller_code": SELLER, "seller_name": "培训测试公司"},
        payments=({"day": "2025-02-01", "amount": amount, "reference": "FK-1"},),
        invoices=(make_invoice(number, issued_on=dt.date(2025, 1, 20), total=amount, seller_name="培训测试公司", seller_code=SELLER, buyer_name="甲测试公司", buyer_code=FIRM),),
        facts=FACTS, materials={"roll": "paper"},
    )  # fmt: skip
    return replace(made, **changes)


@dataclass
class Office:
    """A desk with a clock that the test moves."""

    desk: Desk
    day: dt.date = DAY

    def do(self, number: str, kind: str, by: str = "经办甲", **data: Any) -> Case:
        """One step."""
        with self.desk.session(at(self.day)) as session:
            return session.do(number, Event(kind, self.day, by, data), self.day)

    def case(self, number: str) -> Case:
        """The claim."""
        with self.desk.reading(at(self.day)) as session:
            return session.case(number)

    def file(self, made: Filing | None = None, by: str = "申报员") -> str:
        """File a claim."""
        with self.desk.session(at(self.day)) as session:
            return session.file(made or filing(), day=self.day, by=by, today=self.day)[0]

    def fund(self, city: int = 60_000_000, county: int = 40_000_000) -> None:
        """Budget arrives."""
        programme = self.desk.library.programme(PROGRAMME)
        with self.desk.session(at(self.day)) as session:
            for fund, amount in (("city", city), ("county", county)):
                session.appropriate(programme, fund, amount, "财预〔2025〕1号", ("预算甲", "预算乙"))

    def check(self, number: str) -> Case:
        """Run the checks."""
        with self.desk.session(at(self.day)) as session:
            return session.check(number, session.around(), day=self.day, by="经办甲", today=self.day)

    def assess(self, number: str, **options: Any) -> Case:
        """Let the clauses decide."""
        with self.desk.session(at(self.day)) as session:
            return session.assess(number, day=self.day, by="经办甲", today=self.day, **options)

    def assessed(self, made: Filing | None = None) -> str:
        """A claim up to its amount."""
        number = self.file(made)
        self.do(number, "complete")
        self.check(number)
        self.assess(number)
        return number

    def approve_to(self, number: str, state: State) -> Case:
        """Sign stage by stage until a state is reached."""
        case = self.case(number)
        programme = self.desk.library.programme(case.programme)
        for _ in range(20):
            if case.state == state:
                return case
            stage = programme.stages[case.stage]
            signed = [s for s in case.signatures if s.stage == stage.code]
            department = stage.departments[len(signed)] if stage.departments else ""
            case = self.do(
                number,
                "approve",
                f"{stage.role}{len(signed)}",
                stage=stage.code,
                minutes="纪要1号",
                department=department,
            )
        raise AssertionError(f"{number} never came to be {state}")

    def publish(self, *numbers: str) -> list[Case]:
        """The notice."""
        programme = self.desk.library.programme(PROGRAMME)
        return self.desk.publish(programme, numbers, day=self.day, by="人社局", today=self.day, now=at(self.day))[1]

    def payable(self, made: Filing | None = None) -> str:
        """A claim that may be paid."""
        number = self.assessed(made)
        self.approve_to(number, State.DECIDED)
        self.publish(number)
        self.day += dt.timedelta(days=8)
        self.do(number, "release", "人社局")
        self.approve_to(number, State.PAYABLE)
        return number

    def available(self) -> list[int]:
        """What city and county can still promise, in fen."""
        with self.desk.reading(at(self.day)) as session:
            accounts = session.book.accounts(kind="available")
            return [session.book.balance(a.id).available for a in accounts]
