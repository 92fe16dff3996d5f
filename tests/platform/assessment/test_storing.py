"""Check that the rows of a run are kept with the places they are about."""

from livingcircle_platform.assessment.models import BlindArea
from livingcircle_platform.assessment.models import Run
from livingcircle_platform.assessment.running import run as assess
from livingcircle_platform.assessment.storing import store
from tests.factories.district import draw_district
from tests.platform import make
from tests.platform.assessment.pinning import pin_drawn


def test_blind_areas_of_two_communities_of_one_name_stay_apart(town, tmp_path):
    west = make.area("community", "m1", "同名社区", town.a)
    east = make.area("community", "m2", "同名社区", town.b)
    drawn = draw_district(
        outlets=[(1000, 0, ["pharmacy"], {"trades": "药店"})],
        doors=[(150, 0, 100.0), (1900, 0, 30.0)],
        complete=["pharmacy"],
        west={"name": "同名社区"},
        east={"name": "同名社区"},
    )
    outcome = assess(pin_drawn(drawn, tmp_path / "pinned"), tmp_path / "results")
    run = Run.objects.create(district=town.district, number=1, standard="miyun_2023")
    store(run, outcome)
    found = BlindArea.objects.filter(run=run, trade="pharmacy")
    assert set(found.values_list("people", "paths")) == {(100.0, west.path), (30.0, east.path)}
