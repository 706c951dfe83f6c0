"""Options and arguments that several commands share.

Owns their names and wording; every command takes ``--json``, ``--quiet`` and ``--lang``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click

from kaiwu.cli.console import Speaker, reporting

Command = Callable[..., Any]


def speaking(function: Command) -> Command:
    """Give a command ``--json``, ``--quiet``, ``--lang`` and a ``speaker``; problems become a report."""

    @click.option("--json", "is_json", is_flag=True, help="只输出 JSON / print JSON only")
    @click.option("--quiet", "-q", "is_quiet", is_flag=True, help="少说话 / say less")
    @click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", envvar="KAIWU_LANG", help="语言 / language")
    @wraps(function)
    def wrapped(*args: Any, is_json: bool, is_quiet: bool, lang: str, **kwargs: Any) -> Any:
        speaker = Speaker(is_quiet=is_quiet, is_json=is_json, language=lang)
        with reporting(speaker):
            return function(*args, speaker=speaker, **kwargs)

    return wrapped


class Day(click.ParamType[dt.date]):
    """A date as ``2024-06-30``."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> dt.date:
        """Parse, or fail with the form that is wanted."""
        if isinstance(value, dt.date):
            return value
        try:
            return dt.date.fromisoformat(str(value))
        except ValueError:
            self.fail(f"日期要写成 2024-06-30 / a date such as 2024-06-30, not “{value}”", param, ctx)


FILE = click.Path(path_type=Path, dir_okay=False, exists=True)
"""A file that is there to be read."""
workspace_argument = click.argument("workspace", type=click.Path(path_type=Path, file_okay=False))
workspace_option = click.option(
    "--workspace",
    "-w",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    help="工作区 / workspace folder",
)
packs_option = click.option(
    "--packs", "pack_roots", type=click.Path(path_type=Path, file_okay=False, exists=True), multiple=True,
    help="内容包目录, 可多次 / folder of packs, may be repeated",
)  # fmt: skip
known_at_option = click.option("--known-at", type=Day(), default=None, help="按哪一天已知的数据 / as known on a day")


def today() -> dt.date:
    """The day of the command: the only clock that a run may be given."""
    return dt.datetime.now().astimezone().date()


def now() -> str:
    """The moment of the command, kept beside a run and never in a digest."""
    return dt.datetime.now().astimezone().isoformat(timespec="seconds")
