"""The group ``kaiwu allot``: the commands of a land round, in the order of the work.

Owns the order; what a step may be is ``kaiwu.procedure.allot``.
"""

from __future__ import annotations

import click

from kaiwu.cli import allot_advise_command as advise
from kaiwu.cli import allot_decide_command as decide
from kaiwu.cli import allot_land_command as land
from kaiwu.cli import allot_paper_command as paper
from kaiwu.cli import allot_round_command as round_

allot_group = click.Group(
    "allot",
    help="数据竞地: 试算、采用、抽签承诺、排序、公示、异议、供应、核验。Land by data: previewed, adopted, drawn, ordered, noticed, appealed, supplied, verified.",
    commands=[
        *(round_.preview, round_.adopt, round_.seed, round_.run),
        *(
            decide.explain_command,
            decide.exception,
            paper.notice,
            paper.page,
            decide.appeal_command,
            decide.final,
            decide.supply,
        ),
        *(decide.state, paper.verify),
        *(advise.advise, land.blocks, land.map_command),
    ],
)
