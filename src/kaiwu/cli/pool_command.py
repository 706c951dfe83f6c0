"""The group ``kaiwu pool``: projects, counts, re-scoring and credit; bundles and promises are groups below it.

Owns arguments and printing; the steps are ``kaiwu.procedure.pool.desk``. With a table of steps, or ``--scores-only``,
only that table is looked at and nothing is kept.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from pathlib import Path

import click

from kaiwu.allot.pool.credit import KINDS, MEASURES
from kaiwu.allot.pool.posting import Tally, post_steps, tally
from kaiwu.allot.pool.rescore import WORDS, Band, Verdict, rescore, try_band
from kaiwu.allot.pool.stage import STAGES, Step
from kaiwu.cli.allot_option import by_option, day_option, signer_option
from kaiwu.cli.console import Speaker
from kaiwu.cli.option import Day, speaking, workspace_option
from kaiwu.cli.pool_bundle_command import bundle_group
from kaiwu.cli.pool_option import desk_of, pool_option, print_yi, table_argument
from kaiwu.cli.pool_promise_command import promise_group
from kaiwu.ledger import MemoryBook
from kaiwu.procedure.pool.file import (
    read_amounts,
    read_plain_steps,
    read_projects,
    read_scores,
    read_shares,
    read_steps,
)
from kaiwu.procedure.pool.score import read_scores_of
from kaiwu.quantity import parse_quantity
from kaiwu.quantity.dimension import MONEY


@click.group("pool")
def pool_group() -> None:
    """储备项目库: 登记、阶段、统计、优进劣汰、绩效份额、要素、承诺。The reserve pool: projects, stages, counts, re-scoring, credit, bundles, promises."""


@pool_group.command("add")
@table_argument
@workspace_option
@pool_option
@by_option
@day_option
@speaking
def add_command(source: Path, workspace: Path, code: str, by: str, day: dt.date, speaker: Speaker) -> None:
    """登记备选项目(表: project,zh,firm,origin,investment,day,document 和四种模式的依据)。Enter candidates from a table."""
    rows = read_projects(source)
    event = desk_of(workspace, code).enter(rows, day, by)
    speaker.say(
        f"登记 {len(rows)} 个项目, 存证第 {event.leaf} 条", f"{len(rows)} projects entered, log leaf {event.leaf}"
    )


@pool_group.command("move")
@click.argument("project", required=False)
@click.argument("stage", required=False, type=click.Choice(list(STAGES)))
@workspace_option
@pool_option
@click.option("--document", default="", help="文件依据 / the document that proves it")
@click.option(
    "--investment",
    default="",
    help="此时的投资额, 如 3.2亿元; 不写则不变 / investment known then; unchanged where left out",
)
@click.option("--happened", type=Day(), default=None, help="发生日期, 默认办理日 / when it happened, default the day of entry")  # fmt: skip
@click.option("--table", type=click.Path(path_type=Path, dir_okay=False, exists=True), help="一张表的多个变动 / many steps from a table")  # fmt: skip
@by_option
@day_option
@speaking
def move_command(
    project: str | None, stage: str | None, workspace: Path, code: str, document: str, investment: str, happened: dt.date | None,
    table: Path | None, by: str, day: dt.date, speaker: Speaker,
) -> None:  # fmt: skip
    """阶段变动: 一个项目, 或 --table 一张表。Move a project to its next stage, or many by --table."""
    desk = desk_of(workspace, code)
    if table is not None:
        steps = read_plain_steps(table)
    elif project and stage:
        last = desk.state().last_step(project)
        fen = int(parse_quantity(investment, dimension=MONEY).base) if investment else last.investment if last else 0
        steps = [Step(project, stage, happened or day, document, by, fen)]
    else:
        raise click.UsageError("要写 PROJECT STAGE 或 --table / PROJECT STAGE or --table is needed")
    event = desk.move(steps, day, by)
    speaker.say(f"{len(steps)} 个变动, 存证第 {event.leaf} 条", f"{len(steps)} steps, log leaf {event.leaf}")


@pool_group.command("tally")
@click.argument("steps", required=False, type=click.Path(path_type=Path, dir_okay=False, exists=True))
@workspace_option
@pool_option
@click.option("--known-on", type=Day(), default=None, help="按哪一天已登记的 / as entered up to a day")
@day_option
@speaking
def tally_command(steps: Path | None, workspace: Path, code: str, known_on: dt.date | None, day: dt.date, speaker: Speaker) -> None:  # fmt: skip
    """各阶段累计与当前的项目数和投资额, 由一本台账得出; 给出 STEPS 表则只看表。Projects and investment by stage from one ledger."""
    counts = desk_of(workspace, code).tally(day, known_on) if steps is None else _tally_table(steps, day)
    rows = [(speaker.pick(*STAGES[c.stage]), c.reached, print_yi(c.reached_fen), c.standing, print_yi(c.standing_fen)) for c in counts]  # fmt: skip
    columns = ("阶段", "累计", "累计投资(亿元)", "当前", "当前投资(亿元)") if speaker.language == "zh" else ("stage", "reached", "100 million yuan", "standing", "100 million yuan now")  # fmt: skip
    speaker.table(speaker.pick(f"截至 {day}", f"by {day}"), columns, rows, right=(1, 2, 3, 4))


def _tally_table(source: Path, day: dt.date) -> list[Tally]:
    book = MemoryBook()
    post_steps(book, read_steps(source))
    return [tally(book, stage, day) for stage in STAGES]


@pool_group.command("try")
@table_argument
@workspace_option
@pool_option
@by_option
@day_option
@speaking
def try_command(source: Path, workspace: Path, code: str, by: str, day: dt.date, speaker: Speaker) -> None:
    """扰动试算入库线、出库线; 采用之前必做。Try the lines on perturbed scores; needed before they are adopted."""
    desk = desk_of(workspace, code)
    found = desk.try_lines(read_scores_of(desk.rule, desk.workspace.library, source, day), day, by)
    if speaker.is_json:
        speaker.data({"runs": found.runs, "changes": found.changes, "one_line": found.changes_one_line, "shaky": found.shaky})  # fmt: skip
        return
    speaker.say(*found.tell())
    for project, times in found.shaky.items():
        speaker.say(f"  {project}: {times} 次", f"  {project}: {times} times")


@pool_group.command("adopt")
@workspace_option
@pool_option
@signer_option
@day_option
@speaking
def adopt_command(workspace: Path, code: str, signer: str, day: dt.date, speaker: Speaker) -> None:
    """采用入库线、出库线。Adopt the lines."""
    event = desk_of(workspace, code).adopt(day, signer)
    speaker.say(f"已采用, 存证第 {event.leaf} 条", f"adopted, log leaf {event.leaf}")


@pool_group.command("rescore")
@table_argument
@workspace_option
@pool_option
@click.option("--document", default="", help="会议或名单依据 / the document of the decision")
@click.option(
    "--scores-only", is_flag=True, help="只看一张 project,score,member 表, 不留记录 / look at a table, keep nothing"
)
@click.option("--enter", type=int, default=70, show_default=True, help="配合 --scores-only: 入库线 / enters at")
@click.option("--leave", type=int, default=60, show_default=True, help="配合 --scores-only: 出库线 / leaves below")
@click.option("--noise", type=click.IntRange(0), default=3, show_default=True, help="配合 --scores-only: 得分误差 / error of scores")  # fmt: skip
@by_option
@day_option
@speaking
def rescore_command(
    source: Path, workspace: Path, code: str, document: str, scores_only: bool, enter: int, leave: int, noise: int, by: str, day: dt.date,
    speaker: Speaker,
) -> None:  # fmt: skip
    """年度复评: 谁入库、留库、出库和为什么。The yearly re-scoring: who enters, stays or leaves, and why."""
    if scores_only:
        scores, members = read_scores(source)
        band = Band(enter, leave)
        print_verdicts(speaker, {v: v.tell() for v in rescore(members, scores, band)}, str)
        speaker.say(*try_band(members, scores, band, noise).tell())
        return
    desk = desk_of(workspace, code)
    verdicts = desk.rescore(read_scores_of(desk.rule, desk.workspace.library, source, day), day, by, document)
    print_verdicts(speaker, {v: desk.reasons(v) for v in verdicts}, desk.rule.scale.print_score)


def print_verdicts(speaker: Speaker, told: Mapping[Verdict, tuple[str, str]], show: Callable[[int], str]) -> None:
    """Everybody with score and line, then the sentences of those who enter or leave."""
    columns = ("项目", "结论", "得分", "线") if speaker.language == "zh" else ("project", "verdict", "score", "line")
    rows = [(v.project, speaker.pick(*WORDS[v.outcome]), None if v.score is None else show(v.score), show(v.line)) for v in told]  # fmt: skip
    speaker.table(speaker.pick("复评", "re-scoring"), columns, rows, right=(2, 3))
    for verdict, sentence in told.items():
        if verdict.outcome in ("enter", "leave"):
            speaker.say(*sentence)


@pool_group.command("share")
@table_argument
@workspace_option
@pool_option
@by_option
@day_option
@speaking
def share_command(source: Path, workspace: Path, code: str, by: str, day: dt.date, speaker: Speaker) -> None:
    """登记镇街和平台的绩效份额(有起止日期)。Enter dated shares of towns and platforms."""
    event = desk_of(workspace, code).share(read_shares(source), day, by)
    speaker.say(f"已登记, 存证第 {event.leaf} 条", f"entered, log leaf {event.leaf}")


@pool_group.command("credit")
@table_argument
@workspace_option
@pool_option
@click.option(
    "--kind", type=click.Choice(KINDS), default=KINDS[0], show_default=True, help="镇街或平台 / town or platform"
)
@click.option("--measure", type=click.Choice(MEASURES), required=True, help="产值、税收或投资 / which measure")
@day_option
@speaking
def credit_command(source: Path, workspace: Path, code: str, kind: str, measure: str, day: dt.date, speaker: Speaker) -> None:  # fmt: skip
    """按份额分到镇街或平台, 全区只计一次(表: project,amount)。Divide amounts by shares; the district counts each project once."""
    found = desk_of(workspace, code).credit(read_amounts(source), kind, measure, day)
    rows = [*found.units.items(), (speaker.pick("未分配", "unshared"), found.unshared), (speaker.pick("全区", "district"), found.district)]  # fmt: skip
    columns = ("单位", "金额(元)") if speaker.language == "zh" else ("unit", "yuan")
    speaker.table(speaker.pick(f"截至 {day}", f"by {day}"), columns, [(unit, f"{fen / 100:,.2f}") for unit, fen in rows], right=(1,))  # fmt: skip


pool_group.add_command(bundle_group)
pool_group.add_command(promise_group)
