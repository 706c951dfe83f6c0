"""Every kind of step, on its worked examples: the awards of their arithmetic, from both settlements."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib import import_module
from typing import Any

import polars as pl
import pytest

from kaiwu.benefit.settlement.example import Example, ExampleFile, read_examples
from kaiwu.benefit.settlement.reader import TERM_KEYS
from kaiwu.benefit.settlement.reference import Undeclared, settle_reference
from kaiwu.benefit.settlement.step import KINDS


@cache
def load(kind: str) -> ExampleFile:
    return read_examples(kind)


def examples() -> Iterator[Any]:
    for kind in KINDS:
        for example in load(kind).examples:
            yield pytest.param(example, id=f"{kind}: {example.name}")


@pytest.mark.parametrize("example", list(examples()))
def test_an_example_gives_the_awards_of_its_arithmetic(example: Example):
    settled = example.settle()
    assert {r["claim"]: (r["low"], r["high"]) for r in settled.awards.iter_rows(named=True)} == dict(example.expect)
    assert tuple(settled.asks["code"].unique(maintain_order=True)) == example.asks
    for claim, parts in example.instalments.items():
        assert tuple(settled.instalments.filter(pl.col("claim") == claim)["low"]) == parts
    assert dict(zip(settled.claw_backs["claim"], settled.claw_backs["returned"], strict=True)) == dict(example.returned)


@pytest.mark.parametrize("example", list(examples()))
def test_the_slow_reference_agrees_or_would_ask(example: Example):
    claims = example.claims
    if not (claims["low"] == claims["high"]).all():
        return
    try:
        paid = settle_reference(example.plan, claims.to_dicts(), example.prior.to_dicts(), example.left)
    except Undeclared:
        assert example.asks
        return
    assert {claim: (fen, fen) for claim, fen in paid.items()} == dict(example.expect)


@pytest.mark.parametrize("example", list(examples()))
def test_every_line_says_why_in_both_languages_and_names_its_article(example: Example):
    settled = example.settle()
    lines = settled.lines
    assert lines.height and (lines["article"] != "").all()
    for claim in example.expect:
        said = settled.explain(claim)
        assert all(line["zh"] and line["en"] for line in said)
        if not said:  # no step reaches it
            continue
        assert (said[-1]["after_low"], said[-1]["after_high"]) == example.expect[claim]


@pytest.mark.parametrize("kind", list(KINDS))
def test_every_key_of_a_step_is_explained(kind: str):
    module = import_module(KINDS[kind])
    source = module.__file__ or ""
    assert load(kind).step == kind
    assert set(load(kind).keys).isdisjoint(TERM_KEYS) and load(kind).examples, source
