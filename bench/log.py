"""The tamper-evident log of a million leaves: append, open, prove, verify all, find flipped bits.

A peer, pymerkle (GPL, so never a dependency), is measured where a Python that has it is named by ``--pymerkle``.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from kaiwu.ledger.log import TileLog, audit_log, make_key, make_proof, sign_log, verify_inclusion, write_key

PEER = """
import random, sys, time
from pymerkle import InmemoryTree, verify_inclusion
leaves = [b'{"amount_fen":%d,"credit":"voucher/%d","debit":"pot/2024"}' % (i * 7919 % 10_000_019, i) for i in range(int(sys.argv[1]))]
tree = InmemoryTree(algorithm="sha256")
start = time.perf_counter()
for leaf in leaves:
    tree.append_entry(leaf)
print(len(leaves) / (time.perf_counter() - start))
chance, times = random.Random(1), []
for _ in range(200):
    index = chance.randrange(len(leaves))
    start = time.perf_counter()
    tree.prove_inclusion(index + 1, len(leaves))
    times.append(time.perf_counter() - start)
print(sorted(times)[100] * 1e6)
"""


def make_leaves(count: int) -> Iterator[bytes]:
    return (
        b'{"amount_fen":%d,"credit":"voucher/%d","debit":"pot/2024"}' % (i * 7919 % 10_000_019, i) for i in range(count)
    )


def measure_proofs(folder: Path, indices: list[int]) -> tuple[float, float]:
    """Median and 99th percentile of one proof in µs; each path is checked afterwards."""
    log, times, paths = TileLog(folder), [], []
    for index in indices:
        start = time.perf_counter()
        paths.append(log.prove_inclusion(index))
        times.append((time.perf_counter() - start) * 1e6)
    for index, path in zip(indices[:50], paths, strict=False):
        verify_inclusion(log.tree, index, log.size, log.tree.leaf(log.leaf(index)), path, log.root())
    times.sort()
    return times[len(times) // 2], times[len(times) * 99 // 100]


def count_found_flips(flips: int) -> tuple[int, int]:
    """One-bit flips found and those whose first bad leaf was named, over all files of a signed log of 3,000 leaves."""
    chance, found, named = random.Random(400), 0, 0
    with tempfile.TemporaryDirectory() as name:
        folder, key = Path(name), make_key("bench.example/log", bytes(32))
        log = TileLog(folder)
        log.append(make_leaves(3_000))
        write_key(folder, key)
        sign_log(log, key)
        files = sorted(p for p in folder.rglob("*") if p.is_file())
        for i in range(flips):
            path = files[i % len(files)]
            good = path.read_bytes()
            bad = bytearray(good)
            bad[chance.randrange(len(good))] ^= 1 << chance.randrange(8)
            path.write_bytes(bytes(bad))
            audit = audit_log(folder, key.public)
            found += not audit.is_good
            named += audit.first_bad_leaf is not None or path.parent == folder
            path.write_bytes(good)
    return found, named


def measure(count: int, name: str) -> list[tuple[str, str]]:
    rows, chance = [], random.Random(1)
    with tempfile.TemporaryDirectory() as temporary:
        folder, key = Path(temporary), make_key("bench.example/log", bytes(32))
        log, leaves = TileLog(folder, name), list(make_leaves(count))
        start = time.perf_counter()
        log.append(leaves)
        rows.append(("append, one durable batch", f"{count / (time.perf_counter() - start):,.0f} leaves/s"))
        text = sign_log(log, key)
        start = time.perf_counter()
        log = TileLog(folder)
        rows.append(("open", f"{(time.perf_counter() - start) * 1e3:.0f} ms"))
        median, worst = measure_proofs(folder, [chance.randrange(count) for _ in range(3_000)])
        rows.append(("inclusion proof, random leaf, median (p99)", f"{median:.0f} µs ({worst:.0f} µs)"))
        first = count // 3
        median, worst = measure_proofs(folder, list(range(first, min(first + 14_000, count))))
        rows.append(("inclusion proof, 14,000 leaves in a row, median (p99)", f"{median:.0f} µs ({worst:.0f} µs)"))
        start = time.perf_counter()
        for i in range(200):
            make_proof(log, i * 97 % count, text, key.public)
        rows.append(("whole proof file", f"{(time.perf_counter() - start) / 200 * 1e6:.0f} µs"))
        start = time.perf_counter()
        audit = audit_log(folder, key.public)
        assert audit.is_good and audit.size == count, audit.problems
        rows.append(("full re-verification from the leaves, every file", f"{time.perf_counter() - start:.2f} s"))
        small = TileLog(folder / "small", name)
        start = time.perf_counter()
        for i in range(200):
            small.append(leaves[i : i + 1])
        rows.append(
            ("append, one leaf at a time, each durable", f"{200 / (time.perf_counter() - start):,.0f} leaves/s")
        )
    return rows


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--leaves", type=int, default=1_000_000)
    parser.add_argument("--pymerkle", default="")
    given = parser.parse_args()
    sha, sm3 = (dict(measure(given.leaves, name)) for name in ("sha256", "sm3"))
    print(f"| {given.leaves:,} leaves | SHA-256 | SM3 |\n|---|---|---|")
    for label, value in sha.items():
        print(f"| {label} | {value} | {sm3[label]} |")
    found, named = count_found_flips(400)
    print(
        f"\nOne-bit flips over tiles, bundles, head, checkpoint, keys: {found} of 400 found, {named} of 400 with leaf or file named."
    )
    if not given.pymerkle:
        print("\nPeer pymerkle (GPL): not measured; name a Python that has it by `--pymerkle`.")
        return
    peer_leaves = min(given.leaves, 100_000)
    done = subprocess.run([given.pymerkle, "-c", PEER, str(peer_leaves)], capture_output=True, text=True, check=True)
    rate, proof = (float(line) for line in done.stdout.split())
    print(
        f"\nPeer pymerkle (GPL, in memory, {peer_leaves:,} leaves): append {rate:,.0f} leaves/s, proof {proof:,.0f} µs."
    )


if __name__ == "__main__":
    main()
