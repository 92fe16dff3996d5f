"""List groups of neighbouring tiles that could be a circle: connected, inside one cell.

Groups grow by one neighbour at a time and stop where area or walk exceed their limit by more than
the slack. Where there are too many, the best around every tile are kept, and the list says that
it is not exhaustive.
"""

import math
from collections.abc import Iterable
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from livingcircle._delineation.land import Land

Tiles = frozenset[int]


class Group(NamedTuple):
    """Hold some tiles and what they come to.

    ``walk`` is the longest walk from end to end in minutes, inf beyond reach; ``edge`` the length
    of the boundary in metres; ``people`` NaN where unknown for one of them.
    """

    tiles: Tiles
    km2: float
    people: float
    walk: float
    edge: float


@dataclass(frozen=True)
class Measures:
    """Hold what groups are measured by, as plain lists: looked up millions of times."""

    km2: Sequence[float]
    people: Sequence[float]
    inside: Sequence[float]
    edge: Sequence[float]
    walk: Sequence[dict[int, float]]
    shared: Sequence[dict[int, float]]
    neighbours: Sequence[frozenset[int]]
    opposite: Sequence[frozenset[int]]
    reached: Sequence[bool]
    area_limit: float
    walk_limit: float
    slack: float

    @classmethod
    def of(cls, land: Land) -> "Measures":
        """Return the measures of a prepared district."""
        walk, inside = land.walk, land.inside
        known = [not math.isnan(minutes) for minutes in inside.tolist()]
        return cls(
            km2=land.tiles.km2.tolist(),
            people=land.tiles.people.tolist(),
            inside=[m if there else 0.0 for m, there in zip(inside.tolist(), known, strict=True)],
            edge=land.tiles.edge.tolist(),
            walk=walk,
            shared=land.borders.shared,
            neighbours=land.borders.neighbours,
            opposite=land.borders.opposite,
            reached=known,
            area_limit=land.wishes.limits.area_km2,
            walk_limit=land.wishes.band,
            slack=land.wishes.slack,
        )

    def single(self, tile: int) -> Group:
        """Return a tile by itself."""
        return Group(frozenset((tile,)), self.km2[tile], self.people[tile], self.inside[tile],
                     self.edge[tile])  # fmt: skip

    def joined(self, group: Group, tile: int) -> Group:
        """Return a group with one more tile."""
        edge = group.edge + self.edge[tile]
        walk = max(group.walk, self.inside[tile])
        minutes, borders, known = self.walk[tile], self.shared[tile], self.reached[tile]
        for other in group.tiles:
            edge -= 2.0 * borders.get(other, 0.0)
            if known and self.reached[other]:
                walk = max(walk, minutes.get(other, math.inf))
        return Group(group.tiles | {tile}, group.km2 + self.km2[tile],
                     group.people + self.people[tile], walk, edge)  # fmt: skip

    def group(self, tiles: Iterable[int]) -> Group:
        """Return some tiles and what they come to, in whatever order they are given."""
        first, *rest = sorted(tiles)
        found = self.single(first)
        for tile in rest:
            found = self.joined(found, tile)
        return found

    def acceptable(self, group: Group) -> bool:
        """Return whether limits are kept, or exceeded by the slack only.

        What a community exceeds by itself is held against that community: a neighbour may join
        it as long as that makes nothing worse.
        """
        if math.isinf(group.walk):
            return False
        more = 1.0 + self.slack
        area = max(self.area_limit * more, *(self.km2[tile] for tile in group.tiles))
        walk = max(self.walk_limit * more, *(self.inside[tile] for tile in group.tiles))
        return group.km2 <= area and group.walk <= walk

    def facing(self, tiles: Tiles) -> bool:
        """Return whether two of some tiles face each other across something hard."""
        return any(not tiles.isdisjoint(self.opposite[tile]) for tile in tiles)

    def beyond(self, group: Group) -> frozenset[int]:
        """Return the tiles that a group could be joined with."""
        return frozenset[int]().union(*(self.neighbours[t] for t in group.tiles)) - group.tiles


def list_groups(
    measures: Measures, cell: Sequence[int], most: int, each: int
) -> tuple[list[Group], bool]:
    """Return the groups of a cell, and whether they are all there are.

    Parameters
    ----------
    cell
        Tiles that hang together.
    most
        Most tiles in a group.
    each
        Groups of a size kept for each tile where there are too many.
    """
    level = [measures.single(tile) for tile in cell]
    found, whole = list(level), True
    for _ in range(1, most):
        larger: dict[Tiles, Group] = {}
        for group in level:
            for tile in sorted(measures.beyond(group)):
                tiles = group.tiles | {tile}
                # Around the end of a railway one may get to the other side; a circle may not.
                if tiles not in larger and group.tiles.isdisjoint(measures.opposite[tile]):
                    joined = measures.joined(group, tile)
                    if measures.acceptable(joined):
                        larger[tiles] = joined
        level = list(larger.values())
        if len(level) > each * len(cell):
            level, whole = _best(level, each, measures.walk_limit), False
        if not level:
            return found, whole
        found += level
    # Groups of the greatest size may be joined still further.
    return found, whole and not any(measures.beyond(group) for group in level)


def _best(groups: list[Group], each: int, limit: float) -> list[Group]:
    """Return the most compact and walkable groups, so many around every tile."""

    def rank(group: Group) -> tuple[float, list[int]]:
        round_ = group.edge / math.sqrt(group.km2 * 1e6)
        return round_ + group.walk / limit, sorted(group.tiles)

    taken: dict[int, int] = {}
    kept = []
    for group in sorted(groups, key=rank):
        if any(taken.get(tile, 0) < each for tile in group.tiles):
            kept.append(group)
            for tile in group.tiles:
                taken[tile] = taken.get(tile, 0) + 1
    return kept
