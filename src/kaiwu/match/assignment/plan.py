"""The plan (分配方案): who is brought together with whom, what each full supplier's next place is worth, and the proof.

Owns the choice of a solver and the result. It does not write sentences (``why``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from kaiwu.match.assignment.market import Market, Mask, Whole
from kaiwu.match.assignment.network import MarketNetwork, Network, build_network
from kaiwu.match.assignment.ortools_flow import has_ortools, solve_ortools
from kaiwu.match.assignment.plain_flow import solve_plain
from kaiwu.match.assignment.price import Prices, longest_gains, price_flow
from kaiwu.match.assignment.tie import settle_ties
from kaiwu.quantity import KaiwuError, Problem

SOLVERS: dict[str, Callable[[Network], Whole]] = {"ortools": solve_ortools, "plain": solve_plain}
MOST_PLAIN = 100_000
"""Edges that the plain solver takes on: some ten seconds."""


@dataclass(frozen=True, eq=False)
class Plan:
    """A proven best plan. ``chosen``, ``tied`` and ``undecided`` are per edge of the market.

    ``tied`` pairs are chosen by some best plans and not by others; the declared draw settled on this one, but for ``undecided`` pairs.
    """

    market: Market
    built: MarketNetwork
    flow: Whole
    prices: Prices
    tied: Mask
    undecided: Mask
    solver: str

    @property
    def total(self) -> int:
        """The points of all chosen pairs; no plan within the limits has more."""
        return self.prices.gain

    @cached_property
    def chosen(self) -> Mask:
        """Which edges the plan chooses."""
        return np.asarray(self.flow[self.built.edge_arcs] > 0)

    @cached_property
    def taken(self) -> Whole:
        """Places taken of each supplier."""
        return np.bincount(self.market.supplier[self.chosen], minlength=len(self.market.suppliers)).astype(np.int64)

    @cached_property
    def place_price(self) -> Whole:
        """The price of each supplier's places (名额影子价格): zero where it has places left."""
        return np.asarray(self.prices.arc[self.built.place_arcs])

    @cached_property
    def next_place(self) -> Whole:
        """How many points exactly one more place of each supplier would add to the best plan; at most ``place_price``."""
        if self.built.reserve_arc < 0:
            return self.place_price
        group = int(self.built.network.tail[self.built.reserve_arc])
        from_group = longest_gains(self.built.network, self.flow, np.array([group]))
        nodes = self.built.first_supplier + np.arange(len(self.market.suppliers))
        worth = np.where(self.market.is_small, self.prices.worth[nodes], from_group[nodes])
        return np.asarray(np.maximum(worth, 0))

    @cached_property
    def reserve_price(self) -> int:
        """What one place fewer in the reserve of small firms would add, zero where the reserve does not bind."""
        return int(self.prices.arc[self.built.reserve_arc]) if self.built.reserve_arc >= 0 else 0

    @property
    def small_places(self) -> int:
        """Places that went to small firms."""
        return int(self.taken[self.market.is_small].sum())

    @cached_property
    def edges(self) -> pl.DataFrame:
        """Chosen pairs: ``need``, ``supplier``, ``score``, ``is_tied``."""
        market, at = self.market, np.flatnonzero(self.chosen)
        return pl.DataFrame({
            "need": pl.Series([market.needs[i] for i in market.need[at]], dtype=pl.String),
            "supplier": pl.Series([market.suppliers[i] for i in market.supplier[at]], dtype=pl.String),
            "score": market.score[at], "is_tied": self.tied[at],
        })  # fmt: skip

    @cached_property
    def places(self) -> pl.DataFrame:
        """Suppliers: ``supplier``, ``is_small``, ``capacity``, ``taken``, ``price``, ``next_place``."""
        market = self.market
        return pl.DataFrame({
            "supplier": pl.Series(list(market.suppliers), dtype=pl.String), "is_small": market.is_small, "capacity": market.capacity,
            "taken": self.taken, "price": self.place_price, "next_place": self.next_place,
        })  # fmt: skip


def assign(market: Market, *, solver: str | None = None, draw: str = "", settles_ties: bool = True) -> Plan:
    """The plan with the most points within all limits, proven by prices.

    ``solver``: ``ortools`` (default where installed) or ``plain``. ``draw`` names the declared draw among equally good plans; without
    ``settles_ties`` they stay marked and nothing is promised about which of them it is. Raises ``KaiwuError`` where no proof is found.
    """
    name = solver or ("ortools" if has_ortools() else "plain")
    solve = _solver(name, len(market.need))
    built = build_network(market)
    flow = solve(built.network)
    prices = price_flow(built.network, flow)
    tied = undecided = np.zeros(len(market.need), np.bool_)
    if settles_ties:
        settled = settle_ties(built, flow, prices.worth, solve, draw)
        if settled.tied.any():
            flow, tied, undecided = settled.flow, settled.tied, settled.undecided
            prices = price_flow(built.network, flow)
    if not prices.is_optimal:
        raise KaiwuError(Problem(
            "MA-NOT-OPTIMAL", f"方案未能证明最优: 总分 {prices.gain}, 上界 {prices.bound}",
            f"the plan is not proven best: {prices.gain} points, bound {prices.bound}",
        ))  # fmt: skip
    return Plan(market, built, flow, prices, tied, undecided, name)


def _solver(name: str, edges: int) -> Callable[[Network], Whole]:
    if name not in SOLVERS:
        listed = ", ".join(SOLVERS)
        raise KaiwuError(
            Problem("MA-SOLVER", f"没有求解器“{name}”; 可用: {listed}", f"no solver “{name}”; there are: {listed}")
        )
    if name == "ortools" and not has_ortools():
        raise KaiwuError(Problem("MA-SOLVER", '没有安装 OR-Tools: pip install "kaiwu[match]"', 'OR-Tools is not installed: pip install "kaiwu[match]"'))  # fmt: skip
    if name == "plain" and edges > MOST_PLAIN:
        raise KaiwuError(Problem(
            "MA-SIZE", f"{edges:,} 条边超过纯 Python 解法的 {MOST_PLAIN:,} 条; 请安装 OR-Tools: pip install \"kaiwu[match]\"",
            f'{edges:,} edges are more than the {MOST_PLAIN:,} of the plain solver: pip install "kaiwu[match]"',
        ))  # fmt: skip
    return SOLVERS[name]
