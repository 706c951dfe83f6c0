"""Published facts keep their source, and consolidated figures never answer for a legal entity."""

from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path

import polars as pl
import pytest

from kaiwu.identity.uscc import check_uscc
from kaiwu.pack import Library, builtin_packs, open_library
from kaiwu.procedure import Workspace, open_workspace, run_job
from kaiwu.procedure.intake import import_files
from kaiwu.rule.outcome import Outcome

KNOWN = dt.date(2025, 6, 30)
PACK = "xiaoshan"
FILE = builtin_packs() / PACK / "facts" / "firms_import.csv"
CONFIG = '[workspace]\npacks = ["national", "huangyan", "zhejiang", "xiaoshan"]\n\n'


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    folder: Path = tmp_path_factory.mktemp("published")
    jobs = (builtin_packs() / PACK / "jobs.toml").read_text(encoding="utf-8")
    (folder / "kaiwu.toml").write_text(CONFIG + jobs, encoding="utf-8")
    taken = import_files(open_workspace(folder), [FILE], known_at=KNOWN)
    assert taken.is_accepted, [r.report.to_text() for r in taken.results.values()]
    assert taken.entities == 66
    return open_workspace(folder)


@pytest.fixture(scope="module")
def library() -> Library:
    return open_library([PACK])


def test_a_consolidated_revenue_is_withheld_from_conditions_on_legal_entities(workspace: Workspace) -> None:
    job = dataclasses.replace(workspace.job("published"), schemes=("srdi_sme_2022", "hightech_2016"))
    run = run_job(workspace, job, known_at=KNOWN)
    withheld = run.frame.withheld
    assert withheld.filter((pl.col("entity") == "XSF001") & (pl.col("slot") == "revenue"))["reason"].to_list() == [
        "scope"
    ]
    assert run.frame.table["revenue"].null_count() == 66
    assert set(run.result("srdi_sme_2022").decisions["outcome"]) == {int(Outcome.MISSING)}


def test_the_jobs_of_synthetic_firms_leave_the_real_ones_out(workspace: Workspace) -> None:
    sizes = {
        job.code: workspace.population("firm", KNOWN, job.ids).height
        for job in workspace.jobs
        if job.population == "firm"
    }
    assert sizes == {"permu": 0, "recognition": 0, "policy": 0, "published": 66}


def test_a_half_year_figure_stays_one_of_half_a_year(workspace: Workspace) -> None:
    figures = pl.concat([pl.read_parquet(p) for p in sorted((workspace.folder / "figures").glob("*.parquet"))])
    mine = figures.filter(pl.col("entity") == "XSF010")
    assert dict(zip(mine["variable"], mine["period"], strict=True)) == {
        "published_revenue_ytd": "2024-01..06", "published_net_profit_ytd": "2024-01..06",
    }  # fmt: skip
    assert figures.filter((pl.col("entity") == "XSF013") & (pl.col("variable") == "revenue"))["period"].to_list() == [
        "2020"
    ]
    assert set(figures["scope"]) == {"group"}


def test_no_code_of_a_real_firm_is_invented(library: Library) -> None:
    rows = library.shelves[PACK].pack.rows("facts/firms_import.csv")
    assert not [row for row in rows if check_uscc(row["企业代码"]).valid]


def test_every_published_fact_has_a_value_a_source_and_a_standing(library: Library) -> None:
    rows = library.shelves[PACK].pack.rows("facts/seed_facts.csv")
    assert len(rows) == len({row["fact_id"] for row in rows}) == 226
    assert [row["fact_id"] for row in rows if not (row["value"] and row["source"] and row["standing"])] == []


def test_each_version_of_the_clusters_stands_for_itself_and_the_crosswalk_names_every_member(library: Library) -> None:
    shelf = library.shelves[PACK]
    sizes = {
        name: len(shelf.taxonomies[name]) for name in ("cluster_2022", "cluster_2023", "cluster_2025", "future_2025")
    }
    assert sizes == {"cluster_2022": 9, "cluster_2023": 8, "cluster_2025": 5, "future_2025": 10}
    crossed = shelf.pack.rows("facts/cluster_crosswalk.csv")
    for version, name in (("2022-12", "cluster_2022"), ("2023-08", "cluster_2023")):
        members = {zh for zh, _ in shelf.taxonomies[name].values()}
        assert {row["from_zh"] for row in crossed if row["from_version"] == version} == members
