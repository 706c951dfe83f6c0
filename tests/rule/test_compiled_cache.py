"""The cache of a compiled pack: loads to the same program, and is refused when stale, damaged or foreign."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from explain_district import CHECKER
from hypothesis import HealthCheck, given, settings
from node_meaning import Nodes, programs

from kaiwu.quantity import KaiwuError
from kaiwu.rule import compiled
from kaiwu.rule.compiled import CompiledProgram, compile_program, load_program, save_program
from kaiwu.rule.engine_numpy import evaluate_numpy
from kaiwu.rule.lower import Lowering
from kaiwu.rule.program import Op, Program

WIDE = "营业收入 * 研发费用 >= 营业收入 * 999999999999元"


def small_program() -> tuple[Program, list[int]]:
    program = Program()
    lowering = Lowering(program)
    texts = [WIDE, "亩均评价 in (A, C) 且 有研发机构", "研发费用 / 营业收入 >= 3%"]
    return program, [lowering.condition(CHECKER.condition(text)) for text in texts]


def same(a: CompiledProgram, b: CompiledProgram) -> bool:
    arrays = ("op", "a", "b", "c", "low", "high", "human", "is_wide", "needs_wide", "level", "constants")
    plain = ("slots", "sets", "wide_constants", "wide_bounds")
    return all(np.array_equal(getattr(a, name), getattr(b, name)) for name in arrays) and all(
        getattr(a, name) == getattr(b, name) for name in plain
    )


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(programs())
def test_a_program_comes_back_as_it_was(tmp_path_factory: pytest.TempPathFactory, nodes: Nodes) -> None:
    path = tmp_path_factory.mktemp("cache") / "pack.npz"
    flat = compile_program(nodes.program)
    save_program(path, nodes.program, {"规则": nodes.truths, "amounts": nodes.integers}, "digest")
    loaded, roots = load_program(path, "digest")
    assert same(loaded, flat)
    assert {name: found.tolist() for name, found in roots.items()} == {"规则": nodes.truths, "amounts": nodes.integers}
    again = loaded.restore()
    for name in ("op", "a", "b", "c", "low", "high", "human", "constants", "slots", "sets"):
        assert getattr(again, name) == getattr(nodes.program, name), name


def test_a_loaded_program_decides_like_the_one_that_was_saved(tmp_path: Path) -> None:
    program, roots = small_program()
    save_program(tmp_path / "p", program, {"rules": roots})
    loaded, named = load_program(tmp_path / "p")
    columns = {
        name: pl.Series(name, [None, 0, 1, 3, 10**12][: 2 if name in ("grade", "organised") else 5])
        for name in program.slots
    }
    columns = {name: column.extend_constant(1, 5 - len(column)) for name, column in columns.items()}
    before, after = evaluate_numpy(program, roots, [], columns), evaluate_numpy(loaded, named["rules"], [], columns)
    assert [before.outcome(r).tolist() for r in roots] == [after.outcome(r).tolist() for r in roots]


def test_a_cache_of_another_pack_or_engine_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program, roots = small_program()
    save_program(tmp_path / "p", program, {"rules": roots}, "one")
    for attempt in ("two", ""):
        with pytest.raises(KaiwuError) as caught:
            load_program(tmp_path / "p", attempt)
        assert caught.value.problems[0].code == "R-CACHE"
    monkeypatch.setattr(compiled, "FORMAT", "kaiwu-program-next")
    with pytest.raises(KaiwuError):
        load_program(tmp_path / "p", "one")


@pytest.mark.parametrize("keep", [0, 1, 100, 0.5, 0.99])
def test_a_damaged_cache_is_refused_and_says_what_to_do(tmp_path: Path, keep: float) -> None:
    program, roots = small_program()
    save_program(tmp_path / "p", program, {"rules": roots})
    raw = (tmp_path / "p").read_bytes()
    (tmp_path / "p").write_bytes(raw[: int(keep if keep >= 1 or keep == 0 else keep * len(raw))])
    with pytest.raises(KaiwuError) as caught:
        load_program(tmp_path / "p")
    problem = caught.value.problems[0]
    assert problem.code == "R-CACHE"
    assert str(tmp_path) in problem.where and "compile it again" in problem.en.replace(
        "compile again", "compile it again"
    )


def test_a_cache_that_cannot_be_written_leaves_the_old_one(tmp_path: Path) -> None:
    program, roots = small_program()
    save_program(tmp_path / "p", program, {"rules": roots})
    before = (tmp_path / "p").read_bytes()
    with pytest.raises(ValueError, match="invalid literal"):
        save_program(tmp_path / "p", program, {"rules": ["x"]})  # type: ignore[list-item]
    assert (tmp_path / "p").read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["p"]


def test_where_no_cache_is_nothing_is_guessed(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        load_program(tmp_path / "none")


def test_widths_are_settled_when_compiled() -> None:
    program, roots = small_program()
    flat = compile_program(program)
    wide = [Op(op).name for op, is_wide in zip(flat.op, flat.is_wide, strict=True) if is_wide]
    assert "MUL" in wide
    assert flat.needs_wide[roots[0]]
    assert not flat.is_wide[roots[0]]
    assert not flat.needs_wide[roots[1]]


def test_a_hundred_thousand_nodes_load_in_a_blink(tmp_path: Path) -> None:
    program = Program()
    slot = program.slot("a", 0, 10**9)
    roots = [program.compare(Op.LT, program.const(k), slot) for k in range(50_000)]
    save_program(tmp_path / "p", program, {"rules": roots})
    start = time.perf_counter()
    loaded, _ = load_program(tmp_path / "p")
    assert time.perf_counter() - start < 1
    assert len(loaded) == len(program)
