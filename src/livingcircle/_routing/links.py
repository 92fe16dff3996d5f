"""Say how doors and outlets hang on the street nodes, in whole millimetres or milliseconds.

A place on a segment reaches its two ends, and other places on the same segment directly. Lengths
are rounded once along each segment, so that the two ways from a place add up to the whole.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from livingcircle._kernels.base import FAR
from livingcircle.attachment import Attachment
from livingcircle.network import Network

Ints = npt.NDArray[np.int64]
Lengths = npt.NDArray[np.uint32]
Floats = npt.NDArray[np.float64]
Metric = Literal["metres", "minutes"]

# How many whole units make one metre or one minute.
UNITS: dict[Metric, float] = {"metres": 1000.0, "minutes": 60_000.0}
METRICS: tuple[Metric, ...] = tuple(UNITS)


@dataclass(frozen=True)
class Arcs:
    """Hold the arcs of the streets for one metric, in walking direction."""

    tail: Ints
    head: Ints
    length: Lengths


@dataclass(frozen=True)
class Links:
    """Hold ways between places and nodes: ``place`` to or from ``node``, and how long."""

    place: Ints
    node: Ints
    length: Lengths

    def where(self, kept: npt.NDArray[np.bool_]) -> "Links":
        """Return some of the ways."""
        return Links(self.place[kept], self.node[kept], self.length[kept])

    def sorted_by(self, name: Literal["place", "node"], count: int) -> tuple[Ints, Ints, Lengths]:
        """Return start, the other end, and length, listed by place or by node."""
        key, other = (self.place, self.node) if name == "place" else (self.node, self.place)
        order, start = listed(key, other, count)
        return start, other[order], self.length[order]


def listed(key: Ints, other: Ints, count: int) -> tuple[Ints, Ints]:
    """Return how entries are listed by key and then by ``other``, and where each key starts.

    One number an entry is sorted, not two keys one after the other: what is almost in order,
    as ways of outlets are, then takes one pass.
    """
    order = np.argsort(key * (int(other.max(initial=0)) + 1) + other, kind="stable")
    start = np.zeros(count + 1, dtype=np.int64)
    np.cumsum(np.bincount(key, minlength=count), out=start[1:])
    return order, start


@dataclass(frozen=True)
class Direct:
    """Hold pairs of a door and an outlet on one segment, and how long the way between is."""

    door: Ints
    outlet: Ints
    length: Lengths


def whole(values: Floats, metric: Metric) -> Lengths:
    """Return lengths in whole units, ``FAR`` where there is no way."""
    scaled = np.round(np.where(np.isfinite(values), values, 0.0) * UNITS[metric])
    return np.where(np.isfinite(values), np.minimum(scaled, FAR), FAR).astype(np.uint32)


def street_arcs(network: Network, metric: Metric) -> Arcs:
    """Return the arcs along every segment, and those out through residents' gates."""
    length = network.metres
    if metric == "minutes":
        length = length * network.pace + network.wait_tail + network.wait_head
    ahead, back = network.forward, network.backward
    lengths = whole(length, metric)
    out = network.exits
    return Arcs(
        tail=np.concatenate([network.tail[ahead], network.head[back], out[:, 0]]),
        head=np.concatenate([network.head[ahead], network.tail[back], out[:, 1]]),
        length=np.concatenate([lengths[ahead], lengths[back], np.zeros(len(out), np.uint32)]),
    )


@dataclass(frozen=True)
class Places:
    """Hold attached entrances with their lengths in whole units.

    ``low`` and ``rest`` are the ways along the segment to its tail and its head, waits left out.
    """

    owner: Ints
    segment: Ints
    leg: Lengths
    low: Lengths
    rest: Lengths

    def by_segment(self) -> "Places":
        """Return the same entrances, those on one segment together."""
        order = np.argsort(self.segment, kind="stable")
        return Places(
            self.owner[order],
            self.segment[order],
            self.leg[order],
            self.low[order],
            self.rest[order],
        )


def places_on(network: Network, ends: Attachment, metric: Metric) -> Places:
    """Return where attached entrances stand on their segments."""
    on = np.flatnonzero(ends.segment >= 0)
    segment = ends.segment[on]
    pace = network.pace[segment] if metric == "minutes" else np.ones(len(on))
    speed = network.walker.metres_per_minute if metric == "minutes" else 1.0
    total = whole(network.metres[segment] * pace, metric)
    low = np.minimum(whole(ends.along[on] * pace, metric), total)
    leg = whole(ends.leg[on] / speed, metric)
    return Places(ends.owner[on], segment, leg, low, total - low)


def end_links(network: Network, places: Places, metric: Metric, *, outward: bool) -> Links:
    """Return the ways from doors to street nodes, or from street nodes to outlets."""
    tail_wait = head_wait = np.zeros(len(network.lines))
    if metric == "minutes":
        tail_wait, head_wait = network.wait_tail, network.wait_head
    ahead, back = network.forward[places.segment], network.backward[places.segment]
    # A place at the end of a one-way street stands on the junction: no length, no direction.
    to_tail = (back if outward else ahead) | (places.low == 0)
    to_head = (ahead if outward else back) | (places.rest == 0)
    low = places.leg + places.low + whole(tail_wait[places.segment], metric)
    rest = places.leg + places.rest + whole(head_wait[places.segment], metric)
    return Links(
        place=np.concatenate([places.owner[to_tail], places.owner[to_head]]),
        node=np.concatenate(
            [network.tail[places.segment[to_tail]], network.head[places.segment[to_head]]]
        ),
        length=np.concatenate([low[to_tail], rest[to_head]]).astype(np.uint32),
    )


def direct_pairs(network: Network, doors: Places, outlets: Places) -> Direct:
    """Return the doors and outlets that stand on one segment, the walkable ones.

    ``doors`` are sorted by segment.
    """
    a, b = doors, outlets
    ends = np.searchsorted(a.segment, np.arange(len(network.lines) + 1))
    first = ends[b.segment]
    many = ends[b.segment + 1] - first
    j = np.repeat(np.arange(len(b.segment)), many)
    i = np.repeat(first - np.cumsum(many) + many, many) + np.arange(int(many.sum()))
    start, stop = a.low[i].astype(np.int64), b.low[j].astype(np.int64)
    segment = a.segment[i]
    open_way = np.where(stop > start, network.forward[segment], network.backward[segment])
    ok = open_way | (stop == start)
    length = np.abs(stop - start) + a.leg[i] + b.leg[j]
    return Direct(a.owner[i][ok], b.owner[j][ok], length[ok].astype(np.uint32))


def joined(links: Sequence[Links]) -> Links:
    """Put several bundles of links together."""
    return Links(
        np.concatenate([one.place for one in links]),
        np.concatenate([one.node for one in links]),
        np.concatenate([one.length for one in links]),
    )
