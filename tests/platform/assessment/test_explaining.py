"""Check that explanations name the door, the outlet and the walk, by hand on one street."""

import shapely

from livingcircle.explain import explain_verdict
from livingcircle_platform.assessment.explaining import NO_WAY
from livingcircle_platform.assessment.explaining import explain
from tests.factories.streets import GRID


def told(outcome, requirement, unit):
    """Return one explanation."""
    (one,) = (
        row
        for row in outcome.explanations
        if (row.requirement_id, row.unit_id) == (requirement, unit)
    )
    return one


def test_the_door_the_outlet_and_the_walk_are_named(ran_drawn):
    one = told(ran_drawn.outcome, "reach_pharmacy", "c2")
    assert (one.verdict, one.required, one.found, one.unit) == ("lacking", 100.0, 0.0, "%")
    assert "药店" in one.rule
    walk = one.walk
    assert (walk.door_id, walk.outlet_id, walk.outlet_name, walk.people) == (
        "d02",
        "o0",
        "店0",
        30.0,
    )
    assert (walk.metres, walk.minutes) == (1800.0, 30.0)
    assert walk.sentence.startswith("共1800米")
    line = GRID.project(walk.line)
    assert abs(shapely.length(line) - 1800.0) < 0.5
    assert shapely.get_coordinates(line)[[0, -1], 0].round().tolist() == [1900.0, 100.0]


def test_the_door_that_speaks_has_most_person_metres(ran_drawn):
    # In the west 50 people walk 800 m and 100 walk 50 m: only the 50 lack it, they speak.
    one = told(ran_drawn.outcome, "reach_pharmacy", "c1")
    assert (one.walk.door_id, one.walk.people, one.walk.metres) == ("d01", 50.0, 800.0)


def test_where_no_outlet_exists_it_is_said(ran_drawn):
    one = told(ran_drawn.outcome, "reach_repair", "c1")
    assert one.verdict == "unknown"
    assert (one.walk.outlet_id, one.walk.metres, one.walk.line) == ("", None, None)
    assert one.walk.sentence == NO_WAY


def test_everything_lacking_or_unknown_is_explained_once(ran_sample):
    outcome = ran_sample.outcome
    wanted = [
        (one.requirement_id, one.level, one.unit_id)
        for one in outcome.findings
        if one.verdict in {"lacking", "unknown"}
    ]
    rows = [(one.requirement_id, one.level, one.unit_id) for one in outcome.explanations]
    assert rows == wanted
    assert {(g.requirement_id, g.level, g.unit_id) for g in outcome.gaps} <= set(rows)
    assert all(one.lines[-1].startswith("依据：") for one in outcome.explanations)


def test_lines_are_those_of_the_command_line(ran_sample):
    outcome = ran_sample.outcome
    gap = outcome.gaps[0]
    one = told(outcome, gap.requirement_id, gap.unit_id)
    said = [line.strip() for line in explain_verdict(outcome.run, gap.unit_id, gap.trade)]
    assert set(one.lines) <= set(said)


def test_walks_agree_with_the_distances_that_were_judged(ran_sample):
    walks = [one.walk for one in ran_sample.outcome.explanations if one.walk and one.walk.line]
    assert len(walks) > 100
    grid = ran_sample.outcome.run.situation.grid
    for walk in walks:
        # The line is drawn from door to outlet: never shorter than straight, never longer by much.
        drawn = shapely.length(grid.project(walk.line))
        assert drawn <= walk.metres * 1.02 + 2.0
        assert f"共{walk.metres:.0f}米" in walk.sentence or abs(walk.metres % 1 - 0.5) < 0.06


def test_only_what_is_asked_for_is_explained(ran_drawn):
    rows = explain(ran_drawn.outcome.run, ["lacking"])
    assert {one.verdict for one in rows} == {"lacking"}
