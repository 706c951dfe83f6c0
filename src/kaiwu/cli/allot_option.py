"""Options that the commands of land rounds share, and the desk that they open.

Owns nothing else.
"""

from __future__ import annotations

from pathlib import Path

import click

from kaiwu.cli.option import Day, today
from kaiwu.procedure import open_workspace
from kaiwu.procedure.allot.desk import Desk, open_land_desk

round_argument = click.argument("round_code", metavar="ROUND")
day_option = click.option("--day", type=Day(), default=today, help="哪一天, 默认今天 / on which day, default today")
signer_option = click.option("--signer", required=True, help="签署人 / who signs")
by_option = click.option("--by", "by", default="", help="经办人 / who does it")
out_option = click.option("--out", "-o", type=click.Path(path_type=Path, dir_okay=False), required=True, help="写到哪个文件 / file to write")  # fmt: skip


def desk_of(workspace: Path) -> Desk:
    """The desk of the workspace of a folder."""
    return open_land_desk(open_workspace(workspace))
