"""Options that the commands of reserve pools share, and the desk that they open.

Owns nothing else.
"""

from __future__ import annotations

from pathlib import Path

import click

from kaiwu.procedure import open_workspace
from kaiwu.procedure.pool.desk import PoolDesk, open_pool_desk

pool_option = click.option("--pool", "code", default="", help="项目库代码, 只有一个时可省 / code of the pool, needed where there are several")  # fmt: skip
table_argument = click.argument("source", type=click.Path(path_type=Path, dir_okay=False, exists=True))


def desk_of(workspace: Path, code: str) -> PoolDesk:
    """The desk of a pool of a workspace."""
    return open_pool_desk(open_workspace(workspace), code)


def print_yi(fen: int) -> str:
    """An amount in 亿元, to the second decimal."""
    return f"{fen / 10_000_000_000:.2f}"
