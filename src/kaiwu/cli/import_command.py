"""The command ``import``: departments' sheets into a workspace, all or nothing.

Owns arguments, the report on the screen and where error workbooks go.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from kaiwu.cli.console import EXIT_DIFFERENT, Speaker
from kaiwu.cli.option import known_at_option, speaking, today, workspace_argument
from kaiwu.procedure import open_workspace
from kaiwu.procedure.intake import SUFFIXES, Taken, import_files
from kaiwu.quantity import KaiwuError, Problem


@click.command("import")
@workspace_argument
@click.argument("files", nargs=-1, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--template", "-t", default=None, help="导入模板代码 / code of the import template")
@known_at_option
@speaking
def import_command(
    workspace: Path, files: tuple[Path, ...], template: str | None, known_at: dt.date | None, speaker: Speaker
) -> None:
    """导入 Excel/CSV(缺省为 inbox 内全部): 有一处错误就全不入库, 并给出带批注的错误表。

    Import sheets (by default all of inbox/): one mistake and nothing is taken in; an error workbook says why.
    """
    opened = open_workspace(workspace)
    chosen = list(files) or sorted(p for p in (workspace / "inbox").glob("*") if p.suffix.lower() in SUFFIXES)
    if not chosen:
        raise KaiwuError(
            Problem(
                "C-NO-FILES",
                "inbox 是空的, 没有可导入的文件",
                "inbox is empty: there is nothing to import",
                where=str(workspace),
            )
        )
    with speaker.progress("导入", "importing", len(chosen)) as bar:

        def advance(name: str) -> None:
            bar.update(bar.task_ids[0], description=name, advance=1)

        taken = import_files(opened, chosen, known_at=known_at or today(), template=template, progress=advance)
    report_import(taken, workspace / "errors", speaker)


def report_import(taken: Taken, errors: Path, speaker: Speaker) -> None:
    """Print one report for every file; write error workbooks; exit 1 where nothing was taken in."""
    if speaker.is_json:
        speaker.data({"accepted": taken.is_accepted, "batch": taken.batch, "entities": taken.entities, "figures": taken.figures,
                      "files": {n: r.report.to_dict() for n, r in taken.results.items()}})  # fmt: skip
    for name, result in taken.results.items():
        if not speaker.is_json and (not speaker.is_quiet or not result.report.is_accepted):
            click.echo(result.report.to_text(speaker.language))
        if not result.report.is_accepted:
            path = errors / f"{Path(name).stem}.错误.xlsx"
            path.parent.mkdir(parents=True, exist_ok=True)
            result.report.write_error_workbook(path)
            speaker.say(f"错误表: {path}", f"error workbook: {path}")
    if not taken.is_accepted:
        speaker.say("有错误, 全部未入库。", "There are errors: nothing was taken in.")
        raise SystemExit(EXIT_DIFFERENT)
    speaker.say(
        f"已入库: {taken.figures} 条数据(批次 {taken.batch}), 新主体 {taken.entities} 个",
        f"taken in: {taken.figures} figures (batch {taken.batch}), {taken.entities} new entities",
    )
