"""Read, convert, check and measure coordinates; the one door to everything about place.

A file declares its system (WGS-84, CGCS2000, GCJ-02, BD-09 or an EPSG number). The engine keeps
WGS-84 degrees, measures on a :class:`LocalGrid` or on the ellipsoid, and doubts every label:
:func:`suspect_label` holds a whole file against the streets.
"""

import re
import unicodedata

from livingcircle._places.datum import BD09
from livingcircle._places.datum import CGCS2000
from livingcircle._places.datum import GCJ02
from livingcircle._places.datum import WGS84
from livingcircle._places.datum import from_wgs84
from livingcircle._places.datum import is_projected
from livingcircle._places.datum import outside_china
from livingcircle._places.datum import system_name
from livingcircle._places.datum import to_wgs84
from livingcircle._places.grid import LocalGrid
from livingcircle._places.grid import geodesic_area
from livingcircle._places.grid import geodesic_length
from livingcircle._places.labels import Reference
from livingcircle._places.labels import Suspicion
from livingcircle._places.labels import suspect_label
from livingcircle.errors import CoordinateError

__all__ = [
    "BD09",
    "CGCS2000",
    "GCJ02",
    "WGS84",
    "LocalGrid",
    "Reference",
    "Suspicion",
    "from_wgs84",
    "geodesic_area",
    "geodesic_length",
    "is_projected",
    "outside_china",
    "parse_angle",
    "suspect_label",
    "system_name",
    "to_wgs84",
]

_FULL_TURN = 360.0
_SIXTY = 60.0
_NEGATIVE = frozenset("SW南西")
_MARKS = str.maketrans(
    {
        "º": "°",
        "˚": "°",
        "度": "°",
        "′": "'",
        "’": "'",
        "‘": "'",
        "分": "'",
        "″": '"',
        "”": '"',
        "“": '"',
        "秒": '"',
        "−": "-",
        "–": "-",
    }
)
_NUMBER = r"\d+(?:\.\d+)?"
_PARTS = re.compile(
    rf"(?P<sign>[+-]?)(?P<degrees>{_NUMBER})"
    rf"(?:[°: ]+(?:(?P<minutes>{_NUMBER})(?:[': ]+(?:(?P<seconds>{_NUMBER})[\"' ]*)?)?)?)?"
)


def parse_angle(text: str | float) -> float:
    """Read one longitude or latitude as people type it, in degrees.

    ``116.35``, ``"１１６．３５"``, ``"116,35"``, ``"116°21′00″E"``, ``"东经116度21分"``,
    ``"116 21 00"`` and ``"116:21:00"`` all give 116.35; south and west are negative.

    Raises
    ------
    CoordinateError
        When the text is empty, holds two coordinates, or is not an angle at all.
    """
    if isinstance(text, int | float):
        return _checked(float(text), text)
    # Twice: NFKC would turn the degree signs º and ˚ into a letter and an accent.
    word = unicodedata.normalize("NFKC", text.translate(_MARKS)).translate(_MARKS)
    word = word.replace("''", '"').replace("东经", "E").replace("西经", "W")
    word = word.replace("北纬", "N").replace("南纬", "S").strip(" ,;、\t\r\n").upper()
    hemispheres = re.findall(r"[NSEW东西南北]", word)
    word = re.sub(r"^[NSEW东西南北]|[NSEW东西南北]$", "", word).strip(" ,")
    word = re.sub(r"\s*\.\s*", ".", re.sub(r"\s+", " ", word))
    if "." not in word and word.count(",") == 1:
        word = re.sub(r"\s*,\s*", ".", word)
    if "," in word or ";" in word or len(hemispheres) > 1:
        what = f"“{text}”像是把经度和纬度写在了一格"
        raise CoordinateError(what, remedy="分成经度、纬度两列，每格一个数")
    return _checked(_angle_of(word, text, negative=bool(_NEGATIVE & set(hemispheres))), text)


def _angle_of(word: str, text: str, *, negative: bool) -> float:
    parts = _PARTS.fullmatch(word)
    if parts is None:
        what = f"“{text}”不是经纬度" if word else "经纬度是空的"
        raise CoordinateError(what, remedy="写成小数度，例如 116.350000，或度分秒 116°21′00″")
    minutes, seconds = float(parts["minutes"] or 0), float(parts["seconds"] or 0)
    if minutes >= _SIXTY or seconds >= _SIXTY:
        what = f"“{text}”的分或秒不小于 60"
        raise CoordinateError(what, remedy="核对度分秒，或改写成小数度")
    degrees = float(parts["degrees"]) + minutes / _SIXTY + seconds / (_SIXTY * _SIXTY)
    return -degrees if negative or parts["sign"] == "-" else degrees


def _checked(degrees: float, text: str | float) -> float:
    if not abs(degrees) <= _FULL_TURN:
        what = f"“{text}”超出经纬度的范围"
        remedy = (
            "经度在 -180 与 180 之间，纬度在 -90 与 90 之间；若是以米计的投影坐标，声明 EPSG 编号"
        )
        raise CoordinateError(what, remedy=remedy)
    return degrees
