"""Cap by what the firm contributes (地方贡献封顶), with clauses that are exempt.

Owns the exemption: exempt clauses neither use the cap up nor are cut by it.
"""

from __future__ import annotations

from dataclasses import replace

from kaiwu.benefit.settlement.reader import TERM_KEYS, StepReader
from kaiwu.benefit.settlement.step.cap import CAP_KEYS, Cap, read_cap
from kaiwu.benefit.settlement.term import Term
from kaiwu.figure.entry import Entry

TITLE = ("贡献封顶", "cap by contribution")


def read(reader: StepReader, entry: Entry, term: Term) -> Cap:
    """``{step: contribution_cap, of: 地方贡献, rate: 100%, exempt: [B2]}``: the cap is never below zero."""
    entry.check_keys((*TERM_KEYS, *CAP_KEYS, "exempt"))
    exempt = reader.clauses(entry, "exempt")
    counted = tuple(c for c in (term.clauses or reader.clause_ids) if c not in exempt)
    if not counted:
        entry.complain(
            "BS-EXEMPT", "所有条款都豁免, 这一步没有意义", "every clause is exempt: the step means nothing", "exempt"
        )
    return read_cap(reader, entry, replace(term, clauses=counted), ("firm", "year"), "same")
