"""Rubrics inside rubrics, slots that a pack above fills, and signed changes of grade in a run."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import polars as pl
import pytest
from test_forms import FULL
from town import HEAD, TABLE, VERDICT, facts, rubric

from kaiwu.pack import open_library
from kaiwu.pack.case import make_facts
from kaiwu.pack.library import builtin_packs
from kaiwu.procedure.class_change import ClassChange, place_changes
from kaiwu.procedure.execution import execute
from kaiwu.quantity import KaiwuError
from kaiwu.rule.decision import Facts
from kaiwu.rule.outcome import Outcome

PROVINCE = """
rulebook: province_local
kind: rubric
zh: 某省地方特色指标
en: Local features of a province
document: {title: 某省细则}
produces: srdi_local
full: 15分
items:
  - {code: chain, zh: 省级产业链, en: Chain of the province, max: 15分, levels: {rows: [{zh: 在链, en: in it, when: 在省级产业链, points: 15分}], otherwise: 0分}}
"""
VARIABLES = "variables:\n  province_chain: {zh: 在省级产业链, en: In a chain of the province, kind: flag}\n"
CORE = {"从事细分市场年限": "2年", "研发费用": "300万元", "营业收入": "2000万元", "专精特新基础得分": "50分"}


@pytest.fixture
def packs(tmp_path: Path) -> list[Path]:
    folder = tmp_path / "province"
    for name, text in (
        ("pack.yaml", 'pack: province\nzh: 某省\nen: A province\nversion: "1"\ndepends: [national]\n'),
        ("variables/v.yaml", VARIABLES),
        ("rulebooks/local.yaml", PROVINCE),
        ("rulebooks/loop.yaml", PROVINCE.replace("province_local", "loop").replace("produces: srdi_local\n", "").split("items:")[0]
         + "blocks: [{code: b, zh: 自己, en: itself, max: 15分, rubric: loop}]\n"),
        ("rulebooks/none.yaml", PROVINCE.replace("province_local", "none").replace("produces: srdi_local\n", "").split("items:")[0]
         + "blocks: [{code: b, zh: 别的, en: other, max: 15分, rubric: sme_size_2011}]\n"),
    ):  # fmt: skip
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return [tmp_path, builtin_packs()]


def test_an_empty_slot_is_a_named_unknown_and_a_pack_above_fills_it(packs: list[Path]) -> None:
    library = open_library(["province"], packs)
    shelf, scheme = library.shelves["province"], library.scheme("srdi_sme_2022")
    people = {"在链": {**CORE, "在省级产业链": "是"}, "不在": {**CORE, "在省级产业链": "否"}, "不明": CORE}
    frame = make_facts(scheme, shelf, people, dt.date(2025, 6, 1), 2024)
    alone = scheme.decide(frame).decisions
    assert set(alone["outcome"]) == {int(Outcome.MISSING)}
    assert set(alone["high_score"] // 10**6) == {65}
    slot = next(r for r in scheme.explain(frame, "不明")[0].reasons if "专精特新特色化得分" in r.zh)
    assert "尚未填写" in slot.zh
    together = execute([scheme, library.scheme("province_local")], frame).results["srdi_sme_2022"].decisions
    found = dict(zip(together["entity"], together["high_score"] // 10**6, strict=True))
    assert found == {"在链": 65, "不在": 50, "不明": 65}
    assert together.filter(entity="在链")["outcome"][0] == Outcome.PASS


def test_the_grade_of_one_evaluation_is_an_item_of_another() -> None:
    """The digital level of a firm is a band of its own; while it is open, so is the item that reads it."""
    library = open_library(["national"])
    schemes = [library.scheme(code) for code in ("digital_level_2022", "srdi_score_2022")]
    frame = make_facts(schemes[1], library.shelves["national"], {"有": {}, "无": {}}, dt.date(2025, 6, 1), 2024)
    grain = next(n.variable.grain for n in schemes[0].needs())
    scores = pl.Series("digital_score", [60 * int(10**6 / grain), None], dtype=pl.Int64)
    frame = Facts(frame.table.with_columns(scores), frame.as_of, frame.rated)
    items = execute(schemes, frame).results["srdi_score_2022"].tables["items"].filter(item="digital")
    rows = {r["entity"]: (r["low_points"] // 10**6, r["high_points"] // 10**6) for r in items.iter_rows(named=True)}
    assert rows == {"有": (5, 5), "无": (0, 5)}


@pytest.mark.parametrize("code", ["loop", "none"])
def test_a_table_may_not_take_in_itself_or_what_is_no_table(packs: list[Path], code: str) -> None:
    with pytest.raises(KaiwuError, match="S-RUBRIC-NEST"):
        open_library(["province"], packs).scheme(code)


def test_a_signed_change_of_a_run_finds_the_only_graded_rubric() -> None:
    scheme, frame = rubric(HEAD + TABLE + VERDICT), facts({"a": FULL})
    plain = rubric(HEAD.replace("good_firm", "plain") + TABLE)
    change = ClassChange("a", "low", "第五条", "镇长", "查实虚报")
    placed = place_changes([change], [scheme, plain])
    assert [c.scheme for c in placed] == ["good_firm"]
    table = execute([scheme], frame, placed).results["good_firm"].decisions
    assert set(table["class"]) == {"low"}
    with pytest.raises(KaiwuError, match="S-CHANGE-SCHEME"):
        place_changes([change], [plain])
