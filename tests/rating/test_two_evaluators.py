"""The engine and the plain reference agree on every firm, whatever the rulebook says."""

from __future__ import annotations

from fractions import Fraction

import polars as pl
from hypothesis import HealthCheck, given, settings
from rulers import districts, rulers

from district import facts, rating
from kaiwu.rating.reference import rate_plainly


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(rulers(), districts())
def test_engine_and_reference_agree(text: str, rows: dict) -> None:
    scheme, district = rating(text), facts(rows)
    plain = rate_plainly(scheme.book, district)
    result = scheme.decide(district)
    points = {
        (r["entity"], r["item"]): None if r["points"] is None else Fraction(r["points"], 10 ** r["decimals"])
        for r in result.tables["items"].iter_rows(named=True)
    }
    for row in result.decisions.iter_rows(named=True):
        expected = plain[row["entity"]]
        score = None if row["score"] is None else Fraction(row["score"], 10 ** row["decimals"])
        found = (row["status"], row["outcome"], row["class"], score, row["rank"], row["league"])
        assert found == (
            expected.status, expected.outcome, expected.label, expected.score, expected.rank, expected.league,
        ), row["entity"]  # fmt: skip
        for code, value in expected.points.items():
            assert points[row["entity"], code] == value, (row["entity"], code)
    assert result.decisions["entity"].is_unique().all()
    assert isinstance(result.decisions, pl.DataFrame)
