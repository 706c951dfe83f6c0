"""Commands around the tamper-evident log of a workspace: log status, publish, prove, audit.

Owns arguments and printing. What is recorded is ``kaiwu.procedure.witness``, how it is proven ``kaiwu.ledger.log``.
"""

from __future__ import annotations

from pathlib import Path

import click

from kaiwu.cli.console import EXIT_DIFFERENT, Speaker
from kaiwu.cli.option import speaking, workspace_option
from kaiwu.ledger.log import compare_book
from kaiwu.procedure import open_run, open_workspace
from kaiwu.procedure.claim.audit import audit_claims
from kaiwu.report import sheet_name


@click.group("log")
def log_group() -> None:
    """存证日志: 测算、结论、公示和分录逐条入链, 可逐条出具证明。The log: runs, decisions, notices and entries, each with a proof."""


@log_group.command("status")
@workspace_option
@speaking
def status(workspace: Path, speaker: Speaker) -> None:
    """日志有多少条、公钥和最近的检查点。How many leaves, the public key, and the last checkpoint."""
    witness = open_workspace(workspace).witness
    path = witness.folder / "checkpoint"
    checkpoint = path.read_text(encoding="utf-8") if path.is_file() else ""
    key, size, waiting = str(witness.key.public), witness.log().size, witness.count_waiting()
    if speaker.is_json:
        speaker.data({"key": key, "size": size, "waiting": waiting, "checkpoint": checkpoint})
        return
    speaker.say(f"日志 {size} 条, 待发布 {waiting} 条", f"{size} leaves, {waiting} to be published")
    speaker.say(f"公钥 {key}", f"public key {key}")
    if checkpoint:
        speaker.say(checkpoint.strip(), checkpoint.strip())


@log_group.command("publish")
@workspace_option
@speaking
def publish(workspace: Path, speaker: Speaker) -> None:
    """把新的条目记入日志并签检查点。Take new leaves into the log and sign a checkpoint."""
    checkpoint = open_workspace(workspace).witness.publish()
    if speaker.is_json:
        speaker.data({"checkpoint": checkpoint})
        return
    speaker.say(checkpoint.strip(), checkpoint.strip())


@log_group.command("prove")
@click.argument("number")
@click.argument("entity", required=False)
@workspace_option
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), default=None, help="写到哪个文件 / output file")
@speaking
def prove(number: str, entity: str | None, workspace: Path, out: Path | None, speaker: Speaker) -> None:
    """为某次测算, 或其中某主体的结论和数据, 出具证明文件。Write the proof file of a run, or of what it says about one entity."""
    opened = open_workspace(workspace)
    run = open_run(opened, number)
    text = opened.witness.prove_run(run) if entity is None else opened.witness.prove_entity(run, entity)
    name = "run.proof.json" if entity is None else Path("proofs", sheet_name(entity)).with_suffix(".proof.json")
    path = out or opened.runs_folder / run.record.number / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    if speaker.is_json:
        speaker.data({"path": str(path)})
    speaker.say(f"已写入 {path}; 用 kaiwu verify 核验", f"written to {path}; check it with kaiwu verify")


@log_group.command("audit")
@workspace_option
@speaking
def audit(workspace: Path, speaker: Speaker) -> None:
    """稽核: 核对账与日志, 由逐条记录重算全部余额, 逐步核对申报, 指出第一处不符。Compare book, log and claims; derive every balance again."""
    witness = open_workspace(workspace).witness
    compare_book(witness.book, witness.log())
    found = witness.book.audit() or audit_claims(witness)
    if speaker.is_json:
        speaker.data({"is_sound": found is None, "difference": None if found is None else str(found)})
    elif found is None:
        speaker.say("账与日志逐条一致, 余额可全部重算", "book and log agree leaf by leaf; every balance derives again")
    else:
        speaker.errors.print(f"{found}", style="red", markup=False)
    if found is not None:
        raise SystemExit(EXIT_DIFFERENT)
