"""Check that a layer taken away keeps its texts, its places and its scope."""

import json

import geopandas as gpd
import pytest

from tests.platform import make
from tests.platform.api.conftest import signed_in


@pytest.fixture
def taken(tmp_path):
    """Return what reads a downloaded layer as a table."""

    def read(answer, ending):
        assert answer.status_code == 200
        path = tmp_path / f"layer.{ending}"
        path.write_bytes(b"".join(answer.streaming_content))
        return gpd.read_file(path)

    return read


@pytest.mark.parametrize("ending", ["geojson", "gpkg"])
def test_texts_stay_texts_and_points_stay_put(world, taken, ending):
    make.outlet(world.town.a1, "=SUM(A1)", code="00123", lon=116.3012345, lat=39.9012345)
    browser = signed_in(world.people["worker"])
    frame = taken(browser.get(f"/api/layers/outlets.{ending}"), ending)
    assert len(frame) == 3
    assert frame.crs.to_epsg() == 4326
    [one] = frame[frame["code"] == "00123"].itertuples()
    assert one.name == "=SUM(A1)"
    assert (one.geometry.x, one.geometry.y) == pytest.approx((116.3012345, 39.9012345), abs=1e-7)


@pytest.mark.parametrize(("layer", "many"), [("circles", 2), ("communities", 4)])
@pytest.mark.parametrize("ending", ["geojson", "gpkg"])
def test_areas_can_be_taken_away(world, taken, layer, many, ending):
    browser = signed_in(world.people["district"])
    frame = taken(browser.get(f"/api/layers/{layer}.{ending}"), ending)
    assert len(frame) == many
    assert frame.geometry.is_valid.all()


@pytest.mark.parametrize("ending", ["geojson", "gpkg"])
def test_a_layer_without_rows_is_a_file_all_the_same(town, taken, ending):
    user = make.user("new", ("district", town.elsewhere))
    frame = taken(signed_in(user).get(f"/api/layers/outlets.{ending}"), ending)
    assert len(frame) == 0


def test_geojson_streams_and_is_json(world):
    answer = signed_in(world.people["district"]).get("/api/layers/outlets.geojson")
    assert answer.streaming
    told = json.loads(b"".join(answer.streaming_content))
    assert len(told["features"]) == 5
