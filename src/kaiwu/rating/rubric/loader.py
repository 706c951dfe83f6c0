"""Reads a rulebook of kind ``rubric`` (打分表): blocks, items, routes, grades; every mistake of the file in one report.

Owns its keys and the checks that make a point table whole: points that sum, codes that occur once, grades that touch.
How an item becomes points is in ``form.py``.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from kaiwu.figure.entry import Entry
from kaiwu.figure.variable import Kind, Variable
from kaiwu.quantity import KaiwuError, format_decimal
from kaiwu.quantity.dimension import SCORE
from kaiwu.rating.book import Band, ChangeRule
from kaiwu.rating.class_loader import MOST_STEPS
from kaiwu.rating.indicator_loader import check_bands, read_edges_word, read_ends
from kaiwu.rating.loader import check_produces
from kaiwu.rating.reader import POINT, Reader
from kaiwu.rating.rubric.book import TOTAL, Block, Grade, Grades, Item, RubricBook
from kaiwu.rating.rubric.form import FORMS, FormReader
from kaiwu.rating.rubric.route_loader import RouteReader
from kaiwu.rating.rubric.scheme import RubricScheme
from kaiwu.rule import expression as x
from kaiwu.rule.check import Checker
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
        reader = RouteReader(entry, self.head, self.reader)
        routes = reader.routes(root)
        reader.check_marks(routes, root)
        self.refuse_twins(root)
        scope = self.reader.condition(entry, "scope")[0] if entry.data.get("scope") is not None else None
        return RubricBook(self.head, root, tuple(routes), self.full(root), scope, self.grades(), self.changes())

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
            if self.entry.data.get("full") is None and self.head.status != "template":
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
        if entry.data.get("max") is None:
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
