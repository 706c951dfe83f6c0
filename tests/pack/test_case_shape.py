"""A pack test fails when it should, and one that is badly written is a failure with words, never a crash."""

from __future__ import annotations

from pathlib import Path

import pytest

from kaiwu.pack import open_library
from kaiwu.pack.case import CaseReport, run_cases

FILES = {
    "pack.yaml": "pack: cases\nzh: 例\nen: Cases\nversion: '1'\n",
    "variables/v.yaml": "variables:\n  sales: {zh: 营业收入, en: Sales, kind: money, unit: 万元, bound: [0元, 10000亿元]}\n",
    "rulebooks/r.yaml": "rulebook: r\nkind: clauses\nzh: 规则\nen: Rules\nrounding: {to: 1元, mode: half_up}\nclauses:\n"
    "  - {id: a, article: 一, zh: 款, en: Clause, when: 营业收入 >= 1000万元, amount: 1% * 营业收入}\n",
}
CASE = "tests:\n  - {{name: 例, cites: 一, scheme: r, {0}}}\n"


def run_case(folder: Path, text: str) -> CaseReport:
    for name, content in {**FILES, "tests/t.yaml": text}.items():
        path = folder / "cases" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    (report,) = run_cases(open_library(["cases"], [folder]), "cases")
    return report


def test_a_right_expectation_passes(tmp_path: Path) -> None:
    assert run_case(
        tmp_path, CASE.format("facts: {营业收入: 1000万元}, expect: {outcome: 符合, amount: 10万元}")
    ).is_passed


@pytest.mark.parametrize(
    "body",
    [
        "facts: {营业收入: 999万元}, expect: {outcome: 符合}",
        "facts: {营业收入: 1000万元}, expect: {amount: 10.01万元}",
        "facts: {营业收入: 1000万元}, expect: {amount: 10亩}",
        "facts: {营业收入: 1000万元}, expect: {amount: 10万元又一点}",
        "facts: {营业收入: 1000万元}, expect: {amount: []}",
        "facts: {}, expect: {outcome: 缺数据, missing: []}",
        "facts: {}, expect: {near: {}}",
        "facts: {}, expect: {figures: {}}",
        "facts: {}, expect: {score: 多}",
        "facts: [1], expect: {outcome: 缺数据}",
        "facts: {}, as_of: '2025-06-30', expect: {outcome: 缺数据}",
        "facts: {}, rated: 去年, expect: {outcome: 缺数据}",
        "population: {甲: {}}, expect: {乙: {outcome: 缺数据}}",
        "population: {甲: {}}, expect: {甲: 缺数据}",
        "population: {甲: 1}, expect: {甲: {outcome: 缺数据}}",
        "population: 3, expect: {甲: {outcome: 缺数据}}",
    ],
)
def test_a_wrong_or_badly_written_expectation_fails_with_words(tmp_path: Path, body: str) -> None:
    report = run_case(tmp_path, CASE.format(body))
    assert report.differences and all(report.differences)


@pytest.mark.parametrize("text", ["tests: 3\n", "tests: [例]\n", "- 例\n"])
def test_a_file_of_tests_of_another_shape_fails_with_words(tmp_path: Path, text: str) -> None:
    assert not run_case(tmp_path, text).is_passed
