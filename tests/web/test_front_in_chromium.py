"""Every template in a real browser, under the policy of the platform: access, keyboard, phone, paper, with and without script."""

from __future__ import annotations

import http.server
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browser import Visit, chromium, find_faults

__all__ = ["chromium"]

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


NARROW = ("list", "detail", "form-wrong")
DRAWN = "!document.querySelector('figure[data-drawn] :is(.chart-canvas, .map-canvas):empty:not([hidden])')"


@pytest.mark.parametrize(("name", "width"), [*((name, 1280) for name in PAGES), *((name, 400) for name in NARROW)])
def test_no_finding_of_axe_no_complaint_of_the_browser_and_nothing_too_wide(chromium, front, name, width):
    with Visit(chromium, f"{front}/{name}.html", width) as visit:
        visit.page.wait_for_function(f"!document.querySelector('figure:not([data-drawn])') && {DRAWN}")
        assert visit.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        assert visit.complaints == []
        assert find_faults(visit.page) == []


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
