"""The page of commands, from click."""

from __future__ import annotations

import click

from kaiwu.cli.main import walk_commands
from kaiwu.cli.reference.markdown import code, page, table

SHARED = ("is_json", "is_quiet", "lang", "help")
LEAD = (
    "每个命令都有 `--json`(只输出 JSON)、`--quiet`、`--lang zh|en`(或环境变量 `KAIWU_LANG`)。退出码: 0 成功, 1 有不同或未通过, 2 输入有误。\n\n"
    "Every command takes `--json`, `--quiet` and `--lang zh|en` (or the variable `KAIWU_LANG`). "
    "Exit codes: 0 success, 1 a difference or a failed check, 2 bad input."
)


def describe_commands() -> str:
    """The page: one section for each command, in the order of a working day."""
    return page("Commands 命令", LEAD, *(_section(name, command) for name, command in walk_commands()))


def _section(name: str, command: click.Command) -> str:
    usage = " ".join(command.collect_usage_pieces(click.Context(command, info_name=name)))
    parts = [f"## {name}", f"`kaiwu {name} {usage}`", " ".join((command.help or "").split())]
    options = [p for p in command.params if isinstance(p, click.Option) and p.name not in SHARED]
    if options:
        parts.append(table(("option", "meaning", "default"), [_option(option) for option in options]))
    return "\n\n".join(parts)


def _option(option: click.Option) -> tuple[str, str, str]:
    names = ", ".join(code(name) for name in (*option.opts, *option.secondary_opts))
    if isinstance(option.type, click.Choice):
        names += " " + " | ".join(map(str, option.type.choices))
    shown = option.default
    is_plain = isinstance(shown, str | int) and not isinstance(shown, bool)
    required = "required" if option.required else ""
    return names, option.help or "", code(shown) if is_plain else required
