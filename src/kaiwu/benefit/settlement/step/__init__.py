"""Kinds of steps (结算步骤), one file each: what it declares, what it does to amounts, how it says so."""

from __future__ import annotations

KINDS: dict[str, str] = {
    "item_cap": "kaiwu.benefit.settlement.step.item_cap",
    "same_matter": "kaiwu.benefit.settlement.step.same_matter",
    "either_or": "kaiwu.benefit.settlement.step.either_or",
    "all_level_cap": "kaiwu.benefit.settlement.step.all_level_cap",
    "firm_cap": "kaiwu.benefit.settlement.step.firm_cap",
    "contribution_cap": "kaiwu.benefit.settlement.step.contribution_cap",
    "pot": "kaiwu.benefit.settlement.step.pot",
    "round": "kaiwu.benefit.settlement.step.rounding",
    "minimum": "kaiwu.benefit.settlement.step.minimum",
    "instalments": "kaiwu.benefit.settlement.step.instalment",
    "claw_back": "kaiwu.benefit.settlement.step.claw_back",
}
"""Word of ``step:`` and the module that reads it, in the usual order of a settlement."""
