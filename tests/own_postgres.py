"""The PostgreSQL server of the tests' own: one for all of them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any, NoReturn

import pytest

from postgres_server import postgres_server

REQUIRED = "KAIWU_REQUIRE_POSTGRES"  # set to 1 where a missing server is a failure


def _give_up(reason: str) -> NoReturn:
    if os.environ.get(REQUIRED) == "1":
        pytest.fail(f"PostgreSQL is required ({REQUIRED}=1) but {reason}", pytrace=False)
    pytest.skip(f"no PostgreSQL: {reason}; install the server package, set {REQUIRED}=1 to make this a failure")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Any]:
    """A connection to a fresh cluster; skips visibly where there is no server, fails where one is required."""
    try:
        import psycopg
    except ImportError:
        _give_up("psycopg is not installed (extra sql)")
    server = postgres_server(is_durable=False)
    try:
        address = server.__enter__()
    except RuntimeError as reason:
        _give_up(str(reason))
    try:
        with psycopg.connect(address) as connection:
            yield connection
    finally:
        server.__exit__(None, None, None)
