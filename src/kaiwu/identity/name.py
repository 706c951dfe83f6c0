"""Names as they are spelled (名称): just enough levelling to compare two spellings of one name.

Owns the comparison form of a name: full-width to half-width, one kind of bracket, no blanks, capital
letters. It does not own guessing: nothing is dropped, abbreviated or matched approximately here, and a
name never decides who somebody is (``register``).
"""

from __future__ import annotations

# The Full Width block U+FF01..U+FF5E mirrors ASCII 0x21..0x7E. NFKC is avoided: it would turn ② into 2.
FULL_WIDTH: dict[int, str] = {0xFF01 + i: chr(0x21 + i) for i in range(94)}

BLANKS = "\t\n\v\f\r \u0085\u00a0\u180e\u2028\u2029\u202f\u205f\u2060\u3000\ufeff" + "".join(
    chr(c) for c in range(0x2000, 0x2010)
)
"""White space and invisible characters that typing and copying leave behind."""

_OPENING = "([{〔［｛（【〖《〈「『﹙"
_CLOSING = ")]}〕］｝）】〗》〉」』﹚"
_DOTS = "·•・‧∙⋅"

_LEVEL: dict[int, str] = {
    **FULL_WIDTH,
    **{ord(c): c.upper() for c in "abcdefghijklmnopqrstuvwxyz"},
    **{0xFF41 + i: chr(ord("A") + i) for i in range(26)},
    **{ord(c): "" for c in BLANKS},
    **{ord(c): "(" for c in _OPENING},
    **{ord(c): ")" for c in _CLOSING},
    **{ord(c): "·" for c in _DOTS},
}


def normalise_name(text: str) -> str:
    """The comparison form of a name; never shown to anybody and never stored in place of the name.

    ``"甲乙 （集团）ＡＢＣ"`` and ``"甲乙(集团)abc"`` both become ``"甲乙(集团)ABC"``. Idempotent.
    """
    return text.translate(_LEVEL)


def same_spelling(left: str, right: str) -> bool:
    """Whether two names are spelled alike after levelling. A blank name is like nothing, not even a blank."""
    level = normalise_name(left)
    return level != "" and level == normalise_name(right)
