"""Build the offline base map: one PMTiles file out of an OpenStreetMap extract.

The platform fetches nothing at run time, so that the ground under its maps is made once, here,
from a file that the district has. Same extract and options, same bytes.
"""

import os
import tempfile
from collections.abc import Callable
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from typing import Any

import numpy as np
import shapely
from pmtiles.tile import Compression
from pmtiles.tile import TileType
from pmtiles.tile import zxy_to_tileid
from pmtiles.writer import Writer

from livingcircle_platform.errors import PlatformError
from livingcircle_platform.territory._basemap.features import Features
from livingcircle_platform.territory._basemap.features import read_features
from livingcircle_platform.territory._basemap.features import to_degrees
from livingcircle_platform.territory._basemap.kinds import LAYERS
from livingcircle_platform.territory._basemap.tiles import Tile
from livingcircle_platform.territory._basemap.tiles import Zooms
from livingcircle_platform.territory._basemap.tiles import cut
from livingcircle_platform.territory._basemap.tiles import tile_range

ATTRIBUTION = "© OpenStreetMap contributors"
_MOST_TILES = 400_000  # at the last zoom; a province of 100,000 km² has fewer

Progress = Callable[[str, float], None]


class BasemapError(PlatformError):
    """The base map cannot be made from this extract."""


@dataclass(frozen=True)
class BasemapSummary:
    """Say what was written: counts, sizes in bytes, and the extent in degrees."""

    tiles: int
    features: int
    largest_tile: int
    dropped: int
    size: int
    bounds: tuple[float, float, float, float]


def build_basemap(
    extract: Path,
    out: Path,
    *,
    title: str,
    min_zoom: int = 10,
    max_zoom: int = 15,
    progress: Progress | None = None,
) -> BasemapSummary:
    """Write the base map of an extract.

    Parameters
    ----------
    extract
        An ``.osm.pbf`` file of the city or district.
    out
        The ``.pmtiles`` file; it appears only when it is whole.
    title
        The name of the map, written into it.
    min_zoom, max_zoom
        First and last zoom of the tiles; beyond the last one the map is enlarged.
    progress
        Told the step, in Chinese, and the share of it that is done.

    Raises
    ------
    BasemapError
        If the extract cannot be read, holds nothing to draw, or covers too much.
    """
    zooms = Zooms(min_zoom, max_zoom)
    tell: Progress = progress or (lambda _step, _share: None)
    tell("读取街道、水面、绿地和建筑", 0.0)
    features = _read(extract)
    _check_extent(features, extract, max_zoom)
    tiles: dict[int, Tile] = {}
    for made in cut(features, zooms):
        if isinstance(made, float):
            tell("切成瓦片", made)
        else:
            tiles[zxy_to_tileid(made.zoom, made.column, made.row)] = made
    if not tiles:
        what = f"{extract.name}：没有画出任何内容"
        raise BasemapError(what, remedy="换一个覆盖本区的 OpenStreetMap 提取文件")
    with _whole(out) as stream:
        _write(stream, tiles, _header(features, zooms), _metadata(title, zooms))
    return BasemapSummary(
        tiles=len(tiles),
        features=len(features),
        largest_tile=max(tile.size for tile in tiles.values()),
        dropped=sum(tile.dropped for tile in tiles.values()),
        size=out.stat().st_size,
        bounds=_bounds(features),
    )


def _read(extract: Path) -> Features:
    if not extract.is_file():
        what = f"找不到 OpenStreetMap 文件 {extract}"
        raise BasemapError(what, remedy="检查文件名和路径")
    try:
        features = read_features(extract)
    except (RuntimeError, ValueError, OSError) as error:
        what = f"{extract.name}：不是完整的 OpenStreetMap 文件（{error}）"
        raise BasemapError(what, remedy="重新下载，文件名以 .osm.pbf 结尾") from error
    if not len(features):
        what = f"{extract.name}：没有街道、水面、绿地和建筑"
        raise BasemapError(what, remedy="换一个覆盖本区的提取文件")
    return features


def _check_extent(features: Features, extract: Path, zoom: int) -> None:
    first_column, first_row, last_column, last_row = tile_range(features, zoom)
    if (last_column - first_column + 1) * (last_row - first_row + 1) > _MOST_TILES:
        west, south, east, north = _bounds(features)
        covered = f"东经 {west:.1f}–{east:.1f}°、北纬 {south:.1f}–{north:.1f}°"
        what = f"{extract.name}：范围太大（{covered}）"
        raise BasemapError(what, remedy="只提取本市或本区")


def _bounds(features: Features) -> tuple[float, float, float, float]:
    west, top, east, bottom = shapely.total_bounds(features.shapes)
    (low, north), (high, south) = to_degrees(np.array([[west, top], [east, bottom]]))
    return float(low), float(south), float(high), float(north)


def _header(features: Features, zooms: Zooms) -> dict[str, Any]:
    """Return the header of the file; the median feature is its middle, whatever strays far out."""
    box = shapely.bounds(features.shapes)
    middle = np.median((box[:, :2] + box[:, 2:]) / 2, axis=0)
    longitude, latitude = to_degrees(middle[np.newaxis])[0]
    west, south, east, north = (round(degrees * 1e7) for degrees in _bounds(features))
    return {
        "tile_type": TileType.MVT,
        "tile_compression": Compression.GZIP,
        "min_lon_e7": west,
        "min_lat_e7": south,
        "max_lon_e7": east,
        "max_lat_e7": north,
        "center_zoom": min(max(14, zooms.first), zooms.last),
        "center_lon_e7": round(longitude * 1e7),
        "center_lat_e7": round(latitude * 1e7),
    }


def _metadata(title: str, zooms: Zooms) -> dict[str, Any]:
    span = {"minzoom": zooms.first, "maxzoom": zooms.last}
    fields = {"class": "String", "rank": "Number", "name": "String"}
    return {
        "name": title,
        "type": "baselayer",
        "attribution": ATTRIBUTION,
        "vector_layers": [{"id": layer, "fields": fields, **span} for layer in LAYERS],
    }


def _write(
    stream: IO[bytes], tiles: dict[int, Tile], header: dict[str, Any], metadata: dict[str, Any]
) -> None:
    writer = Writer(stream)
    for number in sorted(tiles):  # in this order, neighbours are read in one go
        writer.write_tile(number, tiles[number].data)
    writer.finalize(header, metadata)


@contextmanager
def _whole(path: Path) -> Iterator[IO[bytes]]:
    """Open a file that takes its name only once everything is written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(handle, "wb") as stream:
            yield stream
        Path(name).chmod(0o644)
        Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)
