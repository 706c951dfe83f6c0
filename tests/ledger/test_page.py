"""The page about the ledger is complete."""

from __future__ import annotations

import ast
from pathlib import Path

from kaiwu.ledger import REFUSALS, chart

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "ledger.md").read_text(encoding="utf-8")


def test_the_page_lists_every_refusal_in_order_with_its_texts() -> None:
    rows = [line for line in PAGE.partition("## Refusals")[2].splitlines() if line.startswith("| `")]
    assert rows == [f"| `{code}` | {zh} | {en} |" for code, (zh, en) in REFUSALS.items()]


def test_the_page_names_every_step_of_the_chart() -> None:
    tree = ast.parse(Path(chart.__file__).read_text(encoding="utf-8"))
    steps = {
        n.name
        for n in tree.body
        if isinstance(n, ast.FunctionDef) and n.returns is not None and ast.unparse(n.returns) == "Command"
    }
    assert [name for name in steps if not name.startswith("_") and f"`{name}`" not in PAGE] == []
