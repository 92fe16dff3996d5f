"""Play scenarios: each step an edit, each outcome what a run from nothing would find."""

import pandas as pd
import pytest
import shapely

import livingcircle as lc
from livingcircle.errors import InputError
from livingcircle.memory import Memory
from livingcircle.scenarios import Scenario
from livingcircle.scenarios import apply
from livingcircle.scenarios import play
from livingcircle.scenarios import read_scenarios
from livingcircle.tables import check
from tests.factories.district import draw_district
from tests.factories.district import table
from tests.factories.siting import DAY
from tests.factories.siting import draw_spaces
from tests.factories.standards import reach
from tests.factories.standards import write_standard
from tests.factories.streets import draw_streets
from tests.factories.streets import lift

STANDARD = write_standard(reach("pharmacy"))
DOORS = [(0, 10, 10), (900, 10, 20), (1500, 10, 30)]


def town(**layers):
    """Return a street with one pharmacy at its beginning and a room at its end."""
    rooms = draw_spaces((900, {}))
    return draw_district(
        [(0, 10, ["pharmacy"])], DOORS, complete=["pharmacy"], spaces=rooms, **layers
    )


def lonlat(x, y):
    """Return a place in metres as longitude and latitude."""
    return shapely.get_coordinates(lift([shapely.Point(x, y)]))[0].tolist()


def steps(*rows, name="方案一"):
    """Return the scenario that a sheet with these rows tells."""
    cells = pd.DataFrame([{"方案": name} | row for row in rows]).astype(object)
    checked = check("scenarios", cells, file="方案.xlsx")
    assert not checked.issues
    (scenario,) = read_scenarios(checked.rows)
    return scenario


def outcome(scenario, district):
    """Return what a scenario comes to, and check it against a run from nothing."""
    memory = Memory()
    before = lc.assess(district, STANDARD, on=DAY, memory=memory)
    (found,) = play(before, [scenario], memory)
    anew = lc.assess(apply(district, scenario), STANDARD, on=DAY)
    pd.testing.assert_frame_equal(found.after.coverage, anew.coverage)
    return found


def lacking(found, unit="district"):
    """Return the people lacking before and after in a unit."""
    people = found.people.set_index("unit_id")
    return people.loc[unit, ["lacking_before", "lacking_after"]].tolist()


def test_an_outlet_in_a_room_of_the_ledger_serves_who_is_near():
    found = outcome(steps({"动作": "新增网点", "业态": "药店", "空间编号": "s0"}), town())
    assert lacking(found) == [50.0, 30.0]
    assert lacking(found, "c1") == [20.0, 0.0]


def test_an_outlet_anywhere():
    lon, lat = lonlat(1500, 5)
    found = outcome(steps({"动作": "增设", "业态": "药店", "经度": lon, "纬度": lat}), town())
    assert lacking(found) == [50.0, 20.0]


def test_closing_and_moving():
    assert lacking(outcome(steps({"动作": "停业", "对象编号": "o0"}), town())) == [50.0, 60.0]
    move = steps({"动作": "迁移", "对象编号": "o0", "空间编号": "s0"})
    assert lacking(outcome(move, town())) == [50.0, 40.0]


def test_steps_of_one_scenario_are_taken_together_and_every_scenario_starts_anew():
    rows = [
        {"方案": "甲", "动作": "停业", "对象编号": "o0"},
        {"方案": "乙", "动作": "新增", "业态": "药店", "空间编号": "s0"},
        {"方案": "甲", "动作": "新增", "业态": "药店", "空间编号": "s0"},
    ]
    checked = check("scenarios", pd.DataFrame(rows).astype(object), file="方案.xlsx")
    scenarios = read_scenarios(checked.rows)
    assert [(one.name, len(one.steps)) for one in scenarios] == [("甲", 2), ("乙", 1)]
    memory = Memory()
    before = lc.assess(town(), STANDARD, on=DAY, memory=memory)
    first, second = play(before, scenarios, memory)
    assert lacking(first) == [50.0, 40.0]
    assert lacking(second) == [50.0, 30.0]


def test_a_footbridge_joins_streets_that_only_cross_on_paper():
    south = [(900, -2500), (900, -150)]
    streets = draw_streets([(-3000, 0), (5000, 0)], south)
    far = [(0, 10, 10), (910, -160, 20)]
    district = draw_district([(800, 10, ["pharmacy"])], far, complete=["pharmacy"], streets=streets)
    ends = dict(zip(("经度", "纬度"), lonlat(900, -151), strict=True))
    ends |= dict(zip(("到经度", "到纬度"), lonlat(905, 20), strict=True))
    found = outcome(steps({"动作": "新建天桥"} | ends), district)
    was, now = (
        one.access.query("trade == 'pharmacy'").set_index("door_id").loc["d01"]
        for one in (found.before, found.after)
    )
    assert was["verdict"] == "lacking"
    # 10 m to the street, 10 m along it, 150 m of bridge, 105 m along the main street, 10 m.
    assert (now["verdict"], now["metres"]) == ("served", pytest.approx(285, abs=1))


def test_opening_a_gate_lets_people_through():
    gate = table("gates", [{"name": "门", "gate_class": "closed", "compound": ""}],
                 [shapely.Point(450, 0)], ["g0"])  # fmt: skip
    district = draw_district(
        [(400, 10, ["pharmacy"])], [(500, 10, 20)], complete=["pharmacy"], gates=gate
    )
    found = outcome(steps({"动作": "开门", "对象编号": "g0"}), district)
    assert found.people.set_index("unit_id").loc["district", "served_after"] == 20.0


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"动作": "停业"}, "没有写网点编号"),
        ({"动作": "停业", "对象编号": "x"}, "没有这个编号"),
        ({"动作": "新增", "业态": "药店"}, "没有写放在哪里"),
        ({"动作": "新增", "空间编号": "s0"}, "认不出的业态"),
        ({"动作": "新增", "业态": "药店", "空间编号": "s9"}, "空间台账里没有“s9”"),
        ({"动作": "天桥", "经度": 1.0, "纬度": 1.0}, "天桥要写两端"),
        ({"动作": "调整营业时间", "对象编号": "o0"}, "没有写调整后的营业时间"),
        ({"动作": "开门", "对象编号": "g9"}, "没有这个编号"),
    ],
)
def test_a_step_that_cannot_be_taken_says_which_row_and_why(row, said):
    with pytest.raises(InputError, match=f"方案“方案一”第2行.*{said}|{said}.*"):
        apply(town(), steps(row))


def test_a_footbridge_to_nowhere_is_refused():
    far = dict(zip(("经度", "纬度"), lonlat(0, 2000), strict=True))
    near = dict(zip(("到经度", "到纬度"), lonlat(0, 5), strict=True))
    with pytest.raises(InputError, match="50米内没有可以接上的道路"):
        apply(town(), steps({"动作": "天桥"} | far | near))


def test_words_tell_what_is_done():
    scenario = steps({"动作": "新增", "业态": "药店", "空间编号": "s0"})
    assert scenario.steps[0].words == "新增网点：药店，空间s0"
    assert isinstance(scenario, Scenario)
