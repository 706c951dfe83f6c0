"""What becomes of a supply after the order is final (供应状态): public land is listed and sold, left or won by another.

Owns the states and which may follow which. A public sale may end with a buyer who was not in line: that is the law's way.
"""

from __future__ import annotations

from kaiwu.quantity import KaiwuError, Problem

ORDERED, LISTED, SOLD, UNSOLD, WON_BY_OTHER, GRANTED, WITHDRAWN = (
    "ordered", "listed", "sold", "unsold", "won_by_other", "granted", "withdrawn",
)  # fmt: skip
STATES: dict[str, tuple[str, str]] = {
    ORDERED: ("已排供地序", "in the order of supply"),
    LISTED: ("已挂牌", "listed for public sale"),
    SOLD: ("成交(排序项目竞得)", "sold to the project in line"),
    UNSOLD: ("流拍", "unsold"),
    WON_BY_OTHER: ("由他人竞得", "won by another"),
    GRANTED: ("已直接供给", "granted directly"),
    WITHDRAWN: ("已撤回", "withdrawn"),
}
_PUBLIC = {ORDERED: (LISTED, WITHDRAWN), LISTED: (SOLD, UNSOLD, WON_BY_OTHER, WITHDRAWN), UNSOLD: (LISTED, WITHDRAWN)}
_DIRECT = {ORDERED: (GRANTED, WITHDRAWN)}
_BACK_IN_LINE = (UNSOLD, WON_BY_OTHER, WITHDRAWN)


def next_states(state: str, *, is_public: bool) -> tuple[str, ...]:
    """States that may follow; none where it is over."""
    return (_PUBLIC if is_public else _DIRECT).get(state, ())


def move_on(state: str, to: str, *, is_public: bool, where: str = "") -> str:
    """The next state. Raises ``KaiwuError`` ``A-STATE`` where it may not follow: public land is never granted directly."""
    allowed = next_states(state, is_public=is_public)
    if to in allowed:
        return to
    words = "、".join(STATES[s][0] for s in allowed) or "无"
    zh = f"“{STATES[state][0]}”之后只能是: {words}"
    en = f"“{STATES[state][1]}” is followed by {', '.join(allowed) or 'nothing'}"
    raise KaiwuError(Problem("A-STATE", zh, en, where=where, text=to))


def is_back_in_line(state: str) -> bool:
    """Whether the project in line waits again for the next round."""
    return state in _BACK_IN_LINE
