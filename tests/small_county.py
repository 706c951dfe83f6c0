"""A small invented county in a folder: a rating with classes, clauses with money, a draft; two dozen firms, two departments."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from kaiwu.figure import make_figures
from kaiwu.identity import Batch, Entity, EntityKind, Name, Register
from kaiwu.procedure import Run, Workspace, open_workspace
from kaiwu.procedure.run import run_job

KNOWN = dt.date(2024, 6, 30)
PACK = """\
pack: county
zh: 小县
en: Small county
version: "1"
"""
VARIABLES = """\
variables:
  turnover: {zh: 营业收入, en: Turnover, kind: money, unit: 万元, bound: [0元, 10000亿元], owner: 统计部门}
  research: {zh: 研发费用, en: Research, kind: money, unit: 万元, bound: [0元, 1000亿元], owner: 统计部门}
  tax: {zh: 实缴税金, en: Tax paid, kind: money, unit: 万元, bound: [0元, 1000亿元], owner: 税务部门}
  land: {zh: 用地面积, en: Land, kind: quantity, unit: 亩, decimals: 4, bound: [0.1亩, 100000亩], owner: 自然资源部门}
  is_above: {zh: 规上企业, en: Above scale, kind: flag, owner: 统计部门}
  is_clean: {zh: 无严重失信, en: No serious default, kind: judgement, owner: 市场监管部门}
  grade: {zh: 亩均档次, en: Class, kind: category, values: [A, B, C, D]}
"""
RULER = """\
rulebook: ruler
kind: rating
zh: 亩均评价
en: Rating by yield per mu
document: {title: 评价办法, number: 小政〔2023〕1号, date: 2023-01-01}
valid: {from: 2023-01-01}
produces: grade
scope: 规上企业
defaults: {round: {to: 0.01分, mode: half_up}, missing: data_missing, undefined: human}
indicators:
  - {code: tax_mu, zh: 亩均税收, en: Tax per mu, value: 实缴税金 / 用地面积, direction: higher, weight: 60分, score: {benchmark: 20万元/亩}, article: 第五条}
  - {code: rd, zh: 研发投入强度, en: Research share, value: 研发费用 / 营业收入, direction: higher, weight: 40分, score: {benchmark: 3%}, article: 第六条}
total: {round: {to: 0.01分, mode: half_up}}
ties: share_rank
classes: {by: share, rounding: floor, rows: [{class: A, share: 20%}, {class: B, share: 60%}, {class: C, share: 15%}, {class: D}]}
changes: {articles: [第十二条], steps: 1}
"""
AWARD = """\
rulebook: award
kind: clauses
zh: 研发奖补
en: Research award
document: {title: 奖补办法, date: 2023-01-01, standing: single_copy}
valid: {from: 2023-01-01}
rounding: {to: 1元, mode: half_up}
clauses:
  - {id: b1, article: 第二条, zh: 研发补助, en: Research grant, when: 研发费用 / 营业收入 >= 3%, amount: 10% * 研发费用, cap: 50万元}
  - {id: b2, article: 第三条, zh: 头部奖励, en: Award for class A, when: 亩均档次 = A 且 无严重失信, amount: 20万元}
"""
DRAFT = """\
rulebook: plan
kind: clauses
zh: 征求意见稿
en: Draft plan
status: draft
document: {title: 征求意见稿, date: 2024-01-01}
valid: {from: 2023-01-01}
clauses:
  - {id: c1, article: 第一条, zh: 大户, en: Big ones, when: 营业收入 >= 5000万元}
"""
CONFIG = """\
[workspace]
zh = "小县"
en = "Small county"
packs = ["county"]
synthetic = true

[[job]]
code = "year"
zh = "年度评价"
en = "Yearly evaluation"
schemes = ["award", "ruler", "plan"]
as_of = 2024-06-30
rated = 2023
purpose = "permu"
"""
CHANGE = """
[[job.changes]]
entity = "F05"
class = "A"
article = "第十二条"
signer = "亩均办 王某"
reason = "省级示范企业"
"""
FIRMS = [f"F{i:02d}" for i in range(24)]
ODD_NAMES = {"F07": "=1+1公司", "F08": "<b>粗体</b>公司"}


def make_county(
    folder: Path, *, changes: str = "", more: list[dict[str, Any]] | None = None, is_synthetic: bool = True
) -> Workspace:
    """Write the county below a folder and open it. F03 lacks research, F04 has only a group's turnover, F06 lacks land,
    F10 is not above scale. ``more`` takes the place of figures."""
    pack = folder / "packs" / "county"
    files = {"pack.yaml": PACK, "variables/v.yaml": VARIABLES, "rulebooks/ruler.yaml": RULER, "rulebooks/award.yaml": AWARD,
             "rulebooks/plan.yaml": DRAFT}  # fmt: skip
    for name, text in files.items():
        (pack / name).parent.mkdir(parents=True, exist_ok=True)
        (pack / name).write_text(text, encoding="utf-8")
    config = CONFIG if is_synthetic else CONFIG.replace("synthetic = true", "synthetic = false")
    (folder / "kaiwu.toml").write_text(config + changes, encoding="utf-8")
    register = Register()
    names = {f: ODD_NAMES.get(f, f"小县第{f[1:]}机械有限公司") for f in FIRMS}
    register.append(
        Batch(
            dt.date(2024, 1, 1),
            "test",
            tuple(Entity(id=f, kind=EntityKind.FIRM, names=(Name(n),)) for f, n in names.items()),
        )
    )
    register.save(folder / "register")
    workspace = open_workspace(folder)
    given = {(row["entity"], row["variable"]): row for row in [*figures(), *(more or [])]}  # the later one stands
    workspace.figures.append(
        make_figures({**row, "synthetic": is_synthetic} for row in given.values()), dt.date(2024, 5, 1), "部门"
    )
    return workspace


def figures() -> list[dict[str, Any]]:
    """Turnover 1000 to 24,000 万元, research 0 to 5 %, tax 10 to 240 万元, 10 亩 each."""
    rows = []
    for i, firm in enumerate(FIRMS):
        turnover = 10**9 * (i + 1)
        rows.append(figure(firm, "turnover", turnover, scope="group" if firm == "F04" else "legal_entity"))
        rows.append(figure(firm, "is_above", int(firm != "F10"), unit=""))
        rows.append(figure(firm, "tax", 10**7 * (i + 1), source="税务局"))
        if firm != "F03":
            rows.append(figure(firm, "research", turnover * (i % 6) // 100))
        if firm != "F06":
            rows.append(figure(firm, "land", 100_000, unit="亩", source="资规局"))
    return rows


def figure(entity: str, variable: str, value: int, **more: Any) -> dict[str, Any]:
    """One figure of 2023 in grains."""
    base = {"entity": entity, "variable": variable, "period": "2023", "value": value, "scope": "legal_entity", "source": "统计局",
            "place": "表1!C4", "status": "final", "standing": "attested", "unit": "万元", "synthetic": True}  # fmt: skip
    return {**base, **more}


def run_county(workspace: Workspace) -> Run:
    """Its one job, as known at the end of June."""
    return run_job(workspace, workspace.job("year"), known_at=KNOWN)
