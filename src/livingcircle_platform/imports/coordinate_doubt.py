"""Show where the places of a file lie under each of two coordinate systems."""

from typing import Any

import numpy as np
import shapely

from livingcircle.coordinates import from_wgs84
from livingcircle.coordinates import to_wgs84
from livingcircle_platform.imports import workplace
from livingcircle_platform.imports.models import Batch
from livingcircle_platform.imports.reading import Reading

_MOST_SHOWN = 200


def places_under(batch: Batch, system: str) -> dict[str, Any]:
    """Return places of a batch, as GeoJSON, as if they had been written in a system.

    Parameters
    ----------
    system
        ``""`` for the one they were read in, ``"swapped"`` for longitude and latitude exchanged.
    """
    try:
        frame = Reading.load(workplace.reading_folder(batch)).rows()
    except (FileNotFoundError, KeyError):
        return _features(np.empty(0), np.empty(0))
    shapes = shapely.centroid(frame.geometry.to_numpy())
    shapes = shapes[~(shapely.is_missing(shapes) | shapely.is_empty(shapes))]
    step = max(1, len(shapes) // _MOST_SHOWN)
    lon, lat = shapely.get_x(shapes[::step]), shapely.get_y(shapes[::step])
    read_as = batch.summary.get("system") or "WGS-84"
    if system == "swapped":
        lon, lat = lat, lon
    elif system:
        lon, lat = to_wgs84(*from_wgs84(lon, lat, read_as), system)
    return _features(lon, lat)


def swapped_columns(batch: Batch) -> dict[str, str]:
    """Return what the headers mean once longitude and latitude are exchanged."""
    other = {"lon": "lat", "lat": "lon"}
    headings = batch.summary.get("headings", [])
    exchanged = {one["title"]: other[one["column"]] for one in headings if one["column"] in other}
    return {**batch.columns, **exchanged}


def _features(lon: Any, lat: Any) -> dict[str, Any]:  # noqa: ANN401 - arrays
    good = np.isfinite(lon) & np.isfinite(lat) & (np.abs(lat) <= 90) & (np.abs(lon) <= 180)  # noqa: PLR2004
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature", "properties": {"id": number},
                "geometry": {"type": "Point", "coordinates": [round(x, 6), round(y, 6)]},
            }
            for number, (x, y) in enumerate(zip(lon[good], lat[good], strict=True))
        ],
    }  # fmt: skip
