"""Say through which entrances doors and outlets are entered, and where these meet the streets."""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from livingcircle.attachment import Attachment
from livingcircle.attachment import attach
from livingcircle.coordinates import LocalGrid
from livingcircle.district import District
from livingcircle.memory import Memory
from livingcircle.network import Network

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Shapes = npt.NDArray[np.object_]
# What is kept of an attachment besides whose entrance it is.
_ENDS = ("segment", "along", "leg", "side", "foot")


@dataclass(frozen=True)
class Entrances:
    """Hold entrances in degrees.

    Attributes
    ----------
    owner
        Whose entrance each is, shape (entrances,).
    place
        Where it is, shape (entrances, 2).
    home
        The building itself where its compound's entrance stands apart from it, else NaN.
    """

    owner: Ints
    place: Floats
    home: Floats


def attached(
    network: Network, entrances: Entrances, memory: Memory, *, residents: bool
) -> Attachment:
    """Return where entrances meet the streets."""
    whose = "doors" if residents else "outlets"
    apart = ~np.isnan(entrances.home[:, 0])

    def measure(some: Ints) -> tuple[npt.NDArray[np.generic], ...]:
        points = points_of(entrances.place[some], network.grid)
        found = attach(network, points, entrances.owner[some], residents=residents)
        # A compound's entrance is not the building's door: the walk to it counts in full.
        far = apart[some]
        home = points_of(entrances.home[some][far], network.grid)
        leg = found.leg.copy()
        leg[far] += shapely.distance(points[far], home)
        return found.segment, found.along, leg, found.side, found.foot

    rows = np.hstack([entrances.place, entrances.home])

    def all_kept(some: Ints) -> tuple[npt.NDArray[np.generic], ...]:
        # An edit measures a few anew; only a first run is worth a file.
        if len(some) < len(rows):
            return measure(some)
        parts = (*network.parts, rows)
        found = memory.prepare(whose, parts, lambda: dict(zip(_ENDS, measure(some), strict=True)))
        return tuple(found[name] for name in _ENDS)

    ends = memory.recall_rows(f"{whose} on streets", (network,), rows, all_kept)
    return memory.recall(
        f"ends of {whose}", (entrances.owner, ends), lambda: Attachment(entrances.owner, *ends)
    )


def entrances_of(district: District, owners: gpd.GeoDataFrame, kind: str) -> Entrances:
    """Return every entrance; a building without any is its own."""
    entrances = district.entrances[district.entrances["of"] == kind]
    none = np.empty(0, dtype=np.int64)
    owner = owners.index.get_indexer(pd.Index(entrances["of_id"])) if len(entrances) else none
    homes = coordinates_of(owners.geometry)
    places, numbers = [coordinates_of(entrances.geometry)[owner >= 0]], [owner[owner >= 0]]
    if kind == "door":
        shared = district.entrances[district.entrances["of"] == "compound"]
        pairs = pd.DataFrame({"of_id": shared["of_id"].to_numpy(), "row": range(len(shared))})
        doors = pd.DataFrame({"of_id": owners["compound"].to_numpy(), "n": range(len(owners))})
        doors = doors[(doors["of_id"] != "") & ~doors["n"].isin(numbers[0])]
        joined = doors.merge(pairs, on="of_id")
        places.append(coordinates_of(shared.geometry)[joined["row"].to_numpy(dtype=np.int64)])
        numbers.append(joined["n"].to_numpy(dtype=np.int64))
    alone = np.ones(len(owners), dtype=np.bool_)
    alone[np.concatenate(numbers)] = False
    rest = np.flatnonzero(alone)
    places.append(homes[rest])
    numbers.append(rest)
    owned = np.concatenate(numbers).astype(np.int64)
    home = np.full((len(owned), 2), np.nan)
    if kind == "door":
        apart = slice(len(numbers[0]), len(numbers[0]) + len(numbers[1]))
        home[apart] = homes[owned[apart]]
    return Entrances(owned, np.concatenate(places), home)


def points_of(lonlat: Floats, grid: LocalGrid) -> Shapes:
    """Return places in degrees as points on the metre grid."""
    return np.asarray(shapely.points(grid.project_pairs(lonlat)), dtype=object)


def coordinates_of(points: gpd.GeoSeries) -> Floats:
    """Return longitude and latitude of points, shape (points, 2)."""
    return np.asarray(shapely.get_coordinates(points.to_numpy()), dtype=np.float64)
