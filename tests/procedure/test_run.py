from __future__ import annotations

import dataclasses
import datetime as dt

import polars as pl
import pytest

from kaiwu.procedure import Claim, compare_runs, open_run, open_workspace, replay, rerun, run_job, uphold
from kaiwu.procedure.workspace import Workspace
from kaiwu.quantity import KaiwuError
from kaiwu.rule.outcome import Outcome

KNOWN = dt.date(2024, 6, 30)


def run(workspace: Workspace):
    return run_job(workspace, workspace.job("strong"), known_at=KNOWN)


def outcome(done, scheme: str, entity: str) -> Outcome:
    table = done.result(scheme).decisions
    return Outcome(table.filter(pl.col("entity") == entity)["outcome"].item())


def test_a_run_decides_every_firm_under_every_scheme(workspace):
    done = run(workspace)
    assert done.result("strong").decisions.height == 12
    assert outcome(done, "strong", "F02") is Outcome.FAIL  # 2 %
    assert outcome(done, "strong", "F09") is Outcome.PASS  # 3 % exactly
    assert outcome(done, "strong", "F03") is Outcome.MISSING


def test_a_scheme_reads_what_another_produces_whatever_their_order_in_the_job(workspace):
    done = run(workspace)
    assert list(done.execution.results) == ["strong", "award"]
    row = done.result("award").decisions.filter(pl.col("entity") == "F09").row(0, named=True)
    # 10 % of 3 % of 10 × 1000 万元 is 30 万元
    assert (row["outcome"], row["low"], row["high"]) == (Outcome.PASS, 30_000_000, 30_000_000)


def test_a_missing_figure_makes_the_amount_an_interval_up_to_its_cap(workspace):
    row = run(workspace).result("award").decisions.filter(pl.col("entity") == "F03").row(0, named=True)
    assert (row["outcome"], row["low"], row["high"]) == (Outcome.MISSING, 0, 50_000_000)


def test_replay_gives_the_identical_digest(workspace):
    record = run(workspace).record
    _, report = replay(workspace, record.number)
    assert report.is_identical
    assert report.now == record.result_digest


def test_replay_survives_a_change_of_the_pack_because_the_run_froze_it(workspace, tmp_path):
    record = run(workspace).record
    path = tmp_path / "packs" / "tiny" / "rulebooks" / "strong.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("3%", "4%"), encoding="utf-8")
    changed = open_workspace(tmp_path)
    _, report = replay(changed, record.number)
    assert report.is_identical
    newer = run_job(changed, changed.job("strong"), known_at=KNOWN)
    changes = compare_runs(open_run(changed, record.number), newer)
    assert {c.cause for c in changes} == {"rule"}
    assert {c.entity for c in changes} == {"F09"}


def test_replay_notices_an_altered_frame(workspace, tmp_path):
    record = run(workspace).record
    path = tmp_path / "runs" / record.number / "frame" / "table.parquet"
    table = pl.read_parquet(path)
    table.with_columns(pl.col("turnover") + 1).write_parquet(path)
    with pytest.raises(KaiwuError, match="F-FRAME"):
        replay(workspace, record.number)


def test_the_order_of_figures_changes_nothing(two_orders):
    digests = {run(w).record.result_digest for w in two_orders}
    assert len(digests) == 1


def test_a_repealed_rulebook_stops_new_runs_but_not_replays(workspace):
    record = run(workspace).record
    job = dataclasses.replace(workspace.job("strong"), as_of=dt.date(2025, 1, 1))
    with pytest.raises(KaiwuError, match="S-VALIDITY"):
        run_job(workspace, job, known_at=KNOWN)
    assert replay(workspace, record.number)[1].is_identical


def test_an_upheld_objection_changes_only_what_it_must_and_both_runs_replay(workspace):
    before = run(workspace)
    day = dt.date(2024, 7, 8)
    (objection,) = uphold(
        workspace, before.record.number, [Claim("F03", "研发费用", "160万元", "漏报")], signer="运行科", decided_on=day
    )
    assert objection.is_upheld
    after = rerun(workspace, before.record.number, known_at=day)
    changes = compare_runs(before, after)
    assert {(c.entity, c.scheme, c.cause) for c in changes} == {("F03", "strong", "figure"), ("F03", "award", "figure")}
    assert outcome(after, "strong", "F03") is Outcome.PASS  # 160 of 4000 万元
    assert after.record.corrects == before.record.number
    assert replay(workspace, before.record.number)[1].is_identical
    assert replay(workspace, after.record.number)[1].is_identical


def test_an_objection_needs_a_signer_and_a_value_with_unit(workspace):
    number = run(workspace).record.number
    with pytest.raises(KaiwuError, match="S-SIGNER"):
        uphold(workspace, number, [Claim("F03", "研发费用", "160万元", "漏报")], signer=" ", decided_on=KNOWN)
    with pytest.raises(KaiwuError, match="Q-UNIT-MISSING"):
        uphold(workspace, number, [Claim("F03", "研发费用", "160", "漏报")], signer="运行科", decided_on=KNOWN)
    assert workspace.state.objections() == []
    assert len(workspace.figures.batches()) == 1


def test_a_figure_recorded_later_is_not_known_to_an_earlier_run(workspace):
    number = run(workspace).record.number
    uphold(
        workspace,
        number,
        [Claim("F03", "研发费用", "160万元", "漏报")],
        signer="运行科",
        decided_on=dt.date(2024, 7, 8),
    )
    again = run(workspace)
    assert outcome(again, "strong", "F03") is Outcome.MISSING


def test_a_list_that_loses_somebody_is_refused_by_name(workspace):
    from kaiwu.procedure import check_complete
    from kaiwu.rule.decision import Result

    done = run(workspace)
    whole = done.result("strong")
    short = Result({"decisions": whole.decisions.filter(pl.col("entity") != "F05")}, whole.keys)
    with pytest.raises(KaiwuError, match="F05"):
        check_complete(done.scheme("strong"), done.frame.table["entity"], short)


def test_schemes_that_need_each_other_are_refused(workspace, tmp_path):
    path = tmp_path / "packs" / "tiny" / "rulebooks" / "strong.yaml"
    ring = path.read_text(encoding="utf-8").replace("营业收入 >= 1000万元 且", "已得奖 且")
    path.write_text(ring, encoding="utf-8")
    award = path.with_name("award.yaml")
    award.write_text(
        award.read_text(encoding="utf-8").replace("kind: clauses", "kind: clauses\nproduces: is_awarded"),
        encoding="utf-8",
    )
    variables = tmp_path / "packs" / "tiny" / "variables" / "v.yaml"
    variables.write_text(
        variables.read_text(encoding="utf-8") + "  is_awarded: {zh: 已得奖, en: Awarded, kind: flag}\n",
        encoding="utf-8",
    )
    with pytest.raises(KaiwuError, match="S-CYCLE"):
        run(open_workspace(tmp_path))
