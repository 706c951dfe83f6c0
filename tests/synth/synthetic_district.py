"""What the tests of the synthetic district share: names, a day, and what an import left."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from kaiwu.procedure import Workspace
from kaiwu.procedure.intake import Taken
from kaiwu.synth import District, Written

PACK = "xiaoshan"
POLICIES = ("national", "reference/hz14", "reference/dq", "reference/wg")
"""A few policy packs: with all of them every test would wait for their rules to compile."""
KNOWN_AT = dt.date(2025, 6, 1)


@dataclass(frozen=True)
class Imported:
    """A written district that was taken in."""

    district: District
    written: Written
    workspace: Workspace
    taken: Taken


def list_inbox(folder: Path) -> list[Path]:
    """The files that departments sent."""
    return sorted((folder / "inbox").glob("*.xlsx"))
