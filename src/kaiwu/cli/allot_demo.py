"""The stage of the demo that runs a land round (供地批次): preview on last year, adoption, seed, order, notice, an upheld appeal.

Owns what is played and printed, and the folder of papers. Everything is synthetic: plots, needs, quotas, the public number, signers.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from pathlib import Path

from kaiwu.allot.appeal import Appeal, Correction
from kaiwu.allot.checker import check_record
from kaiwu.allot.explanation import Explanation, explain
from kaiwu.allot.phrase import tell
from kaiwu.allot.result import STATUSES, Allotment
from kaiwu.cli.console import Speaker
from kaiwu.procedure.allot.desk import ROUNDS, Desk, open_land_desk
from kaiwu.procedure.workspace import Workspace
from kaiwu.quantity import KaiwuError, Problem
from kaiwu.report.allot_page import render_appeal, render_applicant, render_notice
from kaiwu.report.allot_site import make_paper
from kaiwu.synth.district import District
from kaiwu.synth.land_round import RoundPlan, write_land_round

SIGNER, OFFICE = "演示签发人(合成)", "演示(合成数据)"
LAST, THIS = (RoundPlan(f"land-{year}", dt.date(year, 9, 30), year - 1) for year in (2024, 2025))
FOLDER = "land"


def find_rulebook(workspace: Workspace) -> str | None:
    """The first allotment of projects that the packs of a workspace declare, empty templates aside."""
    for code, (_, _, head) in workspace.library.heads.items():
        if head.kind == "allotment" and head.population == "project" and head.status != "template":
            return code
    return None


def write_rounds(district: District, workspace: Workspace, rulebook: str) -> None:
    """Write last year's and this year's synthetic round into the rounds of a workspace."""
    for plan in (LAST, THIS):
        write_land_round(district, plan, rulebook, workspace.folder / ROUNDS / plan.code)


def play_land_round(workspace: Workspace, speaker: Speaker) -> Path:
    """Play a round from the preview to the upheld appeal; returns the notice. Raises ``KaiwuError`` where a record does not hold."""
    desk = open_land_desk(workspace)
    tried = desk.preview(LAST.code, LAST.as_of, OFFICE)
    desk.adopt(THIS.code, THIS.deadline - dt.timedelta(days=90), SIGNER)
    desk.commit_seed(THIS.code, THIS.deadline - dt.timedelta(days=60), OFFICE)
    placed = desk.run(THIS.code, THIS.as_of, OFFICE)
    speaker.say(f"    上年试算 {_counts(tried, 0)}; 本批次 {_counts(placed, 0)}", f"    last year {_counts(tried, 1)}; this round {_counts(placed, 1)}")  # fmt: skip
    folder = workspace.folder / FOLDER
    folder.mkdir(exist_ok=True)
    notice = folder / "notice.html"
    _notice(desk, notice)
    loser, correction = find_case(placed)
    page = folder / f"{loser.applicant}.html"
    page.write_text(render_applicant(make_paper(desk, THIS.code), loser.applicant), encoding="utf-8")
    for zh, en in tell(placed.round.rule, loser):
        speaker.say(f"    {loser.applicant} {zh}", f"    {loser.applicant} {en}")
    found = desk.decide_objection(
        THIS.code, correction, THIS.as_of + dt.timedelta(days=3), SIGNER, "统计部门更正研发数据(演示)", is_upheld=True
    )
    (folder / "appeal.html").write_text(
        render_appeal(make_paper(desk, THIS.code), found, is_upheld=True), encoding="utf-8"
    )
    tell_appeal(found, speaker)
    verify_records(workspace, speaker)
    return notice


def _notice(desk: Desk, path: Path) -> None:
    page = render_notice(make_paper(desk, THIS.code), signer=SIGNER, issuer=OFFICE)
    path.write_text(page, encoding="utf-8")
    desk.notice(THIS.code, THIS.as_of + dt.timedelta(days=1), SIGNER, page.encode())


def find_case(placed: Allotment) -> tuple[Explanation, Correction]:
    """The loser nearest to its line whose objection to one part of the score would be enough, with that correction."""
    tops: dict[str, int] = {}
    for a in placed.round.applicants:
        for code, steps in a.items.items():
            tops[code] = max(tops.get(code, 0), steps)
    waiting = [explain(placed, placed.round.applicants[i].id) for i in placed.cutoffs]
    for found in sorted(
        (e for e in waiting if e.line and e.line.winner), key=lambda e: (e.line.gap if e.line else 0, e.applicant)
    ):
        items = placed.round.applicant(found.applicant).items
        for code, steps in sorted(items.items()):
            if found.line is not None and steps + found.line.gap <= tops[code]:
                return found, Correction(found.applicant, "item", code, steps + found.line.gap)
    raise KaiwuError(Problem("C-LAND", "合成批次里没有合适的异议案例", "the synthetic round has no case for an appeal"))


def tell_appeal(found: Appeal, speaker: Speaker) -> None:
    """Who moved, in one line each."""
    material = [m for m in found.moves if m.is_material]
    speaker.say(
        f"    异议成立, 变动 {len(material)} 个项目:",
        f"    the objection is upheld and moves {len(material)} projects:",
    )
    for move in material:
        zh, en = (
            f"{STATUSES[move.status[0]][k]} {move.supply[0]} → {STATUSES[move.status[1]][k]} {move.supply[1]}"
            for k in (0, 1)
        )
        speaker.say(f"      {move.applicant}: {zh}", f"      {move.applicant}: {en}")


def verify_records(workspace: Workspace, speaker: Speaker) -> None:
    """Check every record of the round with the checker that shares no code with the allocator."""
    files = sorted((workspace.folder / ROUNDS / THIS.code).glob("record-*.json"))
    for path in files:
        record: Mapping[str, object] = json.loads(path.read_text(encoding="utf-8"))
        if findings := check_record(dict(record)):
            raise KaiwuError([Problem(code, zh, en, where=path.name) for code, zh, en in findings])
    speaker.say(f"    独立核验 {len(files)} 份记录: 成立", f"    {len(files)} records checked independently: they hold")


def _counts(placed: Allotment, language: int) -> str:
    return " ".join(f"{STATUSES[code][language]} {n}" for code, n in placed.counts().items() if n)
