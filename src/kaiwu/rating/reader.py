"""Reads typed values of a rating file: conditions, formulas, points, shares, roundings, gates.

Owns turning the text of one key into a checked value, with the mistake at its place. It does not own which keys a
rulebook has. A reader that finds a mistake records it and gives ``None`` or a harmless stand-in.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from kaiwu.figure.entry import Entry
from kaiwu.figure.variable import Kind, Variable
from kaiwu.quantity import DIMENSIONLESS, Dimension, KaiwuError
from kaiwu.quantity.dimension import SCORE
from kaiwu.rating.book import Gate
from kaiwu.rating.points import MAX_DECIMALS, MODES, Rounding, decimals_of
from kaiwu.rule import expression as x
from kaiwu.rule.check import Checker

POINT = 10**6  # base units of the score dimension in 1 分
NEVER = x.Truth(value=False, text="false")
GATE_KEYS = ("code", "zh", "en", "when", "article", "note")


@dataclass(slots=True)
class Reader:
    """Reads below one rulebook; ``checker`` knows its words."""

    top: Entry
    checker: Checker

    # -- places ------------------------------------------------------------------------------------------

    def below(self, entry: Entry, *keys: str | int, data: Any) -> Entry:
        """The mapping at a key below; anything else counts as an empty one and is reported."""
        if not isinstance(data, dict):
            entry.complain("F-KEY-TYPE", "这里要写若干键", "keys are wanted here", *keys)
            data = {}
        return Entry(entry.document, (*entry.path, *keys), data, entry.problems)

    def rows(self, entry: Entry, key: str, *, required: bool = False) -> list[Entry]:
        """The mappings of a list."""
        value = entry.data.get(key)
        if value is None and not required:
            return []
        if not isinstance(value, list) or not value:
            entry.complain("F-KEY-TYPE", f"“{key}”要写列表, 每行若干键", f"“{key}” wants a list of rows with keys", key)
            return []
        return [self.below(entry, key, i, data=row) for i, row in enumerate(value)]

    def sub(self, entry: Entry, key: str) -> Entry | None:
        """The mapping at a key, or ``None`` where the key is absent."""
        value = entry.data.get(key)
        return None if value is None else self.below(entry, key, data=value)

    # -- rules -------------------------------------------------------------------------------------------

    def condition(self, entry: Entry, key: str = "when") -> tuple[x.Bool, str]:
        """The condition at a key and its text."""
        spec = entry.data.get(key)
        text = (
            spec
            if isinstance(spec, str)
            else {True: "true", False: "false"}.get(spec)
            if isinstance(spec, bool)
            else None
        )
        if text is None:
            entry.complain(
                "S-CONDITION", f"“{key}”要写条件", f"“{key}” wants a condition", *([key] if key in entry.data else [])
            )
            return NEVER, ""
        try:
            return self.checker.condition(text), text
        except KaiwuError as error:
            self._place(entry, error, key)
            return NEVER, text

    def formula(self, entry: Entry, spec: Any, *keys: str | int, dimension: Dimension | None = None) -> x.Num | None:
        """The formula at a key; ``dimension`` is what it must come out as."""
        if not isinstance(spec, str):
            entry.complain(
                "S-FORMULA",
                "这里要写算式; 数字要带单位",
                "a formula is wanted here, numbers with their unit",
                *keys,
                text=str(spec),
            )
            return None
        try:
            return self.checker.value(spec, dimension)
        except KaiwuError as error:
            self._place(entry, error, *keys)
            return None

    def constant(self, entry: Entry, spec: Any, *keys: str | int, dimension: Dimension) -> Fraction | None:
        """A fixed quantity with its unit, in base units (a ratio as a plain number); zero needs no unit."""
        if isinstance(spec, int | Fraction) and not isinstance(spec, bool) and spec == 0:
            return Fraction(0)
        if isinstance(spec, int | Fraction) and not isinstance(spec, bool):
            entry.complain(
                "S-UNIT",
                "数字要带单位, 如 3%、30分、24.097万元/亩",
                "write the number with its unit, such as 3%",
                *keys,
            )
            return None
        tree = self.formula(entry, spec, *keys, dimension=dimension)
        if tree is None:
            return None
        if not isinstance(tree, x.Literal):
            entry.complain(
                "S-CONSTANT",
                "这里要写固定的数, 不是算式",
                "a fixed number is wanted here, not a formula",
                *keys,
                text=str(spec),
            )
            return None
        if tree.bare and tree.value != 0:
            entry.complain(
                "S-UNIT",
                f"“{spec}”没有单位; 请写单位, 比率写 %",
                f"“{spec}” has no unit; write it, % for a ratio",
                *keys,
            )
            return None
        return tree.value

    def _place(self, entry: Entry, error: KaiwuError, *keys: str | int) -> None:
        where = entry.document.where(*entry.path, *keys)
        entry.problems += [p.located(where) for p in error.problems]

    # -- points and shares -------------------------------------------------------------------------------

    def points(self, entry: Entry, spec: Any, *keys: str | int) -> Fraction | None:
        """An exact number of 分 with at most six decimals."""
        value = self.constant(entry, spec, *keys, dimension=SCORE)
        if value is None:
            return None
        if decimals_of(value / POINT) > MAX_DECIMALS:
            entry.complain(
                "S-POINTS", f"分值最多 {MAX_DECIMALS} 位小数", f"points have {MAX_DECIMALS} decimals at most", *keys
            )
            return None
        return value / POINT

    def share(self, entry: Entry, spec: Any, *keys: str | int) -> Fraction | None:
        """A share from 0 % to 100 %."""
        value = self.constant(entry, spec, *keys, dimension=DIMENSIONLESS)
        if value is not None and not 0 <= value <= 1:
            entry.complain(
                "S-SHARE", "比例要在 0% 与 100% 之间", "a share lies between 0 % and 100 %", *keys, text=str(spec)
            )
            return None
        return value

    def rounding(self, entry: Entry, spec: Any, *keys: str | int) -> Rounding | None:
        """``{to: 0.01分, mode: half_up}``."""
        inner = self.below(entry, *keys, data=spec)
        inner.check_keys(("to", "mode"))
        mode = self.mode(inner)
        step = self.points(inner, inner.data.get("to"), "to")
        if step is None or mode is None:
            return None
        if step <= 0:
            inner.complain("S-STEP", "舍入单位要大于零", "the rounding step must be above zero", "to")
            return None
        return Rounding(step, mode)

    def mode(self, entry: Entry) -> str | None:
        """The declared rounding mode; there is no default, because nobody agrees on one."""
        mode = entry.data.get("mode")
        if mode in MODES:
            return str(mode)
        listed = ", ".join(MODES)
        entry.complain(
            "S-MODE",
            f"要声明舍入方式 mode: {listed}",
            f"declare the rounding mode: {listed}",
            *(["mode"] if mode else []),
        )
        return None

    # -- gates and variables -----------------------------------------------------------------------------

    def gate(self, entry: Entry, keys: tuple[str, ...] = GATE_KEYS, *, fallback: str = "") -> Gate:
        """A named condition with its article."""
        entry.check_keys(keys)
        when, text = self.condition(entry)
        zh = entry.text("zh", required=True)
        return Gate(
            code=entry.text("code", fallback) or zh,
            zh=zh,
            en=entry.text("en", zh),
            when=when,
            text=text,
            article=entry.text("article"),
            label=entry.text("class"),
            until=entry.text("until"),
        )

    def variable(self, entry: Entry, key: str, spec: Any, *keys: str | int) -> Variable | None:
        """A declared variable by name."""
        variable = self.checker.vocabulary.variable(spec) if isinstance(spec, str) else None
        if variable is None:
            entry.complain("S-VARIABLE", f"“{spec}”不是已声明的变量", f"“{spec}” is no declared variable", key, *keys)
        return variable

    def category(self, entry: Entry, key: str) -> x.Ref | None:
        """A category variable by name, as a reference in the rated year."""
        variable = self.variable(entry, key, entry.data.get(key))
        if variable is None:
            return None
        if variable.kind is not Kind.CATEGORY:
            entry.complain("S-CATEGORY", f"“{variable.zh}”不是类别变量", f"“{variable.code}” is no category", key)
            return None
        return x.Ref(variable=variable, text=variable.zh)

    def refuse_twins(self, entry: Entry, key: str, codes: list[str], word: str = "code") -> None:
        """Report codes that occur twice in a list."""
        for i, code in enumerate(codes):
            if code in codes[:i]:
                entry.complain("S-TWICE", f"代码“{code}”重复", f"code “{code}” occurs twice", key, i, word)
