"""The method (评价方法): typed steps in their order, read from ``method.yaml``.

Owns the order of steps and the checks among them. The keys of each step are in ``step_reader.py``, what it does in ``step/``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from kaiwu.figure.entry import Entry
from kaiwu.quantity import KaiwuError
from kaiwu.rating.index.stage import Step
from kaiwu.rating.index.step.aggregate import Aggregate
from kaiwu.rating.index.step.denominate import Denominate
from kaiwu.rating.index.step.impute import Impute
from kaiwu.rating.index.step.normalise import Normalise
from kaiwu.rating.index.step.treat import Treat
from kaiwu.rating.index.step.weigh import Weigh
from kaiwu.rating.index.step_reader import READERS, read_number
from kaiwu.table import Document, read_document


@dataclass(frozen=True, slots=True)
class Method:
    """Steps in the order in which they are applied. ``weights_sum`` is what siblings' weights must sum to, if declared."""

    code: str
    steps: tuple[Step, ...]
    weights_sum: Fraction | None = None


def read_method(path: Path) -> Method:
    """Read a ``method.yaml``. Raises ``KaiwuError`` with every mistake and its place."""
    return parse_method(read_document(path))


def parse_method(document: Document, *, known: Sequence[str] | None = None) -> Method:
    """The method of a document. ``known`` codes of the tree, to refuse overrides of others."""
    problems: list[Any] = []
    data = document.data if isinstance(document.data, dict) else {}
    entry = Entry(document, (), data, problems)
    entry.check_keys(("method", "zh", "en", "note", "weights_sum", "steps"))
    method = read_steps(entry, entry.text("method", required=True), known)
    if problems:
        raise KaiwuError(problems)
    return method


def read_steps(entry: Entry, code: str, known: Sequence[str] | None = None) -> Method:
    """The method under ``steps`` of a mapping; mistakes are added to ``entry.problems``."""
    listed = entry.data.get("steps")
    steps: list[Step] = []
    if not isinstance(listed, list) or not listed:
        zh, en = (
            "“steps”要列出步骤, 如 - normalise: {by: min_max}",
            "“steps” wants a list such as - normalise: {by: min_max}",
        )
        entry.complain("IX-METHOD-STEPS", zh, en, "steps")
        listed = []
    for k, item in enumerate(listed):
        if not isinstance(item, dict) or len(item) != 1 or next(iter(item)) not in READERS:
            entry.complain(
                "IX-METHOD-STEP", f"步骤要写成 步骤名: {{设置}}; 可用: {', '.join(READERS)}",
                f"a step is NAME: {{settings}}; there are {', '.join(READERS)}", "steps", k,
            )  # fmt: skip
            continue
        ((family, spec),) = item.items()
        if spec is not None and not isinstance(spec, dict):
            spec = {"by": spec}
        below = Entry(entry.document, (*entry.path, "steps", k, family), spec or {}, entry.problems)
        steps.append(READERS[family](below))
        _check_known(below, steps[-1], known)
    _check_order(entry, steps)
    whole = read_number(entry, "weights_sum")
    return Method(code, tuple(steps), None if whole is None else whole)


def _check_known(entry: Entry, step: Step, known: Sequence[str] | None) -> None:
    if known is None:
        return
    named = [("by", c) for c in step.by] if isinstance(step, Denominate) else []
    if isinstance(step, (Impute, Treat, Normalise)):
        named = [("indicators", c) for c in step.overrides]
    if isinstance(step, Aggregate):
        named = [("aggregates", c) for c in step.overrides]
    if isinstance(step, Weigh):
        named = (
            [("weights", c) for c in step.weights]
            + [("targets", c) for c in step.targets]
            + [("pairs", c) for c in step.pairs]
            + [("experts", c) for c in sorted({c for row in step.experts for c, _ in row})]
        )
    for key, code in named:
        if code not in known:
            entry.complain("IX-METHOD-CODE", f"指标体系里没有“{code}”", f"there is no “{code}” in the tree", key, code)


def _check_order(entry: Entry, steps: Sequence[Step]) -> None:
    families = [step.family for step in steps]
    if not steps:
        return
    for family in ("normalise", "weigh", "rank"):
        for k in [k for k, f in enumerate(families) if f == family][1:]:
            zh, en = (
                f"{family} 只能写一次; 个别指标请写在 indicators 里",
                f"{family} stands once; say what differs under indicators",
            )
            entry.complain("IX-METHOD-ORDER", zh, en, "steps", k)
    if "aggregate" not in families:
        entry.complain("IX-METHOD-AGGREGATE", "方法没有合成步骤 aggregate", "the method has no aggregate step", "steps")
    elif any(family != "rank" for family in families[families.index("aggregate") + 1 :]):
        entry.complain("IX-METHOD-ORDER", "aggregate 之后只能有 rank", "only rank may follow aggregate", "steps")
    first = families.index("normalise") if "normalise" in families else len(families)
    moved = next((k for k, f in enumerate(families) if f in ("denominate", "treat", "normalise")), len(families))
    for k in (k for k in range(first + 1, len(families)) if families[k] in ("denominate", "treat")):
        zh, en = f"{families[k]} 要放在 normalise 之前: 归一以后已经是得分", f"{families[k]} stands before normalise, which makes scores of figures"  # fmt: skip
        entry.complain("IX-METHOD-ORDER", zh, en, "steps", k)
    bent = families.index("treat") if "treat" in families else len(families)
    for k in (k for k in range(bent + 1, first) if families[k] == "denominate"):
        entry.complain("IX-METHOD-ORDER", "denominate 要放在 treat 之前", "denominate stands before treat", "steps", k)
    for k, step in enumerate(steps):
        ways = [s.by for s in (step, *step.overrides.values()) if s is not None] if isinstance(step, Impute) else []
        if k < first and any(w in ("mean_score", "block_mean") for w in ways):
            zh, en = "mean_score 和 block_mean 要放在 normalise 之后", "mean_score and block_mean stand after normalise"
            entry.complain("IX-METHOD-ORDER", zh, en, "steps", k)
        if k > moved and any(w in ("carry", "interpolate") for w in ways):
            zh, en = "沿用和插值要放在改变数值的步骤之前", "carry and interpolate stand before steps that change values"
            entry.complain("IX-METHOD-ORDER", zh, en, "steps", k)
