"""What the commands ``rate …`` read and say alike: the method file, the table of values, the label of invented figures.

Owns the two arguments and how numbers that are none are printed as JSON.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from kaiwu.cli.console import Speaker
from kaiwu.cli.option import FILE, Command
from kaiwu.rating.index import IndexModel
from kaiwu.rating.index.ruler import Ruler, read_ruler
from kaiwu.rating.index.value_table import read_values


def on_files(function: Command) -> Command:
    """Give a command the method file and the table of values."""
    return click.argument("method", type=FILE)(click.argument("values", type=FILE)(function))


def open_model(method: Path, values: Path) -> tuple[Ruler, IndexModel]:
    """The checked ruler and the model over the values."""
    ruler = read_ruler(method)
    return ruler, ruler.model(read_values(values, ruler))


def tell_synthetic(ruler: Ruler, speaker: Speaker) -> None:
    """Say that figures are invented where the ruler says so."""
    if ruler.is_synthetic:
        speaker.say("合成数据, 非真实单位", "synthetic data, no real units")


def plain(value: Any) -> Any:
    """Numbers and lists that JSON knows; what is not a number is null."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, Mapping):
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    return None if isinstance(value, float) and math.isnan(value) else value
