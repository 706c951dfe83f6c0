"""Commands around runs: run, runs, explain, replay, diff, object.

Owns arguments and printing. What they do is ``kaiwu.procedure``; the files they leave are ``kaiwu.report``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from kaiwu.cli.console import EXIT_DIFFERENT, Speaker
from kaiwu.cli.option import Day, known_at_option, now, speaking, today, workspace_argument, workspace_option
from kaiwu.procedure import Claim, Run, compare_runs, explain_run, open_run, open_workspace, rerun, uphold
from kaiwu.procedure import replay as replay_run
from kaiwu.procedure.run import run_job
from kaiwu.quantity import KaiwuError, Problem
from kaiwu.report import print_money, write_run
from kaiwu.report.evidence import Evidence, ShownFigure
from kaiwu.report.label import standing_words
from kaiwu.report.output import SHEETS_AT_ONCE
from kaiwu.rule.decision import Decision
from kaiwu.rule.outcome import Outcome


class SheetCount(click.ParamType[int]):
    """How many sheets: a number, or ``all``, which is ``None``."""

    name = "number|all"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Parse, or fail with the form that is wanted."""
        text = str(value)
        if text != "all" and not (text.isascii() and text.isdigit()):
            self.fail(f"要写份数或 all / a number or all, not “{text}”", param, ctx)
        return None if text == "all" else int(text)


def sheet_total(run: Run, sheets: int | None) -> int:
    """How many sheets that makes for a run."""
    return run.record.population if sheets is None else min(sheets, run.record.population)


@click.command()
@workspace_argument
@click.option("--job", "codes", multiple=True, help="只做这些任务 / only these jobs")
@known_at_option
@click.option(
    "--sheets",
    type=SheetCount(),
    default=SHEETS_AT_ONCE,
    show_default=True,
    help="随测算生成几份一企一单, all 为全部; 其余随时可用 kaiwu sheet 生成 / sheets to write with the run, all for every entity",
)
@speaking
def run(
    workspace: Path, codes: tuple[str, ...], known_at: dt.date | None, sheets: int | None, speaker: Speaker
) -> None:
    """测算工作区的各项任务, 生成名单、一企一单和公示稿。Run the jobs of a workspace and write lists, sheets and notices."""
    opened = open_workspace(workspace)
    jobs = [opened.job(c) for c in codes] or list(opened.jobs)
    if not jobs:
        raise KaiwuError(
            Problem(
                "C-NO-JOBS",
                "kaiwu.toml 里没有任务, 请写 [[job]]",
                "kaiwu.toml has no jobs: write a [[job]]",
                where=str(workspace),
            )
        )
    records = []
    with speaker.progress("测算", "running", len(jobs)) as bar:
        for job in jobs:
            bar.update(bar.task_ids[0], description=speaker.pick(job.zh, job.en))
            done = run_job(opened, job, known_at=known_at or today(), created_at=now())
            records.append(done.record)
            total = sheet_total(done, sheets)
            title = speaker.pick(f"{job.zh}: 一企一单", f"{job.en}: sheets")

            def show(done_sheets: int, title: str = title, total: int = total) -> None:
                bar.update(bar.task_ids[0], description=f"{title} {done_sheets + 1}/{total}")

            write_run(opened, done, sheets=sheets, progress=show)
            bar.advance(bar.task_ids[0])
    if speaker.is_json:
        speaker.data([r.to_data() for r in records])
        return
    rows = [(r.number, speaker.pick(r.zh, r.en), r.population, len(r.schemes), r.result_digest[:12]) for r in records]
    columns = (
        ("编号", "任务", "范围", "方案", "摘要")
        if speaker.language == "zh"
        else ("run", "job", "scope", "schemes", "digest")
    )
    speaker.table(speaker.pick(f"{opened.zh}: 测算完成", f"{opened.en}: done"), columns, rows, right=(2, 3))


@click.command()
@workspace_argument
@speaking
def runs(workspace: Path, speaker: Speaker) -> None:
    """列出已有测算。List the runs of a workspace."""
    records = open_workspace(workspace).state.runs()
    if speaker.is_json:
        speaker.data([r.to_data() for r in records])
        return
    rows = [
        (
            r.number,
            speaker.pick(r.zh, r.en),
            r.as_of,
            r.rated,
            r.population,
            r.known_at,
            r.corrects,
            r.result_digest[:12],
        )
        for r in records
    ]
    zh = ("编号", "任务", "基准日", "评价年度", "范围", "数据截至", "更正自", "摘要")
    en = ("run", "job", "as of", "rated", "scope", "known at", "corrects", "digest")
    speaker.table(speaker.pick("测算", "runs"), zh if speaker.language == "zh" else en, rows, right=(4,))


@click.command()
@click.argument("number")
@click.argument("entity")
@workspace_option
@click.option("--scheme", "codes", multiple=True, help="只看这些方案 / only these schemes")
@speaking
def explain(number: str, entity: str, workspace: Path, codes: tuple[str, ...], speaker: Speaker) -> None:
    """解释某主体在某次测算中的结论, 直到数据和条款。Explain the decisions for one entity down to figures and articles."""
    done = open_run(open_workspace(workspace), number)
    decisions = explain_run(done, entity, codes)
    evidence = Evidence(done, entity, speaker.language)
    if speaker.is_json:
        speaker.data([decision_data(d, evidence) for d in decisions])
        return
    for decision in decisions:
        print_decision(speaker, decision, evidence)


def decision_data(decision: Decision, evidence: Evidence | None = None) -> dict[str, Any]:
    """A decision as JSON data, with the figures behind every reason, and those that exist and may not answer."""
    return {
        "entity": decision.entity, "scheme": decision.scheme, "item": decision.item, "zh": decision.zh, "en": decision.en,
        "outcome": decision.outcome.zh, "outcome_code": int(decision.outcome), "class": decision.label, "score": decision.score,
        "rank": decision.rank, "low_fen": decision.low, "high_fen": decision.high, "article": decision.article,
        "document": decision.document.title, "number": decision.document.number, "standing": decision.document.standing,
        "version": decision.version, "missing": list(decision.missing),
        "reasons": [
            {"zh": r.zh, "en": r.en, "outcome": r.outcome.zh if r.outcome is not None else None, "article": r.article,
             "kind": r.kind, "gap": r.gap, "slots": list(r.slots),
             "figures": [figure_data(f) for f in evidence.figures(r.slots)] if evidence else [],
             "withheld": [asdict(w) for w in evidence.withheld(r.slots)] if evidence else []}
            for r in decision.reasons
        ],
    }  # fmt: skip


def figure_data(figure: ShownFigure) -> dict[str, Any]:
    """A figure as JSON data: as stored and as printed."""
    row = figure.row
    stored = {
        k: row[k] for k in ("slot", "figure", "period", "value", "unit", "source", "place", "standing", "synthetic")
    }
    return {**stored, "printed": figure.value, "label": figure.label, "mark": figure.mark}


def print_decision(speaker: Speaker, decision: Decision, evidence: Evidence | None = None) -> None:
    """A decision for people: the head line, then one line for every reason with its figures."""
    console = speaker.console
    head = f"{speaker.pick(decision.zh, decision.en)} [{decision.item}] {speaker.pick(decision.outcome.zh, decision.outcome.en)}"
    if decision.label:
        head += f" {decision.label}"
    if decision.score:
        head += f" {decision.score}"
    if decision.high is not None:
        head += f" {print_money(decision.low, decision.high)}"
    console.print(head, style="bold", markup=False)
    doc = decision.document
    mark = standing_words(doc.standing)[speaker.language == "en"]
    console.print(f"  {doc.title} {doc.number} {decision.article} {mark}".rstrip(), style="dim", markup=False)
    for reason in decision.reasons:
        sign = {0: "✗", 1: "✓", 2: "?", 3: "◇"}.get(reason.outcome, "·") if reason.outcome is not None else "·"
        article = f" 〔{reason.article}〕" if reason.article else ""
        console.print(f"  {sign} {speaker.pick(reason.zh, reason.en)}{article}", markup=False)
        if evidence is not None:
            _print_evidence(speaker, reason.slots, evidence)


def _print_evidence(speaker: Speaker, slots: Sequence[str], evidence: Evidence) -> None:
    console = speaker.console
    for figure in evidence.figures(slots):
        label = speaker.pick("(合成)", " (synthetic)") if figure.is_synthetic else ""
        mark = f" {figure.mark}" if figure.mark else ""
        line = f"      ← {figure.figure} {figure.slot} {figure.source} {figure.place}{label}{mark}"
        console.print(line, style="dim", markup=False)
    for held in evidence.withheld(slots):
        period = f" {held.period}" if held.period else ""
        console.print(f"      × {held.figure} {held.label}{period}: {held.reason}", style="dim", markup=False)


@click.command()
@click.argument("number")
@workspace_option
@speaking
def replay(number: str, workspace: Path, speaker: Speaker) -> None:
    """重放一次测算并核对摘要。Compute a run again from what it froze and compare the digests."""
    _, report = replay_run(open_workspace(workspace), number)
    if speaker.is_json:
        speaker.data({"number": report.number, "identical": report.is_identical, "then": report.then, "now": report.now,
                      "engine_then": report.engine_then, "engine_now": report.engine_now, "differing": list(report.differing)})  # fmt: skip
    elif report.is_identical:
        speaker.say(
            f"第 {report.number} 号测算重放一致: {report.now}", f"run {report.number} replays identically: {report.now}"
        )
    else:
        speaker.errors.print(
            f"{report.number}: {report.then} ≠ {report.now} {report.differing}", style="red", markup=False
        )
    if not report.is_identical:
        raise SystemExit(EXIT_DIFFERENT)


@click.command()
@click.argument("before")
@click.argument("after")
@workspace_option
@click.option("--limit", default=200, show_default=True, help="最多列出几条 / rows at most")
@speaking
def diff(before: str, after: str, workspace: Path, limit: int, speaker: Speaker) -> None:
    """比较两次测算: 谁变了, 为什么。Compare two runs: who changed, and why."""
    opened = open_workspace(workspace)
    changes = compare_runs(open_run(opened, before), open_run(opened, after))
    if speaker.is_json:
        speaker.data(
            [
                {
                    **{k: getattr(c, k) for k in ("entity", "scheme", "item", "before", "after", "cause")},
                    "figures": list(c.figures),
                }
                for c in changes
            ]
        )
        return
    rows = [
        (c.entity, c.scheme, c.item, _values(c.before, speaker), _values(c.after, speaker), speaker.pick(c.zh, c.en))
        for c in changes[:limit]
    ]
    columns = (
        ("主体", "方案", "条款", "之前", "之后", "原因")
        if speaker.language == "zh"
        else ("entity", "scheme", "item", "before", "after", "cause")
    )
    speaker.table(
        speaker.pick(f"{before} → {after}: {len(changes)} 处不同", f"{before} → {after}: {len(changes)} differences"),
        columns,
        rows,
    )


_HEADS: dict[str, tuple[str, str]] = {
    "outcome": ("结论", "answer"), "low": ("金额下限", "lowest"), "high": ("金额上限", "highest"), "class": ("等级", "class"),
    "rank": ("名次", "rank"), "score": ("得分(末位整数)", "score (last digit as unit)"), "status": ("状态", "status"),
}  # fmt: skip
_SHOWN = ("outcome", "status", "class", "rank", "score", "low", "high")


def _values(values: dict[str, object], speaker: Speaker) -> str:
    """The changed values in words: answers by name, money in 万元; columns that only serve programs are left out."""
    shown = []
    for name in (n for n in _SHOWN if n in values):
        value, text = values[name], str(values[name])
        if value is None:
            text = "–"
        elif name == "outcome" and isinstance(value, int):
            shown.append(speaker.pick(Outcome(value).zh, Outcome(value).en))
            continue
        elif name in ("low", "high") and isinstance(value, int):
            text = print_money(value, value)
        shown.append(f"{speaker.pick(*_HEADS[name])} {text}")
    return ", ".join(shown)


@click.command("object")
@click.argument("number")
@click.argument("entity")
@click.argument("variable")
@click.argument("value")
@workspace_option
@click.option("--reason", required=True, help="理由 / reason")
@click.option("--signer", required=True, help="签署人(岗位) / who signs (office)")
@click.option("--evidence", default="", help="证据 / evidence")
@click.option("--offset", default=0, help="与评价年度的差 / years from the rated year")
@click.option("--decided-on", type=Day(), default=None, help="决定日期 / day of decision")
@click.option("--rerun/--no-rerun", "is_rerun", default=True, help="随即重新测算 / run again at once")
@speaking
def object_to(
    number: str, entity: str, variable: str, value: str, workspace: Path, reason: str, signer: str, evidence: str, offset: int,
    decided_on: dt.date | None, is_rerun: bool, speaker: Speaker,
) -> None:  # fmt: skip
    """异议成立: 记入更正数据并重新测算。Uphold an objection: a corrected figure and a new run; nothing is edited."""
    opened = open_workspace(workspace)
    day = decided_on or today()
    (objection,) = uphold(
        opened, number, [Claim(entity, variable, value, reason, evidence, offset)], signer=signer, decided_on=day
    )
    speaker.say(
        f"异议第 {objection.number} 号已记入(批次 {objection.batch})",
        f"objection {objection.number} recorded (batch {objection.batch})",
    )
    if not is_rerun:
        if speaker.is_json:
            speaker.data({"objection": objection.number, "batch": objection.batch, "run": None})
        return
    before = open_run(opened, number)
    after = rerun(opened, number, known_at=day, created_at=now())
    write_run(opened, after)
    changes = compare_runs(before, after)
    if speaker.is_json:
        speaker.data(
            {
                "objection": objection.number,
                "batch": objection.batch,
                "run": after.record.to_data(),
                "changes": len(changes),
            }
        )
    speaker.say(
        f"新测算 {after.record.number}: {len(changes)} 处变化", f"new run {after.record.number}: {len(changes)} changes"
    )
