"""Cap over the awards of all levels and programmes (各级合计封顶).

Owns its defaults: per matter, everything that any office paid for it counts.
"""

from __future__ import annotations

from kaiwu.benefit.settlement.reader import TERM_KEYS, StepReader
from kaiwu.benefit.settlement.step.cap import CAP_KEYS, Cap, read_cap
from kaiwu.benefit.settlement.term import Term
from kaiwu.figure.entry import Entry

TITLE = ("各级合计封顶", "cap over all levels")


def read(reader: StepReader, entry: Entry, term: Term) -> Cap:
    """``{step: all_level_cap, rate: 75%, of: basis, per: [firm, matter]}``."""
    entry.check_keys((*TERM_KEYS, *CAP_KEYS))
    return read_cap(reader, entry, term, ("firm", "matter"), "all")
