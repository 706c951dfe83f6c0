"""The table of figures of ``match evaluate --table``: identity, retrieval and speed on given data, or on a workspace's synthetic market.

Owns the rows, what was measured elsewhere beside them, and printing. Evaluation itself is ``kaiwu.identity.linking.evaluation`` and
``kaiwu.match.evaluation``; what a folder holds is read here.
"""

from __future__ import annotations

import csv
import datetime as dt
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import polars as pl

from kaiwu.identity import USCC, Code, Entity, EntityKind, Name, check_uscc_many
from kaiwu.identity.linking.answer import Hints, Link, Mention
from kaiwu.identity.linking.evaluation import NOBODY, LinkScore, LinkTask, choose_best, learn_across, score_links
from kaiwu.identity.linking.resolver import Ranking, Resolver
from kaiwu.identity.naming.grammar import NameGrammar
from kaiwu.match.evaluation import JudgedNeed, Judgements, compare
from kaiwu.match.evaluation.comparison import grid_settings, text_variant
from kaiwu.match.record import MatchKind, Need, Offer
from kaiwu.match.retrieval import OfferIndex, record_text
from kaiwu.match.text import FieldText, TextIndex, rank_many
from kaiwu.pack.name_shelf import open_grammar
from kaiwu.procedure import Workspace
from kaiwu.procedure.judgement import read_judgements
from kaiwu.procedure.market import MarketDesk
from kaiwu.quantity import KaiwuError, Problem
from kaiwu.synth.mention import MentionMaker
from kaiwu.synth.mention_hint import invent_codes, invent_mention_codes, invent_places

DAY = dt.date(2025, 1, 1)
SYNTHETIC_MENTIONS = 5000
CODES = 200_000
TIMED = 8192
BEST = 10
GRADE = 3
"""The planted pair of a synthetic need is exactly what was meant; nobody judged the others."""

REGISTRY, MENTIONS = "er_registry.tsv", "dev/er_mentions.tsv"
NEEDS, RESULTS, GRADES = "dev/nm_needs.jsonl", "dev/nm_results.jsonl", "dev/nm_qrels.tsv"


@dataclass(frozen=True, slots=True)
class TableRow:
    """One line of the table: what, the figures to reach, those measured elsewhere on the same kind of data, and those of this run."""

    group: str
    zh: str
    en: str
    reach: str
    elsewhere: str
    measured: str


@dataclass(frozen=True, slots=True)
class EvaluationData:
    """What a table is made of; a part that the data do not have is ``None`` and its rows say so."""

    label: tuple[str, str]
    grammar: NameGrammar
    links: LinkTask | None
    judgements: Judgements | None


def read_data(folder: Path, grammar: NameGrammar) -> EvaluationData:
    """The evaluation data of a folder. Raises ``KaiwuError`` where it has neither names nor judgements."""
    links = _read_links(folder) if (folder / REGISTRY).is_file() and (folder / MENTIONS).is_file() else None
    files = [folder / name for name in (NEEDS, RESULTS, GRADES)]
    judged = read_judgements(*files) if all(f.is_file() for f in files) else None
    if links is None and judged is None:
        zh = f"{folder} 里没有评测数据: 需要 {REGISTRY} 和 {MENTIONS}, 或 {NEEDS}、{RESULTS} 和 {GRADES}; 或给出演示工作区"
        en = f"no evaluation data in {folder}: {REGISTRY} and {MENTIONS}, or {NEEDS}, {RESULTS} and {GRADES}; or name a workspace of the demo"
        raise KaiwuError(Problem("M-TABLE-DATA", zh, en, where=str(folder)))
    return EvaluationData((f"数据 {folder.name}", f"data of {folder.name}"), grammar, links, judged)


def invent_data(workspace: Workspace, seed: int = 1) -> EvaluationData:
    """A synthetic workspace as evaluation data: a dirty list of its firms, and the planted pairs of its market.

    Raises ``KaiwuError`` for a workspace that is not synthetic: it has no known truth.
    """
    if not workspace.is_synthetic:
        zh, en = (
            "这个工作区不是合成的, 没有已知答案; 请给出评测数据文件夹",
            "this workspace is not synthetic and knows no truth: name a folder of data",
        )
        raise KaiwuError(Problem("M-TABLE-TRUTH", zh, en, where=str(workspace.folder)))
    grammar = open_grammar(workspace.library)
    firms = [e for e in workspace.register.entities(EntityKind.FIRM) if e.names]
    planted = MentionMaker(firms, grammar, seed).make(SYNTHETIC_MENTIONS)
    row = {e.id: i for i, e in enumerate(firms)}
    truth = np.array([NOBODY if p.is_branch else row.get(p.truth, NOBODY) for p in planted], np.int64)
    links = LinkTask([e.name_at(DAY) or e.names[0].text for e in firms], [p.text for p in planted], truth)
    return EvaluationData(("合成数据", "synthetic data"), grammar, links, _judge_planted(workspace))


def make_rows(data: EvaluationData, *, is_learnt: bool = True) -> list[TableRow]:
    """Every row of the table; what the data cannot tell is said instead of a figure."""
    return [*_identity_rows(data, is_learnt), *_retrieval_rows(data), *_speed_rows(data)]


def _read_links(folder: Path) -> LinkTask:
    def rows(path: Path) -> list[list[str]]:
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))[1:]

    mentions = rows(folder / MENTIONS)
    names = [row[1] for row in rows(folder / REGISTRY)]
    return LinkTask(names, [row[0] for row in mentions], np.array([int(row[1]) for row in mentions], np.int64))


def _judge_planted(workspace: Workspace) -> Judgements | None:
    """The planted pairs of a synthetic market as judgements; one offer is judged for each need."""
    path = workspace.folder / "inbox" / "market" / "planted_pairs.csv"
    if not path.is_file():
        return None
    with path.open(encoding="utf-8-sig", newline="") as file:
        pairs = [(row["need"], row["offer"]) for row in csv.DictReader(file)]
    records = MarketDesk(workspace, DAY).records
    offers = {o.code: record_text(o) for o in records.offers}
    truth = {need: offer for need, offer in pairs if offer in offers}
    needs = [JudgedNeed(n.code, record_text(n), {truth[n.code]: GRADE}) for n in records.needs if n.code in truth]
    return Judgements(tuple(needs), offers) if needs else None


def _identity_rows(data: EvaluationData, is_learnt: bool) -> Iterator[TableRow]:
    names = ("只有名称, F1/P≥0.99 时的召回", "names only, F1 / recall at P ≥ 0.99", "≥ 0.965 / ≥ 0.82", "Splink 5 0.82/0.10; TF-IDF 0.89/0.28; LightGBM 0.957/0.76")  # fmt: skip
    hints = ("一半有代码并有地址(线索为合成)", "code on half and addresses (invented hints)", "≥ 0.99 / ≥ 0.98", "Splink 0.93/0.81; code first 0.98/0.96")  # fmt: skip
    if data.links is None:
        yield TableRow("identity", *names, "-")
        yield TableRow("identity", *hints, "-")
        return
    task = data.links
    ranking = _make_resolver(task, data.grammar).rank([Mention(t) for t in task.texts])
    hinted, coded = _rank_hinted(task, data.grammar)
    ways: list[tuple[str, str, Callable[[Ranking], Ranking]]] = [("人工权重", "hand weights", lambda r: r)]
    if is_learnt and find_spec("lightgbm"):
        ways.append(("学习权重, 按主体分组五折", "learnt, five folds by entity", lambda r: learn_across(r, task.truth)))
    for zh, en, weigh in ways:
        for words, given, links in ((names, ranking, {}), (hints, hinted, coded)):
            score = _score(task, weigh(given), links)
            measured = f"{score.f1:.4f} / {score.safe_recall:.4f}"
            yield TableRow("identity", f"{words[0]}; {zh}", f"{words[1]}; {en}", words[2], words[3], measured)


def _rank_hinted(task: LinkTask, grammar: NameGrammar) -> tuple[Ranking, dict[int, Link]]:
    """The candidates with addresses, and the answers to the mentions that carry a code."""
    own, told = invent_places(task, grammar)
    codes = invent_codes(len(task.names) + len(task.texts))
    resolver = _make_resolver(task, grammar, codes, own)
    mentions = [
        Mention(text, Hints(code, place))
        for text, code, place in zip(task.texts, invent_mention_codes(task, codes), told, strict=True)
    ]
    rows = [i for i, m in enumerate(mentions) if m.hints.code]
    answers = resolver.resolve_many([mentions[i] for i in rows])
    return resolver.rank(mentions), dict(zip(rows, answers, strict=True))


def _score(task: LinkTask, ranking: Ranking, coded: dict[int, Link]) -> LinkScore:
    best, found = choose_best(ranking, ranking.weights)
    for row, link in coded.items():
        best[row], found[row] = link.weight or 1.0, int(link.entity) if link.is_linked else NOBODY
    return score_links(best, found, task.truth)


def _make_resolver(
    task: LinkTask, grammar: NameGrammar, codes: list[str] | None = None, places: list[str] | None = None
) -> Resolver:
    firms = [
        Entity(str(i), EntityKind.FIRM, (Name(name),), (Code(USCC, codes[i]),) if codes else ())
        for i, name in enumerate(task.names)
    ]
    return Resolver(firms, grammar, as_of=DAY, places={str(i): p for i, p in enumerate(places or ())})


def _retrieval_rows(data: EvaluationData) -> Iterator[TableRow]:
    words = ("技术需求 × 成果, nDCG@10(只计判定过的)", "needs × results, nDCG@10 on judged pairs", "≥ 0.72", "jieba BM25 0.62; 1+2-gram BM25 0.71")  # fmt: skip
    if data.judgements is None:
        yield TableRow("retrieval", *words, "-")
        return
    judged = data.judgements
    if all(len(need.grades) < 2 for need in judged.needs):
        index = TextIndex(list(judged.offers.values()))
        ranked = rank_many(index, [need.text for need in judged.needs], BEST)
        codes = list(judged.offers)
        hits = sum(
            next(iter(need.grades)) in {codes[row] for row in rows if row >= 0}
            for need, rows in zip(judged.needs, ranked.rows.tolist(), strict=True)
        )
        yield TableRow("retrieval", "植入的供给在前十名的份额", "planted offer among the first ten", "", "", f"{hits / len(judged.needs):.4f} ({hits} / {len(judged.needs)})")  # fmt: skip
        return
    found = compare(judged, [text_variant(s) for s in grid_settings()])
    measured = f"{found.nested.mean:.4f} ({found.needs} × {len(judged.offers)})"
    yield TableRow(
        "retrieval", f"{words[0]}; 五折选参", f"{words[1]}; settings by nested folds", words[2], words[3], measured
    )
    yield TableRow(
        "retrieval", f"{words[0]}; 出厂参数", f"{words[1]}; shipped settings", "", "", f"{found.rows[0].ndcg:.4f}"
    )


def _speed_rows(data: EvaluationData) -> Iterator[TableRow]:
    if data.links is not None:
        resolver = _make_resolver(data.links, data.grammar)
        mentions = [Mention(t) for t in data.links.texts[:TIMED]]
        resolver.resolve_many(mentions[:1000])
        rate = len(mentions) / _time(lambda: resolver.resolve_many(mentions))
        yield TableRow("speed", "主体识别, 单核", "resolver, one core", "≥ 10,000/s", "~500/s", f"{rate:,.0f}/s")
    codes = pl.Series(invent_codes(CODES // 10) * 10)
    yield TableRow("speed", "信用代码校验", "USCC check", "≥ 3 M/s", "python-stdnum 55,000/s", f"{len(codes) / _time(lambda: check_uscc_many(codes)):,.0f}/s")  # fmt: skip
    if data.judgements is not None:
        yield from _retrieval_speed(data.judgements)
    for zh, en, reach, elsewhere in (
        ("85,000 项 × 14,000 家前十名", "85,000 items × 14,000 firms, top 10", "≤ 5 s, ≤ 300 MiB", "bm25s 6–7 s; tantivy 20 s; sparse_dot_topn 13–24 s"),
        ("新增一项可查到", "an offer added is found", "≤ 5 ms", "tantivy commit 8 ms"),
        ("850,000 条边的分配与价格", "assignment of 850,000 edges", "≤ 1.2 s", "OR-Tools 0.87 s"),
    ):  # fmt: skip
        yield TableRow("speed", zh, en, reach, elsewhere, "script/bench match assignment")


def _retrieval_speed(judged: Judgements) -> Iterator[TableRow]:
    offers = [FieldText(t.title, t.body) for t in judged.offers.values()]
    needs = [need.text for need in judged.needs]
    seconds = _time(lambda: rank_many(TextIndex(offers), needs, BEST), 1)
    size = f"{len(needs)} × {len(offers)}"
    yield TableRow("speed", f"{size} 前十名, 含切词", f"{size} top 10 incl. tokenising", "", "", f"{seconds:.2f} s")
    kind = MatchKind.TECHNOLOGY
    index = OfferIndex([Offer(code=c, kind=kind, title=t.title, text=t.body) for c, t in judged.offers.items()])
    asked = [Need(code=n.code, kind=kind, title=n.text.title, text=n.text.body) for n in judged.needs]
    spent = [_time(lambda n=need: index.find(n, DAY), 1) * 1000 for need in asked]  # type: ignore[misc]
    measured = f"p50 {np.percentile(spent, 50):.1f} ms, p99 {np.percentile(spent, 99):.1f} ms"
    yield TableRow("speed", "一次查询, 带理由(需求全文)", "one query with reasons (whole texts of needs)", "p99 ≤ 3 ms (85,000)", "", measured)  # fmt: skip


def _time(work: Callable[[], object], loops: int = 3) -> float:
    """Seconds of the fastest of some calls."""
    spent = []
    for _ in range(loops):
        started = time.perf_counter()
        work()
        spent.append(time.perf_counter() - started)
    return min(spent)
