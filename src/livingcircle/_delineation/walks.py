"""Measure how long it takes to walk between tiles: between representative doors, on the streets.

Each tile is stood for by a few of its doors: the one in the middle of its people and those
farthest out in eight directions. The walk between two tiles is the longest among theirs, so that
"end to end" is what somebody at the very edge walks. Both ends are at home there: residents pass
their own gates. Nothing is held for pairs beyond the reach that matters.
"""

from collections.abc import Iterator
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from dataclasses import replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import shapely
from scipy.spatial import cKDTree

from livingcircle._routing.hierarchy import THREADS
from livingcircle._routing.hierarchy import Hierarchy
from livingcircle._routing.links import UNITS
from livingcircle._routing.links import Metric
from livingcircle._routing.readers import DETOUR
from livingcircle._routing.readers import StreetReader
from livingcircle._routing.streets import lay_streets
from livingcircle._routing.streets import towards
from livingcircle.attachment import Attachment
from livingcircle.situation import Situation

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

_DIRECTIONS = np.array([(1, 0), (1, 1), (0, 1), (-1, 1), (-1, 0), (-1, -1), (0, -1), (1, -1)])
NOWHERE = float("inf")


@dataclass(frozen=True)
class Walks:
    """Hold minutes on foot between representative doors within reach, both ways the shorter one.

    Attributes
    ----------
    key
        Each pair as ``lower × representatives + higher``, sorted.
    minutes
        How long each takes.
    count
        How many representatives there are.
    reach
        Minutes beyond which nothing was measured.
    method
        ``"street"`` or ``"straight_line"``.
    walker
        Who walks, in words.
    """

    key: Ints
    minutes: Floats
    count: int
    reach: float
    method: str
    walker: str

    def between(self, some: Ints, others: Ints) -> float:
        """Return the longest walk between two groups of representatives; inf beyond reach."""
        a, b = (part.ravel() for part in np.meshgrid(some, others))
        a, b = a[a != b], b[a != b]
        key = np.minimum(a, b).astype(np.int64) * self.count + np.maximum(a, b)
        at = np.minimum(np.searchsorted(self.key, key), max(len(self.key) - 1, 0))
        if len(key) == 0:
            return 0.0
        met = self.key[at] == key if len(self.key) else np.zeros(len(key), dtype=np.bool_)
        return float(self.minutes[at].max()) if met.all() else NOWHERE


def representatives(
    tile: Ints, xy: Floats, residents: Floats, usable: Bools, tiles: int
) -> list[Ints]:
    """Return the doors that stand for each tile, none where no door has a street.

    Parameters
    ----------
    tile, xy, residents
        Tile (-1 for none), place in metres and people of each door.
    usable
        Doors that reach the streets.
    tiles
        How many tiles there are.
    """
    mine = np.flatnonzero((tile >= 0) & usable)
    mine = mine[np.argsort(tile[mine], kind="stable")]
    ends = np.searchsorted(tile[mine], np.arange(tiles + 1))
    found = []
    for low, high in pairwise(ends.tolist()):
        doors = mine[low:high]
        found.append(_outermost(doors, xy, residents) if len(doors) else doors)
    return found


def _outermost(doors: Ints, xy: Floats, residents: Floats) -> Ints:
    """Return the middle door of some and those farthest out, each once."""
    here = xy[doors]
    weight = np.nan_to_num(residents[doors]) + 1e-6
    middle = (here * weight[:, None]).sum(axis=0) / weight.sum()
    centre = int(np.argmin(((here - middle) ** 2).sum(axis=1)))
    out = np.argmax(here @ _DIRECTIONS.T, axis=0)
    return np.asarray(doors[np.unique([centre, *out])], dtype=np.int64)


def measure_walks(situation: Situation, doors: Ints, reach: float) -> Walks:
    """Return the walks between some doors within some minutes.

    Parameters
    ----------
    situation
        A district on its streets, gates as its residents find them.
    doors
        Positions of the representative doors.
    reach
        Minutes.
    """
    coordinates = shapely.get_coordinates(situation.doors.geometry.to_numpy())
    place = situation.grid.project_pairs(coordinates)[doors]
    pairs = _along_streets if isinstance(situation.reader, StreetReader) else _straight
    bundles = [_pairs_of(*found, len(doors)) for found in pairs(situation, doors, place, reach)]
    key = np.concatenate([np.empty(0, dtype=np.int64), *(one[0] for one in bundles)])
    minutes = np.concatenate([np.empty(0), *(one[1] for one in bundles)])
    key, minutes = _by_key(key, minutes, np.minimum)
    label = situation.walker.describe()
    return Walks(key, minutes, len(doors), reach, situation.reader.method, label)


def _pairs_of(a: Ints, b: Ints, minutes: Floats, count: int) -> tuple[Ints, Floats]:
    """Return pairs of two different representatives by key, the lower one first."""
    apart = a != b
    low, high = np.minimum(a, b)[apart].astype(np.int64), np.maximum(a, b)[apart]
    return low * count + high, minutes[apart]


def _by_key(key: Ints, values: Floats, least_or_most: np.ufunc) -> tuple[Ints, Floats]:
    """Return each key once, with the least or the greatest of its values.

    A one-way stair makes one way longer: who walks it knows the shorter one.
    """
    if len(key) == 0:
        return key, values
    order = np.argsort(key, kind="stable")
    key, values = key[order], values[order]
    first = np.flatnonzero(np.r_[True, key[1:] != key[:-1]])
    return key[first], np.asarray(least_or_most.reduceat(values, first), dtype=np.float64)


Pairs = Iterator[tuple[Ints, Ints, Floats]]


def _along_streets(situation: Situation, doors: Ints, _: Floats, reach: float) -> Pairs:
    """Yield pairs of representatives and minutes along the streets."""
    network, ends, reader = situation.network, situation.door_ends, situation.reader
    if network is None or ends is None or not isinstance(reader, StreetReader):
        return
    count = len(doors)
    own = _of_owners(ends, doors, len(situation.doors))
    compounds = situation.doors["compound"].fillna("").to_numpy(dtype=object)[doors]
    orders: dict[Metric, Hierarchy] = {"minutes": reader.streets["minutes"].hierarchy}
    streets = lay_streets(network, orders, own, compounds)["minutes"]
    streets = towards(streets, network, own, count)
    with ThreadPoolExecutor(THREADS) as pool:
        for place, door, length in streets.reach(np.arange(count), reach, pool):
            yield place.astype(np.int64), door.astype(np.int64), length / UNITS["minutes"]


def _straight(situation: Situation, _: Ints, place: Floats, reach: float) -> Pairs:
    """Yield pairs of representatives and minutes as the crow flies, with the usual detour."""
    speed = situation.walker.metres_per_minute / DETOUR
    pairs = cKDTree(place).query_pairs(reach * speed, output_type="ndarray")
    pairs = pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]
    away = np.hypot(*(place[pairs[:, 0]] - place[pairs[:, 1]]).T)
    yield pairs[:, 0], pairs[:, 1], away / speed


def _of_owners(ends: Attachment, doors: Ints, count: int) -> Attachment:
    """Return where some doors meet the streets, numbered as listed."""
    new = np.full(count, -1, dtype=np.int64)
    new[doors] = np.arange(len(doors))
    mine = new[ends.owner] >= 0
    kept = {name: getattr(ends, name)[mine] for name in ("segment", "along", "leg", "side", "foot")}
    return replace(ends, owner=new[ends.owner[mine]], **kept)


def tile_walks(walks: Walks, of: Sequence[Ints]) -> tuple[tuple[dict[int, float], ...], Floats]:
    """Return, for each tile, the walk to the tiles within reach, and the longest within it.

    Parameters
    ----------
    of
        The representatives of each tile.

    Returns
    -------
    Minutes by tile and other tile, left out beyond reach or where no representative stands; and
    minutes within each tile, NaN where nobody stands for it, inf beyond reach.
    """
    size = np.array([len(some) for some in of], dtype=np.int64)
    owner = np.full(walks.count, -1, dtype=np.int64)
    for tile, some in enumerate(of):
        owner[some] = tile
    a, b = owner[walks.key // walks.count], owner[walks.key % walks.count]
    key = np.minimum(a, b) * len(of) + np.maximum(a, b)
    pair, longest = _by_key(key, walks.minutes, np.maximum)
    _, met = _by_key(key, np.ones(len(key)), np.add)
    low, high = pair // len(of), pair % len(of)
    # Every pair must have been met, else the longest walk is beyond reach.
    wanted = np.where(low == high, size[low] * (size[low] - 1) // 2, size[low] * size[high])
    whole = met == wanted
    inside = np.where(size > 1, NOWHERE, np.where(size == 1, 0.0, np.nan))
    own = whole & (low == high)
    inside[low[own]] = longest[own]
    found: list[dict[int, float]] = [{} for _ in of]
    apart = whole & (low != high)
    for one, other, minutes in zip(
        low[apart].tolist(), high[apart].tolist(), longest[apart].tolist(), strict=True
    ):
        found[one][other] = found[other][one] = minutes
    return tuple(found), inside
