"""Assemble the graph that walks are told from: segments split at every entrance.

Doors have only ways out and outlets only ways in, so nobody walks through a building. The graph
is kept reversed, because searches run from outlets to doors. Distances are not measured here but
in :mod:`livingcircle._routing.streets`; this graph knows every piece of street a walk takes.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import csr_array

from livingcircle._routing.links import UNITS
from livingcircle._routing.links import Links
from livingcircle.attachment import Attachment
from livingcircle.network import Network

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class RoutingGraph:
    """Hold the reversed graph in metres.

    Node numbers: the network's nodes, then street points where entrances attach (entrances of
    doors, then of outlets), then doors, then outlets. ``segments`` has the segment number plus
    one of every arc of ``metres``; ``xy`` places the nodes up to the first door.
    """

    metres: csr_array
    segments: csr_array
    door_nodes: Ints
    outlet_nodes: Ints
    xy: Floats


@dataclass(frozen=True)
class _Arcs:
    """Collect arcs of the forward graph; ``segment`` is -1 off the street."""

    tail: Ints
    head: Ints
    metres: Floats
    segment: Ints


def assemble(
    network: Network,
    doors: Attachment,
    outlets: Attachment,
    counts: tuple[int, int],
    short_cuts: Links,
) -> RoutingGraph:
    """Return the routing graph of a network with its doors and outlets.

    Parameters
    ----------
    network
        Streets of one walker.
    doors, outlets
        Where their entrances meet the streets.
    counts
        How many doors and how many outlets there are.
    short_cuts
        Ways of residents through their own gates, door to node.
    """
    point_count = len(doors.owner) + len(outlets.owner)
    first_door = network.node_count + point_count
    first_outlet = first_door + counts[0]
    total = first_outlet + counts[1]
    arcs = [
        _street_arcs(network, doors, outlets),
        _leg_arcs(doors, network.node_count, first_door, outward=True),
        _leg_arcs(outlets, network.node_count + len(doors.owner), first_outlet, outward=False),
        _exit_arcs(network),
        _short_cut_arcs(short_cuts, first_door),
    ]
    metres, segments = _reversed(_join(arcs), total)
    return RoutingGraph(
        metres=metres,
        segments=segments,
        door_nodes=first_door + np.arange(counts[0], dtype=np.int64),
        outlet_nodes=first_outlet + np.arange(counts[1], dtype=np.int64),
        xy=np.vstack([network.xy, doors.foot, outlets.foot]),
    )


def _street_arcs(network: Network, doors: Attachment, outlets: Attachment) -> _Arcs:
    """Return the arcs along every segment, split where entrances attach."""
    segment = np.concatenate([doors.segment, outlets.segment])
    along = np.concatenate([doors.along, outlets.along])
    point = network.node_count + np.arange(len(segment), dtype=np.int64)
    on = segment >= 0
    count = len(network.lines)
    stops = pd.DataFrame(
        {
            "segment": np.concatenate([np.arange(count), segment[on], np.arange(count)]),
            "along": np.concatenate([np.zeros(count), along[on], network.metres]),
            "order": np.repeat([0, 1, 2], [count, int(on.sum()), count]),
            "node": np.concatenate([network.tail, point[on], network.head]),
        }
    ).sort_values(["segment", "order", "along", "node"], kind="stable")
    number = stops["segment"].to_numpy()
    same = number[:-1] == number[1:]
    node = stops["node"].to_numpy()
    tail, head, on_segment = node[:-1][same], node[1:][same], number[:-1][same]
    metres = np.maximum(np.diff(stops["along"].to_numpy())[same], 0.0)
    # A place at the end of a one-way street stands on the junction: no length, no direction.
    still = metres == 0
    ahead = network.forward[on_segment] | still
    back = network.backward[on_segment] | still
    return _Arcs(
        tail=np.concatenate([tail[ahead], head[back]]),
        head=np.concatenate([head[ahead], tail[back]]),
        metres=np.concatenate([metres[ahead], metres[back]]),
        segment=np.concatenate([on_segment[ahead], on_segment[back]]),
    )


def _leg_arcs(places: Attachment, first_point: int, first_owner: int, *, outward: bool) -> _Arcs:
    """Return the arcs between buildings and the street: out of doors, into outlets."""
    on = np.flatnonzero(places.segment >= 0)
    point = first_point + on.astype(np.int64)
    owner = first_owner + places.owner[on]
    metres = places.leg[on]
    tail, head = (owner, point) if outward else (point, owner)
    return _Arcs(tail, head, metres, np.full(len(on), -1, dtype=np.int64))


def _exit_arcs(network: Network) -> _Arcs:
    """Return the arcs through residents' gates, out of the compound only."""
    none = np.zeros(len(network.exits))
    off = np.full(len(none), -1, dtype=np.int64)
    return _Arcs(network.exits[:, 0], network.exits[:, 1], none, off)


def _short_cut_arcs(short_cuts: Links, first_door: int) -> _Arcs:
    """Return the arcs from doors to the far side of their own compounds' gates."""
    metres = short_cuts.length / UNITS["metres"]
    off = np.full(len(metres), -1, dtype=np.int64)
    return _Arcs(first_door + short_cuts.place, short_cuts.node, metres, off)


def _join(arcs: list[_Arcs]) -> _Arcs:
    """Put several bundles of arcs together."""
    return _Arcs(
        np.concatenate([a.tail for a in arcs]),
        np.concatenate([a.head for a in arcs]),
        np.concatenate([a.metres for a in arcs]),
        np.concatenate([a.segment for a in arcs]),
    )


def _reversed(arcs: _Arcs, total: int) -> tuple[csr_array, csr_array]:
    """Return the reversed graph with the least of parallel arcs, and their segments plus one.

    Sparse constructors add parallel entries up, which once made an answer wrong by 495 m; they
    are reduced to the least before the matrix is built.
    """
    order = np.lexsort((arcs.metres, arcs.tail, arcs.head))
    row, column, value = arcs.head[order], arcs.tail[order], arcs.metres[order]
    first = np.ones(len(order), dtype=np.bool_)
    first[1:] = (row[1:] != row[:-1]) | (column[1:] != column[:-1])
    start = np.searchsorted(row[first], np.arange(total + 1)).astype(np.int32)
    columns = column[first].astype(np.int32)
    shape = (total, total)
    segments = arcs.segment[order][first] + 1
    return (
        csr_array((value[first], columns, start), shape=shape),
        csr_array((segments, columns.copy(), start.copy()), shape=shape),
    )
