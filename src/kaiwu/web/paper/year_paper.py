"""Papers of an evaluation (年度评价文书): notice with objection slip, one firm's sheet, meeting papers, review form, red-head draft.

Owns their words. Every number is that of the page it belongs to: the same publication, the same list, the same sheet.
"""

from __future__ import annotations

import json

from django.http import Http404
from django.urls import reverse

from kaiwu.quantity import KaiwuError, Problem
from kaiwu.report.cell import print_cell
from kaiwu.report.listing import facts_of_run
from kaiwu.report.shortage import find_shortage
from kaiwu.web.account.models import Person
from kaiwu.web.evaluation.models import OPEN_DISPUTES, Dispute, Evaluation, Publication, Sheet
from kaiwu.web.evaluation.queries import block_of, listing_of, moved_firms, progress_counts, run_of
from kaiwu.web.evaluation.screens import DISPUTE_STATES, SHEET_STATES
from kaiwu.web.paper.content import Table, Told

NOTHING_MISSING = "没有影响结论的缺项"
REVIEW_COLUMNS = 9
"""Columns of a review form at most, besides those to be filled in by hand."""
REVIEW_ROWS = 1_000


def write_notice(person: Person, number: str) -> Told:
    """The notice of a publication with a slip for objections."""
    made = Publication.objects.visible_to(person).select_related("evaluation__case").filter(number=number).first()
    if made is None:
        raise Http404
    counts = json.loads(made.counts)
    until = f"公示期至 {made.last_day:%Y年%m月%d日} 止。" if made.last_day else "公示期限未定。"
    words = "、".join(f"{label} {n:,} 家" for label, n in counts)
    return Told(
        title=made.title, as_of=made.published_on, url=reverse("publication", args=[made.number]), run=made.run,
        rule_version=made.evaluation.case.pack_digest,
        facts=[f"公示编号: {made.number}", f"名单摘要: {made.digest[:16]}", *made.facts.splitlines()],
        body=[
            f"根据评价办法, 现将{made.title}结果予以公示, {until if made.kind == 'notice' else '本名单为定档结果。'}",
            f"各档合计: {words}; 共 {sum(n for _, n in counts):,} 家。",
            "对结果有异议的企业, 请在公示期内填写所附异议单, 连同证明材料交所在镇街, 由镇街转报。",
        ],
        tables=[Table("名单", json.loads(made.heads), json.loads(made.rows))], missing=missing_lines(made.evaluation),
        words={"issuer": made.issuer or "(发布单位未填)", "signer": made.signer, "day": f"{made.published_on:%Y年%m月%d日}", "slip": "1"},
    )  # fmt: skip


def write_firm_sheet(person: Person, key: str) -> Told:
    """One firm's sheet with its figures and room for its answer."""
    sheet = (
        Sheet.objects.visible_to(person).select_related("evaluation__case", "firm").filter(pk=key).first()
        if key.isdecimal()
        else None
    )
    if sheet is None:
        raise Http404
    made, told = sheet.evaluation, block_of(sheet)
    results = [[d.scheme, d.answer, d.decision.label or "", d.money] for d in told.decisions]
    figures = [[f.label, f.period, f.value, f"{f.source} {f.place}".strip(), f.mark, ""] for f in told.figures]
    due = f"请于 {made.case.due:%Y年%m月%d日} 前答复。" if made.case.due else "请尽快答复。"
    return Told(
        title=f"{sheet.firm.name} {made.case.title}数据核对单", as_of=told.run.as_of, url=reverse("sheet-detail", args=[sheet.pk]),
        run=made.run, rule_version=made.case.pack_digest, firm=sheet.firm.entity, facts=_facts(made),
        body=[f"{sheet.firm.name}:", f"现将贵单位{made.case.title}所用数据和结果送达, 请逐项核对。{due}"],
        tables=[
            Table("结果", ["方案", "结论", "档次", "金额"], results),
            Table("所用数据", ["指标", "期间", "数值", "来源", "标注", "企业意见"], figures, numbers=[2]),
        ],
        missing=[f"{owner}: {'、'.join(names)}" for owner, names in told.missing.items()] or [NOTHING_MISSING],
        words={"issuer": made.issuer or "(发布单位未填)", "signer": made.signer},
    )  # fmt: skip


def write_meeting(person: Person, number: str) -> Told:
    """What a meeting on the results needs: where it stands, classes, what moved, what is disputed, what is to be decided."""
    made = evaluation_for(person, number)
    listing, sheets = listing_of(made), progress_counts(made)
    disputes = Dispute.objects.filter(sheet__evaluation=made).select_related("sheet__firm__town")
    moved = moved_firms(made, made.first_run, made.run) if made.run != made.first_run else []
    is_open = disputes.filter(state__in=OPEN_DISPUTES).count()
    answered = ", ".join(f"{zh} {sheets.get(state, 0):,}" for state, (zh, _) in SHEET_STATES.items())
    return Told(
        title=f"{made.case.title}会议材料", as_of=run_of(made).record.as_of, url=_url(made), run=made.run,
        rule_version=made.case.pack_digest, facts=_facts(made),
        body=[
            f"一、进展。一企一单: {answered}。",
            f"二、结果。各档: {'、'.join(f'{label} {n:,} 家' for label, n in listing.counts)}; 评价范围 {listing.scope:,} 家。",
            f"三、异议。共 {disputes.count():,} 件, 未办结 {is_open:,} 件; 更正后变动 {len(moved):,} 家。",
            "四、提请会议审议: 1. 各档名单; 2. 提档、降档和一票否决事项; 3. 公示口径与时间。",
        ],
        tables=[
            Table("异议情况", ["编号", "企业", "镇街", "指标", "单子上", "主张", "状态"],
                  [[d.number, d.sheet.firm.name, d.sheet.firm.town.name if d.sheet.firm.town else "", d.label, d.printed, d.claimed, DISPUTE_STATES[d.state][0]] for d in disputes], numbers=[4, 5]),
            Table("更正前后变动", ["企业", "更正前", "更正后", "原因"], [[m.name, m.before, m.after, m.cause] for m in moved]),
        ],
        missing=missing_lines(made), words={"issuer": made.issuer or "(发布单位未填)"},
    )  # fmt: skip


def write_review(person: Person, number: str) -> Told:
    """A form for reviewers: the list with its first columns, and room for opinion and signature."""
    made = evaluation_for(person, number)
    listing = listing_of(made)
    columns = list(enumerate(listing.columns))[:REVIEW_COLUMNS]
    rows = [
        [str(n), *(print_cell(c, row[i]) for i, c in columns), "", ""]
        for n, row in enumerate(listing.table.head(REVIEW_ROWS).iter_rows(), start=1)
    ]
    left = listing.table.height - len(rows)
    return Told(
        title=f"{made.case.title}评审表", as_of=run_of(made).record.as_of, url=_url(made), run=made.run, rule_version=made.case.pack_digest,
        facts=_facts(made), body=["评审人对每一行独立填写意见并签名; 与参评企业有利害关系的应当回避。"],
        tables=[
            Table("评审表", ["序号", *(c.zh for _, c in columns), "评审意见", "签名"], rows,
                  note=f"另有 {left:,} 行见测算名单的 Excel。" if left else "", numbers=[i + 1 for i, c in columns if c.kind != "text"]),
        ],
        missing=missing_lines(made), words={"issuer": made.issuer or "(发布单位未填)"},
    )  # fmt: skip


def write_red_head(person: Person, number: str) -> Told:
    """A draft of the document by which the results are issued; its number is left to the office that gives it."""
    made = evaluation_for(person, number)
    final = made.publications.filter(kind="final").first()
    listing = listing_of(made)
    minutes = final.minutes if final else ""
    lists = [f"{c.zh}({c.department}, {c.firms:,} 家)" for c in made.consequences.all()]
    table = (
        Table("附件: 评价结果名单", json.loads(final.heads), json.loads(final.rows))
        if final
        else Table("附件: 评价结果名单", ["说明"], [["定档后由系统填入"]])
    )
    return Told(
        title=f"关于印发{made.case.title}结果的通知(代拟稿)", as_of=run_of(made).record.as_of, url=_url(made), run=made.run,
        rule_version=made.case.pack_digest, facts=_facts(made),
        body=[
            "各镇人民政府、街道办事处, 各平台管委会, 区级有关单位:",
            f"{made.case.title}已经完成。评价范围 {listing.scope:,} 家, 其中{'、'.join(f'{label} {n:,} 家' for label, n in listing.counts)}。",
            f"结果经{minutes or '(会议纪要编号待填)'}审定, 现予印发。",
            f"各有关单位据此落实: {'; '.join(lists) or '(结果运用名单待定)'}。",
        ],
        tables=[table], missing=missing_lines(made),
        words={"issuer": made.issuer or "(发布单位未填)", "signer": made.signer, "number_line": "〔      〕    号"},
    )  # fmt: skip


def evaluation_for(person: Person, number: str) -> Evaluation:
    """The evaluation of a case number, with a run. Raises ``Http404`` out of reach, ``KaiwuError`` without a run."""
    made = Evaluation.objects.visible_to(person).select_related("case").filter(case__number=number).first()
    if made is None:
        raise Http404
    if not made.run:
        raise KaiwuError(
            Problem(
                "W-PAPER-RUN",
                "还没有测算, 写不出这份文书",
                "there is no run yet: this paper cannot be written",
                where=number,
            )
        )
    return made


def missing_lines(made: Evaluation) -> list[str]:
    """What is missing in the run that counts, by department."""
    lacks = [lack for lack in find_shortage(run_of(made)).lacks if lack.mattering]
    return [
        f"{lack.owner}: {lack.zh}({lack.period})缺 {lack.lacking:,} 家, 影响结论 {lack.mattering:,} 家"
        for lack in lacks
    ] or [NOTHING_MISSING]


def _facts(made: Evaluation) -> list[str]:
    run = run_of(made)
    return facts_of_run(run, run.scheme(made.scheme))


def _url(made: Evaluation) -> str:
    return reverse("evaluation", args=[made.case.number])
