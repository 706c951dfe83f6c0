"""Explains the points of one entity, item by item: value, benchmark, points, treatment.

Owns the lines of indicators and adjustments. Each line is recomputed by the exact reference from the figures and held
against the tables.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Any

from kaiwu.quantity import KaiwuError, Problem, format_decimal
from kaiwu.rating.book import Adjustment, Indicator, RatingBook
from kaiwu.rating.formula import points_of_value, unrounded_points
from kaiwu.rating.lookup import Lookup
from kaiwu.rating.phrase import EMPTY, Words, say
from kaiwu.rating.points import points_of, print_points
from kaiwu.rating.table import EVERYBODY
from kaiwu.rule import expression as x
from kaiwu.rule.decision import Reason
from kaiwu.rule.explain import explain_condition, missing_slots
from kaiwu.rule.outcome import Outcome
from kaiwu.rule.reference import Reference, Unknown, round_to
from kaiwu.rule.trace import figures_read
from kaiwu.rule.wording import Wording, show_value, unit_of

_STATE = {"missing": Unknown.MISSING, "undefined": Unknown.UNDEFINED}


@dataclass
class ItemExplainer:
    """Explains the items of one entity; ``unit`` holds the figures of its unit, ``parts`` collects points for the sum."""

    book: RatingBook
    lookup: Lookup
    entity: str
    unit: dict[str, Any]
    rated: int
    league: str | None
    needed: tuple[str, ...] = ()  # treatments whose missing figures keep the entity pending
    parts: dict[str, Fraction] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)

    @cached_property
    def reference(self) -> Reference:
        """Evaluates trees on the figures of the unit."""
        return Reference(self.unit)

    @cached_property
    def wording(self) -> Wording:
        """Names figures with their years."""
        return Wording.of(self.unit, self.rated)

    def reasons(self) -> list[Reason]:
        """One line per indicator and per adjustment that applies or is not known."""
        rows = {r["item"]: r for r in self.lookup.items[self.entity]}
        extras = {r["item"]: r for r in self.lookup.adjustments[self.entity]}
        lines = [self.item(i, rows[i.code]) for i in self.book.indicators]
        return lines + [r for a in self.book.adjustments for r in self.adjustment(a, extras[a.code])]

    # -- indicators --------------------------------------------------------------------------------------

    def item(self, indicator: Indicator, row: dict[str, Any]) -> Reason:
        """The line of one indicator."""
        value = self.reference.number(indicator.value)
        stored = None if row["points"] is None else points_of(row["points"], row["decimals"])
        self.verify(indicator, row, value)
        if row["treatment"] == "measured":
            assert isinstance(value, Fraction) and stored is not None
            words = self.measured(indicator, value, stored, row)
        else:
            words = self.treated(indicator, value, stored, row)
        if stored is not None:
            self.parts[indicator.code] = stored
        if indicator.standing != "attested":
            words = words[0] + say("inferred")[0], words[1] + say("inferred")[1]
        outcome = (
            Outcome.PASS
            if row["treatment"] != "pending"
            else Outcome.HUMAN
            if value is not Unknown.MISSING
            else Outcome.MISSING
        )
        kind = {Outcome.MISSING: "missing", Outcome.HUMAN: "human"}.get(outcome, "score")
        slots = tuple(figures_read(indicator.value, self.reference))
        return Reason(*words, outcome=outcome, article=indicator.article, slots=slots, kind=kind)

    def verify(self, indicator: Indicator, row: dict[str, Any], value: Fraction | Unknown) -> None:
        """The tables must say what the figures give; else this explanation would lie."""
        printed = Fraction(row["numerator"], row["denominator"]) if row["state"] == "known" else _STATE[row["state"]]
        points = None if row["points"] is None else points_of(row["points"], row["decimals"])
        expected = points
        if row["treatment"] == "measured" and isinstance(value, Fraction):
            expected = points_of_value(indicator, value, self.ends(indicator), self.place(indicator, value))
        if printed != value or expected != points:
            raise KaiwuError(
                Problem(
                    "S-EXPLAIN", f"“{indicator.zh}”的说明与结果表不一致, 说明所用的数据与测算时不同",
                    f"the explanation of “{indicator.en}” differs from the result: its figures are not those of the run",
                    where=self.entity,
                )
            )  # fmt: skip

    def ends(self, indicator: Indicator) -> tuple[Fraction, ...]:
        """What the value was measured against: the base, or worst and best."""
        base = indicator.scoring.base
        if base is not None and base.value is not None:
            return (base.value,)
        group = (self.league or EVERYBODY) if indicator.within == "league" else EVERYBODY
        found = self.lookup.bases[indicator.code, group]
        return tuple(found[role] for role in ("base", "worst", "best") if role in found)

    def place(self, indicator: Indicator, value: Fraction) -> tuple[int, int]:
        """How many units are better, among how many."""
        if indicator.scoring.method != "rank":
            return 0, 1
        values = self.lookup.values(indicator.code, self.league if indicator.within == "league" else None)
        better = (
            len(values) - bisect_right(values, value) if indicator.direction == "higher" else bisect_left(values, value)
        )
        return better, len(values)

    def measured(self, indicator: Indicator, value: Fraction, stored: Fraction, row: dict[str, Any]) -> Words:
        """``亩均税收: 实缴税金 / 用地面积 = 25万元/亩 (…); 基准值 24.097万元/亩, 权重 30 分, 得 31.12 分``."""
        limited = EMPTY
        raw = unrounded_points(indicator, value, self.ends(indicator), self.place(indicator, value))
        assert raw is not None
        rounded = round_to(raw, indicator.rounding.step, indicator.rounding.mode)
        if rounded != stored:
            code = "capped" if rounded > stored else "floored"
            limited = say(code, raw=format_decimal(rounded), limit=format_decimal(stored))
        return say(
            "measured",
            value=self.value(indicator, value),
            method=self.method(indicator, value),
            weight=format_decimal(indicator.weight),
            points=print_points(row["points"], row["decimals"]),
            limited=limited,
        )

    def value(self, indicator: Indicator, value: Fraction) -> Words:
        """The value with its formula and figures."""
        shown = self.show(indicator, value)
        if isinstance(indicator.value, x.Ref):
            return say("plain-value", zh=indicator.zh, en=indicator.en, value=shown)
        refs = figures_read(indicator.value, self.reference).values()
        figures = [self.wording.figure(ref) for ref in refs]
        listed = (
            say("figures", figures=("; ".join(f[0] for f in figures), "; ".join(f[1] for f in figures)))
            if figures
            else EMPTY
        )
        formula = self.wording.name(indicator.value)
        return say("value", zh=indicator.zh, en=indicator.en, formula=formula, value=shown, figures=listed)

    def show(self, indicator: Indicator, value: Fraction) -> Words:
        """A value in the unit of the indicator."""
        return show_value(value, indicator.value.dimension, indicator.unit or unit_of(indicator.value))

    def method(self, indicator: Indicator, value: Fraction) -> Words:
        """What the value was held against."""
        scoring = indicator.scoring
        ends = [self.show(indicator, end) for end in self.ends(indicator)]
        match scoring.method:
            case "benchmark":
                if scoring.base is not None and scoring.base.text:
                    return say("benchmark", base=(scoring.base.text, ends[0][1]))
                return say("benchmark-mean", base=ends[0])
            case "best":
                return say("best", best=ends[-1])
            case "cost":
                return say("cost", base=ends[0])
            case "goalposts":
                assert scoring.low is not None and scoring.high is not None
                return say("posts", low=self.show(indicator, scoring.low), high=self.show(indicator, scoring.high))
            case "minmax":
                return say("posts-seen", low=ends[0], high=ends[1])
            case "rank":
                better, number = self.place(indicator, value)
                return say("rank", place=better + 1, number=number)
        return say(scoring.method)

    def treated(
        self, indicator: Indicator, value: Fraction | Unknown, stored: Fraction | None, row: dict[str, Any]
    ) -> Words:
        """Why there is no value, and what the rulebook does about it."""
        if isinstance(value, Fraction):
            why = say("no-points", value=self.value(indicator, value))
        elif value is Unknown.MISSING:
            zero = x.Literal(value=Fraction(0), dimension=indicator.value.dimension)
            slots = missing_slots(x.Compare(op=">=", left=indicator.value, right=zero), self.unit)
            self.missing += slots if row["treatment"] in self.needed else ()
            refs = x.slots_of(indicator.value)
            names = [self.wording.figure_name(refs[s]) for s in slots]
            why = say(
                "lacking",
                zh=indicator.zh,
                en=indicator.en,
                figures=("、".join(n[0] for n in names), ", ".join(n[1] for n in names)),
            )
        else:
            why = say("undefined", zh=indicator.zh, en=indicator.en, formula=self.wording.name(indicator.value))
        outcome = Outcome.MISSING if value is Unknown.MISSING else Outcome.HUMAN
        points = "" if stored is None else print_points(row["points"], row["decimals"])
        return say(f"by-{row['treatment']}", why=why, points=points, verdict=(outcome.zh, outcome.en))

    # -- adjustments -------------------------------------------------------------------------------------

    def adjustment(self, adjustment: Adjustment, row: dict[str, Any]) -> list[Reason]:
        """The line of a bonus or a deduction; nothing where it is known not to apply."""
        outcome = Outcome(row["outcome"])
        if outcome is Outcome.FAIL:
            return []
        lines = explain_condition(adjustment.when, self.unit, adjustment.article, is_open=False, rated=self.rated)
        if outcome is Outcome.PASS:
            self.parts[adjustment.code] = points_of(row["points"], row["decimals"])
            words = say(
                "adjusted", zh=adjustment.zh, en=adjustment.en, points=print_points(row["points"], row["decimals"])
            )
            slots = tuple(figures_read(adjustment.value, self.reference))
            return [Reason(*words, outcome=outcome, article=adjustment.article, slots=slots, kind="score")]
        if adjustment.unknown == "none":
            return lines
        why = (adjustment.zh, adjustment.en)
        words = say("by-pending", why=why, verdict=(outcome.zh, outcome.en))
        self.missing += missing_slots(adjustment.when, self.unit)
        kind = "missing" if outcome is Outcome.MISSING else "human"
        return [Reason(*words, outcome=outcome, article=adjustment.article, kind=kind), *lines]
