"""Derive communities and circles for the demonstration district from real streets and buildings.

Street blocks are joined along a spanning tree that prefers small streets, and the tree is cut
wherever enough people have gathered. Every area is therefore in one piece, ends at streets, and
does not straddle a main road unless it must.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

MAIN = ("trunk", "primary", "secondary")
MIDDLE = ("tertiary", "unclassified")
SMALL = ("residential", "living_street", "pedestrian", "service")
# A shared edge shorter than this (degrees, about 15 metres) joins areas only if nothing else does.
_SHARED = 0.00015
_GRID = 1e-6
# A compound: at most so much street behind its gate, at least so many doors.
_POCKET_METRES, _POCKET_DOORS = 1_200.0, 3
_MOUTH_METRES, _GATE_METRES = 25.0, 8.0


@dataclass(frozen=True)
class Partition:
    """Hold areas and, for each of the parts they were made from, the number of its area."""

    shapes: list[shapely.Polygon]
    part_of: npt.NDArray[np.int64]


def street_blocks(streets: gpd.GeoDataFrame, inside: shapely.Polygon) -> list[shapely.Polygon]:
    """Return the blocks that the streets cut an area into, from south-west to north-east."""
    ground = streets[(streets["structure"] == "") & streets["highway"].isin(MAIN + MIDDLE + SMALL)]
    lines = [shapely.intersection(line, inside) for line in ground.geometry]
    noded = shapely.union_all([*lines, inside.exterior], grid_size=_GRID)
    blocks = list(shapely.polygonize(shapely.get_parts(noded)).geoms)
    return sorted(blocks, key=lambda block: shapely.normalize(block).wkt)


def group(
    parts: Sequence[shapely.Polygon],
    people: npt.NDArray[np.float64],
    main_streets: shapely.Geometry,
    enough: float,
) -> Partition:
    """Join neighbouring parts until each group has enough people.

    Parameters
    ----------
    parts
        Areas that together fill the district.
    people
        Residents of each part.
    main_streets
        Streets to divide along rather than to straddle.
    enough
        People at which a group is closed.
    """
    tree = _spanning_tree(parts, main_streets)
    # Where the cutting starts decides how even the groups are: take the evenest.
    labels = [_cut(tree, people, enough, start) for start in range(len(parts))]
    label = min(labels, key=lambda label: np.ptp(np.bincount(label, weights=people)).round(3))
    shapes = [
        shapely.union_all([parts[k] for k in np.flatnonzero(label == n)], grid_size=_GRID)
        for n in range(int(label.max()) + 1)
    ]
    order = sorted(range(len(shapes)), key=lambda n: _north_west(shapes[n]))
    rank = np.empty(len(shapes), dtype=np.int64)
    rank[order] = np.arange(len(shapes))
    return Partition([shapes[n] for n in order], rank[label])


def _north_west(shape: shapely.Geometry) -> tuple[float, float]:
    """Return a sort key that counts areas in rows from the north, west first."""
    centre = shapely.centroid(shape)
    return (-round(centre.y / 0.004), round(centre.x, 6))


def _spanning_tree(
    parts: Sequence[shapely.Polygon], main_streets: shapely.Geometry
) -> list[list[int]]:
    """Return, for each part, its neighbours in a spanning tree over the cheapest shared edges."""
    a, b = shapely.STRtree(parts).query(parts, predicate="intersects")
    pairs = [(i, j) for i, j in zip(a.tolist(), b.tolist(), strict=True) if i < j]
    near_main = shapely.buffer(main_streets, 0.00005)
    costs = []
    for i, j in sorted(pairs):
        edge = shapely.intersection(parts[i], parts[j])
        length = shapely.length(edge)
        if length > 0:
            along_main = shapely.length(shapely.intersection(edge, near_main)) / length
            short = 10.0 * (length < _SHARED)
            costs.append((round(short + 3 * along_main - 100 * length, 9), i, j))
    root = list(range(len(parts)))
    tree: list[list[int]] = [[] for _ in parts]
    for _, i, j in sorted(costs):
        if _find(root, i) != _find(root, j):
            root[_find(root, i)] = _find(root, j)
            tree[i].append(j)
            tree[j].append(i)
    return tree


def _find(root: list[int], part: int) -> int:
    """Return the representative of the tree that a part belongs to."""
    while root[part] != part:
        part = root[part]
    return part


def _cut(
    tree: list[list[int]], people: npt.NDArray[np.float64], enough: float, start: int
) -> npt.NDArray[np.int64]:
    """Cut the tree from its leaves towards ``start`` wherever enough people have gathered."""
    label = np.full(len(tree), -1, dtype=np.int64)
    order, parent = _from_root(tree, start)
    gathered = people.astype(np.float64).copy()
    head = np.arange(len(tree))
    for part in reversed(order):
        if gathered[part] < enough and parent[part] >= 0:
            gathered[parent[part]] += gathered[part]
            head[part] = parent[part]
    # What is left around the root joins the neighbour with the fewest people.
    first = order[0]
    if gathered[first] < enough:
        near = [part for part in order if head[part] == part and part != first]
        beside = [part for part in near if head[parent[part]] == first or parent[part] == first]
        if beside:
            head[first] = min(beside, key=lambda part: (gathered[part], part))
    number: dict[int, int] = {}
    for part in order:
        top = part
        while head[top] != top:
            top = int(head[top])
        label[part] = number.setdefault(top, len(number))
    return label


def _from_root(tree: list[list[int]], start: int) -> tuple[list[int], npt.NDArray[np.int64]]:
    """Return the parts from the root outward, and each part's neighbour towards the root."""
    parent = np.full(len(tree), -1, dtype=np.int64)
    order, waiting, seen = [], [start], {start}
    while waiting:
        part = waiting.pop(0)
        order.append(part)
        for neighbour in tree[part]:
            if neighbour not in seen:
                seen.add(neighbour)
                parent[neighbour] = part
                waiting.append(neighbour)
    return order, parent


def split_one(
    shapes: Sequence[shapely.Polygon], large: Partition
) -> tuple[list[shapely.Polygon], npt.NDArray[np.int64]]:
    """Give half of one area to the neighbouring group, so that one member belongs in part.

    Returns the groups' shapes, and for each area the second group it belongs to, or -1.
    """
    shared = np.full(len(shapes), -1, dtype=np.int64)
    for number, shape in enumerate(shapes):
        home = int(large.part_of[number])
        for other in range(len(large.shapes)):
            for half in _halves(shape):
                rest = shapely.difference(large.shapes[home], half, grid_size=_GRID)
                more = shapely.union(large.shapes[other], half, grid_size=_GRID)
                in_one_piece = {rest.geom_type, more.geom_type} == {"Polygon"}
                if other != home and in_one_piece and not rest.interiors and not more.interiors:
                    shared[number] = other
                    groups = list(large.shapes)
                    groups[home], groups[other] = rest, more
                    return groups, shared
    return list(large.shapes), shared


def _halves(shape: shapely.Polygon) -> list[shapely.Geometry]:
    """Return an area's western, eastern, southern and northern half."""
    west, south, east, north = shapely.bounds(shape)
    x, y = (west + east) / 2, (south + north) / 2
    boxes = [(west, south, x, north), (x, south, east, north)]
    boxes += [(west, south, east, y), (west, y, east, north)]
    return [shapely.intersection(shape, shapely.box(*box), grid_size=_GRID) for box in boxes]


@dataclass(frozen=True)
class Pocket:
    """Hold streets that meet the rest of the town in one place, and a point in that mouth."""

    segments: npt.NDArray[np.int64]
    mouth: shapely.Point


def pockets(
    streets: gpd.GeoDataFrame,
    lines: npt.NDArray[np.object_],
    doors: npt.NDArray[np.int64],
) -> list[Pocket]:
    """Return pockets of public streets, those with the most doors first, none inside another.

    Parameters
    ----------
    streets
        Street table; ``lines`` are its lines in metres.
    doors
        Doors that lie nearest to each street.
    """
    ends = np.concatenate([streets["from_node"].to_numpy(), streets["to_node"].to_numpy()])
    _, codes = np.unique(ends, return_inverse=True)
    tail, head = np.split(codes, 2)
    length = shapely.length(lines)
    town = _largest(tail, head, np.ones(len(lines), dtype=np.bool_))
    fit = (streets["access"] == "public") & (streets["structure"] == "") & ~streets["steps"]
    found: list[tuple[int, int, Pocket]] = []
    for k in np.flatnonzero(fit.to_numpy() & town[tail] & (length > _MOUTH_METRES)):
        kept = np.arange(len(lines)) != k
        outside = _largest(tail, head, kept)
        inside = town & ~outside
        segments = np.flatnonzero(inside[tail] | inside[head])
        small = length[segments].sum() < _POCKET_METRES
        if inside.any() and small and doors[segments].sum() >= _POCKET_DOORS:
            along = _GATE_METRES if outside[tail[k]] else -_GATE_METRES
            mouth = shapely.line_interpolate_point(lines[k], along)
            found.append((-int(doors[segments].sum()), int(k), Pocket(segments, mouth)))
    chosen: list[Pocket] = []
    for _, _, pocket in sorted(found, key=lambda entry: entry[:2]):
        if all(len(np.intersect1d(pocket.segments, other.segments)) == 0 for other in chosen):
            chosen.append(pocket)
    return chosen


def _largest(
    tail: npt.NDArray[np.int64], head: npt.NDArray[np.int64], kept: npt.NDArray[np.bool_]
) -> npt.NDArray[np.bool_]:
    """Return which nodes lie on the largest piece of the streets that are kept."""
    count = int(max(tail.max(), head.max())) + 1
    ones = np.ones(int(kept.sum()))
    graph = coo_array((ones, (tail[kept], head[kept])), shape=(count, count))
    _, piece = connected_components(graph, directed=False)
    return np.asarray(piece == np.bincount(piece).argmax(), dtype=np.bool_)
