"""Reading land rounds for a person (供地查询): which rounds and projects somebody may see, and their rows.

Owns that law and the step to plain rows. Before a round is noticed its result is seen by the bureau and by auditors alone; from
then on everybody reads the notice, and a firm its own projects. Nothing is decided here: papers are ``kaiwu.report``'s.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.urls import reverse

from kaiwu.allot.appeal import Appeal, Correction, compare
from kaiwu.allot.checker import check_record
from kaiwu.allot.disposal import ORDERED, STATES, next_states
from kaiwu.allot.explanation import Explanation, explain
from kaiwu.allot.phrase import tell
from kaiwu.allot.record import digest, read_round
from kaiwu.allot.result import GRANTED, HUMAN, MISSING, REFUSED, STATUSES, WAITING, allot
from kaiwu.procedure.allot.desk import RECORDS, ROUNDS, Desk, open_land_desk
from kaiwu.procedure.allot.event import LABELS, EventKind
from kaiwu.quantity import KaiwuError
from kaiwu.report.allot_page import RoundPaper, order_row, print_area, score_parts, supply_of, waiting_row
from kaiwu.report.allot_site import make_paper
from kaiwu.report.cell import Column
from kaiwu.report.printed import Printed
from kaiwu.web.registry.reach import Reach, is_in
from kaiwu.web.screen.table import make_table
from kaiwu.web.wording import pick
from kaiwu.web.workspace import workspace

if TYPE_CHECKING:
    from kaiwu.procedure.docket import Event

TAGS = {GRANTED: "ok", WAITING: "warn", REFUSED: "bad", MISSING: "warn", HUMAN: "info"}
STATE_TAGS = {"sold": "ok", "granted": "ok", "listed": "info", "ordered": "muted"}


def land_desk() -> Desk:
    """The desk of the workspace's rounds."""
    return open_land_desk(workspace())


def is_noticed(desk: Desk, code: str) -> bool:
    """Whether the result of a round was published."""
    return desk.docket.last(code, EventKind.NOTICE) is not None


def round_codes(desk: Desk, reach: Reach) -> list[str]:
    """Rounds that were placed, newest first; those not yet noticed only for who sees everybody."""
    placed = [
        (event.day, code) for code in desk.docket.subjects() if (event := desk.docket.last(code, *RECORDS)) is not None
    ]
    return [code for _, code in sorted(placed, reverse=True) if reach is None or is_noticed(desk, code)]


def find_paper(desk: Desk, code: str, reach: Reach) -> RoundPaper:
    """The papers of a round as last recorded. Raises ``Http404`` where it is out of reach."""
    if code not in round_codes(desk, reach):
        raise Http404
    event = desk.docket.last(code, *RECORDS)
    return _paper(desk.workspace.folder.as_posix(), code, -1 if event is None else event.leaf)


@lru_cache(maxsize=16)
def _paper(folder: str, code: str, leaf: int) -> RoundPaper:
    """Made anew when a further record was logged."""
    return make_paper(land_desk(), code)


def own_projects(paper: RoundPaper, reach: Reach) -> list[str]:
    """The projects of firms in reach, in the order of the round."""
    return [a.id for a in paper.placed.round.applicants if is_in(reach, a.firm)]


# -- rows of a round -------------------------------------------------------------------------------------------------


def order_table(paper: RoundPaper, states: dict[str, str], reach: Reach) -> dict[str, Any]:
    """The order of supply; a project in reach leads to its page."""
    show = paper.placed.round.rule.scale.print_score
    rows, urls = [], []
    for number in range(len(paper.placed.placement.grants)):
        row = order_row(paper, number)
        state = states.get(row["supply"].id, ORDERED)
        kind = pick(*row["kind"]) + ("" if row["is_public"] else pick(" · 直接供给", " · granted directly"))
        rows.append(
            (
                str(row["number"]),
                row["supply"].id,
                kind,
                pick(*print_area(row["supply"])),
                row["title"],
                row["firm"],
                show(row["score"]),
                str(row["place"]),
                pick(*row["stage"]),
                {"text": pick(*STATES[state]), "tag": STATE_TAGS.get(state, "bad")},
            )
        )
        urls.append(project_url(paper, row["applicant"], reach))
    heads = (
        pick("序", "No."),
        pick("供给", "Supply"),
        pick("方式", "Kind"),
        pick("面积", "Area"),
        pick("依据项目", "Project in line"),
        pick("企业", "Firm"),
        pick("得分", "Score"),
        pick("名次", "Place"),
        pick("轮次", "Pass"),
        pick("供应状态", "State"),
    )
    return make_table(heads, rows, right=(3, 6, 7), urls=urls)


def waiting_table(paper: RoundPaper, reach: Reach) -> dict[str, Any]:
    """Who waits, with the score that would have been enough."""
    placed, show = paper.placed, paper.placed.round.rule.scale.print_score
    found = [
        waiting_row(paper, explain(placed, placed.round.applicants[i].id))
        for i in placed.priority.order
        if i not in placed.grant_of
    ]
    rows = [
        (str(r["place"]), r["title"], paper.firm_of(r["applicant"]), show(r["score"]), pick("无合适供给", "no supply fits") if r["needed"] is None else show(r["needed"]), "" if r["needed"] is None else show(r["needed"] - r["score"]))
        for r in found
    ]  # fmt: skip
    heads = (
        pick("名次", "Place"),
        pick("项目", "Project"),
        pick("企业", "Firm"),
        pick("得分", "Score"),
        pick("本批次需要", "Would have needed"),
        pick("差", "Lacking"),
    )
    return make_table(heads, rows, right=(0, 3, 4, 5), urls=[project_url(paper, r["applicant"], reach) for r in found])


def outside_table(paper: RoundPaper, reach: Reach) -> dict[str, Any]:
    """Who never came into line, with why."""
    statuses = paper.placed.statuses()
    out = [name for name in own_projects(paper, reach) if statuses[name] not in (GRANTED, WAITING)]
    rows = [
        (
            paper.name_of(name),
            paper.firm_of(name),
            {"text": pick(*STATUSES[statuses[name]]), "tag": TAGS[statuses[name]]},
        )
        for name in out
    ]
    heads = (pick("项目", "Project"), pick("企业", "Firm"), pick("情况", "How it stands"))
    return make_table(heads, rows, urls=[project_url(paper, name, reach) for name in out])


def project_url(paper: RoundPaper, applicant: str, reach: Reach) -> str:
    """The page of a project; blank where it is out of reach."""
    found = paper.placed.round
    return (
        reverse("land-project", args=[found.code, applicant]) if is_in(reach, found.applicant(applicant).firm) else ""
    )


def count_kpis(paper: RoundPaper) -> list[dict[str, str]]:
    """How many projects stand how; they sum to the round."""
    counts = [{"label": pick(*STATUSES[code]), "value": str(n)} for code, n in paper.placed.counts().items() if n]
    return [{"label": pick("申请项目", "Projects"), "value": str(len(paper.placed.round.applicants))}, *counts]


def timeline_of(desk: Desk, code: str, rule: str) -> list[dict[str, Any]]:
    """What was done in a round and with its rule, newest first, each with its leaf in the log."""
    events = [
        *(e for e in desk.docket.events(rule) if e.kind in (EventKind.ADOPT, EventKind.PREVIEW)),
        *desk.docket.events(code),
    ]
    ordered = sorted(enumerate(events), key=lambda pair: (pair[1].day, pair[0]), reverse=True)
    return [
        {"when": str(e.day), "who": e.by, "what": pick(*LABELS[e.kind]), "evidence": e.data.get("reason") or e.data.get("evidence") or "", "version": pick(f"存证第 {e.leaf} 条", f"log leaf {e.leaf}")}
        for _, e in ordered
    ]  # fmt: skip


def print_order(paper: RoundPaper, states: dict[str, str]) -> Printed:
    """The order of supply (供地优先序) as a sheet."""
    show = paper.placed.round.rule.scale.print_score
    rows = []
    for number in range(len(paper.placed.placement.grants)):
        row = order_row(paper, number)
        area = print_area(row["supply"])[0]
        state = STATES[states.get(row["supply"].id, ORDERED)][0]
        rows.append(
            (
                row["number"],
                row["supply"].id,
                row["kind"][0],
                "公开出让" if row["is_public"] else "直接供给",
                area,
                row["supply"].park,
                row["title"],
                row["firm"],
                show(row["score"]),
                row["place"],
                row["stage"][0],
                state,
            )
        )
    columns = (
        Column("序", "no.", 6, "whole"), Column("供给", "supply", 16), Column("供应类型", "kind", 16), Column("方式", "way", 10), Column("面积", "area", 14), Column("园区", "park", 14), Column("依据项目", "project", 28),
        Column("企业", "firm", 28), Column("得分", "score", 9), Column("名次", "place", 7, "whole"), Column("轮次", "pass", 16), Column("供应状态", "state", 16),
    )  # fmt: skip
    record = paper.record
    facts = [
        f"{paper.zh}  依据: {paper.document.title}  存证第 {paper.leaf} 条",
        f"记录: 办法 {record['rule_hash'][:16]}…  输入 {record['input_hash'][:16]}…  结果 {record['outcome_hash'][:16]}…",
    ]
    notes = ("工业用地一律公开出让: 本表只定供地先后和用地计划, 不定受让人, 任何符合条件的企业都可参加竞买。",)
    return Printed(
        "供地优先序",
        f"{paper.zh} 供地优先序",
        facts,
        columns,
        rows,
        notes,
        is_synthetic=paper.placed.round.is_synthetic,
        footer=f"供地优先序 {paper.placed.round.code}",
    )


# -- one project -----------------------------------------------------------------------------------------------------


def show_project(desk: Desk, paper: RoundPaper, applicant: str) -> dict[str, Any]:
    """Why one project stands where it stands: sentences, parts beside the winner who set the line, how to check it."""
    placed, found = paper.placed, explain(paper.placed, applicant)
    show = placed.round.rule.scale.print_score
    sentences = [*tell(placed.round.rule, found), *_entry_reasons(desk, placed.round.code, applicant)]
    supply = supply_of(placed, found)
    return {
        "found": found, "status": {"text": pick(*STATUSES[found.status]), "tag": TAGS[found.status]}, "kpis": _project_kpis(paper, found), "sentences": [pick(*s) for s in sentences],
        "parts": _parts_table(paper, found, show) if placed.round.applicant(applicant).items else None, "is_granted": found.status == GRANTED, "document": paper.document.title,
        "supply": None if supply is None else f"{supply.id} ({pick(*print_area(supply))}, {supply.park})", "record": paper.record, "leaf": paper.leaf,
    }  # fmt: skip


def _entry_reasons(desk: Desk, code: str, applicant: str) -> list[tuple[str, str]]:
    """Why a project is not in line; nothing where the folder of the round is no longer there."""
    try:
        return desk.entry_reasons(code, applicant)
    except KaiwuError:
        return []


def _project_kpis(paper: RoundPaper, found: Explanation) -> list[dict[str, str]]:
    show, line = paper.placed.round.rule.scale.print_score, found.line
    kpis = [{"label": pick("得分", "Score"), "value": show(found.score)}]
    if found.place:
        kpis.append({"label": pick("名次", "Place"), "value": str(found.place), "unit": f"/ {found.entered}"})
    if found.status == GRANTED:
        kpis += [
            {"label": pick("供给", "Supply"), "value": found.supply},
            {"label": pick("供地优先序", "Order of supply"), "value": str(found.order)},
        ]
    elif line is not None:
        kpis.append(
            {
                "label": pick("需要得分", "Score needed"),
                "value": show(line.needed) if line.is_reachable else pick("满分也不够", "beyond full"),
                "note": pick(f"差 {show(line.gap)}", f"lacking {show(line.gap)}"),
            }
        )
        if line.winner:
            kpis.append(
                {
                    "label": pick("决定入围线的", "Who set the line"),
                    "value": pick(f"第 {line.winner_place} 名", f"place {line.winner_place}"),
                }
            )
    return kpis


def _parts_table(paper: RoundPaper, found: Explanation, show: Any) -> dict[str, Any]:
    """The parts of the score; beside them those of the winner who set the line, and the difference."""
    has_winner = bool(found.line and found.line.winner)
    rows = []
    for part in score_parts(paper, found):
        row: list[Any] = [pick(*part["label"]), show(part["own"])]
        if has_winner:
            gap = None if part["other"] is None else part["own"] - part["other"]
            row += [
                "" if part["other"] is None else show(part["other"]),
                "" if gap is None else {"text": show(gap), "tag": "bad" if gap < 0 else ""},
            ]
        rows.append(row)
    heads = [pick("项", "Part"), pick("本项目", "Own")]
    if found.line and has_winner:
        heads += [
            pick(f"第 {found.line.winner_place} 名", f"Place {found.line.winner_place}"),
            pick("差", "Difference"),
        ]
    return make_table(heads, rows, right=range(1, len(heads)))


# -- appeals and records ---------------------------------------------------------------------------------------------


def show_appeal(paper: RoundPaper, found: Appeal) -> dict[str, Any]:
    """What a correction moved for everybody."""
    show = paper.placed.round.rule.scale.print_score
    heads = (
        pick("项目", "Project"),
        pick("原结果", "Before"),
        pick("更正后", "After"),
        pick("原供给", "Supply before"),
        pick("更正后供给", "Supply after"),
        pick("名次", "Place"),
    )
    rows = [
        (
            paper.name_of(m.applicant), {"text": pick(*STATUSES[m.status[0]]), "tag": TAGS[m.status[0]]}, {"text": pick(*STATUSES[m.status[1]]), "tag": TAGS[m.status[1]]}, m.supply[0], m.supply[1],
            f"{m.place[0] or '—'} → {m.place[1] or '—'}",
        )
        for m in found.moves
    ]  # fmt: skip
    who = found.correction.applicant
    scores = found.before.round.applicant(who).score, found.after.round.applicant(who).score
    return {
        "table": make_table(heads, rows, right=(5,)), "who": paper.name_of(who), "scores": f"{show(scores[0])} → {show(scores[1])}",
        "material": sum(m.is_material for m in found.moves), "shifted": sum(m.is_shifted for m in found.moves),
    }  # fmt: skip


def past_appeals(desk: Desk, code: str) -> list[tuple[Event, Appeal]]:
    """Every upheld objection with the two records that it stands between, newest first."""
    found = []
    before: dict[str, Any] | None = None
    for event in desk.docket.events(code):
        if event.kind not in RECORDS:
            continue
        after = _read_record(desk, code, event)
        if event.kind == EventKind.UPHOLD and before is not None:
            correction = Correction(
                event.data["applicant"], event.data["field"], event.data["key"], event.data["value"]
            )
            found.append((event, compare(allot(read_round(before)), allot(read_round(after)), correction)))
        before = after
    return found[::-1]


def _read_record(desk: Desk, code: str, event: Event) -> dict[str, Any]:
    path = desk.workspace.folder / ROUNDS / code / str(event.data["file"])
    record: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return record


def verify_records(desk: Desk, code: str) -> list[dict[str, Any]]:
    """Each record of a round: whether its file is the one that was logged, and what the independent checker says of it."""
    rows = []
    for event in desk.docket.events(code):
        if event.kind not in RECORDS:
            continue
        findings: list[str]
        try:
            record = _read_record(desk, code, event)
            findings = [f"[{c}] {pick(zh, en)}" for c, zh, en in check_record(record)]
            if digest(record) != event.data["record"]:
                findings.insert(0, pick("文件与存证不符", "the file is not the one that was logged"))
        except (OSError, ValueError) as error:
            findings = [pick(f"读不了: {error}", f"cannot be read: {error}")]
        rows.append(
            {
                "file": event.data["file"],
                "what": pick(*LABELS[event.kind]),
                "day": event.day,
                "leaf": event.leaf,
                "digest": str(event.data["record"]),
                "findings": findings,
            }
        )
    return rows


def moves_of(desk: Desk, code: str) -> dict[str, list[tuple[str, str]]]:
    """States that may follow, by supply, once a round is final."""
    if desk.docket.last(code, EventKind.FINAL) is None:
        return {}
    placed = desk.placed(code)
    public = {s.id: placed.round.rule.kind(s.kind).is_public for s in placed.round.supplies}
    states = desk.supply_states(code)
    return {
        supply: [(to, pick(*STATES[to])) for to in next_states(state, is_public=public[supply])]
        for supply, state in states.items()
    }
