"""Band tables: the first row that holds, and honest answers where a figure or a finding is missing."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from district import VOCABULARY, facts
from kaiwu.quantity import KaiwuError
from kaiwu.rating import BandScheme, load_bands
from kaiwu.rule.decision import Decision
from kaiwu.rule.outcome import Outcome
from kaiwu.rule.reference import Reference
from kaiwu.table.document import parse_document

HEAD = """
rulebook: level
kind: bands
zh: 数字化水平
en: Digital level
document: {title: 测试, standing: attested}
"""
LEVELS = """
of: 综合评价得分
edges: '[)'
rows:
  - {value: 一级, zh: 一级, en: level 1, from: 20分, to: 40分}
  - {value: 二级, zh: 二级, en: level 2, from: 40分, to: 60分, article: 附件2}
  - {value: 三级, zh: 三级, en: level 3, from: 60分, to: 80分}
  - {value: 四级, zh: 四级, en: level 4, from: 80分}
"""
SIZES = """
produces: grade
by:
  variable: 行业组
  tables:
    机械:
      rows:
        - {value: A, when: 平均职工人数 >= 1000人 且 营业收入 >= 4亿元}
        - {value: B, when: 平均职工人数 >= 300人 且 营业收入 >= 2000万元}
        - {value: C, when: 平均职工人数 >= 20人 且 营业收入 >= 300万元}
      otherwise: D
    化工:
      of: 营业收入
      edges: '(]'
      rows: [{value: D, to: 100万元}, {value: C, from: 100万元, to: 1亿元}, {value: A, from: 1亿元}]
"""


def bands(text: str) -> BandScheme:
    return load_bands(parse_document(HEAD + text, "bands.yaml"), VOCABULARY)


def codes_of(error: pytest.ExceptionInfo[KaiwuError]) -> list[str]:
    return [p.code for p in error.value.problems]


def decide(scheme: BandScheme, **cells: Any) -> Decision:
    """Explain one entity, after the table was seen to say the same."""
    district = facts({"甲": cells})
    (decision,) = scheme.explain(district, "甲")
    row = scheme.decide(district).decisions.row(0, named=True)
    assert (row["outcome"], row["class"] or "") == (decision.outcome, decision.label)
    return decision


def test_a_score_on_the_line_follows_the_declared_edge() -> None:
    scheme = bands(LEVELS)
    assert decide(scheme, points="40分").label == "二级"
    assert decide(scheme, points="39.999999分").label == "一级"
    assert decide(bands(LEVELS.replace("[)", "(]")), points="40分").label == "一级"


def test_a_score_below_the_first_row_is_in_no_band() -> None:
    assert decide(bands(LEVELS), points="19分").outcome is Outcome.FAIL


def test_a_missing_score_is_data_missing_and_named() -> None:
    decision = decide(bands(LEVELS), points=None)
    assert (decision.outcome, decision.missing) == (Outcome.MISSING, ("points",))


def test_tables_by_category_use_the_table_of_the_value() -> None:
    scheme = bands(SIZES)
    assert decide(scheme, industry="机械", staff="1000人", revenue="4亿元").label == "A"
    assert decide(scheme, industry="机械", staff="299人", revenue="100亿元").label == "C"
    assert decide(scheme, industry="机械", staff="19人", revenue="100亿元").label == "D"
    assert decide(scheme, industry="化工", revenue="1亿元").label == "C"
    assert decide(scheme, industry="纺织", revenue="1亿元").outcome is Outcome.FAIL
    assert decide(scheme, industry=None, revenue="1亿元").outcome is Outcome.MISSING


def test_a_missing_figure_that_cannot_change_the_band_does_not_matter() -> None:
    scheme = bands(SIZES)
    assert decide(scheme, industry="机械", staff="10人", revenue=None).label == "D"
    decision = decide(scheme, industry="机械", staff="500人", revenue=None)
    assert (decision.outcome, decision.missing) == (Outcome.MISSING, ("revenue",))
    assert "B" in decision.reasons[0].zh and "A" not in decision.reasons[0].zh


def test_a_band_is_produced_as_the_category_of_the_variable() -> None:
    scheme = bands(SIZES)
    district = facts({"甲": {"industry": "机械", "staff": "10人"}, "乙": {"industry": None}})
    assert scheme.produced(scheme.decide(district)).rows() == [("甲", 3), ("乙", None)]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (LEVELS.replace("edges: '[)'", ""), "S-EDGES"),
        (LEVELS.replace("from: 60分, to: 80分", "from: 61分, to: 80分"), "S-BAND-GAP"),
        (LEVELS.replace("from: 60分, to: 80分", "from: 59分, to: 80分"), "S-BAND-OVERLAP"),
        (LEVELS.replace("from: 60分, to: 80分", "from: 80分, to: 60分"), "S-BAND"),
        (LEVELS.replace("from: 60分, to: 80分", "from: 60万元, to: 80分"), "R-DIMENSION"),
        (LEVELS.replace("from: 60分, to: 80分", "from: 60.5, to: 80分"), "S-UNIT"),
        (LEVELS + "rowz: 1\n", "F-KEY-UNKNOWN"),
        (SIZES.replace("机械:", "木材:"), "S-BAND-VALUE"),
        (SIZES.replace("otherwise: D", "otherwise: E"), "S-PRODUCES"),
        ("otherwise: A\n", "S-BAND-FORM"),
    ],
)
def test_a_table_with_a_hole_or_a_slip_is_refused(text: str, code: str) -> None:
    with pytest.raises(KaiwuError) as error:
        bands(text)
    assert code in codes_of(error)
    assert all(p.where.startswith("bands.yaml:") for p in error.value.problems)


def test_all_mistakes_of_a_table_are_reported_together() -> None:
    with pytest.raises(KaiwuError) as error:
        bands(LEVELS.replace("edges: '[)'", "").replace("from: 60分, to: 80分", "from: 61分, to: 80分") + "rowz: 1\n")
    assert {"S-EDGES", "S-BAND-GAP", "F-KEY-UNKNOWN"} <= set(codes_of(error))


ROWS = """
rows:
  - {value: %s, when: 规上企业}
  - {value: %s, when: 严重违法}
  - {value: %s, when: 获质量奖}
  - {value: %s, when: 公用事业}
"""


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.sampled_from("ABC"), min_size=4, max_size=4),
    st.sampled_from([None, "A", "D"]),
    st.booleans(),
    st.data(),
)
def test_unknown_rows_count_exactly_where_they_can_change_the_band(
    values: list[str], otherwise: str | None, scoped: bool, data: st.DataObject
) -> None:
    text = (
        ROWS % tuple(values)
        + (f"otherwise: {otherwise}\n" if otherwise else "")
        + ("scope: 发生重大事故\n" if scoped else "")
    )
    scheme = bands(text)
    cells = {
        k: data.draw(st.sampled_from([0, 1, None])) for k in ("above", "violation", "award", "utility", "accident")
    }
    row = dict(cells)
    trees = ([scheme.book.scope] if scheme.book.scope is not None else []) + [r.when for r in scheme.book.rows]
    known = [Reference(row).outcome(tree) for tree in trees]
    decision = decide(scheme, **cells)
    assert decision.outcome is _by_completion(known, values, otherwise, scoped)


def _by_completion(known: list[Outcome], values: list[str], otherwise: str | None, scoped: bool) -> Outcome:
    """The four answers by trying every completion of what is not known."""

    def band(answers: tuple[bool, ...]) -> str | None:
        if scoped and not answers[0]:
            return None
        return next((v for v, a in zip(values, answers[scoped:], strict=True) if a), otherwise)

    choices = [[o is Outcome.PASS] if o <= Outcome.PASS else [True, False] for o in known]
    results = {answers: band(answers) for answers in product(*choices)}
    if len(set(results.values())) == 1:
        return Outcome.FAIL if None in results.values() else Outcome.PASS
    for i, outcome in enumerate(known):
        if outcome is Outcome.MISSING:
            turned = [(a, (*a[:i], not a[i], *a[i + 1 :])) for a in results]
            if any(results[a] != results[b] for a, b in turned):
                return Outcome.MISSING
    return Outcome.HUMAN
