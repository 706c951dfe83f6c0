"""Reads the routes of a rubric (认定途径): gates, vetoes, findings, marks and direct passes.

Owns their keys and the checks that a mark can be reached. It decides nobody.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from kaiwu.figure.entry import Entry
from kaiwu.figure.variable import Kind, PeriodType, Variable
from kaiwu.quantity import format_decimal
from kaiwu.rating.reader import POINT, Reader
from kaiwu.rating.rubric.book import TOTAL, Block, Condition, Item, Mark, Route
from kaiwu.rule import expression as x
from kaiwu.rule.outline import negation
from kaiwu.rule.rulebook import Head

ROUTE_KEYS = (
    "id", "zh", "en", "article", "text", "gates", "veto", "human", "pass", "direct", "grants", "department", "note",
)  # fmt: skip
CONDITION_KEYS = ("id", "zh", "en", "when", "article", "all", "any", "note")


@dataclass(slots=True)
class RouteReader:
    """Reads the routes of one rulebook."""

    entry: Entry
    head: Head
    reader: Reader

    def routes(self, root: Block) -> list[Route]:
        """The declared routes; without any, one under the code of the rulebook."""
        shared = self.conditions(self.entry, ("gates", "veto", "human"), self.head.code)
        rows = self.reader.rows(self.entry, "routes")
        if rows and any(self.entry.data.get(key) is not None for key in ("pass", "direct")):
            self.entry.complain(
                "S-RUBRIC-ROUTES",
                "有 routes 时, pass 和 direct 要写在各条途径里",
                "with routes, pass and direct belong into them",
                "routes",
            )
        if not rows:
            marks, direct = self.marks(self.entry, root), self.conditions(self.entry, ("direct",), self.head.code)
            return [Route(self.head.code, self.head.zh, self.head.en, "", shared, marks, direct)]
        found = [self.route(row, shared, root) for row in rows]
        self.reader.refuse_twins(self.entry, "routes", [route.code for route in found], "id")
        return found

    def route(self, entry: Entry, shared: tuple[Condition, ...], root: Block) -> Route:
        """One way to pass."""
        entry.check_keys(ROUTE_KEYS)
        code = entry.text("id", required=True)
        own = self.conditions(entry, ("gates", "veto", "human"), f"{self.head.code}.{code}")
        direct = self.conditions(entry, ("direct",), f"{self.head.code}.{code}")
        marks = self.marks(entry, root)
        if not (shared or own or direct or marks):
            entry.complain("S-RUBRIC-OPEN", "这条途径没有任何条件", "the route has no conditions at all")
        return Route(
            code, entry.text("zh", required=True), entry.text("en", required=True), entry.text("article"),
            (*shared, *own), marks, direct, entry.text("grants"), entry.text("department"), self.head.document,
        )  # fmt: skip

    def marks(self, entry: Entry, root: Block) -> tuple[Mark, ...]:
        """``pass: 60分``, ``pass: {above: 70分}`` or a list of marks; floors of blocks belong to them."""
        spec = entry.data.get("pass")
        if spec is None:
            return ()
        rows = spec if isinstance(spec, list) else [spec]
        if not rows:
            entry.complain(
                "S-RUBRIC-MARK",
                "pass 是空的; 请写合格线, 或删去",
                "pass is empty: write the mark or leave it out",
                "pass",
            )
        marks = []
        for i, row in enumerate(rows):
            keys: tuple[str | int, ...] = ("pass", i) if isinstance(spec, list) else ("pass",)
            mark = self.mark(entry, row, keys, root)
            if mark is not None:
                marks.append(mark)
        floors = [
            Mark(part.code, part.floor, False, part.article)
            for part in root.walk()
            if isinstance(part, Block) and part.floor is not None
        ]
        return (*marks, *floors)

    def mark(self, entry: Entry, row: Any, keys: tuple[str | int, ...], root: Block) -> Mark | None:
        """One line of points."""
        if not isinstance(row, dict):
            at = self.reader.points(entry, row, *keys)
            return None if at is None else Mark(TOTAL, at)
        inner = self.reader.below(entry, *keys, data=row)
        inner.check_keys(("of", "from", "above", "article", "note"))
        ends = [key for key in ("from", "above") if inner.data.get(key) is not None]
        if len(ends) != 1:
            inner.complain(
                "S-RUBRIC-MARK",
                "写 from(含本数)或 above(不含本数)之一",
                "write either from (reaching it passes) or above",
            )
            return None
        of = inner.text("of", TOTAL)
        if of not in {part.code for part in root.walk()}:
            inner.complain("S-RUBRIC-MARK", f"没有“{of}”这一块或这一项", f"there is no block or item “{of}”", "of")
            return None
        at = self.reader.points(inner, inner.data[ends[0]], ends[0])
        return None if at is None else Mark(of, at, ends[0] == "above", inner.text("article"))

    def check_marks(self, routes: list[Route], root: Block) -> None:
        """A mark that nobody can reach, and a floor that no route asks for, are slips."""
        for mark in (mark for route in routes for mark in route.marks):
            top = _top_of(next(part for part in root.walk() if part.code == mark.of))
            if mark.at > top or (mark.is_strict and mark.at == top):
                a, b = format_decimal(mark.at), format_decimal(top)
                self.entry.complain(
                    "S-RUBRIC-MARK", f"“{mark.of}”最高 {b} 分, 达不到 {a} 分的线", f"“{mark.of}” has {b} points at most: nobody reaches {a}", "routes" if "routes" in self.entry.data else "pass",
                )  # fmt: skip
        floors = [part.code for part in root.walk() if isinstance(part, Block) and part.floor is not None]
        is_bare = not any(route.gates or route.direct for route in routes)  # a table for others to take in
        if floors and not is_bare and not any(route.marks for route in routes):
            self.entry.complain(
                "S-RUBRIC-FLOOR", f"“{floors[0]}”写了下限 floor, 但没有一条途径写合格线 pass", f"“{floors[0]}” has a floor, but no route has a mark (pass)", "blocks",
            )  # fmt: skip

    def conditions(self, entry: Entry, keys: tuple[str, ...], scope: str) -> tuple[Condition, ...]:
        """The named conditions under some keys; each in its role."""
        roles = {"gates": "gate", "veto": "veto", "human": "human", "direct": "direct"}
        return tuple(
            self.condition(row, roles[key], f"{scope}.{i}")
            for key in keys
            for i, row in enumerate(self.reader.rows(entry, key))
        )

    def condition(self, entry: Entry, role: str, fallback: str) -> Condition:
        """``{zh, en, article, when}``, or ``all``/``any`` lists of such; a veto holds where its condition is known not to."""
        entry.check_keys(CONDITION_KEYS)
        zh, en = entry.text("zh", required=True), entry.text("en", required=True)
        if role == "human":
            return Condition(zh, en, self.finding(entry, fallback), entry.text("article"), role)
        tree = self.tree(entry)
        if role == "veto":
            tree = replace(negation(tree), text=f"非 ({tree.text})")
        return Condition(zh, en, tree, entry.text("article"), role)

    def tree(self, entry: Entry) -> x.Bool:
        """The condition of an entry; groups are joined."""
        for word, joined in (("all", x.And), ("any", x.Or)):
            if entry.data.get(word) is not None:
                trees = []
                for row in self.reader.rows(entry, word):
                    row.check_keys(CONDITION_KEYS)
                    trees.append(self.tree(row))
                return joined(items=tuple(trees), text=entry.text("zh"))
        return self.reader.condition(entry)[0]

    def finding(self, entry: Entry, fallback: str) -> x.Bool:
        """A condition that only a human can find, as a judgement variable of its own."""
        name = entry.text("id")
        prefix = fallback.rpartition(".")[0]
        variable = Variable(
            code=f"{prefix}.{name}" if name else fallback, zh=entry.text("zh"), en=entry.text("en"), kind=Kind.JUDGEMENT,
            low=0, high=1, period=PeriodType.CONSTANT, where=entry.where,
        )  # fmt: skip
        return x.Judged(ref=x.Ref(variable=variable, text=variable.zh), text=variable.zh)


def _top_of(part: Item | Block) -> Fraction:
    """The most points of a part, bonuses and given scores included."""
    if part.given is not None:
        return Fraction(part.given.high) * part.given.grain / POINT
    if isinstance(part, Item):
        return part.most
    total = sum((_top_of(child) for child in part.children), Fraction(0))
    return total if part.most is None else min(part.most, total)
