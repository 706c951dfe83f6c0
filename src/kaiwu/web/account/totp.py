"""One-time codes of an authenticator (动态口令, RFC 6238) and recovery codes (备用码).

Owns the arithmetic and how keys are kept: sealed with a key derived from the site's own, recovery codes as keyed digests. The
codes themselves are the ``cryptography`` package's; ``allauth.mfa`` keeps its keys in a JSON column and signs in by its own views.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from urllib.parse import quote, urlencode

import segno
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.conf import settings

from kaiwu.quantity import KaiwuError, Problem

KEY_BYTES = 20
DIGITS = 6
STEP = 30
"""Seconds that a code stands."""
DRIFT = 1
"""Steps before and after the present one that are taken: telephones' clocks differ."""
RECOVERY_CODES = 10
RECOVERY_BYTES = 15  # 120 bits: a digest needs no slow hash


def make_secret() -> str:
    """A new key in base 32, as authenticators take it."""
    return base64.b32encode(secrets.token_bytes(KEY_BYTES)).decode()


def code_at(secret: str, step: int) -> str:
    """The code of a step: six digits."""
    key = base64.b32decode(secret)
    return TOTP(key, DIGITS, SHA1(), STEP, enforce_key_length=False).generate(step * STEP).decode()


def find_step(secret: str, code: str, now: float, after: int = 0) -> int | None:
    """The step whose code this is, later than ``after``; ``None`` where the code is wrong, stale or used."""
    told = "".join(code.split())
    steps = range(int(now) // STEP - DRIFT, int(now) // STEP + DRIFT + 1)
    return next(
        (s for s in steps if s > after and hmac.compare_digest(code_at(secret, s).encode(), told.encode())), None
    )


def draw_qr(secret: str, login: str) -> str:
    """The key as a picture for authenticators: a data address of an SVG."""
    query = urlencode({"secret": secret, "issuer": "Kaiwu", "digits": DIGITS, "period": STEP})
    address = f"otpauth://totp/Kaiwu:{quote(login)}?{query}"
    return segno.make(address, error="m").svg_data_uri(scale=4, border=2)


def seal(secret: str) -> str:
    """The key as it is kept."""
    return _box().encrypt(secret.encode()).decode()


def unseal(sealed: str) -> str:
    """The key that was sealed. Raises ``KaiwuError`` where the site's key has changed since."""
    try:
        return _box().decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        zh, en = (
            "会话密钥已更换, 动态口令须由安全管理员重置",
            "the site's key has changed: the security administrator resets the codes",
        )
        raise KaiwuError(Problem("W-SEAL", zh, en)) from error


def make_recovery_codes() -> list[str]:
    """New recovery codes: six groups of four letters and digits each."""
    texts = [base64.b32encode(secrets.token_bytes(RECOVERY_BYTES)).decode() for _ in range(RECOVERY_CODES)]
    return ["-".join(t[i : i + 4] for i in range(0, len(t), 4)) for t in texts]


def digest_recovery(code: str) -> str:
    """What is kept of a recovery code; case, spaces and strokes do not matter."""
    plain = "".join(c for c in code.upper() if c.isalnum())
    return hmac.new(_key(b"recovery"), plain.encode(), hashlib.sha256).hexdigest()


def _box() -> Fernet:
    return Fernet(base64.urlsafe_b64encode(_key(b"totp")))


def _key(purpose: bytes) -> bytes:
    return hmac.new(settings.SECRET_KEY.encode(), b"kaiwu account " + purpose, hashlib.sha256).digest()
