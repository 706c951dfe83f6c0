"""The draft of a public notice (公示稿) with its objection slip.

Owns its wording and what is public: names, classes and ranks; never raw figures. A list that is not complete has no
notice, a draft or an empty rulebook is never noticed, and where a document or a figure behind it is not well attested it needs
a named signer.
"""

from __future__ import annotations

from collections.abc import Sequence

from kaiwu.procedure import Run
from kaiwu.quantity import KaiwuError, Problem
from kaiwu.report.attestation import draft_clauses, find_doubts
from kaiwu.report.cell import Column, print_cell
from kaiwu.report.listing import Listing
from kaiwu.report.page import render
from kaiwu.rule.outcome import Outcome

NOTICE_DAYS = 5  # working days; three to five were seen, the longer one is the safe draft
BLANK = "____________"
_PUBLIC = ("name", "league", "class", "rank", "clause", "matter", "answer")


def check_notice(run: Run, listing: Listing, signer: str = "") -> None:
    """Raise ``KaiwuError`` with every reason why a list may not be noticed."""
    status = run.library.heads[listing.scheme][2].status
    problems = []
    if listing.total != listing.expected:
        problems.append(
            Problem("N-INCOMPLETE", f"{listing.zh}: 各类合计 {listing.total} 与范围 {listing.expected} 不符, 不能公示",
                    f"{listing.en}: the classes sum to {listing.total}, the scope is {listing.expected}: no notice")
        )  # fmt: skip
    if status != "in_use":
        word = {"draft": ("征求意见稿", "a draft"), "template": ("空模板", "an empty template")}[status]
        problems.append(
            Problem("N-DRAFT", f"{listing.zh}: 所依据的是{word[0]}, 只供试算, 不能公示; 请改用正式施行的版本",
                    f"{listing.en} rests on {word[1]}, which may be tried and not noticed: use the version in force")
        )  # fmt: skip
    if drafts := draft_clauses(run, listing.scheme):
        names, codes = "、".join(c.zh for c in drafts), ", ".join(c.id for c in drafts)
        problems.append(
            Problem("N-DRAFT", f"{listing.zh}: 条款“{names}”还是征求意见稿, 不能公示; 请等施行或移出方案",
                    f"{listing.en}: {codes} is only a draft: wait until it is in force, or take it out of the scheme")
        )  # fmt: skip
    if not signer.strip() and (doubts := find_doubts(run, listing.scheme)):
        problems.append(
            Problem("N-SIGNER", f"{listing.zh}: {'; '.join(d.zh for d in doubts)}; 公示须有具名签发人(--signer)",
                    f"{listing.en}: {'; '.join(d.en for d in doubts)}: name who signs the notice (--signer)")
        )  # fmt: skip
    if problems:
        raise KaiwuError([p.located(f"{run.record.number} {listing.scheme}") for p in problems])


def render_notice(
    run: Run, listing: Listing, *, signer: str = "", issuer: str = "", key: str = "", checkpoint: str = ""
) -> str:
    """The notice of one list as HTML: one file without outside links. Raises ``KaiwuError`` as ``check_notice`` does.

    ``key`` (public) and ``checkpoint`` of the log that holds the run make it a published notice; without them it is a draft.
    """
    check_notice(run, listing, signer)
    scheme, record = run.scheme(listing.scheme), run.record
    chosen = [i for i, c in enumerate(listing.columns) if c.en in _PUBLIC]
    columns = [Column("序号", "no"), *(listing.columns[i] for i in chosen)]
    rows = []
    for number, row in enumerate((r for r in listing.rows() if _is_listed(listing, r)), start=1):
        rows.append([str(number), *(print_cell(listing.columns[i], row[i]) for i in chosen)])
    changes = [c for c in record.changes if c.scheme == listing.scheme]
    return render(
        "notice.html", title=listing.zh, issuer=issuer.strip() or BLANK, signer=signer.strip() or BLANK, document=scheme.document,
        doubts=[doubt.zh for doubt in find_doubts(run, listing.scheme)], run=record, version=scheme.version, listing=listing, days=NOTICE_DAYS,
        columns=columns, rows=rows, articles="、".join(sorted({c.article for c in changes})), changed=len(changes),
        is_synthetic=record.is_synthetic, key=key, checkpoint=checkpoint.split("\n\n")[0].split("\n"),
    )  # fmt: skip


def _is_listed(listing: Listing, row: Sequence[object]) -> bool:
    """Of clauses and bands those who are 符合, of ratings those with a class or a rank."""
    answer = listing.index("answer")
    if answer is not None:
        return row[answer] == Outcome.PASS
    return any(row[i] is not None for i in (listing.index("class"), listing.index("rank")) if i is not None)
