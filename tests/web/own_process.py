"""Programs of the tests' own processes: a clean environment, the command ``kaiwu``, a few lines of Python."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

KAIWU = [sys.executable, "-c", "from kaiwu.cli.main import main; main()"]
SECRET = {"KAIWU_SECRET_KEY": "a session key of this test alone, with more than fifty characters and 7 digits 1234567"}
HERE = Path(__file__).parent


def clean(**more: str) -> dict[str, str]:
    """The environment without the site's own variables, and with these."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("KAIWU", "DJANGO"))}
    return kept | {"PYTHONPATH": os.pathsep.join([str(HERE), str(HERE.parent)])} | more


def run_kaiwu(*words: object, **environment: str) -> subprocess.CompletedProcess[str]:
    """A command, to its end."""
    command = [*KAIWU, *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, env=clean(**environment))


def run_python(program: str, *words: object, **environment: str) -> str:
    """What some lines of Python print; fails with their error."""
    command = [sys.executable, "-c", program, *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=900, env=clean(**environment))
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout
