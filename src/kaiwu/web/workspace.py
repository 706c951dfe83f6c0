"""The workspace behind the platform (平台的工作区): opened once a process, runs kept open while they are looked at.

Owns the cache: the last few runs, and with each what pages made of it, so that nothing of a run outlives it in memory. What is in
a workspace belongs to ``kaiwu.procedure``; services and queries alone call this.
"""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from functools import lru_cache
from threading import RLock
from typing import Any, TypeVar

from django.conf import settings

from kaiwu.procedure import Run, Workspace, open_run, open_workspace

OPEN_RUNS = 6
"""Runs kept open in one process; a run of 14,000 firms takes some tens of megabytes."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Open:
    """An open run and what was made of it."""

    run: Run
    made: dict[Hashable, Any] = field(default_factory=dict)


_lock = RLock()
_openings: defaultdict[str, RLock] = defaultdict(RLock)  # one thread opens a run, the others wait for it
_runs: OrderedDict[str, _Open] = OrderedDict()


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
    return _opened(number).run


def make_once(number: str, key: Hashable, make: Callable[[Run], T]) -> T:
    """What ``make`` gives for a run, made once and kept as long as the run is open. Runs never change, so it stays true."""
    kept = _opened(number)
    if key not in kept.made:
        kept.made[key] = make(kept.run)
    made: T = kept.made[key]
    return made


def _opened(number: str) -> _Open:
    with _lock:
        opening = _openings[number]
    with opening:
        with _lock:
            if number in _runs:
                _runs.move_to_end(number)
                return _runs[number]
        opened = _Open(open_run(workspace(), number))
        with _lock:
            _runs[number] = opened
            while len(_runs) > OPEN_RUNS:
                _runs.popitem(last=False)
        return opened


def is_synthetic() -> bool:
    """Whether the workspace is labelled synthetic (合成数据); every page, sheet and paper then says so."""
    return workspace().is_synthetic
