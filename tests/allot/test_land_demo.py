"""The demo's land round: synthetic, labelled, and it leaves the notice, a loser's page, an upheld appeal and records that hold."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kaiwu.allot.checker import check_record
from kaiwu.cli.allot_demo import THIS, find_rulebook, play_land_round, write_rounds
from kaiwu.cli.console import Speaker
from kaiwu.procedure import open_workspace
from kaiwu.synth import make_district, open_calibration

CONFIG = '[workspace]\nzh = "演示"\npacks = ["national", "reference/land"]\nsynthetic = true\n'


def test_the_demo_plays_a_round_from_the_preview_to_an_upheld_appeal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "kaiwu.toml").write_text(CONFIG, encoding="utf-8")
    workspace = open_workspace(tmp_path)
    rulebook = find_rulebook(workspace)
    assert rulebook is not None
    write_rounds(make_district(open_calibration("xiaoshan"), 600, 2), workspace, rulebook)
    first = {p.name: p.read_bytes() for p in (tmp_path / "rounds" / THIS.code).iterdir()}
    notice = play_land_round(workspace, Speaker())
    told = capsys.readouterr().out
    assert "异议成立" in told and "独立核验 2 份记录: 成立" in told and "即可安排" in told
    pages = [p.read_text(encoding="utf-8") for p in notice.parent.iterdir()]
    assert len(pages) == 3 and all("合成数据" in page for page in pages)
    records = sorted((tmp_path / "rounds" / THIS.code).glob("record-*.json"))
    assert [check_record(json.loads(p.read_text(encoding="utf-8"))) for p in records] == [[], []]
    write_rounds(make_district(open_calibration("xiaoshan"), 600, 2), workspace, rulebook)
    assert {name: (tmp_path / "rounds" / THIS.code / name).read_bytes() for name in first} == first


def test_no_synthetic_firm_or_plot_can_be_taken_for_a_real_one(tmp_path: Path) -> None:
    (tmp_path / "kaiwu.toml").write_text(CONFIG, encoding="utf-8")
    workspace = open_workspace(tmp_path)
    write_rounds(make_district(open_calibration("xiaoshan"), 600, 2), workspace, find_rulebook(workspace) or "")
    for name in ("projects.csv", "supplies.csv"):
        lines = (tmp_path / "rounds" / THIS.code / name).read_text(encoding="utf-8-sig").splitlines()[1:]
        assert lines and all(line.startswith("合成") for line in lines)
