"""What a run leaves in its folder: Excel lists, notices, sheets, JSON.

Owns the file names. Parquet results and frozen inputs are written by ``procedure``.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from kaiwu.procedure import Run, Workspace
from kaiwu.quantity import KaiwuError
from kaiwu.report.listing import Listing, list_scheme, printed_list, summary_table
from kaiwu.report.notice import render_notice
from kaiwu.report.printed import write_book
from kaiwu.report.sheet import render_sheet

SHEETS_AT_ONCE = 200  # sheets written with a run; the others are made when asked for


def write_run(
    workspace: Workspace, run: Run, *, sheets: int = SHEETS_AT_ONCE, progress: Callable[[int], None] | None = None
) -> Path:
    """Write lists (``lists.xlsx``), notices, the first sheets and ``decisions.json``; returns the folder."""
    folder = workspace.runs_folder / run.record.number
    names = workspace.names(run.record.as_of)
    listings = [list_scheme(run, code, names) for code in run.execution.results]
    write_book(
        folder / "lists.xlsx", [summary_table(run, listings), *(printed_list(run, listing) for listing in listings)]
    )
    for listing in listings:
        _write_notice(folder, run, listing)
    (folder / "decisions.json").write_text(
        json.dumps(_counts(run, listings), ensure_ascii=False, indent=1), encoding="utf-8"
    )
    for i, entity in enumerate(run.frame.table["entity"].head(sheets)):
        write_sheet(folder, run, entity, names)
        if progress is not None:
            progress(i)
    return folder


def write_sheet(folder: Path, run: Run, entity: str, names: dict[str, str]) -> Path:
    """One sheet as ``sheets/<entity>.html``."""
    path = folder / "sheets" / f"{_file_name(entity)}.html"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(render_sheet([run], entity, names), encoding="utf-8")
    return path


def _file_name(entity: str) -> str:
    return "".join(c if c.isalnum() or c in "-_." else "_" for c in entity)


def _write_notice(folder: Path, run: Run, listing: Listing) -> None:
    path = folder / "notices" / f"{listing.scheme}.html"
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        path.write_text(render_notice(run, listing), encoding="utf-8")
    except KaiwuError as error:
        path.with_suffix(".refused.txt").write_text(str(error), encoding="utf-8")


def _counts(run: Run, listings: list[Listing]) -> dict[str, object]:
    """Counts and digests for programs; the decisions themselves stand in the Parquet files beside it."""
    record = run.record
    return {
        "number": record.number, "job": record.job, "as_of": record.as_of.isoformat(), "rated": record.rated,
        "known_at": record.known_at.isoformat(), "scope": record.population, "synthetic": record.is_synthetic,
        "frame_digest": record.frame_digest, "pack_digest": record.pack_digest, "result_digest": record.result_digest,
        "schemes": [
            {"scheme": x.scheme, "zh": x.zh, "en": x.en, "counts": dict(x.counts), "standing": run.scheme(x.scheme).document.standing,
             "decisions": f"results/{x.scheme}.decisions.parquet"}
            for x in listings
        ],
    }  # fmt: skip
