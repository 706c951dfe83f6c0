"""The evaluators agree: exact reference, NumPy truth planes and Polars, on whatever can be written."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from unittest.mock import patch

import polars as pl
from hypothesis import HealthCheck, event, given, note, settings
from node_meaning import Nodes, meaning, programs
from strategies import Case, Row, cases

from kaiwu.rule.engine_numpy import Planes, evaluate_numpy
from kaiwu.rule.engine_polars import Answers, evaluate_polars
from kaiwu.rule.program import INT64, Op, Program
from kaiwu.rule.reference import Reference, round_to

EXAMPLES = int(os.environ.get("KAIWU_EXAMPLES", "60"))  # more of them for a long night
SLOW = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))


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


# Each engine also runs with its limits drawn in, so that short programs meet what only large ones would: ranked
# comparisons, chunks of one root, staged columns, batches of one rule and the streaming engine.
NUMPY_LIMITS: list[dict[str, dict[str, int]]] = [
    {},
    {"schedule": {"MIN_RANKED": 1}, "engine_numpy": {"CHUNK": 1}, "kernel": {"_SINGLE": 1, "_CELLS": 64, "_WORDS": 1}},
]
POLARS_LIMITS: list[dict[str, dict[str, int]]] = [
    {},
    {"translation": {"INLINE": 2, "MAX_DEPTH": 3}, "engine_polars": {"BATCH_NODES": 1, "STREAM_ROWS": 0}},
]


@contextmanager
def limits(by_module: dict[str, dict[str, int]]) -> Iterator[None]:
    with ExitStack() as stack:
        for module, values in by_module.items():
            stack.enter_context(patch.multiple(f"kaiwu.rule.{module}", **values))
        yield


def by_numpy(
    program: Program, truths: list[int], integers: list[int], columns: dict[str, pl.Series]
) -> Iterator[tuple[str, Planes]]:
    for setting in NUMPY_LIMITS:
        with limits(setting):
            yield f"NumPy {setting}", evaluate_numpy(program, truths, integers, columns)


def by_polars(
    program: Program, truths: list[int], integers: list[int], columns: dict[str, pl.Series]
) -> Iterator[tuple[str, Answers]]:
    for setting in POLARS_LIMITS:
        with limits(setting):
            yield f"Polars {setting}", evaluate_polars(program, truths, integers, pl.DataFrame(list(columns.values())))


def columns_of(program: Program, rows: list[Row]) -> dict[str, pl.Series]:
    columns = {name: pl.Series(name, [row[name] for row in rows], dtype=pl.Int64) for name in program.slots}
    return {"row": pl.Series("row", range(len(rows))), **columns}


def compare_nodes(nodes: Nodes) -> None:
    program, columns = nodes.program, columns_of(nodes.program, nodes.rows)
    wanted = [meaning(program, row) for row in nodes.rows]
    for engine, planes in by_numpy(program, nodes.truths, nodes.integers, columns):
        for node in nodes.truths:
            expected = [int(values[node]) for values in wanted]
            assert planes.outcome(node).tolist() == expected, f"{engine} {Op(program.op[node]).name}"
        for node in nodes.integers:
            values, known = planes.integers(node)
            found = [int(v) if k else None for v, k in zip(values.tolist(), known.tolist(), strict=True)]
            assert found == [values[node] for values in wanted], f"{engine} {Op(program.op[node]).name}"
    for engine, answers in by_polars(program, nodes.truths, nodes.integers, columns):
        for node in nodes.truths:
            expected = [int(values[node]) for values in wanted]
            assert answers.outcome(node).to_list() == expected, f"{engine} {Op(program.op[node]).name}"
        for node in nodes.integers:
            found = answers.integers[str(node)].to_list()
            assert found == [values[node] for values in wanted], f"{engine} {Op(program.op[node]).name}"


def compare_conditions(case: Case) -> None:
    columns = columns_of(case.program, case.rows)
    expected = {}
    for text, tree, root in zip(case.texts, case.conditions, case.roots, strict=True):
        expected[root] = [int(Reference(row).outcome(tree)) for row in case.rows]
        note(f"{text}\n  reference {expected[root]}")
        for outcome in set(expected[root]):
            event(f"outcome {outcome}")
    for engine, planes in by_numpy(case.program, case.roots, [], columns):
        for text, root in zip(case.texts, case.roots, strict=True):
            assert planes.outcome(root).tolist() == expected[root], f"{engine}: {text}"
    for engine, answers in by_polars(case.program, case.roots, [], columns):
        for text, root in zip(case.texts, case.roots, strict=True):
            assert answers.outcome(root).to_list() == expected[root], f"{engine}: {text}"


def compare_amounts(case: Case) -> None:
    nodes = [node for ends in case.ends for node in ends]
    columns = columns_of(case.program, case.rows)
    expected = {}
    for text, (tree, step, mode), ends in zip(case.texts, case.amounts, case.ends, strict=True):
        intervals = [Reference(row).interval(tree) for row in case.rows]
        for which, node in enumerate(ends):
            expected[node] = [int(round_to(pair[which], step, mode) / step) for pair in intervals]
            note(f"{text} {which}\n  reference {expected[node]}")
            event(f"wide {any(abs(w) > INT64 for w in expected[node])}")
    for engine, planes in by_numpy(case.program, [], nodes, columns):
        for node in nodes:
            values, known = planes.integers(node)
            assert known.all(), f"{engine}: {case.texts}"
            assert values.tolist() == expected[node], f"{engine}: {case.texts}"
    for engine, answers in by_polars(case.program, [], nodes, columns):
        for node in nodes:
            assert answers.integers[str(node)].to_list() == expected[node], f"{engine}: {case.texts}"
