"""Chromium for tests of pages: opened once a module, complaints gathered, axe asked.

The browser runs in the thread of the test; the site that it visits is another process or thread.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


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


def find_faults(page: Page) -> list[str]:
    """What axe finds on a page, a line each; nothing is well."""
    page.evaluate(axe_script())  # through the debugger, which no policy holds
    report = page.evaluate("(tags) => axe.run(document, {runOnly: tags})", TAGS)
    return [
        f"{page.url} {v['id']} {node['target']} {node.get('failureSummary', '')[:200]}"
        for v in report["violations"]
        for node in v["nodes"][:3]
    ]


def keep_picture(page: Page, name: str) -> None:
    """Keep a picture of the page for the documents, where ``KAIWU_PICTURES`` names a folder (``script/pictures``)."""
    folder = os.environ.get("KAIWU_PICTURES")
    if folder:
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)
