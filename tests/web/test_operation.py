"""Operation: settings of a site, logs, health, limits, headers."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from own_process import SECRET, clean, run_python
from small_site import PASSWORD

from kaiwu.quantity import KaiwuError

# Settings


def run_django(*words, **environment):
    command = [sys.executable, "-m", "django", *words, "--settings", "kaiwu.web.setting"]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, env=clean(**environment))


def test_production_settings_pass_every_check_of_deployment(tmp_path):
    told = {"KAIWU_HTTPS": "1", "KAIWU_HOSTS": "kaiwu.example", "KAIWU_WORKSPACE": str(tmp_path), **SECRET}
    done = run_django("check", "--deploy", "--fail-level", "INFO", **told)
    assert done.returncode == 0, done.stderr
    assert "no issues (0 silenced)" in done.stdout


def test_migrations_are_complete(tmp_path):
    done = run_django("makemigrations", "--check", "--dry-run", KAIWU_WORKSPACE=str(tmp_path))
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("KAIWU_HTTPS", "perhaps"), ("KAIWU_SECRET_KEY", "short"), ("KAIWU_DATABASE_URL", "oracle://x"), ("KAIWU_IDLE_MINUTES", "0"),
        ("KAIWU_LANGUAGE", "fr"), ("KAIWU_REQUIRE_TOTP", "?"),
    ],
)  # fmt: skip
def test_a_wrong_setting_is_named_in_both_languages(name, value, tmp_path):
    from kaiwu.web.environment import Environment

    told = Environment({name: value})
    told.flag("KAIWU_HTTPS")
    told.secret_key(tmp_path)
    told.database(tmp_path)
    told.whole("KAIWU_IDLE_MINUTES", 1, 1440)
    told.choice("KAIWU_LANGUAGE", ("zh-hans", "en"))
    told.flag_or_none("KAIWU_REQUIRE_TOTP")
    with pytest.raises(KaiwuError, match="W-SETTING") as refused:
        told.finish()
    assert [p.where for p in refused.value.problems] == [name]
    assert refused.value.problems[0].zh != refused.value.problems[0].en
    assert "short" not in str(refused.value)  # a key is never shown


def test_the_site_makes_its_own_key_for_its_owner_alone(tmp_path):
    from kaiwu.web.environment import Environment

    (tmp_path / "kaiwu.toml").touch()
    key = Environment({}).secret_key(tmp_path)
    assert len(key) >= 64
    assert Environment({}).secret_key(tmp_path) == key
    assert (tmp_path / "secret" / "session.key").stat().st_mode & 0o777 == 0o600


def test_every_setting_stands_in_the_documents():
    from kaiwu.web.environment import VARIABLES

    page = (Path(__file__).parents[2] / "docs" / "operations.md").read_text(encoding="utf-8")
    assert [name for name in VARIABLES if f"`{name}`" not in page] == []


# Logs


def line_of(record):
    from kaiwu.web.log_line import JsonFormatter, RouteOnly

    RouteOnly().filter(record)
    return JsonFormatter().format(record)


def test_a_log_line_is_one_line_of_json_with_a_time_zone():
    line = line_of(logging.LogRecord("kaiwu", logging.INFO, "", 0, "first\nsecond %s", ("x\r\ny",), None))
    assert "\n" not in line
    assert "\r" not in line
    assert json.loads(line)["at"].endswith("+00:00")


def test_a_log_line_tells_the_kind_of_an_exception_and_not_its_words():
    try:
        raise ValueError("person Wang, 13800000000")
    except ValueError:
        line = line_of(logging.LogRecord("kaiwu", logging.ERROR, "", 0, "failed", (), sys.exc_info()))
    assert "Wang" not in line
    assert json.loads(line)["exception"] == "ValueError"


def test_logs_hold_no_name_address_code_or_cookie(browse, caplog):
    client = browse("clerk01")
    with caplog.at_level("INFO"):
        for url in ("/firm/F01/?q=secretword", "/firm/F02/", "/public/sheet/1/ABCD-EFGH/", "/nowhere/13800000000/"):
            client.get(url)
    lines = "\n".join(line_of(r) for r in caplog.records if r.name.startswith(("kaiwu", "django")))
    assert "firm/<str:key>/" in lines
    secret = client.cookies["kaiwu"].value
    for word in ("clerk01", "F01", "F02", "ABCD", "secretword", "13800000000", "127.0.0.1", secret):
        assert word not in lines, word


def test_an_answer_carries_the_number_of_its_log_line(browse, caplog):
    with caplog.at_level("INFO", "kaiwu.request"):
        answer = browse("officer").get("/firm/")
    assert [r.kaiwu["request"] for r in caplog.records] == [answer["X-Request-Id"]]
    assert caplog.records[0].kaiwu["route"] == "firm/"


def test_an_error_tells_the_reader_nothing_of_the_inside(browse, monkeypatch, caplog):
    def broken(*_):
        raise RuntimeError("SELECT secret FROM inside")

    monkeypatch.setattr("kaiwu.web.home.list_desk", broken)
    client = browse("officer")
    client.raise_request_exception = False
    answer = client.get("/")
    assert answer.status_code == 500
    assert "secret FROM" not in answer.content.decode()
    assert "Traceback" not in answer.content.decode()
    assert any('"exception": "RuntimeError"' in line_of(r) for r in caplog.records)


# Health and limits


def test_health_without_a_worker_or_a_database_says_so(browse, monkeypatch):
    from django.db import DatabaseError

    assert browse("").get("/health/").json() == {"status": "no worker", "worker_seconds": None}

    def away():
        raise DatabaseError

    monkeypatch.setattr("kaiwu.web.home.worker_age", away)
    answer = browse("").get("/health/")
    assert (answer.status_code, answer.json()) == (503, {"status": "database"})


def test_a_worker_gives_signs_of_life_for_itself_and_its_job(db):
    from django.utils import timezone

    from kaiwu.web.event.services import Actor
    from kaiwu.web.job.models import Job
    from kaiwu.web.job.services import LIFE, ask, beat, claim, worker_age

    ask(Actor("officer"), "test", "long", {})
    job = claim("w1")
    Job.objects.filter(pk=job.pk).update(beat_at=timezone.now() - LIFE - timedelta(seconds=1))
    beat("w1")
    assert worker_age() == 0
    assert claim("w2") is None  # the job is still its own


def test_too_many_logins_from_one_address_wait(browse):
    client = browse("")
    answers = [client.post("/login/", {"login": "nobody", "password": "x"}).status_code for _ in range(30)]
    assert answers == [401] * 30
    late = client.post("/login/", {"login": "officer", "password": PASSWORD})
    assert late.status_code == 429
    assert 0 < int(late["Retry-After"]) <= 60
    assert "一分钟" in late.content.decode()
    elsewhere = client.post("/login/", {"login": "officer", "password": PASSWORD}, REMOTE_ADDR="10.0.0.9")
    assert elsewhere.status_code == 302


def test_codes_of_sheets_cannot_be_tried_by_the_thousand(browse):
    client = browse("")
    answers = [client.get(f"/public/sheet/1/AAAA-AAAA-AAAA-{n:04d}/").status_code for n in range(61)]
    assert answers[-1] == 429
    assert 429 not in answers[:60]


def test_exports_are_counted_by_person_and_not_by_address(browse):
    busy, other = browse("officer"), browse("chief")
    assert [busy.get("/place/export.xlsx").status_code for _ in range(31)][-1] == 429
    assert other.get("/place/export.xlsx").status_code == 200
    assert busy.get("/place/").status_code == 200


def test_the_address_is_the_proxys_word_only_where_there_is_a_proxy(settings_of):
    from django.test import RequestFactory

    from kaiwu.web.shell import address_of

    request = RequestFactory().get("/", HTTP_X_FORWARDED_FOR="6.6.6.6, 10.1.1.1")
    assert address_of(request) == "127.0.0.1"
    settings_of(KAIWU_PROXY_HOPS=1)
    assert address_of(request) == "10.1.1.1"


def test_a_body_larger_than_an_upload_is_refused_unread(browse, settings_of):
    settings_of(KAIWU_UPLOAD_BYTES=1024)
    answer = browse("officer").post("/case/x/file/", data=b"x", content_type="text/plain", CONTENT_LENGTH="9999999")
    assert answer.status_code == 413


# Headers


@pytest.mark.parametrize(("login", "url"), [("", "/login/"), ("officer", "/firm/"), ("officer", "/nowhere/"), ("", "/api/firm")])  # fmt: skip
def test_every_answer_carries_the_headers_of_security(browse, login, url):
    answer = browse(login).get(url)
    policy = answer["Content-Security-Policy"]
    for part in (
        "script-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "form-action 'self'",
    ):
        assert part in policy
    assert "unsafe" not in policy
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cache-Control"] == "no-store"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "Access-Control-Allow-Origin" not in answer
    assert "charset" in answer["Content-Type"] or answer["Content-Type"] == "application/json"


def test_cookies_are_closed_to_script_and_to_other_sites(browse):
    client = browse("")
    client.get("/login/")
    client.post("/login/", {"login": "officer", "password": PASSWORD})
    for name in ("kaiwu", "csrftoken"):
        assert client.cookies[name]["httponly"]
        assert client.cookies[name]["samesite"] == "Lax"


HEADERS = """
import sys
from pathlib import Path
from kaiwu.web import site
site.set_up(Path(sys.argv[1]))
site.migrate()
from django.conf import settings
from django.test import Client
client = Client(HTTP_HOST="kaiwu.example")
print(client.get("/login/")["Location"])
answer = client.get("/login/", secure=True)
print(answer["Strict-Transport-Security"])
print([(name, cookie["secure"], cookie["path"], cookie["domain"]) for name, cookie in answer.cookies.items()])
print(Client(HTTP_HOST="evil.example").get("/login/", secure=True).status_code)
print(settings.SESSION_COOKIE_NAME, settings.DEBUG)
"""


def test_over_https_cookies_are_the_hosts_own_and_http_is_left_behind(site_folder, tmp_path):
    database = {"KAIWU_DATABASE_URL": f"sqlite:///{tmp_path}/s.db"}
    told = {"KAIWU_HTTPS": "1", "KAIWU_HOSTS": "kaiwu.example", **database, **SECRET}
    assert run_python(HEADERS, site_folder, **told).splitlines() == [
        "https://kaiwu.example/login/", "max-age=31536000; includeSubDomains; preload", "[('__Host-csrf', True, '/', '')]", "400",
        "__Host-kaiwu False",
    ]  # fmt: skip
