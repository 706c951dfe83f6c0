"""Every template in a real browser, under the policy of the platform: access, keyboard, phone, paper, with and without script."""

from __future__ import annotations

import http.server
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
STATIC = Path(__file__).resolve().parents[2] / "src" / "kaiwu" / "web" / "static"
PAGES = (
    "list",
    "list-empty",
    "list-en",
    "detail",
    "form-wrong",
    "login",
    "totp",
    "message",
    "500",
    "parts",
    "paper",
    "cockpit",
)
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="module")
def front(tmp_path_factory) -> Iterator[str]:
    """All templates with invented data, served under the policy of the platform."""
    folder = tmp_path_factory.mktemp("front")
    program = Path(__file__).with_name("front_sample.py")
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("DJANGO", "KAIWU"))}
    subprocess.run([sys.executable, str(program), str(folder)], check=True, timeout=60, env=environment)

    policy = (folder / "policy.txt").read_text()

    class Answer(http.server.SimpleHTTPRequestHandler):
        def translate_path(self, path: str) -> str:
            path = path.split("?")[0].lstrip("/")
            return str(STATIC / path.removeprefix("static/") if path.startswith("static/") else folder / path)

        def end_headers(self) -> None:
            self.send_header("Content-Security-Policy", policy)
            super().end_headers()

        def log_message(self, format: str, *args: Any) -> None: ...

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Chromium of this machine. Absent: skipped, unless KAIWU_REQUIRE_CHROMIUM=1 says that it must be there."""
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        if os.environ.get("KAIWU_REQUIRE_CHROMIUM") == "1":
            pytest.fail("Chromium is not installed: the templates were not looked at in a browser")
        pytest.skip("Chromium is not installed")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=found, args=["--no-sandbox", "--enable-unsafe-swiftshader"])
        yield browser
        browser.close()


class Visit:
    """A page that was opened, and what the browser complained about."""

    def __init__(self, chromium: Browser, address: str, width: int = 1280, **options: Any) -> None:
        self.context = chromium.new_context(
            viewport={"width": width, "height": 900}, reduced_motion="reduce", **options
        )
        self.page: Page = self.context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", lambda m: self.complaints.append(m.text) if m.type == "error" else None)
        self.page.on("pageerror", lambda e: self.complaints.append(str(e)))
        self.page.on(
            "request",
            lambda r: (
                None if r.url.startswith(("http://127.0.0.1", "data:", "blob:")) else self.complaints.append(r.url)
            ),
        )
        self.page.goto(address, wait_until="load")

    def __enter__(self) -> Visit:
        return self

    def __exit__(self, *_: object) -> None:
        self.context.close()


@cache
def axe_script() -> str:
    import axe_playwright_python

    return (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")


NARROW = ("list", "detail", "form-wrong")
DRAWN = "!document.querySelector('figure[data-drawn] :is(.chart-canvas, .map-canvas):empty:not([hidden])')"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.mark.parametrize(("name", "width"), [*((name, 1280) for name in PAGES), *((name, 400) for name in NARROW)])
def test_no_finding_of_axe_no_complaint_of_the_browser_and_nothing_too_wide(chromium, front, name, width):
    with Visit(chromium, f"{front}/{name}.html", width) as visit:
        visit.page.wait_for_function(f"!document.querySelector('figure:not([data-drawn])') && {DRAWN}")
        assert visit.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        assert visit.complaints == []
        visit.page.evaluate(axe_script())  # through the debugger, which no policy holds
        report = visit.page.evaluate("(tags) => axe.run(document, {runOnly: tags})", TAGS)
        found = [
            f"{v['id']} {node['target']} {node.get('failureSummary', '')[:200]}"
            for v in report["violations"]
            for node in v["nodes"][:3]
        ]
        assert found == []


def test_without_script_every_page_shows_its_numbers_and_its_forms(chromium, front):
    with Visit(chromium, f"{front}/detail.html", java_script_enabled=False) as visit:
        assert visit.page.locator(".chart-table").first.is_visible()
        assert visit.page.locator(".chart-canvas").first.is_hidden()
        visit.page.goto(f"{front}/list.html")
        assert visit.page.locator("#order-tax").get_attribute("href") == "?order=tax"
        assert visit.page.locator("form.filter button[type=submit]").is_visible()


def test_a_chart_and_a_map_are_drawn_and_their_numbers_stay_at_hand(chromium, front):
    with Visit(chromium, f"{front}/detail.html") as visit:
        visit.page.wait_for_selector(".chart-canvas svg path", state="attached")
        visit.page.wait_for_selector(".map-canvas canvas")
        assert visit.page.locator(".map-name").count() == 6
        table = visit.page.locator(".chart .chart-table")
        assert table.is_hidden()
        visit.page.click(".chart .chart-toggle button")
        assert table.is_visible()


OLDER = "delete Object.hasOwn; delete Array.prototype.at; delete String.prototype.at; delete Array.prototype.findLast; delete self.structuredClone;"
"""What a browser of early 2021 does not have, of what such scripts call."""


def test_an_older_browser_draws_the_chart_and_the_map_too(chromium, front):
    with Visit(chromium, "about:blank") as visit:
        for script in ("app", "htmx", "echarts", "maplibre", "maplibre-worker"):
            visit.page.route(
                f"**/{script}.js", lambda route: route.fulfill(response=(got := route.fetch()), body=OLDER + got.text())
            )
        visit.page.goto(f"{front}/detail.html")
        visit.page.wait_for_selector(".chart-canvas svg path", state="attached")
        visit.page.wait_for_selector(".map-canvas canvas")
        visit.page.wait_for_function(
            "performance.getEntriesByType('resource').some((entry) => entry.name.includes('worker'))"
        )
        visit.page.wait_for_timeout(300)
        assert visit.page.locator(".map-name").count() == 6
        assert visit.complaints == []


def test_a_filter_swaps_the_table_card_and_says_the_count(chromium, front):
    with Visit(chromium, f"{front}/list.html") as visit:
        visit.page.evaluate("document.getElementById('table-card').dataset.old = 1")
        visit.page.select_option("select[name=town]", "北山镇")
        visit.page.wait_for_selector("#table-card:not([data-old])")
        assert "town=%E5%8C%97" in visit.page.url
        assert "class=" not in visit.page.url
        visit.page.wait_for_function("document.getElementById('live').textContent.includes('132')")


def test_paging_keeps_the_keyboard_where_it_was(chromium, front):
    with Visit(chromium, f"{front}/list.html") as visit:
        visit.page.evaluate("document.getElementById('table-card').dataset.old = 1")
        visit.page.focus("#page-next")
        visit.page.keyboard.press("Enter")
        visit.page.wait_for_selector("#table-card:not([data-old])")
        visit.page.wait_for_function("document.activeElement.id === 'page-next'")


def test_an_error_of_the_server_is_said_in_words(chromium, front):
    with Visit(chromium, f"{front}/list.html") as visit:
        visit.page.route("**/list.html?*", lambda route: route.fulfill(status=429))
        visit.page.click("#order-tax")
        visit.page.wait_for_selector(".toasts .alert")
        assert "一分钟" in visit.page.inner_text(".toasts")


def test_a_deed_asks_first_and_happens_only_after_yes(chromium, front):
    with Visit(chromium, f"{front}/list.html") as visit:
        sent: list[str] = []
        visit.page.route("**/run/", lambda route: (sent.append(route.request.method), route.fulfill(body="done"))[1])
        visit.page.click("button[data-code=run]")
        assert "132" in visit.page.inner_text("dialog p")
        visit.page.keyboard.press("Escape")
        assert visit.page.locator("dialog").count() == 0
        assert sent == []
        visit.page.click("button[data-code=run]")
        visit.page.click("dialog button[value=yes]")
        visit.page.wait_for_url("**/run/")
        assert sent == ["POST"]


def test_the_keyboard_reaches_search_menus_and_rows(chromium, front):
    with Visit(chromium, f"{front}/list.html") as visit:
        visit.page.keyboard.press("Tab")
        assert visit.page.evaluate("document.activeElement.className") == "skip"
        visit.page.keyboard.press("/")
        assert visit.page.evaluate("document.activeElement.id") == "top-q"
        visit.page.click(".top-right summary")
        assert visit.page.locator(".pop-body button").first.is_visible()
        visit.page.keyboard.press("Escape")
        assert visit.page.locator(".pop-body button").first.is_hidden()
        visit.page.route("**/registry/**", lambda route: route.fulfill(body="firm"))
        visit.page.click("tr[data-url] >> nth=2 >> td >> nth=2")
        visit.page.wait_for_url("**/registry/firm/2/")


def test_on_a_phone_each_cell_shows_its_label_and_the_menu_opens_without_script(chromium, front):
    with Visit(chromium, f"{front}/list.html", 400, java_script_enabled=False) as visit:
        assert visit.page.locator(".grid thead").is_hidden()
        assert visit.page.locator(".side").is_hidden()
        visit.page.click(".top-menu")
        assert visit.page.locator(".side").is_visible()
    with Visit(chromium, f"{front}/list.html", 400) as visit:
        label = visit.page.evaluate(
            "getComputedStyle(document.querySelector('.grid td:nth-child(2)'), '::before').content"
        )
        assert "镇街" in label


def test_on_a_phone_filters_fold_under_the_search_and_open_at_a_touch(chromium, front):
    with Visit(chromium, f"{front}/list.html", 400) as visit:
        assert visit.page.locator("input[name=q]").last.is_visible()
        assert visit.page.locator("select[name=town]").is_hidden()
        visit.page.click(".filter-fold")
        assert visit.page.locator("select[name=town]").is_visible()


def test_paper_shows_no_chrome_and_repeats_the_head_of_a_table(chromium, front):
    with Visit(chromium, f"{front}/list.html") as visit:
        visit.page.emulate_media(media="print")
        for part in (".top", ".side", ".filter", ".buttons", ".crumbs"):
            assert visit.page.locator(part).first.is_hidden(), part
        assert (
            visit.page.evaluate("getComputedStyle(document.querySelector('.grid thead')).display")
            == "table-header-group"
        )
        assert visit.page.locator(".pager-count").is_visible()


def test_the_cockpit_fits_one_screen(chromium, front):
    with Visit(chromium, f"{front}/cockpit.html", 1920) as visit:
        visit.page.set_viewport_size({"width": 1920, "height": 1080})
        assert visit.page.evaluate("document.documentElement.scrollHeight") <= 1080
        assert visit.page.evaluate("document.documentElement.scrollWidth") <= 1920


def test_wrong_fields_are_named_and_tied_to_their_words(chromium, front):
    with Visit(chromium, f"{front}/form-wrong.html") as visit:
        field = visit.page.locator("#id_amount")
        assert field.get_attribute("aria-invalid") == "true"
        ids = (field.get_attribute("aria-describedby") or "").split()
        assert len(ids) == 2
        assert all(visit.page.locator(f"#{name}").is_visible() for name in ids)
        assert visit.page.evaluate("document.activeElement.getAttribute('role')") == "alert"
