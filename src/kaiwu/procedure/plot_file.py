"""Plot files (地块文件): GeoJSON, GeoParquet or Shapefile from disk, by the ending of the name.

Owns opening the files. What is in them is read by ``kaiwu.allot.land``.
"""

from __future__ import annotations

from pathlib import Path

from kaiwu.allot.land.geojson import KEY, read_geojson
from kaiwu.allot.land.geoparquet import read_geoparquet
from kaiwu.allot.land.plot import PlotMap
from kaiwu.allot.land.shapefile import read_shapefile
from kaiwu.allot.land.validity import check_map
from kaiwu.quantity import KaiwuError, Problem


def open_plots(path: Path, datum: str = "", key: str = KEY, encoding: str = "utf-8") -> PlotMap:
    """The checked plots of a file. Raises ``KaiwuError`` with every mistake of the map, and for an unknown ending."""
    try:
        plots = _read(path, datum, key, encoding)
    except (OSError, UnicodeDecodeError) as error:
        raise KaiwuError(Problem("A-MAP-FILE", f"读不了文件: {error}", f"the file cannot be read: {error}", where=str(path))) from None  # fmt: skip
    check_map(plots)
    return plots


def _read(path: Path, datum: str, key: str, encoding: str) -> PlotMap:
    ending = path.suffix.lower()
    if ending in (".geojson", ".json"):
        return read_geojson(path.read_text(encoding="utf-8-sig"), path.name, datum, key)
    if ending in (".parquet", ".geoparquet"):
        return read_geoparquet(path.read_bytes(), path.name, datum, key)
    if ending == ".shp":
        return read_shapefile(path.read_bytes(), path.with_suffix(".dbf").read_bytes(), path.name, datum, key, encoding)
    zh, en = (
        f"不认识的格式“{ending}”; 可用 .geojson、.parquet、.shp",
        f"unknown format “{ending}”: use .geojson, .parquet or .shp",
    )
    raise KaiwuError(Problem("A-MAP-FILE", zh, en, where=str(path)))
