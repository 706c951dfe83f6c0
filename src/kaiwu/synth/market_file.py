"""Files of the synthetic market: one sheet per listing as its sender would hand it in, and the planted pairs.

Owns which files stand where. Rows are ``market``'s; they are taken in like any user's sheets.
"""

from __future__ import annotations

import csv
from pathlib import Path

from kaiwu.match.listing import Listing
from kaiwu.synth.market import MARK_HEAD, SynthMarket
from kaiwu.synth.table import Book, Page
from kaiwu.synth.workbook import write_book

FOLDER = "market"
TRUTH = "planted_pairs.csv"


def write_market(market: SynthMarket, listings: dict[str, Listing], inbox: Path) -> list[Path]:
    """Write every listing's sheet and the planted pairs into ``inbox/market``; returns the sheets."""
    folder = inbox / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for code, rows in market.rows.items():
        heads = [MARK_HEAD, *(head for head in dict.fromkeys(h for row in rows for h in row) if head != MARK_HEAD)]
        title = f"{listings[code].template.zh}({market.label})"
        page = Page(
            "Sheet1", (title,), [("", head) for head in heads], [[row.get(head) for row in rows] for head in heads]
        )
        paths.append(
            write_book(Book(f"{listings[code].template.zh}_{market.label}.xlsx", code, [page]), folder, market.label)
        )
    with (folder / TRUTH).open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow([MARK_HEAD, "need", "offer"])
        writer.writerows([market.label, need, offer] for need, offer in market.planted)
    return paths
