"""Sheets of needs, offers and contracts: read by listings of a pack, with located errors."""

from __future__ import annotations

import datetime as dt

import pytest

from kaiwu.identity import make_uscc
from kaiwu.match.attribute import Attributes, load_attributes
from kaiwu.match.deal import sum_deals
from kaiwu.match.listing import Listing, load_listing
from kaiwu.match.listing_read import ListingResult, read_listing
from kaiwu.match.record import MatchKind
from kaiwu.pack import builtin_packs, open_library
from kaiwu.quantity import KaiwuError
from kaiwu.table import parse_document

CODE = make_uscc("9", "1", "330109", "MA000001")
OTHER = make_uscc("9", "1", "330109", "MA000002")


@pytest.fixture(scope="module")
def market() -> tuple[Attributes, dict[str, Listing]]:
    pack = open_library(["market"], [builtin_packs()]).shelves["market"].pack
    attributes = load_attributes([pack.document("match/attribute.yaml")])
    listings = [load_listing(pack.document(name), attributes.catalogue.variables) for name in pack.names("listings")]
    return attributes, {listing.code: listing for listing in listings}


def read(market: tuple[Attributes, dict[str, Listing]], code: str, text: str) -> ListingResult:
    attributes, listings = market
    return read_listing(text.encode(), listings[code], attributes, name="清单.csv")


def codes(result: ListingResult) -> list[str]:
    return [f.problem.code for f in result.report.errors]


def test_a_procurement_list_becomes_needs(market: tuple[Attributes, dict[str, Listing]]) -> None:
    head = "需求编号,采购标的,采购单位代码,采购单位,采购数量,计量单位,交货期,国民经济行业代码,资质要求,硬性条件,截止日期,预算金额(万元)"
    row = f"N1,压铸支架,{CODE},某某整车,1200,件,2026-03-01,3392,IATF16949、ISO9001,年产能 >= 1000件 且 交货天数 <= 30天,2026-02-01,120.5"
    result = read(market, "procurement_needs", f"{head}\n{row}\n")
    (need,) = result.needs
    assert (need.kind, need.title, need.party) == (MatchKind.PART, "压铸支架", CODE)
    assert need.fields == {"need_budget": 1_205_000_00}
    assert [c.text for c in need.constraints] == ["年产能 >= 1000件", "交货天数 <= 30天"]
    assert need.certificates == ("IATF16949", "ISO9001")
    assert need.expiry == dt.date(2026, 2, 1) and need.is_expired(dt.date(2026, 2, 2))
    assert need.quantity is not None and need.quantity.base == 1200
    assert result.names == {CODE: "某某整车"}


def test_fields_of_the_open_contracting_standard_are_heads_too(market: tuple[Attributes, dict[str, Listing]]) -> None:
    text = "tender/id,tender/title,tender/value/amount(万元),tender/tenderPeriod/endDate\nocds-1,齿轮轴,30,2026-05-01\n"
    (need,) = read(market, "procurement_needs", text).needs
    assert (need.code, need.title, need.expiry) == ("ocds-1", "齿轮轴", dt.date(2026, 5, 1))


@pytest.mark.parametrize("title", ["", "详见附件"])
def test_a_need_without_an_object_is_refused_at_its_row(
    market: tuple[Attributes, dict[str, Listing]], title: str
) -> None:
    result = read(market, "procurement_needs", f"需求编号,采购标的,数量\nN1,轴,1\nN2,{title},5\n")
    assert codes(result) == ["M-NO-OBJECT"]
    assert "3" in result.report.errors[0].problem.where
    assert result.needs == []


def test_every_mistake_of_a_row_is_told_with_its_place(market: tuple[Attributes, dict[str, Listing]]) -> None:
    result = read(
        market,
        "space_needs",
        "编号,空间需求,统一社会信用代码,硬性条件,有效期至\nK1,两千平厂房,91330109X,面积 >= 2000亩米,某日\n",
    )
    assert {"I-USCC-LENGTH", "Q-DATE-FORMAT"} < set(codes(result)) and len(codes(result)) == 3
    assert all("A2" in f.problem.where for f in result.report.errors)


def test_a_unit_that_nobody_knows_is_told_and_the_quantity_stays_unknown(
    market: tuple[Attributes, dict[str, Listing]],
) -> None:
    result = read(market, "procurement_needs", "需求编号,采购标的,采购数量,计量单位\nN1,手套,5,双双\n")
    assert result.needs[0].quantity is None
    assert any(f.problem.code == "Q-UNIT-UNKNOWN" for f in result.report.warnings)


def test_spaces_carry_their_facts_in_grains(market: tuple[Attributes, dict[str, Listing]]) -> None:
    result = read(
        market,
        "spaces",
        "空间编号,空间名称,面积(平方米),楼面荷载(吨/平方米),可租,可售,月租金(元/平方米)\nS1,三号楼,2400,1.5,是,否,18.5\n",
    )
    (offer,) = result.offers
    assert offer.fields["can_rent"] == 1 and offer.fields["can_buy"] == 0
    assert "sale_price" not in offer.fields


def test_contracts_of_institutes_are_summed_by_firm_and_year(market: tuple[Attributes, dict[str, Listing]]) -> None:
    head = "合同编号,合同名称,院所统一社会信用代码,企业统一社会信用代码,合同金额(万元),签订日期"
    rows = [
        f"C1,视觉检测,{OTHER},{CODE},50,2025-03-01",
        f"C2,工艺优化,{OTHER},{CODE},,2025-06-01",
        f"C3,配方,{OTHER},{CODE},20,2024-06-01",
    ]
    result = read(market, "technical_contracts", "\n".join([head, *rows]) + "\n")
    sums = [(s.client, s.year, s.count, s.amount, s.unknown) for s in sum_deals(result.deals)]
    assert sums == [(CODE, 2024, 1, 20_000_000, 0), (CODE, 2025, 2, 50_000_000, 1)]


def test_a_listing_says_what_is_wrong_with_its_keys() -> None:
    text = "import: x\nzh: 甲\nen: x\nsource: s\nscope: legal_entity\nlisting: {side: both}\nentity: {column: [编号]}\nattributes: {colour: [颜色]}\ncolumns: []\n"
    with pytest.raises(KaiwuError) as caught:
        load_listing(parse_document(text, "x.yaml"), {})
    assert [p.code for p in caught.value.problems] == ["F-KEY-WORD", "M-LISTING-FIELD"]
    with pytest.raises(KaiwuError, match="M-LISTING"):
        load_listing(parse_document(text.replace("listing: {side: both}\n", ""), "x.yaml"), {})
