"""Divide every cell into circles: list groups, choose, look around the choice, hold it to the law.

Cells are independent but for two things: the mean that populations are balanced against, and the
number of circles wanted. The mean is that of a first choice without balance. The number is met
by what a circle costs: the dearer, the fewer (a Lagrange multiplier found by bisection); the last
few circles are made up cell by cell, where they cost least.
"""

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import shapely

from livingcircle._delineation.choice import Choice
from livingcircle._delineation.choice import choose
from livingcircle._delineation.groups import Group
from livingcircle._delineation.groups import Measures
from livingcircle._delineation.groups import Tiles
from livingcircle._delineation.groups import list_groups
from livingcircle._delineation.land import Land
from livingcircle._delineation.pricing import Priced
from livingcircle._delineation.pricing import price
from livingcircle.circles import crossed_kinds

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Progress = Callable[[int, int, str], None]

ROUNDS = 4  # of looking around a choice
HALVINGS = 6
TRIED = 8  # cells in which the last few circles are looked for
# From dear to cheap, in prices of a circle; below, more circles are wanted than limits ask for.
_SPAN = (-40.0, 40.0)


@dataclass(frozen=True)
class Cell:
    """Hold one cell while it is divided.

    ``whole`` says whether all its groups are listed; ``choice`` is the last one made.
    """

    tiles: list[int]
    priced: Priced
    whole: bool
    choice: Choice | None = None

    @property
    def circles(self) -> list[Group]:
        """Return the groups chosen."""
        return [] if self.choice is None else [self.priced.groups[n] for n in self.choice.chosen]

    def solved(self, circle: float, mean: float) -> "Cell":
        """Return the cell divided anew where a circle costs so much."""
        prices = self.priced.prices(circle, mean)
        sets = [group.tiles for group in self.priced.groups]
        start = None if self.choice is None else self.choice.chosen
        return replace(self, choice=choose(sets, prices, self.tiles, start))

    def of(self, number: int, mean: float) -> "Cell | None":
        """Return the cell divided into so many circles, or None where that cannot be found."""
        sets = [group.tiles for group in self.priced.groups]
        prices = self.priced.prices(0.0, mean)
        choice = choose(sets, prices, self.tiles, number=number)
        return None if choice is None else replace(self, choice=choice)

    def cost(self, mean: float) -> float:
        """Return what the circles cost, however many there are."""
        if self.choice is None:
            return 0.0
        return float(self.priced.prices(0.0, mean)[self.choice.chosen].sum())


@dataclass(frozen=True)
class Divider:
    """Divide prepared land; ``old`` is the circle of each tile in a set to be improved."""

    land: Land
    measures: Measures
    old: Ints | None = None

    def divide(self, wanted: int | None, progress: Progress | None = None) -> list[Cell]:
        """Return the cells divided into circles, as many as wanted if that can be."""
        cells = []
        numbers = self.land.borders.cells
        total = int(numbers.max()) + 1 if len(numbers) else 0
        for number in range(total):
            if progress is not None:
                progress(number, total, "列出可以成圈的组合")
            cells.append(self._list(np.flatnonzero(numbers == number).tolist()))
        people = np.nan_to_num(self.land.tiles.people).sum()
        cost = self.land.wishes.prices.circle
        if wanted is not None:
            return self._counted(cells, wanted, people / wanted)
        first = [cell.solved(cost, np.nan) for cell in cells]
        mean = people / max(_count(first), 1)
        return [self._settled(cell, cost, mean) for cell in cells]

    def _list(self, tiles: list[int]) -> Cell:
        """Return a cell with its groups."""
        wishes = self.land.wishes
        groups, whole = list_groups(self.measures, tiles, wishes.most, wishes.candidates)
        if self.old is not None:
            known = {group.tiles for group in groups}
            groups += [g for g in self._old_circles(tiles) if g.tiles not in known]
        return Cell(tiles, price(self.land, groups, self.old), whole)

    def _old_circles(self, tiles: list[int]) -> Iterable[Group]:
        """Yield what an old set had in a cell, as far as it hangs together."""
        labels = {} if self.old is None else {t: int(self.old[t]) for t in tiles}
        for circle in sorted(set(labels.values()) - {-1}):
            left = frozenset(t for t in tiles if labels[t] == circle)
            while left:
                piece = self.land.borders.reached(left)
                yield self.measures.group(piece)
                left -= piece

    def _counted(self, cells: list[Cell], wanted: int, mean: float) -> list[Cell]:
        """Return the cells divided into so many circles, or as near to it as possible."""
        many, few = _SPAN
        most, least = ([cell.solved(price, mean) for cell in cells] for price in (many, few))
        for _ in range(HALVINGS):
            if _count(most) == wanted or _count(least) == wanted:
                break
            middle = (many + few) / 2
            found = [cell.solved(middle, mean) for cell in cells]
            if _count(found) >= wanted:
                many, most = middle, found
            else:
                few, least = middle, found
        mixed = _exactly(_mixed(most, least, wanted, mean), wanted, mean)
        return [self._lawful(cell, (many + few) / 2, mean) for cell in mixed]

    def _settled(self, cell: Cell, circle: float, mean: float) -> Cell:
        """Return a cell divided as well as can be found."""
        cell = cell.solved(circle, mean)
        for _ in range(0 if cell.whole else ROUNDS):
            before = cell.choice
            known = {group.tiles for group in cell.priced.groups}
            more = [g for g in self._around(cell.circles) if g.tiles not in known]
            if not more:
                break
            fresh = price(self.land, more, self.old)
            cell = replace(cell, priced=_joined(cell.priced, fresh)).solved(circle, mean)
            if before is not None and cell.choice and cell.choice.price >= before.price - 1e-9:
                break
        return self._lawful(cell, circle, mean)

    def _around(self, circles: Sequence[Group]) -> Iterable[Group]:
        """Yield what a choice becomes by moving one tile, and by joining two circles."""
        seen: set[Tiles] = set()
        of = {tile: group for group in circles for tile in group.tiles}
        for group in circles:
            beside = sorted(self.measures.beyond(group))
            tries = [group.tiles | {tile} for tile in beside if tile in of]
            tries += [group.tiles | of[tile].tiles for tile in beside if tile in of]
            tries += [group.tiles - {tile} for tile in sorted(group.tiles)]
            for tiles in tries:
                if not tiles or tiles in seen or not self.land.borders.connected(tiles):
                    continue
                seen.add(tiles)
                made = self.measures.group(tiles)
                if self.measures.acceptable(made) and not self.measures.facing(tiles):
                    yield made

    def _lawful(self, cell: Cell, circle: float, mean: float) -> Cell:
        """Return a cell divided so that nothing hard runs through any circle of several tiles."""
        while True:
            bad = {
                g.tiles for g in cell.circles if len(g.tiles) > 1 and crossed(self.land, g.tiles)
            }
            if not bad:
                return cell
            kept = np.array([g.tiles not in bad for g in cell.priced.groups])
            groups = [g for g in cell.priced.groups if g.tiles not in bad]
            priced = replace(cell.priced, groups=groups, base=cell.priced.base[kept],
                             people=cell.priced.people[kept])  # fmt: skip
            cell = replace(cell, priced=priced, choice=None).solved(circle, mean)


def crossed(land: Land, tiles: Iterable[int]) -> dict[str, float]:
    """Return the hard kinds that run through some tiles for real, and for how many metres."""
    shapes = land.tiles.shapes[sorted(tiles)]
    whole = shapely.union_all(shapes)
    near = {kind: land.near(kind, whole) for kind in land.hard}
    return crossed_kinds(whole, {kind: some for kind, some in near.items() if len(some)})


def _count(cells: Sequence[Cell]) -> int:
    return sum(len(cell.circles) for cell in cells)


def _joined(one: Priced, other: Priced) -> Priced:
    """Return the groups of both."""
    return Priced(
        [*one.groups, *other.groups],
        np.concatenate([one.base, other.base]),
        np.concatenate([one.people, other.people]),
        one.weight,
    )


def _mixed(most: list[Cell], least: list[Cell], wanted: int, mean: float) -> list[Cell]:
    """Return cells with more circles for cells with fewer, the cheapest first, up to a number."""

    def dearer(pair: tuple[int, tuple[Cell, Cell]]) -> tuple[float, int]:
        number, (finer, coarser) = pair
        more = len(finer.circles) - len(coarser.circles)
        return (finer.cost(mean) - coarser.cost(mean)) / max(more, 1), number

    pairs = list(zip(most, least, strict=True))
    mixed = list(least)
    for number, (finer, coarser) in sorted(enumerate(pairs), key=dearer):
        more = len(finer.circles) - len(coarser.circles)
        if 0 < more <= wanted - _count(mixed):
            mixed[number] = finer
    return mixed


def _exactly(cells: list[Cell], wanted: int, mean: float) -> list[Cell]:
    """Return cells with the few circles that are still missing or too many made up, if possible.

    A price of a circle finds only some numbers; within a cell, the others are asked for as such.
    """
    short = wanted - _count(cells)
    while short:
        largest = sorted(range(len(cells)), key=lambda n: (-len(cells[n].tiles), n))[:TRIED]
        offers = []
        for n in largest:
            number = len(cells[n].circles) + short
            # Where the whole step is too large for one cell, a single circle is a step as well.
            for wish in dict.fromkeys((number, number - short + (1 if short > 0 else -1))):
                made = cells[n].of(wish, mean) if 0 < wish <= len(cells[n].tiles) else None
                if made is not None:
                    step = abs(wish - len(cells[n].circles))
                    offers.append((-step, made.cost(mean) - cells[n].cost(mean), n, made))
                    break
        if not offers:
            return cells
        _, _, n, made = min(offers, key=lambda offer: offer[:3])
        cells = [*cells[:n], made, *cells[n + 1 :]]
        short = wanted - _count(cells)
    return cells
