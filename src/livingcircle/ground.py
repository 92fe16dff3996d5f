"""Draw the ground of some doors: nearer to them than to any other door, and close by.

The ground of one door is its Voronoi cell cut off by a circle. All cells are cut once, as border
lines between two places and arcs against nobody's ground; the outline of any set of doors is then
the lines it has on one side only. Nothing is ever cut again, so thousands of outlines cost little.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import fields
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from scipy.spatial import Voronoi

from livingcircle._kernels.rings import trace_rings

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Shapes = npt.NDArray[np.object_]

# How far around a door the drawing reaches, and of how many corners a whole circle is. A round
# number would let circles of doors drawn on a grid touch without crossing, which leaves borders
# that end nowhere.
DRAW_METRES = 60.0137
CORNERS = 32
_STEP = 2 * np.pi / CORNERS
# Circles that only just touch, or just miss a corner, would leave arcs shorter than rounding.
_TOUCH = 1e-6


@dataclass(frozen=True)
class Ground:
    """Hold the border lines of the ground of every place where doors stand.

    Attributes
    ----------
    place_of
        Place of each door; doors at the very same place share their ground, shape (doors,).
    places
        Where they are, in metres, shape (places, 2).
    sides
        The places on the left and on the right of each border, -1 for nobody's ground, shape
        (borders, 2).
    ends
        Nodes where each border begins and ends, shape (borders, 2).
    start, corners
        Border ``i`` runs through ``corners[start[i]:start[i + 1]]``.
    first, border_of
        Borders of place ``p`` are ``border_of[first[p]:first[p + 1]]``.
    """

    place_of: Ints
    places: Floats
    sides: Ints
    ends: Ints
    start: Ints
    corners: Floats
    first: Ints
    border_of: Ints

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Return all there is to keep, by name."""
        return {one.name: getattr(self, one.name) for one in fields(self)}

    @classmethod
    def of(cls, arrays: Mapping[str, npt.NDArray[Any]]) -> "Ground":
        """Return the ground whose :meth:`arrays` these are."""
        return cls(**{one.name: arrays[one.name] for one in fields(cls)})

    def outlines(self, members: Ints, number: Ints, count: int) -> Shapes:
        """Return one polygon for each of some sets of doors.

        Parameters
        ----------
        members, number
            Doors, and the set each is in, shape (members,).
        count
            How many sets there are.
        """
        held = np.unique(number * len(self.places) + self.place_of[members])
        pairs = np.stack(np.divmod(held, len(self.places)))
        many = self.first[pairs[1] + 1] - self.first[pairs[1]]
        borders = self.border_of[_runs(self.first[pairs[1]], many)]
        # A border that a set has on both sides lies inside it.
        holder = np.repeat(pairs[0], many) * len(self.sides) + borders
        keys, index, seen = np.unique(holder, return_index=True, return_counts=True)
        owner, border = np.divmod(keys[seen == 1], len(self.sides))
        place = np.repeat(pairs[1], many)[index[seen == 1]]
        backwards = self.sides[border, 0] != place
        return self._polygons(owner, border, backwards, count)

    def _polygons(self, owner: Ints, border: Ints, backwards: Bools, count: int) -> Shapes:
        """Return the polygons whose borders these are, their area on the left."""
        ends = np.where(backwards[:, None], self.ends[border, ::-1], self.ends[border])
        nodes = int(self.ends.max(initial=-1)) + 1
        key = owner * nodes + ends[:, 0]
        order = np.argsort(key, kind="stable")
        owner, border, ends = owner[order], border[order], ends[order]
        backwards = backwards[order]
        low, high = self.start[border], self.start[border + 1] - 1
        one, last = np.where(backwards, high, low), np.where(backwards, low, high)
        step = np.where(backwards, -1, 1)
        corners = self.corners
        rings, start = trace_rings(
            key[order],
            ends[:, 0].copy(),
            ends[:, 1].copy(),
            _direction(corners[one + step] - corners[one]),
            _direction(corners[last - step] - corners[last]),
            nodes,
        )
        # Each border gives all its corners but the last, which the next one begins with.
        length = (high - low)[rings]
        turn = _runs(np.zeros(len(rings), dtype=np.int64), length)
        at = np.repeat(one[rings], length) + np.repeat(step[rings], length) * turn
        ring = np.repeat(np.arange(len(start) - 1), np.diff(start))
        drawn = shapely.linearrings(corners[at], indices=np.repeat(ring, length))
        return _assembled(drawn, owner[rings[start[:-1]]], count)


def _direction(way: Floats) -> Floats:
    """Return the direction of steps as angles."""
    return np.arctan2(way[:, 1], way[:, 0])


def _assembled(rings: Shapes, owner: Ints, count: int) -> Shapes:
    """Return each owner's polygon: rings that run to the left are its parts, others its holes."""
    drawn = np.full(count, shapely.Polygon(), dtype=object)
    outer = shapely.is_ccw(rings)
    shells, whose = shapely.polygons(rings[outer]), owner[outer]
    parts = np.bincount(whose, minlength=count)
    whole = (parts == 1) & (np.bincount(owner[~outer], minlength=count) == 0)
    drawn[whose[whole[whose]]] = shells[whole[whose]]
    for one in np.flatnonzero(~whole & (parts > 0)):
        mine, holes = shells[whose == one], rings[~outer & (owner == one)]
        drawn[one] = _with_holes(mine, holes)
    return drawn


def _with_holes(shells: Shapes, holes: Shapes) -> shapely.Geometry:
    """Return polygons with every hole in the smallest of those around it."""
    inside: list[list[shapely.Geometry]] = [[] for _ in shells]
    if len(shells) == 1:
        inside[0] = list(holes)
    elif len(holes):
        by_size = np.argsort(shapely.area(shells))
        around = shapely.contains(shells[by_size][:, None], shapely.polygons(holes)[None, :])
        for hole, shell in zip(holes, by_size[around.argmax(axis=0)], strict=True):
            inside[shell].append(hole)
    polygons = [
        shapely.Polygon(shapely.get_exterior_ring(shell), some)
        for shell, some in zip(shells, inside, strict=True)
    ]
    return polygons[0] if len(polygons) == 1 else shapely.MultiPolygon(polygons)


def divide(points: Shapes) -> Ground:
    """Return the ground of every door.

    Parameters
    ----------
    points
        Doors in metres, shape (doors,).
    """
    xy = shapely.get_coordinates(points)
    places, place_of = np.unique(xy, axis=0, return_inverse=True)
    between, ends, cut = _borders(places)
    arcs, arc_start, arc_corners = _arcs(places, between, ends, cut)
    sides = np.concatenate([between, np.stack([arcs, np.full(len(arcs), -1)], axis=1)])
    count = len(between)
    # Ends that meet are the same to the last digit.
    begin = np.concatenate([ends[:, 0], arc_corners[arc_start[:-1]]])
    finish = np.concatenate([ends[:, 1], arc_corners[arc_start[1:] - 1]])
    meet = np.concatenate([begin, finish]) @ np.array([1, 1j])
    node = np.unique(meet, return_inverse=True)[1].reshape(2, -1).T
    start = np.concatenate([2 * np.arange(count), 2 * count + arc_start])
    corners = np.concatenate([ends.reshape(-1, 2), arc_corners])
    place, border = sides.T.ravel(), np.tile(np.arange(len(sides)), 2)
    order = np.lexsort((border, place))
    first = np.searchsorted(place[order], np.arange(len(places) + 1))
    return Ground(place_of.ravel(), places, sides, node, start, corners, first, border[order])


def _borders(places: Floats) -> tuple[Ints, Floats, Bools]:
    """Return the borders between two places within both circles.

    Returns
    -------
    The two places, shape (borders, 2); both ends, shape (borders, 2, 2), the border running to
    the left as seen from the first place; whether each end lies on the circles.
    """
    if len(places) < 2:  # noqa: PLR2004
        return np.empty((0, 2), np.int64), np.empty((0, 2, 2)), np.empty((0, 2), np.bool_)
    # Four places far away close every cell; no circle comes near them.
    reach = 10 * DRAW_METRES
    (west, south), (east, north) = places.min(axis=0) - reach, places.max(axis=0) + reach
    far = [(west, south), (west, north), (east, south), (east, north)]
    middle = places.mean(axis=0)
    drawn = Voronoi(np.vstack([places, far]) - middle)
    vertices = drawn.vertices + middle
    near = (np.sort(drawn.ridge_points, axis=1) < len(places)).all(axis=1)
    between = np.sort(drawn.ridge_points[near], axis=1).astype(np.int64)
    corner = np.array(drawn.ridge_vertices)[near]
    # All borders that meet at a vertex must agree whether it lies within the circles.
    one = np.zeros(len(vertices), dtype=np.int64)
    one[corner] = between[:, :1]
    inside = np.hypot(*(vertices - places[one]).T) <= DRAW_METRES + _TOUCH
    return _clip(places, between, vertices[corner], inside[corner])


def _clip(places: Floats, between: Ints, ends: Floats, inside: Bools) -> tuple[Ints, Floats, Bools]:
    """Cut borders off at the circles of their two places, which cross on the border itself."""
    way = places[between[:, 1]] - places[between[:, 0]]
    apart = np.hypot(*way.T)
    middle = (places[between[:, 0]] + places[between[:, 1]]) / 2
    left = np.stack([-way[:, 1], way[:, 0]], axis=1) / apart[:, None]
    along = ((ends - middle[:, None]) * left[:, None]).sum(axis=2)
    backwards = along[:, 0] > along[:, 1]
    ends[backwards], inside[backwards] = ends[backwards, ::-1], inside[backwards, ::-1]
    along.sort(axis=1)
    half = np.sqrt(np.maximum(DRAW_METRES**2 - (apart / 2) ** 2, 0.0))
    crossing = middle[:, None] + np.array([-1.0, 1.0])[:, None] * (half[:, None] * left)[:, None]
    through = (along[:, 0] < 0) & (along[:, 1] > 0) | (along[:, 0] < half) & (along[:, 1] > -half)
    kept = (apart < 2 * DRAW_METRES - _TOUCH) & (inside.any(axis=1) | through)
    ends = np.where(inside[..., None], ends, crossing)
    kept &= (ends[:, 0] != ends[:, 1]).any(axis=1)
    return between[kept], ends[kept], ~inside[kept]


def _arcs(places: Floats, between: Ints, ends: Floats, cut: Bools) -> tuple[Ints, Ints, Floats]:
    """Return the arcs of every circle that no border cuts off.

    Returns
    -------
    Place of each arc; start of each in the corners, one more than there are arcs; corners.
    """
    # Seen from its first place a border runs to the left: an arc begins at its end.
    low, high = cut[:, 0], cut[:, 1]
    begin = _around(
        places,
        np.concatenate([between[high, 0], between[low, 1]]),
        np.concatenate([ends[high, 1], ends[low, 0]]),
    )
    finish = _around(
        places,
        np.concatenate([between[low, 0], between[high, 1]]),
        np.concatenate([ends[low, 0], ends[high, 1]]),
    )
    place = begin[0]
    stop, other = _next_around(place, begin[1], finish[1])
    whole = np.setdiff1d(np.arange(len(places)), between)
    place = np.concatenate([place, whole])
    turn = np.concatenate([begin[1], np.zeros(len(whole))])
    stop = np.concatenate([stop, np.full(len(whole), 2 * np.pi)])
    right = places[whole] + np.array([DRAW_METRES, 0.0])
    one = np.concatenate([begin[2], right])
    last = np.concatenate([finish[2][other], right])
    return place, *_bend(places[place], (turn, stop), one, last)


def _around(places: Floats, place: Ints, point: Floats) -> tuple[Ints, Floats, Floats]:
    """Return points on circles by place and by direction from it."""
    off = point - places[place]
    turn = np.arctan2(off[:, 1], off[:, 0])
    order = np.lexsort((turn, place))
    return place[order], turn[order], point[order]


def _next_around(place: Ints, begin: Floats, finish: Floats) -> tuple[Floats, Ints]:
    """Return the direction in which each arc ends, beyond its beginning, and which end it is.

    As many arcs begin as end on each circle, by turns.
    """
    row = np.arange(len(place))
    first = np.searchsorted(place, place)
    many = np.searchsorted(place, place, side="right") - first
    # Where an end comes first, it ends the last arc of the circle.
    shift = (finish[first] < begin[first]).astype(np.int64) if len(place) else row
    other = first + (row - first + shift) % np.maximum(many, 1)
    stop = finish[other]
    return np.where(stop < begin, stop + 2 * np.pi, stop), other


def _bend(
    centre: Floats, turns: tuple[Floats, Floats], one: Floats, last: Floats
) -> tuple[Ints, Floats]:
    """Return arcs as corners: both ends, and those of a regular polygon in between."""
    low = np.floor(turns[0] / _STEP).astype(np.int64) + 1
    high = np.ceil(turns[1] / _STEP).astype(np.int64) - 1
    many = np.maximum(high - low + 1, 0) + 2
    start = np.concatenate([[0], np.cumsum(many)]).astype(np.int64)
    turn = _runs(low - 1, many) * _STEP
    corners = np.repeat(centre, many, axis=0)
    corners += DRAW_METRES * np.stack([np.cos(turn), np.sin(turn)], axis=1)
    corners[start[:-1]], corners[start[1:] - 1] = one, last
    return start, corners


def _runs(first: Ints, many: Ints) -> Ints:
    """Return runs of so many numbers from each first one, one behind the other."""
    start = np.cumsum(many) - many
    return np.repeat(first - start, many) + np.arange(int(many.sum()))
