"""The effect per voucher yuan: exact, before and after of the same firms, missing never taken for nothing."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from claim_office import PROGRAMME, Office, at, filing
from click.testing import CliRunner
from openpyxl import load_workbook

from kaiwu.cli.main import main
from kaiwu.figure.variable import Variable
from kaiwu.identity import make_uscc
from kaiwu.pack import Library
from kaiwu.pack.library import thaw_library
from kaiwu.procedure.claim import Case, Filing, QuestionEffect, State, make_invoice, measure_effect

LATER = dt.date(2026, 6, 1)
FIRMS = [make_uscc("9", "1", "330109", f"{i:08d}") for i in range(1, 5)]


def claim(i: int, **facts: str) -> Filing:
    firm = FIRMS[i]
    invoice = make_invoice(f"2533200000000000000{i}", total=20_000_000, seller_name=f"销售{i}", buyer_code=firm)
    made = filing(firm=firm, firm_name=f"测试{i}", invoices=(invoice,), contract={**filing().contract, "number": f"HT-{i}", "seller_code": "", "seller_name": f"销售{i}"})  # fmt: skip
    return replace(made, facts={**made.facts, **facts})


def pay_all(office: Office, number: str) -> None:
    office.do(number, "accept", materials={"acceptance": "验收单"})
    for i, line in enumerate(office.case(number).due):
        office.do(number, "pay", "国库", line=line.code, reference=f"GK-{number}-{i}")
    assert office.case(number).state == State.PAID


def paid(office: Office, i: int, **facts: str) -> str:
    number = office.payable(claim(i, **facts))
    pay_all(office, number)
    return number


def survey(office: Office, number: str, **answers: str) -> None:
    office.day = LATER
    office.do(number, "survey", answers=answers)


def measure(office: Office, before: Any = None) -> dict[str, QuestionEffect]:
    with office.desk.reading(at(office.day)) as session:
        cases: list[Case] = session.store.cases()
    library = office.desk.library
    found = measure_effect(library, library.programme(PROGRAMME), cases, as_of=LATER, before=before)
    return {e.question.code: e for e in found}


def test_the_ratio_is_exact_and_every_step_can_be_checked_by_hand(office: Office) -> None:
    """Sales 2000万元 -> 2300万元 and 1000万元 -> 900.5万元 on 60,000 yuan each: 2,005,000 / 120,000 yuan."""
    first, second = paid(office, 0, 年销售额="2000万元"), paid(office, 1, 年销售额="1000万元")
    survey(office, first, sales="2,300万元", people="120人")
    survey(office, second, sales="9005000元", people="80人")
    sales = measure(office)["sales"]
    assert (sales.answered, sales.due, sales.paid) == (2, 2, 12_000_000)
    assert (sales.before, sales.after, sales.change) == (3000, Fraction("3200.5"), Fraction("200.5"))
    assert sales.per_yuan == Fraction(2_005_000, 120_000)


def test_missing_figures_are_left_out_of_both_sides_and_counted(office: Office) -> None:
    numbers = [paid(office, 0, 年销售额="2000万元"), paid(office, 1), paid(office, 2, 年销售额="500万元")]
    survey(office, numbers[0], sales="2100万元", people="—")
    survey(office, numbers[1], sales="9000万元", people="50人")
    found = measure(office)
    assert (found["sales"].answered, found["sales"].due, len(found["sales"].pairs)) == (2, 3, 1)
    assert found["sales"].per_yuan == Fraction(1_000_000, 60_000)
    people = found["people"]
    assert people.change is None and people.per_yuan is None and people.pairs == ()


def test_figures_of_the_workspace_answer_where_no_claim_does(office: Office) -> None:
    number = paid(office, 0)
    survey(office, number, sales="2000万元", people="130人")
    asked: list[tuple[str, Mapping[str, int]]] = []

    def before(variable: Variable, years: Mapping[str, int]) -> Mapping[str, int]:
        asked.append((variable.zh, dict(years)))
        return {FIRMS[0]: 100} if variable.zh == "在册职工" else {}

    people = measure(office, before)["people"]
    assert asked == [("年销售额", {FIRMS[0]: 2024}), ("在册职工", {FIRMS[0]: 2024})]
    (pair,) = people.pairs
    assert (pair.before * people.variable.grain, pair.origin) == (100, "figures")  # type: ignore[union-attr]


def test_an_answer_without_its_unit_or_of_another_is_refused_and_located(office: Office) -> None:
    from kaiwu.quantity import KaiwuError

    number = paid(office, 0)
    office.day = LATER
    for bad in ("很多", "3000亩"):
        with pytest.raises(KaiwuError) as caught:
            office.do(number, "survey", answers={"sales": bad, "people": "1人"})
        assert caught.value.problems[0].where == f"{number} sales" and caught.value.problems[0].en
    assert office.case(number).state == State.PAID


def test_a_firm_with_two_claims_is_compared_once_with_all_it_was_paid(office: Office) -> None:
    first = paid(office, 0, 年销售额="2000万元")
    again = claim(1, 年销售额="2200万元")
    second = office.payable(replace(again, firm=FIRMS[0], firm_name="测试0", invoices=(replace(again.invoices[0], buyer_code=FIRMS[0]),)))  # fmt: skip
    pay_all(office, second)
    survey(office, first, sales="2400万元", people="1人")
    survey(office, second, sales="2500万元", people="1人")
    sales = measure(office)["sales"]
    (pair,) = sales.pairs
    assert (sales.before, sales.after, pair.paid) == (2000, 2500, 12_000_000)


def edit(library: Library, text: str) -> Library:
    files = {code: dict(content) for code, content in library.files().items()}
    name = "programmes/demo_training_2025.yaml"
    files["demo"][name] = files["demo"][name].replace("variable: 年销售额}", text)
    return thaw_library(files)


def test_a_programme_declares_another_variable_before_and_its_decimals(library: Library) -> None:
    programme = edit(library, "variable: 年销售额, before: 年销售额, decimals: 2}").programme(PROGRAMME)
    assert programme.survey is not None
    assert (programme.survey.questions[0].before, programme.survey.questions[0].decimals) == ("年销售额", 2)


@pytest.mark.parametrize(("text", "code"), [("variable: 年销售额, before: 在册职工}", "P-PROGRAMME-BEFORE"), ("before: 在册职工}", "P-PROGRAMME-BEFORE")])  # fmt: skip
def test_a_figure_before_of_another_dimension_is_a_mistake_of_the_programme(
    library: Library, text: str, code: str, refused: Callable[..., Any]
) -> None:
    with refused(code):
        edit(library, text)


def test_the_command_prints_the_ratio_with_its_caveat_and_writes_a_sheet(office: Office, tmp_path: Path) -> None:
    number = paid(office, 0, 年销售额="2000万元")
    survey(office, number, sales="2001万元", people="130人")
    folder = office.desk.folder
    (folder / "kaiwu.toml").write_text('[workspace]\npacks = ["demo"]\nsynthetic = true\n', encoding="utf-8")
    words = ["claim", "effect", PROGRAMME, "-w", str(folder), "--on", "2026-06-01"]
    made = json.loads(CliRunner().invoke(main, [*words, "--json", "--out", str(tmp_path / "e.xlsx")]).stdout)
    sales, people = made["questions"]
    assert (sales["per_yuan"], sales["per_yuan_printed"], sales["unit"]) == ("1/6", "0.1667", "万元")
    assert people["before"] is None and people["per_yuan"] is None
    assert "不是因果" in made["note"][0] and "causal" in made["note"][1]
    cells = [str(c.value) for row in load_workbook(tmp_path / "e.xlsx").active.iter_rows() for c in row]
    assert "1/6" in cells and any("不是因果" in c for c in cells)
    assert "不是因果" in CliRunner().invoke(main, [*words, "--lang", "zh"]).output.replace("\n", "")
