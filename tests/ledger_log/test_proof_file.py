"""One file proves one record, alone; every forgery is refused and named."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from pathlib import Path

import pytest

from kaiwu.ledger.log import (
    Fault,
    Opening,
    canonical_bytes,
    check_proof,
    commit,
    commitment_leaf,
    derive_salt,
    make_key,
    make_proof,
    read_checkpoint,
    sign_checkpoint,
    verifier,
    verify_checkpoint,
)
from kaiwu.quantity import KaiwuError

from .conftest import make_leaves
from .forgery import flip, forge

SALT = derive_salt(b"secret of the office", "run 7/firm 3")
FIGURES = canonical_bytes({"tax_fen": 123_456_700, "firm": "小县第03机械有限公司", "area": "12.5亩"})


@pytest.mark.parametrize("hash_name", ["sha256", "sm3"])
def test_a_good_proof_of_every_leaf_is_accepted_alone(make_signed, hash_name):
    signed = make_signed(300, hash_name)
    for index in (0, 1, 254, 255, 256, 298, 299):
        found = check_proof(signed.proof(index), str(signed.key.public))
        assert found["leaf"] == make_leaves(300)[index]
        assert (found["origin"], found["index"], found["size"]) == ("small-county.example/log", index, 300)


@pytest.mark.parametrize("hash_name", ["sha256", "sm3"])
@pytest.mark.parametrize("size", [13, 300])
def test_every_forgery_is_refused_and_named(make_signed, size, hash_name):
    signed = make_signed(size, hash_name)
    found = {}
    for name, text, code in forge(signed.proof(size // 2), signed.proof(0), signed.key):
        with pytest.raises(Fault) as caught:
            check_proof(text, str(signed.key.public))
            pytest.fail(f"accepted: {name}")
        found[name] = (caught.value.args[0], code)
    assert {name: codes for name, codes in found.items() if codes[0] != codes[1]} == {}
    assert len(found) >= 45


def test_every_single_bit_of_a_proof_file_counts(make_signed):
    signed = make_signed(5)
    good = signed.proof(3).encode()
    key, accepted = str(signed.key.public), []
    original = check_proof(good, key)
    for at in range(len(good)):
        data = bytearray(good)
        data[at] ^= 1 << at % 7
        try:
            if check_proof(bytes(data), key) != original:
                accepted.append(at)
        except Fault:
            continue
    assert [at for at in accepted if not is_in_own_key(good, at)] == []


def is_in_own_key(good: bytes, at: int) -> bool:
    """The key that a proof carries is not trusted when a key is given; a flip there may pass."""
    start = good.index(b'"key": "')
    return start <= at < good.index(b'"\n', start) + 1


def test_a_proof_by_another_key_is_refused_also_when_it_brings_that_key(make_signed):
    signed = make_signed(10)
    thief = make_key(signed.key.name, bytes(32))
    note = sign_checkpoint(thief.name, 10, signed.log.root(), thief)
    forged = make_proof(signed.log, 3, note, thief.public)
    assert check_proof(forged)["index"] == 3
    with pytest.raises(Fault) as caught:
        check_proof(forged, str(signed.key.public))
    assert caught.value.args[0] == "V-SIGNER"
    for bad in (
        "",
        "x",
        "a+b+c",
        str(thief.public)[:-4],
        str(thief.public).replace("+", "-"),
        flip_key(str(thief.public)),
    ):
        with pytest.raises(Fault) as caught:
            check_proof(json.dumps(json.loads(forged) | {"key": bad}))
        assert caught.value.args[0] in ("V-KEY", "V-BASE64"), bad


def flip_key(text: str) -> str:
    head, _, encoded = text.rpartition("+")
    return f"{head}+{flip(encoded, 50)}"


def test_a_firm_opens_its_commitment_and_no_other(make_signed):
    leaf = commitment_leaf(commit(SALT, FIGURES), run="0007")
    signed = make_signed([*make_leaves(9), leaf])
    assert FIGURES not in signed.log.leaf(9) and "小县".encode() not in signed.log.leaf(9)
    text = make_proof(signed.log, 9, signed.checkpoint, signed.key.public, Opening(SALT, FIGURES))
    assert json.loads(check_proof(text, str(signed.key.public))["figures"])["tax_fen"] == 123_456_700
    proof = json.loads(text)
    for name, value in [
        ("figures", proof["figures"].replace("123456700", "123456701")),
        ("salt", flip(proof["salt"], 1)),
        ("figures", ""),
    ]:
        with pytest.raises(Fault) as caught:
            check_proof(json.dumps(proof | {name: value}))
        assert caught.value.args[0] == "V-OPENING"


def test_the_verifier_is_one_page_that_runs_without_kaiwu(make_signed, tmp_path):
    source = Path(verifier.__file__)
    text = source.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 100
    assert "import kaiwu" not in text and "from kaiwu" not in text and "assert " not in text
    signed = make_signed(20)
    alone = tmp_path / "verifier.py"
    alone.write_bytes(source.read_bytes())
    (tmp_path / "good.json").write_text(signed.proof(7))
    (tmp_path / "bad.json").write_text(signed.proof(7).replace('"index": 7', '"index": 6'))

    def run(*arguments):
        return subprocess.run(
            [sys.executable, "-I", str(alone), *arguments], cwd=tmp_path, capture_output=True, text=True
        )

    good = run("good.json", str(signed.key.public))
    assert good.returncode == 0 and "VALID" in good.stdout and '"n":7' in good.stdout
    assert run("good.json", str(signed.folder / "key.pub")).returncode == 0
    bad = run("bad.json", str(signed.key.public))
    assert bad.returncode == 1 and "V-PATH" in bad.stderr and "NOT VALID" in bad.stderr
    assert "PUBLIC_KEY" in run("good.json").stderr


def test_without_sm3_the_verifier_says_so(make_signed, monkeypatch):
    text = make_signed(3, "sm3").proof(1)
    monkeypatch.setattr("hashlib.algorithms_available", {"sha256"})
    with pytest.raises(Fault, match="V-HASH"):
        check_proof(text)


def test_a_proof_is_made_only_against_a_checkpoint_of_this_log(make_signed):
    signed = make_signed(10)
    old = signed.checkpoint
    signed.log.append([b"x"])
    assert json.loads(make_proof(signed.log, 3, old, signed.key.public))["size"] == 10
    with pytest.raises(KaiwuError, match="LOG-INDEX"):
        make_proof(signed.log, 10, old, signed.key.public)
    with pytest.raises(KaiwuError, match="LOG-CHECKPOINT-OTHER"):
        make_proof(signed.log, 3, sign_checkpoint("o", 10, bytes(32), signed.key), signed.key.public)


def test_a_checkpoint_is_a_signed_note_of_c2sp(make_signed):
    signed = make_signed(7)
    lines = signed.checkpoint.split("\n")
    assert lines[:2] == ["small-county.example/log", "7"]
    assert base64.b64decode(lines[2]) == signed.log.root()
    assert lines[3] == "" and lines[4].startswith("— small-county.example/log ") and lines[5] == ""
    assert base64.b64decode(lines[4].rpartition(" ")[2])[:4] == signed.key.key_id
    assert verify_checkpoint(signed.checkpoint, signed.key.public).size == 7
    sm3 = make_signed(7, "sm3", "other")
    assert sm3.checkpoint.split("\n")[3] == "hash sm3"
    assert read_checkpoint(sm3.checkpoint)[0].hash_name == "sm3"


def test_a_signer_of_another_kind_signs_and_is_checked_by_the_same_protocol():
    class Device:
        """What an SM2 device would be: four members."""

        name, key_id = "device.example", b"\xff\x01\x02\x03"

        def sign(self, message: bytes) -> bytes:
            return b"sm2:" + message[::-1]

        def verify(self, message: bytes, signature: bytes) -> bool:
            return signature == b"sm2:" + message[::-1]

    device = Device()
    text = sign_checkpoint("device.example", 3, bytes(32), device, "sm3")
    assert verify_checkpoint(text, device).size == 3
    with pytest.raises(KaiwuError, match="LOG-SIGNATURE"):
        verify_checkpoint(text.replace("\n3\n", "\n4\n"), device)


@pytest.mark.parametrize("origin", ["", "two\nlines"])
def test_a_checkpoint_that_could_not_be_read_again_is_not_signed(origin):
    with pytest.raises(KaiwuError, match="LOG-CHECKPOINT"):
        sign_checkpoint(origin, 3, bytes(32), make_key("k"))
