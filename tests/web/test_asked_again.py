"""Corrections of an evaluation: who is asked again, which run may count, and a decision that only one of two stores kept."""

from __future__ import annotations

import datetime as dt

import pytest
from evaluated_year import advance, compute_run, dispute_tax, forwarded, run_now

from kaiwu.quantity import KaiwuError


def uphold(person, raised, note="税单属实"):
    from kaiwu.web.evaluation.dispute import decide
    from kaiwu.web.event.services import Actor

    decide(Actor("officer"), person("officer"), raised, is_upheld=True, note=note)


def test_who_confirmed_is_asked_again_where_own_figures_or_class_changed_and_nobody_else(year, person):
    from kaiwu.web.evaluation.models import Sheet
    from kaiwu.web.evaluation.queries import classes_of
    from kaiwu.web.evaluation.services import confirm
    from kaiwu.web.event.models import Event
    from kaiwu.web.event.services import Actor

    raised = forwarded(year, "F01", "900万元")
    for sheet in year.sheets.select_related("evaluation__case", "firm").exclude(firm__entity="F01"):
        confirm(Actor("clerk"), sheet)
    uphold(person, raised)
    first, before = year.run, classes_of(year)
    run_now(year)
    after = classes_of(year)
    classed = {e for e in {*before, *after} if before.get(e) != after.get(e)} - {"F01"}
    assert classed, "the correction of F01 moves somebody else"
    sheets = {s.firm.entity: s for s in Sheet.objects.filter(evaluation=year).select_related("firm")}
    assert {e: (s.state, s.asked, s.asked_for) for e, s in sheets.items()} == {
        e: ("sent", 2, "figure") if e == "F01" else ("sent", 2, "class") if e in classed else ("confirmed", 1, "")
        for e in sheets
    }
    told = Event.objects.filter(verb="evaluation.ask_again").values_list("firm", flat=True)
    assert sorted(told) == sorted({"F01", *classed})
    assert first != year.run


def test_a_firm_that_is_asked_again_reads_why_and_answers_with_a_new_code_only(year, person, browse):
    from kaiwu.web.evaluation.code import make_code
    from kaiwu.web.evaluation.models import Sheet

    raised = forwarded(year, "F01")
    old = make_code(raised.sheet)
    uphold(person, raised)
    run_now(year)
    sheet = Sheet.objects.get(pk=raised.sheet.pk)
    page = browse("clerk01").get(f"/sheet/{sheet.pk}/").content.decode()
    assert "有数据更正, 请再次核对" in page
    assert "150万元" in page
    assert browse("").get(f"/public/sheet/{sheet.pk}/{old}/").status_code == 404
    url = f"/sheet/{sheet.pk}/answer/"
    stale = browse("clerk01").post(
        url, {"deed": "confirm", "asked": "1"}
    )  # a page that was opened before the correction
    assert stale.status_code == 422
    assert "重新打开" in stale.content.decode()
    assert browse("").post(f"/public/sheet/{sheet.pk}/{make_code(sheet)}/", {"deed": "confirm"}).status_code == 200
    sheet.refresh_from_db()
    assert (sheet.state, sheet.asked_for) == ("confirmed", "")


def test_a_run_that_lacks_a_correction_upheld_meanwhile_cannot_count(year, person):
    from kaiwu.web.evaluation.services import take_run
    from kaiwu.web.event.services import Actor

    early, late = forwarded(year, "F01"), forwarded(year, "F02")
    uphold(person, early)
    number = compute_run(year)
    uphold(person, late)
    with pytest.raises(KaiwuError, match=late.number):
        take_run(Actor("officer"), year, number)
    year.refresh_from_db()
    run_now(year)
    assert year.run > number


def test_a_decision_that_the_database_lost_is_taken_up_and_not_made_twice(year, person, monkeypatch):
    from django.db import transaction

    from kaiwu.web.evaluation import dispute
    from kaiwu.web.evaluation.dispute import decide
    from kaiwu.web.event.services import Actor
    from kaiwu.web.workspace import workspace

    raised = forwarded(year, "F01")
    batches = len(workspace().figures.batches())

    def lose(*_):
        raise OSError("the database is gone")

    with monkeypatch.context() as broken, pytest.raises(OSError, match="gone"), transaction.atomic():
        broken.setattr(dispute, "record", lose)
        uphold(person, raised)
    raised.refresh_from_db()
    assert raised.state == "forwarded"
    with pytest.raises(KaiwuError, match="W-DECIDED"), transaction.atomic():
        decide(Actor("officer"), person("officer"), raised, is_upheld=False, note="以入库数为准")
    raised.refresh_from_db()
    uphold(person, raised)
    assert len(workspace().figures.batches()) == batches + 1
    assert [o.number for o in workspace().state.objections(year.run)] == [raised.objection]


def test_the_dispute_of_a_firm_without_town_and_park_goes_to_the_bureau_at_once(year):
    from kaiwu.web.registry.models import Firm

    Firm.objects.filter(entity="F01").update(town=None, park=None)
    raised = forwarded(year, "F01")
    assert (raised.state, raised.town_note) == ("forwarded", "")


def test_a_firm_that_takes_its_dispute_back_can_confirm(year, browse):
    from kaiwu.web.evaluation.code import make_code
    from kaiwu.web.evaluation.models import Dispute, Sheet

    sheet, _ = dispute_tax(browse, year)
    told = {"deed": "withdraw", "number": Dispute.objects.get().number}
    by_code = browse("").post(f"/public/sheet/{sheet.pk}/{make_code(sheet)}/", told)
    assert by_code.status_code == 404  # the code takes back only what was raised by it
    url = f"/sheet/{sheet.pk}/answer/"
    button = 'name="deed" value="withdraw"'
    assert button not in browse("").get(f"/public/sheet/{sheet.pk}/{make_code(sheet)}/").content.decode()
    assert button in browse("clerk01").get(f"/sheet/{sheet.pk}/").content.decode()
    assert button not in browse("west").get(f"/sheet/{sheet.pk}/").content.decode()
    assert browse("clerk01").post(url, told).status_code == 302
    assert Sheet.objects.get(pk=sheet.pk).state == "sent"
    assert browse("clerk01").post(url, {"deed": "confirm", "asked": "1"}).status_code == 302
    assert Sheet.objects.get(pk=sheet.pk).state == "confirmed"


def test_a_second_click_raises_no_second_dispute(year, browse):
    from kaiwu.web.evaluation.models import Dispute

    dispute_tax(browse, year)
    _, again = dispute_tax(browse, year)
    assert again.status_code == 422
    assert Dispute.objects.count() == 1


def test_after_the_window_nothing_is_disputed_and_the_final_list_keeps_its_run(year, person, browse):
    from kaiwu.web.evaluation.models import Dispute, Evaluation, Publication
    from kaiwu.web.evaluation.services import take_run
    from kaiwu.web.event.services import Actor

    advance(person, "officer", year.case, "review")
    assert dispute_tax(browse, year)[1].status_code == 422  # not a stage in which firms answer
    advance(person, "chief", year.case, "notice")
    Publication.objects.update(last_day=dt.date(2020, 1, 1))
    assert dispute_tax(browse, year)[1].status_code == 422
    assert not Dispute.objects.exists()
    advance(person, "officer", year.case, "final")
    advance(person, "chief", year.case, "consequences", words={"minutes": "小政纪要〔2024〕7号"})
    with pytest.raises(KaiwuError, match="已印发"):
        take_run(Actor("officer"), year, compute_run(year))
    assert Evaluation.objects.get(pk=year.pk).run == Publication.objects.get(kind="final").run


def test_the_page_of_a_corrected_year_compares_its_runs_once_and_costs_the_same_queries(
    year, person, browse, monkeypatch
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from kaiwu.web.evaluation import queries

    uphold(person, forwarded(year, "F01"))
    run_now(year)
    client, url = browse("officer"), f"/evaluation/{year.case.number}/"
    assert client.get(url).status_code == 200
    monkeypatch.setattr(queries, "compare_runs", lambda *_: pytest.fail("compared again"))
    with CaptureQueriesContext(connection) as few:
        assert client.get(url).status_code == 200
    for entity in ("F02", "F03", "F04"):
        forwarded(year, entity)
    with CaptureQueriesContext(connection) as many:
        assert client.get(url).status_code == 200
    assert len(many) == len(few) <= 40
