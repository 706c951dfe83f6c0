"""Kaiwu (开物): figures, rulebooks and lists that are explained and replayed.

Importing this package is cheap; the verbs below are loaded when first used::

    import kaiwu
    workspace = kaiwu.open_workspace("demo-workspace")
    run = kaiwu.open_run(workspace, "1")
    run.result("some_scheme").decisions      # a Polars frame
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from kaiwu.version import __version__

if TYPE_CHECKING:
    from kaiwu.allot.appeal import appeal
    from kaiwu.allot.checker import check_record
    from kaiwu.figure.fact_sheet import read_facts
    from kaiwu.pack import open_library
    from kaiwu.pack.case import run_cases
    from kaiwu.pack.decide import decide, decide_file
    from kaiwu.pack.name_shelf import open_grammar
    from kaiwu.procedure import compare_runs, open_run, open_workspace, replay, rerun, run_job, uphold
    from kaiwu.procedure.allot.desk import open_land_desk
    from kaiwu.procedure.identity import open_resolver, read_mentions, resolve_list
    from kaiwu.procedure.intake import import_files
    from kaiwu.procedure.market import MarketDesk, take_listings
    from kaiwu.procedure.settlement import replay_settlement, settle_claims, settle_run
    from kaiwu.procedure.what_if import compare_with_paid, what_if_claims, what_if_run
    from kaiwu.quantity import KaiwuError, Problem

_VERBS: dict[str, str] = {
    "KaiwuError": "kaiwu.quantity",
    "MarketDesk": "kaiwu.procedure.market",
    "Problem": "kaiwu.quantity",
    "appeal": "kaiwu.allot.appeal",
    "check_record": "kaiwu.allot.checker",
    "compare_runs": "kaiwu.procedure",
    "compare_with_paid": "kaiwu.procedure.what_if",
    "decide": "kaiwu.pack.decide",
    "decide_file": "kaiwu.pack.decide",
    "import_files": "kaiwu.procedure.intake",
    "open_grammar": "kaiwu.pack.name_shelf",
    "open_land_desk": "kaiwu.procedure.allot.desk",
    "open_library": "kaiwu.pack",
    "open_resolver": "kaiwu.procedure.identity",
    "open_run": "kaiwu.procedure",
    "open_workspace": "kaiwu.procedure",
    "read_facts": "kaiwu.figure.fact_sheet",
    "read_mentions": "kaiwu.procedure.identity",
    "replay": "kaiwu.procedure",
    "replay_settlement": "kaiwu.procedure.settlement",
    "rerun": "kaiwu.procedure",
    "resolve_list": "kaiwu.procedure.identity",
    "run_cases": "kaiwu.pack.case",
    "run_job": "kaiwu.procedure",
    "settle_claims": "kaiwu.procedure.settlement",
    "settle_run": "kaiwu.procedure.settlement",
    "take_listings": "kaiwu.procedure.market",
    "uphold": "kaiwu.procedure",
    "what_if_claims": "kaiwu.procedure.what_if",
    "what_if_run": "kaiwu.procedure.what_if",
}

__all__ = [
    "KaiwuError", "MarketDesk", "Problem", "__version__", "appeal", "check_record", "compare_runs", "compare_with_paid", "decide", "decide_file", "import_files", "open_grammar", "open_land_desk", "open_library", "open_resolver", "open_run",
    "open_workspace", "read_facts", "read_mentions", "replay", "replay_settlement", "rerun", "resolve_list", "run_cases", "run_job",
    "settle_claims", "settle_run", "take_listings", "uphold", "what_if_claims", "what_if_run",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name in _VERBS:
        return getattr(import_module(_VERBS[name]), name)
    raise AttributeError(f"module 'kaiwu' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
