"""Import, papers, cockpit, data requests and procedures in a real browser, as the people who use them, without a fault by axe."""

from __future__ import annotations

import datetime as dt
import io
import time
from collections.abc import Iterator
from pathlib import Path

import docx
import openpyxl
import pytest
from browser import chromium, find_faults, keep_picture
from test_evaluation_in_chromium import Site

__all__ = ["chromium"]
pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def site(chromium, tmp_path_factory) -> Iterator[Site]:
    made = Site(chromium, tmp_path_factory.mktemp("pages"))
    yield made
    made.close()


def workbook(path: Path, *rows) -> str:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return str(path)


HEADS = ("名称", "镇街", "面积(㎡)", "价格(元/㎡·月)", "方式", "可用日期")


def test_an_officer_brings_spaces_in_by_excel(site, tmp_path):
    page = site.open("officer", "/space/")
    page.click("text=导入 Excel")
    assert find_faults(page) == []
    keep_picture(page, "import")
    page.set_input_files(
        "input[name=file]", workbook(tmp_path / "bad.xlsx", HEADS, ("一号", "南镇", 5, 1, "出租", None))
    )
    page.click("button:text-is('检查')")
    page.wait_for_selector("text=什么都没有导入")
    assert find_faults(page) == []
    keep_picture(page, "import-faults")
    complaints = site.enter("officer").complaints
    assert all("422" in text for text in complaints), "the browser tells that the sheet was refused, and nothing else"
    complaints.clear()
    with page.expect_download() as sent:
        page.click("button:text-is('下载标错工作簿')")
    sent.value.save_as(tmp_path / "faults.xlsx")
    cells = [c.value for row in openpyxl.load_workbook(tmp_path / "faults.xlsx").worksheets[0].iter_rows() for c in row]
    assert "南镇" in cells
    page.click("text=重新上传")
    rows = [(f"{n}号楼", "东镇", 800 + n, "15.5", "出租", dt.date(2026, 12, 1)) for n in range(1, 4)]
    page.set_input_files("input[name=file]", workbook(tmp_path / "good.xlsx", HEADS, *rows))
    page.click("button:text-is('检查')")
    page.wait_for_selector("text=检查通过")
    keep_picture(page, "import-preview")
    page.click("button:text-is('确认导入')")
    page.wait_for_selector("text=已导入 3 条")
    assert find_faults(page) == []
    keep_picture(page, "spaces")


def test_a_department_is_asked_sends_a_version_and_is_told_what_is_wrong(site, tmp_path):
    page = site.open("officer", "/data_request/new/")
    page.select_option("select[name=organisation]", label="税务局")
    page.select_option("select[name=template]", index=1)
    page.fill("input[name=period]", "2023年")
    page.fill("input[name=due]", (dt.date.today() + dt.timedelta(days=10)).isoformat())
    page.click("main button.button-primary")
    page.wait_for_selector("text=还没有收到版本")
    assert find_faults(page) == []
    path = page.url.removeprefix(site.address)
    page.click("button:text-is('催报')")
    page.wait_for_selector("text=【催报】税务局")
    keep_picture(page, "data-request")
    page = site.open("taxman", path)
    page.set_input_files("#version-file", workbook(tmp_path / "table.xlsx", ("没有", "这样的表头"), (1, 2)))
    page.click("button:text-is('上传并检查')")
    for _ in range(40):
        page.goto(site.address + path)
        if page.locator("text=标错工作簿").count() or page.locator("text=未通过").count():
            break
        time.sleep(0.25)
    assert page.locator("text=未通过").count() == 1
    assert find_faults(page) == []
    keep_picture(page, "data-request-version")
    for login, path in (("officer", "/data_request/"), ("taxman", "/reconcile/"), ("officer", "/ruling/")):
        site.open(login, path)


def test_cases_are_opened_and_their_coverage_is_shown(site):
    page = site.open("officer", "/case/open/")
    keep_picture(page, "procedures")
    page.click("text=数字化改造项目")
    page.fill("input[name=firm]", "F01")
    page.fill("textarea[name=scope]", "设备联网")
    page.click("main button.button-primary")
    page.wait_for_selector("text=方案确定")
    assert find_faults(page) == []
    keep_picture(page, "digital-upgrade")
    page = site.open("officer", "/case/coverage/digital_upgrade/")
    assert page.locator("text=8.3").count() >= 1
    keep_picture(page, "coverage")


def test_a_weekly_report_is_made_opened_in_word_and_printed(site):
    page = site.open("officer", "/paper/")
    page.click("button:text-is('周报')")
    page.wait_for_selector("text=下载 Word")
    assert find_faults(page) == []
    keep_picture(page, "paper")
    with page.expect_download() as sent:
        page.click("text=下载 Word")
    texts = [p.text for p in docx.Document(io.BytesIO(Path(sent.value.path()).read_bytes())).paragraphs]
    assert any("本周新开" in text for text in texts)
    page = site.open("officer", page.url.removeprefix(site.address) + "print/")
    assert page.locator("text=本周新开 ").count() >= 1
    keep_picture(page, "paper-print")


def test_the_cockpit_fits_a_screen_and_leads_to_its_lists(site):
    page = site.open("officer", "/")
    page.set_viewport_size({"width": 1920, "height": 1080})
    page.goto(site.address + "/cockpit/")
    page.wait_for_selector("#tile-classes .chart-canvas svg")
    assert find_faults(page) == []
    assert page.evaluate("document.documentElement.scrollHeight") <= 1080
    assert page.evaluate("document.documentElement.scrollWidth") <= 1920
    keep_picture(page, "cockpit")
    page.click("#tile-procedures .tile-links a")
    page.wait_for_selector("#list-title")
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(site.address + "/cockpit/")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.set_viewport_size({"width": 1280, "height": 900})
