"""The year of vouchers of a small synthetic district, played once for all tests of the folder."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from voucher_play import Played, play_year, write_year

from kaiwu.report.site import Site


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    folder = tmp_path_factory.mktemp("voucher") / "district"
    return play_year(folder, write_year(folder))


@pytest.fixture(scope="session")
def money_site(played: Played) -> Site:
    return Site(played.workspace)
