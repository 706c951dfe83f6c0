"""One run of the small county with a signed change of class, written once for all tests of reports."""

from __future__ import annotations

import pytest

from kaiwu.procedure import Run, Workspace
from kaiwu.report import write_run
from kaiwu.report.site import Site
from small_county import CHANGE, make_county, run_county


@pytest.fixture(scope="session")
def county(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return make_county(tmp_path_factory.mktemp("county"), changes=CHANGE)


@pytest.fixture(scope="session")
def run(county: Workspace) -> Run:
    done = run_county(county)
    write_run(county, done)
    return done


@pytest.fixture(scope="session")
def site(county: Workspace, run: Run) -> Site:
    site = Site(county)
    site.warm([run])
    return site
