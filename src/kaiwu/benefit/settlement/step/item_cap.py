"""Cap of a claim, or of all claims of one item (单项封顶).

Owns its defaults: each claim by itself, earlier awards do not count.
"""

from __future__ import annotations

from kaiwu.benefit.settlement.reader import TERM_KEYS, StepReader
from kaiwu.benefit.settlement.step.cap import CAP_KEYS, Cap, read_cap
from kaiwu.benefit.settlement.term import Term
from kaiwu.figure.entry import Entry

TITLE = ("单项封顶", "cap of the item")


def read(reader: StepReader, entry: Entry, term: Term) -> Cap:
    """``{step: item_cap, amount: 100万元, per: [project]}``."""
    entry.check_keys((*TERM_KEYS, *CAP_KEYS))
    return read_cap(reader, entry, term, (), "none")
