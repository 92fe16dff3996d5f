"""Assemble the routing graph: segments split at every entrance, doors going out, outlets in.

Doors have only ways out and outlets only ways in, so nobody walks through a building. The graph
is kept reversed, because searches run from the few outlets to the many doors.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from livingcircle.attachment import Attachment
from livingcircle.network import Network

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class RoutingGraph:
    """Hold the reversed graph twice: in metres and in minutes.

    Node numbers: the network's nodes, then street points where entrances attach (entrances of
    doors, then of outlets), then doors, then outlets. ``segments`` has the segment number plus
    one of every arc of ``metres``; ``xy`` places the nodes up to the first door.
    """

    metres: csr_array
    minutes: csr_array
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
    minutes: Floats
    segment: Ints


def assemble(
    network: Network,
    doors: Attachment,
    outlets: Attachment,
    counts: tuple[int, int],
    compounds: npt.NDArray[np.object_],
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
    compounds
        Compound name of each door, or ``""``, shape (doors,).
    """
    point_count = len(doors.owner) + len(outlets.owner)
    first_door = network.node_count + point_count
    first_outlet = first_door + counts[0]
    total = first_outlet + counts[1]
    arcs = [
        _street_arcs(network, doors, outlets),
        _leg_arcs(network, doors, network.node_count, first_door, outward=True),
        _leg_arcs(
            network, outlets, network.node_count + len(doors.owner), first_outlet, outward=False
        ),
        _exit_arcs(network),
    ]
    joined = _join(arcs)
    door_nodes = first_door + np.arange(counts[0], dtype=np.int64)
    if network.passes:
        joined = _join([joined, _short_cuts(network, joined, door_nodes, compounds, total)])
    metres, segments = _reversed(joined, joined.metres, total)
    return RoutingGraph(
        metres=metres,
        minutes=_reversed(joined, joined.minutes, total)[0],
        segments=segments,
        door_nodes=door_nodes,
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
    order = stops["order"].to_numpy()
    tail, head, on_segment = node[:-1][same], node[1:][same], number[:-1][same]
    metres = np.maximum(np.diff(stops["along"].to_numpy())[same], 0.0)
    minutes = metres * network.pace[on_segment]
    minutes = minutes + np.where(order[:-1][same] == 0, network.wait_tail[on_segment], 0.0)
    minutes = minutes + np.where(order[1:][same] == 2, network.wait_head[on_segment], 0.0)  # noqa: PLR2004
    # A place at the end of a one-way street stands on the junction: no length, no direction.
    still = metres == 0
    ahead = network.forward[on_segment] | still
    back = network.backward[on_segment] | still
    return _Arcs(
        tail=np.concatenate([tail[ahead], head[back]]),
        head=np.concatenate([head[ahead], tail[back]]),
        metres=np.concatenate([metres[ahead], metres[back]]),
        minutes=np.concatenate([minutes[ahead], minutes[back]]),
        segment=np.concatenate([on_segment[ahead], on_segment[back]]),
    )


def _leg_arcs(
    network: Network, places: Attachment, first_point: int, first_owner: int, *, outward: bool
) -> _Arcs:
    """Return the arcs between buildings and the street: out of doors, into outlets."""
    on = np.flatnonzero(places.segment >= 0)
    point = first_point + on.astype(np.int64)
    owner = first_owner + places.owner[on]
    metres = places.leg[on]
    tail, head = (owner, point) if outward else (point, owner)
    minutes = metres / network.walker.metres_per_minute
    return _Arcs(tail, head, metres, minutes, np.full(len(on), -1, dtype=np.int64))


def _exit_arcs(network: Network) -> _Arcs:
    """Return the arcs through residents' gates, out of the compound only."""
    none = np.zeros(len(network.exits))
    off = np.full(len(none), -1, dtype=np.int64)
    return _Arcs(network.exits[:, 0], network.exits[:, 1], none, none, off)


def _join(arcs: list[_Arcs]) -> _Arcs:
    """Put several bundles of arcs together."""
    return _Arcs(
        np.concatenate([a.tail for a in arcs]),
        np.concatenate([a.head for a in arcs]),
        np.concatenate([a.metres for a in arcs]),
        np.concatenate([a.minutes for a in arcs]),
        np.concatenate([a.segment for a in arcs]),
    )


def _reversed(arcs: _Arcs, weight: Floats, total: int) -> tuple[csr_array, csr_array]:
    """Return the reversed graph with the least of parallel arcs, and their segments plus one.

    Sparse constructors add parallel entries up, which once made an answer wrong by 495 m; they
    are reduced to the least before the matrix is built.
    """
    order = np.lexsort((weight, arcs.tail, arcs.head))
    row, column, value = arcs.head[order], arcs.tail[order], weight[order]
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


def _short_cuts(
    network: Network,
    arcs: _Arcs,
    door_nodes: Ints,
    compounds: npt.NDArray[np.object_],
    total: int,
) -> _Arcs:
    """Return arcs that take residents of open compounds through their own gates.

    The compound hangs together with the street some other way, so strangers walk in it too;
    only the gate itself is for residents. The walk from door to gate becomes one arc that ends
    on the gate's far side.
    """
    bundles = []
    for metric in ("metres", "minutes"):
        graph, _ = _reversed(arcs, getattr(arcs, metric), total)
        for a, b, compound, _ in network.passes:
            own = door_nodes[compounds == compound] if compound else door_nodes[:0]
            for near, far in ((a, b), (b, a)):
                reach = dijkstra(graph, directed=True, indices=near)[own]
                ok = np.isfinite(reach)
                never = np.full(int(ok.sum()), np.inf)
                bundles.append(
                    _Arcs(
                        own[ok],
                        np.full(int(ok.sum()), far, dtype=np.int64),
                        reach[ok] if metric == "metres" else never,
                        reach[ok] if metric == "minutes" else never,
                        np.full(int(ok.sum()), -1, dtype=np.int64),
                    )
                )
    return _join(bundles)
