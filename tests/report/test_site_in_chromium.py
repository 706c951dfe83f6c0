"""The pages in a real browser: phone and desktop widths, print, no script, no outside request."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import threading
import zlib
from pathlib import Path

import pytest

from kaiwu.report import sheet_name
from kaiwu.report.server import make_server

pytestmark = pytest.mark.browser
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update",
         "--disable-sync", "--hide-scrollbars")  # fmt: skip
PROBE = """<!doctype html><meta charset=utf-8><body><iframe src="{url}" style="width:{width}px;height:900px;border:0"></iframe>
<pre id=out></pre><script>onload=()=>{{const d=frames[0].document,w={width};const wide=[...d.querySelectorAll('body *')].filter(e=>!e.closest('.scroll,.skip,svg')&&e.getBoundingClientRect().right>w+1);
out.textContent=JSON.stringify({{scroll:d.documentElement.scrollWidth,wide:wide.map(e=>e.tagName+'.'+e.className).slice(0,5),head:getComputedStyle(d.querySelector('table.cards thead')).display,
label:getComputedStyle(d.querySelector('table.cards tbody td'),'::before').content,bars:d.querySelectorAll('svg rect').length}})}}</script>"""


@pytest.fixture(scope="session")
def chromium() -> str:
    """Chromium on this machine. Absent: skipped, unless KAIWU_REQUIRE_CHROMIUM=1 says that it must be there."""
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        message = "Chromium is not installed: the pages were not looked at in a browser"
        if os.environ.get("KAIWU_REQUIRE_CHROMIUM") == "1":
            pytest.fail(message)
        pytest.skip(message)
    return found


@pytest.fixture(scope="module")
def address(site):
    server = make_server(site, 0)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def browse(chromium: str, folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [chromium, *FLAGS, f"--user-data-dir={folder / 'profile'}", *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)


def probe(chromium: str, folder: Path, site, url: str, width: int) -> dict[str, object]:
    """What the page measures at a width, told by a page around it; both are files, so that it may look inside."""
    import json

    page = folder / "page.html"
    page.write_bytes(site.answer(url).body)
    outer = folder / "outer.html"
    outer.write_text(PROBE.format(url="page.html", width=width), encoding="utf-8")
    dump = browse(chromium, folder, "--allow-file-access-from-files", "--dump-dom", outer.as_uri()).stdout
    found = re.search(r'<pre id="out">(.+?)</pre>', dump)
    assert found, dump[:500]
    return json.loads(found[1].replace("&gt;", ">").replace("&quot;", '"'))  # type: ignore[no-any-return]


def pdf_pages(data: bytes) -> tuple[int, tuple[float, float]]:
    """Number of pages and size of the first, from the objects of a PDF, packed ones included."""
    parts = [data]
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", data, re.S):
        try:
            parts.append(zlib.decompress(stream))
        except zlib.error:
            continue
    whole = b"\n".join(parts)
    count = max(int(n) for n in re.findall(rb"/Count (\d+)", whole))
    box = re.search(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)", whole)
    assert box
    return count, (float(box[1]), float(box[2]))


@pytest.mark.parametrize("url", ["/run/0001", "/run/0001/award", "/run/0001/entity/F05", "/run/0001/missing"])
def test_on_a_phone_tables_become_cards_and_nothing_is_wider_than_the_screen(chromium, tmp_path, site, url):
    seen = probe(chromium, tmp_path, site, url, 390)
    assert seen["head"] == "none"
    assert str(seen["label"]).strip('"')
    assert seen["scroll"] == 390, seen["wide"]
    assert seen["wide"] == []


@pytest.mark.parametrize("url", ["/run/0001/award", "/run/0001/entity/F05"])
def test_on_a_desk_tables_are_tables_and_fit(chromium, tmp_path, site, url):
    seen = probe(chromium, tmp_path, site, url, 1280)
    assert seen["head"] == "table-header-group"
    assert seen["scroll"] == 1280


def test_the_browser_shows_what_the_server_sends_in_both_languages(chromium, tmp_path, address):
    zh = browse(chromium, tmp_path, "--dump-dom", f"{address}/run/0001/award").stdout
    assert "小县第05机械有限公司" in zh
    assert zh.count("<rect") >= 8
    en = browse(chromium, tmp_path, "--dump-dom", f"{address}/run/0001/award?lang=en").stdout
    assert "Counts by clause" in en


def test_a_sheet_prints_on_two_a4_pages(chromium, tmp_path, county, run):
    sheet = county.runs_folder / run.record.number / "sheets" / sheet_name("F05")
    out = tmp_path / "sheet.pdf"
    browse(chromium, tmp_path, "--no-pdf-header-footer", f"--print-to-pdf={out}", sheet.as_uri())
    pages, (width, height) = pdf_pages(out.read_bytes())
    assert pages == 2
    assert (round(width), round(height)) == (595, 842)  # A4 in points


def test_a_folded_page_of_the_site_prints_every_reason(chromium, tmp_path, site, county, run):
    folded = site.answer("/run/0001/entity/F05").body.decode().replace(" open>", ">")
    sizes = {}
    for name, text in (("folded", folded), ("open", folded.replace('class="decision" ', 'class="decision" open '))):
        page, out = tmp_path / f"{name}.html", tmp_path / f"{name}.pdf"
        page.write_text(text, encoding="utf-8")
        browse(chromium, tmp_path, "--no-pdf-header-footer", f"--print-to-pdf={out}", page.as_uri())
        sizes[name] = pdf_pages(out.read_bytes())[0]
    assert sizes["folded"] == sizes["open"] >= 2


def test_a_screenshot_is_not_blank(chromium, tmp_path, address):
    out = tmp_path / "home.png"
    browse(chromium, tmp_path, f"--screenshot={out}", "--window-size=1280,900", f"{address}/")
    assert out.stat().st_size > 20_000
