"""Cells of tables that leave the house."""

from __future__ import annotations

import pytest

from kaiwu.report.cell import neutralise


@pytest.mark.parametrize("text", ["=1+1", "+86", "-1", "@x", "\t=1", "|x", "%x"])
def test_text_that_looks_like_a_formula_is_neutralised(text: str) -> None:
    assert neutralise(text) == "'" + text
    assert neutralise("甲=乙") == "甲=乙"
