"""One claim with everything it rests on: kaiwu claim show.

Owns the printing of a trace; what is in it is ``kaiwu.procedure.claim.view``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from kaiwu.cli.claim_option import open_counter
from kaiwu.cli.console import Speaker
from kaiwu.cli.option import speaking, workspace_option
from kaiwu.procedure.claim.refusal import yuan
from kaiwu.procedure.claim.view import firm_view, trace_claim


@click.command("show")
@click.argument("number")
@workspace_option
@click.option("--firm-view", "as_firm", is_flag=True, help="企业看到的样子 / as the firm sees it")
@speaking
def show(number: str, workspace: Path, as_firm: bool, speaker: Speaker) -> None:
    """一件申报: 支付 → 审批 → 条款 → 文件 → 发票。One claim: payment → approvals → clause → document → invoices."""
    counter = open_counter(workspace, None)
    with counter.desk.reading(counter.now) as session:
        case, events = session.case(number), session.store.events(number)
    programme = counter.desk.versions.programme(case)
    data = firm_view(programme, case, events) if as_firm else trace_claim(programme, case, events)
    if not as_firm:
        data["is_current"] = counter.desk.versions.is_current(case)
    if speaker.is_json or as_firm:
        speaker.data(data)
        return
    _print_trace(speaker, data)


def _print_trace(speaker: Speaker, data: dict[str, Any]) -> None:
    def line(text: str, style: str = "") -> None:
        speaker.console.print(text, style=style or None, markup=False)

    zh = speaker.language == "zh"
    state = data["zh"] if zh else data["en"]
    line(f"{data['claim']} {data['firm_name']} {data['firm']} · {data['programme']} · {state}", "bold")
    if data["frozen_by"]:
        line(speaker.pick("  冻结: 异议 ", "  frozen by objection ") + ", ".join(data["frozen_by"]), "red")
    for p in data["payments"]:
        back = speaker.pick(" (银行退回)", " (returned by the bank)") if p["is_returned"] else ""
        line(f"  ¥ {yuan(p['amount_fen'])} {p['line']} {p['day']} {p['reference']}{back}")
    for d in data["due"]:
        line(f"  … {yuan(d['amount_fen'])} {d['line']} " + speaker.pick("未付", "not paid"))
    for a in data["approvals"]:
        more = " ".join(filter(None, (a["department"], a["minutes"], a["article"])))
        line(f"  ✓ {a['zh'] if zh else a['en']}: {a['by']} {a['day']} {more}")
    if data["notice"]:
        line(
            speaker.pick(
                f"  公示 {data['notice']} 至 {data['window_ends']}",
                f"  notice {data['notice']} until {data['window_ends']}",
            )
        )
    if data["clause"]:
        c, d = data["clause"], data["document"]
        mark = "" if d["standing"] == "attested" else speaker.pick(" (待核实)", " (to be verified)")
        line(f"  § {c['id']} {c['article']} {c['zh'] if zh else c['en']}")
        line(f"    {d['title']} {d['number']} {d['issuer']} {d['date']}{mark}")
        _print_version(speaker, data, line)
        for reason in data["reasons"]:
            line(f"    · {reason[0] if zh else reason[1]}", "dim")
    for i in data["invoices"]:
        line(f"  ▤ {i['number']} {i['issued_on']} {i['seller_name']} {yuan(i['total'])} {i['digest'][:12]}")
    _print_checks(speaker, data["checks"], line)


def _print_version(speaker: Speaker, data: dict[str, Any], line: Any) -> None:
    version = data["version"]
    if version:
        changed = "" if data["is_current"] else speaker.pick("; 方案其后已修改, 本件仍按核定时的版本办理", "; the programme was changed since, this claim follows it as it was")  # fmt: skip
        told = f"{version['rulebook']} {version['version']} {version['packs'][:12]}"
        line(speaker.pick(f"    规则版本 {told}{changed}", f"    version of the rules {told}{changed}"))


def _print_checks(speaker: Speaker, checks: dict[str, Any] | None, line: Any) -> None:
    if checks is None:
        return
    covered = checks["coverage"]
    names = "、".join((*covered["programmes"], *covered["lists"]))
    line(speaker.pick(
        f"  核验范围: {names}; {covered['first']} 至 {covered['last']}; 申报 {covered['claims']} 件, 他处清单 {covered['rows']} 行",
        f"  checks covered {names}; {covered['first']} to {covered['last']}; {covered['claims']} claims, {covered['rows']} rows of other lists",
    ), "dim")  # fmt: skip
    for id, f in zip(checks["ids"], checks["findings"], strict=True):
        answer = checks["answers"].get(id, speaker.pick("未处置", "open"))
        line(f"  ! [{id}] {f['severity']} {f['zh'] if speaker.language == 'zh' else f['en']} · {answer}")
        for e in f["exhibits"]:
            line(f"      ← {e['zh'] if speaker.language == 'zh' else e['en']}", "dim")
