"""The market of a workspace: batches that are only added, lists kept once, steps checked before they are kept."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import polars as pl
import pytest

from kaiwu.match.assignment import Limits
from kaiwu.match.invitation import Terms
from kaiwu.match.record import MatchKind
from kaiwu.procedure import Workspace, open_workspace
from kaiwu.procedure.market import MarketDesk, hold_round, market_store, open_content, take_listings
from kaiwu.procedure.market.step_sheet import read_steps
from kaiwu.quantity import KaiwuError
from market_workspace import LEADER, LOCAL, MAKER, SHEETS, STEPS, write_market_workspace

DAY = dt.date(2026, 3, 1)


def take(workspace: Workspace, *names: str, known_at: dt.date = DAY) -> None:
    folder = workspace.folder / "inbox" / "market"
    taken = take_listings(workspace, [folder / name for name in names or SHEETS], known_at=known_at, day=DAY)
    assert taken.is_accepted


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return open_workspace(write_market_workspace(tmp_path / "w"))


@pytest.fixture
def desk(workspace: Workspace) -> MarketDesk:
    take(workspace)
    return MarketDesk(workspace, DAY)


def test_records_come_back_as_they_went_in(desk: MarketDesk) -> None:
    need = next(n for n in desk.records.needs if n.code == "N2")
    assert [c.text for c in need.constraints] == ["年产能 >= 1000件"]
    assert (need.party, need.expiry, need.fields["need_budget"]) == (LEADER, dt.date(2026, 12, 31), 50_000_000)
    assert desk.names[MAKER] == "压铸甲厂"
    assert len(desk.records.offers_of(MatchKind.SPACE)) == 2


def test_a_later_batch_takes_the_place_of_a_record_and_an_earlier_day_does_not_know_it(workspace: Workspace) -> None:
    take(workspace)
    path = workspace.folder / "inbox" / "market" / "科技成果清单.csv"
    path.write_text(path.read_text("utf-8").replace("基于视觉的", "改进的"), "utf-8")
    take(workspace, path.name, known_at=DAY + dt.timedelta(10))
    attributes = open_content(workspace).attributes
    titles = [
        [o.title for o in market_store(workspace).load(attributes, day).offers if o.code == "R1"] for day in (None, DAY)
    ]
    assert titles == [["改进的压铸气孔检测技术"], ["基于视觉的压铸气孔检测技术"]]


def test_one_wrong_sheet_and_nothing_is_taken_in(workspace: Workspace) -> None:
    folder = workspace.folder / "inbox" / "market"
    (folder / "科技成果清单.csv").write_text("成果编号,成果名称\nR1,\n", "utf-8")
    taken = take_listings(workspace, [folder / name for name in SHEETS], known_at=DAY, day=DAY)
    assert not taken.is_accepted and taken.batch is None
    assert market_store(workspace).batches() == []


def test_an_altered_batch_is_noticed(desk: MarketDesk) -> None:
    path = desk.workspace.folder / "market" / "0001.jsonl.gz"
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(KaiwuError, match="S-MARKET"):
        market_store(desk.workspace).load(desk.content.attributes)


def test_what_a_broken_import_left_is_never_overwritten(desk: MarketDesk) -> None:
    left = desk.workspace.folder / "market" / "0002.jsonl.gz"
    left.write_bytes(b"half")
    take(desk.workspace, "科技成果清单.csv")
    assert left.read_bytes() == b"half"
    assert [entry["file"] for entry in market_store(desk.workspace).batches()] == ["0001.jsonl.gz", "0003.jsonl.gz"]


def test_a_file_of_no_listing_is_told_which_there_are(workspace: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "乱.csv"
    path.write_text("a\n1\n", "utf-8")
    with pytest.raises(KaiwuError, match=r"S-LISTING.*procurement_needs"):
        take_listings(workspace, [path], known_at=DAY, day=DAY)


def test_a_round_is_kept_once_and_its_steps_move_the_local_share(desk: MarketDesk, tmp_path: Path) -> None:
    found = desk.invite(Terms(Limits(), solver="plain"))
    hold_round(desk.funnel, found, event="专场", section="产业科", day=DAY, name="L1")
    assert desk.funnel.shown().select("need", "offer", "asked").rows() == [
        ("N1", "O1", 100_000_000),
        ("N2", "O3", 50_000_000),
    ]
    with pytest.raises(KaiwuError, match="S-FUNNEL"):
        hold_round(desk.funnel, found, event="", section="", day=DAY, name="L1")
    before = desk.local_share(found, [LOCAL])
    assert (before.before, before.possible, before.signed) == (50_000_000, 150_000_000, 50_000_000)
    (tmp_path / "steps.csv").write_text(STEPS, "utf-8")
    assert desk.funnel.add_steps(read_steps(tmp_path / "steps.csv")) == 4
    assert desk.local_share(found, [LOCAL]).signed == 50_000_000  # on the day of the list nothing was signed yet
    desk.day = dt.date(2026, 4, 1)
    assert desk.local_share(found, [LOCAL]).signed == 150_000_000
    assert desk.pairs().select("need", "stage", "reason").rows() == [("N1", 5, None), ("N2", 0, "price")]


def test_a_wrong_step_keeps_none_of_the_sheet(desk: MarketDesk, tmp_path: Path) -> None:
    path = tmp_path / "steps.csv"
    path.write_text(STEPS, "utf-8")
    with pytest.raises(KaiwuError, match="MF-NOT-SHOWN"):
        desk.funnel.add_steps(read_steps(path), path.name)
    assert desk.funnel.steps().is_empty()
    path.write_text(STEPS.replace("2026-03-10", "某日").replace("95", "九五吨"), "utf-8")
    with pytest.raises(KaiwuError) as caught:
        read_steps(path)
    assert len(caught.value.problems) == 2 and all("3" in p.where for p in caught.value.problems)
    path.write_text("甲,乙\n1,2\n", "utf-8")
    with pytest.raises(KaiwuError, match="MF-HEAD"):
        read_steps(path)


def test_the_desk_finds_four_chains_spaces_and_samples(desk: MarketDesk) -> None:
    found = desk.four_finds(MAKER)
    assert [m.need.code for m in found.orders] == ["N1", "N2"]
    assert [a.need.code for a in found.answers["innovation"]] == ["T1"]
    assert found.derived == {"O1~service"}
    assert [s.sample.code for s in found.samples] == ["E1"]
    assert found.spaces[0].age == 90 and [f.offer.code for f in found.spaces[0].fits] == ["S1"]
    assert found.policies == () and found.failed == 0
    (row,) = desk.backlog()
    assert (row.age_class, row.fits) == ("31–90", 1)


def test_needs_that_are_not_there_are_asked_for(workspace: Workspace) -> None:
    with pytest.raises(KaiwuError, match="S-NO-NEEDS"):
        MarketDesk(workspace, DAY).invite(Terms())


def test_steps_are_stored_as_they_were_told(desk: MarketDesk, tmp_path: Path) -> None:
    hold_round(desk.funnel, desk.invite(Terms(solver="plain")), event="", section="", day=DAY, name="L1")
    (tmp_path / "s.csv").write_text(STEPS, "utf-8")
    steps = read_steps(tmp_path / "s.csv")
    desk.funnel.add_steps(steps)
    assert desk.funnel.steps().equals(steps)
    assert steps["amount"].to_list() == [None, 95_000_000, 90_000_000, None]
    assert isinstance(steps, pl.DataFrame)
