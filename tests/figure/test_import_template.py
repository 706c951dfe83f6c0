"""Import templates: what a department's sheet holds, declared once."""

from __future__ import annotations

import datetime as dt

import pytest

from kaiwu.figure.import_template import IMPORT_KEYS, load_import_template
from kaiwu.quantity.period import Period, PeriodKind
from kaiwu.quantity.problem import KaiwuError
from kaiwu.table.document import parse_document

from .import_example import TEMPLATE_TEXT, VARIABLES, make_template

SMALL = """
import: t
zh: 甲
en: a
entity: {{column: [代码], kind: firm}}
source: 税务局
scope: legal_entity
period: {period}
columns: [{{head: [税收], variable: {variable}, unit: {unit}}}]
{more}
"""


def small(period: str = "{year: 2024}", variable: str = "tax_paid", unit: str = "万元", more: str = "") -> str:
    return SMALL.format(period=period, variable=variable, unit=unit, more=more)


def problems(text: str) -> dict[str, str]:
    with pytest.raises(KaiwuError) as caught:
        make_template(text)
    return {p.code: p.where for p in caught.value.problems}


def test_the_worked_example_loads() -> None:
    template = make_template()
    assert template.code == "tax_yearly"
    assert template.entity_heads == ("统一社会信用代码", "社会信用代码")
    assert template.period.from_title
    assert [rule.variable.code for rule in template.columns] == ["tax_paid", "tax_paid", "revenue", "rd_share"]
    assert template.columns[1].years_back == 1
    assert template.columns[0].unit is not None
    assert template.columns[0].unit.zh == "万元"
    assert template.purposes == ("permu", "policy")


def test_every_key_of_a_template_is_documented() -> None:
    import kaiwu.figure.import_template as module

    assert module.__doc__ is not None
    for key in (*IMPORT_KEYS, *module.ENTITY_KEYS, *module.PERIOD_KEYS, *module.COLUMN_KEYS):
        assert key in module.__doc__, key


def test_variables_may_be_named_in_chinese() -> None:
    assert make_template(small(variable="实缴税金")).columns[0].variable.code == "tax_paid"


@pytest.mark.parametrize(
    ("rule", "wanted"),
    [
        ("{year: 2024}", Period(PeriodKind.YEAR, 2024)),
        ("{value: 2024年1-8月}", Period(PeriodKind.CUMULATIVE, 2024, 8)),
    ],
)
def test_a_period_may_be_fixed(rule: str, wanted: Period) -> None:
    assert make_template(small(rule)).period.value == wanted


def test_the_day_of_states_may_be_given() -> None:
    assert make_template(small("{year: 2024, point: 2024-11-30}")).period.point == dt.date(2024, 11, 30)


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        (small(variable="tax_payed"), "IN-TEMPLATE-VARIABLE", "imports/tax_yearly.yaml:9"),
        (small(unit="亩"), "Q-UNIT-DIMENSION", "columns[0].unit"),
        (small(unit="万园"), "Q-UNIT-UNKNOWN", "columns[0].unit"),
        (small("{year: 2024, from_title: true}"), "IN-TEMPLATE-PERIOD", "period"),
        (small("{value: 24年}"), "Q-PERIOD-AMBIGUOUS", "period.value"),
        (small("{year: 2024, point: 年底}"), "F-KEY-TYPE", "period.point"),
        (small(more="colums: []"), "F-KEY-UNKNOWN", "colums"),
        (small(more="ignore: [税收]"), "IN-TEMPLATE-HEAD", "columns"),
        (small(more="status: 终值"), "F-KEY-WORD", "status"),
        (small(more="attributes: {name: [名]}"), "IN-TEMPLATE-CODE", "attributes.name"),
        (small().replace("scope: legal_entity\n", ""), "F-KEY-MISSING", "imports/tax_yearly.yaml"),
        (small().replace("source: 税务局\n", ""), "F-KEY-MISSING", "imports/tax_yearly.yaml"),
        (small().replace("kind: firm", "kind: company"), "F-KEY-WORD", "entity.kind"),
        ("[1, 2]", "IN-TEMPLATE-SHAPE", "imports/tax_yearly.yaml"),
    ],
)
def test_a_mistake_in_a_template_is_located(text: str, code: str, place: str) -> None:
    found = problems(text)
    assert code in found
    assert place in found[code]


def test_all_mistakes_of_a_template_come_in_one_report() -> None:
    text = TEMPLATE_TEXT.replace("source: 区税务局", "sourcee: 区税务局").replace("rd_share", "rd_shar")
    with pytest.raises(KaiwuError) as caught:
        load_import_template(parse_document(text, "t.yaml"), VARIABLES)
    assert len(caught.value.problems) >= 3
    assert all(p.zh and p.en and p.where for p in caught.value.problems)
