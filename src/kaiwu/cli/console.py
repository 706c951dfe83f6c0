"""How commands speak: tables and sentences for people, JSON for programs, problems in both languages.

Owns output, progress and exit codes. 0 is success, 1 a found difference or failed check, 2 bad input.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from kaiwu.quantity import KaiwuError, Problem

EXIT_DIFFERENT = 1
EXIT_BAD_INPUT = 2


@dataclass(slots=True)
class Speaker:
    """Where a command's words go. ``is_json`` prints one JSON value on standard output and nothing else there."""

    is_quiet: bool = False
    is_json: bool = False
    language: str = "zh"

    @property
    def console(self) -> Console:
        """Standard output for people."""
        return Console(highlight=False, soft_wrap=True)

    @property
    def errors(self) -> Console:
        """Standard error: progress and problems."""
        return Console(stderr=True, highlight=False, soft_wrap=True)

    def pick(self, zh: str, en: str) -> str:
        """The wording in the chosen language."""
        return zh if self.language == "zh" else en

    def say(self, zh: str, en: str) -> None:
        """A sentence for people; silent when quiet or when JSON is wanted."""
        if not self.is_quiet and not self.is_json:
            self.console.print(self.pick(zh, en), markup=False)

    def data(self, value: Any) -> None:
        """The JSON result."""
        click.echo(json.dumps(value, ensure_ascii=False, indent=1, default=str))

    def table(
        self, title: str, columns: Sequence[str], rows: Sequence[Sequence[Any]], right: Sequence[int] = ()
    ) -> None:
        """A table for people, or a list of mappings as JSON."""
        if self.is_json:
            self.data([dict(zip(columns, row, strict=True)) for row in rows])
            return
        table = Table(title=title, title_justify="left")
        for i, column in enumerate(columns):
            table.add_column(column, justify="right" if i in right else "left", overflow="fold")
        for row in rows:
            table.add_row(*["" if cell is None else str(cell) for cell in row])
        console = self.console if sys.stdout.isatty() else Console(highlight=False, width=max(160, self.console.width))
        console.print(table)

    @contextmanager
    def progress(self, zh: str, en: str, total: int | None = None) -> Iterator[Progress]:
        """A progress bar on standard error; silent when quiet, with JSON, or when nobody watches."""
        hidden = self.is_quiet or self.is_json or not sys.stderr.isatty()
        bar = Progress(
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
            console=self.errors, disable=hidden, transient=True,
        )  # fmt: skip
        with bar:
            bar.add_task(self.pick(zh, en), total=total)
            yield bar

    def problems(self, problems: Sequence[Problem]) -> None:
        """Problems, each with code, place and both languages."""
        if self.is_json:
            self.data({"problems": [problem_data(p) for p in problems]})
            return
        for problem in problems:
            self.errors.print(str(problem), style="red", markup=False)


def problem_data(problem: Problem) -> dict[str, Any]:
    """A problem as JSON data."""
    return {k: getattr(problem, k) for k in ("code", "where", "zh", "en", "text", "at")}


@contextmanager
def reporting(speaker: Speaker) -> Iterator[None]:
    """Turn ``KaiwuError`` into a report and exit code 2."""
    try:
        yield
    except KaiwuError as error:
        speaker.problems(error.problems)
        raise SystemExit(EXIT_BAD_INPUT) from error
    except BrokenPipeError:
        raise SystemExit(0) from None
