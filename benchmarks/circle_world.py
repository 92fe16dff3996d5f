"""Make up a district of communities between rivers, railways and arterial roads, of any size.

Nothing here is real. Communities are the crooked cells of a grid, as large and as dense as those of
a Chinese inner city; rivers run along their borders and railways through them, so that some are
split for real. The same for the same seed.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from benchmarks.made_up import GRID
from benchmarks.made_up import Network
from benchmarks.made_up import _table as table
from benchmarks.made_up import draw_streets
from livingcircle.district import District
from livingcircle.tables import empty
from livingcircle.tables import issues_frame

SIDE = 330.0  # metres of a community, some 0.11 km²
DENSITY = (8_000.0, 32_000.0)  # people a km²
DOORS = 12
STREET = 82.5
# Every so many rows of communities.
RIVER, RAILWAY, ARTERIAL, EXPRESSWAY = 14, 19, 5, 23
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class _Lattice:
    """Hold the corners of the communities, shape (rows + 1, columns + 1, 2)."""

    corners: Floats

    @property
    def shape(self) -> tuple[int, int]:
        """Return rows and columns."""
        return self.corners.shape[0] - 1, self.corners.shape[1] - 1

    def line(self, row: int) -> shapely.Geometry:
        """Return the border below a row of communities."""
        return shapely.linestrings(self.corners[row])

    def column(self, column: int, aside: float = 0.0) -> shapely.Geometry:
        """Return the border left of a column, or a line so far beside it."""
        return shapely.linestrings(self.corners[:, column] + (aside, 0.0))


def make_world(communities: int, seed: int = 0) -> District:
    """Return a made-up district of about so many communities."""
    rng = np.random.default_rng(seed)
    side = max(3, round(communities**0.5))
    grid = np.stack(np.meshgrid(np.arange(side + 1), np.arange(side + 1)), axis=-1) * SIDE
    lattice = _Lattice(grid + rng.uniform(-0.18, 0.18, grid.shape) * SIDE)
    boxes, ids = _communities(lattice)
    area = shapely.area(boxes) / 1e6
    people = np.round(area * rng.uniform(*DENSITY, len(boxes)))
    homes, residents = _homes(boxes, people, rng)
    districts = [
        f"虚构{int(i) // 8}-{int(j) // 8}街道" for i, j in (one[1:].split("_") for one in ids)
    ]
    return District(
        name=f"虚构区（{len(boxes):,}个社区）",
        communities=table(
            "communities",
            {"name": [f"社区{one}" for one in ids], "subdistrict": districts, "population": people},
            boxes,
            ids,
        ),
        doors=table(
            "doors",
            {"residents": residents, "use": "住宅"},
            homes,
            [f"d{n:07}" for n in range(len(homes))],
        ),
        streets=_streets(lattice, rng),
        barriers=_barriers(lattice),
        circle_members=_no_members(),
        outlet_trades=_no_trades(),
        **{name: empty(name) for name in
           ("outlets", "circles", "junctions", "gates", "spaces", "entrances", "reports")},
        extent=None,
        sources=(),
        issues=issues_frame([]),
    )  # fmt: skip


def _no_members() -> object:
    import pandas as pd

    return pd.DataFrame({"circle_id": [], "community_id": [], "part": []})


def _no_trades() -> object:
    import pandas as pd

    return pd.DataFrame({"outlet_id": [], "trade": []})


def _communities(lattice: _Lattice) -> tuple[npt.NDArray[np.object_], list[str]]:
    """Return the communities and their ids, row by row."""
    c = lattice.corners
    rings = np.stack([c[:-1, :-1], c[:-1, 1:], c[1:, 1:], c[1:, :-1]], axis=2)
    rows, columns = lattice.shape
    ids = [f"m{i:03}_{j:03}" for i in range(rows) for j in range(columns)]
    return np.asarray(shapely.polygons(rings.reshape(-1, 4, 2)), dtype=object), ids


def _homes(
    boxes: npt.NDArray[np.object_], people: Floats, rng: np.random.Generator
) -> tuple[npt.NDArray[np.object_], Floats]:
    """Return doors all over each community, with its people shared out among them."""
    low, high = shapely.bounds(boxes)[:, :2], shapely.bounds(boxes)[:, 2:]
    place = low[:, None] + rng.uniform(0.2, 0.8, (len(boxes), DOORS, 2)) * (high - low)[:, None]
    return (
        np.asarray(shapely.points(place.reshape(-1, 2)), dtype=object),
        np.repeat(people / DOORS, DOORS),
    )


def _barriers(lattice: _Lattice) -> object:
    """Return rivers and expressways along borders, railways through the middle of communities."""
    rows, columns = lattice.shape
    rivers = [lattice.line(n) for n in range(RIVER // 2, rows, RIVER)]
    rails = [lattice.column(n, SIDE / 2) for n in range(RAILWAY // 2, columns, RAILWAY)]
    express = [lattice.column(n) for n in range(EXPRESSWAY, columns, EXPRESSWAY)]
    kinds = ["river"] * len(rivers) + ["railway"] * len(rails) + ["expressway"] * len(express)
    shapes = np.array([*rivers, *rails, *express], dtype=object)
    if not kinds:
        return empty("barriers")
    return table("barriers", {"kind": kinds}, shapes, [f"b{n:03}" for n in range(len(kinds))])


def _streets(lattice: _Lattice, rng: np.random.Generator) -> object:
    """Return small streets everywhere and arterial roads along borders."""
    import geopandas as gpd
    import pandas as pd

    low, high = lattice.corners.min(axis=(0, 1)), lattice.corners.max(axis=(0, 1))
    across, up = (np.arange(a, b, STREET) for a, b in zip(low, high, strict=True))
    xy = np.stack(np.meshgrid(across, up), axis=-1).reshape(-1, 2)
    xy = xy + rng.uniform(-0.2, 0.2, xy.shape) * STREET
    ids = np.arange(len(xy)).reshape(len(up), len(across))
    tail = np.concatenate([ids[:-1].ravel(), ids[:, :-1].ravel()])
    head = np.concatenate([ids[1:].ravel(), ids[:, 1:].ravel()])
    kept = rng.random(len(tail)) < 0.88  # noqa: PLR2004 - some streets are missing
    tail, head = tail[kept], head[kept]
    small = draw_streets(Network(xy, tail, head, np.hypot(*(xy[tail] - xy[head]).T)))
    rows, columns = lattice.shape
    lines = [lattice.line(n) for n in range(ARTERIAL, rows, ARTERIAL)]
    lines += [lattice.column(n) for n in range(ARTERIAL, columns, ARTERIAL)]
    if not lines:
        return small
    # Closed to people on foot, so that no door opens onto a road that joins nothing.
    names = {"highway": "primary", "name": "某大街", "access": "closed",
             "from_node": len(xy) + 2 * np.arange(len(lines)),
             "to_node": len(xy) + 2 * np.arange(len(lines)) + 1}  # fmt: skip
    big = table("streets", names, np.array(lines, dtype=object),
                [f"t{n:04}" for n in range(len(lines))])  # fmt: skip
    return gpd.GeoDataFrame(pd.concat([small, big]), crs=small.crs)


__all__ = ["GRID", "make_world"]
