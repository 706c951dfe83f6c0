"""The stage of the demo that keeps a reserve pool (储备项目库): three batches, counts by stage and date, a re-scoring, bundles, promises.

Owns what is played and printed. Everything is synthetic; the counts are those that were published of a real pool.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from kaiwu.allot.pool.bundle import OUTCOMES
from kaiwu.cli.console import Speaker
from kaiwu.cli.pool_option import print_yi
from kaiwu.pack.pool_shelf import open_pools
from kaiwu.procedure.pool.bundle_desk import BundleDesk
from kaiwu.procedure.pool.desk import PoolDesk, open_pool_desk
from kaiwu.procedure.pool.file import (
    read_amounts,
    read_measures,
    read_plain_steps,
    read_projects,
    read_quotas,
    read_requests,
    read_shares,
)
from kaiwu.procedure.pool.promise_desk import PromiseDesk
from kaiwu.procedure.pool.score import Scores, read_scores_of
from kaiwu.procedure.workspace import Workspace
from kaiwu.report.pool_page import render_pool
from kaiwu.synth.district import District
from kaiwu.synth.pool import AUGUST, BATCHES, MAY, YEAR_LATER, PoolTables, write_pool

OFFICE, SIGNER, DOCUMENT = "演示(合成数据)", "演示签发人(合成)", "合成会议纪要"
FOLDER = "pool"


def find_pool(workspace: Workspace) -> str | None:
    """The first pool that the packs of a workspace declare, empty templates aside."""
    return next((code for code, rule in open_pools(workspace.library).items() if rule.status != "template"), None)


def play_pool(workspace: Workspace, district: District, code: str, speaker: Speaker) -> Path:
    """Play a pool from its first batch to the checks of a year later; returns its page."""
    tables = write_pool(district, workspace.folder / FOLDER)
    desk = open_pool_desk(workspace, code)
    _fill(desk, tables, speaker)
    for stage, day in (("signed", MAY), ("landed", AUGUST)):
        count = next(t for t in desk.tally(day) if t.stage == stage)
        zh, en = count.tell()
        speaker.say(f"    {zh}", f"    {en}")
    _share(desk, tables, speaker)
    _bundle(desk, tables, speaker)
    _check(desk, tables, speaker)
    _rescore(desk, tables, speaker)
    page = workspace.folder / FOLDER / "pool.html"
    page.write_text(render_pool(desk, speaker.language), encoding="utf-8")
    return page


def _scores(desk: PoolDesk, path: Path, day: dt.date) -> Scores:
    return read_scores_of(desk.rule, desk.workspace.library, path, day)


def _fill(desk: PoolDesk, tables: PoolTables, speaker: Speaker) -> None:
    for number, (day, candidates, figures) in enumerate(zip(BATCHES, tables.candidates, tables.figures, strict=True)):
        desk.enter(read_projects(candidates), day, OFFICE)
        scores = _scores(desk, figures, day)
        if number == 0:
            trial = desk.try_lines(scores, day, OFFICE)
            speaker.say(*(f"    {told}" for told in trial.tell()))
            desk.adopt(day, SIGNER)
        desk.rescore(scores, day, OFFICE, DOCUMENT)
    desk.move(read_plain_steps(tables.moves), AUGUST, OFFICE)


def _share(desk: PoolDesk, tables: PoolTables, speaker: Speaker) -> None:
    desk.share(read_shares(tables.shares), AUGUST, OFFICE)
    amounts = read_amounts(tables.investments)
    found = [desk.credit(amounts, kind, "investment", AUGUST) for kind in ("town", "platform")]
    towns, platforms = (len(f.units) for f in found)
    whole = print_yi(found[0].district)
    speaker.say(f"    {towns} 个镇街、{platforms} 个平台分享, 各自合计都是 {whole} 亿元, 全区只计一次", f"    shared by {towns} towns and {platforms} platforms; each sums to {whole} hundred million, the district counts once")  # fmt: skip


def _bundle(desk: PoolDesk, tables: PoolTables, speaker: Speaker) -> None:
    bundles = BundleDesk(desk)
    bundles.enter_quotas(read_quotas(tables.quotas, desk.rule), "合成指标文件", AUGUST, OFFICE)
    bundles.request(read_requests(tables.requests, desk.rule), AUGUST, OFFICE)
    answers = bundles.decide(AUGUST, OFFICE, dt.date(2026, 6, 30))
    counts = {word: sum(a.outcome == word for a in answers) for word in OUTCOMES}
    cut = bundles.cut(read_quotas(tables.cut, desk.rule))
    zh, en = (" ".join(f"{OUTCOMES[w][k]} {n}" for w, n in counts.items() if n) for k in (0, 1))
    fallen, wan = "、".join((*cut.fallen, *cut.reduced)), cut.whole[1] / 1_000_000
    speaker.say(f"    要素保障: {zh}; 能耗指标减一成, 落下或减少 {fallen}, 最省的补法 {wan:,.0f} 万元", f"    bundles: {en}; a tenth less energy hits {fallen}; the cheapest repair takes {wan:,.0f} × 10,000 yuan")  # fmt: skip


def _check(desk: PoolDesk, tables: PoolTables, speaker: Speaker) -> None:
    promises = PromiseDesk(desk)
    promises.enter(promises.read(tables.promises), AUGUST, OFFICE)
    checks = promises.check(read_measures(tables.measures, desk.rule), YEAR_LATER, OFFICE)
    short = [c for c in checks if c.debt]
    for zh, en in [c.tell() for c in short[:1]]:
        speaker.say(f"    承诺核查 {len(checks)} 项, 未达标 {len(short)} 项; {zh}", f"    {len(checks)} promises checked, {len(short)} short; {en}")  # fmt: skip


def _rescore(desk: PoolDesk, tables: PoolTables, speaker: Speaker) -> None:
    verdicts = desk.rescore(_scores(desk, tables.later, YEAR_LATER), YEAR_LATER, OFFICE, DOCUMENT)
    for verdict in (v for v in verdicts if v.outcome == "leave"):
        zh, en = desk.reasons(verdict)
        speaker.say(f"    {zh}", f"    {en}")
