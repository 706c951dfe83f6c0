"""Forged proof files, each with the code that names what is wrong with it."""

from __future__ import annotations

import base64
import json
from typing import Any

from kaiwu.ledger.log import PrivateKey, make_key, sign_checkpoint


def flip(text: str, bit: int) -> str:
    """Base64 text with one bit of its bytes flipped."""
    data = bytearray(base64.b64decode(text))
    data[bit // 8 % len(data)] ^= 1 << bit % 8
    return base64.b64encode(data).decode()


def forge(good: str, other: str, key: PrivateKey) -> list[tuple[str, str, str]]:
    """(what was done, text of the file, expected code); ``other`` is a good proof of another leaf of the same log."""
    proof: dict[str, Any] = json.loads(good)
    beside: dict[str, Any] = json.loads(other)
    path, note = proof["path"], proof["checkpoint"]
    leaf = base64.b64decode(proof["leaf"])
    size, root = int(note.split("\n")[1]), base64.b64decode(note.split("\n")[2])
    forged: list[tuple[str, str, str]] = []

    def add(name: str, code: str, **changes: Any) -> None:
        forged.append((name, json.dumps(proof | changes, ensure_ascii=False), code))

    def note_of(size: int, root: bytes = root, hash_name: str = proof["hash"], origin: str = key.name) -> str:
        return sign_checkpoint(origin, size, root, key, hash_name)

    add("leaf altered", "V-LEAF", leaf=base64.b64encode(leaf.replace(b"1", b"9", 1) + b" ").decode())
    for bit in (0, 9, 100):
        add(f"leaf bit {bit}", "V-LEAF", leaf=flip(proof["leaf"], bit))
    add("leaf hash altered", "V-LEAF", leaf_hash=flip(proof["leaf_hash"], 5))
    add("leaf of another index with its hash", "V-PATH", leaf=beside["leaf"], leaf_hash=beside["leaf_hash"])
    add("another index", "V-PATH", index=proof["index"] ^ 1)
    add("path of another leaf", "V-PATH", path=beside["path"])
    add("path reversed", "V-PATH", path=path[::-1])
    for i in range(len(path)):
        add(f"node {i} flipped", "V-PATH", path=[*path[:i], flip(path[i], 77), *path[i + 1 :]])
    add("path too long", "V-PATH-LENGTH", path=[*path, path[0]])
    add("path too short", "V-PATH-LENGTH", path=path[:-1])
    add("path empty", "V-PATH-LENGTH", path=[])
    add("short node", "V-BASE64", path=[path[0][:-4], *path[1:]])
    add("node is a number", "V-BASE64", path=[7, *path[1:]])
    add("node with blanks", "V-BASE64", path=[path[0] + "\n", *path[1:]])
    add("index negative", "V-INDEX", index=-1)
    add("index is size", "V-INDEX", index=size)
    add("size off by one", "V-SIZE", size=size + 1)
    add("size off by one below", "V-SIZE", size=size - 1)
    add("size zero", "V-SIZE", size=0)
    add("hash other", "V-SIZE", hash="sm3" if proof["hash"] == "sha256" else "sha256")
    add("hash unknown", "V-HASH", hash="md5")
    add(
        "checkpoint size altered",
        "V-SIGNATURE",
        checkpoint=note.replace(f"\n{size}\n", f"\n{size + 1}\n", 1),
        size=size + 1,
    )
    add("checkpoint origin altered", "V-SIGNATURE", checkpoint="x" + note)
    add(
        "checkpoint root flipped",
        "V-SIGNATURE",
        checkpoint=note.replace(note.split("\n")[2], flip(note.split("\n")[2], 3)),
    )
    add("signature flipped", "V-SIGNATURE", checkpoint=note[:-101] + flip_signature(note))
    add("checkpoint without signature", "V-SIGNER", checkpoint=note[: note.index("\n—") + 1])
    add("checkpoint empty", "V-NOTE", checkpoint="")
    add("size with a leading zero", "V-NOTE", checkpoint=note.replace(f"\n{size}\n", f"\n0{size}\n", 1))
    add("size in other digits", "V-NOTE", checkpoint=note.replace(f"\n{size}\n", "\n１２\n", 1))
    add("huge size", "V-NOTE", checkpoint=note.replace(f"\n{size}\n", "\n" + "9" * 5000 + "\n", 1))
    add("checkpoint without last newline", "V-NOTE", checkpoint=note[:-1])
    add("signed for size zero", "V-EMPTY", checkpoint=note_of(0), size=0, index=0)
    add("signed for another root", "V-PATH", checkpoint=note_of(size, bytes(32)))
    add("signed for another size", "V-SIZE", checkpoint=note_of(size + 1))
    other_key = make_key(key.name, bytes(32))
    add(
        "signed by another key of that name",
        "V-SIGNER",
        checkpoint=sign_checkpoint(key.name, size, root, other_key, proof["hash"]),
    )
    add("salt without commitment", "V-OPENING", salt=base64.b64encode(bytes(32)).decode(), figures="{}")
    add("short salt", "V-BASE64", salt="AAAA", figures="{}")
    add("version unknown", "V-FORM", kaiwu_proof=2)
    add("version is true", "V-FORM", kaiwu_proof=True)
    add("index as text", "V-FORM", index="1")
    add("index is true", "V-FORM", index=True)
    add("path is text", "V-FORM", path="")
    add("leaf missing", "V-FORM", leaf=None)
    add("key too many", "V-FORM", more=1)
    forged += [
        ("half a character", good.replace('"key": "', '"key": "\\ud800', 1), "V-FORM"),
        ("no JSON", good[:-3], "V-FORM"),
        ("a list", "[]", "V-FORM"),
        ("nothing", "", "V-FORM"),
        ("null", "null", "V-FORM"),
    ]
    return forged


def flip_signature(note: str) -> str:
    """The end of a note with a bit of its signature flipped."""
    signature = note[:-1].rpartition(" ")[2]
    return note[-101 : -1 - len(signature)] + flip(signature, 300) + "\n"
