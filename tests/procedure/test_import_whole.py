"""An import that fails at its last step leaves nothing behind."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from kaiwu.figure import make_figures
from kaiwu.pack import builtin_packs
from kaiwu.procedure import open_workspace
from kaiwu.procedure.intake import import_files
from kaiwu.quantity import KaiwuError

FIGURE = {"entity": "D01", "variable": "demo_sales", "period": "2023", "value": 1, "scope": "legal_entity", "source": "统计",
          "status": "final", "standing": "attested", "synthetic": True}  # fmt: skip


def test_figures_that_the_store_refuses_bring_no_entities_either(tmp_path: Path) -> None:
    (tmp_path / "kaiwu.toml").write_text('[workspace]\npacks = ["demo"]\nsynthetic = true\n', encoding="utf-8")
    workspace = open_workspace(tmp_path)
    workspace.figures.append(make_figures([FIGURE]), dt.date(2025, 6, 1), "后来的一批")
    sheet = builtin_packs() / "demo" / "facts" / "demo_year_2024.csv"
    with pytest.raises(KaiwuError, match="F-STORE-DAY"):
        import_files(workspace, [sheet], known_at=dt.date(2025, 4, 1))
    assert not (tmp_path / "register").exists()
    assert import_files(open_workspace(tmp_path), [sheet], known_at=dt.date(2025, 6, 1)).entities > 0
