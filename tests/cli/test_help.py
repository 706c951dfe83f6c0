"""Every command and option speaks both languages, and JSON is one value wherever it is asked for."""

from __future__ import annotations

import re

import click
import pytest

from kaiwu.cli.main import own_commands, walk_commands

HAN = re.compile(r"[\u4e00-\u9fff]")
LATIN = re.compile(r"[A-Za-z]{3,}")


EVERY = list(walk_commands())


@pytest.mark.parametrize(("name", "command"), EVERY)
def test_every_command_says_what_it_does_in_both_languages(name, command):
    text = command.help or ""
    assert HAN.search(text), name
    assert LATIN.search(HAN.sub("", text)), name


@pytest.mark.parametrize(("name", "command"), EVERY)
def test_every_option_is_explained_in_both_languages(name, command):
    for option in command.params:
        if isinstance(option, click.Option):
            assert HAN.search(option.help or ""), f"{name} {option.opts}"
            assert LATIN.search(HAN.sub("", option.help or "")), f"{name} {option.opts}"


@pytest.mark.parametrize(("name", "command"), [each for each in EVERY if not isinstance(each[1], click.Group)])
def test_every_command_takes_json_quiet_and_language(name, command):
    names = {o for p in command.params for o in p.opts}
    assert {"--json", "--quiet", "--lang"} <= names, name


def test_help_lists_every_command(kaiwu):
    answer = kaiwu("--help")
    assert answer.code == 0
    for name in own_commands():
        assert re.search(rf"^  {name}\s", answer.out, re.M), name


def test_an_unknown_command_is_refused(kaiwu):
    assert kaiwu("nothing").code == 2


@pytest.mark.parametrize(
    "arguments", [("runs",), ("explain", "1", "F05", "-w"), ("replay", "1", "-w"), ("diff", "1", "1", "-w")]
)
def test_json_is_one_value_and_nothing_else(kaiwu, ran, arguments):
    answer = kaiwu(*arguments, ran, "--json")
    assert answer.code == 0
    assert answer.data is not None
    assert answer.err == ""


def test_problems_are_json_too(kaiwu, ran):
    answer = kaiwu("explain", "9", "F05", "-w", ran, "--json")
    assert answer.code == 2
    assert [p["code"] for p in answer.data["problems"]] == ["S-RUN"]
