"""Firms that stand exactly on a line are on it: every 0.1 % from 0.1 % to 100 %, a fen above and a fen below."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from explain_district import CHECKER

from kaiwu.rule.engine_numpy import evaluate_numpy
from kaiwu.rule.engine_polars import evaluate_polars
from kaiwu.rule.lower import Lowering
from kaiwu.rule.program import Program
from kaiwu.rule.reference import Reference

STEPS = range(1, 1001)  # tenths of a percent
REVENUES = (7_000, 123_456_789_000)  # fen; a thousandth of each is whole
COMPARE = {">=": np.greater_equal, ">": np.greater, "<=": np.less_equal, "<": np.less, "=": np.equal}


def district() -> tuple[list[int], list[int]]:
    """For each step and revenue: a firm on the line, one a fen above and one a fen below."""
    rd = [r // 1000 * k + d for k in STEPS for r in REVENUES for d in (-1, 0, 1)]
    revenue = [r for _ in STEPS for r in REVENUES for _ in range(3)]
    return rd, revenue


@pytest.mark.parametrize("op", list(COMPARE))
def test_no_firm_on_a_ratio_line_is_decided_wrongly(op: str) -> None:
    rd, revenue = district()
    program = Program()
    lowering = Lowering(program)
    trees = [CHECKER.condition(f"研发费用 / 营业收入 {op} {k // 10}.{k % 10}%") for k in STEPS]
    roots = [lowering.condition(tree) for tree in trees]
    frame = pl.DataFrame({"rd": rd, "revenue": revenue})
    planes = evaluate_numpy(program, roots, [], {name: frame[name] for name in frame.columns})
    answers = evaluate_polars(program, roots, [], frame)
    exact_rd, exact_revenue = np.array(rd), np.array(revenue)
    per_step = len(REVENUES) * 3
    for k, tree, root in zip(STEPS, trees, roots, strict=True):
        wanted = COMPARE[op](1000 * exact_rd, k * exact_revenue).astype(np.uint8)
        assert (planes.outcome(root) == wanted).all(), f"NumPy at {k / 10} %"
        assert (answers.outcome(root).to_numpy() == wanted).all(), f"Polars at {k / 10} %"
        own = range((k - 1) * per_step, k * per_step)
        reference = [Reference({"rd": rd[i], "revenue": revenue[i]}).outcome(tree) for i in own]
        assert reference == wanted[own].tolist(), f"reference at {k / 10} %"


def test_a_growth_line_is_as_sharp() -> None:
    program = Program()
    lowering = Lowering(program)
    roots = [lowering.condition(CHECKER.condition(f"比上年增长 营业收入 >= {k // 10}.{k % 10}%")) for k in STEPS]
    base = 123_456_000
    now = [base + base // 1000 * k + d for k in STEPS for d in (-1, 0)]
    columns = {"revenue": pl.Series(now), "revenue@-1": pl.Series([base] * len(now))}
    planes = evaluate_numpy(program, roots, [], columns)
    answers = evaluate_polars(program, roots, [], pl.DataFrame(columns))
    for k, root in zip(STEPS, roots, strict=True):
        wanted = [int(i >= 2 * k - 1) for i in range(len(now))]
        assert planes.outcome(root).tolist() == wanted
        assert answers.outcome(root).to_list() == wanted
