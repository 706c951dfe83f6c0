"""Assignment of 850,000 edges with prices and proof, against the raw call of OR-Tools on the same network in the same run.

85,000 needs, 14,000 suppliers, ten edges a need, suppliers of very different popularity. Each time is the best of three, as the machine is shared.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from fractions import Fraction

import numpy as np

from kaiwu.match.assignment import Limits, Market, assign
from kaiwu.match.assignment.network import build_network
from kaiwu.match.assignment.ortools_flow import solve_ortools

NEEDS, SUPPLIERS, EDGES = 85_000, 14_000, 850_000
POINTS = 1_000_000


def make_market(
    limits: Limits, points: int = POINTS, needs: int = NEEDS, suppliers: int = SUPPLIERS, edges: int = EDGES
) -> Market:
    """A random market; popularity of suppliers follows a Pareto law, so that a tenth of them is wanted by most."""
    draw = np.random.default_rng(1)
    popularity = draw.pareto(1.2, suppliers) + 0.1
    need = np.repeat(np.arange(needs), edges // needs + 1)
    supplier = draw.choice(suppliers, size=len(need), p=popularity / popularity.sum())
    key = np.unique(need * suppliers + supplier)
    key = np.sort(draw.choice(key, min(edges, len(key)), replace=False))
    return Market(
        [f"N{i}" for i in range(needs)], [f"B{i}" for i in range(40)], [f"S{i}" for i in range(suppliers)], draw.integers(0, 40, needs),
        np.ones(needs, np.int64), draw.integers(1, 13, suppliers), draw.random(suppliers) < 0.7, key // suppliers, key % suppliers,
        draw.integers(1, points, len(key)), limits,
    )  # fmt: skip


def best(work: Callable[[], object], loops: int = 3) -> float:
    """Seconds of the fastest of some calls."""
    times = []
    for _ in range(loops):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def main() -> None:
    plain = make_market(Limits())
    network = build_network(plain).network
    raw = best(lambda: solve_ortools(network))
    plan = assign(plain)
    rows = [
        (f"OR-Tools alone: {len(plain.need):,} edges, flow only", raw),
        ("Kaiwu: network, flow, price of every supplier, proof of the optimum", best(lambda: assign(plain, settles_ties=False))),
        ("the same with the search for ties", best(lambda: assign(plain))),
    ]  # fmt: skip
    coarse = make_market(Limits(), points=100)
    tied = assign(coarse)
    rows.append(
        (f"scores of 1 to 99: {int(tied.tied.sum()):,} tied pairs settled by the draw", best(lambda: assign(coarse), 1))
    )
    limited = make_market(Limits(Fraction(2, 5), 3))
    rows.append(
        ("two fifths reserved for small firms, three needs of one buyer at most", best(lambda: assign(limited), 1))
    )
    small = make_market(Limits(), needs=2_000, suppliers=1_500, edges=20_000)
    rows.append((f"plain solver, {len(small.need):,} edges", best(lambda: assign(small, solver="plain"), 1)))
    print("| what | time | against OR-Tools alone |\n|---|---|---|")
    for what, seconds in rows:
        print(f"| {what} | {seconds:.2f} s | {seconds / raw:.2f} |")
    print(
        f"\nTotal {plan.total:,} = bound {plan.prices.bound:,}: the optimum is proven. {int((plan.place_price > 0).sum()):,} suppliers have a price."
    )


if __name__ == "__main__":
    main()
