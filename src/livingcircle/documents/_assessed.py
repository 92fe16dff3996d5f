"""Look up what several sheets tell of a run: names, shapes, states, natures."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from livingcircle._rules.reaches import MODES
from livingcircle._rules.reaches import ReachRule
from livingcircle._rules.shapes import SHAPE_NAMES
from livingcircle.documents import _wording as wording
from livingcircle.documents._desk import Assessed
from livingcircle.documents._desk import once
from livingcircle.documents._desk import part
from livingcircle.standards import Requirement
from livingcircle.trades import TRADES

NAMELESS = "未登记名称的网点"
HULL_DEGREES = 0.0004  # some 40 m around doors that no boundary holds together


def records(frame: pd.DataFrame) -> Iterator[Any]:
    """Yield the rows of a table as named tuples; their cells are of any type."""
    # Text columns are slow to walk as they are; as plain objects the whole table is at hand.
    yield from frame.astype(object).itertuples()


def trade_label(assessed: Assessed, code: object) -> str:
    """Return the Chinese name of a trade; one outside the catalogue is the standard's own."""
    if not isinstance(code, str) or not code:
        return ""
    trade = TRADES.get(code)
    return trade.name if trade is not None else str(assessed.standard.name_of(code))


def circle_ids(assessed: Assessed) -> list[str]:
    """Return the circles in their own order."""
    return [str(circle) for circle in assessed.circle_facts.index]


def circle_name(assessed: Assessed, circle_id: str) -> str:
    """Return the printed name of a circle."""
    return str(assessed.circle_facts.loc[circle_id, "name"])


def of_circle(table: pd.DataFrame, circle_id: str) -> pd.DataFrame:
    """Return the rows of one circle."""
    return table[table["circle_id"] == circle_id]


def community_names(assessed: Assessed, circle_id: str) -> list[str]:
    """Return the communities of a circle; one that belongs in part says so."""
    named = assessed.district.communities["name"]
    return [
        f"{named.get(community, community)}{'（部分）' if part else ''}"
        for community, part in _communities(assessed, circle_id)
    ]


def _communities(assessed: Assessed, circle_id: str) -> list[tuple[str, bool]]:
    """Return the communities of a circle and whether only a part of each belongs.

    A circle that was drawn, not put together, has those its doors stand in.
    """
    members = of_circle(assessed.district.circle_members, circle_id)
    if len(members):
        return [(str(row.community_id), bool(row.part)) for row in records(members)]
    inside = part(assessed, "doors", circle_id)["community_id"].unique()
    listed = assessed.district.communities.index
    return [(str(community), False) for community in sorted(inside) if community in listed]


def subdistrict_of(assessed: Assessed, circle_id: str) -> str:
    """Return the 街道 a circle names, else those of its communities."""
    stated = assessed.district.circles["subdistrict"].get(circle_id)
    if wording.known(stated):
        return str(stated)
    streets = assessed.district.communities["subdistrict"]
    named = [streets.get(community) for community, _ in _communities(assessed, circle_id)]
    return "、".join(dict.fromkeys(str(street) for street in named if wording.known(street)))


def circle_shape(assessed: Assessed, circle_id: str) -> BaseGeometry | None:
    """Return the boundary of a circle that was used, or a hull of its doors where there is none."""
    used = assessed.circles.geometry.get(circle_id) if circle_id else None
    if used is not None and not used.is_empty:
        return used
    doors = part(assessed, "doors", circle_id).geometry.dropna()
    if not circle_id or not len(doors):
        return None
    return shapely.MultiPoint(list(doors)).convex_hull.buffer(HULL_DEGREES)


def requirements_of(assessed: Assessed) -> dict[str, Requirement]:
    """Return the requirements of the standard by id."""
    return {one.id: one for one in assessed.standard.requirements}


def requirement_text(one: Requirement) -> str:
    """Return the plan's own words, or the rule in a sentence where a pack does not quote them."""
    return one.text or one.describe()


def requirement_label(one: Requirement) -> str:
    """Name a requirement; of a trade, anything but its number says what is asked of it."""
    plain = not one.trades or one.rule.name in {"count", "ladder", "variety"}
    return one.name if plain else f"{one.name}（{SHAPE_NAMES[one.rule.name]}）"


def ways(assessed: Assessed) -> dict[str, str]:
    """Return how people go (步行), for the requirements on how far they have to."""
    listed = assessed.standard.requirements
    return {one.id: MODES[one.rule.mode] for one in listed if isinstance(one.rule, ReachRule)}


def sought(one: Requirement | None) -> tuple[str, ...]:
    """Return the trades any of which answers a requirement; a variety has no such trade."""
    if one is None or not (len(one.trades) == 1 or isinstance(one.rule, ReachRule)):
        return ()
    return one.trades


def musts(findings: pd.DataFrame) -> pd.DataFrame:
    """Return the findings on what has to be met; only they make a gap."""
    return findings[findings["severity"] == "must"]


@dataclass(frozen=True)
class CircleState:
    """Sum a circle up in one verdict word and a short label."""

    word: str
    lacking: int
    unknown: int
    served: int

    @property
    def label(self) -> str:
        """Write what matters first: ``缺5项 · 未核实3项``, or that all is met."""
        parts = [f"缺{self.lacking}项"] if self.lacking else []
        if self.unknown:
            parts.append(f"未核实{self.unknown}项")
        if not self.lacking and self.served:
            parts.insert(0, "已核实的均达标" if self.unknown else "全部达标")
        return " · ".join(parts) or "没有可对照的要求"


def circle_state(assessed: Assessed, circle_id: str) -> CircleState:
    """Count what a circle lacks as the gap list does, and what of the musts is open or met."""
    return once(assessed, circle_states)[circle_id]


def circle_states(assessed: Assessed) -> dict[str, CircleState]:
    """Return the state of every circle."""
    return {circle: _state(assessed, circle) for circle in circle_ids(assessed)}


def _state(assessed: Assessed, circle_id: str) -> CircleState:
    lacking = len(part(assessed, "gaps", circle_id))
    counts = musts(part(assessed, "findings", circle_id))["verdict"].value_counts()
    unknown, served = (int(counts.get(verdict, 0)) for verdict in ("unknown", "served"))
    word = "not_applicable"
    for name, count in (("served", served), ("unknown", unknown), ("lacking", lacking)):
        word = name if count else word
    return CircleState(word, lacking, unknown, served)


def own_outlets(assessed: Assessed) -> gpd.GeoDataFrame:
    """Return the outlets of the district itself, not those of the belt around it."""
    outlets = assessed.outlets
    own = outlets[(outlets["community_id"] != "") | (outlets["circle_id"] != "")]
    return own if len(own) else outlets


def outlet_trades(assessed: Assessed) -> dict[str, list[str]]:
    """Return the trades of each outlet, in the order they were given."""
    table = assessed.district.outlet_trades
    held: dict[str, list[str]] = {}
    for row in records(table[["outlet_id", "trade"]]):
        held.setdefault(str(row.outlet_id), []).append(str(row.trade))
    return held


def natures(assessed: Assessed) -> dict[str, str]:
    """Say of each outlet whether it is real or made up, by the file it came from.

    Outlets that came from no file, made in memory, are what the only source says of them.
    """
    held = [one for one in assessed.district.sources if one.table == "outlets"]
    words = {one.file: one.status.label for one in held}
    alone = held[0].status.label if len(held) == 1 else wording.NOT_STATED
    outlets = assessed.outlets
    files = outlets["source"] if "source" in outlets else [""] * len(outlets)
    return {
        str(outlet): words.get(str(file), alone)
        for outlet, file in zip(outlets.index, files, strict=True)
    }


def worst_areas(areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the blind areas of the requirement that leaves out most people.

    A door stands in one blind area of a requirement at most, so people count once; where nobody
    knows the people, doors are compared.
    """
    if not len(areas):
        return areas
    sums = areas.groupby("requirement_id", sort=True)[["people", "doors"]].sum()
    worst = sums.sort_values(["people", "doors"], ascending=False, kind="stable").index[0]
    return areas[areas["requirement_id"] == worst]


def hit(areas: gpd.GeoDataFrame) -> str:
    """Say how many people live in some blind areas, or how many doors where nobody knows."""
    people = areas["people"].sum(min_count=1)
    if wording.known(people):
        return f"居民{wording.people(people)}"
    return f"{int(areas['doors'].sum())}个楼门"
