"""The worked example of the documentation runs as it is printed, and every setting is on the page."""

from __future__ import annotations

import doctest
from pathlib import Path

import pytest

from kaiwu.rating.index.step import aggregate, impute, normalise, treat, weigh

PAGE = Path(__file__).parents[3] / "docs" / "index-method.md"


def test_the_ten_firms_and_the_ten_counties_run_as_printed() -> None:
    failed, tried = doctest.testfile(str(PAGE), module_relative=False, encoding="utf-8")
    assert tried >= 50
    assert failed == 0


@pytest.mark.parametrize("module", [impute, normalise, weigh, aggregate])
def test_every_way_stands_on_the_page(module: object) -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert [way for way in module.WAYS if way != "none" and f"`{way}`" not in text] == []  # type: ignore[attr-defined]
    assert [bend for bend in treat.BENDS if bend != "none" and f"`{bend}`" not in text] == []
