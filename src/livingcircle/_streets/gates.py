"""Place gates on streets and work out whom each one stops.

A closed gate cuts its street. A residents' gate cuts it too and leaves a link that only
residents may take. Where a street marked "residents only" meets a public one, that meeting is a
residents' gate as well, whether or not somebody drew one.
"""

import math
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from datetime import datetime
from itertools import combinations
from itertools import groupby
from itertools import pairwise

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from livingcircle._streets.topology import Topology
from livingcircle.hours import read_hours

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

# How far from a street a gate may be drawn and still belong to it.
GATE_METRES = 8.0
# A gate within this of a street was drawn on it.
ON_STREET_METRES = 0.5
# Two ways that leave a corner in directions at least so far apart run straight through it.
STRAIGHT_DEGREES = 150.0
CORNER_WAYS = 3
MINOR = ("service", "footway", "path", "living_street", "steps", "track", "cycleway")
REPAIR_COLUMNS = ["kind", "place", "lon", "lat", "length_m", "sentence"]


@dataclass(frozen=True)
class GatePlan:
    """Hold the topology after cutting, and the ways only residents may take.

    ``links`` are (node, node, compound, gate id); ``shut_pairs`` are the nodes on either side of
    gates that stop everyone.
    """

    topology: Topology
    resident_only: Bools
    links: tuple[tuple[int, int, str, str], ...]
    shut_pairs: list[tuple[int, int]]
    repairs: pd.DataFrame


@dataclass(frozen=True)
class _Stop:
    """Say where a gate cuts a segment, and for whom."""

    segment: int
    along: float
    closed: bool
    compound: str
    gate: str


def is_open(hours: object, at: str) -> bool | None:
    """Return whether a gate with these hours is open on an ordinary Wednesday at that time.

    Hours nobody gave stop no one; None where nobody can read them.
    """
    if not isinstance(hours, str) or not hours.strip():
        return True
    opening = read_hours(hours)
    if opening is None:
        return None
    hour, minute = (int(part) for part in at.split(":"))
    # 2024-06-12 is a Wednesday without a holiday; only the hour matters to a gate.
    return bool(opening.is_open(datetime(2024, 6, 12, hour, minute)))  # noqa: DTZ001


def plan_gates(
    topology: Topology,
    streets: gpd.GeoDataFrame,
    gates: gpd.GeoDataFrame | None,
    places: npt.NDArray[np.object_],
    *,
    at: str,
) -> GatePlan:
    """Return the topology cut at gates that are shut to somebody.

    Parameters
    ----------
    topology, streets
        Segments, and the street rows they come from.
    gates
        Gate table; ``places`` are its points in metres, in the same order.
    at
        Hour, ``"HH:MM"``.
    """
    links: list[tuple[int, int, str, str]] = []
    shut: list[tuple[int, int]] = []
    repairs: list[dict[str, object]] = []
    if gates is not None and len(gates):
        minor = streets["highway"].isin(MINOR).to_numpy()[topology.row]
        stops, repairs = _stops(topology, gates, places, at, minor)
        topology, links, shut = _cut(topology, stops)
    access = streets["access"].fillna("public").to_numpy(dtype=object)[topology.row]
    private = np.asarray(access == "residents", dtype=np.bool_)
    topology, more = _fence_off(topology, private)
    return GatePlan(
        topology=topology,
        resident_only=private,
        links=(*links, *more),
        shut_pairs=shut,
        repairs=pd.DataFrame(repairs, columns=REPAIR_COLUMNS),
    )


def _stops(
    topology: Topology,
    gates: gpd.GeoDataFrame,
    places: npt.NDArray[np.object_],
    at: str,
    minor: Bools,
) -> tuple[list[_Stop], list[dict[str, object]]]:
    """Return where gates stop someone, and what a person should look at."""
    tree = shapely.STRtree(topology.lines)
    stops = []
    repairs = []
    for place, (gate_id, gate) in zip(places, gates.iterrows(), strict=True):
        label, kind = str(gate_id), str(gate["gate_class"])
        found = _streets_of(tree, topology, place, minor)
        if len(found) == 0:
            repairs.append(_repair("gate_off_street", gate, label, "离最近的道路太远，没有起作用"))
            continue
        if kind == "unknown":
            repairs.append(_repair("gate_unknown", gate, label, "不知道谁能通过，暂按可通行计算"))
            continue
        opened = is_open(gate["hours"], at) if kind == "public" else True
        if opened is None:
            what = f"的开放时间“{gate['hours']}”看不懂，暂按全天开放计算；写成 06:00-23:00 的样子"
            repairs.append(_repair("gate_hours", gate, label, what))
        shut = kind == "closed" or opened is False
        if kind != "residents" and not shut:
            continue
        compound = gate["compound"] if isinstance(gate["compound"], str) else ""
        for segment in _through(topology, found, place, minor):
            along = float(shapely.line_locate_point(topology.lines[segment], place))
            stops.append(_Stop(segment, along, shut, compound, label))
    return stops, repairs


def _streets_of(
    tree: shapely.STRtree, topology: Topology, place: shapely.Point, minor: Bools
) -> Ints:
    """Return the segments a gate stands on: those it is drawn on, else the nearest lane.

    A gate drawn beside the road belongs to the lane it closes rather than to the street the lane
    leaves, however close that is.
    """
    near = np.sort(tree.query(place, predicate="dwithin", distance=GATE_METRES))
    if len(near) == 0:
        return near
    gap = shapely.distance(topology.lines[near], place)
    lanes = minor[near]
    if gap.min() > ON_STREET_METRES and lanes.any():
        near, gap = near[lanes], gap[lanes]
    return np.asarray(near[gap <= gap.min() + 1e-6], dtype=np.int64)


def _through(topology: Topology, found: Ints, place: shapely.Point, minor: Bools) -> list[int]:
    """Return which of the segments that meet at a gate it closes.

    A gate drawn on a street corner closes the lanes that leave there, not the street itself: the
    street is what is no lane or, among equals, the two ways that run straight through. Of two
    ways that merely meet, one is closed, which parts them.
    """
    lanes = [int(s) for s in found if minor[s]]
    if len(found) == 1 or 0 < len(lanes) < len(found):
        return lanes or [int(found[0])]
    street = _straight_pair(topology, found, place) if len(found) >= CORNER_WAYS else ()
    return [int(s) for s in found if int(s) not in (street or (int(found[0]),))]


def _straight_pair(topology: Topology, found: Ints, place: shapely.Point) -> tuple[int, ...]:
    """Return the two segments that run straight through a place, or none."""
    ways = [_direction(topology.lines[segment], place) for segment in found]
    best = STRAIGHT_DEGREES
    pair: tuple[int, ...] = ()
    for a, b in combinations(range(len(found)), 2):
        turn = abs((ways[a] - ways[b] + 180.0) % 360.0 - 180.0)
        if turn > best:
            best, pair = turn, (int(found[a]), int(found[b]))
    return pair


def _direction(line: shapely.LineString, place: shapely.Point) -> float:
    """Return in which direction a line leaves a place at one of its ends, in degrees."""
    length = float(shapely.length(line))
    at_start = shapely.line_locate_point(line, place) < length / 2
    step = min(5.0, length)
    away = shapely.line_interpolate_point(line, step if at_start else length - step)
    here = shapely.line_interpolate_point(line, 0.0 if at_start else length)
    return math.degrees(math.atan2(away.y - here.y, away.x - here.x))


def _repair(kind: str, gate: pd.Series, label: str, what: str) -> dict[str, object]:
    """Return one row for the repair list."""
    point = gate["geometry"]
    name = gate["name"] if isinstance(gate["name"], str) and gate["name"] else label
    return {
        "kind": kind,
        "place": name,
        "lon": round(point.x, 6),
        "lat": round(point.y, 6),
        "length_m": np.nan,
        "sentence": f"大门“{name}”{what}",
    }


def _cut(
    topology: Topology, stops: list[_Stop]
) -> tuple[Topology, list[tuple[int, int, str, str]], list[tuple[int, int]]]:
    """Cut segments at the stops; return the links residents may take, and nodes shut to all."""
    links: list[tuple[int, int, str, str]] = []
    shut: list[tuple[int, int]] = []
    lines, head, share = topology.lines.copy(), topology.head.copy(), topology.share.copy()
    new = _Pieces()
    count = len(topology.xy)
    order = sorted(stops, key=lambda one: (one.segment, one.along, one.gate))
    for segment, group in groupby(order, key=lambda one: one.segment):
        line, end = topology.lines[segment], int(topology.head[segment])
        length = float(shapely.length(line))
        here = list(group)
        marks = [0.0, *(one.along for one in here), length]
        parts = [(b - a) / length if length else 1 / len(marks) for a, b in pairwise(marks)]
        pieces = [_substring(line, a, b) for a, b in pairwise(marks)]
        lines[segment], share[segment] = pieces[0], topology.share[segment] * parts[0]
        head[segment] = count + len(new.xy)
        for number, stop in enumerate(here):
            near = count + len(new.xy)
            point = shapely.get_coordinates(shapely.line_interpolate_point(line, stop.along))[0]
            new.xy += [point, point]
            last = number + 1 == len(here)
            new.tail.append(near + 1)
            new.head.append(end if last else near + 2)
            new.lines.append(pieces[number + 1])
            new.row.append(int(topology.row[segment]))
            new.share.append(topology.share[segment] * parts[number + 1])
            if stop.closed:
                shut.append((near, near + 1))
            else:
                links.append((near, near + 1, stop.compound, stop.gate))
    return new.joined(replace(topology, lines=lines, head=head, share=share)), links, shut


@dataclass
class _Pieces:
    """Collect the segments and nodes that cutting adds."""

    tail: list[int] = field(default_factory=list)
    head: list[int] = field(default_factory=list)
    lines: list[shapely.LineString] = field(default_factory=list)
    row: list[int] = field(default_factory=list)
    share: list[float] = field(default_factory=list)
    xy: list[npt.NDArray[np.float64]] = field(default_factory=list)

    def joined(self, topology: Topology) -> Topology:
        """Return a topology with these pieces behind its own."""
        if not self.lines:
            return topology
        added = np.empty(len(self.lines), dtype=object)
        added[:] = self.lines
        return Topology(
            tail=np.append(topology.tail, self.tail),
            head=np.append(topology.head, self.head),
            lines=np.append(topology.lines, added),
            row=np.append(topology.row, self.row),
            share=np.append(topology.share, self.share),
            node_ids=np.append(topology.node_ids, np.full(len(self.xy), -1)),
            xy=np.vstack([topology.xy, *self.xy]),
        )


def _substring(line: shapely.LineString, start: float, stop: float) -> shapely.LineString:
    """Return the part of a line between two distances, never losing its type."""
    points = shapely.get_coordinates(line)
    steps = np.r_[0.0, np.cumsum(np.hypot(*np.diff(points, axis=0).T))]
    inside = (steps > start) & (steps < stop)
    ends = [shapely.get_coordinates(shapely.line_interpolate_point(line, d)) for d in (start, stop)]
    return shapely.linestrings(np.vstack([ends[0], points[inside], ends[1]]))


def _fence_off(
    topology: Topology, private: Bools
) -> tuple[Topology, list[tuple[int, int, str, str]]]:
    """Part residents-only streets from public ones where they meet."""
    count = len(topology.xy)
    touches = np.zeros((2, count), dtype=np.bool_)
    for side in (topology.tail, topology.head):
        touches[0, side[private]] = True
        touches[1, side[~private]] = True
    meeting = np.flatnonzero(touches.all(axis=0))
    if len(meeting) == 0:
        return topology, []
    copy = np.arange(count, dtype=np.int64)
    copy[meeting] = count + np.arange(len(meeting))
    fenced = replace(
        topology,
        tail=np.where(private, copy[topology.tail], topology.tail),
        head=np.where(private, copy[topology.head], topology.head),
        node_ids=np.append(topology.node_ids, topology.node_ids[meeting]),
        xy=np.vstack([topology.xy, topology.xy[meeting]]),
    )
    links = [(int(copy[node]), int(node), "", "") for node in meeting]
    return fenced, links
