"""Check what stands in a tile, that both databases make the same, and that none is heavy."""

import uuid

import mapbox_vector_tile
import pytest
import shapely

from livingcircle_platform.api import places
from livingcircle_platform.api import tiles
from livingcircle_platform.api.layers import LAYERS
from livingcircle_platform.registry.models import Outlet
from tests.platform.api.conftest import signed_in
from tests.platform.api.test_parity import ids_in_tile
from tests.platform.api.test_parity import tile_address

WHOLE = places.Place(0, 0, 0)


def features(tile, name):
    """Return the features of a tile by their ids."""
    decoded = mapbox_vector_tile.decode(tile.body, default_options={"y_coord_down": True})
    return {one["properties"]["id"]: one for one in decoded[name]["features"]}


def place_of(address):
    """Return the tile of an address."""
    z, x, y = address.removesuffix(".mvt").split("/")[-3:]
    return places.Place(int(z), int(x), int(y))


def test_a_point_stands_where_it_should():
    assert WHOLE.units(0, 0) == pytest.approx((2048, 2048))
    assert WHOLE.units(-180, 85.0511287) == pytest.approx((0, 0), abs=0.01)
    assert places.Place(1, 1, 0).units(90, 0) == pytest.approx((2048, 4096))


def test_a_tile_covers_its_degrees_and_a_margin():
    west, south, east, north = places.Place(1, 1, 0).box()
    assert (west, east) == pytest.approx((-180 / 64, 180 + 180 / 64))
    assert south == pytest.approx(-2.81, abs=0.01)
    assert north == pytest.approx(85.26, abs=0.1)


@pytest.mark.parametrize("name", ["outlets", "circles", "communities"])
@pytest.mark.parametrize("z", [8, 12, 14])
def test_both_ways_of_making_a_tile_make_the_same(world, name, z):
    layer, place = LAYERS[name], place_of(tile_address(116.312, 39.905, z))
    rows = layer.visible(world.people["city"], None)
    here = features(tiles.tile_of(layer, lambda: rows, place, str(uuid.uuid4())), name)
    there = features(tiles.by_python(layer, rows, place), name)
    assert here
    assert set(here) == set(there)
    for key, one in here.items():
        assert one["properties"] == there[key]["properties"]
        mine, other = (shapely.geometry.shape(f["geometry"]) for f in (one, there[key]))
        assert mine.hausdorff_distance(other) <= 2


def test_a_tile_tells_what_its_description_says(world):
    browser = signed_in(world.people["district"])
    one = features(places.Tile(browser.get(tile_address()).content, "", 0, 0), "outlets")[
        str(world.outlets["own"].pk)
    ]
    described = browser.get("/api/layers/outlets/tiles.json").json()
    [fields] = described["vector_layers"]
    assert set(one["properties"]) == set(fields["fields"])
    assert one["properties"]["trades"] == "|convenience_store|repair|"
    assert described["tiles"][0].endswith("/api/tiles/outlets/{z}/{x}/{y}.mvt")


def crowd(where, many):
    """Put many outlets into one community, in a lattice."""
    west, south, *_ = where.boundary.bounds
    rows = [
        Outlet(
            area=where, code=f"L-{n}", name=f"虚构的名字很长很长很长的店{n}", trades=("pharmacy",),
            lon=west + (n % 50) / 5000, lat=south + (n // 50) / 5000,
        )
        for n in range(many)
    ]  # fmt: skip
    Outlet.objects.bulk_create(rows)


def test_a_crowded_tile_is_thinned_and_says_so(world):
    crowd(world.town.a1, 2_000)
    browser = signed_in(world.people["district"])
    answer = browser.get(tile_address(z=12))
    assert len(answer.content) <= places.HEAVIEST
    kept, total = map(int, answer.headers["X-Thinned"].split("/"))
    assert kept < total
    found = features(places.Tile(answer.content, "", 0, 0), "outlets")
    assert len(found) == kept
    assert sum(one["properties"]["n"] for one in found.values()) == total
    assert browser.get(tile_address(z=12)).content == answer.content


def test_both_ways_of_thinning_keep_the_same(world):
    crowd(world.town.a1, 2_000)
    layer, place = LAYERS["outlets"], place_of(tile_address(z=12))
    rows = layer.visible(world.people["district"], None)
    here, there = (
        tiles.tile_of(layer, lambda: rows, place, str(uuid.uuid4())),
        tiles.by_python(layer, rows, place),
    )
    assert (here.kept, here.total) == (there.kept, there.total)
    one, other = features(here, "outlets"), features(there, "outlets")
    assert {k: v["properties"]["n"] for k, v in one.items()} == {
        k: v["properties"]["n"] for k, v in other.items()
    }


def test_close_up_nothing_is_left_out(world):
    crowd(world.town.a1, 1_000)
    browser = signed_in(world.people["district"])
    answer = browser.get(tile_address(116.302, 39.901, 16))
    assert "X-Thinned" not in answer.headers
    inside = len(ids_in_tile(answer))
    box = place_of(tile_address(116.302, 39.901, 16)).box()
    rows = Outlet.objects.filter(lon__range=(box[0], box[2]), lat__range=(box[1], box[3]))
    assert inside == rows.count() > 100


def test_where_there_is_nothing_the_tile_is_empty(world):
    answer = signed_in(world.people["district"]).get(tile_address(0, 0, 10))
    assert (answer.status_code, answer.content) == (200, b"")


@pytest.mark.parametrize("place", ["3/8/0", "3/0/8", "23/0/0", f"5/{10**30}/0"])
def test_a_tile_that_cannot_be_is_missing(world, place):
    answer = signed_in(world.people["district"]).get(f"/api/tiles/outlets/{place}.mvt")
    assert answer.status_code == 404
    assert "error" in answer.json()
