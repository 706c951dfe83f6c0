"""Why a pair matches and what stands in its way, in words (匹配理由), Chinese and English side by side.

Owns every sentence about matches; numbers come from ``phrase``, ``eligibility`` and ``constraint``.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from kaiwu.match.phrase import Phrase
from kaiwu.quantity import Quantity, format_decimal, format_quantity
from kaiwu.rule.decision import Reason
from kaiwu.rule.outcome import Outcome

Words = tuple[str, str]

PHRASES_SHOWN = 5
MICRO = 1_000_000

PHRASES: dict[str, Words] = {
    "title": ("标题", "the title"),
    "body": ("正文", "the text"),
    "shared": ("需求{field}与供给都写“{phrase}”: {points}分, 占{share}%", "{field} of the need and the offer both say “{phrase}”: {points} points, {share} %"),
    "others": ("其余{count}处相同文字: {points}分, 占{share}%", "{count} other shared strings: {points} points, {share} %"),
    "no-text": ("文字没有相同之处, 只按条件入选", "no shared words: chosen by its attributes alone"),
    "region-PASS": ("所在地{value}在所要区域内", "its place {value} lies in the region asked for"),
    "region-MISSING": ("未填所在地, 不能判断是否在所要区域内", "its place is not stated; cannot tell whether it lies in the region asked for"),
    "certificate-PASS": ("持有所要证书{value}", "holds the certificates asked for: {value}"),
    "certificate-MISSING": ("未填证书, 不能判断是否持有{value}", "its certificates are not stated; cannot tell whether it holds {value}"),
    "covers": ("余量{capacity}, 可满足所要{quantity}的{share}%", "{capacity} left: {share} % of the {quantity} asked for"),
    "none": ("没有完全符合的供给", "no offer meets the need"),
    "none-text": ("没有供给与“{title}”有相同文字", "no offer shares a word with “{title}”"),
    "relax-constraint": ("若不设“{constraint}”, 可多得{count}项", "without “{constraint}” {count} more would do"),
    "relax-to": ("; 放宽到{value}即多得第一项", "; the first comes at {value}"),
    "relax-region": ("若不限区域, 可多得{count}项", "without the region {count} more would do"),
    "relax-certificate": ("若不要求证书, 可多得{count}项", "without the certificates {count} more would do"),
    "ask-party": ("请向{party}补问: {figures}; 补齐后“{offer}”可能符合", "ask {party} for: {figures}; “{offer}” may then do"),
    "ask-class": ("最接近的类别是{name}, 有{count}项供给", "the nearest class is {name} with {count} offers"),
    "ask-nearest": ("文字最接近的是“{offer}”, 因{cause}未列入", "the nearest by words is “{offer}”, not shown because it is {cause}"),
    "ask-desk": ("请找{desk}: 登记为无供给需求, 或由其走访补充供给", "ask {desk}: to take the need down as one without an offer, or to find more offers"),
    "ask-words": ("请换用更通用的品名再找", "try a more general name"),
}  # fmt: skip
"""Every sentence; the helper texts in braces are filled in by the functions below."""


def say(code: str, **parts: str | int | Words) -> Words:
    """A sentence in both languages; parts that are pairs are filled in by language."""
    zh, en = PHRASES[code]
    chosen = [{k: v[i] if isinstance(v, tuple) else v for k, v in parts.items()} for i in (0, 1)]
    return zh.format(**chosen[0]), en.format(**chosen[1])


def text_reasons(phrases: Sequence[Phrase], total: int, points: int) -> list[Reason]:
    """The shared phrases of a match, most telling first. ``points`` is the score in millionths, ``total`` in whole steps."""
    if not phrases:
        return [Reason(*say("no-text"), kind="note")]
    reasons = [
        Reason(*say("shared", field=PHRASES[p.field], phrase=p.text, **_share(p.total, total, points)), kind="text")
        for p in phrases[:PHRASES_SHOWN]
    ]
    rest = phrases[PHRASES_SHOWN:]
    if rest:
        parts = _share(sum(p.total for p in rest), total, points)
        reasons.append(Reason(*say("others", count=len(rest), **parts), kind="text"))
    return reasons


def _share(part: int, total: int, points: int) -> dict[str, str]:
    """Points to a tenth and the share to a per cent, both half up."""
    tenths = (2 * 10 * points * part + total * MICRO) // (2 * total * MICRO)
    return {"points": f"{tenths // 10}.{tenths % 10}", "share": str((200 * part + total) // (2 * total))}


def coverage_reason(capacity: Quantity, quantity: Quantity) -> Reason | None:
    """How much of what is wanted an offer can still give; None where the two are not of one dimension."""
    if capacity.unit.dimension != quantity.unit.dimension or quantity.base <= 0:
        return None
    share = min(Fraction(1), capacity.base / quantity.base) * 100
    printed = [
        (format_quantity(q.base, q.unit), format_quantity(q.base, q.unit, language="en")) for q in (capacity, quantity)
    ]
    words = say("covers", capacity=printed[0], quantity=printed[1], share=format_decimal(share, 0))
    return Reason(*words, kind="note")


def wish_reason(name: str, outcome: Outcome, value: str) -> Reason:
    """What a wish (region, certificate) says of an offer that is shown."""
    kind = "missing" if outcome is Outcome.MISSING else "condition"
    return Reason(*say(f"{name}-{outcome.name}", value=value), outcome=outcome, kind=kind)
