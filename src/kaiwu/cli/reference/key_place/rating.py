"""Keys of rulebooks of kind ``rating``."""

from __future__ import annotations

from kaiwu.cli.reference.key_place.place import GATE, HEAD, SCOPE, Place

_FILE = "rulebooks/*.yaml, kind rating"
_RATING = "kaiwu.rating"
_LOADER, _CLASSES, _INDICATOR = (f"{_RATING}.{n}" for n in ("loader", "class_loader", "indicator_loader"))

PLACES: tuple[Place, ...] = (
    Place(_FILE, "", f"{_LOADER}:load_book", {
        **HEAD, **SCOPE, "unit": "merging of entities that are rated as one", "leagues": "groups that are ranked apart", "exempt": "who is not rated (暂不参评)",
        "veto": "conditions that give a class whatever the score", "defaults": "settings of all indicators", "blocks": "groups of indicators with a weight",
        "indicators": "the indicators", "adjust": "points added or taken off", "total": "rounding, cap and floor of the total", "classes": "the classes",
        "ties": "share_rank, or {rule: [value …], then: share_rank | human}", "changes": "提档/降档 that a signer may decide", "full": "full points where they are not 100分",
    }),
    Place(_FILE, "unit", f"{_LOADER}:merge", {
        "merge": "variable whose equal values join entities (宗地编号)", "without": "entities without it: alone or pending", "sum": "variables added up; one missing makes the sum missing",
        "sum_known": "variables added up over the members that have them", "same": "variables that must agree", "any": "flags: yes where one is yes",
        "all": "flags: yes where all are yes", "recompute": "derived variables computed again from the merged ones",
    }),
    Place(_FILE, "leagues", f"{_LOADER}:leagues", {"by": "a category variable", "groups": "named conditions"}),
    Place(_FILE, "exempt[]", f"{_RATING}.reader:gate", {"class": "class given, where there is one", "until": "date until which the exemption runs"},
          (*GATE, "class", "until")),
    Place(_FILE, "veto[]", f"{_RATING}.reader:gate", {"class": "class that is given"}, (*GATE, "class")),
    Place(_FILE, "blocks[]", f"{_LOADER}:blocks", {"weight": "share of the total, in %", "full": "full points of the block"}),
    Place(_FILE, "defaults", f"{_LOADER}:indicators", {
        "missing": "data_missing, mean_of_item, exclude, {neutral: 50%} or {points: 0分}", "undefined": "the same for a divisor of zero; human: needs a finding",
        "cap": "most points of an indicator", "floor": "least points of an indicator", "within": "means and bests: league or all",
    }),
    Place(_FILE, "indicators[]", f"{_INDICATOR}:read", {
        "owner": "department that is asked", "value": "formula", "direction": "higher or lower is better", "weight": "points, equal, or {points, standing, source}",
        "score": "how a value becomes points: one method", "block": "block it belongs to", "unit": "unit it is printed in",
        "missing": "as in defaults", "undefined": "as in defaults", "cap": "most points", "floor": "least points", "within": "league or all",
    }),
    Place(_FILE, "indicators[].weight", f"{_INDICATOR}:_weight", {}),
    Place(_FILE, "indicators[].score", f"{_INDICATOR}:_scoring", {
        "benchmark": "value ÷ benchmark × weight", "best": "value ÷ best value × weight", "cost": "(2 − value ÷ benchmark) × weight, never below zero", "goalposts": "linear between two values",
        "minmax": "linear between lowest and highest", "rank": "by place", "bands": "rows with declared edges", "as_is": "the value is the points",
        "reach": "with goalposts, minmax, rank: share of the weight at both ends",
    }, ("benchmark", "best", "cost", "goalposts", "minmax", "rank", "bands", "as_is", "reach")),
    Place(_FILE, "indicators[].score.benchmark", f"{_INDICATOR}:_base", {"mean": "mean of the group as the benchmark", "round": "its rounding"}),
    Place(_FILE, "indicators[].score.benchmark.round", f"{_INDICATOR}:_base#2", {"to": "step", "mode": "half_up, down or up"}),
    Place(_FILE, "indicators[].score.bands", f"{_INDICATOR}:_bands", {"edges": "'[)' or '(]'", "rows": "the rows, touching"}),
    Place(_FILE, "indicators[].score.bands.rows[]", f"{_INDICATOR}:_bands#2", {}),
    Place(_FILE, "adjust[]", f"{_LOADER}:adjustments", {
        "points": "points added (or taken off), a formula", "max": "most", "min": "least", "unknown": "where the condition is not known: pending or none",
    }),
    Place(_FILE, "total", f"{_LOADER}:total", {"cap": "most points", "floor": "least points"}),
    Place(_FILE, "round", f"{_RATING}.reader:rounding", {"to": "step", "mode": "half_up, down or up"}),
    Place(_FILE, "classes", f"{_CLASSES}:classes", {
        "by": "share, count or cutoff", "rows": "classes, best first", "rounding": "how numbers of firms are rounded", "edges": "cut-offs: '[)' or '(]'",
        "vetoed": "vetoed entities count in shares: inside or outside",
    }),
    Place(_FILE, "classes.rows[]", f"{_CLASSES}:class_row", {
        "class": "code of the class", "share": "share of the entities, in %", "count": "number of entities", "from": "cut-off",
    }, ("class", "zh", "en", "share", "count", "from")),
    Place(_FILE, "ties", f"{_CLASSES}:ties", {"rule": "values compared in turn", "then": "share_rank or human"}),
    Place(_FILE, "ties.rule[]", f"{_CLASSES}:ties#2", {"value": "formula", "direction": "higher or lower is better"}),
    Place(_FILE, "changes", f"{_CLASSES}:changes", {"articles": "articles that allow it", "steps": "most classes up or down"}),
)  # fmt: skip
