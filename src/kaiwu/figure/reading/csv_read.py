"""CSV (逗号分隔) text into rows of text, strictly.

Owns the delimiter, quoting and the limits. It does not own encodings (``encoding``) nor what a cell means.
"""

from __future__ import annotations

import csv
import io

from .fault import Fault, Limits

DELIMITERS = ",\t;"


def read_csv(text: str, limits: Limits) -> list[list[str]]:
    """Rows of a CSV (tab and semicolon too). A quote that is never closed is an error and swallows nothing.

    Raises ``Fault``: ``csv-quote`` with the line, ``sheet-cells``, ``cell-long``.
    """
    csv.field_size_limit(limits.text_chars)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=find_delimiter(text), strict=True)
    rows: list[list[str]] = []
    cells = 0
    try:
        for row in reader:
            cells += len(row)
            if cells > limits.cells:
                raise Fault("sheet-cells", sheet="CSV", limit=limits.cells)
            rows.append([unwrap_text_formula(cell) for cell in row])
    except csv.Error as flaw:
        code = "cell-long" if "field larger" in str(flaw) else "csv-quote"
        raise Fault(code, line=reader.line_num, limit=limits.text_chars) from flaw
    return rows


def find_delimiter(text: str) -> str:
    """The delimiter that occurs most in the first lines outside quotes; the comma wins a tie."""
    head = "\n".join(text.splitlines()[:50])
    bare = "".join(part for i, part in enumerate(head.split('"')) if i % 2 == 0)
    return max(DELIMITERS, key=lambda d: (bare.count(d), -DELIMITERS.index(d)))


def unwrap_text_formula(cell: str) -> str:
    """``="00123"`` is how many systems keep a code from becoming a number in Excel: the text is 00123."""
    inner = cell[2:-1]
    return inner if cell.startswith('="') and cell.endswith('"') and len(cell) > 2 and '"' not in inner else cell
