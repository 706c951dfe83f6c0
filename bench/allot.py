"""The priority rule with every explanation: 500 projects × 300 supplies, 5,000 × 3,000, and how many explanations are right.

Prints a Markdown table. Rounds are drawn (synthetic): kinds, zones, areas, yearly and monthly quotas of four parks, a reserve, one grant
per firm. Right means: run again with just that score the loser is placed, with one step less it is not.
"""

from __future__ import annotations

import datetime as dt
import json
import random
import time
from dataclasses import replace
from fractions import Fraction

from kaiwu.allot.applicant import Applicant
from kaiwu.allot.checker import check_record
from kaiwu.allot.constraint import Comparison, Constraint
from kaiwu.allot.explanation import explain_all
from kaiwu.allot.quota import Resource
from kaiwu.allot.record import make_record, record_bytes
from kaiwu.allot.result import Allotment, allot
from kaiwu.allot.round import Round
from kaiwu.allot.rule import Pass, Rule
from kaiwu.allot.scale import Scale
from kaiwu.allot.supply import FLOOR, KINDS, LAND_KINDS, LAND_SALE, LEASE, Supply, SupplyKind
from kaiwu.allot.tie import Draw, commit_secret
from kaiwu.rule.outcome import Outcome

SIZES = ((500, 300), (5000, 3000))
PARKS = tuple(f"park {i}" for i in range(4))
MONTHS = tuple(f"2027-{i:02d}" for i in range(1, 13))
USED = (LAND_SALE, LEASE, FLOOR)
SALT, SECRET = bytes(32), b"a benchmark needs no real secret"
DRAW = Draw(
    commit_secret(SALT, SECRET),
    dt.date(2026, 1, 1),
    dt.date(2026, 2, 1),
    SALT.hex(),
    SECRET.hex(),
    "1",
    dt.date(2026, 2, 3),
)
TIMES = 7
TRIED = 200


def make_rule(supplies: int) -> Rule:
    kinds = tuple(SupplyKind(k, *KINDS[k], k in LAND_KINDS, 300 if k == LAND_SALE else 0) for k in USED)
    return Rule(
        "bench", "测速", "benchmark", Scale(Fraction(1, 10), Fraction(100)), kinds,
        (Constraint("area", "面积", "area", Comparison.AT_LEAST), Constraint("use", "用途", "use", Comparison.ONE_OF, (LAND_SALE, LEASE), True)),
        (
            Resource("power", "负荷", "load", "千伏安", per="month"), Resource("energy", "能耗", "energy", "吨标煤(等价值)", per="year"),
            Resource("plan", "用地计划", "plan", "亩", takes="area", scope="district", kinds=LAND_KINDS),
        ),
        (Pass("chain", "预留", "reserve", "chain", most=supplies // 10), Pass("open", "公开", "open")), ("date", "draw"), ("firm",),
        items=(("tax", "亩均税收", "tax per mu"), ("rd", "研发", "R&D")),
    )  # fmt: skip


def make_round(count: int, supplies: int, seed: int = 1) -> Round:
    r = random.Random(seed)
    things = tuple(
        Supply(f"S{i:04d}", r.choice(USED), r.choice(PARKS), r.randint(10, 80), {"area": r.randint(10, 80), "use": r.choice((1, 2, 3, 7))})
        for i in range(supplies)
    )  # fmt: skip
    quotas = {("power", p, m): supplies * 4 for p in PARKS for m in MONTHS} | {
        ("energy", p, "2027"): supplies * 60 for p in PARKS
    }
    applicants = []
    for i in range(count):
        tax, rd = r.randint(0, 700), r.randint(0, 300)
        power = r.randint(5, 40)
        applicants.append(Applicant(
            f"A{i:04d}", f"F{r.randrange(count)}", dt.date(2026, 1, r.randint(1, 28)), tax + rd, tuple(r.sample(USED, r.randint(1, 3))),
            dict.fromkeys(USED, Outcome.PASS), items={"tax": tax, "rd": rd}, needs={"area": r.randint(5, 70), "use": r.choice((0, 1, 2))},
            demand={"power": dict.fromkeys(MONTHS, power), "energy": {"2027-01": r.randint(50, 600)}}, pools=frozenset({"chain"} if r.random() < 0.2 else ()),
        ))  # fmt: skip
    return Round(
        "bench",
        "测速",
        "benchmark",
        make_rule(supplies),
        tuple(applicants),
        things,
        quotas | {("plan", "", ""): supplies * 20},
        DRAW,
    )


def is_granted(round_: Round, applicant: str, score: int) -> bool:
    changed = tuple(replace(a, score=score, items={}) if a.id == applicant else a for a in round_.applicants)
    return applicant in allot(replace(round_, applicants=changed)).grants()


def count_right(placed: Allotment) -> tuple[int, int]:
    """Explanations that hold when the round is run again just above and just below, of those tried."""
    full, right, tried = placed.round.rule.scale.highest, 0, 0
    losers = [i for i in placed.priority.order if i not in placed.grant_of]
    for i in random.Random(1).sample(losers, min(TRIED, len(losers))):
        name, cutoff = placed.round.applicants[i].id, placed.cutoffs.get(i)
        tried += 1
        if cutoff is None or cutoff.needed > full:
            right += not is_granted(placed.round, name, full)
        else:
            right += is_granted(placed.round, name, cutoff.needed) and not is_granted(
                placed.round, name, cutoff.needed - 1
            )
    return right, tried


def main() -> None:
    print(
        "| projects × supplies | placed | waiting | order and place (ms) | with every explanation (ms) | explanations right | record checked by the checker (s) |"
    )
    print("|---:|---:|---:|---:|---:|---:|---:|")
    for count, supplies in SIZES:
        round_ = make_round(count, supplies)
        places, wholes = [], []
        for _ in range(TIMES if count < 1000 else 2):
            began = time.perf_counter()
            placed = allot(round_)
            middle = time.perf_counter()
            explain_all(placed)
            wholes.append(time.perf_counter() - began)
            places.append(middle - began)
        right, tried = count_right(placed) if count < 1000 else (0, 0)
        began = time.perf_counter()
        holds = check_record(json.loads(record_bytes(make_record(placed)))) == []
        checked = time.perf_counter() - began
        counts = placed.counts()
        shown = f"{right} of {tried}" if tried else "–"
        print(
            f"| {count:,} × {supplies:,} | {counts['granted']} | {counts['waiting']} | {min(places) * 1e3:,.0f} | {min(wholes) * 1e3:,.0f} | {shown} | {checked:.1f}{'' if holds else ' FAILED'} |"
        )


if __name__ == "__main__":
    main()
