"""The ledger (账本): double entry in whole numbers of any unit, decided by one pure function, kept by three stores.

Owns accounts, transfers, commands, records and books. It does not know clauses, claims or settlement: who is paid
what is decided above; here it is paid once and within its pot.
"""

from kaiwu.ledger.account import Account, Balance, Limit
from kaiwu.ledger.audit import Difference
from kaiwu.ledger.book import Book, Line, Total
from kaiwu.ledger.command import Command, join_commands
from kaiwu.ledger.decide import Accepted, Answer, decide, is_accepted
from kaiwu.ledger.memory_book import MemoryBook
from kaiwu.ledger.record import Kind, Record, read_record
from kaiwu.ledger.refusal import REFUSALS, Refusal
from kaiwu.ledger.sqlite_book import SqliteBook
from kaiwu.ledger.state import HoldStage, State
from kaiwu.ledger.transfer import ALL, INT64_MAX, Action, Transfer

__all__ = [
    "ALL",
    "Accepted",
    "Account",
    "Action",
    "Answer",
    "Balance",
    "Book",
    "Command",
    "Difference",
    "HoldStage",
    "INT64_MAX",
    "Kind",
    "Limit",
    "Line",
    "MemoryBook",
    "Record",
    "REFUSALS",
    "Refusal",
    "SqliteBook",
    "State",
    "Total",
    "Transfer",
    "decide",
    "is_accepted",
    "join_commands",
    "read_record",
]
