"""Lets the tests of ratings share their small district."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
