"""Clauses (条款) and what they grant: conditions, vetoes, findings, amounts as [lowest, highest].

Owns one clause for one entity. Settlement between clauses (就高不重复, pots, instalments) stands above it.
"""

from kaiwu.benefit.clause import Clause, ClauseBook
from kaiwu.benefit.loader import load
from kaiwu.benefit.scheme import ClauseScheme

__all__ = ["Clause", "ClauseBook", "ClauseScheme", "load"]
