"""The platform with 14,000 firms: pages, Excel, start, memory and fifty people at once, through one process over SQLite.

Firms, towns and figures are random and labelled synthetic. The server is ``kaiwu serve`` in a process of its own; every time is
from the first byte of the request to the last of the answer, over a socket.
"""

from __future__ import annotations

import datetime as dt
import gzip
import http.client
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

import numpy as np

from kaiwu.figure import make_figures
from kaiwu.identity import Basis, Batch, Entity, EntityKind, Name, Register, Relation, RelationKind
from kaiwu.procedure import open_workspace, run_job

FIRMS, TOWNS, USERS, ROUNDS, SEED = 14_000, 15, 50, 40, 11
YEARS = ("2020", "2021", "2022")
SCHEME = "huangyan_permu_2022_above"
CONFIG = f"""\
[workspace]
zh = "合成数据"
en = "synthetic"
packs = ["huangyan", "zhejiang"]
synthetic = true

[[job]]
code = "permu"
zh = "亩均评价"
en = "Evaluation by yield per mu"
schemes = ["{SCHEME}"]
as_of = 2023-09-25
rated = 2022
purpose = "permu"
"""
DRAWN = [
    ("tax_assessed", "万元", 1e7, 1e10), ("land_used", "亩", 3e6, 3e8), ("value_added", "万元", 1e8, 1e11),
    ("energy_equivalent", "吨标煤(等价值)", 1e7, 1e10), ("emission", "吨", 1e5, 1e8), ("staff_mean", "人", 1e3, 1e6),
    ("rd_expense_stat", "万元", 1e6, 1e10), ("main_revenue", "万元", 1e9, 1e12), ("electricity", "万千瓦时", 1e7, 1e11),
]  # fmt: skip
KAIWU = [sys.executable, "-c", "from kaiwu.cli.main import main; main()"]
STATIC = Path(__file__).parents[1] / "src" / "kaiwu" / "web" / "static" / "kaiwu"


def make_workspace(folder: Path) -> None:
    """Firms in towns, nine figures of three years each, and one run."""
    rng = np.random.default_rng(SEED)
    ids = [f"S{i:05d}" for i in range(FIRMS)]
    towns = [f"town:{i:02d}" for i in range(TOWNS)]
    (folder / "kaiwu.toml").write_text(CONFIG, encoding="utf-8")
    entities = [Entity(t, EntityKind.TOWN, (Name(f"合成镇{t[-2:]}"),)) for t in towns]
    entities += [Entity(i, EntityKind.FIRM, (Name(f"合成{i}机械有限公司"),)) for i in ids]
    places = (
        Relation(RelationKind.LOCATED_IN_TOWN, i, towns[k], basis=Basis.REGISTERED)
        for i, k in zip(ids, rng.integers(0, TOWNS, FIRMS), strict=True)
    )
    register = Register()
    register.append(Batch(dt.date(2023, 1, 1), "synthetic", tuple(entities), tuple(places)))
    register.save(folder / "register")
    base = {"scope": "legal_entity", "source": "合成", "status": "final", "standing": "attested", "synthetic": True}
    workspace = open_workspace(folder)
    for year in YEARS:
        rows = []
        for variable, unit, low, high in DRAWN:
            values = np.exp(rng.uniform(np.log(low), np.log(high), FIRMS)).astype(np.int64).tolist()
            told = base | {"variable": variable, "unit": unit, "period": year}
            rows += [{**told, "entity": i, "value": v} for i, v in zip(ids, values, strict=True)]
        workspace.figures.append(make_figures(rows), dt.date(2023, 5, 1), "合成")
    workspace = open_workspace(folder)
    run_job(workspace, workspace.job("permu"), known_at=dt.date(2023, 6, 30))


@dataclass
class Visitor:
    """Somebody at a browser of one address, with cookies."""

    host: str
    address: str
    cookies: dict[str, str] = field(default_factory=dict)

    def ask(self, path: str, told: dict[str, str] | None = None) -> tuple[int, bytes, float]:
        """Status, body and seconds."""
        started = time.perf_counter()
        link = http.client.HTTPConnection(self.host, timeout=120)
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items()), "X-Forwarded-For": self.address}
        body = None
        if told is not None:
            body, headers["Content-Type"] = urlencode(told), "application/x-www-form-urlencoded"
        link.request("POST" if told is not None else "GET", path, body, headers)
        answer = link.getresponse()
        content = answer.read()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.split(";")[0]
        link.close()
        return answer.status, content, time.perf_counter() - started

    def enter(self, login: str, password: str) -> None:
        """Log in; raises where it is refused."""
        page = self.ask("/login/")[1].decode()
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert token is not None
        status, _, _ = self.ask("/login/", {"login": login, "password": password, "csrfmiddlewaretoken": token[1]})
        assert status == 302, status


def serve(folder: Path, *more: str) -> tuple[subprocess.Popen[str], dict[str, object], float]:
    """The server, what it told, and the seconds until its first page."""
    started = time.perf_counter()
    environment = os.environ | {"KAIWU_PROXY_HOPS": "1", "KAIWU_LOG_LEVEL": "ERROR"}
    command = [*KAIWU, "serve", str(folder), "--port", "0", "--json", *more]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment)
    assert process.stdout is not None
    text = ""
    for line in process.stdout:
        text += line
        if line.startswith("}"):
            break
    told = json.loads(text)
    assert "url" in told, told
    status, _, _ = Visitor(urlsplit(str(told["url"])).netloc, "10.0.0.1").ask("/login/")
    assert status == 200
    return process, told, time.perf_counter() - started


def stop(process: subprocess.Popen[str]) -> None:
    """End the server."""
    process.send_signal(signal.SIGTERM)
    process.wait(timeout=60)


def peak_memory(process: subprocess.Popen[str]) -> float:
    """The most memory that it held, in MiB."""
    lines = Path(f"/proc/{process.pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def measure_pages(visitor: Visitor) -> list[tuple[str, float, float]]:
    """Name, median and p95 in milliseconds of each page, once warm."""
    pages = {
        "first page": "/",
        "list of firms": "/firm/?page={n}",
        "list by town and name": f"/firm/?town={quote('合成镇03')}&q=S0&page={{n}}",
        "list in another order": "/firm/?order=-town__name&page={n}",
        "one firm with its figures": "/firm/S{n:05d}/",
        "search": "/search/?q=S0{n:02d}",
        "page of a run": "/run/0001/",
        "list of a run": f"/run/0001/list/{SCHEME}/?page={{n}}",
        "API": "/api/firm?page={n}",
    }
    results = []
    for name, address in pages.items():
        visitor.ask(address.format(n=1))
        took = []
        for n in range(2, ROUNDS + 2):
            status, _, seconds = visitor.ask(address.format(n=n))
            assert status == 200, (address, status)
            took.append(seconds * 1000)
        results.append((name, float(np.median(took)), float(np.percentile(took, 95))))
    return results


def crowd(host: str, accounts: list[dict[str, str]]) -> tuple[int, int, float]:
    """Fifty people who click without a pause: answers, errors, p95 in milliseconds."""
    visitors = [Visitor(host, f"10.1.0.{n}") for n in range(USERS)]
    for n, visitor in enumerate(visitors):
        visitor.enter(accounts[n % len(accounts)]["login"], accounts[n % len(accounts)]["password"])

    def click(visitor: Visitor) -> list[tuple[int, float]]:
        walk = ("/", "/firm/", "/firm/?page=7", "/search/?q=S01", "/", "/firm/?q=S02", "/account/", "/case/")
        return [(status, seconds) for path in walk for status, _, seconds in [visitor.ask(path)]]

    with ThreadPoolExecutor(USERS) as pool:
        answers = [answer for part in pool.map(click, visitors) for answer in part]
    errors = sum(status not in (200, 404) for status, _ in answers)  # 404: a screen that is not this person's
    return len(answers), errors, float(np.percentile([seconds * 1000 for _, seconds in answers], 95))


WIDE = """
import sys, time
from pathlib import Path
from kaiwu.web import site
site.set_up(Path(sys.argv[1]))
from kaiwu.report.printed import write_book
from kaiwu.web.account.models import Person
from kaiwu.web.registry.screens import FirmScreen
from kaiwu.web.screen import Column
from kaiwu.web.screen.export import print_selection
from kaiwu.web.screen.listing import Selection
base = FirmScreen.columns
class Wide(FirmScreen):
    columns = tuple(Column(f"c{i}", f"列{i}", f"Column {i}", 14, read=base[i % len(base)].value) for i in range(40))
person = Person.objects.get(login="officer")
started = time.perf_counter()
write_book(Path(sys.argv[1]) / "wide.xlsx", [print_selection(Selection(Wide(), person, {}))])
print(time.perf_counter() - started)
"""


def main() -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "site"
        folder.mkdir()
        make_workspace(folder)
        process, _, first = serve(folder, "--demo-accounts")
        stop(process)
        process, _, cold = serve(folder)
        stop(process)
        process, told, _ = serve(folder, "--demo-accounts")
        host = urlsplit(str(told["url"])).netloc
        accounts = [a for a in told["accounts"] if isinstance(a, dict)] if isinstance(told["accounts"], list) else []
        officer = Visitor(host, "10.0.0.2")
        officer.enter("officer", next(a["password"] for a in accounts if a["login"] == "officer"))
        pages = measure_pages(officer)
        others = [a for a in accounts if a["login"] != "officer"]
        answers, errors, busy = crowd(host, others)
        status, book, excel = officer.ask("/firm/export.xlsx")
        assert status == 200
        memory = peak_memory(process)
        stop(process)
        done = subprocess.run([sys.executable, "-c", WIDE, str(folder)], capture_output=True, text=True, check=True)
    script = sum(len(gzip.compress((STATIC / f).read_bytes(), 9, mtime=0)) for f in ("app.js", "vendor/htmx.js"))
    print(
        f"{FIRMS:,} firms, {FIRMS * len(DRAWN) * len(YEARS):,} figures; one process, SQLite; {ROUNDS} requests a page\n"
    )
    print("| what | reach | median | p95 |\n|---|---|---:|---:|")
    for name, middle, high in pages:
        print(f"| {name} | < 200 ms | {middle:.0f} ms | {high:.0f} ms |")
    print(
        f"| {USERS} people clicking without a pause | no error | {answers} answers, {errors} errors | {busy:.0f} ms |"
    )
    print("\n| what | reach | measured |\n|---|---|---:|")
    print(f"| start to first page | < 3 s | {cold:.1f} s |")
    print(f"| first start: tables, {FIRMS:,} firms, demo accounts | | {first:.1f} s |")
    print(f"| Excel of {FIRMS:,} × 40 | < 5 s | {float(done.stdout):.1f} s |")
    print(f"| Excel of the list of firms, by browser | | {excel:.1f} s, {len(book) / 2**20:.1f} MiB |")
    print(f"| script on every page, gzipped | ≤ 40 kB | {script / 1024:.1f} kB |")
    print(f"| peak memory of the process | < 400 MiB | {memory:.0f} MiB |")


if __name__ == "__main__":
    main()
