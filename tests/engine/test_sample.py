"""Hold the demonstration district to what it says about itself."""

import hashlib
import importlib
import shutil
import zipfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

import livingcircle
from livingcircle.coordinates import LocalGrid
from livingcircle.coordinates import geodesic_area
from livingcircle.district import Status
from livingcircle.io.folder import read_district

SAMPLE = Path(livingcircle.__file__).parent / "sample"
TOOLS = Path(__file__).parents[2] / "tools"


@pytest.fixture(scope="module")
def district():
    return read_district(SAMPLE)


@pytest.fixture(scope="module")
def communities():
    return gpd.read_file(SAMPLE / "communities.geojson").set_index("community_id")


@pytest.fixture(scope="module")
def doors():
    return gpd.read_file(SAMPLE / "doors.geojson").set_index("door_id")


def contents(path: Path) -> object:
    """Return a file's bytes; for a workbook its parts, whatever zlib packed them."""
    if path.suffix != ".xlsx":
        return hashlib.sha256(path.read_bytes()).hexdigest()
    with zipfile.ZipFile(path) as book:
        return [(i.filename, i.date_time, book.read(i.filename)) for i in book.infolist()]


def test_the_script_regenerates_it_byte_for_byte(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(TOOLS))
    make_sample = importlib.import_module("make_sample")
    shutil.copy(SAMPLE / "streets.osm.pbf", tmp_path)
    make_sample.main(tmp_path)
    bundled = sorted(path.name for path in SAMPLE.iterdir() if path.is_file())
    assert sorted(path.name for path in tmp_path.iterdir()) == bundled
    for name in bundled:
        assert contents(tmp_path / name) == contents(SAMPLE / name), name


def test_it_stays_small():
    assert sum(path.stat().st_size for path in SAMPLE.iterdir()) < 1_500_000


def test_every_layer_can_be_read_and_says_what_it_is(district):
    assert district.name == "新街口示范区（演示）"
    assert district.standard == "miyun_2023"
    told = {source.file: source.status for source in district.sources}
    assert told["streets.osm.pbf"] is Status.REAL
    assert told["doors.geojson"] is Status.MODELLED
    assert told["communities.geojson"] is Status.DERIVED
    assert told["outlets_ledger.xlsx"] is Status.MADE_UP
    assert all(source.title for source in district.sources)


def test_openstreetmap_is_complete_for_no_trade(district):
    osm = [s for s in district.sources if s.table == "outlets" and s.file == "streets.osm.pbf"]
    assert [source.complete_for for source in osm] == [frozenset()]
    assert "housekeeping" in district.complete_trades()


def test_the_ledger_has_the_warts_of_a_ledger(district):
    issues = district.issues[district.issues["file"] == "outlets_ledger.xlsx"]
    problems = " ".join(issues["problem"])
    for wart in (
        "填反",
        "坐标是 0",
        "不认识业态",
        "没有填网点名称",
        "没有“2026-02-30”",
        "完全相同",
    ):
        assert wart in problems
    assert 5 <= len(issues) <= 20


def test_all_sixteen_basic_trades_occur(district):
    basic = {
        *("vegetable", "convenience_store", "supermarket", "breakfast", "pharmacy"),
        *("hairdresser", "laundry", "housekeeping", "repair", "parcel_point", "photo_print"),
        *("water_vending", "bank", "property_service", "restaurant", "service_centre"),
    }
    assert basic <= set(district.outlet_trades["trade"])


def test_outlets_in_gcj02_lie_along_the_streets_like_the_others(district):
    """A shift left in place would put them 500 metres off; they stand 3–30 metres off."""
    made_up = district.outlets[district.outlets.index.str.startswith("YS-")]
    inside = made_up[made_up.within(shapely.box(118.7655, 32.0352, 118.7965, 32.0520))]
    assert len(inside) >= len(made_up) - 3
    tree = shapely.STRtree(district.streets.geometry.to_numpy())
    _, gap = tree.query_nearest(inside.geometry.to_numpy(), return_distance=True, all_matches=False)
    assert np.quantile(gap, 0.99) < 31 / 90_000


def test_people_are_conserved_from_doors_to_communities(doors, communities):
    counted = doors.groupby("community")["residents"].sum()
    stated = communities.set_index("name")["population"]
    pd.testing.assert_series_equal(
        counted.sort_index(), stated.sort_index(), check_names=False, check_dtype=False
    )
    for age in ("age_0_3", "age_60_plus", "age_65_plus", "age_80_plus"):
        by_door = doors.groupby("community")[age].sum(min_count=1)
        by_name = communities.set_index("name")[age]
        assert (by_door.reindex(by_name.index).isna() == by_name.isna()).all()
        assert by_door.sum() == by_name.sum()
    assert communities["age_60_plus"].isna().sum() == 2


def test_every_door_lies_in_its_community(doors, communities):
    shapes = communities.set_index("name").geometry
    place = doors.representative_point()
    assert all(
        shapes[name].buffer(1e-6).contains(point)
        for name, point in zip(doors["community"], place, strict=True)
    )


def test_communities_fill_the_district_without_overlap(communities):
    shapes = communities.geometry.to_numpy()
    together = shapely.union_all(shapes)
    assert (communities.geom_type == "Polygon").all()
    assert together.geom_type == "Polygon"
    assert shapely.area(shapes).sum() == pytest.approx(together.area, rel=1e-6)
    grid = LocalGrid.around(together)
    edge = grid.project(shapely.box(118.7655, 32.0352, 118.7965, 32.0520).exterior)
    assert shapely.distance(grid.project(together), edge) == pytest.approx(300, abs=1)


def test_circles_keep_to_two_square_kilometres(district):
    assert (geodesic_area(district.circles.geometry.to_numpy()) < 2_000_000).all()
    assert {"new_residential", "old_town", "commercial_cultural"} <= set(district.circles["kind"])
    subtypes = district.circles.loc[district.circles["kind"] == "new_residential", "subtype"]
    assert sorted(subtypes) == ["", "technology"]
    assert district.circle_members["part"].sum() == 2


def test_people_live_behind_gates(district):
    closed_off = district.doors[district.doors["compound"] != ""]
    gates = district.gates[district.gates["compound"] != ""]
    assert set(closed_off["compound"]) == set(gates["compound"])
    assert {"residents", "public", "unknown"} <= set(gates["gate_class"])


def test_the_licence_names_openstreetmap():
    text = (SAMPLE / "LICENCE.md").read_text(encoding="utf-8")
    assert "© OpenStreetMap contributors" in text
    assert "Open Database Licence" in text
