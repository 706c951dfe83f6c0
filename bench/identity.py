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
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from kaiwu.identity import USCC, Code, Entity, EntityKind, Name, check_uscc_many, make_uscc
from kaiwu.identity.linking.answer import Hints, Link, LinkStatus, Mention
from kaiwu.identity.linking.learned import fit_ranker
from kaiwu.identity.linking.resolver import Ranking, Resolver
from kaiwu.identity.naming.grammar import NameGrammar
from kaiwu.identity.naming.reading import NameReader
from kaiwu.pack import open_library
from kaiwu.pack.name_shelf import open_grammar

FOLDS = 5
SEED = 20260101
DAY = dt.date(2025, 1, 1)
CODES = 1_000_000
TOWNS = 12  # of each city, invented
MOVED, SILENT = 0.1, 0.2  # addresses that say another place, and mentions without one
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


@dataclass(frozen=True, slots=True)
class Task:
    """Mentions, the row of the register that each means (-1: none), and the register's names."""

    names: list[str]
    texts: list[str]
    truth: npt.NDArray[np.int64]


def find_data() -> Path | None:
    """The folder of the evaluation data, where it is there."""
    root = Path(os.environ.get("KAIWU_SHARED_DATA", Path(__file__).parents[2] / "shared" / "data"))
    return root / "match" if (root / "match" / "er_registry.tsv").is_file() else None


def read_task(folder: Path) -> Task:
    def read(path: Path) -> list[list[str]]:
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))[1:]

    mentions = read(folder / "dev" / "er_mentions.tsv")
    names = [row[1] for row in read(folder / "er_registry.tsv")]
    return Task(names, [row[0] for row in mentions], np.array([int(row[1]) for row in mentions]))


def score(
    weights: npt.NDArray[np.float64], found: npt.NDArray[np.int64], truth: npt.NDArray[np.int64]
) -> tuple[float, float]:
    """Best F1 over all thresholds, and the greatest recall at a precision of 0.99 or more."""
    order = np.argsort(-weights, kind="stable")
    order = order[found[order] >= 0]
    right = np.cumsum(found[order] == truth[order])
    precision, recall = right / np.arange(1, len(order) + 1), right / (truth >= 0).sum()
    f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-9)
    safe = recall[precision >= 0.99]
    return float(f1.max()), float(safe.max(initial=0.0))


def choose(ranking: Ranking, weights: npt.NDArray[np.float32]) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]:
    """The best entry of each mention and its weight; a branch means no registered firm."""
    count = len(ranking.parts)
    order = np.lexsort((ranking.pairs.entry, -weights, ranking.pairs.mention))
    first = np.searchsorted(ranking.pairs.mention[order], np.arange(count))
    found, best = np.full(count, -1), np.zeros(count)
    is_met = np.bincount(ranking.pairs.mention, minlength=count) > 0
    found[is_met] = ranking.pairs.entry[order[first[is_met]]]
    best[is_met] = weights[order[first[is_met]]]
    found[[p.branch != "" for p in ranking.parts]] = -1
    return best, found


def learn_across(ranking: Ranking, truth: npt.NDArray[np.int64]) -> Ranking:
    """The candidates weighed by models that saw no mention of their group."""
    mention, entry = ranking.pairs.mention, ranking.pairs.entry
    _, nearest = choose(ranking, ranking.odds[:, 0])
    group = np.where(truth >= 0, truth, nearest)
    _, number = np.unique(group, return_inverse=True)
    fold = np.random.default_rng(SEED).integers(0, FOLDS, number.max() + 1)[number]
    is_branch = np.array([p.branch != "" for p in ranking.parts])
    weights = np.zeros(len(mention), np.float32)
    for held in range(FOLDS):
        seen = np.flatnonzero((fold[mention] != held) & ~is_branch[mention])
        model = fit_ranker(ranking.measures.take(seen), ranking.odds[seen], truth[mention[seen]] == entry[seen])
        own = np.flatnonzero(fold[mention] == held)
        weights[own] = model.weigh(ranking.measures.take(own), ranking.odds[own])
    return ranking.weighed(weights)


def count_links(
    links: Sequence[Link], truth: npt.NDArray[np.int64], statuses: Sequence[LinkStatus]
) -> tuple[int, int, float]:
    """Links that hold without a person, how many of them are right, and the share of the registered firms found so."""
    own = [(int(link.entity), t) for link, t in zip(links, truth.tolist(), strict=True) if link.status in statuses]
    right = sum(entity == t for entity, t in own)
    return len(own), right, right / int((truth >= 0).sum())


def measure_links(task: Task, resolver: Resolver, hand: Ranking, learnt: Ranking) -> list[str]:
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


def invent_places(task: Task, grammar: NameGrammar) -> tuple[list[str], list[str]]:
    """Addresses of registered firms and of mentions: the city of the name, else a drawn one, and one of its invented towns.

    A mention of a firm repeats the firm's, except for those that moved or are silent; an absent firm has one of its own.
    """
    rng = np.random.default_rng(SEED)
    reader = NameReader(grammar)
    cities = sorted({r.zh for several in grammar.regions.values() for r in several if len(r.lineage) == 2})

    def draw(name: str) -> str:
        regions = reader.read(name).regions
        city = regions[-1].zh if regions else str(rng.choice(cities))
        return f"{city}{'甲乙丙丁戊己庚辛壬癸子丑'[int(rng.integers(TOWNS))]}镇"

    own = [draw(name) for name in task.names]
    told = []
    for text, truth in zip(task.texts, task.truth, strict=True):
        place = own[truth] if truth >= 0 and rng.random() >= MOVED else draw(text)
        told.append("" if rng.random() < SILENT else place)
    return own, told


def invent_codes(count: int) -> list[str]:
    """Well-formed codes of a region that does not exist."""
    return [make_uscc("9", "1", "339999", f"MA{i:06d}") for i in range(count)]


def measure_names(task: Task, grammar: NameGrammar) -> tuple[list[str], list[str]]:
    """Rows of resolution by names alone, and rows of what is linked at the shipped thresholds."""
    resolver = make_resolver(task, grammar)
    ranking = resolver.rank([Mention(t) for t in task.texts])
    learnt = learn_across(ranking, task.truth)
    best, found = choose(learnt, learnt.weights)
    is_group = np.array([p.is_group for p in ranking.parts])
    strict = np.where(is_group & ~np.array([f >= 0 and resolver.index.parts[f].is_group for f in found]), -1, found)
    rows = [
        line("names only, hand weights (in-sample)", *score(*choose(ranking, ranking.weights), task.truth)),
        line(f"**names only, learnt, {FOLDS}-fold by entity** (reach 0.965 / 0.82)", *score(best, found, task.truth)),
        line("the same, where 某某集团 is never counted as 某某股份", *score(best, strict, task.truth)),
    ]
    return rows, measure_links(task, resolver, ranking, learnt)


def measure_hints(task: Task, grammar: NameGrammar) -> list[str]:
    own, told = invent_places(task, grammar)
    codes = invent_codes(len(task.names) + len(task.texts))
    resolver = make_resolver(task, grammar, codes, own)
    rng = np.random.default_rng(SEED + 1)
    has_code = rng.random(len(task.texts)) < 0.5
    code = [codes[t] if t >= 0 else codes[len(task.names) + i] for i, t in enumerate(task.truth)]
    mentions = [Mention(text, Hints(place=place)) for text, place in zip(task.texts, told, strict=True)]
    ranking = resolver.rank(mentions)
    with_code = np.flatnonzero(has_code)  # a code decides, and a valid one that nobody here bears vetoes
    coded = resolver.resolve_many([Mention(task.texts[i], Hints(code[i], told[i])) for i in with_code])
    rows = []
    for title, weights in (("hand weights", ranking.weights), ("learnt", learn_across(ranking, task.truth).weights)):
        best, found = choose(ranking, weights)
        best[has_code], found[has_code] = (
            [k.weight or 1.0 for k in coded],
            [int(k.entity) if k.is_linked else -1 for k in coded],
        )
        bold = "**" if title == "learnt" else ""
        rows.append(
            line(
                f"{bold}code on half of the mentions and addresses, {title}{bold} (reach 0.99 / 0.98)",
                *score(best, found, task.truth),
            )
        )
    return rows


def make_resolver(task: Task, grammar: NameGrammar, codes: Sequence[str] = (), places: Sequence[str] = ()) -> Resolver:
    firms = [
        Entity(str(i), EntityKind.FIRM, (Name(name),), (Code(USCC, codes[i]),) if codes else ())
        for i, name in enumerate(task.names)
    ]
    return Resolver(firms, grammar, as_of=DAY, places={str(i): place for i, place in enumerate(places)})


def measure_speed(task: Task, grammar: NameGrammar) -> list[str]:
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


def line(title: str, f1: float, recall: float) -> str:
    return f"| {title} | {f1:.4f} | {recall:.4f} |"


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
