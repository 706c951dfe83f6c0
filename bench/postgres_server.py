"""A PostgreSQL server for a benchmark: made with initdb, durable (fsync on), reached by a Unix socket, thrown away."""

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

USER = "kaiwu_bench"


def find_binaries() -> Path | None:
    """The folder of the newest server on this machine."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    homes = [p for p in Path("/usr/lib/postgresql").glob("*/bin") if (p / "initdb").exists()]
    return max(homes, key=lambda p: int(p.parent.name) if p.parent.name.isdigit() else 0, default=None)


@contextmanager
def postgres_server(*settings: str) -> Iterator[str]:
    """Start a server with its default durability; yields its address. Raises ``RuntimeError`` where there is none."""
    binaries = find_binaries()
    if binaries is None:
        raise RuntimeError("initdb was not found")
    home = Path(tempfile.mkdtemp(prefix="kaiwu-bench-pg-", dir="/var/tmp"))  # a real disk: /tmp may be memory
    user = "postgres" if os.geteuid() == 0 else None
    if user:
        os.chown(home, pwd.getpwnam(user).pw_uid, pwd.getpwnam(user).pw_gid)

    def run(*command: object) -> None:
        subprocess.run([str(c) for c in command], cwd="/", user=user, group=user, check=True, capture_output=True)

    port, data = 20_000 + secrets.randbelow(40_000), home / "data"
    try:
        run(binaries / "initdb", "-D", data, "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C")
        options = [f"unix_socket_directories={home}", f"port={port}", "max_connections=100", *settings]
        line = "-c listen_addresses='' " + " ".join(f"-c {o}" for o in options)
        run(binaries / "pg_ctl", "-D", data, "-w", "-l", home / "log", "-o", line, "start")
        try:
            yield f"host={home} port={port} user={USER} dbname=postgres"
        finally:
            run(binaries / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(home, ignore_errors=True)
