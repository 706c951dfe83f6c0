"""The tables (表) of a ledger in a database, and the triggers by which the database itself keeps them append-only.

Owns the SQL that creates them, for SQLite and PostgreSQL, in the portable subset: no JSON, no partial index, no CHECK.
What is derived and moves (balances, stages of holds, the head) is in three tables; all else may only be added to.
"""

from __future__ import annotations

# {bytes} is BLOB or BYTEA, {clustered} clusters a table by its key where the engine can.
TABLES = """
CREATE TABLE log_leaf (seq BIGINT PRIMARY KEY, kind TEXT NOT NULL, body {bytes} NOT NULL, digest {bytes} NOT NULL);
CREATE TABLE ledger_head (id INTEGER PRIMARY KEY, size BIGINT NOT NULL, digest {bytes} NOT NULL);
CREATE TABLE ledger_account (
  id TEXT PRIMARY KEY, no BIGINT NOT NULL UNIQUE, unit TEXT NOT NULL, bound TEXT NOT NULL, kind TEXT NOT NULL, fund TEXT NOT NULL,
  year BIGINT NOT NULL, level TEXT NOT NULL, clause TEXT NOT NULL, firm TEXT NOT NULL, signers BIGINT NOT NULL,
  debits_pending BIGINT NOT NULL, debits_posted BIGINT NOT NULL, credits_pending BIGINT NOT NULL, credits_posted BIGINT NOT NULL,
  last_at BIGINT NOT NULL, is_closed INTEGER NOT NULL){clustered};
CREATE TABLE ledger_transfer (id TEXT PRIMARY KEY, seq BIGINT NOT NULL){clustered};
CREATE TABLE ledger_hold (
  id TEXT PRIMARY KEY, seq BIGINT NOT NULL, debit TEXT NOT NULL, credit TEXT NOT NULL, due BIGINT, stage TEXT NOT NULL){clustered};
CREATE INDEX ledger_hold_due ON ledger_hold (due);
CREATE TABLE ledger_command (key TEXT PRIMARY KEY, digest TEXT NOT NULL, leaf BIGINT NOT NULL, leaves INTEGER NOT NULL){clustered};
CREATE TABLE ledger_cite (
  original TEXT NOT NULL, reason TEXT NOT NULL, transfer TEXT NOT NULL, amount BIGINT NOT NULL, seq BIGINT NOT NULL,
  PRIMARY KEY (original, reason)){clustered};
CREATE TABLE ledger_entry (
  account BIGINT NOT NULL, at BIGINT NOT NULL, seq BIGINT NOT NULL,
  debits_pending BIGINT NOT NULL, debits_posted BIGINT NOT NULL, credits_pending BIGINT NOT NULL, credits_posted BIGINT NOT NULL,
  PRIMARY KEY (account, at, seq)){clustered}
"""
APPEND_ONLY = ("log_leaf", "ledger_transfer", "ledger_command", "ledger_cite", "ledger_entry")
NEVER_DELETED = (*APPEND_ONLY, "ledger_account", "ledger_hold", "ledger_head")
# What may not change in the tables that move.
FIXED_COLUMNS = {
    "ledger_account": "id, no, unit, bound, kind, fund, year, level, clause, firm, signers",
    "ledger_hold": "id, seq, debit, credit",
    "ledger_head": "id",
}


def sqlite_schema() -> list[str]:
    """The statements for SQLite. A replacing insert would delete without a trigger, so old numbers are refused too."""
    tables = TABLES.format(bytes="BLOB", clustered=" WITHOUT ROWID").replace(
        "seq BIGINT PRIMARY KEY", "seq INTEGER PRIMARY KEY"
    )
    made = [s.strip() for s in tables.split(";")]
    for table in NEVER_DELETED:
        made.append(_sqlite_trigger(table, "delete", f"DELETE ON {table}"))
    for table in APPEND_ONLY:
        made.append(_sqlite_trigger(table, "update", f"UPDATE ON {table}"))
        number = "leaf" if table == "ledger_command" else "seq"
        old = f"INSERT ON {table} WHEN NEW.{number} < (SELECT size FROM ledger_head)"
        made.append(_sqlite_trigger(table, "replace", old))
    for table, columns in FIXED_COLUMNS.items():
        made.append(_sqlite_trigger(table, "update", f"UPDATE OF {columns} ON {table}"))
    return made


def _sqlite_trigger(table: str, name: str, event: str) -> str:
    text = f"SELECT RAISE(ABORT, '{table} is append-only')"
    return f"CREATE TRIGGER {table}_no_{name} BEFORE {event} BEGIN {text}; END"


def postgres_schema() -> list[str]:
    """The statements for PostgreSQL and its descendants."""
    made = [s.strip() for s in TABLES.format(bytes="BYTEA", clustered="").split(";")]
    made.append("CREATE TABLE ledger_turn (id INTEGER PRIMARY KEY)")  # always empty: only locked, so that writers queue
    made.append(
        "CREATE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
    )
    for table in NEVER_DELETED:
        made.append(_postgres_trigger(table, "delete", f"DELETE ON {table}"))
        made.append(_postgres_trigger(table, "truncate", f"TRUNCATE ON {table}"))
    for table in APPEND_ONLY:
        made.append(_postgres_trigger(table, "update", f"UPDATE ON {table}"))
    for table, columns in FIXED_COLUMNS.items():
        made.append(_postgres_trigger(table, "update", f"UPDATE OF {columns} ON {table}"))
    return made


def _postgres_trigger(table: str, name: str, event: str) -> str:
    return f"CREATE TRIGGER {table}_no_{name} BEFORE {event} FOR EACH STATEMENT EXECUTE PROCEDURE ledger_refuse()"
