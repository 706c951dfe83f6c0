"""``kaiwu match evaluate --table``: the rows that the given data allow, and what the others are measured by."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kaiwu.cli.main import main

TRADES = ("机械", "化工", "纺织", "电子", "制药")
BRANDS = ("晴川", "苍鹭", "白桐", "磨石")


def call(*words: str) -> Result:
    return CliRunner().invoke(main, ["match", "evaluate", *words])


@pytest.fixture
def data(tmp_path: Path) -> Path:
    names = [f"杭州{brand}{trade}有限公司" for brand in BRANDS for trade in TRADES]
    (tmp_path / "dev").mkdir()
    registry = "\n".join(f"{i}\t{name}\tsynthetic" for i, name in enumerate(names))
    (tmp_path / "er_registry.tsv").write_text(f"rid\tfull_name\tkind\n{registry}\n", "utf-8")
    mentions = "\n".join([f"{name}\t{i}\tfull" for i, name in enumerate(names)] + ["江苏黄栌仪表有限公司\t-1\tabsent"])
    (tmp_path / "dev" / "er_mentions.tsv").write_text(f"mention\ttruth_rid\tkind\n{mentions}\n", "utf-8")
    return tmp_path


def test_rows_tell_what_to_reach_what_was_measured_elsewhere_and_what_these_data_give(data: Path) -> None:
    result = call("--table", str(data), "--no-learnt", "--json")
    assert result.exit_code == 0, result.output
    rows = json.loads(result.stdout)
    (names,) = [row for row in rows if row["en"] == "names only, F1 / recall at P ≥ 0.99; hand weights"]
    assert names["measured"] == "1.0000 / 1.0000" and "Splink" in names["elsewhere"] and "0.965" in names["reach"]
    assert {row["group"] for row in rows} == {"identity", "retrieval", "speed"}
    assert next(row for row in rows if row["group"] == "retrieval")["measured"] == "-"


def test_the_table_says_that_development_is_not_blind(data: Path) -> None:
    assert "not blind" in call("--table", str(data), "--no-learnt", "--lang", "en").output
    assert "不是盲测" in call("--table", str(data), "--no-learnt").output


def test_a_folder_without_data_and_a_workspace_without_truth_are_refused(tmp_path: Path) -> None:
    assert "M-TABLE-DATA" in call("--table", str(tmp_path)).output
    (tmp_path / "kaiwu.toml").write_text('[workspace]\nzh = "区"\npacks = ["national"]\n', "utf-8")
    assert "M-TABLE-TRUTH" in call("--table", str(tmp_path)).output
    assert "M-EVALUATE-FILES" in call().output
