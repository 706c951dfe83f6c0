"""A promise counts in a round's score times the firm's own delivery ratio, and the rule's hash says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from kaiwu.allot.record import rule_hash
from kaiwu.pack import builtin_packs, open_library
from kaiwu.pack.library import Library
from kaiwu.procedure.allot.folder import open_folder
from kaiwu.quantity import KaiwuError

PACK = "pack: probe\nzh: 试\nen: Probe\nversion: '1'\njurisdiction: 试\ndepends: [reference/land]\n"
BOOK = """rulebook: probe_round
family: probe_round
kind: allotment
zh: 试
en: Probe
jurisdiction: 试
level: county
document: {title: 试, issuer: 试, date: 2025-01-01, standing: inferred}
population: project
rated: last_year
status: draft
sees: [承诺投资强度, 承诺亩均税收, 承诺单位能耗增加值]
kinds:
  - {kind: floor, disposal: direct, article: 试, entry: {when: "true"}}
score: {rulebook: land_score_promise, step: 1分, full: 100分, discount: [承诺投资强度, 承诺亩均税收]}
passes: [{code: open, zh: 公开, en: Open}]
ties: [date, draw]
"""
ROUND = "round: R\nzh: 试\nen: Probe\nrulebook: probe_round\nas_of: 2025-09-30\nrated: 2024\ndeadline: 2025-08-31\n"
PROJECTS = """主体代码,申请企业,接受方式,申请日期,承诺投资强度(万元/亩),承诺亩均税收(万元/亩),承诺单位能耗增加值(万元/吨标煤(等价值))
P1,F1,标准厂房(楼层),2025-08-01,500,40,1.9
P2,F2,标准厂房(楼层),2025-08-02,500,40,1.9
"""
SUPPLIES = "主体代码,供给方式,所属园区,供给面积(亩)\nS1,标准厂房(楼层),东园,5\n"


def library(folder: Path, book: str = BOOK) -> Library:
    place = folder / "packs" / "probe"
    (place / "rulebooks").mkdir(parents=True, exist_ok=True)
    (place / "pack.yaml").write_text(PACK, encoding="utf-8")
    (place / "rulebooks" / "probe_round.yaml").write_text(book, encoding="utf-8")
    return open_library(["probe"], [folder / "packs", builtin_packs()])


def write(folder: Path, deliveries: str = "") -> Path:
    for name, text in (("round.yaml", ROUND), ("projects.csv", PROJECTS), ("supplies.csv", SUPPLIES), ("deliveries.csv", deliveries)):  # fmt: skip
        if text:
            (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_a_firm_that_delivered_less_scores_less_for_the_same_promise(tmp_path: Path) -> None:
    round_ = open_folder(write(tmp_path, "firm,ratio\nF2,3/4\n"), library(tmp_path)).round
    one, two = round_.applicant("P1"), round_.applicant("P2")
    assert (one.items, one.score) == ({"investment": 30, "tax": 45, "energy": 25}, 100)
    assert (two.items, two.score) == ({"investment": 20, "tax": 25, "energy": 25}, 70)


def test_the_table_of_deliveries_is_needed_and_checked(tmp_path: Path) -> None:
    for text in ("", "firm,ratio\nF2,5/4\n", "firm,ratio\nF2,x\n"):
        with pytest.raises(KaiwuError, match="A-POOL-ROW"):
            open_folder(write(tmp_path, text), library(tmp_path))


def test_a_discount_belongs_to_the_rule_that_is_adopted(tmp_path: Path) -> None:
    folder = write(tmp_path, "firm,ratio\n")
    with_it = rule_hash(open_folder(folder, library(tmp_path)).round.rule)
    without = rule_hash(open_folder(folder, library(tmp_path, BOOK.replace(", discount: [承诺投资强度, 承诺亩均税收]", ""))).round.rule)  # fmt: skip
    assert with_it != without
    with pytest.raises(KaiwuError, match="A-VARIABLE"):
        library(tmp_path, BOOK.replace("[承诺投资强度, 承诺亩均税收]", "[没有]")).scheme("probe_round")
