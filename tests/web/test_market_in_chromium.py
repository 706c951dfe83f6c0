"""The pages of the market, of identity and of land in a real browser: no fault of access, no complaint, the map is drawn from our own data."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browser import Visit, chromium, find_faults, keep_picture
from small_site import PASSWORD

from market_workspace import MAKER

__all__ = ["chromium"]
pytestmark = pytest.mark.browser
PAGES = {
    "market-search": "/market/search/?kind=part&title=压铸支架&when=年产能 >= 1000件", "market-none": "/market/search/?kind=part&title=压铸支架&when=年产能 >= 100000件",
    "market-list": "/market/list/one/?name=L1", "market-pair": "/market/list/pair/?list=L1&need=N1&offer=O1", "market-new": "/market/list/new/", "market-funnel": "/market/funnel/",
    "market-space": "/market/space/", "market-finds": f"/market/firm/{MAKER}/", "identity": "/identity/?text=压铸甲厂", "identity-item": "/identity/1/", "land-round": "/land/round/R1/",
    "land-loser": "/land/round/R1/project/P2/", "land-appeal": "/land/round/R1/appeal/", "land-records": "/land/round/R1/records/",
}  # fmt: skip


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The site of the market in a process of its own."""
    folder = tmp_path_factory.mktemp("market") / "w"
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("DJANGO", "KAIWU"))}
    with (folder.parent / "log.txt").open("w") as log:
        program = [sys.executable, str(Path(__file__).with_name("market_site.py")), str(folder)]
        process = subprocess.Popen(program, stdout=subprocess.PIPE, stderr=log, text=True, env=environment)
        assert process.stdout is not None
        found = process.stdout.readline().strip()
        assert found, (folder.parent / "log.txt").read_text()
        yield found
        process.kill()
        process.wait()


def enter(chromium: Any, address: str, login: str, **options: Any) -> Visit:
    visit = Visit(chromium, f"{address}/login/", **options)
    visit.page.fill("input[name=login]", login)
    visit.page.fill("input[name=password]", PASSWORD)
    visit.page.click("button[type=submit]")
    visit.page.wait_for_url(f"{address}/")
    return visit


def test_every_page_is_without_fault_in_both_languages_and_the_notice_is_read_by_anybody(chromium, address):
    with enter(chromium, address, "chief", locale="zh-CN") as visit:
        visit.page.goto(f"{address}/land/round/R1/")
        visit.page.click("button[data-code=notice]")
        visit.page.click("dialog button.button-primary")  # asks first
        visit.page.wait_for_selector("text=公示页")
        assert visit.complaints == []
    with Visit(chromium, f"{address}/public/land/R1/", locale="zh-CN") as visit:
        assert (
            "不定受让人" in visit.page.inner_text("main") and find_faults(visit.page) == [] and visit.complaints == []
        )
        keep_picture(visit.page, "land-notice")
    for locale in ("zh-CN", "en-GB"):
        with enter(chromium, address, "officer", locale=locale) as visit:
            for name, path in PAGES.items() if locale == "zh-CN" else list(PAGES.items())[::4]:
                visit.page.goto(address + path)
                assert visit.page.locator("h1").count() == 1, path
                assert find_faults(visit.page) == [], path
                if locale == "zh-CN":
                    keep_picture(visit.page, name)
            assert visit.complaints == []


def test_the_map_is_drawn_by_class_with_its_legend_and_its_table(chromium, address):
    with enter(chromium, address, "officer", locale="zh-CN") as visit:
        for layer, label in (
            ("stage", "一类低效"),
            ("block", "第 1 片"),
            ("after", "已改造"),
            ("supply", "已排供地序"),
        ):
            visit.page.goto(f"{address}/land/map/?layer={layer}")
            visit.page.wait_for_selector(".map-canvas canvas")
            assert label in visit.page.inner_text(".map-legend")
            assert find_faults(visit.page) == []
            visit.page.click(".chart-toggle button")
            assert visit.page.locator(".chart-numbers tbody tr").count() == 6
            keep_picture(visit.page, f"land-map-{layer}")
        assert "甲项目" in visit.page.inner_text(".map-name >> nth=0")
        assert visit.complaints == []


def test_a_narrow_window_scrolls_no_page_sideways(chromium, address):
    with enter(chromium, address, "officer", width=390, locale="zh-CN") as visit:
        for path in (
            PAGES["market-search"],
            PAGES["market-finds"],
            PAGES["identity-item"],
            "/land/map/?layer=block",
            PAGES["land-round"],
        ):
            visit.page.goto(address + path)
            assert visit.page.evaluate("document.documentElement.scrollWidth <= innerWidth + 1"), path
