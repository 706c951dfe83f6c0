"""Bundles of factors (要素组合): land with floors, talent with a fund, energy, emission; one request against quotas over time.

Owns the decision: grant, grant in part, wait or refuse; release on slippage; who falls out of a cut and what the cheapest repair
is. Requests come in the order of priority; no quota is passed in any period, since each is looked at before it is drawn on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from kaiwu.quantity import KaiwuError, Problem

BUNDLES: dict[str, tuple[str, str]] = {
    "land_floor": ("供地+供楼", "land and floors"), "talent_fund": ("人才+基金", "talent and fund"), "science_making": ("科创+智造", "science and making"),
    "energy": ("能耗", "energy"), "emission": ("排放", "emission"),
}  # fmt: skip
OUTCOMES: dict[str, tuple[str, str]] = {
    "granted": ("保障", "granted"), "part": ("部分保障", "granted in part"), "waiting": ("轮候", "waiting"), "refused": ("不予保障", "refused"),
}  # fmt: skip
Cell = tuple[str, str]
"""(resource, period), for example ``("energy", "2026-03")``; periods sort as text."""
Quotas = Mapping[Cell, int]


@dataclass(frozen=True, slots=True)
class Item:
    """One resource of a request: ``amounts`` by period in whole units; ``least`` is the share in % below which it is useless."""

    resource: str
    amounts: Mapping[str, int]
    least: int = 100
    bundle: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """What one project asks for as a whole; ``is_entitled`` is False where its conditions fail, with the reason."""

    project: str
    items: tuple[Item, ...]
    is_entitled: bool = True
    reason: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True)
class Guarantee:
    """The answer (保障函): the share in % granted of each resource, the amounts drawn by cell, and the cell that binds."""

    project: str
    outcome: str
    shares: Mapping[str, int]
    drawn: Mapping[Cell, int]
    binding: Cell | None = None
    reason: tuple[str, str] = ("", "")


def check_requests(requests: Sequence[Request], quotas: Quotas) -> None:
    """Raises ``KaiwuError`` (A-BUNDLE) for negative amounts, parts outside 1–100 %, doubled projects, and cells without quota:
    an unknown quota is not an unlimited one."""
    problems = []
    seen: set[str] = set()
    for request in requests:
        checks = [(request.project not in seen, "有两份申请; 一个项目一份", "has two requests: one for each project")]
        for item in request.items:
            unknown = sorted(p for p, n in item.amounts.items() if n > 0 and (item.resource, p) not in quotas)
            checks += [
                (min(item.amounts.values(), default=0) >= 0 and 1 <= item.least <= 100, f"“{item.resource}”的数量或最低比例不对", f"asks for a wrong amount or least share of “{item.resource}”"),
                (not unknown, f"“{item.resource}”没有 {', '.join(unknown)} 的指标; 没有请写 0", f"finds no quota of “{item.resource}” for {', '.join(unknown)}; write 0 where there is none"),
            ]  # fmt: skip
        problems += [Problem("A-BUNDLE", f"项目“{request.project}”{zh}", f"project “{request.project}” {en}", where=request.project) for is_right, zh, en in checks if not is_right]  # fmt: skip
        seen.add(request.project)
    if problems:
        raise KaiwuError(problems)


def decide_bundles(requests: Sequence[Request], quotas: Quotas) -> tuple[Guarantee, ...]:
    """Answer all requests in their order. A bundle is granted whole, or every resource in the greatest whole percent that fits,
    none below its least; else it waits, and draws nothing."""
    check_requests(requests, quotas)
    rest = dict(quotas)
    out = []
    for request in requests:
        answer = _decide(request, rest)
        for cell, amount in answer.drawn.items():
            rest[cell] -= amount
        out.append(answer)
    return tuple(out)


def _decide(request: Request, rest: Mapping[Cell, int]) -> Guarantee:
    if not request.is_entitled:
        return Guarantee(request.project, "refused", {}, {}, reason=request.reason)
    shares: dict[str, int] = {}
    binding: Cell | None = None
    for item in request.items:
        share, tightest = _fit(item, rest)
        binding = (
            tightest if share < 100 and (binding is None or share < min(shares.values(), default=100)) else binding
        )
        shares[item.resource] = share
        if share < item.least:
            zh, en = (
                f"{tightest} 剩余不足, 低于可用的最低比例 {item.least}%",
                f"{tightest} is short: below the least useful share of {item.least} %",
            )
            return Guarantee(request.project, "waiting", {}, {}, tightest, (zh, en))
    drawn = {(i.resource, p): n * shares[i.resource] // 100 for i in request.items for p, n in i.amounts.items() if n}
    outcome = "granted" if all(s == 100 for s in shares.values()) else "part"
    return Guarantee(request.project, outcome, shares, drawn, binding)


def _fit(item: Item, rest: Mapping[Cell, int]) -> tuple[int, Cell | None]:
    """The greatest whole percent of an item that fits in every period, and the period that binds."""
    share: int = 100
    binding: Cell | None = None
    for period, amount in sorted(item.amounts.items()):
        cell = (item.resource, period)
        if amount and rest[cell] < amount * share // 100:
            # n·s // 100 <= rest  <=>  n·s < 100·(rest + 1)
            share, binding = min((100 * (rest[cell] + 1) - 1) // amount, 100), cell
    return share, binding


def slip(request: Request, months: Mapping[str, str]) -> Request:
    """The same request after a delay (进度滑坡): ``months`` says where each period goes; a period that is not named stays.

    What the old one drew is released by deciding again with the new; nothing is kept for a project that is late.
    """
    moved = []
    for item in request.items:
        amounts: dict[str, int] = {}
        for period, amount in item.amounts.items():
            later = months.get(period, period)
            amounts[later] = amounts.get(later, 0) + amount
        moved.append(replace(item, amounts=amounts))
    return replace(request, items=tuple(moved))


@dataclass(frozen=True, slots=True)
class Cut:
    """What a cut of quotas does (压减试算): who falls out or gets less, who gains a place, and the cheapest repairs by project
    (cells and amounts that would be enough for it alone, and their price)."""

    fallen: tuple[str, ...]
    reduced: tuple[str, ...]
    risen: tuple[str, ...]
    repairs: Mapping[str, tuple[Mapping[Cell, int], int]]
    whole: tuple[Mapping[Cell, int], int]


def try_cut(requests: Sequence[Request], quotas: Quotas, after: Quotas, prices: Mapping[str, int]) -> Cut:
    """Decide before and after a change of quotas. ``prices`` are what a unit of each resource costs to add.

    The repair of one project is the least addition beside what the others draw after the cut; ``whole`` restores everybody, and is
    exact: the old draws less the new quota, cell by cell.
    """
    one, two = decide_bundles(requests, quotas), decide_bundles(requests, after)
    held = {g.project: g for g in two}
    used: dict[Cell, int] = {}
    for guarantee in two:
        for cell, amount in guarantee.drawn.items():
            used[cell] = used.get(cell, 0) + amount
    fallen: list[str] = []
    reduced: list[str] = []
    repairs: dict[str, tuple[Mapping[Cell, int], int]] = {}
    for guarantee in one:
        now = held[guarantee.project]
        lost = {c: n - now.drawn.get(c, 0) for c, n in guarantee.drawn.items() if n > now.drawn.get(c, 0)}
        if not lost:
            continue
        (fallen if not now.drawn else reduced).append(guarantee.project)
        short = {c: n - (after[c] - used.get(c, 0)) for c, n in lost.items() if n > after[c] - used.get(c, 0)}
        repairs[guarantee.project] = (short, _price(short, prices))
    before: dict[Cell, int] = {}
    for guarantee in one:
        for cell, amount in guarantee.drawn.items():
            before[cell] = before.get(cell, 0) + amount
    whole = {c: n - after[c] for c, n in sorted(before.items()) if n > after[c]}
    risen = tuple(g.project for g, o in zip(two, one, strict=True) if g.drawn and not o.drawn)
    return Cut(tuple(fallen), tuple(reduced), risen, repairs, (whole, _price(whole, prices)))


def _price(cells: Mapping[Cell, int], prices: Mapping[str, int]) -> int:
    return sum(amount * prices[resource] for (resource, _), amount in cells.items())
