"""A small synthetic district, written and imported once for all tests of the package."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from synthetic_district import KNOWN_AT, PACK, POLICIES, Imported, list_inbox

from kaiwu.procedure import open_workspace
from kaiwu.procedure.intake import import_files
from kaiwu.synth import Calibration, District, Written, make_district, open_calibration, write_workspace


@pytest.fixture(scope="session")
def calibration() -> Calibration:
    opened = open_calibration(PACK)
    return replace(opened, settings=replace(opened.settings, policies=POLICIES))


@pytest.fixture(scope="session")
def small(calibration: Calibration) -> District:
    return make_district(calibration, 150, 1)


@pytest.fixture(scope="session")
def middling(calibration: Calibration) -> District:
    return make_district(calibration, 2000, 1)


@pytest.fixture(scope="session")
def written(small: District, tmp_path_factory: pytest.TempPathFactory) -> Written:
    return write_workspace(small, tmp_path_factory.mktemp("synth") / "district", with_mistakes=True)


@pytest.fixture(scope="session")
def imported(small: District, written: Written) -> Imported:
    workspace = open_workspace(written.folder)
    taken = import_files(workspace, list_inbox(written.folder), known_at=KNOWN_AT)
    return Imported(small, written, workspace, taken)
