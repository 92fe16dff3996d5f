"""Name what the plan sheets read of an assessment, and the few look-ups they share.

The sheets only read tables. Whatever has these attributes can be printed: the result of
``livingcircle.assess``, one read back from a folder, or a hand-made one in a test.
"""

import math
from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from typing import Protocol

import geopandas as gpd
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from livingcircle.district import District
from livingcircle.district import Source
from livingcircle.trades import TRADES

HULL_DEGREES = 0.0004  # some 40 m around doors that no boundary holds together


class Named(Protocol):
    """Name what was assessed and the files it was read from."""

    @property
    def name(self) -> str:
        """Return the name printed on titles."""

    @property
    def sources(self) -> tuple[Source, ...]:
        """Return one entry for each file read."""


class Compared(Protocol):
    """Hold what two runs are compared by; a run read back from its folder has it too."""

    @property
    def district(self) -> Named:
        """Return what was assessed."""

    @property
    def standard(self) -> Any:  # noqa: ANN401 - the pack as loaded, or its name
        """Return the standard judged by."""

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
    def standard(self) -> Any:  # noqa: ANN401 - the pack as loaded
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


def records(frame: pd.DataFrame) -> Iterator[Any]:
    """Yield the rows of a table as named tuples; their cells are of any type."""
    # Text columns are slow to walk as they are; as plain objects the whole table is at hand.
    yield from frame.astype(object).itertuples()


def trade_label(code: object) -> str:
    """Return the Chinese name of a trade; a code outside the catalogue stays as it is."""
    if not isinstance(code, str) or not code:
        return ""
    trade = TRADES.get(code)
    return trade.name if trade is not None else code


def circle_ids(assessed: Assessed) -> list[str]:
    """Return the circles in their own order."""
    return [str(circle) for circle in assessed.circle_facts.index]


def of_circle(table: pd.DataFrame, circle_id: str) -> pd.DataFrame:
    """Return the rows of one circle."""
    return table[table["circle_id"] == circle_id]


def community_names(assessed: Assessed, circle_id: str) -> list[str]:
    """Return the communities of a circle; one that belongs in part says so.

    A circle that was drawn, not put together, has those its doors stand in.
    """
    district = assessed.district
    members = of_circle(district.circle_members, circle_id)
    named = district.communities["name"]
    if len(members):
        return [
            f"{named.get(row.community_id, row.community_id)}{'（部分）' if row.part else ''}"
            for row in records(members)
        ]
    inside = of_circle(assessed.doors, circle_id)["community_id"].unique()
    return [str(named[community]) for community in sorted(inside) if community in named.index]


def circle_shape(assessed: Assessed, circle_id: str) -> BaseGeometry | None:
    """Return the boundary of a circle that was used, or a hull of its doors where there is none."""
    used = assessed.circles.geometry.get(circle_id) if circle_id else None
    if used is not None and not used.is_empty:
        return used
    doors = of_circle(assessed.doors, circle_id).geometry.dropna()
    if not circle_id or not len(doors):
        return None
    return shapely.MultiPoint(list(doors)).convex_hull.buffer(HULL_DEGREES)


def place_label(row: Any) -> str:  # noqa: ANN401 - a row of gaps or findings
    """Say which part of a circle a row is about: a community, the whole circle, the district."""
    if row.level == "community":
        return str(row.unit_name)
    return "全圈" if row.level == "circle" else "全区"


def nearest_names(assessed: Assessed, frame: pd.DataFrame) -> list[str]:
    """Return, for each gap, the outlet that most of the doors lacking the trade reach first."""
    reached = assessed.access[["door_id", "trade", "outlet_id", "verdict"]].astype(object)
    reached = reached[reached["outlet_id"].notna() & (reached["outlet_id"] != "")]
    reached = reached.join(assessed.doors[["community_id", "circle_id"]], on="door_id")
    by_trade = dict(list(reached.groupby("trade", sort=False)))
    names = assessed.outlets["name"]
    found = []
    for row in records(frame):
        rows = by_trade.get(row.trade, reached.iloc[:0])
        if row.level in {"community", "circle"}:
            rows = rows[rows[f"{row.level}_id"] == row.unit_id]
        lacking = rows[rows["verdict"] == "lacking"]
        counted = (lacking if len(lacking) else rows)["outlet_id"].value_counts()
        most = sorted(counted.index[counted == counted.max()])
        found.append(str(names.get(most[0], "")) if most else "")
    return found


def requirement_text(assessed: Assessed, requirement_id: str) -> str:
    """Return the wording of a requirement, from the standard or else from its findings."""
    requirement = _requirement(assessed, requirement_id)
    for attribute in ("text", "sentence", "wording", "title", "explanation"):
        text = getattr(requirement, attribute, "")
        if isinstance(text, str) and text:
            return text
    findings = assessed.findings
    said = findings.loc[findings["requirement_id"] == requirement_id, "explanation"]
    return str(said.iloc[0]) if len(said) else ""


def reach_metres(assessed: Assessed, trade: str) -> float:
    """Return the walking radius a trade is judged by: the upper end of the plan's range."""
    found = [
        float(reach)
        for requirement in getattr(assessed.standard, "requirements", ())
        if trade in _trades_of(requirement)
        for reach in (getattr(getattr(requirement, "rule", None), "pass_metres", None),)
        if isinstance(reach, int | float)
    ]
    return max(found, default=math.nan)


def radius_requirements(assessed: Assessed) -> set[str]:
    """Return the ids of the requirements on how far people have to walk."""
    return {
        str(one.id)
        for one in getattr(assessed.standard, "requirements", ())
        if getattr(getattr(one, "rule", None), "name", "") == "reach"
    }


def _requirement(assessed: Assessed, requirement_id: str) -> object | None:
    requirements = getattr(assessed.standard, "requirements", ())
    return next((r for r in requirements if getattr(r, "id", "") == requirement_id), None)


def _trades_of(requirement: object) -> tuple[str, ...]:
    trades = getattr(requirement, "trades", ()) or (getattr(requirement, "trade", ""),)
    return tuple(str(trade) for trade in trades)


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
    """Count the verdicts on the basic tier of a circle and its communities."""
    rows = of_circle(assessed.findings, circle_id)
    counts = rows.loc[rows["tier"] == "basic", "verdict"].value_counts()
    lacking, unknown, served = (int(counts.get(v, 0)) for v in ("lacking", "unknown", "served"))
    word = "not_applicable"
    for name, count in (("served", served), ("unknown", unknown), ("lacking", lacking)):
        word = name if count else word
    return CircleState(word, lacking, unknown, served)


def outlet_trades(assessed: Assessed) -> dict[str, list[str]]:
    """Return the trades of each outlet, in the order they were given."""
    table = assessed.district.outlet_trades
    held: dict[str, list[str]] = {}
    for row in records(table[["outlet_id", "trade"]]):
        held.setdefault(str(row.outlet_id), []).append(str(row.trade))
    return held


def worst_trade(assessed: Assessed, circle_id: str = "") -> str:
    """Return the trade whose blind areas hold most people; empty when there are none."""
    areas = assessed.blind_areas
    areas = of_circle(areas, circle_id) if circle_id else areas
    if not len(areas):
        return ""
    held = areas.groupby("trade", sort=True)["people"].sum()
    return str(held.idxmax())


def door_verdicts(assessed: Assessed, trade: str) -> dict[str, str]:
    """Return the verdict of each door for one trade, or, without one, its worst basic verdict."""
    access = assessed.access
    if trade:
        rows = access[access["trade"] == trade]
        return dict(zip(rows["door_id"], rows["verdict"].astype(str), strict=True))
    basic = assessed.findings.loc[assessed.findings["tier"] == "basic", "trade"].unique()
    rows = access[access["trade"].isin(basic)]
    order = {"not_applicable": 0, "served": 1, "unknown": 2, "lacking": 3}
    ranks = rows["verdict"].astype(str).map(order).groupby(rows["door_id"]).max()
    words = {rank: word for word, rank in order.items()}
    return {str(door): words[int(rank)] for door, rank in ranks.items()}
