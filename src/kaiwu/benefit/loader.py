"""Reads a rulebook of kind ``clauses`` and checks every rule in it; all mistakes in one report.

Owns the keys of a clause. It does not own the language (``kaiwu.rule``) or the head (``rulebook``).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from fractions import Fraction
from typing import Any

from kaiwu.benefit.clause import Amount, Cap, Clause, ClauseBook, Condition
from kaiwu.benefit.scheme import ClauseScheme
from kaiwu.benefit.settlement import load_settlement
from kaiwu.figure.entry import Entry
from kaiwu.figure.variable import Kind, PeriodType, Variable
from kaiwu.quantity import KaiwuError, find_unit, parse_quantity
from kaiwu.quantity.dimension import MONEY
from kaiwu.rule import expression as x
from kaiwu.rule.check import Checker
from kaiwu.rule.mechanism import MechanismContext, expand
from kaiwu.rule.rulebook import HEAD_KEYS, Head, open_rulebook, read_head, read_source, read_validity
from kaiwu.rule.vocabulary import BASIS_DATE, EDGE_WORDS, Vocabulary
from kaiwu.table import Document, KeyPath

BOOK_KEYS = (*HEAD_KEYS, "clauses", "rounding", "settlement")
CLAUSE_KEYS = (
    "id", "article", "zh", "en", "text", "department", "valid", "document", "when", "cohort", "veto", "human",
    "amount", "cap", "rounding", "upper_limit", "matter", "pot", "grants", "status", "application", "note",
)  # fmt: skip
ROUNDING_MODES = ("half_up", "down", "up")
TRUE = x.Truth(value=True, text="true")


def load(document: Document, vocabulary: Vocabulary) -> ClauseScheme:
    """Load and compile a rulebook. Raises ``KaiwuError`` with every mistake of the file."""
    return ClauseScheme(load_book(document, vocabulary))


def load_book(document: Document, vocabulary: Vocabulary) -> ClauseBook:
    """Load and check a rulebook without lowering it."""
    entry = open_rulebook(document)
    entry.check_keys(BOOK_KEYS)
    head = read_head(entry)
    rows = entry.data.get("clauses")
    if not isinstance(rows, list) or (not rows and head.status != "template"):
        entry.complain("B-CLAUSES", "缺少 clauses 列表", "the list “clauses” is missing", "clauses")
        rows = []
    reader = _Reader(entry, head, head.vocabulary(vocabulary))
    clauses = [reader.clause(row, ("clauses", i)) for i, row in enumerate(rows)]
    kept = [c for c in clauses if c is not None]
    _refuse_twins(entry, kept)
    titles = {c.id: (c.zh, c.en, c.article) for c in kept}
    labels = [part.zh for c in kept for part in c.condition.leaves() if part.zh]
    settlement = load_settlement(entry, head, titles, labels, head.vocabulary(vocabulary))
    if entry.problems:
        raise KaiwuError(entry.problems)
    return ClauseBook(head, tuple(kept), settlement)


def _refuse_twins(entry: Entry, clauses: list[Clause]) -> None:
    seen: set[str] = set()
    for i, clause in enumerate(clauses):
        if clause.id in seen:
            entry.complain(
                "B-TWICE", f"条款编号“{clause.id}”重复", f"clause id “{clause.id}” occurs twice", "clauses", i, "id"
            )
        seen.add(clause.id)


class _Reader:
    def __init__(self, entry: Entry, head: Head, vocabulary: Vocabulary) -> None:
        self.entry = entry
        self.head = head
        self.checker = Checker(vocabulary)
        self.context = MechanismContext(self.checker, entry)

    def clause(self, row: Any, path: KeyPath) -> Clause | None:
        if not isinstance(row, dict):
            self.context.complain(
                path, "B-CLAUSE", "条款要写 id, article, when 等键", "a clause needs keys such as id, article, when"
            )
            return None
        entry = Entry(self.entry.document, path, row, self.entry.problems)
        entry.check_keys(CLAUSE_KEYS)
        self._check_edges(entry)
        clause_id = entry.text("id", required=True)
        own = row.get("document")
        return Clause(
            id=clause_id,
            article=entry.text("article", required=True),
            zh=entry.text("zh", required=True),
            en=entry.text("en", required=True),
            text=entry.text("text"),
            condition=self.condition(entry, clause_id),
            amount=self.amount(entry),
            department=entry.text("department"),
            validity=self.validity(entry),
            document=read_source(self.sub(entry, "document")) if own else self.head.document,
            matter=entry.text("matter"),
            pot=dict(self.sub(entry, "pot").data),
            grants=entry.text("grants"),
            status=entry.choice("status", ("in_use", "draft", "superseded"), "in_use"),
            application=read_validity(self.sub(entry, "application")),
            where=entry.where,
        )

    def sub(self, entry: Entry, key: str) -> Entry:
        """The mapping below a key; anything else there is a mistake."""
        value = entry.data.get(key)
        if value is not None and not isinstance(value, dict):
            entry.complain("F-KEY-TYPE", f"“{key}”下面要写键", f"“{key}” needs keys below it", key)
        return Entry(entry.document, (*entry.path, key), value if isinstance(value, dict) else {}, entry.problems)

    def validity(self, entry: Entry) -> Any:
        return read_validity(self.sub(entry, "valid")) if entry.data.get("valid") else self.head.validity

    def _check_edges(self, entry: Entry) -> None:
        """The wording of a clause may use 以上, 以下 … only where the rulebook says which side they mean."""
        text = str(entry.data.get("text") or "")
        for word in EDGE_WORDS:
            if word in text and word not in self.head.edges and not self._inside_longer(word, text):
                entry.complain(
                    "R-EDGE",
                    f"条文用了“{word}”, 但没有声明是否含本数; 请在 edges 中声明",
                    f"the text says “{word}” without a declared edge: declare it under edges",
                    "text",
                )

    def _inside_longer(self, word: str, text: str) -> bool:
        longer = [w for w in EDGE_WORDS if word in w and w != word]
        for w in longer:
            text = text.replace(w, "")
        return word not in text

    # -- conditions --------------------------------------------------------------------------------------

    def condition(self, entry: Entry, clause_id: str) -> Condition:
        parts = self.in_force(entry)
        before = len(parts)
        if entry.data.get("cohort") is not None:
            parts.append(replace(self.named(entry.data["cohort"], (*entry.path, "cohort")), role="cohort"))
        if entry.data.get("when") is not None:
            parts.append(self.named(entry.data["when"], (*entry.path, "when")))
        for i, veto in enumerate(self.listed(entry, "veto")):
            parts.append(self.veto(veto, (*entry.path, "veto", i)))
        for i, human in enumerate(self.listed(entry, "human")):
            parts.append(self.finding(human, clause_id, (*entry.path, "human", i)))
        if len(parts) == before:
            entry.complain(
                "B-OPEN",
                "条款没有任何条件; 若人人可得请写 when: true",
                "no condition at all: write when: true if it is open to all",
            )
        if len(parts) == 1:
            return parts[0]
        return _group("all", parts)

    def in_force(self, entry: Entry) -> list[Condition]:
        """A clause's own validity is one of its conditions; one that was superseded grants nothing any more."""
        zh, en = "条款施行期", "The clause is in force"
        found: list[Condition] = []
        if entry.data.get("status") == "superseded":
            found.append(Condition(x.Truth(value=False, text="条款已被取代"), "条款已被取代", zh, en))
        if not isinstance(entry.data.get("valid"), dict):
            return found
        silent = Entry(
            entry.document, (*entry.path, "valid"), entry.data["valid"], []
        )  # its mistakes are told elsewhere
        own = read_validity(silent)
        last = own.valid_to if own.repealed is None else own.repealed - dt.timedelta(days=1)
        ends = [(">=", own.valid_from), ("<=", last)]
        text = " 且 ".join(f"{BASIS_DATE} {op} {day.isoformat()}" for op, day in ends if day is not None)
        if text:
            found.append(Condition(self.checked(text, (*entry.path, "valid")), text, zh, en))
        return found

    def listed(self, entry: Entry, key: str) -> list[Any]:
        value = entry.data.get(key)
        return value if isinstance(value, list) else [] if value is None else [value]

    def named(self, spec: Any, path: KeyPath) -> Condition:
        """Text, ``{all: […]}``, ``{any: […]}`` or ``{zh, en, article, when}``."""
        if isinstance(spec, str | bool):
            text = spec if isinstance(spec, str) else str(spec).lower()
            return Condition(self.checked(text, path), text)
        if isinstance(spec, list):
            return _group("all", [self.named(item, (*path, i)) for i, item in enumerate(spec)])
        if isinstance(spec, dict):
            entry = Entry(self.entry.document, path, spec, self.entry.problems)
            entry.check_keys(("all", "any", "zh", "en", "article", "when", "note"))
            for group in ("all", "any"):
                if isinstance(spec.get(group), list):
                    parts = [self.named(item, (*path, group, i)) for i, item in enumerate(spec[group])]
                    return replace(
                        _group(group, parts), zh=entry.text("zh"), en=entry.text("en"), article=entry.text("article")
                    )
            if spec.get("when") is not None:
                inner = self.named(spec["when"], (*path, "when"))
                return replace(inner, zh=entry.text("zh"), en=entry.text("en"), article=entry.text("article"))
        self.context.complain(
            path, "B-WHEN", "条件要写文字, 或 all/any 列表", "a condition is text or a list under all/any"
        )
        return Condition(TRUE, "true")

    def checked(self, text: str, path: KeyPath) -> x.Bool:
        try:
            return self.checker.condition(text)
        except KaiwuError as error:
            where = self.entry.document.where(*path)
            self.entry.problems += [p.located(where) for p in error.problems]
            return TRUE

    def veto(self, spec: Any, path: KeyPath) -> Condition:
        """A veto (一票否决) must be known clean: its contrary is one of the conditions."""
        inner = self.named(spec, path)
        contrary = self.checked(f"非 ({inner.text})", path)
        return replace(inner, tree=contrary, role="veto", text=inner.text, group="", parts=())

    def finding(self, spec: Any, clause_id: str, path: KeyPath) -> Condition:
        """A condition that only a human can find (需认定); it is a judgement variable of its own."""
        entry = Entry(
            self.entry.document, path, spec if isinstance(spec, dict) else {"zh": spec, "en": spec}, self.entry.problems
        )
        entry.check_keys(("id", "zh", "en", "article", "note"))
        name = entry.text("id") or str(path[-1])
        variable = Variable(
            code=f"{self.head.code}.{clause_id}.{name}",
            zh=entry.text("zh", required=True),
            en=entry.text("en"),
            kind=Kind.JUDGEMENT,
            low=0,
            high=1,
            period=PeriodType.CONSTANT,
            where=entry.where,
        )
        atom = x.Judged(ref=x.Ref(variable=variable, text=variable.zh), text=variable.zh)
        return Condition(atom, variable.zh, variable.zh, variable.en, entry.text("article"), role="human")

    # -- amounts -----------------------------------------------------------------------------------------

    def amount(self, entry: Entry) -> Amount | None:
        spec = entry.data.get("amount")
        if spec is None:
            if entry.data.get("cap") is not None:
                entry.complain("B-CAP", "没有 amount, cap 无从适用", "cap without an amount", "cap")
            return None
        text = expand(spec, self.context, (*entry.path, "amount"))
        formula = self.money(text, (*entry.path, "amount"))
        caps = tuple(self.cap(c, (*entry.path, "cap", i)) for i, c in enumerate(self.listed(entry, "cap")))
        if formula is None:
            return None
        tree = formula
        zero = x.Literal(value=Fraction(0), dimension=MONEY, text="0元")
        kept = [c for c in caps if c is not None]
        if kept:
            tree = x.Pick(op="min", items=(tree, *(c.tree for c in kept)), dimension=MONEY, text=formula.text)
        tree = x.Pick(op="max", items=(tree, zero), dimension=MONEY, text=formula.text)
        step, mode = self.rounding(entry)
        printed = text[1:-1] if text.startswith("(") and text.endswith(")") else text
        return Amount(tree, formula, printed, tuple(kept), step, mode, entry.flag("upper_limit", False))

    def money(self, text: str, path: KeyPath) -> x.Num | None:
        try:
            return self.checker.value(text, MONEY)
        except KaiwuError as error:
            where = self.entry.document.where(*path)
            self.entry.problems += [p.located(where) for p in error.problems]
            return None

    def cap(self, spec: Any, path: KeyPath) -> Cap | None:
        data = spec if isinstance(spec, dict) else {"amount": spec}
        entry = Entry(self.entry.document, path, data, self.entry.problems)
        entry.check_keys(("amount", "per", "less", "article", "note"))
        text = expand(data.get("amount"), self.context, (*path, "amount"))
        if data.get("less") is not None:
            text = f"max({text} - {self.context.value(data['less'], (*path, 'less'))}, 0元)"
        tree = self.money(text, path)
        per = entry.texts("per")
        return Cap(tree, text, per, entry.text("article")) if tree is not None else None

    def rounding(self, entry: Entry) -> tuple[Fraction, str]:
        """``rounding: {to: 1元, mode: half_up}`` of the clause, else of the rulebook."""
        own = entry if entry.data.get("rounding") else self.entry
        spec = own.data.get("rounding")
        if not isinstance(spec, dict):
            entry.complain(
                "B-ROUNDING",
                "金额没有声明取整; 请写 rounding: {to: 1元, mode: half_up}",
                "the amount declares no rounding: write rounding: {to: 1元, mode: half_up}",
                "amount",
            )
            return Fraction(1), "half_up"
        mode = spec.get("mode")
        if mode not in ROUNDING_MODES:
            own.complain(
                "B-ROUNDING",
                f"mode 只能是 {', '.join(ROUNDING_MODES)}",
                f"mode is one of {', '.join(ROUNDING_MODES)}",
                "rounding",
            )
            mode = "half_up"
        try:
            step = parse_quantity(str(spec.get("to")), dimension=find_unit("元").dimension).base
        except KaiwuError as error:
            self.entry.problems += [p.located(own.document.where(*own.path, "rounding")) for p in error.problems]
            step = Fraction(1)
        if step < 1 or step.denominator != 1:
            own.complain("B-ROUNDING", "取整单位至少是一分", "the step is at least one fen", "rounding")
            step = Fraction(1)
        return step, str(mode)


def _group(kind: str, parts: list[Condition]) -> Condition:
    """Join conditions; the trees are flattened into one AND or OR."""
    trees = tuple(p.tree for p in parts)
    word = " 且 " if kind == "all" else " 或 "
    text = word.join(f"({p.text})" if p.group and p.group != kind else p.text for p in parts)
    tree: x.Bool = x.And(items=trees, text=text) if kind == "all" else x.Or(items=trees, text=text)
    return Condition(tree, text, group=kind, parts=tuple(parts))
