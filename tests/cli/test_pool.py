"""The commands of the reserve pool, and the rows of files that they refuse."""

import json

import pytest
from click.testing import CliRunner

from kaiwu.cli.main import main

STEPS = """project,stage,day,document,by,investment
A,candidate,2025-01-05,申请,张,3亿元
A,pooled,2025-02-05,会议纪要,张,3亿元
A,promoted,2025-03-05,名单,张,3亿元
A,signed,2025-05-20,合同,张,3.2亿元
B,candidate,2025-01-05,申请,张,1亿元
"""
SCORES = "project,score,member\nA,65,是\nB,72,否\nC,59,是\nD,,是\n"


def run(*args: str) -> tuple[int, str]:
    done = CliRunner().invoke(main, list(args))
    return done.exit_code, done.output


def test_counts_come_by_stage_and_date(tmp_path):
    path = tmp_path / "steps.csv"
    path.write_text(STEPS, encoding="utf-8")
    code, out = run("pool", "tally", str(path), "--day", "2025-05-31", "--json", "--lang", "en")
    rows = {r["stage"]: r for r in json.loads(out)}
    assert code == 0 and rows["signed"]["reached"] == 1 and rows["signed"]["100 million yuan"] == "3.20"
    assert rows["candidate"]["reached"] == 2 and rows["candidate"]["standing"] == 1
    _, out = run("pool", "tally", str(path), "--day", "2025-04-30", "--json", "--lang", "en")
    assert {r["stage"]: r["reached"] for r in json.loads(out)}["signed"] == 0


def test_a_rescoring_names_everybody_with_score_and_line(tmp_path):
    path = tmp_path / "scores.csv"
    path.write_text(SCORES, encoding="utf-8")
    code, out = run("pool", "rescore", str(path), "--scores-only", "--json", "--lang", "en")
    found = {r["project"]: r["verdict"] for r in json.loads(out)}
    assert code == 0
    assert found == {"A": "stays", "B": "enters", "C": "leaves", "D": "undecided for want of data"}
    assert "扰动" in run("pool", "rescore", str(path), "--scores-only")[1]


@pytest.mark.parametrize(
    ("command", "text", "word"),
    [("tally", STEPS.replace("2025-05-20", "5月20日"), "steps.csv:5"), ("tally", STEPS.replace("3.2亿元", "3.2"), "steps.csv:5"),
     ("tally", STEPS.replace("signed", "landed"), "A-POOL-STEP"), ("tally", "project,stage\n", "缺少列"),
     ("rescore", SCORES.replace("72", "72.5"), "steps.csv:3"), ("rescore", SCORES.replace("否", "x"), "steps.csv:3")],
)  # fmt: skip
def test_wrong_rows_are_refused_with_their_place(tmp_path, command, text, word):
    path = tmp_path / "steps.csv"
    path.write_text(text, encoding="utf-8")
    code, out = run("pool", command, str(path), *(["--scores-only"] if command == "rescore" else []))
    assert code == 2 and word in out
