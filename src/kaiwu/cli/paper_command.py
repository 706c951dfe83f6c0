"""Commands that write one paper of a run: sheet (一企一单) and notice (公示稿).

Owns arguments and where the files go. What stands in them is ``kaiwu.report``.
"""

from __future__ import annotations

from pathlib import Path

import click

from kaiwu.cli.console import Speaker
from kaiwu.cli.option import speaking, workspace_option
from kaiwu.procedure import open_run, open_workspace
from kaiwu.quantity import KaiwuError, Problem
from kaiwu.report import list_scheme, render_notice, sheet_name, write_sheet
from kaiwu.report.notice import check_notice

out_option = click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), default=None, help="写到哪个文件 / output file"
)


@click.command()
@click.argument("number")
@click.argument("entity")
@workspace_option
@out_option
@speaking
def sheet(number: str, entity: str, workspace: Path, out: Path | None, speaker: Speaker) -> None:
    """生成某主体的一企一单(可打印的网页)。Write the sheet of one entity: one HTML file that prints well."""
    opened = open_workspace(workspace)
    run = open_run(opened, number)
    path = out or opened.runs_folder / run.record.number / "sheets" / sheet_name(entity)
    write_sheet(path, run, entity, opened.names(run.record.as_of), speaker.language)
    _done(speaker, path)


@click.command()
@click.argument("number")
@click.argument("scheme")
@workspace_option
@click.option(
    "--signer",
    default="",
    help="签发人(岗位、姓名); 依据待核实的方案必填 / who signs; needed where the rules are not well attested",
)
@click.option("--issuer", default="", help="发布单位 / who publishes it")
@click.option(
    "--publish",
    "is_published",
    is_flag=True,
    help="正式公示: 记入日志并签检查点 / publish: into the log, with a signed checkpoint",
)
@out_option
@speaking
def notice(
    number: str, scheme: str, workspace: Path, signer: str, issuer: str, is_published: bool, out: Path | None, speaker: Speaker
) -> None:  # fmt: skip
    """生成公示稿(附异议单); 不完整、未施行或未具名的拒绝生成。Draft the public notice of one list, or say why there is none."""
    opened = open_workspace(workspace)
    run = open_run(opened, number)
    if scheme not in run.execution.results:
        listed = ", ".join(run.execution.results)
        raise KaiwuError(
            Problem(
                "S-SCHEME",
                f"第 {number} 号测算没有方案“{scheme}”; 有: {listed}",
                f"run {number} has no scheme “{scheme}”; it has {listed}",
            )
        )
    listing = list_scheme(run, scheme, opened.names(run.record.as_of))
    if is_published:
        check_notice(run, listing, signer)
        opened.witness.prove_run(run)  # a notice rests on a run that was recorded, and on a checkpoint that covers it
    key, checkpoint = (str(opened.witness.key.public), opened.witness.publish()) if is_published else ("", "")
    text = render_notice(run, listing, signer=signer, issuer=issuer, key=key, checkpoint=checkpoint)
    path = out or opened.runs_folder / run.record.number / "notices" / f"{scheme}.html"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    path.with_suffix(".refused.txt").unlink(missing_ok=True)
    if is_published:
        leaf = opened.witness.add_notice(run, scheme, path.read_bytes())
        path.with_suffix(".proof.json").write_text(opened.witness.prove(leaf), encoding="utf-8")
    _done(speaker, path)


def _done(speaker: Speaker, path: Path) -> None:
    if speaker.is_json:
        speaker.data({"path": str(path)})
    speaker.say(f"已写入 {path}", f"written to {path}")
