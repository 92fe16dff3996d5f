"""Attach doors and outlets to the street they open onto.

Each entrance walks straight to the nearest street it can reach without crossing a wall, river,
railway or expressway, and without landing on an island. The straight piece (the leg) is walked
at the walker's own speed, counts in full, and is capped: beyond the cap a place is *off the
network*, which is an answer of its own and never a long walk.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from livingcircle.network import Network

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

LEG_METRES = 200.0
CANDIDATES = 16
THREADS = 2
CHUNK = 4096  # entrances a thread takes at once
TOUCH_METRES = 1e-6
# A shop front stands no farther from its street.
FRONT_METRES = 50.0
INTO_METRES = 1.0
# Where to look first; no answer depends on it. Beyond the front of a shop nothing is preferred.
NEAR_METRES = FRONT_METRES


@dataclass(frozen=True)
class Attachment:
    """Say where each entrance meets its street.

    Attributes
    ----------
    owner
        Position of the door or outlet the entrance belongs to, shape (entrances,).
    segment
        Segment number, or -1 where nothing admissible is within reach, shape (entrances,).
    along
        Ground metres from the segment's tail to the foot of the leg, shape (entrances,).
    leg
        Straight metres from the entrance to its street, shape (entrances,).
    side
        1 left of the segment, -1 right, 0 on it, shape (entrances,).
    foot
        Where the leg meets the street, metres, shape (entrances, 2).
    """

    owner: Ints
    segment: Ints
    along: Floats
    leg: Floats
    side: Ints
    foot: Floats

    def best(self, count: int) -> pd.DataFrame:
        """Return one row for each of ``count`` owners: its shortest leg, or none."""
        table = pd.DataFrame(
            {
                "owner": self.owner,
                "segment": self.segment,
                "leg": np.where(self.segment >= 0, self.leg, np.inf),
                "side": self.side,
            }
        ).sort_values(["owner", "leg"], kind="stable")
        return table.drop_duplicates("owner").set_index("owner").reindex(range(count))


_NOBODY = np.empty(0, dtype=np.int64)
NO_ENDS = Attachment(
    _NOBODY, _NOBODY, np.empty(0), np.empty(0), _NOBODY, np.empty((0, 2), dtype=np.float64)
)


def attach(
    network: Network,
    points: npt.NDArray[np.object_],
    owner: Ints,
    *,
    residents: bool,
    cap: float = LEG_METRES,
) -> Attachment:
    """Return where entrances meet the streets.

    Parameters
    ----------
    network
        The streets.
    points
        Entrances in metres on the network's grid, shape (entrances,).
    owner
        Whose entrance each is, shape (entrances,).
    residents
        Whether the owners live there. Shops open onto residents-only ways, and onto lanes behind
        residents' gates, only where no public street runs within 50 m: a back yard is not a
        shop front.
    cap
        Longest leg in metres.
    """

    def attach_some(some: slice) -> Attachment:
        chosen = _choose(network, points[some], residents=residents, cap=cap)
        return _measure(network, points[some], owner[some], chosen)

    _ = network.walkable  # laid out before threads ask for it
    parts = [slice(first, first + CHUNK) for first in range(0, len(points), CHUNK)]
    with ThreadPoolExecutor(THREADS) as pool:
        found = list(pool.map(attach_some, parts))
    columns = zip(*(vars(one).values() for one in [NO_ENDS, *found]), strict=True)
    return Attachment(*map(np.concatenate, columns))


def _choose(
    network: Network, points: npt.NDArray[np.object_], *, residents: bool, cap: float
) -> Ints:
    """Return the segment that each entrance opens onto, -1 where there is none."""
    usable, tree = network.walkable
    chosen = np.full(len(points), -1, dtype=np.int64)
    # Most doors stand by their street. What is found near is final where nothing farther off
    # could be preferred; the rest look again, all the way.
    for reach in sorted({min(NEAR_METRES, cap), cap}):
        left = np.flatnonzero(chosen < 0)
        pairs = _candidates(network, points[left], usable, tree, reach)
        preference = _preference(network, pairs, points[left], residents=residents)
        kept = np.arange(len(preference))
        if reach < cap:
            # Of ways equally far to the millimetre all must be known.
            kept = np.flatnonzero((preference == 0) & (pairs.millimetres < reach * 1000 - 1))
        some = pairs.where(kept)
        order = np.lexsort((some.segment, some.millimetres, preference[kept], some.entrance))
        chosen[left] = _first_admissible(network, points[left], some.where(order))
    return chosen


@dataclass(frozen=True)
class _Pairs:
    """Hold entrances and segments they may open onto, and the millimetres between the two."""

    entrance: Ints
    segment: Ints
    millimetres: Ints

    def where(self, kept: Ints | Bools) -> "_Pairs":
        """Return some of the pairs."""
        return _Pairs(self.entrance[kept], self.segment[kept], self.millimetres[kept])


def _preference(
    network: Network, pairs: _Pairs, points: npt.NDArray[np.object_], *, residents: bool
) -> Ints:
    """Return 0 for ways an entrance opens onto, 1 for those only if need be, 2 for the last."""
    segment = pairs.segment
    second = np.zeros(len(segment), dtype=np.int64)
    if not residents:
        private = (network.resident_only | network.gated)[segment]
        far = pairs.millimetres > FRONT_METRES * 1000
        # Where a street ends, at a gate above all, there is no front.
        second[private | far | _at_dead_end(network, pairs, points)] = 1
    # Buildings open onto the ground; a bridge or tunnel serves where nothing else is near.
    return np.where(network.raised[segment], 2, second)


def _candidates(
    network: Network,
    points: npt.NDArray[np.object_],
    usable: Ints,
    tree: shapely.STRtree,
    reach: float,
) -> _Pairs:
    """Return entrance × segment pairs within a reach, with their distance in millimetres.

    Of ways that meet at the nearest point, as at a gate, only those on the entrance's own side
    are candidates.
    """
    entrance, hit = tree.query(points, predicate="dwithin", distance=reach)
    segment = usable[hit]
    distance = shapely.distance(points[entrance], network.lines[segment])
    millimetres = np.round(distance * 1000).astype(np.int64)
    # One number for each entrance and distance.
    span = int(millimetres.max(initial=0)) + 1
    _, place, many = np.unique(
        entrance * span + millimetres, return_inverse=True, return_counts=True
    )
    tied = np.flatnonzero(many[place] > 1)
    inside = _inside_points(network.lines[segment[tied]], points[entrance[tied]])
    inward = np.zeros(len(entrance))
    inward[tied] = np.round(shapely.distance(points[entrance[tied]], inside), 3)
    nearest = np.full(len(many), np.inf)
    np.minimum.at(nearest, place, inward)
    return _Pairs(entrance, segment, millimetres).where(inward <= nearest[place])


def _at_dead_end(network: Network, pairs: _Pairs, points: npt.NDArray[np.object_]) -> Bools:
    """Return which pairs meet their street at an end that leads nowhere."""
    count = network.node_count
    degree = np.bincount(network.tail, minlength=count) + np.bincount(network.head, minlength=count)
    segment = pairs.segment
    lines = network.lines[segment]
    place = shapely.line_locate_point(lines, points[pairs.entrance])
    at_tail = (place < TOUCH_METRES) & (degree[network.tail[segment]] == 1)
    at_head = (place > shapely.length(lines) - TOUCH_METRES) & (degree[network.head[segment]] == 1)
    return np.asarray(at_tail | at_head, dtype=np.bool_)


def _inside_points(
    lines: npt.NDArray[np.object_], points: npt.NDArray[np.object_]
) -> npt.NDArray[np.object_]:
    """Return where a leg arrives, one metre into the line where that is the line's end."""
    length = shapely.length(lines)
    place = shapely.line_locate_point(lines, points)
    step = np.minimum(INTO_METRES, length / 2)
    at_end = (place < TOUCH_METRES) | (place > length - TOUCH_METRES)
    place = np.where(at_end, np.clip(place, step, length - step), place)
    return np.asarray(shapely.line_interpolate_point(lines, place), dtype=object)


def _first_admissible(network: Network, points: npt.NDArray[np.object_], pairs: _Pairs) -> Ints:
    """Return each entrance's first candidate that no barrier cuts off, or -1.

    ``pairs`` are sorted by entrance, the best candidate first.
    """
    chosen = np.full(len(points), -1, dtype=np.int64)
    entrance, segment = pairs.entrance, pairs.segment
    rank = np.arange(len(entrance)) - np.searchsorted(entrance, entrance)
    tree = shapely.STRtree(network.barriers)
    walled = np.zeros(len(points), dtype=np.bool_)
    walled[tree.query(points, predicate="dwithin", distance=LEG_METRES + 2 * INTO_METRES)[0]] = True
    plain = (rank == 0) & ~walled[entrance]
    chosen[entrance[plain]] = segment[plain]
    for turn in range(CANDIDATES):
        now = np.flatnonzero((rank == turn) & (chosen[entrance] < 0) & walled[entrance])
        if len(now) == 0:
            break
        here, there = entrance[now], segment[now]
        # A dead end that touches a wall is not entered through it.
        legs = _lines_between(points[here], _inside_points(network.lines[there], points[here]))
        blocked = np.zeros(len(now), dtype=np.bool_)
        blocked[np.unique(tree.query(legs, predicate="crosses")[0])] = True
        chosen[here[~blocked]] = there[~blocked]
    return chosen


def _lines_between(
    start: npt.NDArray[np.object_], stop: npt.NDArray[np.object_]
) -> npt.NDArray[np.object_]:
    """Return the straight line between two points, pair by pair."""
    ends = np.stack([shapely.get_coordinates(start), shapely.get_coordinates(stop)], axis=1)
    return np.asarray(shapely.linestrings(ends), dtype=object)


def _measure(
    network: Network,
    points: npt.NDArray[np.object_],
    owner: Ints,
    chosen: Ints,
) -> Attachment:
    """Measure legs and positions for the chosen segments."""
    count = len(points)
    along, leg = np.zeros(count), np.full(count, np.nan)
    side = np.zeros(count, dtype=np.int64)
    on = np.flatnonzero(chosen >= 0)
    lines = network.lines[chosen[on]]
    drawn = shapely.length(lines)
    place = shapely.line_locate_point(lines, points[on])
    # A stated length may differ from the drawn one; positions keep their share of the line.
    share = np.where(drawn > 0, place / np.where(drawn > 0, drawn, 1.0), 0.0)
    along[on] = share * network.metres[chosen[on]]
    leg[on] = shapely.distance(points[on], lines)
    side[on] = _sides(lines, place, points[on])
    foot = shapely.get_coordinates(points).astype(np.float64)
    foot[on] = shapely.get_coordinates(shapely.line_interpolate_point(lines, place))
    return Attachment(owner, chosen, along, leg, side, foot)


def _sides(lines: npt.NDArray[np.object_], place: Floats, points: npt.NDArray[np.object_]) -> Ints:
    """Return on which side of its street each entrance lies, looking from tail to head."""
    if len(lines) == 0:
        return np.empty(0, dtype=np.int64)
    length = shapely.length(lines)
    before = shapely.get_coordinates(
        shapely.line_interpolate_point(lines, np.maximum(place - 0.5, 0.0))
    )
    after = shapely.get_coordinates(
        shapely.line_interpolate_point(lines, np.minimum(place + 0.5, length))
    )
    way = after - before
    off = shapely.get_coordinates(points) - before
    turn = np.round(way[:, 0] * off[:, 1] - way[:, 1] * off[:, 0], 6)
    return np.asarray(np.sign(turn), dtype=np.int64)
