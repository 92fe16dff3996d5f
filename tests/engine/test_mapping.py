"""Check isochrones from the command line: what is written, said and refused."""

import geopandas as gpd
import pytest
import shapely
from typer.testing import CliRunner

from livingcircle import cli
from livingcircle.errors import InputError
from livingcircle.errors import LivingCircleError
from livingcircle.errors import NetworkError
from livingcircle.errors import OutputError
from tests.factories.streets import GRID
from tests.factories.streets import lift

DISTRICT = """[district]
name = "手绘区"
coordinates = "WGS-84"
[[outlets]]
file = "o.csv"
[[doors]]
file = "d.csv"
[options]
walker = "elder"
"""
ROADS = """[[roads]]
file = "r.geojson"
"""


def degrees(x, y):
    """Return a place in metres as typed coordinates."""
    lon, lat = GRID.unproject_xy(x, y)
    return f"{float(lon):.7f},{float(lat):.7f}"


@pytest.fixture
def folder(tmp_path):
    """Return a district folder: one street of 2 km, two doors, one of them far off, a shop."""
    folder = tmp_path / "d"
    folder.mkdir()
    (folder / "district.toml").write_text(DISTRICT + ROADS, "utf-8")
    shop = f"编号,网点名称,业态,经度,纬度\nS1,甲店,药店,{degrees(100, -10)}\n"
    doors = f"编号,名称,居住人数,用途,经度,纬度\nA,甲楼,30,住宅,{degrees(0, 10)}\n"
    (folder / "o.csv").write_text(shop, "utf-8")
    (folder / "d.csv").write_text(doors + f"B,乙楼,9,住宅,{degrees(0, 800)}\n", "utf-8")
    street = gpd.GeoDataFrame(
        {"highway": ["residential"]},
        geometry=lift([shapely.LineString([(-1000, 0), (1000, 0)])]),
        crs="EPSG:4326",
    )
    street.to_file(folder / "r.geojson")
    return folder


def run(*words):
    """Return what a command prints; a refusal comes through as its own error."""
    result = CliRunner().invoke(
        cli.app, ["isochrones", *map(str, words)], catch_exceptions=False
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    return result.output


def test_doors_outlets_and_points_are_drawn_into_one_layer(folder, tmp_path):
    target = tmp_path / "步行.gpkg"
    said = run(folder, "--door", "A", "--outlet", "S1", "--point", degrees(50, 0), "--out", target)
    drawn = gpd.read_file(target, layer="isochrones")
    assert drawn["kind"].tolist() == ["楼门"] * 3 + ["网点"] * 3 + ["坐标点"] * 3
    assert drawn["limit"].tolist() == [5, 10, 15] * 3
    # 老年步行者 walks 48 m a minute; the leg takes 10 of 240, 480 and 720 m.
    assert drawn["street_metres"][:3].tolist() == pytest.approx([460, 940, 1420], abs=1)
    assert drawn.crs == "EPSG:4326"
    assert "老年步行者（每分钟48米）" in said
    assert "15分钟：3处" in said
    assert f"已写出：{target}" in said


def test_metres_and_exact_shapes_can_be_asked_for(folder, tmp_path):
    target = tmp_path / "a.geojson"
    asked = ("--door", "A", "--metres", "300，100", "--exact", "--out", target)
    said = run(folder, *asked)
    drawn = gpd.read_file(target)
    assert drawn["limit"].tolist() == [100, 300]
    shape = GRID.project(drawn.geometry.to_numpy())[0]
    # 180 m of street, 25 m around, and the cap of a circle where the leg's end sticks out.
    assert shape.area == pytest.approx(180 * 50 + 25**2 * 3.1416 + 280, rel=0.003)
    assert "100米：1处" in said
    assert run(folder, *asked) == said  # drawn anew over its own drawing


def test_who_is_off_the_streets_is_named_and_the_others_are_drawn(folder, tmp_path):
    target, nowhere = tmp_path / "a.gpkg", degrees(300, 500)
    said = run(folder, "--door", "A", "--door", "B", "--point", nowhere, "--out", target)
    assert "楼门“B”没有画：200 米内没有走得到的道路" in said
    assert f"坐标点“{nowhere}”没有画" in said
    assert gpd.read_file(target)["origin_id"].unique().tolist() == ["A"]


@pytest.mark.parametrize("name", ["a.gpkg", "a.geojson"])
def test_who_is_still_on_the_way_to_the_street_is_written_without_a_shape(folder, tmp_path, name):
    run(folder, "--door", "A", "--metres", "5,50", "--out", tmp_path / name)
    drawn = gpd.read_file(tmp_path / name)
    assert drawn["street_metres"].tolist() == pytest.approx([0, 80], abs=0.1)
    assert drawn.geometry.iloc[0] is None or drawn.geometry.iloc[0].is_empty
    assert not drawn.geometry.iloc[1].is_empty


@pytest.mark.parametrize(
    ("words", "error", "sentence"),
    [
        ((), InputError, "没有说从哪里画"),
        (("--door", "X"), InputError, "没有编号为“X”的楼门"),
        (("--door", "B"), InputError, "一个也画不出：楼门“B”没有画"),
        (("--point", "北京"), InputError, "“北京”不是坐标"),
        (("--point", "32.0,118.8"), InputError, "不是地球上的一个点"),
        (("--point", "118.8"), InputError, "写成“经度,纬度”"),
        (("--door", "A", "--minutes", "五"), InputError, "“五”不是一串数"),
        (("--door", "A", "--minutes", "0"), InputError, "步行范围要大于 0"),
        (("--door", "A", "--metres", "99999"), InputError, "不超过 10000 米"),
        (("--door", "A", "--minutes", "5", "--metres", "5"), InputError, "只能用一种"),
        (("--door", "A", "--walker", "cat"), NetworkError, "没有名为“cat”的步行者"),
        (("--door", "A", "--at", "9点"), NetworkError, "不是钟点"),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_words(folder, tmp_path, words, error, sentence):
    with pytest.raises(error, match=sentence):
        run(folder, *words, "--out", tmp_path / "a.gpkg")
    assert not (tmp_path / "a.gpkg").exists()


def test_without_streets_that_is_said(folder, tmp_path):
    (folder / "district.toml").write_text(DISTRICT, "utf-8")
    with pytest.raises(LivingCircleError, match="道路"):
        run(folder, "--door", "A", "--out", tmp_path / "a.gpkg")


def test_nothing_of_somebody_else_is_written_over(folder, tmp_path):
    (tmp_path / "a.gpkg").write_text("mine", "utf-8")
    gpd.GeoDataFrame({"x": [1]}, geometry=[shapely.Point(1, 1)], crs="EPSG:4326").to_file(
        tmp_path / "b.gpkg", layer="isochrones"
    )
    for name in ("a.gpkg", "b.gpkg", "c.shp", "d/r.geojson", "d/new.gpkg"):
        with pytest.raises(OutputError):
            run(folder, "--door", "A", "--out", tmp_path / name)
    assert (tmp_path / "a.gpkg").read_text("utf-8") == "mine"
