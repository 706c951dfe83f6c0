"""The worked example of docs/settlement.md says what the program says."""

from __future__ import annotations

import re
from pathlib import Path

from plan import make_claims, make_plan

from kaiwu.benefit.settlement import settle

PAGE = Path(__file__).parents[3] / "docs" / "settlement.md"


def test_the_lines_of_the_page_are_those_of_the_program():
    page = PAGE.read_text(encoding="utf-8")
    yaml = re.search(r"```yaml\nsettlement:\n(.*?)```", page, re.S)
    assert yaml is not None
    head, _, steps = yaml[1].partition("  steps:\n")
    plan = make_plan(re.sub(r"(?m)^\s+- ", "", steps), head=f"settlement:\n{head}  steps:\n")
    claims = make_claims(
        [{"claim": c, "entity": c, "amount": a} for c, a in (("甲", 1_500_000_000), ("乙", 100_000_000))]
    )
    lines = settle(plan, claims).lines.sort("claim", "number", descending=[True, False])
    said = [f"| {r['claim']} | {r['zh']} 〔{r['article']}〕 |" for r in lines.iter_rows(named=True)]
    assert re.findall(r"(?m)^\| [甲乙] \| .*$", page) == said
