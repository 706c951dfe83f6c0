"""The pages about money in a real browser: nothing is wider than a phone, and no script runs."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import threading
from pathlib import Path

import pytest

from kaiwu.report.server import make_server

pytestmark = pytest.mark.browser
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update",
         "--disable-sync", "--hide-scrollbars")  # fmt: skip
PROBE = """<!doctype html><meta charset=utf-8><body><iframe src="page.html" style="width:{width}px;height:900px;border:0"></iframe>
<pre id=out></pre><script>onload=()=>{{const d=frames[0].document,w={width};const wide=[...d.querySelectorAll('body *')].filter(e=>!e.closest('.scroll,.skip,svg')&&e.getBoundingClientRect().right>w+1);
out.textContent=JSON.stringify({{scroll:d.documentElement.scrollWidth,wide:wide.map(e=>e.tagName+'.'+e.className).slice(0,5),bars:d.querySelectorAll('svg rect').length}})}}</script>"""
URLS = [
    "/claims", "/claims/synthetic_compute_2026/list", "/claim/C000005", "/claims/synthetic_compute_2026/what-if?cap=500%E4%B8%87%E5%85%83",
    "/log?claim=C000001", "/claim/C000005/firm",
]  # fmt: skip


@pytest.fixture(scope="module")
def chromium() -> str:
    """Chromium on this machine. Absent: skipped, unless KAIWU_REQUIRE_CHROMIUM=1 says that it must be there."""
    found = next((p for name in ("chromium", "chromium-browser", "google-chrome") if (p := shutil.which(name))), None)
    if found is None:
        message = "Chromium is not installed: the pages were not looked at in a browser"
        if os.environ.get("KAIWU_REQUIRE_CHROMIUM") == "1":
            pytest.fail(message)
        pytest.skip(message)
    return found


def browse(chromium: str, folder: Path, *options: str) -> str:
    command = [chromium, *FLAGS, f"--user-data-dir={folder / 'profile'}", *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout


@pytest.mark.parametrize(("url", "width"), [*((url, 390) for url in URLS), (URLS[0], 1280), (URLS[2], 1280)])
def test_no_page_is_wider_than_its_screen(chromium, tmp_path, money_site, url, width):
    (tmp_path / "page.html").write_bytes(money_site.answer(url).body)
    outer = tmp_path / "outer.html"
    outer.write_text(PROBE.format(width=width), encoding="utf-8")
    dump = browse(chromium, tmp_path, "--allow-file-access-from-files", "--dump-dom", outer.as_uri())
    found = re.search(r'<pre id="out">(.+?)</pre>', dump)
    assert found, dump[:500]
    seen = json.loads(found[1].replace("&gt;", ">").replace("&quot;", '"'))
    assert seen["wide"] == []
    assert seen["scroll"] == width
    assert seen["bars"] >= (30 if url == "/claims" else 0)


def test_the_server_gives_the_pages_and_the_form_comes_back(chromium, tmp_path, money_site):
    server = make_server(money_site, 0)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        address = f"http://127.0.0.1:{server.server_port}"
        text = browse(chromium, tmp_path, "--dump-dom", f"{address}{URLS[3]}")
        assert 'value="500万元"' in text
        assert "变化最大的企业" in text
        shot = tmp_path / "claims.png"
        browse(chromium, tmp_path, f"--screenshot={shot}", "--window-size=1280,1400", f"{address}/claims")
        assert shot.stat().st_size > 60_000
    finally:
        server.shutdown()
        server.server_close()
