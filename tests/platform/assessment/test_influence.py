"""Check how many people's verdicts hang on each outlet."""

from livingcircle_platform.assessment.influence import influence_of
from livingcircle_platform.assessment.running import run
from tests.factories.district import draw_district
from tests.platform.assessment.pinning import pin_drawn


def test_people_are_counted_at_the_nearest_and_unknown_where_a_door_is(tmp_path):
    drawn = draw_district(
        outlets=[
            (100, 0, ["pharmacy"], {"trades": "药店"}),
            (1700, 0, ["pharmacy"], {"trades": "药店"}),
            (3500, 0, ["pharmacy"], {"trades": "药店"}),
        ],
        doors=[(150, 0, 100.0), (200, 0, 20.0), (1750, 0, 30.0), (1800, 0, None)],
        complete=["pharmacy"],
    )
    made = run(pin_drawn(drawn, tmp_path / "pinned"), tmp_path / "results").run
    assert influence_of(made) == {"o0": 120.0, "o1": None, "o2": 0.0}
