"""Why a better pair was not chosen (为何未选), and what a full supplier's next place is worth, in sentences.

Owns the wording and the arithmetic behind it: at the prices of a best plan, what a pair would win never exceeds what its places cost.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from kaiwu.match.assignment.market import Whole
from kaiwu.match.assignment.plan import Plan
from kaiwu.match.record import SCORE_DECIMALS
from kaiwu.quantity import KaiwuError, Problem, format_decimal

SHOWN = 3
"""Who holds a full supplier's places: the best of them, by name."""


@dataclass(frozen=True, slots=True)
class WhyNot:
    """One pair that was not chosen. ``gain``: points that it would win for its need; ``price``: what its places cost, never less.

    ``causes`` names what is full: ``supplier``, ``buyer`` (cap per buyer), ``reserve`` (of small firms); empty for a mere tie.
    """

    need: str
    supplier: str
    score: int
    least_chosen: int | None
    gain: int
    price: int
    causes: tuple[str, ...]
    zh: str
    en: str


def list_unchosen(plan: Plan, need: str) -> list[WhyNot]:
    """The pairs of a need that score above the least of its chosen ones, or all others where places stayed empty; best first."""
    market, edges = plan.market, _edges_of(plan, need)
    least = _least_chosen(plan, market.needs.index(need)) or 0
    others = [e for e in edges.tolist() if not plan.chosen[e] and market.score[e] > least]
    supplier = {e: market.suppliers[int(market.supplier[e])] for e in others}
    others.sort(key=lambda e: (-int(market.score[e]), supplier[e]))
    return [explain_unchosen(plan, need, supplier[e]) for e in others]


def explain_unchosen(plan: Plan, need: str, supplier: str) -> WhyNot:
    """Why a pair of the market was not chosen. Raises ``KaiwuError`` for a pair without an edge, or a chosen one."""
    market = plan.market
    edge = market.edge_of(need, supplier)
    if edge is None:
        raise KaiwuError(Problem(
            "MA-NO-EDGE", f"“{need}”与“{supplier}”之间没有边: 未检索到、不满足硬约束或已排除", f"there is no edge between “{need}” and “{supplier}”: not found, barred or left out",
        ))  # fmt: skip
    if plan.chosen[edge]:
        raise KaiwuError(
            Problem("MA-CHOSEN", f"“{need}”与“{supplier}”已在方案中", f"“{need}” and “{supplier}” are in the plan")
        )
    n, s = int(market.need[edge]), int(market.supplier[edge])
    least, score = _least_chosen(plan, n), int(market.score[edge])
    costs = _costs(plan, edge)
    causes = tuple(code for code, cost in costs.items() if cost)
    gain, price = score - (least or 0), sum(costs.values())
    zh, en = _open_words(need, supplier, score, least)
    told = _cause_words(plan, s, n, causes, costs)
    if not told:
        told = [("两种选择总分相同, 按公开摇号取定", "both choices have the same total; the declared draw decided")]
    return WhyNot(
        need,
        supplier,
        score,
        least,
        gain,
        price,
        causes,
        zh + "; ".join(t[0] for t in told),
        en + "; ".join(t[1] for t in told),
    )


def explain_price(plan: Plan, supplier: str) -> tuple[str, str]:
    """What one more place of a supplier is worth."""
    market = plan.market
    s = market.suppliers.index(supplier)
    taken, capacity, worth = int(plan.taken[s]), int(market.capacity[s]), int(plan.next_place[s])
    if taken < capacity:
        return (
            f"“{supplier}”有 {capacity} 个名额, 用了 {taken} 个, 还有余量, 名额价为 0",
            f"“{supplier}” has {capacity} places, {taken} taken: there is room, a place costs nothing",
        )
    return (
        f"“{supplier}”的 {capacity} 个名额已满; 再多一个名额, 全部方案可多 {_points(worth)} 分",
        f"all {capacity} places of “{supplier}” are taken; one more would add {_points(worth)} points to the plan",
    )


def _edges_of(plan: Plan, need: str) -> Whole:
    market = plan.market
    if need not in market.needs:
        raise KaiwuError(Problem("MA-UNKNOWN", f"没有需求“{need}”", f"there is no need “{need}”"))
    n = market.needs.index(need)
    first, last = np.searchsorted(market.need, [n, n + 1])
    return np.arange(first, last)


def _least_chosen(plan: Plan, n: int) -> int | None:
    """The lowest score among the chosen of a need; ``None`` where it has an empty place."""
    first, last = np.searchsorted(plan.market.need, [n, n + 1])
    scores = plan.market.score[first:last][plan.chosen[first:last]]
    return int(scores.min()) if len(scores) == plan.market.places[n] else None


def _costs(plan: Plan, edge: int) -> dict[str, int]:
    """The prices on the way of a pair: the cap of its buyer, the supplier's places, the reserve."""
    built, arc, s = plan.built, plan.prices.arc, int(plan.market.supplier[edge])
    is_large = built.reserve_arc >= 0 and not plan.market.is_small[s]
    return {
        "buyer": int(arc[built.pair_arcs[edge]]) if built.pair_arcs[edge] >= 0 else 0,
        "supplier": int(arc[built.place_arcs[s]]),
        "reserve": int(arc[built.reserve_arc]) if is_large else 0,
    }


def _open_words(need: str, supplier: str, score: int, least: int | None) -> tuple[str, str]:
    if least is None:
        return (
            f"“{supplier}”与“{need}”匹配 {_points(score)} 分, 该需求还有空名额; ",
            f"“{supplier}” scores {_points(score)} for “{need}”, which has an empty place; ",
        )
    more = score - least
    compared = (
        (f"比现选最低者高 {_points(more)} 分", f"{_points(more)} above the least chosen")
        if more > 0
        else (f"现选最低者 {_points(least)} 分", f"the least chosen has {_points(least)}")
    )
    return (
        f"“{supplier}”与“{need}”匹配 {_points(score)} 分, {compared[0]}; ",
        f"“{supplier}” scores {_points(score)} for “{need}”, {compared[1]}; ",
    )


def _cause_words(plan: Plan, s: int, n: int, causes: tuple[str, ...], costs: dict[str, int]) -> list[tuple[str, str]]:
    market = plan.market
    told: list[tuple[str, str]] = []
    if "supplier" in causes:
        held = np.flatnonzero(plan.chosen & (market.supplier == s))
        best = held[np.argsort(-market.score[held], kind="stable")][:SHOWN]
        names = "、".join(f"{market.needs[market.need[e]]}({_points(int(market.score[e]))})" for e in best)
        english = ", ".join(f"{market.needs[market.need[e]]} ({_points(int(market.score[e]))})" for e in best)
        cost = _points(costs["supplier"])
        told.append((
            f"它的 {market.capacity[s]} 个名额已给 {names}{' 等' if len(held) > SHOWN else ''}, 每个名额值 {cost} 分, 换给本需求总分更低",
            f"its {market.capacity[s]} places went to {english}{' and others' if len(held) > SHOWN else ''}; each is worth {cost} points, more than this need would win",
        ))  # fmt: skip
    if "buyer" in causes:
        buyer = market.buyers[market.buyer[n]]
        told.append((
            f"采购方“{buyer}”已把上限 {market.limits.per_buyer} 项需求给了它",
            f"the buyer “{buyer}” has already given it {market.limits.per_buyer}, the cap",
        ))  # fmt: skip
    if "reserve" in causes:
        told.append((
            f"较大企业合计最多 {market.most_large} 个名额已满(中小企业预留 {_share(market.limits.small_share)}), 每个值 {_points(costs['reserve'])} 分",
            f"larger firms have all their {market.most_large} places (reserve of small firms {_share(market.limits.small_share)}), each worth {_points(costs['reserve'])} points",
        ))  # fmt: skip
    return told


def _points(score: int) -> str:
    """Millionths as points, two decimals."""
    return format_decimal(Fraction(score, 10**SCORE_DECIMALS), 2)


def _share(share: Fraction) -> str:
    return f"{format_decimal(share * 100)}%"
