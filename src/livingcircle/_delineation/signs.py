"""Gather signs of what kind of place a circle is: ages, years, villages, outlets, gates, names.

Nothing is guessed: what no table tells is NaN, and an outlet that is not in the ledger is not
counted as missing.
"""

from collections import Counter
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from livingcircle._delineation.land import Land
from livingcircle.residents import AGES

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

# Places told by their names; what a map calls them is all that is known.
UNIVERSITY = ("大学", "学院", "高校", "校区")
TECHNOLOGY = ("科技园", "软件园", "产业园", "高新", "孵化", "创业园", "科创")


@dataclass(frozen=True)
class Signs:
    """Hold what is known of one circle; NaN where nobody tells.

    Attributes
    ----------
    people, km2
        Residents and square kilometres.
    ages
        Share of residents by age, as :data:`livingcircle.residents.AGES`.
    year
        Median year of building, weighted by residents.
    village
        Share of residents in villages.
    old_zone
        Share of residents in communities whose zone is called old.
    outlets
        Open outlets inside.
    trades
        How many open outlets offer each trade.
    path_km
        Kilometres of walkable streets a square kilometre.
    gates
        Gates inside by class.
    names
        Names inside that tell of universities and of technology parks.
    """

    people: float
    km2: float
    ages: dict[str, float]
    year: float
    village: float
    old_zone: float
    outlets: float
    trades: Counter[str]
    path_km: float
    gates: Counter[str]
    names: dict[str, tuple[str, ...]]

    @property
    def outlets_a_thousand(self) -> float:
        """Return open outlets a thousand residents."""
        return 1000.0 * self.outlets / self.people if self.people > 0 else float("nan")

    def share(self, *trades: str) -> float:
        """Return the share of outlets that offer some trades; one with two counts twice."""
        total = self.outlets
        return sum(self.trades[t] for t in trades) / total if total > 0 else float("nan")


@dataclass(frozen=True)
class Ground:
    """Hold the district's points and lines with the tile each lies in, -1 for none."""

    land: Land
    outlet: Ints
    gate: Ints
    street: Ints
    street_metres: Floats
    named: pd.DataFrame


def lay_ground(land: Land) -> Ground:
    """Return the district's points and lines, each in its tile."""
    district = land.district
    named = [
        pd.DataFrame({"name": layer["name"].fillna("").astype(str), "tile": _tile(land, layer)})
        for layer in (district.outlets, district.spaces, district.gates, district.doors)
    ]
    streets = district.streets
    metres = np.asarray(shapely.length(land.grid.project(streets.geometry.to_numpy())))
    return Ground(
        land=land,
        outlet=_tile(land, district.outlets),
        gate=_tile(land, district.gates),
        street=_tile(land, streets),
        street_metres=metres.astype(np.float64),
        named=pd.concat(named, ignore_index=True),
    )


def _tile(land: Land, layer: gpd.GeoDataFrame) -> Ints:
    """Return the tile in which the middle of each row lies."""
    found = np.full(len(layer), -1, dtype=np.int64)
    placed = np.flatnonzero(layer.geometry.notna().to_numpy())
    if len(placed) == 0:
        return found
    shapes = np.asarray(land.grid.project(layer.geometry.to_numpy()[placed]), dtype=object)
    middle = shapely.point_on_surface(shapes)
    row, tile = land.tree.query(middle, predicate="intersects")
    found[placed[row[::-1]]] = tile[::-1]
    return found


def signs_of(ground: Ground, tiles: frozenset[int]) -> Signs:
    """Return the signs of a circle."""
    land, held = ground.land, np.array(sorted(tiles))
    district = land.district
    people = land.tiles.people[held]
    rows = district.communities.loc[[land.tiles.communities[t] for t in held]]
    weight = np.where(np.isnan(people), 0.0, people)
    inside = np.isin(ground.outlet, held) & (district.outlets["status"] == "open").to_numpy()
    inside &= ~district.outlets.index.isin(district.belt)
    ids = district.outlets.index[inside]
    trades = district.outlet_trades
    here = trades["trade"][trades["outlet_id"].isin(ids)]
    km2 = float(land.tiles.km2[held].sum())
    metres = ground.street_metres[np.isin(ground.street, held)].sum()
    gates = district.gates["gate_class"][np.isin(ground.gate, held)]
    return Signs(
        people=float(people.sum()),
        km2=km2,
        ages={age: _share(rows[age], rows["population"], weight) for age in AGES},
        year=_median(rows["built_year"], weight),
        village=_told(rows["kind"], weight, rows["kind"] == "village"),
        old_zone=_told(rows["zone"], weight, rows["zone"].fillna("").str.contains("老城|旧城")),
        outlets=float(inside.sum()) if len(district.outlets) else float("nan"),
        trades=Counter(here.tolist()),
        path_km=float(metres / 1000.0 / km2) if len(district.streets) else float("nan"),
        gates=Counter(gates.tolist()),
        names=_names(ground.named[np.isin(ground.named["tile"].to_numpy(), held)]),
    )


def _share(count: pd.Series, population: pd.Series, weight: Floats) -> float:
    """Return the share of people of an age, where both figures are known."""
    part = count.to_numpy(dtype=np.float64, na_value=np.nan)
    whole = population.to_numpy(dtype=np.float64, na_value=np.nan)
    known = ~np.isnan(part) & (whole > 0) & (weight > 0)
    if not known.any():
        return float("nan")
    return float((part[known] / whole[known] * weight[known]).sum() / weight[known].sum())


def _median(years: pd.Series, weight: Floats) -> float:
    """Return the year before which half of the people's homes were built."""
    year = years.to_numpy(dtype=np.float64, na_value=np.nan)
    known = ~np.isnan(year)
    if not known.any():
        return float("nan")
    order = np.argsort(year[known], kind="stable")
    sums = np.cumsum(weight[known][order] + 1e-9)
    return float(year[known][order][np.searchsorted(sums, sums[-1] / 2.0)])


def _told(column: pd.Series, weight: Floats, such: pd.Series) -> float:
    """Return the share of people where something holds, of those of whom a column tells."""
    known = (column.fillna("") != "").to_numpy()
    if not known.any():
        return float("nan")
    held = weight[known] + 1e-9
    return float((held * such.to_numpy()[known]).sum() / held.sum())


def _names(rows: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    """Return the names that tell of universities and of technology parks."""
    names = sorted(set(rows["name"]) - {""})
    return {
        subtype: tuple(name for name in names if any(word in name for word in words))
        for subtype, words in (("university", UNIVERSITY), ("technology", TECHNOLOGY))
    }
