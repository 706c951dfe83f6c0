"""提档/降档: signed changes of class reach the rating, are frozen with the run and replay."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace

import polars as pl
import pytest

from kaiwu.procedure import Claim, ClassChange, open_workspace, replay, rerun, uphold
from kaiwu.quantity import KaiwuError
from small_county import CHANGE, CONFIG, KNOWN, make_county, run_county


def classes(run, entity: str) -> tuple[str, str]:
    row = run.result("ruler").decisions.filter(pl.col("entity") == entity).row(0, named=True)
    return row["class"], row["computed_class"]


def test_a_signed_change_moves_one_firm_and_nobody_else(tmp_path):
    plain = run_county(make_county(tmp_path / "plain"))
    changed = run_county(make_county(tmp_path / "changed", changes=CHANGE))
    assert classes(plain, "F05") == ("B", "B")
    assert classes(changed, "F05") == ("A", "B")
    others = pl.col("entity") != "F05"
    assert changed.result("ruler").decisions.filter(others).equals(plain.result("ruler").decisions.filter(others))


def test_a_later_scheme_reads_the_changed_class(tmp_path):
    run = run_county(make_county(tmp_path, changes=CHANGE))
    (decision,) = [d for d in run.scheme("award").explain(run.execution.facts, "F05") if d.item == "b2"]
    assert decision.outcome.zh == "需认定"  # class A holds, 无严重失信 is left to a human


def test_changes_are_frozen_with_the_run_and_replay_identically(tmp_path):
    workspace = make_county(tmp_path, changes=CHANGE)
    record = run_county(workspace).record
    kept = json.loads((tmp_path / "runs" / record.number / "run.json").read_text(encoding="utf-8"))
    assert kept["changes"] == [
        {
            "scheme": "ruler",
            "entity": "F05",
            "class": "A",
            "article": "第十二条",
            "signer": "亩均办 王某",
            "reason": "省级示范企业",
        }
    ]
    (tmp_path / "kaiwu.toml").write_text(CONFIG, encoding="utf-8")  # the change is taken out of the configuration
    again, report = replay(open_workspace(tmp_path), record.number)
    assert report.is_identical
    assert classes(again, "F05") == ("A", "B")


def test_replay_notices_that_a_signer_was_altered(tmp_path):
    workspace = make_county(tmp_path, changes=CHANGE)
    record = run_county(workspace).record
    with sqlite3.connect(tmp_path / "state.db") as connection:
        connection.execute("UPDATE run SET changes = replace(changes, '王某', '李某')")
    connection.close()
    assert not replay(open_workspace(tmp_path), record.number)[1].is_identical


def test_the_run_after_an_objection_keeps_the_changes(tmp_path):
    workspace = make_county(tmp_path, changes=CHANGE)
    before = run_county(workspace)
    uphold(
        workspace,
        before.record.number,
        [Claim("F03", "研发费用", "160万元", "漏报")],
        signer="运行科",
        decided_on=KNOWN,
    )
    after = rerun(workspace, before.record.number, known_at=KNOWN)
    assert after.record.changes == before.record.changes
    assert classes(after, "F05") == ("A", "B")


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ("第十二条", "S-CHANGE-ARTICLE"),
        ("F05", "S-CHANGE-WHO"),
        ("亩均办 王某", "S-CHANGE-BARE"),
        ("省级示范企业", "S-CHANGE-BARE"),
    ],
)
def test_a_change_that_the_rating_does_not_allow_stops_the_run_and_keeps_nothing(tmp_path, wrong, code):
    instead = {"第十二条": "第一条", "F05": "F99"}.get(wrong, " ")
    with pytest.raises(KaiwuError) as error:
        run_county(make_county(tmp_path, changes=CHANGE.replace(wrong, instead)))
    assert code in [p.code for p in error.value.problems]
    assert not (tmp_path / "runs").exists()


def test_a_change_names_a_rating_of_its_job(tmp_path):
    workspace = make_county(tmp_path, changes=CHANGE + 'scheme = "award"\n')
    with pytest.raises(KaiwuError, match="S-CHANGE-SCHEME"):
        run_county(workspace)


def test_an_unknown_key_of_a_change_is_named(tmp_path):
    with pytest.raises(KaiwuError, match="“klass”"):
        make_county(tmp_path, changes=CHANGE.replace("class =", "klass ="))


def test_a_state_file_of_an_earlier_version_is_taken_over(tmp_path):
    workspace = make_county(tmp_path)
    record = run_county(workspace).record
    with sqlite3.connect(tmp_path / "state.db") as connection:
        connection.execute("ALTER TABLE run DROP COLUMN changes")
    connection.close()
    assert open_workspace(tmp_path).state.run(record.number) == record
    change = ClassChange("F05", "A", "第十二条", "王某", "x", "ruler")
    workspace = open_workspace(tmp_path)
    workspace.state.add_run(replace(record, number="0099", changes=(change,)))
    assert workspace.state.run("99").changes == (change,)
