"""Explain a verdict: the rule and its clause, the numbers, the outlets and the way there."""

import math
from datetime import date

import numpy as np
import pandas as pd
import shapely

from livingcircle.assessment import Assessment
from livingcircle.errors import AssessmentError
from livingcircle.routes import Route
from livingcircle.routes import trace
from livingcircle.standards import Standard

VERDICTS = {
    "served": "已覆盖",
    "lacking": "没有",
    "unknown": "未核实",
    "not_applicable": "不适用",
}
NEAREST = 3


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
    doors = assessment.doors
    if unit in doors.index or unit in set(doors["name"]):
        door = unit if unit in doors.index else str(doors.index[doors["name"] == unit][0])
        return explain_door(assessment, door, code)
    findings = assessment.findings
    named = (findings["unit_id"] == unit) | (findings["unit_name"] == unit)
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
    return [sentence for row in rows.itertuples() for sentence in _finding(row)]


def _trade(standard: Standard, text: str) -> str:
    """Return the code of a trade named in any way."""
    codes = standard.names.find(text)
    if not codes:
        raise AssessmentError(f"不认识业态“{text}”", remedy="写标准里的业态名称，如“药店”")
    return codes[0]


def _finding(row: object) -> list[str]:
    """Return what a finding says about itself."""
    said = [f"{row.unit_name}：{row.explanation}"]  # type: ignore[attr-defined]
    if row.reason:  # type: ignore[attr-defined]
        said.append(f"  原因：{row.reason}。")  # type: ignore[attr-defined]
    said.append(f"  依据：{row.clause}（{row.requirement_id}）")  # type: ignore[attr-defined]
    return said


def explain_door(assessment: Assessment, door: str, trade: str) -> list[str]:
    """Return sentences on one door: verdict, radius, nearest outlets and the walk to each."""
    rows = assessment.access[
        (assessment.access["door_id"] == door) & (assessment.access["trade"] == trade)
    ]
    name = assessment.standard.name_of(trade)
    if len(rows) == 0:
        return [f"楼门{door}：配置标准不涉及{name}。"]
    row = rows.iloc[0]
    verdict = VERDICTS[str(row["verdict"])]
    said = [f"楼门{assessment.doors.loc[door, 'name'] or door}，{name}：{verdict}。"]
    if row["reason"]:
        said.append(f"  原因：{row['reason']}。")
    day = assessment.run["on"]
    requirement = assessment.standard.reach(trade, date.fromisoformat(day) if day else None)
    if requirement is not None:
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
        inside = "圈内1公里里没有" if circle else "楼门不在任何生活圈"
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
    return [f"  楼门到{row['street']}直线{row['leg_m']:g}米，已计入。"]


def nearest_routes(assessment: Assessment, door: str, trade: str) -> list[tuple[str, Route]]:
    """Return the walks from a door to its nearest outlets of a trade, nearest first."""
    situation = assessment.situation
    if situation.network is None or situation.graph is None:
        return []
    position = int(assessment.doors.index.get_loc(door))
    start = situation.grid.project(assessment.doors.geometry.iloc[position])
    outlets = assessment.district.outlets
    pairs = assessment.district.outlet_trades
    offered = set(pairs.loc[pairs["trade"] == trade, "outlet_id"])
    real = (outlets["status"] == "open") & (outlets["supply"] == "fixed")
    numbers = np.flatnonzero(outlets.index.isin(offered) & real.to_numpy())
    places = np.asarray(situation.grid.project(outlets.geometry.to_numpy()[numbers]), dtype=object)
    # Nobody is nearer on foot than as the crow flies; a few of the closest are enough to look at.
    closest = numbers[np.argsort(shapely.distance(places, start))[: 4 * NEAREST]]
    routes = []
    for number in closest:
        goal = situation.grid.project(outlets.geometry.iloc[number])
        route = trace(situation.network, situation.graph, (position, start), (int(number), goal))
        if route is not None:
            routes.append((str(outlets["name"].iloc[number]), route))
    return sorted(routes, key=lambda pair: pair[1].metres)[:NEAREST]
