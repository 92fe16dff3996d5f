"""Read the boundary of an area from what somebody gives: GeoJSON or well-known text, in degrees."""

import json

import shapely
from shapely.geometry.base import BaseGeometry

from livingcircle_platform.errors import RefusedError

MOST_BYTES = 2 * 1024**2
_FACES = ("Polygon", "MultiPolygon")
_REMEDY = "在 QGIS 里另存为 GeoJSON（坐标系选 WGS-84 或 CGCS2000），再上传"


def read_boundary(content: bytes) -> BaseGeometry:
    """Return the area that a file describes; several faces are one area.

    Raises
    ------
    RefusedError
        If the file is too large, is neither GeoJSON nor well-known text, or holds no area in
        degrees.
    """
    if len(content) > MOST_BYTES:
        raise _refused(f"边界文件超过{MOST_BYTES // 1024**2} MB", "简化边界后再上传")
    try:
        text = content.decode("utf-8-sig").strip()
        shapes = _from_geojson(text) if text.startswith("{") else [shapely.from_wkt(text)]
    except (UnicodeDecodeError, ValueError, KeyError, TypeError, AttributeError,
            shapely.errors.ShapelyError) as problem:  # fmt: skip
        raise _refused("读不出这个边界文件", _REMEDY) from problem
    faces = [one for one in shapes if one is not None and not one.is_empty]
    if not faces or any(one.geom_type not in _FACES for one in faces):
        raise _refused("边界文件里要有面，并且只有面", _REMEDY)
    made = shapely.make_valid(shapely.union_all([shapely.make_valid(one) for one in faces]))
    west, south, east, north = made.bounds
    if west < -180 or east > 180 or south < -90 or north > 90:  # noqa: PLR2004
        raise _refused("坐标不是经纬度，或经度纬度写反了", _REMEDY)
    return shapely.force_2d(made)


def _from_geojson(text: str) -> list[BaseGeometry]:
    told = json.loads(text)
    features = told["features"] if told["type"] == "FeatureCollection" else [told]
    parts = [one["geometry"] if one["type"] == "Feature" else one for one in features]
    return [shapely.from_geojson(json.dumps(one)) for one in parts if one]


def _refused(what: str, remedy: str) -> RefusedError:
    return RefusedError(what, remedy=remedy, fields={"boundary_file": f"{what}。{remedy}。"})
