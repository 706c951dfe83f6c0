"""Reads the indicators (指标) of a rating: value, direction, weight, scoring, treatments, caps.

Owns the keys of one indicator and the defaults that stand for all. It computes no points.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from typing import Any

from kaiwu.figure.entry import Entry
from kaiwu.quantity import DIMENSIONLESS, Dimension, KaiwuError, Unit, find_unit, parse_quantity
from kaiwu.quantity.dimension import SCORE
from kaiwu.rating.book import Band, Base, Indicator, Scoring, Treatment
from kaiwu.rating.points import Rounding
from kaiwu.rating.reader import Reader
from kaiwu.rule import expression as x
from kaiwu.rule.rulebook import STANDINGS

DEFAULT_KEYS = ("missing", "undefined", "round", "cap", "floor", "within")
INDICATOR_KEYS = (
    "code", "zh", "en", "article", "owner", "value", "direction", "weight", "score", "block", "unit", "source", "note",
    *DEFAULT_KEYS,
)  # fmt: skip
METHODS = ("benchmark", "best", "cost", "goalposts", "minmax", "rank", "bands", "as_is")
EDGES = ("[)", "(]")
OPEN = Treatment("pending", word="pending")
EQUAL = "equal"


@dataclass(slots=True)
class IndicatorReader:
    """Reads indicators of one rulebook; ``defaults`` is its mapping of that name, ``has_leagues`` whether it has leagues."""

    reader: Reader
    defaults: Entry
    has_leagues: bool

    def read(self, entry: Entry) -> tuple[Indicator, bool] | None:
        """One indicator, and whether its weight is an equal part of its block."""
        entry.check_keys(INDICATOR_KEYS)
        value = self.reader.formula(entry, entry.data.get("value"), "value")
        rounding = self._rounding(entry)
        scoring = self._scoring(entry, value) if value is not None else None
        weight, standing, is_equal = self._weight(entry, scoring)
        base = Indicator(
            code=entry.text("code", required=True),
            zh=entry.text("zh", required=True),
            en=entry.text("en", required=True),
            value=value or x.Literal(value=Fraction(0)),
            text=str(entry.data.get("value")),
            weight=weight or Fraction(1),
            scoring=scoring or Scoring("as_is"),
            missing=OPEN,
            undefined=OPEN,
            rounding=rounding or Rounding(Fraction(1, 100)),
            direction=self._direction(entry, scoring),
            block=entry.text("block"),
            article=entry.text("article"),
            owner=entry.text("owner"),
            standing=standing,
            source=entry.text("source"),
            where=entry.where,
        )
        if value is None or rounding is None or scoring is None or weight is None:
            return None
        limits = self._limits(entry, rounding)
        indicator = replace(
            base,
            unit=self._unit(entry, value, scoring),
            cap=limits["cap"],
            floor=limits["floor"],
            missing=self._treatment(entry, "missing", base),
            undefined=self._treatment(entry, "undefined", base),
        )
        return replace(indicator, within=self._within(entry, indicator)), is_equal

    def _own(self, entry: Entry, key: str) -> tuple[Entry, Any]:
        """The indicator's own setting, else the default, with the place where it stands."""
        if entry.data.get(key) is not None:
            return entry, entry.data[key]
        return self.defaults, self.defaults.data.get(key)

    def _rounding(self, entry: Entry) -> Rounding | None:
        place, spec = self._own(entry, "round")
        if spec is None:
            entry.complain(
                "S-ROUND", "没有声明得分怎样取整; 请写 round: {to: 0.01分, mode: half_up}",
                "the rounding of points is not declared: write round: {to: 0.01分, mode: half_up}",
            )  # fmt: skip
            return None
        return self.reader.rounding(place, spec, "round")

    def _direction(self, entry: Entry, scoring: Scoring | None) -> str:
        given = entry.data.get("direction")
        if given is None and scoring is not None and scoring.method in ("bands", "as_is"):
            return "higher"
        if given not in ("higher", "lower"):
            entry.complain(
                "S-DIRECTION", "要声明方向 direction: higher(越高越好)或 lower(越低越好)",
                "declare the direction: higher or lower is better", *(["direction"] if given else []),
            )  # fmt: skip
        elif scoring is not None and scoring.method == "cost" and given != "lower":
            entry.complain(
                "S-DIRECTION", "cost 只用于越低越好的指标", "cost is for indicators where lower is better", "direction"
            )
        return str(given or "higher")

    def _weight(self, entry: Entry, scoring: Scoring | None) -> tuple[Fraction | None, str, bool]:
        spec = entry.data.get("weight")
        standing = "attested"
        keys: tuple[str, ...] = ("weight",)
        if isinstance(spec, dict):
            inner = self.reader.below(entry, "weight", data=spec)
            inner.check_keys(("points", "standing", "source", "note"))
            standing = inner.choice("standing", STANDINGS, "attested")
            spec, keys = spec.get("points"), ("weight", "points")
        if spec == EQUAL:
            return Fraction(1), standing, True
        if spec is None:
            entry.complain("S-WEIGHT", "缺少权重, 如 weight: 30分", "the weight is missing, such as weight: 30分")
            return None, standing, False
        weight = self.reader.points(entry, spec, *keys)
        if weight is not None and weight <= 0:
            entry.complain("S-WEIGHT", "权重要大于零", "a weight must be above zero", *keys)
            return None, standing, False
        return weight, standing, False

    # -- scoring -----------------------------------------------------------------------------------------

    def _scoring(self, entry: Entry, value: x.Num) -> Scoring | None:
        inner = self.reader.sub(entry, "score")
        methods = [key for key in (inner.data if inner else {}) if key in METHODS]
        if inner is None or len(methods) != 1:
            entry.complain(
                "S-METHOD", f"score 下写一种计分办法: {', '.join(METHODS)}", f"score wants one method: {', '.join(METHODS)}",
                *(["score"] if inner else []),
            )  # fmt: skip
            return None
        method = methods[0]
        inner.check_keys((method, "reach") if method in ("goalposts", "minmax", "rank") else (method,))
        spec = inner.data[method]
        if method in ("best", "minmax", "rank"):
            if spec != "participants":
                inner.complain("S-METHOD", f"请写 {method}: participants", f"write {method}: participants", method)
            return Scoring(method, reach=self._reach(inner))
        if method == "as_is":
            if value.dimension != SCORE:
                inner.complain("S-METHOD", "as_is 要求算式得出分值", "as_is wants a formula that gives points", method)
            return Scoring(method)
        if method == "bands":
            return self._bands(inner, value.dimension)
        if method == "goalposts":
            return self._goalposts(inner, spec, value.dimension)
        base = self._base(inner, method, spec, value)
        return None if base is None else Scoring(method, base=base)

    def _reach(self, entry: Entry) -> tuple[Fraction, Fraction]:
        spec = entry.data.get("reach")
        if spec is None:
            return Fraction(0), Fraction(1)
        if not isinstance(spec, list) or len(spec) != 2:
            entry.complain(
                "S-REACH",
                "reach 写成 [0%, 100%]: 最差与最好各得权重的几成",
                "reach wants [worst, best] shares of the weight",
                "reach",
            )
            return Fraction(0), Fraction(1)
        low, high = (self.reader.share(entry, s, "reach", i) for i, s in enumerate(spec))
        if low is not None and high is not None and low >= high:
            entry.complain(
                "S-REACH", "reach 的第一个数要小于第二个", "the first share of reach must be the smaller", "reach"
            )
        return low or Fraction(0), high if high is not None else Fraction(1)

    def _base(self, entry: Entry, method: str, spec: Any, value: x.Num) -> Base | None:
        if not isinstance(spec, dict):
            number = self.reader.constant(entry, spec, method, dimension=value.dimension)
            if number is not None and number <= 0:
                entry.complain("S-BASE", "基准值要大于零", "a benchmark must be above zero", method)
            return None if number is None else Base(value=number, text=str(spec))
        inner = self.reader.below(entry, method, data=spec)
        inner.check_keys(("mean", "round"))
        mean = inner.choice("mean", ("participants", "total"), "participants")
        if mean == "total" and not (isinstance(value, x.Arith) and value.op == "/"):
            inner.complain(
                "S-MEAN", "mean: total 要求指标是“甲 / 乙”", "mean: total wants a value of the form a / b", "mean"
            )
        rounding = self.reader.below(inner, "round", data=inner.data.get("round"))
        rounding.check_keys(("to", "mode"))
        mode = self.reader.mode(rounding)
        step = self.reader.constant(rounding, rounding.data.get("to"), "to", dimension=value.dimension)
        if step is not None and step <= 0:
            rounding.complain("S-STEP", "舍入单位要大于零", "the rounding step must be above zero", "to")
            return None
        return None if step is None or mode is None else Base(mean=mean, step=step, mode=mode)

    def _goalposts(self, entry: Entry, spec: Any, dimension: Dimension) -> Scoring | None:
        if not isinstance(spec, list) or len(spec) != 2:
            entry.complain(
                "S-GOALPOSTS",
                "goalposts 写成 [低值, 高值], 带单位",
                "goalposts want [low, high] with units",
                "goalposts",
            )
            return None
        low, high = (self.reader.constant(entry, s, "goalposts", i, dimension=dimension) for i, s in enumerate(spec))
        if low is None or high is None:
            return None
        if low >= high:
            entry.complain(
                "S-GOALPOSTS",
                "低值要小于高值; 越低越好请写 direction: lower",
                "the low end must be below the high one",
                "goalposts",
            )
            return None
        return Scoring("goalposts", low=low, high=high, reach=self._reach(entry))

    def _bands(self, entry: Entry, dimension: Dimension) -> Scoring | None:
        inner = self.reader.below(entry, "bands", data=entry.data["bands"])
        inner.check_keys(("edges", "rows"))
        edges = read_edges_word(inner)
        bands = []
        for row in self.reader.rows(inner, "rows", required=True):
            row.check_keys(("from", "to", "points"))
            points = self.reader.points(row, row.data.get("points"), "points")
            low, high = read_ends(self.reader, row, dimension)
            bands.append(Band(low, high, points or Fraction(0)))
        check_bands(inner, bands)
        return Scoring("bands", bands=tuple(bands), edges=edges)

    def _unit(self, entry: Entry, value: x.Num, scoring: Scoring) -> Unit | None:
        """The unit that a value is printed in: declared, else that of its benchmark, else that of its variable."""
        given = entry.data.get("unit")
        try:
            if given is not None:
                return find_unit(str(given))
            if scoring.base is not None and scoring.base.text:
                return parse_quantity(scoring.base.text).unit
        except KaiwuError as error:
            if given is not None:
                entry.problems += [p.located(entry.document.where(*entry.path, "unit")) for p in error.problems]
        refs = [n for n in x.walk(value) if isinstance(n, x.Ref)]
        if len(refs) == 1 and refs[0].dimension == value.dimension:
            return refs[0].variable.unit
        return find_unit("%") if value.dimension == DIMENSIONLESS else None

    # -- treatments and limits ---------------------------------------------------------------------------

    def _treatment(self, entry: Entry, key: str, indicator: Indicator) -> Treatment:
        place, spec = self._own(entry, key)
        if spec is None and key == "missing":
            entry.complain(
                "S-MISSING",
                "没有声明缺数据怎样计分; missing: data_missing | mean_of_item | exclude | {neutral: 50%} | {points: -3分}",
                "what a missing value scores is not declared; missing: data_missing | mean_of_item | exclude | "
                "{neutral: 50%} | {points: -3分}",
            )
        if spec is None:
            return OPEN
        plain = {
            "mean_of_item": Treatment("mean", word="mean"),
            "exclude": Treatment("exclude", word="excluded"),
            "data_missing" if key == "missing" else "human": OPEN,
        }
        if isinstance(spec, str) and spec in plain:
            return plain[spec]
        if isinstance(spec, dict) and list(spec) == ["neutral"]:
            return Treatment(
                "share", self.reader.share(place, spec["neutral"], key, "neutral") or Fraction(0), "neutral"
            )
        if isinstance(spec, dict) and list(spec) == ["points"]:
            points = self.reader.points(place, spec["points"], key, "points")
            check_step(place, points, indicator.rounding, key, "points")
            return Treatment("points", points or Fraction(0), "declared")
        words = f"{', '.join(plain)}, {{neutral: 50%}}, {{points: -3分}}"
        place.complain("S-MISSING", f"“{key}”可写: {words}", f"“{key}” can be: {words}", key, text=str(spec))
        return OPEN

    def _limits(self, entry: Entry, rounding: Rounding) -> dict[str, Fraction | None]:
        limits: dict[str, Fraction | None] = {}
        for key in ("cap", "floor"):
            place, spec = self._own(entry, key)
            limits[key] = None if spec is None else self.reader.points(place, spec, key)
            check_step(place, limits[key], rounding, key)
        cap, floor = limits["cap"], limits["floor"]
        if cap is not None and floor is not None and floor > cap:
            entry.complain("S-LIMITS", "下限高于封顶", "the floor lies above the cap", "floor")
        return limits

    def _within(self, entry: Entry, indicator: Indicator) -> str:
        place, spec = self._own(entry, "within")
        if spec is None and self.has_leagues and indicator.is_relative:
            entry.complain(
                "S-WITHIN", "有分组时要声明平均、最好值在组内还是全体: within: league 或 all",
                "with leagues, say whether means and bests are of the league or of all: within: league or all",
            )  # fmt: skip
        if spec is not None and spec not in ("league", "all"):
            place.complain("S-WITHIN", "within 只能是 league 或 all", "within is league or all", "within")
        return str(spec or "all")


def check_step(entry: Entry, points: Fraction | None, rounding: Rounding, *keys: str | int) -> None:
    """A limit must be reachable by the rounding: else the printed points would pass it or fall short of it."""
    if points is not None and (points / rounding.step).denominator != 1:
        entry.complain("S-STEP", "要是舍入单位的整数倍", "must be a whole multiple of the rounding step", *keys)


def read_edges_word(entry: Entry) -> str:
    """``edges: '[)'`` (the lower end belongs to the row) or ``'(]'``; required, because texts leave it open."""
    edges = entry.data.get("edges")
    if edges in EDGES:
        return str(edges)
    entry.complain(
        "S-EDGES", "没有声明边界: edges: '[)'(含下限不含上限)或 '(]'(不含下限含上限)",
        "the edges are not declared: '[)' takes the lower end in, '(]' the upper one", *(["edges"] if edges else []),
    )  # fmt: skip
    return "[)"


def read_ends(reader: Reader, row: Entry, dimension: Dimension) -> tuple[Fraction | None, Fraction | None]:
    """``from`` and ``to`` of a row; an absent one is open."""
    ends = []
    for key in ("from", "to"):
        spec = row.data.get(key)
        ends.append(None if spec is None else reader.constant(row, spec, key, dimension=dimension))
    return ends[0], ends[1]


def check_bands(entry: Entry, bands: list[Band]) -> None:
    """Bands must touch: no gap, no overlap, none upside down, only the outermost open."""
    order = sorted(range(len(bands)), key=lambda i: (bands[i].low is not None, bands[i].low or 0))
    for i in order:
        low, high = bands[i].low, bands[i].high
        if low is not None and high is not None and low >= high:
            entry.complain("S-BAND", "下限要小于上限", "the lower end must be below the upper", "rows", i)
    for here, there in pairwise(order):
        high, low = bands[here].high, bands[there].low
        if low is None or high is None or high > low:
            entry.complain("S-BAND-OVERLAP", "与另一行重叠", "this row overlaps another one", "rows", there)
        elif high < low:
            entry.complain("S-BAND-GAP", "与前一行之间有空档", "there is a gap before this row", "rows", there)
