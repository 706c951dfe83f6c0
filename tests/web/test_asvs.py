"""The list of the security standard is complete, and every test and document that it names is there."""

from __future__ import annotations

import csv
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
COUNTS = {1: 70, 2: 183}
"""Requirements of OWASP ASVS 5.0.0 on levels 1 and 2."""
LAST = {
    "V1.1": 2, "V1.2": 9, "V1.3": 11, "V1.4": 3, "V1.5": 2, "V2.1": 3, "V2.2": 3, "V2.3": 4, "V2.4": 1, "V3.2": 2, "V3.3": 4, "V3.4": 6, "V3.5": 5,
    "V6.1": 3, "V6.2": 12, "V6.3": 4, "V6.4": 4, "V6.5": 5, "V7.4": 5, "V8.2": 3, "V10.4": 11, "V13.4": 5, "V15.3": 7, "V16.5": 3,
}  # fmt: skip
"""Some sections without a hole: the number of their last requirement on levels 1 and 2."""


def rows():
    with (ROOT / "security" / "asvs.csv").open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def test_every_requirement_of_levels_one_and_two_stands_there_once():
    listed = [row["requirement"] for row in rows()]
    assert len(set(listed)) == len(listed)
    assert {level: sum(row["level"] == str(level) for row in rows()) for level in COUNTS} == COUNTS
    for section, last in LAST.items():
        assert {f"{section}.{n}" for n in range(1, last + 1)} == {r for r in listed if r.rpartition(".")[0] == section}


def test_every_requirement_has_a_status_and_a_reason():
    for row in rows():
        assert row["status"] in ("met", "not applicable", "open"), row
        assert row["reason"], row
        assert bool(row["shown_by"]) == (row["status"] == "met"), row


def test_what_shows_a_requirement_is_there():
    for row in rows():
        if row["shown_by"]:
            file, _, test = row["shown_by"].partition("::")
            text = (ROOT / file).read_text(encoding="utf-8")
            assert not test or re.search(rf"^def {test}\(", text, re.M), row["shown_by"]
