"""Who is meant: names against a register of 14,000, with codes and addresses, speed of the resolver and of the code check.

The names are evaluation data that lie outside the project: ``KAIWU_SHARED_DATA`` names their folder, else ``../shared/data``. python-stdnum
(LGPL) is timed by the interpreter that ``STDNUM_PYTHON`` names; it is installed only to be measured. Cross-validation is grouped by entity:
all mentions of a registered firm, and the absent ones nearest to it, are learnt from together or not at all.
"""

from __future__ import annotations

import csv
import datetime as dt
import os
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from kaiwu.identity import USCC, Code, Entity, EntityKind, Name, check_uscc_many
from kaiwu.identity.linking.answer import Hints, Link, LinkStatus, Mention
from kaiwu.identity.linking.evaluation import FOLDS, LinkScore, LinkTask, choose_best, learn_across, score_links
from kaiwu.identity.linking.resolver import Ranking, Resolver
from kaiwu.identity.naming.grammar import NameGrammar
from kaiwu.pack import open_library
from kaiwu.pack.name_shelf import open_grammar
from kaiwu.synth.mention_hint import invent_codes, invent_mention_codes, invent_places

DAY = dt.date(2025, 1, 1)
CODES = 1_000_000
ELSEWHERE = (
    ("Splink 5, names only", "0.82", "0.10"), ("char TF-IDF, names only", "0.89", "0.28"), ("three views + LightGBM, names only", "0.957", "0.76"),
    ("Splink, code on half and address", "0.93", "0.81"), ("code-first rule, code on half and address", "0.98", "0.96"),
)  # fmt: skip
STDNUM = """
import sys, time
from stdnum.cn import uscc
codes = sys.stdin.read().split()
start = time.perf_counter()
for code in codes:
    uscc.is_valid(code)
print(time.perf_counter() - start)
"""


def find_data() -> Path | None:
    """The folder of the evaluation data, where it is there."""
    root = Path(os.environ.get("KAIWU_SHARED_DATA", Path(__file__).parents[2] / "shared" / "data"))
    return root / "match" if (root / "match" / "er_registry.tsv").is_file() else None


def read_task(folder: Path) -> LinkTask:
    def read(path: Path) -> list[list[str]]:
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))[1:]

    mentions = read(folder / "dev" / "er_mentions.tsv")
    names = [row[1] for row in read(folder / "er_registry.tsv")]
    return LinkTask(names, [row[0] for row in mentions], np.array([int(row[1]) for row in mentions]))


def count_links(
    links: Sequence[Link], truth: npt.NDArray[np.int64], statuses: Sequence[LinkStatus]
) -> tuple[int, int, float]:
    """Links that hold without a person, how many of them are right, and the share of the registered firms found so."""
    own = [(int(link.entity), t) for link, t in zip(links, truth.tolist(), strict=True) if link.status in statuses]
    right = sum(entity == t for entity, t in own)
    return len(own), right, right / int((truth >= 0).sum())


def measure_links(task: LinkTask, resolver: Resolver, hand: Ranking, learnt: Ranking) -> list[str]:
    """What is linked without a person at the shipped thresholds, by hand and by learnt weights."""
    mentions = [Mention(text) for text in task.texts]
    firm = (LinkStatus.SAME, LinkStatus.FORMER_NAME)
    rows = []
    for title, ranking in (
        ("hand weights (in-sample)", hand),
        (f"learnt, {FOLDS}-fold by entity (development)", learnt),
    ):
        links = resolver.decide(mentions, ranking)
        asked = sum(link.status is LinkStatus.AMBIGUOUS for link in links) / len(links)
        for said, statuses in (("same or former name", firm), ("the same and group_of", (*firm, LinkStatus.GROUP_OF))):
            count, right, recall = count_links(links, task.truth, statuses)
            rows.append(f"| {title}: {said} | {count:,} | {right / count:.4f} | {recall:.4f} | {asked:.1%} |")
    return rows


def measure_names(task: LinkTask, grammar: NameGrammar) -> tuple[list[str], list[str]]:
    """Rows of resolution by names alone, and rows of what is linked at the shipped thresholds."""
    resolver = make_resolver(task, grammar)
    ranking = resolver.rank([Mention(t) for t in task.texts])
    learnt = learn_across(ranking, task.truth)
    best, found = choose_best(learnt, learnt.weights)
    is_group = np.array([p.is_group for p in ranking.parts])
    strict = np.where(is_group & ~np.array([f >= 0 and resolver.index.parts[f].is_group for f in found]), -1, found)
    rows = [
        line("names only, hand weights (in-sample)", score_links(*choose_best(ranking, ranking.weights), task.truth)),
        line(
            f"**names only, learnt, {FOLDS}-fold by entity** (reach 0.965 / 0.82)", score_links(best, found, task.truth)
        ),
        line("the same, where 某某集团 is never counted as 某某股份", score_links(best, strict, task.truth)),
    ]
    return rows, measure_links(task, resolver, ranking, learnt)


def measure_hints(task: LinkTask, grammar: NameGrammar) -> list[str]:
    own, told = invent_places(task, grammar)
    codes = invent_codes(len(task.names) + len(task.texts))
    resolver = make_resolver(task, grammar, codes, own)
    code = invent_mention_codes(task, codes)
    mentions = [Mention(text, Hints(place=place)) for text, place in zip(task.texts, told, strict=True)]
    ranking = resolver.rank(mentions)
    has_code = np.array([c != "" for c in code])
    with_code = np.flatnonzero(has_code).tolist()  # a code decides, and a valid one that nobody here bears vetoes
    coded = resolver.resolve_many([Mention(task.texts[i], Hints(code[i], told[i])) for i in with_code])
    rows = []
    for title, weights in (("hand weights", ranking.weights), ("learnt", learn_across(ranking, task.truth).weights)):
        best, found = choose_best(ranking, weights)
        best[has_code], found[has_code] = (
            [k.weight or 1.0 for k in coded],
            [int(k.entity) if k.is_linked else -1 for k in coded],
        )
        bold = "**" if title == "learnt" else ""
        rows.append(
            line(
                f"{bold}code on half of the mentions and addresses, {title}{bold} (reach 0.99 / 0.98)",
                score_links(best, found, task.truth),
            )
        )
    return rows


def make_resolver(
    task: LinkTask, grammar: NameGrammar, codes: Sequence[str] = (), places: Sequence[str] = ()
) -> Resolver:
    firms = [
        Entity(str(i), EntityKind.FIRM, (Name(name),), (Code(USCC, codes[i]),) if codes else ())
        for i, name in enumerate(task.names)
    ]
    return Resolver(firms, grammar, as_of=DAY, places={str(i): place for i, place in enumerate(places)})


def measure_speed(task: LinkTask, grammar: NameGrammar) -> list[str]:
    start = time.perf_counter()
    resolver = make_resolver(task, grammar)
    built = time.perf_counter() - start
    mentions = [Mention(t) for t in task.texts]
    resolver.resolve_many(mentions[:2000])
    ranked = best(lambda: resolver.rank(mentions[:8192]), 3)
    decided = best(lambda: resolver.resolve_many(mentions[:8192]), 3)
    one = best(lambda: [resolver.resolve(m.text) for m in mentions[:50]], 3) / 50
    added = best(lambda: resolver.add(Entity("new", EntityKind.FIRM, (Name("杭州新来的某某科技有限公司"),))), 5)
    count = min(len(mentions), 8192)
    return [
        f"| index of {len(task.names):,} names built | {built:.2f} s |",
        f"| **answers with hand weights** (reach 10,000/s) | {count / decided:,.0f} mentions/s |",
        f"| ranked and weighed, without making answers | {count / ranked:,.0f} mentions/s |",
        f"| one mention by itself | {one * 1000:.1f} ms |",
        f"| one more firm taken up | {added * 1000:.1f} ms |",
    ]


def measure_codes() -> list[str]:
    codes = invent_codes(20_000)
    many = codes * (CODES // len(codes))
    import polars as pl

    series = pl.Series(many)
    own = len(many) / best(lambda: check_uscc_many(series), 3)
    rows = [f"| **USCC check, vectorised** (reach 3 M/s) | {own:,.0f} codes/s |"]
    interpreter = os.environ.get("STDNUM_PYTHON")
    if interpreter:
        done = subprocess.run(
            [interpreter, "-c", STDNUM], input="\n".join(codes), capture_output=True, text=True, check=True
        )
        rate = len(codes) / float(done.stdout)
        rows.append(f"| python-stdnum, the same codes | {rate:,.0f} codes/s ({own / rate:,.0f} times) |")
    else:
        rows.append("| python-stdnum, measured elsewhere | 55,000 codes/s |")
    return rows


def best(work: object, loops: int) -> float:
    """Seconds of the fastest of some calls."""
    out = []
    for _ in range(loops):
        start = time.perf_counter()
        work()  # type: ignore[operator]
        out.append(time.perf_counter() - start)
    return min(out)


def line(title: str, found: LinkScore) -> str:
    return f"| {title} | {found.f1:.4f} | {found.safe_recall:.4f} |"


def main() -> None:
    grammar = open_grammar(open_library(["zhejiang"]))
    folder = find_data()
    if folder is None:
        print("The evaluation data are not here: name their folder by `KAIWU_SHARED_DATA`.\n")
    else:
        task = read_task(folder)
        rows, links = measure_names(task, grammar)
        print("| resolution | best F1 | recall at P ≥ 0.99 |\n|---|---:|---:|")
        print("\n".join([*rows, *measure_hints(task, grammar)]))
        print("\n".join(f"| {title} (measured elsewhere) | {f1} | {recall} |" for title, f1, recall in ELSEWHERE))
        absent = (task.truth < 0).mean()
        print(
            f"\n{len(task.texts):,} mentions, {absent:.0%} of firms that are not in the register of {len(task.names):,}.\n"
        )
        print(
            "| linked without a person, names only | links | precision | recall | left to a person |\n|---|---:|---:|---:|---:|"
        )
        print("\n".join(links) + "\n")
    print("| speed, one core | |\n|---|---:|")
    print("\n".join([*(measure_speed(task, grammar) if folder is not None else []), *measure_codes()]))


if __name__ == "__main__":
    main()
