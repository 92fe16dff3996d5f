"""Bring in communities, circles, base files and extracts of a map, and take them back."""

import json

import geopandas as gpd
import pytest
import shapely
from django.core.files.uploadedfile import SimpleUploadedFile

from livingcircle.coordinates import from_wgs84
from livingcircle.io.one_file import read_file
from livingcircle_platform.core import files
from livingcircle_platform.errors import BusyError
from livingcircle_platform.errors import RefusedError
from livingcircle_platform.imports import workplace
from livingcircle_platform.imports.actions import asking
from livingcircle_platform.imports.actions import deciding
from livingcircle_platform.imports.coordinate_doubt import places_under
from livingcircle_platform.imports.models import Batch
from livingcircle_platform.registry.models import Outlet
from livingcircle_platform.territory.models import Area
from livingcircle_platform.territory.models import BaseFile
from livingcircle_platform.territory.models import CircleSet
from tests.engine.io import osm_files
from tests.platform import make
from tests.platform.imports.conftest import place
from tests.platform.imports.conftest import row
from tests.platform.imports.conftest import sheet
from tests.platform.make import SOUTH
from tests.platform.make import WEST

pytestmark = pytest.mark.django_db(transaction=True)


def text(name, *lines):
    return SimpleUploadedFile(name, "\n".join(lines).encode("utf-8-sig"))


def geojson(name, *features):
    told = [
        {"type": "Feature", "properties": values, "geometry": shapely.geometry.mapping(shape)}
        for values, shape in features
    ]
    whole = {"type": "FeatureCollection", "features": told}
    return SimpleUploadedFile(name, json.dumps(whole, ensure_ascii=False).encode())


def accepted(batch, clerk):
    assert batch.state == "staged", batch.problem
    return deciding.accept(batch, acting_user=clerk, seen=batch.version)


def undone(batch, clerk):
    return deciding.undo(batch, acting_user=clerk, reason="导错了")


def current(district, section="doors"):
    rows = BaseFile.objects.filter(district=district, section=section, replaced_on=None)
    return [one.name for one in rows]


def test_people_come_in_by_a_table_and_leave_the_boundary_alone(bring, clerk, town):
    make.profile(town.a1, 1000, age_60_plus=300)
    lines = ("社区编号,社区名称,所属街道,常住人口", "111,甲一社区,,1200", "119,新社区,丁街道,800")
    batch = bring(text("人口.csv", *lines), "communities", coordinates="")
    assert {one.key: one.verdict for one in batch.rows.all()} == {"111": "changed", "119": "new"}
    batch = accepted(batch, clerk)
    town.a1.refresh_from_db()
    latest = town.a1.profiles.first()
    assert (latest.population, latest.age_60_plus) == (1200, 300)
    assert (town.a1.parent, town.a1.boundary is None) == (town.a, False)
    new = Area.objects.get(code="119")
    assert (new.parent.name, new.parent.parent) == ("丁街道", town.district)
    assert undone(batch, clerk) == (2, [])
    assert not Area.objects.filter(code="119", removed_at=None).exists()
    kept = town.a1.profiles.filter(removed_at=None).get()
    assert kept.population == 1000
    assert bring(text("人口.csv", lines[0], "111,甲一社区,,1000"), "communities",
                 coordinates="").counts == {"same": 1}  # fmt: skip


def test_a_new_community_that_has_outlets_stays_and_is_named(bring, clerk):
    lines = (
        "社区编号,社区名称,所属街道,常住人口",
        "118,空社区,甲街道,700",
        "119,新社区,甲街道,800",
    )
    batch = accepted(bring(text("人口.csv", *lines), "communities", coordinates=""), clerk)
    make.outlet(Area.objects.get(code="119"))
    count, left = undone(batch, clerk)
    assert (count, [row.key for row in left]) == (1, ["119"])
    new = Area.objects.get(code="119")
    assert (new.removed_at, new.profiles.get().removed_at) == (None, None)


def test_circles_of_a_file_become_the_next_version(bring, clerk, town):
    before = make.circles(town.district, ("老圈", [town.a1, town.a2]))
    lines = ("生活圈编号,生活圈名称,覆盖社区", "1,新圈,甲一社区、甲二社区、乙一社区")
    batch = bring(text("圈.csv", *lines), "circles", coordinates="")
    assert batch.counts == {"changed": 1}
    batch = accepted(batch, clerk)
    made = CircleSet.objects.get(state="adopted")
    members = made.circles.get().members.values_list("community__name", flat=True)
    assert set(members) == {"甲一社区", "甲二社区", "乙一社区"}
    assert bring(text("圈.csv", *lines), "circles", coordinates="").counts == {"same": 1}
    undone(batch, clerk)
    before.refresh_from_db()
    assert before.state == "adopted"


def test_a_circle_that_is_missing_from_the_file_is_named(bring, town):
    make.circles(town.district, ("甲圈", [town.a1, town.a2]), ("乙圈", [town.b1]))
    lines = ("生活圈编号,生活圈名称,覆盖社区", "1,甲圈,甲一社区、没有的社区")
    batch = bring(text("圈.csv", *lines), "circles", coordinates="")
    assert "没有的：2" in batch.summary["notes"][-1]
    assert "没有的社区" in batch.rows.get().problems[0]


def doors(name, *codes):
    return geojson(name, *(
        ({"door_id": code, "population": 10}, shapely.Point(*place(number)))
        for number, code in enumerate(codes)
    ))  # fmt: skip


def test_a_base_file_replaces_or_adds_and_comes_back(bring, clerk, town):
    first = accepted(bring(doors("楼门.geojson", "d1", "d2"), "doors"), clerk)
    assert (first.summary["good"], first.summary["written"]) == (2, 1)
    second = accepted(bring(doors("新楼门.geojson", "d3"), "doors"), clerk)
    assert current(town.district) == ["新楼门.geojson"]
    third = accepted(bring(doors("补充.geojson", "d4"), "doors", adds=True), clerk)
    assert sorted(current(town.district)) == ["新楼门.geojson", "补充.geojson"]
    with pytest.raises(BusyError, match="代替"):
        undone(first, clerk)
    undone(third, clerk)
    undone(second, clerk)
    assert current(town.district) == ["楼门.geojson"]
    again = accepted(bring(doors("楼门.geojson", "d1", "d2"), "doors"), clerk)
    assert again.summary["written"] == 0
    assert undone(again, clerk) == (0, [])
    assert current(town.district) == ["楼门.geojson"]


def test_a_shapefile_is_kept_as_one_layer_of_its_good_rows(bring, clerk, town, tmp_path):
    shops = [shapely.Point(*place(number)) for number in range(2)]
    frame = gpd.GeoDataFrame({"编号": ["d1", "d2"], "人口": [5, 7]}, geometry=shops, crs=4326)
    frame.to_file(tmp_path / "楼.shp", encoding="GBK")
    parts = [
        SimpleUploadedFile(path.name, path.read_bytes())
        for path in sorted(tmp_path.iterdir())
        if path.suffix in {".shp", ".shx", ".dbf", ".prj", ".cpg"}
    ]
    batch = bring(parts, "doors", coordinates="")
    assert len(batch.files) == len(parts)
    accepted(batch, clerk)
    kept = BaseFile.objects.get(section="doors", replaced_on=None)
    path = files.lay_out(kept.sha256, kept.name, tmp_path / "out")
    read = read_file(path, "doors", coordinates=kept.coordinates)
    assert list(read.parts[0].rows.index) == ["d1", "d2"]


@pytest.fixture
def extract(tmp_path):
    lon, lat = place(0)
    column, line = (lon - osm_files.LON) / osm_files.STEP, (lat - osm_files.LAT) / osm_files.STEP
    shop = {"shop": "convenience", "name": "路口小店"}
    osm_files.write_osm(
        tmp_path / "a.osm.pbf",
        nodes={1: (column, line), 2: (column + 3, line), 3: (column + 1, line, shop)},
        ways=[(10, [1, 2], {"highway": "residential"})],
    )
    return SimpleUploadedFile("地图.osm.pbf", (tmp_path / "a.osm.pbf").read_bytes())


def test_an_extract_gives_streets_first_and_outlets_without_another_upload(
    bring, clerk, town, work, extract
):
    batch = bring(extract, "streets", coordinates="")
    accepted(batch, clerk)
    assert current(town.district, "roads") == ["地图.osm.pbf"]
    made = asking.take_also(batch, "outlets", acting_user=clerk)
    assert asking.take_also(batch, "outlets", acting_user=clerk).pk == made.pk
    work()
    made.refresh_from_db()
    accepted(made, clerk)
    shop = Outlet.objects.get()
    assert (shop.name, shop.area, shop.source.complete_for) == ("路口小店", town.a1, ["none"])
    assert workplace.streets_of(town.district).is_file()


def streets():
    """Return streets of a dense grid over the district: a wrong label shows against them."""
    steps = [0.0008 * number for number in range(51)]
    lines = [((WEST + x, SOUTH), (WEST + x, SOUTH + 0.01)) for x in steps[:51]]
    lines += [((WEST, SOUTH + y), (WEST + 0.04, SOUTH + y)) for y in steps[:13]]
    return geojson("路.geojson", *(({}, shapely.LineString(line)) for line in lines))


def test_a_wrong_label_is_doubted_and_must_be_settled(bring, clerk, town, work):
    accepted(bring(streets(), "streets"), clerk)
    spots = [(WEST + 0.0008 * n + 0.0001, SOUTH + 0.0004 + 0.0002 * (n % 5)) for n in range(2, 48)]
    moved = [from_wgs84([x], [y], "GCJ-02") for x, y in spots]
    lines = [f"A-{n},店{n},药店,{x[0]:.6f},{y[0]:.6f}," for n, (x, y) in enumerate(moved)]
    batch = bring(sheet(*lines))
    assert [one["likely"] for one in batch.open_doubts] == ["GCJ-02"]
    with pytest.raises(RefusedError, match="坐标系还没有确认"):
        accepted(batch, clerk)
    right = places_under(batch, "GCJ-02")["features"][0]["geometry"]["coordinates"]
    assert right == pytest.approx(spots[0], abs=2e-6)
    asking.answer(batch, {"coordinates": "GCJ-02"}, acting_user=clerk, seen=batch.version)
    work()
    batch.refresh_from_db()
    assert (batch.open_doubts, batch.counts["new"]) == ([], len(lines))


def test_a_doubt_can_be_settled_the_other_way(bring, clerk, town):
    batch = bring(sheet(row("A-1", "果园药店")))
    Batch.objects.filter(pk=batch.pk).update(
        summary={**batch.summary, "doubts": [{"likely": "GCJ-02"}]}
    )
    settled = asking.settle(Batch.objects.get(pk=batch.pk), acting_user=clerk, seen=batch.version)
    assert accepted(settled, clerk).summary["written"] == 1
