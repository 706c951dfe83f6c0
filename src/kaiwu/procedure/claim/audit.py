"""Claims against the log (申报与存证核对): every stored event is the one that its leaf commits to, and none is missing.

Owns this comparison. The ledger derives its own balances again (``kaiwu.ledger.audit``), and the log is compared with the book
leaf by leaf (``kaiwu.ledger.log``); only who holds the salts can open what the leaves of claims say.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing

from kaiwu.ledger.log import commit, commitment_leaf, derive_salt
from kaiwu.procedure.claim.desk import BUSY_SECONDS, LEAF_KIND
from kaiwu.procedure.witness import Witness
from kaiwu.quantity import KaiwuError, Problem

_TABLES = "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name IN ('log_leaf', 'claim_event')"
_EVENTS = (
    "SELECT e.claim, c.programme, e.number, e.kind, e.day, e.body, l.seq, l.body FROM claim_event e "
    "LEFT JOIN claim c ON c.number = e.claim LEFT JOIN log_leaf l ON l.seq = e.leaf AND l.kind = ? ORDER BY e.leaf, e.claim, e.number"
)
_LOST = "SELECT l.seq, l.body FROM log_leaf l LEFT JOIN claim_event e ON e.leaf = l.seq WHERE l.kind = ? AND e.leaf IS NULL ORDER BY l.seq"
_STRAY = (
    "SELECT c.number FROM claim c LEFT JOIN claim_event e ON e.claim = c.number WHERE e.claim IS NULL ORDER BY c.number"
)


def audit_claims(witness: Witness) -> Problem | None:
    """The first event of a claim that is not what the log says, or None.

    Raises ``KaiwuError`` ``CL-STATE`` where the store cannot be read.
    """
    try:
        with closing(sqlite3.connect(witness.state, timeout=BUSY_SECONDS, isolation_level=None)) as connection:
            connection.execute("BEGIN")
            if connection.execute(_TABLES).fetchone() != (2,):
                return None  # nothing was ever filed here
            return next(_find_differences(connection, witness.secret), None)
    except sqlite3.DatabaseError as error:
        zh, en = (
            f"申报库不能读({error}); 请从备份恢复",
            f"the store of claims cannot be read ({error}): restore a backup",
        )
        raise KaiwuError(Problem("CL-STATE", zh, en, where=str(witness.state))) from error


def _find_differences(connection: sqlite3.Connection, secret: bytes) -> Iterator[Problem]:
    for claim, programme, number, kind, day, body, seq, leaf in connection.execute(_EVENTS, (LEAF_KIND,)):
        salt = derive_salt(secret, f"{claim}/{number}")
        facts = {"claim": claim, "programme": programme, "event": number, "step": kind, "day": day}
        said = commitment_leaf(commit(salt, bytes(body)), **facts)
        if seq is None or bytes(leaf) != said:
            yield Problem(
                "CL-AUDIT",
                "申报库里的这一步与存证日志不符: 事后被改动、插入, 或盐值不是原来的; 请从备份恢复并查明",
                "this step is not what the log says: it was altered or put in later, or the salts are others: restore a backup and find out",
                where=f"{claim}/{number}",
            )  # fmt: skip
    for seq, body in connection.execute(_LOST, (LEAF_KIND,)):
        told = json.loads(bytes(body))
        yield Problem(
            "CL-AUDIT-GONE",
            f"存证日志第 {seq} 条所记的一步不在申报库里: 被删除; 请从备份恢复",
            f"the step of leaf {seq} is not in the store of claims: it was taken out; restore a backup",
            where=f"{told.get('claim')}/{told.get('event')}",
        )
    for (claim,) in connection.execute(_STRAY):
        yield Problem("CL-AUDIT", "申报没有任何一步", "the claim has no step at all", where=claim)
