"""From a need to ranked offers: masks, hard constraints in four answers, reasons that sum, next steps where nothing fits."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import market_records
from kaiwu.match.constraint import Constraint, check_constraint, compile_constraints
from kaiwu.match.desk import load_desks
from kaiwu.match.eligibility import OfferTable
from kaiwu.match.phrase import find_phrases
from kaiwu.match.record import MatchKind, Need, Offer, Window
from kaiwu.match.retrieval import OfferIndex
from kaiwu.match.text import FieldText, TextIndex, make_query
from kaiwu.quantity import KaiwuError, parse_quantity
from kaiwu.rule.outcome import Outcome
from kaiwu.table import parse_document
from market_records import DAY, attributes


def conditions(text: str) -> tuple[Constraint, ...]:
    return compile_constraints(text, attributes().vocabularies[MatchKind.SPACE])


def need(title: str = "轴承", kind: MatchKind = MatchKind.PART, constraints: str = "", **more: Any) -> Need:
    return market_records.need("N", title, kind, constraints, **more)


def offer(code: str, title: str = "轴承", kind: MatchKind = MatchKind.PART, **more: Any) -> Offer:
    return market_records.offer(code, title, kind, **more)


def found(index: OfferIndex, wanted: Need, count: int = 10) -> list[str]:
    return [m.offer.code for m in index.find(wanted, DAY, count).matches]


ROOM = "面积 >= 2000平方米 且 楼面荷载 >= 1吨/平方米"
SPACES = [
    offer("A", "标准厂房", MatchKind.SPACE, fields={"space_area": 2400, "floor_load": 1.5}),
    offer("B", "标准厂房", MatchKind.SPACE, fields={"space_area": 3000, "floor_load": 0.8}, party="P"),
    offer("C", "标准厂房", MatchKind.SPACE, fields={"space_area": 2600}, party="Q"),
    offer("D", "标准厂房", MatchKind.SPACE, fields={"space_area": 900, "floor_load": 5}),
]


# -- masks ------------------------------------------------------------------------------------------------------


def test_what_may_not_be_shown_is_left_out_before_the_best_are_chosen_and_counted() -> None:
    crowd = [offer(f"X{i}", "轴承轴承", expiry=dt.date(2026, 2, 28)) for i in range(30)]
    index = OfferIndex([*crowd, offer("Y"), offer("Z", party="ME"), offer("W", capacity=parse_quantity("0件"))])
    answer = index.find(need(party="ME"), DAY, count=3)
    assert [m.offer.code for m in answer.matches] == ["Y"]
    assert answer.left_out == {"expired": 30, "own_group": 1, "no_capacity": 1}


def test_an_offer_stands_on_its_last_day() -> None:
    assert found(OfferIndex([offer("A", expiry=DAY)]), need()) == ["A"]


def test_the_own_group_is_not_shown_and_strangers_without_a_group_are() -> None:
    index = OfferIndex([offer("A", party="P1", group="G"), offer("B", party="P2", group="H"), offer("C")])
    assert found(index, need(party="P0", group="G")) == ["B", "C"]
    assert found(index, need()) == ["A", "B", "C"]


def test_what_is_not_there_in_the_time_wanted_is_left_out() -> None:
    late, open_ended = Window(dt.date(2026, 9, 1)), Window()
    index = OfferIndex([offer("A", window=late), offer("B", window=open_ended), offer("C", window=Window(None, DAY))])
    assert found(index, need(window=Window(DAY, dt.date(2026, 8, 31)))) == ["B", "C"]
    assert index.find(need(window=Window(DAY, dt.date(2026, 8, 31))), DAY).left_out == {"window": 1}
    assert found(index, need()) == ["A", "B", "C"]


def test_other_kinds_are_not_shown() -> None:
    index = OfferIndex([offer("A", kind=MatchKind.SERVICE), offer("B")])
    assert found(index, need()) == ["B"]


def test_a_place_or_certificate_that_nobody_stated_stays_open() -> None:
    index = OfferIndex(
        [
            offer("A", place="330109", certificates=("IATF16949", "ISO9001")),
            offer("B", place="330200", certificates=("IATF16949",)),
            offer("C", place="330109", certificates=("ISO9001",)),
            offer("D", certificates=("IATF16949",)),
            offer("E", place="330109"),
        ]
    )
    answer = index.find(need(regions=("3301",), certificates=("IATF16949",)), DAY)
    assert [m.offer.code for m in answer.matches] == ["A"]
    assert [m.offer.code for m in answer.open] == ["D", "E"]
    assert answer.left_out == {"region": 1, "certificate": 1}
    assert any(r.outcome is Outcome.MISSING for m in answer.open for r in m.reasons)


# -- hard constraints -------------------------------------------------------------------------------------------


def test_a_missing_attribute_neither_passes_nor_drops_an_offer() -> None:
    answer = OfferIndex(SPACES).find(need("厂房", MatchKind.SPACE, constraints=ROOM), DAY)
    assert [m.offer.code for m in answer.matches] == ["A"]
    assert [(m.offer.code, m.outcome) for m in answer.open] == [("C", Outcome.MISSING)]
    assert answer.open[0].results[1].missing == ("floor_load",)


def test_each_constraint_is_told_with_value_and_margin() -> None:
    (area, load) = conditions(ROOM)
    short = check_constraint(load, SPACES[1].fields, DAY)
    assert short.outcome is Outcome.FAIL
    assert "0.8吨/平方米" in short.reasons[0].zh and "差0.2吨/平方米" in short.reasons[0].zh
    assert "0.2 t/m² short" in short.reasons[0].en
    assert check_constraint(area, SPACES[1].fields, DAY).outcome is Outcome.PASS


def test_a_space_that_shares_no_word_is_found_by_its_attributes_after_all_others() -> None:
    other = replace(SPACES[0], code="0", title="老粮仓")
    index = OfferIndex([other, *SPACES])
    assert found(index, need("厂房", MatchKind.SPACE, constraints=ROOM)) == ["A", "0"]


def test_an_attribute_that_no_offer_states_is_said_so() -> None:
    answer = OfferIndex(SPACES).find(need("厂房", MatchKind.SPACE, constraints="层高 >= 8米"), DAY)
    assert [p.code for p in answer.problems] == ["M-ATTRIBUTE-UNSTATED"]
    assert "层高" in answer.problems[0].zh
    assert not answer.matches and len(answer.open) == 4


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("面积 >= 2000", "R-UNIT"),
        ("面积 >= 2000吨", "R-DIMENSION"),
        ("层数 >= 3", "R-NAME"),
        ("面积", "R-NOT-CONDITION"),
    ],
)
def test_a_constraint_that_cannot_be_meant_is_refused_with_its_place(text: str, code: str) -> None:
    with pytest.raises(KaiwuError) as caught:
        compile_constraints(text, attributes().vocabularies[MatchKind.SPACE], "需求清单 第3行")
    problem = caught.value.problems[0]
    assert problem.where.startswith("需求清单 第3行")
    assert (problem.code, problem.text) == (code, text)


values = st.one_of(st.none(), st.integers(0, 5000))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(values, values), min_size=1, max_size=20))
def test_all_offers_at_once_are_decided_like_each_by_the_exact_reference(
    rows: list[tuple[int | None, int | None]],
) -> None:
    table, fields = OfferTable(), []
    for i, (area, load) in enumerate(rows):
        known = {"space_area": area, "floor_load": None if load is None else Fraction(load, 1000)}
        room = offer(str(i), kind=MatchKind.SPACE, fields={k: v for k, v in known.items() if v is not None})
        fields.append(room.fields)
        table.append(room)
    for constraint, codes in zip(conditions(ROOM), table.check(conditions(ROOM), DAY), strict=True):
        assert codes.tolist() == [int(check_constraint(constraint, f, DAY).outcome) for f in fields]


# -- reasons ----------------------------------------------------------------------------------------------------


words = st.text("轴承大型淬火机床电池回收ab1，。 ", max_size=14)


@settings(max_examples=150, deadline=None)
@given(words, words, st.lists(st.tuples(words, words), min_size=1, max_size=4))
def test_the_phrases_of_a_match_sum_to_its_score_and_stand_in_both_texts(
    title: str, body: str, records: list[tuple[str, str]]
) -> None:
    texts = [FieldText(*record) for record in records]
    index = TextIndex(texts)
    asked = FieldText(title, body)
    query = make_query(asked, index.settings)
    totals, impacts = index.totals(query), index.impacts(query, range(len(texts)))
    for row, text in enumerate(texts):
        phrases = find_phrases(asked, text, impacts[row], index.settings)
        assert sum(p.total for p in phrases) == totals[row]
        for phrase in phrases:
            assert phrase.text in (title if phrase.field == "title" else body)
            assert phrase.text in text.title or phrase.text in text.body


def test_shared_strings_are_as_long_as_they_can_be() -> None:
    index = TextIndex([FieldText("大型转盘轴承淬火机床"), FieldText("电池")])
    asked = FieldText("转盘轴承的淬火")
    (impacts,) = index.impacts(make_query(asked, index.settings), [0])
    phrases = find_phrases(asked, index.texts[0], impacts, index.settings)
    assert [p.text for p in phrases] == ["转盘轴承", "淬火"]


def test_reasons_name_the_words_their_share_and_what_is_left() -> None:
    index = OfferIndex([offer("A", "转盘轴承", capacity=parse_quantity("600件")), offer("B", "电池")])
    match = index.find(need("转盘轴承", quantity=parse_quantity("1000件")), DAY).matches[0]
    assert "“转盘轴承”" in match.reasons[0].zh and "占100%" in match.reasons[0].zh
    assert "100 %" in match.reasons[0].en
    assert match.reasons[-1].zh == "余量600件, 可满足所要1,000件的60%"
    assert all(r.zh and r.en for r in match.reasons)


# -- next steps -------------------------------------------------------------------------------------------------


def test_no_match_says_which_condition_to_relax_what_it_brings_and_whom_to_ask() -> None:
    answer = OfferIndex(SPACES[1:]).find(need("厂房", MatchKind.SPACE, constraints=ROOM), DAY)
    assert not answer.matches
    lines = [s.zh for s in answer.steps]
    assert lines[0] == "没有完全符合的供给"
    assert "若不设“楼面荷载 >= 1吨/平方米”, 可多得2项; 放宽到0.8吨/平方米即多得第一项" in lines
    assert "若不设“面积 >= 2000平方米”, 可多得1项; 放宽到900平方米即多得第一项" in lines
    assert "请向Q补问: 楼面荷载; 补齐后“标准厂房”可能符合" in lines


def test_what_relaxing_brings_is_what_is_found_when_it_is_done() -> None:
    index = OfferIndex(SPACES[1:])
    relaxed = index.find(need("厂房", MatchKind.SPACE, constraints="面积 >= 2000平方米"), DAY)
    assert relaxed.met == 2
    eased = index.find(need("厂房", MatchKind.SPACE, constraints=ROOM.replace("1吨", "0.8吨")), DAY)
    assert eased.met == 1


def test_wishes_are_relaxed_as_well_and_the_nearest_class_is_named() -> None:
    index = OfferIndex([offer("A", place="110000", classes=("C3451",)), offer("B", place="120000", classes=("C3451",))])
    lines = [s.zh for s in index.find(need(regions=("3301",)), DAY).steps]
    assert "若不限区域, 可多得2项" in lines
    assert "最接近的类别是C3451, 有2项供给" in lines


def test_words_that_nobody_offers_get_an_answer_too() -> None:
    answer = OfferIndex([offer("A")]).find(need("核聚变"), DAY)
    assert not answer.matches and not answer.open
    assert answer.steps[0].zh == "没有供给与“核聚变”有相同文字"
    assert all(s.en for s in answer.steps)


def test_the_nearest_that_may_not_be_shown_is_named_with_the_cause() -> None:
    index = OfferIndex([offer("A", "转盘轴承", expiry=dt.date(2020, 1, 1))])
    lines = [s.zh for s in index.find(need("转盘轴承"), DAY).steps]
    assert "文字最接近的是“转盘轴承”, 因已过期未列入" in lines


# -- bad input and updates --------------------------------------------------------------------------------------


def test_a_need_that_says_nothing_is_refused() -> None:
    with pytest.raises(KaiwuError) as caught:
        OfferIndex([offer("A")]).find(need("——"), DAY)
    assert caught.value.problems[0].code == "M-NO-OBJECT"


def test_a_need_that_has_ended_is_answered_and_said_to_have_ended() -> None:
    answer = OfferIndex([offer("A")]).find(need(expiry=dt.date(2026, 1, 1)), DAY)
    assert [p.code for p in answer.problems] == ["M-NEED-EXPIRED"]
    assert answer.met == 1


def test_two_offers_of_one_code_are_refused() -> None:
    with pytest.raises(KaiwuError) as caught:
        OfferIndex([offer("A"), offer("A")])
    assert caught.value.problems[0].code == "M-OFFER-TWICE"


def test_an_offer_added_replaced_or_removed_shows_in_the_next_answer() -> None:
    index = OfferIndex([offer("A")])
    index.add(offer("B", "大型轴承", place="330109"))
    assert found(index, need("大型轴承", regions=("33",))) == ["B"]
    index.add(offer("B", "电池"))
    assert found(index, need("大型")) == []
    index.remove("A")
    assert found(index, need("轴承")) == []
    assert len(index) == 1


def test_a_score_does_not_depend_on_the_order_of_offers() -> None:
    offers = [offer(f"{i}", "轴承" + "电池机床"[i % 4] * (i % 3)) for i in range(30)]
    forward = OfferIndex(offers).find(need("轴承机"), DAY)
    backward = OfferIndex(offers[::-1]).find(need("轴承机"), DAY)
    assert [(m.offer.code, m.score) for m in forward.matches] == [(m.offer.code, m.score) for m in backward.matches]


def test_where_nothing_fits_the_office_to_ask_is_named() -> None:
    asked = Need(code="n", kind=MatchKind.PART, title="主轴", regions=("3301",))
    there = Offer(code="o", kind=MatchKind.PART, title="主轴", place="3302")
    index = OfferIndex([there], desk=("产业链专员", "the officer of the chain"))
    answer = index.find(asked, dt.date(2026, 1, 1))
    assert any("产业链专员" in step.zh and "the officer of the chain" in step.en for step in answer.steps)
    found = index.find(Need(code="n", kind=MatchKind.PART, title="主轴"), dt.date(2026, 1, 1))
    assert not any("产业链专员" in step.zh for step in found.steps)


def test_mistakes_of_the_offices_are_told_with_their_place() -> None:
    with pytest.raises(KaiwuError) as caught:
        load_desks([parse_document("part: {zh: 甲}\nparts: {zh: 甲, en: a}\n", "match/desk.yaml")])
    assert {p.where.split(":")[0] for p in caught.value.problems} == {"match/desk.yaml"}
    assert len(caught.value.problems) == 2
