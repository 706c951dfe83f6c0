"""Numbers as a spreadsheet shows them (数值文本): binary floats back to the decimals that were typed.

Owns that passage and the meaning of number formats. It does not own units or variables.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation
from functools import lru_cache
from itertools import pairwise

SHOWN_DIGITS = 15
"""Excel shows and keeps 15 significant digits; what lies behind them is binary noise (0.30000000000000004)."""

_SHOWN = Context(prec=SHOWN_DIGITS, rounding=ROUND_HALF_UP)
_LITERAL = re.compile(r'"([^"]*)"|\\(.)|!(.)|_.|\*.')
_BRACKETED = re.compile(r"\[[^\]]*\]")


def spell_number(shortest: str) -> str | None:
    """The plain decimal spelling of a float's shortest text (``repr``): ``12.0`` → ``12``, ``1e-05`` → ``0.00001``.

    More than 15 significant digits are rounded to 15, as Excel itself shows the number. ``None`` for inf and nan.
    """
    if len(shortest) <= SHOWN_DIGITS and shortest.endswith(".0") and shortest != "-0.0":
        return shortest[:-2]
    try:
        number = Decimal(shortest)
    except InvalidOperation:
        return None
    if not number.is_finite():
        return None
    if len(number.normalize().as_tuple().digits) > SHOWN_DIGITS:
        number = _SHOWN.plus(number)
    spelled = format(number, "f")
    if "." in spelled:
        spelled = spelled.rstrip("0").rstrip(".")
    return "0" if spelled in ("-0", "") else spelled


@dataclass(frozen=True, slots=True)
class FormatMeaning:
    """What a number format does to the number behind it: percent, a scale by thousands, letters shown with it."""

    is_percent: bool = False
    is_scaled: bool = False
    letters: str = ""


@lru_cache(maxsize=1024)
def read_format(code: str) -> FormatMeaning:
    """The meaning of a number format (数字格式), judged by its section for positive numbers.

    ``0.00%`` is percent. ``0.0,`` and ``0!.0,`` (Chinese Excel's 万) show another number than is stored.
    ``0"万元"`` carries letters, which may be a unit.
    """
    section = _split_sections(code)[0]
    literals = "".join(m[1] or m[2] or m[3] or "" for m in _LITERAL.finditer(section))
    bare = _BRACKETED.sub("", _LITERAL.sub("", section))
    digits = bare.rstrip(" %)")
    is_scaled = digits.endswith(",") and any(c in digits for c in "0#?")
    letters = _letters(literals + bare.replace("%", ""))
    return FormatMeaning("%" in bare, is_scaled or "." in literals, letters)


def _split_sections(code: str) -> list[str]:
    """The sections of a format, divided by ``;`` outside quotes."""
    hidden = re.sub(r'"[^"]*"|\\.', lambda m: "\0" * len(m[0]), code)
    cuts = [-1, *(i for i, c in enumerate(hidden) if c == ";"), len(code)]
    return [code[a + 1 : b] for a, b in pairwise(cuts)]


def _letters(text: str) -> str:
    return "".join(c for c in text if (c > "\x7f" or c == "%") and c not in "￥¥€（）").strip()
