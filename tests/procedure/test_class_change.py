"""提档/降档: signed changes of class reach the rating, are frozen with the run and replay."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace

import polars as pl
import pytest

from kaiwu.procedure import Claim, ClassChange, open_workspace, replay, rerun, uphold
from kaiwu.quantity import KaiwuError
from kaiwu.report.listing import list_scheme
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


INDEX = """\
rulebook: ruler
kind: index
zh: 亩均指数
en: Index by yield per mu
document: {title: 评价办法, number: 小政〔2023〕1号, date: 2023-01-01}
valid: {from: 2023-01-01}
population: firm
produces: grade
scope: 规上企业
indicators:
  - {code: total, zh: 总分, en: Total}
  - {code: tax_mu, zh: 亩均税收, en: Tax per mu, parent: total, weight: 60, of: 实缴税金 / 用地面积, unit: 万元/亩, direction: higher, base: 20}
  - {code: rd, zh: 研发投入强度, en: Research share, parent: total, weight: 40, of: 研发费用 / 营业收入, unit: "%", direction: higher, base: 3}
steps:
  - normalise: {by: ratio}
  - aggregate: {by: arithmetic, missing: spread}
  - rank: {decimals: 2, ties: min}
ties: share_rank
classes: {by: share, rounding: floor, rows: [{class: A, share: 20%}, {class: B, share: 60%}, {class: C, share: 15%}, {class: D}]}
changes: {articles: [第十二条], steps: 1}
"""


def make_index_county(folder, changes=""):
    make_county(folder, changes=changes)
    (folder / "packs" / "county" / "rulebooks" / "ruler.yaml").write_text(INDEX, encoding="utf-8")
    return open_workspace(folder)


def test_an_index_has_signed_changes_counts_that_sum_and_an_identical_replay(tmp_path):
    plain = run_county(make_index_county(tmp_path / "plain"))
    (entity,) = plain.result("ruler").decisions.filter(pl.col("class") == "B").sort("rank")["entity"].head(1)
    change = CHANGE.replace("F05", entity)
    changed = run_county(make_index_county(tmp_path / "changed", changes=change))
    assert classes(plain, entity) == ("B", "B") and classes(changed, entity) == ("A", "B")
    others = pl.col("entity") != entity
    assert changed.result("ruler").decisions.filter(others).equals(plain.result("ruler").decisions.filter(others))
    listing = list_scheme(changed, "ruler", {})
    assert sum(number for _, number in listing.counts) == listing.scope == 24
    assert "调整前等级" in [c.zh for c in listing.columns] and change.count("王某")
    assert replay(open_workspace(tmp_path / "changed"), changed.record.number)[1].is_identical
    (decision,) = [d for d in changed.scheme("award").explain(changed.execution.facts, entity) if d.item == "b2"]
    assert decision.outcome.zh == "需认定"  # the clause reads class A, as changed
