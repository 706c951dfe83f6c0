"""Settling 14,000 claims of 6,000 firms: one row for each order of steps, the lines and the digest beside it.

The claims are random and synthetic. Prints milliseconds (best and median of several rounds) and whether the slow reference agrees.
"""

from __future__ import annotations

import random
import statistics
import time
from itertools import pairwise

import polars as pl

from kaiwu.benefit.loader import load_book
from kaiwu.benefit.settlement import Settlement, settle
from kaiwu.benefit.settlement.reference import settle_reference
from kaiwu.rule.vocabulary import Vocabulary
from kaiwu.table import parse_document

CLAIMS, FIRMS, ROUNDS, SEED = 14_000, 6_000, 15, 7
HEAD = """\
rulebook: bench
kind: clauses
zh: 合成
en: Synthetic
document: {title: 合成, date: 2024-01-01}
valid: {from: 2024-01-01}
rounding: {to: 1元, mode: half_up}
clauses:
  - {id: A, article: 一, zh: 甲, en: A, when: true}
  - {id: B, article: 二, zh: 乙, en: B, when: true}
  - {id: C, article: 三, zh: 丙, en: C, when: true}
settlement:
  article: 第十条
  steps:
"""
CAPS = [
    "{step: item_cap, amount: 300万元}",
    "{step: same_matter, keep: highest, paid_before: deduct}",
    "{step: firm_cap, amount: 800万元}",
]
END = ["{step: round, to: 1元, mode: largest_remainder}", "{step: minimum, amount: 100元}"]
POT = "{step: pot, code: p, amount: 25000万元, exhaustion: %s}"
ORDERS = {
    "caps, first come": [*CAPS, POT % "first_come, tie: [claim], last: partial", *END],
    "caps, ranked": [*CAPS, POT % "ranked, last: skip", *END],
    "caps, pro rata": [*CAPS, POT % "pro_rata", *END],
    "caps, water-filling": [*CAPS, POT % "water_filling", *END],
    "caps, quota": [*CAPS, "{step: pot, code: p, exhaustion: quota, quota: 500}", *END],
    "all kinds of steps": [
        *CAPS[:2], "{step: either_or, groups: [[A, B], [C]], choose: highest}", "{step: all_level_cap, rate: 75%, of: basis}", CAPS[2], POT % "pro_rata",
        *END, "{step: instalments, shares: [50%, 50%], when: [公示后, 验收后]}",
    ],
}  # fmt: skip


def make_plan(steps: list[str]) -> Settlement:
    plan = load_book(parse_document(HEAD + "".join(f"    - {s}\n" for s in steps)), Vocabulary({})).settlement
    assert plan is not None
    return plan


def make_claims(open_share: float = 0.0) -> pl.DataFrame:
    rng = random.Random(SEED)
    rows = []
    for i in range(CLAIMS):
        high = rng.randrange(10**9)
        low = rng.randrange(high + 1) if rng.random() < open_share else high
        rows.append(
            (
                f"c{i:05d}",
                f"f{rng.randrange(FIRMS)}",
                rng.choice("ABC"),
                f"m{rng.randrange(3)}",
                2025,
                rng.randrange(300),
                i,
                low,
                high,
                10**9,
            )
        )
    return pl.DataFrame(
        rows,
        schema=["claim", "entity", "clause", "matter", "year", "filed", "rank", "low", "high", "basis"],
        orient="row",
    )


def measure(plan: Settlement, claims: pl.DataFrame) -> tuple[float, float]:
    times = []
    for _ in range(ROUNDS + 1):
        start = time.perf_counter()
        _ = settle(plan, claims).awards
        times.append((time.perf_counter() - start) * 1000)
    return min(times[1:]), statistics.median(times[1:])


def main() -> None:
    decided, some_open = make_claims(), make_claims(0.05)
    print(f"{CLAIMS:,} claims of {FIRMS:,} firms to awards, milliseconds.\n")
    print(
        "| order | steps | best | median | median, 5 % of the claims open | equal to the slow reference |\n|---|---|---|---|---|---|"
    )
    for name, steps in ORDERS.items():
        plan = make_plan(steps)
        best, median = measure(plan, decided)
        _, median_open = measure(plan, some_open)
        settled = settle(plan, decided)
        paid = settle_reference(plan, decided.to_dicts())
        agrees = dict(zip(settled.awards["claim"], settled.awards["low"], strict=True)) == paid
        print(
            f"| {name} | {len(steps)} | {best:.1f} | {median:.1f} | {median_open:.1f} | {'yes' if agrees else 'NO'} |"
        )
    settled = settle(make_plan(ORDERS["all kinds of steps"]), decided)
    marks = [time.perf_counter()]
    for action in (lambda: settled.entries, settled.digest, lambda: settled.lines):
        action()
        marks.append(time.perf_counter())
    spans = [(b - a) * 1000 for a, b in pairwise(marks)]
    print(
        f"\nFor the last: all lines as a table {spans[0]:.0f} ms, digest {spans[1]:.0f} ms, sentences of {settled.entries.height:,} lines {spans[2]:.0f} ms."
    )


if __name__ == "__main__":
    main()
