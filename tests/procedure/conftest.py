"""A small district in a folder: one pack of clauses, a dozen firms, figures of two years."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from kaiwu.figure import make_figures
from kaiwu.identity import Batch, Entity, EntityKind, Name, Register
from kaiwu.procedure import Workspace, open_workspace

PACK = """\
pack: tiny
zh: 小区
en: Tiny
version: "1"
"""
VARIABLES = """\
variables:
  turnover: {zh: 营业收入, en: Turnover, kind: money, unit: 万元, bound: [0元, 10000亿元], owner: 统计}
  research: {zh: 研发费用, en: Research, kind: money, unit: 万元, bound: [0元, 1000亿元], owner: 企业}
  is_strong: {zh: 强企, en: Strong, kind: flag, owner: 经信}
"""
RULEBOOK = """\
rulebook: strong
kind: clauses
zh: 强企认定
en: Strong firms
document: {title: 试行办法, date: 2023-01-01}
valid: {from: 2023-01-01, repealed: 2025-01-01}
produces: is_strong
rounding: {to: 1元, mode: half_up}
clauses:
  - {id: a, article: 第一条, zh: 强企, en: Strong, when: 营业收入 >= 1000万元 且 研发费用 / 营业收入 >= 3%}
"""
AWARD = """\
rulebook: award
kind: clauses
zh: 强企奖励
en: Award for strong firms
document: {title: 试行办法, date: 2023-01-01}
valid: {from: 2023-01-01}
rounding: {to: 1元, mode: half_up}
clauses:
  - {id: b, article: 第二条, zh: 奖励, en: Award, when: 强企, amount: 10% * 研发费用, cap: 50万元}
"""
CONFIG = """\
[workspace]
zh = "小区"
en = "Tiny district"
packs = ["tiny"]

[[job]]
code = "strong"
zh = "强企"
en = "Strong"
schemes = ["award", "strong"]
as_of = 2024-06-30
rated = 2023
purpose = "policy"
"""
FIRMS = [f"F{i:02d}" for i in range(12)]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return make_workspace(tmp_path)


@pytest.fixture
def two_orders(tmp_path: Path) -> list[Workspace]:
    """The same district, its figures told in two orders."""
    return [make_workspace(tmp_path / "a"), make_workspace(tmp_path / "b", is_reversed=True)]


def make_workspace(folder: Path, is_reversed: bool = False) -> Workspace:
    pack = folder / "packs" / "tiny"
    for name, text in {
        "pack.yaml": PACK, "variables/v.yaml": VARIABLES, "rulebooks/strong.yaml": RULEBOOK, "rulebooks/award.yaml": AWARD,
    }.items():  # fmt: skip
        (pack / name).parent.mkdir(parents=True, exist_ok=True)
        (pack / name).write_text(text, encoding="utf-8")
    (folder / "kaiwu.toml").write_text(CONFIG, encoding="utf-8")
    register = Register()
    firms = tuple(Entity(id=f, kind=EntityKind.FIRM, names=(Name(f"第{f}公司"),)) for f in FIRMS)
    register.append(Batch(dt.date(2024, 1, 1), "test", firms))
    register.save(folder / "register")
    workspace = open_workspace(folder)
    rows = []
    for i, firm in enumerate(FIRMS):
        rows.append(figure(firm, "turnover", 10**9 * (i + 1)))  # 1000万元 and more
        if i != 3:
            rows.append(figure(firm, "research", 10**9 * (i + 1) * (i % 6) // 100))  # i % 6 per cent
    rows = rows[::-1] if is_reversed else rows
    workspace.figures.append(make_figures(rows), dt.date(2024, 5, 1), "统计")
    return workspace


def figure(entity: str, variable: str, value: int, **more: object) -> dict[str, object]:
    base = {"entity": entity, "variable": variable, "period": "2023", "value": value, "scope": "legal_entity",
            "source": "统计", "place": "表1", "status": "final", "standing": "attested", "unit": "万元"}  # fmt: skip
    return {**base, **more}
