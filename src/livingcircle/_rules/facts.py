"""Hold what is known about one community, circle or district when a requirement is judged.

No geometry: who is inside, who is within reach and how many people are reached was measured
before. A value that nobody has reported is ``None``, which is never the same as zero or no.
"""

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from datetime import date
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING
from typing import Any
from typing import Final
from typing import Self

if TYPE_CHECKING:  # a standard is read without pandas
    import pandas as pd

PHYSICAL: Final = frozenset({"fixed"})
TRANSITIONAL: Final = frozenset({"mobile", "temporary"})
ONLINE: Final = "online"
GONE: Final = frozenset({"closed", "planned"})
UNVERIFIED: Final = "unverified"
AGES: Final[Mapping[str, str]] = {
    "0_3": "0–3岁",
    "60_plus": "60岁及以上",
    "65_plus": "65岁及以上",
    "80_plus": "80岁及以上",
}

Evidence = bool | str | float | None


@dataclass(frozen=True, slots=True)
class OutletFacts:
    """Hold one physical shop as the rules see it; ``None`` means nobody has reported it."""

    outlet_id: str
    trades: frozenset[str]
    area_m2: float | None = None
    chain: bool | None = None
    online: bool | None = None
    quality_brand: bool | None = None
    hours: str | None = None
    step_free: bool | None = None
    supply: str = "fixed"
    service_centre_id: str | None = None
    same_day_online: bool | None = None
    status: str = "open"
    x: float | None = None
    y: float | None = None

    def __hash__(self) -> int:
        """Return a hash of the id alone: judges look shops up by the thousand."""
        return hash(self.outlet_id)


@dataclass(frozen=True)
class UnitFacts:
    """Hold the facts of one unit of judgement.

    Attributes
    ----------
    level
        ``community``, ``circle``, ``subdistrict`` or ``district``.
    kind, subtype, formation
        Of the circle, also when the unit is one of its communities; empty when unknown.
    zone, community_kind
        Of the unit's communities; empty where unknown, or where they differ.
    built_years
        First and last year in which the unit's communities were built.
    ages
        Share of residents by age group (``0_3``, ``60_plus``, ``65_plus``, ``80_plus``).
    reference_ages
        The same shares for the whole district, for rules such as “比例较高”.
    inside
        Shops located strictly inside the unit that are not gone, by id.
    register
        Every shop known anywhere that is not gone, by id.
    shared
        For each trade, the shops within reach of the unit, inside or across its border; a trade
        that is not among them was not measured.
    known_trades
        Trades for which the register is complete, so that a missing row is a missing shop.
    reach
        For each reach requirement, the people served, lacking and unknown.
    evidence, measures, samples
        Qualitative answers by requirement id; measured numbers by name of the measure, and how
        many people were asked where the number is a share of a sample.
    children
        The units below with their reported grade; ``None`` where nobody reported one.
    child_grades
        For units below, the lowest and the highest rank they can have by the standard's own rule.
    below
        The ids of all units below, by level.
    child_verdicts
        Verdicts of units below, by the id of the requirement on their share.
    progress
        Dated cumulative numbers by requirement id.
    on
        Day of the assessment; ``None`` where nobody said.
    mark
        Two units' facts with the same mark agree in all that was not measured.
    """

    level: str
    unit_id: str
    unit_name: str
    circle_id: str = ""
    kind: str = ""
    subtype: str = ""
    formation: str = ""
    zone: str = ""
    community_kind: str = ""
    built_years: tuple[float, float] | None = None
    population: float | None = None
    households: float | None = None
    dwellings: float | None = None
    floor_area_m2: float | None = None
    area_km2: float | None = None
    ages: Mapping[str, float | None] = field(default_factory=dict)
    reference_ages: Mapping[str, float | None] = field(default_factory=dict)
    community_count: int | None = None
    inside: Mapping[str, OutletFacts] = field(default_factory=dict)
    register: Mapping[str, OutletFacts] = field(default_factory=dict)
    shared: Mapping[str, frozenset[str]] = field(default_factory=dict)
    known_trades: frozenset[str] = frozenset()
    reach: Mapping[str, tuple[float, float, float]] = field(default_factory=dict)
    evidence: Mapping[str, Evidence] = field(default_factory=dict)
    measures: Mapping[str, float | None] = field(default_factory=dict)
    samples: Mapping[str, int] = field(default_factory=dict)
    children: tuple[tuple[str, str | None], ...] = ()
    child_grades: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    below: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    child_verdicts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    progress: Mapping[str, tuple[tuple[date, float], ...]] = field(default_factory=dict)
    on: date | None = None
    mark: object = None

    @cached_property
    def everywhere(self) -> Mapping[str, OutletFacts]:
        """Return the shops inside the unit and those within reach outside it, by id."""
        near = sorted(frozenset().union(*self.shared.values()))
        reached = {o: self.register[o] for o in near if o in self.register}
        return MappingProxyType({**reached, **self.inside})

    @cached_property
    def inside_by_trade(self) -> Mapping[str, frozenset[str]]:
        """Return the ids of the shops inside the unit, trade by trade."""
        return MappingProxyType(_index(self.inside.values()))

    def but(self, **changed: object) -> Self:
        """Return a copy with some attributes changed, the others not set one by one.

        A run makes several for every unit. What was worked out of the shops inside comes along.
        """
        if "inside" not in changed:
            _ = self.inside_by_trade
        other = object.__new__(type(self))
        vars(other).update(vars(self))
        stale = ("everywhere", "inside_by_trade") if "inside" in changed else ("everywhere",)
        for name in stale:
            vars(other).pop(name, None)
        vars(other).update(changed)
        return other

    def sorted_as(self, before: "UnitFacts") -> Self:
        """Return these facts, their shops sorted by trade as before but for those that differ."""
        old, new = before.inside, self.inside
        other = {one for one, record in new.items() if old.get(one) is not record}
        other |= old.keys() - new.keys()
        records = [shops[one] for shops in (old, new) for one in other if one in shops]
        index = dict(before.inside_by_trade)
        fresh = _index(new[one] for one in other if one in new)
        for trade in frozenset().union(*(record.trades for record in records)):
            index[trade] = index.get(trade, frozenset()) - other | fresh.get(trade, frozenset())
        kept = {trade: ids for trade, ids in index.items() if ids}
        vars(self)["inside_by_trade"] = MappingProxyType(kept)
        return self

    def shops(self, ids: Iterable[str]) -> list[OutletFacts]:
        """Return some shops, inside the unit or known anywhere; none of those that are gone."""
        found = (self.inside.get(one) or self.register.get(one) for one in ids)
        return [one for one in found if one is not None]

    def inside_of(self, trades: Iterable[str]) -> list[OutletFacts]:
        """Return the shops of some trades inside the unit; all of them where none is named."""
        asked = [self.inside_by_trade.get(trade, frozenset()) for trade in trades]
        if not asked:
            return list(self.inside.values())
        return [self.inside[one] for one in frozenset().union(*asked)]

    def within_reach(self, trade: str) -> frozenset[str]:
        """Return the ids of the shops of one trade within reach of the unit's residents.

        Where no reach was measured, those inside it.
        """
        if trade not in self.shared:
            return self.inside_by_trade.get(trade, frozenset())
        return self.shared[trade]

    def quantity(self, name: str) -> float | None:
        """Return a measured size of the unit by name, whole people where people are counted.

        People of an age are called ``age_60_plus`` as in the tables; ``elders`` are these.
        """
        if name == "density":
            people, area = self.quantity("population"), self.quantity("area_km2")
            return people / area if people is not None and area else None
        if name == "elders" or name.startswith("age_"):
            return self._heads("60_plus" if name == "elders" else name.removeprefix("age_"))
        value = getattr(self, name) if name in _SIZES else self.measures.get(name)
        number = _number(value)
        if number is not None and name in _WHOLE:
            return float(round(number))
        return number

    def _heads(self, age: str) -> float | None:
        """Return how many people of an age live in the unit."""
        people, share = self.quantity("population"), self.ages.get(age)
        return None if people is None or share is None else float(round(people * share))


_WHOLE: Final = frozenset({"population", "households", "dwellings", "community_count"})
_SIZES: Final = _WHOLE | {"floor_area_m2", "area_km2"}


def _index(outlets: Iterable[OutletFacts]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for outlet in outlets:
        for trade in outlet.trades:
            found.setdefault(trade, set()).add(outlet.outlet_id)
    return {trade: frozenset(ids) for trade, ids in found.items()}


def read_register(frame: "pd.DataFrame") -> dict[str, OutletFacts]:
    """Turn table rows into records by id, those of shops that are gone left out."""
    blank = [None] * len(frame)
    names = [name for name in OutletFacts.__slots__ if name not in ("outlet_id", "trades")]
    columns = {n: _cells(frame[n], _READERS[n]) if n in frame else blank for n in names}
    columns["supply"] = [value or "fixed" for value in columns["supply"]]
    columns["status"] = [value or "open" for value in columns["status"]]
    ids, trades = frame.index.tolist(), frame["trades"].tolist()
    rows = zip(ids, trades, zip(*columns.values(), strict=True), columns["status"], strict=True)
    return {
        str(one): OutletFacts(str(one), frozenset(held), *row)
        for one, held, row, status in rows
        if status not in GONE
    }


def _cells(column: "pd.Series", read: Callable[[Any], Any]) -> list[Any]:
    """Return the values of a column, None where there is none."""
    known = column.notna().tolist()
    cells = zip(column.tolist(), known, strict=True)
    return [read(value) if there else None for value, there in cells]


def _number(value: Any) -> float | None:  # noqa: ANN401 - table cells are of any type
    return None if value is None else float(value)


def _text(value: Any) -> str | None:  # noqa: ANN401
    return str(value).strip() or None


_FLAGS = ("chain", "online", "quality_brand", "step_free", "same_day_online")
_READERS: Final[Mapping[str, Callable[[Any], Any]]] = {
    **dict.fromkeys(("area_m2", "x", "y"), float),
    **dict.fromkeys(_FLAGS, bool),
    **dict.fromkeys(("hours", "supply", "status", "service_centre_id"), _text),
}
