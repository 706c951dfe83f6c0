"""The flow network of a market (网络流): needs → (buyer caps) → suppliers → (the reserve) → root.

Owns nodes and arcs. A unit of flow is one place; a place that stays empty flows straight to the root. Node 0 is the root.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from kaiwu.match.assignment.market import Market, Whole

ROOT = 0


@dataclass(frozen=True, eq=False)
class Network:
    """Arcs with capacity and gain, and what flows in at each node (``supply``, summing to zero).

    ``layer`` of every arc's head is above that of its tail: there are no cycles before anything flows. Arcs are sorted by tail.
    """

    tail: Whole
    head: Whole
    capacity: Whole
    gain: Whole
    supply: Whole
    layer: Whole

    @property
    def nodes(self) -> int:
        """Number of nodes."""
        return len(self.supply)

    @cached_property
    def starts(self) -> Whole:
        """Where the arcs of each tail begin; one more at the end."""
        return np.searchsorted(self.tail, np.arange(self.nodes + 1)).astype(np.int64)


@dataclass(frozen=True, eq=False)
class MarketNetwork:
    """The network of a market and where its parts stand: arcs of ``edges`` (scored pairs), ``pairs`` (buyer caps), ``places``
    (capacities of suppliers), ``reserve``; the first nodes of ``need`` and ``supplier``."""

    market: Market
    network: Network
    edge_arcs: Whole
    pair_arcs: Whole  # one per edge; -1 without buyer caps
    place_arcs: Whole  # one per supplier
    reserve_arc: int  # -1 without a reserve
    first_need: int
    first_supplier: int


def build_network(market: Market) -> MarketNetwork:
    """Nodes in layers: root 0, needs, buyer caps, suppliers, the group of larger firms."""
    n, s = len(market.needs), len(market.suppliers)
    pair_of_edge, pair_supplier = _pairs(market)
    pairs, most_large = len(pair_supplier), market.most_large
    first_pair = 1 + n
    first_supplier = first_pair + pairs
    group = first_supplier + s
    nodes = group + (most_large is not None)
    supplier_nodes = first_supplier + np.arange(s)
    heads = first_supplier + market.supplier if pair_of_edge is None else first_pair + pair_of_edge
    ends = np.full(s, ROOT)
    if most_large is not None:
        ends[~market.is_small] = group
    blocks = [  # tail, head, capacity, gain
        (1 + market.need, heads, np.ones(len(market.need), np.int64), market.score),
        (1 + np.arange(n), np.full(n, ROOT), market.places, np.zeros(n, np.int64)),
        (first_pair + np.arange(pairs), first_supplier + pair_supplier, np.full(pairs, market.limits.per_buyer or 0), np.zeros(pairs, np.int64)),
        (supplier_nodes, ends, market.capacity, np.zeros(s, np.int64)),
    ]  # fmt: skip
    if most_large is not None:
        blocks.append((np.array([group]), np.array([ROOT]), np.array([most_large]), np.zeros(1, np.int64)))
    tail, head, capacity, gain = (np.concatenate([np.asarray(b[i], np.int64) for b in blocks]) for i in range(4))
    order = np.argsort(tail, kind="stable")
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    supply = np.zeros(nodes, np.int64)
    supply[1 : 1 + n] = market.places
    supply[ROOT] = -int(market.places.sum())
    network = Network(tail[order], head[order], capacity[order], gain[order], supply, _layers(nodes, n, pairs, s))
    edges = len(market.need)
    return MarketNetwork(
        market, network, edge_arcs=place[:edges],
        pair_arcs=np.full(edges, -1) if pair_of_edge is None else place[edges + n + pair_of_edge],
        place_arcs=place[edges + n + pairs : edges + n + pairs + s],
        reserve_arc=int(place[-1]) if most_large is not None else -1,
        first_need=1, first_supplier=first_supplier,
    )  # fmt: skip


def _pairs(market: Market) -> tuple[Whole | None, Whole]:
    """The number of the (buyer, supplier) pair of each edge, and the supplier of each pair; none without caps."""
    if market.limits.per_buyer is None:
        return None, np.zeros(0, np.int64)
    width = max(len(market.suppliers), 1)
    found, inverse = np.unique(market.buyer[market.need] * width + market.supplier, return_inverse=True)
    return inverse.astype(np.int64), (found % width).astype(np.int64)


def _layers(nodes: int, needs: int, pairs: int, suppliers: int) -> Whole:
    layer = np.full(nodes, 3, np.int64)  # the group
    layer[1 : 1 + needs] = 0
    layer[1 + needs : 1 + needs + pairs] = 1
    layer[1 + needs + pairs : 1 + needs + pairs + suppliers] = 2
    layer[ROOT] = 4
    return layer
