"""The command ``operation`` on a small synthetic district, as a page, as a workbook and as JSON."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result

from kaiwu.cli.main import main
from kaiwu.procedure import open_workspace
from kaiwu.procedure.intake import import_files
from kaiwu.synth import make_district, open_calibration, write_workspace

KNOWN_AT = dt.date(2025, 6, 1)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three hundred synthetic firms with their register and months."""
    opened = open_calibration("xiaoshan")
    calibration = replace(opened, settings=replace(opened.settings, policies=()))
    folder = tmp_path_factory.mktemp("operation") / "district"
    write_workspace(make_district(calibration, 300, 1), folder)
    files = [p for p in sorted((folder / "inbox").glob("*.xlsx")) if "月度" in p.name or "主体登记" in p.name]
    taken = import_files(open_workspace(folder), files, known_at=KNOWN_AT)
    assert taken.is_accepted
    return folder


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["operation", *map(str, arguments)])


def read(workspace: Path, *arguments: str) -> dict[str, object]:
    found = run(workspace, "--month", "2024-06", "--json", *arguments)
    assert found.exit_code == 0, found.output
    data: dict[str, object] = json.loads(found.stdout)
    return data


@pytest.mark.parametrize("by", ["industry", "town", "firm"])
@pytest.mark.parametrize("span", [(), ("--cumulative",)])
def test_the_parts_of_a_month_add_up_to_the_printed_rate(workspace: Path, by: str, span: tuple[str, ...]) -> None:
    data = read(workspace, "--by", by, *span)
    decimals, parts = data["decimals"], data["parts"]
    assert isinstance(decimals, int)
    assert isinstance(parts, list)
    whole = Fraction(str(data["rate_exact"])) * 100 * 10**decimals
    assert abs(sum(p["contribution"] for p in parts) - whole) <= Fraction(1, 2)
    assert data["synthetic"] is True


def test_flash_and_revised_differ_and_the_moves_add_up(workspace: Path) -> None:
    for month in range(2, 13):
        data, flash = (read(workspace, "--month", f"2024-{month:02}", "--revision", r) for r in ("latest", "first"))
        moved = sum(m["effect"] for m in data["moves"])  # type: ignore[attr-defined]
        change = Fraction(str(data["rate_exact"])) - Fraction(str(flash["rate_exact"]))
        assert abs(moved - change * 10**6) <= 1
        if flash["sample"]["gaps"] and moved:  # type: ignore[index]
            return
    pytest.fail("no firm reported after the flash")


def test_real_and_nominal_growth_are_told_apart(workspace: Path) -> None:
    real, nominal = read(workspace), read(workspace, "--nominal")
    assert (real["real"], nominal["real"]) == (True, False)
    assert nominal["rate"] == nominal["rate_nominal"] == real["rate_nominal"]
    assert "现价" in run(workspace, "--month", "2024-06", "--nominal").stdout


def test_published_totals_are_not_divided(workspace: Path) -> None:
    found = run(workspace, "--month", "2024-06", "--divide")
    assert found.exit_code == 2
    assert "S-OP-DIVIDE" in found.output
    assert "2023年名录" in found.output


def test_the_month_is_told_in_both_languages(workspace: Path) -> None:
    zh, en = (run(workspace, "--month", "2024-06", "--lang", lang).stdout for lang in ("zh", "en"))
    assert "2024年6月规上工业增加值同比" in zh
    assert "连续" in zh
    assert "June 2024: value added of above-scale industry" in en
    assert "不代表概率" in zh


def test_a_month_that_is_not_there_is_named(workspace: Path) -> None:
    assert "S-OP-EMPTY" in run(workspace, "--month", "2026-06").output
    assert "S-OP-MERGED" in run(workspace, "--month", "2024-01").output
    assert "2024-06" in run(workspace, "--month", "June").output
    assert "S-OP-NONE" in run(workspace, "--month", "2024-06", "--operation", "other").output


def test_nothing_is_known_before_it_was_recorded(workspace: Path) -> None:
    assert "S-OP-EMPTY" in run(workspace, "--month", "2024-06", "--known-at", "2025-05-31").output


def test_the_workbook_has_every_table_and_is_labelled(workspace: Path, tmp_path: Path) -> None:
    path = tmp_path / "june.xlsx"
    assert run(workspace, "--month", "2024-06", "-o", path).exit_code == 0
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == [
        "汇总",
        "分行业",
        "分镇街",
        "分企业",
        "新增退出缺数",
        "同期口径衔接",
        "修订影响",
        "各月增速",
    ]
    texts = [str(row[0]) for row in book["分行业"].iter_rows(values_only=True)]
    assert any("合成数据" in t for t in texts)
    assert any("可比样本" in t for t in texts)
    rows = [row for row in book["分行业"].iter_rows(values_only=True) if isinstance(row[6], int | float)]
    printed = next(t for t in texts if t.startswith("合计增速"))
    assert f"{sum(row[6] for row in rows):.2f}%" in printed


def test_the_page_prints_the_same_tables(workspace: Path, tmp_path: Path) -> None:
    path = tmp_path / "june.html"
    assert run(workspace, "--month", "2024-06", "--cumulative", "-o", path, "--lang", "en").exit_code == 0
    page = path.read_text(encoding="utf-8")
    assert "Synthetic data" in page
    assert "January–June 2024" in page
    assert page.count("<table") == 7
    assert "http" not in page.replace("http-equiv", "")


def test_what_is_for_the_public_names_no_firm_and_no_part_of_few(workspace: Path, tmp_path: Path) -> None:
    data = read(workspace, "--public")
    assert min(p["firms"] for p in data["parts"]) >= 3  # type: ignore[attr-defined]
    assert not {"sample", "moves", "rate_exact", "bridge_fen"} & set(data)
    path = tmp_path / "public.html"
    told = run(workspace, "--month", "2024-06", "--public", "-o", path)
    assert told.exit_code == 0, told.output
    assert "公司" not in told.stdout + path.read_text(encoding="utf-8")
    assert "S-OP-PUBLIC" in run(workspace, "--month", "2024-06", "--public", "--by", "firm").output
