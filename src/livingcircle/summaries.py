"""Sum doors up into tables: access by trade, people covered by unit, blind areas with names.

Every figure is a weighted sum over the same doors; communities, circles and the district are
views of them, so people are conserved.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from livingcircle.access import Access
from livingcircle.access import band_of
from livingcircle.blind_areas import Neighbourhood
from livingcircle.blind_areas import People
from livingcircle.blind_areas import find_blind_areas
from livingcircle.gaps import LACKING
from livingcircle.gaps import NOT_APPLICABLE
from livingcircle.gaps import SERVED
from livingcircle.gaps import UNKNOWN
from livingcircle.gaps import DoorVerdicts
from livingcircle.gaps import Service
from livingcircle.situation import Situation

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

VERDICTS = (SERVED, LACKING, UNKNOWN, NOT_APPLICABLE)
NO_RADIUS = "配置标准没有规定这类业态的服务半径"
LEVELS = ("community", "circle", "district")


@dataclass(frozen=True)
class Judged:
    """Hold one service with the verdict of every door."""

    service: Service
    title: str
    tier: str
    doors: DoorVerdicts

    @property
    def plain(self) -> bool:
        """Return whether any outlet of the trade will do, whatever its hours or size."""
        return self.service.needs == self.service.trades


def access_table(
    situation: Situation, access: Access, judged: Mapping[str, Judged], trades: tuple[str, ...]
) -> pd.DataFrame:
    """Return one row for each door and trade.

    Parameters
    ----------
    situation, access
        Doors and their distances.
    judged
        The service that judges each trade; trades without one are not applicable.
    trades
        Trades to list, in this order.
    """
    ids = pd.Index(situation.doors.index)
    # The last place answers for outlet number -1: none.
    outlets = np.array([*situation.district.outlets.index, None], dtype=object)
    parts = [
        _access_part(
            access, _column(access, trade, judged.get(trade)), judged.get(trade), outlets
        ).assign(door_id=ids, trade=trade)
        for trade in trades
    ]
    table = pd.concat(parts, ignore_index=True)
    for column in ("trade", "band", "verdict", "reason"):
        table[column] = table[column].astype("category")
    first = ["door_id", "trade"]
    return table[[*first, *(c for c in table.columns if c not in first)]]


def _column(access: Access, trade: str, judged: Judged | None) -> int:
    """Return the column that a trade's verdict was made from, so that row and verdict agree."""
    if judged is None or trade not in judged.service.trades:
        return access.column(trade)
    return access.column(judged.service.needs[judged.service.trades.index(trade)])


def _access_part(
    access: Access, column: int, judged: Judged | None, outlets: npt.NDArray[np.object_]
) -> pd.DataFrame:
    """Return the rows of one trade."""
    count = len(access.metres)
    nothing = np.full(count, "", dtype=object)
    verdict = judged.doors.verdict if judged else np.full(count, NOT_APPLICABLE, dtype=object)
    return pd.DataFrame(
        {
            "metres": _finite(access.metres[:, column], 1),
            "minutes": _finite(access.minutes[:, column], 2),
            "outlet_id": pd.array(outlets[access.outlet[:, column]], dtype="str"),
            "circle_metres": _finite(access.circle_metres[:, column], 1),
            "circle_outlet_id": pd.array(outlets[access.circle_outlet[:, column]], dtype="str"),
            "count_good": access.count_good[:, column],
            "count_pass": access.count_pass[:, column],
            "band": band_of(access.minutes[:, column]),
            "verdict": verdict,
            "reason": judged.doors.reason if judged else nothing + NO_RADIUS,
            "method": access.method,
        }
    )


def _finite(values: Floats, digits: int) -> Floats:
    """Round, and write nothing where there is no way."""
    return np.where(np.isfinite(values), np.round(values, digits), np.nan)


def unit_numbers(situation: Situation) -> dict[str, tuple[pd.Index, Ints]]:
    """Return, for each level, the unit ids and the unit number of each door (-1 for none)."""
    members = situation.members
    everyone = np.zeros(len(situation.doors), dtype=np.int64)
    return {
        "community": (members.communities, members.door_community),
        "circle": (members.circles, members.door_circle),
        "district": (pd.Index(["district"]), everyone),
    }


def unit_names(situation: Situation) -> dict[str, dict[str, str]]:
    """Return the printed name of every unit of every level."""
    district = situation.district
    return {
        "community": district.communities["name"].astype(str).to_dict(),
        "circle": district.circles["name"].astype(str).to_dict(),
        "district": {"district": district.name},
    }


def circle_of_community(situation: Situation) -> dict[str, str]:
    """Return the circle each community belongs to as a whole; others are left out."""
    pairs = situation.district.circle_members
    whole = pairs[~pairs["part"].astype(bool)]
    return dict(zip(whole["community_id"], whole["circle_id"], strict=True))


COVERAGE_COLUMNS = ["level", "unit_id", "trade", "doors", "people", *VERDICTS, "good", "counted"]


def coverage_table(situation: Situation, judged: Mapping[str, Judged]) -> pd.DataFrame:
    """Return people by verdict for each unit and trade.

    Where nobody knows how many live behind any of a unit's doors, ``people`` is missing and the
    verdicts count doors; ``counted`` says which of the two they count.
    """
    names = unit_names(situation)
    circle_of = circle_of_community(situation)
    residents = situation.doors["residents"].to_numpy(dtype=np.float64)
    rows = [
        _covered(level, ids, number, residents, trade, one.doors)
        for level, (ids, number) in unit_numbers(situation).items()
        for trade, one in judged.items()
        if len(ids)
    ]
    table = pd.concat(rows, ignore_index=True) if rows else pd.DataFrame(columns=COVERAGE_COLUMNS)
    known = (table["served"] + table["lacking"]).astype("float64")
    table["share"] = (table["served"].astype("float64") / known.where(known > 0)).round(4)
    table["unit_name"] = [
        names[lv][u] for lv, u in zip(table["level"], table["unit_id"], strict=True)
    ]
    table["circle_id"] = [
        u if lv == "circle" else circle_of.get(u, "")
        for lv, u in zip(table["level"], table["unit_id"], strict=True)
    ]
    return table.round(dict.fromkeys((*VERDICTS, "people", "good"), 1))


def _covered(
    level: str, ids: pd.Index, number: Ints, residents: Floats, trade: str, doors: DoorVerdicts
) -> pd.DataFrame:
    """Return the coverage of one trade in every unit of one level."""
    count = len(ids)
    known = _sum(number, count, np.isfinite(residents).astype(np.float64)) > 0
    weight = np.where(known[number], np.nan_to_num(residents), 1.0)
    sums = {word: _sum(number, count, weight * (doors.verdict == word)) for word in VERDICTS}
    return pd.DataFrame(
        {
            "level": level,
            "unit_id": ids.to_numpy(dtype=object),
            "trade": trade,
            "doors": np.bincount(number[number >= 0], minlength=count),
            "people": np.where(known, _sum(number, count, weight), np.nan),
            **sums,
            "good": _sum(number, count, weight * doors.good),
            "counted": np.where(known, "people", "doors"),
        }
    )


def _sum(number: Ints, count: int, weight: Floats) -> Floats:
    """Return the sum of a weight over each unit's doors."""
    inside = number >= 0
    return np.bincount(number[inside], weights=weight[inside], minlength=count).astype(np.float64)


def people_of(situation: Situation) -> People:
    """Return the people at each door."""
    doors = situation.doors
    return People(
        residents=doors["residents"].to_numpy(dtype=np.float64),
        elders=doors["age_60_plus"].to_numpy(dtype=np.float64),
        infants=doors["age_0_3"].to_numpy(dtype=np.float64),
    )


def blind_area_table(
    situation: Situation,
    access: Access,
    place: Neighbourhood,
    judged: Mapping[str, Judged],
) -> gpd.GeoDataFrame:
    """Return one row for each blind area of each service, people first."""
    people = people_of(situation)
    circle = situation.members.door_circle
    parts = []
    for one in judged.values():
        verdict = one.doors.verdict
        found = find_blind_areas(
            place, verdict == LACKING, verdict == SERVED, circle, people, one.doors.metres
        )
        if len(found):
            parts.append(_named(situation, access, one, found).assign(trade=one.service.trades[0]))
    columns = ["circle_id", "circle_name", "community_names", "trade", "trade_name", "tier"]
    columns += ["requirement_id", "radius_m"]
    columns += ["doors", "people", "elders", "infants", "nearest_m", "farthest_m"]
    columns += ["nearest_outlet_id", "nearest_name", "place", "geometry"]
    if not parts:
        return gpd.GeoDataFrame(
            pd.DataFrame(columns=columns, index=pd.Index([], name="blind_area_id", dtype="str")),
            geometry="geometry",
            crs="EPSG:4326",
        )
    table = pd.concat(parts, ignore_index=True)
    table = table.sort_values(
        ["people", "doors", "requirement_id", "place"], ascending=[False, False, True, True]
    )
    table.index = pd.Index([f"B{n:04d}" for n in range(1, len(table) + 1)], name="blind_area_id")
    return gpd.GeoDataFrame(table[columns], geometry="geometry", crs="EPSG:4326")


def _named(
    situation: Situation, access: Access, one: Judged, found: gpd.GeoDataFrame
) -> pd.DataFrame:
    """Give blind areas the names people know them by."""
    names = unit_names(situation)
    circles = np.append(situation.members.circles.to_numpy(dtype=object), "")
    outlets = situation.district.outlets
    outlet_of = np.append(outlets.index.to_numpy(dtype=object), "")
    outlet_name = np.append(outlets["name"].to_numpy(dtype=object), "")
    door = found["nearest_door"].to_numpy(dtype=np.int64)
    need = one.doors.need[door]
    nearest = np.where(need >= 0, access.outlet[door, need], -1)
    communities = [
        _communities(situation, members, names["community"]) for members in found["members"]
    ]
    shapes = situation.grid.unproject(found.geometry.to_numpy())
    return pd.DataFrame(
        {
            "circle_id": circles[found["circle"]],
            "circle_name": [
                names["circle"].get(c, "不在任何生活圈") for c in circles[found["circle"]]
            ],
            "community_names": communities,
            "trade_name": one.title,
            "tier": one.tier,
            "requirement_id": one.service.requirement_id,
            "radius_m": one.service.far if np.isfinite(one.service.far) else np.nan,
            "doors": found["doors"].to_numpy(),
            "people": found["people"].round(1).to_numpy(),
            "elders": found["elders"].round(1).to_numpy(),
            "infants": found["infants"].round(1).to_numpy(),
            "nearest_m": found["nearest_m"].round(1).to_numpy(),
            "farthest_m": found["farthest_m"].round(1).to_numpy(),
            "nearest_outlet_id": outlet_of[nearest],
            "nearest_name": outlet_name[nearest],
            "place": [_place(situation, members) for members in found["members"]],
            "geometry": shapes,
        }
    )


def _communities(situation: Situation, members: Ints, names: dict[str, str]) -> str:
    """Return the communities of some doors, the one with most doors first."""
    number = situation.members.door_community[members]
    ids = situation.members.communities
    counted = Counter(number[number >= 0].tolist())
    order = sorted(counted, key=lambda n: (-counted[n], n))
    return "、".join(names[ids[n]] for n in order)


def _place(situation: Situation, members: Ints) -> str:
    """Return the streets some doors open onto, at most three."""
    ends, network = situation.door_ends, situation.network
    if ends is None or network is None:
        return ""
    here = np.isin(ends.owner, members) & (ends.segment >= 0)
    counted = Counter(network.name[ends.segment[here]])
    named = [street for street in counted if not street.isascii()]
    order = sorted(named, key=lambda s: (-counted[s], s))[:3]
    return "、".join(order) + "一带" if order else ""
