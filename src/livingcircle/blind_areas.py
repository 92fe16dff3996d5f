"""Find 步行服务盲区: neighbouring doors that all lack a trade, and draw them.

Which doors belong together is decided on the streets: two doors are neighbours when a walk joins
them that passes no other door. The polygon is a drawing made afterwards; it holds every door of
the blind area and no served door, and nothing is ever computed from it.
"""

from collections.abc import Mapping
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import pairwise
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from livingcircle._routing.hierarchy import THREADS
from livingcircle.door_verdicts import Judged
from livingcircle.memory import Memory
from livingcircle.neighbourhood import Neighbourhood
from livingcircle.residents import People
from livingcircle.residents import people_of
from livingcircle.situation import Situation
from livingcircle.units import unit_names
from livingcircle.verdicts import LACKING
from livingcircle.verdicts import SERVED

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Shapes = npt.NDArray[np.object_]

# How many streets tell where a blind area is.
STREETS = 3


def group(place: Neighbourhood, lacking: Bools, circle: Ints) -> Ints:
    """Return the blind area number of each door, -1 where it lacks nothing.

    Parameters
    ----------
    place
        Who is whose neighbour.
    lacking
        Doors that lack the trade, shape (doors,).
    circle
        Circle of each door; a blind area stays within one circle, because one circle answers
        for it.
    """
    number = np.full(len(lacking), -1, dtype=np.int64)
    doors = np.flatnonzero(lacking)
    if len(doors) == 0:
        return number
    links = place.links[doors][:, doors].tocoo()
    same = circle[doors][links.row] == circle[doors][links.col]
    kept = coo_array(
        (links.data[same], (links.row[same], links.col[same])), shape=links.shape
    ).tocsr()
    _, labels = connected_components(kept, directed=False)
    number[doors] = labels
    return number


def draw(place: Neighbourhood, number: Ints, served: Bools) -> Shapes:
    """Return the polygon of each blind area in metres, None where served doors leave no room.

    Parameters
    ----------
    place
        What ground belongs to each door.
    number
        Blind area of each door, -1 for none, shape (doors,).
    served
        Doors that no drawing may hold, shape (doors,).
    """
    members = np.flatnonzero(number >= 0)
    shapes = place.ground.outlines(members, number[members], int(number.max(initial=-1)) + 1)
    # Of all doors only one at the very same place may stand on the ground of a blind area.
    shared = np.isin(place.ground.place_of, place.ground.place_of[members])
    safe = place.points[served & shared]
    for others, apart in ((place.water, 0.0), (safe, 1.0)):
        hits = shapely.STRtree(others).query(shapes, predicate="intersects")
        for shape, other in hits[:, np.lexsort(hits[::-1])].T:
            shapes[shape] = shapely.difference(shapes[shape], others[other].buffer(apart))
    shapes[shapely.is_empty(shapes)] = None
    return shapes


def find_blind_areas(
    place: Neighbourhood,
    lacking: Bools,
    served: Bools,
    circle: Ints,
    people: People,
    metres: Floats,
) -> gpd.GeoDataFrame:
    """Return one row for each blind area of one trade.

    Parameters
    ----------
    place
        Neighbours and ground.
    lacking, served
        Verdict of each door, shape (doors,).
    circle
        Circle number of each door.
    people
        Who lives there.
    metres
        Distance of each door to its nearest outlet, inf where there is none.

    Returns
    -------
    Table with ``members`` (door positions), ``circle``, ``doors``, ``people``, ``elders``,
    ``infants``, ``nearest_m``, ``farthest_m``, ``nearest_door`` and geometry in metres.
    """
    number = group(place, lacking, circle)
    shapes = draw(place, number, served)
    order = np.argsort(number, kind="stable")
    ends = np.searchsorted(number[order], np.arange(int(number.max(initial=-1)) + 2))
    areas = [order[first:last] for first, last in pairwise(ends)]
    totals = pd.DataFrame(people.totals(areas))
    rows = []
    for doors, shape in zip(areas, shapes, strict=True):
        reach = metres[doors]
        finite = reach[np.isfinite(reach)]
        rows.append(
            {
                "members": doors,
                "circle": int(circle[doors[0]]),
                "doors": len(doors),
                "nearest_m": float(finite.min()) if len(finite) else np.nan,
                "farthest_m": float(finite.max()) if len(finite) else np.nan,
                "nearest_door": int(doors[np.argmin(reach)]),
                "geometry": shape,
            }
        )
    columns = ["members", "circle", "doors", "nearest_m", "farthest_m", "nearest_door", "geometry"]
    table = pd.DataFrame(rows, columns=columns)
    for column, name in enumerate(totals, start=columns.index("doors") + 1):
        table.insert(column, name, totals[name])
    return gpd.GeoDataFrame(table, geometry="geometry")


def find_all_blind_areas(
    situation: Situation,
    place: Neighbourhood,
    judged: Mapping[str, Judged],
    memory: Memory | None = None,
) -> list[pd.DataFrame]:
    """Return the blind areas of each service, one table each, for :func:`blind_area_table`.

    ``memory`` holds earlier ones: a blind area stays within one circle, so only circles in which
    some door is judged otherwise are drawn again.
    """
    memory = Memory() if memory is None else memory
    members = situation.members
    inputs = situation.network, situation.door_ends, members.door_circle, members.door_community
    layers = situation.grid, situation.district.circles, situation.district.communities
    namer = memory.recall("namer", (*inputs, *layers), lambda: _Namer(situation))
    people = people_of(situation.doors)
    kept = memory.last("people of blind areas")
    lived = people if kept is None else kept.made
    differ = people.differ(lived)
    # Where nobody moved, whoever asks finds the very same people.
    people = people if differ.any() else lived
    memory.keep("people of blind areas", (), people)
    asked = place, namer, people
    known = [_known(asked, (lived, differ), one, memory) for one in judged.values()]
    # Joining and cutting polygons leaves the interpreter alone for half of the time.
    with ThreadPoolExecutor(THREADS) as pool:
        found = list(pool.map(partial(_of_service, asked), judged.values(), known))
    for one, areas in zip(judged.values(), found, strict=True):
        memory.keep(_key(one), (*asked, one), areas)
    return found


def _key(one: Judged) -> tuple[str, str]:
    """Return what the blind areas of a service are kept under."""
    return "blind", one.service.requirement_id


def _known(
    asked: tuple[Neighbourhood, "_Namer", People],
    earlier: tuple[People, Bools],
    one: Judged,
    memory: Memory,
) -> tuple[pd.DataFrame | None, Bools]:
    """Return earlier blind areas of one service, if any, and which circles are stale.

    ``earlier`` are the people of the last run and the doors behind which others live now. There
    is one place for each circle, and one for doors in none.
    """
    (place, namer, people), kept = asked, memory.last(_key(one))
    circle = namer.circle
    stale = np.ones(int(circle.max(initial=-1)) + 2, dtype=np.bool_)
    if kept is None or not _told_alike(kept.inputs, (place, namer, earlier[0], one)):
        return None, stale
    stale[:] = False
    stale[circle[_judged_otherwise(kept.inputs[-1], one)]] = True
    return _with_people(kept.made, people, earlier[1]), stale


def _of_service(
    asked: tuple[Neighbourhood, "_Namer", People],
    one: Judged,
    known: tuple[pd.DataFrame | None, Bools],
) -> pd.DataFrame:
    """Return the blind areas of one service, drawn anew in the circles that are stale."""
    (place, namer, people), (old, stale) = asked, known
    if old is not None and not stale.any():
        return old
    circle = namer.circle
    lacking, served = one.doors.are(LACKING) & stale[circle], one.doors.are(SERVED)
    areas = find_blind_areas(place, lacking, served, circle, people, one.doors.metres)
    fresh = namer.name(one, areas)
    if old is None:
        return fresh
    rest = old[~stale[old["circle"].to_numpy(dtype=np.int64)]]
    # Columns of a table without rows have no types to join.
    both = [some for some in (rest, fresh) if len(some)]
    return pd.concat(both) if both else fresh


def _with_people(areas: pd.DataFrame, people: People, differ: Bools) -> pd.DataFrame:
    """Return blind areas, people counted again in those where others live behind a door."""
    if not differ.any():
        return areas
    stale = [row for row, doors in enumerate(areas["members"].array) if differ[doors].any()]
    if not stale:
        return areas
    counted = pd.DataFrame([people.total(areas["members"].iloc[row]) for row in stale]).round(1)
    columns = {str(name): areas[name].to_numpy(copy=True) for name in counted}
    for name, values in columns.items():
        values[stale] = counted[name]
    return areas.assign(**columns)


def _told_alike(before: tuple[Any, ...], now: tuple[Any, ...]) -> bool:
    """Return whether blind areas of one service are drawn, named and counted as they were."""
    (*things, old), (*others, new) = before, now
    service = (old.service, old.title, old.tier) == (new.service, new.title, new.tier)
    return service and all(a is b for a, b in zip(things, others, strict=True))


def _judged_otherwise(old: Judged, new: Judged) -> Bools:
    """Return the doors of which a blind area would tell otherwise."""
    if old is new:
        return np.zeros(len(new.doors.verdict), dtype=np.bool_)
    a, b = old.doors, new.doors
    elsewhere = (a.metres != b.metres) | (a.outlet != b.outlet)
    return np.asarray((a.verdict != b.verdict) | (elsewhere & b.are(LACKING)))


def blind_area_table(parts: Sequence[pd.DataFrame], outlets: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return one row for each blind area of each service, people first, numbered."""
    columns = ["circle_id", "circle_name", "community_ids", "community_names"]
    columns += ["trade", "trade_name", "tier", "requirement_id", "radius_m"]
    columns += ["doors", "people", "elders", "infants", "nearest_m", "farthest_m"]
    columns += ["nearest_outlet_id", "nearest_name", "place", "geometry"]
    parts = [part for part in parts if len(part)]
    if not parts:
        return gpd.GeoDataFrame(
            pd.DataFrame(columns=columns, index=pd.Index([], name="blind_area_id", dtype="str")),
            geometry="geometry",
            crs="EPSG:4326",
        )
    table = pd.concat(parts, ignore_index=True)
    # The last place answers for outlet number -1: none.
    nearest = table["nearest"].to_numpy(dtype=np.int64)
    for column, names in (("nearest_outlet_id", outlets.index), ("nearest_name", outlets["name"])):
        table[column] = np.append(names.to_numpy(dtype=object), "")[nearest]
    table = table.sort_values(
        ["people", "doors", "requirement_id", "place", "first_door"],
        ascending=[False, False, True, True, True],
    )
    table.index = pd.Index([f"B{n:04d}" for n in range(1, len(table) + 1)], name="blind_area_id")
    return gpd.GeoDataFrame(table[columns], geometry="geometry", crs="EPSG:4326")


class _Namer:
    """Give blind areas the names people know them by."""

    def __init__(self, situation: Situation) -> None:
        """Lay out who lives where, and what streets and units are called."""
        names = unit_names(situation)
        members = situation.members
        self.circle, self.community = members.door_circle, members.door_community
        self.grid = situation.grid
        self.circles = np.append(members.circles.to_numpy(dtype=object), "")
        told = [names["circle"].get(c, "不在任何生活圈") for c in self.circles]
        self.circle_names = np.array(told, dtype=object)
        communities = [names["community"][c] for c in members.communities]
        self.communities = np.array([*communities, ""], dtype=object)
        self.community_ids = np.append(members.communities.to_numpy(dtype=object), "")
        self.streets, self.street_names = _streets_of_doors(situation)

    def name(self, one: Judged, found: gpd.GeoDataFrame) -> pd.DataFrame:
        """Return blind areas as rows; ``nearest``, ``circle`` and ``first_door`` are numbers."""
        members = found["members"].tolist()
        door = found["nearest_door"].to_numpy(dtype=np.int64)
        place = [names[:STREETS] for names in _commonest(members, self.streets, self.street_names)]
        circle = found["circle"].to_numpy(dtype=np.int64)
        rounded = {
            name: found[name].to_numpy(dtype=np.float64).round(1)
            for name in ("people", "elders", "infants", "nearest_m", "farthest_m")
        }
        return pd.DataFrame(
            {
                "circle_id": self.circles[circle],
                "circle_name": self.circle_names[circle],
                "community_ids": self._communities_of(members, self.community_ids),
                "community_names": self._communities_of(members, self.communities),
                "trade": one.service.trades[0],
                "trade_name": one.title,
                "tier": one.tier,
                "requirement_id": one.service.requirement_id,
                "radius_m": one.service.far if np.isfinite(one.service.far) else np.nan,
                "doors": found["doors"].to_numpy(dtype=np.int64),
                **rounded,
                "place": ["、".join(names) + "一带" if names else "" for names in place],
                "geometry": self.grid.unproject(found.geometry.to_numpy()),
                "nearest": one.doors.outlet[door],
                "circle": circle,
                "first_door": [int(some[0]) for some in members],
                "members": members,
            }
        )

    def _communities_of(self, members: Sequence[Ints], words: Shapes) -> list[str]:
        """Return ids or names of the communities of each group of doors, in one order."""
        return ["、".join(told) for told in _commonest(members, self.community[:, None], words)]


def _commonest(members: Sequence[Ints], numbers: Ints, names: Shapes) -> list[list[str]]:
    """Return the names that occur among each of some groups of doors, the commonest first.

    Parameters
    ----------
    members
        The doors of each group.
    numbers
        Names of each door as places in ``names``, -1 for none, shape (doors, most of any door).
    names
        Each once, in the order in which equally common ones are told.
    """
    if not members:
        return []
    size = [len(some) for some in members]
    group = np.repeat(np.arange(len(members)), np.array(size) * numbers.shape[1])
    number = numbers[np.concatenate(members)].ravel()
    keys, many = np.unique((group * len(names) + number)[number >= 0], return_counts=True)
    group, number = np.divmod(keys, len(names))
    order = np.lexsort((number, -many, group))
    ends = np.searchsorted(group[order], np.arange(len(members) + 1))
    told = names[number[order]].tolist()
    return [told[low:high] for low, high in pairwise(ends)]


def _streets_of_doors(situation: Situation) -> tuple[Ints, Shapes]:
    """Return the named streets each door's entrances open onto, and the names in order."""
    count = len(situation.doors)
    ends, network = situation.door_ends, situation.network
    if ends is None or network is None:
        return np.full((count, 1), -1, dtype=np.int64), np.array([""], dtype=object)
    called, place = np.unique(network.name.astype(str), return_inverse=True)
    named = np.array([not name.isascii() for name in called], dtype=np.bool_)
    on = ends.segment >= 0
    door, number = ends.owner[on], place[ends.segment[on]]
    door, number = door[named[number]], number[named[number]]
    order = np.argsort(door, kind="stable")
    door, number = door[order], number[order]
    turn = np.arange(len(door)) - np.searchsorted(door, door)
    streets = np.full((count, int(turn.max(initial=0)) + 1), -1, dtype=np.int64)
    streets[door, turn] = number
    return streets, called.astype(object)
