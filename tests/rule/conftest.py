"""Lets the tests of rules share their strategies and their PostgreSQL server."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from postgres import postgres  # noqa: F401  (one server for all tests of rules)
