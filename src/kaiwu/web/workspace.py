"""The workspace behind the platform (平台的工作区): opened once a process, runs kept open while they are looked at.

Owns the cache. What is in a workspace belongs to ``kaiwu.procedure``; services and queries alone call this.
"""

from __future__ import annotations

from collections import OrderedDict
from functools import lru_cache
from threading import RLock

from django.conf import settings

from kaiwu.procedure import Run, Workspace, open_run, open_workspace

OPEN_RUNS = 6
"""Runs kept open in one process; a run of 14,000 firms takes some tens of megabytes."""

_lock = RLock()
_runs: OrderedDict[str, Run] = OrderedDict()


@lru_cache(maxsize=1)
def workspace() -> Workspace:
    """The workspace of the settings. Raises ``KaiwuError`` where there is none."""
    return open_workspace(settings.KAIWU_WORKSPACE)


def forget() -> None:
    """Open the workspace anew at the next call, after figures or the register changed."""
    with _lock:
        workspace.cache_clear()


def find_run(number: str) -> Run:
    """The run of a number, opened by replaying it (the digests must agree) and kept among the last few."""
    with _lock:
        if number in _runs:
            _runs.move_to_end(number)
            return _runs[number]
    run = open_run(workspace(), number)
    with _lock:
        _runs[number] = run
        while len(_runs) > OPEN_RUNS:
            _runs.popitem(last=False)
    return run


def is_synthetic() -> bool:
    """Whether the workspace is labelled synthetic (合成数据); every page, sheet and paper then says so."""
    return workspace().is_synthetic
