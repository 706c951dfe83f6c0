"""The page ``docs/mechanisms.md``: one section per mechanism, made from the example files.

Owns the wording of the page only. ``python -m kaiwu.rule.mechanism.description docs/mechanisms.md`` writes it; a test
compares.
"""

from __future__ import annotations

import sys
from pathlib import Path

from kaiwu.rule.mechanism import MECHANISMS
from kaiwu.rule.mechanism.example import Case, Example, ExampleFile, read_examples
from kaiwu.table import Document

HEAD = """# Mechanisms

An amount of a clause is a formula or one mechanism (机制). A mechanism is a small YAML mapping that is rewritten into a formula of the
rule language when the pack is loaded, so that it is checked, bounded, explained and replayed like any other formula; mistakes are
reported at the key where they were made.

- Wherever a mechanism takes a formula it also takes another mechanism. Rows and items with `when` count only where their condition
  holds.
- `rate` is a share of a declared `base`, `amount` is money, `value` is anything else (a rate, a score): a row has exactly one of them.
- Numbers carry their unit. Edges, the reading of a fall, of several uplifts or of a part of a step are declared, never assumed.
- Where a figure is missing the result is the interval `[lowest, highest]` that the declared bounds of the figure allow.

This page is made from `src/kaiwu/rule/mechanism/examples/*.yaml`, which the tests compute with every engine. A clause cited as *shape*
lends its form; figures that its text leaves open are said to be examples.
"""


def describe_mechanisms() -> str:
    """The whole page as Markdown."""
    files = [read_examples(key) for key in MECHANISMS]
    contents = " · ".join(f"[{file.zh} {file.mechanism}](#{_anchor(file)})" for file in files)
    return "\n".join([HEAD, contents, *(_section(file) for file in files)])


def _title(file: ExampleFile) -> str:
    return f"{file.mechanism} ({file.zh}): {file.en[0].lower()}{file.en[1:]}"


def _anchor(file: ExampleFile) -> str:
    kept = [c for c in _title(file).lower() if c.isalnum() or c in " -_"]
    return "".join(kept).replace(" ", "-")


def _section(file: ExampleFile) -> str:
    lines = ["", f"## {_title(file)}", file.says, ""]
    if file.keys:
        lines += ["| key | meaning |", "|---|---|", *(f"| `{key}` | {says} |" for key, says in file.keys.items()), ""]
    else:
        lines += [
            "A list of two or more formulas, mechanisms or `{when, amount}` (`{when, value}` where it is no money).",
            "",
        ]
    return "\n".join([*lines, *_example(file, file.examples[0])])


def _example(file: ExampleFile, example: Example) -> list[str]:
    shape = f" (shape: {example.source})" if example.source else ""
    formula = file.context().part(example.spec, example.path).raw
    return [
        f"{example.name}{shape}:",
        "```yaml",
        *_source(file.document, example),
        "```",
        f"becomes `{formula}`",
        "",
        "| facts | amount | because |",
        "|---|---|---|",
        *(_case(case) for case in example.cases),
    ]


def _source(document: Document, example: Example) -> list[str]:
    """The lines of the spec as they stand in the file, without their indentation."""
    first = document.places[example.path][0] - 1
    indent = document.places[example.path][1] - 1
    lines = []
    for line in document.text.splitlines()[first:]:
        if line.strip() and len(line) - len(line.lstrip()) < indent:
            break
        lines.append(line[indent:])
    return lines


def _case(case: Case) -> str:
    facts = ", ".join(f"{name} {value}" for name, value in case.facts.items()) or "none known"
    expect = f"[{case.expect[0]}, {case.expect[1]}]" if isinstance(case.expect, list) else case.expect
    return f"| {facts} | {expect} | {case.cites} |"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(describe_mechanisms() + "\n", encoding="utf-8")
