"""The same tests elsewhere: on a PostgreSQL server of the tests' own, and with the network cut."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from own_process import clean, run_kaiwu, run_python
from small_site import PASSWORD, make_site_folder
from test_serve import LOOK, MAKE

pytest.importorskip("django", reason="the platform needs the extra web")

HERE = Path(__file__).parent
SUITE = [
    "test_account.py", "test_case.py", "test_evaluation.py", "test_input.py", "test_job.py", "test_login.py", "test_scope.py",
]  # fmt: skip
"""What touches the database in every way; browsers and processes of their own are left out."""
CUT = ["test_login.py", "test_scope.py", "test_case.py", "test_evaluation.py"]


def run_suite(files, *before, **environment):
    """The tests of these files in a process of its own; their last lines."""
    paths = [str(HERE / name) for name in files if (HERE / name).is_file()]
    command = [*before, sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-x", "--show-capture=no", *paths]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=600, env=clean(**environment), cwd=HERE.parents[1]
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]
    return done.stdout.splitlines()[-1]


@pytest.fixture
def fresh(postgres):
    """The settings of a new database on the tests' own server."""
    name = f"kaiwu_{secrets.token_hex(4)}"
    postgres.rollback()  # another test may have left a transaction open
    postgres.autocommit = True
    postgres.execute(f"CREATE DATABASE {name}")
    told = postgres.info
    return {"KAIWU_DATABASE_URL": f"postgresql://{told.user}@/{name}", "PGHOST": told.host, "PGPORT": str(told.port)}


@pytest.mark.postgres
@pytest.mark.slow
def test_the_platform_stands_on_postgresql_too(fresh):
    last = run_suite(SUITE, **fresh)
    assert "passed" in last
    assert "skipped" not in last


@pytest.mark.postgres
@pytest.mark.slow
def test_a_site_moves_to_postgresql_and_back(fresh, tmp_path):
    site, rows, again = (tmp_path / name for name in ("site", "rows", "again"))
    site.mkdir()
    make_site_folder(site)
    run_python(MAKE, site)
    before = json.loads(run_python(LOOK, site, PASSWORD))
    for words, place in (
        (("backup", site, rows, "--rows"), {}), (("restore", rows, tmp_path / "moved"), fresh),
        (("backup", tmp_path / "moved", again), fresh), (("restore", again, tmp_path / "back"), {}),
    ):  # fmt: skip
        done = run_kaiwu(*words, **place)
        assert done.returncode == 0, done.stderr
    assert json.loads(run_python(LOOK, tmp_path / "moved", PASSWORD, **fresh)) == {**before, "sessions": 0}
    assert json.loads(run_python(LOOK, tmp_path / "back", PASSWORD)) == {**before, "sessions": 0}


@pytest.mark.slow
def test_the_platform_stands_with_the_network_cut():
    """In a name space of its own in which only the loopback is up."""
    unshare = shutil.which("unshare")
    if unshare is None or shutil.which("ip") is None:
        pytest.skip("no unshare or ip on this machine")
    names = [] if os.geteuid() == 0 else ["--map-root-user"]
    inside = [unshare, *names, "-n", "sh", "-c", 'ip link set lo up && exec "$@"', "sh"]
    if subprocess.run([*inside, "true"], capture_output=True, check=False).returncode:
        pytest.skip("name spaces are not permitted here")
    refused = "import socket; socket.create_connection(('192.0.2.1', 80), 2)"
    assert subprocess.run([*inside, sys.executable, "-c", refused], capture_output=True, check=False).returncode
    assert "passed" in run_suite(CUT, *inside)
