"""Hold one district's checked tables, each with where it came from.

Everything downstream reads a :class:`District`; nothing downstream opens a file.
All geometry is in WGS-84 / CGCS2000 longitude and latitude (EPSG:4326).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from enum import StrEnum
from typing import Any
from typing import Self

import geopandas as gpd
import pandas as pd
from shapely.geometry.base import BaseGeometry


class Status(StrEnum):
    """Say how far a layer may be believed; printed on every output that uses the layer."""

    REAL = "real"
    MODELLED = "modelled"
    DERIVED = "derived"
    MADE_UP = "made_up"

    @property
    def label(self) -> str:
        """Return the Chinese word shown to readers."""
        return {"real": "真实", "modelled": "模型推算", "derived": "推导", "made_up": "虚构"}[
            self.value
        ]


@dataclass(frozen=True)
class Source:
    """Name one input file: what it holds, how far to believe it, and whose it is.

    ``complete_for`` lists the trades (codes of :mod:`livingcircle.trades`, or the ledger's own
    words for others) for which the file is a full list, so that a missing row means a missing
    outlet. For any other trade, absence from the file means *unknown*, never *lacking*.
    """

    table: str
    file: str
    status: Status
    title: str
    date: str = ""
    licence: str = ""
    note: str = ""
    sha256: str = ""
    rows: int = 0
    complete_for: frozenset[str] = frozenset()

    @classmethod
    def of(cls, record: Mapping[str, Any]) -> Self:
        """Return the source that a run record or a packed district tells of.

        Raises
        ------
        KeyError, TypeError, ValueError
            If the record is none of a source.
        """
        typed = {
            "complete_for": frozenset(record["complete_for"]),
            "status": Status(record["status"]),
        }
        return cls(**{**record, **typed})


@dataclass(frozen=True)
class District:
    """Hold the checked tables of one district and its belt.

    Every table is indexed by its own id (``outlet_id``, ``door_id``, …), a string, sorted.
    Columns are those of :data:`livingcircle.tables.TABLES`; columns a file did not give are
    present and empty, so a reader never has to ask whether a column exists.

    Attributes
    ----------
    name
        The district as printed on titles.
    outlets
        Physical shops, points; one row each however many trades it has.
    outlet_trades
        ``outlet_id``, ``trade``: one row for each trade of each outlet, broader trades included.
    entrances
        Further entrances: ``of`` (outlet, door or compound), ``of_id``, points.
    communities
        Polygons with people by age; geometry may be missing.
    circles
        Kind, subtype, formation and the drawn boundary if there is one.
    circle_members
        ``circle_id``, ``community_id``, ``part`` (True where only part of it belongs).
    doors
        Residential doors or buildings with residents, points.
    streets
        Segments between junctions; columns of :data:`livingcircle.tables.STREETS`.
    junctions
        Street nodes that cost time or stop people: crossings, signals, lifts.
    gates, barriers, spaces
        As given; possibly empty.
    reports
        What people reported of a unit: confirmations, measured numbers, progress, grades; each
        with the ``level`` and ``unit`` id it is about.
    extent
        The area the streets and outlets cover; beyond it nothing is known.
    sources
        One entry for each file read.
    issues
        One row for each :class:`livingcircle.tables.Issue` found while reading.
    belt
        Ids of outlets that belong to neighbouring districts: people walk to them, but they lie in
        no unit of this district and are counted in none.
    """

    name: str
    outlets: gpd.GeoDataFrame
    outlet_trades: pd.DataFrame
    communities: gpd.GeoDataFrame
    circles: gpd.GeoDataFrame
    circle_members: pd.DataFrame
    doors: gpd.GeoDataFrame
    streets: gpd.GeoDataFrame
    junctions: gpd.GeoDataFrame
    gates: gpd.GeoDataFrame
    barriers: gpd.GeoDataFrame
    spaces: gpd.GeoDataFrame
    reports: gpd.GeoDataFrame
    entrances: gpd.GeoDataFrame
    extent: BaseGeometry | None
    sources: tuple[Source, ...]
    issues: pd.DataFrame
    standard: str = ""
    notes: tuple[str, ...] = field(default=())
    belt: frozenset[str] = frozenset()

    def complete_trades(self) -> frozenset[str]:
        """Return the trades for which a missing outlet is really missing, in any source."""
        return frozenset().union(*(s.complete_for for s in self.sources if s.table == "outlets"))
