"""Ask the addresses of what hangs on a record: its place on the map, and a look at it."""

from django.urls import reverse

from livingcircle_platform.registry.models import Entrance
from tests.platform import make


def test_an_outlet_and_its_entrances_stand_on_the_map_under_their_own_ids(browser, town):
    shop = make.outlet(town.a1, state="closed", lon=116.3, lat=39.9)
    door = Entrance.objects.create(outlet=shop, lon=116.4, lat=39.8)
    told = browser.get(reverse("registry:outlet_point", args=[shop.pk])).json()["features"]
    assert [(one["id"], one["geometry"]["coordinates"]) for one in told] == [
        (str(shop.pk), [116.3, 39.9]), (str(door.pk), [116.4, 39.8])
    ]  # fmt: skip
    assert [one["properties"]["tone"] for one in told] == ["lacking", "planned"]


def test_a_look_answers_with_the_new_version(browser, town):
    shop = make.outlet(town.a1)
    answer = browser.post(
        reverse("registry:outlet_verify", args=[shop.pk]), {"seen": 1, "state": "open"},
        headers={"accept": "application/json"},
    )  # fmt: skip
    told = answer.json()
    assert (answer.status_code, told["id"], told["version"]) == (200, str(shop.pk), 2)
