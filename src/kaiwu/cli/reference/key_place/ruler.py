"""Keys of the file that ``kaiwu rate`` reads: a tree of indicators with its method."""

from __future__ import annotations

from kaiwu.cli.reference.key_place.place import Place

_RULER, _RULER_FILE = "kaiwu.rating.index.ruler", "METHOD.yaml of kaiwu rate"

PLACES: tuple[Place, ...] = (
    Place(_RULER_FILE, "", f"{_RULER}:parse_ruler", {
        "method": "code of the method", "indicators": "the tree: one row without parent is the index itself", "weights_sum": "what the weights below every parent must sum to",
        "steps": "the steps in their order; the same as in a method.yaml", "units": "column of the units' codes (default unit)", "names": "column of their names",
        "groups": "columns of groups such as league", "quota": "number of winners, or {LEAGUE: number}", "size": "column that measures size, for diagnose",
        "closes": "last day on which figures can still move; afterwards nothing is advised", "classes": "classes that advice may aim at",
        "levers": "real actions that advice may use", "synthetic": "true: every page and answer says that the figures are invented",
    }),
    Place(_RULER_FILE, "indicators[]", f"{_RULER}:_node", {
        "parent": "code of the node above", "weight": "share among its siblings (default 1)", "unit": "unit, as printed",
        "direction": "higher, lower, {near: …} or {inside: […]}; no default", "low": "lower goalpost", "high": "upper goalpost", "base": "benchmark of ratio",
        "target": "goal of target", "denominator": "column that divides it, with a denominate step", "owner": "department that gives it",
        "statistical": "true: a statistical figure; never advised on",
    }),
    Place(_RULER_FILE, "indicators[].direction", "kaiwu.rating.index.node_reader:read_direction", {
        "near": "the best value; both too little and too much cost score", "inside": "[low, high]: full marks inside", "span": "distance at which nothing is left",
    }),
    Place(_RULER_FILE, "classes[]", f"{_RULER}:_line", {"least": "least printed score of the class", "first": "or: how many places belong to it"}),
    Place(_RULER_FILE, "levers[]", f"{_RULER}:_lever", {
        "up": "how far the value can rise from the present one, in the indicator's unit", "down": "how far it can fall", "cost": "cost per unit of change, either way",
        "fixed": "cost of touching it at all", "decimals": "to which the advised value is rounded (default 2)",
    }),
)  # fmt: skip
