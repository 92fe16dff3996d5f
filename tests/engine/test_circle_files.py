"""Check that a set comes back from its folder as it was, and what the commands tell."""

import json
import shutil
from dataclasses import replace
from importlib.resources import files

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
import shapely
from typer.testing import CliRunner

from livingcircle.circle_edits import draw
from livingcircle.circle_edits import merge
from livingcircle.circle_files import from_record
from livingcircle.circle_files import read_circles
from livingcircle.circle_files import to_record
from livingcircle.circle_files import write_circles
from livingcircle.cli import app
from livingcircle.delineation import Wishes
from livingcircle.delineation import existing_circles
from livingcircle.delineation import improve_circles
from livingcircle.delineation import propose_circles
from livingcircle.errors import InputError
from livingcircle.errors import LivingCircleError
from livingcircle.errors import OutputError
from livingcircle.io.folder import read_district
from tests.engine.worlds import degrees
from tests.engine.worlds import with_circles
from tests.engine.worlds import world


def edited(district):
    """Return a set with four versions: imported, improved, merged, drawn."""
    start = existing_circles(district)
    better = improve_circles(district, Wishes(count=4), start=start).set
    some = [circle for circle in better.circles if 0 in circle.tiles]
    beside = next(c for c in better.circles if c not in some and better.land.borders.connected(
        c.tiles | some[0].tiles))  # fmt: skip
    joined = merge(better, [some[0].id, beside.id], reason="并").set
    return draw(joined, degrees(shapely.box(-10, -10, 160, 310)), name="角上圈", reason="画").set


def test_a_set_comes_back_with_its_history(tmp_path):
    district = with_circles(world(3, 3), [[0, 1, 2], [3, 4, 5], [6, 7, 8]])
    some = edited(district)
    write_circles(some, tmp_path / "圈")
    back = read_circles(tmp_path / "圈", district)
    assert back.circles == some.circles
    assert back.steps == some.steps
    pd.testing.assert_frame_equal(back.indicators(), some.indicators())
    pd.testing.assert_frame_equal(back.checks(), some.checks())


def test_the_same_set_is_written_with_the_same_bytes(tmp_path):
    found = propose_circles(world(2, 2))
    for name in ("a", "b"):
        write_circles(found, tmp_path / name)
    for file in ("圈层.xlsx", "circles.gpkg", "circle_set.json"):
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()


def test_layers_hold_circles_tiles_cells_and_what_parts_them(tmp_path):
    river = ("river", shapely.LineString([(300, -50), (300, 700)]))
    write_circles(propose_circles(world(2, 2, severed=[river])), tmp_path / "圈")
    path = tmp_path / "圈" / "circles.gpkg"
    layers = pyogrio.list_layers(path)[:, 0].tolist()
    assert layers == ["circles", "tiles", "cells", "severances"]
    tiles = gpd.read_file(path, layer="tiles")
    circles = gpd.read_file(path, layer="circles")
    assert set(tiles["circle_id"]) == set(circles["circle_id"])
    assert circles.to_crs(32650).area.sum() == pytest.approx(tiles.to_crs(32650).area.sum())


def test_another_district_is_refused(tmp_path):
    write_circles(propose_circles(world(2, 2)), tmp_path / "圈")
    with pytest.raises(InputError, match="社区或阻隔与划圈时不同"):
        read_circles(tmp_path / "圈", world(2, 3))


def test_numbers_go_on_after_those_a_district_brought(tmp_path):
    district = with_circles(world(2, 2), [[0], [1], [2], [3]])
    names = {f"c{n}": f"Q{n + 5:02d}" for n in range(4)}
    district = replace(
        district,
        circles=district.circles.rename(index=names),
        circle_members=district.circle_members.replace({"circle_id": names}),
    )
    once = merge(existing_circles(district), ["Q05", "Q06"]).set
    twice = merge(once, [once.circles[-1].id, "Q07"]).set
    assert [circle.id for circle in twice.circles] == ["Q08", "Q10"]
    write_circles(twice, tmp_path / "圈")
    assert read_circles(tmp_path / "圈", district).circles == twice.circles


def test_walks_are_known_as_far_after_a_narrower_improvement(tmp_path):
    district = with_circles(world(2, 6), [[0, 1, 2, 3, 4, 5], [6, 7, 8, 9, 10, 11]])
    wide = existing_circles(district, Wishes(band=20))
    narrow = improve_circles(district, Wishes(band=10), start=wide).set
    write_circles(narrow, tmp_path / "圈")
    back = read_circles(tmp_path / "圈", district)
    assert back.land.walks.reach == narrow.land.walks.reach == 40.0
    pd.testing.assert_frame_equal(back.indicators(), narrow.indicators())


def spoiled(told, how):
    """Return a record spoiled in one place."""
    first, steps = told["first"], told["steps"]
    changes = {
        "no steps": {"steps": []},
        "a step missing": {"steps": [steps[0], *steps[2:]]},
        "no arguments": {"steps": [steps[0], {**steps[1], "arguments": None}]},
        "an unknown tile": {"first": [{**first[0], "tiles": ["x"]}, *first[1:]]},
        "a tile twice": {"first": [*first, first[0]]},
        "a tile lost": {"first": first[1:]},
        "no such formation": {"first": [{**first[0], "formation": "z"}, *first[1:]]},
        "a strange band": {"wishes": {**told["wishes"], "band": "x"}},
        "another lineage": {"steps": [steps[0], {**steps[1], "lineage": [["Q01", "Q09"]]}]},
        "no boundary": {"steps": [steps[0], {
            **steps[1], "operation": "draw",
            "arguments": {"boundary": "POLYGON", "circle": "", "name": ""}}]},
    }  # fmt: skip
    return {**told, **changes[how]}


@pytest.mark.parametrize(
    "how",
    ["no steps", "a step missing", "no arguments", "an unknown tile", "a tile twice",
     "a tile lost", "no such formation", "a strange band", "another lineage", "no boundary"],
)  # fmt: skip
def test_a_record_that_does_not_lead_where_it_says_is_told(tmp_path, how):
    district = world(2, 2)
    start = propose_circles(district, Wishes(count=4)).set
    some = merge(start, [start.circles[0].id, start.circles[1].id]).set
    some = merge(some, [some.circles[-1].id, some.circles[0].id]).set
    write_circles(some, tmp_path / "圈")
    path = tmp_path / "圈" / "circle_set.json"
    path.write_text(json.dumps(spoiled(json.loads(path.read_text("utf-8")), how)), "utf-8")
    with pytest.raises(InputError, match="记录已损坏"):
        read_circles(tmp_path / "圈", district)


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"tiles": 3}'])
def test_a_damaged_record_is_told(tmp_path, damage):
    write_circles(propose_circles(world(1, 2)), tmp_path / "圈")
    (tmp_path / "圈" / "circle_set.json").write_text(damage, "utf-8")
    with pytest.raises(InputError, match="记录已损坏"):
        read_circles(tmp_path / "圈", world(1, 2))


def test_an_unknown_step_is_told(tmp_path):
    district = world(1, 2)
    write_circles(propose_circles(district), tmp_path / "圈")
    path = tmp_path / "圈" / "circle_set.json"
    told = json.loads(path.read_text("utf-8"))
    told["steps"].append({**told["steps"][0], "operation": "paint", "version": 2})
    path.write_text(json.dumps(told), "utf-8")
    with pytest.raises(InputError, match="不认识的操作“paint”"):
        read_circles(tmp_path / "圈", district)


def test_nothing_of_somebody_elses_is_replaced(tmp_path):
    (tmp_path / "别的.txt").write_text("x", "utf-8")
    with pytest.raises(OutputError, match="已有别的内容"):
        write_circles(propose_circles(world(1, 1)), tmp_path)
    with pytest.raises(InputError, match="这里没有划好的圈"):
        read_circles(tmp_path, world(1, 1))


def test_what_somebody_edited_is_not_replaced_by_a_proposal(tmp_path):
    district = with_circles(world(3, 3), [[0, 1, 2], [3, 4, 5], [6, 7, 8]])
    write_circles(edited(district), tmp_path / "圈")
    with pytest.raises(OutputError, match="有人改过"):
        write_circles(propose_circles(district), tmp_path / "圈")
    assert read_circles(tmp_path / "圈", district).steps[-1].operation == "draw"
    (tmp_path / "圈" / "circle_set.json").write_text("{", "utf-8")
    with pytest.raises(OutputError, match="不知道有没有人改过"):
        write_circles(propose_circles(district), tmp_path / "圈")


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    """Return a copy of the demonstration district, with proposed circles beside it."""
    folder = tmp_path_factory.mktemp("示范") / "区"
    shutil.copytree(str(files("livingcircle") / "sample"), folder)
    told = run("propose", folder, "--out", folder.parent / "圈")
    assert "硬约束：全部符合" in told
    return folder


def run(*words):
    """Return what a command prints; a refusal is raised."""
    result = CliRunner().invoke(app, ["circles", *map(str, words)])
    if isinstance(result.exception, LivingCircleError):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.output


def test_commands_edit_a_set_in_its_folder(sample, tmp_path):
    drawn = tmp_path / "圈"
    shutil.copytree(sample.parent / "圈", drawn)
    assert "第2版" in run("merge", sample, drawn, "Q11", "Q12", "--reason", "居民要求")
    shape = gpd.GeoDataFrame(geometry=[shapely.box(118.770, 32.040, 118.776, 32.045)], crs=4326)
    shape.to_file(tmp_path / "画.geojson")
    assert "新圈" in run("draw", sample, drawn, tmp_path / "画.geojson", "--name", "新圈")
    told = run("history", sample, drawn)
    assert "第2版　合并：居民要求，Q11→Q13；Q12→Q13" in told.replace("\n", "")
    with pytest.raises(InputError, match="“示范十四社区”"):
        run("move", sample, drawn, "示范十四社", "Q09")
    with pytest.raises(OutputError, match="有人改过"):
        run("propose", sample, "--out", drawn)


def test_the_circles_layer_can_be_read_as_input(sample, tmp_path):
    made = read_circles(sample.parent / "圈", read_district(sample))
    folder = tmp_path / "新区"
    shutil.copytree(sample, folder)
    shutil.copy(sample.parent / "圈" / "circles.gpkg", folder / "circles.gpkg")
    text = (folder / "district.toml").read_text("utf-8")
    head, *sections = text.split("\n[[")
    kept = [s for s in sections if not s.startswith("circles")]
    new = (
        'circles]]\nfile = "circles.gpkg"\nlayer = "circles"\nstatus = "derived"\ntitle = "划定"\n'
    )
    (folder / "district.toml").write_text("\n[[".join([head, *kept, new]), "utf-8")
    district = read_district(folder)
    assert district.circles["name"].tolist() == [circle.name for circle in made.circles]
    again = existing_circles(district)
    assert {c.tiles for c in again.circles} == {c.tiles for c in made.circles}
    told = run("check", folder)
    assert "硬约束：全部符合" in told


def test_improving_the_demonstration_district(sample, tmp_path):
    told = run("improve", sample, "--out", tmp_path / "圈", "--band", "30", "--count", "6")
    assert "原有5个圈，现在6个" in told.replace("\n", "")
    assert (tmp_path / "圈" / "圈层.xlsx").is_file()


def test_cells_of_the_demonstration_district(sample, tmp_path):
    told = run("cells", sample, "--out", tmp_path / "格.gpkg")
    assert "切成4格" in told
    assert len(gpd.read_file(tmp_path / "格.gpkg", layer="cells")) == 4
    with pytest.raises(OutputError, match="结尾"):
        run("cells", sample, "--out", tmp_path / "格.txt")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--density", "很密"), "不是人口密度的范围"),
        (("--density", "30000-10000"), "下限不小于上限"),
        (("--band", "0"), "不合适"),
        (("--hard", "长城"), "不认识的阻隔"),
    ],
)
def test_what_is_typed_wrongly_is_refused_before_anything_long(sample, tmp_path, words, says):
    with pytest.raises(InputError, match=says):
        run("propose", sample, "--out", tmp_path / "圈", *words)
    assert not (tmp_path / "圈").exists()


def test_without_circles_there_is_nothing_to_check(sample):
    district = read_district(sample)
    bare = replace(district, circles=district.circles.iloc[:0])
    with pytest.raises(InputError, match="还没有生活圈"):
        existing_circles(bare)


def test_a_set_comes_back_from_its_record_after_a_way_through_json():
    district = with_circles(world(3, 3), [[0, 1, 2], [3, 4, 5], [6, 7, 8]])
    some = edited(district)
    told = json.loads(json.dumps(to_record(some)))
    back = from_record(told, district)
    assert (back.circles, back.steps) == (some.circles, some.steps)
    assert json.loads(json.dumps(to_record(back))) == told
    with pytest.raises(InputError, match="记录已损坏"):
        from_record({**told, "steps": [{}]}, district)
