"""Chinese numerals (中文数字): read and write them, everyday and financial capitals.

Owns 三千二百万, 壹佰贰拾, 一点二亿 and 百分之三's 三. It does not own units or signs. A numeral is read
leniently, written back canonically, and accepted only if the two agree, so no malformed numeral slips in.
"""

from __future__ import annotations

import re
from fractions import Fraction

from kaiwu.quantity.problem import KaiwuError, Problem

_FOLD = str.maketrans(
    "壹贰叁肆伍陆柒捌玖拾佰仟貳參叄陸萬億两兩〇○點",
    "一二三四五六七八九十百千二三三六万亿二二零零点",
)
_DIGITS = "零一二三四五六七八九"
_PLACES = {"十": 10, "百": 100, "千": 1000}
_LARGE = (("亿", 10**8), ("万", 10**4))
_TAILS = ("万亿", "千万", "百万", "亿", "万", "千", "百")

NUMERAL_LIMIT = 10**16
"""Numerals below 一亿亿; larger ones do not occur and have several conventions."""

MAX_NUMERAL_LENGTH = 40
"""The longest canonical numeral below the limit is shorter."""

NUMERAL_CHARACTERS = frozenset("零一二三四五六七八九十百千万亿点壹贰叁肆伍陆柒捌玖拾佰仟貳參叄陸萬億两兩〇○點")
"""Every character that a numeral may consist of."""

_RUN = re.compile("[" + "".join(sorted(NUMERAL_CHARACTERS)) + "]+")


def parse_numeral(text: str) -> Fraction:
    """Read a Chinese numeral (中文数字), exactly: 三千二百万 → 32000000, 一点二亿 → 120000000.

    Raises KaiwuError: ``Q-NUMERAL-COLLOQUIAL`` for 一万五 (15000 or 10005?), ``Q-NUMERAL`` for what is no
    numeral.
    """
    folded = text.translate(_FOLD)
    if "点" in folded:
        return _parse_decimal(text, folded)
    return Fraction(_parse_integer(text, folded))


def format_numeral(number: int) -> str:
    """Write a whole number from 0 to below 10^16 as a Chinese numeral (10 is 十, 10005 is 一万零五)."""
    if not 0 <= number < NUMERAL_LIMIT:
        raise ValueError(f"no numeral for {number}")
    return _strip_leading_one(_spell(number, False))


def read_digits(text: str) -> str | None:
    """Read numerals digit by digit, as in years (二〇二四 → ``"2024"``); None if another character occurs."""
    digits = [_DIGITS.find(char) for char in text.translate(_FOLD)]
    return "".join(map(str, digits)) if digits and min(digits) >= 0 else None


def write_digits(text: str) -> str:
    """Write the numerals of a date in digits (二〇二四年十二月 → 2024年12月); the rest stays."""
    return _RUN.sub(_write_run, text)


def _write_run(found: re.Match[str]) -> str:
    run = found.group()
    try:
        return read_digits(run) or str(parse_numeral(run))
    except KaiwuError:
        return run


def _parse_integer(text: str, folded: str) -> int:
    written = _with_explicit_ones(folded) if 0 < len(folded) <= MAX_NUMERAL_LENGTH else ""
    value = _evaluate(written) if written else None
    if value is None or value >= NUMERAL_LIMIT:
        raise KaiwuError(_malformed(text))
    forms = (_spell(value, False), _spell(value, True))
    if written in forms:
        return value
    if written in {form.replace("零", "") for form in forms}:
        raise KaiwuError(_colloquial(text, forms[0]))
    raise KaiwuError(_malformed(text))


def _parse_decimal(text: str, folded: str) -> Fraction:
    whole, _, rest = folded.partition("点")
    tail = next((each for each in _TAILS if rest.endswith(each)), "")
    digits = read_digits(rest.removesuffix(tail))
    if not digits:
        raise KaiwuError(_malformed(text))
    scale = 1
    for char in tail:
        scale *= _PLACES.get(char) or dict(_LARGE)[char]
    return (_parse_integer(text, whole) + Fraction(int(digits), 10 ** len(digits))) * scale


def _evaluate(folded: str) -> int | None:
    for mark, size in _LARGE:
        if mark in folded:
            left, _, right = folded.rpartition(mark)
            high, low = _evaluate(left), _evaluate(right)
            return None if high is None or low is None else high * size + low
    return _evaluate_section(folded)


def _evaluate_section(folded: str) -> int | None:
    total, digit = 0, 0
    for char in folded:
        if char in _DIGITS:
            digit = _DIGITS.index(char)
        elif char in _PLACES:
            total, digit = total + digit * _PLACES[char], 0
        else:
            return None
    return total + digit


def _spell(number: int, zero_after_round: bool) -> str:
    """Spell a number; two conventions differ in whether 205000 is 二十万五千 or 二十万零五千."""
    for mark, size in _LARGE:
        if number >= size:
            high, low = divmod(number, size)
            gap = low and (low < size // 10 or (zero_after_round and high % 10 == 0))
            return (
                _spell(high, zero_after_round)
                + mark
                + ("零" if gap else "")
                + (_spell(low, zero_after_round) if low else "")
            )
    return _spell_section(number)


def _spell_section(number: int) -> str:
    if number == 0:
        return "零"
    text, gap = "", False
    for mark, size in (("千", 1000), ("百", 100), ("十", 10), ("", 1)):
        digit = number // size % 10
        if digit:
            text += ("零" if gap and text else "") + _DIGITS[digit] + mark
        gap = digit == 0
    return text


def _with_explicit_ones(folded: str) -> str:
    folded = "一" + folded if folded.startswith("十") else folded
    return folded.replace("百十", "百一十").replace("零十", "零一十")


def _strip_leading_one(spelled: str) -> str:
    return spelled[1:] if spelled.startswith("一十") else spelled


def _malformed(text: str) -> Problem:
    return Problem(
        "Q-NUMERAL",
        f"“{text}”不是规范的中文数字; 请写阿拉伯数字, 如3200万元",
        f"'{text}' is not a well-formed Chinese numeral; write digits, such as 3200万元",
        text=text,
    )


def _colloquial(text: str, exact: str) -> Problem:
    return Problem(
        "Q-NUMERAL-COLLOQUIAL",
        f"“{text}”有两种读法(口语省略末位, 或“{exact}”); 请写阿拉伯数字",
        f"'{text}' has two readings (a colloquial short form, or {exact}); write digits",
        text=text,
    )
