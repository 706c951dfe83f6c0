"""The national point tables once more, in plain Python, written from the printed tables and not from the packs.

A firm is a mapping of names to whole numbers in plain units (万元, 人, 项, months, category codes, 0/1); ``None`` is never
there: these functions know complete firms only. Points come as (lowest, highest): they differ where experts give them, or
where a rate has no value.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

Firm = Mapping[str, Any]
Ends = tuple[int, int]


def ratio(a: int, b: int) -> Fraction | None:
    return None if b == 0 else Fraction(a, b)


def rate(new: int, old: int) -> Fraction | None:
    return None if old <= 0 else Fraction(new - old, old)


def mean_rate(a: int, b: int, c: int) -> Fraction | None:
    """Mean of two yearly rates, each rounded to eight decimals, halves away from zero."""
    found = [rate(a, b), rate(b, c)]
    if found[0] is None or found[1] is None:
        return None
    scaled = [value * 10**8 for value in found]
    rounded = [int((2 * abs(s) + 1) // 2) * (1 if s >= 0 else -1) for s in scaled]
    return Fraction(sum(rounded), 2 * 10**8)


def table(value: Fraction | None, steps: list[tuple[int, int]], rest: int = 0) -> Ends:
    """``steps``: (from per cent, points), best first; a value without a number leaves everything open."""
    points = [p for _, p in steps] + [rest]
    if value is None:
        return min(points), max(points)
    for percent, given in steps:
        if value * 100 >= percent:
            return given, given
    return rest, rest


def falling(value: Fraction | None, steps: list[tuple[int, int]], rest: int = 0) -> Ends:
    """``steps``: (up to per cent, points), lowest first."""
    points = [p for _, p in steps] + [rest]
    if value is None:
        return min(points), max(points)
    for percent, given in steps:
        if value * 100 <= percent:
            return given, given
    return rest, rest


def add(*parts: Ends) -> Ends:
    return sum(p[0] for p in parts), sum(p[1] for p in parts)


def exact(points: int) -> Ends:
    return points, points


# -- specialised SMEs, annex 2 --------------------------------------------------------------------------------------


def srdi_items(f: Firm) -> dict[str, Ends]:
    quality = 3 * (f["quality_prize"] + f["quality_system"] + f["own_brand"] + f["standard"])
    if f["ip_high"] >= 1:
        ip = 10
    elif f["ip_own"] >= 1:
        ip = 8
    elif f["ip_1"] >= 1:
        ip = 6
    else:
        ip = 2 if f["ip_2"] >= 1 else 0
    amount = next((p for at, p in ((500, 10), (400, 8), (300, 6), (200, 4), (100, 2)) if f["rd"] >= at), 0)
    share = table(ratio(f["rd"], f["revenue"]), [(10, 10), (8, 8), (6, 6), (4, 4), (3, 2)])
    return {
        "main_ratio": table(ratio(f["main"], f["revenue"]), [(80, 5), (70, 3), (60, 1)]),
        "growth": table(mean_rate(f["main"], f["main-1"], f["main-2"]), [(10, 10), (8, 8), (6, 6), (4, 4), (0, 2)]),
        "years": exact(min(5, f["niche_months"] // 24)),
        "field": exact({"key": 5, "base": 3, "other": 0}[f["field"]]),
        "digital": exact({"three": 5, "four": 5, "two": 3}.get(f["digital"], 0)),
        "quality": exact(min(5, quality)),
        "margin": table(ratio(f["profit"], f["revenue"]), [(10, 10), (8, 8), (6, 6), (4, 4), (2, 2)]),
        "debt": falling(ratio(f["debt"], f["assets"]), [(50, 5), (60, 3), (70, 1)]),
        "ip": exact(ip),
        "rd": (max(amount, share[0]), max(amount, share[1])),
        "rd_staff": table(ratio(f["rd_staff"], f["staff"]), [(20, 5), (10, 3), (5, 1)]),
        "rd_body": exact({"national": 10, "province": 8, "city": 4, "lower": 2, "none": 0}[f["rd_body"]]),
    }  # fmt: skip


def srdi_core(f: Firm) -> Ends:
    return add(*srdi_items(f).values())


def srdi_total(f: Firm) -> Ends:
    return add(srdi_core(f), exact(f["local"]))


def srdi_passes(f: Firm) -> bool | None:
    """Annex 2, one: the gates (1)-(4); ``None`` where a rate without value leaves it open."""
    if f["niche_months"] < 24 or f["rd"] < 100:
        return False
    if not (f["revenue"] >= 1000 or f["equity_2y"] >= 2000):
        return False
    share = ratio(f["rd"], f["revenue"])
    low, high = srdi_total(f)
    direct = (
        f["province_award"] or f["national_award"] or f["rd"] + f["rd-1"] >= 2000 or f["equity_2y"] >= 6000 or f["maker"]
    )  # fmt: skip
    reached = True if direct or low >= 60 else False if high < 60 else None
    if reached is False or (share is not None and share * 100 < 3):
        return False
    return None if share is None else reached


# -- innovative SMEs, annex 1 ---------------------------------------------------------------------------------------


def innovative_blocks(f: Firm) -> dict[str, Ends]:
    if f["ip_high"] >= 1:
        ip = 20
    elif f["ip_own"] >= 1:
        ip = 15
    elif f["ip_1"] >= 1:
        ip = 10
    else:
        ip = 5 if f["ip_2"] >= 1 else 0
    debt = ratio(f["debt"], f["assets"])
    # 55 % belongs to the upper row, 75 % to none (C037)
    debt_points = (0, 10) if debt is None else exact(10 if debt * 100 <= 55 else 5 if debt * 100 < 75 else 0)
    return {
        "innovation": add(exact(ip), table(ratio(f["rd"], f["revenue"]), [(5, 20), (3, 15), (2, 10), (1, 5)])),
        "development": add(table(rate(f["main"], f["main-1"]), [(15, 20), (10, 15), (5, 10), (0, 5)]), debt_points),
        "special": add(
            exact(10 if f["strategic"] else 5),
            table(ratio(f["main"], f["revenue"]), [(70, 20), (60, 15), (55, 10), (50, 5)]),
        ),
    }


def innovative_passes(f: Firm) -> bool | None:
    """The score route: 60 in sum, 20, 15 and 15 in the blocks."""
    blocks = innovative_blocks(f)
    lines = [
        (add(*blocks.values()), 60),
        (blocks["innovation"], 20),
        (blocks["development"], 15),
        (blocks["special"], 15),
    ]
    if any(high < at for (_, high), at in lines):
        return False
    return True if all(low >= at for (low, _), at in lines) else None


# -- technology-based SMEs ------------------------------------------------------------------------------------------


def tech_items(f: Firm) -> dict[str, Ends]:
    steps = [(6, 50), (5, 40), (4, 30), (3, 20), (2, 10)]
    other = [(30, 50), (25, 40), (20, 30), (15, 20), (10, 10)]
    a, b = table(ratio(f["rd"], f["revenue"]), steps), table(ratio(f["rd"], f["cost"]), other)
    ip = 30 if f["ip_1"] >= 1 else {0: 0, 1: 6, 2: 12, 3: 18}.get(f["ip_2"], 24)
    return {
        "staff": table(ratio(f["tech_staff"], f["staff"]), [(30, 20), (25, 16), (20, 12), (15, 8), (10, 4)]),
        "rd": (max(a[0], b[0]), max(a[1], b[1])),
        "ip": exact(ip),
    }


def tech_total(f: Firm) -> Ends:
    return add(*tech_items(f).values())


def tech_passes(f: Firm) -> bool | None:
    """Article six: the gates, no veto, 60 points, and some points for staff."""
    if not f["resident"] or f["staff"] > 500 or f["revenue"] > 20000 or f["assets"] > 20000:
        return False
    if f["barred"] or f["breach"] or f["bad_list"]:
        return False
    staff, (low, high) = tech_items(f)["staff"], tech_total(f)
    if high < 60 or staff[1] == 0:
        return False
    return True if low >= 60 and staff[0] > 0 else None


# -- high-tech enterprises ------------------------------------------------------------------------------------------


def within(row: Ends, given: int) -> Ends:
    """Points that an expert gave; where the table does not allow them both are possible."""
    return exact(given) if row[0] <= given <= row[1] else (min(row[0], given), max(row[1], given))


def growth_row(value: Fraction | None) -> Ends:
    if value is None:
        return 0, 10
    for percent, row in ((35, (9, 10)), (25, (7, 8)), (15, (5, 6)), (5, (3, 4))):
        if value * 100 >= percent:
            return row
    return (1, 2) if value > 0 else (0, 0)


def hightech_items(f: Firm) -> dict[str, Ends]:
    if f["ip_1"] >= 1:
        number = (7, 8)
    elif f["ip_2"] >= 5:
        number = (5, 6)
    elif f["ip_2"] >= 3:
        number = (3, 4)
    else:
        number = (1, 2) if f["ip_2"] >= 1 else (0, 0)
    transfers = f["transfers"]  # thirds of a project a year
    rows = ((5, (25, 30)), (4, (19, 24)), (3, (13, 18)), (2, (7, 12)), (1, (1, 6)))
    return {
        "advanced": (0, 8),
        "core": (0, 8),
        "number": number,
        "origin": (1, 6) if f["ip_made"] else (1, 3),
        "standard": (1, 2) if f["standard"] else (0, 0),
        "transfers": next((row for at, row in rows if transfers >= at), (0, 0)),
        "rules": (0, 6),
        "body": (0, 6),
        "incentive": (0, 4),
        "talent": (0, 4),
        "asset_growth": growth_row(mean_rate(f["net"], f["net-1"], f["net-2"])),
        "sales_growth": growth_row(mean_rate(f["revenue"], f["revenue-1"], f["revenue-2"])),
    }


def hightech_total(f: Firm) -> Ends:
    items = {
        code: within(row, f[f"given_{code}"]) if f"given_{code}" in f else row
        for code, row in hightech_items(f).items()
    }
    ip = add(*(items[c] for c in ("advanced", "core", "number", "origin", "standard")))
    rest = [ends for code, ends in items.items() if code not in ("advanced", "core", "number", "origin", "standard")]
    return add((min(30, ip[0]), min(30, ip[1])), *rest)
