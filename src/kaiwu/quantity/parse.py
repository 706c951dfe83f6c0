"""Reading a quantity (读数) from what people type: one number, one unit, exactly, or an error that asks.

Owns deciding the unit of a number: written out, implied by 万/亿, by ￥, by a percent word, or by the head of
the column. It does not own number syntax (``number.py``) nor the units themselves (``unit.py``). What has two
readings is refused with both named; nothing is guessed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fractions import Fraction

from kaiwu.quantity import dimension as d
from kaiwu.quantity.dimension import Dimension
from kaiwu.quantity.format import format_decimal
from kaiwu.quantity.number import Number, fold_text, numeral_length, read_numbers, refuse_unclear
from kaiwu.quantity.numeral import parse_numeral
from kaiwu.quantity.problem import KaiwuError, Problem
from kaiwu.quantity.unit import (
    Unit,
    dimension_problem,
    find_unit,
    has_unit,
    plain_unit,
    scale_of,
    scaled_unit,
    settle_unit,
)
from kaiwu.quantity.unit_table import MULTIPLIERS

_SCALE_BASE = {
    d.MONEY: "元",
    d.DOLLAR: "美元",
    d.ELECTRICITY: "千瓦时",
    d.PERSON: "人",
    d.FIRM: "家",
    d.ITEM: "件",
    d.COMPUTE: "卡时",
}
"""Dimensions in which a bare 万 or 亿 can mean one unit only; 1.2万 of area may be 亩 or 平方米."""

_ONLY_UNIT = {d.YEAR: "calendar_year", d.SCORE: "score", d.LEVEL: "level", d.DIMENSIONLESS: "number"}
"""Dimensions whose bare number can mean one unit only."""

_PERCENT_WORDS = {"百分之": "%", "千分之": "‰", "万分之": "‱"}
_CURRENCY = re.compile(r"¥|人民币|RMB|CNY")
_COINS = re.compile("(?P<yuan>[^元圆圓角分]+)[元圆圓](?:(?P<jiao>[^元圆圓角分]+)角)?(?:零?(?P<fen>[^元圆圓角分]+)分)?")
_WHOLE_YUAN = re.compile("(?<=[元圆圓角])[整正]$")
_SLIPPED_THOUSAND = re.compile("[一二两三四五六七八九十百千万亿零]*[百千万亿][一二三四五六七八九](千.+)")


@dataclass(frozen=True, slots=True)
class Quantity:
    """An exact amount in a unit (量); ``base`` is the same in base units of the dimension."""

    amount: Fraction
    unit: Unit

    @property
    def base(self) -> Fraction:
        """The amount in base units of ``unit.dimension``."""
        return self.unit.to_base(self.amount)


@dataclass(frozen=True, slots=True)
class _Expectation:
    """What the reader knows before reading: the text for messages, the unit of the head, the dimension."""

    text: str
    default_unit: Unit | None
    dimension: Dimension | None


def parse_quantity(text: str, *, default_unit: Unit | None = None, dimension: Dimension | None = None) -> Quantity:
    """Read one quantity (数值) exactly: ``1,200万``, ``１２００ 万元``, ``百分之三``, ``三千万元``.

    ``default_unit`` is the unit that the source states elsewhere (head of the column, form); pass it only
    then, because it settles what a bare number means. ``dimension`` is what the variable declares; a value of
    another dimension is refused. Money without any unit, a bare number for a percentage, ``12万`` under 万元
    and the like are errors that name the readings.

    Raises KaiwuError with a code ``Q-QUANTITY-…``, ``Q-UNIT-…``, ``Q-PERCENT-AMBIGUOUS`` or ``Q-NUMERAL…``.
    """
    expected = _expect(text, default_unit, dimension)
    refuse_unclear(text)
    body = fold_text(text)
    try:
        return _parse_body(body, len(body) - len(body.lstrip()), expected)
    except KaiwuError as error:
        raise KaiwuError(replace(each, text=each.text or text) for each in error.problems) from None


def _expect(text: str, default_unit: Unit | None, dimension: Dimension | None) -> _Expectation:
    if default_unit and dimension and default_unit.dimension != dimension:
        settled = settle_unit(default_unit, dimension)
        if settled is None:
            raise KaiwuError(dimension_problem(default_unit.zh, default_unit.dimension, dimension))
        default_unit = settled
    return _Expectation(text, default_unit, default_unit.dimension if default_unit else dimension)


def _parse_body(body: str, at: int, expected: _Expectation) -> Quantity:
    sign, currency = 0, False
    while at < len(body):
        if found := _CURRENCY.match(body, at):
            at, currency = found.end(), True
        elif body[at] in "-+负" and not sign:
            at, sign = at + 1, (1 if body[at] == "+" else -1)
        elif body[at] != " ":
            break
        else:
            at += 1
    if currency:
        expected = _expect_yuan(expected)
    quantity = _parse_unsigned(_WHOLE_YUAN.sub("", body.rstrip()), at, currency, expected)
    return Quantity((sign or 1) * quantity.amount, quantity.unit)


def _parse_unsigned(body: str, at: int, currency: bool, expected: _Expectation) -> Quantity:
    for word, unit in _PERCENT_WORDS.items():
        if body.startswith(word, at):
            return _parse_percent(body[at + len(word) :].strip(), find_unit(unit), expected)
    if (coins := _COINS.fullmatch(body, at)) and (coins["jiao"] or coins["fen"]):
        return _parse_coins(coins, expected)
    numbers = read_numbers(body[at:])
    _refuse_slipped_thousand(body[at:], expected)
    for number in numbers:
        rest = body[at + number.end :].strip()
        if not rest or rest in MULTIPLIERS or has_unit(rest):
            return _with_unit(number, rest, currency, expected)
    # No unit fits behind any reading: a numeral that is itself unclear (一万五元) is the better message.
    if run := numeral_length(body[at:]):
        parse_numeral(body[at : at + run])
    raise KaiwuError(_rest_problem(body[at + numbers[0].end :].strip(), expected))


def _with_unit(number: Number, rest: str, currency: bool, expected: _Expectation) -> Quantity:
    if rest and rest not in MULTIPLIERS:
        return Quantity(number.amount, _written_unit(rest, expected))
    if rest or number.scaled:
        return _with_scale(number, rest, expected)
    default = expected.default_unit
    if default and currency and scale_of(default):
        raise KaiwuError(_currency_against_head(expected.text, default))
    if default:
        return Quantity(number.amount, default)
    if expected.dimension in _ONLY_UNIT:
        return Quantity(number.amount, find_unit(_ONLY_UNIT[expected.dimension]))
    if expected.dimension == d.RATIO:
        raise KaiwuError(_percent_or_part(number.amount, expected.text))
    raise KaiwuError(_unitless(expected))


def _written_unit(rest: str, expected: _Expectation) -> Unit:
    try:
        return find_unit(rest, dimension=expected.dimension)
    except KaiwuError as error:
        at = fold_text(expected.text).rfind(rest)
        raise KaiwuError(
            replace(each, text=expected.text, at=at if at >= 0 else None) for each in error.problems
        ) from None


def _with_scale(number: Number, multiplier: str, expected: _Expectation) -> Quantity:
    """Give a number with 万 or 亿 but no unit the unit that can only be meant, or refuse."""
    unit = expected.default_unit
    if unit is None and expected.dimension in _SCALE_BASE:
        unit = find_unit(_SCALE_BASE[expected.dimension])
    if unit is None:
        raise KaiwuError(_unitless(expected))
    if scale_of(unit):
        raise KaiwuError(_doubled_scale(expected.text, unit))
    if scaled_unit(unit, "万") is None:
        raise KaiwuError(_no_scale(expected.text, unit))
    if not multiplier:
        return Quantity(number.amount, unit)
    scaled = scaled_unit(unit, multiplier)
    return Quantity(number.amount, scaled) if scaled else Quantity(number.amount * MULTIPLIERS[multiplier][0], unit)


def _parse_percent(text: str, unit: Unit, expected: _Expectation) -> Quantity:
    if expected.dimension not in (None, d.RATIO):
        raise KaiwuError(dimension_problem(expected.text, d.RATIO, expected.dimension or d.RATIO))
    sign = -1 if text.startswith(("-", "负")) else 1
    text = text[1:] if sign < 0 else text
    if text in ("百", "一百"):
        return Quantity(Fraction(sign * 100), unit)
    number = read_numbers(text)[0]
    if number.end != len(text) or number.scaled:
        raise KaiwuError(_rest_problem(text[number.end :], expected))
    return Quantity(sign * number.amount, unit)


def _parse_coins(coins: re.Match[str], expected: _Expectation) -> Quantity:
    """Read 壹佰元伍角贰分 and 1200元整: yuan, jiao, fen, each below ten after the first."""
    total = Fraction(0)
    for name, worth in (("yuan", Fraction(1)), ("jiao", Fraction(1, 10)), ("fen", Fraction(1, 100))):
        if part := coins[name]:
            number = read_numbers(part.strip())[0]
            is_whole = number.amount.denominator == 1 and (name == "yuan" or number.amount < 10)
            if number.end != len(part.strip()) or not is_whole:
                raise KaiwuError(_rest_problem(part, expected))
            total += number.amount * worth
    return Quantity(total, find_unit("元", dimension=expected.dimension))


def _expect_yuan(expected: _Expectation) -> _Expectation:
    if expected.dimension not in (None, d.MONEY):
        raise KaiwuError(dimension_problem(expected.text, d.MONEY, expected.dimension or d.MONEY))
    return _Expectation(expected.text, expected.default_unit or find_unit("元"), d.MONEY)


def _refuse_slipped_thousand(body: str, expected: _Expectation) -> None:
    """Refuse 一万五千瓦时: 15000 瓦时, or colloquially 15000 千瓦时? A slip of a thousand would be silent."""
    found = _SLIPPED_THOUSAND.fullmatch(body)
    if found and has_unit(found[1]) and not scale_of(find_unit(found[1])):
        raise KaiwuError(_slipped_thousand(expected.text, found[1]))


def _rest_problem(rest: str, expected: _Expectation) -> Problem:
    text = expected.text
    at = fold_text(text).rfind(rest)
    if re.search(r"[0-9]", rest):
        return Problem(
            "Q-QUANTITY-TWO-VALUES",
            f"“{text}”里有两个数值; 一格只填一个",
            f"'{text}' holds two values; write one per cell",
            text=text,
            at=max(at, 0),
        )
    try:
        find_unit(rest)
    except KaiwuError as error:
        return replace(error.problems[0], text=text, at=max(at, 0))
    return Problem("Q-QUANTITY-NUMBER", f"“{text}”读不出一个数值", f"no number in '{text}'", text=text)


def _unitless(expected: _Expectation) -> Problem:
    kind = expected.dimension or d.DIMENSIONLESS
    zh = f"这里要{kind.zh}" if expected.dimension else "不知道是什么量"
    en = f"{kind.en} is wanted" if expected.dimension else "it could be anything"
    return Problem(
        "Q-UNIT-MISSING",
        f"“{expected.text}”没有单位, {zh}; 请写明单位, 如1,200万元, 或在表头写单位",
        f"'{expected.text}' has no unit, and {en}; write the unit in the cell or in the head of the column",
        text=expected.text,
    )


def _percent_or_part(amount: Fraction, text: str) -> Problem:
    one, other = format_decimal(amount), format_decimal(amount * 100)
    return Problem(
        "Q-PERCENT-AMBIGUOUS",
        f"“{text}”没有%, 可读作{one}%, 也可读作{other}%; 请写明%, 或在表头写单位",
        f"'{text}' has no %: it may be {one}% or {other}%; write the %, or put the unit in the head",
        text=text,
    )


def _doubled_scale(text: str, unit: Unit) -> Problem:
    plain = plain_unit(unit)
    return Problem(
        "Q-QUANTITY-SCALE-AMBIGUOUS",
        f"“{text}”在单位为{unit.zh}处有两种读法: {text}{plain.zh}, 或{text}个{unit.zh}; 请写明单位",
        f"'{text}' where the unit is {unit.zh} may be {text}{plain.zh} or {text} × {unit.zh}; write which",
        text=text,
    )


def _no_scale(text: str, unit: Unit) -> Problem:
    return Problem(
        "Q-QUANTITY-SCALE",
        f"“{text}”的单位是{unit.zh}, 前面不用万、亿; 请核对单位",
        f"'{text}' is in {unit.zh}, which is not counted in 万 or 亿; check the unit",
        text=text,
    )


def _currency_against_head(text: str, unit: Unit) -> Problem:
    return Problem(
        "Q-QUANTITY-SCALE-AMBIGUOUS",
        f"“{text}”的￥表示元, 但这里的单位是{unit.zh}; 请写明是元还是{unit.zh}",
        f"the ￥ of '{text}' says 元, but the unit here is {unit.zh}; write out which",
        text=text,
    )


def _slipped_thousand(text: str, unit: str) -> Problem:
    return Problem(
        "Q-NUMERAL-COLLOQUIAL",
        f"“{text}”里的“千”可属于数, 也可属于单位“{unit}”; 请写阿拉伯数字",
        f"the 千 in '{text}' may belong to the number or to the unit {unit}; write digits",
        text=text,
    )
