"""What a run leaves in its folder: Excel lists, notices, sheets, and an index for programs.

Owns the file names. Parquet results and frozen inputs are written by ``procedure``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from kaiwu.procedure import Run, Workspace
from kaiwu.quantity import KaiwuError
from kaiwu.report.book import print_book
from kaiwu.report.listing import Listing, list_scheme
from kaiwu.report.notice import render_notice
from kaiwu.report.printed import write_book
from kaiwu.report.sheet import render_sheet
from kaiwu.report.shortage import Shortage, find_shortage

SHEETS_AT_ONCE = 24  # sheets written with a run; the others are made when asked for


def write_run(
    workspace: Workspace,
    run: Run,
    *,
    sheets: int | None = SHEETS_AT_ONCE,
    progress: Callable[[int], None] | None = None,
) -> Path:
    """Write ``lists.xlsx``, ``missing.parquet``, notices, the first sheets and ``decisions.json``; returns the folder.

    ``sheets`` is how many sheets are written with the run, ``None`` for one of every entity.
    """
    folder = workspace.runs_folder / run.record.number
    names = workspace.names(run.record.as_of)
    listings = [list_scheme(run, code, names) for code in run.execution.results]
    shortage = find_shortage(run)
    write_book(folder / "lists.xlsx", print_book(run, listings, shortage, names))
    shortage.detail.write_parquet(folder / "missing.parquet")
    job = next((job for job in workspace.jobs if job.code == run.record.job), None)
    issuer, signer = (job.issuer, job.signer) if job is not None else ("", "")
    refused = {listing.scheme: _write_notice(folder, run, listing, issuer, signer) for listing in listings}
    index = make_index(run, listings, shortage, refused)
    (folder / "decisions.json").write_text(json.dumps(index, ensure_ascii=False, indent=1), encoding="utf-8")
    for i, entity in enumerate(run.frame.table["entity"][:sheets]):
        write_sheet(folder / "sheets" / sheet_name(entity), run, entity, names)
        if progress is not None:
            progress(i)
    return folder


def write_sheet(path: Path, run: Run, entity: str, names: Mapping[str, str], language: str = "zh") -> Path:
    """The sheet of one entity (一企一单) as one HTML file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(render_sheet([run], entity, names, language=language), encoding="utf-8")
    return path


def sheet_name(entity: str) -> str:
    """A file name for an entity: its letters and digits, everything else as its code point, so that no two share one."""
    return "".join(c if c.isalnum() or c == "-" else f"_{ord(c):x}_" for c in entity) + ".html"


def _write_notice(folder: Path, run: Run, listing: Listing, issuer: str, signer: str) -> list[str]:
    """Write the notice, or why there is none; returns the reasons."""
    path = folder / "notices" / f"{listing.scheme}.html"
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        path.write_text(render_notice(run, listing, issuer=issuer, signer=signer), encoding="utf-8")
    except KaiwuError as error:
        hint = f"kaiwu notice {run.record.number} {listing.scheme} --signer … --issuer …"
        path.with_suffix(".refused.txt").write_text(f"{error}\n{hint}\n", encoding="utf-8")
        return [p.code for p in error.problems]
    return []


def make_index(
    run: Run, listings: Sequence[Listing], shortage: Shortage, refused: Mapping[str, Sequence[str]]
) -> dict[str, Any]:
    """What a program wants to know first (``decisions.json``): digests, counts, and where every table stands."""
    return {
        "run": run.record.to_data(), "frame": {name: f"frame/{name}.parquet" for name in ("table", "sources", "withheld")},
        "missing": {
            "path": "missing.parquet",
            "variables": [
                {"slot": x.slot, "owner": x.owner, "zh": x.zh, "en": x.en, "period": x.period, "lacking": x.lacking,
                 "mattering": x.mattering, "withheld": x.withheld}
                for x in shortage.lacks
            ],
        },
        "outcomes": {"0": "不符合", "1": "符合", "2": "缺数据", "3": "需认定"},
        "schemes": [_scheme_index(run, listing, refused.get(listing.scheme, ())) for listing in listings],
    }  # fmt: skip


def _scheme_index(run: Run, listing: Listing, refused: Sequence[str]) -> dict[str, Any]:
    scheme, result = run.scheme(listing.scheme), run.result(listing.scheme)
    document = scheme.document
    return {
        "scheme": listing.scheme, "zh": listing.zh, "en": listing.en, "kind": scheme.kind, "version": scheme.version,
        "document": document.title, "number": document.number, "standing": document.standing,
        "counts": dict(listing.counts), "total": listing.total, "expected": listing.expected,
        "notice": None if refused else f"notices/{listing.scheme}.html", "refused": list(refused),
        "items": [{"item": i.item, "zh": i.zh, "en": i.en, "article": i.article, "counts": list(i.counts),
                   "lowest_fen": i.lowest, "highest_fen": i.highest} for i in listing.items],
        "tables": {name: {"path": f"results/{listing.scheme}.{name}.parquet", "rows": table.height, "columns": table.columns,
                          "keys": list(result.keys[name])} for name, table in result.tables.items()},
    }  # fmt: skip
