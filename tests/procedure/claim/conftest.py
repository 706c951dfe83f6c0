"""Fixtures of claims: the office, and the expectation of a named refusal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from claim_office import Office

from kaiwu.ledger.log import make_key, write_key
from kaiwu.pack import Library, open_library
from kaiwu.procedure.claim import Desk
from kaiwu.quantity import KaiwuError

SPOKEN = {"CL-FAILED", "CL-HUMAN", "CL-MATERIAL", "CL-MINUTES", "CL-MISSING", "CL-QUESTION"}
"""Refusals whose particulars are names of the programme or reasons of its rules: in English they have no Chinese."""


@pytest.fixture(scope="session")
def library() -> Library:
    """The demo pack."""
    return open_library(["demo"])


@pytest.fixture
def office(tmp_path: Path, library: Library) -> Office:
    """An office with money in the pot and a key for its log."""
    write_key(tmp_path / "secret", make_key("demo-county", bytes(32)))
    made = Office(Desk(tmp_path, library))
    made.fund()
    return made


@pytest.fixture
def refused() -> Callable[..., Any]:
    """Expect a named refusal."""

    @contextmanager
    def expect(code: str) -> Iterator[pytest.ExceptionInfo[KaiwuError]]:
        with pytest.raises(KaiwuError) as caught:
            yield caught
        assert [p.code for p in caught.value.problems] == [code], str(caught.value)
        if code in SPOKEN:
            assert not any("一" <= letter <= "鿿" for p in caught.value.problems for letter in p.en), str(caught.value)

    return expect
