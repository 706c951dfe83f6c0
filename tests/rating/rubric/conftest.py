"""Lets the tests of rubrics share their firms and the second opinion."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
