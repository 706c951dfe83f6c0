"""Times text retrieval: 85,000 items against 14,000 firms, one query with masks, an online update; peers in the same run.

Prints a Markdown table. Each contender runs in a process of its own, so that its peak memory is its own. Names of products
are synthetic (drawn from a made-up vocabulary with the skew of real ones) unless ``KAIWU_PRODUCT_NAMES`` names a file with
one name a line.
"""

from __future__ import annotations

import datetime as dt
import json
import math
import os
import resource
import subprocess
import sys
import time
import unicodedata
from collections import Counter
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

ITEMS, FIRMS, PRODUCTS, BEST = 85_000, 14_000, 6, 10
SAMPLE = 300  # queries compared with the slow formula
TANTIVY_SHARE = 10  # of so many queries tantivy answers one; its time is multiplied
DAY = dt.date(2026, 1, 1)
REACH_SECONDS, REACH_MIB, REACH_QUERY_MS, REACH_UPDATE_MS = 5, 300, 3, 5


def product_names(count: int) -> list[str]:
    """Distinct product names, given or synthetic: two to eight characters, frequent words frequent."""
    given = os.environ.get("KAIWU_PRODUCT_NAMES")
    if given:
        return list(dict.fromkeys(Path(given).read_text("utf-8").split("\n")))[:count]
    rng = np.random.default_rng(6)
    characters = np.array([chr(0x4E00 + i) for i in range(3000)])
    weights = 1 / np.arange(10, 3010)
    words = ["".join(pair) for pair in rng.choice(characters, (9000, 2), p=weights / weights.sum())]
    shares = 1 / np.arange(30, 9030)
    found: dict[str, None] = {}
    while len(found) < count:
        sizes = rng.choice([1, 2, 3, 4], 20_000, p=[0.1, 0.45, 0.3, 0.15])
        drawn = rng.choice(len(words), int(sizes.sum()), p=shares / shares.sum())
        for part in np.split(drawn, np.cumsum(sizes)[:-1]):
            found["".join(words[i] for i in part)] = None
    return list(found)[:count]


def market() -> tuple[list[str], list[str]]:
    """What is looked for, and what each firm makes."""
    names = product_names(95_000)
    rng = np.random.default_rng(7)
    items = [names[i] for i in rng.choice(len(names), ITEMS, replace=len(names) < ITEMS)]
    firms = ["、".join(names[i] for i in row) for row in rng.integers(0, len(names), (FIRMS, PRODUCTS))]
    return items, firms


def grams(text: str) -> list[str]:
    """Character 1+2-grams, plainly."""
    text = unicodedata.normalize("NFKC", text).casefold()
    pairs = [text[i : i + 2] for i in range(len(text) - 1) if text[i].isalnum() and text[i + 1].isalnum()]
    return [c for c in text if c.isalnum()] + pairs


# -- contenders: each gives the codes of the best firms of some items --------------------------------------------


def kaiwu(items: list[str], firms: list[str]) -> list[list[int]]:
    from kaiwu.match.text import FieldText, TextIndex, rank_many

    index = TextIndex([FieldText(text) for text in firms])
    rows: list[list[int]] = rank_many(index, [FieldText(text) for text in items], BEST).rows.tolist()
    return rows


def bm25s(items: list[str], firms: list[str]) -> list[list[int]]:
    import bm25s as peer

    index = peer.BM25(k1=1.2, b=0.75, method="lucene")
    index.index([grams(text) for text in firms], show_progress=False)
    found, _ = index.retrieve(
        [grams(text) for text in items], k=BEST, n_threads=os.cpu_count() or 1, show_progress=False
    )
    rows: list[list[int]] = found.tolist()
    return rows


def tantivy(items: list[str], firms: list[str]) -> list[list[int]]:
    import tantivy as peer

    builder = peer.SchemaBuilder()
    builder.add_text_field("body", tokenizer_name="grams")
    builder.add_integer_field("row", stored=True, indexed=True)
    schema = builder.build()
    index = peer.Index(schema)
    index.register_tokenizer("grams", peer.TextAnalyzerBuilder(peer.Tokenizer.ngram(1, 2, False)).build())
    writer = index.writer()
    for row, text in enumerate(firms):
        writer.add_document(peer.Document(body=text, row=row))
    writer.commit()
    index.reload()
    searcher = index.searcher()
    rows = []
    for text in items:
        terms = [(peer.Occur.Should, peer.Query.term_query(schema, "body", gram)) for gram in grams(text)]
        hits = searcher.search(peer.Query.boolean_query(terms), BEST).hits
        rows.append([searcher.doc(address)["row"][0] for _, address in hits])
    return rows


def sparse_dot_topn(items: list[str], firms: list[str]) -> list[list[int]]:
    from scipy.sparse import csr_matrix
    from sparse_dot_topn import sp_matmul_topn

    vocabulary: dict[str, int] = {}
    bags = [Counter(grams(text)) for text in firms]
    frequency = Counter(gram for bag in bags for gram in bag)
    mean = sum(sum(bag.values()) for bag in bags) / len(bags)
    rows, columns, weights = [], [], []
    for row, bag in enumerate(bags):
        held = 1.2 * (1 - 0.75 + 0.75 * sum(bag.values()) / mean)
        for gram, count in bag.items():
            idf = math.log(1 + (len(bags) - frequency[gram] + 0.5) / (frequency[gram] + 0.5))
            rows.append(row)
            columns.append(vocabulary.setdefault(gram, len(vocabulary)))
            weights.append(idf * count * 2.2 / (count + held))
    firms_table = csr_matrix((np.array(weights, np.float32), (rows, columns)), shape=(len(firms), len(vocabulary)))
    pairs = [(row, vocabulary[gram]) for row, text in enumerate(items) for gram in grams(text) if gram in vocabulary]
    at = np.array(pairs, np.int32).T
    items_table = csr_matrix((np.ones(len(pairs), np.float32), (at[0], at[1])), shape=(len(items), len(vocabulary)))
    best = sp_matmul_topn(items_table, firms_table.T.tocsr(), top_n=BEST, n_threads=os.cpu_count() or 1, sort=True)
    return [best.indices[best.indptr[i] : best.indptr[i + 1]].tolist() for i in range(len(items))]


CONTENDERS: dict[str, Callable[[list[str], list[str]], list[list[int]]]] = {
    "kaiwu": kaiwu, "bm25s": bm25s, "tantivy": tantivy, "sparse_dot_topn": sparse_dot_topn,
}  # fmt: skip


def run_contender(name: str) -> dict[str, Any]:
    """Seconds and peak memory of one contender, and how often it agrees with the slow formula."""
    items, firms = market()
    share = TANTIVY_SHARE if name == "tantivy" else 1
    asked = items[::share]
    started = time.perf_counter()
    rows = CONTENDERS[name](asked, firms)
    spent = (time.perf_counter() - started) * share
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    out: dict[str, Any] = {"seconds": spent, "peak": peak}
    if name == "kaiwu":
        out["equal"] = equal_to_slow(items, firms, rows)
    return out


def equal_to_slow(items: list[str], firms: list[str], rows: list[list[int]]) -> int:
    """How many of a sample of queries rank exactly as the formula written down term by term."""
    bags = [Counter(grams(text)) for text in firms]
    frequency = Counter(gram for bag in bags for gram in bag)
    mean = sum(sum(bag.values()) for bag in bags) / len(bags)
    holders: dict[str, list[int]] = {}
    for row, bag in enumerate(bags):
        for gram in bag:
            holders.setdefault(gram, []).append(row)
    equal = 0
    for at in range(0, len(items), len(items) // SAMPLE):
        totals: Counter[int] = Counter()
        for gram in grams(items[at]):
            idf = math.log(1 + (len(bags) - frequency[gram] + 0.5) / (frequency[gram] + 0.5))
            for row in holders.get(gram, ()):
                count, size = bags[row][gram], sum(bags[row].values())
                totals[row] += math.floor(1000 * idf * count * 2.2 / (count + 1.2 * (0.25 + 0.75 * size / mean)) + 0.5)
        best = [row for row, _ in sorted(totals.items(), key=lambda item: (-item[1], item[0]))[:BEST]]
        equal += best == [row for row in rows[at] if row >= 0]
    return equal


# -- one query, one update ---------------------------------------------------------------------------------------


def time_single() -> dict[str, float]:
    """Milliseconds of one query over 85,000 offers with all masks, twenty of them explained, and of an added offer."""
    from kaiwu.match.record import MatchKind, Need, Offer
    from kaiwu.match.retrieval import OfferIndex
    from kaiwu.quantity import parse_quantity

    items, _ = market()
    rng = np.random.default_rng(8)
    places = [f"3301{i:02}" for i in range(1, 15)] + ["330200", "110000", ""]
    left = [None, parse_quantity("0件"), parse_quantity("500件")]
    held = [(), ("ISO9001",), ("ISO9001", "IATF16949")]
    offers = [
        Offer(
            code=f"{i:06}", kind=MatchKind.PART, title=name, place=places[rng.integers(len(places))], party=f"P{i % FIRMS}",
            group=f"G{i % 13_000}", certificates=held[i % 3], expiry=DAY + dt.timedelta(int(rng.integers(-100, 900))), capacity=left[i % 3],
        )
        for i, name in enumerate(items)
    ]  # fmt: skip
    index = OfferIndex(offers)
    needs = [
        Need(code=str(i), kind=MatchKind.PART, title=items[i], party=f"P{i}", group=f"G{i}", regions=("3301",), certificates=("ISO9001",))
        for i in rng.integers(0, ITEMS, 1000).tolist()
    ]  # fmt: skip
    queries = [timed(lambda n=need: index.find(n, DAY)) for need in needs]
    updates = []
    for i in range(500):
        offer = Offer(code=f"new{i}", kind=MatchKind.PART, title=f"{items[i]}{items[-i]}")
        updates.append(timed(lambda o=offer: index.add(o)))
    answer = index.find(Need(code="x", kind=MatchKind.PART, title=items[7] + items[-7]), DAY)
    assert "new7" in [match.offer.code for match in answer.matches], "an added offer is found at once"
    return {
        "query_p50": percentile(queries, 50), "query_p99": percentile(queries, 99),
        "update_p50": percentile(updates, 50), "update_p99": percentile(updates, 99),
    }  # fmt: skip


def timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000


def percentile(values: list[float], share: float) -> float:
    return float(np.percentile(values, share))


def child(*words: str) -> dict[str, Any]:
    """The JSON of this program run anew."""
    done = subprocess.run([sys.executable, __file__, *words], capture_output=True, text=True, check=False)
    if done.returncode:
        return {"failed": done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "failed"}
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def main() -> None:
    if len(sys.argv) > 1:
        print(json.dumps(time_single() if sys.argv[1] == "single" else run_contender(sys.argv[1])))
        return
    kind = "given" if os.environ.get("KAIWU_PRODUCT_NAMES") else "synthetic"
    print(f"{ITEMS:,} items × {FIRMS:,} firms of {PRODUCTS} products, top {BEST}, tokenising included; {kind} names\n")
    print("| way | seconds | peak MiB | ratio |\n|---|---:|---:|---:|")
    found = {name: child(name) for name in CONTENDERS if name == "kaiwu" or find_spec(name)}
    own = found["kaiwu"]
    for name, result in found.items():
        if "failed" in result:
            print(f"| {name} | {result['failed']} | | |")
            continue
        note = f" (one query in {TANTIVY_SHARE}, multiplied)" if name == "tantivy" else ""
        print(
            f"| {name}{note} | {result['seconds']:.1f} | {result['peak']:.0f} | {result['seconds'] / own['seconds']:.1f} |"
        )
    asked = len(range(0, ITEMS, ITEMS // SAMPLE))
    print(
        f"\nreach: ≤ {REACH_SECONDS} s, ≤ {REACH_MIB} MiB; equal to the slow formula: {own.get('equal')} of {asked} sampled queries\n"
    )
    single = child("single")
    print(f"| over {ITEMS:,} offers | p50 ms | p99 ms | reach p99 |\n|---|---:|---:|---:|")
    if "failed" in single:
        print(f"| {single['failed']} | | | |")
        return
    print(
        f"| one query, all masks, up to 20 explained | {single['query_p50']:.2f} | {single['query_p99']:.2f} | {REACH_QUERY_MS} |"
    )
    print(
        f"| an offer added, found by the next query | {single['update_p50']:.2f} | {single['update_p99']:.2f} | {REACH_UPDATE_MS} |"
    )


if __name__ == "__main__":
    main()
