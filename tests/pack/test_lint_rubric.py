"""Lint looks into rubrics too: their gates and the points of their items."""

from __future__ import annotations

from kaiwu.pack import open_library
from kaiwu.pack.lint import lint_pack


def test_gates_of_a_rubric_are_looked_over_like_clauses() -> None:
    """One asks for registration in the country, which fair-competition review has to see."""
    found = [problem for _, problem in lint_pack(open_library(["national"]), "national")]
    assert ("L-FAIR-PLACE", "national/rulebooks/tech_sme_2017.yaml") in {(p.code, p.where) for p in found}


def test_what_only_a_rubric_reads_counts_as_used() -> None:
    unused = {p.where for _, p in lint_pack(open_library(["national"]), "national") if p.code == "L-UNUSED"}
    assert unused
    assert not any("hightech_ip_" in where or "srdi_local" in where for where in unused)
