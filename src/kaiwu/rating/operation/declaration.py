"""What a monthly operation is made of (运行口径): the keys of ``operation.yaml`` of a pack.

Owns the keys. It reads no figure. Nothing that changes a number has a default except the decimals that are printed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from kaiwu.figure.entry import Entry
from kaiwu.figure.variable import Kind, PeriodType, Variable
from kaiwu.identity.entity import Basis as TownBasis
from kaiwu.quantity import RATIO_ONE, KaiwuError, Problem, parse_quantity
from kaiwu.quantity.dimension import RATIO
from kaiwu.rating.operation.month import ENTRIES
from kaiwu.rating.series_streak import MEASURES, MERGING, OPS, REVISIONS, StreakRule
from kaiwu.table import Document

FILE = "operation.yaml"
OPERATION_KEYS = (
    "operation", "zh", "en", "what", "month", "cumulative", "listed", "industry", "town", "price", "rate", "entries",
    "january_february", "decimals", "streaks", "nowcast", "note",
)  # fmt: skip
WHAT_KEYS = ("zh", "en")
AMOUNT_KEYS = ("current", "base")
PRICE_KEYS = ("month", "cumulative", "entity")
RATE_KEYS = ("variable", "entity")
DECIMAL_KEYS = ("growth", "part", "firm")
STREAK_KEYS = ("code", "zh", "en", "threshold", "op", "measure", "revision", "value", "note")
NOWCAST_KEYS = ("history", "entity")
VALUES = ("printed", "exact")
MOST_DECIMALS = 8


@dataclass(frozen=True, slots=True)
class Amounts:
    """The variables of the current amount and of the base of a year ago as reported now."""

    current: Variable
    base: Variable


@dataclass(frozen=True, slots=True)
class Decimals:
    """Decimals of printed per cents: of the rate, of industries and towns, of firms."""

    growth: int = 1
    part: int = 2
    firm: int = 4


@dataclass(frozen=True, slots=True)
class GrowthStreak:
    """A streak of the growth rate; ``is_printed`` compares the rate as printed, as a published streak does."""

    rule: StreakRule
    is_printed: bool


@dataclass(frozen=True, slots=True)
class OperationSpec:
    """A loaded ``operation.yaml``. Entities of indices are named by a pattern with ``{industry}``."""

    code: str
    zh: str
    en: str
    what: tuple[str, str]
    month: Amounts
    cumulative: Amounts
    listed: Variable
    industry: Variable
    town: TownBasis
    entries: str
    january_february: str
    decimals: Decimals
    prices: tuple[Variable, Variable] | None = None
    price_entity: str = ""
    rate: Variable | None = None
    rate_entity: str = ""
    streaks: tuple[GrowthStreak, ...] = ()
    history: Variable | None = None
    history_entity: str = ""

    @property
    def variables(self) -> tuple[Variable, ...]:
        """Every variable that is read."""
        listed = [
            self.month.current,
            self.month.base,
            self.cumulative.current,
            self.cumulative.base,
            self.listed,
            self.industry,
        ]
        return (*listed, *(self.prices or ()), *filter(None, (self.rate, self.history)))

    def industry_labels(self) -> dict[str, tuple[str, str]]:
        """Labels of the industries."""
        return dict(zip(self.industry.values, self.industry.value_labels, strict=False))


def load_operation(document: Document, variables: Mapping[str, Variable]) -> OperationSpec:
    """Read an ``operation.yaml``. Raises ``KaiwuError`` with every mistake of the file."""
    problems: list[Problem] = []
    entry = Entry(document, (), document.data if isinstance(document.data, dict) else {}, problems)
    entry.check_keys(OPERATION_KEYS)
    read = _Reader({name: v for v in variables.values() for name in v.names})
    spec = read.spec(entry)
    if problems or spec is None:
        raise KaiwuError(problems)
    return spec


class _Reader:
    """Reads parts of the file against the variables of a pack."""

    def __init__(self, known: Mapping[str, Variable]) -> None:
        self.known = known

    def spec(self, entry: Entry) -> OperationSpec | None:
        code, zh, en = (entry.text(key, required=True) for key in ("operation", "zh", "en"))
        what = self.sub(entry, "what", WHAT_KEYS, required=True)
        names = (what.text("zh", required=True), what.text("en", required=True)) if what else ("", "")
        month = self.amounts(entry, "month", PeriodType.MONTH)
        cumulative = self.amounts(entry, "cumulative", PeriodType.CUMULATIVE)
        listed = self.variable(entry, "listed", (Kind.FLAG,), PeriodType.MONTH)
        industry = self.variable(entry, "industry", (Kind.CATEGORY,), PeriodType.CONSTANT)
        town = entry.choice("town", [b.value for b in TownBasis], TownBasis.STATISTICAL.value)
        entries = self.declared(entry, "entries", ENTRIES)
        merging = self.declared(entry, "january_february", MERGING)
        price = self.sub(entry, "price", PRICE_KEYS)
        prices = None
        if price is not None:
            single = self.variable(price, "month", (Kind.RATIO,), PeriodType.MONTH)
            summed = self.variable(price, "cumulative", (Kind.RATIO,), PeriodType.CUMULATIVE)
            prices = (single, summed) if single and summed else None
        rated = self.sub(entry, "rate", RATE_KEYS)
        rate = self.variable(rated, "variable", (Kind.RATIO,), PeriodType.YEAR) if rated else None
        past = self.sub(entry, "nowcast", NOWCAST_KEYS)
        history = self.variable(past, "history", (Kind.MONEY,), PeriodType.CUMULATIVE) if past else None
        streaks = self.streaks(entry, merging)
        decimals = self.decimals(entry)
        if not (month and cumulative and listed and industry) or entry.problems:
            return None
        return OperationSpec(
            code, zh, en, names, month, cumulative, listed, industry, TownBasis(town), entries, merging, decimals,
            prices, self.pattern(price), rate, self.pattern(rated), streaks, history, past.text("entity") if past else "",
        )  # fmt: skip

    def sub(self, entry: Entry, key: str, keys: tuple[str, ...], *, required: bool = False) -> Entry | None:
        data = entry.data.get(key)
        if data is None and not required:
            return None
        if not isinstance(data, dict):
            listed = ", ".join(keys)
            entry.complain(
                "S-OP-KEY", f"“{key}”下要写: {listed}", f"“{key}” needs: {listed}", *([key] if data is not None else [])
            )
            return None
        inner = Entry(entry.document, (*entry.path, key), data, entry.problems)
        inner.check_keys(keys)
        return inner

    def pattern(self, entry: Entry | None) -> str:
        text = entry.text("entity", "{industry}") if entry else ""
        if entry is not None and "{industry}" not in text:
            entry.complain("S-OP-KEY", "entity 里要有 {industry}", "entity must contain {industry}", "entity")
        return text

    def declared(self, entry: Entry, key: str, allowed: tuple[str, ...]) -> str:
        word = entry.data.get(key)
        if word in allowed:
            return str(word)
        listed = ", ".join(allowed)
        entry.complain("S-OP-KEY", f"要声明 {key}: {listed}", f"declare {key}: {listed}", *([key] if word else []))
        return allowed[0]

    def amounts(self, entry: Entry, key: str, period: PeriodType) -> Amounts | None:
        inner = self.sub(entry, key, AMOUNT_KEYS, required=True)
        if inner is None:
            return None
        current = self.variable(inner, "current", (Kind.MONEY,), period)
        base = self.variable(inner, "base", (Kind.MONEY,), period)
        return Amounts(current, base) if current and base else None

    def variable(self, entry: Entry, key: str, kinds: tuple[Kind, ...], period: PeriodType) -> Variable | None:
        name = entry.text(key, required=True)
        found = self.known.get(name)
        if found is None:
            if name:
                entry.complain("S-OP-VARIABLE", f"没有变量“{name}”", f"no variable “{name}”", key, text=name)
            return None
        if found.kind not in kinds or found.period is not period:
            wanted = "/".join(k.value for k in kinds)
            entry.complain(
                "S-OP-VARIABLE", f"“{found.zh}”要是 {wanted}、时期为 {period.value} 的变量",
                f"“{found.code}” must be a variable of kind {wanted} and period {period.value}", key,
            )  # fmt: skip
            return None
        return found

    def decimals(self, entry: Entry) -> Decimals:
        inner = self.sub(entry, "decimals", DECIMAL_KEYS)
        given = {k: inner.whole_number(k, 0, MOST_DECIMALS) for k in DECIMAL_KEYS} if inner else {}
        return Decimals(**{k: v for k, v in given.items() if v is not None})

    def streaks(self, entry: Entry, merging: str) -> tuple[GrowthStreak, ...]:
        rows = entry.data.get("streaks") or []
        if not isinstance(rows, list):
            entry.complain("S-OP-KEY", "streaks 要写成列表", "streaks is a list", "streaks")
            rows = []
        found = []
        for i, row in enumerate(rows):
            inner = Entry(
                entry.document, (*entry.path, "streaks", i), row if isinstance(row, dict) else {}, entry.problems
            )
            if (made := self.streak(inner, merging)) is not None:
                found.append(made)
        return tuple(found)

    def streak(self, row: Entry, merging: str) -> GrowthStreak | None:
        row.check_keys(STREAK_KEYS)
        code, zh, en, threshold = (row.text(key, required=True) for key in ("code", "zh", "en", "threshold"))
        op, measure = self.declared(row, "op", OPS), self.declared(row, "measure", MEASURES)
        revision, value = self.declared(row, "revision", REVISIONS), self.declared(row, "value", VALUES)
        try:
            line = Fraction(parse_quantity(threshold, dimension=RATIO).base, RATIO_ONE) if threshold else None
        except KaiwuError as error:
            row.problems += [p.located(row.document.where(*row.path, "threshold")) for p in error.problems]
            line = None
        if line is None:
            return None
        return GrowthStreak(StreakRule(code, zh, en, code, line, op, measure, merging, revision), value == "printed")
