"""Reading policies (政策查询): what fits a firm, what nearly does, why, and the material for a platform of the province or the state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.http import Http404
from django.urls import reverse

from kaiwu.pack.programme import Programme
from kaiwu.quantity import KaiwuError
from kaiwu.report.cell import Column
from kaiwu.report.evidence import Evidence
from kaiwu.report.printed import Printed
from kaiwu.report.sheet import Block, make_block
from kaiwu.rule.outcome import Outcome
from kaiwu.web.account.models import Person
from kaiwu.web.policy.models import PolicyAnswer, PolicyClause, Push
from kaiwu.web.registry.models import Firm
from kaiwu.web.run.models import NearRow
from kaiwu.web.run.queries import money_of
from kaiwu.web.wording import language, pick
from kaiwu.web.workspace import find_run, workspace


@dataclass(frozen=True, slots=True)
class Offer:
    """One clause as a firm sees it: what it brings, until when, with which papers, and what is still between them."""

    key: str
    title: str
    policy: str
    place: str
    department: str
    mark: str
    amount: str
    until: date | None
    papers: Sequence[str]
    gap: str
    owner: str
    effort: int
    worth: int
    is_pushed: bool
    why_url: str
    apply_url: str
    pack_url: str


@dataclass(slots=True)
class Matches:
    """All clauses of the newest policy run that are not refused to a firm, in four groups; ``far`` lacks more than one figure."""

    fits: list[Offer] = field(default_factory=list)
    near: list[Offer] = field(default_factory=list)
    human: list[Offer] = field(default_factory=list)
    far: list[Offer] = field(default_factory=list)
    run: str = ""
    as_of: date | None = None


def find_firm(person: Person, entity: str) -> Firm:
    """A firm in this person's reach; otherwise there is none."""
    firm: Firm | None = Firm.objects.visible_to(person).filter(entity=entity).first()
    if firm is None:
        raise Http404
    return firm


def find_clause(key: str) -> PolicyClause:
    """The clause of a key. Raises ``Http404`` where the newest run has none."""
    clause = PolicyClause.objects.select_related("run").filter(key=key).first()
    if clause is None:
        raise Http404
    return clause


def programme_of(clause: PolicyClause) -> Programme | None:
    """The programme by which a clause is claimed here."""
    return workspace().library.programmes.get(clause.programme) if clause.programme else None


def match_firm(person: Person, firm: Firm) -> Matches:
    """What fits a firm and what nearly does, from its own rows alone."""
    answers = (
        PolicyAnswer.objects.visible_to(person).filter(firm=firm).select_related("clause__run").order_by("clause_id")
    )
    run = PolicyClause.objects.values_list("run_id", flat=True).first()
    gaps = {(n.scheme, n.item): n for n in NearRow.objects.visible_to(person).filter(firm=firm, run=run)}
    pushed = set(Push.objects.visible_to(person).filter(firm=firm).values_list("key", flat=True))
    made = Matches()
    seen = set()
    for answer in answers:
        clause = answer.clause
        made.run, made.as_of = clause.run.number, clause.run.as_of
        seen.add((clause.scheme, clause.item))
        gap = gaps.get((clause.scheme, clause.item))
        offer = _offer(clause, firm, answer.low, answer.high, gap, clause.key in pushed)
        {Outcome.PASS: made.fits, Outcome.HUMAN: made.human}.get(
            Outcome(answer.outcome), made.near if gap else made.far
        ).append(offer)
    rest = {key: gap for key, gap in gaps.items() if key not in seen}
    clauses = (
        {(c.scheme, c.item): c for c in PolicyClause.objects.filter(key__in=[f"{s}.{i}" for s, i in rest])}
        if rest
        else {}
    )
    for key, gap in rest.items():
        if key in clauses:
            made.near.append(_offer(clauses[key], firm, gap.low, gap.high, gap, clauses[key].key in pushed))
    made.near.sort(key=lambda o: (not o.apply_url, not o.is_pushed, o.effort, o.title))
    made.fits.sort(key=lambda o: (not o.apply_url, not o.is_pushed, -o.worth, o.title))
    return made


def _offer(
    clause: PolicyClause, firm: Firm, low: int | None, high: int | None, gap: NearRow | None, is_pushed: bool
) -> Offer:
    programme = programme_of(clause)
    names = [pick(m.zh, m.en) for m in programme.materials if m.is_required] if programme else []
    until = programme.window.valid_to or programme.validity.valid_to if programme else clause.until
    return Offer(
        key=clause.key, title=pick(clause.zh, clause.en), policy=pick(clause.scheme_zh, clause.scheme_en), place=clause.jurisdiction,
        department=clause.department, mark=pick(clause.mark_zh, clause.mark_en),
        amount=money_of(low, high, is_limited=high is not None) if low is not None or high is not None else clause.grants,
        until=until, papers=names, gap=pick(gap.gap_zh, gap.gap_en) if gap else "", owner=gap.owner if gap else "", effort=gap.effort if gap else 0, worth=high or low or 0, is_pushed=is_pushed,
        why_url=reverse("policy-why", args=[firm.entity, clause.key]),
        apply_url=reverse("claim-new", args=[firm.entity, clause.key]) if programme else "",
        pack_url=reverse("policy-pack", args=[firm.entity, clause.key]) if clause.is_recognition else "",
    )  # fmt: skip


def block_of(clause: PolicyClause, entity: str) -> Block:
    """The decision of one clause about one firm, with reasons, figures and what is missing for this clause alone.

    Raises ``Http404`` where the firm is not in the scope of the run.
    """
    run = find_run(clause.run.number)
    try:
        block = make_block(run, entity, (clause.scheme,), language())
    except KaiwuError as error:
        raise Http404 from error
    mine = tuple(d for d in block.decisions if d.decision.item == clause.item) or block.decisions
    evidence = Evidence(run, entity, language())
    asked = [s for d in mine for s in d.decision.missing if not evidence.is_finding(s)]
    used = list(dict.fromkeys(slot for d in mine for r in d.decision.reasons for slot in r.slots))
    return replace(
        block,
        decisions=mine,
        missing=evidence.missing(asked),
        withheld=evidence.withheld([*used, *asked]),
        figures=evidence.figures(used),
    )


# -- material for a platform -------------------------------------------------------------------------------


def print_pack(clause: PolicyClause, firm: Firm) -> list[Printed]:
    """申报材料包: who applies, every condition in the order of the document with the data known, figures with source, what is missing."""
    block = block_of(clause, firm.entity)
    run = find_run(clause.run.number)
    facts = [f"依据: {clause.document} {clause.article}", f"数据截至: {run.record.known_at}  测算编号: {run.record.number}",
             "次序为文件条目次序; 认定平台另有录入次序的以平台为准。空格表示缺数据, 不是零"]  # fmt: skip
    if clause.mark_zh:
        facts.append(f"所依内容{clause.mark_zh}, 申报前请核对原文")

    def sheet(name: str, columns: Sequence[Column], rows: Sequence[Sequence[Any]]) -> Printed:
        return Printed(name, f"{clause.zh}: {name}", facts, columns, rows, is_synthetic=run.record.is_synthetic)

    town = firm.town.name if firm.town else None
    who = [
        ("企业名称", firm.name),
        ("统一社会信用代码", firm.uscc or firm.entity),
        ("所在镇街", town),
        ("行业", firm.industry or None),
    ]
    conditions = [
        (n, shown.reason.zh, shown.reason.outcome.zh if shown.reason.outcome else None, "; ".join(f"{f.label}{f.period} {f.value}" for f in shown.figures),
         shown.reason.article, shown.reason.gap)
        for n, shown in enumerate((s for d in block.decisions for s in d.reasons), start=1)
    ]  # fmt: skip
    figures = [(f.label, f.period, f.value, f.owner, f.source, f.figure) for f in block.figures]
    missing = [
        (owner, name, "请企业备证明材料或向该部门核实") for owner, names in block.missing.items() for name in names
    ]
    return [
        sheet("基本信息", (Column("项目", "field", 24), Column("内容", "content", 50)), who),
        sheet("条件逐项", (Column("序号", "no", 6, "whole"), Column("条件与现状", "condition", 60), Column("结论", "answer", 10), Column("所用数据", "figures", 40),
                           Column("依据", "article", 18), Column("差距", "gap", 20)), conditions),
        sheet("数据清单", (Column("数据项", "figure", 30), Column("时期", "period", 12), Column("数值", "value", 20), Column("部门", "department", 18),
                           Column("来源", "source", 30), Column("数据编号", "number", 14)), figures),
        sheet("缺少与附件", (Column("部门", "department", 20), Column("数据项", "figure", 40), Column("说明", "note", 36)), missing),
    ]  # fmt: skip


def visit_rows(person: Person, clause: PolicyClause, which: str) -> tuple[list[Column], list[list[Any]]]:
    """走访单: firms in reach of a clause by town, what they are offered or lack, and room for the visit's notes."""
    pushed: Mapping[int, Any] = dict(Push.objects.filter(key=clause.key).values_list("firm_id", "pushed_at"))
    columns = [
        Column("镇街", "town", 12), Column("企业", "firm", 34), Column("代码", "code", 22), Column("结论", "answer", 10), Column("差什么", "missing", 44),
        Column("数据部门", "department", 18), Column("至多(万元)", "at most", 12, "money"), Column("已推送", "pushed", 12), Column("走访人", "visitor", 12),
        Column("走访日期", "visited", 12), Column("企业意向与需要", "needs", 40),
    ]  # fmt: skip
    rows = []
    for firm, answer, gap, owner, high in reached_firms(person, clause, which):
        at = pushed.get(firm.pk)
        told = f"{at:%Y-%m-%d}" if at else None
        rows.append(
            [
                firm.town.name if firm.town else None,
                firm.name,
                firm.entity,
                answer,
                gap,
                owner,
                high,
                told,
                None,
                None,
                None,
            ]
        )
    return columns, rows


def reached_firms(
    person: Person, clause: PolicyClause, which: str
) -> list[tuple[Firm, str, str | None, str | None, int | None]]:
    """Firms in reach that a clause fits (``fits``) or nearly fits (``near``): answer, gap, department, highest amount; by town and name."""
    order = ("firm__town__name", "firm__name")
    if which == "near":
        near = NearRow.objects.visible_to(person).filter(run=clause.run, scheme=clause.scheme, item=clause.item)
        return [
            (n.firm, pick("差一点", "near"), pick(n.gap_zh, n.gap_en), n.owner, n.high)
            for n in near.select_related("firm__town").order_by("effort", *order)
        ]
    answers = PolicyAnswer.objects.visible_to(person).filter(clause=clause, outcome=int(Outcome.PASS))
    return [
        (a.firm, pick(Outcome.PASS.zh, "met"), None, None, a.high)
        for a in answers.select_related("firm__town").order_by(*order)
    ]
