"""The indicator tree (指标体系): what is measured, in which direction, and how it adds up.

Owns nodes, their order and the checks on them: one root, one parent each, a direction on every indicator, weights that
sum to what was declared. It does not own values or the method.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property

from kaiwu.quantity import KaiwuError, Problem

HIGHER, LOWER, NEAR, INSIDE = "higher", "lower", "near", "inside"
DIRECTIONS = (HIGHER, LOWER, NEAR, INSIDE)


@dataclass(frozen=True, slots=True)
class Direction:
    """Which values are good (指标方向): higher, lower, near ``low`` (= ``high``), or inside ``low`` … ``high``.

    ``span`` is the distance at which nothing is left of the score; without it the farthest unit has nothing.
    """

    kind: str = HIGHER
    low: float = 0.0
    high: float = 0.0
    span: float | None = None

    @property
    def is_two_sided(self) -> bool:
        """Whether both too little and too much are bad (适度指标)."""
        return self.kind in (NEAR, INSIDE)


@dataclass(frozen=True, slots=True)
class Node:
    """One indicator (no children) or aggregate. ``weight`` is its share among its siblings, exact.

    ``low`` and ``high`` are goalposts in the indicator's unit, ``base`` a benchmark, ``target`` a goal, ``denominator`` the
    code of the value by which it is divided, ``owner`` the department that gives it.
    """

    code: str
    zh: str = ""
    en: str = ""
    parent: str | None = None
    weight: Fraction = Fraction(1)
    direction: Direction | None = None
    unit: str = ""
    denominator: str = ""
    owner: str = ""
    target: float | None = None
    base: float | None = None
    low: float | None = None
    high: float | None = None
    level: int | None = None
    where: str = field(default="", compare=False)


@dataclass(frozen=True)
class Tree:
    """A checked tree. ``nodes`` keep the order of the document; make it with ``make_tree``."""

    nodes: tuple[Node, ...]

    @cached_property
    def by_code(self) -> Mapping[str, Node]:
        """Nodes by code."""
        return {node.code: node for node in self.nodes}

    @cached_property
    def children(self) -> Mapping[str, tuple[str, ...]]:
        """Codes of the children of every aggregate, in the order of the document."""
        out: dict[str, list[str]] = {}
        for node in self.nodes:
            if node.parent is not None:
                out.setdefault(node.parent, []).append(node.code)
        return {code: tuple(kids) for code, kids in out.items()}

    @cached_property
    def root(self) -> str:
        """Code of the index itself."""
        return next(node.code for node in self.nodes if node.parent is None)

    @cached_property
    def leaves(self) -> tuple[str, ...]:
        """Codes of the indicators, in the order of the document."""
        return tuple(node.code for node in self.nodes if node.code not in self.children)

    @cached_property
    def heights(self) -> Mapping[str, int]:
        """1 for an indicator, one more than the highest child for an aggregate."""
        out: dict[str, int] = {}
        for code in self.upward:
            out[code] = 1 + max((out[kid] for kid in self.children.get(code, ())), default=0)
        return out

    @cached_property
    def upward(self) -> tuple[str, ...]:
        """All codes, every child before its parent."""
        out: list[str] = []
        stack = [(self.root, False)]
        while stack:
            code, is_done = stack.pop()
            if is_done or code not in self.children:
                out.append(code)
            else:
                stack.append((code, True))
                stack += [(kid, False) for kid in reversed(self.children[code])]
        return tuple(out)

    def leaves_under(self, code: str) -> tuple[str, ...]:
        """Indicators below a node, itself if it is one."""
        kids = self.children.get(code)
        return (code,) if kids is None else tuple(leaf for kid in kids for leaf in self.leaves_under(kid))

    def shares(self) -> dict[str, float]:
        """The declared weight of every node but the root as a share of its siblings' sum."""
        out: dict[str, float] = {}
        for kids in self.children.values():
            whole = sum((self.by_code[kid].weight for kid in kids), Fraction(0))
            out.update({kid: float(self.by_code[kid].weight / whole) for kid in kids})
        return out

    def without(self, codes: Sequence[str]) -> Tree:
        """The tree without some nodes and all below them; aggregates that lose every child go too."""
        gone = {leaf for code in codes for leaf in self.leaves_under(code)} | set(codes)
        for code in self.upward:
            if code in self.children and all(kid in gone for kid in self.children[code]):
                gone.add(code)
        return make_tree([node for node in self.nodes if node.code not in gone])

    def with_weights(self, weights: Mapping[str, Fraction | int]) -> Tree:
        """The tree with other weights for some nodes."""
        return make_tree([
            replace(node, weight=Fraction(weights[node.code])) if node.code in weights else node for node in self.nodes
        ])  # fmt: skip


def make_tree(nodes: Sequence[Node], *, weights_sum: Fraction | int | None = None) -> Tree:
    """Check nodes and make the tree. ``weights_sum`` is what the weights of siblings must sum to exactly, if declared.

    Raises ``KaiwuError`` with every mistake: no or several roots, two parents, unknown parent, cycle, direction missing,
    negative weight, weights that do not sum, levels out of order.
    """
    problems = [*_shape_problems(nodes), *_leaf_problems(nodes)]
    if not problems:
        problems = _weight_problems(nodes, None if weights_sum is None else Fraction(weights_sum))
    if problems:
        raise KaiwuError(problems)
    return Tree(tuple(nodes))


def _shape_problems(nodes: Sequence[Node]) -> list[Problem]:
    out: list[Problem] = []
    seen: dict[str, Node] = {}
    for node in nodes:
        first = seen.setdefault(node.code, node)
        if first is not node and first.parent != node.parent:
            out.append(_problem(
                node, "IX-TREE-PARENTS", f"“{node.code}”有两个上级: {first.parent} 和 {node.parent}; 只留一个",
                f"“{node.code}” has two parents: {first.parent} and {node.parent}; keep one",
            ))  # fmt: skip
        elif first is not node:
            out.append(_problem(node, "IX-TREE-TWICE", f"“{node.code}”出现两次", f"“{node.code}” occurs twice"))
        if (
            node.level is not None
            and node.parent in seen
            and (up := seen[node.parent].level) is not None
            and up <= node.level
        ):
            out.append(_problem(
                node, "IX-TREE-LEVEL", f"“{node.code}”的层级不低于上级“{node.parent}”",
                f"“{node.code}” does not stand below the level of its parent “{node.parent}”",
            ))  # fmt: skip
    for node in nodes:
        if node.parent is not None and node.parent not in seen:
            out.append(_problem(
                node, "IX-TREE-PARENT", f"“{node.code}”的上级“{node.parent}”不在表中", f"“{node.parent}”, the parent of “{node.code}”, is not in the tree",
            ))  # fmt: skip
    roots = [node for node in nodes if node.parent is None]
    if len(roots) != 1:
        listed = ", ".join(node.code for node in roots) or "—"
        at = roots[1] if len(roots) > 1 else nodes[0] if nodes else Node("")
        out.append(_problem(
            at, "IX-TREE-ROOT", f"要有且只有一个没有上级的总指数, 现有: {listed}", f"exactly one node without a parent is wanted, there are: {listed}",
        ))  # fmt: skip
    if not out:
        out += [
            _problem(node, "IX-TREE-CYCLE", f"“{node.code}”的上级链成环", f"the chain of parents of “{node.code}” is a circle")
            for node in nodes if _is_circular(node, seen)
        ]  # fmt: skip
    return out


def _is_circular(node: Node, by_code: Mapping[str, Node]) -> bool:
    passed: set[str] = set()
    at: Node | None = node
    while at is not None:
        if at.code in passed:
            return True
        passed.add(at.code)
        at = by_code.get(at.parent) if at.parent is not None else None
    return False


def _leaf_problems(nodes: Sequence[Node]) -> list[Problem]:
    parents = {node.parent for node in nodes}
    out: list[Problem] = []
    for node in nodes:
        if node.weight < 0:
            out.append(
                _problem(node, "IX-TREE-WEIGHT", f"“{node.code}”的权重为负", f"the weight of “{node.code}” is negative")
            )
        if node.code in parents:
            continue
        if node.direction is None:
            out.append(_problem(
                node, "IX-TREE-DIRECTION", f"指标“{node.code}”没有方向; 写 higher、lower、near 或 inside",
                f"indicator “{node.code}” has no direction; write higher, lower, near or inside",
            ))  # fmt: skip
        elif node.direction.low > node.direction.high or (node.direction.span is not None and node.direction.span <= 0):
            out.append(_problem(
                node, "IX-TREE-INTERVAL", f"“{node.code}”的区间颠倒或跨度不为正",
                f"the interval of “{node.code}” ends before it begins, or its span is not positive",
            ))  # fmt: skip
        if node.low is not None and node.high is not None and node.low >= node.high:
            out.append(_problem(
                node, "IX-TREE-GOALPOSTS", f"“{node.code}”的下限不小于上限", f"the lower goalpost of “{node.code}” is not below the upper one",
            ))  # fmt: skip
    return out


def _weight_problems(nodes: Sequence[Node], declared: Fraction | None) -> list[Problem]:
    out: list[Problem] = []
    for node in nodes:
        kids = [n for n in nodes if n.parent == node.code]
        whole = sum((n.weight for n in kids), Fraction(0))
        if kids and whole == 0:
            out.append(
                _problem(
                    node, "IX-TREE-WEIGHT", f"“{node.code}”下的权重全为零", f"all weights below “{node.code}” are zero"
                )
            )
        elif kids and declared is not None and whole != declared:
            out.append(_problem(
                node, "IX-TREE-SUM", f"“{node.code}”下的权重合计 {_print(whole)}, 应为 {_print(declared)}; 请改正权重",
                f"the weights below “{node.code}” sum to {_print(whole)} and not to {_print(declared)}; correct them",
            ))  # fmt: skip
    return out


def _print(value: Fraction) -> str:
    return f"{float(value):.10g}"


def _problem(node: Node, code: str, zh: str, en: str) -> Problem:
    return Problem(code, zh, en, where=node.where or node.code)
