"""Serving a site by one command, its backup and its restore: each in a process of its own."""

from __future__ import annotations

import hashlib
import io
import json
import re
import signal
import subprocess
import tarfile
import urllib.error
import urllib.request
from http.cookiejar import CookieJar
from urllib.parse import urlencode

import pytest
from own_process import KAIWU, clean, run_kaiwu, run_python
from small_site import PASSWORD, make_site_folder

from kaiwu.quantity import KaiwuError
from small_county import make_county

pytest.importorskip("django", reason="the platform needs the extra web")


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """A site that ``kaiwu serve`` serves with demo accounts; gives its address, accounts and process."""
    folder = make_site_folder(tmp_path_factory.mktemp("served"))
    words = ["serve", str(folder), "--port", "0", "--demo-accounts", "--json"]
    process = subprocess.Popen(
        [*KAIWU, *words], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=clean()
    )
    text = ""
    for line in process.stdout:
        text += line
        if line.startswith("}"):
            break
    told = json.loads(text)
    yield told["url"], {a["login"]: a["password"] for a in told["accounts"]}, process
    process.kill()
    process.wait()


def open_browser():
    return urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))


def enter(browser, url, login, password):
    page = browser.open(f"{url}login/").read().decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
    told = urlencode({"login": login, "password": password, "csrfmiddlewaretoken": token}).encode()
    return browser.open(f"{url}login/", told).read().decode()


def refused(*words, **more):
    with pytest.raises(urllib.error.HTTPError) as error:
        urllib.request.urlopen(urllib.request.Request(*words, **more))
    return error.value.code


def test_one_command_serves_the_platform_with_an_account_of_every_kind(served):
    url, accounts, _ = served
    for login in ("officer", "town", "firm", "auditor"):
        assert "演示" in enter(open_browser(), url, login, accounts[login])


def test_a_form_without_its_token_is_refused(served):
    url, accounts, _ = served
    told = urlencode({"login": "officer", "password": accounts["officer"]}).encode()
    assert refused(f"{url}login/", data=told) == 403


def test_the_health_answer_tells_the_worker_and_nothing_else(served):
    told = json.load(urllib.request.urlopen(f"{served[0]}health/"))
    assert told == {"status": "ok", "worker_seconds": told["worker_seconds"]}
    assert told["worker_seconds"] < 60


def test_the_server_tells_neither_its_parts_nor_its_folders(served):
    assert urllib.request.urlopen(f"{served[0]}health/").headers["Server"] == "kaiwu"
    assert refused(f"{served[0]}health/", method="TRACE") in (400, 405, 501)
    assert refused(f"{served[0]}static/") == refused(f"{served[0]}static/kaiwu/") == 404


def test_the_server_ends_when_it_is_told_to(served):
    served[2].send_signal(signal.SIGTERM)
    assert served[2].wait(timeout=20) == 0


def test_a_folder_that_is_no_workspace_is_refused(tmp_path):
    done = run_kaiwu("serve", tmp_path)
    assert done.returncode == 2
    assert "[" in done.stderr


def test_demo_accounts_are_never_made_over_real_data(tmp_path):
    make_county(tmp_path, is_synthetic=False)
    done = run_kaiwu("serve", tmp_path, "--demo-accounts", "--port", "0")
    assert done.returncode == 2
    assert "W-DEMO" in done.stderr


def test_a_fresh_site_of_real_data_begins_with_three_administrators(tmp_path):
    make_county(tmp_path, is_synthetic=False)
    done = run_kaiwu("administrators", tmp_path, "--json")
    assert [made["login"] for made in json.loads(done.stdout)] == ["system", "security", "audit"]
    again = run_kaiwu("administrators", tmp_path, "--json")
    assert again.returncode == 2
    assert "W-FIRST" in again.stdout + again.stderr


# Backup and restore

LOOK = """
import json, sys
from pathlib import Path
from kaiwu.web import site
site.set_up(Path(sys.argv[1]))
from django.contrib.sessions.models import Session
from kaiwu.web.account.sign_in import authenticate
from kaiwu.web.event.models import Event
from kaiwu.web.run.models import RunRow
from kaiwu.web.workspace import find_run
row = RunRow.objects.get()
print(json.dumps({
    "login": authenticate("officer", sys.argv[2], "") is not None, "kept": row.result_digest,
    "replayed": find_run(row.number).record.result_digest, "events": Event.objects.count(), "sessions": Session.objects.count(),
}))
"""
MAKE = """
import sys
from pathlib import Path
from kaiwu.web import site
site.set_up(Path(sys.argv[1]))
site.migrate(); site.sync()
from small_site import PASSWORD
from kaiwu.web.account.role import OrganisationKind, Role
from kaiwu.web.account.services import add_organisation, add_person
from kaiwu.web.event.services import SYSTEM
home = add_organisation(SYSTEM, "bureau", "经信局", OrganisationKind.BUREAU)
officer = add_person(SYSTEM, "officer", "officer", home, (Role.OFFICER,), PASSWORD, must_change=False)
from django.test import Client
Client().force_login(officer, backend="django.contrib.auth.backends.ModelBackend")
"""


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """A site with an officer and a session, its backup, and what it tells of itself."""
    folder = make_site_folder(tmp_path_factory.mktemp("kept"))
    run_python(MAKE, folder)
    file = folder.parent / f"{folder.name}.kaiwu"
    assert run_kaiwu("backup", folder, file).returncode == 0
    return folder, file, json.loads(run_python(LOOK, folder, PASSWORD))


def test_a_restored_site_has_the_same_digests_and_logins(kept, tmp_path):
    _, file, before = kept
    done = run_kaiwu("restore", file, tmp_path / "back")
    assert done.returncode == 0, done.stderr
    assert before["login"] and before["kept"] == before["replayed"] and before["sessions"] == 1
    assert json.loads(run_python(LOOK, tmp_path / "back", PASSWORD)) == {**before, "sessions": 0}


def test_rows_move_a_site_to_another_database(kept, tmp_path):
    folder, _, before = kept
    assert run_kaiwu("backup", folder, tmp_path / "rows", "--rows").returncode == 0
    elsewhere = {"KAIWU_DATABASE_URL": f"sqlite:///{tmp_path}/other.db"}
    done = run_kaiwu("restore", tmp_path / "rows", tmp_path / "back", **elsewhere)
    assert done.returncode == 0, done.stderr
    assert json.loads(run_python(LOOK, tmp_path / "back", PASSWORD, **elsewhere)) == {**before, "sessions": 0}
    assert not (tmp_path / "back" / "platform.db").exists()


def test_a_backup_is_for_its_owner_alone_and_never_overwrites(kept):
    folder, file, _ = kept
    assert file.stat().st_mode & 0o777 == 0o600
    assert run_kaiwu("backup", folder, file).returncode == 2


def test_a_backup_is_restored_into_an_empty_folder_only(kept, tmp_path):
    (tmp_path / "something").touch()
    done = run_kaiwu("restore", kept[1], tmp_path)
    assert done.returncode == 2
    assert "W-RESTORE" in done.stderr


@pytest.mark.parametrize("damage", ["changed", "missing", "more", "cut", "outside"])
def test_a_damaged_backup_restores_nothing(kept, tmp_path, damage):
    from kaiwu.web.backup import restore_backup

    bad = tmp_path / "bad"
    with tarfile.open(kept[1]) as old, tarfile.open(bad, "w:gz") as new:
        for member in old:
            content = old.extractfile(member).read()
            if member.name.endswith("kaiwu.toml"):
                if damage == "missing":
                    continue
                content += b"# changed" if damage == "changed" else b""
            if member.name == "manifest.json" and damage == "outside":
                told = json.loads(content)
                told["files"]["../escaped"] = hashlib.sha256(b"").hexdigest()
                content = json.dumps(told).encode()
                new.addfile(tarfile.TarInfo("../escaped"), io.BytesIO())
            member.size = len(content)
            new.addfile(member, io.BytesIO(content))
        if damage == "more":
            new.addfile(tarfile.TarInfo("workspace/more"), io.BytesIO())
    if damage == "cut":
        bad.write_bytes(bad.read_bytes()[:-2000])
    with pytest.raises(KaiwuError, match="W-RESTORE"):
        restore_backup(bad, tmp_path / "back")
    assert not (tmp_path / "back").exists()
    assert not (tmp_path / "escaped").exists()
