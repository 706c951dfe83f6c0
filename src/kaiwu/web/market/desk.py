"""The market of the workspace, opened once and kept until something is added (供需工作台).

Owns the cache and the day of the pages. Finding, giving out and counting are ``kaiwu.match``.
"""

from __future__ import annotations

import datetime as dt
from threading import RLock

from django.utils import timezone

from kaiwu.procedure import Workspace
from kaiwu.procedure.market import MarketDesk
from kaiwu.report.market_site import open_desk
from kaiwu.web.workspace import workspace

_lock = RLock()
_kept: tuple[Workspace, dt.date, int, MarketDesk] | None = None


def market_desk() -> MarketDesk:
    """The market as of today. An invented one stands on the last day on which something happened in it, so that it does not age."""
    global _kept
    home = workspace()
    opened = open_desk(home)
    if not home.is_synthetic:
        opened.day = timezone.localdate()
    with _lock:
        if _kept is None or _kept[0] is not home or _kept[1:3] != (opened.day, len(opened.batches)):
            _kept = (home, opened.day, len(opened.batches), opened)
        return _kept[3]
