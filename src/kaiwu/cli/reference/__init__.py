"""The generated reference (参考): pages that are read off the program, so that they cannot fall behind it.

Owns which pages there are. ``python -m kaiwu.cli.reference docs/reference`` writes them; a test compares.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from kaiwu.cli.reference.command_page import describe_commands
from kaiwu.cli.reference.key_page import describe_keys
from kaiwu.cli.reference.library_page import describe_schemes, describe_variables
from kaiwu.cli.reference.problem_page import describe_problems
from kaiwu.cli.reference.unit_page import describe_units
from kaiwu.cli.reference.verb_page import describe_verbs
from kaiwu.cli.reference.word_page import describe_words

PAGES: Mapping[str, Callable[[], str]] = {
    "commands.md": describe_commands,
    "errors.md": describe_problems,
    "functions-and-words.md": describe_words,
    "pack-keys.md": describe_keys,
    "python.md": describe_verbs,
    "schemes.md": describe_schemes,
    "units.md": describe_units,
    "variables.md": describe_variables,
}
"""File name -> what makes it."""
