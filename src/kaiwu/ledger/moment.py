"""Moments (时刻): microseconds since 1970 UTC inside, China Standard Time in every text.

Owns the two conversions. It reads no clock: every moment is given by the caller.
"""

from __future__ import annotations

import datetime as dt
from functools import lru_cache

CHINA = dt.timezone(dt.timedelta(hours=8))  # the whole country; a moment without a zone is read as this
SECOND = 1_000_000
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_ONE = dt.timedelta(microseconds=1)


def to_micros(moment: dt.datetime) -> int:
    """Microseconds since 1970 UTC; a moment without a zone is China Standard Time."""
    return ((moment if moment.tzinfo else moment.replace(tzinfo=CHINA)) - _EPOCH) // _ONE


def to_moment(micros: int) -> dt.datetime:
    """The moment in China Standard Time."""
    return (_EPOCH + dt.timedelta(microseconds=micros)).astimezone(CHINA)


@lru_cache(maxsize=1024)
def to_text(micros: int) -> str:
    """ISO 8601 with the zone: ``2025-03-01T09:00:00+08:00``; the fraction only where there is one."""
    return to_moment(micros).isoformat()


def from_text(text: str) -> int:
    """The inverse of ``to_text``."""
    return to_micros(dt.datetime.fromisoformat(text))
