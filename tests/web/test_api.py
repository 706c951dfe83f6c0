"""The API answers as its own description says, whatever is asked of it."""

from __future__ import annotations

import pytest

schemathesis = pytest.importorskip("schemathesis")
hypothesis = pytest.importorskip("hypothesis")


@pytest.fixture
def described(browse):
    """The description of the API and a client of an officer."""
    client = browse("officer")
    answer = client.get("/api/openapi.json")
    assert answer.status_code == 200
    return client, answer.json()


def test_a_stranger_is_not_told_what_the_api_has(browse):
    assert browse("").get("/api/openapi.json").status_code == 401


def test_every_answer_is_as_described(described):
    from django.db import transaction

    from kaiwu.web.limit import COUNTER

    client, description = described
    schema = schemathesis.openapi.from_dict(description)
    operations = [o for result in schema.get_all_operations() if (o := result.ok()).method.upper() == "GET"]
    assert len(operations) >= 20

    for operation in operations:

        @hypothesis.settings(max_examples=5, deadline=None, database=None, derandomize=True,
                             suppress_health_check=list(hypothesis.HealthCheck))  # fmt: skip
        @hypothesis.given(case=operation.as_strategy())
        def ask(case):
            COUNTER.forget()
            with transaction.atomic():
                answer = client.get("/api" + case.formatted_path.removeprefix("/api"), case.query or {})
            assert answer.status_code in (200, 404, 422), (case.formatted_path, case.query, answer.status_code)
            if answer.status_code == 200:
                told = answer.json()
                wanted = description["paths"][case.path]["get"]["responses"]["200"]["content"]["application/json"][
                    "schema"
                ]
                if wanted.get("type") == "array":  # a list of records: each is as described
                    wanted, told = wanted["items"], told[0] if told else None
                name = wanted["$ref"].rpartition("/")[2]
                assert told is None or set(told) == set(description["components"]["schemas"][name]["properties"])

        ask()
