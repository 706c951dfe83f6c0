"""Keys of reserve pools."""

from __future__ import annotations

from kaiwu.cli.reference.key_place.place import Place

_FILE = "pools/*.yaml"
_LOADER = "kaiwu.allot.pool.loader"

PLACES: tuple[Place, ...] = (
    Place(_FILE, "", f"{_LOADER}:load_pool", {
        "pool": "code of the pool, unique in the whole library", "years": "[first, last] year of the pool", "modes": "modes of fission that it knows: innovation transformation chain added_value",
        "score": "where the score comes from and its scale", "lines": "the two lines of re-scoring", "trial": "how the lines are tried on perturbed scores before adoption",
        "batches": "batches by the days in which their projects were pooled", "resources": "resources of bundles", "promises": "commitments that contracts carry",
    }),
    Place(_FILE, "score", f"{_LOADER}:load_pool#2", {
        "rulebook": "rating that scores the projects; absent: scores are handed in as whole steps", "step": "step of the scale, such as 0.1分", "full": "highest score",
    }),
    Place(_FILE, "lines", f"{_LOADER}:_read_band", {"enter": "a candidate enters at this score or above", "leave": "a member leaves below this score; not above enter"}),
    Place(_FILE, "trial", f"{_LOADER}:_read_trial", {"noise": "error of a score either way", "runs": "years tried one after the other, 200 by default", "seed": "declared seed"}),
    Place(_FILE, "batches[]", f"{_LOADER}:_read_batch", {"from": "first day", "to": "last day"}),
    Place(_FILE, "resources[]", f"{_LOADER}:_read_resource", {
        "unit": "unit in which amounts are whole", "least": "share in % of a request below which it is useless, 100 by default", "price": "money that adds one unit, for the cheapest repair of a cut",
        "bundle": "land_floor talent_fund science_making energy emission",
    }),
    Place(_FILE, "promises[]", f"{_LOADER}:_read_promise", {
        "unit": "unit in which amounts are whole", "months": "months from signing to the check", "rate": "money for each unit short", "test": "at_least (default) or at_most",
    }),
)  # fmt: skip
