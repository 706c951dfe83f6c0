"""Settlement (兑付结算): from what each clause grants to what is paid, in the declared order, line by line.

Owns what stands between clauses: highest-not-sum, difference, either-or, caps over many claims, pots, rounding, instalments,
claw-back. Amounts of single clauses are ``kaiwu.benefit``; entries in books are ``kaiwu.ledger``.
"""

from kaiwu.benefit.settlement.claims import CLAIM_COLUMNS, PRIOR_COLUMNS, check_claims, check_prior
from kaiwu.benefit.settlement.declaration import Settlement
from kaiwu.benefit.settlement.loader import load_settlement
from kaiwu.benefit.settlement.pipeline import settle
from kaiwu.benefit.settlement.settled import Settled
from kaiwu.benefit.settlement.tally import Step
from kaiwu.benefit.settlement.term import Term

__all__ = [
    "CLAIM_COLUMNS", "PRIOR_COLUMNS", "Settled", "Settlement", "Step", "Term", "check_claims", "check_prior", "load_settlement", "settle",
]  # fmt: skip
