"""Reads a rulebook of kind ``bands`` (分档表): rows with conditions, rows of a number with edges, tables by category.

Owns its keys and turns all three forms into rows with one condition each. It bands nobody.
"""

from __future__ import annotations

from fractions import Fraction

from kaiwu.figure.entry import Entry
from kaiwu.figure.variable import Kind
from kaiwu.quantity import KaiwuError, format_decimal
from kaiwu.rating.band import BandBook, BandRow, BandScheme
from kaiwu.rating.book import Band
from kaiwu.rating.indicator_loader import check_bands, read_edges_word, read_ends
from kaiwu.rating.loader import check_produces
from kaiwu.rating.reader import NEVER, Reader
from kaiwu.rule import expression as x
from kaiwu.rule.check import Checker
from kaiwu.rule.rulebook import HEAD_KEYS, Head, open_rulebook, read_head
from kaiwu.rule.vocabulary import Vocabulary
from kaiwu.table import Document

BOOK_KEYS = (*HEAD_KEYS, "scope", "rows", "of", "by", "otherwise")
ROW_KEYS = ("value", "zh", "en", "article", "note")
TRUE = x.Truth(value=True, text="true")


def load(document: Document, vocabulary: Vocabulary) -> BandScheme:
    """Load and compile a rulebook of kind ``bands``. Raises ``KaiwuError`` with every mistake of the file."""
    entry = open_rulebook(document)
    # ``edges`` stands for the words of the language in every head, and for '[)' in a table of numbers.
    has_table_edges = isinstance(entry.data.get("edges"), str)
    data = {k: v for k, v in entry.data.items() if k != "edges"} if has_table_edges else entry.data
    entry.check_keys(BOOK_KEYS)
    head = read_head(Entry(document, (), data, entry.problems))
    reader = Reader(entry, Checker(head.vocabulary(vocabulary)))
    book = _BandLoader(entry, head, reader).book()
    if entry.problems:
        raise KaiwuError(entry.problems)
    return BandScheme(book, vocabulary.variable(head.produces) if head.produces else None)


class _BandLoader:
    def __init__(self, entry: Entry, head: Head, reader: Reader) -> None:
        self.entry = entry
        self.head = head
        self.reader = reader

    def book(self) -> BandBook:
        entry = self.entry
        forms = [key for key in ("rows", "by") if entry.data.get(key) is not None]
        if len(forms) != 1 and self.head.status != "template":
            entry.complain(
                "S-BAND-FORM",
                "写 rows(一张表)或 by(按类别分表)之一",
                "write either rows (one table) or by (tables by category)",
            )
        rows = self.tables(entry) if "by" in forms else self.table(entry, TRUE) if forms else []
        otherwise = entry.text("otherwise") or None
        scope = self.reader.condition(entry, "scope")[0] if entry.data.get("scope") is not None else None
        given = list(dict.fromkeys(row.code for row in rows)) + ([otherwise] if otherwise else [])
        variable = self.reader.checker.vocabulary.variable(self.head.produces or "")
        is_category = variable is not None and variable.kind is Kind.CATEGORY
        codes = tuple(variable.values) if variable is not None and is_category else tuple(dict.fromkeys(given))
        check_produces(entry, self.head, self.reader, tuple(dict.fromkeys(given)))
        return BandBook(self.head, tuple(rows), codes, otherwise, scope)

    def tables(self, top: Entry) -> list[BandRow]:
        """``by: {variable: 行业, tables: {工业: {rows: […]}, …}}``: one table per value; values without one give no band."""
        entry = self.reader.below(top, "by", data=top.data["by"])
        entry.check_keys(("variable", "tables"))
        ref = self.reader.category(entry, "variable")
        tables = self.reader.below(entry, "tables", data=entry.data.get("tables"))
        rows: list[BandRow] = []
        for name in tables.data:
            inner = self.reader.below(tables, name, data=tables.data[name])
            inner.check_keys(("rows", "of", "edges", "otherwise"))
            if ref is None:
                continue
            codes = self.codes_of(tables, ref, name)
            member = x.Member(ref=ref, codes=frozenset(codes), text=f"{ref.variable.zh} = {name}")
            rows += self.table(inner, member)
            if inner.data.get("otherwise") is not None:
                code = inner.text("otherwise")
                rows.append(BandRow(code, code, code, member, member.text))
        return rows

    def codes_of(self, tables: Entry, ref: x.Ref, name: str) -> list[int]:
        """The stored number of a category value, by code or label."""
        variable = ref.variable
        for index, labels in enumerate(zip(variable.values, *zip(*variable.value_labels, strict=True), strict=True)):
            if name in labels:
                return [index]
        listed = "、".join(variable.values[:12])
        tables.complain(
            "S-BAND-VALUE",
            f"“{variable.zh}”没有取值“{name}”; 可用: {listed}",
            f"“{variable.code}” has no value “{name}”",
            name,
        )
        return []

    def table(self, entry: Entry, guard: x.Bool) -> list[BandRow]:
        """The rows of one table, each under a guard."""
        if entry.data.get("of") is not None:
            return self.numbered(entry, guard)
        found = []
        for row in self.reader.rows(entry, "rows", required=True):
            row.check_keys((*ROW_KEYS, "when"))
            when, text = self.reader.condition(row)
            found.append(self.row(row, guard, when, text))
        return found

    def row(self, row: Entry, guard: x.Bool, when: x.Bool, text: str) -> BandRow:
        code = row.text("value", required=True)
        tree = when if guard is TRUE else x.And(items=(guard, when), text=f"{guard.text} 且 {text}")
        return BandRow(code, row.text("zh", code), row.text("en", code), tree, tree.text or text, row.text("article"))

    def numbered(self, entry: Entry, guard: x.Bool) -> list[BandRow]:
        """Rows ``from``/``to`` of one number; edges must be declared, rows must touch."""
        value = self.reader.formula(entry, entry.data["of"], "of")
        edges = read_edges_word(entry)
        rows = self.reader.rows(entry, "rows", required=True)
        if value is None:
            return []
        bands, found = [], []
        for row in rows:
            row.check_keys((*ROW_KEYS, "from", "to"))
            low, high = read_ends(self.reader, row, value.dimension)
            if low is None and high is None and len(rows) > 1:
                row.complain("S-BAND", "要写 from 或 to", "write from or to")
            bands.append(Band(low, high))
            when = _between(value, bands[-1], edges, str(row.data.get("from") or ""), str(row.data.get("to") or ""))
            found.append(self.row(row, guard, when, when.text))
        if all(b.low is not None or b.high is not None for b in bands):
            check_bands(entry, bands)
        return found


def _between(value: x.Num, band: Band, edges: str, low_text: str, high_text: str) -> x.Bool:
    """``low <= value < high`` (or ``low < value <= high``) as a typed condition."""
    parts: list[x.Bool] = []
    ends = (
        (band.low, ">=" if edges == "[)" else ">", low_text),
        (band.high, "<" if edges == "[)" else "<=", high_text),
    )
    for end, op, text in ends:
        if end is not None:
            literal = x.Literal(value=Fraction(end), dimension=value.dimension, text=text or format_decimal(end))
            parts.append(x.Compare(op=op, left=value, right=literal, text=f"{value.text} {op} {text}"))
    if not parts:
        return NEVER
    return parts[0] if len(parts) == 1 else x.And(items=tuple(parts), text=" 且 ".join(p.text for p in parts))
