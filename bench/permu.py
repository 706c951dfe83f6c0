"""A yearly evaluation of 5,000 firms with 300 upheld objections: run, uphold, run again, replay both.

The figures are random and synthetic. Prints seconds of every step and whether the digests are identical.
"""

from __future__ import annotations

import datetime as dt
import resource
import tempfile
import time
from pathlib import Path

import numpy as np

from kaiwu.figure import make_figures
from kaiwu.identity import Batch, Entity, EntityKind, Name, Register
from kaiwu.procedure import Claim, compare_runs, open_workspace, replay, rerun, run_job, uphold

FIRMS, OBJECTIONS, SEED = 5_000, 300, 7
SCHEMES = ["huangyan_permu_2022_above", "huangyan_permu_2022_below"]
CONFIG = """\
[workspace]
zh = "合成数据"
en = "synthetic"
packs = ["huangyan"]
synthetic = true

[[job]]
code = "permu"
schemes = {schemes}
as_of = 2023-09-25
rated = 2022
purpose = "permu"
"""
# variable, unit, low and high of a log-uniform draw in stored integers
DRAWN = [
    ("tax_assessed", "万元", 1e7, 1e10), ("land_used", "亩", 3e6, 3e8), ("value_added", "万元", 1e8, 1e11),
    ("energy_equivalent", "吨标煤(等价值)", 1e7, 1e10), ("emission", "吨", 1e5, 1e8), ("staff_mean", "人", 1e3, 1e6),
    ("rd_expense_stat", "万元", 1e6, 1e10), ("main_revenue", "万元", 1e9, 1e12), ("electricity", "万千瓦时", 1e7, 1e11),
]  # fmt: skip


def make_district(folder: Path) -> None:
    """A workspace with random figures, one in ten of them missing."""
    rng = np.random.default_rng(SEED)
    ids = [f"S{i:05d}" for i in range(FIRMS)]
    (folder / "kaiwu.toml").write_text(CONFIG.format(schemes=SCHEMES), encoding="utf-8")
    register = Register()
    register.append(
        Batch(dt.date(2023, 1, 1), "synthetic", tuple(Entity(i, EntityKind.FIRM, (Name(f"合成{i}"),)) for i in ids))
    )
    register.save(folder / "register")
    rows = []
    base = {
        "period": "2022",
        "scope": "legal_entity",
        "source": "合成",
        "status": "final",
        "standing": "attested",
        "synthetic": True,
    }
    for variable, unit, low, high in DRAWN:
        values = np.exp(rng.uniform(np.log(low), np.log(high), FIRMS)).astype(np.int64)
        present = rng.random(FIRMS) > 0.1
        rows += [
            {**base, "entity": i, "variable": variable, "value": int(v), "unit": unit}
            for i, v, p in zip(ids, values, present, strict=True)
            if p
        ]
    large = rng.random(FIRMS) < 0.3
    rows += [
        {**base, "entity": i, "variable": "above_scale", "value": int(b), "unit": ""}
        for i, b in zip(ids, large, strict=True)
    ]
    open_workspace(folder).figures.append(make_figures(rows), dt.date(2023, 8, 1), "synthetic")


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_district(folder)
        workspace = open_workspace(folder)
        steps: list[tuple[str, float]] = []

        def timed(label, action):
            start = time.perf_counter()
            result = action()
            steps.append((label, time.perf_counter() - start))
            return result

        known = dt.date(2023, 9, 25)
        timed("open packs", lambda: workspace.library.schemes())
        first = timed(
            f"run {FIRMS:,} firms, two ratings", lambda: run_job(workspace, workspace.job("permu"), known_at=known)
        )
        claims = [
            Claim(f"S{i:05d}", "评价税收", f"{1000 + i}万元", "核对后更正")
            for i in range(0, FIRMS, FIRMS // OBJECTIONS)
        ][:OBJECTIONS]
        day = dt.date(2023, 10, 9)
        timed(
            f"uphold {OBJECTIONS} objections",
            lambda: uphold(workspace, first.record.number, claims, signer="亩均办", decided_on=day),
        )
        second = timed("run again", lambda: rerun(workspace, first.record.number, known_at=day))
        _, one = timed("replay the first run", lambda: replay(workspace, first.record.number))
        _, two = timed("replay the second run", lambda: replay(workspace, second.record.number))
        changes = timed("difference of the two", lambda: compare_runs(first, second))
        print("| step | seconds |\n|---|---|")
        for label, seconds in steps:
            print(f"| {label} | {seconds:.2f} |")
        print(f"| **all** | **{sum(s for _, s in steps):.2f}** |")
        own = sum(c.cause == "figure" for c in changes)
        print(f"\nDigests identical: {one.is_identical and two.is_identical}. {len(changes)} decisions differ, {own} by their own figures, the rest by rank or mean. "
              f"Peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MiB.")  # fmt: skip


if __name__ == "__main__":
    main()
