"""A plain table for a part of a page (表格): heads and rows of texts, as the template wants them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from kaiwu.web.wording import pick


def make_table(
    heads: Sequence[str], rows: Iterable[Sequence[Any]], *, right: Sequence[int] = (), urls: Sequence[str] = ()
) -> dict[str, Any]:
    """``heads`` over ``rows``; columns in ``right`` are numbers; ``urls`` lead each row somewhere. A cell may be a text or a
    dict with ``text`` and ``tag``."""
    columns = [
        {"code": str(i), "label": head, "align": "right" if i in right else "left"} for i, head in enumerate(heads)
    ]
    shown = []
    for number, row in enumerate(rows):
        cells = [
            {**column, **(cell if isinstance(cell, dict) else {"text": cell})}
            for column, cell in zip(columns, row, strict=True)
        ]
        shown.append({"url": urls[number] if urls else "", "cells": cells})
    return {"columns": columns, "rows": shown, "empty": {"text": pick("没有内容", "Nothing")}}
