"""Plan stops and hours of mobile supply (直通车, 集市) where nothing can be built.

密云 五（四）: where space is far too short, or houses are about to go, boxes, 直通车 and markets
serve in the meantime. Stops stand along streets, where they serve most of those whom no room
could; a vehicle serves them one after the other. What is mobile meets a requirement only if the
standard says so; otherwise it is transitional (过渡), and the plan says which.
"""

from dataclasses import dataclass
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from livingcircle._rules.conditions import Where
from livingcircle._siting.answers import Choice
from livingcircle._siting.instance import Instance
from livingcircle._siting.instance import Limits
from livingcircle._siting.most import cover_most
from livingcircle.assessment import Assessment
from livingcircle.candidates import UNCHECKED
from livingcircle.candidates import Candidates
from livingcircle.candidates import frontage_candidates
from livingcircle.errors import SitingError
from livingcircle.lacking import Lacking
from livingcircle.lacking import find_lacking
from livingcircle.site_options import Near
from livingcircle.site_options import list_options
from livingcircle.siting import Wish

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

# What a vehicle or a stall can bring (密云 五（四）; 国家2023 三（三）流动服务).
MOBILE = frozenset(
    {"vegetable", "fresh_store", "breakfast", "repair", "hairdresser", "laundry", "recycling",
     "parcel_point", "supermarket", "convenience_store", "pharmacy"}
)  # fmt: skip
COLUMNS = [
    "vehicle", "stop", "place", "circle_id", "arrives", "leaves", "trades", "trade_names",
    "people", "elders", "counts",
]  # fmt: skip
DAY = 24 * 60  # minutes
COUNTS, MEANWHILE = "按标准可计入", "过渡，不计入达标"


@dataclass(frozen=True)
class Timetable:
    """Say how mobile supply goes round.

    Attributes
    ----------
    stops
        Most stops altogether.
    vehicles
        How many go round at the same time, each its own stops.
    begins
        When the first stop begins, in minutes after midnight.
    stay
        Minutes at each stop.
    kmh
        Speed between stops, streets taken to be 1.3 times the straight way.
    """

    stops: int = 6
    vehicles: int = 1
    begins: int = 7 * 60
    stay: int = 60
    kmh: float = 15.0


@dataclass(frozen=True)
class MobilePlan:
    """Hold where mobile supply stops and when.

    Attributes
    ----------
    stops
        One row for each stop, in the order of the day, with its place in ``lon`` and ``lat``.
    choice
        How good the choice of stops is: value, bound and gap.
    left
        People whom no stop serves, by service.
    """

    stops: pd.DataFrame
    choice: Choice
    left: pd.DataFrame


def plan_mobile(
    assessment: Assessment,
    wish: Wish,
    timetable: Timetable | None = None,
    beyond: Candidates | None = None,
) -> MobilePlan:
    """Return stops for those who lack something that can come to them.

    Parameters
    ----------
    assessment
        Who lacks what.
    wish
        Trades, weights and effort; trades that cannot come are left out.
    timetable
        How many stops, when and how long.
    beyond
        Rooms that can be had; only whom none of them could serve is looked at then.

    Raises
    ------
    SitingError
        If none of the trades can be mobile, or nobody lacks one.
    """
    timetable = _checked(timetable or Timetable())
    demand = _lacking(assessment, wish, beyond)
    candidates = frontage_candidates(assessment.situation)
    instance = _instance(candidates, demand)
    choice = cover_most(instance, Limits(count=timetable.stops), wish.effort)
    served = np.zeros(len(demand), dtype=np.bool_)
    for one in choice.chosen.tolist():
        served[instance.covers(one)] = True
    left = pd.DataFrame(
        {
            "trade_name": [one.name for one in demand.asked],
            "lacking": _by_service(demand, np.ones(len(demand), dtype=np.bool_)),
            "left": _by_service(demand, ~served),
        }
    )
    chosen = instance, choice.chosen
    stops = _stop_table(assessment, candidates, demand, chosen, timetable)
    return MobilePlan(stops, choice, left)


def _checked(timetable: Timetable) -> Timetable:
    """Refuse a timetable that cannot be kept."""
    if timetable.stops < 1 or timetable.vehicles < 1 or timetable.stay < 1 or timetable.kmh <= 0:
        what = "停靠点、车辆数、停留分钟数和车速都要大于 0"
        raise SitingError(what, where="移动供给", remedy="改为大于 0 的数")
    most = -(-timetable.stops // timetable.vehicles)
    if timetable.begins + most * timetable.stay > DAY:
        what = f"每辆车{most}个停靠点、每点{timetable.stay}分钟，一天排不下"
        raise SitingError(what, where="移动供给", remedy="减少停靠点或停留时间，或增加车辆")
    return timetable


def _lacking(assessment: Assessment, wish: Wish, beyond: Candidates | None) -> Lacking:
    """Return who lacks what can come to them, and no room could serve."""
    trades = [trade for trade in wish.trades if trade in MOBILE]
    if wish.trades and not trades:
        what = "这些业态不能用直通车、集市等移动方式提供"
        raise SitingError(what, where="移动供给", remedy="换成菜篮子、早餐、小修小补等业态")
    demand = find_lacking(assessment, trades, wish.weights)
    movable = np.array([bool(MOBILE.intersection(one.trades)) for one in demand.asked])
    keep = movable[demand.service] if len(demand) else np.zeros(0, dtype=np.bool_)
    if beyond is not None:
        keep[list_options(assessment, beyond, demand, wish.terms).instance.rows] = False
    if not keep.any():
        raise SitingError(_why_nobody(demand, movable), where="移动供给", remedy="换一种业态")
    names = "service", "door", "people", "elders", "infants", "weight"
    return replace(demand, **{name: getattr(demand, name)[keep] for name in names})


def _why_nobody(demand: Lacking, movable: Bools) -> str:
    """Say why there is nobody to serve: nobody lacks, nobody knows, or rooms are near enough."""
    if movable.any() and len(demand) and movable[demand.service].any():
        return "缺的居民附近都有空间可用，先在空间里补（加 --all 不看空间）"
    if movable.any() and demand.unknown_doors[movable].any():
        return "没有居民确认缺可以移动提供的业态，有的还没有核实"
    return "没有居民缺可以移动提供的业态"


def _instance(candidates: Candidates, demand: Lacking) -> Instance:
    """Return the choice of stops, each with all that can come, for the models."""
    doors = len(candidates.situation.doors)
    row_of = demand.row_of(doors)
    near = Near(candidates.reader, (doors, len(candidates)), demand.asked)
    places, rows = [np.empty(0, dtype=np.int64)], [np.empty(0, dtype=np.int64)]
    for service, one in enumerate(demand.asked):
        place, door = near.within(one)
        row = row_of[service, door]
        places.append(place[row >= 0])
        rows.append(row[row >= 0])
    place, row = np.concatenate(places), np.concatenate(rows)
    order = np.lexsort((row, place))
    start = np.searchsorted(place[order], np.arange(len(candidates) + 1))
    return Instance(start=start, rows=row[order], weight=demand.weight)


def _stop_table(
    assessment: Assessment,
    candidates: Candidates,
    demand: Lacking,
    choice: tuple[Instance, Ints],
    timetable: Timetable,
) -> pd.DataFrame:
    """Return the stops in the order of the day."""
    instance, chosen = choice
    rounds = _rounds(candidates.xy[chosen], timetable.vehicles)
    circles = assessment.situation.members.circles
    rows = []
    for vehicle, stops in enumerate(rounds, start=1):
        clock, before = float(timetable.begins), -1
        for number, stop in enumerate(stops, start=1):
            place = int(chosen[stop])
            if before >= 0:
                clock += timetable.stay + _drive(candidates.xy[[before, place]], timetable.kmh)
            circle = int(candidates.units[1][place])
            rows.append(
                {
                    "vehicle": vehicle,
                    "stop": number,
                    "place": candidates.spaces[place].name.replace(UNCHECKED, ""),
                    "circle_id": str(circles[circle]) if circle >= 0 else "",
                    "arrives": _hour(clock),
                    "leaves": _hour(clock + timetable.stay),
                    "lon": candidates.lonlat[place, 0],
                    "lat": candidates.lonlat[place, 1],
                    **_whom(assessment, demand, instance.covers(place)),
                }
            )
            before = place
        if clock + timetable.stay > DAY:
            what = f"第{vehicle}辆车连同路上的时间，一天排不下{len(stops)}个停靠点"
            raise SitingError(what, where="移动供给", remedy="减少停靠点或停留时间，或增加车辆")
    return pd.DataFrame(rows, columns=[*COLUMNS, "lon", "lat"])


def _whom(
    assessment: Assessment, demand: Lacking, rows: npt.NDArray[np.integer[Any]]
) -> dict[str, object]:
    """Return whom a stop serves with what, everybody once, and whether it counts."""
    _, first = np.unique(demand.door[rows], return_index=True)
    people, elders = (column[rows[first]] for column in (demand.people, demand.elders))
    asked = [demand.asked[one] for one in np.unique(demand.service[rows]).tolist()]
    trades = [next(t for t in one.trades if t in MOBILE) for one in asked]
    # Hours of a stop are short; a requirement with conditions of its own is not met by it.
    asks = [one.requirement for one in asked]
    counted = all(one.count_mobile and one.where == Where() for one in asks)
    return {
        "trades": "、".join(dict.fromkeys(trades)),
        "trade_names": "、".join(
            dict.fromkeys(assessment.standard.name_of(trade) for trade in trades)
        ),
        "people": float(np.nansum(people)) if (~np.isnan(people)).any() else float("nan"),
        "elders": float(np.nansum(elders)) if (~np.isnan(elders)).any() else float("nan"),
        "counts": COUNTS if counted else MEANWHILE,
    }


def _rounds(xy: Floats, vehicles: int) -> list[list[int]]:
    """Return the stops of each vehicle: parted from west to east, each to the nearest next.

    ``xy`` are in the order of the choice, so that a round begins at the stop that adds most,
    people weighted.
    """
    order = np.lexsort((xy[:, 1], xy[:, 0]))
    rounds = []
    for part in np.array_split(order, vehicles):
        left = sorted(part.tolist())
        stops, left = left[:1], left[1:]
        while left:
            metres = np.linalg.norm(xy[left] - xy[stops[-1]], axis=1)
            stops.append(left.pop(int(metres.argmin())))
        if stops:
            rounds.append(stops)
    return rounds


def _drive(ends: Floats, kmh: float) -> float:
    """Return the minutes between two stops."""
    return float(np.linalg.norm(ends[1] - ends[0]) * 1.3 / 1000 / kmh * 60)


def _hour(minutes: float) -> str:
    """Write minutes after midnight as an hour, rounded up to the minute."""
    whole = int(-(-minutes // 1))
    return f"{whole // 60:02d}:{whole % 60:02d}"


def _by_service(demand: Lacking, some: Bools) -> Floats:
    """Return the people of some rows by service; doors where nobody knows."""
    people = np.where(np.isnan(demand.people), 1.0, demand.people)
    counted = np.bincount(demand.service[some], people[some], minlength=len(demand.asked))
    return counted.astype(np.float64)
