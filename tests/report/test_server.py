"""HTTP: headers, methods, foreign host names."""

from __future__ import annotations

import http.client
import threading

import pytest

from kaiwu.report.server import make_server


@pytest.fixture(scope="module")
def port(site):
    server = make_server(site, 0)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


def ask(port: int, path: str, method: str = "GET", **headers: str) -> tuple[http.client.HTTPResponse, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request(method, path, headers=headers)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer, body


def test_every_answer_forbids_outside_content_framing_and_caching(port):
    for path in ("/", "/nothing", "/run/0001/award.xlsx"):
        answer, _ = ask(port, path)
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "http" not in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "no-referrer"


def test_a_page_is_the_same_to_head_without_its_body(port):
    get, body = ask(port, "/run/0001")
    head, nothing = ask(port, "/run/0001", "HEAD")
    assert (
        (get.status, get.headers["Content-Length"])
        == (head.status, head.headers["Content-Length"])
        == (200, str(len(body)))
    )
    assert nothing == b""


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_nothing_can_be_written(port, method):
    assert ask(port, "/", method)[0].status == 501


def test_a_foreign_host_name_is_refused(port):
    answer, body = ask(port, "/", Host="evil.example")
    assert answer.status == 421
    assert "小县".encode() not in body
    assert ask(port, "/", Host=f"localhost:{port}")[0].status == 200


def test_an_address_that_is_too_long_is_refused(port):
    assert ask(port, "/find?q=" + "x" * 5000)[0].status == 414


def test_a_workbook_is_saved_under_its_name(port):
    answer, body = ask(port, "/run/0001/award.xlsx")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="0001-award.xlsx"'
    assert body.startswith(b"PK")


def test_a_page_that_breaks_does_not_end_the_server(port, site, monkeypatch, capsys):
    def broken(url: str) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(site, "answer", broken)
    answer, body = ask(port, "/")
    assert answer.status == 500
    assert b"secret detail" not in body
    monkeypatch.undo()
    assert ask(port, "/")[0].status == 200
    assert "secret detail" in capsys.readouterr().err
