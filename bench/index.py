"""Composite indices: bulk runs with ranks and intervals, one run, a changed weight, and peers on the same table.

Synthetic tables of 51 × 49 and 90 × 32. Peers are timed by the interpreter that ``SCIKIT_CRITERIA_PYTHON`` names (installed only to be
measured). Every time is the best of several, as the machine is shared.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from kaiwu.rating.index import Direction, IndexModel, Node, Values, make_tree, parse_method
from kaiwu.rating.index.runs import Choices, vary_cells, vary_method
from kaiwu.rating.index.step.aggregate import topsis
from kaiwu.rating.index.step.normalise import Normalise, normalise
from kaiwu.rating.index.step.weigh import critic
from kaiwu.table.document import parse_document

RUNS = 10_000
STEPS = "method: m\nsteps:\n  - treat: {}\n  - normalise: {by: min_max, to: [1, 100]}\n  - aggregate:\n  - rank: {decimals: 2}"
PLAIN = STEPS.replace("  - treat: {}\n", "")
CHOICES = Choices(
    normalise=(Normalise(to=(1, 100)), Normalise("z_score", to=(50, 10)), Normalise("rank")), means=("arithmetic", "geometric"),
    weight_noise=0.25, equal_weights=True, leave_out=True,
)  # fmt: skip


def best(work: Callable[[], object], loops: int = 7) -> float:
    """Seconds of the fastest of some calls."""
    out = []
    for _ in range(loops):
        start = time.perf_counter()
        work()
        out.append(time.perf_counter() - start)
    return min(out)


def make_model(units: int, indicators: int, blocks: int, steps: str) -> IndexModel:
    """A random index of three levels."""
    tree = make_tree([
        Node("index"), *(Node(f"b{k}", parent="index") for k in range(blocks)),
        *(Node(f"x{i:02d}", parent=f"b{i % blocks}", direction=Direction("higher")) for i in range(indicators)),
    ])  # fmt: skip
    x = np.random.default_rng(1).lognormal(size=(units, indicators))
    return IndexModel(
        tree, Values(tuple(f"u{u:03d}" for u in range(units)), tree.leaves, x), parse_method(parse_document(steps))
    )


def summarise(model: IndexModel) -> None:
    runs = vary_method(model, CHOICES, RUNS)
    runs.interval()
    runs.in_top(10)


def peers(x: np.ndarray, w: np.ndarray, draws: np.ndarray) -> dict[str, dict[str, object]]:
    """What the peers' interpreter prints; empty where none is named."""
    python = os.environ.get("SCIKIT_CRITERIA_PYTHON")
    if not python:
        return {}
    with tempfile.TemporaryDirectory() as folder:
        for name, table in (("x", x), ("weights", w), ("draws", draws)):
            np.save(Path(folder) / f"{name}.npy", table)
        done = subprocess.run(
            [python, str(Path(__file__).with_name("index_peer.py")), folder], capture_output=True, text=True, check=True
        )
    return dict(json.loads(done.stdout))


def main() -> None:
    model, noisy = make_model(51, 49, 8, STEPS), make_model(90, 32, 4, PLAIN)
    model.run(), noisy.run()
    heavier = model.tree.with_weights({"x00": 3})

    def cold() -> None:
        model.memory.clear()
        model.run()

    def warm() -> None:
        model.memory = dict(kept)
        model.changed(tree=heavier).run()

    print("| what | size | time |\n|---|---|---|")
    print(
        f"| {RUNS:,} runs over method choices, with ranks, 5–95 % intervals and chances of the top ten | 51 × 49 | {best(lambda: summarise(model)):.3f} s |"
    )
    print(
        f"| {RUNS:,} runs with noise in every cell, with ranks and intervals | 90 × 32 | {best(lambda: vary_cells(noisy, 0.1, RUNS).interval(), 3):.2f} s |"
    )
    print(f"| one run through treat, normalise, aggregate, rank | 51 × 49 | {best(cold) * 1e3:.1f} ms |")
    model.run()
    kept = dict(model.memory)
    print(f"| the same after one weight changed | 51 × 49 | {best(warm) * 1e3:.1f} ms |")
    print(
        "| COINr, one run of an uncertainty analysis (as published elsewhere, not measured here) | 51 × 49 | some 85 ms |"
    )
    compare(model)


def compare(model: IndexModel) -> None:
    """CRITIC, TOPSIS and weighted sums against the peers, on one table without blocks."""
    x = model.values.select(model.tree.leaves)
    draw = np.random.default_rng(2)
    draws = draw.dirichlet(np.ones(49), size=RUNS)
    w = draws[0]
    nodes = [model.tree.by_code[code] for code in model.tree.leaves]
    mine = {
        "critic": critic(x),
        "topsis": topsis(normalise(x, nodes, Normalise("vector")), np.broadcast_to(w, x.shape)),
    }

    def weighted() -> None:
        from kaiwu.rating.index.runs import place

        place(draws @ normalise(x, nodes, Normalise()).T)

    seconds = {
        "critic_s": best(lambda: critic(x), 40),
        "topsis_s": best(lambda: topsis(normalise(x, nodes, Normalise("vector")), np.broadcast_to(w, x.shape)), 40),
        "weighted_s": best(weighted) / RUNS,
    }  # fmt: skip
    print(
        "\n| one evaluation on 51 × 49 | CRITIC weights | TOPSIS | min-max, weighted sum, ranks (in bulk) |\n|---|---|---|---|"
    )
    print(
        f"| Kaiwu | {seconds['critic_s'] * 1e3:.2f} ms | {seconds['topsis_s'] * 1e3:.2f} ms | {seconds['weighted_s'] * 1e6:.2f} µs |"
    )
    for name, found in peers(x, w, draws).items():
        cells = " | ".join(
            f"{float(found[key]) * 1e3:.2f} ms ({float(found[key]) / seconds[key]:,.1f} ×)" for key in seconds
        )  # type: ignore[arg-type]
        print(f"| {name} {found['version']} | {cells} |")
        for key in ("critic", "topsis"):
            gap = float(np.abs(np.array(found[key]) - mine[key]).max())
            if gap > 1e-9:
                raise SystemExit(f"{name} {key} differs by {gap}")
    print("\nCRITIC weights and TOPSIS scores of the peers agree with these to 1e-9 wherever they were timed.")


if __name__ == "__main__":
    main()
