"""A workspace whose pack carries an index ranks 90 synthetic counties by ``kaiwu run``, and replays."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl
import pytest
from click.testing import CliRunner
from test_rulebook import BOOK, VARIABLES

from kaiwu.cli.main import main
from kaiwu.figure import make_figures
from kaiwu.identity import Batch, Entity, EntityKind, Name, Register
from kaiwu.procedure import Workspace, open_workspace, replay
from kaiwu.procedure.run import run_job

CONFIG = """\
[workspace]
zh = "合成省"
en = "Synthetic province"
packs = ["province"]
synthetic = true

[[job]]
code = "year"
zh = "年度评价"
en = "Yearly evaluation"
schemes = ["county_index"]
population = "county"
as_of = 2025-04-01
rated = 2024
purpose = "permu"
"""
DRAWN = {"added": (5, 0.9, 10**10), "energy": (20, 0.5, 1), "land": (10, 0.4, 10**4), "tax": (3, 0.8, 10**10)}


@pytest.fixture(scope="module")
def province(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    folder = tmp_path_factory.mktemp("province")
    pack = folder / "packs" / "province"
    files = {
        "pack.yaml": 'pack: province\nzh: 合成省\nen: Synthetic province\nversion: "1"\nsynthetic: true\n',
        "variables/county.yaml": VARIABLES, "rulebooks/index.yaml": BOOK.replace("population: county", "population: county\nvalid: {from: 2025-01-01}"),
    }  # fmt: skip
    for name, text in files.items():
        (pack / name).parent.mkdir(parents=True, exist_ok=True)
        (pack / name).write_text(text, encoding="utf-8")
    (folder / "kaiwu.toml").write_text(CONFIG, encoding="utf-8")
    draw = np.random.default_rng(8)
    counties = [f"C{i:02d}" for i in range(90)]
    register = Register()
    register.append(
        Batch(
            dt.date(2024, 1, 1),
            "synthetic",
            tuple(Entity(c, EntityKind.COUNTY, (Name(f"合成{c}县"),)) for c in counties),
        )
    )
    register.save(folder / "register")
    rows = []
    for county in counties:
        given = {code: int(draw.lognormal(mu, sigma) * unit) for code, (mu, sigma, unit) in DRAWN.items()}
        given |= {"growth": int(draw.normal(6, 3) * 10**6), "group": int(draw.integers(0, 2)), "industrial": 1}
        if county == "C07":
            del given["growth"]
        rows += [
            {"entity": county, "variable": code, "period": "2024", "value": value, "scope": "county", "source": "合成", "place": "", "status": "final",
             "standing": "attested", "unit": "", "synthetic": True}
            for code, value in given.items()
        ]  # fmt: skip
    workspace = open_workspace(folder)
    workspace.figures.append(make_figures(rows), dt.date(2025, 3, 1), "合成")
    return open_workspace(folder)


def test_a_job_ranks_the_counties_and_replays_to_the_same_digest(province: Workspace) -> None:
    run = run_job(province, province.job("year"), known_at=dt.date(2025, 4, 1))
    decisions = run.result("county_index").decisions
    assert decisions.height == 90
    assert set(decisions["status"]) == {"rated"}
    assert decisions.filter(pl.col("entity") == "C07")["filled"].item() == 1
    assert set(decisions.filter(pl.col("rank") == 1)["league"]) == {"工业大县", "山区县"}
    _, report = replay(province, run.record.number)
    assert report.differing == ()


def test_the_command_prints_the_run_and_explains_one_county(province: Workspace) -> None:
    done = CliRunner().invoke(main, ["run", str(province.folder), "--known-at", "2025-04-01"])
    assert done.exit_code == 0, done.output
    number = province.state.runs()[-1].number
    told = CliRunner().invoke(main, ["explain", number, "C07", "--workspace", str(province.folder)])
    assert told.exit_code == 0, told.output
    assert "缺失, 按方法填补" in told.output
