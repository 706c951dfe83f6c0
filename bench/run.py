"""Runs benchmarks and writes ``docs/benchmarks.md``: one section each, with the command that makes it.

Each benchmark is a program that prints a Markdown table; this one only gathers. Absolute times belong to one machine,
ratios carry over.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
PAGE = HERE.parent / "docs" / "benchmarks.md"
# name -> (title, what is compared)
SECTIONS: dict[str, tuple[str, str]] = {
    "rules_million": (
        "101 rules over a million firms",
        "Polars engine against hand-written Polars of the same rules, NumPy truth planes, and openfisca-core where a Python that has it is named "
        "by `OPENFISCA_PYTHON` (installed only to be measured).",
    ),
    "rules_many": ("107,000 rules over 14,000 firms", "6,000 policies from the cached pack: load, decide, memory."),
    "agree": (
        "Two evaluators",
        "Random decisions with 30 % of the figures missing; differences in answers and amounts to the fen.",
    ),
    "sql_spark": (
        "SQL on Spark",
        "The emitted SQL on a local Spark against the exact reference and DuckDB, byte for byte; by the interpreter that `SPARK_PYTHON` names "
        "(it needs PySpark, Java 17 and this project).",
    ),
    "permu": (
        "A yearly evaluation with 300 objections",
        "5,000 firms: run, uphold 300 objections, run again, replay both.",
    ),
    "index": (
        "Composite indices in bulk",
        "Ranks under thousands of other methods and of noise in every cell; scikit-criteria and pymcdm on the same table where a Python that has them "
        "is named by `SCIKIT_CRITERIA_PYTHON` (installed only to be measured).",
    ),
    "certainty": (
        "How certain places are",
        "Sobol' indices for every unit, intervals, gaps and verified advice; SALib on the same outputs where a Python that has it is named by "
        "`SALIB_PYTHON` (installed only to be measured).",
    ),
    "rubric": (
        "Four national point tables over 14,000 firms",
        "Every item as an interval with a third of the cells missing; gates, direct passes and verdicts included.",
    ),
    "district": ("A synthetic district, end to end", "Make, import, run, replay."),
    "log": (
        "The tamper-evident log of a million leaves",
        "Append, prove, re-verify, 400 flipped bits; pymerkle where a Python that has it is named by `PYMERKLE_PYTHON` (GPL: only measured).",
    ),
    "ledger": (
        "The ledger",
        "Durable double entry on SQLite and on PostgreSQL in the same run: a million entries, 64 writers on one pot, writers killed at random, flipped bits "
        "(the peer is SQLite's own integrity check). A quiet machine can run `--kills 10000 --runs 1000` of `bench/ledger.py`.",
    ),
    "settle": (
        "14,000 claims settled",
        "One row for each policy order: caps and a pot by first come, rank, shares, water-filling or quota; every award equal to the slow reference.",
    ),
    "assignment": (
        "850,000 edges assigned with prices",
        "Network, flow, the price of every supplier and the proof of the optimum, against OR-Tools' bare minimum-cost flow on the same network in the same run.",
    ),
    "match": (
        "85,000 items against 14,000 firms",
        "Text retrieval with tokenising, each contender in a process of its own: bm25s, tantivy and sparse_dot_topn where they are installed; then one query "
        "with masks and reasons over 85,000 offers, and an added offer. `KAIWU_PRODUCT_NAMES` names a file of real product names.",
    ),
    "blocks": (
        "Contiguity and blocks of land",
        "50,000 plots; blocks by counted moves against HiGHS on the same mixed-integer programme, and their spread over eight seeds.",
    ),
    "allot": (
        "A land round with every explanation",
        "Order, placement and all explanations of the priority rule; 200 of them run again just above and just below; the record derived again by the independent checker.",
    ),
    "allot_adviser": (
        "The adviser at 500 applicants and 300 plots",
        "A plan by counted moves against the proven bound of the linear relaxation, and the priority rule's price.",
    ),
    "identity": (
        "Who is meant",
        "9,833 mentions against 14,000 names, with and without codes and addresses; the resolver's speed; the check of credit codes. The names lie outside the "
        "project (`KAIWU_SHARED_DATA`); python-stdnum where a Python that has it is named by `STDNUM_PYTHON` (LGPL: only measured). Peers on the same kind of "
        "data were measured elsewhere.",
    ),
    "serving": (
        "The platform with 14,000 firms",
        "One process of `kaiwu serve` over SQLite: pages over a socket, fifty people at once, Excel, start and memory.",
    ),
    "import_time": ("Start-up", "`import kaiwu` in a fresh interpreter."),
}


def machine() -> str:
    """The machine in one line."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**30
    return f"{os.cpu_count()} cores, {memory} GiB, Python {platform.python_version()}, {platform.system()} {platform.machine()}"


def run(name: str) -> str:
    """The output of one benchmark; its failure is shown in place of the table."""
    peer = os.environ.get("OPENFISCA_PYTHON")
    more = ["--openfisca", peer] if name == "rules_million" and peer else []
    merkle = os.environ.get("PYMERKLE_PYTHON")
    more += ["--pymerkle", merkle] if name == "log" and merkle else []
    interpreter = os.environ.get("SPARK_PYTHON", sys.executable) if name == "sql_spark" else sys.executable
    done = subprocess.run([interpreter, str(HERE / f"{name}.py"), *more], capture_output=True, text=True)
    if done.returncode:
        return f"Failed:\n\n```\n{done.stderr.strip()[-2000:]}\n```"
    return done.stdout.strip()


def read_sections() -> dict[str, str]:
    """The bodies that the page has now, by name."""
    if not PAGE.is_file():
        return {}
    parts = PAGE.read_text(encoding="utf-8").split("<!-- bench:")[1:]
    return {part.split(" -->", 1)[0]: part.split(" -->", 1)[1].split("<!-- end -->")[0].strip() for part in parts}


def main() -> None:
    wanted = sys.argv[1:] or [n for n in SECTIONS if (HERE / f"{n}.py").is_file()]
    bodies = read_sections()
    for name in wanted:
        print(f"{name} …", file=sys.stderr)
        bodies[name] = f"{run(name)}\n\n{machine()}."
    lines = [
        "# Benchmarks",
        "",
        "Made by `script/bench` (all) or `script/bench NAME` (one section). Times are of one machine; ratios carry over.",
        "",
    ]
    for name, (title, text) in SECTIONS.items():
        if name in bodies:
            lines += [
                f"## {title}",
                "",
                f"{text} `script/bench {name}`",
                "",
                f"<!-- bench:{name} -->",
                bodies[name],
                "<!-- end -->",
                "",
            ]
    PAGE.write_text("\n".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
