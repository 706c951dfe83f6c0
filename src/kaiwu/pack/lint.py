"""Looks over the content of a pack (内容检查): every rule of every rulebook, and the variables.

Owns gathering what is to be inspected. The inspections themselves are ``kaiwu.rule.lint``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import polars as pl

from kaiwu.benefit import ClauseScheme
from kaiwu.benefit.clause import Clause
from kaiwu.pack.library import Library
from kaiwu.quantity import Problem
from kaiwu.rating import RubricScheme
from kaiwu.rating.rubric.book import RubricBook
from kaiwu.rule.decision import Facts, Result
from kaiwu.rule.lint import lint_rules
from kaiwu.rule.lint_finding import LintItem
from kaiwu.rule.outcome import Outcome


def lint_pack(library: Library, pack: str, facts: Facts | None = None) -> list[tuple[str, Problem]]:
    """Findings about one pack, worst first, as (severity, problem).

    With the ``facts`` of a population, rules that nobody or everybody meets are found too, and constants are compared
    with what is usual there.
    """
    items: list[LintItem] = []
    used: set[str] = set()
    for code, (owner, name, head) in library.heads.items():
        if head.status == "template":
            continue
        scheme = library.scheme(code)
        used |= {need.variable.code for need in scheme.needs()}
        if owner == pack and isinstance(scheme, ClauseScheme):
            result = scheme.decide(facts) if facts is not None else None
            for clause in scheme.book.clauses:
                items += _clause_items(clause, scheme.book.head.edges, _counts(result, clause.id))
        elif owner == pack and isinstance(scheme, RubricScheme):
            result = scheme.decide(facts) if facts is not None else None
            items += _rubric_items(scheme.book, f"{owner}/{name}", result)
    own = [v for v in library.shelves[pack].catalogue if v.where.startswith(f"{pack}/")]
    findings = lint_rules(items, own, facts.table if facts is not None else None, used=used)
    return [(finding.severity, finding) for finding in findings]


def _counts(result: Result | None, clause: str) -> Mapping[Outcome, int] | None:
    if result is None:
        return None
    counted = result.decisions.filter(pl.col("item") == clause).group_by("outcome").len()
    return {Outcome(o): int(n) for o, n in counted.iter_rows()}


def _rubric_items(book: RubricBook, where: str, result: Result | None) -> Iterator[LintItem]:
    """Every condition of every route, and the points of every item; items of a table that is taken in are told there too."""
    edges = book.head.edges
    for route in book.routes:
        conditions = (*route.gates, *route.direct)
        for condition in conditions:
            yield LintItem(
                tree=condition.tree, text=condition.tree.text, where=where, item=route.code, wording=condition.zh,
                article=condition.article or route.article, role="when" if condition.role == "gate" else condition.role,
                edges=edges, counts=_counts(result, route.code) if len(conditions) == 1 else None, is_grant=bool(route.grants),
            )  # fmt: skip
    for item in book.root.items():
        yield LintItem(
            tree=item.form.low, text=item.form.low.text, where=where, item=item.code, article=item.article, wording=item.zh,
            role="indicator", edges=edges, is_grant=False,
        )  # fmt: skip


def _clause_items(clause: Clause, edges: Mapping[str, str], counts: Mapping[Outcome, int] | None) -> Iterator[LintItem]:
    """The whole condition, each named part of it, the amount and its caps."""
    whole, where, item = clause.condition, clause.where, clause.id
    is_grant = clause.amount is not None or bool(clause.grants)
    wording = " ".join(filter(None, (clause.zh, clause.text, *(leaf.zh for leaf in whole.leaves()))))
    yield LintItem(
        tree=whole.tree, text=whole.text, where=where, item=item, article=clause.article, wording=wording,
        edges=edges, counts=counts, is_grant=is_grant,
    )  # fmt: skip
    for leaf in whole.leaves():
        if leaf is not whole:
            article = leaf.article or clause.article
            yield LintItem(
                tree=leaf.tree,
                text=leaf.text,
                where=where,
                item=item,
                article=article,
                role=leaf.role,
                edges=edges,
                is_grant=False,
            )
    if clause.amount is None:
        return
    amount = clause.amount
    yield LintItem(
        tree=amount.formula,
        text=amount.text,
        where=where,
        item=item,
        article=clause.article,
        role="amount",
        edges=edges,
    )
    for cap in amount.caps:
        yield LintItem(
            tree=cap.tree,
            text=cap.text,
            where=where,
            item=item,
            article=cap.article or clause.article,
            role="cap",
            edges=edges,
        )
