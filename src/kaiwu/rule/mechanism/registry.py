"""The table of mechanisms (机制): the key that a content file writes, and the function that rewrites it.

Owns names only; the functions are found when a file uses them.
"""

from __future__ import annotations

MECHANISMS: dict[str, str] = {
    "tiers": "kaiwu.rule.mechanism.tier:rewrite",
    "marginal": "kaiwu.rule.mechanism.marginal:rewrite",
    "cases": "kaiwu.rule.mechanism.case:rewrite",
    "by_value": "kaiwu.rule.mechanism.by_value:rewrite",
    "share": "kaiwu.rule.mechanism.share:rewrite",
    "capped": "kaiwu.rule.mechanism.cap:rewrite",
    "smallest": "kaiwu.rule.mechanism.smallest:rewrite",
    "highest": "kaiwu.rule.mechanism.highest:rewrite",
    "sum": "kaiwu.rule.mechanism.total:rewrite",
    "mean": "kaiwu.rule.mechanism.mean:rewrite",
    "per_unit": "kaiwu.rule.mechanism.per_unit:rewrite",
    "interest": "kaiwu.rule.mechanism.interest:rewrite",
    "first_time": "kaiwu.rule.mechanism.first_time:rewrite",
    "increment": "kaiwu.rule.mechanism.increment:rewrite",
    "top_up": "kaiwu.rule.mechanism.top_up:rewrite",
    "uplift": "kaiwu.rule.mechanism.uplift:rewrite",
    "matching": "kaiwu.rule.mechanism.matching:rewrite",
    "declining": "kaiwu.rule.mechanism.declining:rewrite",
}
"""Key in a content file -> ``module:function``. A key is part of the pack format: it is added, never renamed."""
