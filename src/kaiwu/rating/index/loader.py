"""Reads a rulebook of kind ``index`` (综合指数): an indicator tree over formulas, leagues, and the method's steps.

Owns the keys of the rulebook. The steps' keys are in ``method.py``; what comes out is in ``scheme.py``.
"""

from __future__ import annotations

from collections.abc import Sequence

from kaiwu.figure.entry import Entry
from kaiwu.figure.variable import Kind
from kaiwu.quantity import KaiwuError, Unit, find_unit
from kaiwu.rating.book import ClassTable, Ties
from kaiwu.rating.class_loader import ClassReader
from kaiwu.rating.index.book import IndexBook, Indicator
from kaiwu.rating.index.method import Method, read_steps
from kaiwu.rating.index.node_reader import NODE_KEYS, read_node
from kaiwu.rating.index.scheme import IndexScheme
from kaiwu.rating.index.stage import Step
from kaiwu.rating.index.step.denominate import Denominate
from kaiwu.rating.index.step.impute import Impute
from kaiwu.rating.index.step.normalise import Normalise
from kaiwu.rating.index.step.rank import Rank
from kaiwu.rating.index.tree import Node, make_tree
from kaiwu.rating.reader import Reader
from kaiwu.rule.check import Checker
from kaiwu.rule.rulebook import HEAD_KEYS, open_rulebook, read_head
from kaiwu.rule.vocabulary import Vocabulary
from kaiwu.table import Document

BOOK_KEYS = (*HEAD_KEYS, "scope", "league", "indicators", "weights_sum", "steps", "classes", "ties", "changes")
INDICATOR_KEYS = (*NODE_KEYS, "article", "of", "note")
LEAGUE = "league"  # the one grouping that a rulebook's steps may name


def load(document: Document, vocabulary: Vocabulary) -> IndexScheme:
    """Load and compile a rulebook of kind ``index``. Raises ``KaiwuError`` with every mistake of the file."""
    entry = open_rulebook(document)
    entry.check_keys(BOOK_KEYS)
    head = read_head(entry)
    reader = Reader(entry, Checker(head.vocabulary(vocabulary)))
    is_template = head.status == "template"
    rows = reader.rows(entry, "indicators", required=not is_template)
    nodes = [_node(row) for row in rows]
    if is_template:  # names slots whose content is unknown; nothing is computed from them
        indicators, method = {}, Method(head.code, ())
        reader.refuse_twins(entry, "indicators", [node.code for node in nodes])
    else:
        indicators = _indicators(rows, nodes, reader)
        method = read_steps(entry, head.code, [node.code for node in nodes])
    league = reader.category(entry, "league") if entry.data.get("league") is not None else None
    scope = reader.condition(entry, "scope")[0] if entry.data.get("scope") is not None else None
    _check_steps(entry, method.steps, has_league=league is not None)
    classing = ClassReader(entry, reader)
    classes, ties, changes = classing.classes(), classing.ties(), classing.changes()
    _check_classes(entry, classes, ties, method.steps)
    _check_product(entry, head.produces, reader, classes)
    tree = None
    if not is_template and rows:
        try:
            tree = make_tree(nodes, weights_sum=method.weights_sum)
        except KaiwuError as error:
            entry.problems += error.problems
    if entry.problems:
        raise KaiwuError(entry.problems)
    product = vocabulary.variable(head.produces) if head.produces else None
    return IndexScheme(
        IndexBook(
            head, tree, indicators, method, league, scope, tuple(nodes) if is_template else (), classes, ties, changes
        ),
        product,
    )


def _node(row: Entry) -> Node:
    row.check_keys(INDICATOR_KEYS)
    return read_node(row)


def _indicators(rows: Sequence[Entry], nodes: Sequence[Node], reader: Reader) -> dict[str, Indicator]:
    """Formulas of the leaves, by code, with the unit in which they are read."""
    parents = {node.parent for node in nodes}
    out: dict[str, Indicator] = {}
    for row, node in zip(rows, nodes, strict=True):
        if node.code in parents:
            if "of" in row.data:
                row.complain(
                    "IX-TREE-FORMULA", "有下级的指标不能再写 of", "a node with children has no formula of its own", "of"
                )
            continue
        unit = _unit(row, node.unit)
        formula = reader.formula(
            row, row.data.get("of"), *(["of"] if "of" in row.data else []), dimension=unit.dimension if unit else None
        )
        if formula is not None and unit is not None:
            out[node.code] = Indicator(node.code, node.zh, node.en, row.text("article"), formula, unit, node.owner)
    return out


def _unit(row: Entry, text: str) -> Unit | None:
    try:
        return find_unit(text)
    except KaiwuError as error:
        where = row.document.where(*row.path, "unit")
        row.problems += [p.located(where) for p in error.problems]
        return None


def _check_steps(entry: Entry, steps: Sequence[Step], *, has_league: bool) -> None:
    """Steps of a rulebook look at one year's figures, and group by its league only."""
    for k, step in enumerate(steps):
        settings = [step, *(s for s in getattr(step, "overrides", {}).values() if s is not None)]
        names = [s.within for s in settings if isinstance(s, (Normalise, Rank))] + [
            s.group for s in settings if isinstance(s, Impute)
        ]
        if any(name not in ("", LEAGUE) for name in names) or (any(names) and not has_league):
            entry.complain(
                "IX-METHOD-GROUP", "分组只能写 league, 并要有 league: 类别变量", "the grouping is “league”, and wants league: CATEGORY", "steps", k,
            )  # fmt: skip
        if isinstance(step, Denominate):
            zh, en = (
                "规则文件里请在 of 中写除法, 不用 denominate",
                "in a rulebook write the division in “of”, not as denominate",
            )
            entry.complain("IX-METHOD-DENOMINATE", zh, en, "steps", k)
        is_panel = any(isinstance(s, Impute) and s.by in ("carry", "interpolate") for s in settings)
        if is_panel or any(isinstance(s, Normalise) and s.base_year is not None for s in settings):
            entry.complain(
                "IX-METHOD-PANEL", "规则文件按一年数据计算; 跨年请用年份词写在 of 中", "a rulebook looks at one year; say other years by period words in “of”",
                "steps", k,
            )  # fmt: skip


def _check_classes(entry: Entry, classes: ClassTable | None, ties: Ties, steps: Sequence[Step]) -> None:
    """Edges of classes and tie rules rest on places that count how many are better; other places would move the edges unsaid."""
    rank = next((s for s in steps if isinstance(s, Rank)), Rank())
    by_place = classes is not None and classes.by != "cutoff"
    if rank.ties != "min" and (by_place or ties.keys):
        entry.complain(
            "IX-CLASS-TIES", f"按名次分档或有同分规则时, rank 的 ties 要写 min, 不是 {rank.ties}",
            f"classes by place and rules for ties want “ties: min” in rank, not {rank.ties}", "classes" if by_place else "ties",
        )  # fmt: skip
    if classes is None and "changes" in entry.data:
        entry.complain("S-CHANGES", "没有 classes, 无档可调", "there are no classes that could be changed", "changes")


def _check_product(entry: Entry, produces: str | None, reader: Reader, classes: ClassTable | None) -> None:
    variable = reader.variable(entry, "produces", produces) if produces else None
    if variable is None or variable.kind in (Kind.SCORE, Kind.COUNT):
        return
    if variable.kind is not Kind.CATEGORY or classes is None:
        zh, en = (
            f"“{variable.zh}”要是分值、名次(count)变量, 或档次(类别, 并写 classes)",
            f"“{variable.code}” must be a score, a count (the place), or a category of declared classes",
        )
        entry.complain("S-PRODUCES", zh, en, "produces")
    elif lacking := [code for code in classes.codes() if code not in variable.values]:
        zh, en = f"“{variable.zh}”没有取值: {'、'.join(lacking)}", f"“{variable.code}” lacks the values: {', '.join(lacking)}"  # fmt: skip
        entry.complain("S-PRODUCES", zh, en, "produces")
