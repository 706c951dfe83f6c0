"""Rulebooks of kind allotment: what is declared, and what is refused with its place."""

from __future__ import annotations

import pytest

from kaiwu.allot.loader import load
from kaiwu.allot.record import rule_hash
from kaiwu.allot.scheme import AllotmentScheme
from kaiwu.pack import open_library
from kaiwu.quantity import KaiwuError
from kaiwu.table import parse_document

LIBRARY = open_library(["national", "yuhang", "xiaoshan", "reference/land"])
TEXT = """
rulebook: trial
kind: allotment
zh: 试
en: trial
population: project
sees: [申请企业亩均税收, 列入失信或重大违法, 分段式得分, 需求面积下限]
kinds:
  - kind: land_sale
    threshold: 60分
    entry: {when: 申请企业亩均税收 >= 10万元/亩, veto: [列入失信或重大违法]}
score: {of: 分段式得分, step: 0.1分, full: 100分}
constraints:
  - {code: least, zh: 面积, en: area, need: 需求面积下限, offer: 宗地面积, test: at_least}
resources:
  - {code: energy, zh: 能耗, en: energy, unit: 吨标煤(等价值), per: month}
passes:
  - {code: open, zh: 公开, en: open}
ties: [date, draw]
"""


def load_text(text: str) -> AllotmentScheme:
    return load(parse_document(text, "trial.yaml"), LIBRARY.shelves["reference/land"].vocabulary, LIBRARY.rulebook)


def codes(text: str) -> dict[str, str]:
    """Code and place of every mistake."""
    with pytest.raises(KaiwuError) as caught:
        load_text(text)
    assert all(p.zh and p.en and p.where for p in caught.value.problems)
    return {p.code: p.where for p in caught.value.problems}


def test_a_sound_rulebook_loads_with_its_scale_and_threshold() -> None:
    rule = load_text(TEXT).rule
    assert (rule.scale.highest, rule.kinds[0].threshold, rule.kinds[0].is_public) == (1000, 600, True)


@pytest.mark.parametrize(
    ("old", "new", "code", "where"),
    [
        ("申请企业亩均税收 >= 10万元/亩", "申请企业研发占比 >= 3%", "A-UNSEEN", "kinds[0].entry.when"),
        ("sees: [申请企业亩均税收, 列入失信或重大违法, 分段式得分,", "sees: [申请企业亩均税收, 列入失信或重大违法,", "A-UNSEEN", "score"),
        ("ties: [date, draw]", "ties: []", "A-TIE", "trial.yaml"),
        ("threshold: 60分", "threshold: 60.05分", "A-SCORE", "kinds[0].threshold"),
        ("step: 0.1分", "step: 0.3分", "A-SCALE", "score"),
        ("  - kind: land_sale\n", "  - kind: land_sale\n    disposal: direct\n", "A-PUBLIC", "kinds[0].disposal"),
        ("  - kind: land_sale\n", "  - kind: lease\n    disposal: direct\n", "A-PUBLIC", "kinds[0].disposal"),
        ("zh: 公开,", "zh: 合成精密机械有限公司专场,", "A-NAMED", "passes[0].zh"),
        ("申请企业亩均税收 >= 10万元/亩", "申请企业亩均税收 >= 10万元", "R-DIMENSION", "kinds[0].entry.when"),
        ("offer: 宗地面积", "offer: 宗地宽度", "A-UNIT", "constraints[0].offer"),
        ("unit: 吨标煤(等价值)", "unit: 斗", "Q-UNIT-UNKNOWN", "resources[0].unit"),
        ("per: month", "per: week", "F-KEY-WORD", "resources[0].per"),
        ("{of: 分段式得分,", "{", "A-SCORE", "score"),
    ],
)  # fmt: skip
def test_a_mistake_is_refused_with_its_place(old: str, new: str, code: str, where: str) -> None:
    assert old in TEXT
    found = codes(TEXT.replace(old, new))
    assert code in found, found
    assert any(where in place for place in found.values()), found


def test_every_mistake_is_reported_at_once() -> None:
    both = TEXT.replace("ties: [date, draw]", "ties: []").replace("step: 0.1分", "step: 0.3分")
    assert {"A-TIE", "A-SCALE"} <= set(codes(both))


def test_land_may_be_leased_by_agreement_where_an_article_says_so() -> None:
    text = TEXT.replace("  - kind: land_sale\n", "  - kind: lease\n    disposal: direct\n    article: 第八条\n")
    assert load_text(text).rule.kinds[0].is_public is False


def test_the_hash_of_a_rule_covers_its_conditions_and_its_ruler() -> None:
    one, two = load_text(TEXT), load_text(TEXT.replace("10万元/亩", "11万元/亩"))
    assert rule_hash(one.rule) != rule_hash(two.rule)
    trial = LIBRARY.scheme("land_round_trial")
    assert isinstance(trial, AllotmentScheme)
    assert trial.rule.ruler.startswith("land_score_ratio ") and next(code for code, _, _ in trial.rule.items) == "tax"


def test_conditions_of_a_clause_are_taken_over_and_not_written_twice() -> None:
    scheme, clauses = LIBRARY.scheme("yh_land_round_2023"), LIBRARY.scheme("yh_land_need_2023")
    assert isinstance(scheme, AllotmentScheme)
    condition = clauses.book.clause("land").condition  # type: ignore[attr-defined]
    assert [p.text for p in scheme.book.entries["land_sale"].parts] == [
        leaf.text for part in condition.parts for leaf in part.leaves()
    ]


def test_an_unknown_clause_is_refused() -> None:
    text = TEXT.replace(
        "entry: {when: 申请企业亩均税收 >= 10万元/亩, veto: [列入失信或重大违法]}",
        "entry: {rulebook: yh_land_need_2023, clause: sea}",
    )
    assert "A-CLAUSE" in codes(text)


def test_the_template_of_a_district_without_published_rules_stays_empty() -> None:
    scheme = LIBRARY.scheme("xs_land_round")
    assert isinstance(scheme, AllotmentScheme)
    assert (scheme.book.head.status, scheme.rule.kinds, scheme.rule.ties) == ("template", (), ())
