"""A programme that is edited while claims are open: an assessed claim follows the rules of its assessment to the end."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from typing import Any

import pytest
from claim_office import PROGRAMME, Office, at, filing

from kaiwu.identity import make_uscc
from kaiwu.ledger import SqliteBook
from kaiwu.pack import Library
from kaiwu.pack.library import thaw_library
from kaiwu.procedure.claim import Desk, Filing, State, make_invoice
from kaiwu.procedure.claim.store import refold
from kaiwu.procedure.claim.version import digest_programme
from kaiwu.procedure.claim.view import trace_claim

Refused = Callable[..., Any]
FILE = "programmes/demo_training_2025.yaml"


@pytest.fixture
def edited(library: Library) -> Library:
    """The demo pack with a stage before the first one, and without the fund of the county."""
    files = {code: dict(content) for code, content in library.files().items()}
    text = files["demo"][FILE]
    text = text.replace(
        "stages:\n",
        "stages:\n  - {code: village, zh: 村级核实, en: look by the village, kind: approval, role: 村委会}\n",
    )
    text = text.replace("share: 60%, budget", "share: 100%, budget")
    files["demo"][FILE] = "\n".join(row for row in text.split("\n") if "code: county" not in row)
    return thaw_library(files)


def another() -> Filing:
    firm = make_uscc("9", "1", "330109", "00000077")
    invoice = make_invoice("25332000000000000077", total=20_000_000, seller_name="培训测试公司", buyer_code=firm)
    return filing(firm=firm, firm_name="庚测试公司", invoices=(invoice,))


def test_an_assessed_claim_is_approved_and_paid_by_the_programme_of_its_assessment(
    office: Office, edited: Library
) -> None:
    number = office.assessed()
    office.desk = Desk(office.desk.folder, edited)
    version = office.desk.versions
    assert not version.is_current(office.case(number))
    assert version.programme(office.case(number)).stages[0].code == "town"
    for by, more in (("镇", {"stage": "town"}), ("审", {"stage": "audit"})):
        office.do(number, "approve", by, **more)
    assert office.case(number).state == State.APPROVING
    assert {line.fund for line in office.case(number).award.lines} == {"city", "county"}  # type: ignore[union-attr]


def test_a_new_claim_follows_the_edited_programme(office: Office, edited: Library, refused: Refused) -> None:
    office.desk = Desk(office.desk.folder, edited)
    number = office.assessed(another())
    with refused("CL-STAGE"):
        office.do(number, "approve", "镇", stage="town")
    assert [line.fund for line in office.case(number).award.lines] == ["city", "city"]  # type: ignore[union-attr]


def test_who_wants_the_new_rules_returns_the_claim_and_assesses_it_anew(office: Office, edited: Library) -> None:
    number = office.assessed()
    office.desk = Desk(office.desk.folder, edited)
    office.do(number, "return", reason="方案已修改")
    with office.desk.session(at(office.day)) as session:
        session.do(number, filing().event(office.day, "申报员"), office.day)
    office.do(number, "complete")
    office.check(number)
    assert office.desk.versions.is_current(office.assess(number))


def test_the_version_is_kept_in_the_log_and_shown(office: Office, library: Library) -> None:
    number = office.assessed()
    with office.desk.reading(at(office.day)) as session:
        case, events = session.case(number), session.store.events(number)
    told = trace_claim(library.programme(PROGRAMME), case, events)["version"]
    assert told == {
        "rulebook": "demo_training_2024", "version": library.heads["demo_training_2024"][2].version,
        "programme": digest_programme(library.programme(PROGRAMME)), "packs": library.digest,
    }  # fmt: skip
    assert b'"version":{"packs"' in events[-1].body(number, case.events - 1)


def test_frozen_packs_that_are_gone_are_a_named_error_and_nothing_is_done(
    office: Office, edited: Library, refused: Refused
) -> None:
    number = office.assessed()
    shutil.rmtree(office.desk.folder / "frozen")
    office.desk = Desk(office.desk.folder, edited)
    with refused("S-FROZEN"):
        office.do(number, "approve", "镇", stage="town")
    assert office.case(number).state == State.ASSESSED


def test_a_case_reads_the_same_from_its_events_after_the_packs_changed(office: Office, edited: Library) -> None:
    number = office.payable()
    before = office.case(number)
    office.desk = Desk(office.desk.folder, edited)
    with office.desk.reading(at(office.day)) as session:
        assert refold(session.store, number) == before
        assert isinstance(session.book, SqliteBook)
    paid = office.do(number, "pay", "国库", line="first/county", reference="GK-1")
    assert (paid.state, paid.paid) == (State.PAYING, 1_200_000)
