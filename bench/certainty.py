"""Certainty of places: Sobol' indices for each of 1,700 units, bootstraps included, advice, and SALib on the same outputs.

Synthetic tables. SALib is timed by the interpreter that ``SALIB_PYTHON`` names (installed only to be measured), on one output at a time, as
its estimator takes one; its time for all is that of a sample of outputs, scaled.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path

import numpy as np

from index import PLAIN, best, make_model
from kaiwu.rating.index.advice import Target, advise
from kaiwu.rating.index.certainty import attribute_ranks, rank_certainty
from kaiwu.rating.index.cheapest import Lever
from kaiwu.rating.index.decomposition import compare
from kaiwu.rating.index.runs import Choices
from kaiwu.rating.index.sobol import draw_pair, estimate
from kaiwu.rating.index.step.normalise import Normalise

UNITS, N, BOOTSTRAPS, SAMPLED = 1700, 1024, 100, 20
CHOICES = Choices(
    normalise=(Normalise(to=(1, 100)), Normalise("z_score", to=(50, 10))), means=("arithmetic", "geometric"), weight_noise=0.25, leave_out=True
)  # fmt: skip
PEER = """
import sys, time, numpy as np
from SALib.analyze import sobol
y = np.load(sys.argv[1])
problem = {"num_vars": 4, "names": list("abcd"), "bounds": [[0, 1]] * 4}
start = time.perf_counter()
for column in y.T:
    sobol.analyze(problem, column, calc_second_order=False, num_resamples=100, seed=1)
print(time.perf_counter() - start)
"""


def peer_seconds(outputs: np.ndarray) -> float | None:
    """Seconds of SALib for the columns of ``outputs``, in its own order of runs; None without it."""
    python = os.environ.get("SALIB_PYTHON")
    if not python:
        return None
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "y.npy"
        np.save(path, outputs)
        done = subprocess.run([python, "-c", PEER, str(path)], capture_output=True, text=True, check=True)
    return float(done.stdout)


def main() -> None:
    large, small = make_model(UNITS, 32, 4, PLAIN), make_model(90, 32, 4, PLAIN)
    result = small.run()
    whole = best(lambda: attribute_ranks(large, CHOICES, N, BOOTSTRAPS), 3)
    a, b = (np.random.default_rng(s).random((N, UNITS)) for s in (1, 2))
    crossed = [np.random.default_rng(s).random((N, UNITS)) for s in range(3, 7)]
    alone = best(lambda: estimate(a, b, crossed, "abcd", BOOTSTRAPS), 3)
    draw_pair(4, N)
    runs = best(lambda: rank_certainty(small, 20, CHOICES, 2000), 3)
    gaps = best(lambda: [compare(small, u, v, result) for u in result.units[:10] for v in result.units[:10]], 3)
    row = small.values.x[40]
    levers = [Lever(c, 0.0, float(v) + 1, 1.0 + i, "措施", "measure") for i, (c, v) in enumerate(zip(small.tree.leaves, row, strict=True)) if i < 8]  # fmt: skip
    advice = best(lambda: advise(small, small.values.units[40], Target("rank", 10), levers), 1)
    print("| work | seconds |\n|---|---:|")
    print(
        f"| Sobol' indices of places, {UNITS:,} units × 4 choices, N = {N:,}, {BOOTSTRAPS} bootstraps, model runs included | {whole:.2f} |"
    )
    print(f"| the same, estimators and bootstraps alone | {alone:.2f} |")
    y = np.stack([a, *crossed, b], axis=1).reshape(-1, UNITS)[:, :SAMPLED]  # SALib: A, AB1 … AB4, B by row
    peer = peer_seconds(y)
    if peer is not None:
        print(
            f"| SALib `sobol.analyze` on the same outputs, {SAMPLED} of them timed, scaled to {UNITS:,} | {peer / SAMPLED * UNITS:.0f} |"
        )
    print(f"| 2,000 runs of 90 × 32 with intervals, chances and the three lists | {runs:.3f} |")
    print(f"| 100 gaps of pairs, 90 × 32, to whole points | {gaps:.3f} |")
    print(f"| the cheapest way into the first ten of 90 by eight levers, verified | {advice:.2f} |")


if __name__ == "__main__":
    main()
