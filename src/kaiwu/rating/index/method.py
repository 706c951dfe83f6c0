"""The method (评价方法): typed steps in their order, read from ``method.yaml``.

Owns keys, defaults, overrides by indicator and the checks among steps. What a step does is in ``step/``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeVar

from kaiwu.figure.entry import Entry
from kaiwu.quantity import KaiwuError
from kaiwu.rating.index.stage import Step
from kaiwu.rating.index.statistic import TIES, Ties
from kaiwu.rating.index.step import aggregate as aggregation
from kaiwu.rating.index.step import impute, normalise, treat, weigh
from kaiwu.rating.index.step.aggregate import Aggregate
from kaiwu.rating.index.step.denominate import Denominate
from kaiwu.rating.index.step.impute import Impute
from kaiwu.rating.index.step.normalise import Band, Normalise
from kaiwu.rating.index.step.rank import Rank
from kaiwu.rating.index.step.screen import Screen
from kaiwu.rating.index.step.treat import Treat
from kaiwu.rating.index.step.weigh import Weigh
from kaiwu.table import Document, read_document

S = TypeVar("S", Impute, Treat, Normalise, Aggregate)


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
        if not isinstance(item, dict) or len(item) != 1 or next(iter(item)) not in _READERS:
            entry.complain(
                "IX-METHOD-STEP", f"步骤要写成 步骤名: {{设置}}; 可用: {', '.join(_READERS)}",
                f"a step is NAME: {{settings}}; there are {', '.join(_READERS)}", "steps", k,
            )  # fmt: skip
            continue
        ((family, spec),) = item.items()
        if spec is not None and not isinstance(spec, dict):
            spec = {"by": spec}
        below = Entry(entry.document, (*entry.path, "steps", k, family), spec or {}, entry.problems)
        steps.append(_READERS[family](below))
        _check_known(below, steps[-1], known)
    _check_order(entry, steps)
    whole = read_number(entry, "weights_sum")
    return Method(code, tuple(steps), None if whole is None else whole)


def read_number(entry: Entry, key: str) -> Fraction | None:
    """An exact number of a key; None where absent or wrong (recorded)."""
    value = entry.data.get(key)
    if value is None:
        return None
    if isinstance(value, (int, Fraction)) and not isinstance(value, bool):
        return Fraction(value)
    if isinstance(value, str):
        try:
            return Fraction(value.replace(" ", ""))
        except (ValueError, ZeroDivisionError):
            pass
    entry.complain("F-KEY-TYPE", f"“{key}”要写数字", f"“{key}” must be a number", key, text=str(value))
    return None


def _float(entry: Entry, key: str, default: float) -> float:
    value = read_number(entry, key)
    return default if value is None else float(value)


def _maybe(entry: Entry, key: str, default: float | None = None) -> float | None:
    value = read_number(entry, key)
    return default if value is None else float(value)


def _pair(entry: Entry, key: str, default: tuple[float, float] | None) -> tuple[float, float] | None:
    value = entry.data.get(key)
    if value is None:
        return default
    if isinstance(value, list) and len(value) == 2 and all(isinstance(v, (int, Fraction)) for v in value):
        return float(value[0]), float(value[1])
    entry.complain(
        "F-KEY-TYPE", f"“{key}”要写两个数字, 如 [0, 100]", f"“{key}” wants two numbers, such as [0, 100]", key
    )
    return default


def _numbers(entry: Entry, key: str) -> tuple[float, ...]:
    value = entry.data.get(key)
    if value is None:
        return ()
    if isinstance(value, list) and all(isinstance(v, (int, Fraction)) and not isinstance(v, bool) for v in value):
        return tuple(float(v) for v in value)
    entry.complain("F-KEY-TYPE", f"“{key}”要写数字列表", f"“{key}” wants a list of numbers", key)
    return ()


def _table(entry: Entry, key: str) -> dict[str, float]:
    value = entry.data.get(key)
    if value is None:
        return {}
    if isinstance(value, dict) and all(isinstance(v, (int, Fraction)) for v in value.values()):
        return {str(k): float(v) for k, v in value.items()}
    entry.complain("F-KEY-TYPE", f"“{key}”要写 代码: 数字", f"“{key}” wants CODE: number", key)
    return {}


def _overrides(entry: Entry, key: str, base: S, read: Callable[[Entry, S], S]) -> dict[str, Any]:
    """Settings by indicator on top of the general one; ``none`` leaves the indicator alone."""
    value = entry.data.get(key)
    out: dict[str, Any] = {}
    if value is None:
        return out
    if not isinstance(value, dict):
        entry.complain(
            "F-KEY-TYPE",
            f"“{key}”要写 代码: {{设置}} 或 代码: none",
            f"“{key}” wants CODE: {{settings}} or CODE: none",
            key,
        )
        return out
    for code, spec in value.items():
        if spec == "none":
            out[code] = None
        else:
            spec = spec if isinstance(spec, dict) else {"by": spec}
            out[code] = read(Entry(entry.document, (*entry.path, key, code), spec, entry.problems), base)
    return out


def _read_denominate(entry: Entry) -> Denominate:
    entry.check_keys(("by",))
    by = entry.data.get("by") or {}
    if not isinstance(by, dict):
        entry.complain("F-KEY-TYPE", "“by”要写 指标: 分母", "“by” wants INDICATOR: DENOMINATOR", "by")
        by = {}
    return Denominate({str(k): "" if v in (None, "none") else str(v) for k, v in by.items()})


def _read_screen(entry: Entry) -> Screen:
    entry.check_keys(("available", "nonzero", "under"))
    return Screen(_share(entry, "available", 0.0), _share(entry, "nonzero", 0.0), entry.flag("under", False))


def _share(entry: Entry, key: str, default: float) -> float:
    value = _float(entry, key, default)
    if not 0 <= value <= 1:
        entry.complain("IX-METHOD-SHARE", f"“{key}”要在 0 和 1 之间", f"“{key}” must be between 0 and 1", key)
        return default
    return value


def _read_impute(entry: Entry) -> Impute:
    entry.check_keys(("by", "group", "neighbours", "value", "least", "reach", "indicators"))
    base = _impute_setting(entry, Impute())
    return replace(base, overrides=_overrides(entry, "indicators", base, _impute_override))


def _impute_override(entry: Entry, base: Impute) -> Impute:
    entry.check_keys(("by", "group", "neighbours", "value", "least", "reach"))
    return _impute_setting(entry, base)


def _impute_setting(entry: Entry, base: Impute) -> Impute:
    out = replace(
        base, by=entry.choice("by", impute.WAYS, base.by), group=entry.text("group", base.group),
        neighbours=entry.whole_number("neighbours", 1, 1000) or base.neighbours, value=_float(entry, "value", base.value),
        least=entry.whole_number("least", 1, 10**6) or base.least, reach=entry.whole_number("reach", 1, 100) or base.reach,
        overrides={},
    )  # fmt: skip
    if out.by.startswith("group_") and not out.group:
        entry.complain("F-KEY-MISSING", "按组填补要写 group", "imputing by group wants “group”")
    return out


def _read_treat(entry: Entry) -> Treat:
    entry.check_keys(("skew", "kurt", "winsorise", "then", "combine", "always", "power", "indicators"))
    base = _treat_setting(entry, Treat())
    return replace(base, overrides=_overrides(entry, "indicators", base, _treat_override))


def _treat_override(entry: Entry, base: Treat) -> Treat:
    entry.check_keys(("skew", "kurt", "winsorise", "then", "combine", "always", "power"))
    return _treat_setting(entry, base)


def _treat_setting(entry: Entry, base: Treat) -> Treat:
    most = base.winsorise
    if entry.data.get("winsorise") == "all":
        most = None
    elif "winsorise" in entry.data:
        most = entry.whole_number("winsorise", 0, 10**6)
    return replace(
        base, skew=_float(entry, "skew", base.skew), kurt=_float(entry, "kurt", base.kurt), winsorise=most,
        then=entry.choice("then", treat.BENDS, base.then), combine=entry.flag("combine", base.combine),
        always=entry.flag("always", base.always), power=_maybe(entry, "power", base.power), overrides={},
    )  # fmt: skip


_NORMALISE_KEYS = (
    "by", "to", "low", "high", "base", "target", "cap", "floor", "penalty", "log", "ddof", "bands", "edges", "constant", "base_year", "within",
)  # fmt: skip


def _read_normalise(entry: Entry) -> Normalise:
    entry.check_keys((*_NORMALISE_KEYS, "indicators"))
    base = _normalise_setting(entry, Normalise())
    return replace(base, overrides=_overrides(entry, "indicators", base, _normalise_override))


def _normalise_override(entry: Entry, base: Normalise) -> Normalise:
    entry.check_keys(_NORMALISE_KEYS)
    return _normalise_setting(entry, base)


def _normalise_setting(entry: Entry, base: Normalise) -> Normalise:
    by = entry.choice("by", normalise.WAYS, base.by)
    usual = (0.0, 1.0) if by == "z_score" and base.by != "z_score" else base.to
    year: Any = base.base_year
    if "base_year" in entry.data:
        year = "pooled" if entry.data["base_year"] == "pooled" else entry.whole_number("base_year", 1900, 2200)
    ddof = entry.whole_number("ddof", 0, 1)
    edges = entry.choice("edges", ("[)", "(]"), base.edges)
    return replace(
        base, by=by, to=_pair(entry, "to", usual) or usual, low=_maybe(entry, "low", base.low), high=_maybe(entry, "high", base.high),
        base=_maybe(entry, "base", base.base), target=_maybe(entry, "target", base.target), cap=_maybe(entry, "cap", base.cap),
        floor=_maybe(entry, "floor", base.floor), penalty=_pair(entry, "penalty", base.penalty), log=entry.flag("log", base.log),
        ddof=base.ddof if ddof is None else ddof, bands=_bands(entry, base.bands), edges=edges,
        constant=_maybe(entry, "constant", base.constant), base_year=year, within=entry.text("within", base.within), overrides={},
    )  # fmt: skip


def _bands(entry: Entry, default: tuple[Band, ...]) -> tuple[Band, ...]:
    """Rows ``{from, to, points}`` in rising order that touch and do not overlap."""
    rows = entry.data.get("bands")
    if rows is None:
        return default
    out: list[Band] = []
    for k, row in enumerate(rows if isinstance(rows, list) else []):
        below = Entry(entry.document, (*entry.path, "bands", k), row if isinstance(row, dict) else {}, entry.problems)
        below.check_keys(("from", "to", "points"))
        points = read_number(below, "points")
        if points is None:
            below.complain("F-KEY-MISSING", "每一档要写 points", "every band wants points")
        out.append(Band(_maybe(below, "from"), _maybe(below, "to"), float(points or 0)))
        band = out[-1]
        if band.low is not None and band.high is not None and band.low >= band.high:
            below.complain("IX-BAND-EMPTY", "这一档的下端不小于上端", "this band ends before it begins")
        if k and (before := out[k - 1]).high != band.low:
            if before.high is not None and band.low is not None and before.high < band.low:
                gap = f"{before.high:g} … {band.low:g}"
                zh, en = (
                    f"与上一档之间有空隙 {gap}; 请首尾相接",
                    f"leaves a gap {gap} after the band before; let bands touch",
                )
                below.complain("IX-BAND-GAP", zh, en)
            else:
                zh, en = "与上一档重叠; 请首尾相接", "overlaps the band before it; let bands touch"
                below.complain("IX-BAND-OVERLAP", zh, en)
    if not out:
        entry.complain(
            "F-KEY-TYPE", "“bands”要列出 {from, to, points}", "“bands” wants rows {from, to, points}", "bands"
        )
    return tuple(out)


def _read_weigh(entry: Entry) -> Weigh:
    entry.check_keys((
        "by", "over", "variant", "shift", "keep", "ddof", "join", "share", "weights", "experts", "pairs", "largest_ratio", "targets",
    ))  # fmt: skip
    by = entry.choice("by", weigh.WAYS, "given")
    variants = {"entropy": weigh.ENTROPIES, "components": weigh.COMPONENTS, "expert": ("mean", "median", "root")}.get(
        by, ()
    )
    if by == "entropy" and "variant" not in entry.data:
        zh = f"熵权要写明 variant: {', '.join(weigh.ENTROPIES)}"
        entry.complain("IX-WEIGH-VARIANT", zh, f"entropy weights want a named variant: {', '.join(weigh.ENTROPIES)}")
    ddof = entry.whole_number("ddof", 0, 1)
    return Weigh(
        by=by, over=entry.choice("over", ("leaves", "siblings"), "leaves"),
        variant=entry.choice("variant", variants, variants[0]) if variants else entry.text("variant"),
        shift=_float(entry, "shift", 1e-4), keep=_share(entry, "keep", 0.85), ddof=1 if ddof is None else ddof,
        join=entry.choice("join", weigh.JOININGS, "none"), share=_share(entry, "share", 0.5), weights=_table(entry, "weights"),
        experts=_experts(entry), pairs=_pairs(entry), largest_ratio=_float(entry, "largest_ratio", 0.1), targets=_table(entry, "targets"),
    )  # fmt: skip


def _experts(entry: Entry) -> tuple[tuple[tuple[str, float], ...], ...]:
    rows = entry.data.get("experts")
    if rows is None:
        return ()
    if isinstance(rows, list) and all(
        isinstance(r, dict) and all(isinstance(v, (int, Fraction)) for v in r.values()) for r in rows
    ):
        return tuple(tuple((str(k), float(v)) for k, v in row.items()) for row in rows)
    entry.complain("F-KEY-TYPE", "“experts”每行写 指标: 分值", "“experts” wants rows INDICATOR: weight", "experts")
    return ()


def _pairs(entry: Entry) -> dict[str, tuple[tuple[str, ...], tuple[tuple[float, ...], ...]]]:
    """``pairs: {PARENT: {of: [A, B], matrix: [[1, 3], ["1/3", 1]]}}``."""
    out: dict[str, tuple[tuple[str, ...], tuple[tuple[float, ...], ...]]] = {}
    for parent, spec in (entry.data.get("pairs") or {}).items():
        below = Entry(
            entry.document, (*entry.path, "pairs", parent), spec if isinstance(spec, dict) else {}, entry.problems
        )
        below.check_keys(("of", "matrix"))
        codes, rows = below.texts("of"), below.data.get("matrix")
        try:
            matrix = tuple(tuple(float(Fraction(v)) for v in row) for row in rows)  # type: ignore[union-attr]
        except (TypeError, ValueError, ZeroDivisionError):
            matrix = ()
        if not codes or len(matrix) != len(codes) or any(len(row) != len(codes) for row in matrix):
            below.complain(
                "IX-AHP-SHAPE",
                f"matrix 要写 {len(codes)} 行 {len(codes)} 列",
                f"matrix wants {len(codes)} rows of {len(codes)}",
            )
            continue
        out[parent] = (codes, matrix)
    return out


_AGGREGATE_KEYS = ("by", "power", "sign", "order", "regret", "low", "high", "missing", "least", "to", "flat")


def _read_aggregate(entry: Entry) -> Aggregate:
    entry.check_keys((*_AGGREGATE_KEYS, "aggregates"))
    base = _aggregate_setting(entry, Aggregate())
    return replace(base, overrides=_overrides(entry, "aggregates", base, _aggregate_override))


def _aggregate_override(entry: Entry, base: Aggregate) -> Aggregate:
    entry.check_keys(_AGGREGATE_KEYS)
    return _aggregate_setting(entry, base)


def _aggregate_setting(entry: Entry, base: Aggregate) -> Aggregate:
    sign = entry.choice("sign", ("-", "+"), "-" if base.sign < 0 else "+")
    out = replace(
        base, by=entry.choice("by", aggregation.WAYS, base.by), power=_float(entry, "power", base.power), sign=-1 if sign == "-" else 1,
        order=_numbers(entry, "order") or base.order, regret=_share(entry, "regret", base.regret), low=_maybe(entry, "low", base.low),
        high=_maybe(entry, "high", base.high), missing=entry.choice("missing", aggregation.MISSING, base.missing),
        least=_share(entry, "least", base.least), to=_float(entry, "to", base.to), flat=entry.flag("flat", base.flat), overrides={},
    )  # fmt: skip
    if out.by == "owa" and not out.order:
        entry.complain(
            "F-KEY-MISSING",
            "owa 要写 order(从最好的一项起的权重)",
            "owa wants “order”, weights from the best child down",
        )
    return out


def _read_rank(entry: Entry) -> Rank:
    entry.check_keys(("decimals", "ties", "within"))
    decimals = entry.whole_number("decimals", 0, 9)
    unrounded = entry.data.get("decimals") == "none"
    if unrounded:
        entry.problems[:] = [p for p in entry.problems if not p.where.endswith("rank.decimals")]
    word = entry.choice("ties", TIES, "min")
    ties: Ties = next(t for t in TIES if t == word)
    return Rank(None if unrounded else 2 if decimals is None else decimals, ties, entry.text("within"))


_READERS: Mapping[str, Callable[[Entry], Step]] = {
    "denominate": _read_denominate, "screen": _read_screen, "impute": _read_impute, "treat": _read_treat,
    "normalise": _read_normalise, "weigh": _read_weigh, "aggregate": _read_aggregate, "rank": _read_rank,
}  # fmt: skip


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
        )
    for key, code in named:
        if code not in known:
            entry.complain("IX-METHOD-CODE", f"指标体系里没有“{code}”", f"there is no “{code}” in the tree", key, code)


def _check_order(entry: Entry, steps: Sequence[Step]) -> None:
    families = [step.family for step in steps]
    if not steps:
        return
    if "aggregate" not in families:
        entry.complain("IX-METHOD-AGGREGATE", "方法没有合成步骤 aggregate", "the method has no aggregate step", "steps")
    elif any(family != "rank" for family in families[families.index("aggregate") + 1 :]):
        entry.complain("IX-METHOD-ORDER", "aggregate 之后只能有 rank", "only rank may follow aggregate", "steps")
    first = families.index("normalise") if "normalise" in families else len(families)
    moved = next((k for k, f in enumerate(families) if f in ("denominate", "treat", "normalise")), len(families))
    for k, step in enumerate(steps):
        ways = [s.by for s in (step, *step.overrides.values()) if s is not None] if isinstance(step, Impute) else []
        if k < first and any(w in ("mean_score", "block_mean") for w in ways):
            zh, en = "mean_score 和 block_mean 要放在 normalise 之后", "mean_score and block_mean stand after normalise"
            entry.complain("IX-METHOD-ORDER", zh, en, "steps", k)
        if k > moved and any(w in ("carry", "interpolate") for w in ways):
            zh, en = "沿用和插值要放在改变数值的步骤之前", "carry and interpolate stand before steps that change values"
            entry.complain("IX-METHOD-ORDER", zh, en, "steps", k)
