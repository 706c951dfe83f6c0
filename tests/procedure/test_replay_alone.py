"""A replay stands on what its run froze and on nothing else."""

from __future__ import annotations

import datetime as dt
import shutil

import polars as pl
import pytest

from kaiwu.procedure import Workspace, check_complete, open_workspace, replay, run_job
from kaiwu.quantity import KaiwuError
from kaiwu.rule.decision import Result


@pytest.mark.parametrize("is_broken", [True, False])
def test_a_run_replays_when_its_packs_are_broken_or_gone(workspace: Workspace, is_broken: bool) -> None:
    number = run_job(workspace, workspace.job("strong"), known_at=dt.date(2024, 6, 2)).record.number
    pack = workspace.folder / "packs" / "tiny"
    if is_broken:
        (pack / "pack.yaml").write_text("pack: [", encoding="utf-8")
    else:
        shutil.rmtree(pack)
    assert replay(open_workspace(workspace.folder), number)[1].is_identical


@pytest.mark.parametrize("number", ["²", "x", "", "99999999999999999999"])
def test_a_number_that_is_none_is_refused_by_name(workspace: Workspace, number: str) -> None:
    with pytest.raises(KaiwuError, match="S-RUN"):
        workspace.state.run(number)


def test_a_damaged_record_of_runs_is_named(workspace: Workspace) -> None:
    (workspace.folder / "state.db").write_bytes(b"no database at all" * 100)
    with pytest.raises(KaiwuError, match="S-STATE"):
        workspace.state.runs()


def test_a_list_that_is_empty_or_of_others_is_not_complete(workspace: Workspace) -> None:
    scheme = workspace.library.scheme("strong")
    scope = pl.Series(["F00", "F01"])
    row = {"item": "a", "outcome": 0, "low": None, "high": None}
    whole = pl.DataFrame([{"entity": e, **row} for e in scope])
    check_complete(scheme, scope, Result({"decisions": whole}, {}))
    others = pl.DataFrame([{"entity": e, **row} for e in ("F00", "F09")])
    for wrong in (whole.clear(), others, whole.head(1)):
        with pytest.raises(KaiwuError, match="S-INCOMPLETE"):
            check_complete(scheme, scope, Result({"decisions": wrong}, {}))
