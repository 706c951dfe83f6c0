"""GeoJSON (RFC 7946) as plots: features with a code, polygons, and a declared datum.

Owns reading the text. The datum stands in the top-level member ``datum``, in ``crs``, or is given by the caller; where two
declarations differ the file is refused. RFC 7946 means WGS84 where nothing is said; files in China often do not, so that
silence is an error here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from kaiwu.allot.land.datum import Datum, read_datum
from kaiwu.allot.land.plot import PlotMap, Polygon, Shape, make_map
from kaiwu.quantity import KaiwuError, Problem

KEY = "code"


def read_geojson(text: str, where: str, datum: str = "", key: str = KEY) -> PlotMap:
    """The plots of a feature collection; ``key`` names the property that holds a plot's code.

    Raises ``KaiwuError`` for text that is no GeoJSON, features without code or polygon, and a datum undeclared or contradicted.
    """
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        raise KaiwuError(Problem("A-MAP-JSON", "不是有效的 JSON; 请重新导出 GeoJSON", "this is no valid JSON: export the GeoJSON again", where=f"{where}:{error.lineno}:{error.colno}")) from None  # fmt: skip
    if not isinstance(data, Mapping) or not isinstance(data.get("features"), list):
        raise KaiwuError(Problem("A-MAP-JSON", "不是 FeatureCollection; 请导出要素集合", "this is no FeatureCollection: export a collection of features", where=where))  # fmt: skip
    declared = settle_datum(where, datum, str(data.get("datum") or ""), _name_of_crs(data.get("crs")))
    problems: list[Problem] = []
    shapes = list(_read_features(data["features"], where, key, problems))
    if problems:
        raise KaiwuError(problems)
    return make_map(shapes, declared)


def settle_datum(where: str, *declarations: str) -> Datum:
    """The datum that all declarations agree on. Raises ``KaiwuError`` where there is none, or where two differ."""
    found = {read_datum(text, where): text for text in declarations if text.strip()}
    if len(found) > 1:
        names = "、".join(found.values())
        raise KaiwuError(Problem("A-MAP-DATUM", f"坐标系声明互相矛盾: {names}; 请查明后只留一个", f"the declared datums contradict each other: {names}; find out and keep one", where=where))  # fmt: skip
    return next(iter(found)) if found else read_datum("", where)


def _name_of_crs(crs: Any) -> str:
    """The name in the old ``crs`` member, empty where there is none."""
    properties = crs.get("properties") if isinstance(crs, Mapping) else None
    return str(properties.get("name") or "") if isinstance(properties, Mapping) else ""


def _read_features(features: list[Any], where: str, key: str, problems: list[Problem]) -> Iterator[Shape]:
    for number, feature in enumerate(features):
        place = f"{where} features[{number}]"
        facts = feature.get("properties") if isinstance(feature, Mapping) else None
        code = facts.get(key) if isinstance(facts, Mapping) else None
        if not isinstance(facts, Mapping) or code is None or not str(code).strip():
            problems.append(Problem("A-PLOT-CODE", f"要素没有编号属性“{key}”; 请补上或用 --key 指明", f"the feature has no property “{key}” with its code: add it, or name another with --key", where=place))  # fmt: skip
            continue
        polygons = _read_polygons(feature.get("geometry"))
        if polygons is None:
            problems.append(Problem("A-PLOT-SHAPE", f"地块“{code}”不是面(Polygon 或 MultiPolygon)", f"plot “{code}” is no Polygon or MultiPolygon", where=place))  # fmt: skip
            continue
        yield Shape(str(code).strip(), polygons, dict(facts), place)


def _read_polygons(geometry: Any) -> tuple[Polygon, ...] | None:
    kind = geometry.get("type") if isinstance(geometry, Mapping) else None
    rings = geometry.get("coordinates") if isinstance(geometry, Mapping) else None
    if kind not in ("Polygon", "MultiPolygon") or not isinstance(rings, list):
        return None
    polygons = [rings] if kind == "Polygon" else rings
    if not all(isinstance(p, list) and all(isinstance(r, list) for r in p) for p in polygons):
        return None
    return tuple(polygons)
