"""Two evaluators over ten million random decisions with 30 % of the cells missing: how many differ?

Rules and amounts are random; the NumPy and the Polars engine answer all of them, and the exact reference a
sample of rows. Amounts are compared to the fen, lowest and highest.

Usage: python bench/agree.py [--decisions N] [--seed N]
"""

from __future__ import annotations

import argparse
import random
import resource
import time
from fractions import Fraction

import numpy as np
import polars as pl

from kaiwu.rule import expression as x
from kaiwu.rule.check import Checker
from kaiwu.rule.engine_numpy import evaluate_numpy
from kaiwu.rule.engine_polars import evaluate_polars
from kaiwu.rule.interval import IntervalLowering
from kaiwu.rule.lower import Lowering
from kaiwu.rule.outcome import Outcome
from kaiwu.rule.program import Program
from kaiwu.rule.reference import Reference, round_to
from rules_sample import MONEY, build_vocabulary, draw_columns, write_policy

RULES, AMOUNTS = 500, 60
SAMPLE = 40  # rows for the exact reference
STEP = Fraction(100)  # fen: amounts are rounded to the yuan
MISSING = 0.3


def write_amount(rng: random.Random) -> str:
    """An amount as clauses have them: a share, capped, in tiers, on a condition, of an increase or a mean."""
    name, other = rng.choice(MONEY), rng.choice(MONEY)
    cap = rng.randint(5, 2000)
    return rng.choice(
        [
            f"min({rng.randint(1, 50)}% * {name}, {cap}万元)",
            f"如果({name} >= {cap * 10}万元, {cap}万元, {rng.randint(1, 30)}% * {other})",
            f"min(max({name} - 上年 {name}, 0万元) * {rng.randint(1, 300) / 10}%, {cap}万元)",
            f"四舍五入({rng.randint(1, 20)}% * 近两年均({name}), 1万元)",
            f"如果(事实1 且 {name} / 金额1 >= {rng.randint(1, 90) / 10}%, min({other}, {cap}万元), 0万元)",
        ]
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--decisions", type=int, default=10_000_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()

    rng, checker, program = random.Random(options.seed), Checker(build_vocabulary()), Program()
    lowering = Lowering(program)
    conditions = [checker.condition(text) for text in write_policy(rng, RULES)]
    amounts = [checker.value(write_amount(rng)) for _ in range(AMOUNTS)]
    roots = [lowering.condition(tree) for tree in conditions]
    ends = [IntervalLowering(lowering).steps(tree, STEP, "half_up") for tree in amounts]
    nodes = [node for pair in ends for node in pair]
    rows = -(-options.decisions // RULES)
    columns = draw_columns(program, rows, options.seed, MISSING)

    start = time.perf_counter()
    planes = evaluate_numpy(program, roots, nodes, columns)
    numpy_seconds, start = time.perf_counter() - start, time.perf_counter()
    answers = evaluate_polars(program, roots, nodes, pl.DataFrame(list(columns.values())))
    polars_seconds = time.perf_counter() - start

    outcomes = np.stack([planes.outcome(root) for root in roots])
    different = sum(int((answers.outcome(r).to_numpy() != o).sum()) for r, o in zip(roots, outcomes, strict=True))
    unequal = sum(int((answers.integers[str(n)].to_numpy() != planes.integers(n)[0]).sum()) for n in nodes)
    wrong, unequal_exact = against_reference(conditions, amounts, roots, ends, columns, outcomes, planes)

    shares = np.bincount(outcomes.ravel(), minlength=4) / outcomes.size
    print(f"{RULES} rules × {rows:,} firms, {MISSING:.0%} of the cells missing; "
          + " · ".join(f"{o.zh} {shares[o]:.1%}" for o in Outcome) + "\n")  # fmt: skip
    print("| compared | decisions | differences |")
    print("|---|---:|---:|")
    print(f"| NumPy and Polars, four answers | {outcomes.size:,} | {different} |")
    print(f"| NumPy and Polars, lowest and highest amounts | {len(nodes) * rows:,} | {unequal} |")
    print(f"| NumPy and exact reference, four answers | {RULES * SAMPLE:,} | {wrong} |")
    print(f"| NumPy and exact reference, amounts | {len(nodes) * SAMPLE:,} | {unequal_exact} |")
    print(f"\nPolars {polars_seconds / numpy_seconds:.1f} × the time of NumPy here, "
          f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.1f} GiB")  # fmt: skip
    if different or unequal or wrong or unequal_exact:
        raise SystemExit(1)


def against_reference(
    conditions: list[x.Bool],
    amounts: list[x.Num],
    roots: list[int],
    ends: list[tuple[int, int]],
    columns: dict[str, pl.Series],
    outcomes: np.ndarray,
    planes: object,
) -> tuple[int, int]:
    """Differences from the exact reference in the first rows: answers, amounts."""
    cells = {name: column.head(SAMPLE).to_list() for name, column in columns.items()}
    wrong = unequal = 0
    for row in range(SAMPLE):
        reference = Reference({name: values[row] for name, values in cells.items()})
        wrong += sum(int(reference.outcome(tree)) != outcomes[i, row] for i, tree in enumerate(conditions))
        for tree, pair in zip(amounts, ends, strict=True):
            exact = [round_to(value, STEP, "half_up") / STEP for value in reference.interval(tree)]
            unequal += sum(int(planes.integers(n)[0][row]) != e for n, e in zip(pair, exact, strict=True))  # type: ignore[attr-defined]
    return wrong, unequal


if __name__ == "__main__":
    main()
