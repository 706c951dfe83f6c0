"""Every mechanism, on its worked examples: the amounts of their arithmetic, from every engine."""

from __future__ import annotations

import random
from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

import polars as pl
import pytest

from kaiwu.quantity.dimension import MONEY
from kaiwu.rule import expression as x
from kaiwu.rule.interval import IntervalLowering
from kaiwu.rule.lower import Lowering
from kaiwu.rule.mechanism import MECHANISMS, expand
from kaiwu.rule.mechanism.context import MAX_ROWS
from kaiwu.rule.mechanism.description import describe_mechanisms
from kaiwu.rule.mechanism.example import Case, Example, ExampleFile, read_examples
from kaiwu.rule.program import Program
from kaiwu.rule.reference import Reference, round_to

RANDOM_ROWS = 120
MISSING_SHARE = 0.3
Row = dict[str, int | None]


@cache
def load(mechanism: str) -> ExampleFile:
    return read_examples(mechanism)


def examples() -> Iterator[Any]:
    for mechanism in MECHANISMS:
        for example in load(mechanism).examples:
            yield pytest.param(load(mechanism), example, id=f"{mechanism}: {example.name}")


def cases() -> Iterator[Any]:
    for mechanism in MECHANISMS:
        for example in load(mechanism).examples:
            for case in example.cases:
                yield pytest.param(load(mechanism), example, case, id=f"{mechanism}: {case.cites}")


def tree_of(file: ExampleFile, example: Example) -> x.Num:
    context = file.context()
    text = expand(example.spec, context, example.path)
    assert context.entry.problems == []
    return context.checker.value(text)


def value_of(file: ExampleFile, text: str, like: x.Num) -> Fraction:
    literal = file.context().checker.value(text, like.dimension)
    assert isinstance(literal, x.Literal)
    return literal.value


@pytest.mark.parametrize(("file", "example", "case"), list(cases()))
def test_an_example_gives_the_amount_of_its_arithmetic(file: ExampleFile, example: Example, case: Case):
    tree = tree_of(file, example)
    low, high = case.expect if isinstance(case.expect, list) else (case.expect, case.expect)
    expected = value_of(file, low, tree), value_of(file, high, tree)
    assert Reference(file.row(case.facts)).interval(tree) == expected


# -- the engines, on the examples and on random firms around their edges -------------------------------------


def rows_of(file: ExampleFile, example: Example, tree: x.Num) -> list[Row]:
    rng = random.Random(example.name)
    slots = x.slots_of(tree)
    constants = [n.value for n in x.walk(tree) if isinstance(n, x.Literal)]
    base = file.row({})
    rows = [file.row(case.facts) for case in example.cases]
    for _ in range(RANDOM_ROWS):
        rows.append({**base, **{name: draw(rng, ref, constants) for name, ref in slots.items()}})
    return rows


def draw(rng: random.Random, ref: x.Ref, constants: list[Fraction]) -> int | None:
    """A stored integer: missing, a bound, beside a constant of the rule, or anything between the bounds."""
    if rng.random() < MISSING_SHARE:
        return None
    low, high = ref.variable.low, ref.variable.high
    near = [
        int(c / ref.scale) + step for c in constants for step in (-1, 0, 1) if low <= int(c / ref.scale) + step <= high
    ]
    return rng.choice([low, high, rng.randint(low, high), *(near and [rng.choice(near)] * 5)])


def step_of(tree: x.Num) -> Fraction:
    return Fraction(1) if tree.dimension == MONEY else Fraction(1, 10**8)


def engine(name: str) -> ModuleType:
    if find_spec(name) is None:
        pytest.skip(f"{name} is not there")
    return import_module(name)


def lower(tree: x.Num) -> tuple[Program, int, int]:
    program = Program()
    low, high = IntervalLowering(Lowering(program)).steps(tree, step_of(tree), "half_up")
    return program, low, high


def expected_steps(tree: x.Num, rows: list[Row]) -> list[tuple[int, int]]:
    step = step_of(tree)
    ends = [Reference(row).interval(tree) for row in rows]
    return [(int(round_to(a, step, "half_up") / step), int(round_to(b, step, "half_up") / step)) for a, b in ends]


def columns_of(program: Program, rows: list[Row]) -> dict[str, pl.Series]:
    return {slot: pl.Series(slot, [row.get(slot) for row in rows], dtype=pl.Int64) for slot in program.slots}


@pytest.mark.parametrize(("file", "example"), list(examples()))
def test_numpy_agrees_with_the_exact_reference(file: ExampleFile, example: Example):
    numpy_engine = engine("kaiwu.rule.engine_numpy")
    tree = tree_of(file, example)
    rows = rows_of(file, example, tree)
    program, low, high = lower(tree)
    planes = numpy_engine.evaluate_numpy(program, [], [low, high], columns_of(program, rows))
    (lows, low_known), (highs, high_known) = planes.integers(low), planes.integers(high)
    assert low_known.all() and high_known.all()
    got = [(int(a), int(b)) for a, b in zip(lows, highs, strict=True)]
    assert got == expected_steps(tree, rows)


@pytest.mark.parametrize(("file", "example"), list(examples()))
def test_polars_agrees_with_the_exact_reference(file: ExampleFile, example: Example):
    polars_engine = engine("kaiwu.rule.engine_polars")
    tree = tree_of(file, example)
    rows = rows_of(file, example, tree)
    program, low, high = lower(tree)
    frame = pl.DataFrame(columns_of(program, rows))
    answers = polars_engine.evaluate_polars(program, [], [low, high], frame)
    got = list(zip(answers.integers[str(low)].to_list(), answers.integers[str(high)].to_list(), strict=True))
    assert got == expected_steps(tree, rows)


@pytest.mark.parametrize(("file", "example"), list(examples()))
def test_a_figure_that_arrives_later_keeps_the_amount_inside_the_interval(file: ExampleFile, example: Example):
    tree = tree_of(file, example)
    slots = x.slots_of(tree)
    rng = random.Random(example.name)
    for row in rows_of(file, example, tree):
        low, high = Reference(row).interval(tree)
        full = {
            name: row.get(name) if row.get(name) is not None else full_draw(rng, ref) for name, ref in slots.items()
        }
        exact = Reference({**row, **full}).interval(tree)
        assert exact[0] == exact[1]
        assert low <= exact[0] <= high


def full_draw(rng: random.Random, ref: x.Ref) -> int:
    return rng.choice([ref.variable.low, ref.variable.high, rng.randint(ref.variable.low, ref.variable.high)])


# -- completeness ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_every_mechanism_documents_exactly_the_keys_it_takes(mechanism: str):
    module = import_module(MECHANISMS[mechanism].partition(":")[0])
    taken = {*getattr(module, "REQUIRED", ()), *getattr(module, "OPTIONAL", ())}
    assert set(load(mechanism).keys) == taken


@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_every_mechanism_has_examples_of_its_own(mechanism: str):
    file = load(mechanism)
    assert file.mechanism == mechanism
    assert all(mechanism in str(example.spec) for example in file.examples)
    assert sum(len(example.cases) for example in file.examples) >= 4


@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_every_mechanism_is_one_file_that_says_what_it_is(mechanism: str):
    module = import_module(MECHANISMS[mechanism].partition(":")[0])
    assert load(mechanism).zh in (module.__doc__ or "")


def test_there_is_no_example_file_without_a_mechanism():
    folder = Path(load("tiers").document.name)  # only the name is kept; the folder stands beside the module
    files = {p.stem for p in (Path(import_module("kaiwu.rule.mechanism").__path__[0]) / "examples").iterdir()}
    assert folder.suffix == ".yaml" and files == set(MECHANISMS)


def test_the_page_of_mechanisms_is_made_from_the_examples():
    page = Path(__file__).parents[2] / "docs" / "mechanisms.md"
    assert page.read_text(encoding="utf-8") == describe_mechanisms() + "\n"


def test_a_table_of_the_greatest_length_is_computed_by_every_engine():
    file = load("cases")
    rows = [{"when": f"总投资 >= {n}00万元", "amount": f"{n}万元"} for n in range(MAX_ROWS, 0, -1)]
    context = file.context()
    tree = context.checker.value(expand({"cases": {"rows": rows}}, context, ()))
    facts = [file.row({"总投资": f"{n}50万元"}) for n in range(0, MAX_ROWS, 9)] + [file.row({})]
    program, low, high = lower(tree)
    columns = columns_of(program, facts)
    planes = engine("kaiwu.rule.engine_numpy").evaluate_numpy(program, [], [low, high], columns)
    answers = engine("kaiwu.rule.engine_polars").evaluate_polars(program, [], [low, high], pl.DataFrame(columns))
    expected = expected_steps(tree, facts)
    assert expected[1] == (9_000_000, 9_000_000) and expected[-1] == (0, 100_000_000)
    assert [int(n) for n in planes.integers(low)[0]] == [a for a, _ in expected] == answers.integers[str(low)].to_list()
    assert (
        [int(n) for n in planes.integers(high)[0]] == [b for _, b in expected] == answers.integers[str(high)].to_list()
    )
