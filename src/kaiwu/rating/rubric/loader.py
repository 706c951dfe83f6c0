"""Reads a rulebook of kind ``rubric`` (打分表): blocks, items, routes, grades; every mistake of the file in one report.

Owns its keys and the checks that make a point table whole: points that sum, codes that occur once, grades that touch.
How an item becomes points is in ``form.py``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

from kaiwu.figure.entry import Entry
from kaiwu.figure.variable import Kind, PeriodType, Variable
from kaiwu.quantity import KaiwuError, format_decimal
from kaiwu.quantity.dimension import SCORE
from kaiwu.rating.book import Band, ChangeRule
from kaiwu.rating.class_loader import MOST_STEPS
from kaiwu.rating.indicator_loader import check_bands, read_edges_word, read_ends
from kaiwu.rating.loader import check_produces
from kaiwu.rating.reader import POINT, Reader
from kaiwu.rating.rubric.book import TOTAL, Block, Condition, Grade, Grades, Item, Mark, Route, RubricBook
from kaiwu.rating.rubric.form import FORMS, FormReader
from kaiwu.rating.rubric.scheme import RubricScheme
from kaiwu.rule import expression as x
from kaiwu.rule.check import Checker
from kaiwu.rule.outline import negation
from kaiwu.rule.rulebook import HEAD_KEYS, STANDINGS, Head, open_rulebook, read_head
from kaiwu.rule.vocabulary import Vocabulary
from kaiwu.table import Document

BOOK_KEYS = (
    *HEAD_KEYS, "scope", "full", "total", "blocks", "items", "gates", "veto", "human", "pass", "direct", "routes", "grades",
    "changes",
)  # fmt: skip
BLOCK_KEYS = ("code", "zh", "en", "article", "max", "floor", "given", "bonus", "items", "blocks", "rubric", "note")
ITEM_KEYS = (
    "code", "zh", "en", "article", "max", "given", "owner", "standing", "source", "bonus", "note", *FORMS,
)  # fmt: skip
ROUTE_KEYS = (
    "id", "zh", "en", "article", "text", "gates", "veto", "human", "pass", "direct", "grants", "department", "note",
)  # fmt: skip
CONDITION_KEYS = ("id", "zh", "en", "when", "article", "all", "any", "note")

Find = Callable[[str], tuple[Document, Vocabulary]]
"""Where a rubric inside a rubric is found: the file and the words of a rulebook by its code."""


def load(document: Document, vocabulary: Vocabulary, find: Find | None = None) -> RubricScheme:
    """Load and compile a rulebook of kind ``rubric``. Raises ``KaiwuError`` with every mistake of the file.

    ``find`` finds the rulebooks that the file takes in as blocks (``rubric: CODE``).
    """
    entry = open_rulebook(document)
    entry.check_keys(BOOK_KEYS)
    head = read_head(entry)
    reader = Reader(entry, Checker(head.vocabulary(vocabulary)))
    loader = _Loader(entry, head, reader, find)
    book = loader.book()
    check_produces(entry, head, reader, book.grades.codes() if book.grades else None)
    if entry.problems:
        raise KaiwuError(entry.problems)
    return RubricScheme(book, vocabulary.variable(head.produces) if head.produces else None)


class _Loader:
    def __init__(self, entry: Entry, head: Head, reader: Reader, find: Find | None) -> None:
        self.entry = entry
        self.head = head
        self.reader = reader
        self.find = find
        self.forms = FormReader(reader)

    def book(self) -> RubricBook:
        entry = self.entry
        root = self.root()
        self.refuse_twins(root)
        scope = self.reader.condition(entry, "scope")[0] if entry.data.get("scope") is not None else None
        return RubricBook(
            self.head, root, tuple(self.routes(root)), self.full(root), scope, self.grades(), self.changes()
        )

    # -- the table ---------------------------------------------------------------------------------------

    def root(self) -> Block:
        """Everything, as one block."""
        entry = self.entry
        total = self.reader.sub(entry, "total")
        given = None
        if total is not None:
            total.check_keys(("given", "max", "note"))
            given = self.given(total)
        children = self.children(entry)
        if not children and self.head.status != "template":
            entry.complain("S-RUBRIC-EMPTY", "没有任何指标(items 或 blocks)", "no items at all (items or blocks)")
        most = self.points(total, "max") if total is not None else None
        return Block(TOTAL, "总分", "total", tuple(children), most=most, given=given)

    def full(self, root: Block) -> Fraction:
        """The points of everything that is no bonus; must be what ``full`` says."""
        full = self.points(self.entry, "full")
        found = _most_of(root)
        if full is None:
            if "full" not in self.entry.data and self.head.status != "template":
                self.entry.complain("F-KEY-MISSING", "缺少“full”(满分), 请补上", "“full” is missing: the full score")
        elif found != full and root.children:
            self.complain_sum(self.entry, "full", full, found)
        return full if full is not None else found

    def complain_sum(self, entry: Entry, key: str, stated: Fraction, found: Fraction) -> None:
        a, b = format_decimal(found), format_decimal(stated)
        entry.complain(
            "S-RUBRIC-SUM",
            f"各项满分合计 {a} 分, 写的是 {b} 分; 加分项请标 bonus: true",
            f"the items sum to {a} points but {b} are stated; mark extra ones with bonus: true",
            key,
        )

    def children(self, entry: Entry) -> list[Item | Block]:
        """The items and blocks of a block."""
        found: list[Item | Block] = [self.item(row) for row in self.reader.rows(entry, "items")]
        return found + [self.block(row) for row in self.reader.rows(entry, "blocks")]

    def block(self, entry: Entry) -> Block:
        """One block; its points are those below it."""
        entry.check_keys(BLOCK_KEYS)
        code = entry.text("code", required=True)
        most, floor = self.points(entry, "max"), self.points(entry, "floor")
        nested = entry.data.get("rubric")
        children = self.nested(entry) if nested is not None else self.children(entry)
        if nested is None and not children:
            entry.complain("S-RUBRIC-EMPTY", "这一块没有指标", "the block has no items")
        zh = entry.text("zh", required=True)
        made = Block(
            code, zh, entry.text("en", required=True), tuple(children), entry.text("article"), most, floor,
            self.given(entry), entry.flag("bonus", False),
        )  # fmt: skip
        plain = sum((_most_of(child) for child in children if not child.is_bonus), Fraction(0))
        if most is not None and children and plain != most:
            self.complain_sum(entry, "max", most, plain)
        if floor is not None and most is not None and floor > most:
            entry.complain("S-RUBRIC-FLOOR", "下限高于满分", "the floor is above the maximum", "floor")
        return made

    def nested(self, entry: Entry) -> list[Item | Block]:
        """The table of another rubric as this block's own."""
        code = entry.text("rubric")
        if self.find is None:
            entry.complain("S-RUBRIC-NEST", "这里不能引用另一张打分表", "no other rubric can be used here", "rubric")
            return []
        try:
            document, vocabulary = self.find(code)
            inner = open_rulebook(document)
            head = read_head(inner)
            if head.kind != self.head.kind:
                entry.complain("S-RUBRIC-NEST", f"“{code}”不是打分表", f"“{code}” is no rubric", "rubric")
                return []
            reader = Reader(inner, Checker(head.vocabulary(vocabulary)))
            root = _Loader(inner, head, reader, self.find if code != self.head.code else None).root()
            if inner.problems:
                raise KaiwuError(inner.problems)
            return list(root.children)
        except KaiwuError as error:
            self.entry.problems += [p for p in error.problems if p not in self.entry.problems]
            return []

    def item(self, entry: Entry) -> Item:
        """One line of the table."""
        entry.check_keys(ITEM_KEYS)
        most = self.points(entry, "max")
        if most is None and "max" not in entry.data:
            entry.complain("F-KEY-MISSING", "缺少“max”(满分), 请补上", "“max” is missing: the item's full points")
        form = self.forms.form(entry)
        top = most or Fraction(0)
        if form.most is not None and most is not None and form.most != most and form.kind not in ("each", "sum_of"):
            a, b = format_decimal(form.most), format_decimal(most)
            entry.complain(
                "S-RUBRIC-MAX",
                f"各档最高 {a} 分, 满分写的是 {b} 分",
                f"the rows give {a} points at most, max says {b}",
                "max",
            )
        if form.kind == "slot" and form.of is not None:
            bound = x.slots_of(form.of).popitem()[1].variable
            if bound.low != 0 or Fraction(bound.high) * bound.grain != top * POINT:
                entry.complain(
                    "S-RUBRIC-SLOT", f"“{bound.zh}”的取值范围要是 0 分到满分", f"the bounds of “{bound.code}” must be 0 to the maximum", "slot",
                )  # fmt: skip
        zh = entry.text("zh", required=True)
        return Item(
            entry.text("code", required=True), zh, entry.text("en", required=True), entry.text("article"), top, form,
            self.given(entry), entry.text("owner"), entry.choice("standing", STANDINGS, "attested"), entry.text("source"),
            entry.flag("bonus", False), entry.text("note"),
        )  # fmt: skip

    def given(self, entry: Entry) -> Variable | None:
        """The score variable under ``given``."""
        spec = entry.data.get("given")
        if spec is None:
            return None
        variable = self.reader.variable(entry, "given", spec)
        if variable is not None and variable.kind is not Kind.SCORE:
            entry.complain("S-RUBRIC-GIVEN", f"“{spec}”要是分值变量", f"“{spec}” must be a score", "given")
            return None
        return variable

    def points(self, entry: Entry, key: str) -> Fraction | None:
        spec = entry.data.get(key)
        return None if spec is None else self.reader.points(entry, spec, key)

    def refuse_twins(self, root: Block) -> None:
        seen: set[str] = set()
        for part in root.walk():
            if part.code in seen:
                self.entry.complain(
                    "S-TWICE", f"代码“{part.code}”重复: 一项只能属于一块",
                    f"code “{part.code}” occurs twice: an item belongs to one block", "blocks" if "blocks" in self.entry.data else "items",
                )  # fmt: skip
            seen.add(part.code)

    # -- routes ------------------------------------------------------------------------------------------

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
        at = self.points(inner, ends[0])
        return None if at is None else Mark(of, at, ends[0] == "above", inner.text("article"))

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

    # -- grades ------------------------------------------------------------------------------------------

    def grades(self) -> Grades | None:
        """``grades: {edges: '[)', rows: [{class, zh, en, from, to}]}``; they must touch and leave nothing out."""
        entry = self.reader.sub(self.entry, "grades")
        if entry is None:
            return None
        entry.check_keys(("edges", "rows", "note"))
        edges = read_edges_word(entry)
        rows, bands = [], []
        for row in self.reader.rows(entry, "rows", required=True):
            row.check_keys(("class", "zh", "en", "from", "to", "note"))
            low, high = (None if v is None else v / POINT for v in read_ends(self.reader, row, SCORE))
            code = row.text("class", required=True)
            rows.append(Grade(code, row.text("zh", code), row.text("en", code), low, high))
            bands.append(Band(low, high))
        check_bands(entry, bands)
        order = sorted(range(len(rows)), key=lambda i: (bands[i].low is not None, bands[i].low or 0), reverse=True)
        ordered = [rows[i] for i in order]
        if ordered and (ordered[0].high is not None or ordered[-1].low is not None):
            entry.complain(
                "S-BAND-OPEN", "最高档和最低档要敞口", "the highest and the lowest grade must be open", "rows"
            )
        self.reader.refuse_twins(entry, "rows", [row.code for row in rows], "class")
        return Grades(tuple(ordered), edges)

    def changes(self) -> ChangeRule | None:
        """``{articles: […], steps: 1}``: signed changes of grade that a run may carry."""
        entry = self.reader.sub(self.entry, "changes")
        if entry is None:
            return None
        entry.check_keys(("articles", "steps", "note"))
        articles = entry.texts("articles")
        if not articles or self.entry.data.get("grades") is None:
            entry.complain(
                "S-CHANGES",
                "调档要有 grades, 并写所依据的条款 articles",
                "changes need grades, and articles that they rest on",
            )
        return ChangeRule(articles, entry.whole_number("steps", 1, MOST_STEPS) or MOST_STEPS)


def _most_of(part: Item | Block) -> Fraction:
    """The full points of a part, bonuses left out."""
    if isinstance(part, Item):
        return part.most
    if part.most is not None:
        return part.most
    return sum((_most_of(child) for child in part.children if not child.is_bonus), Fraction(0))
