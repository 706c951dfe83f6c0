"""The evaluation of a year as four people do it in a real browser: officer, firm, town and head of the bureau.

The officer runs it and sends the sheets; a firm disputes a figure; the town forwards; the officer upholds; the new run changes
that firm and those it moves; the head approves the notice; the final list is exported and opened as Excel.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from browser import Visit, chromium, find_faults, keep_picture
from small_site import PASSWORD

__all__ = ["chromium"]
pytestmark = pytest.mark.browser


class Site:
    """A site of its own process, and the people who are logged in at it."""

    def __init__(self, chromium: Any, folder: Path) -> None:
        self.chromium, self.folder = chromium, folder
        environment = {key: value for key, value in os.environ.items() if not key.startswith(("DJANGO", "KAIWU"))}
        program = Path(__file__).with_name("small_site.py")
        self.process = subprocess.Popen(
            [sys.executable, str(program), str(folder)],
            stdout=subprocess.PIPE,
            stderr=(folder / "log.txt").open("w"),
            text=True,
            env=environment,
        )
        assert self.process.stdout is not None
        self.address = self.process.stdout.readline().strip()
        assert self.address, (folder / "log.txt").read_text()
        self.visits: dict[str, Visit] = {}

    def enter(self, login: str) -> Visit:
        """The browser window of somebody, logged in when first asked for."""
        if login not in self.visits:
            visit = Visit(self.chromium, f"{self.address}/login/", locale="zh-CN", accept_downloads=True)
            visit.page.fill("input[name=login]", login)
            visit.page.fill("input[name=password]", PASSWORD)
            visit.page.click("button[type=submit]")
            visit.page.wait_for_url(f"{self.address}/")
            self.visits[login] = visit
        return self.visits[login]

    def open(self, login: str, path: str) -> Any:
        """A page as somebody sees it; it has no fault and the browser does not complain."""
        visit = self.enter(login)
        visit.page.goto(self.address + path)
        assert find_faults(visit.page) == []
        assert visit.complaints == []
        return visit.page

    def later(self, days: int) -> None:
        """So many days pass."""
        file = self.folder / "days"
        file.write_text(str(days + (int(file.read_text()) if file.is_file() else 0)))
        for visit in self.visits.values():
            visit.context.close()
        self.visits.clear()

    def close(self) -> None:
        for visit in self.visits.values():
            visit.context.close()
        self.process.kill()
        self.process.wait()


@pytest.fixture(scope="module")
def site(chromium, tmp_path_factory) -> Iterator[Site]:
    made = Site(chromium, tmp_path_factory.mktemp("evaluation"))
    yield made
    made.close()


def step(page: Any, label: str, *, evidence: str = "", **words: str) -> None:
    """Take the step of a label on the page of a case."""
    form = page.locator("form.move", has=page.locator(f"button:text-is('{label}')"))
    for name, text in words.items():
        form.locator(f"input[name={name}]").fill(text)
    form.locator("textarea[name=evidence]").fill(evidence)
    form.locator("button[type=submit]").click()
    page.wait_for_load_state()


def run_and_take(site: Site, number: str) -> None:
    page = site.open("officer", f"/evaluation/{number}/")
    page.locator("#run button", has_text="测算").first.click()
    page.wait_for_url(re.compile(r"/job/\d+/"))
    for _ in range(60):
        if page.locator(".tag-ok").count():
            break
        page.wait_for_timeout(500)
        page.reload()
    page = site.open("officer", f"/evaluation/{number}/")
    page.locator("#run form.move button").click()
    page.wait_for_load_state()


def test_four_people_take_a_year_from_its_scope_to_the_lists_of_the_departments(site):
    page = site.open("officer", "/evaluation/new/")
    page.select_option("select[name=job]", label="年度评价 2023 · 亩均评价")
    page.fill("input[name=issuer]", "小县经信局")
    page.click("button:has-text('提交')")
    page.wait_for_url(re.compile("/evaluation/"))
    number = page.url.rstrip("/").rsplit("/", 1)[1]
    here = f"/evaluation/{number}/"
    step(page, "公布用地情况", evidence="规上企业名单与用地清单")
    site.later(30)  # the window of the land notice passes
    step(site.open("officer", here), "归集数据")
    run_and_take(site, number)
    step(site.open("officer", here), "发一企一单")

    firm = site.open("clerk01", "/sheet/")
    firm.click("tbody a")
    assert "亩均税收" in firm.inner_text("main")
    assert find_faults(firm) == []
    row = firm.locator("#figures tr", has_text="实缴税金")
    row.locator("summary").click()
    keep_picture(firm, "sheet")
    row.locator("input[name=claimed]").fill("150万元")
    row.locator("textarea[name=reason]").fill("完税证明附后")
    row.locator("button[type=submit]").click()
    firm.wait_for_selector("#disputes")

    for login, note, button in (("west", "已到税务窗口核对", "转报经信局"), ("officer", "完税证明属实", "异议成立")):
        page = site.open(login, "/dispute/")
        page.click("tbody a")
        page.fill("textarea[name=note]", note)
        keep_picture(page, f"dispute-{login}")
        page.click(f"button:has-text('{button}')")
        page.wait_for_load_state()

    run_and_take(site, number)
    page = site.open("officer", here)
    keep_picture(page, "evaluation")
    moved = page.locator("#moved tbody tr")
    causes = {row.locator("td").nth(0).inner_text(): row.locator("td").nth(3).inner_text() for row in moved.all()}
    assert "本主体数据变动" in causes.pop("小县第01机械有限公司")
    assert all("其他主体变动" in cause for cause in causes.values())

    step(page, "进入复核")
    step(site.open("chief", here), "批准公示")
    page = site.open("officer", here)
    notice = page.locator("#publications a").first.get_attribute("href")
    stranger = Visit(site.chromium, site.address + notice, locale="zh-CN")
    keep_picture(stranger.page, "notice")
    text = stranger.page.inner_text("main")
    assert "还有 5 个工作日" in text
    assert "19.33" not in text  # no score in public
    assert find_faults(stranger.page) == []
    stranger.context.close()

    site.later(14)
    step(site.open("officer", here), "公示无异议")
    step(site.open("chief", here), "印发结果", minutes="小政纪要〔2024〕7号")
    page = site.open("officer", here)
    keep_picture(page, "consequences")
    with page.expect_download() as waiting:
        page.click("#consequences a >> nth=0")
    book = site.folder / "list.xlsx"
    waiting.value.save_as(book)
    sheet = openpyxl.load_workbook(book).active
    classes = [row[3] for row in sheet.iter_rows(values_only=True) if re.fullmatch(r"F\d\d", str(row[0]))]
    assert classes
    assert set(classes) == {"D"}
    for _ in range(4):
        row = page.locator("#consequences form").first
        row.locator("input[name=by]").fill("收件人")
        row.locator("input[name=receipt]").fill("收文1号")
        row.locator("button").click()
        page.wait_for_load_state()
    step(page, "归档")
    assert "已归档" in site.open("officer", here).inner_text("main")
