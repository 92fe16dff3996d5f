"""Read an OpenStreetMap extract: streets to walk, places to reach, and what stands in between.

Topology comes from node numbers, never from coordinates. Opening hours are kept as text. What
OpenStreetMap does not hold is unknown, not absent: several Chinese trades have no tag in use.
"""

from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely

from livingcircle.io._geo.shapes import in_bulk
from livingcircle.io._osm import tables
from livingcircle.io._osm.reading import RawOsm
from livingcircle.io._osm.reading import read_raw
from livingcircle.io._osm.streets import build_streets
from livingcircle.io._osm.walking import walking_access

__all__ = ["ATTRIBUTION", "OsmExtract", "read_osm", "walking_access"]

ATTRIBUTION = "© OpenStreetMap contributors, ODbL"
# So many places standing alone show well enough where an extract was cut.
_ENOUGH_PLACES = 30


@dataclass(frozen=True)
class OsmExtract:
    """Hold what one OpenStreetMap extract says, in longitude and latitude.

    Attributes
    ----------
    streets
        Segments between the nodes that walkable ways share; the ``streets`` table.
    junctions
        Crossings, signals and lifts, indexed by node number.
    gates, barriers, entrances
        The tables of the same names; gates keep their ``node_id``.
    buildings
        Footprints: ``name``, ``address``, ``use`` (“住宅” … or "" where the map does not say),
        ``levels`` (NaN unknown), ``footprint_m2``, ``land_use``.
    outlets, outlet_trades
        Everything with a trade of the catalogue; ids like ``osm-n772575588``.
    admin_areas
        Administrative areas of levels 8 to 10: ``name``, ``level``.
    extent
        The box within which the extract is complete; None when nothing shows it.
    attribution
        What must be printed wherever the data are shown.
    """

    streets: gpd.GeoDataFrame
    junctions: gpd.GeoDataFrame
    gates: gpd.GeoDataFrame
    barriers: gpd.GeoDataFrame
    buildings: gpd.GeoDataFrame
    outlets: gpd.GeoDataFrame
    outlet_trades: pd.DataFrame
    entrances: gpd.GeoDataFrame
    admin_areas: gpd.GeoDataFrame
    extent: shapely.Polygon | None
    attribution: str = ATTRIBUTION


def read_osm(path: str | Path) -> OsmExtract:
    """Read an OpenStreetMap extract (``.osm.pbf``, or ``.osm``).

    Raises
    ------
    InputError
        If the file is missing, cut short, or is not OpenStreetMap data.
    """
    raw = read_raw(Path(path))
    streets = build_streets(raw.ways, raw.node_tags)
    walked = {ref for way in raw.ways if way.access is not None for ref in way.refs}
    outlets, outlet_trades = tables.outlets_table(raw)
    buildings = tables.buildings_table(raw)
    return OsmExtract(
        streets=streets,
        junctions=tables.junctions_table(raw, streets),
        gates=tables.gates_table(raw, streets, walked),
        barriers=tables.barriers_table(raw),
        buildings=buildings,
        outlets=outlets,
        outlet_trades=outlet_trades,
        entrances=tables.entrances_table(raw, outlets, buildings),
        admin_areas=tables.admin_table(raw),
        extent=_extent(raw, streets),
    )


def _extent(raw: RawOsm, streets: gpd.GeoDataFrame) -> shapely.Polygon | None:
    """Return the box within which the extract is complete.

    The file's own box if it states one. Otherwise the box around places standing alone: ways
    reach far beyond the line an extract was cut along, single places do not.
    """
    if raw.box is not None:
        return shapely.box(*raw.box)
    lone = shapely.bounds(raw.lone_places())
    bounds = lone if len(lone) >= _ENOUGH_PLACES else shapely.bounds(streets.geometry.to_numpy())
    bounds = bounds[in_bulk(bounds)]  # one slip at (0, 0) would stretch it over half the earth
    if not len(bounds):
        return None
    return shapely.box(*bounds[:, :2].min(axis=0), *bounds[:, 2:].max(axis=0))
