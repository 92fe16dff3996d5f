"""Place gates on streets and work out whom each one stops.

A closed gate cuts its street. A residents' gate cuts it too and leaves a link that only
residents may take. Where a street marked "residents only" meets a public one, that meeting is a
residents' gate as well, whether or not somebody drew one.
"""

from dataclasses import dataclass
from dataclasses import replace
from datetime import datetime

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from opening_hours import OpeningHours
from opening_hours import validate

from livingcircle._streets.topology import Topology

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

# How far from a street a gate may be drawn and still belong to it.
GATE_METRES = 8.0
MINOR = ("service", "footway", "path", "living_street", "steps", "track", "cycleway")
REPAIR_COLUMNS = ["kind", "place", "lon", "lat", "length_m", "sentence"]


@dataclass(frozen=True)
class GatePlan:
    """Hold the topology after cutting, and the ways only residents may take.

    ``links`` are (node, node, compound, gate id); ``shut`` are the nodes on either side of gates
    that stop everyone.
    """

    topology: Topology
    resident_only: Bools
    links: tuple[tuple[int, int, str, str], ...]
    shut: Ints
    repairs: pd.DataFrame


def is_open(hours: object, at: str) -> bool:
    """Return whether a gate with these hours is open on an ordinary Wednesday at that time.

    Hours nobody gave, or nobody can read, stop no one: the caller reports them.
    """
    if not isinstance(hours, str) or not hours.strip():
        return True
    text = hours.strip().replace("：", ":").replace("－", "-")
    if not validate(text):
        return True
    hour, minute = (int(part) for part in at.split(":"))
    # 2024-06-12 is a Wednesday without a holiday; only the hour matters to a gate.
    return bool(OpeningHours(text).is_open(datetime(2024, 6, 12, hour, minute)))  # noqa: DTZ001


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
    shut: list[int] = []
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
        shut=np.array(shut, dtype=np.int64),
        repairs=pd.DataFrame(repairs, columns=REPAIR_COLUMNS),
    )


def _stops(
    topology: Topology,
    gates: gpd.GeoDataFrame,
    places: npt.NDArray[np.object_],
    at: str,
    minor: Bools,
) -> tuple[list[tuple[int, float, str, str, str]], list[dict[str, object]]]:
    """Return (segment, metres along it, class, compound, gate id) for gates that stop someone."""
    tree = shapely.STRtree(topology.lines)
    stops = []
    repairs = []
    for place, (gate_id, gate) in zip(places, gates.iterrows(), strict=True):
        found, gap = tree.query_nearest(place, return_distance=True, all_matches=True)
        label = str(gate_id)
        kind = str(gate["gate_class"])
        if len(found) == 0 or gap[0] > GATE_METRES:
            repairs.append(_repair("gate_off_street", gate, label, "离最近的道路太远，没有起作用"))
            continue
        if kind == "unknown":
            repairs.append(_repair("gate_unknown", gate, label, "不知道谁能通过，暂按可通行计算"))
            continue
        shut = kind == "closed" or (kind == "public" and not is_open(gate["hours"], at))
        if kind != "residents" and not shut:
            continue
        compound = gate["compound"] if isinstance(gate["compound"], str) else ""
        for segment in _through(np.sort(found), minor):
            along = float(shapely.line_locate_point(topology.lines[segment], place))
            stops.append((segment, along, "closed" if shut else "residents", compound, label))
    return stops, repairs


def _through(found: Ints, minor: Bools) -> list[int]:
    """Return which of the segments that meet at a gate run through it.

    A gate drawn on a street corner closes the lanes that leave there, not the street itself;
    among equals, all but one are closed, which parts each from all others.
    """
    lanes = [int(s) for s in found if minor[s]]
    if len(found) == 1 or 0 < len(lanes) < len(found):
        return lanes or [int(found[0])]
    return [int(s) for s in found[1:]]


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
    topology: Topology, stops: list[tuple[int, float, str, str, str]]
) -> tuple[Topology, list[tuple[int, int, str, str]], list[int]]:
    """Cut segments at the stops; return the links residents may take, and nodes shut to all."""
    links = []
    shut = []
    # Far end first: what remains of the street before the cut keeps its number and its start.
    for segment, along, kind, compound, gate in sorted(stops, key=lambda s: (s[0], -s[1], s[4])):
        topology = _cut_once(topology, segment, along)
        new = len(topology.xy)
        if kind == "residents":
            links.append((new - 2, new - 1, compound, gate))
        else:
            shut += [new - 2, new - 1]
    return topology, links, shut


def _cut_once(topology: Topology, segment: int, along: float) -> Topology:
    """Split one segment into two that no longer touch."""
    line = topology.lines[segment]
    length = float(shapely.length(line))
    first = _substring(line, 0.0, along)
    second = _substring(line, along, length)
    point = shapely.get_coordinates(shapely.line_interpolate_point(line, along))
    nodes = len(topology.xy)
    part = along / length if length else 0.5
    share = topology.share[segment]
    lines = np.append(topology.lines, [None])
    lines[segment], lines[-1] = first, second
    head = np.append(topology.head, topology.head[segment])
    head[segment] = nodes
    shares = np.append(topology.share, share * (1 - part))
    shares[segment] = share * part
    return Topology(
        tail=np.append(topology.tail, nodes + 1),
        head=head,
        lines=lines,
        row=np.append(topology.row, topology.row[segment]),
        share=shares,
        node_ids=np.append(topology.node_ids, [-1, -1]),
        xy=np.vstack([topology.xy, point, point]),
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
