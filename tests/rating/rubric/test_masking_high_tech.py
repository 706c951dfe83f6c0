"""High-tech recognition with cells taken away: for firms whose figures do not contradict each other, the interval holds the true score
and what is decided stays decided.

A firm contradicts itself where an expert's points lie outside the row of its facts, or a printed sum is not the sum of its parts. With
both in view the points are not used and the matter is left to a human; with the facts taken away nobody can see the contradiction.
"""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

import polars as pl
import pytest
import second_opinion as second
from synthetic_firms import COLUMNS, make_firm

from kaiwu.figure.fact import read_value
from kaiwu.pack import Library, open_library
from kaiwu.quantity import date_index
from kaiwu.rating import RubricScheme
from kaiwu.rule.decision import Facts, Result
from kaiwu.rule.outcome import Outcome

MANY = 3_000
SCHEMES = ("hightech_score_2016", "hightech_2016")
IP = ("advanced", "core", "number", "origin", "standard")
BLOCKS = {
    "hightech_ip_points": IP, "hightech_transfer_points": ("transfers",), "hightech_management_points": ("rules", "body", "incentive", "talent"),
    "hightech_growth_points": ("asset_growth", "sales_growth"),
}  # fmt: skip


def consistent_firm(rng: random.Random) -> dict[str, tuple[Any, str]]:
    """Figures by slot, each with its unit: points inside the rows of the facts, sums that are sums, no years before the founding."""
    firm = make_firm(rng)
    firm["assets"] = firm["net"] + firm["debt"]
    rows = second.hightech_items(firm)
    points = {code: rng.randrange(low, high + 1) for code, (low, high) in rows.items()}
    firm |= {f"given_{code}": value for code, value in points.items()}
    told = {slot: (firm[name], unit) for name, (slot, unit) in COLUMNS.items()}
    blocks = {slot: sum(points[c] for c in items) for slot, items in BLOCKS.items()}
    blocks["hightech_ip_points"] = min(30, blocks["hightech_ip_points"])
    told |= {slot: (value, "分") for slot, value in blocks.items()} | {"hightech_score": (sum(blocks.values()), "分")}
    told |= {
        "hightech_ip_class1": (firm["ip_1"], "项"),
        "hightech_ip_class2": (firm["ip_2"], "项"),
        "hightech_wrote_standard": (firm["standard"], ""),
    }
    year = rng.choice([2010, 2018, 2022, 2023, 2024])
    told |= {"founded": (date_index(dt.date(year, rng.randrange(1, 13), 1)), ""), "founded_year": (year, "")}
    told |= {
        "income_total": (firm["revenue"], "万元"),
        "hightech_revenue": (firm["revenue"] * rng.choice([50, 60, 61, 80]) // 100, "万元"),
    }
    told |= {
        "has_core_ip": (rng.randrange(2), ""),
        "is_supported_field": (1, ""),
        "major_accident_1y": (int(rng.random() < 0.1), ""),
    }
    for back, revenue in enumerate((firm["revenue"], firm["revenue-1"], firm["revenue-2"])):
        at = f"@-{back}" if back else ""
        research = revenue * rng.choice([2, 3, 4, 5, 6]) // 100
        domestic = research * rng.choice([50, 60, 100]) // 100
        told |= {
            f"sales_hightech{at}": (revenue, "万元"),
            f"rd_expense{at}": (research, "万元"),
            f"rd_hightech{at}": (research, "万元"),
        }
        told |= {f"rd_domestic{at}": (domestic, "万元"), f"rd_hightech_domestic{at}": (domestic, "万元")}
    young = {f"@-{back}" for back in (1, 2) if year > 2024 - back}
    return {slot: cell for slot, cell in told.items() if not any(slot.endswith(at) for at in young)}


@pytest.fixture(scope="module")
def library() -> Library:
    return open_library(["national"])


@pytest.fixture(scope="module")
def firms() -> list[dict[str, tuple[Any, str]]]:
    rng = random.Random(20251121)
    return [consistent_firm(rng) for _ in range(MANY)]


def scheme_of(library: Library, name: str) -> RubricScheme:
    scheme = library.scheme(name)
    assert isinstance(scheme, RubricScheme)
    return scheme


def facts_of(scheme: RubricScheme, firms: list[dict[str, tuple[Any, str]]], masked: float, seed: int) -> Facts:
    rng = random.Random(seed)
    columns: dict[str, list[int | None]] = {}
    for need in scheme.needs():
        unit = next((u for f in firms[:50] if need.slot in f for u in [f[need.slot][1]]), "")
        one = int(read_value(need.variable, f"1{unit}") or 0) if unit else 1
        columns[need.slot] = [
            None if need.slot not in f or rng.random() < masked else int(f[need.slot][0]) * one for f in firms
        ]
    names = [f"E{i:05}" for i in range(len(firms))]
    table = pl.DataFrame({"entity": names, **{slot: pl.Series(slot, v, dtype=pl.Int64) for slot, v in columns.items()}})
    return Facts(table, dt.date(2025, 6, 1), 2024)


def answers(scheme: RubricScheme, result: Result) -> list[tuple[int, int, int]]:
    table = result.decisions.filter(pl.col("item") == scheme.book.routes[0].code)
    return table.select("low_score", "high_score", "outcome").rows()


@pytest.mark.parametrize("name", SCHEMES)
@pytest.mark.parametrize("masked", [0.1, 0.4, 0.8])
def test_the_interval_of_a_consistent_firm_holds_its_true_score(
    library: Library, firms: list[dict[str, tuple[Any, str]]], name: str, masked: float
) -> None:
    scheme = scheme_of(library, name)
    whole = answers(scheme, scheme.decide(facts_of(scheme, firms, 0.0, 0)))
    parts = answers(scheme, scheme.decide(facts_of(scheme, firms, masked, 5)))
    assert all(low == high for low, high, _ in whole), "experts have spoken on everything"
    assert [i for i, (w, p) in enumerate(zip(whole, parts, strict=True)) if not p[0] <= w[0] <= w[1] <= p[1]] == []
    assert any(p[0] < p[1] for p in parts) and len({w[0] for w in whole}) > 30


@pytest.mark.parametrize("masked", [0.03, 0.15])
def test_a_verdict_that_stands_with_cells_missing_is_the_true_one(
    library: Library, firms: list[dict[str, tuple[Any, str]]], masked: float
) -> None:
    scheme = scheme_of(library, "hightech_2016")
    whole = answers(scheme, scheme.decide(facts_of(scheme, firms, 0.0, 0)))
    parts = answers(scheme, scheme.decide(facts_of(scheme, firms, masked, 9)))
    decided = (Outcome.PASS, Outcome.FAIL)
    assert [i for i, (w, p) in enumerate(zip(whole, parts, strict=True)) if p[2] in decided and p[2] != w[2]] == []
    assert {w[2] for w in whole} >= {Outcome.PASS, Outcome.FAIL} and Outcome.MISSING in {p[2] for p in parts}
