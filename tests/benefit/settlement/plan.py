"""A small rulebook with a settlement, and claims for it."""

from __future__ import annotations

from typing import Any

import polars as pl

from kaiwu.benefit.loader import load_book
from kaiwu.benefit.settlement import CLAIM_COLUMNS, Settlement
from kaiwu.figure.catalogue import build_catalogue, load_variables
from kaiwu.rule.vocabulary import Vocabulary
from kaiwu.table import parse_document

VARIABLES = """\
variables:
  contribution: {zh: 地方贡献, en: Contribution, kind: money, unit: 万元, bound: [-100亿元, 1000亿元]}
  entered: {zh: 入选日期, en: Entered, kind: date, period: constant}
  left_district: {zh: 迁出本区, en: Left the district, kind: flag}
"""
HEAD = """\
rulebook: x
kind: clauses
zh: 试行办法
en: Trial measures
document: {title: 试行办法, date: 2024-01-01}
valid: {from: 2024-01-01}
rounding: {to: 1元, mode: half_up}
clauses:
  - {id: A, article: 第一条, zh: 甲, en: A, when: true}
  - {id: B, article: 第二条, zh: 乙, en: B, when: true}
  - {id: C, article: 第三条, zh: 丙, en: C, when: true}
"""


def vocabulary() -> Vocabulary:
    return Vocabulary(build_catalogue(load_variables(parse_document(VARIABLES))).names())


def make_plan(steps: str, head: str = "settlement:\n  article: 第十条\n  steps:\n") -> Settlement:
    """The settlement of steps written one per line: ``{step: firm_cap, amount: 8元}``."""
    lines = "".join(f"    - {line.strip()}\n" for line in steps.strip().splitlines())
    plan = load_book(parse_document(HEAD + head + lines, "x.yaml"), vocabulary()).settlement
    assert plan is not None
    return plan


def make_claims(rows: list[dict[str, Any]]) -> pl.DataFrame:
    """Claims from rows; ``amount`` stands for low and high, absent columns are empty."""
    full = []
    for i, row in enumerate(rows):
        low, high = (row["amount"],) * 2 if "amount" in row else (row.get("low"), row.get("high"))
        base = {
            "claim": f"c{i:02d}",
            "entity": f"f{i}",
            "clause": "A",
            "matter": None,
            "year": 2025,
            "filed": i,
            "rank": i,
            "basis": None,
        }
        base |= {"contribution": None, "entered": None, "left_district": None, "choice": None}
        full.append({**base, **{k: v for k, v in row.items() if k != "amount"}, "low": low, "high": high})
    schema = {
        **CLAIM_COLUMNS,
        "contribution": pl.Int64,
        "entered": pl.Int64,
        "left_district": pl.Int64,
        "choice": pl.String,
    }
    extra = {k: pl.String for row in rows for k in row if k not in schema and k != "amount"}
    return pl.DataFrame(full, schema={**schema, **extra})
