"""Divide one circle in two that each hang together, as well as can be."""

from collections.abc import Iterable
from itertools import combinations

from livingcircle._delineation.groups import Measures
from livingcircle._delineation.land import Land
from livingcircle._delineation.pricing import price

FEW = 12  # tiles of which every division is tried: 2,048 of them


def halves(
    land: Land, measures: Measures, tiles: frozenset[int]
) -> tuple[frozenset[int], frozenset[int]] | None:
    """Return the cheapest division of tiles into two that hang together, or None.

    Of few tiles every division is tried; of many, those around two tiles, each other tile going
    to the nearer one by the number of borders between.
    """
    tries = _every(tiles) if len(tiles) <= FEW else _around_pairs(measures, tiles)
    pairs = []
    for one in dict.fromkeys(tries):
        other = tiles - one
        if other and land.borders.connected(one) and land.borders.connected(other):
            pairs.append((one, other))
    if not pairs:
        return None
    groups = [measures.group(some) for pair in pairs for some in pair]
    mean = sum(land.tiles.people[t] for t in tiles) / 2.0
    prices = price(land, groups).prices(land.wishes.prices.circle, mean)
    total = prices[::2] + prices[1::2]
    best = pairs[int(total.argmin())]
    return (best[0], best[1]) if min(best[0]) < min(best[1]) else (best[1], best[0])


def _every(tiles: frozenset[int]) -> Iterable[frozenset[int]]:
    """Yield one side of every division; the lowest tile always lies on it."""
    first, *rest = sorted(tiles)
    for count in range(len(rest)):
        for some in combinations(rest, count):
            yield frozenset((first, *some))


def _around_pairs(measures: Measures, tiles: frozenset[int]) -> Iterable[frozenset[int]]:
    """Yield the tiles nearer to one of two than to the other."""
    steps = {tile: _steps(measures, tiles, tile) for tile in sorted(tiles)}
    for one, other in combinations(sorted(tiles), 2):
        far = len(tiles)
        yield frozenset(
            t for t in tiles if (steps[one].get(t, far), one) < (steps[other].get(t, far), other)
        )


def _steps(measures: Measures, tiles: frozenset[int], start: int) -> dict[int, int]:
    """Return how many borders lie between a tile and the others."""
    found, waiting, step = {start: 0}, [start], 0
    while waiting:
        step += 1
        beyond = {n for tile in waiting for n in measures.neighbours[tile]} & tiles
        waiting = sorted(beyond - found.keys())
        found.update(dict.fromkeys(waiting, step))
    return found
