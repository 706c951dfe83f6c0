"""Writes nodes of a program as one SQL query, in layers.

Owns the SQL form of every node kind (``docs/semantics.md``). A node that is mentioned more than once becomes
a column of a lower layer, so the text grows with the number of nodes and not with the number of paths. A
truth node is an outcome code, 0 不符合, 1 符合, 2 缺数据, 3 需认定, never null. Nothing here depends on how
an engine treats a null in a comparison, divides negatives or orders evaluation: no expression can fail, not
even in a branch that is not taken.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from kaiwu.quantity import KaiwuError, Problem
from kaiwu.rule.outcome import Outcome
from kaiwu.rule.program import Op, Program
from kaiwu.rule.sql import phrase as w
from kaiwu.rule.sql.analysis import KNOWN, analyse
from kaiwu.rule.sql.dialect import Dialect, Span, find_dialect, number
from kaiwu.rule.sql.layer import Layers, code_text
from kaiwu.rule.sql.phrase import Phrase

MAX_INLINE = 40  # atoms in one expression; longer ones become columns, which keeps the text readable
MAX_NULL_TESTS = 8  # columns tested for null in place of one expression

_SIGN = {Op.ADD: "+", Op.SUB: "-", Op.MUL: "*"}
_RELATION = {Op.LT: "<", Op.LE: "<=", Op.EQ: "=", Op.MIN: "<=", Op.MAX: ">="}
# How a quotient of magnitudes grows by one, where the value is positive and where it is negative.
_GROWTH = {Op.ROUND: ("half", "half"), Op.TRUNC: ("", ""), Op.AWAY: ("any", "any"), Op.FLOOR: ("", "any")}


def emit_sql(
    program: Program,
    roots_truth: Mapping[str, int],
    roots_int: Mapping[str, int],
    table: str | Sequence[str],
    key: str,
    dialect: Dialect | str,
) -> str:
    """One SELECT over ``table``: the column ``key``, then an outcome code or an integer for every root.

    ``table`` is a name or the parts of one (schema, table). It has the columns ``program.slots_of(roots)``,
    all of them 64-bit integers within the bounds of their variables (``emit_inspection`` looks for others),
    null where missing. Rows come in no order. Errors: ``KaiwuError`` naming the root and the bounds where an
    engine has no integer wide enough, and for names that an engine cannot hold.
    """
    engine = find_dialect(dialect) if isinstance(dialect, str) else dialect
    roots = {**roots_truth, **roots_int}
    check_names(engine, [key, *roots_truth, *roots_int])
    check_names(engine, [key, *program.slots_of(list(roots.values()))])
    emitter = _Emitter(program, roots, engine)
    emitter.write_nodes()
    return emitter.layers.query(table, key, [(emitter.result(node), name) for name, node in roots.items()])


def check_names(dialect: Dialect, names: Iterable[str]) -> None:
    """Refuse columns that are the same or differ by case only, which most engines take for one."""
    seen: dict[str, str] = {}
    for name in names:
        folded = name.casefold()
        if folded in seen:
            raise KaiwuError(
                Problem(
                    "R-SQL-TWICE",
                    f"列名“{seen[folded]}”与“{name}”在 {dialect.name} 中相同, 请改名",
                    f"the columns “{seen[folded]}” and “{name}” are one to {dialect.name}: rename one",
                    where=dialect.name,
                    text=name,
                )
            )
        seen[folded] = name


class _Emitter:
    def __init__(self, program: Program, roots: Mapping[str, int], dialect: Dialect) -> None:
        self.p = program
        self.roots = roots
        self.dialect = dialect
        self.facts = analyse(program, list(roots.values()))
        self.phrases: dict[int, Phrase] = {}
        self.layers = Layers(dialect)
        self.problems: dict[str, Problem] = {}

    def write_nodes(self) -> None:
        """A phrase for every node, operands first. Errors: one problem for each root that is too wide."""
        for node in self.facts.nodes:
            if node not in self.facts.absorbed:
                phrase = self.phrases[node] = self.phrase(node)
                if phrase.size > MAX_INLINE or self.facts.uses[node] > 1:
                    self.column(node)
        if self.problems:
            raise KaiwuError(self.problems.values())

    def phrase(self, node: int) -> Phrase:
        answers = self.facts.answers.get(node)
        if answers is not None and len(answers) == 1:
            (only,) = answers
            return Phrase(str(int(only)), value=int(only))
        match Op(self.p.op[node]):
            case Op.CONST:
                value = self.p.constants[self.p.a[node]]
                self.check_bounds(node, value, value)
                return Phrase(number(value), wide=self.is_wide(node), value=value)
            case Op.SLOT:
                short = self.layers.slot(self.p.slots[self.p.a[node]])
                return Phrase(short, nulls=(short,))
            case Op.ADD | Op.SUB | Op.MUL:
                return self.arithmetic(node)
            case Op.MIN | Op.MAX:
                return self.pick(node)
            case Op.SELECT:
                return self.select(node)
            case Op.ROUND | Op.TRUNC | Op.AWAY | Op.FLOOR:
                return self.division(node)
            case Op.COALESCE:
                return self.coalesce(node)
            case Op.LT | Op.LE | Op.EQ:
                return self.comparison(node)
            case Op.AND | Op.OR:
                return self.junction(node)
            case Op.NOT:
                return self.negation(node)
            case Op.KNOWN | Op.IS_HUMAN:
                return self.test_of_state(node)
            case Op.FLAG | Op.JUDGE | Op.IN:
                return self.finding(node)
        raise AssertionError(self.p.op[node])

    def column(self, node: int) -> Phrase:
        """The node as an atom, for forms that mention it several times."""
        phrase = self.phrases[node]
        if phrase.size > 1:
            phrase = self.phrases[node] = self.layers.add(phrase, f"n{node}")
        return phrase

    def result(self, node: int) -> str:
        """The node as a column of the answer."""
        phrase = self.phrases[node]
        return self.branch(phrase, phrase.wide) if node in self.facts.nullable else code_text(phrase)

    # -- missing values ----------------------------------------------------------------------------------

    def nulls(self, *nodes: int) -> tuple[str, ...]:
        """Columns one of which is null exactly where one of the nodes is missing."""
        for node in nodes:
            own = self.phrases[node].nulls
            if own is None or len(own) > MAX_NULL_TESTS:
                self.column(node)
        tests = dict.fromkeys(t for node in nodes for t in self.phrases[node].nulls or ())
        if len(tests) > MAX_NULL_TESTS:
            tests = dict.fromkeys(t for node in nodes for t in self.column(node).nulls or ())
        return tuple(tests)

    def missing_first(self, nulls: tuple[str, ...], then: str) -> list[tuple[str, str]]:
        """The first arm of a CASE, if anything may be missing."""
        return [(w.is_missing(nulls), then)] if nulls else []

    # -- widths ------------------------------------------------------------------------------------------

    def is_wide(self, node: int) -> bool:
        return not self.p.fits_int64(node)

    def check_bounds(self, node: int, low: int, high: int) -> None:
        """Note a problem where the engine's widest integer may not hold a value."""
        limit, engine, op = self.dialect.wide_limit, self.dialect.name, Op(self.p.op[node]).name
        if not -limit <= low <= high <= limit:
            self.refuse(
                node,
                f"{op} 的取值范围 [{low}, {high}] 超出 {engine} 的整数(±{limit})",
                f"{op} may reach [{low}, {high}], beyond the integers of {engine} (±{limit})",
            )

    def refuse(self, node: int, zh: str, en: str) -> None:
        """Note a problem, one for each root."""
        reader = next((name for name, root in self.roots.items() if node in self.p.needed([root])), "")
        zh += "; 请收紧变量的 low/high, 或换用整数更宽的引擎"
        en += ": declare tighter low/high for its variables or use an engine with wider integers"
        self.problems.setdefault(reader, Problem("R-SQL-WIDTH", zh, en, where=reader))

    def width(self, node: int, *operands: Phrase) -> bool:
        """Whether an operation needs the wide type."""
        self.check_bounds(node, self.p.low[node], self.p.high[node])
        return self.is_wide(node) or any(o.wide for o in operands)

    def operand(self, phrase: Phrase, wide: bool) -> str:
        """The text of an operand in the width of the operation; a bare number takes it from its neighbour."""
        bare = phrase.wide or phrase.value is not None
        return phrase.text if bare or not wide else self.dialect.widen(phrase.text)

    def branch(self, phrase: Phrase, wide: bool) -> str:
        """The text where it decides the type of the whole."""
        if phrase.value is not None:
            return self.dialect.literal(phrase.value, wide)
        return self.operand(phrase, wide)

    def made(self, node: int, text: str, wide: bool, level: int, size: int, nulls: tuple[str, ...] | None) -> Phrase:
        """An integer that was computed in the wide type or not, as narrow as the node is proven to be."""
        fits = wide and not self.is_wide(node)
        return Phrase(self.dialect.narrow(text) if fits else text, level, size, nulls, wide and not fits)

    # -- integers ----------------------------------------------------------------------------------------

    def arithmetic(self, node: int) -> Phrase:
        a, b = self.p.a[node], self.p.b[node]
        nulls = self.nulls(a, b)
        x, y = self.phrases[a], self.phrases[b]
        wide = self.width(node, x, y)
        text = f"({self.operand(x, wide)} {_SIGN[Op(self.p.op[node])]} {self.operand(y, wide)})"
        return self.made(node, text, wide, max(x.level, y.level), x.size + y.size, nulls)

    def pick(self, node: int) -> Phrase:
        a, b = self.p.a[node], self.p.b[node]
        x, y = self.column(a), self.column(b)
        nulls = self.nulls(a, b)
        wide = self.width(node, x, y)
        test = f"{self.operand(x, wide)} {_RELATION[Op(self.p.op[node])]} {self.operand(y, wide)}"
        whens = [*self.missing_first(nulls, "NULL"), (test, self.branch(x, wide))]
        text = w.case(*whens, otherwise=self.branch(y, wide))
        return self.made(node, text, wide, max(x.level, y.level), 4 + len(nulls), nulls)

    def select(self, node: int) -> Phrase:
        test, b, c = self.p.a[node], self.p.b[node], self.p.c[node]
        answers = self.facts.answers[test]
        x, y = self.phrases[b], self.phrases[c]
        wide = self.width(node, x, y)
        then, other = self.branch(x, wide), self.branch(y, wide)
        if not answers <= KNOWN:
            self.column(test)
        both = ((Outcome.PASS, then), (Outcome.FAIL, other))
        arms = [(self.says(test, answer), text) for answer, text in both if answer in answers]
        unknown = "NULL" if arms else self.dialect.narrow("NULL")
        last = arms.pop()[1] if answers <= KNOWN else unknown
        text = w.case(*arms, otherwise=last) if arms else last
        t = self.phrases[test]
        level, size = max(t.level, x.level, y.level), 1 + t.size + x.size + y.size
        return self.made(node, text, wide, level, size, None if self.facts.nullable[node] else ())

    def coalesce(self, node: int) -> Phrase:
        a, b = self.p.a[node], self.p.b[node]
        missing = self.nulls(a)
        x, y = self.phrases[a], self.phrases[b]
        if not self.facts.nullable[a]:
            return x
        wide = self.width(node, x, y)
        text = w.case((w.is_missing(missing), self.branch(y, wide)), otherwise=self.branch(x, wide))
        nulls = None if self.facts.nullable[node] else ()
        return self.made(node, text, wide, max(x.level, y.level), x.size + y.size + len(missing), nulls)

    def division(self, node: int) -> Phrase:
        """By the quotient of magnitudes and its remainder, so that nothing grows beyond the operands.

        A divisor that is not positive is made null first: no engine ever divides by zero.
        """
        p, a, b = self.p, self.p.a[node], self.p.b[node]
        if p.high[b] <= 0:
            return Phrase(self.dialect.narrow("NULL"), size=2, nulls=None)
        x, y = self.column(a), self.column(b)
        wide = self.width(node, x, y)
        value, divisor = self.branch(x, wide), self.operand(y, wide)
        level = max(x.level, y.level)
        m = Phrase(value, level, nulls=x.nulls)
        if p.low[a] < 0:
            whens = [*self.missing_first(x.nulls or (), "NULL"), (f"{value} < 0", f"0 - {value}")]
            m = self.layers.add(Phrase(w.case(*whens, otherwise=value), level, nulls=x.nulls), f"m{node}")
        d = Phrase(divisor, level, nulls=y.nulls)
        if p.low[b] <= 0:
            whens = [*self.missing_first(y.nulls or (), "NULL"), (f"{divisor} > 0", divisor)]
            d = self.layers.add(Phrase(w.case(*whens, otherwise="NULL"), level, nulls=None), f"d{node}")
        span = Span(max(abs(p.low[a]), abs(p.high[a])), max(p.low[b], 1), p.high[b], wide)
        if not self.dialect.can_divide(span):
            engine, edges = self.dialect.name, f"[{p.low[a]}, {p.high[a]}] / [{p.low[b]}, {p.high[b]}]"
            self.refuse(node, f"{edges} 超出 {engine} 的整除", f"{edges} is beyond the whole division of {engine}")
        nulls = None if self.facts.nullable[node] else ()
        whole = Phrase(self.dialect.divide(m.text, d.text, span), max(m.level, d.level), nulls=nulls)
        q = self.layers.add(whole, f"q{node}")
        negative = f"{value} < 0" if p.low[a] < 0 else None
        text = _rounded(Op(p.op[node]), m.text, d.text, q, negative)
        return self.made(node, text, wide, q.level, 8, q.nulls)

    # -- truths ------------------------------------------------------------------------------------------

    def says(self, node: int, answer: Outcome) -> str:
        """The condition that a truth node has this answer."""
        phrase = self.phrases[node]
        if not phrase.is_condition:
            return f"{phrase.text} = {int(answer)}"
        return phrase.text if answer is Outcome.PASS else f"NOT {phrase.text}"

    def comparison(self, node: int) -> Phrase:
        a, b = self.p.a[node], self.p.b[node]
        nulls = self.nulls(a, b)
        x, y = self.phrases[a], self.phrases[b]
        wide = x.wide or y.wide
        test = f"({self.operand(x, wide)} {_RELATION[Op(self.p.op[node])]} {self.operand(y, wide)})"
        level, size = max(x.level, y.level), x.size + y.size + len(nulls)
        if not nulls:
            return Phrase(test, level, size, is_condition=True)
        return Phrase(w.case((w.is_missing(nulls), "2"), (test, "1"), otherwise="0"), level, size)

    def junction(self, node: int) -> Phrase:
        """AND, OR of a whole chain: the answer that decides, then 缺数据, then 需认定, then the rest."""
        items = self.chain(node)
        answers = self.facts.answers
        is_and = self.p.op[node] == Op.AND
        if all(answers[item] <= KNOWN for item in items):
            join = w.all_of if is_and else w.any_of
            text = join([self.says(item, Outcome.PASS) for item in items])
            return Phrase(f"({text})" if len(items) == 1 else text, *self.extent(items), is_condition=True)
        order = (Outcome.FAIL if is_and else Outcome.PASS, Outcome.MISSING, Outcome.HUMAN)
        last = Outcome.PASS if is_and else Outcome.FAIL
        for item in items:
            if len(answers[item] & set(order)) > 1:
                self.column(item)
        whens = []
        for answer in order:
            if any(answers[item] == {answer} for item in items):
                last = answer
                break
            if tests := [self.says(item, answer) for item in items if answer in answers[item]]:
                whens.append((w.any_of(tests), str(int(answer))))
        return Phrase(w.case(*whens, otherwise=str(int(last))), *self.extent(items))

    def extent(self, items: Sequence[int]) -> tuple[int, int]:
        """Level and size of a form that mentions all items."""
        phrases = [self.phrases[item] for item in items]
        return max(p.level for p in phrases), sum(p.size for p in phrases) + len(items)

    def chain(self, node: int) -> list[int]:
        """The members of a chain of the same connective, left to right, each once."""
        items: dict[int, None] = {}
        stack = [node]
        while stack:
            link = stack.pop()
            if link == node or (link in self.facts.absorbed and self.p.op[link] == self.p.op[node]):
                stack += [self.p.b[link], self.p.a[link]]
            else:
                items[link] = None
        return list(items)

    def negation(self, node: int) -> Phrase:
        inner = self.phrases[self.p.a[node]]
        if inner.is_condition:
            return Phrase(f"(NOT {inner.text})", inner.level, inner.size + 1, is_condition=True)
        inner = self.column(self.p.a[node])
        text = w.case((f"{inner.text} = 0", "1"), (f"{inner.text} = 1", "0"), otherwise=inner.text)
        return Phrase(text, inner.level, 3)

    def test_of_state(self, node: int) -> Phrase:
        """KNOWN and IS_HUMAN: two-valued by nature."""
        a = self.p.a[node]
        if self.p.op[node] == Op.IS_HUMAN:
            test, size = self.says(a, Outcome.HUMAN), self.phrases[a].size
        else:
            columns = self.nulls(a)
            test, size = w.is_present(columns), len(columns)
        return Phrase(f"({test})", self.phrases[a].level, size + 1, is_condition=True)

    def finding(self, node: int) -> Phrase:
        """FLAG, JUDGE and IN: by the cell."""
        op, cell = Op(self.p.op[node]), self.phrases[self.p.a[node]]
        unknown = Outcome.HUMAN if op is Op.JUDGE else Outcome.MISSING
        whens = [(w.is_missing([cell.text]), str(int(unknown)))]
        if op is not Op.IN:
            return Phrase(w.case(*whens, (f"{cell.text} = 0", "0"), otherwise="1"), cell.level, 4)
        members = self.p.sets[self.p.b[node]]
        if members:
            whens.append((f"{cell.text} IN ({', '.join(map(number, members))})", "1"))
        return Phrase(w.case(*whens, otherwise="0"), cell.level, 3 + len(members))


def _rounded(op: Op, m: str, d: str, q: Phrase, negative: str | None) -> str:
    """The quotient ``q`` of the magnitude ``m`` by ``d``, grown and signed as the node says."""
    rest = f"({m} - {q.text} * {d})"
    grows = {"half": f"{rest} >= {d} - {rest}", "any": f"{rest} > 0"}
    above, below = _GROWTH[op]
    whens = [(w.is_missing(q.nulls), "NULL")] if q.nulls else []
    if negative is not None:
        if below:
            whens.append((w.all_of([negative, grows[below]]), f"0 - {q.text} - 1"))
        whens.append((negative, f"0 - {q.text}"))
    if above:
        whens.append((grows[above], f"{q.text} + 1"))
    if not above and negative is None:
        return q.text
    return w.case(*whens, otherwise=q.text)
