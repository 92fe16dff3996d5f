"""Say where a tile is and what it may hold, for either way of making one.

A tile never weighs more than 200 KB: where more points than fit lie in one, a grid is laid over it
and each cell shows its first point, with the number of all in ``n``; of areas, those too small to
see are left out.
"""

import hashlib
import math
from typing import NamedTuple

EXTENT, BUFFER = 4096, 64
HEAVIEST = 200_000  # bytes
DEEPEST = 22
POINTS = 1_500  # of so many nothing is left out
CELL = 112  # units of the first grid: 37 × 37 cells
NAME = 20  # characters
LAT_MOST = 85.0511


class Tile(NamedTuple):
    """Hold one tile: its bytes, their fingerprint, and how many features of how many."""

    body: bytes
    etag: str
    kept: int
    total: int

    @classmethod
    def of(cls, body: bytes, kept: int, total: int) -> "Tile":
        """Return a tile with its fingerprint."""
        return cls(body, f'"{hashlib.sha256(body).hexdigest()[:32]}"', kept, total)


class Place(NamedTuple):
    """Name a tile."""

    z: int
    x: int
    y: int

    @property
    def exists(self) -> bool:
        """Say whether there is such a tile."""
        return self.z <= DEEPEST and self.x < 2**self.z and self.y < 2**self.z

    def box(self) -> tuple[float, float, float, float]:
        """Return the degrees it covers with its margin: west, south, east, north."""
        margin = BUFFER / EXTENT
        west, east = (self._lon(self.x - margin), self._lon(self.x + 1 + margin))
        south, north = (self._lat(self.y + 1 + margin), self._lat(self.y - margin))
        return west, south, east, north

    def units(self, lon: float, lat: float) -> tuple[float, float]:
        """Return where a point stands in the tile, y downwards."""
        radians = math.radians(min(max(lat, -LAT_MOST), LAT_MOST))
        down = (1 - math.log(math.tan(radians) + 1 / math.cos(radians)) / math.pi) / 2
        across = (lon + 180) / 360
        return (across * 2**self.z - self.x) * EXTENT, (down * 2**self.z - self.y) * EXTENT

    def _lon(self, x: float) -> float:
        return x / 2**self.z * 360 - 180

    def _lat(self, y: float) -> float:
        return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * y / 2**self.z))))
