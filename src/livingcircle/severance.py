"""Cut the land into severance cells: pieces bounded by what people do not cross on foot.

密云 三（一）: circles do not cross rivers, arterial roads and expressways. Rivers, railways and
expressways part for good; arterial roads part unless somebody gives a reason in writing.
"""

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from livingcircle.circles import BARRIER_NAMES
from livingcircle.circles import MARGIN_METRES
from livingcircle.circles import SEVERITY
from livingcircle.circles import severing_shapes
from livingcircle.coordinates import LocalGrid
from livingcircle.coordinates import geodesic_area
from livingcircle.district import District
from livingcircle.errors import InputError

Shapes = npt.NDArray[np.object_]

KINDS = tuple(SEVERITY)
HARD = tuple(kind for kind, severity in SEVERITY.items() if severity == "hard")
EDGE = "区界"
# Hand-drawn boundaries miss each other by a few metres.
GAP_METRES = 5.0
# A side counts as bounded by something that runs within the width of a wide street beside it.
BESIDE = MARGIN_METRES + 5.0
_SMALLEST_SHARE = 0.02


def check_kinds(kinds: Sequence[str]) -> tuple[str, ...]:
    """Return kinds of severance in their usual order.

    Raises
    ------
    InputError
        If one is unknown.
    """
    strange = [kind for kind in kinds if kind not in KINDS]
    if strange:
        known = "、".join(f"{kind}（{BARRIER_NAMES[kind]}）" for kind in KINDS)
        raise InputError(f"不认识的阻隔类别“{strange[0]}”", remedy=f"可用的有：{known}")
    return tuple(kind for kind in KINDS if kind in kinds)


def land_of(district: District, grid: LocalGrid) -> shapely.Geometry:
    """Return the land to be divided in metres: all communities, else the extent, else the doors'.

    Raises
    ------
    InputError
        If nothing says where the land is.
    """
    shapes = district.communities.geometry.dropna()
    if len(shapes):
        plane = np.asarray(grid.project(shapes.to_numpy()), dtype=object)
        return _closed(shapely.union_all(shapely.make_valid(plane)))
    if district.extent is not None:
        return grid.project(district.extent)
    placed = [layer.geometry for layer in (district.doors, district.streets) if len(layer)]
    if not placed:
        remedy = "补上社区边界、范围文件（extent）或道路"
        raise InputError("没有社区边界，也没有范围和道路，不知道要划分哪块地", remedy=remedy)
    points = grid.project(shapely.union_all(placed[0].to_numpy()))
    return shapely.buffer(shapely.convex_hull(points), MARGIN_METRES)


def _closed(land: shapely.Geometry) -> shapely.Geometry:
    """Return land without the gaps between boundaries that were drawn to meet."""
    wide = shapely.buffer(land, GAP_METRES / 2, join_style="mitre")
    return shapely.union(land, shapely.buffer(wide, -GAP_METRES / 2, join_style="mitre"))


def sever(
    district: District, kinds: Sequence[str] = KINDS, grid: LocalGrid | None = None
) -> gpd.GeoDataFrame:
    """Return the severance cells of a district.

    Parameters
    ----------
    district
        Its barriers (rivers, railways, expressways) and streets (arterial roads) cut its land.
    kinds
        What cuts: ``river``, ``railway``, ``expressway``, ``arterial``.
    grid
        The metre grid; one around the land if not given.

    Returns
    -------
    One row for each cell, largest first, index ``cell_id``: ``area_km2`` on the ellipsoid;
    ``residents`` of the doors inside, unknown where no door tells; ``doors``; ``bounded_by``, the
    share of its edge along each kind in words; geometry in EPSG:4326. Water and the strips
    between two carriageways, narrower than 40 m, are no cells.

    Raises
    ------
    InputError
        If a kind is unknown, or nothing says where the land is.
    """
    kinds = check_kinds(kinds)
    grid = grid or _grid(district)
    shapes = {k: s for k, s in severing_shapes(district, grid).items() if k in kinds}
    cells = cut_land(land_of(district, grid), shapes)
    globe = np.asarray(grid.unproject(cells), dtype=object)
    area = geodesic_area(globe) / 1e6
    order = np.lexsort((*shapely.bounds(cells).T[:2], -area))
    cells, globe, area = cells[order], globe[order], area[order]
    people, doors = _people_in(cells, district, grid)
    columns = {
        "area_km2": area.round(4),
        "residents": people,
        "doors": doors,
        "bounded_by": [bounded_by(cell, shapes) for cell in cells],
    }
    ids = pd.Index([f"格{n + 1}" for n in range(len(cells))], dtype="str", name="cell_id")
    return gpd.GeoDataFrame(pd.DataFrame(columns, index=ids), geometry=globe, crs="EPSG:4326")


def _grid(district: District) -> LocalGrid:
    layers = district.communities, district.doors, district.streets
    placed = [known for layer in layers if len(known := layer.geometry.dropna())]
    if not placed and district.extent is None:
        remedy = "检查 district.toml 里的文件"
        raise InputError("没有一个图层带坐标，划不出圈层", remedy=remedy)
    return LocalGrid.around(placed[0] if placed else district.extent)


def cut_land(land: shapely.Geometry, shapes: dict[str, Shapes]) -> Shapes:
    """Return the pieces of land between lines and waters that are wider than a verge."""
    every = np.concatenate([np.empty(0, dtype=object), *shapes.values()])
    every = every[shapely.intersects(every, land)] if len(every) else every
    areas = shapely.get_dimensions(every) == 2  # noqa: PLR2004 - polygons
    dry = shapely.difference(land, shapely.union_all(every[areas])) if areas.any() else land
    lines = [shapely.boundary(dry), *every[~areas]]
    pieces = shapely.get_parts(shapely.polygonize([shapely.union_all(lines)]))
    inside = shapely.intersects(dry, shapely.point_on_surface(pieces))
    wide = ~shapely.is_empty(shapely.buffer(pieces, -MARGIN_METRES))
    return np.asarray(pieces[inside & wide], dtype=object)


def _people_in(
    cells: Shapes, district: District, grid: LocalGrid
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]:
    """Return residents and doors of each cell; people are unknown where no door tells."""
    points = np.asarray(grid.project(district.doors.geometry.to_numpy()), dtype=object)
    cell, door = shapely.STRtree(points).query(cells, predicate="intersects")
    residents = district.doors["residents"].to_numpy(dtype=np.float64, na_value=np.nan)[door]
    known = ~np.isnan(residents)
    told = np.bincount(cell[known], minlength=len(cells))
    people = np.bincount(cell[known], weights=residents[known], minlength=len(cells))
    return np.where(told > 0, people, np.nan), np.bincount(cell, minlength=len(cells))


def bounded_by(cell: shapely.Geometry, shapes: dict[str, Shapes]) -> str:
    """Return in words what runs along the edge of a cell, the longest first."""
    edge = shapely.boundary(cell)
    whole, left, shares = shapely.length(edge), edge, []
    for kind, some in shapes.items():
        near = some[shapely.dwithin(some, cell, BESIDE)] if len(some) else some
        if len(near) == 0:
            continue
        rest = shapely.difference(left, shapely.buffer(shapely.union_all(near), BESIDE))
        shares.append((float(shapely.length(left) - shapely.length(rest)), BARRIER_NAMES[kind]))
        left = rest
    shares.append((float(shapely.length(left)), EDGE))
    told = sorted((one for one in shares if one[0] > _SMALLEST_SHARE * whole), reverse=True)
    return "、".join(f"{name}{share / whole:.0%}" for share, name in told)
