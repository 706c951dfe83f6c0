"""Cases that settle claims: they find what differs, and a case that is written wrongly never passes."""

from __future__ import annotations

from pathlib import Path

import pytest

from kaiwu.pack import builtin_packs, open_library
from kaiwu.pack.case import run_cases

RULES = """\
rulebook: caps
kind: clauses
zh: 封顶办法
en: Caps
document: {title: 封顶办法, date: 2024-01-01, standing: attested}
valid: {from: 2024-01-01}
rounding: {to: 1元, mode: half_up}
clauses:
  - {id: A, article: 第一条, zh: 甲, en: A, when: true, amount: 90元}
settlement:
  article: 第二条
  steps:
    - {step: firm_cap, amount: 100元, zh: 每家封顶, en: Cap of the firm}
    - {step: pot, code: p, amount: 150元, exhaustion: null, zh: 总额, en: Total}
"""
TWO = "{一: {firm: 甲, filed: 2025-01-01, amount: 90元}, 二: {firm: 甲, filed: 2025-02-01, amount: 90元}}"


def run(folder: Path, settle: str, expect: str, rules: str = RULES) -> tuple[str, ...]:
    """The differences of one case."""
    pack = folder / "caps"
    (pack / "rulebooks").mkdir(parents=True)
    (pack / "tests").mkdir()
    (pack / "pack.yaml").write_text(
        "pack: caps\nzh: 封顶\nen: Caps\nversion: '1'\njurisdiction: x\ndepends: []\n", "utf-8"
    )
    (pack / "rulebooks" / "caps.yaml").write_text(rules, "utf-8")
    text = f"scheme: caps\ntests:\n  - name: n\n    cites: 第二条\n    settle: {settle}\n    expect: {expect}\n"
    (pack / "tests" / "caps.yaml").write_text(text, "utf-8")
    reports = run_cases(open_library(["caps"], [folder, builtin_packs()]), "caps")
    assert len(reports) == 1
    return reports[0].differences


def test_an_award_and_the_step_that_decided_it(tmp_path: Path) -> None:
    expect = (
        '{一: {amount: 90元, step: none, cites: "90元"}, 二: {amount: 10元, step: 每家封顶, cites: "100元 - 90元"}}'
    )
    assert run(tmp_path, f"{{claims: {TWO}}}", expect) == ()


@pytest.mark.parametrize(
    ("settle", "expect", "found"),
    [
        (f"{{claims: {TWO}}}", '{二: {amount: 90元, cites: "x"}}', "期望 / expected (9000, 9000), 得到 / got (1000, 1000)"),
        (f"{{claims: {TWO}}}", '{二: {step: pot, cites: "x"}}', "got firm_cap = 1 = 每家封顶"),
        (f"{{claims: {TWO}}}", '{二: {asks: no_exhaustion, cites: "x"}}', "asks"),
        (f"{{claims: {TWO}}}", "{二: {amount: 10元}}", "cites"),
        (f"{{claims: {TWO}}}", '{三: {amount: 10元, cites: "x"}}', "不在 claims 中"),
        (f"{{claims: {TWO}}}", '{二: {award: 10元, cites: "x"}}', "award"),
        ("{claims: {}}", '{二: {amount: 10元, cites: "x"}}', "claims"),
        ("{claims: {二: {firm: 甲}}}", '{二: {amount: 10元, cites: "x"}}', "amount"),
        ("{claims: {二: {amount: 10元, firma: 甲}}}", '{二: {amount: 10元, cites: "x"}}', "P-CASE-KEY"),
        ("{claims: {二: {amount: 10元}}, pots: {q: 5元}}", '{二: {amount: 10元, cites: "x"}}', "P-CASE-POT"),
        ("{claims: {二: {amount: 10元}}, prior: [{firm: 甲, amount: 5元}]}", '{二: {amount: 10元, cites: "x"}}', "P-CASE-KEY"),
        ("{claims: {二: {amount: -10元}}}", '{二: {amount: 10元, cites: "x"}}', "BS-NEGATIVE"),
        ("{claims: {二: {amount: 10元, filed: 年初}}}", '{二: {amount: 10元, cites: "x"}}', "二.filed"),
        ("{claims: {二: {amount: 10元, rank: 第一}}}", '{二: {amount: 10元, cites: "x"}}', "二.rank"),
        ("{claims: {二: {amount: [1元, 2元, 3元]}}}", '{二: {amount: 10元, cites: "x"}}', "P-CASE-AMOUNT"),
        ("{claims: {二: {amount: 10元}}, prior: 无}", '{二: {amount: 10元, cites: "x"}}', "prior"),
        ("{claims: {二: {amount: 10元}}, pots: [p]}", '{二: {amount: 10元, cites: "x"}}', "pots"),
        ("{claims: {二: {amount: 10元}}}", '{二: {instalments: 5元, cites: "x"}}', "二.instalments"),
        ("{claims: {二: {amount: 10元, clause: B}}}", '{二: {amount: 10元, cites: "x"}}', "BS-CLAUSE"),
    ],
)  # fmt: skip
def test_what_differs_or_is_written_wrongly_is_said(tmp_path: Path, settle: str, expect: str, found: str) -> None:
    differences = run(tmp_path, settle, expect)
    assert any(found in d for d in differences), differences


def test_earlier_awards_and_what_is_left_in_a_pot_are_read(tmp_path: Path) -> None:
    settle = "{claims: {一: {firm: 甲, amount: 90元}}, prior: [{firm: 甲, clause: A, year: 2025, paid: 40元}], pots: {p@2025: 50元}}"
    expect = '{一: {amount: [0, 50元], asks: no_exhaustion, cites: "100元 - 40元 = 60元, 余额50元"}}'
    assert run(tmp_path, settle, expect) == ()


def test_a_rulebook_without_a_settlement_cannot_settle(tmp_path: Path) -> None:
    rules = RULES.split("settlement:")[0]
    assert "no settlement" in run(tmp_path, f"{{claims: {TWO}}}", '{一: {amount: 90元, cites: "x"}}', rules)[0]
