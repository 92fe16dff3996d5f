"""Cut features into vector tiles, none of them larger than a slow connection bears."""

import gzip
from collections.abc import Iterator
from dataclasses import dataclass

import mapbox_vector_tile
import numpy as np
import shapely

from livingcircle_platform.territory._basemap.features import Features
from livingcircle_platform.territory._basemap.features import joined
from livingcircle_platform.territory._basemap.kinds import LAYERS

MOST_BYTES = 200_000  # of a tile, unpacked
EXTENT = 4096
_BUFFER = 64  # lines and outlines reach so far beyond the tile, or the seam would show
_LEAST_AREA = 128.0  # in tile units: 2 pixels
_LEAST_AREA_AT_LAST = 32.0
_TOLERANCE = 4.0  # half a pixel
_TOLERANCE_AT_LAST = 1.0  # the last zoom is drawn enlarged
_OPTIONS = {"y_coord_down": True, "check_winding_order": False, "extents": EXTENT}
_POINT, _LINES, _AREAS = (0,), (1, 5), (3, 6)  # shapely's numbers for what each may be


@dataclass(frozen=True)
class Tile:
    """Hold one packed tile, its place, and how many features it had no room for."""

    zoom: int
    column: int
    row: int
    data: bytes
    size: int
    dropped: int


@dataclass(frozen=True)
class Zooms:
    """Bound the zooms that tiles are made for."""

    first: int
    last: int


def cut(features: Features, zooms: Zooms) -> Iterator[Tile | float]:
    """Yield every tile that has something on it, and in between the share that is done."""
    roots = list(_roots(features, zooms.first))
    for number, (column, row) in enumerate(roots):
        for share in _quarter(features, zooms, zooms.first, column, row):
            yield (number + share) / len(roots) if isinstance(share, float) else share


def tile_range(features: Features, zoom: int) -> tuple[int, int, int, int]:
    """Return the first column and row, and the last, that features touch at a zoom."""
    low_x, low_y, high_x, high_y = shapely.total_bounds(features.shapes) * 2**zoom
    last = 2**zoom - 1
    first = np.clip(np.floor([low_x, low_y]), 0, last).astype(int)
    end = np.clip(np.floor([high_x, high_y]), 0, last).astype(int)
    return int(first[0]), int(first[1]), int(end[0]), int(end[1])


def encode(features: Features, most_bytes: int = MOST_BYTES) -> tuple[bytes, int]:
    """Return a tile and how many features were dropped: small buildings first, roads last."""
    size = np.where(
        np.isin(shapely.get_type_id(features.shapes), _AREAS),
        shapely.area(features.shapes),
        shapely.length(features.shapes),
    )
    keep = np.array([kind.keep for kind in features.kinds], dtype=np.int64)
    ordered = features.take(np.lexsort((-size, -keep)))
    kept = len(ordered)
    while True:
        data = _encode_all(ordered.take(np.arange(kept)))
        if len(data) <= most_bytes:
            return data, len(ordered) - kept
        kept = min(kept - 1, int(kept * 0.95 * most_bytes / len(data)))


def _roots(features: Features, zoom: int) -> Iterator[tuple[int, int]]:
    first_column, first_row, last_column, last_row = tile_range(features, zoom)
    for column in range(first_column, last_column + 1):
        for row in range(first_row, last_row + 1):
            yield column, row


def _quarter(
    features: Features, zooms: Zooms, zoom: int, column: int, row: int
) -> Iterator[Tile | float]:
    """Draw one tile, then its four quarters from what fell upon it; end with 1.0."""
    here = _clipped(features, zoom, column, row)
    if len(here):
        shown = _drawn(here.take(here.from_zoom <= zoom), zooms, zoom, column, row)
        data, dropped = encode(shown)
        if data:
            packed = gzip.compress(data, compresslevel=9, mtime=0)
            yield Tile(zoom, column, row, packed, len(data), dropped)
        if zoom < zooms.last:
            for number, (right, down) in enumerate(((0, 0), (0, 1), (1, 0), (1, 1))):
                place = (zoom + 1, 2 * column + right, 2 * row + down)
                for one in _quarter(here, zooms, *place):
                    yield (number + one) / 4 if isinstance(one, float) else one
    yield 1.0


def _clipped(features: Features, zoom: int, column: int, row: int) -> Features:
    """Return what falls upon a tile and its buffer; only what crosses the edge is cut."""
    margin = _BUFFER / EXTENT
    low = np.array([column - margin, row - margin]) / 2**zoom
    high = np.array([column + 1 + margin, row + 1 + margin]) / 2**zoom
    bounds = shapely.bounds(features.shapes)
    near = np.all((bounds[:, 2:] >= low) & (bounds[:, :2] <= high), axis=1)
    here, bounds = features.take(near), bounds[near]
    crossing = ~np.all((bounds[:, :2] >= low) & (bounds[:, 2:] <= high), axis=1)
    shapes = here.shapes.copy()
    shapes[crossing] = shapely.clip_by_rect(shapes[crossing], *low, *high)
    return here.drawn_as(shapes)


def _drawn(features: Features, zooms: Zooms, zoom: int, column: int, row: int) -> Features:
    """Place features on a tile's grid of whole numbers, no finer than the eye sees."""
    at_last = zoom == zooms.last
    tolerance = _TOLERANCE_AT_LAST if at_last else _TOLERANCE
    least = _LEAST_AREA_AT_LAST if at_last else _LEAST_AREA
    corner = np.array([column, row])
    shapes = shapely.transform(features.shapes, lambda at: (at * 2**zoom - corner) * EXTENT)
    placed = features.drawn_as(shapes)
    sort = shapely.get_type_id(placed.shapes)
    return joined(
        [
            _areas(placed.take(np.isin(sort, _AREAS)), tolerance, least),
            _lines(placed.take(np.isin(sort, _LINES)), tolerance),
            _points(placed.take(np.isin(sort, _POINT))),
        ]
    )


def _areas(features: Features, tolerance: float, least: float) -> Features:
    large = features.take(shapely.area(features.shapes) >= least)
    shapes = shapely.simplify(large.shapes, tolerance, preserve_topology=True)
    broken = ~shapely.is_valid(shapes)
    shapes[broken] = shapely.buffer(shapely.make_valid(shapes[broken]), 0)
    shapes = shapely.orient_polygons(shapely.set_precision(shapes, 1.0), exterior_cw=False)
    return large.drawn_as(shapes)


def _lines(features: Features, tolerance: float) -> Features:
    """Join the pieces of one street, so that its name has room; then simplify."""
    if not len(features):
        return features
    whole = [f"{kind.layer}/{kind.rank}/{kind.cls}/{name}" for kind, name in
             zip(features.kinds, features.names, strict=True)]  # fmt: skip
    _, first, group = np.unique(whole, return_index=True, return_inverse=True)
    pieces, owner = shapely.get_parts(features.shapes, return_index=True)
    order = np.argsort(group[owner], kind="stable")
    merged = shapely.line_merge(
        shapely.multilinestrings(pieces[order], indices=group[owner][order])
    )
    lines, street = shapely.get_parts(merged, return_index=True)
    shapes = shapely.simplify(lines, tolerance, preserve_topology=False)
    shapes = shapely.transform(shapes, np.rint)
    return features.take(first[street]).drawn_as(shapes).take(shapely.length(shapes) > 0)


def _points(features: Features) -> Features:
    """Keep each name on the one tile that it stands on."""
    at = np.floor(shapely.get_coordinates(features.shapes))
    inside = np.all((at >= 0) & (at < EXTENT), axis=1)
    return features.take(inside).drawn_as(shapely.points(at[inside]))


def _encode_all(features: Features) -> bytes:
    rows: dict[str, list[dict[str, object]]] = {layer: [] for layer in LAYERS}
    for shape, kind, name in zip(features.shapes, features.kinds, features.names, strict=True):
        properties: dict[str, object] = {"class": kind.cls} if kind.layer != "buildings" else {}
        if kind.rank:
            properties["rank"] = kind.rank
        if name and kind.layer not in {"green", "landuse"}:
            properties["name"] = name
        rows[kind.layer].append({"geometry": shape, "properties": properties})
    layers = [{"name": name, "features": found} for name, found in rows.items() if found]
    data: bytes = mapbox_vector_tile.encode(layers, default_options=_OPTIONS) if layers else b""
    return data
