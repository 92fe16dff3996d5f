"""Gather what is known of every community, circle, 街道 and the district before judging.

Facts are read once from the situation and the access table; a value that nobody reported stays
None, and a sum over members is known only when every member is.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from types import MappingProxyType

import numpy as np
import pandas as pd
import shapely

from livingcircle._rules.facts import UnitFacts
from livingcircle.access import Access
from livingcircle.coordinates import geodesic_area
from livingcircle.reports import Reported
from livingcircle.reports import UnitKey
from livingcircle.residents import AGES
from livingcircle.situation import Situation
from livingcircle.units import DISTRICT
from livingcircle.units import Unit

SIZES = ("population", "households", "dwellings", "floor_area_m2")
SHOP_COLUMNS = (
    "area_m2",
    "chain",
    "online",
    "quality_brand",
    "hours",
    "step_free",
    "status",
    "supply",
    "service_centre_id",
    "same_day_online",
)


def shop_table(situation: Situation) -> pd.DataFrame:
    """Return every outlet as the rules see it: its trades as a set, its place in metres."""
    outlets, pairs = situation.district.outlets, situation.district.outlet_trades
    held = pairs.groupby("outlet_id")["trade"].agg(frozenset)
    table = pd.DataFrame(outlets[list(SHOP_COLUMNS)])
    table["trades"] = [held.get(o, frozenset()) for o in outlets.index]
    xy = shapely.get_coordinates(
        np.asarray(situation.grid.project(outlets.geometry.to_numpy()), dtype=object)
    )
    return table.assign(x=xy[:, 0], y=xy[:, 1])


def gather(
    situation: Situation,
    access: Access,
    units: list[Unit],
    reported: Mapping[UnitKey, Reported] = MappingProxyType({}),
    on: date | None = None,
) -> list[UnitFacts]:
    """Return the facts of each unit on a day, people reached not yet among them."""
    shops = shop_table(situation)
    known = situation.district.complete_trades()
    reachable = _reachable(situation, access)
    whole = _age_shares(situation, units[-1])
    facts = []
    for unit in units:
        key = (unit.level, unit.unit_id)
        told = reported.get(key, Reported())
        bare = _facts(situation, unit, shops, known, reachable.get(key, {}), whole)
        facts.append(
            replace(
                bare,
                evidence=told.evidence,
                measures=told.measures,
                progress=told.progress,
                children=_children(situation, unit, reported),
                on=on,
            )
        )
    return facts


def _children(
    situation: Situation, unit: Unit, reported: Mapping[UnitKey, Reported]
) -> tuple[tuple[str, str | None], ...]:
    """Return the units below with the grade each was given: circles, or a circle's communities."""
    circles = situation.district.circles
    if unit.level == "circle":
        below = [("community", str(situation.members.communities[n])) for n in unit.communities]
    elif unit.level == "subdistrict":
        below = [("circle", str(c)) for c in circles.index[circles["subdistrict"] == unit.unit_id]]
    elif unit.level == DISTRICT:
        below = [("circle", str(circle)) for circle in circles.index]
    else:
        below = []
    return tuple((key[1], reported.get(key, Reported()).grade) for key in below)


def _facts(
    situation: Situation,
    unit: Unit,
    shops: pd.DataFrame,
    known: frozenset[str],
    shared: Mapping[str, frozenset[str]],
    reference: Mapping[str, float | None],
) -> UnitFacts:
    """Return the facts of one unit."""
    inside = shops.iloc[unit.shops]
    words, sizes = _character(situation, unit), _sizes(situation, unit)
    elsewhere = set().union(*shared.values()) - set(inside.index) if shared else set()
    return UnitFacts(
        level=unit.level,
        unit_id=unit.unit_id,
        unit_name=unit.name,
        circle_id=unit.circle_id,
        kind=words["kind"],
        subtype=words["subtype"],
        formation=words["formation"],
        zone=words["zone"],
        population=sizes["population"],
        households=sizes["households"],
        dwellings=sizes["dwellings"],
        floor_area_m2=sizes["floor_area_m2"],
        area_km2=_area(situation, unit),
        ages=_age_shares(situation, unit),
        reference_ages=reference,
        community_count=_community_count(situation, unit),
        outlets=inside,
        shared=shared,
        all_outlets=shops.loc[sorted(elsewhere)],
        known_trades=known,
    )


def _character(situation: Situation, unit: Unit) -> dict[str, str]:
    """Return kind, subtype and formation of the unit's circle, and the zone of its communities."""
    circles, communities = situation.district.circles, situation.district.communities
    words = dict.fromkeys(("kind", "subtype", "formation", "zone"), "")
    if unit.circle_id in circles.index:
        row = circles.loc[unit.circle_id]
        words |= {name: str(row[name] or "") for name in ("kind", "subtype", "formation")}
    zones = set(communities["zone"].iloc[unit.communities])
    if len(zones) == 1:
        words["zone"] = str(zones.pop() or "")
    return words


def _sizes(situation: Situation, unit: Unit) -> dict[str, float | None]:
    """Return people, households, dwellings and floor area.

    A circle's own figure wins; otherwise the sum over its communities if every one is known,
    otherwise, for people and households, the sum over its doors.
    """
    communities = situation.district.communities.iloc[unit.communities]
    sizes: dict[str, float | None] = {}
    parts = situation.district.circle_members
    split = bool(parts.loc[parts["circle_id"] == unit.unit_id, "part"].astype(bool).any())
    for name in SIZES:
        values = communities[name].to_numpy(dtype=np.float64, na_value=np.nan)
        whole = len(values) > 0 and not np.isnan(values).any()
        split_circle = unit.level == "circle" and split
        sizes[name] = float(values.sum()) if whole and not split_circle else None
    if unit.level == "circle":
        own = situation.district.circles.loc[unit.unit_id, "population"]
        sizes["population"] = float(own) if pd.notna(own) else sizes["population"]
    for name, column in (("population", "residents"), ("households", "households")):
        behind = situation.doors[column].to_numpy(dtype=np.float64, na_value=np.nan)[unit.doors]
        if sizes[name] is None and len(behind) and not np.isnan(behind).any():
            sizes[name] = float(behind.sum())
    return sizes


def _area(situation: Situation, unit: Unit) -> float | None:
    """Return the unit's area on the ellipsoid in km²."""
    if unit.level == "circle":
        shape = situation.areas[unit.unit_id]
        shapes = [shape] if shape is not None and not shape.is_empty else []
        wanted = 1
    else:
        places = situation.district.communities.geometry
        shapes = [s for s in places.to_numpy()[unit.communities] if s is not None]
        wanted = max(1, len(unit.communities))
    if len(shapes) < wanted:
        return None
    return float(np.sum(geodesic_area(np.array(shapes, dtype=object)))) / 1e6


def _age_shares(situation: Situation, unit: Unit) -> dict[str, float | None]:
    """Return the share of residents in each age group, over the unit's doors."""
    doors = situation.doors.iloc[unit.doors]
    residents = doors["residents"].to_numpy(dtype=np.float64)
    shares: dict[str, float | None] = {}
    for age in AGES:
        people = doors[age].to_numpy(dtype=np.float64)
        total = float(residents.sum())
        complete = len(people) > 0 and not np.isnan(people).any() and total > 0
        shares[age.removeprefix("age_")] = float(people.sum()) / total if complete else None
    return shares


def _community_count(situation: Situation, unit: Unit) -> int | None:
    """Return how many communities a circle covers, parts included."""
    if unit.level != "circle":
        return len(unit.communities)
    stated = situation.district.circles.loc[unit.unit_id, "community_count"]
    if pd.notna(stated):
        return int(stated)
    members = situation.district.circle_members
    return int((members["circle_id"] == unit.unit_id).sum()) or None


def _reachable(
    situation: Situation, access: Access
) -> dict[tuple[str, str], dict[str, frozenset[str]]]:
    """Return, for every unit, the outlets of each trade within reach of one of its doors."""
    members = situation.members
    outlets = situation.district.outlets.index
    streets = situation.district.communities["subdistrict"].fillna("").to_numpy(dtype=object)
    found: dict[tuple[str, str], dict[str, frozenset[str]]] = {}
    for column, need in enumerate(access.needs):
        by_community = access.shared_communities[column]
        by_circle = access.shared_circles[column]
        bundles = [
            ("community", members.communities.to_numpy(), by_community),
            ("circle", members.circles.to_numpy(), by_circle),
        ]
        for level, ids, pairs in bundles:
            for number in np.unique(pairs[:, 0]):
                some = outlets[pairs[pairs[:, 0] == number, 1]]
                found.setdefault((level, str(ids[number])), {})[need] = frozenset(some)
        for name in sorted(set(streets[by_community[:, 0]]) - {""}):
            some = outlets[by_community[streets[by_community[:, 0]] == name, 1]]
            found.setdefault(("subdistrict", str(name)), {})[need] = frozenset(some)
        everyone = outlets[np.unique(np.concatenate([by_community[:, 1], by_circle[:, 1]]))]
        found.setdefault((DISTRICT, DISTRICT), {})[need] = frozenset(everyone)
    return found
