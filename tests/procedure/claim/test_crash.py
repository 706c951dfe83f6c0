"""A process killed at any moment leaves whole steps: an event with its entries and its leaf, or none of them."""

from __future__ import annotations

import os
import random
import signal
import threading
import time

from claim_office import PROGRAMME, Office, at, filing

from kaiwu.identity import make_uscc
from kaiwu.procedure.claim import State, make_invoice
from kaiwu.quantity import KaiwuError

KILLS = 30


def pay_and_return(office: Office, number: str) -> None:
    """Pay one line and let the bank return it, for ever."""
    n = 0
    while True:
        n += 1
        line = next(iter(office.case(number).due)).code
        office.do(number, "pay", "国库甲", line=line, reference=f"GK-{os.getpid()}-{n}")
        office.do(number, "bank_return", "国库甲", line=line, reason="账号有误")


def test_a_killed_process_leaves_no_event_without_its_entries(office: Office) -> None:
    number = office.payable()
    chance = random.Random(7)
    for _ in range(KILLS):
        child = os.fork()
        if child == 0:
            try:
                pay_and_return(office, number)
            finally:
                os._exit(1)
        time.sleep(chance.uniform(0.002, 0.06))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        with office.desk.reading(at(office.day)) as session:
            case = session.case(number)
            spent = sum(session.book.balance(a.id).available for a in session.book.accounts(kind="disbursed"))
            moved = {p.event for p in case.payments}
            entered = {e for e in range(case.events) if session.book.transfer(f"{number}/{e}/pay/1")}
            assert all(t.is_balanced for t in session.book.trial_balance())
        assert spent == case.paid and entered == moved
        if case.paid:
            office.do(number, "bank_return", "国库甲", line=case.payments[-1].line, reason="补退")
    with office.desk.reading(at(office.day)) as session:
        assert session.case(number).events > 20 and session.book.audit() is None


def test_two_desks_cannot_spend_one_pot_twice(office: Office) -> None:
    """Eight claims of 180,000 yuan on a pot of a million, by eight threads: five whole, one gets what is left."""
    numbers = []
    for i in range(8):
        firm = make_uscc("9", "1", "330109", f"{40 + i:08d}")
        invoice = make_invoice(f"253320000000000001{i + 10}", total="600000")
        made = filing(amount=60_000_000, firm=firm, firm_name=f"企业{i}", invoices=(invoice,))
        numbers.append(office.file(made))
    for number in numbers:
        office.do(number, "complete")
        office.check(number)
    answers: list[str] = []

    def decide(number: str) -> None:
        try:
            office.assess(number)
            office.approve_to(number, State.DECIDED)
            answers.append("decided")
        except KaiwuError as error:
            answers.append(error.problems[0].code)

    threads = [threading.Thread(target=decide, args=(number,)) for number in numbers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with office.desk.reading(at(office.day)) as session:
        amounts = sorted(c.amount for c in session.store.cases(PROGRAMME) if c.state == State.DECIDED)
    assert amounts == [10_000_000] + [18_000_000] * 5 and office.available() == [0, 0]
    assert len(answers) == 8 and set(answers) - {"decided"} <= {"CL-LEDGER", "CL-FAILED"}


def test_who_reads_sees_one_moment_and_hinders_no_writer(office: Office) -> None:
    with office.desk.reading(at(office.day)) as session:
        assert session.store.cases() == []
        number = office.file()
        assert session.store.cases() == []
    assert office.case(number).state == State.CLAIMED
