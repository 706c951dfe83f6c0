"""The Merkle tree of RFC 6962 and 9162: which hashes a proof holds, and what a proof proves.

Owns the arithmetic of trees and the verification of inclusion and consistency proofs. It does not know files; hashes
come through a function ``range_hash(start, stop)``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from kaiwu.ledger.log.hash import HASH_BYTES, TreeHash
from kaiwu.quantity import KaiwuError, Problem

RangeHash = Callable[[int, int], bytes]


def split(size: int) -> int:
    """The largest power of two below ``size`` (> 1): the leaves of the left subtree."""
    return 1 << ((size - 1).bit_length() - 1)


def complete_subtrees(start: int, stop: int) -> Iterator[tuple[int, int]]:
    """The complete subtrees ``(height, position)`` of the leaves ``[start, stop)``, left to right, largest first.

    ``start`` must be where a subtree of that length can begin, as in every proof.
    """
    while start < stop:
        height = (stop - start).bit_length() - 1
        yield height, start >> height
        start += 1 << height


def inclusion_ranges(index: int, size: int) -> list[tuple[int, int]]:
    """The ranges of leaves whose hashes form the inclusion path, nearest first. RFC 9162, 2.1.3.1."""
    if not 0 <= index < size:
        raise KaiwuError(_out_of_tree(index, size))
    start, stop, ranges = 0, size, []
    while stop - start > 1:
        middle = start + split(stop - start)
        if index < middle:
            ranges.append((middle, stop))
            stop = middle
        else:
            ranges.append((start, middle))
            start = middle
    return ranges[::-1]


def consistency_ranges(old: int, new: int) -> list[tuple[int, int]]:
    """The ranges of leaves whose hashes form the consistency path. RFC 9162, 2.1.4.1; none for 0 or equal sizes."""
    if not 0 <= old <= new:
        raise KaiwuError(_not_earlier(old, new))
    if old in (0, new):
        return []
    start, stop, ranges, is_whole = 0, new, [], True
    while stop != old:
        middle = start + split(stop - start)
        if old <= middle:
            ranges.append((middle, stop))
            stop = middle
        else:
            ranges.append((start, middle))
            start, is_whole = middle, False
    if not is_whole:
        ranges.append((start, stop))
    return ranges[::-1]


def root_of_path(tree: TreeHash, index: int, size: int, leaf_hash: bytes, path: Sequence[bytes]) -> bytes:
    """The root that an inclusion path leads to. RFC 9162, 2.1.3.2. Raises ``KaiwuError`` where it cannot lead to one."""
    if not 0 <= index < size:
        raise KaiwuError(_out_of_tree(index, size))
    _check_lengths([leaf_hash, *path])
    fn, sn, root = index, size - 1, leaf_hash
    for one in path:
        if sn == 0:
            raise KaiwuError(_wrong_length("长", "long"))
        if fn & 1 or fn == sn:
            root = tree.node(one, root)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            root = tree.node(root, one)
        fn, sn = fn >> 1, sn >> 1
    if sn:
        raise KaiwuError(_wrong_length("短", "short"))
    return root


def verify_inclusion(
    tree: TreeHash, index: int, size: int, leaf_hash: bytes, path: Sequence[bytes], root: bytes
) -> None:
    """Accept only a path (存在证明) from the leaf to the root of the tree of that size. Raises ``KaiwuError``."""
    _check_lengths([root])
    if root_of_path(tree, index, size, leaf_hash, path) != root:
        raise KaiwuError(
            Problem(
                "LOG-PATH-ROOT",
                "这条叶子和路径算不出检查点的根: 叶子、位置或路径被改动",
                "leaf and path do not lead to this root: the leaf, its index or the path was altered",
                where=f"leaf {index}, size {size}",
            )
        )


def verify_consistency(
    tree: TreeHash, old: int, new: int, old_root: bytes, new_root: bytes, path: Sequence[bytes]
) -> None:
    """Accept only a path (一致性证明) by which the older tree is a prefix of the newer. RFC 9162, 2.1.4.2.

    For size 0 the root must be the empty one and the path empty. Raises ``KaiwuError``.
    """
    if not 0 <= old <= new:
        raise KaiwuError(_not_earlier(old, new))
    _check_lengths([old_root, new_root, *path])
    if (old == 0 or old == new) and path:
        raise KaiwuError(_wrong_length("长", "long"))
    if old == 0:
        _expect(old_root == tree.empty and (new > 0 or new_root == tree.empty), old, new)
        return
    if old == new:
        _expect(old_root == new_root, old, new)
        return
    from_old, from_new = _roots_of_consistency(tree, old, new, old_root, list(path))
    _expect(from_old == old_root and from_new == new_root, old, new)


def _roots_of_consistency(
    tree: TreeHash, old: int, new: int, old_root: bytes, path: list[bytes]
) -> tuple[bytes, bytes]:
    if old & (old - 1) == 0:
        path = [old_root, *path]
    if not path:
        raise KaiwuError(_wrong_length("短", "short"))
    fn, sn = old - 1, new - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    first = second = path[0]
    for one in path[1:]:
        if sn == 0:
            raise KaiwuError(_wrong_length("长", "long"))
        if fn & 1 or fn == sn:
            first, second = tree.node(one, first), tree.node(one, second)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            second = tree.node(second, one)
        fn, sn = fn >> 1, sn >> 1
    if sn:
        raise KaiwuError(_wrong_length("短", "short"))
    return first, second


def _check_lengths(hashes: Sequence[bytes]) -> None:
    if any(len(one) != HASH_BYTES for one in hashes):
        raise KaiwuError(
            Problem(
                "LOG-PATH-NODE",
                f"证明中的节点必须是 {HASH_BYTES} 字节",
                f"every node of a proof must have {HASH_BYTES} bytes",
            )
        )


def _expect(is_so: bool, old: int, new: int) -> None:
    if not is_so:
        raise KaiwuError(
            Problem(
                "LOG-CONSISTENCY",
                "新检查点不是旧检查点的延续: 已登记的叶子被改动或删除",
                "the newer tree does not extend the older one: a logged leaf was altered or removed",
                where=f"sizes {old} → {new}",
            )
        )


def _out_of_tree(index: int, size: int) -> Problem:
    return Problem(
        "LOG-INDEX",
        f"日志有 {size} 条叶子, 没有第 {index} 条(从 0 数)",
        f"the log has {size} leaves, none with index {index} (from 0)",
    )


def _not_earlier(old: int, new: int) -> Problem:
    return Problem(
        "LOG-SIZES",
        f"旧检查点的大小 {old} 应在 0 与新检查点的大小 {new} 之间",
        f"the older size {old} must lie between 0 and the newer size {new}",
    )


def _wrong_length(zh: str, en: str) -> Problem:
    return Problem("LOG-PATH-LENGTH", f"证明的路径太{zh}", f"the path of the proof is too {en}")
