"""Join the files of one table: ids kept apart, one place told twice made one."""

from collections.abc import Sequence

import geopandas as gpd
import pandas as pd

from livingcircle import tables
from livingcircle.io._folder.members import name_key
from livingcircle.io._folder.parts import Part
from livingcircle.tables import REVIEW
from livingcircle.tables import TABLES
from livingcircle.tables import WARNING
from livingcircle.tables import Issue

_MERGED = {"communities", "circles"}  # people in one file, boundaries in another
_OWN = ("source", "sheet", "row")


def join(table: str, parts: Sequence[Part]) -> tuple[gpd.GeoDataFrame, list[Issue]]:
    """Put the rows of several files into one table, sorted by id.

    Communities and circles that two files tell about become one row; elsewhere an id used by
    two files is made distinct with the file's name, because two bureaus both count from 1.
    """
    if not parts:
        return tables.empty(table), []
    whole, issues = parts[0].rows, []
    for part in parts[1:]:
        rows = part.rows
        if table in _MERGED:
            whole, rows, found = _merge(table, whole, rows)
            issues += found
        rows, found = _distinct(whole, rows, part.source.file)
        issues += found
        joined = pd.concat([whole, rows]) if len(rows) else whole
        whole = gpd.GeoDataFrame(joined, geometry="geometry", crs="EPSG:4326")
    if table in _MERGED:
        issues += _same_names(table, whole)
    return (whole if len(parts) == 1 else tables.conform(table, whole)), issues


def _distinct(
    whole: gpd.GeoDataFrame, rows: gpd.GeoDataFrame, file: str
) -> tuple[gpd.GeoDataFrame, list[Issue]]:
    clash = rows.index.isin(whole.index)
    if not clash.any() or rows.index.dtype.kind == "i":
        return rows, []
    renamed = rows.copy()
    stem = file.rpartition("/")[2].rpartition(".")[0]
    taken = {*whole.index, *rows.index}
    if any(f"{stem}:{i}" in taken for i in rows.index[clash]):  # a/o.csv, b/o.csv and c/o.csv
        stem = file.rpartition(".")[0]
    while any(f"{stem}:{i}" in taken for i in rows.index[clash]):
        stem += "+"
    fresh = [f"{stem}:{i}" if twice else i for i, twice in zip(rows.index, clash, strict=True)]
    renamed.index = pd.Index(fresh, name=rows.index.name, dtype=rows.index.dtype)
    problem = f"有 {int(clash.sum())} 个编号在别的文件里用过，已在前面加上“{stem}:”"
    remedy = "需要引用这些编号时，用加上文件名的写法，或改成不重复的编号"
    return renamed, [Issue(file, "", 0, "", "", WARNING, problem, remedy)]


def _merge(
    table: str, whole: gpd.GeoDataFrame, rows: gpd.GeoDataFrame
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame, list[Issue]]:
    """Fill what is empty in ``whole`` from rows that tell about the same place."""
    merged, rest, issues = whole.copy(), [], []
    by_name: dict[str, list[str]] = {}
    for place, name in zip(whole.index, whole["name"], strict=True):
        by_name.setdefault(name_key(name), []).append(place)
    for place, row in rows.iterrows():
        named = by_name.get(name_key(row["name"]), [])
        if len(named) > 1 and row["subdistrict"]:
            named = [p for p in named if whole.loc[p, "subdistrict"] == row["subdistrict"]]
        target = place if place in whole.index else named[0] if len(named) == 1 else None
        if target is None:
            rest.append(place)
            continue
        issues += _fill(table, merged, target, row)
    return merged, rows.loc[rest], issues


def _fill(table: str, merged: gpd.GeoDataFrame, target: str, row: pd.Series) -> list[Issue]:
    issues = []
    for name in [column.name for column in TABLES[table].columns[1:]] + ["geometry"]:
        old, new = merged.loc[target, name], row[name]
        if _nothing(new):
            continue
        if _nothing(old):
            if name == "geometry":
                merged.loc[[target], name] = gpd.GeoSeries([new], index=[target], crs=merged.crs)
            else:
                merged.loc[target, name] = new
        elif name not in {"geometry", "name"} and old != new:
            title = TABLES[table][name].title
            first = merged.loc[target, "source"]
            problem = f"“{row['name']}”的{title}是 {new}，与 {first} 里的 {old} 不一致，采用后者"
            where = (row["source"], row["sheet"], int(row["row"]))
            issues.append(Issue(*where, title, str(new), WARNING, problem, "核对后改成一致"))
    return issues


def _nothing(value: object) -> bool:
    return value is None or value is pd.NA or value == "" or value != value  # noqa: PLR0124 - NaN


def _same_names(table: str, whole: gpd.GeoDataFrame) -> list[Issue]:
    """Point at communities or circles of one name: within one 街道 that is a slip."""
    title = TABLES[table].title
    keys = pd.DataFrame({"name": whole["name"].map(name_key), "street": whole["subdistrict"]})
    issues = []
    twice = keys[keys.duplicated(keep=False)]
    for (_, street), group in twice.groupby(["name", "street"], sort=True):
        rows = whole.loc[group.index]
        places = "、".join(f"第 {row} 行" for row in rows["row"])
        last = rows.iloc[-1]
        within = f"在{street}" if street else ""
        problem = f"{title}“{last['name']}”{within}出现了 {len(rows)} 次（{places}）"
        remedy = "是同一个的只留一行；不是的，名称写得能分开"
        where = (last["source"], last["sheet"], int(last["row"]))
        issues.append(
            Issue(*where, TABLES[table]["name"].title, last["name"], REVIEW, problem, remedy)
        )
    return issues
