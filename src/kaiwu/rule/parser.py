"""A small Pratt parser: from tokens to the syntax tree, with the place of every mistake.

Owns grammar and precedence (``或`` < ``且`` < ``非`` < comparison < ``+ -`` < ``* /`` < minus < period word).
It knows no units and no types; ``check`` does.
"""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

from kaiwu.quantity import KaiwuError, Problem
from kaiwu.rule import syntax as s
from kaiwu.rule.token import MAX_TOKENS, Token, tokenize
from kaiwu.rule.vocabulary import EDGE_SUFFIXES, EDGE_WORDS, FUNCTIONS, Vocabulary

MAX_NESTING = 25  # brackets and prefixes; real clauses nest at most five deep, and the evaluators recurse
MAX_CHAIN = 50  # operands of one sum or product; a longer one is a table and belongs into a mechanism

_COMPARE = (">=", "<=", ">", "<", "=", "!=")


def parse(text: str, vocabulary: Vocabulary) -> s.Node:
    """Parse one rule (条件或算式). Errors: ``KaiwuError`` whose problem has the text and the offset."""
    if not text.strip():
        raise KaiwuError(Problem("R-EMPTY", "条件是空的", "the rule is empty", text=text, at=0))
    parser = _Parser(text, tokenize(text, vocabulary), vocabulary)
    tree = parser.expression(0)
    if parser.now.kind != "end":
        raise parser.unexpected()
    return tree


class _Parser:
    def __init__(self, text: str, tokens: list[Token], vocabulary: Vocabulary) -> None:
        self.text = text
        self.vocabulary = vocabulary
        self.tokens = tokens
        self.i = 0
        self.depth = 0

    @property
    def now(self) -> Token:
        return self.tokens[self.i]

    def take(self) -> Token:
        token = self.tokens[self.i]
        self.i += 1
        return token

    def is_op(self, *ops: str) -> bool:
        return self.now.kind == "op" and self.now.text in ops

    def expect(self, op: str, zh: str, en: str) -> Token:
        if not self.is_op(op):
            raise self.error("R-EXPECT", zh, en, self.now.at)
        return self.take()

    def error(self, code: str, zh: str, en: str, at: int) -> KaiwuError:
        return KaiwuError(Problem(code, zh, en, text=self.text, at=at))

    def unexpected(self) -> KaiwuError:
        token = self.now
        if token.kind == "end":
            return self.error("R-END", "条件没有写完", "the rule ends too early", token.at)
        if token.kind == "word":
            before = self.tokens[self.i - 1] if self.i else None
            if before is not None and before.kind in ("name", "word", "period") and before.end == token.at:
                whole = before.text + token.text
                return self.error(
                    "R-NAME",
                    f"“{whole}”不是已声明的变量(认出了“{before.text}”); 请先在 variables 中声明, 或改用已声明的名称",
                    f"“{whole}” is no declared variable (only “{before.text}” is): declare it or use a declared name",
                    before.at,
                )
            if token.text[0] in "且或非":
                return self.error(
                    "R-CONNECTIVE",
                    f"连接词“{token.text[0]}”两边要有空格或括号",
                    f"put blanks or brackets around the connective “{token.text[0]}”",
                    token.at,
                )
        return self.error(
            "R-UNEXPECTED", f"这里不应出现“{token.text}”", f"“{token.text}” is not expected here", token.at
        )

    # precedence: 0 or, 1 and, 2 not, 3 comparison, 4 sum, 5 product
    def expression(self, level: int) -> s.Node:
        self.depth += 1
        if self.depth > MAX_NESTING * 8:
            raise self.error("R-DEPTH", "嵌套过深, 请拆开", "nested too deeply: split the rule", self.now.at)
        try:
            if level == 0:
                return self.chain("or", 1)
            if level == 1:
                return self.chain("and", 2)
            if level == 2:
                return self.negation()
            if level == 3:
                return self.comparison()
            if level == 4:
                return self.arithmetic(("+", "-"), 5)
            return self.arithmetic(("*", "/"), 6) if level == 5 else self.prefix()
        finally:
            self.depth -= 1

    def chain(self, word: str, below: int) -> s.Node:
        left = self.expression(below)
        while self.now.kind == "connective" and self.now.text == word:
            self.take()
            right = self.expression(below)
            left = s.Binary(op=word, left=left, right=right, at=left.at, end=right.end)
        return left

    def negation(self) -> s.Node:
        if self.now.kind == "connective" and self.now.text == "not":
            at = self.take().at
            inner = self.expression(2)
            return s.Unary(op="not", inner=inner, at=at, end=inner.end)
        return self.expression(3)

    def comparison(self) -> s.Node:
        left = self.expression(4)
        token = self.now
        if token.kind == "connective" and token.text in ("in", "not in", "not", "between"):
            return self.membership(left)
        if token.kind in ("edge", "number"):
            return self.edge_comparison(left)
        result: s.Node | None = None
        while self.is_op(*_COMPARE):
            op = self.take().text
            right = self.expression(4)
            part = s.Binary(op=op, left=left, right=right, at=left.at, end=right.end)
            result = (
                part if result is None else s.Binary(op="and", left=result, right=part, at=result.at, end=right.end)
            )
            left = right
        return left if result is None else result

    def edge_comparison(self, left: s.Node) -> s.Node:
        """``固定资产投资 10亿元以上`` or ``营业收入 超过 1亿元``, the word being declared by the rulebook."""
        before = self.take() if self.now.kind == "edge" else None
        if before is not None and before.text in EDGE_SUFFIXES:
            raise self.error(
                "R-EDGE-PLACE", f"“{before.text}”要写在数字后面", f"“{before.text}” follows its number", before.at
            )
        right = self.expression(4)
        word = before
        if word is None:
            if self.now.kind != "edge" or self.now.text not in EDGE_SUFFIXES:
                self.i -= 1
                raise self.unexpected()
            word = self.take()
        op = self.vocabulary.edges.get(word.text)
        if op is None:
            choices = list(dict.fromkeys(EDGE_WORDS[word.text]))
            raise self.error(
                "R-EDGE",
                f"“{word.text}”是否含本数没有声明; 请在规则文件 edges 中写 {word.text}: {' 或 '.join(map(repr, choices))}",
                f"whether “{word.text}” includes the number is not declared: write {word.text}: {' or '.join(map(repr, choices))} "
                "under edges in the rulebook",
                word.at,
            )
        return s.Binary(op=op, left=left, right=right, at=left.at, end=max(right.end, word.end))

    def membership(self, left: s.Node) -> s.Node:
        word = self.take().text
        negated = word in ("not", "not in")
        if word == "not":
            if not (self.now.kind == "connective" and self.now.text == "in"):
                raise self.unexpected()
            self.take()
        if word == "between":
            low = self.expression(4)
            if not ((self.now.kind == "connective" and self.now.text == "and") or self.now.text in ("至", "到")):
                raise self.error(
                    "R-BETWEEN", "between 要写成“x between a and b”", "write “x between a and b”", self.now.at
                )
            self.take()
            high = self.expression(4)
            return s.Between(value=left, low=low, high=high, at=left.at, end=high.end)
        self.expect("(", "in 后面要有括号列表, 如 in (A, B)", "a bracketed list must follow “in”, as in (A, B)")
        items = [self.expression(4)]
        while self.is_op(","):
            self.take()
            items.append(self.expression(4))
        end = self.expect(")", "列表缺少右括号", "the list lacks its closing bracket").end
        return s.In(value=left, items=tuple(items), negated=negated, at=left.at, end=end)

    def arithmetic(self, ops: tuple[str, ...], below: int) -> s.Node:
        left = self.expression(below)
        for length in range(MAX_TOKENS):
            if not self.is_op(*ops):
                break
            if length > MAX_CHAIN:
                raise self.error(
                    "R-DEPTH",
                    f"一个算式里超过 {MAX_CHAIN} 项, 请拆开",
                    "too many operands: split the formula",
                    self.now.at,
                )
            op = self.take().text
            right = self.expression(below)
            left = s.Binary(op=op, left=left, right=right, at=left.at, end=right.end)
        return left

    def prefix(self) -> s.Node:
        token = self.now
        if self.is_op("-"):
            self.take()
            inner = self.expression(6)
            return s.Unary(op="-", inner=inner, at=token.at, end=inner.end)
        if token.kind == "period":
            self.take()
            inner = self.expression(6)
            return s.InPeriod(word=token.text, inner=inner, at=token.at, end=inner.end)
        return self.primary()

    def primary(self) -> s.Node:
        token = self.now
        span = {"at": token.at, "end": token.end}
        match token.kind:
            case "number":
                self.take()
                assert isinstance(token.value, Fraction)
                return s.Number(value=token.value, unit=token.unit, **span)
            case "date":
                self.take()
                assert isinstance(token.value, dt.date)
                return s.DateLiteral(value=token.value, **span)
            case "year":
                self.take()
                assert isinstance(token.value, int)
                return s.YearLiteral(value=token.value, **span)
            case "name" | "context":
                self.take()
                return s.Name(text=token.text, **span)
            case "truth":
                self.take()
                return s.Truth(value=token.text.casefold() in ("true", "是"), **span)
            case "word":
                self.take()
                if self.is_op("("):
                    allowed = "、".join(w for w in FUNCTIONS if not w.isascii())
                    raise self.error(
                        "R-FUNCTION",
                        f"没有函数“{token.text}”; 可用: {allowed}",
                        f"there is no function “{token.text}”; there are: {', '.join(w for w in FUNCTIONS if w.isascii())}",
                        token.at,
                    )
                return s.Word(text=token.text, **span)
            case "function":
                return self.call()
        if self.is_op("("):
            self.take()
            inner = self.expression(0)
            self.expect(")", "缺少右括号", "a closing bracket is missing")
            return inner
        raise self.unexpected()

    def call(self) -> s.Node:
        token = self.take()
        self.expect("(", "函数后面要有括号", "a bracket must follow the function")
        args = [self.expression(0)]
        while self.is_op(","):
            self.take()
            args.append(self.expression(0))
        end = self.expect(")", "缺少右括号", "a closing bracket is missing").end
        return s.Call(function=token.text, args=tuple(args), at=token.at, end=end)
