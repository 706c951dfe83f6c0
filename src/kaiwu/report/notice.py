"""The draft of a public notice (公示稿) with its objection slip.

Owns its wording and what is public: names, classes and ranks; never raw figures. A list that is not complete has no
notice, and a rule that is not well attested needs a named signer.
"""

from __future__ import annotations

from collections.abc import Sequence

from kaiwu.procedure import Run
from kaiwu.quantity import KaiwuError, Problem
from kaiwu.report.listing import Listing
from kaiwu.report.page import render
from kaiwu.report.printed import Column, print_cell

NOTICE_DAYS = 5  # working days; three to five were seen, the longer one is the safe draft
_PUBLIC = ("name", "league", "class", "rank", "clause", "matter", "answer")


def render_notice(run: Run, listing: Listing, issuer: str = "____________") -> str:
    """The notice of one list as HTML. Raises ``KaiwuError`` where the counts do not sum to the scope."""
    total = sum(n for _, n in listing.counts)
    scheme = run.scheme(listing.scheme)
    if total != listing.expected:
        raise KaiwuError(
            Problem("N-INCOMPLETE", f"{listing.zh}: 各类合计 {total} 与范围 {listing.expected} 不符, 不能公示",
                    f"{listing.en}: the classes sum to {total}, the scope is {listing.expected}: no notice")
        )  # fmt: skip
    chosen = [i for i, c in enumerate(listing.columns) if c.en in _PUBLIC]
    columns = [Column("序号", "no")] + [listing.columns[i] for i in chosen]
    rows = []
    for number, row in enumerate((r for r in listing.rows() if _is_listed(listing, r)), start=1):
        rows.append([str(number), *(print_cell(listing.columns[i], row[i]) for i in chosen)])
    record = run.record
    return render(
        "notice.html", title=listing.zh, issuer=issuer, document=scheme.document, is_attested=scheme.document.is_attested,
        standing=scheme.document.standing, rated=record.rated, as_of=record.as_of, known_at=record.known_at, number=record.number,
        version=scheme.version, digest=record.result_digest, scope=listing.scope, counts=listing.counts, total=total, days=NOTICE_DAYS,
        columns=columns, rows=rows, is_synthetic=record.is_synthetic,
    )  # fmt: skip


def _is_listed(listing: Listing, row: Sequence[object]) -> bool:
    """Rated and vetoed ones with a class; of clauses only 符合."""
    heads = [c.en for c in listing.columns]
    if "answer" in heads:
        return row[heads.index("answer")] == "符合"
    return row[heads.index("class")] is not None
