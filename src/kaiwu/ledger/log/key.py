"""Ed25519 keys of a log: the files ``key.pem`` (secret, mode 0600) and ``key.pub`` (to be printed on notices).

Owns making, storing and reading keys. The public form is that of C2SP signed notes: ``name+id+base64``.
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from kaiwu.quantity import KaiwuError, Problem

_ED25519 = b"\x01"
_PKCS8 = bytes.fromhex("302e020100300506032b657004220420")
"""What stands before the 32 bytes of an Ed25519 key in PKCS #8 (RFC 8410, 7). Read here and not by OpenSSL, whose errors
for an altered file are of many kinds."""
_NAME = re.compile(r"[^\s+]+")


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A public key (公钥) with its name; checks signatures."""

    name: str
    raw: bytes

    @property
    def key_id(self) -> bytes:
        """The first 4 bytes of SHA-256 over name and key."""
        return hashlib.sha256(f"{self.name}\n".encode() + _ED25519 + self.raw).digest()[:4]

    def verify(self, message: bytes, signature: bytes) -> bool:
        """Whether this key made the signature."""
        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, message)
        except InvalidSignature:
            return False
        return True

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{base64.b64encode(_ED25519 + self.raw).decode()}"


@dataclass(frozen=True, slots=True)
class PrivateKey:
    """A secret key (私钥): signs. Not shown by ``repr``."""

    name: str
    secret: Ed25519PrivateKey

    @property
    def public(self) -> PublicKey:
        """The key that checks its signatures."""
        return PublicKey(self.name, self.secret.public_key().public_bytes_raw())

    @property
    def key_id(self) -> bytes:
        """The id of the public key."""
        return self.public.key_id

    def sign(self, message: bytes) -> bytes:
        """The signature of a message, 64 bytes."""
        return self.secret.sign(message)

    def verify(self, message: bytes, signature: bytes) -> bool:
        """Whether this key made the signature."""
        return self.public.verify(message, signature)

    def __repr__(self) -> str:
        return f"PrivateKey({self.public})"


def make_key(name: str, seed: bytes | None = None) -> PrivateKey:
    """A new key, random unless a seed of 32 bytes is given. Raises ``KaiwuError`` for a name with blanks or ``+``."""
    if not _NAME.fullmatch(name):
        raise KaiwuError(
            Problem(
                "LOG-KEY-NAME",
                f"密钥名称“{name}”不能为空, 不能有空白或 +",
                f"the name of a key “{name}” may not be empty or have blanks or +",
            )
        )
    secret = Ed25519PrivateKey.generate() if seed is None else Ed25519PrivateKey.from_private_bytes(seed)
    return PrivateKey(name, secret)


def write_key(folder: Path, key: PrivateKey) -> None:
    """Write ``key.pem`` (readable by its owner only) and ``key.pub``; an existing key is never replaced."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "key.pem"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise KaiwuError(
            Problem(
                "LOG-KEY-EXISTS", "已有密钥, 不会覆盖", "there is a key already; it is not replaced", where=str(path)
            )
        ) from error
    with os.fdopen(descriptor, "wb") as file:
        file.write(_render_secret(key.secret))
    (folder / "key.pub").write_text(f"{key.public}\n", encoding="utf-8")


def read_key(folder: Path) -> PrivateKey:
    """The secret key of a log's folder, which must be that of ``key.pub``. Raises ``KaiwuError``."""
    public = read_public_key(folder / "key.pub")
    path = folder / "key.pem"
    try:
        data = path.read_bytes()
        raw = base64.b64decode(data.decode("ascii").splitlines()[1], validate=True)
        secret = Ed25519PrivateKey.from_private_bytes(raw.removeprefix(_PKCS8))
    except (OSError, ValueError, IndexError) as error:
        raise KaiwuError(_bad_key(path)) from error
    if _render_secret(secret) != data:
        raise KaiwuError(_bad_key(path))
    if PrivateKey(public.name, secret).public != public:
        raise KaiwuError(_bad_key(path))
    return PrivateKey(public.name, secret)


def read_public_key(source: Path | str) -> PublicKey:
    """A public key from its text or from a file with it. Raises ``KaiwuError``."""
    text = str(source)
    try:
        if isinstance(source, Path) or Path(source).is_file():
            text = Path(source).read_text(encoding="utf-8")
        name, key_id, encoded = text.removesuffix("\n").split("+", 2)
        raw = base64.b64decode(encoded, validate=True)
    except (OSError, ValueError) as error:
        raise KaiwuError(_bad_key(source)) from error
    key = PublicKey(name, raw[1:])
    if raw[:1] != _ED25519 or len(raw) != 33 or key.key_id.hex() != key_id or str(key) != text.removesuffix("\n"):
        raise KaiwuError(_bad_key(source))
    return key


def _render_secret(secret: Ed25519PrivateKey) -> bytes:
    form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    return secret.private_bytes(*form)


def _bad_key(source: Path | str) -> Problem:
    return Problem(
        "LOG-KEY",
        "密钥读不出、不完整或被改动; 公钥应如 name+1a2b3c4d+AQ…",
        "the key cannot be read, is incomplete or altered; a public key looks like name+1a2b3c4d+AQ…",
        where=str(source),
    )
