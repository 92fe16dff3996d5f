"""Place a window of the district on paper, and write shapes as SVG paths.

Drawing units are metres on the district's own grid, with y downwards; ``Frame.unit`` is the
number of metres to one pixel of the finished picture, so that signs and letters keep their size.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from livingcircle.coordinates import LocalGrid
from livingcircle.documents._assessed import circle_ids
from livingcircle.documents._assessed import circle_shape
from livingcircle.documents._desk import Assessed
from livingcircle.errors import OutputError

SIDE_PARTS = 16
SLACK_DEGREES = 1e-5  # about a metre
SMALLEST_RING = 3


@dataclass(frozen=True)
class Frame:
    """Place a window of the district on paper.

    ``home`` is the part that the picture is about: x, y, width and height in drawing units.
    """

    grid: LocalGrid
    left: float
    top: float
    width: float
    height: float
    unit: float
    home: tuple[float, float, float, float]

    def points(self, series: gpd.GeoSeries) -> np.ndarray:
        """Return where points fall, one row of x and y each; NaN for a missing place."""
        places = np.array(series.array, dtype=object)
        places[shapely.is_empty(places)] = None
        x, y = self.grid.project_xy(shapely.get_x(places), shapely.get_y(places))
        return np.column_stack([x - self.left, self.top - y])

    def near(self, layer: gpd.GeoSeries | gpd.GeoDataFrame) -> npt.NDArray[np.int64]:
        """Return which rows of a layer may fall into the window, by the layer's own index."""
        found = layer.sindex.query(shapely.box(*self._degrees()))
        return np.sort(np.asarray(found, dtype=np.int64))

    def _degrees(self) -> tuple[float, float, float, float]:
        """Return a box in degrees that holds the whole window, its sides bent by the grid."""
        sides = shapely.segmentize(self.window, max(self.width, self.height) / SIDE_PARTS)
        x, y = shapely.get_coordinates(sides).T
        lon, lat = self.grid.unproject_xy(x + self.left, self.top - y)
        slack = SLACK_DEGREES
        return lon.min() - slack, lat.min() - slack, lon.max() + slack, lat.max() + slack

    def place(self, geometry: Any) -> Any:  # noqa: ANN401 - the same kind comes back
        """Return a geometry, or an array of them, in drawing units."""
        plane = self.grid.project(geometry)
        return shapely.transform(
            plane, lambda xy: np.column_stack([xy[:, 0] - self.left, self.top - xy[:, 1]])
        )

    def holds(self, xy: np.ndarray) -> np.ndarray:
        """Say which points fall into the window."""
        inside = (xy >= 0) & (xy <= (self.width, self.height))
        return np.asarray(inside.all(axis=1))

    @property
    def sign(self) -> float:
        """Return the scale of signs: smaller on a picture of a wide area, larger on a close one."""
        return self.unit * min(1.3, max(0.6, math.sqrt(1.4 / self.unit)))

    @property
    def window(self) -> BaseGeometry:
        """Return the window as a box in drawing units."""
        return shapely.box(0, 0, self.width, self.height)


@dataclass(frozen=True)
class Focus:
    """Say what a picture shows: a trade whose blind areas are hatched, and one circle or all."""

    trade: str = ""
    circle_id: str = ""


def frame_for(assessed: Assessed, pixels: tuple[int, int], circle_id: str = "") -> Frame:
    """Fit a circle, or the whole district, into a picture of so many pixels."""
    subject = _subject(assessed, circle_id)
    if subject is None:
        raise OutputError(
            f"“{assessed.district.name}”没有任何带位置的图层，画不出图",
            remedy="检查楼门、网点或道路是否有坐标",
        )
    grid = LocalGrid.around(subject.bounds)
    west, south, east, north = grid.project(subject).bounds
    margin = max(60.0, 0.05 * max(east - west, north - south))
    inner = (east - west + 2 * margin, north - south + 2 * margin)
    unit = max(inner[0] / pixels[0], inner[1] / pixels[1])
    width, height = unit * pixels[0], unit * pixels[1]
    left, top = (west + east - width) / 2, (south + north + height) / 2
    home = ((width - inner[0]) / 2, (height - inner[1]) / 2, *inner)
    return Frame(grid, left, top, width, height, unit, home)


def _subject(assessed: Assessed, circle_id: str) -> BaseGeometry | None:
    circles = [circle_id] if circle_id else circle_ids(assessed)
    shapes = [shape for c in circles if (shape := circle_shape(assessed, c)) is not None]
    layers = (assessed.doors, assessed.outlets, assessed.district.streets)
    for layer in () if shapes else layers:
        shapes.extend(layer.geometry.dropna())
    return shapely.box(*shapely.total_bounds(shapes)) if shapes else None


def sketch_path(geometry: BaseGeometry) -> str:
    """Return a polygon as SVG path data in whole metres, each point told from the one before.

    A third of the size of :func:`path_data`, for areas whose borders are sketches anyway.
    """
    parts = shapely.get_parts(geometry)
    rings = shapely.get_rings(parts[shapely.get_type_id(parts) == shapely.GeometryType.POLYGON])
    return "".join(_steps(shapely.get_coordinates(ring)) for ring in rings)


def _steps(corners: npt.NDArray[np.float64]) -> str:
    whole = np.rint(corners).astype(np.int64)
    steps = np.diff(whole, axis=0)
    steps = steps[steps.any(axis=1)]
    if len(steps) < SMALLEST_RING:
        return ""
    told = " ".join(map(str, steps[:-1].ravel().tolist()))
    return f"M{whole[0, 0]} {whole[0, 1]}l{told}z"


def path_data(geometry: BaseGeometry) -> str:
    """Return a line or polygon as SVG path data, to the decimetre."""
    parts: list[str] = []
    for part in shapely.get_parts(geometry):
        if part.geom_type == "Polygon":
            rings = [part.exterior, *part.interiors]
            parts.extend(f"{_line(ring)}z" for ring in rings)
        elif part.geom_type in {"LineString", "LinearRing"}:
            parts.append(_line(part))
    return "".join(parts)


def _line(line: BaseGeometry) -> str:
    pairs = (f"{x:.1f} {y:.1f}" for x, y in shapely.get_coordinates(line))
    return "M" + "L".join(pairs)


def merged_path(shapes: Iterable[BaseGeometry]) -> str:
    """Return many shapes as one path; thousands of streets are one element."""
    return "".join(path_data(shape) for shape in shapes)
