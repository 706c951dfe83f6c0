"""Cases move along their procedure only: by the right role, with what a step asks for, once."""

from __future__ import annotations

import datetime as dt

import pytest

from kaiwu.quantity import KaiwuError


@pytest.fixture
def request_case(db):
    from kaiwu.web.case.services import open_case
    from kaiwu.web.event.services import Actor
    from kaiwu.web.registry.models import Firm

    firm = Firm.objects.get(entity="F01")
    return open_case(Actor("clerk01"), "request", firm=firm, fields={"theme": "用地用房", "text": "需要两千平方米厂房"})


def move(person, login, case, to, **more):
    from kaiwu.web.case.services import advance
    from kaiwu.web.event.services import Actor

    return advance(Actor(login), person(login), case, to, **more)


def test_a_request_goes_from_firm_to_town_and_back_and_only_the_firm_closes_it(request_case, person):
    from kaiwu.web.event.models import Event

    case = request_case
    move(person, "west", case, "working")
    with pytest.raises(KaiwuError, match="W-NEED"):
        move(person, "west", case, "answered")
    move(person, "west", case, "answered", evidence="已介绍三处厂房")
    with pytest.raises(KaiwuError, match="W-ROLE"):
        move(person, "west", case, "closed")
    move(person, "clerk01", case, "closed")
    assert case.is_closed
    verbs = Event.objects.filter(record="case", key=case.number).order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["case.open", "case.advance.working", "case.advance.answered", "case.advance.closed"]


def test_somebody_who_was_slower_is_told(request_case, person):
    from kaiwu.web.case.models import Case

    mine, theirs = request_case, Case.objects.get(pk=request_case.pk)
    move(person, "west", mine, "working")
    with pytest.raises(KaiwuError, match="W-MOVED"):
        move(person, "clerk01", theirs, "withdrawn")
    theirs.refresh_from_db()
    assert theirs.stage == "working"


def test_what_is_missing_is_told_field_by_field(db):
    from kaiwu.web.case.services import open_case
    from kaiwu.web.event.services import SYSTEM

    with pytest.raises(KaiwuError) as caught:
        open_case(SYSTEM, "request", fields={"theme": "天气", "colour": "red"})
    assert [p.code for p in caught.value.problems] == ["W-FIELD", "W-FIELD", "W-FIELD", "W-SUBJECT"]


def test_one_year_has_one_open_case_and_two_years_run_at_once(db):
    from kaiwu.web.case.services import open_case
    from kaiwu.web.event.services import SYSTEM

    open_case(SYSTEM, "permu_year", year=2023, fields={"rated": "2023"})
    open_case(SYSTEM, "permu_year", year=2024, fields={"rated": "2024"})
    with pytest.raises(KaiwuError, match="W-OPEN"):
        open_case(SYSTEM, "permu_year", year=2024, fields={"rated": "2024"})


def test_a_day_of_a_year_without_a_calendar_is_unknown_not_guessed(platform):
    from kaiwu.pack.procedure_chart import CaseStage
    from kaiwu.web.case.services import due_day

    stage = CaseStage("s", "s", "s", (), days=5)
    assert due_day(stage, dt.date(2026, 9, 29)) == dt.date(
        2026, 10, 12
    )  # seven days off, then a Saturday that is worked
    assert due_day(stage, dt.date(2026, 12, 29)) is None
    assert due_day(CaseStage("s", "s", "s", ()), dt.date(2026, 9, 29)) is None


def test_a_town_sees_the_cases_of_its_firms_only(request_case, browse):
    assert browse("west").get(f"/case/{request_case.number}/").status_code == 200
    assert browse("east").get(f"/case/{request_case.number}/").status_code == 404
    assert browse("clerk02").get(f"/case/{request_case.number}/").status_code == 404


def test_a_clerk_opens_a_request_in_the_browser_and_the_town_takes_it_on(browse):
    clerk, town = browse("clerk01"), browse("west")
    answer = clerk.post("/case/new/request/", {"theme": "人才用工", "text": "x"})
    assert answer.status_code == 422
    answer = clerk.post("/case/new/request/", {"theme": "用工人才", "text": "招焊工二十名"})
    assert answer.status_code == 302
    page = town.get(answer["Location"]).content.decode()
    assert "招焊工二十名" in page
    assert "受理" in page
    assert town.post(answer["Location"] + "advance/", {"to": "working"}).status_code == 302
    assert clerk.post(answer["Location"] + "advance/", {"to": "answered"}).status_code == 422


def test_a_file_is_kept_by_its_digest_and_only_ever_downloaded(request_case, browse):
    from django.core.files.uploadedfile import SimpleUploadedFile

    clerk = browse("clerk01")
    url = f"/case/{request_case.number}/"
    clerk.post(url + "file/", {"file": SimpleUploadedFile("../../证明.html", b"<script>alert(1)</script>")})
    kept = request_case.files.get()
    assert kept.name == "证明.html"
    answer = clerk.get(f"{url}file/{kept.pk}/")
    assert b"".join(answer.streaming_content) == b"<script>alert(1)</script>"
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["Content-Type"] == "application/octet-stream"
    assert browse("east").get(f"{url}file/{kept.pk}/").status_code == 404


def test_the_file_of_a_firm_tells_its_cases_to_those_who_may_see_them(request_case, browse):
    page = browse("clerk01").get("/firm/F01/").content.decode()
    assert request_case.title in page
    assert "历年数据" in page
    assert "2,000万元" in page
    assert request_case.title not in browse("taxman").get("/firm/F01/").content.decode()
