"""What goes into the engines and what comes out: columns, blocks of rows, threads, errors."""

from __future__ import annotations

from collections.abc import Callable
from unittest.mock import patch

import numpy as np
import polars as pl
import pytest
from explain_district import CHECKER

from kaiwu.quantity import KaiwuError
from kaiwu.rule.engine_numpy import Block, count_numpy, evaluate_numpy, visit_numpy
from kaiwu.rule.engine_polars import evaluate_polars, expressions
from kaiwu.rule.interval import IntervalLowering
from kaiwu.rule.lower import Lowering
from kaiwu.rule.outcome import Outcome
from kaiwu.rule.program import Op, Program

TEXTS = [
    "营业收入 >= 1000万元 或 股权融资 >= 2000万元",
    "研发费用 / 营业收入 >= 3%",
    "亩均评价 in (A, C) 且 非 重大事故",
    "有研发机构 且 营业收入 > 5元",
    "近三年复合增长 营业收入 >= 10%",
    "营业收入 * 研发费用 >= 利润总额 * 利润总额",
    "亩均税收 >= 30万元/亩",
]
Outcomes = Callable[[Program, list[int], pl.DataFrame], list[list[int]]]


def compile_rules(texts: list[str]) -> tuple[Program, list[int]]:
    program = Program()
    lowering = Lowering(program)
    return program, [lowering.condition(CHECKER.condition(text)) for text in texts]


def draw_frame(program: Program, rows: int, seed: int = 1) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    columns = []
    for node in range(len(program)):
        if program.op[node] == Op.SLOT:
            low, high = program.low[node], min(program.high[node], 5 * 10**9)
            values = pl.Series(program.slots[program.a[node]], rng.integers(low, high, rows, endpoint=True))
            columns.append(values.set(pl.Series(rng.random(rows) < 0.3), None))
    return pl.DataFrame(columns)


def by_numpy(program: Program, roots: list[int], frame: pl.DataFrame) -> list[list[int]]:
    planes = evaluate_numpy(program, roots, [], {name: frame[name] for name in frame.columns})
    return [planes.outcome(root).tolist() for root in roots]


def by_polars(program: Program, roots: list[int], frame: pl.DataFrame) -> list[list[int]]:
    answers = evaluate_polars(program, roots, [], frame)
    return [answers.outcome(root).to_list() for root in roots]


ENGINES = pytest.mark.parametrize("engine", [by_numpy, by_polars])


@pytest.mark.parametrize("rows", [1, 63, 64, 65, 1003])
def test_rows_are_cut_into_blocks_and_come_back_in_order(rows: int) -> None:
    program, roots = compile_rules(TEXTS)
    frame = draw_frame(program, rows)
    expected = by_polars(program, roots, frame)
    assert by_numpy(program, roots, frame) == expected
    with patch("kaiwu.rule.engine_numpy.MAX_WORDS", 1), patch("kaiwu.rule.engine_numpy.CHUNK", 2):
        assert by_numpy(program, roots, frame) == expected


def test_counts_and_blocks_are_the_same_answers() -> None:
    program, roots = compile_rules(TEXTS)
    roots = [*roots, roots[0]]
    columns = dict(draw_frame(program, 5000).to_dict())
    planes = evaluate_numpy(program, roots, [], columns)
    expected = np.stack([np.bincount(planes.outcome(root), minlength=4) for root in roots])
    seen = np.full((len(roots), 5000), 9, np.uint8)

    def consume(block: Block) -> None:
        found = block.outcomes()
        span = (slice(block.first, block.first + len(found)), slice(block.start, block.stop))
        assert (seen[span] == 9).all(), "a decision was handed out twice"
        seen[span] = found

    with patch("kaiwu.rule.engine_numpy.MAX_WORDS", 8), patch("kaiwu.rule.engine_numpy.CHUNK", 3):
        assert (count_numpy(program, roots, columns, threads=3) == expected).all()
        assert visit_numpy(program, roots, columns, consume, threads=3) == 5000
    assert all((row == planes.outcome(root)).all() for root, row in zip(roots, seen, strict=True))
    assert (planes.counts().sum(axis=1) == 5000).all()


def test_an_error_in_a_consumer_reaches_the_caller() -> None:
    program, roots = compile_rules(TEXTS)

    def fail(block: Block) -> None:
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        visit_numpy(program, roots, dict(draw_frame(program, 5000).to_dict()), fail, threads=2)


@ENGINES
def test_other_integers_booleans_and_empty_columns_are_read(engine: Outcomes) -> None:
    program, roots = compile_rules(["重大事故 或 亩均评价 = B", "营业收入 > 1元"])
    frame = pl.DataFrame(
        {
            "accident": pl.Series([True, False, None], dtype=pl.Boolean),
            "grade": pl.Series([0, 1, 2], dtype=pl.UInt8),
            "revenue": pl.Series([None, None, None], dtype=pl.Null),
        }
    )
    assert engine(program, roots, frame) == [[1, 1, 2], [2, 2, 2]]


@ENGINES
def test_a_constant_rule_answers_for_every_row(engine: Outcomes) -> None:
    program = Program()
    slot = program.slot("a", 0, 9)
    roots = [program.truth(True), program.truth(False), program.needs_human(), program.is_known(slot)]
    frame = pl.DataFrame({"a": [1, None, 3]})
    assert engine(program, roots, frame) == [[1] * 3, [0] * 3, [3] * 3, [1, 0, 1]]


@ENGINES
def test_no_rows_give_no_answers(engine: Outcomes) -> None:
    program, roots = compile_rules(TEXTS)
    assert engine(program, roots, draw_frame(program, 0)) == [[] for _ in roots]


@ENGINES
def test_a_column_that_is_not_there_is_named(engine: Outcomes) -> None:
    program, roots = compile_rules(TEXTS)
    with pytest.raises(KaiwuError) as caught:
        engine(program, roots, draw_frame(program, 3).drop("rd"))
    assert (caught.value.problems[0].code, caught.value.problems[0].where) == ("R-COLUMN", "column 'rd'")


@ENGINES
@pytest.mark.parametrize("column", [pl.Series([1.0, 2.0]), pl.Series(["1", "2"])])
def test_a_float_or_a_text_never_decides(engine: Outcomes, column: pl.Series) -> None:
    program, roots = compile_rules(["营业收入 > 1元"])
    with pytest.raises(KaiwuError) as caught:
        engine(program, roots, pl.DataFrame([column.alias("revenue")]))
    assert caught.value.problems[0].code == "R-COLUMN"


@ENGINES
@pytest.mark.parametrize("value", [-1, 10**15 + 1, 2**62])
def test_a_value_beyond_its_declared_bounds_is_refused_before_it_is_multiplied(engine: Outcomes, value: int) -> None:
    program, roots = compile_rules(["研发费用 / 营业收入 >= 3%"])
    frame = pl.DataFrame({"rd": [1, 2, None], "revenue": [3, value, None]})
    with pytest.raises(KaiwuError) as caught:
        engine(program, roots, frame)
    problem = caught.value.problems[0]
    assert (problem.code, problem.where) == ("R-BOUND", "column 'revenue'")
    assert str(value) in problem.zh and str(value) in problem.en


def test_columns_of_different_length_are_refused() -> None:
    program, roots = compile_rules(["研发费用 > 营业收入"])
    with pytest.raises(KaiwuError, match="differ in length"):
        evaluate_numpy(program, roots, [], {"rd": pl.Series([1, 2]), "revenue": pl.Series([1])})


def test_a_lazy_frame_gives_the_answers_of_the_frame() -> None:
    program, roots = compile_rules(TEXTS)
    frame = draw_frame(program, 500)
    lazy = evaluate_polars(program, roots, [], frame.lazy())
    assert lazy.outcomes().equals(evaluate_polars(program, roots, [], frame).outcomes())


def test_a_rule_that_rests_on_figures_alone_has_no_second_column() -> None:
    program, roots = compile_rules(TEXTS)
    answers = evaluate_polars(program, roots, [], draw_frame(program, 10))
    assert str(roots[0]) not in answers.human.columns
    assert str(roots[3]) in answers.human.columns
    assert answers.truth.dtypes == [pl.Boolean] * len(roots)


def test_single_rules_are_plain_expressions() -> None:
    program, roots = compile_rules(TEXTS)
    frame = draw_frame(program, 50)
    answers = evaluate_polars(program, roots, [], frame)
    for root, (known, human) in expressions(program, roots).items():
        assert frame.select(known).to_series().equals(answers.truth[str(root)], check_names=False)
        assert (human is not None) == (str(root) in answers.human.columns)


def test_amounts_wider_than_64_bits_come_out_whole() -> None:
    program = Program()
    amounts = IntervalLowering(Lowering(program))
    low, high = amounts.steps(CHECKER.value("营业收入 * 99999999999999999"), 1, "half_up")  # type: ignore[arg-type]
    revenue = [10**15, 1, 0]
    planes = evaluate_numpy(program, [], [low, high], {"revenue": pl.Series(revenue)})
    answers = evaluate_polars(program, [], [low, high], pl.DataFrame({"revenue": revenue}))
    wanted = [v * 99999999999999999 for v in revenue]
    assert planes.integers(low)[0].tolist() == wanted
    assert answers.integers[str(high)].to_list() == wanted


def test_the_codes_are_those_of_outcome() -> None:
    program, roots = compile_rules(["有研发机构 且 营业收入 > 5元"])
    frame = pl.DataFrame({"organised": [1, 1, 1, None], "revenue": [0, 501, None, 501]})
    wanted = [[Outcome.FAIL, Outcome.PASS, Outcome.MISSING, Outcome.HUMAN]]
    assert by_numpy(program, roots, frame) == by_polars(program, roots, frame) == wanted
