"""Cut OpenStreetMap ways into street segments between the nodes they share.

Two ways join only where they share a node number: a bridge over a street shares none. Where a
way meets the carriageway of an expressway outside a tagged crossing, both sides get their own
copy of the node, so that nobody steps across.
"""

from collections.abc import Callable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from livingcircle.io._osm import walking
from livingcircle.io._osm.walking import Tags

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

# Above every OpenStreetMap node number: copies of nodes on expressways.
_FIRST_COPY = 1 << 60
_TEXT = ("way_id", "name", "highway", "access", "structure", "crossing")


@dataclass(frozen=True)
class RawWay:
    """Hold one way as the file gives it: nodes the file does not hold are left out.

    Attributes
    ----------
    key
        ``"w27811140"`` for a way, ``"r123-1"`` for a ring of a square drawn as a relation.
    refs, lons, lats
        Node numbers and places along the way.
    gaps
        Positions before which nodes are missing: the way is torn there.
    """

    key: str
    tags: Tags
    refs: list[int]
    lons: list[float]
    lats: list[float]
    gaps: frozenset[int] = frozenset()

    @cached_property
    def access(self) -> walking.Access | None:
        """Say who may walk along the way; None if it is no footway."""
        return walking.walking_access(self.tags)


@dataclass(frozen=True)
class _Points:
    """Hold the nodes of all walkable ways, one after the other."""

    way: Ints
    ref: Ints
    lon: npt.NDArray[np.float64]
    lat: npt.NDArray[np.float64]
    start: Bools


def build_streets(ways: Sequence[RawWay], nodes: Mapping[int, Tags]) -> gpd.GeoDataFrame:
    """Return the street table of everything walkable among the ways.

    Parameters
    ----------
    ways
        Every way that is a street, a platform, a pier or a railway, walkable or not.
    nodes
        Tags of the nodes that have any.
    """
    streets = sorted(
        (way for way in ways if way.access is not None and way.refs),
        key=lambda way: (len(way.key), way.key),
    )
    if not streets:
        return _empty_streets()
    points = _flatten(streets)
    severed = _severed(points, streets, _expressway_nodes(ways), nodes)
    start, stop = _cuts(points, severed)
    leave, arrive = _node_numbers(points, severed)
    frame = _attributes(streets, points.way[start])
    frame["from_node"] = leave[start]
    frame["to_node"] = arrive[stop]
    frame["geometry"] = _lines(points, start, stop)
    table = gpd.GeoDataFrame(frame, geometry="geometry", crs="EPSG:4326")
    table["crossing"] = _crossings(table, ways, nodes)
    table = table.drop(columns=["crossing_way", "crossing_tag"]).set_index("segment_id")
    return table.astype(dict.fromkeys(_TEXT, "str")).sort_index()


def _flatten(ways: Sequence[RawWay]) -> _Points:
    """Lay all ways end to end, dropping a node that repeats the one before it."""
    way = np.repeat(np.arange(len(ways)), [len(w.refs) for w in ways])
    ref = np.array([r for w in ways for r in w.refs], dtype=np.int64)
    lon = np.array([x for w in ways for x in w.lons], dtype=np.float64)
    lat = np.array([y for w in ways for y in w.lats], dtype=np.float64)
    first = np.cumsum([0, *(len(w.refs) for w in ways)])
    torn = np.zeros(len(ref), dtype=np.bool_)
    gaps = [place + k for place, w in zip(first[:-1], ways, strict=True) for k in w.gaps]
    torn[[gap for gap in gaps if gap < len(ref)]] = True
    start = torn | np.r_[True, way[1:] != way[:-1]]
    keep = start | np.r_[True, ref[1:] != ref[:-1]]
    return _Points(way[keep], ref[keep], lon[keep], lat[keep], start[keep])


def _expressway_nodes(ways: Sequence[RawWay]) -> Ints:
    """Return nodes inside an expressway's carriageway: two or more of its segments meet there."""
    lines = [np.array(w.refs) for w in ways if walking.is_expressway_mainline(w.tags)]
    ends = [part for line in lines for part in (line[:-1], line[1:])]
    if not ends:
        return np.empty(0, dtype=np.int64)
    ref, count = np.unique(np.concatenate(ends), return_counts=True)
    return np.asarray(ref[count >= 2], dtype=np.int64)  # noqa: PLR2004


def _severed(
    points: _Points, ways: Sequence[RawWay], expressway: Ints, nodes: Mapping[int, Tags]
) -> Bools:
    """Mark points on an expressway's carriageway where no crossing is tagged."""
    on_it = np.isin(points.ref, expressway)
    if not on_it.any():
        return np.asarray(on_it, dtype=np.bool_)
    crossing_ways = np.array([walking.is_crossing_way(way.tags) for way in ways])
    allowed = set(points.ref[on_it & crossing_ways[points.way]].tolist())
    allowed |= {
        int(ref)
        for ref in points.ref[on_it]
        if walking.junction_kind(nodes.get(int(ref), {})) not in {"", "elevator"}
    }
    return np.asarray(on_it & ~np.isin(points.ref, sorted(allowed)), dtype=np.bool_)


def _cuts(points: _Points, severed: Bools) -> tuple[Ints, Ints]:
    """Return the first and last point of each segment."""
    last = np.r_[points.start[1:], True]
    _, where, count = np.unique(points.ref, return_inverse=True, return_counts=True)
    cut = points.start | last | severed | (count[where] > 1)
    start, stop = _pairs(cut, last)
    # A loop from a node back to itself is halved, so that it has two ends.
    loop = (points.ref[start] == points.ref[stop]) & (stop - start > 1)
    cut[(start[loop] + stop[loop]) // 2] = True
    return _pairs(cut, last)


def _pairs(cut: Bools, last: Bools) -> tuple[Ints, Ints]:
    """Pair each cut with the next one on the same way."""
    at = np.flatnonzero(cut)
    joined = ~last[at[:-1]]
    return at[:-1][joined], at[1:][joined]


def _node_numbers(points: _Points, severed: Bools) -> tuple[Ints, Ints]:
    """Return the node number of each point for the segment that leaves it and that arrives."""
    leave, arrive = points.ref.copy(), points.ref.copy()
    copies = _FIRST_COPY + 2 * np.arange(np.count_nonzero(severed), dtype=np.int64)
    arrive[severed] = copies
    leave[severed] = copies + 1
    return leave, arrive


def _lines(points: _Points, start: Ints, stop: Ints) -> npt.NDArray[np.object_]:
    """Draw each segment through its points."""
    count = stop - start + 1
    owner = np.repeat(np.arange(len(start)), count)
    offset = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    index = start[owner] + offset
    xy = np.column_stack([points.lon[index], points.lat[index]])
    return np.asarray(shapely.linestrings(xy, indices=owner), dtype=object)


def _attributes(ways: Sequence[RawWay], row: Ints) -> pd.DataFrame:
    """Return the columns that a segment has from its way."""
    tags = [way.tags for way in ways]

    def of_way(rule: Callable[[Tags], object]) -> npt.NDArray[np.object_]:
        return np.array([rule(t) for t in tags], dtype=object)[row]

    number = pd.Series(row).groupby(row).cumcount()
    keys = np.array([way.key for way in ways], dtype=object)[row]
    ids = [f"{key}-{k:03d}" for key, k in zip(keys, number, strict=True)]
    return pd.DataFrame(
        {
            "segment_id": ids,
            "way_id": [key.removeprefix("w") for key in keys],
            "name": of_way(lambda t: t.get("name", "")),
            "highway": of_way(_highway),
            "access": np.array([way.access for way in ways], dtype=object)[row],
            "layer": of_way(walking.layer).astype(np.int64),
            "structure": of_way(walking.structure),
            "steps": of_way(walking.is_steps).astype(np.bool_),
            "oneway": of_way(walking.walking_direction).astype(np.int64),
            "wheelchair": pd.Series(of_way(walking.wheelchair)).astype("boolean"),
            "crossing_way": of_way(walking.is_crossing_way).astype(np.bool_),
            "crossing_tag": of_way(walking.crossing_kind),
        }
    )


def _highway(tags: Tags) -> str:
    """Return the street's kind; piers and platforms without one are called by what they are."""
    if "highway" in tags:
        return tags["highway"]
    return "platform" if tags.get("public_transport") == "platform" else "pier"


def _crossings(
    table: gpd.GeoDataFrame, ways: Sequence[RawWay], nodes: Mapping[int, Tags]
) -> pd.Series:
    """Return how each segment crosses a carriageway, once for each carriageway.

    A crossing way is cut where it meets the carriageway. Only the part that leaves it carries
    the kind, so that the wait is counted once for each carriageway.
    """
    kind = pd.Series("", index=table.index, dtype=object)
    road = {r for w in ways if w.tags.get("highway") in walking.CARRIAGEWAYS for r in w.refs}
    ground = table["crossing_way"] & (table["structure"] == "")
    part = table.loc[ground, ["way_id", "from_node", "to_node", "crossing_tag"]]
    ways_of = part["way_id"].tolist()
    rows = zip(part["from_node"].tolist(), part["to_node"].tolist(), strict=True)
    ends: dict[str, list[tuple[int, int, str]]] = {}
    for key, (leave, arrive), segment in zip(ways_of, rows, part.index, strict=True):
        ends.setdefault(key, []).append((leave, arrive, segment))
    words = dict(zip(ways_of, part["crossing_tag"].tolist(), strict=True))
    told: dict[str, str] = {}
    for key, pieces in ends.items():
        numbers = [leave for leave, _, _ in pieces] + [arrive for _, arrive, _ in pieces]
        node = (nodes.get(number, {}) for number in numbers)
        kinds = (words[key], *(walking.crossing_kind(tags) for tags in node))
        word = next((word for word in kinds if word), "marked")
        leaving = [segment for leave, _, segment in pieces if leave in road]
        told |= dict.fromkeys(leaving or [pieces[0][2]], word)
    kind.update(pd.Series(told, dtype=object))
    kind.update(_bridges(table, ways))
    return kind


def _bridges(table: gpd.GeoDataFrame, ways: Sequence[RawWay]) -> pd.Series:
    """Return "footbridge" or "underpass" for foot ways above or below a road or railway."""
    foot = table["highway"].isin(walking.FOOT_WAYS | walking.ONLY_WITH_FOOT)
    spans = table[foot & (table["structure"] != "")]
    crossed = [
        way
        for way in ways
        if way.tags.get("highway") in walking.CARRIAGEWAYS or "railway" in way.tags
        if len(way.refs) > 1
    ]
    if len(spans) == 0 or not crossed:
        return pd.Series(dtype=object)
    lines = [shapely.linestrings(way.lons, way.lats) for way in crossed]
    layers = np.array([walking.layer(way.tags) for way in crossed])
    span, road = shapely.STRtree(lines).query(spans.geometry.to_numpy(), predicate="crosses")
    apart = spans["layer"].to_numpy()[span] != layers[road]
    over = spans.index[np.unique(span[apart])]
    words = {"bridge": "footbridge", "tunnel": "underpass"}
    return pd.Series([words[kind] for kind in spans.loc[over, "structure"]], over, dtype=object)


def _empty_streets() -> gpd.GeoDataFrame:
    """Return a street table without rows."""
    columns = {name: pd.Series(dtype="str") for name in _TEXT}
    numbers = {n: pd.Series(dtype=np.int64) for n in ("layer", "oneway", "from_node", "to_node")}
    flags = {"steps": pd.Series(dtype=np.bool_), "wheelchair": pd.Series(dtype="boolean")}
    index = pd.Index([], name="segment_id", dtype=object)
    frame = pd.DataFrame({**columns, **numbers, **flags}, index=index)
    return gpd.GeoDataFrame(frame, geometry=gpd.GeoSeries([], index=index), crs="EPSG:4326")
