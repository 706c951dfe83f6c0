"""Lets the tests of the ledger share their books and the PostgreSQL server of the tests."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "rule"))

from postgres import postgres  # noqa: F401  (the tests' own server)
from shelf import book, shelf  # noqa: F401
