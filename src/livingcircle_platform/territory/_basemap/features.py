"""Read what the base map draws from an OpenStreetMap extract, placed on the Mercator square."""

import math
from collections.abc import Callable
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import osmium
import shapely
from osmium.filter import KeyFilter
from osmium.osm.types import OSMEntity

from livingcircle_platform.territory._basemap import kinds
from livingcircle_platform.territory._basemap.kinds import Kind

_BATCH = 20_000
_NAMED_FROM_SHARE = 1 / 12  # of a tile's width: about 40 pixels, room for a name
_NORTH_END = 85.0  # where the Mercator square ends

Raw = tuple[Kind, str, str]  # kind, name, WKB in hexadecimal
Draw = Callable[[Any], str]


@dataclass(frozen=True)
class Features:
    """Hold what is drawn, one row each: shape, kind, name, and the zoom it is drawn from."""

    shapes: npt.NDArray[np.object_]
    kinds: npt.NDArray[np.object_]
    names: npt.NDArray[np.object_]
    from_zoom: npt.NDArray[np.int64]

    def __len__(self) -> int:
        """Return how many rows there are."""
        return len(self.shapes)

    def take(self, rows: npt.NDArray[np.bool_] | npt.NDArray[np.int64]) -> "Features":
        """Return some rows."""
        return Features(self.shapes[rows], self.kinds[rows], self.names[rows], self.from_zoom[rows])

    def drawn_as(self, shapes: npt.NDArray[np.object_]) -> "Features":
        """Return the same rows with other shapes, without those of which nothing is left."""
        return Features(shapes, self.kinds, self.names, self.from_zoom).take(
            ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
        )


def read_features(extract: Path) -> Features:
    """Read everything that is drawn, in the order of the file."""
    parts = [_placed(batch) for batch in _batches(_objects(extract))]
    return joined([*parts, *(_area_names(part) for part in parts)])


def joined(parts: list[Features]) -> Features:
    """Return several tables as one."""
    columns = ("shapes", "kinds", "names", "from_zoom")
    if not parts:
        empty = np.empty(0, dtype=object)
        return Features(empty, empty, empty, np.empty(0, dtype=np.int64))
    return Features(*(np.concatenate([getattr(part, one) for part in parts]) for one in columns))


def to_square(degrees: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Place longitudes and latitudes on the Mercator square: 0 to 1, downwards from north."""
    north = np.radians(np.clip(degrees[:, 1], -_NORTH_END, _NORTH_END))
    return np.column_stack(
        (degrees[:, 0] / 360 + 0.5, 0.5 - np.arcsinh(np.tan(north)) / (2 * math.pi))
    )


def to_degrees(square: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the longitudes and latitudes of places on the Mercator square."""
    north = np.arctan(np.sinh((0.5 - square[:, 1]) * 2 * math.pi))
    return np.column_stack(((square[:, 0] - 0.5) * 360, np.degrees(north)))


def _objects(extract: Path) -> Iterator[Raw]:
    reader = (
        osmium.FileProcessor(str(extract))
        .with_areas(KeyFilter(*kinds.AREA_KEYS))
        .with_filter(KeyFilter(*kinds.KEYS))
    )
    factory = osmium.geom.WKBFactory()
    for item in reader:
        tags = dict(item.tags)
        for kind, draw in _wanted(item, tags, factory):
            name = kinds.name_of(tags)
            if (wkb := _drawn(draw, item)) is not None and (name or kind.layer != "names"):
                yield kind, name, wkb


def _wanted(
    item: OSMEntity, tags: kinds.Tags, factory: osmium.geom.WKBFactory
) -> Iterator[tuple[Kind, Draw]]:
    if item.is_area():
        for area in kinds.area_kinds(tags):
            yield area, factory.create_multipolygon
    elif item.is_way() and (line := kinds.line_kind(tags)) is not None:
        yield line, factory.create_linestring
    elif item.is_node() and (place := kinds.place_kind(tags)) is not None:
        yield place, factory.create_point


def _drawn(draw: Draw, item: OSMEntity) -> str | None:
    """Return the shape of an object; nothing where the extract lacks the nodes to draw it."""
    try:
        return draw(item)
    except (osmium.InvalidLocationError, RuntimeError):
        return None


def _batches(objects: Iterator[Raw]) -> Iterator[list[Raw]]:
    batch: list[Raw] = []
    for one in objects:
        batch.append(one)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _placed(batch: list[Raw]) -> Features:
    shapes = shapely.transform(shapely.from_wkb([one[2] for one in batch]), to_square)
    kind = np.array([one[0] for one in batch], dtype=object)
    names = np.array([one[1] for one in batch], dtype=object)
    names[[one.layer == "buildings" for one in kind]] = ""
    return Features(shapes, kind, names, np.array([one.from_zoom for one in kind], dtype=np.int64))


def _area_names(part: Features) -> Features:
    """Return a point for the name of each named water and park, written where there is room."""
    named = np.array(
        [
            bool(name) and kind.cls in kinds.NAMED_AREAS
            for name, kind in zip(part.names, part.kinds, strict=True)
        ],
        dtype=np.bool_,
    )
    found = part.take(named)
    width = np.sqrt(np.maximum(shapely.area(found.shapes), np.finfo(float).tiny))
    zoom = np.ceil(np.log2(_NAMED_FROM_SHARE / width)).astype(np.int64)
    kind = np.array([kinds.NAMED_AREAS[one.cls] for one in found.kinds], dtype=object)
    least = np.array([one.from_zoom for one in kind], dtype=np.int64)
    return Features(
        shapely.point_on_surface(found.shapes), kind, found.names, np.maximum(zoom, least)
    )
