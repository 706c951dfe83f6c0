"""The quick settlement against the slow reference, on random plans and claims; and bounds against random completions."""

from __future__ import annotations

from typing import Any

import polars as pl
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from plan import make_claims, make_plan

from kaiwu.benefit.settlement import Settled, settle
from kaiwu.benefit.settlement.reference import Undeclared, settle_reference

FEN = st.one_of(st.integers(1_000, 100_000), st.integers(0, 30), st.sampled_from([0, 10_000]))
POTS = [
    "{step: pot, code: p, amount: %s元, exhaustion: first_come, tie: [lot], last: partial}",
    "{step: pot, code: p, amount: %s元, exhaustion: first_come, tie: [smaller, claim], last: stop}",
    "{step: pot, code: p, amount: %s元, exhaustion: first_come, tie: [larger, lot], last: skip}",
    "{step: pot, code: p, amount: %s元, exhaustion: ranked, last: partial}",
    "{step: pot, code: p, amount: %s元, exhaustion: ranked, tie: [claim], last: skip}",
    "{step: pot, code: p, amount: %s元, exhaustion: first_come, tie: [claim]}",
    "{step: pot, code: p, amount: %s元, exhaustion: pro_rata}",
    "{step: pot, code: p, amount: %s元, exhaustion: pro_rata, clauses: [A, B]}",
    "{step: pot, code: p, amount: %s元, exhaustion: pro_rata, by: basis}",
    "{step: pot, code: p, amount: %s元, exhaustion: water_filling}",
    "{step: pot, code: p, period: total, amount: %s元, exhaustion: water_filling}",
    "{step: pot, code: p, exhaustion: quota, quota: 3, tie: [lot]}",
    "{step: pot, code: p, amount: %s元, exhaustion: quota, quota: 2, tie: [claim]}",
    "{step: pot, code: p, amount: %s元, exhaustion: null}",
]
OTHERS = [
    ["{step: item_cap, amount: %s元}", "{step: item_cap, rate: 30%%, of: basis}"],
    ["{step: same_matter, keep: highest, paid_before: deduct}", "{step: same_matter, keep: highest, paid_before: bar}",
     "{step: same_matter, keep: difference, per: [matter]}", "{step: same_matter, keep: sum}", "{step: same_matter, keep: highest}"],
    ["{step: either_or, groups: [[A, B], [C]], choose: highest}", "{step: either_or, groups: [[A], [B], [C]], choose: highest, per: [firm]}",
     "{step: either_or, groups: [[C], [A, B]], choose: first}"],
    ["{step: all_level_cap, rate: 70%%, of: basis, per: [firm, matter]}", "{step: all_level_cap, amount: %s元, per: [matter]}"],
    ["{step: firm_cap, amount: %s元}", "{step: firm_cap, amount: %s元, per: [firm], clauses: [A, C]}", "{step: firm_cap, amount: %s元, per: [firm], over: 3}"],
    ["{step: contribution_cap, of: 地方贡献, rate: 50%%, exempt: [B]}"],
    POTS,
    ["{step: round, to: 1元, mode: largest_remainder}", "{step: round, to: 1元, mode: half_up}", "{step: round, to: 10元, mode: down}"],
    ["{step: minimum, amount: %s元}"],
    ["{step: instalments, shares: [30%%, 70%%], when: [a, b]}"],
]  # fmt: skip


LIMITS = st.one_of(st.integers(1, 1500), st.integers(1, 60))


@st.composite
def plans(draw: st.DrawFn) -> str:
    """One to three steps in their usual order; more of them leave little to compare."""
    kinds = draw(st.lists(st.integers(0, len(OTHERS) - 1), min_size=1, max_size=3, unique=True))
    lines = [draw(st.sampled_from(OTHERS[kind])) for kind in sorted(kinds)]
    return "\n".join(line % draw(LIMITS) if "%s" in line else line.replace("%%", "%") for line in lines)


@st.composite
def rows(draw: st.DrawFn, *, is_open: bool = False) -> list[dict[str, Any]]:
    firms = draw(st.integers(1, 4))
    out = []
    contribution = [draw(st.integers(-100, 100_000)) for _ in range(firms)]
    for i in range(draw(st.integers(1, 9))):
        firm, low = draw(st.integers(0, firms - 1)), draw(FEN)
        high = low + draw(FEN) if is_open and draw(st.booleans()) else low
        out.append({
            "claim": f"c{i}", "entity": f"f{firm}", "clause": draw(st.sampled_from("ABC")), "matter": draw(st.sampled_from(["m", "n", None])),
            "filed": draw(st.integers(0, 4)), "rank": i, "low": low, "high": high, "basis": 50_000, "contribution": contribution[firm],
        })  # fmt: skip
    return out


@st.composite
def priors(draw: st.DrawFn) -> list[dict[str, Any]]:
    return [
        {"entity": f"f{draw(st.integers(0, 3))}", "matter": draw(st.sampled_from(["m", "n", None])), "clause": draw(st.sampled_from("ABC")),
         "programme": draw(st.sampled_from(["x", "y", None])), "level": None, "year": draw(st.sampled_from([2021, 2023, 2024, 2025])), "paid": draw(FEN)}
        for _ in range(draw(st.integers(0, 3)))
    ]  # fmt: skip


def run(steps: str, claims: list[dict[str, Any]], prior: list[dict[str, Any]]) -> Settled:
    table = pl.DataFrame(prior, schema={"entity": pl.String, "matter": pl.String, "clause": pl.String, "programme": pl.String,
                                        "level": pl.String, "year": pl.Int64, "paid": pl.Int64})  # fmt: skip
    return settle(make_plan(steps), make_claims(claims), table)


def ends(settled: Settled) -> dict[str, tuple[int, int]]:
    return {r["claim"]: (r["low"], r["high"]) for r in settled.awards.iter_rows(named=True)}


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(plans(), rows(), priors())
def test_both_settlements_pay_the_same_to_the_fen(
    steps: str, claims: list[dict[str, Any]], prior: list[dict[str, Any]]
):
    settled = run(steps, claims, prior)
    try:
        expected = settle_reference(make_plan(steps), make_claims(claims).to_dicts(), prior)
    except Undeclared:
        assert settled.asks.height
        return
    assert ends(settled) == {claim: (fen, fen) for claim, fen in expected.items()}
    assert settled.asks.is_empty()


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(plans(), rows(is_open=True), priors(), st.data())
def test_the_bounds_hold_whatever_the_open_claims_turn_out_to_be(
    steps: str, claims: list[dict[str, Any]], prior: list[dict[str, Any]], data: st.DataObject
):
    bounds = ends(run(steps, claims, prior))
    for _ in range(3):
        made = []
        for row in claims:
            amount = data.draw(st.integers(row["low"], row["high"]))
            made.append({**row, "low": amount, "high": amount})
        try:
            outcome = settle_reference(make_plan(steps), make_claims(made).to_dicts(), prior)
        except Undeclared:
            assume(False)
            return
        for claim, fen in outcome.items():
            assert bounds[claim][0] <= fen <= bounds[claim][1], (claim, fen, bounds[claim])
