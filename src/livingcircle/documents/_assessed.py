"""Name what the plan sheets read of an assessment, and the few look-ups they share.

The sheets only read tables. Whatever has these attributes can be printed: the result of
``livingcircle.assess``, one read back from a folder, or a hand-made one in a test.
"""

from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from typing import Protocol

import geopandas as gpd
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from livingcircle._rules.reaches import MODES
from livingcircle._rules.reaches import ReachRule
from livingcircle._rules.shapes import SHAPE_NAMES
from livingcircle.district import District
from livingcircle.district import Source
from livingcircle.documents import _wording as wording
from livingcircle.standards import Requirement
from livingcircle.standards import Standard
from livingcircle.trades import TRADES

NAMELESS = "未登记名称的网点"
HULL_DEGREES = 0.0004  # some 40 m around doors that no boundary holds together


class Named(Protocol):
    """Name what was assessed and the files it was read from."""

    @property
    def name(self) -> str:
        """Return the name printed on titles."""

    @property
    def sources(self) -> tuple[Source, ...]:
        """Return one entry for each file read."""


class Titled(Protocol):
    """Name the standard a run was judged by."""

    @property
    def title(self) -> str:
        """Return the title of the pack."""


class Compared(Protocol):
    """Hold what two runs are compared by; a run read back from its folder has it too."""

    @property
    def district(self) -> Named:
        """Return what was assessed."""

    @property
    def standard(self) -> Titled:
        """Return the standard judged by, or its name."""

    @property
    def run(self) -> Mapping[str, Any]:
        """Return checksums, parameters and versions."""

    @property
    def findings(self) -> pd.DataFrame:
        """Return one verdict for each unit and requirement."""

    @property
    def circle_facts(self) -> pd.DataFrame:
        """Return one row of facts for each circle."""

    @property
    def blind_areas(self) -> gpd.GeoDataFrame:
        """Return where no outlet is within reach."""


class Assessed(Protocol):
    """Hold the tables of one run; see ``docs/reference/plan-sheets.md`` for their columns."""

    @property
    def district(self) -> District:
        """Return the checked inputs."""

    @property
    def standard(self) -> Standard:
        """Return the standard judged by."""

    @property
    def run(self) -> Mapping[str, Any]:
        """Return checksums, parameters and versions."""

    @property
    def doors(self) -> gpd.GeoDataFrame:
        """Return where people live."""

    @property
    def outlets(self) -> gpd.GeoDataFrame:
        """Return the shops."""

    @property
    def access(self) -> pd.DataFrame:
        """Return door × trade."""

    @property
    def findings(self) -> pd.DataFrame:
        """Return one verdict for each unit and requirement."""

    @property
    def coverage(self) -> pd.DataFrame:
        """Return people served by unit and trade."""

    @property
    def gaps(self) -> pd.DataFrame:
        """Return what is lacking."""

    @property
    def blind_areas(self) -> gpd.GeoDataFrame:
        """Return where no outlet is within reach."""

    @property
    def circles(self) -> gpd.GeoDataFrame:
        """Return the circles with the boundary that was used."""

    @property
    def indices(self) -> pd.DataFrame:
        """Return indices and rates."""

    @property
    def circle_checks(self) -> pd.DataFrame:
        """Return area, density and barrier checks."""

    @property
    def circle_facts(self) -> pd.DataFrame:
        """Return one row of facts for each circle."""

    @property
    def repairs(self) -> pd.DataFrame:
        """Return what to look at on the streets."""

    @property
    def issues(self) -> pd.DataFrame:
        """Return what is wrong with the files and the reports."""


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
    inside = of_circle(assessed.doors, circle_id)["community_id"].unique()
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
    doors = of_circle(assessed.doors, circle_id).geometry.dropna()
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


def nearest_names(assessed: Assessed, gaps: pd.DataFrame) -> list[str]:
    """Return, for each gap, the outlet that most of the doors lacking the trade reach first.

    A gap in the variety of trades has no nearest outlet.
    """
    asked = requirements_of(assessed)
    trades = [sought(asked.get(requirement)) for requirement in gaps["requirement_id"]]
    reached = _reached(assessed, {trade for held in trades for trade in held})
    names, found = assessed.outlets["name"], []
    for row, wanted in zip(records(gaps), trades, strict=True):
        rows = _first_reached(reached, wanted)
        if row.level in {"community", "circle"}:
            rows = rows[rows[f"{row.level}_id"] == row.unit_id]
        lacking = rows[rows["verdict"] == "lacking"]
        counted = (lacking if len(lacking) else rows)["outlet_id"].value_counts()
        most = sorted(counted.index[counted == counted.max()])
        found.append(str(names.get(most[0], "")) or NAMELESS if most else "")
    return found


def _reached(assessed: Assessed, trades: set[str]) -> dict[str, pd.DataFrame]:
    """Return what doors reach first of each trade, with the units the doors belong to."""
    columns = ["door_id", "trade", "outlet_id", "metres", "verdict"]
    rows = assessed.access.loc[assessed.access["trade"].isin(trades), columns].astype(object)
    rows = rows[rows["outlet_id"].notna() & (rows["outlet_id"] != "")]
    rows = rows.join(assessed.doors[["community_id", "circle_id"]], on="door_id")
    parts = {str(trade): part for trade, part in rows.groupby("trade", sort=False)}
    return parts | {"": rows.iloc[:0]}


def sought(one: Requirement | None) -> tuple[str, ...]:
    """Return the trades any of which answers a requirement; a variety has no such trade."""
    if one is None or not (len(one.trades) == 1 or isinstance(one.rule, ReachRule)):
        return ()
    return one.trades


def _first_reached(reached: Mapping[str, pd.DataFrame], trades: tuple[str, ...]) -> pd.DataFrame:
    """Return what each door reaches first of several trades."""
    held = [reached[trade] for trade in trades if trade in reached]
    if len(held) < 2:  # noqa: PLR2004 - nothing to choose from
        return held[0] if held else reached[""]
    rows = pd.concat(held).sort_values("metres", kind="stable")
    return rows.drop_duplicates("door_id")


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
    lacking = len(of_circle(assessed.gaps, circle_id))
    counts = musts(of_circle(assessed.findings, circle_id))["verdict"].value_counts()
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
    """Say of each outlet whether it is real or made up, by the file it came from."""
    held = [one for one in assessed.district.sources if one.table == "outlets"]
    words = {one.file: one.status.label for one in held}
    alone = held[0].status.label if len(held) == 1 else wording.NOT_STATED
    return {
        str(outlet): words.get(str(file), alone)
        for outlet, file in assessed.outlets["source"].items()
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


def door_verdicts(assessed: Assessed, trade: str) -> dict[str, str]:
    """Return the verdict of each door for one trade, or, without one, its worst basic verdict."""
    access = assessed.access
    if trade:
        rows = access[access["trade"] == trade]
        return dict(zip(rows["door_id"], rows["verdict"].astype(str), strict=True))
    basic = {row.trade for row in assessed.standard.trades if row.tier == "basic"}
    rows = access[access["trade"].isin(basic)]
    order = {"not_applicable": 0, "served": 1, "unknown": 2, "lacking": 3}
    ranks = rows["verdict"].astype(str).map(order).groupby(rows["door_id"]).max()
    words = {rank: word for word, rank in order.items()}
    return {str(door): words[int(rank)] for door, rank in ranks.items()}
