"""check, lint, schemes, variables."""

from __future__ import annotations

import pytest

from small_county import make_county


@pytest.fixture
def roots(tmp_path):
    make_county(tmp_path)
    return tmp_path / "packs"


def test_a_good_pack_passes(kaiwu, roots):
    answer = kaiwu("check", roots / "county")
    assert answer.code == 0
    assert "county: 3 个规则文件, 0/0 个测试通过" in answer.out
    data = kaiwu("check", "county", "--packs", roots, "--json").data
    assert set(data["schemes"]) == {"ruler", "award", "plan"}
    assert data["problems"] == []


def test_a_pack_with_three_mistakes_gets_all_three_reported_with_place_and_both_languages(kaiwu, roots):
    award, plan = roots / "county/rulebooks/award.yaml", roots / "county/rulebooks/plan.yaml"
    award.write_text(
        award.read_text(encoding="utf-8").replace(">= 3%", ">= 300万元"), encoding="utf-8"
    )  # a ratio against money
    plan.write_text(plan.read_text(encoding="utf-8").replace("5000万元", "5000"), encoding="utf-8")  # no unit
    ruler = roots / "county/rulebooks/ruler.yaml"
    ruler.write_text(
        ruler.read_text(encoding="utf-8").replace("实缴税金 /", "实缴税费 /"), encoding="utf-8"
    )  # no such variable
    answer = kaiwu("check", roots / "county")
    assert answer.code == 2
    for name in ("award.yaml:", "plan.yaml:", "ruler.yaml:"):
        assert name in answer.err
    assert "3 处错误" in answer.err
    problems = kaiwu("check", roots / "county", "--json").data["problems"]
    assert len(problems) == 3
    for problem in problems:
        assert problem["code"]
        assert problem["zh"]
        assert problem["en"]
        assert "county/rulebooks/" in problem["where"]


def test_a_failing_pack_test_is_told_with_its_citation(kaiwu, roots):
    tests = roots / "county/tests"
    tests.mkdir()
    (tests / "t.yaml").write_text(
        "scheme: award\nas_of: 2024-06-30\ntests:\n  - {name: 三个百分点即可, cites: 第二条, clause: b1, facts: {研发费用: 3万元, 营业收入: 100万元}, "
        "expect: {outcome: 不符合}}\n",
        encoding="utf-8",
    )
    answer = kaiwu("check", roots / "county")
    assert answer.code == 1
    assert "三个百分点即可 [第二条]" in answer.err
    assert kaiwu("check", roots / "county", "--no-tests").code == 0


def test_an_unknown_pack_is_refused_with_those_that_exist(kaiwu, roots):
    answer = kaiwu("check", "nowhere", "--packs", roots)
    assert answer.code == 2
    assert "county" in answer.err


def test_schemes_and_variables_are_listed_in_both_languages(kaiwu, roots):
    assert "亩均评价" in kaiwu("schemes", "county", "--packs", roots).out
    rows = kaiwu("schemes", "county", "--packs", roots, "--json", "--lang", "en").data
    assert {r["scheme"]: (r["kind"], r["status"], r["standing"]) for r in rows} == {
        "ruler": ("rating", "in_use", "attested"), "award": ("clauses", "in_use", "single_copy"), "plan": ("clauses", "draft", "attested")
    }  # fmt: skip
    assert "统计部门" in kaiwu("variables", "county", "--packs", roots).out
    slots = {r["code"] for r in kaiwu("variables", "county", "--packs", roots, "--scheme", "award", "--json").data}
    assert slots == {"research", "turnover", "grade", "is_clean"}


def test_lint_prints_findings(kaiwu, roots):
    answer = kaiwu("lint", roots / "county")
    assert answer.code == 0
    assert "条提示" in answer.out
    assert isinstance(kaiwu("lint", roots / "county", "--json").data, list)
