"""Follows a page of the documentation word for word: writes its files, types its commands, compares their output.

A fence ``yaml file=PATH`` is a file to write. A fence ``console`` holds commands after ``$`` and what they print; a line
of ``…`` alone stands for any lines, ``…`` within a line for any text; runs of blanks count as one. ``exit=1`` in
the fence is the exit code of its last command.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from click.testing import CliRunner

from kaiwu.cli.main import main

_FENCE = re.compile(r"^```(?P<kind>\w+)(?P<info>[^\n`]*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class FileBlock:
    """A file that the reader writes."""

    path: str
    text: str


@dataclass
class Command:
    """A command that the reader types, and what the page says that it prints."""

    line: str
    expected: list[str] = field(default_factory=list)
    exit_code: int = 0


def read_steps(page: str) -> list[FileBlock | Command]:
    """The files and commands of a page, in its order."""
    steps: list[FileBlock | Command] = []
    for match in _FENCE.finditer(page):
        info = dict(part.split("=", 1) for part in match["info"].split() if "=" in part)
        if "file" in info:
            steps.append(FileBlock(info["file"], match["body"]))
        elif match["kind"] == "console":
            commands = list(_read_commands(match["body"]))
            commands[-1].exit_code = int(info.get("exit", 0))
            steps += commands
    return steps


def _read_commands(body: str) -> Iterator[Command]:
    command: Command | None = None
    for line in body.splitlines():
        if line.startswith("$ "):
            if command is not None:
                yield command
            command = Command(line[2:])
        else:
            assert command is not None, f"output before any command: {line}"
            command.expected.append(line)
    if command is not None:
        yield command


class Reader:
    """Somebody who follows a page in an empty folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment: dict[str, str] = {}

    def follow(self, step: FileBlock | Command) -> str:
        """Write the file, or type the command and return what it printed."""
        if isinstance(step, FileBlock):
            path = self.folder / step.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(step.text, encoding="utf-8")
            return ""
        words = shlex.split(step.line)
        if words[0] == "export":
            name, _, value = words[1].partition("=")
            self.environment[name] = value
            return ""
        output, code = self._kaiwu(words[1:]) if words[0] == "kaiwu" else self._shell(step.line)
        assert code == step.exit_code, f"{step.line}: exit code {code}\n{output}"
        return output

    def _kaiwu(self, arguments: list[str]) -> tuple[str, int]:
        before = Path.cwd()
        os.chdir(self.folder)
        try:
            result = CliRunner(env={"KAIWU_LANG": "zh", **self.environment}).invoke(main, arguments)
        finally:
            os.chdir(before)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.output, result.exit_code

    def _shell(self, line: str) -> tuple[str, int]:
        done = subprocess.run(line, shell=True, cwd=self.folder, capture_output=True, text=True, check=False)
        return done.stdout + done.stderr, done.returncode


def find_difference(expected: list[str], output: str) -> str | None:
    """Where the output is not what the page says; None where it is."""
    wanted = [_level(line) for line in expected if line.strip()]
    actual = [_level(line) for line in output.splitlines() if line.strip()]
    position, is_free = 0, False
    for line in wanted:
        if line == "…":
            is_free = True
            continue
        pattern = re.compile(".*".join(re.escape(part) for part in line.split("…")))
        places = range(position, len(actual)) if is_free else range(position, min(position + 1, len(actual)))
        found = next((i for i in places if pattern.fullmatch(actual[i])), None)
        if found is None:
            return f"the page says\n  {line}\nthe program says\n  " + "\n  ".join(actual[position:])
        position, is_free = found + 1, False
    if position < len(actual) and not is_free:
        return "the program says more:\n  " + "\n  ".join(actual[position:])
    return None


def _level(line: str) -> str:
    return " ".join(line.split())
