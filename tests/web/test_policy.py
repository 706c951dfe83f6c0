"""政策找人: what fits a firm and what nearly does, applying with few typed fields, pushes, visits, material, titles, non-interference."""

from __future__ import annotations

import io

import pytest
from kept_state import kept_state

from small_county import FIRMS

openpyxl = pytest.importorskip("openpyxl")
CLAUSE = "award.b1"


@pytest.fixture
def filled(db):
    """The answers of the run, filled by the worker as an officer asks for them."""
    from kaiwu.web.event.services import Actor
    from kaiwu.web.job.work import work_once
    from kaiwu.web.policy.services import ask_fill

    ask_fill(Actor("officer"), "0001")
    job = work_once("test")
    assert job.state == "done", job.error_zh
    return db


def text(answer) -> str:
    return answer.content.decode()


def cells_of(answer) -> set[str]:
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    return {str(c.value) for sheet in book.worksheets for row in sheet.iter_rows() for c in row if c.value is not None}


def test_answers_are_the_runs_own_and_nothing_of_a_draft_is_among_them(filled):
    from kaiwu.web.policy.models import PolicyAnswer, PolicyClause
    from kaiwu.web.workspace import find_run

    decided = find_run("0001").result("award").decisions
    kept = {
        (a.firm.entity, a.clause.item): (a.outcome, a.low)
        for a in PolicyAnswer.objects.select_related("firm", "clause")
    }
    wanted = {
        (r["entity"], r["item"]): (r["outcome"], r["low"]) for r in decided.iter_rows(named=True) if r["outcome"] != 0
    }
    assert kept == wanted
    assert set(PolicyClause.objects.values_list("scheme", flat=True)) == {"award"}  # no draft, no rating


def test_filling_again_replaces_the_answers(filled):
    from kaiwu.web.event.services import Actor
    from kaiwu.web.job.work import work_once
    from kaiwu.web.policy.models import PolicyAnswer
    from kaiwu.web.policy.services import ask_fill

    before = PolicyAnswer.objects.count()
    ask_fill(Actor("officer"), "0001")
    work_once("test")
    assert PolicyAnswer.objects.count() == before


def test_a_clerk_finds_the_own_firm_and_what_is_between_it_and_a_clause(browse, filled):
    client = browse("clerk03")
    page = text(client.get("/policy/", follow=True))
    assert "差一点就符合" in page
    assert "只缺研发费用" in page
    assert "统计部门" in page
    assert "研发费用专项审计报告" in page  # which papers
    assert "待核实(仅一处来源)" in page
    why = text(client.get(f"/policy/firm/F03/{CLAUSE}/"))
    assert "第二条" in why
    assert "统计部门: 研发费用" in why


def test_a_firm_reaches_no_other_firms_policies(browse, filled):
    client = browse("clerk01")
    for path in ("", f"{CLAUSE}/", f"{CLAUSE}/pack.xlsx"):
        assert client.get(f"/policy/firm/F02/{path}").status_code == 404
    assert client.get(f"/claim/new/F02/{CLAUSE}/").status_code == 404
    for path in ("/clause/", f"/clause/{CLAUSE}/", f"/clause/{CLAUSE}/visits.xlsx", "/answer/", "/near/"):
        assert client.get(path).status_code == 404


def test_an_application_asks_at_most_ten_typed_fields(browse, filled):
    from kaiwu.pack.programme_shelf import read_programmes  # noqa: F401  (the library below is made by it)
    from kaiwu.web.claim.views import MOST_TYPED, ClaimForm
    from kaiwu.web.workspace import workspace

    assert MOST_TYPED == 10
    variables = list(workspace().library.variables.values())
    for programme in workspace().library.programmes.values():
        assert len(ClaimForm(programme, variables).typed) <= MOST_TYPED
    page = text(browse("clerk03").get(f"/claim/new/F03/{CLAUSE}/"))
    assert page.count('type="text"') == 1  # the one figure that nobody has
    assert "营业收入" in page  # known already, shown, not asked


def test_the_form_for_a_contract_that_was_invoiced_and_paid_asks_nine(platform):
    from kaiwu.pack import builtin_packs, open_library
    from kaiwu.web.claim.views import ClaimForm

    programme = open_library(["demo"], [builtin_packs()]).programme("demo_training_2025")
    assert len(ClaimForm(programme, []).typed) == 9


def fund():
    """Budget arrives in the pot of the programme; without it nothing can be approved."""
    import datetime as dt

    from kaiwu.web.claim.queries import desk

    counter = desk()
    with counter.session(dt.datetime.now().astimezone()) as session:
        session.appropriate(
            counter.library.programme("award_claim"), "county", 10**9, "小财〔2026〕1号", ("财政甲", "财政乙")
        )


def apply(client, **words):
    from django.core.files.uploadedfile import SimpleUploadedFile

    file = SimpleUploadedFile("audit.pdf", b"%PDF-1.4 audit of research")
    return client.post(f"/claim/new/F03/{CLAUSE}/", {"fact_research": "200万元", "file_audit": file, **words})


@pytest.fixture
def clean_claims(platform):
    """The desk's store is no part of the rolled-back database: what a test files is taken away again."""
    with kept_state(platform):
        yield


def test_a_near_miss_is_applied_for_and_seen_by_firm_town_and_officer(browse, filled, clean_claims):
    answer = apply(browse("clerk03"))
    assert answer.status_code == 302, text(answer)[-3000:]
    url = answer["Location"]
    for login in ("clerk03", "west", "officer"):
        page = text(browse(login).get(url))
        assert "已申报" in page
    assert "200万元" in text(browse("officer").get(url))  # the fact with who gave it
    for login in ("clerk01", "east", "taxman"):
        assert browse(login).get(url).status_code == 404


def test_an_officer_checks_and_assesses_and_another_person_approves(browse, filled, clean_claims):
    from kaiwu.web.claim.models import ClaimRow
    from kaiwu.web.event.models import Event

    fund()
    url = apply(browse("clerk03"))["Location"]
    officer, chief = browse("officer"), browse("chief")
    for kind in ("complete", "check", "assess"):
        done = officer.post(f"{url}step/", {"kind": kind})
        assert done.status_code == 302, text(done)
    row = ClaimRow.objects.get()
    assert (row.state, row.amount) == ("assessed", 20_000_000)  # 10 % of 200 万元
    refused = officer.post(f"{url}step/", {"kind": "approve"})
    assert refused.status_code == 422
    assert "CL-SELF-APPROVAL" in text(refused)
    approved = chief.post(f"{url}step/", {"kind": "approve"})
    assert approved.status_code == 302, text(approved)
    assert ClaimRow.objects.get().state == "decided"
    assert "20万元" not in text(browse("clerk03").get(url))  # not noticed yet
    verbs = list(
        Event.objects.filter(record="claim", verb__startswith="claim.")
        .exclude(verb="claim.keep")
        .order_by("pk")
        .values_list("verb", flat=True)
    )
    assert verbs == ["claim.file", "claim.complete", "claim.check", "claim.assess", "claim.approve"]


def test_steps_that_are_not_ones_own_do_not_exist(browse, filled, clean_claims):
    url = apply(browse("clerk03"))["Location"]
    assert browse("clerk03").post(f"{url}step/", {"kind": "complete"}).status_code == 404
    assert browse("west").post(f"{url}step/", {"kind": "complete"}).status_code == 404
    assert browse("clerk01").post(f"{url}step/", {"kind": "withdraw", "reason": "x"}).status_code == 404
    withdrawn = browse("clerk03").post(f"{url}step/", {"kind": "withdraw", "reason": "填错"})
    assert withdrawn.status_code == 302


def test_a_figure_that_cannot_be_read_is_refused_and_nothing_is_filed(browse, filled, clean_claims):
    from kaiwu.web.claim.models import ClaimRow

    url = apply(browse("clerk03"), fact_research="二百")["Location"]
    officer = browse("officer")
    officer.post(f"{url}step/", {"kind": "complete"})
    officer.post(f"{url}step/", {"kind": "check"})
    assert officer.post(f"{url}step/", {"kind": "assess"}).status_code == 422
    assert ClaimRow.objects.get().amount is None


def test_an_officer_sees_reach_and_cost_and_pushes_once(browse, filled):
    from kaiwu.web.event.models import Event
    from kaiwu.web.policy.models import Push

    officer = browse("officer")
    page = text(officer.get(f"/clause/{CLAUSE}/"))
    assert "452万元" in page  # 10 % of the research of those who spend 3 %, at most 50 万元 each
    assert officer.post(f"/clause/{CLAUSE}/push/?which=near").status_code == 302
    officer.post(f"/clause/{CLAUSE}/push/?which=near")
    pushed = Push.objects.count()
    assert pushed == Event.objects.filter(verb="policy.push").count() > 0
    assert "经办推荐" in text(browse("clerk03").get("/policy/firm/F03/"))
    assert browse("east").post(f"/clause/{CLAUSE}/push/").status_code == 404


def test_a_towns_visit_list_has_its_firms_and_room_for_notes(browse, filled):
    cells = cells_of(browse("west").get(f"/clause/{CLAUSE}/visits.xlsx?which=near"))
    assert "F03" in cells
    assert not cells & set(FIRMS[::2])
    assert {"走访人", "走访日期", "企业意向与需要"} <= cells


def test_material_for_a_recognition_is_filled_in(browse, filled):
    from kaiwu.web.policy.models import PolicyClause

    PolicyClause.objects.filter(key=CLAUSE).update(is_recognition=True)
    cells = cells_of(browse("clerk03").get(f"/policy/firm/F03/{CLAUSE}/pack.xlsx"))
    assert {"F03", "营业收入", "统计部门", "第二条"} <= cells
    assert any("研发费用" in c for c in cells)


def test_titles_of_another_platform_come_in_whole_or_not_at_all(filled, person):
    from kaiwu.web.policy.screens import TitleScreen
    from kaiwu.web.screen.intake import check_file

    def sheet(*rows):
        book = openpyxl.Workbook()
        book.active.append(["企业代码", "认定名称", "认定日期", "文号"])
        for row in rows:
            book.active.append(row)
        out = io.BytesIO()
        book.save(out)
        return out.getvalue()

    good = check_file(
        TitleScreen(), person("officer"), sheet(["F03", "高新技术企业", "2024-12-01", "浙高企认〔2024〕1号"]), "t.xlsx"
    )
    assert good.is_accepted
    bad = check_file(
        TitleScreen(),
        person("officer"),
        sheet(["F03", "高新技术企业", "2024-12-01", ""], ["F99", "高新技术企业", "昨天", ""]),
        "t.xlsx",
    )
    assert not bad.is_accepted


def test_a_firms_page_does_not_change_with_the_figures_of_another(browse, filled, platform):
    """The page of F03 is made from its own rows: answers of all others may go and it stays the same."""
    from kaiwu.web.policy.models import PolicyAnswer
    from kaiwu.web.run.models import NearRow

    client = browse("clerk03")
    pages = ["/policy/firm/F03/", f"/policy/firm/F03/{CLAUSE}/", f"/claim/new/F03/{CLAUSE}/"]

    def crawl():
        return [text(client.get(p)).split("</header>", 1)[1] for p in pages]

    def without_token(page):
        return "\n".join(line for line in page.splitlines() if "csrf" not in line)

    before = [*map(without_token, crawl())]
    PolicyAnswer.objects.exclude(firm__entity="F03").update(low=1, high=2, outcome=3)
    NearRow.objects.exclude(firm__entity="F03").update(gap_zh="别家", effort=1)
    assert [*map(without_token, crawl())] == before


@pytest.mark.parametrize(
    ("login", "path", "most"),
    [
        ("clerk03", "/policy/firm/F03/", 16),
        ("clerk03", f"/claim/new/F03/{CLAUSE}/", 14),
        ("officer", f"/clause/{CLAUSE}/", 16),
        ("officer", "/clause/", 16),
    ],
)
def test_pages_cost_few_queries(browse, filled, login, path, most):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = browse(login)
    client.get(path)
    with CaptureQueriesContext(connection) as seen:
        client.get(path)
    assert len(seen) <= most, [q["sql"][:120] for q in seen]
