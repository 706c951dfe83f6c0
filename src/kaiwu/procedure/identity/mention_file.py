"""Lists of mentions as files (名单): CSV or Excel with a column of names, and codes and places if there are any.

Owns reading them. Every mistake of the file is reported with its place.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from kaiwu.identity.linking.answer import Hints, Mention
from kaiwu.quantity import KaiwuError, Problem

COLUMNS: dict[str, tuple[str, ...]] = {
    "name": ("name", "mention", "名称", "企业名称", "单位名称", "公司名称"),
    "code": ("code", "uscc", "统一社会信用代码", "信用代码"),
    "place": ("place", "address", "地址", "注册地址", "所在地"),
}


def read_mentions(path: Path) -> list[Mention]:
    """The mentions of a file in its order; blank rows are mentions of nobody. Raises ``KaiwuError`` without a column of names."""
    frame = _read_frame(path)
    found = {key: next((c for c in frame.columns if c.strip() in names), None) for key, names in COLUMNS.items()}
    if found["name"] is None:
        listed = "、".join(COLUMNS["name"])
        zh, en = (
            f"没有名称列, 表头请写 {listed} 之一",
            f"no column of names: head it with one of {', '.join(COLUMNS['name'])}",
        )
        raise KaiwuError(Problem("S-MENTIONS", zh, en, where=path.name, text=", ".join(frame.columns)))
    columns: dict[str, Sequence[str]] = {
        key: frame[column].to_list() if column is not None else [""] * frame.height for key, column in found.items()
    }
    rows = zip(columns["name"], columns["code"], columns["place"], strict=True)
    return [Mention(name or "", Hints(code or "", place or "")) for name, code, place in rows]


def _read_frame(path: Path) -> pl.DataFrame:
    try:
        if path.suffix.lower() in (".xlsx", ".xls"):
            return pl.read_excel(path, infer_schema_length=0, engine="calamine")
        separator = "\t" if path.suffix.lower() == ".tsv" else ","
        return pl.read_csv(path.read_bytes().decode("utf-8-sig").encode(), infer_schema_length=0, separator=separator)
    except UnicodeDecodeError as error:
        zh, en = "不是 UTF-8, 请另存为 UTF-8 的 CSV 或 Excel", "not UTF-8: save it as CSV in UTF-8 or as Excel"
        raise KaiwuError(Problem("S-MENTIONS-READ", zh, en, where=path.name)) from error
    except (pl.exceptions.PolarsError, ValueError, OSError) as error:
        zh, en = f"读不了这份名单: {error}", f"the list cannot be read: {error}"
        raise KaiwuError(Problem("S-MENTIONS-READ", zh, en, where=path.name)) from error
