"""The offline page in a real browser: the same verdicts as the verifier, with SHA-256 and SM3, and nothing from outside."""

from __future__ import annotations

import hashlib
import html
import json
import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from kaiwu.ledger.log import Fault, Opening, check_proof, commit, commitment_leaf, make_proof
from kaiwu.ledger.log.page import BROWSER, SCRIPTS, render_page

from .conftest import make_leaves
from .forgery import forge
from .test_proof_file import FIGURES, SALT

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update",
         "--disable-sync")  # fmt: skip
ASK = """<script>
const cases = CASES, answers = cases.map(([text, key]) => {
  try { return ['', checkProof(text, key).content]; } catch (e) { return [e.code || 'CRASH ' + e.stack, e.zh]; }
});
const sums = DATA.map(text => [hex(HASHES.sha256(bytes(text))), hex(HASHES.sm3(bytes(text))), hex(nobleHashes.sha512(bytes(text)))]);
const pre = document.body.appendChild(document.createElement('pre'));
pre.id = 'out'; pre.textContent = JSON.stringify({answers, sums});
</script>"""
USE = """<script>
const out = {}, wait = () => new Promise(done => setTimeout(done, 50));
const seen = () => [document.getElementById('verdict').className, document.getElementById('verdict').innerText];
(async () => {
  document.getElementById('proof').value = GOOD;
  document.getElementById('check').click();
  out.pasted = seen();
  document.getElementById('key').value = KEY;
  for (const [name, text] of [['dropped', GOOD], ['forged', BAD]]) {
    const data = new DataTransfer();
    data.items.add(new File([text], 'proof.json'));
    document.dispatchEvent(new DragEvent('drop', {dataTransfer: data}));
    for (let i = 0; i < 100 && (out[name] = seen())[0] === (name === 'forged' ? 'good' : 'own'); i++) await wait();
    await wait(); out[name] = seen();
  }
  const pre = document.body.appendChild(document.createElement('pre'));
  pre.id = 'out'; pre.textContent = JSON.stringify(out);
})();
</script>"""
NEWER = re.compile(
    r"\.at\(|\.findLast|Object\.hasOwn\b|structuredClone|\.toSorted|\.toReversed|\.toSpliced|\.replaceAll\(|Array\.fromAsync|Object\.groupBy"
    r"|crypto\.randomUUID|Promise\.withResolvers|static \{|AggregateError|\berror\.cause|\.cause\b|\bimport\(|^\s*import |^\s*export "
    r"|\.toHex\(|fromBase64|/[a-z]*v[a-z]*;",
    re.M,
)
"""What Chromium 90 does not have, as far as such scripts use it."""


@pytest.fixture(scope="session")
def chromium() -> str:
    """Chromium on this machine. Absent: skipped, unless KAIWU_REQUIRE_CHROMIUM=1 says that it must be there."""
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        message = "Chromium is not installed: the page was not tried in a browser"
        if os.environ.get("KAIWU_REQUIRE_CHROMIUM") == "1":
            pytest.fail(message)
        pytest.skip(message)
    return found


def ask(chromium: str, folder: Path, script: str, *options: str) -> dict[str, object]:
    page = folder / "page.html"
    page.write_text(render_page().replace("</body>", script + "</body>"), encoding="utf-8")
    command = [chromium, *FLAGS, f"--user-data-dir={folder / 'profile'}", *options, "--dump-dom", page.as_uri()]
    dump = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout
    found = re.search(r'<pre id="out">(.*?)</pre>', dump, re.S)
    assert found, dump[-2000:]
    return json.loads(html.unescape(found[1]))  # type: ignore[no-any-return]


def as_script(value: object) -> str:
    return json.dumps(value).replace("</", "<\\/")


@pytest.mark.browser
def test_the_browser_gives_the_verdict_of_the_verifier_on_good_and_forged_proofs(chromium, tmp_path, make_signed):
    cases, expected = [], []
    for hash_name in ("sha256", "sm3"):
        leaf = commitment_leaf(commit(SALT, FIGURES, hash_name), run="0007")
        signed = make_signed([*make_leaves(12), leaf], hash_name, hash_name)
        key = str(signed.key.public)
        opened = make_proof(signed.log, 12, signed.checkpoint, signed.key.public, Opening(SALT, FIGURES))
        texts = [signed.proof(i) for i in range(13)] + [opened, opened.replace("123456700", "123456701")]
        texts += [text for _, text, _ in forge(signed.proof(6), signed.proof(0), signed.key)]
        for text in texts:
            cases.append((text, key))
            try:
                expected.append(["", check_proof(text, key)["leaf"].decode()])
            except Fault as fault:
                expected.append([fault.args[0], fault.args[1]])
        for wrong in (key[:-1], key.replace("+", "-"), "x"):
            cases.append((texts[0], wrong))
            with pytest.raises(Fault) as caught:
                check_proof(texts[0], wrong)
            expected.append(list(caught.value.args[:2]))
    data = ["", "abc", "abcd" * 16, *("开" * n for n in range(1, 90))]
    script = ASK.replace("CASES", as_script(cases)).replace("DATA", as_script(data))
    answer = ask(chromium, tmp_path, script)
    assert len(cases) > 140
    different = [(mine, theirs) for mine, theirs in zip(expected, answer["answers"], strict=True) if mine != theirs]
    assert different == []
    sums = [[hashlib.new(n, text.encode()).hexdigest() for n in ("sha256", "sm3", "sha512")] for text in data]
    assert answer["sums"] == sums
    # GB/T 32905-2016, appendix A
    assert sums[1][1] == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    assert sums[2][1] == "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"


@pytest.mark.browser
def test_a_person_pastes_or_drops_a_file_and_reads_the_verdict_in_both_languages(chromium, tmp_path, make_signed):
    signed = make_signed([*make_leaves(5), '{"notice":"公示</script><b>第一批</b>"}'.encode()])
    good = signed.proof(5)
    bad = json.dumps(json.loads(good) | {"index": 4})
    script = (
        USE.replace("GOOD", as_script(good))
        .replace("BAD", as_script(bad))
        .replace("KEY", as_script(str(signed.key.public)))
    )
    seen = ask(chromium, tmp_path, script, "--virtual-time-budget=10000")
    pasted, dropped, forged = seen["pasted"], seen["dropped"], seen["forged"]
    assert dropped[0] == "good" and "可信 VALID" in dropped[1] and "没有填公钥" not in dropped[1]
    assert pasted[0] == "own" and "公钥待核对" in pasted[1] and "VALID" not in pasted[1] and "没有填公钥" in pasted[1]
    assert "公示</script><b>第一批</b>" in dropped[1] and "5 / 6" in dropped[1]
    assert forged[0] == "bad" and "不可信 NOT VALID" in forged[1]
    assert "V-PATH" in forged[1] and "伪造" in forged[1] and "forged" in forged[1]


def test_the_page_asks_nothing_from_outside():
    page = render_page()
    assert "default-src 'none'" in page
    code = re.sub(r"/\*!.*?\*/", "", page, flags=re.S)
    assert re.findall(r"https?:|\bsrc=|@import|url\(|fetch\(|XMLHttpRequest|WebSocket|sendBeacon", code) == []
    assert page.count("<script>") == len(SCRIPTS) == page.count("</script>")


def test_what_is_vendored_is_named_with_version_licence_and_digest():
    folder = BROWSER / "vendor"
    listed = {one["name"]: one for one in tomllib.loads((folder / "manifest.toml").read_text(encoding="utf-8"))["file"]}
    assert set(listed) == {p.name for p in folder.iterdir()} - {"manifest.toml"}
    for name, one in listed.items():
        data = (folder / name).read_bytes()
        assert hashlib.sha256(data).hexdigest() == one["sha256"], name
        head = data.decode().split("*/", 1)[0]
        assert (
            f"{one['package']} {one['version']}" in head
            and one["licence"] == "MIT"
            and "Permission is hereby granted" in head
        )
    assert [s for s in SCRIPTS if s.startswith("vendor/")] == [
        f"vendor/{n}" for n in ("noble_hashes.js", "noble_ed25519.js", "sm_crypto_sm3.js")
    ]


@pytest.mark.parametrize("name", SCRIPTS)
def test_no_script_uses_what_chromium_90_lacks(name):
    text = re.sub(r"/\*.*?\*/|^\s*//.*$", "", (BROWSER / name).read_text(encoding="utf-8"), flags=re.S | re.M)
    assert NEWER.findall(text) == []
