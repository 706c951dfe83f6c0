"""A PostgreSQL server of one's own, for benchmarks and tests: made with initdb, reached by a Unix socket, thrown away."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

USER = "kaiwu_own"
DISK = "/var/tmp"  # a real disk: /tmp may be memory


def find_binaries() -> Path | None:
    """The folder of the newest server on this machine."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    homes = [p for p in Path("/usr/lib/postgresql").glob("*/bin") if (p / "initdb").exists()]
    return max(homes, key=lambda p: int(p.parent.name) if p.parent.name.isdigit() else 0, default=None)


@contextmanager
def postgres_server(*settings: str, is_durable: bool = True) -> Iterator[str]:
    """Start a server; yields its address. One that is not durable writes nothing through and may lie in memory.

    Raises ``RuntimeError`` with the reason where there can be none.
    """
    binaries = find_binaries()
    if binaries is None:
        raise RuntimeError("initdb was found neither on the PATH nor in /usr/lib/postgresql/*/bin")
    # The socket's path may have 107 bytes at most, and the server's user must reach it.
    home = Path(tempfile.mkdtemp(prefix="kaiwu-pg-", dir=DISK if is_durable else None))
    port, data = 20_000 + secrets.randbelow(40_000), home / "data"
    options = [f"unix_socket_directories={home}", f"port={port}", *settings, *([] if is_durable else ["fsync=off"])]
    line = "-c listen_addresses='' " + " ".join(f"-c {option}" for option in options)
    sync = [] if is_durable else ["--no-sync"]
    try:
        _hand_over(home)
        _run(binaries / "initdb", "-D", data, "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C", *sync)
        _run(binaries / "pg_ctl", "-D", data, "-w", "-l", home / "log", "-o", line, "start")
        try:
            yield f"host={home} port={port} user={USER} dbname=postgres"
        finally:
            _run(binaries / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _hand_over(home: Path) -> None:
    if os.geteuid() != 0:
        return
    try:
        account = pwd.getpwnam("postgres")
    except KeyError:
        raise RuntimeError("there is no user postgres to run it as") from None
    os.chown(home, account.pw_uid, account.pw_gid)


def _run(*command: object) -> None:
    """PostgreSQL refuses to run as root; root runs it as the user ``postgres``."""
    user = "postgres" if os.geteuid() == 0 else None
    done = subprocess.run(
        [str(c) for c in command], cwd="/", user=user, group=user, extra_groups=[] if user else None,
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed: {done.stderr.strip() or done.stdout.strip()}")
