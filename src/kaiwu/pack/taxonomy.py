"""Taxonomies (分类目录) of a pack: CSV files whose codes a category variable may take.

Owns reading ``taxonomies/NAME.csv`` with the columns code, zh, en and any further ones.
"""

from __future__ import annotations

from kaiwu.pack.pack import Pack
from kaiwu.quantity import KaiwuError, Problem

Labels = tuple[str, str]


def load_taxonomies(pack: Pack) -> dict[str, dict[str, Labels]]:
    """Taxonomies by name: code -> (zh, en), in file order."""
    out: dict[str, dict[str, Labels]] = {}
    problems: list[Problem] = []
    for name in pack.names("taxonomies", ".csv"):
        codes: dict[str, Labels] = {}
        for line, row in enumerate(pack.rows(name), start=2):
            code = row.get("code", "")
            if not code or code in codes:
                zh = "缺少 code" if not code else f"code“{code}”重复"
                en = "code is missing" if not code else f"code “{code}” occurs twice"
                problems.append(Problem("P-TAXONOMY", zh, en, where=f"{pack.code}/{name}:{line}"))
                continue
            codes[code] = (row.get("zh") or code, row.get("en") or row.get("zh") or code)
        out[name.removeprefix("taxonomies/").removesuffix(".csv")] = codes
    if problems:
        raise KaiwuError(problems)
    return out
