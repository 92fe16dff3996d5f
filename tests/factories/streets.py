"""Draw streets, gates and barriers on a metre grid near Nanjing."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from livingcircle.coordinates import LocalGrid

GRID = LocalGrid(118.8, 32.0)
WGS84 = "EPSG:4326"


def lift(geometries):
    """Return metre geometries as longitude and latitude."""
    return GRID.unproject(np.array(geometries, dtype=object))


def draw_streets(*lines, **columns):
    """Return a street table of lines given as lists of (x, y) in metres.

    Keyword columns are scalars or lists, one value a line.
    """
    defaults = {
        "way_id": "",
        "name": "",
        "highway": "residential",
        "from_node": pd.NA,
        "to_node": pd.NA,
        "access": "public",
        "layer": 0,
        "structure": "",
        "steps": False,
        "oneway": 0,
        "crossing": "",
        "wheelchair": pd.NA,
        "length_m": np.nan,
    }
    frame = pd.DataFrame({**defaults, **columns}, index=[f"s{i}" for i in range(len(lines))])
    frame.index.name = "segment_id"
    for name in ("from_node", "to_node"):
        frame[name] = frame[name].astype("Int64")
    frame["wheelchair"] = frame["wheelchair"].astype("boolean")
    shapes = lift([shapely.LineString(line) for line in lines])
    return gpd.GeoDataFrame(frame, geometry=shapes, crs=WGS84)


def draw_gates(*rows):
    """Return a gate table of (x, y, class, compound, hours)."""
    frame = pd.DataFrame(
        [{"name": "", "gate_class": c, "compound": k, "hours": h} for _, _, c, k, h in rows],
        index=[f"g{i}" for i in range(len(rows))],
    )
    shapes = lift([shapely.Point(x, y) for x, y, *_ in rows])
    return gpd.GeoDataFrame(frame, geometry=shapes, crs=WGS84)


def draw_barriers(*lines):
    """Return a barrier table of lines in metres."""
    frame = pd.DataFrame({"kind": ["wall"] * len(lines), "name": [""] * len(lines)})
    shapes = lift([shapely.LineString(line) for line in lines])
    return gpd.GeoDataFrame(frame, geometry=shapes, crs=WGS84)


def draw_junctions(nodes):
    """Return a junction table of {node number: kind}."""
    frame = pd.DataFrame({"kind": list(nodes.values())}, index=list(nodes))
    shapes = lift([shapely.Point(0, 0)] * len(nodes))
    return gpd.GeoDataFrame(frame, geometry=shapes, crs=WGS84)
