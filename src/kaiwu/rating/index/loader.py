"""Reads a rulebook of kind ``index`` (综合指数): an indicator tree over formulas, leagues, and the method's steps.

Owns the keys of the rulebook. The steps' keys are in ``method.py``; what comes out is in ``scheme.py``.
"""

from __future__ import annotations

from collections.abc import Sequence

from kaiwu.figure.entry import Entry
from kaiwu.figure.variable import Kind
from kaiwu.quantity import KaiwuError, Unit, find_unit
from kaiwu.rating.index.method import Method, read_steps
from kaiwu.rating.index.node_reader import NODE_KEYS, read_node
from kaiwu.rating.index.scheme import IndexBook, IndexScheme, Indicator
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

BOOK_KEYS = (*HEAD_KEYS, "scope", "league", "indicators", "weights_sum", "steps")
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
    _check_product(entry, head.produces, reader)
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
        IndexBook(head, tree, indicators, method, league, scope, tuple(nodes) if is_template else ()), product
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


def _check_product(entry: Entry, produces: str | None, reader: Reader) -> None:
    variable = reader.variable(entry, "produces", produces) if produces else None
    if variable is not None and variable.kind not in (Kind.SCORE, Kind.COUNT):
        zh, en = (
            f"“{variable.zh}”要是分值或名次(count)变量",
            f"“{variable.code}” must be a score or a count (the place)",
        )
        entry.complain("S-PRODUCES", zh, en, "produces")
