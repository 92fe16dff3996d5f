"""Decide which districts may go into a city, and find those that stand on the same ground."""

from collections.abc import Sequence
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from livingcircle._city.description import FILE
from livingcircle._city.description import City
from livingcircle._city.description import read_city
from livingcircle.errors import InputError
from livingcircle.io.folder import read_description

_DECIMALS = 7  # of a degree, about a centimetre


def named_districts(folders: Sequence[Path | str], out: Path) -> list[str]:
    """Return the names of districts, before any of them is read.

    Raises
    ------
    InputError
        If two have one name.
    """
    held: dict[str, Path] = {}
    for folder in map(Path, folders):
        name = read_description(folder).name
        if name in held:
            both = f"“{held[name]}”和“{folder}”"
            twice = held[name].resolve() == folder.resolve()
            remedy = "同一个文件夹只写一次" if twice else "在 district.toml 里给每个区不同的 name"
            raise InputError(f"有两个区都叫“{name}”：{both}", where=out.name, remedy=remedy)
        held[name] = folder
    return list(held)


def refuse_loss(names: Sequence[str], out: Path, *, update: bool) -> None:
    """Refuse to replace a city by one that lacks some of its districts.

    Raises
    ------
    InputError
        Naming the districts that are there.
    """
    if update or not (out / FILE).is_file():
        return
    there = [one.name for one in read_city(out).districts]
    if set(there) - set(names):
        raise InputError(
            f"这里已有一座城市，含{'、'.join(there)}",
            where=str(out),
            remedy="加上 --update 只换掉或添上这些区；要整个重做，先移走它",
        )


def shared_doors(city: City) -> dict[tuple[str, str], int]:
    """Return how many places two districts both have a door at, by their names.

    A door has one district; where many coincide, one folder was most likely packed twice.
    """
    places: list[pd.DataFrame] = []
    for district in city.districts:
        path = city.part("doors", district.name)
        if district.rows("doors"):
            shapes = gpd.read_parquet(path, columns=["geometry"], partitioning=None).geometry
            xy = shapely.get_coordinates(shapely.centroid(shapes.to_numpy())).round(_DECIMALS)
            unique = pd.DataFrame(np.unique(xy, axis=0), columns=["x", "y"])
            places.append(unique.assign(district=district.name))
    if not places:
        return {}
    every = pd.concat(places, ignore_index=True)
    every = every[every.duplicated(["x", "y"], keep=False)]
    pairs = every.merge(every, on=["x", "y"])
    order = {one.name: place for place, one in enumerate(city.districts)}
    first, second = (pairs[name].map(order) for name in ("district_x", "district_y"))
    counts = pairs[first < second].groupby(["district_x", "district_y"], sort=False).size()
    rows = counts.rename("doors").reset_index().to_dict("records")
    return {(str(row["district_x"]), str(row["district_y"])): int(row["doors"]) for row in rows}
