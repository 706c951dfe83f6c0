"""Lets the tests of rules share their strategies."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
