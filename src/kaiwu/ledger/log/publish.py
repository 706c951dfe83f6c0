"""From the book to the log: new leaves into tiles, a signed checkpoint last, and both compared.

Owns the order of these steps and the files ``checkpoint`` and keys' place in the folder. It knows a book only as
something that gives leaves.
"""

from __future__ import annotations

from itertools import zip_longest
from pathlib import Path
from typing import Protocol

from kaiwu.ledger.log.checkpoint import Checkpoint, Signer, read_checkpoint, sign_checkpoint, verify_checkpoint
from kaiwu.ledger.log.tile import write_file
from kaiwu.ledger.log.tile_log import TileLog
from kaiwu.ledger.log.tile_reader import TileReader
from kaiwu.quantity import KaiwuError, Problem

BATCH = 65_536
"""Leaves read from a book at once."""


class LeafSource(Protocol):
    """A book: gives the stored bytes of its leaves ``[start, stop)`` in order."""

    def leaves(self, start: int, stop: int) -> list[bytes]:
        """The bodies of leaves."""


def publish(book: LeafSource, log: TileLog, signer: Signer, stop: int | None = None) -> str:
    """Append the book's leaves that the log has not, up to ``stop`` or all, and sign a checkpoint (发布检查点).

    A crash between the two is repaired by calling again. Gives the checkpoint's text. Raises ``KaiwuError`` when the
    log's last leaf is not the book's: then one of them was altered.
    """
    while True:
        log.refresh()
        size = log.size
        if size:
            last = book.leaves(size - 1, size)
            if last != [log.leaf(size - 1)]:
                raise KaiwuError(_differ(log, size - 1) if last else _shorter(log))
        batch = book.leaves(size, min(size + BATCH, stop) if stop is not None else size + BATCH)
        if not batch:
            break
        try:
            log.append(batch, at=size)
        except KaiwuError as error:
            if error.problems[0].code != "LOG-MOVED":  # moved: another process publishes too; go on from where it is
                raise
    return sign_log(log, signer)


def sign_log(log: TileLog, signer: Signer) -> str:
    """Sign what the log has and keep it as the file ``checkpoint``. Nothing is signed that does not extend the last one."""
    with log.locked():
        log.refresh()
        return _sign_locked(log, signer, log.folder / "checkpoint")


def _sign_locked(log: TileLog, signer: Signer, path: Path) -> str:
    if path.exists():
        last, text = read_log_checkpoint(log)
        if last.size > log.size or log.root(last.size) != last.root:
            raise KaiwuError(
                Problem(
                    "LOG-NOT-EXTENDED",
                    "日志不是上一个检查点的延续, 不予签名; 请用 kaiwu verify --log 检查",
                    "the log does not extend its last checkpoint and is not signed: check with kaiwu verify --log",
                    where=str(path),
                )
            )
        if (last.size, last.origin) == (log.size, signer.name) and _is_signed(text, signer):
            return text
    text = sign_checkpoint(signer.name, log.size, log.root(), signer, log.tree.name)
    write_file(path, text.encode(), is_durable=True)
    return text


def _is_signed(text: str, signer: Signer) -> bool:
    try:
        verify_checkpoint(text, signer)
    except KaiwuError:
        return False
    return True


def read_log_checkpoint(log: TileReader) -> tuple[Checkpoint, str]:
    """The last signed checkpoint of a log and its text, not verified. Raises ``KaiwuError`` where there is none."""
    path: Path = log.folder / "checkpoint"
    try:
        text = path.read_text(encoding="utf-8")
    except (FileNotFoundError, UnicodeDecodeError) as error:
        raise KaiwuError(
            Problem("LOG-UNSIGNED", "日志还没有签名的检查点", "the log has no signed checkpoint yet", where=str(path))
        ) from error
    return read_checkpoint(text)[0], text


def compare_book(book: LeafSource, log: TileReader) -> None:
    """Raise ``KaiwuError`` naming the first leaf that book and log (账与日志) do not have alike. The book may have more."""
    if log.size and not book.leaves(log.size - 1, log.size):
        raise KaiwuError(_shorter(log))
    for start in range(0, log.size, BATCH):
        stop = min(start + BATCH, log.size)
        for i, (ours, theirs) in enumerate(zip_longest(log.leaves(start, stop), book.leaves(start, stop))):
            if ours != theirs:
                raise KaiwuError(_differ(log, start + i))


def _shorter(log: TileReader) -> Problem:
    return Problem(
        "LOG-BOOK-SHORT",
        f"账里没有日志的第 {log.size} 条: 账被清空、截短或换成了另一本; 请从备份恢复 state.db",
        f"the book lacks leaf {log.size} of the log: it was emptied, cut or exchanged; restore state.db from a backup",
        where=str(log.folder),
    )


def _differ(log: TileReader, index: int) -> Problem:
    return Problem(
        "LOG-BOOK",
        f"第 {index} 条叶子(从 0 数)在账里和日志里不同: 其中一处被改动",
        f"leaf {index} (from 0) differs between book and log: one of them was altered",
        where=str(log.folder),
    )
