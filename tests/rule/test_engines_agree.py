"""The evaluators agree: exact reference, NumPy truth planes and Polars, on whatever can be written."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl
from hypothesis import HealthCheck, event, given, note, settings
from node_meaning import Nodes, meaning, programs
from strategies import Case, Row, cases

from kaiwu.rule.engine_numpy import evaluate_numpy
from kaiwu.rule.engine_polars import evaluate_polars
from kaiwu.rule.program import Op
from kaiwu.rule.reference import Reference, round_to

SLOW = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))


def columns_of(case: Case) -> dict[str, pl.Series]:
    names = case.program.slots
    return {name: pl.Series(name, [row[name] for row in case.rows], dtype=pl.Int64) for name in names}


def filler(columns: Mapping[str, pl.Series], rows: list[Row]) -> pl.DataFrame:
    return pl.DataFrame([pl.Series("row", range(len(rows))), *columns.values()])


@SLOW
@given(cases(conditions_count=3))
def test_conditions_have_the_same_answer_in_every_engine(case: Case) -> None:
    compare_conditions(case)


@SLOW
@given(cases(conditions_count=0, amounts_count=2))
def test_amounts_have_the_same_ends_in_every_engine(case: Case) -> None:
    compare_amounts(case)


@SLOW
@given(programs())
def test_every_node_means_what_the_page_of_semantics_says(nodes: Nodes) -> None:
    compare_nodes(nodes)


def compare_nodes(nodes: Nodes) -> None:
    names = nodes.program.slots
    columns = {name: pl.Series(name, [row[name] for row in nodes.rows], dtype=pl.Int64) for name in names}
    planes = evaluate_numpy(nodes.program, nodes.truths, nodes.integers, columns)
    answers = evaluate_polars(nodes.program, nodes.truths, nodes.integers, pl.DataFrame(list(columns.values())))
    wanted = [meaning(nodes.program, row) for row in nodes.rows]
    for node in nodes.truths:
        expected = [int(values[node]) for values in wanted]
        assert planes.outcome(node).tolist() == expected, f"NumPy {Op(nodes.program.op[node]).name}"
        assert answers.outcome(node).to_list() == expected, f"Polars {Op(nodes.program.op[node]).name}"
    for node in nodes.integers:
        expected = [values[node] for values in wanted]
        values, known = planes.integers(node)
        found = [int(v) if k else None for v, k in zip(values.tolist(), known.tolist(), strict=True)]
        assert found == expected, f"NumPy {Op(nodes.program.op[node]).name}"
        assert answers.integers[str(node)].to_list() == expected, f"Polars {Op(nodes.program.op[node]).name}"


def compare_conditions(case: Case) -> None:
    columns = columns_of(case) or {"row": pl.Series("row", range(len(case.rows)))}
    planes = evaluate_numpy(case.program, case.roots, [], columns)
    answers = evaluate_polars(case.program, case.roots, [], filler(columns_of(case), case.rows))
    for text, tree, root in zip(case.texts, case.conditions, case.roots, strict=True):
        expected = [int(Reference(row).outcome(tree)) for row in case.rows]
        note(f"{text}\n  reference {expected}")
        for outcome in set(expected):
            event(f"outcome {outcome}")
        assert planes.outcome(root).tolist() == expected, f"NumPy: {text}"
        assert answers.outcome(root).to_list() == expected, f"Polars: {text}"


def compare_amounts(case: Case) -> None:
    nodes = [node for ends in case.ends for node in ends]
    columns = columns_of(case) or {"row": pl.Series("row", range(len(case.rows)))}
    planes = evaluate_numpy(case.program, [], nodes, columns)
    answers = evaluate_polars(case.program, [], nodes, filler(columns_of(case), case.rows))
    for text, (tree, step, mode), ends in zip(case.texts, case.amounts, case.ends, strict=True):
        expected = [Reference(row).interval(tree) for row in case.rows]
        for which, node in enumerate(ends):
            wanted = [int(round_to(pair[which], step, mode) / step) for pair in expected]
            note(f"{text} {which}\n  reference {wanted}")
            values, known = planes.integers(node)
            assert known.all(), f"NumPy: {text}"
            assert values.tolist() == wanted, f"NumPy: {text}"
            assert answers.integers[str(node)].to_list() == wanted, f"Polars: {text}"
            event(f"wide {bool(np.any([abs(w) > 2**63 for w in wanted]))}")
