"""The group ``kaiwu match``: from a need to the offers that can meet it.

Owns the order of its commands; each stands in a module of its own.
"""

from __future__ import annotations

import click

from kaiwu.cli.match_evaluate_command import evaluate
from kaiwu.cli.match_find_command import find

match_group = click.Group(
    "match",
    help="供需对接: 检索、评测。Needs and offers: find, evaluate.",
    commands=[find, evaluate],
)
