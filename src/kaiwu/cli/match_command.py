"""The group ``kaiwu match``: from a need to the offers that can meet it, and to what became of them.

Owns the order of its commands; each stands in a module of its own.
"""

from __future__ import annotations

import click

from kaiwu.cli.match_assign_command import assign_command
from kaiwu.cli.match_evaluate_command import evaluate
from kaiwu.cli.match_find_command import find
from kaiwu.cli.match_firm_command import finds_command, samples_command, spaces_command
from kaiwu.cli.match_market_command import funnel_command, import_market, invite_command

match_group = click.Group(
    "match",
    help="供需对接: 检索、评测、导入、邀请、分配、漏斗、四找、空间、样本。Needs and offers: find, evaluate, import, invite, assign, funnel, four finds, spaces, samples.",
    commands=[
        find, evaluate, import_market, invite_command, assign_command, funnel_command, finds_command, spaces_command, samples_command,
    ],
)  # fmt: skip
