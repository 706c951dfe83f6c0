"""Reads classes, ties and changes of class (档次、同分、提档降档) of a rating.

Owns their keys and the checks that make a class table whole. It classes nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from kaiwu.figure.entry import Entry
from kaiwu.quantity import format_decimal
from kaiwu.rating.book import ChangeRule, ClassRow, ClassTable, TieKey, Ties
from kaiwu.rating.indicator_loader import read_edges_word
from kaiwu.rating.reader import Reader

SHARE_ROUNDINGS = ("floor", "half_up", "up", "largest_remainder")
MOST_STEPS = 20  # a rulebook that sets no limit on 提档, 降档 may move across any real class table


@dataclass(slots=True)
class ClassReader:
    """Reads below the top mapping of one rulebook."""

    entry: Entry
    reader: Reader

    def classes(self) -> ClassTable | None:
        """The class table, or ``None``."""
        entry = self.reader.sub(self.entry, "classes")
        if entry is None:
            return None
        entry.check_keys(("by", "rows", "rounding", "edges", "vetoed"))
        by = entry.choice("by", ("share", "count", "cutoff"), "share")
        rows = tuple(self.class_row(row, by) for row in self.reader.rows(entry, "rows", required=True))
        self.reader.refuse_twins(entry, "rows", [r.code for r in rows], "class")
        rounding, vetoed = "", "outside"
        if by == "share":
            rounding = str(entry.data.get("rounding") or "")
            if rounding not in SHARE_ROUNDINGS:
                listed = ", ".join(SHARE_ROUNDINGS)
                entry.complain(
                    "S-CLASS-ROUNDING",
                    f"家数怎样取整要声明: {listed}",
                    f"declare how numbers of firms are rounded: {listed}",
                )
        if by != "cutoff" and self.entry.data.get("veto"):
            vetoed = str(entry.data.get("vetoed") or "")
            if vetoed not in ("inside", "outside"):
                entry.complain(
                    "S-VETOED", "被否决的企业算不算进比例的基数要声明: vetoed: inside 或 outside",
                    "say whether vetoed firms count in the number that shares are taken of: vetoed: inside or outside",
                )  # fmt: skip
        edges = read_edges_word(entry) if by == "cutoff" else "[)"
        self.check_class_rows(entry, by, rows)
        return ClassTable(by, rows, rounding, edges, vetoed or "outside")

    def class_row(self, row: Entry, by: str) -> ClassRow:
        """One class, best first."""
        key = {"share": "share", "count": "count", "cutoff": "from"}[by]
        row.check_keys(("class", "zh", "en", key))
        code = row.text("class", required=True)
        spec = row.data.get(key)
        return ClassRow(
            code,
            row.text("zh", code),
            row.text("en", code),
            share=self.reader.share(row, spec, key) if by == "share" and spec is not None else None,
            count=row.whole_number(key, 0, 10**6) if by == "count" else None,
            low=self.reader.points(row, spec, key) if by == "cutoff" and spec is not None else None,
        )

    def check_class_rows(self, entry: Entry, by: str, rows: tuple[ClassRow, ...]) -> None:
        """The table must be whole: falling cut-offs, shares of 100 %, one open row at the end."""
        values: list[Fraction | int | None] = [{"share": r.share, "count": r.count, "cutoff": r.low}[by] for r in rows]
        for i, value in enumerate(values[:-1]):
            if value is None:
                entry.complain(
                    "S-CLASS",
                    "只有最后一档可以不写(其余)",
                    "only the last class may be left open (the rest)",
                    "rows",
                    i,
                )
        lows = [v for v in values if v is not None]
        if by == "cutoff" and any(a <= b for a, b in pairwise(lows)):
            entry.complain(
                "S-CLASS", "档次要从高到低写, 分数线递减", "classes are written best first, cut-offs falling", "rows"
            )
        if by == "share" and rows:
            total = sum((Fraction(v) for v in lows), Fraction(0))
            if total > 1 or (values[-1] is not None and total != 1):
                printed = format_decimal(total * 100)
                entry.complain(
                    "S-CLASS-SHARES",
                    f"各档比例合计 {printed}%, 应为 100%",
                    f"the shares of the classes sum to {printed} %",
                    "rows",
                )
        if values and values[-1] is not None and by != "share":
            key = "count" if by == "count" else "from"
            entry.complain(
                "S-CLASS",
                f"最后一档是其余, 不写 {key}",
                f"the last class is the rest: write no {key}",
                "rows",
                len(rows) - 1,
            )

    def ties(self) -> Ties:
        """``share_rank``, or ``{rule: [value, …], then: share_rank | human}``."""
        spec = self.entry.data.get("ties")
        if spec is None:
            return Ties()
        if spec == "share_rank":
            return Ties(shared=True)
        entry = self.reader.below(self.entry, "ties", data=spec)
        entry.check_keys(("rule", "then"))
        keys = []
        rule = entry.data.get("rule") or []
        if not isinstance(rule, list):
            entry.complain("F-KEY-TYPE", "rule 要写列表", "rule wants a list", "rule")
            rule = []
        for i, key in enumerate(rule):
            data = {"value": key} if isinstance(key, str) else key
            row = self.reader.below(entry, "rule", i, data=data)
            row.check_keys(("value", "direction"))
            value = self.reader.formula(row, row.data.get("value"), *(["value"] if isinstance(key, dict) else []))
            if value is not None:
                keys.append(
                    TieKey(value, row.choice("direction", ("higher", "lower"), "higher"), str(row.data["value"]))
                )
        return Ties(tuple(keys), entry.choice("then", ("share_rank", "human"), "human") == "share_rank")

    def changes(self) -> ChangeRule | None:
        """``{articles: […], steps: 1}``, or ``None``: no changes of class."""
        entry = self.reader.sub(self.entry, "changes")
        if entry is None:
            return None
        entry.check_keys(("articles", "steps", "note"))
        articles = entry.texts("articles")
        if not articles:
            entry.complain(
                "S-CHANGES", "要写提档、降档所依据的条款 articles", "name the articles that changes of class rest on"
            )
        return ChangeRule(articles, entry.whole_number("steps", 1, MOST_STEPS) or MOST_STEPS)
