"""The demo's reserve pool: the published counts come out of one ledger, and it names who leaves and why."""

from __future__ import annotations

from pathlib import Path

import pytest

from kaiwu.cli.console import Speaker
from kaiwu.cli.pool_demo import find_pool, play_pool
from kaiwu.procedure import Workspace, open_workspace
from kaiwu.procedure.pool.desk import PoolDesk, open_pool_desk
from kaiwu.report.site import Site
from kaiwu.synth import make_district, open_calibration
from kaiwu.synth.pool import AUGUST, FALLING, MAY, OUTSIDE, SIGNED, YEAR_LATER

CONFIG = '[workspace]\nzh = "演示"\npacks = ["national", "reference/land"]\nsynthetic = true\n'
YI = 10_000_000_000


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[Workspace, PoolDesk, Path]:
    folder = tmp_path_factory.mktemp("pool")
    (folder / "kaiwu.toml").write_text(CONFIG, encoding="utf-8")
    workspace = open_workspace(folder)
    code = find_pool(workspace)
    assert code is not None
    page = play_pool(workspace, make_district(open_calibration("xiaoshan"), 600, 2), code, Speaker(is_quiet=True))
    return workspace, open_pool_desk(workspace), page


def test_both_published_counts_come_out_of_one_ledger(played: tuple[Workspace, PoolDesk, Path]) -> None:
    _, desk, _ = played
    signed = next(t for t in desk.tally(MAY) if t.stage == "signed")
    landed = next(t for t in desk.tally(AUGUST) if t.stage == "landed")
    assert (signed.reached, signed.reached_fen) == (56, 200 * YI)
    assert (landed.reached, landed.reached_fen) == (45, 160 * YI)
    assert next(t for t in desk.tally(AUGUST) if t.stage == "signed").standing == 11


def test_a_rescoring_names_who_leaves_and_which_part_fell(played: tuple[Workspace, PoolDesk, Path]) -> None:
    _, desk, _ = played
    scoring = desk.state().scorings[-1]
    leaving = [v for v in scoring.verdicts if v.outcome == "leave"]
    assert len(leaving) == FALLING and scoring.day == YEAR_LATER
    for verdict in leaving:
        zh, en = desk.reasons(verdict)
        assert "出库" in zh and "比上次下降: tax" in zh and "fallen since: tax" in en
    assert sum(v.outcome == "outside" for v in scoring.verdicts) == OUTSIDE
    assert len(desk.state().members()) == SIGNED - FALLING


def test_every_event_of_the_pool_is_a_leaf_of_the_log(played: tuple[Workspace, PoolDesk, Path]) -> None:
    workspace, desk, _ = played
    events = desk.docket.events(desk.code)
    assert len({e.leaf for e in events}) == len(events) > 8
    assert workspace.witness.book.audit() is None


def test_the_page_is_labelled_and_stands_on_the_local_site(played: tuple[Workspace, PoolDesk, Path]) -> None:
    workspace, desk, page = played
    assert "合成数据" in page.read_text(encoding="utf-8")
    site = Site(workspace)
    for path in ("/pool", f"/pool/{desk.code}", f"/pool/{desk.code}?lang=en"):
        answer = site.answer(path)
        assert answer.status == 200 and "合成".encode() in answer.body
    assert site.answer("/pool/none").status == 404
