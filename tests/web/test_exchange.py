"""Data requests and reconciliation: who owes what, versions, reminders, receipts; where sources disagree and who decided."""

from __future__ import annotations

import datetime as dt
import io
import shutil

import openpyxl
import pytest

from kaiwu.quantity import KaiwuError

TEMPLATE = """\
import: tax_year
zh: 税务年度数据
en: Yearly data of taxation
entity: {column: [主体代码], kind: firm, code: own, name_column: [企业名称]}
period: {year: 2023}
source: 税务局
scope: legal_entity
synthetic: true
columns:
  - {head: [营业收入], variable: turnover, unit: 万元}
"""


@pytest.fixture
def site(db, tmp_path):
    """The site with an import template; figures are put back afterwards."""
    from kaiwu.web.workspace import forget

    shutil.copytree(db / "figures", tmp_path / "figures")
    file = db / "packs/county/imports/tax_year.yaml"
    file.parent.mkdir(exist_ok=True)
    file.write_text(TEMPLATE, encoding="utf-8")
    forget()
    yield db
    shutil.rmtree(file.parent)
    shutil.rmtree(db / "figures")
    shutil.copytree(tmp_path / "figures", db / "figures")
    forget()


@pytest.fixture
def asked(site):
    from kaiwu.web.account.models import Organisation
    from kaiwu.web.event.services import Actor
    from kaiwu.web.exchange.services import ask_for_table

    tax = Organisation.objects.get(code="tax")
    return ask_for_table(Actor("officer"), tax, "tax_year", "2023年", dt.date(2099, 1, 31))


def table(*rows, heads=("主体代码", "企业名称", "营业收入(万元)")):
    book = openpyxl.Workbook()
    for row in (heads, *rows):
        book.active.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    buffer.seek(0)
    buffer.name = "税务.xlsx"
    return buffer


def send(client, made, *rows):
    from kaiwu.web.job.work import work_once

    answer = client.post(f"/data_request/{made.pk}/upload/", {"file": table(*rows)})
    assert answer.status_code == 302, answer.content.decode()
    job = work_once("test")
    assert job.state == "done", (job.error_zh, job.note)
    return made.versions.first()


ROW = ("F01", "小县第01机械有限公司", 2100)


def step(person, login, made, to, **more):
    from kaiwu.web.case.services import advance
    from kaiwu.web.event.services import Actor

    made.case.refresh_from_db()
    advance(Actor(login), person(login), made.case, to, **more)


def test_a_table_goes_from_request_to_receipt(asked, browse, person):
    from kaiwu.web.workspace import workspace

    client = browse("taxman")
    assert asked.organisation.name in client.get("/data_request/").content.decode()
    assert asked.case.due == dt.date(2099, 1, 31)
    assert browse("taxman").get("/").context["desk"], "it lies on the desk of the department"
    with pytest.raises(KaiwuError, match="W-NEED"):
        step(person, "taxman", asked, "received")
    bad = send(client, asked, ("F01", "小县第01机械有限公司", "约两千"))
    assert (bad.state, bad.batch) == ("refused", None)
    page = client.get(f"/data_request/{asked.pk}/").content.decode()
    assert "标错工作簿" in page
    good = send(client, asked, ROW)
    assert (good.number, good.state, good.figures) == (2, "accepted", 1)
    assert workspace().figures.batches()[-1].batch == good.batch
    step(person, "taxman", asked, "received")
    assert client.get(f"/data_request/{asked.pk}/receipt/").status_code == 404
    step(person, "officer", asked, "closed")
    receipt = client.get(f"/data_request/{asked.pk}/receipt/").content.decode()
    assert good.file.sha256 in receipt
    assert client.post(f"/data_request/{asked.pk}/upload/", {"file": table(ROW)}).status_code == 422


def test_a_request_belongs_to_its_organisation(asked, browse):
    assert browse("taxman").get(f"/data_request/{asked.pk}/").status_code == 200
    for login in ("east", "clerk01", "system"):
        assert browse(login).get(f"/data_request/{asked.pk}/").status_code == 404
        assert browse(login).get(f"/case/{asked.case.number}/").status_code == 404
    assert browse("officer").post(f"/data_request/{asked.pk}/upload/", {"file": table(ROW)}).status_code == 404
    assert browse("taxman").post(f"/data_request/{asked.pk}/remind/").status_code == 404


def test_a_town_may_owe_a_table_and_finds_it_on_its_desk(site, person):
    from kaiwu.web.account.models import Organisation
    from kaiwu.web.case.queries import inbox
    from kaiwu.web.event.services import Actor
    from kaiwu.web.exchange.services import ask_for_table

    made = ask_for_table(
        Actor("officer"), Organisation.objects.get(code="town:东镇"), "tax_year", "2023年", dt.date(2099, 1, 1)
    )
    assert made.case in inbox(person("east"))
    assert made.case not in inbox(person("west"))


def test_late_tables_are_reminded_of_once_a_day(asked, browse):
    from kaiwu.web.event.models import Event
    from kaiwu.web.exchange.models import DataRequest

    DataRequest.objects.filter(pk=asked.pk).update(due=dt.date(2020, 1, 1))
    client = browse("officer")
    assert "逾期未报" in client.get("/data_request/").content.decode()
    client.post("/data_request/remind/")
    client.post("/data_request/remind/")
    asked.refresh_from_db()
    assert asked.reminders == 1
    assert Event.objects.filter(verb="exchange.remind").count() == 1
    assert client.post(f"/data_request/{asked.pk}/remind/").status_code == 422


def test_the_template_comes_back_through_the_import(asked, browse):
    client = browse("taxman")
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"/data_request/{asked.pk}/template.xlsx").content))
    page = book.worksheets[0]
    page.append(["F01", "小县第01机械有限公司", 2100])
    buffer = io.BytesIO()
    book.save(buffer)
    buffer.seek(0)
    buffer.name = "模板.xlsx"
    from kaiwu.web.job.work import work_once

    client.post(f"/data_request/{asked.pk}/upload/", {"file": buffer})
    work_once("test")
    version = asked.versions.get()
    assert (version.state, version.figures) == ("accepted", 1), version.report_zh


def test_sources_that_disagree_are_shown_and_a_decision_settles_the_cell(asked, browse):
    from kaiwu.web.event.models import Event
    from kaiwu.web.exchange.models import Ruling

    send(browse("taxman"), asked, ROW, ("F02", "小县第02机械有限公司", 3000))
    client = browse("officer")
    listed = client.get("/reconcile/").content.decode()
    assert "营业收入" in listed
    page = client.get("/reconcile/turnover/2023/")
    (row,) = page.context["rows"]
    assert row["d"].entity == "F01", "F02 says the same on both sides"
    assert [(s.source, s.printed, s.answers) for s in row["d"].sides] == [
        ("税务局", "2,100万元", True),
        ("统计局", "2,000万元", False),
    ]
    assert row["d"].gap == "100万元"
    book = openpyxl.load_workbook(io.BytesIO(client.get("/reconcile/turnover/2023/export.xlsx").content))
    assert any("统计局" in [c.value for c in r] for r in book.active.iter_rows())
    url = "/reconcile/turnover/2023/decide/"
    assert client.post(url, {"entity": "F01", "source": "统计局", "reason": ""}).status_code == 422
    assert client.post(url, {"entity": "F01", "source": "统计局", "reason": "以统计年报为准"}).status_code == 302
    made = Ruling.objects.get()
    assert (made.source, made.printed, made.decided_by) == ("统计局", "2,000万元", "officer")
    assert Event.objects.filter(verb="ruling.decide", firm="F01").count() == 1
    assert client.get("/reconcile/turnover/2023/").context["rows"] == []
    assert "以统计年报为准" in client.get(f"/ruling/{made.pk}/").content.decode()


def test_a_department_sees_the_cells_of_its_own_figures_a_town_its_firms_a_firm_nothing(asked, browse):
    send(browse("taxman"), asked, ROW)
    assert len(browse("taxman").get("/reconcile/turnover/2023/").context["rows"]) == 1
    assert len(browse("west").get("/reconcile/turnover/2023/").context["rows"]) == 1
    assert browse("east").get("/reconcile/turnover/2023/").context["rows"] == []
    assert browse("clerk01").get("/reconcile/").status_code == 404
    assert (
        browse("taxman")
        .post("/reconcile/turnover/2023/decide/", {"entity": "F01", "source": "税务局", "reason": "x"})
        .status_code
        == 404
    )
    from kaiwu.web.account.models import Organisation

    Organisation.objects.filter(code="tax").update(name="电力公司")
    assert browse("taxman").get("/reconcile/turnover/2023/").context["rows"] == []
