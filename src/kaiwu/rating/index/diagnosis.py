"""Whether an index measures what it says (指标体系诊断): consistency, redundancy, size, and weights against influence.

Owns the figures and the sentences on them. Nothing here changes a score.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from kaiwu.rating.index import statistic
from kaiwu.rating.index.model import IndexModel, IndexResult
from kaiwu.rating.index.statistic import Array

CONSISTENT = 0.7  # Cronbach's alpha from which a block counts as one thing (Nunnally 1978)
REDUNDANT = 0.9  # |correlation| from which two indicators say nearly the same
LARGE = 0.7  # |rank correlation| with size from which an index mostly measures size
APART = 2.0  # times by which influence differs from the weight before it is told


@dataclass(frozen=True, slots=True)
class Block:
    """Cronbach's alpha of the children of one node over the units in which all are present; NaN with fewer than two."""

    code: str
    zh: str
    en: str
    children: int
    units: int
    alpha: float


@dataclass(frozen=True, slots=True)
class Pair:
    """Two indicators and the correlation of their scores."""

    first: str
    second: str
    correlation: float


@dataclass(frozen=True, slots=True)
class Weight:
    """Nominal weight against influence: the share of the index' variance that comes with the indicator.

    ``influence`` is ``w cov(x, S) / var(S)`` (sums to one for weighted sums, negative where it pulls against the others), ``squared`` the
    squared correlation with the index (Paruolo, Saisana and Saltelli 2013, JRSS A 176).
    """

    code: str
    zh: str
    en: str
    nominal: float
    influence: float
    squared: float


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """All of it. ``size`` is the rank correlation of the index and each indicator with a measure of size, where one is given."""

    blocks: tuple[Block, ...]
    redundant: tuple[Pair, ...]
    weights: tuple[Weight, ...]
    size: Mapping[str, float]

    def tell(self) -> list[tuple[str, str]]:
        """What deserves attention, zh and en."""
        out: list[tuple[str, str]] = []
        for b in self.blocks:
            if b.alpha < CONSISTENT:
                out.append((
                    f"“{b.zh}”的克龙巴赫 α 为 {b.alpha:.2f}, 低于 {CONSISTENT}: 各项不像在量同一件事", f"Cronbach's alpha of “{b.en}” is {b.alpha:.2f}, below {CONSISTENT}: its children hardly measure one thing",
                ))  # fmt: skip
        for p in self.redundant:
            out.append((f"{p.first} 与 {p.second} 相关 {p.correlation:.2f}: 几乎重复", f"{p.first} and {p.second} correlate {p.correlation:.2f}: nearly the same"))  # fmt: skip
        for w in self.weights:
            if w.influence < 0:
                out.append((f"“{w.zh}”名义权重 {w.nominal:.1%}, 实际与总分反向({w.influence:.1%})", f"“{w.en}” weighs {w.nominal:.1%} but pulls against the index ({w.influence:.1%})"))  # fmt: skip
            elif w.nominal > 0 and not 1 / APART <= w.influence / w.nominal <= APART:
                out.append((f"“{w.zh}”名义权重 {w.nominal:.1%}, 实际影响 {w.influence:.1%}", f"“{w.en}” weighs {w.nominal:.1%}, its influence is {w.influence:.1%}"))  # fmt: skip
        index = next(iter(self.size.values()), 0.0)
        if abs(index) >= LARGE:
            out.append((f"总分与规模的等级相关为 {index:.2f}: 主要在量规模", f"the index has a rank correlation of {index:.2f} with size: it mostly measures size"))  # fmt: skip
        return out


def diagnose(model: IndexModel, size: str | None = None, result: IndexResult | None = None) -> Diagnosis:
    """Diagnose a model on its own units. ``size`` is the code of a value that measures size. Raises ``KaiwuError`` where it is absent."""
    found = result or model.run()
    tree, x, total = found.tree, found.sheet.x, found.scores
    blocks = []
    for code, kids in tree.children.items():
        if len(kids) < 2 or (code not in found.sheet.scores):
            continue
        table = np.stack([found.score_of(kid) for kid in kids if kid in found.sheet.scores or kid in tree.leaves], axis=1)  # fmt: skip
        alpha, n = cronbach_alpha(table)
        node = tree.by_code[code]
        blocks.append(Block(code, node.zh or code, node.en or code, table.shape[1], n, alpha))
    sizes: dict[str, float] = {}
    if size is not None:
        measure = model.values.column(size) if size in model.values.codes else model.values.select([size])[:, 0]
        of = measure[list(found.sheet.rows)]
        sizes = {tree.root: rank_correlation(total, of)}
        sizes |= {code: rank_correlation(x[:, i], of) for i, code in enumerate(tree.leaves)}
    return Diagnosis(tuple(blocks), find_redundant(x, tree.leaves), _weights(found), sizes)


def cronbach_alpha(x: Array) -> tuple[float, int]:
    """``k/(k−1) (1 − Σ var x_i / var Σ x_i)`` over complete rows, and how many there are (克龙巴赫 α, Cronbach 1951)."""
    whole = x[~np.isnan(x).any(axis=1)]
    k = x.shape[1]
    if len(whole) < 2 or k < 2:
        return float("nan"), len(whole)
    spread = float(whole.sum(axis=1).var(ddof=1))
    if spread <= 0:
        return float("nan"), len(whole)
    return float(k / (k - 1) * (1 - whole.var(axis=0, ddof=1).sum() / spread)), len(whole)


def find_redundant(x: Array, codes: tuple[str, ...], least: float = REDUNDANT) -> tuple[Pair, ...]:
    """Pairs of columns with a correlation of at least ``least`` either way, the closest first (冗余指标)."""
    r = statistic.correlation(x)
    rows, columns = np.triu_indices(len(codes), 1)
    pairs = [Pair(codes[i], codes[j], float(r[i, j])) for i, j in zip(rows, columns, strict=True) if abs(r[i, j]) >= least]  # fmt: skip
    return tuple(sorted(pairs, key=lambda p: (-abs(p.correlation), p.first, p.second)))


def rank_correlation(a: Array, b: Array) -> float:
    """Spearman's rank correlation over the units in which both are present; NaN where one does not vary."""
    both = ~(np.isnan(a) | np.isnan(b))
    ranks = statistic.rank_ascending(np.stack([a[both], b[both]], axis=1))
    return float(statistic.correlation(ranks)[0, 1]) if both.sum() > 1 else float("nan")


def _weights(found: IndexResult) -> tuple[Weight, ...]:
    nominal, total = found.weights(), found.scores
    out = []
    for code in found.tree.leaves:
        x = found.score_of(code)
        both = ~(np.isnan(x) | np.isnan(total))
        d, s = (
            x[both] - x[both].mean() if both.any() else x[both],
            total[both] - (total[both].mean() if both.any() else 0),
        )
        spread, own = float(s @ s), float(d @ d)
        influence = nominal[code] * float(d @ s) / spread if spread > 0 else float("nan")
        squared = float(d @ s) ** 2 / (spread * own) if spread > 0 and own > 0 else float("nan")
        node = found.tree.by_code[code]
        out.append(Weight(code, node.zh or code, node.en or code, nominal[code], influence, squared))
    return tuple(out)
