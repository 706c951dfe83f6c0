"""The review queue in the browser: candidates with signed evidence, an answer with who and when, a branch that is never its parent."""

from __future__ import annotations

import json

import pytest

pytest.importorskip("django")
from market_fixture import market

from market_workspace import MAKER, OTHER

__all__ = ["market"]


def answers(folder):
    from kaiwu.procedure.identity import ReviewStore

    return ReviewStore(folder / "state.db").answers()


def test_the_queue_lists_what_waits_and_an_item_shows_evidence_of_each_candidate(market, browse):
    client = browse("officer")
    assert "压铸厂" in client.get("/identity/").content.decode()
    page = client.get("/identity/1/").content.decode()
    assert "压铸甲厂" in page and "压铸乙厂" in page and page.count("支持") >= 2 and f'value="same:{MAKER}"' in page


def test_an_answer_is_kept_with_who_and_when_and_told(market, browse):
    from kaiwu.web.event.models import Event

    assert browse("officer").post("/identity/1/", {"choice": f"same:{MAKER}", "note": "电话核实"}).status_code == 302
    kept = answers(market)[1]
    assert (kept.entity, kept.by, kept.note) == (MAKER, "officer", "电话核实") and kept.answered_at
    event = Event.objects.get(verb="identity.answer")
    assert json.loads(event.before)["mention"] == "压铸厂" and json.loads(event.after)["entity"] == MAKER
    page = browse("officer").get("/identity/1/").content.decode()
    assert "电话核实" in page and "officer" in page


def test_a_branch_is_never_linked_to_its_parent(market, browse):
    browse("officer").post("/identity/1/", {"choice": f"branch:{MAKER}", "note": ""})
    kept = answers(market)[1]
    assert kept.entity == "" and "分支机构" in kept.note and MAKER in kept.note


@pytest.mark.parametrize("choice", ["", "same:", "same:nobody", "cousin:x", f"same:{OTHER}x"])
def test_what_is_no_answer_is_refused(market, browse, choice):
    from kaiwu.web.event.models import Event

    assert browse("officer").post("/identity/1/", {"choice": choice}).status_code == 422
    assert not answers(market) and not Event.objects.filter(verb="identity.answer").exists()


def test_nobody_is_an_answer_too(market, browse):
    assert browse("officer").post("/identity/1/", {"choice": "none:"}).status_code == 302
    assert answers(market)[1].entity == ""


def test_the_auditor_reads_and_others_find_nothing(market, browse):
    assert browse("auditor").get("/identity/1/").status_code == 200
    assert b'name="choice"' not in browse("auditor").get("/identity/1/").content
    assert browse("auditor").post("/identity/1/", {"choice": "none:"}).status_code == 404
    for login in ("east", "clerk01", "taxman", "security"):
        assert browse(login).get("/identity/").status_code == browse(login).get("/identity/1/").status_code == 404
    assert browse("officer").get("/identity/99/").status_code == 404


def test_one_name_is_resolved_with_its_evidence(market, browse):
    page = browse("officer").get("/identity/?text=压铸甲厂").content.decode()
    assert "同一主体" in page and MAKER in page
    found = browse("officer").get("/api/identity/resolve?text=压铸甲厂").json()
    assert (found["status"], found["entity"]) == ("same", MAKER)
    assert browse("clerk01").get("/api/identity/resolve?text=压铸甲厂").status_code == 404


def test_the_api_answers_an_item(market, browse):
    def post(login):
        return browse(login).post(
            "/api/identity/review/1", json.dumps({"relation": "same", "entity": OTHER}), content_type="application/json"
        )

    assert post("clerk01").status_code == post("auditor").status_code == 404
    assert post("officer").json()["entity"] == OTHER and answers(market)[1].entity == OTHER
