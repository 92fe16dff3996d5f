"""Convert between the coordinate systems that Chinese files come in.

WGS-84 is the engine's own system. CGCS2000 differs from it by centimetres and is taken as equal.
GCJ-02 (高德, 腾讯) moves a point in China by up to 700 m, BD-09 (百度) by 700 to 1500 m, with a
published formula; its inverse has no closed form and is iterated here until nothing moves.
Everything else goes through PROJ by its EPSG number, always in the order east, north.
"""

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike
from numpy.typing import NDArray
from pyproj import CRS
from pyproj import Transformer
from pyproj.exceptions import CRSError

from livingcircle.errors import CoordinateError

FloatArray = NDArray[np.float64]
Pair = tuple[FloatArray, FloatArray]

WGS84 = "WGS-84"
CGCS2000 = "CGCS2000"
GCJ02 = "GCJ-02"
BD09 = "BD-09"

#: Latin words and digits that people write for a system, after upper-casing and dropping " -_:".
_SPELLINGS = {
    **dict.fromkeys(
        ("WGS84", "WGS1984", "4326", "EPSG4326", "GPS", "OSM", "大地坐标", "地球坐标", "天地图"),
        WGS84,
    ),
    **dict.fromkeys(
        (
            "CGCS2000",
            "4490",
            "EPSG4490",
            "国家2000",
            "2000国家大地坐标系",
            "国家大地2000",
            "大地2000",
        ),
        CGCS2000,
    ),
    **dict.fromkeys(
        (
            "GCJ02",
            "GCJ",
            "火星坐标",
            "火星坐标系",
            "高德",
            "高德坐标",
            "高德地图",
            "腾讯",
            "腾讯地图",
        ),
        GCJ02,
    ),
    **dict.fromkeys(("BD09", "BD09LL", "百度", "百度坐标", "百度地图"), BD09),
}

# The formula of GCJ-02 was laid on the Krasovsky 1940 ellipsoid.
_SEMI_MAJOR_M = 6378245.0
_ECCENTRICITY_SQUARED = 0.00669342162296594323
_BAIDU_EAST = 0.0065
_BAIDU_NORTH = 0.006
_BAIDU_WAVE = np.pi * 3000.0 / 180.0
# Each pass shrinks the error at least 50-fold, so eight passes end below a nanometre.
_PASSES = 8


def system_name(text: str) -> str:
    """Name the system a person wrote: ``"高德"`` is ``"GCJ-02"``, ``"4547"`` is ``"EPSG:4547"``.

    Raises
    ------
    CoordinateError
        When the word names no system known here.
    """
    word = re.sub(r"[\s\-_:：]", "", unicodedata.normalize("NFKC", str(text))).upper()
    if word in _SPELLINGS:
        return _SPELLINGS[word]
    number = re.fullmatch(r"(?:EPSG)?(\d{4,6})", word)
    if number is not None and _is_known_epsg(int(number[1])):
        return f"EPSG:{int(number[1])}"
    what = f"不认识坐标系“{text}”"
    raise CoordinateError(
        what,
        remedy="写成 WGS-84、CGCS2000、GCJ-02、BD-09 之一，或写投影坐标系的编号，例如 EPSG:4547",
    )


def is_projected(system: str) -> bool:
    """Tell whether the system counts in metres on a plane instead of degrees."""
    name = system_name(system)
    return name.startswith("EPSG:") and bool(CRS.from_epsg(int(name[5:])).is_projected)


def outside_china(lon: ArrayLike, lat: ArrayLike) -> NDArray[np.bool_]:
    """Tell where GCJ-02 and BD-09 leave points alone: the rectangle of the published test."""
    lon, lat = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    inside = (lon >= 72.004) & (lon <= 137.8347) & (lat >= 0.8293) & (lat <= 55.8271)  # noqa: PLR2004
    return ~inside


def to_wgs84(lon: ArrayLike, lat: ArrayLike, system: str) -> Pair:
    """Turn coordinates of a named system into WGS-84 longitude and latitude.

    Parameters
    ----------
    lon, lat
        Degrees; for a projected system east and north in metres. NaN stays NaN.
    system
        ``"WGS-84"``, ``"CGCS2000"``, ``"GCJ-02"``, ``"BD-09"`` or ``"EPSG:4547"``-like.

    Returns
    -------
    tuple of float64 arrays
        Exact to less than a millimetre against the forward formula. Where a projected point
        does not exist on the earth, NaN.

    Raises
    ------
    CoordinateError
        When the system is not known.
    """
    lon, lat = _float_pair(lon, lat)
    name = system_name(system)
    if name in (WGS84, CGCS2000):
        return lon.copy(), lat.copy()
    if name == GCJ02:
        return _inverse(lon, lat, _gcj_of_wgs)
    if name == BD09:
        return _inverse(lon, lat, _bd_of_wgs)
    return _through_proj(lon, lat, _transformer(name, inverse=False))


def from_wgs84(lon: ArrayLike, lat: ArrayLike, system: str) -> Pair:
    """Turn WGS-84 longitude and latitude into a named system; the opposite of :func:`to_wgs84`."""
    lon, lat = _float_pair(lon, lat)
    name = system_name(system)
    if name in (WGS84, CGCS2000):
        return lon.copy(), lat.copy()
    if name in (GCJ02, BD09):
        forward = _gcj_of_wgs if name == GCJ02 else _bd_of_wgs
        moved_lon, moved_lat = forward(lon, lat)
        stay = outside_china(lon, lat)
        return np.where(stay, lon, moved_lon), np.where(stay, lat, moved_lat)
    return _through_proj(lon, lat, _transformer(name, inverse=True))


def _float_pair(lon: ArrayLike, lat: ArrayLike) -> Pair:
    return np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)


def _gcj_of_wgs(lon: FloatArray, lat: FloatArray) -> Pair:
    """Apply the published GCJ-02 formula without asking whether the point is in China."""
    x, y = lon - 105.0, lat - 35.0
    root, both = np.sqrt(np.abs(x)), x * y
    common = 20.0 * (np.sin(6.0 * np.pi * x) + np.sin(2.0 * np.pi * x))
    north = common + 20.0 * np.sin(np.pi * y) + 40.0 * np.sin(np.pi * y / 3.0)
    north += 160.0 * np.sin(np.pi * y / 12.0) + 320.0 * np.sin(np.pi * y / 30.0)
    north = north * 2.0 / 3.0 - 100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * both + 0.2 * root
    east = common + 20.0 * np.sin(np.pi * x) + 40.0 * np.sin(np.pi * x / 3.0)
    east += 150.0 * np.sin(np.pi * x / 12.0) + 300.0 * np.sin(np.pi * x / 30.0)
    east = east * 2.0 / 3.0 + 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * both + 0.1 * root
    phi = np.radians(lat)
    w = 1.0 - _ECCENTRICITY_SQUARED * np.sin(phi) ** 2
    metres_per_radian_north = _SEMI_MAJOR_M * (1.0 - _ECCENTRICITY_SQUARED) / (w * np.sqrt(w))
    metres_per_radian_east = _SEMI_MAJOR_M / np.sqrt(w) * np.cos(phi)
    return (
        lon + np.degrees(east / metres_per_radian_east),
        lat + np.degrees(north / metres_per_radian_north),
    )


def _bd_of_wgs(lon: FloatArray, lat: FloatArray) -> Pair:
    """Apply Baidu's second shift on top of GCJ-02."""
    x, y = _gcj_of_wgs(lon, lat)
    radius = np.hypot(x, y) + 0.00002 * np.sin(y * _BAIDU_WAVE)
    angle = np.arctan2(y, x) + 0.000003 * np.cos(x * _BAIDU_WAVE)
    return radius * np.cos(angle) + _BAIDU_EAST, radius * np.sin(angle) + _BAIDU_NORTH


def _inverse(
    lon: FloatArray, lat: FloatArray, forward: Callable[[FloatArray, FloatArray], Pair]
) -> Pair:
    """Find the WGS-84 points that ``forward`` moves onto the given ones."""
    with np.errstate(invalid="ignore"):
        found_lon, found_lat = lon, lat
        for _ in range(_PASSES):
            moved_lon, moved_lat = forward(found_lon, found_lat)
            found_lon, found_lat = found_lon + (lon - moved_lon), found_lat + (lat - moved_lat)
    stay = outside_china(found_lon, found_lat)
    return np.where(stay, lon, found_lon), np.where(stay, lat, found_lat)


def _through_proj(first: FloatArray, second: FloatArray, transformer: Transformer) -> Pair:
    out_first, out_second = transformer.transform(first, second)
    lost = ~(np.isfinite(out_first) & np.isfinite(out_second))
    return (
        np.where(lost, np.nan, np.asarray(out_first, dtype=np.float64)),
        np.where(lost, np.nan, np.asarray(out_second, dtype=np.float64)),
    )


@lru_cache(maxsize=64)
def _is_known_epsg(number: int) -> bool:
    try:
        CRS.from_epsg(number)
    except CRSError:
        return False
    return True


@lru_cache(maxsize=64)
def _transformer(name: str, *, inverse: bool) -> Transformer:
    # always_xy: without it PROJ reads 4547 as north, east and (lon, lat) comes out as infinity.
    ends = ("EPSG:4326", name) if inverse else (name, "EPSG:4326")
    return Transformer.from_crs(*ends, always_xy=True)
