"""Reads how an item becomes points (计分方式): one key per form, the same forms inside one another.

Owns the keys of the forms and turns each into formulas of points in the rule language's tree. It evaluates nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from kaiwu.figure.entry import Entry
from kaiwu.figure.variable import Kind
from kaiwu.quantity import format_decimal
from kaiwu.quantity.dimension import SCORE
from kaiwu.rating.book import Band
from kaiwu.rating.indicator_loader import check_bands, read_edges_word, read_ends
from kaiwu.rating.reader import POINT, Reader
from kaiwu.rating.rubric.book import Form, Row
from kaiwu.rule import expression as x
from kaiwu.rule.wording import Wording, unit_of

FORMS = ("bands", "levels", "each", "any", "formula", "expert", "slot", "higher_of", "sum_of", "choose")
LABELS = ("zh", "en", "article", "note")
ZERO = Fraction(0)


def points_literal(points: Fraction) -> x.Literal:
    """A fixed number of 分 as a node."""
    return x.Literal(value=points * POINT, dimension=SCORE, text=f"{format_decimal(points)}分")


NOTHING = points_literal(ZERO)
BROKEN = Form("formula", NOTHING, NOTHING, most=ZERO)


@dataclass(slots=True)
class FormReader:
    """Reads forms below one rulebook."""

    reader: Reader

    def form(self, entry: Entry) -> Form:
        """The one form among the keys of an entry."""
        named = [key for key in FORMS if entry.data.get(key) is not None]
        if len(named) != 1:
            listed = ", ".join(FORMS)
            entry.complain(
                "S-RUBRIC-FORM", f"要写且只写一种计分方式: {listed}", f"write exactly one way to give points: {listed}"
            )
            return BROKEN
        kind = named[0]
        spec = entry.data[kind]
        found: Form = getattr(self, kind)(entry, spec)
        return replace(found, zh=entry.text("zh"), en=entry.text("en"))

    # -- tables ------------------------------------------------------------------------------------------

    def bands(self, entry: Entry, spec: Any) -> Form:
        """Rows ``from``/``to`` of one number; they must touch, and what lies outside them must be said."""
        inner = self.reader.below(entry, "bands", data=spec)
        inner.check_keys(("of", "edges", "rows", "otherwise", "note"))
        value = self.reader.formula(inner, inner.data.get("of"), "of")
        edges = read_edges_word(inner)
        rows = self.reader.rows(inner, "rows", required=True)
        if value is None or not rows:
            return BROKEN
        bands, grants = [], []
        for row in rows:
            row.check_keys(("from", "to", "points", *LABELS))
            low, high = read_ends(self.reader, row, value.dimension)
            bands.append(Band(low, high))
            grants.append(self.grant(row))
        check_bands(inner, bands)
        found = [
            Row(*_labels(row, _band_text(value, band, edges, row)), _inside(value, band, edges, row), *grant)
            for row, band, grant in zip(rows, bands, grants, strict=True)
        ]
        order = sorted(range(len(rows)), key=lambda i: (bands[i].low is not None, bands[i].low or 0))
        is_open = (bands[order[0]].low is not None, bands[order[-1]].high is not None)
        outside = self.outside(inner, any(is_open))
        trees = [_band_tree(value, [bands[i] for i in order], edges, [grants[i][end] for i in order], outside) for end in (0, 1)]  # fmt: skip
        most = max(high for _, high in grants)
        return Form("bands", trees[0], _same(*trees), tuple(found), of=value, most=most)

    def outside(self, entry: Entry, is_needed: bool) -> Fraction | None:
        """Points outside all bands; must be said where the outermost rows are not open."""
        spec = entry.data.get("otherwise")
        if spec is None:
            if is_needed:
                entry.complain(
                    "S-BAND-OPEN",
                    "最外两档没有敞口, 又没写 otherwise; 请写档外得几分",
                    "the outermost rows end somewhere: write otherwise, the points outside them",
                )
            return None
        return self.reader.points(entry, spec, "otherwise")

    def levels(self, entry: Entry, spec: Any) -> Form:
        """Rows with conditions: the first that holds, all earlier ones being known not to."""
        inner = self.reader.below(entry, "levels", data=spec)
        inner.check_keys(("rows", "otherwise", "note"))
        rows = [self.row(row) for row in self.reader.rows(inner, "rows", required=True)]
        otherwise = self.reader.points(inner, inner.data.get("otherwise", 0), "otherwise") or ZERO
        if "otherwise" not in inner.data:
            inner.complain(
                "F-KEY-MISSING",
                "缺少“otherwise”: 各档都不满足得几分",
                "“otherwise” is missing: points where no row holds",
            )
        trees = [
            x.Choose(
                cases=tuple((row.when, points_literal(points)) for row, points in zip(rows, ends, strict=True)),
                otherwise=points_literal(otherwise),
                dimension=SCORE,
            )
            for ends in ([r.low for r in rows], [r.high for r in rows])
        ]
        most = max((otherwise, *(r.high for r in rows)))
        rest = Row("其他", "otherwise", x.Truth(value=True, text="其他"), otherwise, otherwise)
        return Form("levels", trees[0], _same(*trees), (*rows, rest), most=most)

    def each(self, entry: Entry, spec: Any) -> Form:
        """Every row that holds adds its points (逐项累加)."""
        rows = self.simple_rows(entry, "each", spec)
        ends = [[row.low for row in rows], [row.high for row in rows]]
        trees = [_sum([_if(row.when, points) for row, points in zip(rows, end, strict=True)]) for end in ends]
        return Form("each", trees[0], _same(*trees), tuple(rows), most=sum(ends[1], ZERO))

    def any(self, entry: Entry, spec: Any) -> Form:
        """Points once, if at least one of several conditions holds (任一即得)."""
        inner = self.reader.below(entry, "any", data=spec)
        inner.check_keys(("points", "rows", "note"))
        low, high = self.grant(inner)
        rows = []
        for row in self.reader.rows(inner, "rows", required=True):
            row.check_keys(("when", *LABELS))
            when, text = self.reader.condition(row)
            rows.append(Row(*_labels(row, (text, text)), when, low, high))
        either = x.Or(items=tuple(row.when for row in rows), text=" 或 ".join(row.zh for row in rows))
        tree, top = _if(either, low), _if(either, high)
        return Form("any", tree, _same(tree, top), tuple(rows), most=high)

    def simple_rows(self, entry: Entry, key: str, spec: Any) -> list[Row]:
        """Rows ``{zh, en, when, points}`` of a list."""
        return [self.row(row) for row in self.reader.rows(entry, key, required=True)]

    def row(self, row: Entry) -> Row:
        """One row with a condition."""
        row.check_keys(("when", "points", *LABELS))
        when, text = self.reader.condition(row)
        return Row(*_labels(row, (text, text)), when, *self.grant(row))

    def grant(self, row: Entry) -> tuple[Fraction, Fraction]:
        """``points: 5分``, or ``points: [7分, 8分]`` that an expert gives from."""
        spec = row.data.get("points")
        if isinstance(spec, list):
            return self.range(row, spec, "points")
        points = self.reader.points(row, spec, "points") if spec is not None else None
        if spec is None:
            row.complain("F-KEY-MISSING", "缺少“points”, 请补上", "“points” is missing; add it")
        return (points or ZERO, points or ZERO)

    def range(self, entry: Entry, spec: Any, key: str) -> tuple[Fraction, Fraction]:
        """``[0分, 6分]``."""
        ends = [self.reader.points(entry, end, key, i) for i, end in enumerate(spec)] if isinstance(spec, list) else []
        if len(ends) != 2 or ends[0] is None or ends[1] is None or ends[0] > ends[1]:
            if None not in ends:
                entry.complain("S-RUBRIC-RANGE", "给分区间要写 [低, 高]", "a range of points is [low, high]", key)
            return ZERO, ZERO
        return ends[0], ends[1]

    # -- single values -----------------------------------------------------------------------------------

    def formula(self, entry: Entry, spec: Any) -> Form:
        """A formula that comes out in 分, such as one point for every two full years."""
        tree = self.reader.formula(entry, spec, "formula", dimension=SCORE)
        return BROKEN if tree is None else Form("formula", tree, tree)

    def expert(self, entry: Entry, spec: Any) -> Form:
        """``[0分, 6分]``: a human gives points in the range; until then the item is 需认定."""
        low, high = self.range(entry, spec, "expert")
        return Form("expert", points_literal(low), points_literal(high), most=high)

    def slot(self, entry: Entry, spec: Any) -> Form:
        """A score that somebody else declares, such as a province; while nobody does, a named unknown."""
        variable = self.reader.variable(entry, "slot", spec)
        if variable is None:
            return BROKEN
        if variable.kind is not Kind.SCORE:
            entry.complain(
                "S-RUBRIC-SLOT", f"“{variable.zh}”要是分值变量", f"“{variable.code}” must be a score", "slot"
            )
            return BROKEN
        ref = x.Ref(variable=variable, dimension=SCORE, text=variable.zh)
        return Form("slot", ref, ref, of=ref)

    # -- forms of forms ----------------------------------------------------------------------------------

    def parts(self, entry: Entry, key: str, more: tuple[str, ...] = ()) -> list[Form]:
        """The forms of a list."""
        found = []
        for row in self.reader.rows(entry, key, required=True):
            row.check_keys((*FORMS, *LABELS, *more))
            found.append(self.form(row))
        return found

    def higher_of(self, entry: Entry, spec: Any) -> Form:
        """The highest of several (就高)."""
        return _highest("higher_of", self.parts(entry, "higher_of"))

    def sum_of(self, entry: Entry, spec: Any) -> Form:
        """The sum of several."""
        parts = self.parts(entry, "sum_of")
        trees = [_sum([p.low for p in parts]), _sum([p.high for p in parts])]
        most = [p.most for p in parts]
        return Form(
            "sum_of", trees[0], trees[0] if not any(p.is_range for p in parts) else trees[1], parts=tuple(parts),
            most=sum((m for m in most if m is not None), ZERO) if None not in most else None,
        )  # fmt: skip

    def choose(self, entry: Entry, spec: Any) -> Form:
        """One of several indicators that the firm chooses (任选其一).

        With ``by``, a category variable that records the choice, the chosen one counts; without it the best one does,
        because nobody chooses to have fewer points.
        """
        inner = self.reader.below(entry, "choose", data=spec)
        inner.check_keys(("by", "options", "note"))
        parts = self.parts(inner, "options", ("value",))
        if inner.data.get("by") is None:
            return replace(_highest("choose", parts), kind="choose")
        ref = self.reader.category(inner, "by")
        codes = [str(row.data.get("value") or "") for row in self.reader.rows(inner, "options")]
        if ref is None:
            return BROKEN
        unknown = [code for code in codes if code not in ref.variable.values]
        if unknown or len(codes) != len(ref.variable.values):
            zh = f"每个选项要写 value, 与“{ref.variable.zh}”的取值一一对应"
            inner.complain("S-RUBRIC-CHOICE", zh, f"each option needs a value of “{ref.variable.code}”, all of them once", "options")  # fmt: skip
            return BROKEN
        tests = [x.Member(ref=ref, codes=frozenset({ref.variable.values.index(code)})) for code in codes]
        trees = [
            x.Choose(cases=tuple(zip(tests[:-1], ends[:-1], strict=True)), otherwise=ends[-1], dimension=SCORE)
            for ends in ([p.low for p in parts], [p.high for p in parts])
        ]
        most = max((p.most for p in parts if p.most is not None), default=None)
        is_range = any(p.is_range for p in parts)
        return Form("choose", trees[0], trees[1] if is_range else trees[0], parts=tuple(parts), of=ref, most=most)


# -- trees ---------------------------------------------------------------------------------------------------


def _same(low: x.Num, high: x.Num) -> x.Num:
    """``low`` itself where both say the same, so that a form without ranges has one tree."""
    return low if low == high else high


def _if(test: x.Bool, points: Fraction) -> x.Num:
    return x.Choose(cases=((test, points_literal(points)),), otherwise=NOTHING, dimension=SCORE)


def _sum(parts: list[x.Num]) -> x.Num:
    total, *rest = parts or [NOTHING]
    for part in rest:
        total = x.Arith(op="+", left=total, right=part, dimension=SCORE)
    return total


def _highest(kind: str, parts: list[Form]) -> Form:
    if not parts:
        return BROKEN
    low = x.Pick(op="max", items=tuple(p.low for p in parts), dimension=SCORE)
    high = x.Pick(op="max", items=tuple(p.high for p in parts), dimension=SCORE)
    most = [p.most for p in parts]
    top = max((m for m in most if m is not None), default=None) if None not in most else None
    return Form(kind, low, high if any(p.is_range for p in parts) else low, parts=tuple(parts), most=top)


def _compare(value: x.Num, op: str, end: Fraction, text: str) -> x.Compare:
    literal = x.Literal(value=end, dimension=value.dimension, text=text)
    return x.Compare(op=op, left=value, right=literal, text=f"{value.text} {op} {text}".strip())


def _end_text(row: Entry, key: str) -> str:
    return str(row.data.get(key) or "0")


def _inside(value: x.Num, band: Band, edges: str, row: Entry) -> x.Bool:
    """``low <= value < high`` (or ``low < value <= high``)."""
    above, below = (">=", "<") if edges == "[)" else (">", "<=")
    parts: list[x.Bool] = []
    if band.low is not None:
        parts.append(_compare(value, above, band.low, _end_text(row, "from")))
    if band.high is not None:
        parts.append(_compare(value, below, band.high, _end_text(row, "to")))
    if not parts:
        return x.Truth(value=True, text="true")
    return parts[0] if len(parts) == 1 else x.And(items=tuple(parts), text=" 且 ".join(p.text for p in parts))


def _band_text(value: x.Num, band: Band, edges: str, row: Entry) -> tuple[str, str]:
    above, below = ("≥ ", "< ") if edges == "[)" else ("> ", "≤ ")
    zh, en = [], []
    for sign, end, key in ((above, band.low, "from"), (below, band.high, "to")):
        if end is not None:
            text = _end_text(row, key)
            literal = x.Literal(value=end, dimension=value.dimension, text=text)
            zh.append(sign + text)
            en.append(sign + Wording({}).literal(literal, unit_of(value))[1])
    return " 且 ".join(zh) or "任意", " and ".join(en) or "any"


def _band_tree(value: x.Num, bands: list[Band], edges: str, points: list[Fraction], outside: Fraction | None) -> x.Num:
    """One comparison per edge, from the lowest band up: ``如果(v < 第一个上限, …, v < 第二个上限, …, …)``."""
    below = "<" if edges == "[)" else "<="
    cases: list[tuple[x.Bool, x.Num]] = []
    if bands[0].low is not None:
        cases.append((_compare(value, below, bands[0].low, ""), points_literal(outside or ZERO)))
    for band, amount in zip(bands, points, strict=True):
        if band.high is not None:
            cases.append((_compare(value, below, band.high, ""), points_literal(amount)))
    last = points[-1] if bands[-1].high is None else outside or ZERO
    if not cases:
        return points_literal(last)
    return x.Choose(cases=tuple(cases), otherwise=points_literal(last), dimension=SCORE)


def _labels(row: Entry, fallback: tuple[str, str]) -> tuple[str, str]:
    zh = row.text("zh")
    return zh or fallback[0], row.text("en") or zh or fallback[1]
