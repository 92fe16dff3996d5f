"""Estimate residential floor area from building footprints, and spread people over it.

The map seldom says what a building is for or how many storeys it has. The model is simple and
stated wherever its figures appear: a building is residential if it is tagged so, or if nothing
(its tag, its name, a shop of its own, the land it stands on, its size) says otherwise; storeys
that are not tagged follow from the footprint.
"""

import re

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

Floats = npt.NDArray[np.float64]

MODEL_NOTE = (
    "住宅建筑面积 = 占地面积 × 层数；未标层数的按占地面积推算"
    "（100 平方米以下 2 层，200 以下 3 层，其余 6 层）；"
    "用途未标的楼，名称、所在用地、自身网点都不表明是非住宅、"
    "占地在 30 至 2500 平方米之间的，按住宅计"
)
# Footprint in m² below which a building of unknown height has so many storeys.
_LADDER = ((100.0, 2.0), (200.0, 3.0), (np.inf, 6.0))
_SMALLEST, _LARGEST = 30.0, 2500.0
_NOT_HOMES = re.compile(
    "大厦|广场|酒店|宾馆|饭店|商场|百货|市场|银行|学校|中学|小学|大学|学院|幼儿园|医院|诊所|"
    "馆|院|局|厅|所|厂|站|剧|影|教堂|寺|楼座|写字|办公|中心|遗址|旧址|总统府|停车|车库|门$|塔$|亭$"
)
_NOT_HOME_LAND = frozenset(
    {
        *("commercial", "retail", "industrial", "military", "railway", "construction"),
        *("school", "university", "college", "kindergarten", "hospital", "clinic", "parking"),
        *("religious", "cemetery", "garages", "port", "education", "institutional"),
    }
)


def residential_floor_area(buildings: gpd.GeoDataFrame, outlets: pd.Index) -> pd.Series:
    """Return each building's residential floor area in m², 0 where nobody is taken to live.

    Parameters
    ----------
    buildings
        As read by :func:`livingcircle.io.osm.read_osm`.
    outlets
        Ids of the outlets; a whole building that is an outlet is no home.
    """
    footprint = buildings["footprint_m2"].to_numpy(dtype=np.float64)
    untold = (
        (buildings["use"] == "")
        & ~buildings["name"].str.contains(_NOT_HOMES)
        & ~buildings["land_use"].isin(_NOT_HOME_LAND)
        & ~buildings.index.isin(outlets)
        & (footprint >= _SMALLEST)
        & (footprint <= _LARGEST)
    )
    homes = ((buildings["use"] == "住宅") | untold).to_numpy(dtype=np.bool_)
    levels = buildings["levels"].to_numpy(dtype=np.float64)
    levels = np.where(np.isfinite(levels), levels, modelled_levels(footprint))
    return pd.Series(np.where(homes, footprint * levels, 0.0).round(1), index=buildings.index)


def modelled_levels(footprint: Floats) -> Floats:
    """Return the storeys taken for a footprint in m² where the map does not say."""
    bounds = np.array([bound for bound, _ in _LADDER])
    storeys = np.array([levels for _, levels in _LADDER])
    return np.asarray(storeys[np.searchsorted(bounds, footprint, side="right")])


def spread(total: int, weights: Floats) -> npt.NDArray[np.int64]:
    """Share a number of people out by weight in whole persons; none is lost or added.

    Persons left over by rounding down go to the largest remainders, the first of equals first.
    """
    whole = float(weights.sum())
    if whole <= 0:
        return np.zeros(len(weights), dtype=np.int64)
    exact = total * weights / whole
    people = np.floor(exact).astype(np.int64)
    order = np.argsort(people - exact, kind="stable")
    people[order[: total - int(people.sum())]] += 1
    return people
