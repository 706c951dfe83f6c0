"""How a firm's name is usually drawn together (简称): the spellings under which others may write it.

Owns generating them from the parts of a name. They are extra entries of an index and never names of the firm: several firms
may share one, and none of them decides anything.
"""

from __future__ import annotations

from kaiwu.identity.naming.grammar import NameGrammar
from kaiwu.identity.naming.reading import NameParts

ABBREVIATION_MIN = 2
GROUP_WORD = "集团"
STOCK_WORD = "股份"
TRADE_STEPS = 3
"""How many words of the trade may follow the brand in an abbreviation."""


def abbreviate(parts: NameParts, grammar: NameGrammar) -> tuple[str, ...]:
    """Spellings of a name from the likeliest on, without repetition; the full name is not among them.

    Brand, core and stem; the brand with the first words of its trade; words drawn together (广播电视 → 广电); the region
    before them; 集团 or 股份 behind them; and the first characters of region, brand and trade (广东能源 → 粤能).
    """
    bodies = [parts.core, parts.brand, *_shorten_trade(parts, grammar), *_clip(parts.core, grammar)]
    bodies.append(_clip_last(parts, grammar))
    places = (parts.regions[0].zh, *parts.regions[0].aliases) if parts.regions else ()
    spelled = [parts.stem, *bodies, *(place + body for place in places for body in bodies if body)]
    spelled += _take_initials(parts)
    ends = [GROUP_WORD] * parts.is_group + [STOCK_WORD] * (parts.form_class == "joint_stock")
    spelled += [body + end for end in ends for body in (parts.stem, parts.core, parts.brand)]
    found = dict.fromkeys(s for s in spelled if len(s) >= ABBREVIATION_MIN and s != parts.text)
    return tuple(found)


def _split_trade(trade: str, grammar: NameGrammar) -> list[str]:
    """The trade as words of the grammar, the longest first; what is none of them is taken by the character."""
    words: list[str] = []
    known = set(grammar.trades)
    while trade:
        size = next((n for n in range(len(trade), 1, -1) if trade[:n] in known), 1)
        words.append(trade[:size])
        trade = trade[size:]
    return words


def _shorten_trade(parts: NameParts, grammar: NameGrammar) -> list[str]:
    words = _split_trade(parts.trade, grammar)
    heads = ["".join(words[:n]) for n in range(1, min(len(words), TRADE_STEPS) + 1)]
    return [parts.brand + head for head in heads] + ([parts.brand + words[-1]] if len(words) > 1 else [])


def _clip(core: str, grammar: NameGrammar) -> list[str]:
    """The core with each long word drawn together, and what stands before the end of the first one."""
    found = []
    for word, short in grammar.clipped.items():
        at = core.find(word)
        if at >= 0:
            found += [core.replace(word, short), core[:at] + short]
    return found


def _clip_last(parts: NameParts, grammar: NameGrammar) -> str:
    """Brand and first character of each trade word: 恒瑞医药 → 恒瑞医."""
    words = _split_trade(parts.trade, grammar)
    return parts.brand + "".join(w[0] for w in words) if len(words) > 1 else ""


def _take_initials(parts: NameParts) -> list[str]:
    """One character for the region and the beginning of the core: 广东能源 → 粤能."""
    if not parts.regions or not parts.core:
        return []
    initials = (parts.regions[0].zh[0], *parts.regions[0].aliases)
    return [initial + parts.core[:size] for size in (1, 2) for initial in dict.fromkeys(initials)]
