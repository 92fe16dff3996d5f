"""Say which community and circle every door and outlet lies in, and check each circle's shape.

密云 三（一）: a circle generally has at most 2 km² and 10,000–30,000 people a km², and does not
cross rivers, arterial roads or expressways. Crossing a river, railway or expressway is a hard
fault; area and arterial roads want a written reason; density is for information.
"""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from livingcircle.coordinates import LocalGrid
from livingcircle.coordinates import geodesic_area
from livingcircle.district import District

Ints = npt.NDArray[np.int64]

# A barrier counts as crossing when more than this runs inside and parts it for real: each side
# keeps at least a tenth of the circle. What runs along the border leaves one side whole.
CROSSING_METRES = 100.0
MARGIN_METRES = 20.0
SMALLEST_SIDE = 0.1
# An outlet belongs to the community of a door no farther away, where nobody drew boundaries.
BESIDE_METRES = 150.0
ARTERIAL = ("trunk", "primary")
BARRIER_KINDS = ("river", "railway", "expressway")
SEVERITY = {"river": "hard", "railway": "hard", "expressway": "hard", "arterial": "soft"}
BARRIER_NAMES = {"river": "河流", "railway": "铁路", "expressway": "快速路", "arterial": "主干路"}
CHECK_COLUMNS = [
    "circle_id",
    "circle_name",
    "check",
    "name",
    "value",
    "limit",
    "unit",
    "severity",
    "verdict",
    "reason",
]


@dataclass(frozen=True)
class Limits:
    """Set the limits a circle is held against (密云 三（一）)."""

    area_km2: float = 2.0
    density: tuple[float, float] = (10_000.0, 30_000.0)


@dataclass(frozen=True)
class Membership:
    """Number the community and circle of every door and outlet; -1 is none.

    ``communities`` and ``circles`` are the ids in the order of the numbers.
    """

    communities: pd.Index
    circles: pd.Index
    door_community: Ints
    door_circle: Ints
    outlet_community: Ints
    outlet_circle: Ints


def circle_areas(district: District) -> gpd.GeoSeries:
    """Return each circle's boundary in degrees: as drawn, or the union of its whole members."""
    drawn = district.circles.geometry.copy()
    whole = district.circle_members[~district.circle_members["part"].astype(bool)]
    shapes = district.communities.geometry
    for circle, members in whole.groupby("circle_id")["community_id"]:
        if circle in drawn.index and (drawn[circle] is None or drawn[circle].is_empty):
            known = [shapes[c] for c in members if c in shapes.index and shapes[c] is not None]
            if known and len(known) == len(members):
                drawn[circle] = shapely.union_all(known)
    return gpd.GeoSeries(drawn, crs="EPSG:4326")


def door_communities(district: District, doors: gpd.GeoDataFrame) -> Ints:
    """Return the number of the community of some doors, or -1; a stated one wins over the place."""
    communities = district.communities.index
    community = _locate(doors.geometry, district.communities.geometry)
    stated = communities.get_indexer(doors["community"].fillna(""))
    return np.where(stated >= 0, stated, community)


def circles_of(
    points: gpd.GeoSeries, district: District, areas: gpd.GeoSeries, community: Ints
) -> Ints:
    """Return the number of the circle of each point, or -1.

    A drawn circle wins over membership. Where a community belongs to a circle only in part, only
    a drawn boundary can say which doors do.
    """
    circles = areas.index
    whole = whole_members(district, district.communities.index, circles)
    drawn = areas.where(district.circles.geometry.notna().reindex(circles, fill_value=False))
    by_boundary = _locate(points, drawn)
    return np.where(by_boundary >= 0, by_boundary, whole[community])


def outlet_units(
    district: District, outlets: gpd.GeoSeries, areas: gpd.GeoSeries, door_community: Ints
) -> tuple[Ints, Ints]:
    """Return the numbers of the community and the circle of some outlets, none in the belt."""
    community = _locate(outlets, district.communities.geometry)
    community = _beside_doors(district, outlets, community, door_community)
    belt = outlets.index.isin(district.belt)
    community = np.where(belt, -1, community)
    return community, np.where(belt, -1, circles_of(outlets, district, areas, community))


def _locate(points: gpd.GeoSeries, areas: gpd.GeoSeries) -> Ints:
    """Return the number of the first area each point lies in, or -1."""
    found = np.full(len(points), -1, dtype=np.int64)
    known = np.flatnonzero(areas.notna().to_numpy())
    if len(known) == 0 or len(points) == 0:
        return found
    tree = shapely.STRtree(areas.to_numpy()[known])
    point, area = tree.query(points.to_numpy(), predicate="intersects")
    # Last write wins, so go from the last area to the first.
    order = np.argsort(-area, kind="stable")
    found[point[order]] = known[area[order]]
    return found


def _beside_doors(
    district: District, outlets: gpd.GeoSeries, outlet_community: Ints, door_community: Ints
) -> Ints:
    """Place outlets outside every boundary with the nearest door of a community without one.

    A community that nobody drew has shops all the same; leaving them out would make its stock
    zero.
    """
    undrawn = np.flatnonzero(district.communities.geometry.isna().to_numpy())
    there = np.flatnonzero(np.isin(door_community, undrawn))
    loose = np.flatnonzero(outlet_community < 0)
    if len(there) == 0 or len(loose) == 0:
        return outlet_community
    grid = LocalGrid.around(district.doors.geometry)
    doors = np.asarray(grid.project(district.doors.geometry.to_numpy()[there]), dtype=object)
    shops = np.asarray(grid.project(outlets.to_numpy()[loose]), dtype=object)
    near, door = shapely.STRtree(doors).query_nearest(
        shops, max_distance=BESIDE_METRES, all_matches=False
    )
    placed = outlet_community.copy()
    placed[loose[near]] = door_community[there[door]]
    return placed


def whole_members(district: District, communities: pd.Index, circles: pd.Index) -> Ints:
    """Return the circle that each community belongs to as a whole, or -1; -1 at the very end."""
    circle_of = np.full(len(communities) + 1, -1, dtype=np.int64)
    whole = district.circle_members[~district.circle_members["part"].astype(bool)]
    community = communities.get_indexer(pd.Index(whole["community_id"]))
    circle = circles.get_indexer(pd.Index(whole["circle_id"]))
    circle_of[community] = circle
    circle_of[-1] = -1
    return circle_of


def check_circles(
    district: District,
    areas: gpd.GeoSeries,
    population: pd.Series,
    grid: LocalGrid,
    limits: Limits | None = None,
) -> pd.DataFrame:
    """Return one row for each circle and check.

    Parameters
    ----------
    district, areas
        The circles and their boundaries in degrees.
    population
        People of each circle, NaN where unknown.
    grid
        The district's metre grid.
    limits
        Limits to hold against; those of 密云 by default.
    """
    limits = limits or Limits()
    lines = severing_shapes(district, grid)
    rows = []
    for circle, name in district.circles["name"].items():
        area = areas[circle]
        known = area is not None and not area.is_empty
        km2 = float(geodesic_area(np.array([area]))[0]) / 1e6 if known else np.nan
        rows.append(_area_row(km2, limits))
        rows.append(_density_row(km2, float(population.get(circle, np.nan)), limits))
        rows += _crossing_rows(grid.project(area) if known else None, lines)
        for row in rows[-2 - len(SEVERITY) :]:
            row |= {"circle_id": circle, "circle_name": name}
    return pd.DataFrame(rows, columns=CHECK_COLUMNS)


def severing_shapes(district: District, grid: LocalGrid) -> dict[str, npt.NDArray[np.object_]]:
    """Return what no circle should cross, by kind, in metres: lines, and rivers also as areas."""
    lines = {}
    for kind in BARRIER_KINDS:
        some = district.barriers[district.barriers["kind"] == kind]
        lines[kind] = np.asarray(grid.project(some.geometry.to_numpy()), dtype=object)
    roads = district.streets[district.streets["highway"].isin(ARTERIAL)]
    lines["arterial"] = np.asarray(grid.project(roads.geometry.to_numpy()), dtype=object)
    return lines


def _row(check: str, name: str, value: float, limit: str, unit: str) -> dict[str, object]:
    """Return the part of a check row that is known before it is judged."""
    return {"check": check, "name": name, "value": value, "limit": limit, "unit": unit}


def _area_row(km2: float, limits: Limits) -> dict[str, object]:
    """Judge the area."""
    row = _row("area", "面积", round(km2, 3), f"≤{limits.area_km2:g}", "平方公里")
    row["severity"] = "soft"
    if np.isnan(km2):
        return row | {"verdict": "unknown", "reason": "没有四至边界"}
    if km2 <= limits.area_km2:
        return row | {"verdict": "served", "reason": ""}
    more = km2 - limits.area_km2
    return row | {"verdict": "lacking", "reason": f"超出{more:.2f}平方公里，需书面说明理由"}


def _density_row(km2: float, people: float, limits: Limits) -> dict[str, object]:
    """Judge the density."""
    low, high = limits.density
    density = people / km2 if km2 and not np.isnan(km2) else np.nan
    limit = f"{low / 1e4:g}–{high / 1e4:g}"
    row = _row("density", "人口密度", round(density / 1e4, 2), limit, "万人/平方公里")
    row["severity"] = "info"
    if np.isnan(density):
        return row | {"verdict": "unknown", "reason": "缺少人口或边界"}
    if low <= density <= high:
        return row | {"verdict": "served", "reason": ""}
    return row | {"verdict": "lacking", "reason": "偏低" if density < low else "偏高"}


def _crossing_rows(
    area: shapely.Geometry | None, lines: dict[str, npt.NDArray[np.object_]]
) -> list[dict[str, object]]:
    """Judge what runs through the circle."""
    rows = []
    inner = shapely.buffer(area, -MARGIN_METRES) if area is not None else None
    for kind, severity in SEVERITY.items():
        name = BARRIER_NAMES[kind]
        row = _row(f"crosses_{kind}", f"跨越{name}", np.nan, "不跨越", "米")
        row["severity"] = severity
        if inner is None:
            rows.append(row | {"verdict": "unknown", "reason": "没有四至边界"})
            continue
        inside = _metres_inside(inner, lines[kind])
        row["value"] = round(inside, 1)
        crossed = inside > CROSSING_METRES and parts_for_real(area, lines[kind])
        verdict = "lacking" if crossed else "served"
        reason = f"有{inside:.0f}米{name}穿过圈内" if crossed else ""
        rows.append(row | {"verdict": verdict, "reason": reason})
    return rows


def _metres_inside(inner: shapely.Geometry, shapes: npt.NDArray[np.object_]) -> float:
    """Return how many metres run inside an area; of an area of water, its banks."""
    solid = np.where(shapely.get_dimensions(shapes) == 2, shapely.boundary(shapes), shapes)  # noqa: PLR2004
    return float(shapely.length(shapely.intersection(solid, inner)).sum())


def sides_of(area: shapely.Geometry, shapes: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    """Return the considerable sides that lines and waters leave of an area, drawn in a little.

    A side keeps at least a tenth of the area once a strip of 20 m is taken off all around, so
    that what runs along the border, a verge or a narrow neck makes no side. Water is no side.
    """
    cut = shapely.difference(area, shapely.buffer(shapely.union_all(shapes), 1.0))
    sides = shapely.get_parts(shapely.buffer(cut, -MARGIN_METRES))
    return np.asarray(sides[shapely.area(sides) >= SMALLEST_SIDE * shapely.area(area)])


def parts_for_real(area: shapely.Geometry, shapes: npt.NDArray[np.object_]) -> bool:
    """Return whether lines or waters leave more than one considerable side of an area."""
    return len(sides_of(area, shapes)) > 1


def crossed_kinds(
    area: shapely.Geometry,
    shapes: dict[str, npt.NDArray[np.object_]],
) -> dict[str, float]:
    """Return the kinds that cross an area in metres for real, and for how many metres."""
    inner = shapely.buffer(area, -MARGIN_METRES)
    found = {}
    for kind, some in shapes.items():
        near = some[shapely.intersects(some, inner)] if len(some) else some
        inside = _metres_inside(inner, near)
        if inside > CROSSING_METRES and parts_for_real(area, near):
            found[kind] = inside
    return found
