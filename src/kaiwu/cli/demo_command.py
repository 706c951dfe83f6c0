"""The commands ``demo`` (the whole job on a synthetic district) and ``browse`` (the results of a workspace as pages).

Owns the order of the steps and what is said meanwhile; each step is the same code that the single commands call.
"""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import click

from kaiwu.cli.allot_demo import find_rulebook, play_land_round, write_rounds
from kaiwu.cli.block_demo import show_blocks_demo
from kaiwu.cli.console import Speaker
from kaiwu.cli.import_command import report_import
from kaiwu.cli.match_demo import play_market
from kaiwu.cli.option import now, speaking, today, workspace_argument
from kaiwu.cli.pool_demo import find_pool, play_pool
from kaiwu.cli.rate_demo import rank_counties_demo
from kaiwu.cli.resolve_demo import MENTIONS, resolve_demo
from kaiwu.cli.voucher_demo import play_vouchers
from kaiwu.pack import builtin_packs
from kaiwu.procedure import Run, Workspace, open_workspace, replay
from kaiwu.procedure.intake import SUFFIXES, import_files
from kaiwu.procedure.run import run_job
from kaiwu.quantity import KaiwuError, Problem
from kaiwu.report import list_scheme, write_run
from kaiwu.report.index_site import find_evaluation
from kaiwu.report.server import make_server
from kaiwu.report.site import Site
from kaiwu.synth import District, make_district, open_calibration, write_workspace
from kaiwu.synth.voucher_setting import open_voucher_plan

DEMO_FIRMS = 2000
DEMO_PORT = 8765
STAGES = 10
"""Steps of every demo; a year of vouchers and the platform come on top."""


@click.command()
@click.option("--firms", default=DEMO_FIRMS, show_default=True, help="合成企业数 / number of synthetic firms")
@click.option("--seed", default=1, show_default=True, help="随机种子 / seed")
@click.option("--pack", required=True, help="按哪个内容包的标定 / calibrated by which pack")
@click.option(
    "--workspace",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("demo-workspace"),
    show_default=True,
    help="放在哪里 / folder of the workspace",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=DEMO_PORT,
    show_default=True,
    help="网页端口, 0 为任选 / port of the pages, 0 for any",
)
@click.option("--serve/--no-serve", "is_served", default=True, help="算完启动平台 / serve the platform afterwards")
@click.option("--vouchers/--no-vouchers", "has_vouchers", default=True, help="演示兑付一年 / play a year of vouchers")
@click.pass_context
@speaking
def demo(
    context: click.Context,
    firms: int,
    seed: int,
    pack: str,
    folder: Path,
    port: int,
    is_served: bool,
    has_vouchers: bool,
    speaker: Speaker,
) -> None:
    """合成一个区 → 导入各部门表格 → 测算 → 兑付一年 → 平台。Make a synthetic district, import, run, pay a year of vouchers, and serve the platform."""
    started = time.monotonic()
    prepare(folder)
    plan = open_voucher_plan(pack) if has_vouchers else None
    steps = Steps(speaker, STAGES + (plan is not None) + is_served)
    steps.begin(f"合成 {firms} 家企业(合成数据, 非真实企业)", f"making {firms} synthetic firms (no real ones)")
    district = make_district(open_calibration(pack), firms, seed)
    written = write_workspace(district, folder, jobs=read_jobs(pack), vouchers=plan)
    bring_published(folder, pack)
    workspace = open_workspace(folder)
    take_in(workspace, steps)
    steps.begin(f"测算 {len(workspace.jobs)} 项任务", f"running {len(workspace.jobs)} jobs")
    runs = run_everything(workspace, speaker)
    steps.begin("重放核对", "replaying")
    replay_everything(workspace, runs)
    summarise(workspace, runs, speaker)
    county = show_county(workspace, steps)
    show_land(workspace, district, steps)
    show_pool(workspace, district, steps)
    show_plots(folder, pack, steps)
    steps.begin(
        f"主体识别: {MENTIONS} 条脏名单(合成数据)", f"who is meant: a dirty list of {MENTIONS} names (synthetic)"
    )
    resolve_demo(workspace, speaker, seed)
    steps.begin(
        "供需对接: 家门口的订单、漏斗与四找(合成数据)",
        "needs and offers: invitations, the funnel and four finds (synthetic)",
    )
    play_market(workspace, district, runs, speaker)
    if written.vouchers is not None:
        steps.begin("兑付一年(合成数据)", "a year of vouchers (synthetic)")
        play_vouchers(workspace, written.vouchers, speaker)
    speaker.say(
        f"用时 {time.monotonic() - started:.0f} 秒, 结果在 {folder}/runs",
        f"{time.monotonic() - started:.0f} s; results in {folder}/runs",
    )
    if not is_served:
        return
    steps.begin("启动平台", "the platform")
    platform = find_platform(context)
    if platform is None:
        serve_site(workspace, port, speaker, runs, f"index/{county}" if county else "")
        return
    speaker.say(f"结果的本地网页: kaiwu browse {folder}", f"the results as local pages: kaiwu browse {folder}")
    context.invoke(platform, workspace=folder, port=port, has_demo=True, lang=speaker.language)


@dataclass(slots=True)
class Steps:
    """Says which of how many steps begins (演示步骤); a step that the pack has nothing for is said to be left out."""

    speaker: Speaker
    total: int
    begun: int = 0

    def begin(self, zh: str, en: str) -> None:
        """The next step."""
        self.begun += 1
        self.speaker.say(f"{self.begun}/{self.total} {zh}", f"{self.begun}/{self.total} {en}")


def take_in(workspace: Workspace, steps: Steps) -> None:
    """The departments' sheets of the inbox; mistakes become workbooks."""
    speaker = steps.speaker
    files = sorted(p for p in (workspace.folder / "inbox").glob("*") if p.suffix in SUFFIXES)
    steps.begin(f"导入 {len(files)} 份部门表格", f"importing {len(files)} sheets of departments")
    with speaker.progress("导入", "importing", len(files)) as bar:
        taken = import_files(
            workspace, files, known_at=today(), progress=lambda n: bar.update(bar.task_ids[0], description=n, advance=1)
        )
    report_import(taken, workspace.folder / "errors", Speaker(is_quiet=True, language=speaker.language))
    speaker.say(
        f"    {taken.figures} 条数据, {taken.entities} 个主体",
        f"    {taken.figures} figures, {taken.entities} entities",
    )


def replay_everything(workspace: Workspace, runs: list[Run]) -> None:
    """Every run computed again. Raises ``KaiwuError`` where one differs."""
    for run in runs:
        _, report = replay(workspace, run.record.number)
        if not report.is_identical:
            raise KaiwuError(
                Problem("S-REPLAY", f"第 {report.number} 号重放不一致", f"run {report.number} does not replay")
            )


def show_county(workspace: Workspace, steps: Steps) -> str:
    """The comparison of counties; returns the name of the page of the one that is told of, blank without an evaluation."""
    if find_evaluation(workspace) is None:
        steps.begin("区县评价: 内容包没有, 略过", "counties: the pack has no evaluation, left out")
        return ""
    steps.begin(
        "区县评价: 名次把握与建议(合成数据; 措施、成本与名额为演示虚构)",
        "counties: certainty of places and advice (synthetic; measures, costs and quota are invented)",
    )
    page = rank_counties_demo(workspace, steps.speaker)
    steps.speaker.say(f"    {page}", f"    {page}")
    return page.stem


def show_land(workspace: Workspace, district: District, steps: Steps) -> None:
    """One round of land by data, where a pack has its rulebook."""
    rulebook = find_rulebook(workspace)
    if rulebook is None:
        steps.begin("数据竞地: 内容包没有, 略过", "land by data: the pack has no rulebook, left out")
        return
    steps.begin(
        "数据竞地: 一个供地批次(合成数据; 地块、需求、指标和公开号码为演示虚构)",
        "land by data: one round (synthetic; plots, needs, quotas and the public number are invented)",
    )
    write_rounds(district, workspace, rulebook)
    page = play_land_round(workspace, steps.speaker)
    steps.speaker.say(f"    {page}", f"    {page}")


def show_pool(workspace: Workspace, district: District, steps: Steps) -> None:
    """The reserve pool, where a pack declares one."""
    code = find_pool(workspace)
    if code is None:
        steps.begin("储备项目库: 内容包没有, 略过", "reserve pool: the pack has none, left out")
        return
    steps.begin(
        "储备项目库: 一本台账、优进劣汰、要素与承诺(合成数据)",
        "reserve pool: one ledger, re-scoring, bundles and promises (synthetic)",
    )
    page = play_pool(workspace, district, code, steps.speaker)
    steps.speaker.say(f"    {page}", f"    {page}")


def show_plots(folder: Path, pack: str, steps: Steps) -> None:
    """Blocks of renewal on the pack's plot map, where it has one."""
    steps.begin("低效用地连片(合成地块)", "blocks of renewal (synthetic plots)")
    page = show_blocks_demo(folder, pack, today(), steps.speaker)
    said = ("内容包没有地块图, 略过", "the pack has no plot map, left out") if page is None else (str(page), str(page))
    steps.speaker.say(f"    {said[0]}", f"    {said[1]}")


def find_platform(context: click.Context) -> click.Command | None:
    """The platform's ``serve``, which this layer knows by its name alone; ``None`` where the extra is not installed."""
    root = context.find_root().command
    if not isinstance(root, click.Group) or find_spec("django") is None:
        return None
    return root.get_command(context, "serve")


def prepare(folder: Path) -> None:
    """An empty folder for the demo; an earlier demo is replaced, anything else is left alone."""
    if folder.exists() and any(folder.iterdir()):
        if not (folder / ".demo").is_file():
            raise KaiwuError(
                Problem(
                    "C-EXISTS",
                    f"{folder} 里已有别的内容, 请换一个 --workspace",
                    f"{folder} holds something else: name another --workspace",
                )
            )
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / ".demo").touch()


def read_jobs(pack: str) -> str:
    """The standing jobs that a pack proposes (``jobs.toml``) for the configuration of a workspace."""
    jobs = builtin_packs() / pack / "jobs.toml"
    return jobs.read_text(encoding="utf-8") if jobs.is_file() else ""


def bring_published(folder: Path, pack: str) -> None:
    """Lay the published figures that a pack carries in import form (``facts/*_import.csv``) beside the departments' sheets."""
    inbox = folder / "inbox"
    inbox.mkdir(exist_ok=True)
    for path in sorted((builtin_packs() / pack / "facts").glob("*_import.csv")):
        shutil.copy(path, inbox / path.name)


def run_everything(workspace: Workspace, speaker: Speaker) -> list[Run]:
    """Run all jobs and write their lists, sheets and notices."""
    runs = []
    with speaker.progress("测算", "running", len(workspace.jobs)) as bar:
        for job in workspace.jobs:
            bar.update(bar.task_ids[0], description=speaker.pick(job.zh, job.en))
            run = run_job(workspace, job, known_at=today(), created_at=now())
            write_run(workspace, run)
            runs.append(run)
            bar.advance(bar.task_ids[0])
    return runs


def summarise(workspace: Workspace, runs: list[Run], speaker: Speaker) -> None:
    """One table: run, scheme, counts; they sum to the scope."""
    rows: list[tuple[object, ...]] = []
    for run in runs:
        names = workspace.names(run.record.as_of)
        listings = [list_scheme(run, code, names) for code in run.execution.results]
        shown = listings if len(listings) <= 6 else listings[:6]
        for listing in shown:
            counts = " ".join(f"{label} {n}" for label, n in listing.counts)
            items = listing.expected // listing.scope if listing.scope else 1
            scope = str(listing.scope) if items == 1 else f"{listing.scope} × {items}"
            rows.append((run.record.number, speaker.pick(listing.zh, listing.en), scope, counts))
        if len(listings) > len(shown):
            rows.append(
                (
                    run.record.number,
                    speaker.pick(f"另 {len(listings) - len(shown)} 个方案", f"{len(listings) - len(shown)} more"),
                    "",
                    "",
                )
            )
    columns = ("编号", "方案", "范围", "结果") if speaker.language == "zh" else ("run", "scheme", "scope", "counts")
    speaker.table(speaker.pick(workspace.zh, workspace.en), columns, rows, right=(2,))


@click.command()
@workspace_argument
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=DEMO_PORT,
    show_default=True,
    help="网页端口, 0 为任选 / port of the pages, 0 for any",
)
@speaking
def browse(workspace: Path, port: int, speaker: Speaker) -> None:
    """在本机翻看工作区的结果, 不用账号和数据库。Look through the results of a workspace on this machine, without accounts or a database."""
    serve_site(open_workspace(workspace), port, speaker, [])


def serve_site(workspace: Workspace, port: int, speaker: Speaker, runs: list[Run], county: str = "") -> None:
    """Serve until interrupted; runs that are not open yet are opened first, so that no page waits for one.

    ``county`` is the path of the page of the county that the demo told of; its address is said beside that of the site.
    """
    site = Site(workspace)
    site.warm(runs)
    records = site.latest()
    with speaker.progress("打开测算", "opening runs", len(records)) as bar:
        for record in records:
            site.run(record.number)
            bar.advance(bar.task_ids[0])
    server = make_server(site, port)
    speaker.say(
        f"http://127.0.0.1:{server.server_port}/  (Ctrl+C 结束)",
        f"http://127.0.0.1:{server.server_port}/  (Ctrl+C to stop)",
    )
    if county:
        speaker.say(
            f"http://127.0.0.1:{server.server_port}/{county}  (区县页)", f"http://127.0.0.1:{server.server_port}/{county}  (the county's page)"
        )  # fmt: skip
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.shutdown()
