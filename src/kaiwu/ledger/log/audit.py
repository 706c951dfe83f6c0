"""Full re-verification of a log's folder from the stored leaves: every file, every byte.

Owns finding what was altered and naming the first bad leaf. It reads only; it trusts nothing but the public key.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from kaiwu.ledger.log.checkpoint import Checkpoint, Verifier, read_checkpoint, verify_checkpoint
from kaiwu.ledger.log.frontier import Frontier, tail_widths
from kaiwu.ledger.log.hash import HASH_BYTES, TreeHash, find_hash
from kaiwu.ledger.log.inner import NAME as INNER
from kaiwu.ledger.log.inner import RECORD_BYTES, pack_inner
from kaiwu.ledger.log.key import PublicKey, read_key, read_public_key
from kaiwu.ledger.log.stray import find_strays
from kaiwu.ledger.log.tile import HEIGHT, WIDTH, Head, bad_head, pack_bundle, read_head, read_whole_leaves, tile_path
from kaiwu.quantity import KaiwuError, Problem

MAX_PROBLEMS = 100
"""After this many the log is bad enough; the first ones name where to look."""
Progress = Callable[[int], None]


@dataclass(slots=True)
class Audit:
    """What a re-verification (全量复核) found. ``first_bad_leaf`` is none when no leaf or hash of one is wrong."""

    folder: Path
    size: int = 0
    root: bytes = b""
    checkpoint: Checkpoint | None = None
    problems: list[Problem] = field(default_factory=list)
    first_bad_leaf: int | None = None

    @property
    def is_good(self) -> bool:
        """Nothing was altered."""
        return not self.problems

    def add(self, problem: Problem, leaf: int | None = None) -> None:
        """Keep a problem and the first leaf that it is about."""
        if leaf is not None:
            self.first_bad_leaf = leaf if self.first_bad_leaf is None else min(leaf, self.first_bad_leaf)
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(problem)


def audit_log(
    folder: Path | str,
    key: PublicKey | Verifier | None = None,
    *,
    checkpoints: Sequence[str] = (),
    progress: Progress | None = None,
) -> Audit:
    """Check every file of a log against its leaves, its signed checkpoint, and older ``checkpoints`` kept elsewhere.

    Without ``key`` the folder's own ``key.pub`` is used, which whoever wrote the folder could have replaced.
    """
    audit = Audit(Path(folder))
    signed = _read_checkpoints(audit, key, checkpoints)
    head = _read_head(audit, signed)
    if head is None:
        return audit
    audit.size = head.size
    sizes = {one.size for one, _ in signed if one.size <= head.size}
    roots = _check_leaves(audit, find_hash(head.hash_name), head, sizes, progress)
    audit.root = roots[head.size]
    _check_roots(audit, head, signed, roots)
    for path in find_strays(audit.folder, head.size):
        audit.add(
            Problem(
                "LOG-STRAY",
                "日志里没有登记这个文件: 中断的追加留下的(再追加一次即清除), 或别人放入的",
                "the log has no such file: left by an interrupted append (the next one removes it), or put there",
                where=str(audit.folder / path),
            )
        )
    return audit


def _read_head(audit: Audit, signed: list[tuple[Checkpoint, str]]) -> Head | None:
    """The head; where it is unreadable, what the checkpoint says, so that leaves are checked all the same."""
    path = audit.folder / "head"
    try:
        head = read_head(audit.folder)
        if head is not None:
            find_hash(head.hash_name)
            return head
    except KaiwuError as error:
        for problem in error.problems:
            audit.add(problem if problem.where else problem.located(str(path)))
    else:
        audit.add(Problem("LOG-NONE", "这里没有日志", "there is no log here", where=str(audit.folder)))
    if not signed:
        return None
    last = max((one for one, _ in signed), key=lambda one: one.size)
    return Head(last.hash_name, last.size, last.root)


def _read_checkpoints(
    audit: Audit, key: PublicKey | Verifier | None, older: Sequence[str]
) -> list[tuple[Checkpoint, str]]:
    """The checkpoints with good signatures and where they are from; the folder's own is the first."""
    path, good = audit.folder / "checkpoint", []
    try:
        own = read_public_key(audit.folder / "key.pub") if (audit.folder / "key.pub").exists() else None
        if (audit.folder / "key.pem").exists():
            read_key(audit.folder)
        key = key or own
    except KaiwuError as error:
        for problem in error.problems:
            audit.add(problem)
    texts = [(path.read_bytes(), str(path))] if path.exists() else []
    for data, where in texts + [(text.encode(), f"checkpoint[{i}]") for i, text in enumerate(older)]:
        try:
            text = data.decode()
            if key is None:
                raise KaiwuError(
                    Problem(
                        "LOG-NO-KEY", "没有公钥, 不能核对检查点的签名", "no public key to check the checkpoint with"
                    )
                )
            _, signatures = read_checkpoint(text)
            if where == str(path) and any(name != key.name or i != key.key_id for name, i, _ in signatures):
                verify_checkpoint(text, key)
                audit.add(
                    Problem("LOG-WITNESS", "检查点上有别人的签名", "the checkpoint bears another signature", where)
                )
            good.append((verify_checkpoint(text, key), where))
        except UnicodeDecodeError:
            audit.add(Problem("LOG-CHECKPOINT", "检查点不是文本", "the checkpoint is not text", where))
        except KaiwuError as error:
            for problem in error.problems:
                audit.add(problem.located(where))
    if good and texts and good[0][1] == str(path):
        audit.checkpoint = good[0][0]
    return good


def _check_roots(audit: Audit, head: Head, signed: list[tuple[Checkpoint, str]], roots: dict[int, bytes]) -> None:
    if roots[head.size] != head.root:
        audit.add(bad_head(audit.folder / "head"))
    for checkpoint, where in signed:
        if checkpoint.size > head.size:
            audit.add(
                Problem(
                    "LOG-CUT",
                    f"检查点有 {checkpoint.size} 条叶子, 日志只剩 {head.size} 条: 尾部被删",
                    f"the checkpoint has {checkpoint.size} leaves, the log only {head.size}: its end was removed",
                    where=where,
                ),
                head.size,
            )
        elif (checkpoint.hash_name, checkpoint.root) != (head.hash_name, roots[checkpoint.size]):
            audit.add(
                Problem(
                    "LOG-REWRITTEN",
                    f"前 {checkpoint.size} 条叶子算不出检查点签名的根: 日志被改写",
                    f"the first {checkpoint.size} leaves do not have the signed root: the log was rewritten",
                    where=where,
                )
            )


def _check_leaves(
    audit: Audit, tree: TreeHash, head: Head, sizes: set[int], progress: Progress | None
) -> dict[int, bytes]:
    """Walk all bundles and tiles; gives the roots of the wanted sizes as the leaves have them."""
    frontier, roots, inner = Frontier(tree), {}, _InnerCheck(audit)
    wanted = sorted(sizes | {head.size})
    stored = _StoredTiles(audit, head.size)
    for number in range(-(-head.size // WIDTH)):
        first, width = number * WIDTH, min(WIDTH, head.size - number * WIDTH)
        row = _check_bundle(audit, stored, frontier, head, number)
        for size in [s for s in wanted if first <= s < first + width]:
            part = frontier.copy()
            list(part.add(row[: (size - first) * HASH_BYTES]))
            roots[size] = part.root()
        for level, tile, rows in frontier.add(row):
            if level:
                stored.compare(level, tile, rows[0])
            else:
                inner.compare(tile, pack_inner(rows))
        if progress:
            progress(first + width)
        if len(audit.problems) >= MAX_PROBLEMS:
            break
    for level, width in enumerate(tail_widths(head.size)):
        if level and width:
            stored.compare(level, head.size >> HEIGHT * (level + 1), frontier.tails[level])
    inner.close(head.size // WIDTH)
    end = frontier.root()
    return {size: roots.get(size, end) for size in wanted}


def _check_bundle(audit: Audit, stored: _StoredTiles, frontier: Frontier, head: Head, number: int) -> bytes:
    """The hashes of a bundle's leaves, compared with their tile; where they differ, the first leaf is named."""
    width = min(WIDTH, head.size - number * WIDTH)
    path = audit.folder / tile_path("entries", number, width)
    tile = stored.read(0, number, width)
    try:
        leaves = read_whole_leaves(path.read_bytes())
    except OSError:
        audit.add(Problem("LOG-BUNDLE-GONE", "叶子文件不见了", "the bundle is gone", where=str(path)), number * WIDTH)
        return tile
    row = frontier.tree.leaves(leaves)
    if row == tile and len(leaves) == width and pack_bundle(leaves) == path.read_bytes():
        return row
    index = number * WIDTH + next(_different(row, tile), min(len(leaves), width) - (len(leaves) >= width))
    right = _right_row(audit, frontier, head, number, [tile, row])
    zh, en = ("", "") if right is None else _WRONG[right == tile]
    audit.add(
        Problem(
            "LOG-LEAF-ALTERED",
            f"第 {index} 条叶子(从 0 数)与它的哈希不符{zh}",
            f"leaf {index} (from 0) does not have its hash{en}",
            where=f"{path}; {tile_path(0, number, width)}",
        ),
        index,
    )
    return right or (row if len(leaves) == width else tile)


_WRONG = {True: (": 叶子被改动", ": the leaf was altered"),
          False: (": 存的哈希被改动, 叶子完好", ": the stored hash was altered, the leaf is good")}  # fmt: skip


def _right_row(audit: Audit, frontier: Frontier, head: Head, number: int, rows: list[bytes]) -> bytes | None:
    """The row that the tile above (or, at the log's end, the head) agrees with: tells an altered leaf from an altered hash."""
    if (number + 1) * WIDTH > head.size:
        parts = [frontier.copy() for _ in rows]
        return next(
            (row for row, p in zip(rows, parts, strict=True) if not any(p.add(row)) and p.root() == head.root), None
        )
    above = number // WIDTH
    width = min(WIDTH, (head.size >> HEIGHT) - above * WIDTH)
    path = audit.folder / tile_path(1, above, width)
    at = number % WIDTH * HASH_BYTES
    parent = path.read_bytes()[at : at + HASH_BYTES] if path.is_file() else b""
    full = WIDTH * HASH_BYTES
    return next((row for row in rows if len(row) == full and frontier.tree.top(row) == parent), None)


def _different(row: bytes, tile: bytes) -> Iterator[int]:
    for i in range(min(len(row), len(tile)) // HASH_BYTES):
        if row[i * HASH_BYTES : (i + 1) * HASH_BYTES] != tile[i * HASH_BYTES : (i + 1) * HASH_BYTES]:
            yield i


@dataclass(slots=True)
class _StoredTiles:
    """The tiles as the folder has them."""

    audit: Audit
    size: int

    def read(self, level: int, number: int, width: int) -> bytes:
        path = self.audit.folder / tile_path(level, number, width)
        data = path.read_bytes() if path.is_file() else b""
        if len(data) != width * HASH_BYTES:
            self.audit.add(
                Problem(
                    "LOG-TILE-CUT",
                    f"瓦片文件应有 {width} 个哈希, 文件缺失或长度不对",
                    f"the tile should have {width} hashes; it is missing or has another length",
                    where=str(path),
                ),
                min(number * WIDTH + len(data) // HASH_BYTES, self.size - 1) << HEIGHT * level if level == 0 else None,
            )
        return data

    def compare(self, level: int, number: int, row: bytes) -> None:
        """A tile above level 0 against what the leaves give."""
        tile = self.read(level, number, len(row) // HASH_BYTES)
        for i in _different(row, tile):
            first = (number * WIDTH + i) << HEIGHT * level
            self.audit.add(
                Problem(
                    "LOG-TILE-ALTERED",
                    f"瓦片第 {i} 个哈希与叶子 {first} 起的一段不符",
                    f"hash {i} of the tile does not belong to the leaves from {first} on",
                    where=str(self.audit.folder / tile_path(level, number, len(row) // HASH_BYTES)),
                ),
                first,
            )


class _InnerCheck:
    """The file ``inner`` against what the leaves give."""

    def __init__(self, audit: Audit) -> None:
        self.audit = audit
        path = audit.folder / INNER
        self.file = path.open("rb") if path.exists() else None

    def compare(self, tile: int, record: bytes) -> None:
        if self.file is not None and self.file.read(RECORD_BYTES) != record:
            self._report(tile)

    def close(self, tiles: int) -> None:
        if self.file is not None:
            if self.file.read(1):
                self._report(tiles)
            self.file.close()

    def _report(self, tile: int) -> None:
        self.audit.add(
            Problem(
                "LOG-INNER",
                f"inner 中第 {tile} 段与叶子不符; 可删除此文件, 下次追加时重建",
                f"record {tile} of inner does not belong to the leaves; the file may be deleted and is made again",
                where=str(self.audit.folder / INNER),
            )
        )
