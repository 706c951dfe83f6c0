"""What firms declare is made from the numbers that the clauses themselves name."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

import pytest
from synthetic_district import KNOWN_AT, Imported

from kaiwu.figure.variable import Kind
from kaiwu.pack import Library, open_library
from kaiwu.pack.library import build_library
from kaiwu.pack.pack import make_pack
from kaiwu.synth.declaration import list_forms
from kaiwu.synth.hint import read_hints

PACK = 'pack: tiny\nzh: 小区\nen: Tiny\nversion: "1"\n'
VARIABLES = """\
variables:
  turnover: {zh: 营业收入, en: Turnover, kind: money, unit: 万元, bound: [0元, 10000亿元]}
  spent: {zh: 软件投资额, en: Software, kind: money, unit: 万元, bound: [0元, 1000亿元]}
  share: {zh: 占比, en: Share, kind: ratio, unit: "%", bound: [0%, 100%], derive: 软件投资额 / 营业收入}
  barred: {zh: 列入黑名单, en: Blacklisted, kind: flag}
  accident: {zh: 发生事故, en: Accident, kind: flag}
  good: {zh: 获奖, en: Prize, kind: flag}
  strong: {zh: 强企, en: Strong, kind: flag}
  fits: {zh: 符合导向, en: Fits, kind: judgement}
  built: {zh: 项目投资, en: Project, kind: money, unit: 万元, bound: [0元, 1000亿元], scope: project}
"""
RULEBOOK = """\
rulebook: strong
kind: clauses
zh: 强企认定
en: Strong firms
document: {title: 试行办法, date: 2023-01-01}
valid: {from: 2023-01-01}
produces: strong
rounding: {to: 1元, mode: half_up}
clauses:
  - {id: a, article: 第一条, zh: 强企, en: Strong, text: 共777万元, when: 营业收入 >= 1000万元 且 非 (发生事故) 且 占比 >= 3%,
     veto: [{zh: 黑名单, en: Blacklist, when: 列入黑名单}]}
  - {id: b, article: 第二条, zh: 奖励, en: Award, when: 获奖 且 强企 且 符合导向, amount: 10% * 软件投资额, cap: 50万元}
"""
PROJECTS = """\
rulebook: works
kind: clauses
zh: 项目扶持
en: Projects
population: project
document: {title: 试行办法, date: 2023-01-01}
valid: {from: 2023-01-01}
clauses:
  - {id: c, article: 第三条, zh: 项目, en: Project, when: 项目投资 >= 500万元}
"""


@pytest.fixture(scope="module")
def library() -> Library:
    files = {
        "pack.yaml": PACK,
        "variables/v.yaml": VARIABLES,
        "rulebooks/a.yaml": RULEBOOK,
        "rulebooks/b.yaml": PROJECTS,
    }
    return build_library([make_pack(files, "tiny")])


def test_a_number_beside_a_variable_is_what_it_is_drawn_around(library: Library) -> None:
    hints = read_hints(library.shelves["tiny"])
    assert hints["turnover"].numbers == [Fraction(1000 * 10**6)], "not the 777万元 of the prose"
    assert hints["spent"].numbers == [Fraction(50 * 10**6)], "the cap of its clause"
    assert hints["built"].numbers == [Fraction(500 * 10**6)]


def test_flags_that_speak_against_a_firm_are_told_from_others(library: Library) -> None:
    hints = read_hints(library.shelves["tiny"])
    assert {code: hints[code].is_barred for code in ("barred", "accident", "good")} == {
        "barred": True,
        "accident": True,
        "good": False,
    }


def test_a_form_asks_for_what_is_neither_derived_nor_judged_nor_produced_nor_given(library: Library) -> None:
    forms = {f.scope: set(f.fields) for f in list_forms(library, ["tiny"], {"turnover"}, "合成")}
    assert forms == {"legal_entity": {"spent", "barred", "accident", "good"}, "project": {"built"}}


def test_a_variable_stands_in_one_form_only() -> None:
    shipped = open_library(["national", "xiaoshan", "reference/szqu", "reference/zz"])
    forms = list_forms(shipped, ["national", "xiaoshan", "reference/szqu", "reference/zz"], set(), "合成")
    asked = Counter(code for form in forms for code in form.fields)
    assert asked
    assert max(asked.values()) == 1


def test_some_declare_what_passes_and_some_what_fails(imported: Imported) -> None:
    """HZ14 C125: 装备项目总投资 at least 20 and less than 50 million yuan."""
    library = imported.workspace.library
    total = library.variables["hz14_total"]
    values = imported.workspace.figures.scan([total.code], KNOWN_AT)["value"].drop_nulls()
    assert total.kind is Kind.MONEY
    assert len(values) >= 1
    assert values.min() > 0
    shares = imported.workspace.figures.scan(["dq_software"], KNOWN_AT)["value"].drop_nulls()
    assert (shares > 5 * 10**6).any()
    assert (shares < 100 * 10**6).any()
