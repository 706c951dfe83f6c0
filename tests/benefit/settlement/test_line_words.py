"""Amounts in the lines of a settlement are printed as everywhere else."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kaiwu.benefit.settlement.line import Line, money, sentence
from kaiwu.quantity import find_unit, format_quantity


@given(st.integers(-(10**15), 10**15))
def test_an_amount_is_printed_as_quantities_are(fen: int):
    unit = find_unit("万元" if abs(fen) >= 1_000_000 else "元")
    expected = (
        ("0元", "0 yuan")
        if fen == 0
        else (format_quantity(fen, unit), format_quantity(fen, find_unit("元"), language="en"))
    )
    assert money(fen) == expected


def test_a_line_says_before_after_and_why():
    line = Line("a", 1, "firm_cap", (90_000_000, 90_000_000), (50_000_000, 80_000_000), 1, 80_000_000)
    assert sentence(line, ("封顶", "cap"), ("余80万元", "800,000 yuan left")) == (
        "封顶: 90万元 → 50万元至80万元; 余80万元",
        "cap: 900,000 yuan → 500,000 yuan to 800,000 yuan; 800,000 yuan left",
    )
