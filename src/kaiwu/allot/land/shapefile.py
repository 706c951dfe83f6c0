"""Shapefiles as plots, by pyshp (extra ``map``).

Owns the reading. A Shapefile's ``.prj`` names no offset datum, so that the datum is always the caller's declaration.
"""

from __future__ import annotations

from io import BytesIO

from kaiwu.allot.land.geojson import KEY, settle_datum
from kaiwu.allot.land.plot import PlotMap, Shape, make_map
from kaiwu.quantity import KaiwuError, Problem


def read_shapefile(shp: bytes, dbf: bytes, where: str, datum: str, key: str = KEY, encoding: str = "utf-8") -> PlotMap:
    """The plots of a Shapefile. ``encoding`` is that of its table (``gbk`` in older files). Raises ``KaiwuError`` as
    ``read_geojson`` does, and where pyshp is not installed."""
    try:
        import shapefile
    except ImportError:
        raise KaiwuError(Problem("A-MAP-SHP", "读 Shapefile 需要 pyshp: pip install 'kaiwu[map]'", "Shapefiles need pyshp: pip install 'kaiwu[map]'", where=where)) from None  # fmt: skip
    declared = settle_datum(where, datum)
    shapes, problems = [], []
    try:
        with shapefile.Reader(shp=BytesIO(shp), dbf=BytesIO(dbf), encoding=encoding) as reader:
            for number, record in enumerate(reader.iterShapeRecords()):
                facts, place = record.record.as_dict(), f"{where} record {number + 1}"
                geometry = record.shape.__geo_interface__
                if geometry["type"] not in ("Polygon", "MultiPolygon"):
                    problems.append(Problem("A-PLOT-SHAPE", f"第 {number + 1} 条记录不是面", f"record {number + 1} is no polygon", where=place))  # fmt: skip
                elif facts.get(key) in (None, ""):
                    problems.append(Problem("A-PLOT-CODE", f"没有编号“{key}”; 请补上或用 --key 指明", f"there is no “{key}”: add it, or name another with --key", where=place))  # fmt: skip
                else:
                    rings = geometry["coordinates"]
                    polygons = (rings,) if geometry["type"] == "Polygon" else tuple(rings)
                    shapes.append(Shape(str(facts[key]).strip(), polygons, facts, place))
    except (shapefile.ShapefileException, UnicodeDecodeError) as error:
        raise KaiwuError(Problem("A-MAP-SHP", "读不出 Shapefile; 请检查文件与编码(--encoding gbk)", "the Shapefile cannot be read: check the files and the encoding (--encoding gbk)", where=where, text=str(error))) from None  # fmt: skip
    if problems:
        raise KaiwuError(problems)
    return make_map(shapes, declared)
