"""Read boundaries: GeoJSON and well-known text in degrees, everything else refused in words."""

import json

import pytest
import shapely

from livingcircle_platform.errors import RefusedError
from livingcircle_platform.territory.boundaries import MOST_BYTES
from livingcircle_platform.territory.boundaries import read_boundary
from tests.platform import make

SQUARE = make.square(0)
GEOMETRY = json.loads(shapely.to_geojson(SQUARE))
FEATURE = {"type": "Feature", "properties": {}, "geometry": GEOMETRY}


@pytest.mark.parametrize(
    "content",
    [
        shapely.to_wkt(SQUARE),
        "\ufeff" + shapely.to_wkt(SQUARE),
        json.dumps(GEOMETRY),
        json.dumps(FEATURE),
        json.dumps({"type": "FeatureCollection", "features": [FEATURE, FEATURE]}),
    ],
)
def test_an_area_is_an_area_however_it_is_written(content):
    assert read_boundary(content.encode()).equals(SQUARE)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"POINT (116 40)", "要有面"),
        (b"POLYGON EMPTY", "要有面"),
        (b'{"type": "FeatureCollection", "features": []}', "要有面"),
        (b"{", "读不出"),
        (b"[1]", "读不出"),
        (b'{"type": "Feature"}', "读不出"),
        (b"\xff\xfe\x00", "读不出"),
        (b"POLYGON ((0 0, 500000 0, 500000 400000, 0 0))", "不是经纬度"),
        (b"x" * (MOST_BYTES + 1), "超过2 MB"),
    ],
)
def test_what_is_none_is_refused_with_what_to_do(content, why):
    with pytest.raises(RefusedError, match=why) as refused:
        read_boundary(content)
    assert refused.value.remedy
    assert "boundary_file" in refused.value.fields


def test_a_bow_tie_becomes_two_faces():
    made = read_boundary(b"POLYGON ((0 0, 1 1, 1 0, 0 1, 0 0))")
    assert made.is_valid
    assert made.area == pytest.approx(0.5)
