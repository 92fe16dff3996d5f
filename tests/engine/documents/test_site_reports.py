"""Open the other answers of siting as a bureau would."""

from pathlib import Path

import openpyxl

from livingcircle.documents.scenario_sheet import write_scenarios
from livingcircle.documents.site_reports import write_advice
from livingcircle.documents.site_reports import write_centres
from livingcircle.documents.site_reports import write_mobile
from livingcircle.memory import Memory
from livingcircle.mobile_supply import Timetable
from livingcircle.mobile_supply import plan_mobile
from livingcircle.relocation import advise
from livingcircle.scenarios import play
from livingcircle.service_centres import site_centres
from livingcircle.siting import Wish
from tests.engine.test_scenarios import STANDARD
from tests.engine.test_scenarios import steps
from tests.engine.test_scenarios import town
from tests.engine.test_service_centres import HALL
from tests.engine.test_service_centres import RULES
from tests.engine.test_service_centres import SHOPS
from tests.factories.siting import DAY
from tests.factories.siting import assess_street
from tests.factories.siting import rooms_of
from tests.factories.standards import reach

import livingcircle as lc  # isort: skip

DOORS = [(0, 10), (100, 20), (1500, 100)]


def body(path: Path, sheet: str, heading: str) -> list[list[object]]:
    """Return the rows below a heading."""
    rows = [[cell.value for cell in row] for row in openpyxl.load_workbook(path)[sheet].iter_rows()]
    return rows[[row[0] for row in rows].index(heading) + 1 :]


def test_moves_tell_who_gains_and_who_loses(tmp_path: Path) -> None:
    assessment = assess_street(DOORS, spaces=[1500], outlets=[(0, ["pharmacy"])])
    advice = advise(assessment, rooms_of(assessment))
    path = write_advice(assessment, advice, tmp_path / "a.xlsx")
    assert body(path, "迁移", "序号")[0][1:] == [
        "药店", "店0", "o0", "空间0", "s0", 100, 30, 70,
    ]  # fmt: skip
    assert body(path, "叠加业态", "序号")[0][0] == "没有可以叠加的网点。"


def test_centres_tell_what_they_hold_and_misfits_why(tmp_path: Path) -> None:
    rooms = [(50, HALL), (60, {"area_m2": 242.0})]
    assessment = assess_street(DOORS, spaces=rooms, rules=RULES, outlets=SHOPS)
    plan = site_centres(assessment, rooms_of(assessment), Wish())
    path = write_centres(assessment, plan, tmp_path / "c.xlsx")
    row = body(path, "综合体选址", "序号")[0]
    assert (row[1], row[3], row[5]) == ("●", "s0", 1200)
    assert body(path, "不能建的空间", "空间编号")[0][2].startswith("面积242平方米")


def test_stops_tell_place_hour_and_whether_they_count(tmp_path: Path) -> None:
    assessment = assess_street(DOORS, rules=(reach("vegetable"),))
    plan = plan_mobile(assessment, Wish(), Timetable(stops=1))
    path = write_mobile(assessment, plan, tmp_path / "m.xlsx")
    row = body(path, "停靠点和时间", "车次")[0]
    assert (row[4], row[5], row[6], row[7], row[9]) == (
        "07:00", "08:00", "菜篮子", 100, "过渡，不计入达标",
    )  # fmt: skip


def test_scenarios_stand_side_by_side(tmp_path: Path) -> None:
    memory = Memory()
    before = lc.assess(town(), STANDARD, on=DAY, memory=memory)
    rows = (
        steps({"动作": "新增网点", "业态": "药店", "空间编号": "s0"}, name="新增"),
        steps({"动作": "停业", "对象编号": "o0"}, name="停业"),
    )
    path = write_scenarios(play(before, rows, memory), tmp_path / "s.xlsx")
    totals = body(path, "方案总览", "方案")
    assert [(row[0], row[4]) for row in totals] == [("新增", 20), ("停业", -10)]
    people = body(path, "居民前后对比", "方案")
    assert ["新增", "全区", "手绘区", "药店", 50, 30, 10, 30, 0, 0] in people
