"""Check site plans as rows: one room that serves the far door, and what is told of it."""

from dataclasses import replace

import pytest
import shapely

from livingcircle.errors import InputError
from livingcircle.errors import SitingError
from livingcircle_platform.assessment.errors import Cancelled
from livingcircle_platform.assessment.running import run
from livingcircle_platform.assessment.site_choice import SiteWish
from livingcircle_platform.assessment.site_choice import choose_sites
from tests.factories.district import table
from tests.platform.assessment.pinning import pin_drawn

PHARMACY = {"trades": ("pharmacy",), "seconds": 2.0}


@pytest.fixture(scope="module")
def with_rooms(drawn, tmp_path_factory):
    """Return a run with a free room near the far door, and one that nobody needs."""
    rooms = [
        {"name": "东传达室", "occupancy": "空置", "area_m2": 100.0, "cost": 12.0},
        {"name": "西车棚", "occupancy": "空置", "area_m2": 100.0, "cost": 5.0},
    ]
    places = [shapely.Point(1850, 0), shapely.Point(50, 0)]
    folder = tmp_path_factory.mktemp("rooms")
    more = replace(drawn, spaces=table("spaces", rooms, places, ["k1", "k2"]))
    return run(pin_drawn(more, folder / "pinned"), folder / "out").run


def test_the_room_near_the_far_door_is_chosen(with_rooms):
    found = choose_sites(with_rooms, SiteWish(count=1, **PHARMACY))
    (one,) = found.sites
    assert (one.space_id, one.trade, one.people, one.cost, one.circle_id) == (
        "k1", "pharmacy", 30.0, 12.0, "c2",
    )  # fmt: skip
    # 30 people, a basic trade (4) that is used within 500 m (2).
    assert (found.people, found.value, found.bound, found.gap) == (30.0, 240.0, 240.0, 0.0)
    assert [row.adds for row in found.curve if row.planned] == [240.0]
    # 50 people in the west lack it too, and no room is within their reach.
    left = {row.circle_id: (row.lacking, row.served, row.out_of_reach) for row in found.served}
    assert left == {"c1": (50.0, 0.0, 50.0), "c2": (30.0, 30.0, 0.0)}
    assert {row.space_id for row in found.helps} == {"k1"}


def test_the_fewest_make_up_numbers_as_well(with_rooms):
    found = choose_sites(with_rooms, SiteWish("fewest", **PHARMACY))
    assert [row.space_id for row in found.sites] == ["k1"]
    assert found.question == "fewest"


def test_places_along_streets_may_stand_in_for_rooms(with_rooms):
    found = choose_sites(with_rooms, SiteWish(count=2, frontage=100.0, **PHARMACY))
    assert sum(row.people for row in found.sites) == 80.0
    assert all(row.kind == "沿街位置" for row in found.sites)


def test_progress_is_told_and_a_stopped_search_is_no_answer(with_rooms):
    told = []
    choose_sites(with_rooms, SiteWish(count=1, **PHARMACY), told=lambda *now: told.append(now))
    assert told
    with pytest.raises(Cancelled):
        choose_sites(with_rooms, SiteWish(count=1, **PHARMACY), cancelled=lambda: True)


@pytest.mark.parametrize(
    ("wish", "error", "says"),
    [
        (SiteWish("best", count=1), InputError, "不认识选址问题"),
        (SiteWish(**PHARMACY), SitingError, "没有说要设多少"),
        (SiteWish(count=1, elders=float("nan"), **PHARMACY), InputError, "老年人权重"),
    ],
)
def test_a_wish_that_means_nothing_is_refused(with_rooms, wish, error, says):
    with pytest.raises(error, match=says):
        choose_sites(with_rooms, wish)


def test_the_demonstration_district(ran_sample):
    found = choose_sites(ran_sample.outcome.run, SiteWish(count=2, **PHARMACY))
    assert len(found.sites) == 2
    assert found.gap == 0.0
    assert found.people == sum(row.people for row in found.sites)
