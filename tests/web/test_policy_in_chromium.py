"""A clerk finds a near miss and applies, in a real browser; the town sees the claim, the officer takes it up."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from browser import chromium, find_faults, keep_picture
from test_evaluation_in_chromium import Site

__all__ = ["chromium"]
pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def site(chromium, tmp_path_factory) -> Iterator[Site]:
    made = Site(chromium, tmp_path_factory.mktemp("policy"))
    yield made
    made.close()


def test_a_clerk_finds_a_near_miss_and_applies(site):
    page = site.open("officer", "/run/0001/")
    keep_picture(page, "run")
    page.click("[data-code=policy]")
    page.wait_for_url(re.compile(r"/run/job/\d+/"))
    page.wait_for_selector("a.button-primary", timeout=60_000)  # the part asks for itself until the job has ended
    page.click("a.button-primary")
    page.wait_for_url(re.compile("/clause/"))
    assert find_faults(page) == []
    keep_picture(page, "clauses")

    clerk = site.open("clerk03", "/policy/")
    offer = clerk.locator("li.offer", has_text="只缺研发费用")
    assert "统计部门" in offer.inner_text()
    assert "研发费用专项审计报告" in offer.inner_text()
    keep_picture(clerk, "policies")
    offer.locator("a", has_text="申报").last.click()
    clerk.wait_for_url(re.compile("/claim/new/"))
    assert find_faults(clerk) == []
    assert clerk.locator("input[type=text]:visible, input[type=date]").count() <= 10
    assert "营业收入" in clerk.inner_text("fieldset.known")
    clerk.fill("input[name=fact_research]", "200万元")
    clerk.set_input_files(
        "input[name=file_audit]", {"name": "audit.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 audit"}
    )
    keep_picture(clerk, "apply")
    clerk.click("button:has-text('提交申报')")
    clerk.wait_for_url(re.compile(r"/claim/C\d+/"))
    assert "已申报" in clerk.inner_text("h1")
    number = clerk.url.rstrip("/").rsplit("/", 1)[1]

    town = site.open("west", "/claim/")
    assert number in town.inner_text("tbody")

    officer = site.open("officer", f"/claim/{number}/")
    assert "200万元" in officer.inner_text("main")
    officer.click("button:has-text('材料齐全')")
    officer.wait_for_load_state()
    assert "材料齐全" in officer.inner_text("h1")
    keep_picture(officer, "claim")
    assert site.visits["officer"].complaints == site.visits["clerk03"].complaints == []


def test_pages_of_runs_have_no_fault(site):
    for path in (
        "/run/",
        "/run/0001/list/ruler/",
        "/run/0001/sheet/F05/",
        "/run/0001/missing/",
        "/run/0001/trial/?scheme=award",
        "/run/0001/compare/",
        "/run/new/",
    ):
        site.open("officer", path)  # axe is asked, and the browser does not complain
    page = site.open("officer", "/run/0001/trial/?scheme=award&part=b1")
    page.fill("#rule-text", page.input_value("#rule-text").replace(">= 3%", ">= 2%"))
    page.click("button:has-text('试算')")
    page.wait_for_selector("#result")
    assert "不符合 → 符合" in page.inner_text("#result")
    keep_picture(page, "trial")
