"""Numbers as people type them (数的写法): digits with commas, exponents, 1亿2000万, Chinese numerals.

Owns splitting a cell into one exact number and the rest, and refusing what is approximate, doubled or
grouped wrongly. It does not own units; see ``parse.py``. Nothing passes through a float.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from kaiwu.quantity.numeral import NUMERAL_CHARACTERS, parse_numeral
from kaiwu.quantity.problem import KaiwuError, Problem

MAX_QUANTITY_LENGTH = 100
"""No quantity that people write is longer; longer text is refused before it is looked at."""

MAX_EXPONENT = 30
"""1e30 is beyond every figure; a larger exponent would only cost memory."""

MISSING_TOKENS = frozenset(
    {
        *("", "-", "--", "---", "—", "——", "–", "−", "―", "/", "//", "\\", ".", "*", "…", "……", "_", "?"),
        *("无", "無", "暂无", "空", "缺", "缺失", "缺数据", "未填", "未填报", "未提供"),
        *("不详", "未知", "待补", "待定"),
        *("不适用", "n/a", "na", "n.a.", "null", "none", "nil", "nan", "<na>"),
    }
)  # fmt: skip
"""What bureaus write for a missing figure, folded; a missing figure is never zero."""

_FOLD = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | str.maketrans(
    {**dict.fromkeys("\u3000\u00a0\u202f\u2009", " "), **dict.fromkeys("−﹣", "-"), "￥": "¥"}
)
"""Full-width forms, unusual spaces and minus signs, each folded to one ASCII character."""

_INEXACT = re.compile(
    "[约近逾超余多几><≥≤≧≦~∼±≈]|若干|左右|上下|以上|以下|以内|不到|不足|不少于|不低于|至少|至多|最少"
    r"|大概|可能|数[十百千万亿]|[0-9万亿元人家]\+"
)
_DIGITS = re.compile(r"(?P<whole>[0-9,]*)(?P<part>\.[0-9]+)?(?:[eE](?P<exponent>[+-]?[0-9]+))?")
_GROUPED = re.compile(r"[0-9]+|[1-9][0-9]{0,2}(,[0-9]{3})+")
# 1亿3千瓦时 is 1亿 and 3 千瓦时, or nothing at all: 千 is not read as a multiplier before such units.
_THOUSAND = "千(?![瓦克米伏升卡])"
_MIXED = re.compile(f"[0-9]+(?:万亿|千亿|百亿|千万|百万|亿|万|{_THOUSAND})(?:[0-9]+(?:千万|百万|万|{_THOUSAND}))+")
_MIXED_PART = re.compile(r"([0-9]+)([千百万亿]+)")
_BRACKETED = re.compile(r"\s*[¥-]?\s*\([^()]*[0-9][^()]*\)")
_SPACED = re.compile(r"[0-9]\s+[0-9]")
_SCALE = {"百": 10**2, "千": 10**3, "万": 10**4, "亿": 10**8}


@dataclass(frozen=True, slots=True)
class Number:
    """One exact number, whether it already carries 万 or 亿 inside, and where the rest of the text begins."""

    amount: Fraction
    scaled: bool
    end: int


def fold_text(text: str) -> str:
    """Fold full-width characters to ASCII, one for one, so that offsets stay (１２％ → 12%)."""
    return text.translate(_FOLD)


def is_missing_token(text: str) -> bool:
    """Say whether a cell's text means a missing figure (缺数据): blank, ``-``, ``/``, 无, N/A …"""
    return fold_text(text).strip().casefold() in MISSING_TOKENS


def refuse_unclear(text: str) -> None:
    """Raise KaiwuError for text that cannot be one exact number: too long, approximate, bracketed, spaced."""
    folded = fold_text(text[: MAX_QUANTITY_LENGTH + 1])
    if len(text) > MAX_QUANTITY_LENGTH:
        raise KaiwuError(_long(text))
    if is_missing_token(text):
        raise KaiwuError(_missing(text))
    if found := _INEXACT.search(folded):
        raise KaiwuError(_inexact(text, found.start()))
    if _BRACKETED.match(folded):
        raise KaiwuError(_bracketed(text))
    if found := _SPACED.search(folded):
        raise KaiwuError(_spaced(text, found.start() + 1))


def read_numbers(folded: str) -> list[Number]:
    """Read the number at the start of folded text: every possible end, longest first.

    Digits have one reading. A Chinese numeral may give its last character to the unit (三百|千瓦时), so
    every well-formed prefix is returned. Raises KaiwuError where no number stands at the start.
    """
    if mixed := _MIXED.match(folded):
        return [Number(_read_mixed(mixed.group()), True, mixed.end())]
    if folded[:1] in NUMERAL_CHARACTERS:
        return _read_numerals(folded)
    return [_read_digits(folded)]


def numeral_length(folded: str) -> int:
    """Count the characters at the start that may belong to a Chinese numeral."""
    return next((at for at, char in enumerate(folded) if char not in NUMERAL_CHARACTERS), len(folded))


def _read_digits(folded: str) -> Number:
    found = _DIGITS.match(folded)
    if not found or not (found["whole"] or found["part"]):
        raise KaiwuError(_no_number(folded))
    whole, exponent = found["whole"], int(found["exponent"] or 0)
    if whole and not _GROUPED.fullmatch(whole):
        raise KaiwuError(_grouping(folded))
    if abs(exponent) > MAX_EXPONENT or folded[found.end() :].startswith((".", ",")):
        raise KaiwuError(_no_number(folded))
    part = (found["part"] or ".")[1:]
    digits, places = int(whole.replace(",", "") + part), len(part) - exponent
    amount = Fraction(digits, 10**places) if places > 0 else Fraction(digits * 10**-places)
    return Number(amount, False, found.end())


def _read_mixed(text: str) -> Fraction:
    total, limit = 0, None
    for digits, marks in _MIXED_PART.findall(text):
        scale = 1
        for mark in marks:
            scale *= _SCALE[mark]
        part = int(digits) * scale
        if limit is not None and part >= limit:
            raise KaiwuError(_no_number(text))
        total, limit = total + part, scale
    return Fraction(total)


def _read_numerals(folded: str) -> list[Number]:
    length = numeral_length(folded)
    numbers: list[Number] = []
    problem: KaiwuError | None = None
    for end in range(length, 0, -1):
        try:
            amount = parse_numeral(folded[:end])
        except KaiwuError as error:
            problem = problem or error
        else:
            numbers.append(Number(amount, any(mark in folded[:end] for mark in "万亿萬億"), end))
    if not numbers and problem:
        raise problem
    return numbers


def _long(text: str) -> Problem:
    return Problem(
        "Q-QUANTITY-LONG",
        f"内容超过{MAX_QUANTITY_LENGTH}个字, 不是一个数值; 一格只填一个数值",
        f"more than {MAX_QUANTITY_LENGTH} characters is not one value; write one value per cell",
        text=text[:MAX_QUANTITY_LENGTH] + "…",
    )


def _missing(text: str) -> Problem:
    return Problem(
        "Q-QUANTITY-MISSING",
        "没有数值; 空白表示缺数据, 不表示0, 确为零请填0",
        "no value; a blank means missing, not zero: write 0 where it is zero",
        text=text,
    )


def _inexact(text: str, at: int) -> Problem:
    return Problem(
        "Q-QUANTITY-INEXACT",
        f"“{text}”是约数或范围; 请填一个确切的数",
        f"'{text}' is approximate or a range; write one exact number",
        text=text,
        at=at,
    )


def _bracketed(text: str) -> Problem:
    return Problem(
        "Q-QUANTITY-BRACKETS",
        f"“{text}”的括号可能是会计上的负数, 也可能是注解; 负数请写负号, 如-1,200元",
        f"the brackets in '{text}' may mean a negative or a remark; write a minus sign for a negative",
        text=text,
    )


def _spaced(text: str, at: int) -> Problem:
    return Problem(
        "Q-QUANTITY-SPACE",
        f"“{text}”的数字之间有空格, 可能是一个数, 也可能是两个; 请去掉空格或分格填写",
        f"a space between the digits of '{text}': one number or two? remove it, or use two cells",
        text=text,
        at=at,
    )


def _grouping(text: str) -> Problem:
    return Problem(
        "Q-QUANTITY-GROUPING",
        f"“{text}”的千分位逗号位置不对, 可能漏了一位或把小数点写成了逗号; 请重写, 如1,200",
        f"the commas of '{text}' are misplaced (a digit missing, or a decimal comma?); write 1,200",
        text=text,
    )


def _no_number(text: str) -> Problem:
    return Problem(
        "Q-QUANTITY-NUMBER",
        f"“{text}”读不出一个数值; 请写成1,200万元、3%、1.2亿元这样",
        f"no number can be read from '{text}'; write it like 1,200万元, 3% or 1.2亿元",
        text=text,
    )
