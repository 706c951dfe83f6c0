"""Invented rounds for the tests of allotment: small enough to try by hand, mixed enough to meet every kind of limit."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import replace
from fractions import Fraction

from kaiwu.allot.applicant import Applicant
from kaiwu.allot.constraint import Comparison, Constraint
from kaiwu.allot.quota import Resource
from kaiwu.allot.round import Round
from kaiwu.allot.rule import Pass, Rule
from kaiwu.allot.scale import Scale
from kaiwu.allot.supply import FLOOR, KINDS, LAND_KINDS, LAND_SALE, LEASE, Supply, SupplyKind
from kaiwu.allot.tie import Draw, commit_secret
from kaiwu.rule.outcome import Outcome

MONTHS = ("2027-01", "2027-02", "2028-01")
USED = (LAND_SALE, LEASE, FLOOR)
SALT, SECRET = bytes(32), b"a secret of the office, 32 bytes"
DRAW = Draw(
    commitment=commit_secret(SALT, SECRET), committed_on=dt.date(2026, 1, 1), deadline=dt.date(2026, 2, 1), salt=SALT.hex(),
    secret=SECRET.hex(), public="08 15 22 23 31", public_on=dt.date(2026, 2, 3), public_source="a lottery of that day",
)  # fmt: skip


def invent_rule(threshold: int = 0, full: int = 10, chain: int = 1, area: int = 10**6) -> Rule:
    """Three kinds, two constraints, four resources of all sorts, a reserve before and behind the open pass."""
    kinds = tuple(SupplyKind(k, *KINDS[k], k in LAND_KINDS, threshold if k == FLOOR else 0) for k in USED)
    return Rule(
        code="invented", zh="虚构规则", en="invented rule", scale=Scale(Fraction(1, 10), Fraction(full)), kinds=kinds,
        constraints=(
            Constraint("area", "面积", "area", Comparison.AT_LEAST),
            Constraint("zone", "用途", "zoning", Comparison.ONE_OF, (LAND_SALE, LEASE), True),
        ),
        resources=(
            Resource("energy", "能耗", "energy", "吨标煤", per="month"), Resource("emission", "排放", "emission", "吨", per="year", scope="district"),
            Resource("plan", "用地指标", "land plan", "亩", takes="area", scope="district", kinds=LAND_KINDS), Resource("plots", "宗数", "plots", "宗", takes="one"),
        ),
        passes=(Pass("chain", "链式预留", "chain reserve", "chain", most=chain), Pass("open", "公开", "open", most_area=area), Pass("rest", "补位", "rest", "chain")),
        ties=("date", "draw"), one_per=("firm", "group"), items=(("tax", "亩均税收", "tax per mu"), ("rd", "研发", "R&D")),
    )  # fmt: skip


def invent_round(count: int, supplies: int, seed: int, full: int = 10) -> Round:
    """A round drawn from a seed; scores are close together, so that ties are common."""
    r = random.Random(seed)
    parks = ("north", "south")
    rule = invent_rule(r.choice((0, full * 5)), full, max(1, supplies // 6), supplies * r.randint(15, 45))
    things = tuple(
        Supply(
            f"S{i:03d}", r.choice(USED), r.choice(parks), r.randint(10, 60),
            {"area": r.randint(10, 60), "zone": r.choice((1, 2, 3, 7, None))}, pools=frozenset({"chain"}), is_reserved=r.random() < 0.1,
            owner=f"F{r.randrange(count)}" if r.random() < 0.05 else "",
        )
        for i in range(supplies)
    )  # fmt: skip
    quotas = {("energy", p, t): supplies * r.randint(1, 6) for p in parks for t in MONTHS}
    quotas |= {("emission", "", t): supplies * r.randint(4, 20) for t in ("2027", "2028")}
    quotas |= {("plan", "", ""): supplies * r.randint(10, 30)} | {
        ("plots", p, ""): r.randint(1, supplies) for p in parks
    }
    return Round(
        "R1", "虚构批次", "invented round", rule, _applicants(r, count, full), things, quotas, DRAW, is_synthetic=True
    )


def _applicants(r: random.Random, count: int, full: int) -> tuple[Applicant, ...]:
    out = []
    for i in range(count):
        score = r.randint(0, full * 10)
        tax = r.randint(0, score)
        out.append(Applicant(
            f"A{i:03d}", f"F{r.randrange(count)}", dt.date(2026, 1, r.randint(1, 5)), score, tuple(r.sample(USED, r.randint(1, 3))),
            {k: Outcome(r.choice((1, 1, 1, 1, 0, 2, 3))) for k in USED}, group=r.choice(("", "", "", "G1", "G2")),
            items={"tax": tax, "rd": score - tax}, needs={"area": r.randint(5, 50), "zone": r.choice((0, 1, 2, None))},
            demand={"energy": {t: r.randint(0, 20) for t in MONTHS}, "emission": {t: r.randint(0, 9) for t in MONTHS}},
            pools=frozenset({"chain"} if r.random() < 0.3 else ()),
        ))  # fmt: skip
    return tuple(out)


def with_score(round_: Round, applicant: str, score: int) -> Round:
    """The same round with another score of one applicant; its parts are left out."""
    changed = (replace(a, score=score, items={}) if a.id == applicant else a for a in round_.applicants)
    return replace(round_, applicants=tuple(changed))
