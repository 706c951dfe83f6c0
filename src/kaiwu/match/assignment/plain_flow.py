"""The plain solver (纯 Python 解法): successive shortest paths, exact, without any dependency.

Owns the search. Source: Ahuja, Magnanti, Orlin, *Network Flows* (1993), section 9.7. It serves markets of some ten thousand edges and is
the second opinion on the quick solver.
"""

from __future__ import annotations

import heapq

import numpy as np

from kaiwu.match.assignment.market import Whole
from kaiwu.match.assignment.network import Network


def solve_plain(network: Network) -> Whole:
    """The flow of greatest gain, one number per arc."""
    search = _Search(network)
    for node in np.flatnonzero(network.supply > 0).tolist():
        while search.excess[node]:
            search.send(node)
    return np.asarray(search.left[1::2], np.int64)


class _Search:
    """Residual arcs 2a (along arc a) and 2a + 1 (against it), with potentials that keep every reduced cost at zero or above."""

    def __init__(self, network: Network) -> None:
        self.head = np.column_stack([network.head, network.tail]).ravel().tolist()
        self.left = np.column_stack([network.capacity, np.zeros_like(network.capacity)]).ravel().tolist()
        self.cost = np.column_stack([-network.gain, network.gain]).ravel().tolist()
        self.out: list[list[int]] = [[] for _ in range(network.nodes)]
        for arc, tail in enumerate(np.column_stack([network.tail, network.head]).ravel().tolist()):
            self.out[tail].append(arc)
        highest = int(network.gain.max(initial=0))
        self.potential = (-highest * network.layer).tolist()
        self.excess = network.supply.tolist()

    def send(self, source: int) -> None:
        """Send what one shortest path carries from a node with excess to the nearest that lacks."""
        distance, parent, target = self._nearest(source)
        far = distance[target]
        for node, d in distance.items():
            if d < far:
                self.potential[node] += d - far  # relative to all others, which move by ``far``
        path = []
        node = target
        while node != source:
            path.append(parent[node])
            node = self.head[parent[node] ^ 1]
        amount = min(self.excess[source], -self.excess[target], *(self.left[arc] for arc in path))
        for arc in path:
            self.left[arc] -= amount
            self.left[arc ^ 1] += amount
        self.excess[source] -= amount
        self.excess[target] += amount

    def _nearest(self, source: int) -> tuple[dict[int, int], dict[int, int], int]:
        """Final distances of the nodes met, the arcs by which they were reached, and the first node that lacks."""
        potential, head, cost, left = self.potential, self.head, self.cost, self.left
        best: dict[int, int] = {source: 0}
        parent: dict[int, int] = {}
        done: dict[int, int] = {}
        queue = [(0, source)]
        while queue:
            d, node = heapq.heappop(queue)
            if node in done:
                continue
            done[node] = d
            if self.excess[node] < 0:
                return done, parent, node
            base = d + potential[node]
            for arc in self.out[node]:
                if left[arc]:
                    other = head[arc]
                    reached = base + cost[arc] - potential[other]
                    if other not in done and reached < best.get(other, reached + 1):
                        best[other] = reached
                        parent[other] = arc
                        heapq.heappush(queue, (reached, other))
        raise ValueError("the network cannot carry its supply")
