"""Turn street lines into segments between shared junctions.

Streets from OpenStreetMap bring their node numbers and are joined by them, where the numbers
also agree on the place: two tables that both count from 1 are two places. Lines without numbers
join where end points coincide, where an end point lies on a vertex of another line of the same
level or on the ground, and where two lines of the same level share a vertex; they join numbered
streets the same way. Two lines that merely cross on paper (a bridge over a street) do not join.
"""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from livingcircle.errors import NetworkError

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Topology:
    """Hold segments as pairs of junction numbers.

    Attributes
    ----------
    tail, head
        Junction number of each segment's first and last point, shape (segments,).
    lines
        Segment geometry in metres, shape (segments,).
    row
        Position of each segment's street in the street table, shape (segments,).
    share
        Part of its street's length that the segment covers, 0–1, shape (segments,).
    node_ids
        Key of each junction: the given node number, or -1 where no street brings one.
    xy
        Junction coordinates in metres, shape (junctions, 2).
    """

    tail: Ints
    head: Ints
    lines: npt.NDArray[np.object_]
    row: Ints
    share: Floats
    node_ids: Ints
    xy: Floats


def build_topology(streets: gpd.GeoDataFrame, lines: npt.NDArray[np.object_]) -> Topology:
    """Return the segments and junctions of a street table.

    Parameters
    ----------
    streets
        Street table; ``from_node`` and ``to_node`` are used where both are given.
    lines
        The same streets' LineStrings in metres, in row order.

    Raises
    ------
    NetworkError
        If there is no line with two distinct points.
    """
    if len(streets) == 0:
        raise NetworkError(
            "道路表里没有一条道路", remedy="检查 district.toml 里 [[roads]] 指向的文件"
        )
    given = (streets["from_node"].notna() & streets["to_node"].notna()).to_numpy()
    count = shapely.get_num_coordinates(lines)
    last = np.cumsum(count) - 1
    ends = shapely.get_coordinates(lines)[np.stack([last - count + 1, last])]
    numbers = np.full((2, len(lines)), -1, dtype=np.int64)
    for side, name in enumerate(("from_node", "to_node")):
        numbers[side, given] = streets.loc[given, name].to_numpy(dtype=np.int64)
    if given.all():
        return _by_numbers(lines, numbers, ends)
    layers = streets["layer"].fillna(0).to_numpy(dtype=np.int64)
    return _by_coordinates(lines, layers, given, numbers)


def _by_numbers(lines: npt.NDArray[np.object_], numbers: Ints, ends: Floats) -> Topology:
    """Join streets by the node numbers they bring; one number in two places is two nodes."""
    places = ends.reshape(-1, 2)
    keys = pd.DataFrame({"number": numbers.ravel(), "x": places[:, 0], "y": places[:, 1]}).round(1)
    codes = keys.groupby(["number", "x", "y"], sort=True).ngroup()
    count = len(lines)
    node = np.asarray(codes, dtype=np.int64)
    _, first = np.unique(node, return_index=True)
    return Topology(
        tail=node[:count],
        head=node[count:],
        lines=lines,
        row=np.arange(count, dtype=np.int64),
        share=np.ones(count),
        node_ids=numbers.ravel()[first],
        xy=places[first],
    )


def _by_coordinates(
    lines: npt.NDArray[np.object_],
    layers: Ints,
    given: npt.NDArray[np.bool_],
    numbers: Ints,
) -> Topology:
    """Join lines where their points coincide to the centimetre, level by level."""
    xy, owner = shapely.get_coordinates(lines, return_index=True)
    points = pd.DataFrame({"x": xy[:, 0].round(2), "y": xy[:, 1].round(2)})
    points["key"] = points.groupby(["x", "y"], sort=True).ngroup()
    points["layer"], points["numbered"] = layers[owner], given[owner]
    start = np.r_[True, owner[1:] != owner[:-1]]
    stop = np.r_[start[1:], True]
    points["end"] = start | stop
    points["number"] = np.where(start, numbers[0, owner], np.where(stop, numbers[1, owner], -1))
    node, cut = _nodes(points)
    numbered = (points["number"] >= 0).to_numpy()
    named = points["number"][numbered].groupby(node[numbered]).min()
    return _split(lines, xy, owner, cut, node, named)


def _nodes(points: pd.DataFrame) -> tuple[Ints, npt.NDArray[np.bool_]]:
    """Return the node of every point of every line, and at which points lines are cut.

    End points at one place are one node, but numbered ones only where their numbers agree; an
    end without a number joins the lowest number there. Vertices join ends, or else each other
    on one level; two numbered lines would share a number if they met.
    """
    end, numbered = points["end"].to_numpy(), points["numbered"].to_numpy()
    key, layer = points["key"].to_numpy(), points["layer"].to_numpy()
    number = points["number"].to_numpy()
    lowest = points["number"].where(points["number"] >= 0).groupby(points["key"]).min()
    meeting = lowest.reindex(key).fillna(-1).to_numpy(dtype=np.int64)
    own = np.where(number >= 0, number, meeting)
    joins = ~end & (
        _ends_at(key, layer, end & ~numbered) | (~numbered & _ends_at(key, layer, end & numbered))
    )
    loose = ~end & ~joins & ~numbered
    shared = pd.Series(loose).groupby([key, layer]).transform("sum").to_numpy() > 1
    meets = loose & shared
    kind = np.where(end | joins, 0, np.where(meets, 1, 2))
    level = np.where(kind == 0, own, layer)
    alone = np.where(kind == 2, np.arange(len(points)), -1)  # noqa: PLR2004
    node = pd.DataFrame({"key": key, "kind": kind, "level": level, "alone": alone})
    codes = node.groupby(["key", "kind", "level", "alone"], sort=True).ngroup()
    return np.asarray(codes, dtype=np.int64), np.asarray(end | joins | meets, dtype=np.bool_)


def _ends_at(key: Ints, layer: Ints, ends: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Return at which points an end meets a line of its own level, or comes down to the ground.

    A bridge joins the street it lands on; a street that ends below a bridge does not join it.
    """
    places = pd.MultiIndex.from_arrays([key, layer])
    level = places.isin(pd.MultiIndex.from_arrays([key[ends], layer[ends]]))
    return np.asarray(level | ((layer == 0) & np.isin(key, key[ends])), dtype=np.bool_)


def _split(
    lines: npt.NDArray[np.object_],
    xy: Floats,
    owner: npt.NDArray[np.int64],
    cut: npt.NDArray[np.bool_],
    node: Ints,
    named: pd.Series,
) -> Topology:
    """Cut lines at the marked points and number the junctions that remain.

    ``named`` has the given number of every node that has one.
    """
    at = np.flatnonzero(cut)
    same = owner[at[:-1]] == owner[at[1:]]
    start, stop = at[:-1][same], at[1:][same]
    pieces = np.array(
        [shapely.linestrings(xy[a : b + 1]) for a, b in zip(start, stop, strict=True)],
        dtype=object,
    )
    kept = shapely.length(pieces) > 0
    start, stop, pieces = start[kept], stop[kept], pieces[kept]
    if len(pieces) == 0:
        raise NetworkError("道路都没有长度", remedy="检查道路文件的坐标是否全部相同")
    used, codes = np.unique(np.concatenate([node[start], node[stop]]), return_inverse=True)
    count = len(pieces)
    places = np.empty((len(used), 2))
    places[codes[count:]] = xy[stop]
    places[codes[:count]] = xy[start]
    row = owner[start].astype(np.int64)
    return Topology(
        tail=codes[:count].astype(np.int64),
        head=codes[count:].astype(np.int64),
        lines=pieces,
        row=row,
        share=shapely.length(pieces) / shapely.length(lines)[row],
        node_ids=named.reindex(used).fillna(-1).to_numpy(dtype=np.int64),
        xy=places,
    )
