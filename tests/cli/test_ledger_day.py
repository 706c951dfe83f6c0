"""A day of the book is a day in China, wherever the machine stands."""

from __future__ import annotations

import datetime as dt
import json
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from kaiwu.cli.main import main
from kaiwu.ledger import SqliteBook, chart

FUND = chart.Fund("专项资金", 2025)
EARLY = dt.datetime(2025, 3, 26, 7, 30)  # in China; in UTC it is still the 25th


@pytest.mark.parametrize("zone", ["UTC", "Asia/Shanghai", "Pacific/Kiritimati", "America/Los_Angeles"])
def test_a_statement_does_not_depend_on_the_zone_of_the_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, zone: str
) -> None:
    (tmp_path / "kaiwu.toml").write_text('[workspace]\npacks = ["demo"]\n', encoding="utf-8")
    SqliteBook(tmp_path / "state.db").apply(chart.appropriate("a", FUND, 100), EARLY)
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        counts = [
            len(json.loads(CliRunner().invoke(main, [*words, "-w", str(tmp_path), "--json"]).stdout))
            for words in (
                ("ledger", "statement", FUND.available.id, "--until", "2025-03-25"),
                ("ledger", "statement", FUND.available.id, "--until", "2025-03-26"),
                ("ledger", "statement", FUND.available.id, "--since", "2025-03-26"),
                ("ledger", "statement", FUND.available.id, "--since", "2025-03-27"),
            )
        ]
    finally:
        monkeypatch.undo()
        time.tzset()
    assert counts == [0, 1, 1, 0]
