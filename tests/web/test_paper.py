"""Papers: each from its template with number, date, scope, version and gaps; the numbers are those of the page; names never become markup."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import docx
import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def year(person):
    """An evaluation with a run, sheets and a notice."""
    from kaiwu.web.evaluation.issue import publish
    from kaiwu.web.evaluation.models import Evaluation
    from kaiwu.web.evaluation.services import begin, send_sheets, take_run
    from kaiwu.web.event.services import Actor
    from kaiwu.web.run.models import RunRow

    actor = Actor("officer")
    made = begin(actor, "year", "ruler", issuer="小县经信局", signer="王局")
    take_run(actor, made, RunRow.objects.filter(job="year").order_by("number")[0].number)
    send_sheets(actor, made)
    publish(actor, made, "notice")
    return Evaluation.objects.get(pk=made.pk)


def make(client, kind, subject=""):
    """Make a paper by its button; returns its number."""
    answer = client.post(f"/paper/make/{kind}/" + (f"{subject}/" if subject else ""))
    assert answer.status_code == 302, answer.content.decode()
    return answer["Location"].strip("/").split("/")[-1]


def read_word(client, number):
    """The Word file of a paper: (texts of paragraphs, rows of tables)."""
    answer = client.get(f"/paper/{number}/paper.docx")
    assert answer.status_code == 200
    document = docx.Document(io.BytesIO(answer.content))
    texts = [p.text for p in document.paragraphs]
    rows = [[cell.text for cell in row.cells] for table in document.tables for row in table.rows]
    return texts, rows


def test_a_notice_has_the_list_of_the_page_the_slip_and_all_that_a_paper_carries(year, browse):
    client = browse("officer")
    publication = year.publications.get()
    number = make(client, "notice", publication.number)
    texts, rows = read_word(client, number)
    whole = "\n".join(texts)
    for wanted in (
        number,
        publication.title,
        publication.number,
        "数据截至",
        "范围: 24",
        "版本",
        "缺少的数据",
        "小县经信局",
        "异议单",
    ):
        assert wanted in whole, wanted
    assert f"http://localhost/paper/{number}/" in whole
    for row in json.loads(publication.rows):
        assert row in rows
    assert ["企业名称", ""] in rows


def test_a_name_with_markup_stays_text(year, browse):
    client = browse("officer")
    number = make(client, "notice", year.publications.get().number)
    _, rows = read_word(client, number)
    assert any("<b>粗体</b>公司" in row for row in rows)
    page = client.get(f"/paper/{number}/print/").content.decode()
    assert "&lt;b&gt;粗体&lt;/b&gt;公司" in page
    assert "<b>粗体</b>" not in page


def test_the_sheet_of_a_firm_has_the_figures_of_its_page_and_is_read_by_that_firm_only(year, browse):
    from kaiwu.web.evaluation.models import Sheet
    from kaiwu.web.evaluation.queries import block_of

    sheet = Sheet.objects.get(evaluation=year, firm__entity="F01")
    number = make(browse("officer"), "firm_sheet", sheet.pk)
    _, rows = read_word(browse("clerk01"), number)
    for figure in block_of(sheet).figures:
        assert [figure.label, figure.period, figure.value] in [row[:3] for row in rows]
    assert browse("clerk02").get(f"/paper/{number}/").status_code == 404
    assert browse("clerk02").get(f"/paper/{number}/paper.docx").status_code == 404
    assert browse("east").get(f"/paper/{number}/").status_code == 404
    assert browse("clerk01").post(f"/paper/make/firm_sheet/{sheet.pk}/").status_code == 404


@pytest.mark.parametrize("kind", ["meeting", "review", "red_head"])
def test_papers_of_an_evaluation_say_its_counts_and_what_is_missing(year, browse, kind):
    from kaiwu.web.evaluation.queries import listing_of

    client = browse("officer")
    number = make(client, kind, year.case.number)
    texts, rows = read_word(client, number)
    whole = "\n".join(texts) + "\n".join(c for row in rows for c in row)
    if kind != "review":
        for label, n in listing_of(year).counts:
            assert f"{label} {n:,} 家" in whole
    else:
        assert sum("小县第" in c for row in rows for c in row) > 20
    assert "缺少的数据" in whole
    assert "第 1 号" not in whole
    assert year.run in whole
    page = client.get(f"/paper/{number}/print/")
    assert page.status_code == 200


@pytest.mark.parametrize("kind", ["weekly", "problem_list", "ledger"])
def test_papers_of_the_desk_count_the_cases_of_the_list(browse, kind):
    from kaiwu.web.case.services import open_case
    from kaiwu.web.event.services import Actor
    from kaiwu.web.registry.models import Firm

    for entity in ("F00", "F01"):
        open_case(
            Actor("x"),
            "request",
            firm=Firm.objects.get(entity=entity),
            fields={"theme": "用地用房", "text": "要<厂房>"},
        )
    client = browse("officer")
    texts, rows = read_word(client, make(client, kind))
    whole = "\n".join(texts)
    assert {"weekly": "本周新开 2 件", "problem_list": "共 2 项", "ledger": "本年开办 2 件"}[kind] in whole
    if kind == "problem_list":
        assert any("要<厂房>" in row for row in rows)


def test_a_paper_is_frozen_and_leaves_its_event(year, browse):
    from kaiwu.web.event.models import Event
    from kaiwu.web.paper.models import Paper

    client = browse("officer")
    number = make(client, "meeting", year.case.number)
    before = Paper.objects.get(number=number).digest
    year.issuer = "别的局"
    year.save()
    texts, _ = read_word(client, number)
    assert "小县经信局" in "\n".join(texts)
    assert Paper.objects.get(number=number).digest == before
    assert Event.objects.filter(verb="paper.make", key=number, actor="officer").count() == 1


def test_a_month_without_figures_is_refused_with_words(browse):
    answer = browse("officer").post("/paper/make/monthly/")
    assert answer.status_code == 422
    assert "W-OPERATION" in answer.content.decode()


def test_papers_are_made_by_those_who_may(year, browse):
    for login in ("auditor", "clerk01", "east", "taxman"):
        assert browse(login).post("/paper/make/weekly/").status_code == 404
        assert browse(login).post(f"/paper/make/meeting/{year.case.number}/").status_code == 404


def test_the_templates_are_those_that_the_script_builds():
    done = subprocess.run(
        [sys.executable, str(ROOT / "script/templates"), "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
