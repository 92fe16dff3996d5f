"""Name what can be brought in: rows of the record, or files that lie under the map."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from livingcircle.tables import TABLES
from livingcircle.tables import Table
from livingcircle_platform.imports.limits import Limits

_OFFICE = frozenset({".xlsx", ".xls", ".csv", ".txt", ".tsv", ".geojson", ".json", ".kml"})
_LAYERS = frozenset({".gpkg", ".parquet", ".geoparquet"})
SHAPEFILE = frozenset({".shp", ".shx", ".dbf", ".prj", ".cpg"})
EXTRACT = ".osm.pbf"
_MB = 1024**2


@dataclass(frozen=True)
class Kind:
    """Say how one kind of content is kept.

    Attributes
    ----------
    name
        A table of the engine.
    section
        The section of district.toml where the file itself is kept as base data; "" where its rows
        go into the record, one by one.
    from_map
        Whether it can be taken from an OpenStreetMap extract.
    """

    name: str
    section: str = ""
    from_map: bool = False

    @property
    def table(self) -> Table:
        """Return the columns."""
        return TABLES[self.name]

    @property
    def title(self) -> str:
        """Return what it is called."""
        return self.table.title


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        one.name: one
        for one in (
            Kind("outlets", from_map=True),
            Kind("spaces"),
            Kind("communities"),
            Kind("circles"),
            Kind("streets", "roads", from_map=True),
            Kind("doors", "doors", from_map=True),
            Kind("gates", "gates", from_map=True),
            Kind("barriers", "barriers", from_map=True),
            Kind("entrances", "entrances", from_map=True),
            Kind("junctions", "junctions", from_map=True),
            Kind("reports", "reports"),
        )
    }
)


def ending_of(name: str) -> str:
    """Return the ending that says what a file is; that of an extract has two parts."""
    small = name.lower()
    return EXTRACT if small.endswith(EXTRACT) else f".{small.rpartition('.')[2]}"


def most_bytes(name: str, limits: Limits | None = None) -> int:
    """Return how large a file of this name may be."""
    limits, ending = limits or Limits(), ending_of(name)
    if ending == EXTRACT:
        return limits.streets_mb * _MB
    layer = ending in _LAYERS or ending in SHAPEFILE
    return (limits.layer_mb if layer else limits.office_mb) * _MB


ACCEPTED = (*sorted(_OFFICE), *sorted(_LAYERS), *sorted(SHAPEFILE), ".pbf")
