"""Write a set of circles with its history into a folder, and read it back to go on.

What is kept is the first version and every step since, not pictures of each version: reading does
the steps again on the same district, so that lineage, tiles and indicators come out the same.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely
from shapely.errors import ShapelyError

from livingcircle._delineation.land import Land
from livingcircle._delineation.land import prepare_land
from livingcircle._delineation.wishes import Prices
from livingcircle._delineation.wishes import Wishes
from livingcircle.circle_edits import again
from livingcircle.circle_kinds import SHEET
from livingcircle.circle_kinds import six_fields
from livingcircle.circle_kinds import suggest_kinds
from livingcircle.circle_set import FORMATIONS
from livingcircle.circle_set import Circle
from livingcircle.circle_set import CircleSet
from livingcircle.circle_set import Step
from livingcircle.circle_set import issued_by
from livingcircle.circles import Limits
from livingcircle.delineation import Proposal
from livingcircle.delineation import to_district
from livingcircle.district import District
from livingcircle.errors import InputError
from livingcircle.errors import OutputError
from livingcircle.io.excel import write_workbook
from livingcircle.memory import Memory
from livingcircle.results import fresh_folder
from livingcircle.results import steady_layers
from livingcircle.severance import sever

RECORD, LAYERS, WORKBOOK = "circle_set.json", "circles.gpkg", "圈层.xlsx"
SEVERITIES = {"hard": "硬约束", "soft": "需书面说明理由", "info": "供参考"}
VERDICTS = {"served": "符合", "lacking": "不符合", "unknown": "未核实", "not_applicable": ""}
OPERATIONS = {"propose": "从头划分", "import": "采用原有的圈", "improve": "改进", "merge": "合并",
              "split": "拆分", "move": "移动社区", "draw": "画边界"}  # fmt: skip
_DAMAGED = (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError, ShapelyError)
BY_HAND = frozenset({"merge", "split", "move", "draw"})
"""The operations of a person; what the engine made alone can be made again."""
_CHECK_TITLES = {"circle_id": "生活圈编号", "circle_name": "生活圈名称", "name": "检查",
                 "value": "数值",
                 "limit": "限值", "excess": "超出", "unit": "单位", "severity": "约束",
                 "verdict": "结论", "reason": "说明"}  # fmt: skip
_INDICATOR_TITLES = {
    "circle_id": "生活圈编号", "name": "生活圈名称", "formation": "划分方式",
    "communities": "覆盖社区",
    "community_count": "覆盖社区数", "split_communities": "拆分社区数", "subdistricts": "所属街道",
    "area_km2": "面积（平方公里）", "population": "人口", "density": "人口密度（人/平方公里）",
    "walk_minutes": "端到端步行（分钟）", "walk_beyond": "超过（分钟）", "compactness": "紧凑度",
    "crossings": "穿过圈内",
}  # fmt: skip


def write_circles(
    made: CircleSet | Proposal, folder: Path | str, district: District | None = None
) -> None:
    """Write a workbook, a GeoPackage and the record of a set into a folder, whole or not at all.

    Parameters
    ----------
    made
        A set, or a proposal whose cells and notes are written too.
    folder
        A new folder, or one that this function wrote.
    district
        Whose written kinds and sheets are kept; the set's own if not given.

    Raises
    ------
    OutputError
        If something of somebody else's stands there, or it cannot be written.
    """
    some = made.set if isinstance(made, Proposal) else made
    if isinstance(made, Proposal):
        refuse_edited(Path(folder))
    notes = made.notes if isinstance(made, Proposal) else some.land.notes
    with fresh_folder(folder) as work:
        write_workbook(work / WORKBOOK, _sheets(some, notes, made))
        _write_layers(some, district or some.land.district, work / LAYERS)
        text = json.dumps(to_record(some), ensure_ascii=False, indent=1, sort_keys=True)
        (work / RECORD).write_text(text + "\n", "utf-8")


def refuse_edited(folder: Path) -> None:
    """Refuse to put a new proposal over a set that somebody has edited.

    Raises
    ------
    OutputError
        If the folder holds one, or a record that cannot be read.
    """
    path, remedy = folder / RECORD, "换一个文件夹，或先移走原来的"
    if not path.is_file():
        return
    try:
        done = {one["operation"] for one in json.loads(path.read_text("utf-8"))["steps"]}
    except _DAMAGED as problem:
        what = "这个文件夹里的圈层记录读不出来，不知道有没有人改过，没有覆盖"
        raise OutputError(what, where=str(folder)[:80], remedy=remedy) from problem
    if done & BY_HAND:
        what = "这个文件夹里的圈有人改过（合并、拆分、移动或画边界），没有覆盖"
        raise OutputError(what, where=str(folder)[:80], remedy=remedy)


def read_circles(
    folder: Path | str, district: District, *, memory: Memory | None = None
) -> CircleSet:
    """Return a set from its folder, laid on the district it was made for.

    Raises
    ------
    InputError
        If there is no record, it is damaged, or the district's communities have changed since.
    """
    path = Path(folder) / RECORD
    if not path.is_file():
        remedy = "给出 livingcircle circles propose 或 improve 写出的文件夹"
        raise InputError("这里没有划好的圈", where=str(folder)[:80], remedy=remedy)
    try:
        told = json.loads(path.read_text("utf-8"))
    except _DAMAGED as problem:
        raise _damaged() from problem
    return from_record(told, district, memory=memory, where=str(folder)[:80])


def from_record(
    told: Mapping[str, Any],
    district: District,
    *,
    memory: Memory | None = None,
    where: str = "",
) -> CircleSet:
    """Return the set that a record tells of, laid on the district it was made for.

    Parameters
    ----------
    told
        What :func:`to_record` returned, also after a way through JSON.
    where
        How a refusal names the record.

    Raises
    ------
    InputError
        If it is damaged, or the district's communities have changed since.
    """
    try:
        wishes, ids = _wishes(told["wishes"]).checked(), told["tiles"]
        reach = float(told["reach"])
    except _DAMAGED as problem:
        raise _damaged() from problem
    land = prepare_land(district, wishes, memory, reach)
    if list(land.tiles.ids) != ids:
        what = "社区或阻隔与划圈时不同，记录的操作对不上了"
        remedy = "用当时的数据打开；数据确已更新的，把圈写回 [[circles]] 再用 improve"
        raise InputError(what, where=where, remedy=remedy)
    try:
        return _replayed(land, told)
    except _DAMAGED as problem:
        raise _damaged() from problem


def _damaged() -> InputError:
    what = "圈层记录已损坏，或由另一个版本写出"
    return InputError(what, where=RECORD, remedy="从备份恢复，或重新划分")


def _replayed(land: Land, told: Mapping[str, Any]) -> CircleSet:
    """Return the set that a record leads to, if it is whole and every step comes to what it did."""
    steps = [_step(one) for one in told["steps"]]
    circles = tuple(
        Circle(c["id"], c["name"], c["formation"], frozenset(land.number[t] for t in c["tiles"]))
        for c in told["first"]
    )
    held = [tile for circle in circles for tile in circle.tiles]
    versions = [step.version for step in steps]
    strange = {circle.formation for circle in circles} - set(FORMATIONS)
    if not steps or versions != list(range(1, len(steps) + 1)) or strange:
        raise _damaged()
    if len(held) != len(set(held)) or len(held) != sum(len(c["tiles"]) for c in told["first"]):
        raise _damaged()
    outside = frozenset(range(len(land.tiles))) - set(held)
    if outside and steps[0].operation == "propose":
        raise _damaged()
    issued = int(told["issued_first"])
    some = CircleSet(land, land, circles, (steps[0],), circles, issued, outside)
    for step in steps[1:]:
        some = again(some, step)
        if some.steps[-1].lineage != step.lineage:
            raise _damaged()
    return some


def _step(told: Mapping[str, Any]) -> Step:
    lineage = tuple((str(old), str(new)) for old, new in told["lineage"])
    return Step(int(told["version"]), told["operation"], told["arguments"], told["reason"],
                told["on"], lineage)  # fmt: skip


def _wishes(told: Mapping[str, Any]) -> Wishes:
    limits = told["limits"]
    low, high = limits["density"]
    typed = {"limits": Limits(limits["area_km2"], (low, high)), "prices": Prices(**told["prices"]),
             "hard": tuple(told["hard"]), "soft": tuple(told["soft"])}  # fmt: skip
    return Wishes(**{**told, **typed})


def to_record(some: CircleSet) -> dict[str, Any]:
    """Return everything that is needed to come to a set again, as words, numbers and lists."""
    # A tile that was cut since has another name now; the record speaks of the uncut ones.
    uncut, first = some.origin.tiles.ids, some.first
    return {
        "district": some.land.district.name,
        "wishes": asdict(some.origin.wishes),
        "reach": some.origin.walks.reach,
        "tiles": list(uncut),
        "first": [
            {"id": c.id, "name": c.name, "formation": c.formation,
             "tiles": [uncut[t] for t in sorted(c.tiles)]}
            for c in first
        ],
        "issued_first": max(0, *(issued_by(circle.id) for circle in first)),
        "steps": [asdict(step) for step in some.steps],
    }  # fmt: skip


def _sheets(
    some: CircleSet, notes: tuple[str, ...], made: CircleSet | Proposal
) -> dict[str, pd.DataFrame]:
    """Return the sheets of the workbook under Chinese titles."""
    figures = some.indicators().reset_index()
    figures = figures.assign(
        formation=figures["formation"].map(FORMATIONS),
        density=figures["density"].round(0),
        walk_minutes=figures["walk_minutes"].round(1),
    )
    checks = some.checks()
    checks = checks.assign(
        severity=checks["severity"].map(SEVERITIES), verdict=checks["verdict"].map(VERDICTS)
    )
    kinds, evidence = suggest_kinds(some)
    hints = kinds[["name", "kind_hint", "subtype_hint"]].reset_index()
    fields = six_fields(some).reset_index()
    history = some.history()
    history = history.assign(operation=history["operation"].map(OPERATIONS))
    sheets = {
        "生活圈": figures[list(_INDICATOR_TITLES)].rename(columns=_INDICATOR_TITLES),
        "检查": checks[list(_CHECK_TITLES)].rename(columns=_CHECK_TITLES),
        "类型提示": hints.rename(columns={"circle_id": "生活圈编号", "name": "生活圈名称",
                                      "kind_hint": "类型提示", "subtype_hint": "亚类提示"}),
        "类型依据": evidence.drop(columns="kind").rename(columns={
            "circle_id": "生活圈编号", "circle_name": "生活圈名称", "kind_name": "类型",
            "evidence": "依据", "value": "数值", "threshold": "门槛", "supports": "支持"}),
        "六项提示": fields.rename(
            columns={"circle_id": "生活圈编号", "name": "生活圈名称", **SHEET}),
        "沿革": history.rename(columns={"version": "版本", "operation": "操作", "reason": "理由",
                                      "on": "日期", "lineage": "圈的来去"}),
        "说明": pd.DataFrame({"说明": [*_usual_notes(some), *notes]}),
    }  # fmt: skip
    if isinstance(made, Proposal):
        titles = {"cell_id": "格", "tiles": "单元", "circles": "划成圈", "candidates": "候选组合",
                  "exhaustive": "候选穷尽", "price": "代价", "gap": "与最优至多差"}  # fmt: skip
        sheets["求解"] = made.cells.reset_index().rename(columns=titles)
    return sheets


def _usual_notes(some: CircleSet) -> list[str]:
    """Return what every reader must know of the figures."""
    return [
        f"步行：{some.land.walks.walker}，从各单元最外侧的楼门到楼门，取最长的一段；两端都按自家大门可以通过计算",
        "面积在椭球面上量取；“需书面说明理由”的各项须由人写明理由，系统的说明不能代替",
        "类型和六项都是提示，由人确定",
    ]


def _write_layers(some: CircleSet, district: District, path: Path) -> None:
    """Write circles, tiles, cells and what parts them as layers; circles can be read as input."""
    land, told = some.land, to_district(district, some)
    figures = some.indicators()[["area_km2", "density", "walk_minutes", "compactness", "crossings"]]
    circles = told.circles.drop(columns=["row", "source"], errors="ignore").join(figures)
    circles["members"] = circles["members"].astype(str)
    tiles = land.tiles
    of = [some.of_tile.get(n, "") for n in range(len(tiles))]
    frame = {"tile_id": tiles.ids, "name": tiles.names, "community_id": tiles.communities,
             "circle_id": of, "part": tiles.part, "area_km2": tiles.km2, "people": tiles.people,
             "doors": tiles.doors}  # fmt: skip
    globe = np.asarray(land.grid.unproject(tiles.shapes), dtype=object)
    every = {**land.hard, **land.soft}
    kinds = [kind for kind, shapes in every.items() for _ in shapes]
    lines = land.grid.unproject(np.concatenate([np.empty(0, dtype=object), *every.values()]))
    layers = {
        "circles": circles.reset_index(),
        "tiles": gpd.GeoDataFrame(frame, geometry=globe, crs="EPSG:4326"),
        "cells": sever(land.district, tuple(every), land.grid).reset_index(),
        "severances": gpd.GeoDataFrame({"kind": kinds}, geometry=lines, crs="EPSG:4326"),
    }
    with steady_layers():
        for name, layer in layers.items():
            if len(layer):
                whole = layer[~shapely.is_empty(layer.geometry.to_numpy())]
                pyogrio.write_dataframe(whole, path, layer=name, driver="GPKG")
