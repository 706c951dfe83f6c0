"""A PostgreSQL server of the tests' own: made with initdb, reached by a Unix socket, thrown away afterwards."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

USER = "kaiwu_test"
REQUIRED = "KAIWU_REQUIRE_POSTGRES"  # set to 1 where a missing server is a failure


def find_binaries() -> Path | None:
    """The folder of the newest server on this machine."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    homes = [p for p in Path("/usr/lib/postgresql").glob("*/bin") if (p / "initdb").exists()]
    return max(homes, key=lambda p: int(p.parent.name) if p.parent.name.isdigit() else 0, default=None)


def _give_up(reason: str) -> None:
    if os.environ.get(REQUIRED) == "1":
        pytest.fail(f"PostgreSQL is required ({REQUIRED}=1) but {reason}", pytrace=False)
    pytest.skip(f"no PostgreSQL: {reason}; install the server package, set {REQUIRED}=1 to make this a failure")


def _as_server_user(command: list[str | Path]) -> None:
    """PostgreSQL refuses to run as root; root runs it as the user ``postgres``."""
    user = "postgres" if os.geteuid() == 0 else None
    done = subprocess.run(
        list(map(str, command)), cwd="/", user=user, group=user, extra_groups=[] if user else None,
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    if done.returncode:
        _give_up(f"{Path(command[0]).name} failed: {done.stderr.strip() or done.stdout.strip()}")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Any]:
    """A connection to a fresh cluster; skips visibly where there is no server, fails where one is required."""
    try:
        import psycopg
    except ImportError:
        _give_up("psycopg is not installed (extra sql)")
    binaries = find_binaries()
    if binaries is None:
        _give_up("initdb was found neither on the PATH nor in /usr/lib/postgresql/*/bin")
    assert binaries is not None
    # The socket's path may have 107 bytes at most, and the server's user must reach it: not pytest's own folder.
    home = Path(tempfile.mkdtemp(prefix="kaiwu-pg-"))
    try:
        if os.geteuid() == 0:
            try:
                account = pwd.getpwnam("postgres")
            except KeyError:
                _give_up("there is no user postgres to run it as")
            os.chown(home, account.pw_uid, account.pw_gid)
        port = 20_000 + secrets.randbelow(40_000)
        data = home / "data"
        _as_server_user(
            [binaries / "initdb", "-D", data, "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
        )
        options = f"-c listen_addresses='' -c unix_socket_directories={home} -c port={port} -c fsync=off"
        _as_server_user([binaries / "pg_ctl", "-D", data, "-w", "-l", home / "log", "-o", options, "start"])
        try:
            with psycopg.connect(host=str(home), port=port, user=USER, dbname="postgres") as connection:
                yield connection
        finally:
            _as_server_user([binaries / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop"])
    finally:
        shutil.rmtree(home, ignore_errors=True)
