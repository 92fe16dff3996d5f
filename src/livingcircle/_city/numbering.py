"""Make the street nodes of neighbours speak of the same places by the same numbers.

Extracts of one map share their node numbers, and nothing is to be done. Where every district
counts from 1, one number means two places and one place on the border has two numbers: then a
neighbour's nodes take the known number of their place, or a new one.
"""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

# Numbers of OpenStreetMap have eleven digits; new ones lie beyond, and are exact as floats too.
_NEW = 10**13
_DIGITS = 6  # of a degree: a tenth of a metre


def in_one_count(parts: list[dict[str, gpd.GeoDataFrame]]) -> list[dict[str, gpd.GeoDataFrame]]:
    """Return the tables of several districts with street nodes numbered in common.

    Parameters
    ----------
    parts
        ``streets`` and ``junctions`` of each district, the one that keeps its numbers first.
    """
    known = _places(parts[0]["streets"])
    settled = parts[:1]
    for rank, part in enumerate(parts[1:], start=1):
        own = _places(part["streets"])
        if _disagree(known, own):
            part = _renumbered(part, _new_numbers(known, own, rank))  # noqa: PLW2901
            own = _places(part["streets"])
        known = pd.concat([known, own]).drop_duplicates()
        settled.append(part)
    return settled


def _places(streets: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return number and place of every numbered street end, each once."""
    given = (streets["from_node"].notna() & streets["to_node"].notna()).to_numpy()
    some = streets[given]
    lines = some.geometry.to_numpy()
    ends = [shapely.get_coordinates(shapely.get_point(lines, end)) for end in (0, -1)]
    numbers = [some[name].to_numpy(dtype=np.int64) for name in ("from_node", "to_node")]
    xy = np.concatenate(ends).round(_DIGITS)
    table = pd.DataFrame({"number": np.concatenate(numbers), "x": xy[:, 0], "y": xy[:, 1]})
    return table.drop_duplicates()


def _disagree(known: pd.DataFrame, own: pd.DataFrame) -> bool:
    """Return whether any number means one place here and another there."""
    both = own[own["number"].isin(known["number"])]
    return len(both.merge(known, on=["number", "x", "y"])) < len(both)


def _new_numbers(known: pd.DataFrame, own: pd.DataFrame, rank: int) -> pd.Series:
    """Return the common number of each number of a district."""
    first = known.drop_duplicates(["x", "y"])
    met = own.merge(first, on=["x", "y"], how="left", suffixes=("", "_known"))
    met = met.drop_duplicates("number").set_index("number")
    fresh = pd.Series(met.index + rank * _NEW, index=met.index)
    return met["number_known"].fillna(fresh).astype("int64")


def _renumbered(part: dict[str, gpd.GeoDataFrame], new: pd.Series) -> dict[str, gpd.GeoDataFrame]:
    """Return streets and junctions under new numbers; a junction of no street is left out."""
    streets, junctions = part["streets"], part["junctions"]
    ends = {name: streets[name].map(new).astype("Int64") for name in ("from_node", "to_node")}
    met = junctions[junctions.index.isin(new.index)]
    numbers = pd.Index(new.reindex(met.index).to_numpy(dtype=np.int64), name=junctions.index.name)
    return part | {"streets": streets.assign(**ends), "junctions": met.set_axis(numbers, axis=0)}
