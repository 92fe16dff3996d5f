"""Hand circles and areas to a map as GeoJSON."""

import json
from collections.abc import Iterable
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from livingcircle_platform.territory.models import Area
from livingcircle_platform.territory.models import Circle

_DEGREES = 1e-6  # a decimetre


def feature(key: object, shape: BaseGeometry, **told: object) -> dict[str, Any]:
    """Return one feature; what is blank is left out."""
    geometry = json.loads(shapely.to_geojson(shapely.set_precision(shape, _DEGREES)))
    properties = {"id": str(key), **{name: value for name, value in told.items() if value}}
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def collection(features: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Return features as one layer."""
    return {"type": "FeatureCollection", "features": list(features)}


def circle_layer(circles: Iterable[Circle]) -> dict[str, Any]:
    """Return circles; those drawn nowhere have the outline of their communities."""
    found = ((one, boundary_of(one)) for one in circles)
    return collection(
        feature(one.code, shape, name=one.name, tone="lacking" if _is_hard(one) else "")
        for one, shape in found
        if shape is not None
    )


def area_layer(areas: Iterable[Area]) -> dict[str, Any]:
    """Return areas that have a boundary."""
    return collection(
        feature(one.pk, one.boundary, name=one.name) for one in areas if one.boundary is not None
    )


def boundary_of(circle: Circle) -> BaseGeometry | None:
    """Return the boundary of a circle, or the outline of its communities."""
    if circle.boundary is not None:
        return circle.boundary
    shapes = [member.community.boundary for member in circle.members.all()]
    known = [one for one in shapes if one is not None]
    return shapely.union_all(known) if known else None


def _is_hard(circle: Circle) -> bool:
    return any(one["severity"] == "hard" for one in circle.broken)
