"""The evaluation of a year: run, sheets, a dispute through the town, the new run, notice, final list, receipts."""

from __future__ import annotations

import datetime as dt
import io
import json

import pytest
from evaluated_year import advance, dispute_tax, run_now

from kaiwu.quantity import KaiwuError


def test_every_rated_firm_gets_its_sheet_and_sees_its_own_only(year, browse):
    from kaiwu.web.evaluation.models import Sheet

    assert Sheet.objects.filter(evaluation=year).count() == 23  # F10 is not above scale
    mine = Sheet.objects.get(evaluation=year, firm__entity="F01")
    page = browse("clerk01").get(f"/sheet/{mine.pk}/").content.decode()
    assert "亩均税收" in page
    assert "税务局" in page
    assert browse("clerk02").get(f"/sheet/{mine.pk}/").status_code == 404
    assert browse("east").get(f"/sheet/{mine.pk}/").status_code == 404


def test_an_upheld_dispute_changes_the_firm_and_those_it_moves_and_both_runs_replay(year, browse):
    from kaiwu.procedure import replay
    from kaiwu.web.evaluation.models import Dispute
    from kaiwu.web.evaluation.queries import moved_firms
    from kaiwu.web.workspace import workspace

    _, answer = dispute_tax(browse, year)
    assert answer.status_code == 302
    made = Dispute.objects.get()
    assert (made.printed, made.claimed, made.state) == ("20万元", "150万元", "raised")
    url = f"/dispute/{made.number}/decide/"
    assert (
        browse("officer").post(url, {"deed": "uphold", "note": "早了"}).status_code == 422
    )  # the town has not forwarded it
    assert browse("east").post(url, {"deed": "forward", "note": "不是本镇"}).status_code == 404
    assert browse("west").post(url, {"deed": "forward", "note": "已核税单"}).status_code == 302
    assert browse("officer").post(url, {"deed": "uphold", "note": "税单属实"}).status_code == 302
    before = year.run
    run_now(year)
    moved = moved_firms(year, before, year.run)
    assert [m.cause for m in moved if m.entity == "F01"] == ["本主体数据变动: tax"]
    assert all("其他主体" in m.cause for m in moved if m.entity != "F01")
    page = browse("officer").get(f"/evaluation/{year.case.number}/").content.decode()
    assert f"更正前后({before} → {year.run})" in page
    for number in (before, year.run):
        assert replay(workspace(), number)[1].is_identical


def test_the_case_does_not_go_on_while_a_dispute_is_open_or_its_run_is_missing(year, browse, person):
    from kaiwu.web.evaluation.models import Dispute

    dispute_tax(browse, year)
    with pytest.raises(KaiwuError, match="没有未办结的异议"):
        advance(person, "officer", year.case, "review")
    url = f"/dispute/{Dispute.objects.get().number}/decide/"
    browse("west").post(url, {"deed": "forward", "note": "属实"})
    browse("officer").post(url, {"deed": "uphold", "note": "属实"})
    with pytest.raises(KaiwuError, match="更正后已重新测算"):
        advance(person, "officer", year.case, "review")
    run_now(year)
    assert advance(person, "officer", year.case, "review").stage == "review"


def test_a_rejected_dispute_changes_no_figure(year, browse):
    from kaiwu.web.evaluation.models import Dispute, Sheet
    from kaiwu.web.workspace import workspace

    sheet, _ = dispute_tax(browse, year)
    batches = len(workspace().figures.batches())
    url = f"/dispute/{Dispute.objects.get().number}/decide/"
    browse("west").post(url, {"deed": "forward", "note": "存疑"})
    assert browse("officer").post(url, {"deed": "reject", "note": ""}).status_code == 422
    assert browse("officer").post(url, {"deed": "reject", "note": "以入库数为准"}).status_code == 302
    assert len(workspace().figures.batches()) == batches
    assert Sheet.objects.get(pk=sheet.pk).state == "settled"


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"slot": "tax", "claimed": "很多", "reason": "x"}, "很多"),
        ({"slot": "tax", "claimed": "150万元", "reason": " "}, "理由"),
        ({"slot": "grade", "claimed": "A", "reason": "x"}, "没有这项数据"),
        ({"slot": "tax", "claimed": "150亩", "reason": "x"}, "亩"),
    ],
)
def test_a_dispute_that_cannot_be_read_is_refused_with_what_to_write(year, browse, form, said):
    from kaiwu.web.evaluation.models import Dispute, Sheet

    sheet = Sheet.objects.get(evaluation=year, firm__entity="F01")
    answer = browse("clerk01").post(f"/sheet/{sheet.pk}/answer/", {"deed": "dispute", **form})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Dispute.objects.exists()


def test_the_code_on_the_paper_opens_one_sheet_until_it_is_answered(year, browse):
    from kaiwu.web.evaluation.code import make_code
    from kaiwu.web.evaluation.models import Sheet

    mine, other = (Sheet.objects.get(evaluation=year, firm__entity=f) for f in ("F05", "F06"))
    paper = browse("west").get(f"/sheet/{mine.pk}/paper/").content.decode()
    assert make_code(mine) in paper
    assert "data:image/svg+xml" in paper
    stranger, url = browse(""), f"/public/sheet/{mine.pk}/{make_code(mine)}/"
    assert stranger.get(url).status_code == 200
    assert stranger.get(f"/public/sheet/{other.pk}/{make_code(mine)}/").status_code == 404
    assert stranger.post(url, {"deed": "confirm"}).status_code == 200
    assert Sheet.objects.get(pk=mine.pk).answered_by == "code"
    assert stranger.get(url).status_code == 404


def test_notice_final_list_and_receipts_close_the_year(year, browse, person):
    from kaiwu.web.evaluation.issue import take_receipt
    from kaiwu.web.evaluation.models import Consequence, Publication
    from kaiwu.web.event.services import Actor

    advance(person, "officer", year.case, "review")
    with pytest.raises(KaiwuError, match="W-ROLE"):
        advance(person, "officer", year.case, "notice")
    advance(person, "chief", year.case, "notice")
    notice = Publication.objects.get(kind="notice")
    page = browse("").get(f"/public/list/{notice.number}/").content.decode()
    assert "还有 5 个工作日" in page
    heads = json.loads(notice.heads)
    assert heads == ["名称", "等级"]  # names and classes only
    assert sum(n for _, n in json.loads(notice.counts)) == 24
    with pytest.raises(KaiwuError, match="公示期已满"):
        advance(person, "officer", year.case, "final")
    Publication.objects.filter(pk=notice.pk).update(last_day=dt.date(2020, 1, 1))
    advance(person, "officer", year.case, "final")
    with pytest.raises(KaiwuError, match="纪要"):
        advance(person, "chief", year.case, "consequences")
    advance(person, "chief", year.case, "consequences", words={"minutes": "小政纪要〔2024〕7号"})
    power = Consequence.objects.get(code="power")
    book = browse("officer").get(f"/consequence/{power.pk}/list.xlsx")
    import openpyxl

    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(book) if book.streaming else book.content)).active
    classes = [row[3] for row in sheet.iter_rows(values_only=True) if str(row[0]).startswith("F")]
    assert classes == ["D"] * power.firms
    assert power.firms > 0
    with pytest.raises(KaiwuError, match="W-NEED"):
        advance(person, "officer", year.case, "closed")
    for made in Consequence.objects.all():
        take_receipt(Actor("officer"), made, "部门收件", f"收{made.pk}号")
    assert advance(person, "officer", year.case, "closed").is_closed


def test_content_that_is_not_attested_needs_a_signer_before_the_notice(year, person, monkeypatch):
    from kaiwu.quantity import Problem
    from kaiwu.web.evaluation import proof

    def doubtful(run, listing, signer=""):
        if not signer:
            raise KaiwuError(Problem("N-SIGNER", "待核实", "unverified"))

    monkeypatch.setattr(proof, "check_notice", doubtful)
    advance(person, "officer", year.case, "review")
    with pytest.raises(KaiwuError, match="签署人"):
        advance(person, "chief", year.case, "notice")
    year.signer = "王某"
    year.save()
    assert advance(person, "chief", year.case, "notice").stage == "notice"


def test_a_firm_s_own_system_reads_and_disputes_with_the_code_alone(year, browse):
    from kaiwu.web.evaluation.code import make_code
    from kaiwu.web.evaluation.models import Dispute, Sheet

    sheet = Sheet.objects.get(evaluation=year, firm__entity="F07")
    stranger, url = browse(""), f"/public/api/sheet/{sheet.pk}/{make_code(sheet)}"
    told = stranger.get(url).json()
    assert {f["slot"]: f["value"] for f in told["figures"]}["tax"] == "80万元"
    wrong = stranger.post(
        f"{url}/dispute", {"slot": "tax", "claimed": "九十", "reason": "x"}, content_type="application/json"
    )
    assert wrong.status_code == 422
    assert wrong.json()[0]["zh"]
    right = stranger.post(
        f"{url}/dispute", {"slot": "tax", "claimed": "90万元", "reason": "税单"}, content_type="application/json"
    )
    assert right.json()["state"] == "disputed"
    assert Dispute.objects.get().printed == "80万元"
    assert stranger.get(f"/public/api/sheet/{sheet.pk}/AAAA-AAAA-AAAA-AAAA").status_code == 404
