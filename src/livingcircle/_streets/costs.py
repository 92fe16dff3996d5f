"""Say what each segment of street costs a walker: whether at all, metres, pace and waits."""

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from livingcircle._streets.topology import Topology
from livingcircle.walkers import Walker

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


def walkable(streets: gpd.GeoDataFrame, walker: Walker) -> Bools:
    """Return which streets this walker may use at all."""
    usable = (streets["access"].fillna("public") != "closed").to_numpy(dtype=np.bool_)
    if not walker.uses_steps:
        steps = streets["steps"].fillna(value=False).to_numpy(dtype=np.bool_)
        # Stairs need somebody's word that there is a ramp; the rest only nobody's word against.
        passable = np.where(
            steps,
            streets["wheelchair"].fillna(value=False).to_numpy(dtype=np.bool_),
            streets["wheelchair"].fillna(value=True).to_numpy(dtype=np.bool_),
        )
        usable = usable & passable
    return np.asarray(usable, dtype=np.bool_)


def costs(topology: Topology, streets: gpd.GeoDataFrame, walker: Walker) -> tuple[Floats, Floats]:
    """Return each segment's metres and minutes per metre."""
    drawn = shapely.length(topology.lines)
    stated = streets["length_m"].to_numpy(dtype=np.float64, na_value=np.nan)[topology.row]
    metres = np.where(np.isfinite(stated), stated * topology.share, drawn)
    steps = streets["steps"].fillna(value=False).to_numpy(dtype=np.bool_)[topology.row]
    speed = walker.metres_per_minute * np.where(steps, walker.steps_factor, 1.0)
    kind = streets["crossing"].fillna("").to_numpy(dtype=object)[topology.row]
    delay = np.array([walker.seconds.get(k, 0.0) for k in kind]) / 60.0
    share = np.where(metres > 0, delay * topology.share / np.where(metres > 0, metres, 1.0), 0.0)
    return metres, 1.0 / speed + share


def waits(topology: Topology, junctions: gpd.GeoDataFrame | None, walker: Walker) -> Floats:
    """Return half of each junction's delay, in minutes.

    The delay of a junction is charged half on each segment that meets it, so that walking
    through costs it once. It counts only where three or more segments meet: walking along a
    street past a zebra is not crossing it.
    """
    waits = np.zeros(len(topology.xy))
    if junctions is None or len(junctions) == 0:
        return waits
    seconds = junctions["kind"].map(dict(walker.seconds)).fillna(0.0)
    by_node = seconds.groupby(junctions.index.astype(np.int64)).max()
    delay = by_node.reindex(topology.node_ids).fillna(0.0).to_numpy(dtype=np.float64)
    count = len(topology.xy)
    degree = np.bincount(topology.tail, minlength=count) + np.bincount(
        topology.head, minlength=count
    )
    crossing_way = 3
    return np.asarray(np.where(degree >= crossing_way, delay / 120.0, 0.0))


def names(streets: gpd.GeoDataFrame) -> npt.NDArray[np.object_]:
    """Return the name of each street, or what kind of way it is when it has none."""
    named = streets["name"].fillna("").astype(str)
    kind = streets["highway"].fillna("").astype(str)
    return np.asarray(named.where(named != "", kind).to_numpy(dtype=object))
