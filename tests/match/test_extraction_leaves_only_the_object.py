"""What a need is about, by rules."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

from kaiwu.match.extraction import ExtractionRules, clean_offer, extract_need, extracting_reader, load_extraction
from kaiwu.match.record import MatchKind, Need, Offer
from kaiwu.match.retrieval import OfferIndex
from kaiwu.pack.library import builtin_packs, open_library
from kaiwu.pack.market_shelf import open_market
from kaiwu.quantity import KaiwuError, format_quantity
from kaiwu.table import parse_document

NOTICE = (
    "甲乙精密机械有限公司成立于2003年, 注册资金5000万元。一、采购内容：液压刀柄变径套, 精度3微米以内, 我公司现用进口件。"
    "数量：3,000件。交货地点：杭州市萧山区, 送货上门。交货期：2026年3月31日前。资格要求：通过IATF 16949认证。"
    "预算金额：200万元。联系人：张三。"
)


@pytest.fixture(scope="module")
def rules() -> ExtractionRules:
    path = Path(builtin_packs()) / "market/match/extraction.yaml"
    return load_extraction([parse_document(path.read_text("utf-8"), path.name)])


def test_a_notice_gives_object_quantity_place_deadline_and_certificate(rules: ExtractionRules) -> None:
    found = extract_need("甲乙精密机械有限公司液压刀柄变径套采购项目招标公告", NOTICE, rules)
    assert found.what == "液压刀柄变径套"
    assert found.quantity is not None
    assert format_quantity(found.quantity.base, found.quantity.unit) == "3,000件"
    assert (found.place, found.deadline) == ("杭州市萧山区", dt.date(2026, 3, 31))
    assert found.certificates == ("IATF16949",)
    assert not found.problems


def test_the_buyer_money_and_contact_never_score_and_are_told(rules: ExtractionRules) -> None:
    found = extract_need("液压刀柄变径套", NOTICE, rules)
    assert "液压刀柄变径套" in found.body
    for word in ("甲乙", "注册资金", "我公司", "200万元", "张三", "IATF"):
        assert word not in found.body
    assert {i.role for i in found.ignored} >= {"buyer", "ignored", "qualification", "boilerplate"}


def test_names_of_the_buyer_never_score_even_when_they_are_product_words(rules: ExtractionRules) -> None:
    found = extract_need("轴承之家需要淬火机", "轴承之家常年使用淬火机", rules, names=["轴承之家"])
    assert "轴承" not in found.what + found.body
    assert "淬火机" in found.what


def test_no_gram_is_made_across_what_was_cut_out(rules: ExtractionRules) -> None:
    assert extract_need("刀甲乙精密机械有限公司柄", "", rules).what.replace("\n", "|") in ("柄", "刀|柄")


def test_money_is_never_a_quantity(rules: ExtractionRules) -> None:
    assert extract_need("采购200万元的刀柄", "数量：50万元。", rules).quantity is None


def test_a_number_in_the_middle_of_a_text_is_no_quantity(rules: ExtractionRules) -> None:
    assert extract_need("淬火工艺", "淬硬层深度达到8毫米, 直径超过5米。", rules).quantity is None


def test_a_need_of_names_and_phrases_only_has_no_object(rules: ExtractionRules) -> None:
    found = extract_need("甲乙精密机械有限公司招标公告", "特此公告。", rules, where="needs.xlsx 第3行")
    assert [p.code for p in found.problems] == ["M-NO-OBJECT"]
    assert found.problems[0].where == "needs.xlsx 第3行"


def test_an_object_that_only_stands_in_the_text_becomes_the_title(rules: ExtractionRules) -> None:
    found = extract_need("采购公告", "采购内容：数控车床主轴。", rules)
    assert found.what.startswith("数控车床主轴")


def test_offers_lose_names_and_phrases_and_needs_their_buyers_known_names(rules: ExtractionRules) -> None:
    read = extracting_reader(rules, lambda party: ["东方刀具"])
    need = Need(code="n", kind=MatchKind.PART, title="东方刀具求购刀柄", party="E1")
    offer = Offer(code="o", kind=MatchKind.PART, title="甲乙刀具有限公司刀柄", text="欢迎参加")
    assert read(need).title == "求购刀柄"
    assert read(offer) == clean_offer("甲乙刀具有限公司刀柄", "欢迎参加", rules)
    assert "甲乙" not in read(offer).title
    assert "欢迎参加" not in read(offer).body


def test_mistakes_in_the_rules_are_told_with_their_place() -> None:
    text = "headings: {objekt: [采购内容]}\norganisation: [有限公司]\n"
    with pytest.raises(KaiwuError) as caught:
        load_extraction([parse_document(text, "match/extraction.yaml")])
    assert [p.code for p in caught.value.problems] == ["F-KEY-UNKNOWN", "F-KEY-UNKNOWN"]
    assert all(p.where.startswith("match/extraction.yaml:") for p in caught.value.problems)


def test_without_rules_a_text_stays_as_it_is() -> None:
    found = extract_need("刀柄", "数量：3件", ExtractionRules())
    assert (found.what, found.body, found.quantity) == ("刀柄", "数量：3件", None)


def test_traditional_and_simplified_characters_are_searched_alike() -> None:
    rules = replace(ExtractionRules(organisations=("有限公司",)), characters={ord("軸"): "轴", ord("數"): "数"})
    read = extracting_reader(rules)
    offer = Offer(code="o", kind=MatchKind.PART, title="數控主軸")
    need = Need(code="n", kind=MatchKind.PART, title="数控主轴")
    assert read(offer) == read(need)
    index = OfferIndex([offer], None, read)
    assert [m.offer.code for m in index.find(need, dt.date(2026, 1, 1)).matches] == ["o"]


def test_the_shipped_market_reads_traditional_characters() -> None:
    assert open_market(open_library(["market"])).extraction.simplify("數控機床主軸") == "数控机床主轴"
