"""Reads the settings of each step from its keys (步骤设置), with defaults and overrides by indicator.

Owns the keys below ``steps``. The order of steps and what they may name is checked in ``method.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any, TypeVar

from kaiwu.figure.entry import Entry
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

S = TypeVar("S", Impute, Treat, Normalise, Aggregate)


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


def _decimals(entry: Entry, default: int | None) -> int | None:
    value = entry.whole_number("decimals", 0, 9)
    return default if value is None else value


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


def _with_overrides(entry: Entry, keys: tuple[str, ...], over: str, start: S, read: Callable[[Entry, S], S]) -> S:
    """The general setting and, under the key ``over``, settings by code on top of it; ``none`` leaves an indicator alone."""
    base = read(entry, start)
    value = entry.data.get(over)
    if value is None:
        return base
    if not isinstance(value, dict):
        zh, en = f"“{over}”要写 代码: {{设置}} 或 代码: none", f"“{over}” wants CODE: {{settings}} or CODE: none"
        entry.complain("F-KEY-TYPE", zh, en, over)
        return base
    overrides: dict[str, S | None] = {}
    for code, spec in value.items():
        if spec == "none" and not isinstance(start, Aggregate):
            overrides[code] = None
            continue
        below = Entry(entry.document, (*entry.path, over, code), spec if isinstance(spec, dict) else {"by": spec}, entry.problems)  # fmt: skip
        below.check_keys(keys)
        overrides[code] = read(below, base)
    return replace(base, overrides=overrides)


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


_IMPUTE_KEYS = ("by", "group", "neighbours", "value", "least", "reach")


def _read_impute(entry: Entry) -> Impute:
    entry.check_keys((*_IMPUTE_KEYS, "indicators"))
    return _with_overrides(entry, _IMPUTE_KEYS, "indicators", Impute(), _impute_setting)


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


_TREAT_KEYS = ("skew", "kurt", "winsorise", "then", "combine", "always", "power")


def _read_treat(entry: Entry) -> Treat:
    entry.check_keys((*_TREAT_KEYS, "indicators"))
    return _with_overrides(entry, _TREAT_KEYS, "indicators", Treat(), _treat_setting)


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
    "by", "to", "low", "high", "base", "target", "cap", "floor", "penalty", "log", "ddof", "bands", "edges", "constant", "zero", "decimals",
    "base_year", "within",
)  # fmt: skip


def _read_normalise(entry: Entry) -> Normalise:
    entry.check_keys((*_NORMALISE_KEYS, "indicators"))
    return _with_overrides(entry, _NORMALISE_KEYS, "indicators", Normalise(), _normalise_setting)


def _normalise_setting(entry: Entry, base: Normalise) -> Normalise:
    by = entry.choice("by", normalise.WAYS, base.by)
    usual = (0.0, 1.0) if by == "z_score" and base.by != "z_score" else base.to
    year: Any = base.base_year
    if "base_year" in entry.data:
        year = "pooled" if entry.data["base_year"] == "pooled" else entry.whole_number("base_year", 1900, 2200)
    ddof = entry.whole_number("ddof", 0, 1)
    edges = entry.choice("edges", ("[)", "(]"), base.edges)
    out = replace(
        base, by=by, to=_pair(entry, "to", usual) or usual, low=_maybe(entry, "low", base.low), high=_maybe(entry, "high", base.high),
        base=_maybe(entry, "base", base.base), target=_maybe(entry, "target", base.target), cap=_maybe(entry, "cap", base.cap),
        floor=_maybe(entry, "floor", base.floor), penalty=_pair(entry, "penalty", base.penalty), log=entry.flag("log", base.log),
        ddof=base.ddof if ddof is None else ddof, bands=_bands(entry, base.bands), edges=edges,
        constant=_maybe(entry, "constant", base.constant), zero=_maybe(entry, "zero", base.zero), base_year=year, within=entry.text("within", base.within),
        decimals=_decimals(entry, base.decimals), overrides={},
    )  # fmt: skip
    _check_normalise(entry, out)
    if out.within and out.base_year is not None:
        zh, en = "within 与 base_year 不能同时使用", "within and base_year cannot stand together"
        entry.complain("IX-NORMALISE-BASE", zh, en, "within")
    return out


def _check_normalise(entry: Entry, s: Normalise) -> None:
    """Settings that contradict themselves or would turn a scale round unsaid."""
    if s.by != "z_score" and s.to[0] >= s.to[1]:
        entry.complain("IX-NORMALISE-SCALE", "to 的下端要小于上端; 方向写在 direction", "“to” rises from its first to its second number; say directions in “direction”", "to")  # fmt: skip
    if s.floor is not None and s.cap is not None and s.floor > s.cap:
        entry.complain("IX-NORMALISE-SCALE", "floor 大于 cap", "“floor” is above “cap”", "floor")
    if s.low is not None and s.high is not None and s.low >= s.high:
        entry.complain("IX-TREE-GOALPOSTS", "下限不小于上限", "the lower goalpost is not below the upper one", "low")
    if s.by == "ratio" and s.base is not None and s.base <= 0:
        entry.complain("IX-NORMALISE-SETTING", "ratio 的 base 要为正", "the base of a ratio is positive", "base")
    if s.by == "bands" and not s.bands:
        entry.complain("F-KEY-MISSING", "分档计分要写 bands", "scores by bands want “bands”")
    if s.bands and "bands" in entry.data and "edges" not in entry.data:
        entry.complain(
            "IX-BAND-EDGES", '分档要写明 edges: "[)" 或 "(]"', "bands want their edges: “[)” or “(]”", "bands"
        )


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
        if k and ((before := out[k - 1]).high != band.low or band.low is None):
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
    for code, value in _table(entry, "weights").items():
        if value < 0:
            entry.complain(
                "IX-TREE-WEIGHT", f"“{code}”的权重为负", f"the weight of “{code}” is negative", "weights", code
            )
    for way, key in (("ahp", "pairs"), ("expert", "experts")):
        if by == way and not entry.data.get(key):
            entry.complain("F-KEY-MISSING", f"{way} 要写 {key}", f"{way} wants “{key}”", "by")
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


_AGGREGATE_KEYS = (
    "by", "power", "sign", "order", "regret", "low", "high", "missing", "least", "to", "flat", "decimals",
)  # fmt: skip


def _read_aggregate(entry: Entry) -> Aggregate:
    entry.check_keys((*_AGGREGATE_KEYS, "aggregates"))
    return _with_overrides(entry, _AGGREGATE_KEYS, "aggregates", Aggregate(), _aggregate_setting)


def _aggregate_setting(entry: Entry, base: Aggregate) -> Aggregate:
    sign = entry.choice("sign", ("-", "+"), "-" if base.sign < 0 else "+")
    out = replace(
        base, by=entry.choice("by", aggregation.WAYS, base.by), power=_float(entry, "power", base.power), sign=-1 if sign == "-" else 1,
        order=_numbers(entry, "order") or base.order, regret=_share(entry, "regret", base.regret), low=_maybe(entry, "low", base.low),
        high=_maybe(entry, "high", base.high), missing=entry.choice("missing", aggregation.MISSING, base.missing),
        least=_share(entry, "least", base.least), to=_float(entry, "to", base.to), flat=entry.flag("flat", base.flat),
        decimals=_decimals(entry, base.decimals), overrides={},
    )  # fmt: skip
    if out.order and (min(out.order) < 0 or sum(out.order) <= 0):
        entry.complain(
            "F-KEY-TYPE",
            "order 不能有负数, 也不能全为零",
            "“order” has no negative numbers and is not all zero",
            "order",
        )
    if out.low is not None and out.high is not None and out.low > out.high:
        entry.complain("IX-FRONTIER-BOUNDS", "low 大于 high", "“low” is above “high”", "low")
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


READERS: Mapping[str, Callable[[Entry], Step]] = {
    "denominate": _read_denominate, "screen": _read_screen, "impute": _read_impute, "treat": _read_treat,
    "normalise": _read_normalise, "weigh": _read_weigh, "aggregate": _read_aggregate, "rank": _read_rank,
}  # fmt: skip
