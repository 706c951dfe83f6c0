"""The command ``kaiwu``: one group, its commands loaded when called.

Owns the list of commands. Other distributions add theirs by the entry point group ``kaiwu.commands``.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points

import click

from kaiwu.version import __version__

COMMANDS: dict[str, str] = {
    "init": "kaiwu.cli.workspace_command:init",
    "check": "kaiwu.cli.pack_command:check",
    "lint": "kaiwu.cli.pack_command:lint",
    "schemes": "kaiwu.cli.pack_command:schemes",
    "variables": "kaiwu.cli.pack_command:variables",
    "import": "kaiwu.cli.import_command:import_command",
    "resolve": "kaiwu.cli.resolve_command:resolve_group",
    "run": "kaiwu.cli.run_command:run",
    "runs": "kaiwu.cli.run_command:runs",
    "explain": "kaiwu.cli.run_command:explain",
    "sheet": "kaiwu.cli.paper_command:sheet",
    "notice": "kaiwu.cli.paper_command:notice",
    "replay": "kaiwu.cli.run_command:replay",
    "diff": "kaiwu.cli.run_command:diff",
    "object": "kaiwu.cli.run_command:object_to",
    "log": "kaiwu.cli.log_command:log_group",
    "claim": "kaiwu.cli.claim_command:claim_group",
    "pay": "kaiwu.cli.pay_command:pay_group",
    "ledger": "kaiwu.cli.ledger_command:ledger_group",
    "decide": "kaiwu.cli.decide_command:decide_command",
    "operation": "kaiwu.cli.operation_command:operation",
    "settle": "kaiwu.cli.settle_command:settle_command",
    "whatif": "kaiwu.cli.whatif_command:whatif_command",
    "rate": "kaiwu.cli.rate_command:rate_group",
    "allot": "kaiwu.cli.allot_command:allot_group",
    "pool": "kaiwu.cli.pool_command:pool_group",
    "match": "kaiwu.cli.match_command:match_group",
    "synth": "kaiwu.cli.synth_command:synth",
    "demo": "kaiwu.cli.demo_command:demo",
    "browse": "kaiwu.cli.demo_command:browse",
    "verify": "kaiwu.cli.verify_command:verify",
}


class Commands(click.Group):
    """A group that imports a command only when it is called, so that ``kaiwu --help`` is quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names in the order of a working day, then those of other distributions."""
        return [*COMMANDS, *sorted(_others())]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a name."""
        target = COMMANDS.get(cmd_name)
        if target is None:
            other = _others().get(cmd_name)
            return None if other is None else _as_command(other)
        module, _, name = target.partition(":")
        command: click.Command = getattr(import_module(module), name)
        return command


def walk_commands() -> Iterator[tuple[str, click.Command]]:
    """Every command of this distribution with its words (``log publish``), a group before its own; the platform's last."""
    for name in own_commands():
        command = main.get_command(click.Context(main), name)
        assert command is not None
        yield from _walk(name, command)


def _walk(name: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    yield name, command
    if isinstance(command, click.Group):
        for inner, each in command.commands.items():
            yield from _walk(f"{name} {inner}", each)


def own_commands() -> list[str]:
    """The names of this distribution's commands, the platform's last."""
    of_platform = (n for n, point in _others().items() if point.dist is not None and point.dist.name == "kaiwu")
    return [*COMMANDS, *sorted(of_platform)]


def _others() -> dict[str, EntryPoint]:
    return {point.name: point for point in entry_points(group="kaiwu.commands")}


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120})
@click.version_option(__version__, prog_name="kaiwu")
def main() -> None:
    """开物: 数据 → 规则 → 可解释、可重放的名单。Figures → rules → lists that are explained and replayed."""


def _as_command(point: EntryPoint) -> click.Command:
    command: click.Command = point.load()
    return command
