"""Hold the tables of a district against each other once all of them are read."""

from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from livingcircle.coordinates import LocalGrid
from livingcircle.errors import InputError
from livingcircle.tables import REVIEW
from livingcircle.tables import TABLES
from livingcircle.tables import Issue

Tables = Mapping[str, gpd.GeoDataFrame]
_FAR_METRES = 500.0  # an entrance farther from its shop or door belongs to another
_OVERLAP = 0.05  # of the smaller area: borders drawn by two hands never agree to the metre
_OWNERS = {"outlet": "outlets", "door": "doors"}


def check_agreement(whole: Tables, members: pd.DataFrame) -> list[Issue]:
    """Return what does not fit together: entrances, overlapping areas, circles of nothing."""
    return [
        *_entrances(whole),
        *_shapeless(whole["communities"]),
        *_overlaps("communities", whole["communities"]),
        *_overlaps("circles", whole["circles"]),
        *_hollow(whole["circles"], members),
    ]


def check_extent(extent: shapely.Geometry, whole: Tables, file: str) -> None:
    """Refuse an extent in which none of the data lie.

    Raises
    ------
    InputError
        Saying whether longitude and latitude look swapped.
    """
    names = ("streets", "outlets", "doors", "communities")
    frames = [whole[name].geometry.dropna().to_numpy() for name in names]
    shapes = next((found for found in frames if len(found)), None)
    if shapes is None or bool(shapely.intersects(extent, shapes).any()):
        return
    swapped = shapely.transform(extent, lambda xy: xy[:, ::-1])
    hint = "经度和纬度像是写反了" if bool(shapely.intersects(swapped, shapes).any()) else ""
    what = "范围和数据没有一处重叠" + (f"，{hint}" if hint else "")
    remedy = '核对范围文件的坐标，或写成 extent = "roads"'
    raise InputError(what, where=file, remedy=remedy)


def _issue(table: str, row: pd.Series, problem: str, remedy: str, column: str = "") -> Issue:
    number = 0 if pd.isna(row["row"]) else int(row["row"])
    title = TABLES[table][column].title if column else ""
    value = str(row[column]) if column else ""
    source, sheet = str(row["source"]), str(row.get("sheet", "") or "")
    return Issue(source, sheet, number, title, value, REVIEW, problem, remedy)


def _entrances(whole: Tables) -> list[Issue]:
    """Find entrances of nobody, and entrances far from their owner."""
    entrances = whole["entrances"]
    if not len(entrances):
        return []
    grid = LocalGrid.around(entrances.geometry.dropna())
    issues = []
    for of, table in _OWNERS.items():
        rows = entrances[(entrances["of"] == of) & (entrances["of_id"] != "")]
        owners, title = whole[table], TABLES[table].title
        known = rows["of_id"].isin(owners.index).to_numpy()
        # The map knows the entrances of buildings that no table of ours holds.
        drawn = rows["source"].str.endswith(".osm.pbf").to_numpy(dtype=bool)
        for _, row in rows[~known & ~drawn].iterrows():
            problem = f"没有编号为“{row['of_id']}”的{title}，这个出入口没有用上"
            issues.append(
                _issue("entrances", row, problem, f"与{title}表里的编号写成一样", "of_id")
            )
        held = rows[known]
        places = owners.geometry.reindex(held["of_id"]).to_numpy()
        apart = shapely.distance(
            grid.project(held.geometry.to_numpy()), grid.project(np.asarray(places, dtype=object))
        )
        for position in np.flatnonzero(apart > _FAR_METRES):
            row = held.iloc[position]
            problem = f"出入口离它所属的{title}“{row['of_id']}”有 {apart[position]:,.0f} 米"
            issues.append(
                _issue("entrances", row, problem, "核对所属对象的编号和出入口的位置", "of_id")
            )
    return issues


def _shapeless(communities: gpd.GeoDataFrame) -> list[Issue]:
    """Name communities without a boundary where the others have one."""
    bare = communities.geometry.isna() | communities.geometry.is_empty
    if bare.all():
        return []
    problem, remedy = "社区“{}”没有可用的边界，它的居民和网点不能按位置归属", "补上这个社区的边界"
    return [
        _issue("communities", row, problem.format(row["name"]), remedy)
        for _, row in communities[bare].iterrows()
    ]


def _overlaps(table: str, rows: gpd.GeoDataFrame) -> list[Issue]:
    """Find areas that lie over each other: people there would count twice."""
    drawn = rows[rows.geometry.notna()]
    drawn = drawn[drawn.geom_type.isin(["Polygon", "MultiPolygon"])]
    shapes = drawn.geometry.to_numpy()
    first, second = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    order = np.lexsort((second, first))
    pairs = np.stack([first, second])[:, order]
    a, b = pairs[:, pairs[0] < pairs[1]]
    shared = shapely.area(shapely.intersection(shapes[a], shapes[b]))
    smaller = np.minimum(shapely.area(shapes[a]), shapely.area(shapes[b]))
    share = shared / np.maximum(smaller, 1e-12)
    issues = []
    for pair in np.flatnonzero(share > _OVERLAP):
        title, one, other = TABLES[table].title, drawn.iloc[b[pair]], drawn.iloc[a[pair]]
        problem = (
            f"{title}“{one['name']}”与“{other['name']}”的边界重叠，"
            f"重叠部分占较小一个的 {share[pair]:.0%}，那里的居民会归到其中一个"
        )
        issues.append(_issue(table, one, problem, "在 GIS 软件里改正两个边界"))
    return issues


def _hollow(circles: gpd.GeoDataFrame, members: pd.DataFrame) -> list[Issue]:
    """Name circles that cover nothing anybody could find."""
    empty = circles.geometry.isna() & ~circles.index.isin(members["circle_id"])
    problem, remedy = (
        "生活圈“{}”既没有边界，也没有找得到的社区，没有评估",
        "填写覆盖社区，或补上边界",
    )
    return [
        _issue("circles", row, problem.format(row["name"]), remedy, "members")
        for _, row in circles[empty].iterrows()
    ]
