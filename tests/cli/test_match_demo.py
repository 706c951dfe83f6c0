"""The stage of the demo that brings the synthetic market together."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from kaiwu.cli import match_demo
from kaiwu.cli.console import Speaker
from kaiwu.procedure import open_workspace
from kaiwu.procedure.market import FunnelStore
from kaiwu.synth import make_district, open_calibration
from kaiwu.synth.market_setting import open_market_rule


def test_the_stage_leaves_a_list_a_page_and_a_played_funnel(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(match_demo, "open_market_rule", lambda: replace(open_market_rule(), needs=40))
    (tmp_path / "kaiwu.toml").write_text('[workspace]\npacks = ["market"]\nsynthetic = true\n', "utf-8")
    workspace = open_workspace(tmp_path)
    district = make_district(open_calibration("xiaoshan"), 80, 1)
    made = match_demo.play_market(workspace, district, [], Speaker())
    said = capsys.readouterr().out
    assert "已由" not in said and "分配已证明最优" in said and "合成数据" in said and "四找一页" in said
    assert made.invitation.plan.prices.is_optimal
    sheet = openpyxl.load_workbook(made.book)["邀请名单"]
    cells = [str(c.value) for row in sheet.iter_rows() for c in row if c.value is not None]
    assert any("合成数据" in cell for cell in cells)
    listed = {cell for cell in cells if cell.startswith("SYN-N-")}
    assert listed == {code for code, found in made.invitation.invited.items() if found}
    page = made.page.read_text("utf-8")
    assert all(word in page for word in ("找产业链", "找创新链", "找服务链", "找政策链", "合成数据"))
    funnel = FunnelStore(tmp_path / "state.db")
    assert funnel.shown().height == made.invitation.invitations
    assert not funnel.steps().is_empty()
