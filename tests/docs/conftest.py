"""Lets the tests of the documentation share the one who follows it."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
