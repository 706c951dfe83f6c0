"""Signed checkpoints: the text of C2SP tlog-checkpoint inside a C2SP signed note.

Owns that text, strictly read, and the protocols ``Signer`` and ``Verifier`` (the seam for SM2). Keys are ``key``.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from typing import Protocol

from kaiwu.ledger.log.hash import HASH_BYTES
from kaiwu.quantity import KaiwuError, Problem

_BODY = re.compile(r"([^\n]+)\n(0|[1-9][0-9]{0,14})\n([^\n]{44})\n(hash sm3\n)?")
_LINE = re.compile(r"— ([^ +\n]+) ([A-Za-z0-9+/]+={0,2})")
_ID_BYTES = 4


class Verifier(Protocol):
    """Somebody whose signature is known (验签方). ``key_id`` has 4 bytes."""

    @property
    def name(self) -> str:
        """The name in the signature line."""

    @property
    def key_id(self) -> bytes:
        """Four bytes that tell keys of one name apart."""

    def verify(self, message: bytes, signature: bytes) -> bool:
        """Whether the signature of the message is this one's."""


class Signer(Verifier, Protocol):
    """Somebody who signs (签名方). An SM2 device is one more class with these four members."""

    def sign(self, message: bytes) -> bytes:
        """The signature of a message."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a signer vouches for (检查点): a log of this origin had ``size`` leaves with this root."""

    origin: str
    size: int
    root: bytes
    hash_name: str = "sha256"

    @property
    def body(self) -> str:
        """The signed text. A log with SM3 says so in an extension line; C2SP knows SHA-256 only."""
        root = base64.b64encode(self.root).decode()
        return f"{self.origin}\n{self.size}\n{root}\n" + (
            "" if self.hash_name == "sha256" else f"hash {self.hash_name}\n"
        )


def sign_checkpoint(origin: str, size: int, root: bytes, signer: Signer, hash_name: str = "sha256") -> str:
    """The text of a checkpoint with one signature. Raises ``KaiwuError`` when the text could not be read again."""
    body = Checkpoint(origin, size, root, hash_name).body
    signature = base64.b64encode(signer.key_id + signer.sign(body.encode())).decode()
    text = f"{body}\n— {signer.name} {signature}\n"
    read_checkpoint(text)
    return text


def read_checkpoint(text: str) -> tuple[Checkpoint, list[tuple[str, bytes, bytes]]]:
    """A checkpoint and its signatures (name, key id, signature), not verified. Raises ``KaiwuError``."""
    body, _, tail = text.rpartition("\n\n")
    found = _BODY.fullmatch(f"{body}\n")
    lines = tail.removesuffix("\n").split("\n")
    signatures = [_LINE.fullmatch(line) for line in lines]
    if found is None or not text.endswith("\n") or None in signatures:
        raise KaiwuError(_malformed())
    try:
        root = _decode(found[3])
        signed = [(m[1], _decode(m[2])) for m in signatures if m]
    except ValueError as error:
        raise KaiwuError(_malformed()) from error
    if len(root) != HASH_BYTES:
        raise KaiwuError(_malformed())
    checkpoint = Checkpoint(found[1], int(found[2]), root, "sm3" if found[4] else "sha256")
    return checkpoint, [(name, raw[:_ID_BYTES], raw[_ID_BYTES:]) for name, raw in signed]


def verify_checkpoint(text: str, verifier: Verifier) -> Checkpoint:
    """The checkpoint, when the verifier's signature is on it; other signatures (witnesses) are not looked at."""
    checkpoint, signatures = read_checkpoint(text)
    mine = [s for name, key_id, s in signatures if (name, key_id) == (verifier.name, verifier.key_id)]
    if not mine:
        raise KaiwuError(
            Problem(
                "LOG-NOT-SIGNED",
                f"检查点没有“{verifier.name}”这把公钥的签名",
                f"the checkpoint bears no signature of this key of “{verifier.name}”",
            )
        )
    if not all(verifier.verify(checkpoint.body.encode(), one) for one in mine):
        raise KaiwuError(
            Problem(
                "LOG-SIGNATURE",
                "检查点的签名不对: 检查点被改动或伪造",
                "wrong signature: the checkpoint was altered or forged",
            )
        )
    return checkpoint


def _decode(text: str) -> bytes:
    data = base64.b64decode(text, validate=True)
    if base64.b64encode(data).decode() != text:
        raise ValueError("not canonical")
    return data


def _malformed() -> Problem:
    return Problem(
        "LOG-CHECKPOINT",
        "检查点的格式不对; 应为来源、大小、根、空行和签名行",
        "the checkpoint is malformed: origin, size, root, a blank line and signature lines are expected",
    )
