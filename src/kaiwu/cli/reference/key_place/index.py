"""Keys of rulebooks of kind ``index`` and of a method file."""

from __future__ import annotations

from kaiwu.cli.reference.key_place.place import HEAD, Place

_INDEX, _METHOD, _STEPS = (f"kaiwu.rating.index.{n}" for n in ("loader", "method", "step_reader"))
_INDEX_FILE = "rulebooks/*.yaml, kind index"

PLACES: tuple[Place, ...] = (
    Place(_INDEX_FILE, "", f"{_INDEX}:load", {
        **HEAD, "scope": "condition: who takes part at all", "league": "category variable; steps and places may keep to it as “league”",
        "indicators": "the tree: one row without parent is the index itself", "weights_sum": "what the weights below every parent must sum to, exactly",
        "steps": "the steps in their order; the same as in a method.yaml",
        "classes": "class table, as in a rating: shares, counts or cut-offs inside the grouping within which rank gives places",
        "ties": "as in a rating: who stands first among equal scores; absent: a tie across an edge is left to a human",
        "changes": "as in a rating: articles and limits of signed changes of class",
    }),
    Place(_INDEX_FILE, "indicators[]", f"{_INDEX}:_node", {
        "parent": "code of the node above", "weight": "share among its siblings (default 1)", "of": "formula of an indicator", "unit": "unit in which its value is read",
        "direction": "higher, lower, {near: …} or {inside: […]}; no default", "low": "lower goalpost, a number in unit", "high": "upper goalpost",
        "base": "benchmark of ratio", "target": "goal of target", "owner": "department that gives it",
    }),
    Place(_INDEX_FILE, "indicators[].direction", "kaiwu.rating.index.node_reader:read_direction", {
        "near": "the best value; both too little and too much cost score", "inside": "[low, high]: full marks inside", "span": "distance at which nothing is left",
    }),
    Place("method.yaml", "", f"{_METHOD}:parse_method", {
        "method": "code of the method", "weights_sum": "what the weights below every parent must sum to", "steps": "the steps in their order",
    }),
    Place("method.yaml", "steps[].denominate", f"{_STEPS}:_read_denominate", {"by": "INDICATOR: column that divides it; none: not divided"}),
    Place("method.yaml", "steps[].screen", f"{_STEPS}:_read_screen", {
        "available": "least share of present cells of a unit (included)", "nonzero": "least share of non-zero cells among them", "under": "true: in every block too",
    }),
    Place("method.yaml", "steps[].impute", f"{_STEPS}:_read_impute", {
        "by": "keep mean median group_mean group_median neighbour carry interpolate mean_score block_mean value", "group": "grouping of group_mean and group_median",
        "neighbours": "how many of the nearest units", "value": "the constant", "least": "present cells that a mean needs", "reach": "years a value may be carried",
        "indicators": "INDICATOR: {settings} or none, on top of the general ones",
    }),
    Place("method.yaml", "steps[].treat", f"{_STEPS}:_read_treat", {
        "skew": "a column passes below this |skewness| …", "kurt": "… or below this kurtosis", "winsorise": "most cells to move in; all; 0",
        "then": "none log_shift log log_range box_cox, where moving does not help", "combine": "true: bend the moved column, not the raw one",
        "always": "true: bend without testing", "power": "exponent of box_cox; absent: by likelihood", "indicators": "INDICATOR: {settings} or none",
    }),
    Place("method.yaml", "steps[].normalise", f"{_STEPS}:_read_normalise", {
        "by": "none min_max goalposts z_score rank borda percentile target ratio bands maximum vector sum", "to": "[low, high] of the scale; mean and deviation for z_score",
        "low": "lower goalpost", "high": "upper goalpost", "base": "benchmark of ratio", "target": "goal of target", "cap": "most score", "floor": "least score",
        "penalty": "[below, times]: score of a ratio under a line is −times × its distance in benchmarks", "log": "true: logarithms first (min_max, goalposts)",
        "ddof": "1 sample, 0 population deviation", "bands": "rows {from, to, points} that touch", "edges": "'[)' or '(]' of the bands",
        "constant": "score of an indicator that does not vary; absent: refused", "zero": "score of values that are not positive, in a ratio where lower is better; absent: refused", "decimals": "rounding of each score, half away from zero", "base_year": "year whose extremes and means are used, or pooled", "within": "grouping within which it is done",
        "indicators": "INDICATOR: {settings} or none",
    }),
    Place("method.yaml", "steps[].normalise.bands[]", f"{_STEPS}:_bands", {"points": "score of the band, a plain number"}),
    Place("method.yaml", "steps[].weigh", f"{_STEPS}:_read_weigh", {
        "by": "given equal expert ahp entropy critic variation merec gini components influence", "over": "leaves: among all indicators; siblings: below each parent",
        "variant": "entropy: share shifted min_max; components: first explained; expert: mean median root", "shift": "of shifted entropy, in ranges", "keep": "variance that the components explain",
        "ddof": "1 or 0", "join": "none multiply linear root: with the tree's weights", "share": "of the found weights in linear", "weights": "NODE: weight, over the tree's",
        "experts": "rows INDICATOR: weight, one per expert", "pairs": "PARENT: comparison of its children", "largest_ratio": "highest consistency ratio", "targets": "INDICATOR: wanted influence",
    }),
    Place("method.yaml", "steps[].weigh.pairs.PARENT", f"{_STEPS}:_pairs", {"of": "the children in order", "matrix": "reciprocal judgements, fractions in quotes"}),
    Place("method.yaml", "steps[].aggregate", f"{_STEPS}:_read_aggregate", {
        "by": "arithmetic geometric harmonic power mpi owa minimum maximum median copeland topsis vikor frontier", "power": "exponent", "sign": "mpi: '-' punishes imbalance, '+' rewards it",
        "order": "owa weights from the best child down", "regret": "VIKOR's v", "low": "frontier: least share of an indicator in a unit's score", "high": "frontier: most",
        "missing": "skip: weights of the others are scaled up; spread: the parent is missing too", "least": "share of the weights that must be present", "to": "stretch of scores in 0 … 1",
        "flat": "true: all indicators at once, without blocks", "decimals": "rounding of each aggregate before it enters the next", "aggregates": "NODE: {settings}",
    }),
    Place("method.yaml", "steps[].rank", f"{_STEPS}:_read_rank", {
        "decimals": "of the printed score on which places are given; none: unrounded", "ties": "min max dense average", "within": "grouping within which places are given",
    }),
)  # fmt: skip
