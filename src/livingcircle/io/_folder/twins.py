"""Ask about outlets that may be one shop, once for each group of them."""

import geopandas as gpd
import numpy as np
import pandas as pd
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from livingcircle.duplicates import suspect_duplicates
from livingcircle.tables import REVIEW
from livingcircle.tables import Issue
from livingcircle.trades import match_names
from livingcircle.trades import with_broader

_NAMED = 3  # further rows are only counted


def ask_about_twins(outlets: gpd.GeoDataFrame, trades: pd.DataFrame) -> list[Issue]:
    """Return one question for each group of outlets that look like one; all of them are kept."""
    pairs = suspect_duplicates(outlets, trades)
    if not len(pairs):
        return []
    first = outlets.index.get_indexer(pairs["first"])
    second = outlets.index.get_indexer(pairs["second"])
    size = len(outlets)
    links = coo_matrix((np.ones(len(pairs)), (first, second)), shape=(size, size))
    _, group = connected_components(links, directed=False)
    metres = pairs.assign(group=group[first]).groupby("group")["metres"].max()
    issues = []
    for number, furthest in metres.items():
        *others, one = (outlets.iloc[k] for k in np.flatnonzero(group == number))
        issues.append(_question(one, others, float(furthest)))
    return issues


def offers_of(outlets: gpd.GeoDataFrame) -> pd.DataFrame:
    """Lay out one row for each trade of each outlet, broader trades included."""
    cells = outlets["trades"].tolist()
    meant = {cell: with_broader(match_names(cell).codes) for cell in set(cells)}
    pairs = [
        (outlet, trade)
        for outlet, cell in zip(outlets.index.tolist(), cells, strict=True)
        for trade in meant[cell]
    ]
    frame = pd.DataFrame(pairs, columns=["outlet_id", "trade"]).astype("str")
    return frame.sort_values(["outlet_id", "trade"], ignore_index=True)


def _question(one: pd.Series, others: list[pd.Series], metres: float) -> Issue:
    names = "、".join(f"{_place(other)}的“{other['name']}”" for other in others[:_NAMED])
    more = f"等 {len(others)} 行" if len(others) > _NAMED else ""
    problem = (
        f"“{one['name']}”与{names}{more}相距{metres:g}米、名称或电话相同，像是同一家，"
        f"{'两' if len(others) == 1 else '几'}行都算了"
    )
    mapped = [row for row in (one, *others) if not _row(row)]
    remedy = "是同一家就只留一行；不是就不用改"
    if mapped:
        remedy = (
            "是同一家时以台账为准：地图数据不能改，可以不再用它的网点"
            "（去掉 use_osm_outlets 或这一节 [[outlets]]）；不是就不用改"
        )
    return Issue(
        file=str(one["source"]),
        sheet=str(one.get("sheet", "") or ""),
        row=_row(one),
        column="网点名称",
        value=str(one["name"]),
        severity=REVIEW,
        problem=problem,
        remedy=remedy,
    )


def _row(row: pd.Series) -> int:
    return int(row["row"]) if pd.notna(row["row"]) else 0


def _place(row: pd.Series) -> str:
    """Say where a row stands: file and line, or the number of the object on the map."""
    where = f"第 {_row(row)} 行" if _row(row) else f" {row.name} "
    return f"{row['source']} {where}".replace("  ", " ")
