"""The quick solver (OR-Tools): minimum-cost flow by cost scaling, for hundreds of thousands of edges.

Owns the call. OR-Tools is the optional extra ``match``; it and ``highspy`` must not be loaded into one process (both carry HiGHS).
"""

from __future__ import annotations

import importlib.util

import numpy as np

from kaiwu.match.assignment.market import Whole
from kaiwu.match.assignment.network import Network
from kaiwu.quantity import KaiwuError, Problem


def has_ortools() -> bool:
    """Whether OR-Tools is installed; nothing is imported."""
    return importlib.util.find_spec("ortools") is not None


def solve_ortools(network: Network) -> Whole:
    """The flow of greatest gain, one number per arc. Raises ``KaiwuError`` where the solver gives none."""
    from ortools.graph.python import min_cost_flow

    solver = min_cost_flow.SimpleMinCostFlow()
    arcs = solver.add_arcs_with_capacity_and_unit_cost(network.tail, network.head, network.capacity, -network.gain)
    solver.set_nodes_supplies(np.arange(network.nodes), network.supply)
    status = solver.solve()
    if status != solver.OPTIMAL:
        raise KaiwuError(Problem(
            "MA-SOLVER", f"求解器没有给出最优解({status}); 分数过大时请缩小单位",
            f"the solver gave no optimum ({status}); where scores are huge, use a larger unit",
        ))  # fmt: skip
    return np.asarray(solver.flows(arcs), np.int64)
