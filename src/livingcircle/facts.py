"""Gather what is known of every community, circle, 街道 and the district before judging.

Facts are read once from the situation and the access table; a value that nobody reported stays
None, and a sum over members is known only when every member is.
"""

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from livingcircle._rules.facts import OutletFacts
from livingcircle._rules.facts import UnitFacts
from livingcircle.access import Access
from livingcircle.coordinates import geodesic_area
from livingcircle.memory import Memory
from livingcircle.memory import Some
from livingcircle.reach import Sharing
from livingcircle.reports import Reported
from livingcircle.reports import UnitKey
from livingcircle.residents import AGES
from livingcircle.shops import Shops
from livingcircle.situation import Situation
from livingcircle.standards import Requirement
from livingcircle.units import DISTRICT
from livingcircle.units import Unit

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Words = npt.NDArray[np.object_]
SIZES = ("population", "households", "dwellings", "floor_area_m2")
_NOTHING: frozenset[str] = frozenset()
# Those that the table of circles may state itself.
OWN_SIZES = ("population", "households", "dwellings")


def gather(
    situation: Situation,
    units: Sequence[Unit],
    shops: Shops,
    reported: Mapping[UnitKey, Reported] = MappingProxyType({}),
    on: date | None = None,
    memory: Memory | None = None,
) -> list[UnitFacts]:
    """Return the facts of each unit on a day, what it reaches not yet among them.

    Parameters
    ----------
    situation, units
        The district on its streets, and whom to tell about.
    shops
        Its outlets.
    reported
        What people reported of each unit.
    on
        Day of the assessment.
    memory
        Facts told before; only those of units that changed are gathered again.
    """
    memory = Memory() if memory is None else memory
    told = _told(situation, units, reported, on, memory)
    inside = {
        place: (told[place], unit.shops, Some(shops.stamps, unit.shops))
        for place, unit in enumerate(units)
    }

    def settle(place: int, before: UnitFacts | None) -> UnitFacts:
        here = shops.records[units[place].shops]
        inside = {one.outlet_id: one for one in here if one is not None}
        fact = told[place].but(inside=inside)
        return fact if before is None else fact.sorted_as(before)

    return memory.recall_each("inside", inside, settle)


def _told(
    situation: Situation,
    units: Sequence[Unit],
    reported: Mapping[UnitKey, Reported],
    on: date | None,
    memory: Memory,
) -> list[UnitFacts]:
    """Return the facts of each unit, shops not yet among them."""
    district = situation.district
    land = district.communities, district.circles, district.circle_members, situation.areas
    areas = memory.recall(
        "sizes", land, lambda: (_areas(district.communities.geometry), _areas(situation.areas))
    )
    plain = memory.recall("plain", (*land, situation.doors), lambda: _Plain(situation, *areas))
    reference = plain.age_shares(units[-1])
    known = district.complete_trades()
    common = *land, reported, known, on, tuple(reference.values())

    def tell(place: int, _: UnitFacts | None) -> UnitFacts:
        unit = units[place]
        told = reported.get((unit.level, unit.unit_id), Reported())
        return _facts(plain, unit).but(
            reference_ages=reference,
            known_trades=known,
            evidence=told.evidence,
            measures=told.measures,
            samples=told.samples,
            progress=told.progress,
            children=_children(situation, unit, reported),
            below=_below(situation, unit),
            on=on,
            mark=object(),
        )

    # Shops are not told yet: those of a unit may change.
    inputs = {
        place: (
            *common,
            (unit.level, unit.unit_id, unit.name, unit.circle_id),
            (unit.communities, unit.doors),
            Some(plain.people, unit.doors),
        )
        for place, unit in enumerate(units)
    }
    return memory.recall_each("told", inputs, tell)


def share(
    facts: Sequence[UnitFacts],
    shops: Shops,
    situation: Situation,
    access: Access,
    sharing: Sharing,
    memory: Memory | None = None,
    *,
    key: str = "shared",
) -> list[UnitFacts]:
    """Return the facts with the outlets of each trade that the unit's residents can reach.

    Within reach means within the radius of the first rule about the trade that applies to the
    unit, measured on foot from any of its doors, borders ignored. ``memory`` holds what was
    within reach before, under a key; units that nothing changed for keep the very same facts.
    """
    memory = Memory() if memory is None else memory
    near = _Near(situation, access, memory)
    tables = {need: near.by_unit(need) for rules in sharing.values() for _, need in rules}
    kept = memory.last(key)
    known = kept is not None and kept.inputs[0] is sharing
    before: _Shared = kept.made if kept is not None and known else _Shared(sharing, {}, {})
    now = before.again(tables, facts, shops.register)
    memory.keep(key, (sharing,), now)
    return [fact for _, _, fact in now.units.values()]


@dataclass(frozen=True)
class _Shared:
    """Hold what is within reach of every unit.

    Attributes
    ----------
    sharing
        What "within reach" means for each trade.
    tables
        Outlets within reach by need, and there by unit.
    units
        By unit: its facts without what it reaches, the need that answers for each trade, and its
        facts with it.
    """

    sharing: Sharing
    tables: Mapping[str, Mapping[UnitKey, frozenset[str]]]
    units: Mapping[UnitKey, tuple[UnitFacts, Mapping[str, str], UnitFacts]]

    def again(
        self,
        tables: Mapping[str, Mapping[UnitKey, frozenset[str]]],
        facts: Sequence[UnitFacts],
        register: Mapping[str, OutletFacts],
    ) -> "_Shared":
        """Return what is within reach now; only needs whose table is another are looked at."""
        other = {need for need, table in tables.items() if self.tables.get(need) is not table}
        stale = [
            (trade, need)
            for trade, rules in self.sharing.items()
            for _, need in rules
            if need in other
        ]
        units = {}
        for bare in facts:
            unit = bare.level, bare.unit_id
            old, needs, fact = self.units.get(unit, (None, {}, bare))
            if old is None or old.mark is not bare.mark:
                needs = {trade: _need(bare, rules) for trade, rules in self.sharing.items()}
                fact = bare.but(
                    shared={t: tables[need].get(unit, _NOTHING) for t, need in needs.items()},
                    register=register,
                )
            else:
                changed = {
                    trade: found
                    for trade, need in stale
                    if needs[trade] == need
                    and (found := tables[need].get(unit, _NOTHING)) != fact.shared[trade]
                }
                if changed or old is not bare or fact.register is not register:
                    shared = {**fact.shared, **changed} if changed else fact.shared
                    fact = bare.but(shared=shared, register=register)
            units[unit] = bare, needs, fact
        return _Shared(self.sharing, tables, units)


def _need(fact: UnitFacts, rules: Sequence[tuple[Requirement | None, str]]) -> str:
    """Return the need of the first rule that applies to a unit, of the first where none does."""
    if len(rules) == 1:
        return rules[0][1]
    for one, need in rules:
        if one is None or one.applies.test(fact)[0] is not False:
            return need
    return rules[0][1]


def _children(
    situation: Situation, unit: Unit, reported: Mapping[UnitKey, Reported]
) -> tuple[tuple[str, str | None], ...]:
    """Return the units below with the grade each was given: circles, or a circle's communities."""
    level = "community" if unit.level == "circle" else "circle"
    below = _below(situation, unit).get(level, ())
    return tuple((child, reported.get((level, child), Reported()).grade) for child in below)


def _below(situation: Situation, unit: Unit) -> dict[str, tuple[str, ...]]:
    """Return the ids of all communities and circles that belong to a unit."""
    circles = situation.district.circles
    communities = tuple(str(situation.members.communities[n]) for n in unit.communities)
    if unit.level in ("community", "circle"):
        return {"community": communities} if unit.level == "circle" else {}
    own = (
        circles.index
        if unit.level == DISTRICT
        else circles.index[circles["subdistrict"] == unit.unit_id]
    )
    return {"community": communities, "circle": tuple(map(str, own))}


def _facts(plain: "_Plain", unit: Unit) -> UnitFacts:
    """Return the facts of one unit that the tables tell."""
    words, sizes = plain.character(unit), plain.sizes(unit)
    return UnitFacts(
        level=unit.level,
        unit_id=unit.unit_id,
        unit_name=unit.name,
        circle_id=unit.circle_id,
        kind=words["kind"],
        subtype=words["subtype"],
        formation=words["formation"],
        zone=words["zone"],
        community_kind=words["community_kind"],
        built_years=plain.built_years(unit),
        population=sizes["population"],
        households=sizes["households"],
        dwellings=sizes["dwellings"],
        floor_area_m2=sizes["floor_area_m2"],
        area_km2=plain.area(unit),
        ages=plain.age_shares(unit),
        community_count=plain.community_count(unit),
    )


class _Plain:
    """Hold the tables that facts are read from as plain arrays, so that units cost little each."""

    def __init__(self, situation: Situation, areas: Floats, circle_areas: Floats) -> None:
        """Read the tables; areas of communities and circles are in km²."""
        district, doors = situation.district, situation.doors
        self._circles = district.circles.drop(columns="geometry").to_dict("index")
        self._words = {
            name: district.communities[column].fillna("").to_numpy(dtype=object)
            for name, column in (("zone", "zone"), ("community_kind", "kind"))
        }
        self._built = _numbers(district.communities["built_year"])
        self._sizes = {name: _numbers(district.communities[name]) for name in SIZES}
        names = ("residents", "households", *AGES)
        self._doors = {name: _numbers(doors[name]) for name in names}
        self.people = np.column_stack(list(self._doors.values()))
        members = district.circle_members
        self._split = frozenset(members.loc[members["part"].astype(bool), "circle_id"])
        self._members = members["circle_id"].value_counts().to_dict()
        self._areas = areas
        self._circle_areas = dict(zip(situation.areas.index, circle_areas, strict=True))

    def character(self, unit: Unit) -> dict[str, str]:
        """Return kind, subtype and formation of the circle, zone and kind of the communities."""
        words = dict.fromkeys(("kind", "subtype", "formation", *self._words), "")
        row = self._circles.get(unit.circle_id)
        if row is not None:
            words |= {name: str(row[name] or "") for name in ("kind", "subtype", "formation")}
        for name, told in self._words.items():
            said = set(told[unit.communities])
            words |= {name: str(said.pop())} if len(said) == 1 else {}
        return words

    def built_years(self, unit: Unit) -> tuple[float, float] | None:
        """Return the first and the last year in which the unit's communities were built."""
        years = self._built[unit.communities]
        if len(years) == 0 or np.isnan(years).any():
            return None
        return float(years.min()), float(years.max())

    def sizes(self, unit: Unit) -> dict[str, float | None]:
        """Return people, households, dwellings and floor area.

        A circle's own figure wins; otherwise the sum over its communities if every one is known,
        otherwise, for people and households, the sum over its doors.
        """
        split = unit.level == "circle" and unit.unit_id in self._split
        sizes = {
            name: None if split else _whole_sum(values[unit.communities])
            for name, values in self._sizes.items()
        }
        if unit.level == "circle":
            for name in OWN_SIZES:
                own = self._circles[unit.unit_id][name]
                sizes[name] = float(own) if pd.notna(own) else sizes[name]
        for name, column in (("population", "residents"), ("households", "households")):
            if sizes[name] is None:
                sizes[name] = _whole_sum(self._doors[column][unit.doors])
        return sizes

    def area(self, unit: Unit) -> float | None:
        """Return the unit's area on the ellipsoid in km²."""
        if unit.level == "circle":
            area = self._circle_areas[unit.unit_id]
            return None if np.isnan(area) else float(area)
        return _whole_sum(self._areas[unit.communities])

    def age_shares(self, unit: Unit) -> dict[str, float | None]:
        """Return the share of residents in each age group, over the unit's doors."""
        total = _whole_sum(self._doors["residents"][unit.doors])
        shares: dict[str, float | None] = {}
        for age in AGES:
            people = _whole_sum(self._doors[age][unit.doors])
            share = None if people is None or not total else people / total
            shares[age.removeprefix("age_")] = share
        return shares

    def community_count(self, unit: Unit) -> int | None:
        """Return how many communities a circle covers, parts included."""
        if unit.level != "circle":
            return len(unit.communities)
        stated = self._circles[unit.unit_id]["community_count"]
        return int(stated) if pd.notna(stated) else self._members.get(unit.unit_id)


def _numbers(column: pd.Series) -> Floats:
    """Return a column of numbers, NaN where nobody gave one."""
    return np.asarray(column.to_numpy(dtype=np.float64, na_value=np.nan))


def _whole_sum(values: Floats) -> float | None:
    """Return a sum that is known only when every part is; None of nothing."""
    return None if len(values) == 0 or np.isnan(values).any() else float(values.sum())


def _areas(shapes: gpd.GeoSeries) -> Floats:
    """Return areas on the ellipsoid in km², NaN where there is no shape."""
    areas = np.full(len(shapes), np.nan)
    known = (shapes.notna() & ~shapes.is_empty).to_numpy()
    areas[known] = geodesic_area(shapes.to_numpy()[known]) / 1e6
    return areas


class _Near:
    """Look up which outlets of a need are within reach of a unit."""

    def __init__(self, situation: Situation, access: Access, memory: Memory) -> None:
        """Sort what was measured by unit, once for each need that is asked for."""
        self._memory = memory
        district, members = situation.district, situation.members
        self._access = access
        self._outlets = district.outlets.index.to_numpy(dtype=object)
        self._communities = members.communities.to_numpy(dtype=object)
        self._circles = members.circles.to_numpy(dtype=object)
        self._offices = district.communities["subdistrict"].fillna("").to_numpy(dtype=object)
        self._names = self._naming(memory)

    def _naming(self, memory: Memory) -> object:
        """Return a mark of how everything is named; outlets that were added change no name."""
        units = self._communities, self._circles, self._offices
        kept = memory.last("names")
        mark = object() if kept is None else kept.made
        if kept is not None:
            (old, *rest) = kept.inputs
            known = np.array_equal(self._outlets[: len(old)], old)
            alike = all(map(np.array_equal, units, rest))
            mark = mark if known and alike else object()
        memory.keep("names", (self._outlets, *units), mark)
        return mark

    def by_unit(self, need: str) -> dict[UnitKey, frozenset[str]]:
        """Return the ids of the outlets of one need within reach of each unit that has any."""
        measured = self._access.to(need)
        return self._memory.recall(
            ("near", need), (measured, self._names), lambda: self._by_unit(need)
        )

    def _by_unit(self, need: str) -> dict[UnitKey, frozenset[str]]:
        """Return the outlets of one need by unit, at every level."""
        measured = self._access.to(need)
        communities = self._ids(self._communities, measured.shared_communities)
        circles = self._ids(self._circles, measured.shared_circles)
        offices: dict[str, set[str]] = {}
        for office, (_, found) in zip(
            self._offices[_firsts(measured.shared_communities)], communities, strict=True
        ):
            offices.setdefault(office, set()).update(found)
        everyone = frozenset().union(*(found for _, found in (*communities, *circles)))
        return {
            **{("community", unit): found for unit, found in communities},
            **{("circle", unit): found for unit, found in circles},
            **{("subdistrict", office): frozenset(found) for office, found in offices.items()},
            (DISTRICT, DISTRICT): everyone,
        }

    def _ids(self, units: Words, pairs: Ints) -> list[tuple[str, frozenset[str]]]:
        """Return the ids of the outlets of each unit from pairs sorted by unit."""
        start = np.flatnonzero(np.diff(pairs[:, 0], prepend=-1))
        ends = np.append(start, len(pairs))[1:]
        outlets = self._outlets[pairs[:, 1]]
        return [
            (str(units[pairs[low, 0]]), frozenset(outlets[low:high]))
            for low, high in zip(start, ends, strict=True)
        ]


def _firsts(pairs: Ints) -> Ints:
    """Return the units of pairs sorted by unit, each once."""
    first: Ints = np.flatnonzero(np.diff(pairs[:, 0], prepend=-1))
    return np.asarray(pairs[first, 0])
