"""Lets the tests of allotment share their small grid."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
