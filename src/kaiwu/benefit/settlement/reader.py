"""Reads the values that steps declare: amounts, shares, clauses, columns, conditions, days.

Owns typed reading and its messages. It does not own what a step means.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from kaiwu.benefit.settlement.term import Limit, Term, Test
from kaiwu.figure.entry import Entry
from kaiwu.figure.variable import Variable
from kaiwu.quantity import RATIO_ONE, KaiwuError, parse_quantity
from kaiwu.quantity.dimension import MONEY, RATIO
from kaiwu.rule import expression as x
from kaiwu.rule.check import Checker
from kaiwu.rule.decision import Need
from kaiwu.rule.interval import IntervalLowering
from kaiwu.rule.lower import Lowering
from kaiwu.rule.program import Program, WidthError
from kaiwu.rule.rulebook import STANDINGS
from kaiwu.rule.vocabulary import Vocabulary

TERM_KEYS = ("step", "zh", "en", "article", "standing", "clauses", "applies_to", "placed_by", "note")
"""Keys of every step."""
BASIS = "basis"
MAX_FEN = 2**62
"""Amounts that a rulebook names stay below it, like the claims."""
_MONTH_DAY = re.compile(r"\d{2}-\d{2}\Z")


@dataclass(slots=True)
class StepReader:
    """Reads steps of one rulebook into one program; mistakes go to the entry that is read."""

    vocabulary: Vocabulary
    clause_ids: tuple[str, ...]
    article: str = ""
    standing: str = "attested"
    program: Program = field(default_factory=Program)
    needs: dict[str, Need] = field(default_factory=dict)
    _checker: Checker = field(init=False)
    _lowering: Lowering = field(init=False)
    _ends: IntervalLowering = field(init=False)

    def __post_init__(self) -> None:
        self._checker = Checker(self.vocabulary)
        self._lowering = Lowering(self.program)
        self._ends = IntervalLowering(self._lowering)

    def term(self, entry: Entry, number: int, kind: str, title: tuple[str, str]) -> Term:
        """What every step says of itself; article and standing default to those of the settlement."""
        test = self.test(entry, "applies_to") if entry.data.get("applies_to") is not None else None
        return Term(
            number, kind, entry.text("zh", title[0]), entry.text("en", title[1]), entry.text("article", self.article),
            entry.choice("standing", STANDINGS, self.standing), self.clauses(entry, "clauses"), test, entry.where,
        )  # fmt: skip

    # -- words -------------------------------------------------------------------------------------------

    def clauses(self, entry: Entry, key: str) -> tuple[str, ...]:
        """Clause ids of this rulebook."""
        return self._known_clauses(entry, entry.texts(key), key)

    def _known_clauses(self, entry: Entry, ids: Sequence[str], *keys: str | int) -> tuple[str, ...]:
        for clause in ids:
            if clause not in self.clause_ids:
                listed = ", ".join(self.clause_ids)
                entry.complain("BS-CLAUSE", f"没有条款“{clause}”; 本办法的条款: {listed}", f"no clause “{clause}”; this rulebook has: {listed}", *keys)  # fmt: skip
        return tuple(dict.fromkeys(c for c in ids if c in self.clause_ids))

    def groups(self, entry: Entry, key: str) -> tuple[tuple[str, ...], ...]:
        """Two or more groups of clause ids, none of them twice."""
        rows = entry.data.get(key)
        listed = rows if isinstance(rows, list) else []
        groups = [self._known_clauses(entry, [str(c) for c in (row if isinstance(row, list) else [row])], key, i) for i, row in enumerate(listed)]  # fmt: skip
        named = [c for group in groups for c in group]
        if len(groups) < 2:
            entry.complain(
                "BS-GROUPS",
                "至少两组条款, 如 [[A, B], [C]]",
                "two groups of clauses at least, such as [[A, B], [C]]",
                key,
            )
        if len(named) != len(set(named)):
            entry.complain("BS-GROUPS", "同一条款写进了两组", "a clause stands in two groups", key)
        return tuple(groups)

    def column_name(self, word: str) -> str:
        """The column of a word: the code of a variable, or the word itself."""
        variable = self.vocabulary.variable(word)
        if variable is None:
            return word
        self._need(variable)
        return variable.code

    def column(self, entry: Entry, key: str, default: str) -> str:
        """A column of the claims."""
        word = entry.text(key, default)
        return self.column_name(word) if word else ""

    def _need(self, variable: Variable, offset: int = 0) -> None:
        need = Need(variable, offset)
        self.needs[need.slot] = need

    # -- numbers -----------------------------------------------------------------------------------------

    def fen(self, entry: Entry, key: str) -> int | None:
        """An amount of money, whole fen, not negative; None where the key is absent or null."""
        text = entry.text(key)
        if not text:
            return None
        try:
            base = parse_quantity(text, dimension=MONEY).base
        except KaiwuError as error:
            entry.problems += [p.located(entry.document.where(*entry.path, key)) for p in error.problems]
            return None
        if base < 0 or base.denominator != 1:
            entry.complain(
                "BS-AMOUNT", f"“{text}”不是以分为单位的非负金额", f"“{text}” is no amount of whole fen from zero", key
            )
            return None
        if base >= MAX_FEN:
            entry.complain("BS-WIDE", f"“{text}”过大, 请核对单位", f"“{text}” is too large: check the unit", key)
            return None
        return int(base)

    def ratio(self, entry: Entry, key: str) -> Fraction:
        """A share in per cent; it has to be there."""
        text = entry.text(key, required=True)
        return self._ratio(entry, text, key) if text else Fraction(0)

    def _ratio(self, entry: Entry, text: str, *keys: str | int) -> Fraction:
        try:
            share = Fraction(parse_quantity(text, dimension=RATIO).base) / RATIO_ONE
        except KaiwuError as error:
            entry.problems += [p.located(entry.document.where(*entry.path, *keys)) for p in error.problems]
            return Fraction(0)
        if share < 0:
            entry.complain("BS-AMOUNT", f"“{text}”是负数", f"“{text}” is negative", *keys)
        return share

    def shares(self, entry: Entry, key: str) -> tuple[Fraction, ...]:
        """Shares that sum to 100 %."""
        rows = entry.data.get(key)
        shares = tuple(
            self._ratio(entry, str(row), key, i) for i, row in enumerate(rows if isinstance(rows, list) else [])
        )
        if sum(shares) != 1:
            total = f"{float(sum(shares) * 100):g}%"
            entry.complain(
                "BS-SHARES", f"各期比例合计要是 100%, 现为 {total}", f"the shares must sum to 100 %, now {total}", key
            )
        return shares or (Fraction(1),)

    def count(self, entry: Entry, key: str) -> int | None:
        """A number of places: ``10`` or ``10家``."""
        text = entry.text(key)
        if not text:
            return None
        found = re.match(r"(\d{1,9})\s*[家个项件户名]?\Z", text)
        if found is None or int(found[1]) == 0:
            entry.complain(
                "BS-COUNT", f"“{text}”不是名额数, 写如 10家", f"“{text}” is no number of places: write 10", key
            )
            return None
        return int(found[1])

    def day_of_year(self, entry: Entry, key: str) -> str:
        """A day as ``11-30`` (of the pot's year) or ``2026-01-31``; empty where absent."""
        value = entry.data.get(key)
        if value is None:
            return ""
        text = value.isoformat() if isinstance(value, dt.date) else str(value)
        try:
            dt.date.fromisoformat(f"2023-{text}" if _MONTH_DAY.match(text) else text)  # a day that every year has
        except ValueError:
            entry.complain(
                "BS-DAY",
                f'“{text}”不是日期; 写如 "11-30" 或 2026-01-31',
                f'“{text}” is no day: write "11-30" or 2026-01-31',
                key,
            )
            return ""
        return text

    # -- rules -------------------------------------------------------------------------------------------

    def test(self, entry: Entry, key: str) -> Test:
        """A condition over variables of a claim."""
        text = entry.text(key, required=True) or "true"
        try:
            tree: x.Bool = self._checker.condition(text)
        except KaiwuError as error:
            entry.problems += [p.located(entry.document.where(*entry.path, key)) for p in error.problems]
            tree = x.Truth(value=True, text=text)
        self._read(tree)
        return Test(text, tree, self._lowering.condition(tree))

    def limit(self, entry: Entry) -> Limit:
        """``amount:`` a formula in money, or ``rate:`` of a money column ``of:`` (basis, or a variable)."""
        amount, of = entry.data.get("amount"), entry.text("of")
        if (amount is None) == (not of):
            entry.complain("BS-LIMIT", "写 amount: 金额或算式, 或写 rate: 比例 与 of: 基数, 二者取一", "write amount:, or rate: with of:, one of the two", "amount")  # fmt: skip
            return Limit("")
        if of and self.vocabulary.variable(of) is None:
            return Limit(f"{entry.text('rate', '100%')} * {of}", rate=self._rate(entry), of=of)
        text = f"{entry.text('rate', '100%')} * {of}" if of else entry.text("amount")
        key = "of" if of else "amount"
        try:
            tree = self._checker.value(text, MONEY)
            low, high = self._ends.steps(tree, Fraction(1), "down")
        except KaiwuError as error:
            entry.problems += [p.located(entry.document.where(*entry.path, key)) for p in error.problems]
            return Limit(text)
        except WidthError as error:
            entry.complain("R-WIDTH", f"算式的取值范围超过整数宽度({error}); 请收紧变量的 bound", f"the formula may exceed the width of integers ({error}): tighten the bounds", key)  # fmt: skip
            return Limit(text)
        if isinstance(tree, x.Literal) and tree.value < 0:
            entry.complain("BS-AMOUNT", f"“{text}”是负数", f"“{text}” is negative", key)
        if isinstance(tree, x.Literal) and tree.value >= MAX_FEN:
            entry.complain("BS-WIDE", f"“{text}”过大, 请核对单位", f"“{text}” is too large: check the unit", key)
        self._read(tree)
        return Limit(text, tree, low, high, of="")

    def _rate(self, entry: Entry) -> Fraction:
        return self._ratio(entry, entry.text("rate", "100%"), "rate")

    def _read(self, tree: x.Expr) -> None:
        for ref in x.slots_of(tree).values():
            self._need(ref.variable, ref.offset)
