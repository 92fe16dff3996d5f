"""Lay out what there is as tables: doors, outlets, circles, and what a person should look at."""

from collections.abc import Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from livingcircle._rules.sizes import MeasureRule
from livingcircle.circles import Limits
from livingcircle.situation import Situation
from livingcircle.standards import Standard

FACTS = ["name", "kind", "population", "area_km2", "density", "households", "communities"]
FACTS += ["doors", "outlets", "basic_trades_present"]


def door_table(situation: Situation) -> gpd.GeoDataFrame:
    """Return the doors with their units, streets and how far the data reach around them."""
    doors = situation.doors
    circles = np.array([*situation.members.circles, ""], dtype=object)
    kept = ["name", "compound", "residents", "age_0_3", "age_60_plus", "age_65_plus"]
    kept += ["age_80_plus", "basis", "geometry"]
    table = doors[kept].rename_axis("door_id")
    table.insert(1, "community_id", doors["community"].to_numpy(dtype=object))
    table.insert(2, "circle_id", circles[situation.members.door_circle])
    street, leg, side, status = _ends(situation, outlets=False)
    edge = situation.edge_metres
    table = table.assign(
        street=street,
        leg_m=leg,
        side=side,
        attach=status,
        edge_m=np.where(np.isfinite(edge), np.round(edge, 1), np.nan),
    )
    return table.round(
        {"residents": 2, "age_0_3": 2, "age_60_plus": 2, "age_65_plus": 2, "age_80_plus": 2}
    )


def outlet_places(situation: Situation) -> gpd.GeoDataFrame:
    """Return the district's own outlets with their units and streets, none of the belt."""
    district, members = situation.district, situation.members
    communities = np.array([*members.communities, ""], dtype=object)
    circles = np.array([*members.circles, ""], dtype=object)
    street, leg, side, status = _ends(situation, outlets=True)
    table = district.outlets.assign(
        community_id=communities[members.outlet_community],
        circle_id=circles[members.outlet_circle],
        street=street,
        leg_m=leg,
        side=side,
        attach=status,
    )
    return table[~table.index.isin(district.belt)]


def _ends(situation: Situation, *, outlets: bool) -> tuple[Any, Any, Any, Any]:
    """Return street, leg, side and kind of attachment for every door or outlet."""
    count = len(situation.district.outlets) if outlets else len(situation.doors)
    ends = situation.outlet_ends if outlets else situation.door_ends
    if ends is None or situation.network is None:
        blank = np.full(count, "", dtype=object)
        return blank, np.full(count, np.nan), blank, np.full(count, "straight_line", dtype=object)
    best = ends.best(count)
    on = best["segment"].fillna(-1).to_numpy(dtype=np.int64)
    names = np.array([*situation.network.name, ""], dtype=object)
    sides = best["side"].map({1.0: "left", -1.0: "right", 0.0: ""}).fillna("")
    leg = best["leg"].where(best["leg"] < np.inf).round(1)
    status = np.where(on >= 0, "street", "off_network")
    return names[on], leg.to_numpy(), sides.where(on >= 0, "").to_numpy(), status


def repair_table(situation: Situation) -> pd.DataFrame:
    """Return what a person should look at on the network, longest first."""
    columns = ["kind", "place", "lon", "lat", "length_m", "sentence"]
    rows = [{"kind": "note", "sentence": note} for note in situation.notes]
    if situation.network is None:
        rows.append({"kind": "no_streets", "sentence": "没有道路数据，距离按直线×1.3估算"})
        return pd.DataFrame(rows, columns=columns)
    off = int(situation.off_network.sum())
    if off:
        rows.append(
            {"kind": "off_network", "sentence": f"{off}个楼门200米内没有可走的道路，未核实"}
        )
    lost = int(situation.off_street.sum())
    if lost:
        says = f"{lost}家网点200米内没有可走的道路，谁也走不到；核对位置，或补上道路、出入口"
        rows.append({"kind": "outlet_off_street", "sentence": says})
    table = pd.concat([pd.DataFrame(rows, columns=columns), situation.network.repairs])
    return table.sort_values(
        ["kind", "length_m", "lon", "lat"], ascending=[True, False, True, True], ignore_index=True
    )


def circle_fact_table(
    situation: Situation, standard: Standard, units: Sequence[Any], facts: Sequence[Any]
) -> pd.DataFrame:
    """Return one row of facts for each circle."""
    basic = {row.trade for row in standard.trades if row.tier == "basic"}
    rows = {}
    for unit, fact in zip(units, facts, strict=True):
        if unit.level != "circle":
            continue
        people, area = fact.population, fact.area_km2
        rows[unit.unit_id] = {
            "name": unit.name,
            "kind": fact.kind,
            "population": np.nan if people is None else round(people, 1),
            "area_km2": np.nan if area is None else round(area, 3),
            "density": round(people / area, 1) if people is not None and area else np.nan,
            "households": np.nan if fact.households is None else fact.households,
            "communities": len(unit.communities),
            "doors": len(unit.doors),
            "outlets": len(fact.inside),
            "basic_trades_present": len(basic & fact.inside_by_trade.keys()),
        }
    table = pd.DataFrame.from_dict(rows, orient="index", columns=None if rows else FACTS)
    return table.reindex(situation.district.circles.index).rename_axis("circle_id")


def circle_limits(standard: Standard) -> Limits:
    """Return the limits on area and density that a standard sets its circles, else 密云's."""
    usual = Limits()
    spans = {
        one.rule.measure: one.rule.span
        for one in standard.requirements
        if isinstance(one.rule, MeasureRule) and one.level == "circle"
    }
    _, most = spans.get("area_km2", (None, None))
    low, high = spans.get("density", (None, None))
    return Limits(
        area_km2=usual.area_km2 if most is None else most,
        density=usual.density if low is None or high is None else (low, high),
    )
