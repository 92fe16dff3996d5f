"""Explain a verdict: the rule and its clause, the numbers, the outlets and the way there."""

import math
from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from livingcircle._rules.reaches import ReachRule
from livingcircle._rules.tally import counted
from livingcircle.assessment import Assessment
from livingcircle.errors import AssessmentError
from livingcircle.routes import Route
from livingcircle.routes import distances_from
from livingcircle.routes import street_word
from livingcircle.routes import trace
from livingcircle.standards import Requirement
from livingcircle.standards import Standard
from livingcircle.verdicts import DOOR_WORDS

NEAREST = 3
SOME = 5


def explain_verdict(assessment: Assessment, unit: str, trade: str) -> list[str]:
    """Return sentences on why a door, community or circle has its verdict on a trade.

    Parameters
    ----------
    assessment
        The run to explain.
    unit
        Id or name of a door, community, circle, 街道 or the district.
    trade
        Trade code or any name people use for it.

    Raises
    ------
    AssessmentError
        If there is no such unit or trade.
    """
    code = _trade(assessment.standard, trade)
    doors, findings = assessment.doors, assessment.findings
    # A community without doors has a point of its own name among the doors: the unit goes first.
    named = (findings["unit_id"] == unit) | (findings["unit_name"] == unit)
    if not named.any() and (unit in doors.index or unit in set(doors["name"])):
        door = unit if unit in doors.index else str(doors.index[doors["name"] == unit][0])
        return explain_door(assessment, door, code)
    if not named.any():
        raise AssessmentError(
            f"没有编号或名称为“{unit}”的楼门、社区或生活圈", remedy="照结果表里的编号或名称填写"
        )
    about = findings["trades"].map(lambda held: code in held)
    rows = findings[named & about]
    if len(rows) == 0:
        # What is asked of the circle as a whole is the answer for its communities too.
        circle = str(findings.loc[named, "circle_id"].iloc[0])
        rows = findings[(findings["unit_id"] == circle) & about & (circle != "")]
    if len(rows) == 0:
        return [f"{unit}：配置标准对{assessment.standard.name_of(code)}没有要求。"]
    told = explain_findings(assessment, rows.to_dict("records"))
    return [sentence for said in told for sentence in said]


def _trade(standard: Standard, text: str) -> str:
    """Return the code of a trade named in any way."""
    codes = standard.names.find(text)
    if not codes:
        raise AssessmentError(f"不认识业态“{text}”", remedy="写标准里的业态名称，如“药店”")
    return codes[0]


def explain_findings(assessment: Assessment, rows: Sequence[Mapping[Any, Any]]) -> list[list[str]]:
    """Return what each of some rows of the findings says, and the outlets or places behind it."""
    areas: dict[str, list[Mapping[Any, Any]]] = {}
    table = assessment.blind_areas.drop(columns="geometry")
    for area in table.astype(object).to_dict("records"):
        areas.setdefault(area["requirement_id"], []).append(area)
    return [_explained(assessment, row, areas.get(row["requirement_id"], ())) for row in rows]


def _explained(
    assessment: Assessment, row: Mapping[Any, Any], areas: Sequence[Mapping[Any, Any]]
) -> list[str]:
    """Return what a finding says of itself; ``areas`` lie wherever its requirement is not met."""
    said = [f"{row['unit_name']}：{row['explanation']}"]
    if row["reason"]:
        said.append(f"  原因：{row['reason']}。")
    requirement = assessment.standard.requirement(row["requirement_id"])
    if isinstance(requirement.rule, ReachRule):
        said += _out_of_reach(areas, row)
    elif requirement.trades:
        said += _counted(assessment, requirement, row)
    said.append(f"  依据：{row['clause']}（{row['requirement_id']}）")
    return said


def _counted(assessment: Assessment, requirement: Requirement, row: Mapping[Any, Any]) -> list[str]:
    """Return the outlets that were counted, by name: inside, within reach, and doubtful."""
    key = row["level"], row["unit_id"]
    (fact,) = (one for one in assessment.facts if (one.level, one.unit_id) == key)
    strict, shared = counted(requirement, fact, assessment.standard)
    names = assessment.district.outlets["name"]
    bundles = (
        ("范围内计入", strict.sure & shared.sure),
        ("界外可达计入", shared.sure - strict.sure),
        ("未核实", strict.maybe | shared.maybe),
        ("过渡供给，不计入", shared.passing),
        ("线上当日服务", shared.online),
    )
    return [
        f"  {title}：{_some([str(names[outlet]) for outlet in sorted(outlets)])}"
        for title, outlets in bundles
        if outlets
    ]


def _some(names: Sequence[str]) -> str:
    """Return the first names, and how many there are."""
    more = f"等{len(names)}家" if len(names) > SOME else ""
    return "、".join(names[:SOME]) + more


def _out_of_reach(areas: Sequence[Mapping[Any, Any]], row: Mapping[Any, Any]) -> list[str]:
    """Return the blind areas of a requirement in a unit, most people first."""
    if row["level"] == "circle":
        areas = [area for area in areas if area["circle_id"] == row["unit_id"]]
    elif row["level"] == "community":
        areas = [area for area in areas if row["unit_name"] in area["community_names"].split("、")]
    said = []
    for area in areas[:SOME]:
        people = f"居民{area['people']:,.0f}人" if area["people"] >= 0 else f"{area['doors']}个楼门"
        near = f"，最近的{area['nearest_name']}在{area['nearest_m']:,.0f}米外"
        near = near if area["nearest_name"] else "，全部数据里没有走得到的"
        said.append(f"  够不着：{area['place'] or area['community_names']}{people}{near}。")
    more = len(areas) - len(said)
    return [*said, f"  另有{more}处盲区，见短板问题台账。"] if more > 0 else said


def explain_door(assessment: Assessment, door: str, trade: str) -> list[str]:
    """Return sentences on one door: verdict, radius, nearest outlets and the walk to each."""
    rows = assessment.access[
        (assessment.access["door_id"] == door) & (assessment.access["trade"] == trade)
    ]
    name = assessment.standard.name_of(trade)
    if len(rows) == 0:
        return [f"楼门{door}：配置标准不涉及{name}。"]
    row = rows.iloc[0]
    verdict = DOOR_WORDS[str(row["verdict"])]
    said = [f"楼门{assessment.doors.loc[door, 'name'] or door}，{name}：{verdict}。"]
    if row["reason"]:
        said.append(f"  原因：{row['reason']}。")
    position = int(assessment.doors.index.get_loc(door))
    heard = assessment.services.by_trade.get(trade)
    if heard is not None:
        service = heard.service_at(np.array([position]))
        requirement = assessment.standard.requirement(service.requirement_id)
        said.append(f"  规定：{requirement.describe()}（{requirement.clause}）")
    said.append(_distance(assessment, row))
    said += _leg(assessment, door)
    said += [
        f"  去{shop}：{route.sentence()}" for shop, route in nearest_routes(assessment, door, trade)
    ]
    return said


def _distance(assessment: Assessment, row: pd.Series) -> str:
    """Return the distance sentence."""
    if math.isnan(row["metres"]):
        return "  全部数据里没有走得到的网点。"
    kind = "沿道路步行" if row["method"] == "street" else "直线×1.3估算"
    inside = f"圈内最近{row['circle_metres']:g}米"
    if math.isnan(row["circle_metres"]):
        circle = assessment.doors.loc[row["door_id"], "circle_id"]
        inside = "圈内在测算范围里没有" if circle else "楼门不在任何生活圈"
    walker = assessment.run["walker_label"]
    return (
        f"  {kind}最近{row['metres']:g}米（{walker}约{row['minutes']:g}分钟），"
        f"{inside}；服务半径近端内{row['count_good']}家、远端内{row['count_pass']}家。"
    )


def _leg(assessment: Assessment, door: str) -> list[str]:
    """Return how the door reaches its street."""
    row = assessment.doors.loc[door]
    if not row["street"]:
        return []
    return [f"  楼门到{street_word(str(row['street']))}直线{row['leg_m']:g}米，已计入。"]


def nearest_routes(assessment: Assessment, door: str, trade: str) -> list[tuple[str, Route]]:
    """Return the walks from a door to the nearest outlets that answer for a trade."""
    situation = assessment.situation
    if situation.network is None or situation.graph is None:
        return []
    position = int(assessment.doors.index.get_loc(door))
    heard = assessment.services.by_trade.get(trade)
    measured = assessment.measured
    column = int(heard.column[position]) if heard is not None else measured.column(trade)
    answers = np.flatnonzero(assessment.supply.offers[:, column])
    metres = distances_from(situation.graph, position)[answers]
    reached = answers[np.isfinite(metres)]
    nearest = reached[np.argsort(metres[np.isfinite(metres)], kind="stable")[:NEAREST]]
    start = situation.grid.project(assessment.doors.geometry.iloc[position])
    outlets = assessment.district.outlets
    routes = []
    for number in nearest:
        goal = situation.grid.project(outlets.geometry.iloc[number])
        route = trace(situation.network, situation.graph, (position, start), (int(number), goal))
        if route is not None:
            routes.append((str(outlets["name"].iloc[number]), route))
    return routes
