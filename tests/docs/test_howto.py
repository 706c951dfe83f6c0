"""The how-to pages work: their packs load, their commands print what is said, their Python runs."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest
import xlsxwriter
from click.testing import CliRunner
from walkthrough import Command, Reader, find_difference, read_steps

from kaiwu.cli.main import main

DOCS = Path(__file__).parents[2] / "docs"
_PYTHON = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize(
    "page",
    [
        "write-a-policy.md",
        "write-a-rating.md",
        "write-a-rubric.md",
        "pay-a-voucher.md",
        "bring-orders-to-local-firms.md",
        "run-a-land-round.md",
    ],
)
def test_the_pack_of_a_page_is_written_and_checked(page: str, tmp_path: Path) -> None:
    reader = Reader(tmp_path)
    for step in read_steps((DOCS / "how-to" / page).read_text(encoding="utf-8")):
        output = reader.follow(step)
        if isinstance(step, Command):
            assert find_difference(step.expected, output) is None, f"{page}: {step.line}\n{output}"


@pytest.fixture(scope="module")
def tutorial(tmp_path_factory: pytest.TempPathFactory) -> Path:
    reader = Reader(tmp_path_factory.mktemp("tutorial"))
    for step in read_steps((DOCS / "tutorial.md").read_text(encoding="utf-8")):
        reader.follow(step)
    return reader.folder


@pytest.mark.parametrize("page", ["work-in-a-notebook.md", "run-rules-as-sql.md"])
def test_the_python_of_a_page_runs(page: str, tutorial: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tutorial)
    blocks = _PYTHON.findall((DOCS / "how-to" / page).read_text(encoding="utf-8"))
    assert len(blocks) >= 4
    exec(compile("\n".join(blocks), page, "exec"), {})


COUNTIES = 10
HEADS = ("代码", "名称", "league", "工业增加值", "充电桩", "单位能耗", "光伏屋顶")


def write_counties(path: Path, growth: int, totals: tuple[float, ...] = (), is_open: bool = False) -> None:
    """An invented table with the heads of the page's method; ``is_open`` leaves one figure of C04 empty."""
    rows = [
        (f"C{n:02d}", f"{n}县", "平原" if n <= 5 else "山区", 100 + 10 * n + growth, 50 * n, 2 - n / 10, 3 * (11 - n))
        for n in range(1, COUNTIES + 1)
    ]
    heads: tuple[str, ...] = HEADS
    if is_open:
        rows[3] = (*rows[3][:3], "", *rows[3][4:])  # type: ignore[assignment]
    if totals:
        heads, rows = (*HEADS, "总分"), [(*row, total) for row, total in zip(rows, totals, strict=True)]  # type: ignore[misc]
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate((heads, *rows)):
            sheet.write_row(number, 0, row)


PARTS = "代码,code,year,part,total\nC04,工业增加值,2022,90,120\nC04,工业增加值,2023,96,125\nC04,工业增加值,2024,99,133\nC04,工业增加值,2025,105,\n"


def test_every_command_of_rate_and_compare_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = (DOCS / "how-to" / "rate-and-compare.md").read_text(encoding="utf-8")
    (method,) = re.findall(r"^```yaml\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    monkeypatch.chdir(tmp_path)
    Path("method.yaml").write_text(method, encoding="utf-8")
    write_counties(Path("values.xlsx"), 7)
    write_counties(Path("values-2023.xlsx"), 0)
    write_counties(Path("open.xlsx"), 7, is_open=True)
    Path("parts.csv").write_text(PARTS, encoding="utf-8")
    told = json.loads(CliRunner().invoke(main, ["rate", "rank", "method.yaml", "values.xlsx", "--json"]).output)
    scores = {row["unit"]: row["score"] / 10 ** row["decimals"] for row in told["units"]}
    write_counties(Path("printed.xlsx"), 7, totals=tuple(scores[unit] for unit in sorted(scores)))
    lines = re.findall(r"^kaiwu (rate .*)$", page, re.MULTILINE)
    assert len(lines) >= 12
    for line in lines:
        done = CliRunner().invoke(main, shlex.split(line))
        assert done.exit_code == 0, f"{line}\n{done.output}"
    assert Path("report/index.html").is_file() and Path("C04.html").is_file()
