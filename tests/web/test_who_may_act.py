"""Who may add to a case, hand it over or follow a job; and that a deed that did nothing tells nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest


@pytest.fixture
def request_case(db):
    from kaiwu.web.case.services import open_case
    from kaiwu.web.event.services import Actor
    from kaiwu.web.registry.models import Firm

    told = {"theme": "用地用房", "text": "要扩产"}
    return open_case(Actor("clerk01"), "request", firm=Firm.objects.get(entity="F01"), fields=told)


def events(verb):
    from kaiwu.web.event.models import Event

    return Event.objects.filter(verb=verb).count()


def test_an_auditor_reads_a_case_and_adds_no_file_to_it(request_case, browse):
    from django.core.files.uploadedfile import SimpleUploadedFile

    auditor, url = browse("auditor"), f"/case/{request_case.number}/"
    assert auditor.get(url).context["can_attach"] is False
    assert auditor.post(f"{url}file/", {"file": SimpleUploadedFile("a.txt", b"a")}).status_code == 404
    assert not request_case.files.exists()


def test_a_step_that_asks_for_no_handler_gives_the_case_to_nobody(request_case, browse):
    """A name slipped into the form would open the case to another organisation."""
    from kaiwu.web.account.models import Organisation

    outsider = Organisation.objects.filter(kind="department").first()
    assert outsider is not None
    told = {"to": "working", "handler": outsider.code}
    assert browse("west").post(f"/case/{request_case.number}/advance/", told).status_code == 302
    request_case.refresh_from_db()
    assert (request_case.stage, request_case.department) == ("working", None)


def test_an_officer_follows_the_job_that_a_colleague_asked_for_and_a_town_does_not(db, browse):
    from kaiwu.web.event.services import Actor
    from kaiwu.web.run.services import ask_run

    job = ask_run(Actor("chief"), "year")
    assert ask_run(Actor("officer"), "year") == job
    for url in (f"/job/{job.pk}/", f"/run/job/{job.pk}/"):
        assert browse("officer").get(url).status_code == 200
        assert browse("west").get(url).status_code == 404


def test_a_job_whose_worker_died_too_often_fails_with_its_event(db):
    from django.utils import timezone

    from kaiwu.web.event.services import SYSTEM
    from kaiwu.web.job.models import Job
    from kaiwu.web.job.services import TRIES, ask, claim

    job = ask(SYSTEM, "test", "a test", {})
    gone = timezone.now() - timedelta(hours=1)
    Job.objects.filter(pk=job.pk).update(state="running", worker="dead", tries=TRIES, beat_at=gone)
    assert claim("w2") is None
    job.refresh_from_db()
    assert (job.state, events("job.failed")) == ("failed", 1)
    assert "interrupted" in job.error_en or "died" in job.error_en


def test_stopping_a_job_that_has_ended_changes_and_tells_nothing(db):
    from kaiwu.web.event.services import SYSTEM
    from kaiwu.web.job.models import Job
    from kaiwu.web.job.services import ask, cancel

    job = ask(SYSTEM, "test", "a test", {})
    Job.objects.filter(pk=job.pk).update(state="done")
    cancel(SYSTEM, job)
    job.refresh_from_db()
    assert (job.state, job.is_cancel_asked, events("job.cancel")) == ("done", False, 0)


@pytest.mark.parametrize("url", ["/firm/?q=%00", "/firm/F%0001/"])
def test_an_address_with_a_character_that_no_database_keeps_is_refused(browse, url):
    assert browse("officer").get(url).status_code == 400


def test_the_grades_on_a_firm_s_page_cost_the_same_queries_for_any_number_of_years(db, person):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from kaiwu.web.case.services import open_case
    from kaiwu.web.evaluation.dossier import show_grades
    from kaiwu.web.evaluation.models import Evaluation, Sheet
    from kaiwu.web.event.services import SYSTEM
    from kaiwu.web.registry.models import Firm

    firm, officer, costs = Firm.objects.get(entity="F01"), person("officer"), []
    assert officer.roles  # read once for a person
    for year in (2021, 2022, 2023):
        case = open_case(SYSTEM, "permu_year", year=year, fields={"rated": str(year)})
        made = Evaluation.objects.create(case=case, job="year", scheme="ruler", rated=year)
        Sheet.objects.create(evaluation=made, firm=firm)
        with CaptureQueriesContext(connection) as asked:
            section = show_grades(firm, officer)
        assert section is not None
        costs.append(len(asked))
    assert len(set(costs)) == 1
