"""Write the reference: ``python -m kaiwu.cli.reference docs/reference``."""

from __future__ import annotations

import sys
from pathlib import Path

from kaiwu.cli.reference import PAGES

folder = Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
for name, describe in PAGES.items():
    (folder / name).write_text(describe(), encoding="utf-8")
