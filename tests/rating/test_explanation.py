"""What is said of a firm is what was computed."""

from __future__ import annotations

import polars as pl
from hypothesis import HealthCheck, given, settings
from rulers import districts, rulers

from district import facts, rating
from kaiwu.rule.outcome import Outcome


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(rulers(), districts())
def test_every_entity_is_explained_as_it_was_decided(text: str, rows: dict) -> None:
    scheme, district = rating(text), facts(rows)
    result = scheme.decide(district)
    for row in result.decisions.iter_rows(named=True):
        (decision,) = scheme.explain(district, row["entity"], result)
        assert (decision.outcome, decision.label or None, decision.rank) == (row["outcome"], row["class"], row["rank"])
        assert decision.reasons
        if decision.outcome is Outcome.MISSING:
            assert decision.missing, [r.zh for r in decision.reasons]
        for slot in decision.missing:
            assert (
                slot not in district.table.columns
                or district.table.filter(pl.col("entity") == row["entity"])[slot][0] is None
                or row["unit"] is not None
            )
