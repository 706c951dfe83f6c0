"""Who is meant by a name: codes decide, names rank, a branch is never its parent, 集团 is not 股份."""

from __future__ import annotations

import pytest
from grammar_sample import DAY, FIRMS, GRAMMAR, code, firm

from kaiwu.identity.linking.answer import Hints, LinkStatus, Mention
from kaiwu.identity.linking.resolver import Resolver

SAME, NONE = LinkStatus.SAME, LinkStatus.NONE


@pytest.fixture(scope="module")
def resolver() -> Resolver:
    return Resolver(FIRMS, GRAMMAR, as_of=DAY, places={"f1": "杭州市甲镇"})


@pytest.mark.parametrize(
    "text",
    [
        "杭州晴川药业股份有限公司",
        "杭州 晴川药业股份有限公司",
        "杭州晴川藥業股份有限公司",
        "杭州晴川药业股份有限公",
        "杭州晴川药业固份有限公司",
        "杭州晴川业药股份有限公司",
        "晴川药业(杭州)股份有限公司",
    ],
)
def test_a_name_is_known_in_every_spelling(resolver: Resolver, text: str) -> None:
    link = resolver.resolve(text)
    assert (link.status, link.entity) == (SAME, "f1")
    assert any(e.sign > 0 for e in link.evidence)


def test_a_firm_that_is_not_there_is_nobody(resolver: Resolver) -> None:
    assert resolver.resolve("江苏黄栌仪表有限公司").status is NONE


def test_a_branch_is_never_its_parent(resolver: Resolver) -> None:
    link = resolver.resolve("杭州晴川药业股份有限公司嘉兴分公司")
    assert (link.status, link.entity) == (LinkStatus.BRANCH_OF, "f1")


def test_a_group_is_not_the_joint_stock_company(resolver: Resolver) -> None:
    assert resolver.resolve("杭州晴川药业集团").status in (LinkStatus.GROUP_OF, LinkStatus.AMBIGUOUS)
    assert resolver.resolve("杭州晴川药业集团股份有限公司").status is not SAME


def test_a_former_name_says_so(resolver: Resolver) -> None:
    link = resolver.resolve("江苏苍鹭信息股份有限公司")
    assert (link.status, link.entity) == (LinkStatus.FORMER_NAME, "f3")


def test_another_number_is_another_firm(resolver: Resolver) -> None:
    assert resolver.resolve("浙江第三磨石有限公司").entity == "f4"
    assert resolver.resolve("浙江第四磨石有限公司").status is NONE


def test_a_short_name_that_two_firms_may_have_is_left_to_a_person(resolver: Resolver) -> None:
    link = resolver.resolve("晴川")
    assert not link.is_linked


def test_a_code_decides_against_the_name(resolver: Resolver) -> None:
    link = resolver.resolve("浙江晴川科技有限公司", Hints(code(1)))
    assert (link.status, link.entity) == (SAME, "f1")


def test_a_different_valid_code_vetoes_the_best_name(resolver: Resolver) -> None:
    link = resolver.resolve("杭州晴川药业股份有限公司", Hints(code(99)))
    assert (link.status, link.entity) == (NONE, "")
    assert [p.code for p in link.problems] == ["I-CODE-UNKNOWN"]
    assert link.evidence[0].sign < 0


def test_a_wrong_code_is_refused_with_its_repair_and_links_nobody(resolver: Resolver) -> None:
    link = resolver.resolve("杭州晴川药业股份有限公司", Hints(code(1).replace("0", "O", 1)))
    assert (link.status, link.entity) == (LinkStatus.AMBIGUOUS, "f1")
    assert code(1) in link.problems[0].zh


@pytest.mark.parametrize(
    ("text", "problem"), [("晴川药业有限公司、白鹭信息有限公司", "I-MENTION-TWO"), ("  ", "I-MENTION-EMPTY")]
)
def test_a_text_of_two_firms_or_none_is_an_explicit_none(resolver: Resolver, text: str, problem: str) -> None:
    link = resolver.resolve(text)
    assert link.status is NONE and link.problems[0].code == problem and link.problems[0].zh and link.problems[0].en


def test_an_address_speaks_for_or_against(resolver: Resolver) -> None:
    here = resolver.resolve("晴川药业", Hints(place="杭州市甲镇"))
    there = resolver.resolve("晴川药业", Hints(place="江苏省丙丁"))
    assert here.entity == "f1" and here.weight > there.weight
    assert any("地址" in e.zh and e.sign > 0 for e in here.evidence)


def test_many_at_once_are_answered_as_one_by_one(resolver: Resolver) -> None:
    texts = ["晴川药业", "浙江东梅科技", "某某", "浙江第五磨石有限公司", ""]
    many = resolver.resolve_many([Mention(t) for t in texts])
    for text, link in zip(texts, many, strict=True):
        one = resolver.resolve(text)
        assert (one.status, one.entity) == (link.status, link.entity)
        assert one.weight == pytest.approx(link.weight, abs=1e-5)


def test_a_new_firm_is_found_and_changes_nobody_else() -> None:
    resolver = Resolver(FIRMS, GRAMMAR, as_of=DAY)
    before = resolver.resolve("浙江东兰科技有限公司")
    resolver.add(firm(9, "江苏紫砂壶艺科技有限公司"))
    assert resolver.resolve("江苏紫砂壶艺科技有限公司").entity == "f9"
    after = resolver.resolve("浙江东兰科技有限公司")
    assert (after.entity, after.weight) == (before.entity, before.weight)


def test_names_of_one_entity_are_one_candidate(resolver: Resolver) -> None:
    link = resolver.resolve("江苏白鹭信息股份有限公司")
    assert link.entity == "f3"
    assert "f3" not in [a.entity for a in link.alternatives]
