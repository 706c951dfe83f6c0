"""The pages about money: three clicks from a paid yuan to clause and invoice, findings for the officer only, what if, log."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path
from urllib.parse import quote

import pytest
from voucher_play import Played

from kaiwu.ledger.log import check_proof
from kaiwu.procedure.claim import EventKind, State
from kaiwu.report.site import Site

CODE = "synthetic_compute_2026"


def get(site: Site, url: str, status: int = 200) -> str:
    page = site.answer(url)
    assert page.status == status, url
    return unescape(page.body.decode())


def paid(played: Played):
    return next(c for c in played.cases if c.state is State.PAID and len(c.invoices) > 1)


def test_the_overview_shows_the_months_the_states_and_what_is_owed(money_site: Site, played: Played):
    text = get(money_site, "/claims")
    assert text.count("2026-") >= 12
    assert "合成数据, 非真实企业" in text
    assert text.count("<rect") >= 30
    assert "未兑付清单(清零): 1 笔" in text
    assert "25,000" in text
    assert "不平" not in text
    english = get(money_site, "/claims?lang=en")
    assert "The pot month by month" in english
    assert "Arrears" in english


def test_from_a_paid_yuan_to_article_and_invoice_in_three_clicks(money_site: Site, played: Played):
    case = paid(played)
    links = re.findall(r'href="(/claims/[^"]+)"', get(money_site, "/claims"))
    listing = next(url for url in links if url.endswith("/list"))
    first = get(money_site, f"{listing}?q={case.number}")
    assert f'href="/claim/{case.number}"' in first
    page = get(money_site, f"/claim/{case.number}")
    assert 'href="#clause"' in page
    assert 'href="#invoices"' in page
    for payment in case.payments:
        assert payment.reference in page
        assert f"{payment.amount // 100:,}.{payment.amount % 100:02d}" in page
    for invoice in case.invoices:
        assert invoice.number in page
    assert case.award is not None
    assert case.award.article in page
    assert "杭政函〔2025〕65号附件" in page
    for signed in case.signatures:
        assert signed.by in page
    assert "纪要〔2026〕" in page
    assert "待核实" in page


def test_every_fact_on_a_claim_has_its_source(money_site: Site, played: Played):
    page = get(money_site, f"/claim/{paid(played).number}")
    facts = page[page.index('id="facts"') : page.index('id="findings"')]
    rows = re.findall(r"<tr>(.*?)</tr>", facts, re.S)[1:]
    assert len(rows) >= 5
    for row in rows:
        *_, value, _, source = (
            re.sub("<[^>]+>", "", cell).strip() for cell in re.findall(r"<td[^>]*>(.*?)</td>", row, re.S)
        )
        assert value
        assert re.search(r"2026-\d\d-\d\d|2025-\d\d-\d\d", source)


def refused_findings(played: Played):
    with played.desk.session(played.play.now) as session:
        for number in played.report.findings:
            for event in session.store.events(number):
                if event.kind == EventKind.CHECK:
                    yield number, event.data["report"]["findings"]


def test_findings_stand_on_the_officers_page_and_never_on_the_firms_sheet(money_site: Site, played: Played):
    seen = 0
    for number, findings in refused_findings(played):
        officer, firm = get(money_site, f"/claim/{number}"), get(money_site, f"/claim/{number}/firm")
        for finding in findings:
            seen += 1
            assert finding["zh"] in officer
            assert finding["zh"] not in firm
            for exhibit in finding["exhibits"]:
                assert exhibit["zh"] in officer
                assert exhibit["zh"] not in firm
        assert not any(word in firm for word in ("疑点", "查实", "关联", "重复", "已用于", "经办甲", "finding"))
        assert "不予支持" in firm
    assert seen >= 5


def test_a_claim_that_waits_says_what_people_are_asked(money_site: Site, played: Played):
    page = get(money_site, f"/claim/{played.report.asked[0].claim}")
    assert "为什么还没有核定" in page
    assert "需认定" in page
    assert "不够付" in page


def test_the_list_is_filtered_by_state_and_words(money_site: Site, played: Played):
    refused = get(money_site, f"/claims/{CODE}/list?state=refused")
    numbers = set(re.findall(r"C\d{6}", refused))
    assert numbers == {c.number for c in played.cases if c.state is State.REFUSED}
    assert "没有符合筛选的申报" in get(money_site, f"/claims/{CODE}/list?q={quote('没有这样的企业')}")


def test_what_if_recomputes_cost_winners_and_losers(money_site: Site):
    text = get(money_site, f"/claims/{CODE}/what-if?cap={quote('500万元')}")
    assert "受损" in text
    assert re.search(r"-[\d,.]+", text)
    assert "现行: 50% * 实付智算费用" in text
    assert "lose" in get(money_site, f"/claims/{CODE}/what-if?cap={quote('500万元')}&rate_C019={quote('40%')}&lang=en")


@pytest.mark.parametrize("value", ["5x", "-3万元", "<script>alert(1)</script>", "9" * 200])
def test_a_wrong_lever_is_told_and_nothing_is_run(money_site: Site, value):
    page = money_site.answer(f"/claims/{CODE}/what-if?cap={quote(value)}")
    assert page.status == 422
    assert b"<script>alert" not in page.body


def test_the_proof_of_a_payment_is_downloaded_and_holds(money_site: Site, played: Played):
    case = paid(played)
    page = money_site.answer(f"/claim/{case.number}/proof/{case.payments[0].event}")
    assert page.file_name.endswith(".proof.json")
    assert "synthetic" in page.file_name
    found = check_proof(page.body, str(played.desk.witness.key.public))
    assert json.loads(found["figures"])["kind"] == "pay"
    assert str(played.desk.witness.key.public) in get(money_site, "/log")
    assert f"/claim/{case.number}/proof/0" in get(money_site, f"/log?claim={case.number}")
    assert b"\n" in money_site.answer("/log/checkpoint").body
    assert len(money_site.answer("/log/verify.html").body) > 10_000


def test_kept_files_are_given_back_to_the_byte(money_site: Site, played: Played):
    case = next(c for c in played.cases if any(i.digest for i in c.invoices))
    invoice = next(i for i in case.invoices if i.digest)
    page = money_site.answer(f"/evidence/{invoice.digest}")
    assert invoice.number.encode() in page.body
    assert f'href="/evidence/{invoice.digest}"' in get(money_site, f"/claim/{case.number}")


@pytest.mark.parametrize("url", ["/claim/C999999", "/claim/C000001/proof/999", "/claim/C000001/proof/x", "/claims/none", "/evidence/" + "0" * 64])  # fmt: skip
def test_what_does_not_exist_is_a_page_that_says_so(money_site: Site, url):
    assert money_site.answer(url).status == 404


def test_a_workspace_without_claims_says_how_they_come(tmp_path: Path):
    from kaiwu.procedure import open_workspace

    (tmp_path / "kaiwu.toml").write_text('[workspace]\npacks = ["demo"]\n', encoding="utf-8")
    site = Site(open_workspace(tmp_path))
    assert "还没有申报" in get(site, "/claims")
    assert "还没有日志" in get(site, "/log")
    assert not (tmp_path / "log" / "key.pem").exists(), "looking makes no key"
