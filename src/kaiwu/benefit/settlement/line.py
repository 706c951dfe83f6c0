"""One line of a settlement: a claim before and after one step, with the sentence and the article.

Owns amounts in words and the sentence around a step's reason.
"""

from __future__ import annotations

from dataclasses import dataclass

Words = tuple[str, str]
FEN_PER_WAN = 1_000_000


@dataclass(frozen=True, slots=True)
class Line:
    """What happened to a claim at a step; amounts in fen. ``code`` and ``value`` mean what the step says they mean."""

    claim: str
    number: int
    kind: str
    before: tuple[int, int]
    after: tuple[int, int]
    code: int
    value: int
    other: str = ""

    @property
    def is_changed(self) -> bool:
        """Whether the step changed the amount."""
        return self.before != self.after


def money(fen: int) -> Words:
    """An amount in 万元, or in 元 below one 万元, exactly; and in yuan for English. As ``format_quantity`` prints it, and quicker."""
    if fen == 0:
        return "0元", "0 yuan"
    yuan = _decimal(fen, 2)
    return (f"{_decimal(fen, 6)}万元" if abs(fen) >= FEN_PER_WAN else f"{yuan}元"), f"{yuan} yuan"


def _decimal(fen: int, places: int) -> str:
    whole, rest = divmod(abs(fen), 10**places)
    part = f".{rest:0{places}d}".rstrip("0") if rest else ""
    return f"{'-' if fen < 0 else ''}{whole:,}{part}"


def span(ends: tuple[int, int]) -> Words:
    """One amount, or lowest and highest (至)."""
    low, high = money(ends[0]), money(ends[1])
    return low if ends[0] == ends[1] else (f"{low[0]}至{high[0]}", f"{low[1]} to {high[1]}")


def sentence(line: Line, title: Words, reason: Words) -> Words:
    """``封顶: 900万元 → 800万元; 单家企业每年封顶800万元``."""
    before, after = span(line.before), span(line.after)
    zh = f"{before[0]} → {after[0]}" if line.is_changed else f"{before[0]}, 不变"
    en = f"{before[1]} → {after[1]}" if line.is_changed else f"{before[1]}, unchanged"
    return f"{title[0]}: {zh}; {reason[0]}", f"{title[1]}: {en}; {reason[1]}"
