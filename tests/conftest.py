"""Lets all tests share the small county, the PostgreSQL server and what benchmarks measure too."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
sys.path.append(str(Path(__file__).parents[1] / "bench"))

pytest_plugins = ["own_postgres"]
