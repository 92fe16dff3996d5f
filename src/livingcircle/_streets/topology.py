"""Turn street lines into segments between shared junctions.

Streets from OpenStreetMap bring their node numbers and are joined by them. A plain line table
has only coordinates: lines join where end points coincide, where an end point lies on a vertex
of another line, and where two lines of the same level share a vertex. Two lines that merely
cross on paper (a bridge over a street) do not join.
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
        Key of each junction: the given node number, or -1 where it came from coordinates.
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
        Street table; ``from_node`` and ``to_node`` are used when every row has them.
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
    given = streets["from_node"].notna().to_numpy() & streets["to_node"].notna().to_numpy()
    if given.all():
        return _by_numbers(streets, lines)
    return _by_coordinates(lines, streets["layer"].fillna(0).to_numpy(dtype=np.int64))


def _by_numbers(streets: gpd.GeoDataFrame, lines: npt.NDArray[np.object_]) -> Topology:
    """Join streets by the node numbers they bring."""
    tail = streets["from_node"].to_numpy(dtype=np.int64)
    head = streets["to_node"].to_numpy(dtype=np.int64)
    ids, codes = np.unique(np.concatenate([tail, head]), return_inverse=True)
    count = len(lines)
    xy = np.empty((len(ids), 2))
    xy[codes[count:]] = shapely.get_coordinates(shapely.get_point(lines, -1))
    xy[codes[:count]] = shapely.get_coordinates(shapely.get_point(lines, 0))
    return Topology(
        tail=codes[:count].astype(np.int64),
        head=codes[count:].astype(np.int64),
        lines=lines,
        row=np.arange(count, dtype=np.int64),
        share=np.ones(count),
        node_ids=ids,
        xy=xy,
    )


def _by_coordinates(lines: npt.NDArray[np.object_], layers: Ints) -> Topology:
    """Join lines where their points coincide to the centimetre, level by level."""
    xy, owner = shapely.get_coordinates(lines, return_index=True)
    points = pd.DataFrame({"line": owner, "x": xy[:, 0].round(2), "y": xy[:, 1].round(2)})
    points["layer"] = layers[owner]
    first = np.r_[True, owner[1:] != owner[:-1]]
    points["end"] = first | np.r_[first[1:], True]
    points["key"] = points.groupby(["x", "y"], sort=True).ngroup()
    ends_here = points.groupby("key")["end"].transform("any")
    level = points["layer"].where(~ends_here, other=0)
    points["node"] = points.groupby(["key", level], sort=True).ngroup()
    shared = points.groupby("node")["node"].transform("size") > 1
    cut = (points["end"] | (ends_here & shared) | (~ends_here & shared)).to_numpy()
    return _split(lines, xy, owner, cut, points["node"].to_numpy(dtype=np.int64))


def _split(
    lines: npt.NDArray[np.object_],
    xy: Floats,
    owner: npt.NDArray[np.int64],
    cut: npt.NDArray[np.bool_],
    node: Ints,
) -> Topology:
    """Cut lines at the marked points and number the junctions that remain."""
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
        node_ids=np.full(len(used), -1, dtype=np.int64),
        xy=places,
    )
