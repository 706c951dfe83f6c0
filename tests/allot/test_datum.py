"""What a coordinate means is declared, and the published conversions are met."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kaiwu.allot.land.datum import BD09, GCJ02, Datum, read_datum, to_bd09, to_cgcs2000, to_gcj02
from kaiwu.allot.land.projection import measure_arc, project, unproject
from kaiwu.allot.land.sine import PI, cosine, sine
from kaiwu.quantity import KaiwuError


def one(x: float) -> np.ndarray:
    return np.array([x])


@given(st.floats(-1000, 1000))
@settings(max_examples=100)
def test_the_portable_sine_is_the_sine(x):
    assert sine(one(x))[0] == pytest.approx(math.sin(x), abs=3e-13)
    assert cosine(one(x))[0] == pytest.approx(math.cos(x), abs=3e-13)


@pytest.mark.parametrize(
    ("wgs", "gcj"),
    [
        ((121.5272106, 31.1774276), (121.531541859215, 31.17530398364597)),
        ((113.912316, 22.543847), (113.9171764808363, 22.540796131694766)),
        ((116.404, 39.915), (116.41024449916938, 39.91640428150164)),
    ],
)
def test_published_points_of_gcj02_are_met(wgs, gcj):
    made = to_gcj02(one(wgs[0]), one(wgs[1]))
    assert (made[0][0], made[1][0]) == pytest.approx(gcj, abs=1e-9)


def test_the_published_point_of_bd09_is_met():
    made = to_bd09(one(116.404), one(39.915))
    assert (made[0][0], made[1][0]) == pytest.approx((116.41036949371029, 39.92133699351021), abs=1e-9)


@given(st.floats(118, 123), st.floats(27, 32))
@settings(max_examples=50)
def test_offset_datums_come_back_to_a_micrometre(x, y):
    east, north = to_gcj02(one(x), one(y))
    assert np.allclose(to_cgcs2000(Datum(GCJ02), east, north), [one(x), one(y)], rtol=0, atol=2e-11)
    east, north = to_bd09(east, north)
    assert np.allclose(to_cgcs2000(Datum(BD09), east, north), [one(x), one(y)], rtol=0, atol=2e-11)


def test_the_meridian_arc_of_the_ellipsoid_is_met():
    assert measure_arc(one(PI / 2))[0] == pytest.approx(10_001_965.7293, abs=1e-3)
    assert measure_arc(one(PI / 4))[0] == pytest.approx(4_984_944.378, abs=1e-3)


def test_the_central_meridian_lies_at_500_km():
    east, north = project(one(120.0), one(30.0), 120)
    assert (east[0], north[0]) == pytest.approx((500_000.0, 3_320_113.398), abs=1e-3)


@pytest.mark.parametrize(
    ("text", "datum"),
    [("gcj02", Datum(GCJ02)), ("urn:ogc:def:crs:EPSG::4490", Datum("CGCS2000")), ("EPSG:4549", Datum("CGCS2000-GK", 120)),
     ("EPSG:4528", Datum("CGCS2000-GK", 120)), ("CGCS2000-GK120", Datum("CGCS2000-GK", 120)), ("urn:ogc:def:crs:OGC:1.3:CRS84", Datum("WGS84"))],
)  # fmt: skip
def test_declared_words_and_codes_are_understood(text, datum):
    assert read_datum(text) == datum


@pytest.mark.parametrize("text", ["", "Beijing 1954", "EPSG:3857", "CGCS2000-GK999"])
def test_any_other_datum_is_refused_with_its_place(text):
    with pytest.raises(KaiwuError) as caught:
        read_datum(text, "plots.geojson")
    (problem,) = caught.value.problems
    assert (problem.code, problem.where) == ("A-MAP-DATUM", "plots.geojson")
    assert "不要猜" in problem.zh and "do not guess" in problem.en


@given(st.floats(73, 135), st.floats(3, 54))
@settings(max_examples=100)
def test_a_point_of_the_plane_goes_back_to_its_degrees(longitude, latitude):
    meridian = 3 * round(longitude / 3)
    back = unproject(*project(one(longitude), one(latitude), meridian), meridian)
    assert back[0][0] == pytest.approx(longitude, abs=1e-9)
    assert back[1][0] == pytest.approx(latitude, abs=1e-9)
