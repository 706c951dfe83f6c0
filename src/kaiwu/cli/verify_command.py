"""The command verify: one proof file, or a whole log.

Also writes the page that verifies without Kaiwu. Owns arguments and printing. What is checked is ``kaiwu.ledger.log``; a proof needs neither workspace nor database.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from kaiwu.cli.console import EXIT_DIFFERENT, Speaker, problem_data
from kaiwu.cli.option import FILE, speaking
from kaiwu.ledger.log import Audit, Fault, audit_log, check_proof, read_public_key
from kaiwu.ledger.log.page import render_page
from kaiwu.quantity import KaiwuError, Problem


@click.command()
@click.argument("proof", type=FILE, required=False)
@click.option(
    "--key", default="", help="公钥文字或文件, 从公示稿抄录 / public key or file with it, from a printed notice"
)
@click.option(
    "--log", "folder", type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="全量复核一个日志目录 / re-verify a whole log folder",
)  # fmt: skip
@click.option(
    "--checkpoint", "checkpoints", type=FILE, multiple=True,
    help="另处保存的旧检查点, 可多次 / an older checkpoint kept elsewhere, may be repeated",
)  # fmt: skip
@click.option(
    "--page", type=click.Path(path_type=Path, dir_okay=False), default=None,
    help="写出离线核验网页 / write the web page that verifies offline",
)  # fmt: skip
@speaking
def verify(
    proof: Path | None,
    key: str,
    folder: Path | None,
    checkpoints: tuple[Path, ...],
    page: Path | None,
    speaker: Speaker,
) -> None:
    """核验一份证明文件, 或全量复核日志, 指出被改动之处。Verify a proof file or a whole log, and name what was altered."""
    if sum(one is not None for one in (proof, folder, page)) != 1:
        raise KaiwuError(
            Problem(
                "C-VERIFY",
                "请只给其中一样: 证明文件, --log 日志目录, 或 --page 要写的网页",
                "give just one of: a proof file, a log folder with --log, a page to write with --page",
            )
        )
    if proof is not None:
        _verify_proof(proof, key, speaker)
    if folder is not None:
        _verify_log(folder, key, checkpoints, speaker)
    if page is not None:
        _write_page(page, speaker)


def _verify_proof(path: Path, key: str, speaker: Speaker) -> None:
    try:
        found = check_proof(path.read_bytes(), str(read_public_key(key)) if key else "")
    except Fault as fault:
        code, zh, en = fault.args
        _refuse([Problem(code, zh, en, where=str(path))], speaker)
    leaf = found["leaf"].decode(errors="replace")
    names = ("origin", "index", "size", "root", "hash", "key", "figures")
    if speaker.is_json:
        speaker.data({"is_valid": True, "is_own_key": not key, **{n: found[n] for n in names}, "leaf": leaf})
        return
    place_zh = f"{found['origin']} 第 {found['index']} 条(从 0 数, 共 {found['size']} 条), 一字未改"
    place_en = f"{found['origin']} leaf {found['index']} (from 0, of {found['size']}), unchanged to the byte"
    if key:
        speaker.say(f"可信: {place_zh}", f"Valid: {place_en}")
    else:
        speaker.say(f"内容一致, 公钥待核对: {place_zh}", f"Consistent, check the key: {place_en}")
        speaker.say(
            f"没有给 --key: 用的是证明自带的公钥, 谁都可以自己造一把; 请与公示稿比对: {found['key']}",
            f"No --key: the proof's own was used, and anybody can make one; compare it with the printed notice: {found['key']}",
        )
    for text in filter(None, (leaf, found["figures"])):
        speaker.say(_pretty(text), _pretty(text))


def _verify_log(folder: Path, key: str, checkpoints: tuple[Path, ...], speaker: Speaker) -> None:
    texts = [path.read_text(encoding="utf-8", errors="replace") for path in checkpoints]
    with speaker.progress("复核", "verifying") as bar:
        audit = audit_log(
            folder,
            read_public_key(key) if key else None,
            checkpoints=texts,
            progress=lambda done: bar.update(bar.task_ids[0], completed=done),
        )
    problems = list(audit.problems)
    if not problems and audit.checkpoint is None:
        problems.append(
            Problem(
                "C-UNSIGNED",
                "叶子与瓦片一致, 但没有签名的检查点: 整个日志可能被重写",
                "leaves and tiles agree, but there is no signed checkpoint: the whole log could have been rewritten",
                where=str(folder),
            )
        )
    if problems:
        _refuse(problems, speaker, audit)
    checkpoint = audit.checkpoint
    assert checkpoint is not None
    if speaker.is_json:
        speaker.data(
            {
                "is_valid": True,
                "size": audit.size,
                "root": audit.root.hex(),
                "signed": checkpoint.size,
                "first_bad_leaf": None,
            }
        )
        return
    zh = f"{audit.size} 条叶子逐字核对, 前 {checkpoint.size} 条已签名({checkpoint.origin})"
    en = f"{audit.size} leaves checked to the byte, the first {checkpoint.size} are signed ({checkpoint.origin})"
    if key:
        speaker.say(f"可信: {zh}", f"Valid: {en}")
    else:
        speaker.say(f"内容一致, 公钥待核对: {zh}", f"Consistent, check the key: {en}")
        speaker.say(
            "没有给 --key: 用的是目录里的公钥, 请与公示稿比对",
            "No --key: the folder's own public key was used; compare it with the printed notice",
        )


def _write_page(path: Path, speaker: Speaker) -> None:
    try:
        path.write_text(render_page(), encoding="utf-8")
    except OSError as error:
        raise KaiwuError(
            Problem(
                "C-PAGE",
                f"网页写不出: {error.strerror}",
                f"the page cannot be written: {error.strerror}",
                where=str(path),
            )
        ) from error
    if speaker.is_json:
        speaker.data({"page": str(path)})
    else:
        speaker.say(f"已写 {path}; 用任何浏览器打开即可, 不联网", f"wrote {path}; open it in any browser, offline")


def _refuse(problems: list[Problem], speaker: Speaker, audit: Audit | None = None) -> None:
    """Say what is wrong and end with the exit code of a failed check."""
    bad = audit.first_bad_leaf if audit else None
    if speaker.is_json:
        extra: dict[str, Any] = {} if audit is None else {"size": audit.size, "first_bad_leaf": bad}
        speaker.data({"is_valid": False, **extra, "problems": [problem_data(p) for p in problems]})
    else:
        speaker.problems(problems)
        if bad is not None:
            speaker.say(
                f"不可信: 第一条坏叶子是第 {bad} 条(从 0 数)", f"Not valid: the first bad leaf is {bad} (from 0)"
            )
        else:
            speaker.say("不可信", "Not valid")
    raise SystemExit(EXIT_DIFFERENT)


def _pretty(text: str) -> str:
    try:
        return json.dumps(json.loads(text), ensure_ascii=False, indent=1)
    except ValueError:
        return text
