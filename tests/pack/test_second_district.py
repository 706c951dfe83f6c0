"""A second district made only of YAML and CSV runs from its own folder: nothing in the program knows it."""

from __future__ import annotations

import datetime as dt
import shutil

import polars as pl
import pytest

from kaiwu.pack import builtin_packs
from kaiwu.procedure import Run, Workspace, open_workspace, replay, run_job
from kaiwu.procedure.intake import import_files
from kaiwu.rule.outcome import Outcome

KNOWN = dt.date(2025, 3, 31)
CONFIG = '[workspace]\nzh = "县"\nen = "County"\npacks = ["elsewhere"]\nsynthetic = true\n\n'


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The demo pack under another name, as a newcomer would copy it, with its sheet imported."""
    folder = tmp_path_factory.mktemp("district")
    pack = folder / "packs" / "elsewhere"
    shutil.copytree(builtin_packs() / "demo", pack)
    head = pack / "pack.yaml"
    head.write_text(head.read_text(encoding="utf-8").replace("pack: demo", "pack: elsewhere"), encoding="utf-8")
    jobs = (pack / "jobs.toml").read_text(encoding="utf-8").replace('packs = ["demo"]', 'packs = ["elsewhere"]')
    (folder / "kaiwu.toml").write_text(CONFIG + jobs, encoding="utf-8")
    workspace = open_workspace(folder)
    taken = import_files(workspace, [pack / "facts" / "demo_year_2024.csv"], known_at=KNOWN)
    assert taken.is_accepted, [r.report.to_text() for r in taken.results.values()]
    assert taken.figures == 129
    return open_workspace(folder)


@pytest.fixture(scope="module")
def runs(district: Workspace) -> dict[str, Run]:
    return {job.code: run_job(district, job, known_at=KNOWN) for job in district.jobs}


def column(run: Run, scheme: str, name: str) -> dict[str, object]:
    table: pl.DataFrame = run.result(scheme).decisions
    return dict(zip(table["entity"], table[name], strict=True))


def test_the_pack_holds_no_program() -> None:
    suffixes = {p.suffix for p in (builtin_packs() / "demo").rglob("*") if p.is_file()}
    assert suffixes <= {".yaml", ".csv", ".md", ".toml"}


def test_every_firm_has_one_status_with_its_reason(runs: dict[str, Run]) -> None:
    status = column(runs["star"], "demo_star_2024", "status")
    assert len(status) == 12
    assert {f: s for f, s in status.items() if s != "rated"} == {
        "D07": "exempt", "D08": "exempt", "D09": "vetoed", "D11": "out_of_scope", "D12": "pending",
    }  # fmt: skip


def test_scores_follow_the_arithmetic_of_the_rulebook(runs: dict[str, Run]) -> None:
    scores = column(runs["star"], "demo_star_2024", "score")
    # D01: 60 of 60 元/平方米 45 + (80 - 20) / 100 × 25 + (500 - 200) / 400 × 20 + 1 % 10; in tenths of a point
    assert scores["D01"] == 450 + 150 + 150 + 100
    # D02: 25 / 60 × 45 = 18.75 → 18.8, 7.5, 5, 0.5 % 5, prize 3
    assert scores["D02"] == 188 + 75 + 50 + 50 + 30
    # D03: capped at 60, then 25 + 20 + 10 = 115, the total capped at 110
    assert scores["D03"] == 1100
    # D10: electricity unknown scores half of 20; 33.33 / 60 × 45 = 25.0, 71.43 → 12.9, 0.52 % 5
    assert scores["D10"] == 250 + 129 + 100 + 50


def test_tenants_of_one_lot_are_scored_as_one(runs: dict[str, Run]) -> None:
    scores, units = (column(runs["star"], "demo_star_2024", key) for key in ("score", "unit"))
    assert scores["D05"] == scores["D06"] == 220  # 13.5 + 2.5 + 6 + 0
    assert units["D05"] == units["D06"]


def test_a_signed_change_of_class_moves_one_firm_and_nobody_else(runs: dict[str, Run]) -> None:
    final, computed = (column(runs["star"], "demo_star_2024", key) for key in ("class", "computed_class"))
    assert {f for f in final if final[f] != computed[f]} == {"D03"}
    assert (computed["D03"], final["D03"]) == ("s4", "s3")


def test_the_grant_reads_the_stars_that_the_rating_gave(runs: dict[str, Run]) -> None:
    outcome, high = (column(runs["star"], "demo_training_2024", key) for key in ("outcome", "high"))
    assert (outcome["D01"], high["D01"]) == (Outcome.PASS, 20 * 10**6)  # 30 % of 80 万元 is 24, capped at 20 万元
    assert (outcome["D02"], high["D02"]) == (Outcome.PASS, 18 * 10**6)  # 30 % of 60 万元
    assert outcome["D09"] == Outcome.FAIL  # vetoed
    assert outcome["D12"] == Outcome.MISSING


def test_sizes_are_bands_with_the_lower_end_inside(runs: dict[str, Run]) -> None:
    sizes = column(runs["size"], "demo_size_2024", "class")
    assert {sizes[f] for f in ("D02", "D03")} == {"large"}
    assert sizes["D08"] == "middle"  # 2000 万元 exactly
    assert sizes["D04"] == "small"


def test_every_run_replays_identically(district: Workspace, runs: dict[str, Run]) -> None:
    for run in runs.values():
        assert replay(district, run.record.number)[1].is_identical
