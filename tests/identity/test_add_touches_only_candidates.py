"""A new record touches only its candidates: every other mention is answered, weighed and measured as before."""

from __future__ import annotations

import numpy as np
import pytest
from grammar_sample import DAY, FIRMS, GRAMMAR, firm
from hypothesis import given, settings
from hypothesis import strategies as st

from kaiwu.identity import Name, NameKind
from kaiwu.identity.linking.answer import Mention
from kaiwu.identity.linking.resolver import Resolver

WORDS = "晴川苍鹭磨石白桐药业科技信息广播电视"
FORMS = ("", "有限公司", "股份有限公司", "集团")
TEXT = st.tuples(
    st.sampled_from(("", "杭州", "江苏")), st.text(WORDS, min_size=2, max_size=5), st.sampled_from(FORMS)
).map("".join)


@settings(max_examples=60, deadline=None)
@given(st.lists(TEXT, min_size=1, max_size=12, unique=True), TEXT)
def test_what_is_not_touched_is_answered_as_before(texts: list[str], name: str) -> None:
    resolver = Resolver(FIRMS, GRAMMAR, as_of=DAY)
    mentions = [Mention(text) for text in texts]
    before, measured = resolver.resolve_many(mentions), resolver.rank(mentions)
    resolver.add(firm(77, name, coded=False))
    touched = set(resolver.find_touched("f77", mentions))
    after, again = resolver.resolve_many(mentions), resolver.rank(mentions)
    for i, (old, new) in enumerate(zip(before, after, strict=True)):
        if i not in touched:
            assert (new.status, new.entity) == (old.status, old.entity)
            assert [a.entity for a in new.alternatives] == [a.entity for a in old.alternatives]
            rows = [ranking.pairs.mention == i for ranking in (measured, again)]
            # The order of sums follows the longest name of a batch: the last bit may differ.
            assert np.allclose(measured.measures.values[rows[0]], again.measures.values[rows[1]], rtol=1e-5, atol=1e-5)


def test_a_mention_that_may_now_mean_the_new_firm_is_touched() -> None:
    resolver = Resolver(FIRMS, GRAMMAR, as_of=DAY)
    mentions = [Mention("杭州白桐科技"), Mention("杭州晴川药业股份有限公司"), Mention("白桐")]
    resolver.add(firm(77, "杭州白桐科技有限公司", coded=False))
    assert resolver.find_touched("f77", mentions) == [0, 2]
    assert resolver.find_touched("nobody", mentions) == []


@pytest.mark.parametrize("text", ["杭州晴川药业集团", "杭州晴川药业(集团)"])
def test_a_group_that_is_mentioned_is_the_registered_one(text: str) -> None:
    resolver = Resolver(FIRMS, GRAMMAR, as_of=DAY, groups={"f1": "g1"})
    link = resolver.resolve(text)
    if link.status.value == "group_of":
        assert (link.entity, link.group) == ("f1", "g1")
        assert any("g1" in e.en for e in link.evidence)
    else:
        assert link.group == ""


def test_a_group_and_its_own_member_are_no_rivals() -> None:
    group = firm(50, "杭州白桐药业集团有限公司", coded=False)
    member = firm(51, "杭州白桐药业股份有限公司", Name("白桐药业", NameKind.SHORT), coded=False)
    said = "杭州白桐药业集团公司"
    apart = Resolver([*FIRMS, group, member], GRAMMAR, as_of=DAY).resolve(said)
    known = Resolver([*FIRMS, group, member], GRAMMAR, as_of=DAY, groups={"f51": "f50"}).resolve(said)
    assert known.entity == apart.entity == "f50"
    assert known.is_linked
