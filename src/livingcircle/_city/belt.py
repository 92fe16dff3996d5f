"""Say how far around a district its neighbours' rows are read.

The belt grows from where people live: small cells that hold doors, and the boxes of communities
and circles. Degrees are turned to metres on the safe side, so the belt is never narrower than
asked.
"""

import math

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from livingcircle._city.description import Bounds
from livingcircle._city.description import CityDistrict
from livingcircle._city.layout import BELT_TABLES
from livingcircle._city.layout import EXTENT

LIVED_IN = ("doors", "communities", "circles")
_CELL = 0.002  # degrees: some 200 m
# The shortest degrees there are, on any ellipsoid in use.
_LATITUDE, _LONGITUDE = 110_500.0, 111_300.0
_STEEPEST = 85.0
# Two extents whose borders were drawn apart by less than this leave no hole between them.
SLIVER = 0.0005


def grow(box: Bounds, metres: float) -> Bounds:
    """Return a box at least so many metres larger on every side."""
    west, south, east, north = box
    high = metres / _LATITUDE
    most = min(_STEEPEST, max(abs(south), abs(north)) + high)
    wide = metres / (_LONGITUDE * math.cos(math.radians(most)))
    return west - wide, south - high, east + wide, north + high


def touch(one: Bounds | None, other: Bounds | None) -> bool:
    """Return whether two boxes meet."""
    if one is None or other is None:
        return False
    return one[0] <= other[2] and other[0] <= one[2] and one[1] <= other[3] and other[1] <= one[3]


def neighbours(
    district: CityDistrict, everyone: tuple[CityDistrict, ...], metres: float
) -> tuple[CityDistrict, ...]:
    """Return the districts with anything in the belt of one, in the order of the city.

    A district whose files cannot be read counts as a neighbour where the rest of it lies near, or
    where nobody can say: what may be missing is not passed over.
    """
    home = district.bounds(LIVED_IN)
    if home is None or metres <= 0:
        return ()
    box = grow(home, metres)
    return tuple(one for one in everyone if one.name != district.name and _reaches(one, box))


def _reaches(one: CityDistrict, box: Bounds) -> bool:
    """Return whether a district has rows in a box, or may have."""
    if any(touch(one.parts[table].bounds, box) for table in (*BELT_TABLES, EXTENT)):
        return True
    if not any(one.parts[table].problem for table in BELT_TABLES):
        return False
    known = one.bounds(tuple(one.parts))
    return known is None or touch(known, box)


def bounds_of(shapes: npt.NDArray[np.object_]) -> npt.NDArray[np.float64]:
    """Return the boxes of those shapes that are anywhere."""
    ends = shapely.bounds(shapes).reshape(-1, 4)
    return np.asarray(ends[np.isfinite(ends).all(axis=1)], dtype=np.float64)


def zone_of(lived_in: list[gpd.GeoSeries], metres: float) -> shapely.Geometry:
    """Return the ground within at least so many metres of where people live, in degrees."""
    boxes: set[Bounds] = set()
    for series in lived_in:
        ends = bounds_of(series.to_numpy())
        cells = np.column_stack([np.floor(ends[:, :2] / _CELL), np.ceil(ends[:, 2:] / _CELL)])
        boxes.update(tuple(row) for row in (np.unique(cells, axis=0) * _CELL).tolist())
    return shapely.union_all([shapely.box(*grow(box, metres)) for box in sorted(boxes)])


def joined_extent(extents: list[shapely.Geometry], zone: shapely.Geometry) -> shapely.Geometry:
    """Return what the data of several districts cover together, as far as it was read."""
    whole = shapely.union_all(extents)
    closed = shapely.buffer(whole, SLIVER, join_style="mitre")
    closed = shapely.buffer(closed, -SLIVER, join_style="mitre")
    return shapely.intersection(shapely.union(whole, closed), zone)
