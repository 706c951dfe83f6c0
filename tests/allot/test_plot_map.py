"""Reading plots: formats agree, and every mistake is told with its place in both languages."""

import io
import json
import struct

import numpy as np
import polars as pl
import pytest
from plot_grid import EAST, GRID, NORTH, grid, rectangle

from kaiwu.allot.land.geojson import read_geojson
from kaiwu.allot.land.geoparquet import read_geoparquet
from kaiwu.allot.land.plot import Shape, make_map
from kaiwu.allot.land.shapefile import read_shapefile
from kaiwu.allot.land.validity import check_map
from kaiwu.quantity import KaiwuError


def collection(*shapes: Shape, **members: object) -> str:
    features = [{"type": "Feature", "properties": {"code": s.code, **s.facts}, "geometry": {"type": "MultiPolygon", "coordinates": s.polygons}} for s in shapes]  # fmt: skip
    return json.dumps({"type": "FeatureCollection", "features": features, **members})


def problems_of(*shapes: Shape) -> list[tuple[str, str]]:
    with pytest.raises(KaiwuError) as caught:
        check_map(make_map(shapes, GRID))
    assert all(p.zh and p.en for p in caught.value.problems)
    return [(p.code, p.where) for p in caught.value.problems]


def test_area_is_exact_and_holes_are_taken_off():
    yard = rectangle("A", 0, 0, 100, 80)
    hole = rectangle("H", 10, 10, 20, 20).polygons[0][0]
    plots = make_map([Shape("A", ([yard.polygons[0][0], hole],), {}, "")], GRID)
    assert plots.area.tolist() == [(100 * 80 - 400) * 1500]
    assert plots.perimeter.tolist() == [360_000 + 80_000]


def test_the_order_of_the_file_and_the_turn_of_a_ring_change_nothing():
    shapes = [rectangle(c, 100 * k, 0, 100, 80) for k, c in enumerate("ABC")]
    turned = [Shape(s.code, ([list(reversed(s.polygons[0][0]))],), {}, s.where) for s in shapes]
    one, two = make_map(shapes, GRID), make_map(turned[::-1], GRID)
    assert one.codes == two.codes and one.area.tolist() == two.area.tolist()
    assert one.edges[:, 0].tolist() == two.edges[:, 0].tolist()


def test_geojson_and_geoparquet_and_shapefile_give_the_same_plots(tmp_path):
    shapes = [rectangle("A", 0, 0, 100, 80), rectangle("B", 100, 0, 50, 80)]
    one = read_geojson(collection(*shapes, datum=GRID), "plots.geojson")

    def wkb(shape: Shape) -> bytes:
        ring = shape.polygons[0][0]
        return struct.pack("<BIIII", 1, 3, 1, len(ring), 0)[:-4] + b"".join(struct.pack("<dd", *p) for p in ring)

    buffer = io.BytesIO()
    pl.DataFrame({"code": ["A", "B"], "geometry": [wkb(s) for s in shapes]}).write_parquet(buffer)
    two = read_geoparquet(buffer.getvalue(), "plots.parquet", GRID)
    shapefile = pytest.importorskip("shapefile")
    shp, dbf, shx = io.BytesIO(), io.BytesIO(), io.BytesIO()
    with shapefile.Writer(shp=shp, dbf=dbf, shx=shx) as writer:
        writer.field("code", "C")
        for shape in shapes:
            writer.poly([shape.polygons[0][0][::-1]])
            writer.record(shape.code)
    three = read_shapefile(shp.getvalue(), dbf.getvalue(), "plots.shp", GRID)
    for other in (two, three):
        assert other.codes == one.codes and other.area.tolist() == one.area.tolist()
        assert sorted(map(tuple, other.points.tolist())) == sorted(map(tuple, one.points.tolist()))


def test_degrees_of_an_offset_datum_and_of_cgcs2000_fall_together():
    from kaiwu.allot.land.datum import to_gcj02

    ring = np.array([[120.2, 30.1], [120.201, 30.1], [120.201, 30.101]])
    moved = np.column_stack(to_gcj02(ring[:, 0], ring[:, 1]))
    one = make_map([Shape("A", ([ring.tolist()],))], "CGCS2000")
    two = make_map([Shape("A", ([moved.tolist()],))], "GCJ-02")
    assert one.meridian == 120 and np.abs(one.points - two.points).max() <= 1
    assert np.abs(np.subtract(one.origin, two.origin)).max() <= 1


@pytest.mark.parametrize(
    ("members", "code"),
    [({}, "A-MAP-DATUM"), ({"datum": "西安80"}, "A-MAP-DATUM"), ({"datum": "WGS84"}, "A-MAP-REACH"),
     ({"datum": GRID, "crs": {"type": "name", "properties": {"name": "EPSG:4490"}}}, "A-MAP-DATUM")],
)  # fmt: skip
def test_a_datum_undeclared_unknown_contradicted_or_impossible_is_refused(members, code):
    with pytest.raises(KaiwuError) as caught:
        read_geojson(collection(rectangle("A", 0, 0, 100, 80), **members), "plots.geojson")
    (problem,) = caught.value.problems
    assert problem.code == code and problem.where.startswith("plots.geojson")


def test_features_without_code_or_polygon_are_all_named():
    text = json.dumps({"type": "FeatureCollection", "datum": GRID, "features": [
        {"properties": {}, "geometry": None}, {"properties": {"code": "A"}, "geometry": {"type": "Point", "coordinates": [EAST, NORTH]}}]})  # fmt: skip
    with pytest.raises(KaiwuError) as caught:
        read_geojson(text, "plots.geojson")
    assert [(p.code, p.where) for p in caught.value.problems] == [("A-PLOT-CODE", "plots.geojson features[0]"), ("A-PLOT-SHAPE", "plots.geojson features[1]")]  # fmt: skip


def test_a_negative_or_mistaken_area_is_refused_with_its_place():
    assert problems_of(rectangle("A", 0, 0, 100, 80, area="-3亩")) == [("A-PLOT-AREA", "test A")]
    assert problems_of(rectangle("A", 0, 0, 100, 80, area="80亩")) == [("A-PLOT-AREA", "test A")]
    check_map(make_map([rectangle("A", 0, 0, 100, 80, area="12亩")], GRID))


def test_a_hole_larger_than_its_plot_is_a_negative_area():
    yard, hole = rectangle("A", 0, 0, 50, 50), rectangle("H", -10, -10, 90, 90)
    assert problems_of(Shape("A", ([yard.polygons[0][0], hole.polygons[0][0]],), {}, "test A")) == [("A-PLOT-AREA", "test A")]  # fmt: skip


def test_a_boundary_that_crosses_itself_is_refused():
    bow = [[EAST, NORTH], [EAST + 100, NORTH + 100], [EAST + 100, NORTH], [EAST, NORTH + 90]]
    assert ("A-PLOT-CROSS", "test A") in problems_of(Shape("A", ([bow],), {}, "test A"))


def test_overlapping_plots_are_refused_and_slivers_are_not():
    assert problems_of(rectangle("A", 0, 0, 100, 80), rectangle("B", 90, 40, 100, 80)) == [("A-PLOT-OVERLAP", "test A; test B")]  # fmt: skip
    assert problems_of(rectangle("A", 0, 0, 100, 80), rectangle("B", 40, 40, 10, 10)) == [("A-PLOT-OVERLAP", "test A; test B")]  # fmt: skip
    check_map(grid(5, 5, shift=0.004))


def test_a_plot_in_the_hole_of_another_does_not_overlap_it():
    yard, hole = rectangle("A", 0, 0, 100, 80), rectangle("B", 30, 30, 20, 20)
    check_map(make_map([Shape("A", ([yard.polygons[0][0], hole.polygons[0][0]],), {}, ""), hole], GRID))
