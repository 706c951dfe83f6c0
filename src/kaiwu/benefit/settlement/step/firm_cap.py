"""Yearly or lifetime cap of a firm (单家企业封顶), or of any other key: a project, a consortium over three years.

Owns its defaults: firm and year, earlier awards under the same clauses count.
"""

from __future__ import annotations

from kaiwu.benefit.settlement.reader import TERM_KEYS, StepReader
from kaiwu.benefit.settlement.step.cap import CAP_KEYS, Cap, read_cap
from kaiwu.benefit.settlement.term import Term
from kaiwu.figure.entry import Entry

TITLE = ("单家企业封顶", "cap of the firm")


def read(reader: StepReader, entry: Entry, term: Term) -> Cap:
    """``{step: firm_cap, amount: 800万元, per: [firm, year]}``; lifetime: ``per: [firm]``; ``over: 3`` years."""
    entry.check_keys((*TERM_KEYS, *CAP_KEYS))
    return read_cap(reader, entry, term, ("firm", "year"), "same")
