"""Ties (并列最优): which pairs other best plans would choose, and the declared draw (摇号) that settles on one plan.

Owns the set of tied pairs and the draw by digest. Both solvers give the same plan after it. Source: a best plan can change only along
cycles of zero reduced cost in the residual network (Ahuja, Magnanti, Orlin, *Network Flows*, 1993, chapter 9.4).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from kaiwu.match.assignment.market import Mask, Whole
from kaiwu.match.assignment.network import MarketNetwork, Network
from kaiwu.match.assignment.price import UNREACHED, longest_gains

Solver = Callable[[Network], Whole]
DRAW_BITS = 30
"""Digits of a lot: two different sets of pairs then sum to the same number about once in 2^30 / pairs plans."""


@dataclass(frozen=True, eq=False)
class Settled:
    """The flow after the draw, the edges on which best plans differ, and those on which even the draw left a tie."""

    flow: Whole
    tied: Mask
    undecided: Mask


def settle_ties(built: MarketNetwork, flow: Whole, worth: Whole, solver: Solver, draw: str) -> Settled:
    """Of all best plans, the one with the greatest sum of lots; ``draw`` names the draw so that each event has its own."""
    network = built.network
    free = find_ties(network, flow, worth)
    tied = free[built.edge_arcs]
    if not tied.any():
        return Settled(flow, tied, tied)
    lots = np.zeros(len(flow), np.int64)
    market, where = built.market, np.flatnonzero(tied)
    lots[built.edge_arcs[where]] = draw_lots(
        [market.needs[i] for i in market.need[where]], [market.suppliers[i] for i in market.supplier[where]], draw
    )
    inner, arcs = _restrict(network, flow, free, lots)
    chosen = solver(inner)
    settled = flow.copy()
    settled[arcs] = chosen
    left = np.zeros(len(flow), np.bool_)
    left[arcs] = find_ties(inner, chosen, longest_gains(inner, chosen, np.arange(inner.nodes)))
    return Settled(settled, tied, left[built.edge_arcs])


def find_ties(network: Network, flow: Whole, worth: Whole) -> Mask:
    """The arcs that lie, at these worths of a best flow, on a residual cycle that gains and loses nothing.

    A scored pair among them is chosen by some best flows and not by others; an arc that is partly used lies on one trivially.
    """
    tail, head = network.tail, network.head
    known = (worth[tail] > UNREACHED) & (worth[head] > UNREACHED)
    even = known & (network.gain + worth[tail] - worth[head] == 0)
    ahead, back = even & (flow < network.capacity), even & (flow > 0)
    rows = np.concatenate([tail[ahead], head[back]])
    columns = np.concatenate([head[ahead], tail[back]])
    graph = coo_matrix((np.ones(len(rows), np.int8), (rows, columns)), shape=(network.nodes, network.nodes))
    _, part = connected_components(graph, directed=True, connection="strong")
    return np.asarray(even & (part[tail] == part[head]))


def draw_lots(needs: Sequence[str], suppliers: Sequence[str], draw: str) -> Whole:
    """A lot for each pair from the digests of its two ids and the name of the draw: the same on every machine."""
    left = {name: _digest(f"{draw}\n{name}") for name in set(needs)}
    right = {name: _digest(f"{name}\n{draw}") for name in set(suppliers)}
    mixed = np.array([left[n] for n in needs], np.uint64) ^ np.array([right[s] for s in suppliers], np.uint64)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):  # SplitMix64
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    mixed ^= mixed >> np.uint64(31)
    return (mixed >> np.uint64(64 - DRAW_BITS)).astype(np.int64) + 1


def _digest(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")


def _restrict(network: Network, flow: Whole, free: Mask, lots: Whole) -> tuple[Network, Whole]:
    """The free arcs alone, their nodes numbered anew, supplied with what now flows on them; and which arcs they are."""
    arcs = np.flatnonzero(free)
    nodes = np.unique(np.concatenate([network.tail[arcs], network.head[arcs]]))
    tail, head = np.searchsorted(nodes, network.tail[arcs]), np.searchsorted(nodes, network.head[arcs])
    supply = np.zeros(len(nodes), np.int64)
    np.add.at(supply, tail, flow[arcs])
    np.add.at(supply, head, -flow[arcs])
    inner = Network(tail, head, network.capacity[arcs], lots[arcs], supply, network.layer[nodes])
    return inner, arcs
