"""Check the whole run on hand-drawn districts, and against a slow walker with a plain rule."""

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import assume
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from livingcircle.assessment import TABLE_NAMES
from livingcircle.assessment import assess
from livingcircle.door_verdicts import EDGE
from livingcircle.door_verdicts import NO_LEDGER
from livingcircle.door_verdicts import OFF_NETWORK
from livingcircle.standards import available_standards
from livingcircle.standards import load_standard
from livingcircle.tables import empty
from tests.engine import reference
from tests.engine.test_access import joined
from tests.engine.test_access import plain
from tests.factories.district import draw_district
from tests.factories.standards import count
from tests.factories.standards import reach
from tests.factories.standards import write_standard
from tests.factories.streets import draw_streets
from tests.factories.streets import lift

PHARMACY = write_standard(count("pharmacy"), reach("pharmacy"))
SHOPS = [(100, 10, ["pharmacy"])]
EMPTY_MEMBERS = pd.DataFrame(columns=["circle_id", "community_id", "part"])
DOORS = [(50, 5, 100), (900, 5, 50), (1500, 5, 30)]


def run(outlets=SHOPS, doors=DOORS, complete=("pharmacy",), **layers):
    """Return the assessment of a hand-drawn district."""
    return assess(draw_district(outlets, doors, complete=complete, **layers), PHARMACY)


def pharmacy(assessment):
    """Return the rows of the access table on pharmacies, by door."""
    rows = assessment.access[assessment.access["trade"] == "pharmacy"]
    return rows.set_index("door_id")


def test_every_table_of_the_result_is_there():
    assessment = run()
    for name in TABLE_NAMES:
        assert isinstance(getattr(assessment, name), pd.DataFrame), name
    assert assessment.doors.index.name == "door_id"
    assert assessment.outlets.index.name == "outlet_id"
    assert assessment.circles.loc["c1", "kind"] is not None


def test_doors_know_their_units_street_side_leg_and_edge():
    streets = draw_streets([(-3000, 0), (5000, 0)], name="中山路")
    row = run(streets=streets).doors.loc["d01"]
    assert (row["community_id"], row["circle_id"], row["street"]) == ("m1", "c1", "中山路")
    assert (row["leg_m"], row["side"], row["attach"]) == (5.0, "left", "street")
    assert row["edge_m"] == pytest.approx(2995, abs=1)


def test_outlets_know_their_units():
    outlets = run([(100, 10, ["pharmacy"]), (2500, 0, ["pharmacy"])]).outlets
    assert outlets["community_id"].tolist() == ["m1", ""]
    assert outlets["circle_id"].tolist() == ["c1", ""]


def test_progress_names_every_step_to_the_end():
    seen = []
    assess(draw_district(SHOPS, DOORS), PHARMACY, progress=lambda *step: seen.append(step))
    assert [done for done, *_ in seen] == list(range(7))
    assert seen[-1] == (6, 6, "完成")


@pytest.mark.parametrize("name", available_standards())
def test_every_bundled_standard_can_be_assessed(name):
    assessment = assess(draw_district(SHOPS, DOORS, complete=["pharmacy"]), load_standard(name))
    assert set(assessment.findings["verdict"]) <= {"served", "lacking", "unknown", "not_applicable"}
    unknown = assessment.findings[assessment.findings["verdict"] == "unknown"]
    assert (unknown["reason"] != "").all()
    assert not set(assessment.gaps["trade"]) - {"pharmacy", ""}


def test_no_streets_falls_back_to_straight_lines_and_says_so():
    assessment = run(streets=empty("streets"))
    assert assessment.run["method"] == "straight_line"
    assert set(assessment.access["method"]) == {"straight_line"}
    assert set(assessment.doors["attach"]) == {"straight_line"}
    assert "没有道路数据，距离按直线×1.3估算" in set(assessment.repairs["sentence"])
    assert pharmacy(assessment).loc["d00", "metres"] == pytest.approx(65.2, abs=0.1)


def test_no_outlets_at_all_is_lacking_where_the_ledger_is_complete():
    assessment = run([])
    assert set(pharmacy(assessment)["verdict"]) == {"lacking"}
    assert pharmacy(assessment)["metres"].isna().all()
    assert assessment.gaps["remedy"].tolist() == ["增设药店1个，优先布在够不着的楼门附近"] * 2
    assert set(pharmacy(run([], complete=()))["verdict"]) == {"unknown"}


def test_nobody_known_leaves_people_missing_and_verdicts_standing():
    assessment = run(doors=[(x, y, math.nan) for x, y, _ in DOORS])
    assert pharmacy(assessment)["verdict"].tolist() == ["served", "lacking", "lacking"]
    assert assessment.gaps["people"].isna().all()
    assert assessment.blind_areas["people"].isna().all()
    assert assessment.blind_areas["doors"].tolist() == [1, 1]
    assert assessment.circle_facts["population"].isna().all()


def test_district_without_circles_can_be_assessed():
    district = draw_district(SHOPS, DOORS, complete=["pharmacy"])
    bare = replace(district, circles=empty("circles"), circle_members=EMPTY_MEMBERS)
    assessment = assess(bare, PHARMACY)
    assert len(assessment.circle_facts) == len(assessment.circle_checks) == 0
    assert pharmacy(assessment)["verdict"].tolist() == ["served", "lacking", "lacking"]


def test_door_off_the_network_is_unknown_and_listed():
    assessment = run(doors=[*DOORS, (500, 300, 9)])
    row = pharmacy(assessment).loc["d03"]
    assert (row["verdict"], row["reason"]) == ("unknown", OFF_NETWORK)
    assert "1个楼门200米内没有可走的道路，未核实" in set(assessment.repairs["sentence"])


def test_absence_at_the_edge_of_the_data_is_unknown():
    extent = lift([shapely.box(-3000, -3000, 1700, 3000)])[0]
    got = pharmacy(run(extent=extent))
    assert got["verdict"].tolist() == ["served", "lacking", "unknown"]
    assert got.loc["d02", "reason"] == EDGE


def test_outlets_known_only_from_a_map_never_make_a_gap():
    district = draw_district(SHOPS, DOORS)
    (source,) = district.sources
    mapped = replace(district, sources=(replace(source, file="streets.osm.pbf"),))
    assessment = assess(mapped, PHARMACY)
    assert pharmacy(assessment)["verdict"].tolist() == ["served", "unknown", "unknown"]
    assert pharmacy(assessment).loc["d01", "reason"] == NO_LEDGER
    assert (len(assessment.gaps), len(assessment.blind_areas)) == (0, 0)


@st.composite
def towns(draw):
    """Draw a small town with shops of three trades and a population."""
    size = draw(st.integers(2, 3))
    shift = st.integers(-30, 30)
    corner = {
        (i, j): (300 * i + draw(shift), 300 * j + draw(shift))
        for i in range(size)
        for j in range(size)
    }
    lines = []
    for (i, j), here in corner.items():
        for step in ((1, 0), (0, 1)):
            there = corner.get((i + step[0], j + step[1]))
            if there and draw(st.integers(0, 9)):
                bend = ((here[0] + there[0]) / 2 + draw(shift), (here[1] + there[1]) / 2)
                lines.append([here, bend, there])
    lines.append([corner[0, 0], (-700, 0), (-700, -700)])
    spot = st.tuples(st.integers(-50, 300 * size - 250), st.integers(-50, 300 * size - 250))
    nearby = spot.filter(lambda p: min(reference.project(p, line)[0] for line in lines) < 150)
    doors = draw(st.lists(nearby, min_size=3, max_size=25))
    shops = draw(st.lists(st.tuples(nearby, st.sampled_from(list(FAR))), min_size=1, max_size=8))
    ways = [draw(st.sampled_from([0, 0, 0, 1, -1])) for _ in lines]
    return lines, doors, shops, ways


# Radius of each trade; the plain rule is: within it served, else lacking if the ledger is full.
FAR = {"pharmacy": 200, "breakfast": 300, "bank": 500, "laundry": 1000}
COMPLETE = ("pharmacy", "breakfast", "bank")
TOWN = write_standard(*(reach(trade, metres=(far / 2, far)) for trade, far in FAR.items()))


@settings(max_examples=6)
@given(towns())
def test_every_verdict_equals_a_plain_rule_on_exact_distances(town):
    lines, doors, shops, ways = town
    assume(joined(lines))
    assume(all(plain(place, lines) for place in [*doors, *(p for p, _ in shops)]))
    district = draw_district(
        [(*place, [trade]) for place, trade in shops],
        [(*place, 10) for place in doors],
        complete=COMPLETE,
        streets=draw_streets(*lines, oneway=ways),
    )
    access = assess(district, TOWN).access.set_index(["trade", "door_id"])
    for trade, far in FAR.items():
        some = [place for place, its in shops if its == trade]
        want = reference.walk(lines, doors, some, ways) if some else [math.inf] * len(doors)
        got = access.loc[trade].sort_index()
        exact = got["metres"].fillna(math.inf).to_numpy()
        known = np.isfinite(want)
        assert np.isfinite(exact).tolist() == known.tolist()
        assert np.allclose(exact[known], np.array(want)[known], atol=0.1)
        for metres, verdict in zip(want, got["verdict"], strict=True):
            if abs(metres - far) < 0.1:
                continue
            absent = "lacking" if trade in COMPLETE else "unknown"
            assert verdict == ("served" if metres <= far else absent)


def test_an_empty_form_says_that_nothing_can_be_judged_by_it():
    blank = assess(draw_district(SHOPS, DOORS), load_standard("template_401_2023"))
    assert any("是空白模板" in note for note in blank.run["notes"])
    assert len(blank.findings) == len(blank.gaps) == 0
    assert not any("空白" in note for note in run().run["notes"])
