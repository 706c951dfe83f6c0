"""``kaiwu match find`` and ``kaiwu match evaluate`` on small sheets."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from kaiwu.cli.main import main

SPACES = """\
空间编号,空间名称,面积(平方米),楼面荷载(吨/平方米)
A,标准厂房A,2400,1.5
B,标准厂房B,3000,0.8
C,标准厂房C,2600,
"""
ROOM = "面积 >= 2000平方米 且 楼面荷载 >= 1吨/平方米"


def call(*words: str) -> Result:
    return CliRunner().invoke(main, ["match", *words])


@pytest.fixture
def spaces(tmp_path: Path) -> Path:
    path = tmp_path / "spaces.csv"
    path.write_text(SPACES, "utf-8")
    return path


def find(spaces: Path, *words: str) -> Result:
    return call("find", *words, "--offers", str(spaces), "--listing", "spaces", "--on", "2026-03-01")


def test_a_need_in_words_gets_what_fits_what_would_and_why(spaces: Path) -> None:
    result = find(spaces, "厂房", "--when", ROOM, "--json")
    assert result.exit_code == 0, result.output
    (answer,) = json.loads(result.stdout)
    assert [m["offer"] for m in answer["matches"]] == ["A"]
    assert [(m["offer"], m["outcome"]) for m in answer["would_fit"]] == [("C", "MISSING")]
    assert any("楼面荷载" in line["zh"] for line in answer["matches"][0]["reasons"])
    assert any("若不设“楼面荷载" in step["zh"] for step in answer["steps"])


def test_people_read_it_in_their_language(spaces: Path) -> None:
    chinese = find(spaces, "厂房", "--when", ROOM).output
    assert "厂房: 1 项符合, 1 项缺数据" in chinese and "补齐数据后可能符合" in chinese
    english = find(spaces, "厂房", "--when", ROOM, "--lang", "en").output
    assert "1 fit, 1 lack data" in english and "would fit if known" in english


def test_no_match_is_an_answer_and_no_failure(spaces: Path) -> None:
    result = find(spaces, "厂房", "--when", "面积 >= 90000平方米")
    assert result.exit_code == 0
    assert "没有完全符合的供给" in result.output and "放宽到3,000平方米" in result.output


@pytest.mark.parametrize(
    ("words", "code"),
    [(("厂房", "--when", "层数 > 3"), "R-NAME"), ((), "M-NEED-NONE"), (("——",), "M-NO-OBJECT")],
)
def test_bad_needs_are_told_and_exit_with_two(spaces: Path, words: tuple[str, ...], code: str) -> None:
    result = find(spaces, *words)
    assert result.exit_code == 2
    assert f"[{code}]" in result.stderr


def test_an_unknown_listing_names_those_that_exist(spaces: Path) -> None:
    result = call("find", "厂房", "--offers", str(spaces), "--listing", "rooms")
    assert result.exit_code == 2 and "[M-LISTING-NONE]" in result.stderr and "spaces" in result.stderr


# -- evaluate ---------------------------------------------------------------------------------------------------

WAYS = ("精密{}加工", "{}生产线", "进口{}销售", "{}回收")


@pytest.fixture
def judged(tmp_path: Path) -> tuple[str, ...]:
    """A synthetic market: of the four ways in which a thing is offered, two are of use."""
    things = ["轴承", "齿轮", "电机", "水泵", "阀门", "弹簧"]
    needs = [{"code": t, "title": f"精密{t}", "text": f"需要{t}生产线"} for t in things]
    offers = [{"code": f"{t}{i}", "title": way.format(t)} for t in things for i, way in enumerate(WAYS)]
    for name, rows in (("needs", needs), ("offers", offers)):
        lines = [json.dumps(row, ensure_ascii=False) for row in rows]
        (tmp_path / f"{name}.jsonl").write_text("\n".join(lines), "utf-8")
    pairs = [f"{t}\t{t}{i}\t{grade}" for t in things for i, grade in enumerate((3, 1, 0, 0))]
    (tmp_path / "grades.tsv").write_text("\n".join(["need\toffer\tgrade", *pairs]), "utf-8")
    files = {"needs": "needs.jsonl", "offers": "offers.jsonl", "judgements": "grades.tsv"}
    return tuple(word for key, name in files.items() for word in (f"--{key}", str(tmp_path / name)))


def test_the_table_shows_every_setting_and_the_honest_choice(judged: tuple[str, ...]) -> None:
    result = call("evaluate", *judged, "--json")
    assert result.exit_code == 0, result.output
    data = json.loads(result.stdout)
    assert (data["needs"], data["pairs"], len(data["settings"])) == (6, 24, 12)
    assert data["settings"][0]["ndcg"] > 0.9 and data["nested"]["ndcg"] > 0.9
    assert [row["name"] for row in data["stages"]][1] == "extraction"
    assert "五折嵌套选参" in call("evaluate", *judged).output


def test_a_permit_needs_an_encoder_that_is_proven_better(judged: tuple[str, ...], tmp_path: Path) -> None:
    alone = call("evaluate", *judged, "--permit", str(tmp_path / "p.json"))
    assert alone.exit_code == 2 and "[M-PERMIT-STAGE]" in alone.stderr
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "words.txt").write_text("精密\n回收\n", "utf-8")
    np.save(folder / "vectors.npy", np.array([[1, 0], [0, 1]], np.float32))
    result = call("evaluate", *judged, "--encoder", str(folder), "--permit", str(tmp_path / "p.json"))
    assert result.exit_code == 2 and "[M-STAGE-UNPROVEN]" in result.stderr
    assert not (tmp_path / "p.json").exists()


def test_a_stage_without_a_permit_stays_off(spaces: Path, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "words.txt").write_text("厂房\n", "utf-8")
    np.save(folder / "vectors.npy", np.array([[1, 0]], np.float32))
    result = find(spaces, "厂房", "--encoder", str(folder))
    assert result.exit_code == 2 and "[M-STAGE-OFF]" in result.stderr


def test_checking_a_pack_finds_mistakes_in_what_it_says_of_offers(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    (folder / "match").mkdir(parents=True)
    (folder / "pack.yaml").write_text("pack: mine\nzh: 本地\nen: Mine\nversion: '1'\n", "utf-8")
    (folder / "match" / "retrieval.yaml").write_text("part: {k1: 99}\n", "utf-8")
    (folder / "match" / "extraction.yaml").write_text("headings: {objekt: [采购内容]}\n", "utf-8")
    result = CliRunner().invoke(main, ["check", "mine", "--packs", str(tmp_path)])
    assert result.exit_code == 2
    assert "mine/match/retrieval.yaml:1:" in result.stderr and "mine/match/extraction.yaml:1:" in result.stderr
