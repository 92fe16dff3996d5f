"""Put people behind doors, by age, so that every later figure is a sum over doors.

Residents given for a door are taken as they are. Where a community's population is known but its
doors bring no residents, it is spread over their residential floor area and called modelled.
A community without any door is stood for by one point inside it and called coarse. Where nobody
knows, the number stays unknown: it is never zero.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

AGES = ("age_0_3", "age_60_plus", "age_65_plus", "age_80_plus")
GIVEN, MODELLED, COARSE, NOBODY_KNOWS = "given", "modelled", "coarse", "unknown"
# Doors and register disagree noticeably beyond this share.
TOLERANCE = 0.05


@dataclass(frozen=True)
class Settled:
    """Hold doors with people.

    Attributes
    ----------
    doors
        Door table with ``residents``, the ages and ``basis``, points for doorless communities
        included.
    community
        Community number of each door.
    notes
        Sentences on what had to be modelled or does not add up.
    """

    doors: gpd.GeoDataFrame
    community: Ints
    notes: tuple[str, ...]


@dataclass(frozen=True)
class People:
    """Count people at each door; NaN where unknown."""

    residents: Floats
    elders: Floats
    infants: Floats

    def differ(self, other: "People") -> Bools:
        """Return the doors behind which other people are counted."""
        unlike = np.zeros(len(self.residents), dtype=np.bool_)
        for name in ("residents", "elders", "infants"):
            a, b = getattr(self, name), getattr(other, name)
            unlike |= (a != b) & ~(np.isnan(a) & np.isnan(b))
        return unlike

    def total(self, doors: Ints) -> dict[str, float]:
        """Return the people behind some doors; unknown if every one is unknown."""
        return {name: float(sums[0]) for name, sums in self.totals([doors]).items()}

    def totals(self, groups: Sequence[Ints]) -> dict[str, Floats]:
        """Return the people behind each of some groups of doors, added up door by door."""
        doors, number = numbered(groups)
        kinds = {"people": self.residents, "elders": self.elders, "infants": self.infants}
        return {
            name: _known_sums(values[doors], number, len(groups)) for name, values in kinds.items()
        }


def numbered(groups: Sequence[Ints]) -> tuple[Ints, Ints]:
    """Return the members of all groups, group by group, and whose they are."""
    members = np.concatenate([np.empty(0, dtype=np.int64), *groups])
    many = np.array(list(map(len, groups)), dtype=np.int64)
    return members, np.repeat(np.arange(len(groups)), many)


def _known_sums(values: Floats, number: Ints, count: int) -> Floats:
    """Return the sum of what is known of each group; unknown where nothing is."""
    known = ~np.isnan(values)
    sums = np.bincount(number[known], values[known], minlength=count)
    there = np.bincount(number[known], minlength=count) > 0
    return np.where(there, sums, np.nan)


def people_of(doors: pd.DataFrame) -> People:
    """Return the people at each door."""
    return People(
        residents=doors["residents"].to_numpy(dtype=np.float64),
        elders=doors["age_60_plus"].to_numpy(dtype=np.float64),
        infants=doors["age_0_3"].to_numpy(dtype=np.float64),
    )


def settle(doors: gpd.GeoDataFrame, community: Ints, communities: gpd.GeoDataFrame) -> Settled:
    """Return doors with residents and ages.

    Parameters
    ----------
    doors
        Door table.
    community
        Community number of each door, -1 outside all.
    communities
        Community table with ``population`` and ages.
    """
    doors = doors.assign(basis=np.where(doors["residents"].notna(), GIVEN, NOBODY_KNOWS))
    doors, community, coarse = _stand_in(doors, community, communities)
    notes = list(coarse)
    residents = doors["residents"].to_numpy(dtype=np.float64, na_value=np.nan).copy()
    basis = doors["basis"].to_numpy(dtype=object).copy()
    weight = _floor_area(doors)
    for number, (name, people) in enumerate(
        zip(communities["name"], communities["population"], strict=True)
    ):
        here = np.flatnonzero(community == number)
        if pd.isna(people) or len(here) == 0:
            continue
        given = float(np.nansum(residents[here]))
        if np.isnan(residents[here]).all():
            residents[here] = _spread(float(people), weight[here])
            basis[here] = np.where(basis[here] == COARSE, COARSE, MODELLED)
        elif np.isnan(residents[here]).any():
            blank = here[np.isnan(residents[here])]
            if given >= people:
                notes.append(
                    f"社区“{name}”的楼门人口合计{given:,.0f}人，已不少于常住人口{people:,.0f}人，"
                    f"另有{len(blank)}个楼门没有填人口，按未核实处理"
                )
                continue
            residents[blank] = _spread(float(people) - given, weight[blank])
            basis[blank] = MODELLED
        elif people and abs(given - people) > TOLERANCE * people:
            notes.append(
                f"社区“{name}”的楼门人口合计{given:,.0f}人，与常住人口{people:,.0f}人相差超过5%，"
                "影响人数按楼门计，应配数量按常住人口计"
            )
    doors = doors.assign(residents=residents, basis=basis)
    return Settled(_with_ages(doors, community, communities), community, tuple(notes))


def _stand_in(
    doors: gpd.GeoDataFrame, community: Ints, communities: gpd.GeoDataFrame
) -> tuple[gpd.GeoDataFrame, Ints, list[str]]:
    """Add one point for each community that has people and a shape but no door."""
    empty = np.setdiff1d(np.arange(len(communities)), community)
    shapes = communities.geometry.to_numpy()
    empty = np.array(
        [n for n in empty if shapes[n] is not None and pd.notna(communities["population"].iloc[n])],
        dtype=np.int64,
    )
    if len(empty) == 0:
        return doors, community, []
    points = gpd.GeoDataFrame(
        {
            "name": communities["name"].to_numpy()[empty],
            "residents": communities["population"].to_numpy()[empty],
            "basis": COARSE,
        },
        geometry=[shapely.point_on_surface(shapes[n]) for n in empty],
        index=pd.Index([f"community:{communities.index[n]}" for n in empty], name=doors.index.name),
        crs=communities.crs,
    )
    names = "、".join(points["name"])
    note = f"{names}没有楼门数据，用社区内一点代表全部居民，距离只能算粗略值"
    # Reindexing first keeps every column's own type when the rows are joined.
    points = points.reindex(columns=doors.columns)
    whole = [c for c, t in doors.dtypes.items() if t.kind in "iub"]
    points = points.fillna(dict.fromkeys(whole, 0)).astype(
        {c: t for c, t in doors.dtypes.items() if c != "geometry"}
    )
    joined = gpd.GeoDataFrame(pd.concat([doors, points]), geometry="geometry", crs=doors.crs)
    return joined, np.concatenate([community, empty]), [note]


def _floor_area(doors: gpd.GeoDataFrame) -> Floats:
    """Return each door's floor area, or its footprint, or one."""
    footprint = doors["footprint_m2"].to_numpy(dtype=np.float64, na_value=np.nan)
    levels = doors["levels"].to_numpy(dtype=np.float64, na_value=np.nan)
    area = doors["floor_area_m2"].to_numpy(dtype=np.float64, na_value=np.nan)
    area = np.where(np.isnan(area), footprint * np.where(np.isnan(levels), 1.0, levels), area)
    typical = np.nanmean(area) if np.isfinite(area).any() else 1.0
    return np.where(np.isnan(area), typical, area)


def _spread(people: float, weight: Floats) -> Floats:
    """Share people out by weight; the total is kept."""
    total = float(weight.sum())
    return people * weight / total if total else np.full(len(weight), people / len(weight))


def _with_ages(
    doors: gpd.GeoDataFrame, community: Ints, communities: gpd.GeoDataFrame
) -> gpd.GeoDataFrame:
    """Fill ages a door does not bring with its community's shares."""
    population = communities["population"].to_numpy(dtype=np.float64, na_value=np.nan)
    for age in AGES:
        count = communities[age].to_numpy(dtype=np.float64, na_value=np.nan)
        with np.errstate(divide="ignore", invalid="ignore"):
            share = np.append(np.where(population > 0, count / population, np.nan), np.nan)
        own = doors[age].to_numpy(dtype=np.float64, na_value=np.nan)
        filled = np.where(np.isnan(own), doors["residents"].to_numpy() * share[community], own)
        doors = doors.assign(**{age: filled})
    return doors
