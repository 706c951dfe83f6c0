"""Times four national point tables for a district: 14,000 firms with a third of the cells missing.

Prints a Markdown table. The firms are random within the bounds of what the tables read.
"""

from __future__ import annotations

import datetime as dt
import time

import numpy as np
import polars as pl

from kaiwu.figure.variable import Kind, Variable
from kaiwu.pack import open_library
from kaiwu.rating import RubricScheme
from kaiwu.rule.decision import Facts

FIRMS = 14_000
SCHEMES = ("srdi_sme_2022", "innovative_sme_2022", "tech_sme_2017", "hightech_2016")
ROUNDS = 5
REACH = 1.0


def column(variable: Variable, rng: np.random.Generator) -> pl.Series:
    """Random stored integers near the low end of what a variable may hold, a third of them missing."""
    if variable.kind in (Kind.FLAG, Kind.JUDGEMENT):
        values = rng.integers(0, 2, FIRMS)
    elif variable.kind is Kind.CATEGORY:
        values = rng.integers(0, len(variable.values), FIRMS)
    else:
        top = min(variable.high, variable.low + (10**10 if variable.kind is Kind.MONEY else 10**8))
        values = rng.integers(variable.low if variable.low >= 0 else 0, max(top, 1) + 1, FIRMS)
    series = pl.Series(values, dtype=pl.Int64)
    return series.set(pl.Series(rng.random(FIRMS) < 1 / 3), None)


def make_facts(schemes: list[RubricScheme]) -> Facts:
    """One frame for all schemes; official scores are left out, so that every item is computed."""
    rng = np.random.default_rng(14)
    needs = {need.slot: need.variable for scheme in schemes for need in scheme.needs()}
    given = {
        p.given.code for s in schemes for p in s.book.root.walk() if p.given is not None and not hasattr(p, "form")
    }
    columns = {
        slot: pl.Series([None] * FIRMS, dtype=pl.Int64) if slot in given else column(variable, rng)
        for slot, variable in needs.items()
    }
    return Facts(pl.DataFrame({"entity": [f"E{i:05}" for i in range(FIRMS)], **columns}), dt.date(2025, 6, 30), 2024)


def main() -> None:
    started = time.perf_counter()
    library = open_library(["national"])
    schemes = [s for code in SCHEMES if isinstance(s := library.scheme(code), RubricScheme)]
    loaded = time.perf_counter() - started
    facts = make_facts(schemes)
    best: dict[str, float] = {}
    whole, processor = [], []
    for _ in range(ROUNDS):
        total, used = 0.0, time.process_time()
        for scheme in schemes:
            started = time.perf_counter()
            result = scheme.decide(facts)
            spent = time.perf_counter() - started
            best[scheme.code] = min(best.get(scheme.code, spent), spent)
            total += spent
            assert result.decisions.height == FIRMS * len(scheme.book.routes)
        whole.append(total)
        processor.append(time.process_time() - used)
    started = time.perf_counter()
    for scheme in schemes:
        scheme.explain(facts, "E00007")
    explained = (time.perf_counter() - started) / len(schemes)
    print(
        f"{FIRMS:,} firms × {len(schemes)} point tables, a third of the cells missing, every item as an interval; best of {ROUNDS}\n"
    )
    print("| table | items | nodes | routes | seconds |\n|---|---:|---:|---:|---:|")
    for scheme in schemes:
        items = sum(1 for _ in scheme.book.root.items())
        nodes, routes = len(scheme.lowered.program), len(scheme.book.routes)
        print(f"| {scheme.code} | {items} | {nodes:,} | {routes} | {best[scheme.code]:.3f} |")
    print(f"| all four, reach < {REACH:.0f} s | | | | {min(whole):.3f} |")
    print(f"| all four, processor | | | | {min(processor):.3f} |")
    print(
        f"\nonce: open and compile the pack's tables {loaded:.2f} s; explain one firm {explained * 1000:.0f} ms a table"
    )


if __name__ == "__main__":
    main()
