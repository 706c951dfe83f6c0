"""GeoParquet as plots: the table by Polars, the polygons out of well-known binary.

Owns the decoding. The file's own ``crs`` is read where it holds an EPSG code; else the caller declares the datum.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from io import BytesIO
from typing import Any

import polars as pl

from kaiwu.allot.land.geojson import KEY, settle_datum
from kaiwu.allot.land.plot import PlotMap, Polygon, Shape, make_map
from kaiwu.quantity import KaiwuError, Problem

_POLYGON, _MULTI = 3, 6


def read_geoparquet(data: bytes, where: str, datum: str = "", key: str = KEY) -> PlotMap:
    """The plots of a GeoParquet file (1.x, encoding WKB). Raises ``KaiwuError`` as ``read_geojson`` does."""
    try:
        geo: Any = json.loads(pl.read_parquet_metadata(BytesIO(data)).get("geo") or "null")
        table = pl.read_parquet(BytesIO(data))
    except (pl.exceptions.PolarsError, json.JSONDecodeError, OSError) as error:
        raise KaiwuError(Problem("A-MAP-PARQUET", "读不出 Parquet 文件", "the Parquet file cannot be read", where=where, text=str(error))) from None  # fmt: skip
    column = geo.get("primary_column", "geometry") if isinstance(geo, Mapping) else "geometry"
    if column not in table.columns or key not in table.columns:
        zh, en = f"缺少列“{column}”或“{key}”", f"column “{column}” or “{key}” is missing"
        raise KaiwuError(Problem("A-MAP-PARQUET", f"{zh}; 请用 GeoParquet 并用 --key 指明编号列", f"{en}: use GeoParquet and name the column of codes with --key", where=where))  # fmt: skip
    declared = settle_datum(where, datum, _code_of_crs(geo, column))
    shapes, problems = [], []
    for number, row in enumerate(table.iter_rows(named=True)):
        place = f"{where} row {number + 1}"
        polygons = read_wkb(row[column])
        if polygons is None:
            problems.append(Problem("A-PLOT-SHAPE", f"地块“{row[key]}”不是面(Polygon 或 MultiPolygon)", f"plot “{row[key]}” is no Polygon or MultiPolygon", where=place))  # fmt: skip
        elif row[key] is None:
            problems.append(
                Problem("A-PLOT-CODE", f"没有编号“{key}”; 请补上", f"there is no “{key}”: add it", where=place)
            )
        else:
            facts = {name: value for name, value in row.items() if name != column}
            shapes.append(Shape(str(row[key]).strip(), polygons, facts, place))
    if problems:
        raise KaiwuError(problems)
    return make_map(shapes, declared)


def read_wkb(data: bytes | None) -> tuple[Polygon, ...] | None:
    """The polygons of well-known binary; None for anything else. A third coordinate is passed over."""
    try:
        return None if data is None else _read_geometry(data, 0)[0]
    except struct.error:
        return None


def _read_geometry(data: bytes, at: int) -> tuple[tuple[Polygon, ...] | None, int]:
    order = "<" if data[at] == 1 else ">"
    kind, count = struct.unpack_from(f"{order}II", data, at + 1)
    width = 2 + (1 if kind & 0x80000000 or kind // 1000 % 10 in (1, 2, 3) else 0) + (1 if kind // 1000 % 10 == 3 else 0)
    base, at = kind & 0xFFFF, at + 9
    if base % 1000 == _MULTI:
        polygons: list[Polygon] = []
        for _ in range(count):
            part, at = _read_geometry(data, at)
            polygons += part or ()
        return tuple(polygons), at
    if base % 1000 != _POLYGON:
        return None, at
    rings = []
    for _ in range(count):
        (points,) = struct.unpack_from(f"{order}I", data, at)
        values = struct.unpack_from(f"{order}{points * width}d", data, at + 4)
        rings.append([values[i : i + 2] for i in range(0, len(values), width)])
        at += 4 + 8 * points * width
    return (tuple(rings),), at


def _code_of_crs(geo: Any, column: str) -> str:
    """``EPSG:n`` of the file's own crs, empty where it has none."""
    columns = geo.get("columns", {}) if isinstance(geo, Mapping) else {}
    crs = columns.get(column, {}).get("crs") if isinstance(columns, Mapping) else None
    code = crs.get("id") if isinstance(crs, Mapping) else None
    return f"{code['authority']}:{code['code']}" if isinstance(code, Mapping) and "authority" in code else ""
