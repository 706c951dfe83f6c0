"""The unified social credit code (统一社会信用代码), GB 32100-2015: level, check one or many, make.

Owns the code of 18 characters: registrar, category, region of 6 digits, organisation code of 9 characters
with its own check digit (GB 11714), outer check character. It does not know who bears a code
(``register``). A code that is checked is well formed; whether it was ever issued only the registrar knows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from kaiwu.identity.name import BLANKS, FULL_WIDTH
from kaiwu.identity.registrar import CATEGORIES, REGISTRARS, Category, list_categories
from kaiwu.quantity.problem import KaiwuError, Problem

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""The 31 lawful characters in the order of their values 0..30: no I, O, S, V, Z."""

LENGTH = 18
OUTER_WEIGHTS = tuple(pow(3, i, 31) for i in range(17))  # GB 32100: 1, 3, 9, 27, 19 … modulo 31
INNER_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)  # GB 11714, modulo 11
LOOKALIKES: dict[str, str] = {"I": "1", "O": "0", "Z": "2", "S": "5"}
"""Letters that never occur in a code, and the digit that was probably meant. Suggested, never applied."""

_SEPARATORS = "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\uff0d_\uff3f'\u2018\u2019\uff07`"
_LEVEL: dict[int, str] = {
    **FULL_WIDTH,
    **{ord(c): c.upper() for c in "abcdefghijklmnopqrstuvwxyz"},
    **{0xFF41 + i: chr(ord("A") + i) for i in range(26)},
    **{ord(c): "" for c in BLANKS + _SEPARATORS},
}
_INNER_CHECKS = "0123456789X"
_CHUNK = 1 << 16  # rows at once: the working set of a chunk stays in the processor's cache


@dataclass(frozen=True, slots=True)
class UsccResult:
    """What checking one code found (校验结果).

    ``valid`` is ``None`` for a missing code: unknown is neither right nor wrong. ``code`` is the levelled
    spelling. ``suggestion`` is a well-formed code that was perhaps meant; a person has to confirm it.
    """

    valid: bool | None
    code: str
    problem: Problem | None = None
    suggestion: str | None = None

    @property
    def category(self) -> Category | None:
        """Registrar and category, where the first two characters are a lawful pair."""
        return CATEGORIES.get(self.code[:2])

    @property
    def region(self) -> str:
        """The division code of the registering office (登记管理机关行政区划码), 6 digits."""
        return self.code[2:8]

    @property
    def organisation(self) -> str:
        """The organisation code (组织机构代码) of 9 characters within the code."""
        return self.code[8:17]


def normalise_uscc(text: str) -> str:
    """Level a typed code: half-width capitals without blanks, hyphens and the quote that Excel leaves."""
    return text.translate(_LEVEL)


def compute_inner_check(body: str) -> str:
    """The 9th character (digit or X) of an organisation code from the first 8, each 0-9 or A-Z (GB 11714)."""
    total = sum(w * int(c, 36) for w, c in zip(INNER_WEIGHTS, body, strict=True))
    return _INNER_CHECKS[-total % 11]


def compute_outer_check(first17: str) -> str:
    """The 18th character from the first 17 (GB 32100, modulo 31)."""
    total = sum(w * ALPHABET.index(c) for w, c in zip(OUTER_WEIGHTS, first17, strict=True))
    return ALPHABET[-total % 31]


def check_uscc(text: str | None) -> UsccResult:
    """Check one code (统一社会信用代码). The problem names the first check that failed, in both languages."""
    code = normalise_uscc(text or "")
    problem = _find_problem(code)
    if problem is None:
        return UsccResult(True, code)
    if not code:
        return UsccResult(None, code, problem)
    suggestion = suggest_uscc(code)
    if suggestion is not None:
        problem = Problem(
            problem.code,
            f"{problem.zh}; 是否为 {suggestion}? 请核对证照后改正",
            f"{problem.en}; perhaps {suggestion}? compare with the licence, then correct it",
            text=problem.text,
            at=problem.at,
        )
    return UsccResult(False, code, problem, suggestion)


def suggest_uscc(text: str) -> str | None:
    """The well-formed code that differs only by look-alike letters (I→1, O→0, Z→2, S→5), or ``None``."""
    code = normalise_uscc(text)
    repaired = "".join(LOOKALIKES.get(c, c) for c in code)
    return repaired if repaired != code and _find_problem(repaired) is None else None


def make_uscc(registrar: str, category: str, region: str, body8: str) -> str:
    """Make a well-formed code for **synthetic** entities from its parts.

    ``body8`` is the first 8 characters of the organisation code. The code may coincide with one that is
    really issued, so whatever carries it has to be labelled synthetic. Raises ``KaiwuError`` for unlawful
    parts.
    """
    first16 = registrar + category + region + body8
    sizes = (len(registrar), len(category), len(region), len(body8))
    if sizes != (1, 1, 6, 8) or any(c not in ALPHABET for c in first16):
        raise KaiwuError(
            Problem(
                "I-USCC-PARTS",
                f"应为 1+1+6+8 位字符(数字与大写字母, 不含 I O S V Z), 现为 {sizes}",
                f"expected 1+1+6+8 lawful characters (no I O S V Z), got {sizes}",
                text=first16,
            )
        )
    first17 = first16 + compute_inner_check(body8)
    code = first17 + compute_outer_check(first17)
    if problem := _find_problem(code):
        raise KaiwuError(problem)
    return code


def _find_problem(code: str) -> Problem | None:
    """The first check that a levelled code fails; the same order as ``check_uscc_many``."""
    if not code:
        return Problem("I-USCC-MISSING", "缺统一社会信用代码", "the unified social credit code is missing")
    if len(code) != LENGTH:
        return _length_problem(code)
    for at, c in enumerate(code):
        if c not in ALPHABET:
            zh = f"第 {at + 1} 位“{c}”不是代码字符(数字与大写字母, 不含 I O S V Z)"
            en = f"character {at + 1} “{c}” never occurs in a code (digits and capitals without I O S V Z)"
            return Problem("I-USCC-ALPHABET", zh, en, text=code, at=at)
    if code[0] not in REGISTRARS:
        zh = f"首位“{code[0]}”不是登记管理部门代码"
        en = f"first character “{code[0]}” is no registrar"
        return Problem("I-USCC-REGISTRAR", zh, en, text=code, at=0)
    if code[:2] not in CATEGORIES:
        lawful = list_categories(code[0])
        zh = f"登记管理部门 {code[0]} 没有机构类别“{code[1]}”, 可用: {lawful}"
        en = f"registrar {code[0]} has no category “{code[1]}”; lawful: {lawful}"
        return Problem("I-USCC-CATEGORY", zh, en, text=code, at=1)
    return _find_digit_problem(code)


def _length_problem(code: str) -> Problem:
    zh, en = f"应为 18 位, 现为 {len(code)} 位", f"expected 18 characters, got {len(code)}"
    if len(code) == 15 and code.isdecimal():
        zh, en = f"{zh}(似为旧营业执照注册号)", f"{en} (looks like an old business registration number)"
    if len(code) == 9:
        zh, en = f"{zh}(似为组织机构代码)", f"{en} (looks like an organisation code)"
    return Problem("I-USCC-LENGTH", zh, en, text=code)


def _find_digit_problem(code: str) -> Problem | None:
    for at in range(2, 8):
        if code[at] > "9":
            zh = f"第 3 至 8 位是行政区划码, 应全为数字, 第 {at + 1} 位为“{code[at]}”"
            en = f"characters 3 to 8 are the region, digits only; character {at + 1} is “{code[at]}”"
            return Problem("I-USCC-REGION", zh, en, text=code, at=at)
    if code[16] != compute_inner_check(code[8:16]):
        zh = f"组织机构代码 {code[8:17]} 的校验码(第 17 位)不符, 请逐位核对第 9 至 17 位"
        en = f"wrong check digit in the organisation code {code[8:17]}: compare characters 9 to 17"
        return Problem("I-USCC-ORGANISATION", zh, en, text=code, at=16)
    if code[17] != compute_outer_check(code[:17]):
        zh = "校验码(第 18 位)不符, 请逐位核对"
        en = "the check character (number 18) is wrong: compare every character"
        return Problem("I-USCC-CHECK", zh, en, text=code, at=17)
    return None


# The vectorised check. Codes of 18 ASCII characters lie side by side as bytes (n, 18) and are judged by
# table look-up and integer sums; everything else is levelled first.

CHECKS = (
    "I-USCC-MISSING",
    "I-USCC-LENGTH",
    "I-USCC-ALPHABET",
    "I-USCC-REGISTRAR",
    "I-USCC-CATEGORY",
    "I-USCC-REGION",
    "I-USCC-ORGANISATION",
    "I-USCC-CHECK",
)
"""Codes of the checks in the order in which they are made."""

_OK = len(CHECKS)
_BAD = 255
_OUTER = np.full(256, _BAD, np.uint8)
_OUTER[[ord(c) for c in ALPHABET]] = range(len(ALPHABET))
_INNER = np.zeros(256, np.uint8)
_INNER[[ord(c) for c in ALPHABET]] = [int(c, 36) for c in ALPHABET]
_INNER_CHECK_BYTES = np.frombuffer(_INNER_CHECKS.encode(), np.uint8)
_IS_REGISTRAR = np.zeros(256, np.bool_)
_IS_REGISTRAR[[ord(c) for c in REGISTRARS]] = True
_IS_CATEGORY = np.zeros((256, 256), np.bool_)
for _prefix in CATEGORIES:
    _IS_CATEGORY[ord(_prefix[0]), ord(_prefix[1])] = True


def check_uscc_many(codes: pl.Series | npt.NDArray[Any] | Sequence[str | None]) -> pl.DataFrame:
    """Check many codes at once; the same answers as ``check_uscc``.

    Takes n codes as a Polars series of strings, a NumPy array or a sequence. Returns n rows in the same
    order: ``code`` (String, levelled; null where missing), ``valid`` (Boolean; null where missing) and
    ``problem`` (String, the stable code of the first failed check; null where valid).
    """
    typed = pl.Series("code", codes, dtype=pl.String) if not isinstance(codes, pl.Series) else codes.cast(pl.String)
    levelled = _level_many(typed.rename("code").fill_null(""))
    is_full = (levelled.str.len_bytes() == LENGTH) & (levelled.str.len_chars() == LENGTH)
    verdict = np.full(len(levelled), CHECKS.index("I-USCC-LENGTH"), np.uint8)
    verdict[(levelled == "").to_numpy()] = CHECKS.index("I-USCC-MISSING")
    rows = np.flatnonzero(is_full.to_numpy())
    # An 18-character text with a character beyond ASCII is wrong by its alphabet, not by its length.
    verdict[((levelled.str.len_chars() == LENGTH) & ~is_full).to_numpy()] = CHECKS.index("I-USCC-ALPHABET")
    if rows.size:
        verdict[rows] = _judge_bytes(_side_by_side(levelled.filter(is_full)))
    return _report(levelled, verdict)


def _level_many(codes: pl.Series) -> pl.Series:
    """Level only what needs it: most codes are clean, and looking is cheaper than rewriting."""
    is_clean = codes.str.contains(r"^[0-9A-Z]*$")
    if is_clean.all():
        return codes
    patterns = [chr(c) for c in _LEVEL]
    dirty = codes.filter(~is_clean).str.replace_many(patterns, list(_LEVEL.values()))
    out = codes.to_frame().with_columns(is_clean.alias("clean"))
    return out.select(
        pl.when("clean").then("code").otherwise(dirty.gather((~is_clean).cum_sum().cast(pl.Int64) - 1)).alias("code")
    ).to_series()


def _side_by_side(codes: pl.Series) -> npt.NDArray[np.uint8]:
    joined: str = codes.str.join("").item()
    return np.frombuffer(joined.encode("ascii"), np.uint8).reshape(-1, LENGTH)


def _judge_bytes(codes: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Index into ``CHECKS`` (or ``_OK``) for each row of bytes (n, 18)."""
    verdict = np.empty(len(codes), np.uint8)
    for start in range(0, len(codes), _CHUNK):
        verdict[start : start + _CHUNK] = _judge_chunk(np.ascontiguousarray(codes[start : start + _CHUNK].T))
    return verdict


def _judge_chunk(columns: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    values = _OUTER[columns]
    outer = values[17].astype(np.int32)
    for i, weight in enumerate(OUTER_WEIGHTS):
        outer += values[i].astype(np.int32) * weight
    inner = np.zeros(columns.shape[1], np.int32)
    for i, weight in enumerate(INNER_WEIGHTS):
        inner += _INNER[columns[8 + i]].astype(np.int32) * weight
    # Later statements are earlier checks: they overwrite, so that the first failed check remains.
    verdict = np.full(columns.shape[1], _OK, np.uint8)
    verdict[outer % 31 != 0] = CHECKS.index("I-USCC-CHECK")
    verdict[_INNER_CHECK_BYTES[-inner % 11] != columns[16]] = CHECKS.index("I-USCC-ORGANISATION")
    verdict[(values[2:8] > 9).any(axis=0)] = CHECKS.index("I-USCC-REGION")
    verdict[~_IS_CATEGORY[columns[0], columns[1]]] = CHECKS.index("I-USCC-CATEGORY")
    verdict[~_IS_REGISTRAR[columns[0]]] = CHECKS.index("I-USCC-REGISTRAR")
    verdict[(values == _BAD).any(axis=0)] = CHECKS.index("I-USCC-ALPHABET")
    return verdict


def _report(levelled: pl.Series, verdict: npt.NDArray[np.uint8]) -> pl.DataFrame:
    names = pl.Series([*CHECKS, None], dtype=pl.String)
    is_missing = verdict == CHECKS.index("I-USCC-MISSING")
    found = pl.DataFrame({"code": levelled, "valid": verdict == _OK, "missing": is_missing})
    return found.select(
        pl.when("missing").then(None).otherwise("code").alias("code"),
        pl.when("missing").then(None).otherwise("valid").alias("valid"),
        names.gather(verdict).alias("problem"),
    )
