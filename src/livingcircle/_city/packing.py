"""Write a district into a city: every table as one partition, nothing left out."""

from dataclasses import asdict
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from livingcircle._city.layout import BELT_TABLES
from livingcircle._city.layout import EXTENT
from livingcircle._city.layout import OWN_TABLES
from livingcircle._city.layout import ROWS_OF_A_GROUP
from livingcircle._city.layout import SOURCES
from livingcircle._city.layout import SOURCES_FILE
from livingcircle._city.layout import folder_of
from livingcircle._city.layout import part_of
from livingcircle._city.layout import write_json
from livingcircle.district import District

CODES = "trade_codes"


def write_district(district: District, city: Path, name: str) -> None:
    """Write the partitions of one district, each whole; what stood there is replaced.

    Rows lie in the order of a curve through the plane, so that a belt touches few row groups.
    Checked ids, the file and row each came from, sources and issues all go along.
    """
    tables: dict[str, pd.DataFrame] = {
        table: getattr(district, table) for table in (*BELT_TABLES, *OWN_TABLES)
    }
    tables["outlets"] = _with_codes(district)
    known = [] if district.extent is None else [district.extent]
    tables[EXTENT] = gpd.GeoDataFrame(geometry=known, crs="EPSG:4326")
    for table, rows in tables.items():
        write_part(rows, part_of(city, table, name))
    sources = [
        asdict(source) | {"complete_for": sorted(source.complete_for), "status": str(source.status)}
        for source in district.sources
    ]
    record = {"sources": sources, "standard": district.standard, "notes": list(district.notes)}
    write_json(city / SOURCES / folder_of(name) / SOURCES_FILE, record)


def _with_codes(district: District) -> gpd.GeoDataFrame:
    """Return the outlets with the codes of their trades as a list, broader trades included."""
    held = district.outlet_trades.groupby("outlet_id")["trade"].agg(list)
    index = district.outlets.index
    codes = pd.Series([held.get(outlet, []) for outlet in index], index=index, dtype=object)
    return district.outlets.assign(**{CODES: codes})


def write_part(rows: pd.DataFrame, path: Path) -> None:
    """Write one partition: GeoParquet with a bounding box for each row where rows have a place."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}")
    rows = rows.reset_index() if rows.index.name else rows
    if not isinstance(rows, gpd.GeoDataFrame):
        rows.to_parquet(draft, index=False, row_group_size=ROWS_OF_A_GROUP)
    else:
        shapes = rows.geometry.to_numpy()
        placed = not (shapely.is_missing(shapes) | shapely.is_empty(shapes)).any()
        rows = _along_a_curve(rows) if placed and len(rows) else rows
        rows.to_parquet(
            draft, index=False, row_group_size=ROWS_OF_A_GROUP, write_covering_bbox=placed
        )
    draft.replace(path)


def _along_a_curve(rows: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return rows in the order of a Hilbert curve, ties in the order they had."""
    if np.ptp(rows.total_bounds.reshape(2, 2), axis=0).min() == 0:
        return rows
    return rows.iloc[np.argsort(rows.hilbert_distance().to_numpy(), kind="stable")]
