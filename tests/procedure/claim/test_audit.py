"""Whoever alters, adds or takes out an event of a claim in the database is found by the salted leaves of the log."""

from __future__ import annotations

import sqlite3

import pytest
from claim_office import OTHER, Office, filing

from kaiwu.procedure.claim.audit import audit_claims
from kaiwu.quantity import KaiwuError

ALTER = "UPDATE claim_event SET body = CAST(REPLACE(body, '6000000', '9000000') AS BLOB) WHERE kind = 'assess'"


def forge(office: Office, *sql: str) -> None:
    """Change the store behind the program's back; the triggers are no hindrance to who owns the file."""
    connection = sqlite3.connect(office.desk.path)
    for table in ("claim_event", "claim"):
        for verb in ("update", "delete"):
            connection.execute(f"DROP TRIGGER {table}_no_{verb}")
    for statement in sql:
        connection.execute(statement)
    connection.commit()
    connection.close()


def audited(office: Office) -> tuple[str, str] | None:
    found = audit_claims(office.desk.witness)
    return None if found is None else (found.code, found.where)


def test_claims_that_nobody_touched_agree_with_the_log(office: Office) -> None:
    assert audited(office) is None
    office.assessed()
    office.file(filing("25332000000000000002", firm=OTHER))
    assert audited(office) is None


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        (ALTER, ("CL-AUDIT", "C000001/3")),
        ("UPDATE claim_event SET day = '2024-01-01' WHERE number = 2", ("CL-AUDIT", "C000001/2")),
        ("UPDATE claim_event SET leaf = 0 WHERE number = 1", ("CL-AUDIT", "C000001/1")),
        (
            "INSERT INTO claim_event SELECT claim, 4, kind, day, body, leaf FROM claim_event WHERE number = 3",
            ("CL-AUDIT", "C000001/4"),
        ),
        ("DELETE FROM claim_event WHERE number = 3", ("CL-AUDIT-GONE", "C000001/3")),
        ("UPDATE claim SET programme = 'another'", ("CL-AUDIT", "C000001/0")),
        ("INSERT INTO claim VALUES ('C000009', 'p', 'f', 'k', 'd')", ("CL-AUDIT", "C000009")),
    ],
)
def test_a_forged_event_is_named(office: Office, sql: str, told: tuple[str, str]) -> None:
    office.assessed()
    forge(office, sql)
    assert audited(office) == told


def test_a_torn_store_is_a_named_error(office: Office) -> None:
    office.assessed()
    office.desk.path.write_bytes(b"SQLite format 3\0" + bytes(200))
    with pytest.raises(KaiwuError, match="CL-STATE"):
        audited(office)
