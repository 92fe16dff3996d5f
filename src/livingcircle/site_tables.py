"""Lay a site plan out as tables: sites, who is served, the curve, close plans, the proof."""

from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from livingcircle._rules.counts import CountRule
from livingcircle._rules.counts import LadderRule
from livingcircle.candidates import SOURCE_WORDS
from livingcircle.candidates import standing_in
from livingcircle.chosen import GAP_COLUMNS
from livingcircle.chosen import SITE_COLUMNS
from livingcircle.chosen import ChosenSites
from livingcircle.siting import SitePlan
from livingcircle.standards import Requirement
from livingcircle.trades import with_broader
from livingcircle.units import Unit

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

SERVED_COLUMNS = [
    "trade_name", "requirement_id", "radius", "circle_id", "circle_name", "lacking", "served",
    "left", "out_of_reach", "unknown_people", "unknown_doors", "people_known", "online",
]  # fmt: skip
TIE_BREAK = "同样好时取编号在前的空间和业态"


def site_table(plan: SitePlan) -> gpd.GeoDataFrame:
    """Return one row for each trade in each chosen room, in the order of the plan.

    ``people``, ``elders`` and ``infants`` are whom it newly serves with its trade, each once,
    nobody whom a row above serves with the same; NaN where nobody knows. Whoever gets several
    trades stands in several rows. A cost stands at the first trade of its room; ``conditions``
    are what the standard asks of the outlet beside its trade.
    """
    options, situation = plan.options, plan.assessment.situation
    order = {site: n for n, site in enumerate(plan.sites.tolist(), start=1)}
    community, circle = options.candidates.units
    names = plan.assessment.district.circles["name"]
    rows, places, paid = [], [], set()
    for option in plan.order.tolist():
        site = int(options.candidate[option])
        space, trade = options.candidates.spaces[site], options.trade_of(option)
        circle_id = _name(situation.members.circles, circle[site])
        row: dict[str, Any] = {
            "order": order[site],
            "space_id": space.space_id,
            "space_name": space.name,
            "kind": space.kind,
            "floor": space.floor,
            "area_m2": space.area_m2,
            "approval_path": space.approval_path,
            "use": space.use,
            "source": SOURCE_WORDS[options.candidates.source],
            "community_id": _name(situation.members.communities, community[site]),
            "circle_id": circle_id,
            "circle_name": str(names.get(circle_id, "")),
            "trade": trade,
            "trade_name": plan.assessment.standard.name_of(trade),
            "small": bool(options.small[option]),
            "cost": np.nan if site in paid else space.cost,
            **_whom(plan, option),
        }
        paid.add(site)
        rows.append(row)
        places.append(space.point)
    table = pd.DataFrame(rows, columns=list(SITE_COLUMNS))
    return gpd.GeoDataFrame(table, geometry=gpd.GeoSeries(places, dtype=object), crs="EPSG:4326")


def _whom(plan: SitePlan, option: int) -> dict[str, Any]:
    """Return whom an option newly serves, everybody once."""
    demand = plan.options.demand
    rows = plan.rows_of[option]
    _, first = np.unique(demand.door[rows], return_index=True)
    once = rows[first]
    asked = [demand.asked[one] for one in np.unique(demand.service[rows])]
    return {
        "requirements": "、".join(dict.fromkeys(one.requirement.id for one in asked)),
        "conditions": "、".join(
            dict.fromkeys(word for one in asked for word in one.requirement.where.words())
        ),
        "people": _sum(demand.people[once]),
        "elders": _sum(demand.elders[once]),
        "infants": _sum(demand.infants[once]),
        "doors": len(once),
    }


def served_table(plan: SitePlan) -> pd.DataFrame:
    """Return people lacking before and after, by service and circle; doors where nobody knows.

    ``out_of_reach`` are those among the left whom no candidate could have served. People behind
    doors whose answer is unknown are in no other column than ``unknown_people``, and there for
    the whole district. ``online`` tells where the standard lets same-day online service stand in;
    nobody is counted as served by it.
    """
    demand = plan.options.demand
    circles = plan.assessment.situation.members.circles
    names = plan.assessment.district.circles["name"]
    known = bool((~np.isnan(demand.people)).any())
    many = np.nan_to_num(demand.people) if known else np.ones(len(demand))
    table = pd.DataFrame(
        {
            "service": demand.service,
            "circle": plan.assessment.situation.members.door_circle[demand.door],
            "lacking": many,
            "served": np.where(plan.served >= 0, many, 0.0),
            "out_of_reach": np.where(plan.reachable, 0.0, many),
        }
    )
    sums = table.groupby(["service", "circle"], as_index=False).sum()
    service, circle = sums["service"].tolist(), sums["circle"].tolist()
    ids = [_name(circles, one) for one in circle]
    found = {
        "trade_name": [demand.asked[one].name for one in service],
        "requirement_id": [demand.asked[one].requirement.id for one in service],
        "radius": [demand.asked[one].radius for one in service],
        "circle_id": ids,
        "circle_name": [str(names.get(one, "")) or "圈外" for one in ids],
        "lacking": sums["lacking"],
        "served": sums["served"],
        "left": sums["lacking"] - sums["served"],
        "out_of_reach": sums["out_of_reach"],
        "unknown_people": demand.unknown[service],
        "unknown_doors": demand.unknown_doors[service],
        "people_known": known,
        "online": [demand.asked[one].requirement.online_substitute for one in service],
    }
    table = pd.DataFrame(found, columns=SERVED_COLUMNS)
    # Where nobody surely lacks a service, but nobody knows for some, that is told as well.
    silent = np.setdiff1d(np.flatnonzero(demand.unknown_doors), np.unique(demand.service)).tolist()
    rest = [
        {
            "trade_name": demand.asked[one].name,
            "requirement_id": demand.asked[one].requirement.id,
            "radius": demand.asked[one].radius,
            "circle_name": "全区",
            "unknown_people": demand.unknown[one],
            "unknown_doors": demand.unknown_doors[one],
            "people_known": known,
            "online": demand.asked[one].requirement.online_substitute,
        }
        for one in silent
    ]
    return pd.concat([table, pd.DataFrame(rest, columns=SERVED_COLUMNS)]) if rest else table


def chosen_sites(plan: SitePlan) -> ChosenSites:
    """Return the sites with the gaps they close, for the plan sheets."""
    return ChosenSites(site_table(plan), gap_table(plan))


def gap_table(plan: SitePlan) -> pd.DataFrame:
    """Return which sites help which gaps, and how many people of each gap they newly serve.

    A site helps a gap of reach when it newly serves people of its unit with that very
    requirement; a gap of number when it stands in the unit, and is of a trade that counts. Where
    one gap tells of both number and reach, either helps, and ``counts`` says which.
    """
    demand = plan.options.demand
    order = {site: n for n, site in enumerate(plan.sites.tolist(), start=1)}
    units = {(unit.level, unit.unit_id): unit for unit in plan.assessment.rows.units}
    asked = {one.id: one for one in plan.assessment.standard.requirements}
    here = np.zeros(len(plan.assessment.situation.doors), dtype=np.bool_)
    rows = []
    for gap in plan.assessment.gaps.astype(object).to_dict("records"):
        unit, one = units[gap["level"], gap["unit_id"]], asked[gap["requirement_id"]]
        here[unit.doors] = True
        for option, mine, counts in _helping(plan, one, unit):
            served = mine[here[demand.door[mine]]]
            if counts or len(served):
                site, trade = int(plan.options.candidate[option]), plan.options.trade_of(option)
                space = plan.options.candidates.spaces[site]
                told = plan.assessment.standard.name_of(trade)
                people = _people_once(plan, served)
                where = order[site], space.space_id, space.name
                rows.append((gap["gap_id"], *where, trade, told, people, counts))
        here[unit.doors] = False
    table = pd.DataFrame(rows, columns=list(GAP_COLUMNS))
    return table.sort_values(["gap_id", "order"], kind="stable", ignore_index=True)


def _helping(plan: SitePlan, one: Requirement, unit: Unit) -> Iterator[tuple[int, Ints, bool]]:
    """Yield the opened options that may help a gap, the rows that tell, and whether they count."""
    options, demand = plan.options, plan.options.demand
    number = isinstance(one.rule, CountRule | LadderRule)
    # A gap of number also tells of plain reach for the same trades at the same level.
    tells = [
        asked.requirement.id == one.id
        or (
            number and asked.requirement.level == one.level and set(asked.trades) <= set(one.trades)
        )
        for asked in demand.asked
    ]
    mine = np.array(tells, dtype=np.bool_)
    inside = standing_in(unit, options.candidates)
    for option, rows in plan.rows_of.items():
        trades = with_broader((options.trade_of(option),))
        if not set(one.trades).isdisjoint(trades):
            counts = number and bool(inside[options.candidate[option]])
            yield option, rows[mine[demand.service[rows]]], counts


def _people_once(plan: SitePlan, rows: Ints) -> float:
    """Return the people of some rows, each once; unknown where nobody knows any of them."""
    demand = plan.options.demand
    _, first = np.unique(demand.door[rows], return_index=True)
    return _sum(demand.people[rows[first]])


def distinct_people(plan: SitePlan) -> float:
    """Return the people newly served with anything, each once; unknown where nobody knows."""
    return _people_once(plan, np.flatnonzero(plan.served >= 0))


def curve_table(plan: SitePlan) -> pd.DataFrame:
    """Return what the first, second, … shop adds, and what one more and another would add.

    ``adds`` is worth in weighted people, ``total`` what all so far come to; ``planned`` tells the
    plan's own from those beyond it.
    """
    gains = np.concatenate([plan.gains, plan.further])
    planned = np.arange(len(gains)) < len(plan.gains)
    told = [_shop_label(plan, _of_site(plan, site)) for site in plan.sites.tolist()]
    whole = float(plan.options.demand.weight.sum())
    total = np.cumsum(gains)
    share = total / whole if whole > 0 else np.full(len(total), np.nan)
    numbers = np.arange(1, len(gains) + 1)
    shops = [*told[: len(plan.gains)], *[""] * len(plan.further)]
    columns = {"number": numbers, "planned": planned, "shop": shops}
    return pd.DataFrame({**columns, "adds": gains, "total": total, "share": share})


def _of_site(plan: SitePlan, site: int) -> Sequence[int]:
    """Return the opened options of one room."""
    return [one for one in plan.order.tolist() if plan.options.candidate[one] == site]


def close_table(plan: SitePlan) -> pd.DataFrame:
    """Return plans that were close: which shop exchanged for which, and what is lost by it."""
    rows = [
        (_shop_label(plan, one.out), _shop_label(plan, one.into), one.loss) for one in plan.close
    ]
    return pd.DataFrame(rows, columns=["out", "into", "loss"])


def shortage_table(plan: SitePlan) -> pd.DataFrame:
    """Return numbers that were short, and how many are still missing after the plan."""
    rows = [
        (
            one.unit.name,
            one.unit.level,
            one.name,
            one.requirement_id,
            one.short,
            one.left,
            one.people,
        )
        for one in plan.shortages.all
    ]
    columns = ["unit_name", "level", "trade_name", "requirement_id", "short", "left", "people"]
    return pd.DataFrame(rows, columns=columns)


def left_out_table(plan: SitePlan) -> pd.DataFrame:
    """Return what could not be considered, and why: rooms one by one, options counted."""
    rooms = plan.options.candidates.left_out
    rows = [(f"{one.name}（{one.space_id}）", one.reason) for one in rooms.itertuples()]
    counted = plan.options.left_out.items()
    rows += [(f"{many}个空间×业态", why) for why, many in counted if many]
    rows += [("数量要求", why) for why in plan.shortages.left_out]
    return pd.DataFrame(rows, columns=["what", "reason"])


def proof(plan: SitePlan) -> Mapping[str, Any]:
    """Return how good the plan is: value, bound, gap, how both were found, seed and tie-breaks."""
    choice = plan.choice
    return {
        "question": plan.question,
        "value": choice.value,
        "bound": choice.bound,
        "gap": choice.gap,
        "status": choice.status,
        "how": choice.how,
        "seed": choice.seed,
        "tie_break": TIE_BREAK,
        "unmet": choice.unmet,
        "unmet_bound": choice.unmet_bound,
        "stopped": plan.stopped,
    }


def _shop_label(plan: SitePlan, options: Sequence[int]) -> str:
    """Name some options of one room: which trades in which room."""
    space = plan.options.candidates.spaces[plan.options.candidate[options[0]]]
    trades = "、".join(plan.assessment.standard.name_of(plan.options.trade_of(n)) for n in options)
    return f"{trades}：{space.name}（{space.space_id}）"


def _name(index: pd.Index, number: int) -> str:
    """Return the id of a unit by its number, ``""`` for none."""
    return str(index[number]) if number >= 0 else ""


def _sum(values: Floats) -> float:
    """Return the sum of what is known; unknown where there is something and nothing is known."""
    known = values[~np.isnan(values)]
    return float(known.sum()) if len(known) or not len(values) else float("nan")
