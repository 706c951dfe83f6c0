"""What a mechanism may ask for: checking of its parts, mechanisms inside mechanisms, and a place for its mistakes.

Owns no mechanism. Every part is checked on its own first, so that a mistake points at the officer's words and not at
the rewritten text.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from importlib import import_module
from typing import Any, TypeVar

from kaiwu.figure.entry import Entry
from kaiwu.figure.variable import Kind, Variable
from kaiwu.quantity import Dimension, KaiwuError, Problem
from kaiwu.rule import expression as x
from kaiwu.rule import syntax as s
from kaiwu.rule.check import Checker
from kaiwu.rule.mechanism.registry import MECHANISMS
from kaiwu.rule.parser import parse

Path = tuple[str | int, ...]
T = TypeVar("T")

MAX_ROWS = 100
"""Rows of one table: more than a province has counties. Each becomes one case of 如果(…), asked one after the other."""


@dataclass(frozen=True, slots=True)
class Part:
    """A checked formula inside a mechanism.

    ``raw`` may stand as an argument or beside a comparison, ``term`` beside ``+ - *`` and ``text`` anywhere: they are
    bracketed only where it matters. A part ``is_broken`` where its mistake was reported already; checks pass over it.
    """

    raw: str
    op: str
    tree: x.Num
    path: Path
    is_broken: bool = False

    @property
    def term(self) -> str:
        """The formula, safe beside ``+``, ``-`` and ``*``."""
        return f"({self.raw})" if self.op in ("+", "-") else self.raw

    @property
    def text(self) -> str:
        """The formula, safe beside any operator."""
        return f"({self.raw})" if self.op else self.raw

    @property
    def constant(self) -> Fraction | None:
        """The value in base units where the part is a constant."""
        return self.tree.value if isinstance(self.tree, x.Literal) else None


def broken(path: Path) -> Part:
    """The stand-in for a part whose mistake was reported."""
    return Part("0", "", x.Literal(value=Fraction(0), bare=True), path, is_broken=True)


def choose(cases: list[tuple[str, str]], otherwise: str) -> str:
    """``如果(…)`` with the value of the first condition that holds; what stands behind ``true`` is left out."""
    parts: list[str] = []
    for condition, value in cases:
        if condition == "true":
            otherwise = value
            break
        parts += [condition, value]
    return f"如果({', '.join([*parts, otherwise])})" if parts else otherwise


@dataclass(slots=True)
class MechanismContext:
    """A checker, the file position, and the zero of the wanted unit (``0元``)."""

    checker: Checker
    entry: Entry
    nothing: str = "0元"

    # -- mistakes ----------------------------------------------------------------------------------------

    @property
    def mistakes(self) -> int:
        """How many mistakes were found so far; a part is sound if the number has not grown."""
        return len(self.entry.problems)

    def complain(self, path: Path, code: str, zh: str, en: str) -> None:
        """Record a mistake at a key path of the document."""
        self.entry.problems.append(self.entry.document.problem(code, zh, en, *path))

    # -- formulas and conditions -------------------------------------------------------------------------

    def value(self, spec: Any, path: Path) -> str:
        """Check a formula or mechanism on its own; its text may stand beside any operator."""
        part = self.part(spec, path)
        return self.nothing if part.is_broken else part.text

    def condition(self, spec: Any, path: Path) -> str:
        """Check a condition on its own; its text may stand as an argument of 如果(…)."""
        text = str(spec).lower() if isinstance(spec, bool) else spec
        if not isinstance(text, str):
            self.complain(path, "R-TEXT-WANTED", "这里要写条件(文字)", "a condition is wanted here, as text")
            return "true"
        return text if self._checked(self.checker.condition, "", text, "", path) is not None else "true"

    def part(self, spec: Any, path: Path, dimension: Dimension | None = None) -> Part:
        """A formula, or a mechanism inside a mechanism; ``dimension`` is what it must come out as, where that is known."""
        if isinstance(spec, dict):
            return self._nested(spec, path, dimension)
        text = _spell(spec)
        if text is None:
            self.complain(
                path,
                "R-TEXT-WANTED",
                "这里要写算式(文字, 数字要带单位)或一个机制",
                "a formula is wanted here (text; numbers with their unit) or a mechanism",
            )
            return broken(path)
        return self._part(text, path, dimension)

    def compose(self, text: str, path: Path, *parts: Part) -> Part:
        """A formula made of parts, as a part of its own."""
        return broken(path) if any(p.is_broken for p in parts) else self._part(text, path, None)

    def _part(self, text: str, path: Path, dimension: Dimension | None) -> Part:
        tree = self._checked(lambda t: self.checker.value(t, dimension), "", text, "", path)
        if tree is None:
            return broken(path)
        if isinstance(tree, x.Literal) and tree.bare and tree.value != 0:
            self.complain(
                path,
                "R-UNIT",
                f"数字“{text}”没有单位; 金额写元或万元, 比例写 %",
                f"the number “{text}” has no unit: write 元 or 万元 for money, % for a share",
            )
            return broken(path)
        return Part(text, self._operator(text), tree, path)

    def _operator(self, text: str) -> str:
        """The outermost operator; empty where the formula is one name, number or call."""
        node = parse(text, self.checker.vocabulary)
        return node.op if isinstance(node, s.Binary | s.Unary) else ""

    def _nested(self, spec: dict[str, Any], path: Path, dimension: Dimension | None) -> Part:
        key = next(iter(spec)) if len(spec) == 1 else ""
        if key not in MECHANISMS:
            listed = ", ".join(MECHANISMS)
            self.complain(
                path,
                "R-MECHANISM",
                f"这里要写算式, 或一个机制: {listed}",
                f"a formula or one mechanism is wanted here: {listed}",
            )
            return broken(path)
        module, _, function = MECHANISMS[key].partition(":")
        rewrite: Callable[[Any, MechanismContext, Path], str] = getattr(import_module(module), function)
        before = self.mistakes
        text = rewrite(spec[key], self, (*path, key))
        return broken(path) if self.mistakes > before else self._part(text, (*path, key), dimension)

    def _checked(self, check: Callable[[str], T], before: str, text: str, after: str, path: Path) -> T | None:
        """The tree of ``before + text + after``; mistakes are told in terms of ``text``."""
        whole = before + text + after
        try:
            return check(whole)
        except KaiwuError as error:
            where = self.entry.document.where(*path)
            for problem in error.problems:
                self.entry.problems.append(_moved(problem, whole, len(before), text).located(where))
            return None

    # -- parts that must fit each other ------------------------------------------------------------------

    def bound(self, of: Part, spec: Any, path: Path) -> Part:
        """A constant that ``of`` is compared with: the edge of a tier, a level to reach."""
        text = _spell(spec)
        if text is None:
            self.complain(
                path,
                "R-TEXT-WANTED",
                "这里要写带单位的数, 如 5万元(小数请加引号)",
                "a number with its unit is wanted here, such as 5万元 (put decimals in quotes)",
            )
            return broken(path)
        if of.is_broken:
            return broken(path)
        tree = self._checked(self.checker.condition, f"{of.raw} >= ", text, "", path)
        if tree is None:
            return broken(path)
        if not isinstance(tree, x.Compare) or not isinstance(tree.right, x.Literal):
            self.complain(
                path,
                "R-MECHANISM-CONSTANT",
                f"“{text}”要是一个固定的数, 不能随企业而变",
                f"“{text}” must be one fixed number, the same for everybody",
            )
            return broken(path)
        return Part(text, self._operator(text), tree.right, path)

    def alike(self, first: Part, other: Part) -> None:
        """Complain at ``other`` unless both can be added and compared."""
        if not first.is_broken and not other.is_broken:
            self._checked(self.checker.value, f"max({first.raw}, ", other.raw, ")", other.path)

    def category(self, spec: Any, path: Path) -> tuple[str, Variable] | None:
        """A category variable by its name, a word for one other year before it or not; with the variable."""
        node = (
            self._checked(lambda t: parse(t, self.checker.vocabulary), "", spec, "", path)
            if isinstance(spec, str)
            else None
        )
        while isinstance(node, s.InPeriod):
            node = node.inner
        variable = self.checker.vocabulary.variable(node.text) if isinstance(node, s.Name) else None
        if variable is not None and variable.kind is Kind.CATEGORY:
            return str(spec), variable
        self.complain(
            path,
            "R-TABLE-CATEGORY",
            "这里要写一个类别变量的名称; 其他变量请用 cases 或 tiers",
            "the name of a category variable is wanted here; use cases or tiers for others",
        )
        return None

    def members(self, of: str, value: str, path: Path) -> frozenset[int]:
        """The codes of a category that a value names; none where it names none (which is recorded)."""
        quote = '"' if "'" in value else "'"
        tree = self._checked(self.checker.condition, f"{of} = {quote}", value, quote, path)
        return tree.codes if isinstance(tree, x.Member) else frozenset()

    # -- keys --------------------------------------------------------------------------------------------

    def mapping(self, spec: Any, path: Path, required: tuple[str, ...], optional: tuple[str, ...] = ()) -> Entry | None:
        """The spec as an entry with known keys, or ``None`` with the mistakes recorded."""
        if not isinstance(spec, dict):
            listed = ", ".join(required or optional)
            self.complain(path, "R-MECHANISM", f"这里要写键: {listed}", f"keys are wanted here: {listed}")
            return None
        entry = Entry(self.entry.document, path, spec, self.entry.problems)
        entry.check_keys((*required, *optional))
        missing = [key for key in required if spec.get(key) is None]
        for key in missing:
            entry.complain("F-KEY-MISSING", f"缺少“{key}”, 请补上", f"“{key}” is missing; add it")
        return None if missing else entry

    def items(self, spec: Any, path: Path, least: int = 1) -> list[tuple[Any, Path]]:
        """A list with the path of each item."""
        if not isinstance(spec, list) or len(spec) < least:
            self.complain(
                path,
                "R-MECHANISM",
                f"这里要写列表, 至少 {least} 项",
                f"a list with at least {least} items is wanted here",
            )
            return []
        if len(spec) > MAX_ROWS:
            self.complain(
                path,
                "R-MECHANISM-ROWS",
                f"最多 {MAX_ROWS} 行, 这里有 {len(spec)} 行; 请拆成几条或声明导出变量",
                f"at most {MAX_ROWS} rows, not {len(spec)}: split the clause or declare a derived variable",
            )
            return []
        return [(item, (*path, i)) for i, item in enumerate(spec)]

    def rows(self, spec: Any, path: Path, required: tuple[str, ...], optional: tuple[str, ...] = ()) -> list[Entry]:
        """A table as entries; a row with a mistake is left out once that is recorded."""
        found = [self.mapping(row, where, required, optional) for row, where in self.items(spec, path)]
        return [row for row in found if row is not None]


def _spell(spec: Any) -> str | None:
    """A scalar of a content file as rule text; decimals and truth values are none."""
    if isinstance(spec, str) and spec.strip():
        return spec.strip()
    if isinstance(spec, dt.date):
        return spec.isoformat()
    return str(spec) if isinstance(spec, int) and not isinstance(spec, bool) else None


def _moved(problem: Problem, whole: str, shift: int, text: str) -> Problem:
    if problem.text != whole or problem.at is None:
        return problem
    return replace(problem, text=text, at=min(max(problem.at - shift, 0), len(text)))
