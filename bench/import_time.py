"""Time of ``import kaiwu`` in a fresh interpreter, with an interpreter that imports nothing beside it."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

RUNS = 9


def measure(code: str) -> float:
    """Median wall seconds of a fresh interpreter that runs ``code``."""
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True)
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def main() -> None:
    empty, kaiwu = measure("pass"), measure("import kaiwu")
    verbs = measure("import kaiwu; kaiwu.open_library")
    print("| what | median of 9 |\n|---|---|")
    print(f"| interpreter alone | {empty:.3f} s |")
    print(f"| `import kaiwu` | {kaiwu:.3f} s ({kaiwu - empty:+.3f} s) |")
    print(f"| `import kaiwu` and the first verb | {verbs:.3f} s |")


if __name__ == "__main__":
    main()
