"""Claims (兑付): one claim's life from the filed contract to the money and, if need be, back; append-only events.

Owns cases, checks, approvals, notices and payments as steps. It does not own amounts (``kaiwu.benefit``), accounts
(``kaiwu.ledger``) or what a programme asks (``kaiwu.pack.programme``).
"""

from kaiwu.procedure.claim.advance import advance, next_steps
from kaiwu.procedure.claim.case import STATES, Award, Case, Line, State, apply, fold
from kaiwu.procedure.claim.check import run_checks
from kaiwu.procedure.claim.desk import Desk, Session
from kaiwu.procedure.claim.effect import QuestionEffect, measure_effect
from kaiwu.procedure.claim.event import LABELS, Event, EventKind
from kaiwu.procedure.claim.filing import Filing
from kaiwu.procedure.claim.finding import CheckReport, Coverage, Exhibit, Finding
from kaiwu.procedure.claim.invoice import Invoice, make_invoice
from kaiwu.procedure.claim.invoice_file import Evidence, keep_evidence, read_invoice_file
from kaiwu.procedure.claim.refusal import REFUSALS, Refusal
from kaiwu.procedure.claim.store import ClaimStore, SqliteClaimStore
from kaiwu.procedure.claim.surroundings import PaidRow, Party, Surroundings, hash_person

__all__ = [
    "LABELS", "REFUSALS", "STATES", "Award", "Case", "CheckReport", "ClaimStore", "Coverage", "Desk", "Event", "EventKind", "Evidence", "Exhibit",
    "Filing", "Finding", "Invoice", "Line", "PaidRow", "Party", "QuestionEffect", "Refusal", "Session", "SqliteClaimStore", "State", "Surroundings",
    "advance", "apply", "fold", "hash_person", "keep_evidence", "make_invoice", "measure_effect", "next_steps", "read_invoice_file", "run_checks",
]  # fmt: skip
