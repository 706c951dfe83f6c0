"""Prices (影子价格) of a flow, found from the flow alone, and the proof that no better flow exists.

Owns potentials and the duality check. It does not know which solver made the flow, so that it proves every solver's work. Sources:
complementary slackness and the residual-path form of prices, Ahuja, Magnanti, Orlin, *Network Flows* (1993), chapters 9.4 and 9.6.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kaiwu.match.assignment.market import Mask, Whole
from kaiwu.match.assignment.network import ROOT, Network
from kaiwu.quantity import KaiwuError, Problem

UNREACHED = -(2**62)


@dataclass(frozen=True, eq=False)
class Prices:
    """What each node's next unit is worth (``worth``), and the price of each arc's capacity (``arc``), in points.

    ``gain`` is the flow's total, ``bound`` the total that no flow can exceed at these prices; equal, they prove the optimum.
    """

    worth: Whole
    arc: Whole
    gain: int
    bound: int

    @property
    def is_optimal(self) -> bool:
        """Whether the prices prove that no plan reaches more points."""
        return self.gain == self.bound


def price_flow(network: Network, flow: Whole) -> Prices:
    """Prices of an optimal flow. Raises ``KaiwuError`` where the flow can be improved or breaks a limit."""
    _check_flow(network, flow)
    worth = longest_gains(network, flow, np.array([ROOT]))
    known = worth > UNREACHED
    reduced = np.zeros_like(flow)
    both = known[network.tail] & known[network.head]
    reduced[both] = (network.gain + worth[network.tail] - worth[network.head])[both]
    arc = np.maximum(reduced, 0)
    gain = int((network.gain * flow).sum())
    settled = np.where(known, worth, 0)
    bound = int((network.capacity * arc).sum()) - int((network.supply * settled).sum())
    return Prices(worth, arc, gain, bound)


def longest_gains(network: Network, flow: Whole, starts: Whole) -> Whole:
    """The greatest gain on a residual path from any of ``starts`` to every node; ``UNREACHED`` where there is none.

    Raises ``KaiwuError`` where the gains never settle: then there is a cycle with a gain, and the flow is no optimum.
    """
    graph = _Residual(network, flow)
    worth = np.full(network.nodes, UNREACHED, np.int64)
    worth[starts] = 0
    changed = starts
    for _ in range(network.nodes + 1):
        if not len(changed):
            return worth
        node, gain = graph.step(changed, worth)
        better = gain > worth[node]
        node, gain = node[better], gain[better]
        np.maximum.at(worth, node, gain)
        changed = np.flatnonzero(np.bincount(node, minlength=network.nodes))
    raise KaiwuError(Problem(
        "MA-NOT-OPTIMAL", "方案还能改进, 求解结果不可用; 请换 solver=\"plain\" 再算",
        'the plan can still be improved, so the solver failed: try solver="plain"',
    ))  # fmt: skip


class _Residual:
    """What may still move: arcs that are not full, forwards; arcs that carry something, backwards."""

    def __init__(self, network: Network, flow: Whole) -> None:
        self.network = network
        self.is_open: Mask = flow < network.capacity
        used = np.flatnonzero(flow > 0)
        order = np.argsort(network.head[used], kind="stable")
        self.back = used[order]
        self.back_starts = np.searchsorted(network.head[self.back], np.arange(network.nodes + 1))

    def step(self, nodes: Whole, worth: Whole) -> tuple[Whole, Whole]:
        """Where one residual arc leads from ``nodes``, and the gain from the start on the way there."""
        network = self.network
        ahead = _expand(network.starts, nodes)
        ahead = ahead[self.is_open[ahead]]
        back = self.back[_expand(self.back_starts, nodes)]
        node = np.concatenate([network.head[ahead], network.tail[back]])
        gain = [worth[network.tail[ahead]] + network.gain[ahead], worth[network.head[back]] - network.gain[back]]
        return node, np.concatenate(gain)


def _expand(starts: Whole, nodes: Whole) -> Whole:
    """All numbers of the ranges ``starts[n]`` to ``starts[n + 1]``, one after the other."""
    first, count = starts[nodes], starts[nodes + 1] - starts[nodes]
    before = np.cumsum(count) - count
    return np.asarray(np.repeat(first - before, count) + np.arange(int(count.sum())))


def _check_flow(network: Network, flow: Whole) -> None:
    """Within capacities, and what flows in flows out."""
    out = np.bincount(network.tail, weights=flow, minlength=network.nodes).astype(np.int64)
    into = np.bincount(network.head, weights=flow, minlength=network.nodes).astype(np.int64)
    if bool((flow < 0).any() or (flow > network.capacity).any() or (out - into != network.supply).any()):
        raise KaiwuError(Problem(
            "MA-FLOW", "求解结果突破了容量, 不可用", "the solver's result breaks a capacity and cannot be used",
        ))  # fmt: skip
