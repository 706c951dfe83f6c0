"""Lets the tests of the monthly operation share their table of firms."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
