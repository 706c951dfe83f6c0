"""What a paper says (文书内容), as plain data: frozen as JSON, shown by Word template and print page alike."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from kaiwu.report.cell import clean_text


@dataclass(frozen=True, slots=True)
class Table:
    """A table of texts; ``numbers`` are the places of the columns that stand right."""

    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    note: str = ""
    numbers: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """A whole paper. ``url`` is the path of the page with the evidence, ``facts`` name as-of date, scope and rule version.

    ``missing`` says what is lacking; nothing lacking is said, too. ``words`` are further texts of one kind's template.
    """

    title: str
    as_of: dt.date
    url: str
    facts: Sequence[str]
    body: Sequence[str] = ()
    tables: Sequence[Table] = ()
    missing: Sequence[str] = ()
    run: str = ""
    rule_version: str = ""
    firm: str = ""
    words: dict[str, str] = field(default_factory=dict)

    def freeze(self) -> str:
        """Canonical JSON without control characters, which no document takes."""
        return json.dumps(_clean(asdict(self)), ensure_ascii=False, sort_keys=True)


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, dict):
        return {key: _clean(v) for key, v in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(v) for v in value]
    return value.isoformat() if isinstance(value, dt.date) else value
