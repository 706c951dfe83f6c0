"""Datums (坐标系): what a coordinate means, declared and never guessed, and the way to CGCS2000.

Owns the four geographic datums, the metric grid of CGCS2000, and the public formulas of the two offset ones. WGS84 and
CGCS2000 differ by less than a decimetre in China and are taken as equal here. Formulas: the published GCJ-02 offset
polynomial (eviltransform, MIT) and BD-09's turn; their inverses are iterated to 10^-11 degrees (a micrometre).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from kaiwu.allot.land.sine import PI, Floats, cosine, sine
from kaiwu.quantity import KaiwuError, Problem

CGCS2000, WGS84, GCJ02, BD09 = "CGCS2000", "WGS84", "GCJ-02", "BD-09"
GRID = "CGCS2000-GK"
_ALIASES = {"GCJ02": GCJ02, "BD09": BD09, "BD09LL": BD09, "EPSG:4490": CGCS2000, "EPSG:4326": WGS84, "CRS84": WGS84}
_MAJOR, _SQUARE = 6378245.0, 0.00669342162296594323  # of GCJ-02's formula (Krassovsky)
_TURN = PI * 3000.0 / 180.0
_ROUNDS = 30
Pair = tuple[Floats, Floats]


@dataclass(frozen=True, slots=True)
class Datum:
    """A datum (坐标系). ``meridian`` is the central meridian of the metric grid, None where coordinates are degrees."""

    name: str
    meridian: int | None = None

    @property
    def is_metric(self) -> bool:
        """Whether coordinates are metres of the 3-degree Gauss-Krüger grid."""
        return self.meridian is not None


def read_datum(text: str, where: str = "") -> Datum:
    """The datum that a word or EPSG code declares. Raises ``KaiwuError`` (A-MAP-DATUM) for any other word and for none."""
    word = text.strip().upper().replace("_", "-")
    word = re.sub(r"^URN:OGC:DEF:CRS:(EPSG|OGC):[\d.]*:", lambda m: "EPSG:" if m[1] == "EPSG" else "", word)
    word = _ALIASES.get(word, _ALIASES.get(word.replace("-", ""), word))
    if word in (CGCS2000, WGS84, GCJ02, BD09):
        return Datum(word)
    if (grid := re.fullmatch(rf"{GRID}(\d+)", word)) and 75 <= int(grid[1]) <= 135:
        return Datum(GRID, int(grid[1]))
    if (code := re.fullmatch(r"EPSG:(\d+)", word)) and 4513 <= int(code[1]) <= 4554:
        return Datum(GRID, 75 + 3 * ((int(code[1]) - 4513) % 21))  # zones 25-45, with and without their prefix
    known = f"{CGCS2000}, {WGS84}, {GCJ02}, {BD09}, {GRID}120"
    zh = f"坐标系{'“' + text + '”不认识' if text.strip() else '没有声明'}; 请声明为 {known} 之一(向数据提供方查明, 不要猜)"
    en = f"the datum {'“' + text + '” is unknown' if text.strip() else 'is not declared'}: declare one of {known}; ask whoever gave the data, do not guess"
    raise KaiwuError(Problem("A-MAP-DATUM", zh, en, where=where, text=text))


def to_cgcs2000(datum: Datum, longitude: Floats, latitude: Floats) -> Pair:
    """Degrees of a geographic datum as degrees of CGCS2000; arrays of one shape."""
    if datum.name == BD09:
        longitude, latitude = _from_bd09(longitude, latitude)
    if datum.name in (BD09, GCJ02):
        return _invert(to_gcj02, longitude, latitude)
    return longitude, latitude


def to_gcj02(longitude: Floats, latitude: Floats) -> Pair:
    """Degrees of CGCS2000 or WGS84 as those of GCJ-02 (火星坐标), in China."""
    x, y = longitude - 105.0, latitude - 35.0
    root = np.sqrt(np.abs(x))
    shared = (20 * sine(6 * x * PI) + 20 * sine(2 * x * PI)) * 2 / 3
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + shared
    north = north + (20 * sine(y * PI) + 40 * sine(y / 3 * PI)) * 2 / 3
    north = north + (160 * sine(y / 12 * PI) + 320 * sine(y * PI / 30)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + shared
    east = east + (20 * sine(x * PI) + 40 * sine(x / 3 * PI)) * 2 / 3
    east = east + (150 * sine(x / 12 * PI) + 300 * sine(x / 30 * PI)) * 2 / 3
    phi = latitude / 180 * PI
    magic = 1 - _SQUARE * sine(phi) * sine(phi)
    root = np.sqrt(magic)
    north = north * 180 / (_MAJOR * (1 - _SQUARE) / (magic * root) * PI)
    return longitude + east * 180 / (_MAJOR / root * cosine(phi) * PI), latitude + north


def to_bd09(longitude: Floats, latitude: Floats) -> Pair:
    """Degrees of GCJ-02 as those of BD-09 (百度坐标)."""
    radius = np.sqrt(longitude * longitude + latitude * latitude)
    longer = radius + 0.00002 * sine(latitude * _TURN)
    turn = 0.000003 * cosine(longitude * _TURN)
    s, c = sine(turn), cosine(turn)
    # The sine and cosine of the direction are the coordinates over the radius: no arc tangent is needed.
    return longer * (longitude * c - latitude * s) / radius + 0.0065, longer * (latitude * c + longitude * s) / radius + 0.006  # fmt: skip


def _from_bd09(longitude: Floats, latitude: Floats) -> Pair:
    return _invert(to_bd09, longitude, latitude)


def _invert(forward: Callable[[Floats, Floats], Pair], longitude: Floats, latitude: Floats) -> Pair:
    """The fixed point of ``x = wanted − (forward(x) − x)``: each round shrinks the error about a thousandfold."""
    x, y = longitude, latitude
    for _ in range(_ROUNDS):
        a, b = forward(x, y)
        east, north = longitude - a, latitude - b
        x, y = x + east, y + north
        if max(np.max(np.abs(east), initial=0.0), np.max(np.abs(north), initial=0.0)) < 1e-11:
            break
    return x, y
