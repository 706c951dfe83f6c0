"""What an objection may touch: the figures that its run read, in its scope, under its rules, for its purposes."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from kaiwu.figure import make_figures
from kaiwu.identity import Batch, Entity, EntityKind, Name
from kaiwu.procedure import (
    Claim,
    Run,
    Workspace,
    compare_runs,
    open_run,
    open_workspace,
    replay,
    rerun,
    run_job,
    uphold,
)
from kaiwu.quantity import KaiwuError

KNOWN, LATER = dt.date(2024, 6, 2), dt.date(2024, 6, 5)
CLAIM = Claim("F05", "研发费用", "500万元", "漏报")


def research(value: int, **more: object) -> pl.DataFrame:
    row = {"entity": "F05", "variable": "research", "period": "2023", "value": value, "scope": "legal_entity", "source": "统计",
           "place": "表1", "status": "final", "standing": "attested", "unit": "万元"}  # fmt: skip
    return make_figures([{**row, **more}])


def run(workspace: Workspace) -> Run:
    return run_job(workspace, workspace.job("strong"), known_at=KNOWN)


def test_a_correction_of_a_final_figure_counts_on_the_same_day(workspace: Workspace) -> None:
    workspace.figures.append(research(10), KNOWN, "终稿")
    number = run(workspace).record.number
    uphold(workspace, number, [CLAIM], signer="运行科", decided_on=KNOWN)
    after = rerun(workspace, number, known_at=KNOWN)
    assert after.frame.table.filter(pl.col("entity") == "F05")["research"].item() == 500_000_000


def test_a_correction_is_bound_to_the_purposes_of_the_figure_that_it_corrects(workspace: Workspace) -> None:
    workspace.figures.append(research(10, purposes="policy", price_basis="current"), KNOWN, "限用途")
    number = run(workspace).record.number
    uphold(workspace, number, [CLAIM], signer="运行科", decided_on=LATER)
    corrected = workspace.figures.scan(["research"], LATER).filter(pl.col("value") == 500_000_000)
    assert corrected.select("purposes", "price_basis").row(0) == ("policy", "current")


@pytest.mark.parametrize("offset", [-3, 9999])
def test_a_figure_that_the_run_did_not_read_is_not_corrected_by_it(workspace: Workspace, offset: int) -> None:
    number = run(workspace).record.number
    claim = Claim("F05", "研发费用", "500万元", "漏报", offset=offset)
    with pytest.raises(KaiwuError, match="S-CLAIM"):
        uphold(workspace, number, [claim], signer="运行科", decided_on=LATER)
    assert len(workspace.figures.batches()) == 1


def test_new_firms_and_new_rules_do_not_enter_the_run_after_an_objection(workspace: Workspace) -> None:
    number = run(workspace).record.number
    register = workspace.register
    register.append(Batch(KNOWN, "后来", (Entity(id="ZZ", kind=EntityKind.FIRM, names=(Name("后来公司"),)),)))
    register.save(workspace.folder / "register")
    award = workspace.folder / "packs" / "tiny" / "rulebooks" / "award.yaml"
    award.write_text(award.read_text(encoding="utf-8").replace("10%", "20%"), encoding="utf-8")
    changed = open_workspace(workspace.folder)
    uphold(changed, number, [CLAIM], signer="运行科", decided_on=LATER)
    after = rerun(changed, number, known_at=LATER)
    changes = compare_runs(open_run(changed, number), after)
    assert {(c.entity, c.cause) for c in changes} == {("F05", "figure")}
    assert after.record.population == 12


def test_figures_that_came_in_between_do_not_enter_the_run_after_an_objection(workspace: Workspace) -> None:
    first = run(workspace)
    workspace.figures.append(research(700_000_000, entity="F06"), LATER, "补报")
    uphold(workspace, first.record.number, [CLAIM], signer="运行科", decided_on=LATER)
    after = rerun(workspace, first.record.number, known_at=LATER)
    assert {c.entity for c in compare_runs(first, after)} == {"F05"}
    assert after.record.batches == (*first.record.batches, 3)
    assert replay(workspace, after.record.number)[1].is_identical
    news = run_job(workspace, workspace.job(first.record.job), known_at=LATER)  # a run of its own takes in what is new
    assert "F06" in {c.entity for c in compare_runs(first, news)}


def test_a_second_objection_keeps_the_correction_of_the_first(workspace: Workspace) -> None:
    first = run(workspace)
    uphold(workspace, first.record.number, [CLAIM], signer="运行科", decided_on=LATER)
    second = rerun(workspace, first.record.number, known_at=LATER)
    other = Claim("F06", "研发费用", "700万元", "漏报")
    uphold(workspace, second.record.number, [other], signer="运行科", decided_on=LATER)
    third = rerun(workspace, second.record.number, known_at=LATER)
    assert {c.entity for c in compare_runs(second, third)} == {"F06"}
    assert {c.entity for c in compare_runs(first, third)} == {"F05", "F06"}


def test_a_run_after_an_objection_is_not_earlier_than_the_one_it_corrects(workspace: Workspace) -> None:
    number = run(workspace).record.number
    with pytest.raises(KaiwuError, match="S-KNOWN-AT"):
        rerun(workspace, number, known_at=KNOWN - dt.timedelta(days=1))
