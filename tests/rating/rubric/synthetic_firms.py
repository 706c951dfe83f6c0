"""Random firms for the point tables: plain numbers near the edges of rows, and the frames that schemes read."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Mapping
from typing import Any

import polars as pl

from kaiwu.figure.fact import read_value
from kaiwu.rule.decision import Facts, Scheme

UNITS = {
    "money": "万元", "count": "人",
}  # fmt: skip
COLUMNS: dict[str, tuple[str, str]] = {
    "main": ("main_revenue", "万元"), "main-1": ("main_revenue@-1", "万元"), "main-2": ("main_revenue@-2", "万元"),
    "revenue": ("revenue", "万元"), "revenue-1": ("revenue@-1", "万元"), "revenue-2": ("revenue@-2", "万元"),
    "rd": ("rd_expense", "万元"), "rd-1": ("rd_expense@-1", "万元"), "profit": ("net_profit", "万元"), "cost": ("cost_total", "万元"),
    "debt": ("total_debt", "万元"), "assets": ("total_assets", "万元"), "equity_2y": ("equity_raised_2y", "万元"),
    "net": ("net_assets", "万元"), "net-1": ("net_assets@-1", "万元"), "net-2": ("net_assets@-2", "万元"),
    "staff": ("staff", "人"), "rd_staff": ("rd_staff", "人"), "tech_staff": ("tech_staff", "人"),
    "niche_months": ("niche_years", "月"), "local": ("srdi_local", "分"), "transfers": ("hightech_transfers_mean", "项"),
    "ip_high": ("ip_class1_high", "项"), "ip_own": ("ip_class1_own", "项"), "ip_1": ("ip_class1", "项"), "ip_2": ("ip_class2", "项"),
    "field": ("srdi_field_kind", ""), "digital": ("digital_grade", ""), "rd_body": ("rd_body", ""),
    "quality_prize": ("has_quality_prize", ""), "quality_system": ("has_quality_system", ""), "own_brand": ("has_own_brand", ""),
    "standard": ("wrote_standard", ""), "strategic": ("is_strategic_product", ""), "ip_made": ("hightech_ip_own", ""),
    "province_award": ("province_award_top3_3y", ""), "national_award": ("national_award_top5_3y", ""), "maker": ("maker_china_top500_3y", ""),
    "resident": ("is_resident", ""), "barred": ("barred_product", ""), "breach": ("tech_sme_breach", ""), "bad_list": ("on_bad_list", ""),
    "given_advanced": ("hightech_ip_advanced", "分"), "given_core": ("hightech_ip_core", "分"), "given_number": ("hightech_ip_number", "分"),
    "given_origin": ("hightech_ip_origin", "分"), "given_standard": ("hightech_ip_standard", "分"),
    "given_transfers": ("hightech_transfer_given", "分"), "given_rules": ("hightech_rule_points", "分"),
    "given_body": ("hightech_body_points", "分"), "given_incentive": ("hightech_incentive_points", "分"),
    "given_talent": ("hightech_talent_points", "分"), "given_asset_growth": ("hightech_asset_growth_points", "分"),
    "given_sales_growth": ("hightech_sales_growth_points", "分"),
}  # fmt: skip
MOST_GIVEN = {
    "advanced": 8, "core": 8, "number": 8, "origin": 6, "standard": 2, "transfers": 30, "rules": 6, "body": 6, "incentive": 4,
    "talent": 4, "asset_growth": 10, "sales_growth": 10,
}  # fmt: skip


def make_firm(rng: random.Random) -> dict[str, Any]:
    """One complete firm; ratios lie on and beside the edges of rows more often than chance would have it."""
    revenue = rng.choice([0, 100, 800, 999, 1000, 2000, 3333, 5000, 10000, 20000, 20001, rng.randrange(1, 40000)])
    assets = rng.choice([0, 100, 1000, 20000, 20001, rng.randrange(1, 30000)])
    staff = rng.choice([0, 20, 100, 500, 501, rng.randrange(1, 700)])
    base = rng.choice([0, 100, 1000, rng.randrange(1, 9000)])
    net = rng.choice([-50, 0, 100, 1000, rng.randrange(1, 9000)])

    def near(total: int, percents: list[int]) -> int:
        return max(total * rng.choice(percents) // 100 + rng.choice([0, 0, 0, -1, 1]), 0)

    before = near(base, [70, 95, 100, 103, 104, 108, 112, 115])
    net_before = near(max(net, 0), [50, 100, 105, 110, 125, 135]) if net > 0 else net
    firm: dict[str, Any] = {
        "revenue": revenue, "revenue-1": near(revenue, [60, 74, 80, 87, 95, 100, 110]), "assets": assets, "staff": staff,
        "main": near(before, [80, 98, 100, 104, 106, 108, 110, 115, 120]) if rng.random() < 0.4 else near(revenue, [45, 50, 55, 60, 70, 80, 95]),
        "main-1": before, "main-2": base, "profit": near(revenue, [0, 1, 2, 4, 6, 8, 10, 12]) * rng.choice([1, 1, 1, -1]),
        "rd": near(revenue, [0, 1, 2, 3, 4, 5, 6, 8, 10]) if rng.random() < 0.7 else rng.choice([99, 100, 200, 300, 400, 500, 1200]),
        "rd-1": rng.choice([0, 100, 800, 1000, 1500]), "cost": near(revenue, [0, 10, 20, 40, 90]),
        "debt": near(assets, [0, 40, 50, 55, 60, 70, 75, 80, 120]), "equity_2y": rng.choice([0, 0, 1999, 2000, 5999, 6000]),
        "net-2": net, "net-1": net_before, "net": near(max(net_before, 0), [60, 100, 105, 115, 135]),
        "rd_staff": min(staff, near(staff, [0, 4, 5, 10, 20, 30])), "tech_staff": min(staff, near(staff, [0, 9, 10, 15, 20, 25, 30])),
        "niche_months": rng.choice([0, 23, 24, 47, 48, 96, 120, rng.randrange(0, 200)]), "local": rng.randrange(0, 16),
        "transfers": rng.randrange(0, 8), "field": rng.choice(["key", "base", "other"]),
        "digital": rng.choice(["below", "one", "two", "three", "four"]), "rd_body": rng.choice(["national", "province", "city", "lower", "none"]),
    }  # fmt: skip
    firm["revenue-2"] = near(firm["revenue-1"], [60, 80, 95, 100, 110])
    for name in ("ip_high", "ip_own", "ip_1", "ip_2"):
        firm[name] = rng.choice([0, 0, 0, 1, 2, 3, 4, 5])
    for name, (_, unit) in COLUMNS.items():
        if not unit and name not in firm:
            rare = name in ("province_award", "national_award", "maker", "barred", "breach", "bad_list")
            firm[name] = int(rng.random() < (0.06 if rare else 0.9 if name == "resident" else 0.5))
    for code, most in MOST_GIVEN.items():
        firm[f"given_{code}"] = rng.randrange(0, most + 1)
    return firm


def make_facts(
    scheme: Scheme,
    firms: list[Mapping[str, Any]],
    masked: float = 0.0,
    seed: int = 0,
    leave_out: frozenset[str] = frozenset(),
) -> Facts:
    """The frame of a scheme; ``masked`` is the share of cells that are missing, ``leave_out`` names columns nobody gave."""
    rng = random.Random(seed)
    needs = {need.slot: need.variable for need in scheme.needs()}
    columns: dict[str, list[int | None]] = {slot: [None] * len(firms) for slot in needs}
    for name, (slot, unit) in COLUMNS.items():
        if slot not in needs or name in leave_out:
            continue
        variable = needs[slot]
        one = int(read_value(variable, f"1{unit}") or 0) if unit else 0
        values = [firm[name] for firm in firms]
        stored = [value * one for value in values] if unit else [_code(variable.values, value) for value in values]
        columns[slot] = [None if rng.random() < masked else value for value in stored]
    table = pl.DataFrame(
        {"entity": [f"E{i:05}" for i in range(len(firms))], **columns},
        schema_overrides=dict.fromkeys(columns, pl.Int64),
    )
    return Facts(table, dt.date(2025, 6, 1), 2024)


def _code(values: tuple[str, ...], value: Any) -> int:
    return values.index(value) if isinstance(value, str) else int(value)
