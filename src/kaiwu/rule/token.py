"""Tokens of a rule with their real character offsets.

The longest declared name wins (``或有负债`` is a name, not ``或`` and the rest); a connective counts only between
blanks, brackets or the ends. A unit belongs to the number before it.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from fractions import Fraction

from kaiwu.quantity import KaiwuError, Problem, Unit, find_unit
from kaiwu.quantity.unit import unit_spellings
from kaiwu.rule.vocabulary import CONNECTIVES, CONSTANTS, CONTEXT, EDGE_WORDS, FUNCTIONS, Vocabulary

MAX_LENGTH = 20_000  # characters; the longest clause of a real policy is below 2,000
MAX_TOKENS = 4_000
MAX_DIGITS = 30  # more digits than any bound could hold

_BLANK = " \t\r\n\u3000\u00a0"
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?!\d)|(\d{4})年(\d{1,2})月(\d{1,2})日")
_YEAR = re.compile(r"((?:19|20)\d{2})年(?!度?以)")
_OPERATORS = (">=", "<=", "!=", "<>", "==", "≥", "≤", "≠", ">", "<", "=", "+", "-", "*", "×", "/", "÷", "(", ")", ",")
_FULL_WIDTH = str.maketrans("（），＞＜＝＋－＊／％．０１２３４５６７８９", "(),><=+-*/%.0123456789")
_CANON = {"≥": ">=", "≤": "<=", "≠": "!=", "<>": "!=", "==": "=", "×": "*", "÷": "/"}
_DELIMITERS = set("()<>=!+-*/×÷≥≤≠,'\"") | set(_BLANK)


@dataclass(frozen=True, slots=True)
class Token:
    """``kind`` is one of number, date, year, op, name, period, function, context, truth, connective, edge, word, end."""

    kind: str
    text: str
    at: int
    end: int
    value: Fraction | dt.date | int | None = None
    unit: Unit | None = None


def tokenize(text: str, vocabulary: Vocabulary) -> list[Token]:
    """Split a rule into tokens. Errors: ``KaiwuError`` that points at the character."""
    if len(text) > MAX_LENGTH:
        raise KaiwuError(
            Problem("R-LENGTH", f"条件超过 {MAX_LENGTH} 字, 请拆成几条", f"rule longer than {MAX_LENGTH} characters: split it",
                    text=text[:40] + "…", at=0)
        )  # fmt: skip
    source = text.translate(_FULL_WIDTH)
    tokens: list[Token] = []
    at = 0
    while at < len(source):
        if source[at] in _BLANK:
            at += 1
            continue
        token = _next(source, at, vocabulary, text)
        tokens.append(token)
        if len(tokens) > MAX_TOKENS:
            raise KaiwuError(Problem("R-LENGTH", "条件过长", "too many tokens in one rule", text=text[:40] + "…", at=0))
        at = token.end
    tokens.append(Token("end", "", len(source), len(source)))
    return tokens


def _next(source: str, at: int, vocabulary: Vocabulary, text: str) -> Token:
    char = source[at]
    if char.isdigit() and char.isascii():
        return _number(source, at, vocabulary, text)
    if char in "'\"":
        end = source.find(char, at + 1)
        if end < 0:
            raise KaiwuError(Problem("R-QUOTE", "引号没有闭合", "the quote is not closed", text=text, at=at))
        return Token("word", source[at + 1 : end], at, end + 1)
    word = vocabulary.longest(source, at)
    if word is not None and (token := _declared(word, source, at, vocabulary)):
        return token
    for op in _OPERATORS:
        if source.startswith(op, at):
            return Token("op", _CANON.get(op, op), at, at + len(op))
    if char in "!;{}[]`$\\|&^~%@#?":
        raise KaiwuError(
            Problem("R-CHAR", f"条件中不能出现“{char}”", f"“{char}” is not allowed in a rule", text=text, at=at)
        )
    end = at
    while end < len(source) and source[end] not in _DELIMITERS:
        end += 1
    return Token("word", source[at:end], at, end)


def _declared(word: str, source: str, at: int, vocabulary: Vocabulary) -> Token | None:
    end = at + len(word)
    if vocabulary.variable(word) is not None:
        return Token("name", word, at, end)
    if word in vocabulary.periods:
        return Token("period", word, at, end)
    if word in CONTEXT:
        return Token("context", word, at, end)
    if word in EDGE_WORDS:
        return Token("edge", word, at, end)
    stands_alone = (at == 0 or source[at - 1] in "()," + _BLANK) and (
        end == len(source) or source[end] in "()," + _BLANK
    )
    if word in CONNECTIVES and stands_alone:
        return Token("connective", CONNECTIVES[word], at, end)
    if word in CONSTANTS and (end == len(source) or source[end] in _DELIMITERS):
        return Token("truth", word, at, end)
    after = source[end:].lstrip(_BLANK)
    if word in FUNCTIONS and after.startswith("("):
        return Token("function", FUNCTIONS[word], at, end)
    return None


def _number(source: str, at: int, vocabulary: Vocabulary, text: str) -> Token:
    if m := _DATE.match(source, at):
        parts = [int(g) for g in m.groups() if g is not None]
        try:
            return Token("date", m[0], at, m.end(), value=dt.date(*parts))
        except ValueError:
            raise KaiwuError(
                Problem("R-DATE", f"没有这一天: {m[0]}", f"no such day: {m[0]}", text=text, at=at)
            ) from None
    if m := _YEAR.match(source, at):
        end = m.end() + (1 if source.startswith("度", m.end()) else 0)
        return Token("year", m[0], at, end, value=int(m[1]))
    match = _NUMBER.match(source, at)
    assert match is not None
    if len(match[0]) > MAX_DIGITS:
        raise KaiwuError(Problem("R-DIGITS", "数字过长", "the number has too many digits", text=text, at=at))
    end = match.end()
    if end < len(source) and source[end] == "," and end + 1 < len(source) and source[end + 1].isdigit():
        piece = source[at : end + 4]
        if re.match(r"\d{1,3},\d{3}", piece):
            raise KaiwuError(
                Problem("R-COMMA", "条件中的数字不写千分位逗号", "write numbers in rules without thousands separators",
                        text=text, at=end)
            )  # fmt: skip
    unit, end = _unit(source, end, vocabulary)
    _refuse_glued_word(source, match.end(), end, vocabulary, text)
    return Token("number", source[at:end], at, end, value=Fraction(match[0]), unit=unit)


def _refuse_glued_word(source: str, number_end: int, end: int, vocabulary: Vocabulary, text: str) -> None:
    """``1000元宝``: letters directly behind a number that are neither a unit nor a declared word."""
    if end >= len(source) or source[end] in _DELIMITERS or vocabulary.longest(source, end) is not None:
        return
    stop = end
    while stop < len(source) and source[stop] not in _DELIMITERS:
        stop += 1
    word = source[number_end:stop].strip()
    raise KaiwuError(
        Problem(
            "R-UNIT",
            f"不认识单位“{word}”; 请写元、万元、亩、人、%等",
            f"unknown unit “{word}”: write 元, 万元, 亩, 人, % …",
            text=text,
            at=number_end,
        )
    )


def _unit(source: str, end: int, vocabulary: Vocabulary) -> tuple[Unit | None, int]:
    """The unit directly behind a number (one blank allowed), the longest that is no part of a declared name."""
    start = end
    if start < len(source) and source[start] in _BLANK and start + 1 < len(source):
        start += 1
    name = _longest_unit(source, start)
    if name is None:
        return None, end
    declared = vocabulary.longest(source, start)
    if declared is not None and len(declared) > len(name) and declared not in CONNECTIVES:
        return None, end
    stop = start + len(name)
    if source.startswith("/", stop):
        below = _longest_unit(source, stop + 1)
        declared = vocabulary.longest(source, stop + 1) if stop + 1 < len(source) else None
        if below is not None and (declared is None or len(declared) <= len(below)):
            stop = stop + 1 + len(below)
            name = source[start:stop]
    if start > end and stop < len(source) and name.isascii() and source[stop].isalnum():
        return None, end
    return find_unit(name), stop


def _longest_unit(source: str, at: int) -> str | None:
    for length in range(min(_MAX_UNIT, len(source) - at), 0, -1):
        piece = source[at : at + length]
        if piece in _UNIT_NAMES:
            edge = at + length
            if (
                piece[-1].isascii()
                and piece[-1].isalpha()
                and edge < len(source)
                and source[edge].isascii()
                and source[edge].isalnum()
            ):
                continue
            return piece
    return None


_UNIT_NAMES = unit_spellings()
_MAX_UNIT = max(map(len, _UNIT_NAMES))
