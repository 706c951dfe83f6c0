"""Reads a rulebook of kind ``allotment`` (分配办法); all mistakes in one report.

Owns its keys. It does not own conditions (``entry``) or the head (``rulebook``), and places nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from hashlib import sha256

from kaiwu.allot.constraint import Comparison, Constraint
from kaiwu.allot.entry import EntryReader, EntryRule, names_a_firm, refuse_named
from kaiwu.allot.quota import DEMAND, PARK, PERS, ROUND, SCOPES, TAKES, Resource
from kaiwu.allot.rule import CHOICES, HOLDERS, TIES, Pass, Rule
from kaiwu.allot.scale import Scale
from kaiwu.allot.scheme import AllotmentBook, AllotmentScheme, Pair
from kaiwu.allot.supply import KINDS, LAND_KINDS, LAND_SALE, SupplyKind
from kaiwu.figure.entry import Entry
from kaiwu.figure.variable import Kind, Variable
from kaiwu.quantity import Dimension, KaiwuError, Problem, find_unit, parse_quantity
from kaiwu.quantity.dimension import AREA, SCORE
from kaiwu.rule.check import Checker
from kaiwu.rule.rulebook import HEAD_KEYS, Head, open_rulebook, read_head
from kaiwu.rule.vocabulary import Vocabulary
from kaiwu.table import Document

BOOK_KEYS = (
    *HEAD_KEYS, "sees", "kinds", "score", "constraints", "resources", "passes", "ties", "one_per", "choice", "plots", "standard_conditions",
)  # fmt: skip
KIND_KEYS = ("kind", "zh", "en", "disposal", "article", "threshold", "entry", "note")
ENTRY_KEYS = ("when", "veto", "rulebook", "clause", "note")
SCORE_KEYS = ("of", "rulebook", "step", "full", "items", "discount", "note")
ITEM_KEYS = ("code", "zh", "en", "of")
CONSTRAINT_KEYS = ("code", "zh", "en", "need", "offer", "test", "kinds", "optional", "note")
RESOURCE_KEYS = ("code", "zh", "en", "unit", "takes", "per", "scope", "kinds", "note")
PASS_KEYS = ("code", "zh", "en", "when", "veto", "most", "area", "article", "note")
PUBLIC, DIRECT = "public", "direct"
MICRO_POINTS = Fraction(1, 10**6)

Find = Callable[[str], tuple[Document, Vocabulary]]


def load(document: Document, vocabulary: Vocabulary, find: Find | None = None) -> AllotmentScheme:
    """Load and compile a rulebook; ``find`` opens the rulebook of a clause that it takes over. Raises ``KaiwuError`` with every
    mistake of the file."""
    entry = open_rulebook(document)
    entry.check_keys(BOOK_KEYS)
    head = read_head(entry)
    book = _Loader(entry, head, head.vocabulary(vocabulary), find).book()
    if entry.problems:
        raise KaiwuError(entry.problems)
    return AllotmentScheme(book)


class _Loader:
    def __init__(self, entry: Entry, head: Head, vocabulary: Vocabulary, find: Find | None) -> None:
        self.entry = entry
        self.head = head
        self.vocabulary = vocabulary
        self.find = find
        self.sees = self._sees()
        self.reader = EntryReader(Checker(vocabulary), self.sees)
        self.entries: dict[str, EntryRule] = {}
        self.pools: dict[str, EntryRule] = {}
        self.pairs: dict[str, Pair] = {}

    def book(self) -> AllotmentBook:
        entry = self.entry
        score = self.sub(entry, "score")
        score.check_keys(SCORE_KEYS)
        items = self.items(score)
        ruler, labels = self.ruler(score)
        discount = self.discounted(score)
        if discount:
            ruler = f"{ruler} × {', '.join(v.code for v in discount)}"
        labels = labels or tuple(
            (code, row.text("zh", required=True), row.text("en", required=True)) for code, row in items.items()
        )
        kinds, passes = (
            tuple(self.kind(row) for row in self.rows("kinds")),
            tuple(self.stage(row) for row in self.rows("passes")),
        )
        texts = [(name, entry.tree.text) for name, entry in (*self.entries.items(), *self.pools.items())]
        rule = Rule(
            code=self.head.code, zh=self.head.zh, en=self.head.en, scale=self.scale(score), kinds=kinds,
            constraints=tuple(self.constraint(row) for row in self.rows("constraints")), resources=tuple(self.resource(row) for row in self.rows("resources")),
            passes=passes, ties=self.words("ties", TIES), one_per=self.words("one_per", HOLDERS), choice=entry.choice("choice", CHOICES, CHOICES[0]),
            items=labels, plots=self.plots(), conditions=tuple(texts), ruler=ruler,
        )  # fmt: skip
        self.check(rule, score)
        return AllotmentBook(
            self.head, rule, self.entries, self.pools, self.variable(score, "of", (Kind.SCORE,)) if score.data.get("of") else None,
            {code: v for code, row in items.items() if (v := self.variable(row, "of", (Kind.SCORE,)))}, self.pairs, self.vocabulary, self.sees,
            score.text("rulebook"), tuple(self.pair_of_texts(row) for row in self.rows("standard_conditions")), discount,
        )  # fmt: skip

    def ruler(self, score: Entry) -> tuple[str, tuple[tuple[str, str, str], ...]]:
        """``rulebook``: a rating whose indicators are the parts of the score; its digest belongs to the rule."""
        code = score.text("rulebook")
        if not code:
            return "", ()
        try:
            if self.find is None:
                raise KaiwuError(
                    Problem("A-CLAUSE", "这里不能引用其他办法", "no other rulebook can be taken over here")
                )
            document, _ = self.find(code)
        except KaiwuError as error:
            self.entry.problems += [p.located(score.document.where(*score.path, "rulebook")) for p in error.problems]
            return "", ()
        data = document.data if isinstance(document.data, dict) else {}
        # The items of a rubric sum to its points only where no block caps them.
        rows = data.get("indicators") or ([] if data.get("blocks") else data.get("items"))
        labels = tuple(
            (str(r["code"]), str(r["zh"]), str(r["en"]))
            for r in rows or ()
            if isinstance(r, dict) and {"code", "zh", "en"} <= set(r)
        )
        if not labels:
            score.complain(
                "A-SCORE",
                f"“{code}”没有指标(indicators)或不分块的评分项(items), 不能作为得分来源",
                f"“{code}” has no indicators, nor items without blocks, and gives no score",
                "rulebook",
            )
        return f"{code} {sha256(document.text.encode()).hexdigest()}", labels

    def discounted(self, score: Entry) -> tuple[Variable, ...]:
        """``discount``: promised figures that count in the score times the firm's own delivery ratio."""
        found = [self.vocabulary.variable(name) for name in score.texts("discount")]
        for i, (name, variable) in enumerate(zip(score.texts("discount"), found, strict=True)):
            if variable is None or not variable.is_numeric:
                score.complain("A-VARIABLE", f"没有数值变量“{name}”", f"no numeric variable “{name}”", "discount", i, text=name)  # fmt: skip
        if found and not score.text("rulebook"):
            score.complain("A-SCORE", "折扣只用于由评价(rulebook)给出的得分", "a discount needs a score that a rulebook gives", "discount")  # fmt: skip
        return tuple(v for v in found if v is not None)

    # -- parts -------------------------------------------------------------------------------------------

    def _sees(self) -> frozenset[str]:
        """Codes of the figures on the applicant's own sheet."""
        found = set()
        for i, name in enumerate(self.entry.texts("sees")):
            variable = self.vocabulary.variable(name)
            if variable is None:
                self.entry.complain("A-VARIABLE", f"没有变量“{name}”", f"no variable “{name}”", "sees", i, text=name)
            else:
                found.add(variable.code)
        return frozenset(found)

    def kind(self, row: Entry) -> SupplyKind:
        row.check_keys(KIND_KEYS)
        code = row.choice("kind", tuple(KINDS), LAND_SALE) if row.text("kind", required=True) else LAND_SALE
        zh, en = KINDS[code]
        is_public = row.choice("disposal", (PUBLIC, DIRECT), PUBLIC if code in LAND_KINDS else DIRECT) == PUBLIC
        article = row.text("article")
        if code == LAND_SALE and not is_public:
            row.complain(
                "A-PUBLIC", "工业用地出让必须招拍挂, 数据只定准入、先后和用地计划, 不定受让人; 请写 disposal: public",
                "industrial land is sold in public: data decide entry and order, never the buyer; write disposal: public", "disposal",
            )  # fmt: skip
        elif code in LAND_KINDS and not is_public and not article:
            row.complain(
                "A-PUBLIC", "土地协议租赁须写明依据(article)", "land that is leased by agreement names the article that allows it", "disposal"
            )  # fmt: skip
        threshold = self.points(row, "threshold")
        if code in self.entries:
            row.complain("A-TWICE", f"供给方式“{code}”写了两次", f"kind “{code}” stands twice", "kind")
        self.entries[code] = self.entry_rule(row)
        return SupplyKind(code, row.text("zh", zh), row.text("en", en), is_public, threshold, article)

    def entry_rule(self, row: Entry) -> EntryRule:
        """``entry: {when, veto}`` or ``entry: {rulebook, clause}``."""
        own = self.sub(row, "entry")
        own.check_keys(ENTRY_KEYS)
        if not own.data.get("rulebook"):
            if not own.data and self.head.status != "template":
                row.complain("A-ENTRY", "没有写准入条件 entry", "the conditions of entry are missing: entry", "kind")
            return self.reader.read(own)
        try:
            if self.find is None:
                raise KaiwuError(
                    Problem("A-CLAUSE", "这里不能引用其他办法", "no other rulebook can be taken over here")
                )
            document, vocabulary = self.find(own.text("rulebook"))
        except KaiwuError as error:
            self.entry.problems += [p.located(own.document.where(*own.path, "rulebook")) for p in error.problems]
            return EntryRule(())
        head = read_head(Entry(document, (), document.data, []))
        reader = EntryReader(Checker(head.vocabulary(vocabulary)), self.sees)
        return reader.read_clause(own, document, own.text("clause", required=True))

    def items(self, score: Entry) -> dict[str, Entry]:
        found: dict[str, Entry] = {}
        for i, data in enumerate(self.listed(score, "items")):
            row = Entry(score.document, (*score.path, "items", i), data, score.problems)
            row.check_keys(ITEM_KEYS)
            found[row.text("code", required=True)] = row
        return found

    def scale(self, score: Entry) -> Scale:
        full, step = (self.points_of(score, key) for key in ("full", "step"))
        if full is None or step is None or step <= 0 or full <= 0 or (full / step).denominator != 1:
            if self.head.status != "template":
                score.complain(
                    "A-SCALE", "要声明尺度: full: 100分, step: 0.1分, 满分是步长的整数倍", "declare the scale: full: 100分, step: 0.1分, full a whole multiple of step"
                )  # fmt: skip
            return Scale(Fraction(1, 10), Fraction(100))
        return Scale(step, full)

    def constraint(self, row: Entry) -> Constraint:
        row.check_keys(CONSTRAINT_KEYS)
        code, test = (
            row.text("code", required=True),
            Comparison(row.choice("test", tuple(Comparison), Comparison.AT_LEAST)),
        )
        need, offer = self.variable(row, "need", None), self.variable(row, "offer", None)
        if need is not None and offer is not None:
            self.pairs[code] = Pair(need, offer)
            units = [v.unit.dimension if v.unit else None for v in (need, offer)]
            is_set = (
                test is Comparison.ONE_OF and need.kind is Kind.CATEGORY and offer.kind in (Kind.CATEGORY, Kind.TEXT)
            )
            if not is_set and (units[0] != units[1] or need.grain != offer.grain or not need.is_numeric):
                row.complain(
                    "A-UNIT", f"“{need.zh}”与“{offer.zh}”不能相比: 单位、精度要相同(one_of 用类别)",
                    f"“{need.en}” and “{offer.en}” cannot be compared: same unit and grain (one_of wants categories)", "offer",
                )  # fmt: skip
            if need.code not in self.sees:
                self.unseen(row, need)
        return Constraint(code, row.text("zh", required=True), row.text("en", required=True), test, self.kinds_of(row), row.flag("optional", False))  # fmt: skip

    def resource(self, row: Entry) -> Resource:
        row.check_keys(RESOURCE_KEYS)
        try:
            find_unit(row.text("unit", required=True))
        except KaiwuError as error:
            row.problems += [p.located(row.document.where(*row.path, "unit")) for p in error.problems]
        takes, per = row.choice("takes", TAKES, DEMAND), row.choice("per", PERS, ROUND)
        if takes != DEMAND and per != ROUND:
            row.complain("A-PER", "按宗或按面积占用的指标只能按批次计", "what supplies take counts per round", "per")
        return Resource(
            row.text("code", required=True), row.text("zh", required=True), row.text("en", required=True), row.text("unit"), takes, per,
            row.choice("scope", SCOPES, PARK), self.kinds_of(row),
        )  # fmt: skip

    def stage(self, row: Entry) -> Pass:
        row.check_keys(PASS_KEYS)
        code, zh, en = (row.text(key, required=True) for key in ("code", "zh", "en"))
        has_pool = row.data.get("when") is not None
        if has_pool:
            self.pools[code] = self.reader.read(row)
        if names_a_firm(zh):
            refuse_named(row, "zh", text=zh)
        area = None
        if row.data.get("area") is not None:
            area = int(self.quantity(row, "area", AREA) or 0)
        return Pass(
            code, zh, en, code if has_pool else "", row.whole_number("most", 0, 10**6), area, row.text("article")
        )

    def plots(self) -> tuple[int, int] | None:
        """``plots: [5, 20]``: how many supplies a rolling round offers."""
        value = self.entry.data.get("plots")
        if value is None:
            return None
        if (
            isinstance(value, list)
            and len(value) == 2
            and all(isinstance(n, int) for n in value)
            and 0 < value[0] <= value[1]
        ):
            return value[0], value[1]
        self.entry.complain("A-PLOTS", "plots 要写 [最少, 最多]", "plots wants [least, most]", "plots")
        return None

    def pair_of_texts(self, row: Entry) -> tuple[str, str]:
        """One standard condition of public sale; none may name a firm."""
        row.check_keys(("zh", "en", "note"))
        zh, en = row.text("zh", required=True), row.text("en", required=True)
        if names_a_firm(zh):
            refuse_named(row, "zh", text=zh)
        return zh, en

    def check(self, rule: Rule, score: Entry) -> None:
        """What no single part can tell."""
        if self.head.status == "template":
            return
        entry = self.entry
        for key, rows in (("kinds", rule.kinds), ("passes", rule.passes)):
            if not rows:
                entry.complain("F-KEY-MISSING", f"缺少“{key}”", f"“{key}” is missing")
        if not rule.ties:
            entry.complain(
                "A-TIE", "没有规定同分怎样排; 请写 ties: [date, draw]", "ties are not ordered: write ties: [date, draw]"
            )
        if not any(score.data.get(key) for key in ("of", "items", "rulebook")):
            score.complain(
                "A-SCORE",
                "要写得分来自哪个变量(of)、哪些分项(items)或哪个评价(rulebook)",
                "name the score: of, items or rulebook",
            )

    # -- small readings ----------------------------------------------------------------------------------

    def variable(self, row: Entry, key: str, kinds: tuple[Kind, ...] | None) -> Variable | None:
        name = row.text(key, required=True)
        found = self.vocabulary.variable(name)
        if name and (found is None or (kinds is not None and found.kind not in kinds)):
            wanted = "/".join(k.value for k in kinds or ())
            row.complain("A-VARIABLE", f"没有变量“{name}”{wanted and f', 或不是 {wanted} 类'}", f"no variable “{name}”{wanted and f' of kind {wanted}'}", key, text=name)  # fmt: skip
            return None
        if found is not None and key == "of" and found.code not in self.sees:
            self.unseen(row, found)
        return found

    def unseen(self, row: Entry, variable: Variable) -> None:
        zh = f"规则读取了申请人看不到的数据“{variable.zh}”; 请列入 sees, 或改用申请人可见的数据"
        en = f"the rule reads “{variable.en}”, which the applicant does not see: list it under sees, or use another"
        row.complain("A-UNSEEN", zh, en, text=variable.zh)

    def kinds_of(self, row: Entry) -> tuple[str, ...]:
        for kind in row.texts("kinds"):
            if kind not in KINDS:
                row.complain("A-KIND", f"没有供给方式“{kind}”", f"no kind of supply “{kind}”", "kinds", text=kind)
        return row.texts("kinds")

    def words(self, key: str, allowed: tuple[str, ...]) -> tuple[str, ...]:
        found = self.entry.texts(key)
        for i, word in enumerate(found):
            if word not in allowed:
                listed = ", ".join(allowed)
                self.entry.complain(
                    "F-KEY-WORD", f"“{word}”不在可选值中: {listed}", f"“{word}” is none of: {listed}", key, i
                )
        return found

    def points(self, row: Entry, key: str) -> int:
        """Points as steps of the scale; 0 where the key is absent."""
        points = self.points_of(row, key)
        if points is None:
            return 0
        try:
            return self.scale(self.sub(self.entry, "score")).count_steps(points, row.document.where(*row.path, key))
        except KaiwuError as error:
            row.problems += error.problems
            return 0

    def points_of(self, row: Entry, key: str) -> Fraction | None:
        base = self.quantity(row, key, SCORE)
        return None if base is None else base * MICRO_POINTS

    def quantity(self, row: Entry, key: str, dimension: Dimension) -> Fraction | None:
        if row.data.get(key) is None:
            return None
        try:
            return parse_quantity(row.text(key), dimension=dimension).base
        except KaiwuError as error:
            row.problems += [p.located(row.document.where(*row.path, key)) for p in error.problems]
            return None

    def sub(self, entry: Entry, key: str) -> Entry:
        value = entry.data.get(key)
        if value is not None and not isinstance(value, dict):
            entry.complain("F-KEY-TYPE", f"“{key}”下面要写键", f"“{key}” needs keys below it", key)
        return Entry(entry.document, (*entry.path, key), value if isinstance(value, dict) else {}, entry.problems)

    def listed(self, entry: Entry, key: str) -> list[dict[str, object]]:
        value = entry.data.get(key) or []
        if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
            entry.complain("F-KEY-TYPE", f"“{key}”要写成列表, 每项写键", f"“{key}” is a list of mappings", key)
            return []
        return value

    def rows(self, key: str) -> list[Entry]:
        return [
            Entry(self.entry.document, (key, i), row, self.entry.problems)
            for i, row in enumerate(self.listed(self.entry, key))
        ]
