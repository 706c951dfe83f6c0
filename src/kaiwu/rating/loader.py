"""Reads a rulebook of kind ``rating`` (评价办法) and checks everything in it; all mistakes in one report.

Owns the keys of the rulebook other than those of one indicator and of classes. It scores nothing.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from kaiwu.figure.entry import Entry
from kaiwu.figure.variable import Kind, Variable
from kaiwu.quantity import KaiwuError, format_decimal
from kaiwu.quantity.dimension import SCORE
from kaiwu.rating.book import (
    Adjustment,
    Block,
    Gate,
    Indicator,
    Leagues,
    Merge,
    RatingBook,
)
from kaiwu.rating.class_loader import ClassReader
from kaiwu.rating.indicator_loader import DEFAULT_KEYS, IndicatorReader, check_step
from kaiwu.rating.points import Rounding
from kaiwu.rating.reader import GATE_KEYS, Reader
from kaiwu.rule import expression as x
from kaiwu.rule.check import Checker
from kaiwu.rule.rulebook import HEAD_KEYS, STANDINGS, Head, open_rulebook, read_head
from kaiwu.rule.vocabulary import Vocabulary
from kaiwu.table import Document

BOOK_KEYS = (
    *HEAD_KEYS, "scope", "unit", "leagues", "exempt", "veto", "defaults", "blocks", "indicators", "adjust", "total",
    "classes", "ties", "changes", "full",
)  # fmt: skip
HUNDRED = Fraction(100)
MERGES = ("sum", "sum_known", "same", "any", "all", "recompute")


def load_book(document: Document, vocabulary: Vocabulary) -> RatingBook:
    """Load and check a rating. Raises ``KaiwuError`` with every mistake of the file."""
    entry = open_rulebook(document)
    entry.check_keys(BOOK_KEYS)
    head = read_head(entry)
    reader = Reader(entry, Checker(head.vocabulary(vocabulary)))
    book = _Loader(entry, head, reader).book()
    if entry.problems:
        raise KaiwuError(entry.problems)
    return book


class _Loader:
    def __init__(self, entry: Entry, head: Head, reader: Reader) -> None:
        self.entry = entry
        self.head = head
        self.reader = reader
        self.default_rounding = Rounding(Fraction(1, 100))

    def book(self) -> RatingBook:
        entry, reader = self.entry, self.reader
        scope, scope_text = reader.condition(entry, "scope")
        classing = ClassReader(entry, reader)
        leagues = self.leagues()
        blocks = self.blocks()
        total, cap, floor = self.total()
        book = RatingBook(
            head=self.head,
            scope=Gate("scope", "评价范围", "scope", scope, scope_text),
            indicators=self.indicators(leagues is not None, blocks),
            total=total,
            exempt=self.gates("exempt", (*GATE_KEYS, "class", "until")),
            vetoes=self.gates("veto", (*GATE_KEYS, "class")),
            leagues=leagues,
            merge=self.merge(),
            blocks=blocks,
            adjustments=self.adjustments(),
            total_cap=cap,
            total_floor=floor,
            classes=classing.classes(),
            ties=classing.ties(),
            changes=classing.changes(),
        )
        self.check_labels(book)
        self.check_merge(book)
        check_produces(entry, self.head, reader, book.classes.codes() if book.classes else None)
        return book

    # -- who takes part ----------------------------------------------------------------------------------

    def gates(self, key: str, keys: tuple[str, ...]) -> tuple[Gate, ...]:
        gates = tuple(
            self.reader.gate(row, keys, fallback=f"{key}{i + 1}")
            for i, row in enumerate(self.reader.rows(self.entry, key))
        )
        self.reader.refuse_twins(self.entry, key, [g.code for g in gates])
        return gates

    def leagues(self) -> Leagues | None:
        entry = self.reader.sub(self.entry, "leagues")
        if entry is None:
            return None
        entry.check_keys(("by", "groups"))
        if ("by" in entry.data) == ("groups" in entry.data):
            entry.complain(
                "S-LEAGUES", "分组写 by(类别变量)或 groups(条件)之一", "leagues want either by (a category) or groups"
            )
            return Leagues()
        if "by" in entry.data:
            ref = self.reader.category(entry, "by")
            return Leagues(by=ref) if ref is not None else Leagues()
        groups = tuple(self.reader.gate(row) for row in self.reader.rows(entry, "groups"))
        self.reader.refuse_twins(entry, "groups", [g.code for g in groups])
        return Leagues(groups=groups)

    def merge(self) -> Merge | None:
        entry = self.reader.sub(self.entry, "unit")
        if entry is None:
            return None
        entry.check_keys(("merge", "without", *MERGES))
        key = self.reader.variable(entry, "merge", entry.data.get("merge"))
        without = entry.data.get("without")
        if without not in ("alone", "pending"):
            entry.complain(
                "S-WITHOUT", "没有合并键的企业怎样处理要声明: without: alone(单独评价)或 pending(缺数据)",
                "say what happens to a firm without a key: without: alone or pending", *(["without"] if without else []),
            )  # fmt: skip
        how: dict[str, str] = {}
        for word in MERGES:
            names = entry.data.get(word) or []
            if not isinstance(names, list):
                entry.complain("F-KEY-TYPE", "这里要写变量列表", "a list of variables is wanted here", word)
                continue
            for i, name in enumerate(names):
                variable = self.reader.variable(entry, word, name, i)
                if variable is not None:
                    self.check_merge_word(entry, word, i, variable, how)
                    how[variable.code] = word
        return Merge(key, str(without), how) if key is not None else None

    def check_merge_word(self, entry: Entry, word: str, i: int, variable: Variable, how: dict[str, str]) -> None:
        fits = {
            "sum": variable.kind in (Kind.MONEY, Kind.QUANTITY, Kind.COUNT, Kind.SCORE),
            "sum_known": variable.kind in (Kind.MONEY, Kind.QUANTITY, Kind.COUNT, Kind.SCORE),
            "same": True,
            "any": variable.kind in (Kind.FLAG, Kind.JUDGEMENT),
            "all": variable.kind in (Kind.FLAG, Kind.JUDGEMENT),
            "recompute": variable.derive is not None,
        }
        if not fits[word]:
            entry.complain(
                "S-MERGE",
                f"“{variable.zh}”不能这样合并({word})",
                f"“{variable.code}” cannot be merged by {word}",
                word,
                i,
            )
        if variable.code in how:
            entry.complain(
                "S-MERGE", f"“{variable.zh}”声明了两种合并办法", f"“{variable.code}” is merged in two ways", word, i
            )

    def check_merge(self, book: RatingBook) -> None:
        """Everything that is read of a unit must say how it is made from its members."""
        if book.merge is None:
            return
        lacking = sorted(
            {
                r.variable.code: r.variable.zh
                for r in unit_refs(book).values()
                if r.variable.code not in book.merge.how
            }.items()
        )
        if lacking:
            zh, en = "、".join(name for _, name in lacking), ", ".join(code for code, _ in lacking)
            self.entry.complain(
                "S-MERGE", f"没有声明怎样合并: {zh}; 请写入 sum, sum_known, same, any, all 或 recompute",
                f"how to merge is not declared for: {en}; list them under sum, sum_known, same, any, all or recompute", "unit",
            )  # fmt: skip

    # -- indicators and blocks ---------------------------------------------------------------------------

    def blocks(self) -> tuple[Block, ...]:
        blocks = []
        for row in self.reader.rows(self.entry, "blocks"):
            row.check_keys(("code", "zh", "en", "weight", "full", "standing", "source", "note"))
            weight = self.reader.share(row, row.data.get("weight"), "weight")
            full = self.reader.points(row, row.data["full"], "full") if row.data.get("full") is not None else HUNDRED
            blocks.append(
                Block(
                    row.text("code", required=True),
                    row.text("zh", required=True),
                    row.text("en", required=True),
                    weight or Fraction(0),
                    full or HUNDRED,
                    row.choice("standing", STANDINGS, "attested"),
                )
            )
        self.reader.refuse_twins(self.entry, "blocks", [b.code for b in blocks])
        if blocks and (total := sum((b.weight for b in blocks), Fraction(0))) != 1:
            printed = format_decimal(total * 100)
            self.entry.complain(
                "S-WEIGHTS",
                f"各块权重合计 {printed}%, 应为 100%",
                f"the weights of the blocks sum to {printed} %",
                "blocks",
            )
        return tuple(blocks)

    def indicators(self, has_leagues: bool, blocks: tuple[Block, ...]) -> tuple[Indicator, ...]:
        defaults = self.reader.sub(self.entry, "defaults") or Entry(
            self.entry.document, ("defaults",), {}, self.entry.problems
        )
        defaults.check_keys(DEFAULT_KEYS)
        is_template = self.head.status == "template"
        if is_template and not self.entry.data.get("indicators"):
            return ()
        inner = IndicatorReader(self.reader, defaults, has_leagues)
        rows = self.reader.rows(self.entry, "indicators", required=True)
        # A template names slots whose content is unknown; only the filled ones are read.
        found = [inner.read(row) for row in rows if not (is_template and row.data.get("value") is None)]
        kept = [f for f in found if f is not None]
        self.reader.refuse_twins(self.entry, "indicators", [i.code for i, _ in kept])
        if len(kept) < len(rows):
            return tuple(i for i, _ in kept)  # the sums below would only repeat what is reported already
        return self.weigh(kept, blocks)

    def weigh(self, found: list[tuple[Indicator, bool]], blocks: tuple[Block, ...]) -> tuple[Indicator, ...]:
        """Check that weights sum to what they should, and share a block equally where that is declared."""
        full = {b.code: b.full for b in blocks}
        if not blocks:
            given = self.entry.data.get("full")
            full[""] = (self.reader.points(self.entry, given, "full") if given is not None else None) or HUNDRED
        out: dict[str, Indicator] = {}
        for i, (indicator, _) in enumerate(found):
            if indicator.block not in full:
                self.entry.complain(
                    "S-BLOCK", f"没有“{indicator.block}”这一块" if indicator.block else "指标没有写所属的块 block",
                    f"there is no block “{indicator.block}”", "indicators", i,
                )  # fmt: skip
        for code, points in full.items():
            members = [(i, equal) for i, equal in found if i.block == code]
            equal = [i for i, is_equal in members if is_equal]
            fixed = sum((i.weight for i, is_equal in members if not is_equal), Fraction(0))
            if equal and fixed < points:
                members = [
                    (replace(i, weight=(points - fixed) / len(equal)) if is_equal else i, False)
                    for i, is_equal in members
                ]
            total = sum((i.weight for i, _ in members), Fraction(0))
            if total != points:
                self.complain_sum(code, total, points)
            out |= {i.code: i for i, _ in members}
        return tuple(out.get(i.code, i) for i, _ in found)

    def complain_sum(self, block: str, total: Fraction, full: Fraction) -> None:
        zh = f"块“{block}”的" if block else ""
        key = f"blocks 中写 full: {total}分" if block else f"full: {total}分"
        self.entry.complain(
            "S-WEIGHTS", f"{zh}权重合计 {total}分, 应为 {full}分; 若确实如此请写 {key}",
            f"the weights{' of block ' + block if block else ''} sum to {total}, not {full} points; if that is meant, write {key}",
            "indicators",
        )  # fmt: skip

    # -- adjustments and total ---------------------------------------------------------------------------

    def adjustments(self) -> tuple[Adjustment, ...]:
        out = []
        for i, row in enumerate(self.reader.rows(self.entry, "adjust")):
            row.check_keys((*GATE_KEYS, "points", "max", "min", "round", "unknown"))
            gate = self.reader.gate(row, tuple(row.data), fallback=f"adjust{i + 1}")
            value = self.reader.formula(row, row.data.get("points"), "points", dimension=SCORE)
            rounding = self.own_rounding(row)
            limits = []
            for key in ("max", "min"):
                spec = row.data.get(key)
                limits.append(None if spec is None else self.reader.points(row, spec, key))
                check_step(row, limits[-1], rounding, key)
            if value is None:
                continue
            if isinstance(value, x.Literal):
                check_step(row, value.value / 10**6, rounding, "points")
            unknown = row.choice("unknown", ("pending", "none"), "pending")
            out.append(
                Adjustment(
                    gate.code, gate.zh, gate.en, gate.when, value, str(row.data.get("points")), rounding, limits[0], limits[1],
                    unknown, gate.article,
                )
            )  # fmt: skip
        self.reader.refuse_twins(self.entry, "adjust", [a.code for a in out])
        return tuple(out)

    def own_rounding(self, row: Entry) -> Rounding:
        """The rounding of an adjustment: its own, else the default of items."""
        defaults = self.entry.data.get("defaults")
        spec = row.data.get("round") or (defaults.get("round") if isinstance(defaults, dict) else None)
        if spec is None:
            row.complain("S-ROUND", "没有声明怎样取整; 请写 round", "the rounding is not declared: write round")
            return self.default_rounding
        place, keys = (row, ("round",)) if row.data.get("round") else (self.entry, ("defaults", "round"))
        return self.reader.rounding(place, spec, *keys) or self.default_rounding

    def total(self) -> tuple[Rounding, Fraction | None, Fraction | None]:
        entry = self.reader.sub(self.entry, "total")
        if entry is None:
            self.entry.complain(
                "S-TOTAL", "没有声明总分怎样取整; 请写 total: {round: {to: 0.01分, mode: half_up}}",
                "the rounding of the total is not declared: write total: {round: {to: 0.01分, mode: half_up}}",
            )  # fmt: skip
            return self.default_rounding, None, None
        entry.check_keys(("round", "cap", "floor"))
        rounding = self.reader.rounding(entry, entry.data.get("round"), "round") or self.default_rounding
        limits = []
        for key in ("cap", "floor"):
            spec = entry.data.get(key)
            limits.append(None if spec is None else self.reader.points(entry, spec, key))
            check_step(entry, limits[-1], rounding, key)
        return rounding, limits[0], limits[1]

    # -- joint checks ------------------------------------------------------------------------------------

    def check_labels(self, book: RatingBook) -> None:
        """Classes that vetoes and exemptions give must be classes of the table."""
        codes = book.classes.codes() if book.classes else ()
        for key, gates in (("veto", book.vetoes), ("exempt", book.exempt)):
            for i, gate in enumerate(gates):
                if gate.label and gate.label not in codes:
                    listed = ", ".join(codes)
                    self.entry.complain(
                        "S-CLASS",
                        f"没有“{gate.label}”这一档; 有: {listed}",
                        f"no class “{gate.label}”: {listed}",
                        key,
                        i,
                        "class",
                    )
                elif key == "veto" and codes and not gate.label:
                    self.entry.complain(
                        "S-CLASS", "否决要写归入哪一档 class", "a veto must name the class it gives", key, i
                    )


def unit_refs(book: RatingBook) -> dict[str, x.Ref]:
    """Every frame column that is read of a unit rather than of a single entity."""
    trees: list[x.Expr] = [i.value for i in book.indicators]
    trees += [t for a in book.adjustments for t in (a.when, a.value)]
    trees += [k.value for k in book.ties.keys]
    if book.leagues is not None:
        trees += [g.when for g in book.leagues.groups] + ([book.leagues.by] if book.leagues.by is not None else [])
    found: dict[str, x.Ref] = {}
    for tree in trees:
        found |= x.slots_of(tree)
    return found


def check_produces(entry: Entry, head: Head, reader: Reader, codes: tuple[str, ...] | None) -> None:
    """The variable that a scheme produces must be declared and able to hold its answers."""
    if head.produces is None:
        return
    variable = reader.variable(entry, "produces", head.produces)
    if variable is None:
        return
    if variable.kind is Kind.CATEGORY:
        lacking = [c for c in codes or () if c not in variable.values]
        if lacking or codes is None:
            zh = "、".join(lacking) or "档次"
            entry.complain(
                "S-PRODUCES", f"“{variable.zh}”没有取值: {zh}", f"“{variable.code}” lacks the values: {zh}", "produces"
            )
    elif variable.kind not in (Kind.SCORE, Kind.FLAG):
        entry.complain(
            "S-PRODUCES",
            f"“{variable.zh}”要是类别、分值或是/否变量",
            f"“{variable.code}” must be a category, a score or a flag",
            "produces",
        )
