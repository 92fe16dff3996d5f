"""Make street blocks, for districts in which nobody knows the communities."""

from dataclasses import replace

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from livingcircle.coordinates import LocalGrid
from livingcircle.district import District
from livingcircle.errors import InputError
from livingcircle.severance import land_of
from livingcircle.tables import conform

Shapes = npt.NDArray[np.object_]

# Streets that bound a block; paths, service lanes and stairs run inside one.
BOUNDING = (
    "motorway", "trunk", "primary", "secondary", "tertiary", "unclassified", "residential",
    "living_street", "pedestrian", "road",
)  # fmt: skip
# A piece smaller than a hectare is a traffic island or a single lot: it joins its neighbour.
LEAST_M2 = 10_000.0


def with_blocks(district: District, grid: LocalGrid) -> District:
    """Return the district with street blocks as its communities, numbered from north to south.

    Raises
    ------
    InputError
        If there are no streets either.
    """
    kinds = district.streets["highway"].str.removesuffix("_link")
    streets = district.streets[kinds.isin(BOUNDING)]
    if len(streets) == 0:
        remedy = "补一份社区表（名称、边界、人口），或在 district.toml 里加上 [[roads]]"
        raise InputError("没有社区边界，也没有道路可以围出街区，划不出圈层", remedy=remedy)
    land = land_of(district, grid)
    lines = np.asarray(grid.project(streets.geometry.to_numpy()), dtype=object)
    edge = shapely.boundary(land)
    pieces = shapely.get_parts(shapely.polygonize([shapely.union_all([edge, *lines])]))
    pieces = pieces[shapely.intersects(land, shapely.point_on_surface(pieces))]
    return replace(district, communities=_table(_without_scraps(pieces), grid))


def _without_scraps(pieces: Shapes) -> Shapes:
    """Join every piece below the least size with the neighbour of the longest common border."""
    shapes = dict(enumerate(pieces))
    edges = {n: shapely.boundary(shape) for n, shape in shapes.items()}
    tree = shapely.STRtree(pieces)
    a, b = tree.query(pieces, predicate="intersects")
    beside: dict[int, set[int]] = {n: set() for n in shapes}
    for one, other in zip(a.tolist(), b.tolist(), strict=True):
        if one != other:
            beside[one].add(other)
    for n in np.argsort(shapely.area(pieces), kind="stable").tolist():
        if shapely.area(shapes[n]) >= LEAST_M2 or not beside[n]:
            continue
        some = sorted(beside[n])
        common = [shapely.length(shapely.intersection(edges[n], edges[m])) for m in some]
        host = some[int(np.argmax(common))]
        shapes[host] = shapely.union(shapes[host], shapes.pop(n))
        edges[host] = shapely.boundary(shapes[host])
        for m in beside.pop(n):
            beside[m].discard(n)
            if m != host:
                beside[m].add(host)
                beside[host].add(m)
    return np.array(list(shapes.values()), dtype=object)


def _table(shapes: Shapes, grid: LocalGrid) -> gpd.GeoDataFrame:
    """Return blocks as a table of communities, from north to south."""
    x, y = shapely.get_coordinates(shapely.centroid(shapes)).T
    order = np.lexsort((x.round(1), -y.round(1)))
    names = [f"街区{n + 1}" for n in range(len(order))]
    globe = grid.unproject(shapes[order])
    frame = gpd.GeoDataFrame(
        pd.DataFrame({"name": names}, index=names), geometry=globe, crs="EPSG:4326"
    )
    return conform("communities", frame)
