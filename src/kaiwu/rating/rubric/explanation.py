"""Explains a rubric for one entity: one decision per route, from the score down to every item, and what would close the gap.

Owns the order of the lines. Conditions are worded by ``kaiwu.rule.explain``, items by ``item_explanation.py``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from kaiwu.quantity import format_decimal
from kaiwu.rating.rubric.book import TOTAL, Block, Item, Mark, Route, RubricBook
from kaiwu.rating.rubric.closing import Plan, find_plans, items_below, open_ways
from kaiwu.rating.rubric.item_explanation import KINDS, ItemExplainer, missing_points, show_points
from kaiwu.rating.rubric.phrase import EMPTY, Words, listed, say
from kaiwu.rating.rubric.plain import PlainRubric
from kaiwu.rule.decision import Decision, Facts, Reason, Result
from kaiwu.rule.explain import explain_condition, explain_misses, missing_slots
from kaiwu.rule.gap import Change
from kaiwu.rule.outcome import Outcome
from kaiwu.rule.wording import Wording, show_change

WAYS_SHOWN = 3
ITEMS_SHOWN = 4


def explain_rubric(
    book: RubricBook, entity: str, row: dict[str, Any], facts: Facts, result: Result | None = None
) -> list[Decision]:
    """The decisions of all routes with their reasons, computed by the exact reference.

    ``result`` tells the grade where a signed change moved it.
    """
    plain = PlainRubric(book, row)
    explainer = _Explainer(book, plain, Wording.of(row, facts.rated), facts)
    label = explainer.label(entity, result)
    return [explainer.decision(entity, route, label) for route in book.routes]


@dataclass(slots=True)
class _Explainer:
    book: RubricBook
    plain: PlainRubric
    wording: Wording
    facts: Facts

    @property
    def is_open(self) -> bool:
        """Whether advice makes sense: what was rated longer ago is settled."""
        return self.facts.rated >= self.facts.as_of.year - 1

    def label(self, entity: str, result: Result | None) -> str:
        """The grade, a signed change taken in; empty where it is open."""
        if result is not None:
            at = result.decisions["entity"].index_of(entity)
            return (result.decisions["class"][at] or "") if at is not None else ""
        grades = self.plain.grades()
        return grades[0] if len(grades) == 1 and self.plain.scope() is not Outcome.FAIL else ""

    def decision(self, entity: str, route: Route, label: str) -> Decision:
        """One route."""
        outcome = self.plain.verdict(route)
        total, is_inside = self.plain.total, self.plain.scope() is not Outcome.FAIL
        ends = dict.fromkeys((format_decimal(total.low), format_decimal(total.high)))
        return Decision(
            entity=entity,
            scheme=self.book.head.code,
            item=route.code,
            zh=route.zh,
            en=route.en,
            outcome=outcome,
            article=route.article,
            label=label,
            score="–".join(ends) if is_inside and (route.marks or not (route.gates or route.direct)) else "",
            reasons=tuple(self.reasons(route, outcome)),
            missing=tuple(dict.fromkeys(self.missing(route))) if outcome is Outcome.MISSING else (),
            document=self.book.head.document,
            version=self.book.head.version,
        )

    # -- what is missing ---------------------------------------------------------------------------------

    def missing(self, route: Route) -> Iterator[str]:
        """Columns without a figure that can still change the answer of a route."""
        row = self.plain.row
        trees = [*([self.book.scope] if self.book.scope is not None else []), *(gate.tree for gate in route.gates)]
        for tree in trees:
            yield from missing_slots(tree, row)
        if not (route.marks or route.direct or not route.gates):
            return
        if Outcome.PASS in [self.plain.reference.outcome(way.tree) for way in route.direct]:
            return
        marks = [mark for mark in route.marks if self.plain.mark(mark) is Outcome.MISSING]
        if self.plain.marks(route) is Outcome.MISSING:
            for item in {i.code: i for mark in marks for i in items_below(self.plain, mark)}.values():
                yield from self.missing_of(item)
        elif not (route.marks or route.direct):
            for item in self.book.root.items():
                yield from self.missing_of(item)
        if self.plain.marks(route) is not Outcome.PASS:
            for way in route.direct:
                yield from missing_slots(way.tree, row)

    def missing_of(self, item: Item) -> tuple[str, ...]:
        """Columns without a figure for which an item is open; none below a given score."""
        if self.plain.points[item.code].is_certain or self.is_covered(item):
            return ()
        return missing_points(item.form, self.plain)

    def is_covered(self, item: Item) -> bool:
        """Whether a given score of a block above stands for the item."""
        blocks = (part for part in self.book.root.walk() if isinstance(part, Block))
        return any(self.plain.given(b.given) is not None and item in list(b.items()) for b in blocks)

    # -- lines -------------------------------------------------------------------------------------------

    def reasons(self, route: Route, outcome: Outcome) -> Iterator[Reason]:
        """The lines of a route in order."""
        if self.plain.scope() is not Outcome.PASS and self.book.scope is not None:
            if self.plain.scope() is Outcome.FAIL:
                yield Reason(*say("out"), outcome=Outcome.FAIL, kind="score")
            yield from explain_condition(self.book.scope, self.plain.row, is_open=False, rated=self.facts.rated)
            if self.plain.scope() is Outcome.FAIL:
                return
        if route.marks:
            yield from (self.mark_line(mark) for mark in route.marks)
        elif not (route.gates or route.direct):
            yield self.score_line()
        yield from self.grade_lines()
        for condition in (*route.gates, *route.direct):
            title = (condition.zh, condition.en)
            if condition.role == "direct":
                title = say("direct", zh=condition.zh, en=condition.en)
            yield from explain_condition(
                condition.tree, self.plain.row, article=condition.article or route.article, is_open=self.is_open,
                rated=self.facts.rated, title=title,
            )  # fmt: skip
            if condition.role == "gate" and self.plain.reference.outcome(condition.tree) is Outcome.FAIL:
                yield from explain_misses(
                    condition.tree, self.plain.row, article=condition.article or route.article, is_open=self.is_open,
                    rated=self.facts.rated,
                )  # fmt: skip
        if route.marks or not (route.gates or route.direct):
            yield from self.item_lines(self.book.root, ItemExplainer(self.plain, self.wording))
            yield from self.plan_lines(route, outcome)
        if not self.book.head.document.is_attested or any(i.standing != "attested" for i in self.book.root.items()):
            yield Reason(*say("unattested"), kind="note")

    def item_lines(self, block: Block, explainer: ItemExplainer) -> Iterator[Reason]:
        """Every block and item below; a given score stands for all below it."""
        for child in (block,) if self.plain.given(block.given) is not None else block.children:
            if isinstance(child, Item):
                yield explainer.reason(child)
                continue
            given = self.plain.given(child.given)
            if given is not None:
                words = say("given-block", zh=child.zh, en=child.en, points=format_decimal(given))
                slots = (child.given.code,) if child.given is not None else ()
                yield Reason(*words, outcome=Outcome.PASS, article=child.article, slots=slots, kind="score")
                continue
            state = self.plain.points[child.code].state
            yield Reason(*explainer.block(child), outcome=state, article=child.article, kind="note")
            yield from self.item_lines(child, explainer)

    def name(self, code: str) -> Words:
        """A block or item by name."""
        part = self.book.part(code)
        return part.zh, part.en

    def score_line(self) -> Reason:
        total = self.plain.total
        words = say("score", name=self.name(TOTAL), points=show_points(total.low, total.high))
        return Reason(*words, outcome=total.state, kind=KINDS.get(total.state, "score"))

    def mark_line(self, mark: Mark) -> Reason:
        """``总分 55–68 分; 需 ≥60 分: 缺数据, 最少的情形差 5 分…; 若 净利润率 得 6 分(≥6%, <8%) 则达到``."""
        points, outcome = self.plain.points[mark.of], self.plain.mark(mark)
        rest, gap = EMPTY, ""
        if outcome is Outcome.FAIL:
            short = format_decimal(mark.at - points.high)
            rest, gap = say("short", gap=short), say("gap", name=self.name(mark.of), gap=short)[0]
        elif outcome is not Outcome.PASS:
            rest = say("short-at-least", gap=format_decimal(mark.at - points.low))
            ways = self.ways(mark)
            rest = rest[0] + ways[0], rest[1] + ways[1]
        words = say(
            "mark", name=self.name(mark.of), points=show_points(points.low, points.high), op=("> ", "> ") if mark.is_strict else ("≥ ", "≥ "),
            at=format_decimal(mark.at), verdict=(outcome.zh, outcome.en), rest=rest,
        )  # fmt: skip
        return Reason(*words, outcome=outcome, article=mark.article, gap=gap, kind=KINDS.get(outcome, "score"))

    def ways(self, mark: Mark) -> Words:
        """What would reach an open mark: one open item, or several together."""
        ways = open_ways(self.plain, mark)
        shown = [
            say("way" if w.row is not None else "way-plain", name=(w.item.zh, w.item.en), points=format_decimal(w.points),
                row=(w.row.zh, w.row.en) if w.row is not None else EMPTY)
            for w in ways[:WAYS_SHOWN]
        ]  # fmt: skip
        if shown:
            return say("if-one", ways=listed(shown, " 或 ", " or "))
        points = self.plain.points
        items = [i for i in items_below(self.plain, mark) if not points[i.code].is_certain]
        items.sort(key=lambda i: points[i.code].low - points[i.code].high)
        named = listed([(i.zh, i.en) for i in items[:ITEMS_SHOWN]])
        if len(items) > ITEMS_SHOWN:
            named = say("and-more", items=named, number=len(items))
        return say("if-sum", items=named, gap=format_decimal(mark.at - points[mark.of].low))

    def grade_lines(self) -> Iterator[Reason]:
        grades = self.plain.grades()
        if not grades or self.book.grades is None:
            return
        names = {g.code: (g.zh, g.en) for g in self.book.grades.rows}
        code = "grade" if len(grades) == 1 else "grade-open"
        state = self.plain.total.state if len(grades) > 1 else Outcome.PASS
        yield Reason(*say(code, grade=listed([names[g] for g in grades])), outcome=state, kind="class")

    def plan_lines(self, route: Route, outcome: Outcome) -> Iterator[Reason]:
        """Changes of figures that reach the marks, each proven by evaluating the whole table anew."""
        if self.plain.marks(route) is not Outcome.FAIL or not route.marks or outcome is Outcome.PASS:
            return
        if not self.is_open:
            yield Reason(*say("settled"), outcome=Outcome.FAIL, article=route.article, kind="note")
            return
        for plan in find_plans(self.plain, route):
            yield self.plan(route, plan)

    def plan(self, route: Route, plan: Plan) -> Reason:
        changes = listed([self.change(c) for c in plan.changes], "; ", "; ")
        mark = next(m for m in route.marks if self.plain.mark(m) is Outcome.FAIL)
        points = plan.after.points[mark.of]
        words = say(
            "plan", changes=changes, name=self.name(mark.of), points=show_points(points.low, points.high),
            verdict=(Outcome.PASS.zh, Outcome.PASS.en),
        )  # fmt: skip
        slots = tuple(c.slot for c in plan.changes)
        gap = "; ".join(
            f"{c.ref.variable.zh} {show_change(abs(c.grains) * c.ref.scale, c.ref.variable)[0]}" for c in plan.changes
        )
        return Reason(*words, outcome=Outcome.FAIL, article=route.article, slots=slots, gap=gap, kind="note")

    def change(self, change: Change) -> Words:
        """``2024年净利润由 100万元 增加 20万元 到 120万元``."""
        before, after = (self.wording.stored(change.ref, stored) for stored in (change.before, change.after))
        size = show_change(abs(change.grains) * change.ref.scale, change.ref.variable)
        code = "raise" if change.grains > 0 else "lower"
        return say(code, name=self.wording.figure_name(change.ref), change=size, before=before, after=after)
