"""The commands of a pool that a workspace keeps: each step leaves a record, wrong steps leave none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from kaiwu.cli.main import main

CONFIG = '[workspace]\nzh = "测试"\npacks = ["national", "reference/land"]\n'
TABLES = {
    "projects.csv": "project,zh,firm,origin,investment,day,document,innovation\nA,甲,F1,internal,3亿元,2025-01-05,申请,鉴定书\nB,乙,F2,attracted,1亿元,2025-01-05,申请,\n",
    "figures.csv": "主体代码,申请企业亩均税收(万元/亩),申请企业亩均增加值(万元/亩),申请企业劳动生产率(万元/人),申请企业研发占比(%),申请企业三年营收增速(%)\nA,24.097,136.16,18.14,3.02,20\nB,24.097,136.16,18.14,3.02,20\n",
    "fallen.csv": "主体代码,申请企业亩均税收(万元/亩),申请企业亩均增加值(万元/亩),申请企业劳动生产率(万元/人),申请企业研发占比(%),申请企业三年营收增速(%)\nA,24.097,136.16,18.14,3.02,20\nB,2,10,18.14,3.02,20\n",
    "shares.csv": "project,kind,unit,role,measure,share,valid_from,valid_to\nA,town,东镇,origin,tax,1/3,2025-01-01,\nA,town,西镇,landing,tax,2/3,2025-01-01,\n",
    "amounts.csv": "project,amount\nA,100万元\nB,50万元\n",
    "quotas.csv": "resource,period,amount\nenergy,2025-06,100吨标煤(等价值)\n能耗,2025-09,100吨标煤(等价值)\n",
    "cut.csv": "resource,period,amount\nenergy,2025-06,70吨标煤(等价值)\n",
    "requests.csv": "project,resource,period,amount\nA,energy,2025-06,80吨标煤(等价值)\nB,energy,2025-06,30吨标煤(等价值)\n",
    "promises.csv": "contract,project,promise,amount,due\nK1,A,investment,30000万元,2025-12-31\n",
    "measures.csv": "contract,promise,amount\nK1,investment,24000万元\n",
}  # fmt: skip


@pytest.fixture
def call(tmp_path: Path):
    (tmp_path / "kaiwu.toml").write_text(CONFIG, encoding="utf-8")
    for name, text in TABLES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")

    def run(*words: str, code: int = 0) -> str:
        kept = [str(tmp_path / w) if w.endswith(".csv") else w for w in words]
        done = CliRunner().invoke(main, ["pool", *kept, "-w", str(tmp_path), "--lang", "en"])
        assert done.exit_code == code, done.output
        return done.output

    return run


@pytest.fixture
def filled(call):
    call("add", "projects.csv", "--day", "2025-01-06")
    call("try", "figures.csv", "--day", "2025-01-07")
    call("adopt", "--signer", "局长", "--day", "2025-01-08")
    call("rescore", "figures.csv", "--document", "纪要1", "--day", "2025-01-10")
    return call


def test_lines_are_tried_then_adopted_then_used(call):
    call("add", "projects.csv", "--day", "2025-01-06")
    assert "A-PREVIEW" in call("adopt", "--signer", "x", "--day", "2025-01-06", code=2)
    assert "A-ADOPT" in call("rescore", "figures.csv", "--document", "d", "--day", "2025-01-06", code=2)
    assert json.loads(call("try", "figures.csv", "--day", "2025-01-07", "--json"))["runs"] == 200
    call("adopt", "--signer", "局长", "--day", "2025-01-08")
    assert "A enters: 100.0, line 70.0, 30.0 above" in call("rescore", "figures.csv", "--document", "d", "--day", "2025-01-10")  # fmt: skip


def test_attracted_and_internal_projects_are_scored_alike_and_leave_with_a_reason(filled):
    told = filled("rescore", "fallen.csv", "--document", "纪要2", "--day", "2026-01-10")
    assert "B leaves" in told and "fallen since: tax" in told and "A leaves" not in told


def test_steps_count_on_the_day_they_happened_and_as_known_on_a_day(filled):
    filled("move", "A", "promoted", "--document", "名单", "--day", "2025-03-05", "--happened", "2025-02-01")
    filled("move", "A", "signed", "--document", "合同", "--investment", "3.2亿元", "--day", "2025-06-20", "--happened", "2025-05-20")  # fmt: skip

    def signed(*words: str) -> tuple[int, str]:
        rows = json.loads(filled("tally", "--day", "2025-05-31", "--json", *words))
        row = next(r for r in rows if r["stage"] == "signed")
        return row["reached"], row["100 million yuan"]

    assert signed() == (1, "3.20") and signed("--known-on", "2025-06-01") == (0, "0.00")
    assert "A-POOL-STEP" in filled("move", "B", "landed", "--document", "x", "--day", "2025-06-21", code=2)
    assert "A-POOL-EVIDENCE" in filled("move", "B", "promoted", "--day", "2025-06-21", code=2)


def test_the_district_counts_every_project_once(filled):
    filled("share", "shares.csv", "--day", "2025-01-10")
    rows = {r["unit"]: r["yuan"] for r in json.loads(filled("credit", "amounts.csv", "--measure", "tax", "--day", "2025-06-30", "--json"))}  # fmt: skip
    assert rows == {"东镇": "333,333.33", "西镇": "666,666.67", "unshared": "500,000.00", "district": "1,500,000.00"}


def test_bundles_hold_quota_release_it_on_slippage_and_tell_what_a_cut_does(filled):
    filled("bundle", "quota", "quotas.csv", "--document", "指标文1", "--day", "2025-02-01")
    filled("bundle", "request", "requests.csv", "--day", "2025-02-02")
    first = {r["project"]: r["answer"] for r in json.loads(filled("bundle", "decide", "--until", "2025-12-31", "--day", "2025-02-03", "--json"))}  # fmt: skip
    assert first == {"A": "granted", "B": "granted in part"}
    cut = json.loads(filled("bundle", "cut", "cut.csv", "--json"))
    assert cut["reduced"] == ["A"] and cut["fallen"] == ["B"] and cut["whole"] == {"cells": [["energy", "2025-06", 30]], "fen": 6_000_000}  # fmt: skip
    assert "A-BUNDLE" in filled("bundle", "request", "requests.csv", "--day", "2025-02-04", code=2)
    filled("bundle", "slip", "A", "2025-06=2025-09", "--reason", "开工逾期", "--day", "2025-05-01")
    again = json.loads(filled("bundle", "decide", "--until", "2025-12-31", "--day", "2025-05-02", "--json"))
    assert [(r["project"], r["answer"]) for r in again] == [("A", "granted")]
    filled("bundle", "use", "A", "--evidence", "用能批复", "--day", "2025-06-01")
    assert "A-BUNDLE" in filled("bundle", "use", "A", "--evidence", "又一次", "--day", "2025-06-02", code=2)


def test_a_shortfall_becomes_a_debt_and_the_firms_word_counts_less(filled, tmp_path):
    assert "not signed" in filled("promise", "enter", "promises.csv", "--day", "2025-06-21", code=2)
    filled("move", "A", "promoted", "--document", "名单", "--day", "2025-03-05")
    filled("move", "A", "signed", "--document", "合同", "--day", "2025-06-20")
    filled("promise", "enter", "promises.csv", "--day", "2025-06-21")
    assert "K1" in filled("promise", "due", "--since", "2025-12-30", "--until", "2025-12-31")
    (check,) = json.loads(filled("promise", "check", "measures.csv", "--day", "2026-01-05", "--json"))
    assert (check["outcome"], check["short"], check["debt_fen"]) == ("short", 6000, 60_000_000)
    assert json.loads(filled("promise", "check", "measures.csv", "--day", "2026-01-06", "--json")) == []
    filled("promise", "deliver", "-o", "deliveries.csv")
    assert (tmp_path / "deliveries.csv").read_text(encoding="utf-8-sig").splitlines() == ["firm,ratio", "F1,4/5"]
