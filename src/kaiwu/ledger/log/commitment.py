"""Salted commitments: the log holds a hash of a firm's figures, the firm holds figures and salt.

Owns canonical bytes (a subset of RFC 8785: mappings, lists, strings, integers, booleans, null; no floats) and the form
of a commitment. A salt is never made here from a clock or chance: the caller gives it, or a secret to derive it from.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kaiwu.ledger.log.hash import find_hash
from kaiwu.quantity import KaiwuError, Problem

SALT_BYTES = 32
_EXACT = 2**53
"""Beyond this RFC 8785 and JavaScript round integers; such a number must be written as text."""


def canonical_bytes(value: Any) -> bytes:
    """The one form of a value (规范字节): JSON, keys sorted by UTF-16 as in RFC 8785, no blanks, UTF-8.

    Raises ``KaiwuError`` for floats, for integers beyond 2^53 (write them as text), and for other types.
    """
    return _render(value, "$").encode()


def derive_salt(secret: bytes, label: str) -> bytes:
    """A salt (盐) of 32 bytes for a label such as a run and a firm: HMAC-SHA-256, so that a lost one can be made again."""
    return hmac.new(secret, label.encode(), hashlib.sha256).digest()


@dataclass(frozen=True, slots=True)
class Opening:
    """What opens a commitment: the firm keeps it beside its proof."""

    salt: bytes
    figures: bytes


def commit(salt: bytes, figures: bytes, hash_name: str = "sha256") -> str:
    """The commitment (承诺) of canonical bytes: hex of H(salt ‖ figures). The salt has 32 bytes, so nothing is ambiguous."""
    if len(salt) != SALT_BYTES:
        raise KaiwuError(Problem("LOG-SALT", f"盐值必须是 {SALT_BYTES} 字节", f"a salt must have {SALT_BYTES} bytes"))
    tree = find_hash(hash_name)
    return tree.new(salt + figures).digest().hex()


def commitment_leaf(commitment: str, **facts: Any) -> bytes:
    """A leaf that holds a commitment and what may be public beside it, for example ``run`` and ``index``."""
    return canonical_bytes({"kind": "commitment", **facts, "commitment": commitment})


def _render(value: Any, where: str) -> str:
    if value is None or isinstance(value, bool | str):
        return _render_text(value, where)
    if isinstance(value, int) and abs(value) < _EXACT:
        return str(value)
    if isinstance(value, list | tuple):
        return "[" + ",".join(_render(one, f"{where}[{i}]") for i, one in enumerate(value)) + "]"
    if isinstance(value, Mapping) and all(isinstance(key, str) for key in value):
        keys = sorted(value, key=lambda key: key.encode("utf-16-be", "surrogatepass"))
        return "{" + ",".join(f"{_render_text(k, where)}:{_render(value[k], f'{where}.{k}')}" for k in keys) + "}"
    raise KaiwuError(
        Problem(
            "LOG-CANONICAL",
            "只能登记整数、文字、是否、空值及其列表和映射; 小数和过大的整数请写成文字",
            "only integers, text, true/false, null, lists and mappings are logged; write fractions and huge integers as text",
            where=f"{where}: {type(value).__name__}",
        )
    )


def _render_text(value: str | bool | None, where: str) -> str:
    text = json.dumps(value, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise KaiwuError(
            Problem("LOG-CANONICAL", "文字中有残缺的字符", "the text has half a character", where=where)
        ) from error
    return text
