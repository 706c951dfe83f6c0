"""``kaiwu verify``: a proof is accepted, the forgery in a changed copy is named, and so is the first bad leaf of a log."""

from __future__ import annotations

import base64
import json
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner

from kaiwu.cli.main import main
from kaiwu.ledger.log import TileLog, make_key, make_proof, read_key, read_public_key, sign_log, write_key
from kaiwu.quantity import KaiwuError

from .conftest import make_leaves


def kaiwu(*arguments: object) -> tuple[int, str, str]:
    done = CliRunner().invoke(main, [str(a) for a in arguments])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.stdout, done.stderr


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A signed log of 600 leaves with two proofs beside it."""
    log, key = TileLog(tmp_path / "log"), make_key("county.example/log")
    log.append(make_leaves(600))
    write_key(log.folder, key)
    text = sign_log(log, key)
    for index in (7, 599):
        (tmp_path / f"proof-{index}.json").write_text(make_proof(log, index, text, key.public))
    return log.folder


def test_the_secret_key_is_for_its_owner_only_and_is_never_replaced(folder):
    assert stat.S_IMODE((folder / "key.pem").stat().st_mode) == 0o600
    before = (folder / "key.pem").read_bytes()
    with pytest.raises(KaiwuError, match="LOG-KEY-EXISTS"):
        write_key(folder, make_key("other"))
    assert (folder / "key.pem").read_bytes() == before
    assert (
        "secret" not in repr(read_key(folder))
        and str(read_key(folder).public) == (folder / "key.pub").read_text().strip()
    )


def test_a_proof_is_accepted_with_the_printed_key_and_its_leaf_is_shown(folder, tmp_path):
    key = (folder / "key.pub").read_text().strip()
    for given in (key, folder / "key.pub"):
        code, out, _ = kaiwu("verify", tmp_path / "proof-7.json", "--key", given)
        assert code == 0 and "可信" in out and "第 7 条" in out and '"n": 7' in out and "公示稿" not in out
    code, out, _ = kaiwu("verify", tmp_path / "proof-7.json", "--lang", "en")
    assert (
        code == 0
        and "Consistent, check the key" in out
        and "Valid" not in out
        and "compare it with the printed notice" in out
        and key in out
    )
    answer = json.loads(kaiwu("verify", tmp_path / "proof-599.json", "--json")[1])
    assert (answer["is_valid"], answer["index"], answer["size"], answer["is_own_key"]) == (True, 599, 600, True)


def test_a_changed_copy_of_a_proof_is_refused_and_the_forgery_named(folder, tmp_path):
    text = (tmp_path / "proof-7.json").read_text()
    forged = tmp_path / "forged.json"
    forged.write_text(text.replace("OjUzOTgs", "OjkzOTgs"))
    assert b'{"amount":5398,' in base64.b64decode(json.loads(text)["leaf"])
    assert b'{"amount":9398,' in base64.b64decode(json.loads(forged.read_text())["leaf"])
    code, out, err = kaiwu("verify", forged, "--key", folder / "key.pub")
    assert code == 1 and "[V-LEAF]" in err and "forged.json" in err and "不可信" in out
    answer = json.loads(kaiwu("verify", forged, "--json")[1])
    assert answer["is_valid"] is False and answer["problems"][0]["code"] == "V-LEAF"


def test_a_whole_log_is_verified_and_the_first_bad_leaf_named(folder):
    code, out, _ = kaiwu("verify", "--log", folder, "--key", folder / "key.pub")
    assert code == 0 and "600 条叶子逐字核对" in out
    bundle = folder / "tile/entries/001"
    data = bytearray(bundle.read_bytes())
    data[-2] ^= 4
    bundle.write_bytes(bytes(data))
    code, out, err = kaiwu("verify", "--log", folder)
    assert code == 1 and "第一条坏叶子是第 511 条" in out and "LOG-LEAF-ALTERED" in err and "tile/entries/001" in err
    assert json.loads(kaiwu("verify", "--log", folder, "--json")[1])["first_bad_leaf"] == 511


def test_a_log_without_a_checkpoint_is_not_called_valid(folder, tmp_path):
    kept = tmp_path / "kept"
    kept.write_bytes((folder / "checkpoint").read_bytes())
    (folder / "checkpoint").unlink()
    code, _, err = kaiwu("verify", "--log", folder)
    assert code == 1 and "C-UNSIGNED" in err
    (folder / "checkpoint").write_bytes(kept.read_bytes())
    assert kaiwu("verify", "--log", folder, "--checkpoint", kept)[0] == 0


def test_the_page_is_written_where_it_is_wanted(tmp_path):
    assert kaiwu("verify", "--page", tmp_path / "verify.html")[0] == 0
    assert "核验证明" in (tmp_path / "verify.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(["verify"], "C-VERIFY"), (["verify", "{}/head", "--log", "{}"], "C-VERIFY"), (["verify", "{}/head", "--key", "nonsense"], "LOG-KEY"),
     (["verify", "--page", "{}/none/x.html"], "C-PAGE")],
)  # fmt: skip
def test_a_mistake_gets_a_code_in_both_languages(folder, arguments, code):
    exit_code, _, err = kaiwu(*[a.format(folder) for a in arguments])
    assert exit_code == 2 and f"[{code}]" in err and " / " in err


@pytest.mark.parametrize("name", ["", "two words", "a+b", "line\n"])
def test_a_name_that_a_signature_line_cannot_hold_is_refused(name):
    with pytest.raises(KaiwuError, match="LOG-KEY-NAME"):
        make_key(name)


def test_keys_that_are_cut_or_altered_are_refused(tmp_path):
    key = make_key("k", bytes(32))
    write_key(tmp_path, key)
    text = str(key.public)
    assert read_public_key(text) == key.public
    for bad in ("", "k", text[:-1], text.upper(), text.replace("k+", "j+"), text + " ", text[:12] + "A" + text[13:]):
        with pytest.raises(KaiwuError, match="LOG-KEY"):
            read_public_key(bad)
    write_key(tmp_path / "other", make_key("k"))
    (tmp_path / "key.pem").write_bytes((tmp_path / "other/key.pem").read_bytes())
    with pytest.raises(KaiwuError, match="LOG-KEY"):
        read_key(tmp_path)
