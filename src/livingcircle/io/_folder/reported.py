"""Find the unit that each reported item is about: a community, a circle, a 街道, the district."""

from collections.abc import Mapping

import geopandas as gpd

from livingcircle.io._folder.members import Directory
from livingcircle.tables import ERROR
from livingcircle.tables import Issue

_LEVELS = {"circle": "生活圈", "community": "社区", "subdistrict": "街道"}
_DISTRICT = "district"


def resolve_units(
    whole: Mapping[str, gpd.GeoDataFrame], district: str
) -> tuple[gpd.GeoDataFrame, list[Issue]]:
    """Return the reports with the level and id of their unit, and an issue for each without.

    Parameters
    ----------
    whole
        The district's tables, ``reports``, ``circles`` and ``communities`` among them.
    district
        Name of the district; a report that names it or no unit at all is about the whole.
    """
    reports = whole["reports"]
    levels, units, kept, issues = [], [], [], []
    for report_id, row in reports.iterrows():
        found = _find(str(row["level"]), str(row["unit"]), whole, district)
        if len(found) == 1:
            levels.append(found[0][0])
            units.append(found[0][1])
            kept.append(report_id)
            continue
        where = (str(row["source"]), str(row["sheet"]), int(row["row"]))
        several = "、".join(f"{_LEVELS[level]}“{unit}”" for level, unit in found)
        problem = (
            f"有几个单位叫“{row['unit']}”（{several}）" if found else f"没有单位“{row['unit']}”"
        )
        remedy = (
            "在“层级”里写明是哪一种，或改写编号"
            if found
            else "核对名称，与生活圈表、社区表写成一样"
        )
        issues.append(Issue(*where, "单位", str(row["unit"]), ERROR, problem, remedy))
    settled = reports.loc[kept].assign(level=levels, unit=units)
    return settled.astype({"level": "str", "unit": "str"}), issues


def _find(
    level: str, unit: str, whole: Mapping[str, gpd.GeoDataFrame], district: str
) -> list[tuple[str, str]]:
    """Return every unit that a level and a name can mean."""
    if level == _DISTRICT or (not level and unit in {"", district, "全区"}):
        return [(_DISTRICT, _DISTRICT)]
    circles, communities = whole["circles"], whole["communities"]
    found = [
        ("circle", str(circle))
        for circle, name in circles["name"].items()
        if unit in {str(circle), name}
    ]
    community, _ = Directory(communities).find(unit)
    found += [("community", community)] if community else []
    found += [("subdistrict", unit)] if unit in set(communities["subdistrict"]) - {""} else []
    return [one for one in found if level in {"", one[0]}]
