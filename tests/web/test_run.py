"""Runs in the browser: lists that print as shown, sheets, edits on trial, comparison, replay; towns see their own, firms nothing."""

from __future__ import annotations

import io
import json

import pytest

from small_county import FIRMS

NUMBER = "0001"


@pytest.fixture
def near(db):
    """The near misses of the run, found by its job."""
    from kaiwu.procedure.near_miss import find_near_misses
    from kaiwu.web.event.services import SYSTEM
    from kaiwu.web.run.services import keep_near
    from kaiwu.web.workspace import find_run

    return keep_near(SYSTEM, find_run(NUMBER), find_near_misses(find_run(NUMBER)))


def text(answer) -> str:
    return answer.content.decode()


def test_a_run_shows_its_lists_with_counts_that_sum_to_the_scope(browse):
    page = text(browse("officer").get(f"/run/{NUMBER}/"))
    assert "研发奖补" in page
    assert "亩均评价" in page
    assert "待核实(仅一处来源)" in page  # the award rests on one copy
    assert "征求意见稿, 只供试算" in page


def test_a_list_is_filtered_searched_ordered_and_paged(browse):
    client = browse("officer")
    whole = text(client.get(f"/run/{NUMBER}/list/ruler/"))
    assert "共 24 条" in whole
    assert "page=2" in whole
    best = text(client.get(f"/run/{NUMBER}/list/ruler/?class=A"))
    assert "共 4 条" in best
    found = text(client.get(f"/run/{NUMBER}/list/ruler/?q=F07&order=-score"))
    assert "共 1 条" in found
    assert "=1+1公司" in found


def test_htmx_gets_the_table_alone(browse):
    part = text(browse("officer").get(f"/run/{NUMBER}/list/ruler/?class=A", HTTP_HX_REQUEST="true"))
    assert part.lstrip().startswith("<section")


def test_an_excel_of_a_list_holds_the_selection_and_says_so(browse):
    openpyxl = pytest.importorskip("openpyxl")
    answer = browse("officer").get(f"/run/{NUMBER}/list/ruler/export.xlsx?class=A")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]
    cells = [str(c.value) for row in sheet.iter_rows() for c in row if c.value is not None]
    assert any("筛选: 等级=A" in c for c in cells)
    assert any("测算编号: 0001" in c for c in cells)
    assert sum(c in FIRMS for c in cells) == 4


def test_a_sheet_leads_from_the_answer_to_figure_and_article(browse):
    page = text(browse("officer").get(f"/run/{NUMBER}/sheet/F05/?scheme=ruler"))
    for word in ("第五条", "实缴税金", "税务局", "资规局", "表1!C4"):
        assert word in page


def test_what_is_missing_stands_by_department(browse):
    page = text(browse("officer").get(f"/run/{NUMBER}/missing/"))
    assert "自然资源部门" in page
    assert browse("officer").get(f"/run/{NUMBER}/missing/export.xlsx").status_code == 200


def test_a_town_sees_the_rows_of_its_firms_only(browse):
    client = browse("east")
    page = text(client.get(f"/run/{NUMBER}/list/ruler/"))
    assert "F02" in page
    assert "F01" not in page
    assert client.get(f"/run/{NUMBER}/sheet/F02/").status_code == 200
    assert client.get(f"/run/{NUMBER}/sheet/F01/").status_code == 404
    assert client.get(f"/run/{NUMBER}/missing/").status_code == 404
    counted = text(client.get(f"/run/{NUMBER}/"))
    assert ">12<" in counted  # its share of 24 firms


def test_a_towns_excel_holds_its_firms_only(browse):
    openpyxl = pytest.importorskip("openpyxl")
    answer = browse("west").get(f"/run/{NUMBER}/list/award/export.xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]
    cells = {str(c.value) for row in sheet.iter_rows() for c in row if c.value is not None}
    assert cells & set(FIRMS) <= set(FIRMS[1::2])
    assert not any(c.startswith("各类计数") for c in cells)


@pytest.mark.parametrize("login", ["clerk01", "taxman", "system", "security"])
@pytest.mark.parametrize("path", ["", "list/ruler/", "sheet/F01/", "missing/", "trial/", "compare/"])
def test_firms_and_others_never_see_a_run(browse, login, path):
    assert browse(login).get(f"/run/{NUMBER}/{path}").status_code == 404


@pytest.mark.parametrize("login", ["east", "auditor"])
def test_who_reads_starts_nothing(browse, login):
    client = browse(login)
    assert client.get("/run/new/").status_code == 404
    assert client.get(f"/run/{NUMBER}/trial/").status_code == 404
    for deed in ("replay", "near", "rerun"):
        assert client.post(f"/run/{NUMBER}/{deed}/").status_code == 404


def test_an_edit_is_tried_and_shows_who_flips_and_what_it_costs(browse, platform):
    client = browse("officer")
    form = text(client.get(f"/run/{NUMBER}/trial/?scheme=award"))
    assert "&gt;= 3%" in form
    edited = "  - {id: b1, article: 第二条, zh: 研发补助, en: Research grant, when: 研发费用 / 营业收入 >= 2%, amount: 10% * 研发费用, cap: 50万元}"
    page = text(client.post(f"/run/{NUMBER}/trial/", {"scheme": "award", "part": "b1", "text": edited}))
    assert "4 个主体的 4 条结论翻转" in page
    assert "不符合 → 符合" in page
    assert "682万元" in page
    assert "778万元" in page
    kept = (platform / "packs/county/rulebooks/award.yaml").read_text(encoding="utf-8")
    assert ">= 3%" in kept


def test_a_mistake_in_an_edit_is_told_at_its_place_in_both_languages(browse):
    client = browse("officer")
    words = {
        "scheme": "award",
        "part": "b1",
        "text": "  - {id: b1, article: 第二条, zh: 研发补助, en: Research grant, when: 利润 >= 2万元}",
    }
    answer = client.post(f"/run/{NUMBER}/trial/", words)
    assert answer.status_code == 422
    assert "不是已声明的名称" in text(answer)
    assert "county/rulebooks/award.yaml:9" in text(answer)
    english = client.post(f"/run/{NUMBER}/trial/", words, HTTP_ACCEPT_LANGUAGE="en")
    assert "is no declared name" in text(english)


def test_a_replay_shows_both_digests(browse, db):
    from kaiwu.web.job.work import work_once

    client = browse("officer")
    answer = client.post(f"/run/{NUMBER}/replay/")
    assert answer.status_code == 302
    waiting = text(client.get(answer["Location"]))
    assert 'hx-trigger="every 2s"' in waiting
    job = work_once("test")
    result = json.loads(job.result)
    assert result["identical"] is True
    page = text(client.get(answer["Location"]))
    assert page.count(result["then"]) == 2
    assert "hx-trigger" not in page.split('id="job"')[1].split("</div>")[0]


def test_a_job_is_followed_by_the_office_and_by_nobody_else(browse, db):
    answer = browse("officer").post(f"/run/{NUMBER}/replay/")
    assert browse("chief").get(answer["Location"]).status_code == 200
    assert browse("west").get(answer["Location"]).status_code == 404


def test_an_unknown_job_of_the_workspace_is_no_choice(browse):
    answer = browse("officer").post("/run/new/", {"job": "none"})
    assert answer.status_code == 422


def test_near_misses_are_listed_by_clause_and_department(browse, near):
    page = text(browse("officer").get("/near/?clause=研发补助&kind=fact"))
    assert near > 0
    assert "只缺研发费用" in page
    assert "统计部门" in page


def test_a_town_sees_near_misses_of_its_firms(browse, near):
    page = text(browse("east").get("/near/?clause=研发补助"))
    assert "小县第02" in page
    assert "小县第03" not in page


def test_keeping_near_misses_again_replaces_them_and_leaves_an_event(near, db):
    from kaiwu.procedure.near_miss import find_near_misses
    from kaiwu.web.event.models import Event
    from kaiwu.web.event.services import SYSTEM
    from kaiwu.web.run.models import NearRow
    from kaiwu.web.run.services import keep_near
    from kaiwu.web.workspace import find_run

    assert keep_near(SYSTEM, find_run(NUMBER), find_near_misses(find_run(NUMBER))) == near == NearRow.objects.count()
    assert Event.objects.filter(verb="run.near").count() == 2


@pytest.mark.parametrize(
    ("path", "most"), [("", 15), ("list/ruler/", 11), ("sheet/F05/", 11), ("missing/", 11), ("trial/", 11)]
)
def test_pages_of_a_run_cost_few_queries(browse, path, most):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = browse("officer")
    client.get(f"/run/{NUMBER}/{path}")
    with CaptureQueriesContext(connection) as seen:
        client.get(f"/run/{NUMBER}/{path}")
    assert len(seen) <= most, [q["sql"][:100] for q in seen]
