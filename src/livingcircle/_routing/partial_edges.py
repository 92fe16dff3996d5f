"""Lay the streets out for walks from one place, and say which stretches of street they reach.

Everything is in whole millimetres or milliseconds, as in :mod:`livingcircle._routing.links`. A
crossing's wait is charged at the end of the segment where the crossing is, before the first step
onto the segment: whoever still waits when the time is up has not set foot on it.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from livingcircle._kernels.base import FAR
from livingcircle._kernels.partial import cut_at
from livingcircle._kernels.partial import draw_pieces
from livingcircle._kernels.partial import walk_out
from livingcircle._routing.links import Links
from livingcircle._routing.links import Metric
from livingcircle._routing.links import Places
from livingcircle._routing.links import end_links
from livingcircle._routing.links import joined
from livingcircle._routing.links import places_on
from livingcircle._routing.links import street_arcs
from livingcircle._routing.links import whole
from livingcircle.attachment import Attachment
from livingcircle.network import Network

Ints = npt.NDArray[np.int64]
Small = npt.NDArray[np.int32]
Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Lengths = npt.NDArray[np.uint32]


@dataclass(frozen=True)
class Ground:
    """Hold the streets for walks out from a place, or towards it.

    Attributes
    ----------
    outward
        Whether walks lead away from the source, or from everywhere towards it.
    arcs
        By node: start, other end, length, segment, step, wait; see :func:`walk_out`.
    room
        Length of each segment, waits left out.
    up, down
        Whether the walk may go along a segment from its tail, and from its head.
    first, xy
        Points of the drawn segments in metres, and where those of each segment start.
    metres
        Metres on the ground of each segment.
    """

    metric: Metric
    outward: bool
    arcs: tuple[Ints, Small, Lengths, Small, Small, Lengths]
    room: Lengths
    up: Bools
    down: Bools
    first: Ints
    xy: Floats
    metres: Floats


def lay_ground(network: Network, metric: Metric, *, outward: bool) -> Ground:
    """Return the streets of a network ready for walking out from places, or towards them."""
    segments = np.arange(len(network.lines))
    up, down = network.forward, network.backward
    plain = street_arcs(network, metric)
    ahead, back = segments[up], segments[down]
    gates = np.full(len(network.exits), -1)
    segment = np.concatenate([ahead, back, gates])
    step = np.concatenate([np.ones(len(ahead)), -np.ones(len(back)), np.zeros(len(gates))])
    tail, head = plain.tail, plain.head
    if not outward:
        # Whoever walks towards the source walks its ways the other way round.
        tail, head, step, up, down = head, tail, -step, down, up
    waits = np.zeros((2, len(segments) + 1), dtype=np.uint32)
    room = whole(network.metres, metric)
    if metric == "minutes":
        room = whole(network.metres * network.pace, metric)
        waits[0, :-1] = whole(network.wait_tail, metric)
        waits[1, :-1] = whole(network.wait_head, metric)
    order = np.lexsort((segment, tail))
    arcs = (
        np.searchsorted(tail[order], np.arange(network.node_count + 1)).astype(np.int64),
        head[order].astype(np.int32),
        plain.length[order],
        segment[order].astype(np.int32),
        step[order].astype(np.int32),
        np.where(step < 0, waits[1, segment], waits[0, segment])[order].astype(np.uint32),
    )
    first = np.concatenate([[0], np.cumsum(shapely.get_num_coordinates(network.lines))])
    xy = shapely.get_coordinates(network.lines)
    return Ground(metric, outward, arcs, room, up, down, first.astype(np.int64), xy, network.metres)


@dataclass(frozen=True)
class Sources:
    """Hold places that walks start from or lead to.

    Attributes
    ----------
    seeds
        By place: start, node, way there.
    own
        By place: start, and strokes along the segments it stands on.
    legs
        By place: start, way along each leg, and its two ends in metres.
    """

    seeds: tuple[Ints, Small, Lengths]
    own: tuple[Ints, Ints]
    legs: tuple[Ints, Lengths, Floats]


def place_sources(
    network: Network,
    ground: Ground,
    ends: Attachment,
    points: Floats,
    short_cuts: Links,
    count: int,
) -> Sources:
    """Return places by where their entrances meet the streets.

    Parameters
    ----------
    ends
        Where the entrances meet the streets.
    points
        The places themselves in metres, shape (places, 2).
    short_cuts
        Ways of residents through their own gates.
    count
        How many places there are.
    """
    places = places_on(network, ends, ground.metric)
    links = end_links(network, places, ground.metric, outward=ground.outward)
    seeds = joined([links, short_cuts]).sorted_by("place", count)
    attached = ends.segment >= 0
    lines = np.stack([points[ends.owner[attached]], ends.foot[attached]], axis=1)
    first, order = _by_place(places.owner, count)
    owner, own = _own_strokes(ground, places)
    begin, own_order = _by_place(owner, count)
    return Sources(
        (seeds[0], seeds[1].astype(np.int32), seeds[2]),
        (begin, own[own_order]),
        (first, places.leg[order], lines[order]),
    )


def _own_strokes(ground: Ground, places: Places) -> tuple[Ints, Ints]:
    """Return the strokes from entrances along their own segments, and whose they are."""
    on, low, leg = (a.astype(np.int64) for a in (places.segment, places.low, places.leg))
    owners, strokes = [], []
    for step, way in ((1, ground.up), (-1, ground.down)):
        some = way[on] & (ground.room[on] > 0)
        owners.append(places.owner[some])
        strokes.append(np.stack([on, low, np.full(len(on), step), leg], axis=1)[some])
    return np.concatenate(owners), np.concatenate(strokes)


def _by_place(owner: Ints, count: int) -> tuple[Ints, Ints]:
    """Return start by place, and the rows in order of their places."""
    order = np.argsort(owner, kind="stable")
    start = np.searchsorted(owner[order], np.arange(count + 1)).astype(np.int64)
    return start, order.astype(np.int64)


@dataclass(frozen=True)
class Reached:
    """Hold the stretches of street reached from one place, limit by limit.

    Attributes
    ----------
    pieces
        Limit, segment, from and to in whole units, and whether it was whole at the limit before.
    points, starts
        The pieces as lines in metres: points, and where each line starts.
    legs
        Ends of the legs between the place and its streets, shape (legs, 2, 2), in metres.
    leg_limit
        The first limit that each leg lies within.
    """

    pieces: Ints
    points: Floats
    starts: Ints
    legs: Floats
    leg_limit: Ints

    def metres(self, ground: Ground, limits: int) -> Floats:
        """Return the metres of street reached within each limit."""
        on = self.pieces[:, 1]
        share = (self.pieces[:, 3] - self.pieces[:, 2]) / ground.room[on]
        return np.bincount(
            self.pieces[:, 0], weights=share * ground.metres[on], minlength=limits
        ).astype(np.float64)

    def lines(self, limit: int) -> npt.NDArray[np.object_]:
        """Return the pieces within one limit as lines in metres."""
        mine = np.flatnonzero(self.pieces[:, 0] == limit)
        many = np.diff(self.starts)[mine]
        at = np.repeat(self.starts[mine] - np.cumsum(many) + many, many) + np.arange(many.sum())
        lines = shapely.linestrings(self.points[at], indices=np.repeat(np.arange(len(mine)), many))
        return np.asarray(lines, dtype=object)


def reach(ground: Ground, sources: Sources, place: int, limits: Lengths, best: Lengths) -> Reached:
    """Return the stretches of street within each limit of one place.

    Parameters
    ----------
    limits
        In whole units, from the least to the longest.
    best
        Scratch from :func:`scratch`, one for each thread.
    """
    (start, node, way), (first, own), (begin, leg, lines) = sources.seeds, sources.own, sources.legs
    at, on, by = (slice(s[place], s[place + 1]) for s in (start, first, begin))
    seeds = node[at], way[at]
    strokes = walk_out(ground.arcs, ground.room, seeds, own[on], limits[-1], best)
    strokes = strokes[np.argsort(strokes[:, 0], kind="stable")]
    pieces = cut_at(strokes, ground.room, limits)
    points, starts = draw_pieces(pieces, ground.room, ground.first, ground.xy)
    return Reached(pieces, points, starts, lines[by], np.searchsorted(limits, leg[by]))


def scratch(ground: Ground) -> Lengths:
    """Return what a thread needs for its searches."""
    return np.full(len(ground.arcs[0]) - 1, FAR, dtype=np.uint32)
