"""Doubt the rows of a road file: parts of one line, strays far away, lengths in another unit."""

from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from livingcircle._tables.columns import match_header
from livingcircle.coordinates import geodesic_length
from livingcircle.errors import InputError
from livingcircle.errors import TableError
from livingcircle.io._geo.shapes import in_bulk
from livingcircle.tables import ERROR
from livingcircle.tables import STREETS
from livingcircle.tables import WARNING
from livingcircle.tables import Issue

_DATE_LINE = 179.0  # degrees: a district with roads beyond both is cut by the 180th meridian
_TIMES = 3.0  # a stated length may differ from the drawn one by slopes and bends, not by this


def single_lines(frame: pd.DataFrame, file: str, columns: Mapping[str, str]) -> pd.DataFrame:
    """Take lines of several parts apart: each part is a segment of its own.

    The first part keeps the id, the others get it with ``-2``, ``-3``; the length stated for
    the whole line is nobody's any more.

    Raises
    ------
    TableError
        When the file has no geometry.
    """
    if "geometry" not in frame.columns:
        remedy = "导入线图层（.gpkg、.geojson、.shp），带 WKT 列的表格，或 .osm.pbf"
        raise TableError("道路表没有图形", where=file, remedy=remedy)
    lines = gpd.GeoDataFrame(frame, geometry="geometry", crs="EPSG:4326")
    multi = (lines.geom_type == "MultiLineString").to_numpy()
    if not multi.any():
        return pd.DataFrame(lines)
    merged = lines.geometry.where(~multi, shapely.line_merge(lines.geometry.to_numpy()))
    count = np.maximum(shapely.get_num_geometries(merged.to_numpy()), 1)
    apart = pd.DataFrame(lines.set_geometry(merged).explode(index_parts=False))
    number = np.concatenate([np.arange(n) for n in count])
    titles = {_meaning(title, columns): title for title in frame.columns}
    if "segment_id" in titles:
        ids = apart[titles["segment_id"]].astype("object").to_numpy()
        apart[titles["segment_id"]] = [
            row_id if k == 0 or pd.isna(row_id) or row_id == "" else f"{row_id}-{k + 1}"
            for row_id, k in zip(ids, number, strict=True)
        ]
    if "length_m" in titles:
        lengths = apart[titles["length_m"]].astype("object")
        apart[titles["length_m"]] = lengths.where(np.repeat(count, count) == 1, None)
    return apart


def _meaning(title: object, columns: Mapping[str, str]) -> str:
    head = match_header(STREETS, columns.get(str(title), str(title)))
    return head.column.name if head is not None else ""


def drop_strays(rows: gpd.GeoDataFrame, file: str) -> tuple[gpd.GeoDataFrame, list[Issue]]:
    """Refuse roads far from all the others: one of them would stretch the district's extent.

    Raises
    ------
    InputError
        When the roads lie on both sides of the 180th meridian.
    """
    bounds = shapely.bounds(rows.geometry.to_numpy())
    if len(rows) and np.nanmin(bounds) < -_DATE_LINE and np.nanmax(bounds) > _DATE_LINE:
        what = "道路分布在 180 度经线的两侧，算不出它的范围"
        raise InputError(what, where=file, remedy="按 180 度经线分成两个区，分别评估")
    good = in_bulk(bounds)
    issues = [
        Issue(
            file, str(row["sheet"]), int(row["row"]), "", "", ERROR,
            f"道路“{row['name'] or segment}”有一点离其余道路超过 50 公里，没有采用",
            "核对这条线的坐标，或从文件里删去",
        )
        for segment, row in rows[~good].iterrows()
    ]  # fmt: skip
    return rows[good], issues


def doubt_lengths(rows: gpd.GeoDataFrame, file: str) -> tuple[gpd.GeoDataFrame, list[Issue]]:
    """Hold stated lengths against the drawn ones; a column in another unit is not used."""
    stated = rows["length_m"].to_numpy(dtype=float)
    given = np.isfinite(stated)
    if not given.any():
        return rows, []
    drawn = geodesic_length(rows.geometry.to_numpy())
    off = np.zeros(len(rows), dtype=bool)
    off[given] = (stated[given] > _TIMES * drawn[given]) | (stated[given] * _TIMES < drawn[given])
    if not off.any():
        return rows, []
    mostly = 2 * int(off.sum()) > int(given.sum())
    spoiled = given if mostly else off
    ratio = float(np.median(drawn[off] / np.maximum(stated[off], 1e-9)))
    hint = "，像是以公里为单位" if 300 < ratio < 3000 else ""  # noqa: PLR2004 - 1000, roughly
    problem = (
        f"有 {int(off.sum())} 条道路写的长度与画出的长度相差 {_TIMES:.0f} 倍以上{hint}，"
        f"{'这一列没有采用' if mostly else '这几条没有采用'}，长度按画出的线量取"
    )
    issue = Issue(
        file, "", 0, "长度（米）", "", WARNING, problem, "以米为单位填写长度，或删去这一列"
    )
    return rows.assign(length_m=np.where(spoiled, np.nan, stated)), [issue]
