"""The demo of counties tells of one county and hands over that county's page."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from kaiwu.cli import rate_demo
from kaiwu.rating.index import Direction, IndexModel, Node, Values, make_tree, parse_method
from kaiwu.table.document import parse_document

METHOD = parse_method(
    parse_document("""
method: demo
steps:
  - normalise: {by: min_max, within: league}
  - aggregate: {by: arithmetic}
  - rank: {decimals: 2, ties: min, within: league}
""")
)


@pytest.fixture
def demo(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """A workspace whose last run rated fourteen invented counties of one league."""
    draw = np.random.default_rng(4)
    tree = make_tree([
        Node("index", "指数", "index"), Node("firms", "企业数", "firms", "index", direction=Direction("higher"), unit="家", owner="经信部门"),
        Node("value", "增加值", "value", "index", direction=Direction("higher"), unit="亿元", owner="统计部门"),
    ])  # fmt: skip
    units = tuple(f"S{i:02d}" for i in range(14))
    values = Values(units, ("firms", "value"), draw.lognormal(2, 0.6, (14, 2)), groups={"league": ("县",) * 14})
    run = SimpleNamespace(record=SimpleNamespace(as_of=None, is_synthetic=True))
    head = SimpleNamespace(head=SimpleNamespace(zh="评价", en="rating"))
    monkeypatch.setattr(rate_demo, "find_evaluation", lambda _: (run, "x"))
    monkeypatch.setattr(rate_demo, "model_of_run", lambda *_, **__: IndexModel(tree, values, METHOD))
    monkeypatch.setattr(rate_demo, "book_of_run", lambda *_: head)
    return SimpleNamespace(folder=tmp_path, names=lambda _: {})


def test_the_page_handed_over_is_that_of_the_county_that_was_told_of(demo: Any) -> None:
    told: list[str] = []
    page = rate_demo.rank_counties_demo(demo, SimpleNamespace(say=lambda zh, _en: told.append(zh)))  # type: ignore[arg-type]
    text = page.read_text(encoding="utf-8")
    assert page.parent == demo.folder / "counties" and (page.parent / "index.html").is_file()
    assert any(page.stem in line for line in told) and page.stem in text
    assert any("名额 10" in line for line in told) and "统计数据" in text


def test_without_an_evaluation_the_demo_says_so(demo: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_demo, "find_evaluation", lambda _: None)
    with pytest.raises(rate_demo.KaiwuError, match="C-COUNTIES"):
        rate_demo.rank_counties_demo(demo)
