"""Find spaces for gaps by what trades mean, not by how they are spelt."""

import geopandas as gpd
import pytest
import shapely

from livingcircle.documents._planning import Spaces
from livingcircle.tables import TABLES
from livingcircle.tables import conform

HERE = shapely.box(0, 0, 1, 1)
SHED = "车棚（自行车棚，60平方米，空置）"
NONE_FITS = "台账中没有合适的空间"
DOUBTFUL = "未核实（1处没有登记位置或适合业态不明）"


def spaces(suitable: str = "", excluded: str = "", place: shapely.Point | None = None) -> Spaces:
    """Register one shed."""
    row = {
        "space_id": "s1",
        "name": "车棚",
        "kind": "自行车棚",
        "area_m2": 60.0,
        "occupancy": "空置",
        "suitable_trades": suitable,
        "excluded_trades": excluded,
        "geometry": shapely.Point(0.5, 0.5) if place is None else place,
    }
    frame = gpd.GeoDataFrame([row], geometry="geometry", crs="EPSG:4326")
    return Spaces(conform("spaces", frame.set_index(TABLES["spaces"].id)))


@pytest.mark.parametrize(
    ("suitable", "excluded", "trades", "told"),
    [
        ("菜篮子、药店", "", ("pharmacy",), SHED),
        ("大药房", "", ("pharmacy",), SHED),
        ("", "", ("pharmacy",), SHED),
        ("便利店", "", ("convenience_store", "supermarket"), SHED),
        ("菜市场", "", ("vegetable",), SHED),
        ("菜篮子", "", ("wet_market",), NONE_FITS),
        ("", "菜市场", ("vegetable",), SHED),
        ("", "菜篮子", ("wet_market",), NONE_FITS),
        ("", "药店", ("pharmacy",), NONE_FITS),
        ("早餐店", "", ("pharmacy",), NONE_FITS),
        ("", "药店", ("pharmacy", "bank"), SHED),
        ("小型文创", "", ("pharmacy",), DOUBTFUL),
        ("便利店", "", (), "—"),
    ],
)
def test_a_space_fits_by_trade(
    suitable: str, excluded: str, trades: tuple[str, ...], told: str
) -> None:
    assert spaces(suitable, excluded).fitting(HERE, trades) == told


def test_a_space_elsewhere_does_not_fit() -> None:
    assert spaces(place=shapely.Point(5, 5)).fitting(HERE, ("pharmacy",)) == NONE_FITS


def test_a_space_without_a_place_is_counted() -> None:
    assert spaces(place=shapely.Point()).fitting(HERE, ("pharmacy",)) == DOUBTFUL
    assert spaces("药店", place=shapely.Point()).fitting(HERE, ("bank",)) == NONE_FITS


def test_missing_register_or_border_is_unknown_not_none() -> None:
    assert spaces().fitting(None, ("pharmacy",)) == "未核实（没有边界）"
    bare = Spaces(spaces_table().iloc[:0])
    assert bare.fitting(HERE, ("pharmacy",)) == "未核实（没有空间资源台账）"


def spaces_table() -> gpd.GeoDataFrame:
    """Return an empty register."""
    frame = gpd.GeoDataFrame({"space_id": []}, geometry=[], crs="EPSG:4326")
    return conform("spaces", frame.set_index("space_id"))
