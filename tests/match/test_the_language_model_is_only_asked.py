"""The port to a language model against a stub server of our own."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from kaiwu.match.extraction import ExtractionRules
from kaiwu.match.extraction.model_adapter import MAX_ANSWER, ModelSettings, model_extractor
from kaiwu.quantity import KaiwuError

TITLE, TEXT = "甲乙公司求购", "想要液压刀柄变径套三千件, 大约3000件, 预算50万元, 送到萧山, 2026年3月31日前"


class Stub:
    """What the server answers and what it was asked."""

    def __init__(self) -> None:
        self.content: Any = {"what": "液压刀柄变径套"}
        self.raw: bytes | None = None
        self.status = 200
        self.asked: list[dict[str, Any]] = []
        self.heads: list[dict[str, str]] = []
        self.url = ""

    def body(self) -> bytes:
        if self.raw is not None:
            return self.raw
        content = self.content if isinstance(self.content, str) else json.dumps(self.content)
        return json.dumps({"choices": [{"message": {"content": content}}]}).encode()


@pytest.fixture
def stub() -> Iterator[Stub]:
    state = Stub()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            state.asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            state.heads.append(dict(self.headers) | {"path": self.path})
            self.send_response(state.status)
            if state.status == 302:
                self.send_header("Location", state.url + "/elsewhere")
            self.end_headers()
            self.wfile.write(state.body())

        def log_message(self, *args: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    state.url = f"http://127.0.0.1:{server.server_port}/v1"
    yield state
    server.shutdown()
    server.server_close()


def extract(stub: Stub, key: str = "") -> Any:
    return model_extractor(ModelSettings(stub.url, "local", key, timeout=5), ExtractionRules())(TITLE, TEXT)


def test_the_answer_names_the_object_and_fills_what_the_rules_left_open(stub: Stub) -> None:
    stub.content = {"what": "液压刀柄变径套", "quantity": "3000件", "place": "萧山", "deadline": "2026年3月31日"}
    found = extract(stub, key="secret")
    assert (found.what, found.place, str(found.deadline)) == ("液压刀柄变径套", "萧山", "2026-03-31")
    assert found.quantity is not None and found.quantity.amount == 3000
    assert not found.problems
    assert stub.heads[0]["path"] == "/v1/chat/completions"
    assert stub.heads[0]["Authorization"] == "Bearer secret"
    assert stub.asked[0]["temperature"] == 0


def test_words_that_do_not_stand_in_the_text_are_not_used(stub: Stub) -> None:
    stub.content = {"what": "数控机床", "place": "宁波"}
    found = extract(stub)
    assert (found.what, found.place) == (TITLE, "")
    assert [p.code for p in found.problems] == ["M-MODEL-INVENTED", "M-MODEL-INVENTED"]


def test_money_is_never_taken_from_a_model(stub: Stub) -> None:
    stub.content = {"what": "液压刀柄变径套", "quantity": "50万元"}
    found = extract(stub)
    assert found.quantity is None
    assert [p.code for p in found.problems] == ["M-MODEL-MONEY"]


@pytest.mark.parametrize(
    "content",
    ["no json", [], {}, {"what": None}, {"what": 7}, {"what": "刀", "price": "50万元"}, {"what": "刀" * 500}],
)
def test_an_answer_that_does_not_fit_the_schema_is_refused_whole(stub: Stub, content: Any) -> None:
    stub.content = content
    with pytest.raises(KaiwuError) as caught:
        extract(stub)
    assert caught.value.problems[0].code == "M-MODEL-SCHEMA"


@pytest.mark.parametrize("raw", [b"", b"{}", b'{"choices": []}', b"x" * (MAX_ANSWER + 10)])
def test_a_broken_or_endless_body_is_refused(stub: Stub, raw: bytes) -> None:
    stub.raw = raw
    with pytest.raises(KaiwuError) as caught:
        extract(stub)
    assert caught.value.problems[0].code == "M-MODEL-SCHEMA"


@pytest.mark.parametrize("status", [302, 401, 500])
def test_errors_and_redirects_are_told_without_the_key(stub: Stub, status: int) -> None:
    stub.status = status
    with pytest.raises(KaiwuError) as caught:
        extract(stub, key="secret")
    assert caught.value.problems[0].code == "M-MODEL-SILENT"
    assert "secret" not in str(caught.value)
    assert len(stub.asked) == 1, "nothing is sent to another address"


def test_only_web_addresses_are_asked() -> None:
    with pytest.raises(KaiwuError) as caught:
        model_extractor(ModelSettings("file:///etc/passwd", "m"), ExtractionRules())
    assert caught.value.problems[0].code == "M-MODEL-URL"
