"""The plane (平面): degrees of CGCS2000 on the 3-degree Gauss-Krüger grid, in whole millimetres.

Owns the projection. Formulas: Snyder, Map Projections (USGS Professional Paper 1395), equations 8-9 to 8-13 and 3-21, with
scale 1 on the central meridian; within a millimetre inside three degrees of it.
"""

from __future__ import annotations

import numpy as np

from kaiwu.allot.kernel import Whole
from kaiwu.allot.land.sine import PI, Floats, cosine, sine

MAJOR = 6_378_137.0
FLATTENING = 1 / 298.257222101
SQUARE = FLATTENING * (2 - FLATTENING)
FALSE_EASTING = 500_000.0
CLOSE_M = 1e-5
_ROUNDS = 40


def choose_meridian(longitude: Floats) -> int:
    """The central meridian of the 3-degree zone in which the middle of the map lies."""
    middle = (float(longitude.min()) + float(longitude.max())) / 2
    return 3 * int(np.floor(middle / 3 + 0.5))


def project(longitude: Floats, latitude: Floats, meridian: int) -> tuple[Floats, Floats]:
    """Degrees as metres east (with 500 km added) and north on the grid of a central meridian."""
    phi, away = latitude * (PI / 180), (longitude - meridian) * (PI / 180)
    s, c = sine(phi), cosine(phi)
    second = SQUARE / (1 - SQUARE)
    n, t, cc = MAJOR / np.sqrt(1 - SQUARE * s * s), (s / c) * (s / c), second * c * c
    a = away * c
    a2 = a * a
    east = a * (1 + a2 * ((1 - t + cc) / 6 + a2 * (5 - 18 * t + t * t + 72 * cc - 58 * second) / 120))
    rise = 0.5 + a2 * ((5 - t + 9 * cc + 4 * cc * cc) / 24 + a2 * (61 - 58 * t + t * t + 600 * cc - 330 * second) / 720)
    return n * east + FALSE_EASTING, measure_arc(phi) + n * (s / c) * a2 * rise


def unproject(east: Floats, north: Floats, meridian: int) -> tuple[Floats, Floats]:
    """Metres of the grid of a central meridian as degrees of CGCS2000: the inverse of ``project``, to 10^-10 degrees.

    The difference between what a guess projects to and what was asked is walked back along the ellipsoid until nothing is left.
    """
    latitude = north / (MAJOR * (1 - SQUARE)) * (180 / PI)
    longitude = meridian + (east - FALSE_EASTING) / (MAJOR * cosine(latitude * (PI / 180))) * (180 / PI)
    for _ in range(_ROUNDS):
        x, y = project(longitude, latitude, meridian)
        latitude = latitude + (north - y) / MAJOR * (180 / PI)
        longitude = longitude + (east - x) / (MAJOR * cosine(latitude * (PI / 180))) * (180 / PI)
        if max(np.max(np.abs(north - y), initial=0.0), np.max(np.abs(east - x), initial=0.0)) < CLOSE_M:
            break
    return longitude, latitude


def measure_arc(phi: Floats) -> Floats:
    """Metres along the meridian from the equator to a latitude in radians (子午线弧长)."""
    e2 = SQUARE
    e4, e6, e8 = e2 * e2, e2 * e2 * e2, e2 * e2 * e2 * e2
    terms = (
        (1 - e2 / 4 - 3 * e4 / 64 - 5 * e6 / 256 - 175 * e8 / 16384) * phi,
        -(3 * e2 / 8 + 3 * e4 / 32 + 45 * e6 / 1024 + 105 * e8 / 4096) * sine(2 * phi),
        (15 * e4 / 256 + 45 * e6 / 1024 + 525 * e8 / 16384) * sine(4 * phi),
        -(35 * e6 / 3072 + 175 * e8 / 12288) * sine(6 * phi),
        (315 * e8 / 131072) * sine(8 * phi),
    )
    return MAJOR * (terms[0] + terms[1] + terms[2] + terms[3] + terms[4])


def to_millimetre(metres: Floats) -> Whole:
    """Whole millimetres, halves upwards."""
    return np.floor(metres * 1000 + 0.5).astype(np.int64)
