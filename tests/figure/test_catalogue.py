"""Variables are read from pack files, joined over packs and found by every name."""

import datetime as dt
from fractions import Fraction

import pytest

from kaiwu.figure.catalogue import build_catalogue, load_variables
from kaiwu.figure.variable import Kind, PeriodType, Variable
from kaiwu.quantity import KaiwuError, date_index
from kaiwu.table import parse_document

REVENUE = """
  revenue:
    zh: 营业收入
    en: Operating revenue
    kind: money
    unit: 万元
    bound: [0元, 10000亿元]
    owner: 统计局
    source: S1
    aliases: [营收]
    purposes: [permu]
"""


def load(text: str, name: str = "variables.yaml", taxonomies=lambda name: None) -> list[Variable]:
    return load_variables(parse_document("variables:\n" + text.lstrip("\n"), name), taxonomies)


def load_one(text: str, **kw) -> Variable:
    (variable,) = load(text, **kw)
    return variable


def codes_of(error: KaiwuError) -> list[str]:
    return [p.code for p in error.problems]


def declare(code: str = "x", **keys: str) -> str:
    base = {"zh": f"量{code}", "en": code, "kind": "flag"} | keys
    return f"  {code}:\n" + "".join(f"    {k}: {v}\n" for k, v in base.items())


def test_a_money_variable_is_stored_in_fen_with_its_bounds():
    v = load_one(REVENUE)
    assert (v.kind, v.grain, v.low, v.high) == (Kind.MONEY, Fraction(1), 0, 10_000 * 10**8 * 100)
    assert (v.unit.zh, v.period, v.scope, v.owner) == ("万元", PeriodType.YEAR, "legal_entity", "统计局")
    assert v.purposes == ("permu",) and v.confidential and v.standing == "attested"
    assert v.where.startswith("variables.yaml:") and v.where.endswith("variables.revenue")


def test_a_compound_unit_is_stored_to_the_declared_decimal():
    plain = declare(kind="quantity", unit="万元/亩", bound="[0, 10亿元/亩]")
    six = load_one(plain)
    two = load_one(plain.replace("万元/亩\n", "万元/亩\n    decimals: 2\n", 1))
    assert six.grain == six.unit.factor / 10**6 and six.high == 10**5 * 10**6
    assert two.grain == six.unit.factor / 100 and two.high == 10**5 * 100


@pytest.mark.parametrize(
    ("kind", "unit", "bound", "high"),
    [
        ("ratio", "'%'", "[-1000%, 1000%]", 1000 * 10**6),
        ("count", "人", "[0, 1000000]", 10**6 * 100),
        ("count", "件", "[0件, 1万件]", 10**4),
        ("score", "分", "[0, 100]", 100 * 10**6),
        ("score", "级", "[0.0, 4.5]", 4_500_000),
        ("quantity", "亩", "[0, 10万亩]", 10**11),
    ],
)
def test_each_numeric_kind_counts_base_units(kind, unit, bound, high):
    assert load_one(declare(kind=kind, unit=unit, bound=bound)).high == high


def test_dates_years_flags_and_judgements_bound_themselves():
    founded = load_one(declare(kind="date", period="constant"))
    assert (founded.low, founded.high) == (date_index(dt.date(1900, 1, 1)), date_index(dt.date(2199, 12, 31)))
    assert load_one(declare(kind="date", bound="[2000-01-01, 2030-12-31]")).low == date_index(dt.date(2000, 1, 1))
    assert load_one(declare(kind="year", bound="[2000, 2050]")).high == 2050
    assert load_one(declare(kind="judgement")).high == 1


def test_categories_keep_the_order_of_the_file():
    v = load_one(declare(kind="category", values="{B: {zh: 乙类, en: class B}, A: }"))
    assert v.values == ("B", "A") and v.value_labels == (("乙类", "class B"), ("A", "A")) and v.high == 1
    assert load_one(declare(kind="category", values="[13, 14]")).values == ("13", "14")


def test_a_category_may_come_from_a_taxonomy():
    industry = {"13": ("农副食品加工业", "food"), "14": ("食品制造业", "foodstuff")}
    v = load_one(declare(kind="category", taxonomy="industry"), taxonomies={"industry": industry}.get)
    assert v.values == ("13", "14") and v.value_labels[0][0] == "农副食品加工业"
    with pytest.raises(KaiwuError, match="F-VAR-TAXONOMY"):
        load(declare(kind="category", taxonomy="industry"))


@pytest.mark.parametrize(
    ("keys", "code"),
    [
        ({"kind": "money", "bound": "[0, 1亿元]"}, "F-KEY-MISSING"),
        ({"kind": "money", "unit": "万元"}, "F-VAR-BOUND"),
        ({"kind": "money", "unit": "万元", "bound": "[0, 10000]"}, "F-VAR-BOUND"),
        ({"kind": "money", "unit": "万元", "bound": "[0, '10000']"}, "Q-"),
        ({"kind": "money", "unit": "万元", "bound": "[0, 3亩]"}, "Q-"),
        ({"kind": "money", "unit": "万元", "bound": "[2元, 1元]"}, "F-VAR-BOUND"),
        ({"kind": "money", "unit": "亩", "bound": "[0, 1亩]"}, "F-VAR-KIND"),
        ({"kind": "quantity", "unit": "万元", "bound": "[0, 1元]"}, "F-VAR-KIND"),
        ({"kind": "money", "unit": "元", "decimals": "4", "bound": "[0, 1元]"}, "F-VAR-DECIMALS"),
        ({"kind": "money", "unit": "万圆圆", "bound": "[0, 1元]"}, "Q-UNIT-UNKNOWN"),
        ({"kind": "flag", "unit": "元"}, "F-VAR-UNIT"),
        ({"kind": "flag", "bound": "[0, 1]"}, "F-VAR-BOUND"),
        ({"kind": "date", "bound": "[2000, 2001-01-01]"}, "F-VAR-BOUND"),
        ({"kind": "category"}, "F-VAR-VALUES"),
        ({"kind": "category", "values": "[A, A]"}, "F-VAR-VALUES"),
        ({"kind": "flag", "values": "[A]"}, "F-VAR-VALUES"),
        ({"kind": "sum"}, "F-KEY-WORD"),
        ({"scope": "firm"}, "F-KEY-WORD"),
        ({"period": "yearly"}, "F-KEY-WORD"),
        ({"standing": "sure"}, "F-KEY-WORD"),
        ({"confidential": "maybe"}, "F-KEY-TYPE"),
        ({"definition": "1.5"}, "F-KEY-TYPE"),
        ({"owners": "x"}, "F-KEY-UNKNOWN"),
        ({"zh": "3年营收"}, "F-VAR-NAME"),
        ({"zh": "税收（实缴）"}, "F-VAR-NAME"),
        ({"code": "Revenue"}, "F-VAR-CODE"),
    ],
)
def test_a_mistake_is_refused_with_its_place(keys, code):
    with pytest.raises(KaiwuError) as error:
        load(declare(**{"code": "x"} | keys))
    assert len(error.value.problems) == 1 and error.value.problems[0].code.startswith(code)
    assert error.value.problems[0].where.startswith("variables.yaml:")


def test_every_mistake_of_a_file_is_reported_at_once():
    text = declare("a", kind="sum") + declare("b", unit="元") + "  c: 1\n" + "  d: {kind: flag}\n"
    with pytest.raises(KaiwuError) as error:
        load(text)
    assert codes_of(error.value) == [
        "F-KEY-WORD",
        "F-VAR-UNIT",
        "F-VAR-SHAPE",
        "F-KEY-MISSING",
        "F-KEY-MISSING",
    ]


def test_a_file_without_variables_says_so():
    with pytest.raises(KaiwuError, match="F-VAR-NONE"):
        load_variables(parse_document("variable: {}\n"))


def test_a_variable_is_found_by_code_chinese_name_and_alias():
    catalogue = build_catalogue(load(REVENUE))
    assert {catalogue.find(name).code for name in ("revenue", "营业收入", "营收", "REVENUE")} == {"revenue"}
    assert "营收" in catalogue and "利润" not in catalogue and len(catalogue) == 1


def test_an_unknown_name_gets_the_nearest_ones():
    with pytest.raises(KaiwuError, match="营业收入"):
        build_catalogue(load(REVENUE)).find("营业收人")


def test_the_longest_name_comes_first():
    catalogue = build_catalogue(load(declare("debt", zh="负债") + declare("contingent", zh="或有负债")))
    assert list(catalogue.names())[-1] == "负债"
    assert catalogue.names()["或有负债"].code == "contingent"


def test_one_name_for_two_variables_names_both_places():
    with pytest.raises(KaiwuError) as error:
        build_catalogue(load(REVENUE, "a.yaml"), load(declare("sales", aliases="[营收, REVENUE]"), "b.yaml"))
    first, second = error.value.problems
    assert "a.yaml:" in first.zh and "b.yaml:" in first.where and {first.text, second.text} == {"营收", "revenue"}


def test_a_later_pack_may_replace_a_code_only_when_it_says_so():
    below = load(REVENUE, "a.yaml")
    with pytest.raises(KaiwuError, match="F-VAR-TWICE"):
        build_catalogue(below, load(REVENUE, "b.yaml"))
    above = load(REVENUE + "    replaces: true\n", "b.yaml")
    assert build_catalogue(below, above).find("营收").where.startswith("b.yaml")


def test_replacing_nothing_is_a_mistake():
    with pytest.raises(KaiwuError, match="F-VAR-REPLACES"):
        build_catalogue(load(REVENUE + "    replaces: true\n"))
