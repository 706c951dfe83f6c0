from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from kaiwu.benefit import ClauseScheme
from kaiwu.pack import open_library
from kaiwu.pack.case import make_facts
from kaiwu.rule.outcome import Outcome

VARIABLES = "variables:\n  turnover: {zh: 营业收入, en: Turnover, kind: money, unit: 万元, bound: [0元, 10000亿元]}\n"
BOOK = """\
rulebook: r
kind: clauses
zh: 规则
en: Rules
document: {{title: 办法}}
clauses:
  - {{id: a, article: 一, zh: 条款, en: Clause, when: 营业收入 >= 1万元, {more}}}
"""


def decide(folder: Path, more: str, day: dt.date) -> Outcome:
    for name, text in {"pack.yaml": "pack: p\nzh: 包\nen: P\nversion: '1'\n", "variables/v.yaml": VARIABLES,
                       "rulebooks/r.yaml": BOOK.format(more=more)}.items():  # fmt: skip
        path = folder / "p" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    library = open_library(["p"], [folder])
    scheme = library.scheme("r")
    assert isinstance(scheme, ClauseScheme)
    facts = make_facts(scheme, library.shelves["p"], {"x": {"营业收入": "5万元"}}, day, day.year - 1)
    (decision,) = scheme.explain(facts, "x")
    assert scheme.decide(facts).decisions["outcome"].item() == decision.outcome
    return decision.outcome


@pytest.mark.parametrize(
    ("day", "outcome"),
    [
        (dt.date(2009, 12, 31), Outcome.FAIL),
        (dt.date(2010, 1, 1), Outcome.PASS),
        (dt.date(2011, 1, 1), Outcome.PASS),
        (dt.date(2011, 1, 2), Outcome.FAIL),
    ],
)
def test_a_clause_grants_only_within_its_own_validity(tmp_path, day, outcome):
    assert decide(tmp_path, "valid: {from: 2010-01-01, to: 2011-01-01}", day) is outcome


def test_a_superseded_clause_grants_nothing(tmp_path):
    assert decide(tmp_path, "status: superseded", dt.date(2024, 6, 1)) is Outcome.FAIL


def test_a_clause_without_dates_of_its_own_stands_as_long_as_its_rulebook(tmp_path):
    assert decide(tmp_path, "note: 无", dt.date(2024, 6, 1)) is Outcome.PASS
