"""Pack tests may say what a derived variable comes out as."""

from __future__ import annotations

import pytest

from kaiwu.pack import open_library
from kaiwu.pack.case import run_cases

FILES = {
    "pack.yaml": "pack: small\nzh: 小\nen: Small\nversion: '1'\n",
    "variables/v.yaml": """\
variables:
  income: {zh: 所得额, en: Income, kind: money, unit: 元, bound: [0元, 1亿元]}
  sales: {zh: 销售额, en: Sales, kind: money, unit: 元, bound: [0元, 1亿元]}
  tax: {zh: 应纳税额, en: Tax, kind: money, unit: 元, bound: [0元, 1亿元], derive: 5% * 所得额}
  margin: {zh: 所得占比, en: Margin, kind: ratio, unit: "%", bound: [0%, 1000%], derive: 所得额 / 销售额}
""",
    "rulebooks/r.yaml": """\
rulebook: r
kind: clauses
zh: 规则
en: Rules
document: {title: 办法}
clauses:
  - {id: a, article: 一, zh: 条款, en: Clause, when: 所得额 > 0元}
""",
}


def differences(folder, figures, facts="{所得额: 100万元, 销售额: 400万元}"):
    case = f"scheme: r\ntests:\n  - {{name: x, cites: 一, facts: {facts}, expect: {{figures: {figures}}}}}\n"
    for path, text in {**FILES, "tests/t.yaml": case}.items():
        target = folder / "small" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    (report,) = run_cases(open_library(["small"], [folder]))
    return report.differences


@pytest.mark.parametrize("figures", ["{应纳税额: 5万元}", "{应纳税额: 50000元, 所得占比: 25%}"])
def test_a_derived_figure_that_comes_out_as_said_passes(tmp_path, figures):
    assert differences(tmp_path, figures) == ()


@pytest.mark.parametrize(
    "figures", ["{应纳税额: 50000.01元}", "{所得占比: 26%}", "{应纳税额: 5%}", "{应纳税款: 5万元}"]
)
def test_another_value_dimension_or_name_is_a_difference(tmp_path, figures):
    assert differences(tmp_path, figures)


def test_a_figure_that_cannot_be_derived_is_not_taken_for_zero(tmp_path):
    assert differences(tmp_path, "{应纳税额: 0元}", facts="{销售额: 400万元}")
