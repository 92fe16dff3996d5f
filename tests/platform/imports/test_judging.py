"""Hold the judging of uploads against a corpus of good files, bad ones and traps."""

import re
import time
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from livingcircle.coordinates import from_wgs84
from tests.platform.imports.corpus import ACCEPTED
from tests.platform.imports.corpus import LAT
from tests.platform.imports.corpus import LON
from tests.platform.imports.corpus import NOTHING
from tests.platform.imports.corpus import REJECTED
from tests.platform.imports.corpus import book
from tests.platform.imports.corpus import cut
from tests.platform.imports.corpus import data
from tests.platform.imports.corpus import extract
from tests.platform.imports.corpus import judged
from tests.platform.imports.corpus import layer
from tests.platform.imports.corpus import text

NOT_PLAIN = re.compile(
    r"非法|无效|操作失败|未知错误|请|district\.toml|\[\[|Error|Exception|Traceback|\bNone\b"
)


def sentences(reading) -> str:
    """Return all a reading says, after holding each sentence to plain Chinese."""
    said = [*reading.issues()["sentence"], *(f"{d.problem}。{d.remedy}。" for d in reading.doubts)]
    if reading.rejection is not None:
        assert reading.rejection.remedy
        said.append(reading.rejection.sentence)
    for sentence in said:
        assert re.search(r"[\u4e00-\u9fff]", sentence), sentence
        assert not NOT_PLAIN.search(sentence), sentence
        assert sentence.endswith("。"), sentence
    return "\n".join(said)


def test_the_corpus_is_large_enough():
    assert len({case.name for case in [*ACCEPTED, *REJECTED]}) == len(ACCEPTED) + len(REJECTED)
    assert len(ACCEPTED) + len(REJECTED) >= 60


@pytest.mark.parametrize("case", ACCEPTED, ids=lambda case: case.name)
def test_what_can_be_read_is_read(case, tmp_path):
    case.make(tmp_path / case.name)
    reading = judged(tmp_path / case.name, tmp_path / "work", case.table, **case.told)
    said = sentences(reading)
    if case.kind:
        assert reading.rejection.kind == case.kind
        return
    assert reading.rejection is None, said
    assert (reading.counts[case.table], reading.refused_count) == (case.good, case.refused), said
    assert len(reading.rows()) == case.good
    assert len(reading.refused()) == case.refused
    assert all(len(reasons) for reasons in reading.refused()["reasons"])
    assert case.words in said


@pytest.mark.parametrize("case", REJECTED, ids=lambda case: case.name)
def test_what_cannot_be_used_is_refused_in_words_and_in_time(case, tmp_path):
    case.make(tmp_path / case.name)
    before = {path.name for path in tmp_path.iterdir()}
    started = time.process_time()
    reading = judged(tmp_path / case.name, tmp_path / "work", case.table, **case.told)
    assert time.process_time() - started < 2.0
    said = sentences(reading)
    assert reading.rejection is not None, said
    assert reading.rejection.kind == case.kind, said
    assert case.words in said
    assert reading.counts == {}
    assert {path.name for path in tmp_path.iterdir()} == {*before, "work"}


@pytest.mark.parametrize("tenths", range(1, 10))
@pytest.mark.parametrize(
    ("name", "make", "table"),
    [
        ("a.xlsx", book(), "outlets"),
        ("a.gpkg", layer(), "communities"),
        ("a.geojson", layer(), "communities"),
        ("a.parquet", layer(), "communities"),
        ("a.shp", layer(encoding="utf-8"), "communities"),
        ("a.osm.pbf", extract, "outlets"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_cut_short_is_refused(name, make, table, tenths, tmp_path):
    """Hold true for every cut but one: between two blocks of a street extract nothing shows it."""
    cut(make, tenths)(tmp_path / name)
    reading = judged(tmp_path / name, tmp_path / "work", table)
    assert reading.rejection is not None
    sentences(reading)


@pytest.mark.parametrize("tenths", range(1, 10))
def test_a_text_table_cut_short_loses_only_what_was_cut(tenths, tmp_path):
    rows = [(f"店{k}", "药店", LON + k * 0.01, LAT) for k in range(20)]
    cut(text(*rows), tenths)(tmp_path / "a.csv")
    reading = judged(tmp_path / "a.csv", tmp_path / "work", coordinates="WGS-84")
    sentences(reading)
    if reading.rejection is None:
        assert set(reading.rows()["name"]) <= {name for name, *_ in rows}


def test_a_file_of_foreign_words_is_shown_so_that_columns_can_be_chosen(tmp_path):
    rows = "\n".join(f"店{k},卖药,{LON},{LAT + k * 0.01}" for k in range(30))
    data(f"字号,做什么,东,北\n{rows}\n".encode())(tmp_path / "a.csv")
    first = judged(tmp_path / "a.csv", tmp_path / "one", coordinates="WGS-84")
    assert first.rejection.kind == "table"
    assert [(h.title, h.how) for h in first.headings] == [
        (title, "unused") for title in ("字号", "做什么", "东", "北")
    ]
    assert len(first.preview) == 20
    assert first.preview[0] == ("店0", "卖药", str(LON), str(LAT))
    assert first.first == 2
    columns = {"字号": "name", "做什么": "trades", "东": "lon", "北": "lat"}
    second = judged(tmp_path / "a.csv", tmp_path / "two", coordinates="WGS-84", columns=columns)
    assert second.rejection is None
    assert second.counts == {"outlets": 30}
    assert {(h.how, h.column) for h in second.headings} == {
        ("given", column) for column in columns.values()
    }


def test_sheets_and_layers_are_offered(tmp_path):
    layer()(tmp_path / "a.gpkg")
    frame = gpd.read_file(tmp_path / "a.gpkg")
    frame.to_file(tmp_path / "a.gpkg", layer="别的")
    first = judged(tmp_path / "a.gpkg", tmp_path / "one", "communities")
    assert first.rejection.remedy == "选定读哪一个图层"
    assert first.sheets == ("a", "别的")
    assert first.headings[0].column == "name"
    second = judged(tmp_path / "a.gpkg", tmp_path / "two", "communities", sheet="别的")
    assert (second.sheet, second.counts) == ("别的", {"communities": 2})


def shops_beside_streets(folder: Path, system: str) -> tuple[Path, Path]:
    """Write six parallel streets, and forty shops beside them in a system."""
    lines = [
        shapely.LineString([(LON + k * 0.01, LAT), (LON + k * 0.01, LAT + 0.1)]) for k in range(6)
    ]
    streets = gpd.GeoDataFrame(geometry=lines, crs="EPSG:4326")
    streets.to_file(folder / "streets.gpkg")
    lon = [LON + 0.0001 + (k % 6) * 0.01 for k in range(40)]
    lat = [LAT + 0.001 + k * 0.002 for k in range(40)]
    moved = from_wgs84(lon, lat, system)
    rows = [(f"店{k}", "药店", x, y) for k, (x, y) in enumerate(zip(*moved, strict=True))]
    text(*rows)(folder / "a.csv")
    return folder / "a.csv", folder / "streets.gpkg"


@pytest.mark.parametrize("system", ["WGS-84", "GCJ-02", "BD-09"])
def test_a_system_nobody_named_is_offered_and_never_assumed(system, tmp_path):
    path, streets = shops_beside_streets(tmp_path, system)
    reading = judged(path, tmp_path / "work", streets=str(streets))
    assert reading.rejection.kind == "coordinates"
    assert reading.likely_system == system
    assert reading.counts == {}
    sentences(reading)


def test_a_wrong_label_is_doubted(tmp_path):
    path, streets = shops_beside_streets(tmp_path, "GCJ-02")
    reading = judged(path, tmp_path / "one", coordinates="WGS-84", streets=str(streets))
    (doubt,) = reading.doubts
    assert (doubt.declared, doubt.likely, doubt.swapped) == ("WGS-84", "GCJ-02", False)
    assert 400 < doubt.shift_m < 700
    assert "把文件的坐标系选成 GCJ-02" in doubt.remedy
    sentences(reading)
    right = judged(path, tmp_path / "two", coordinates="GCJ-02", streets=str(streets))
    assert right.doubts == ()


def test_formulas_stay_text(tmp_path):
    case = next(case for case in ACCEPTED if case.name == "formulas.xlsx")
    case.make(tmp_path / "a.xlsx")
    reading = judged(tmp_path / "a.xlsx", tmp_path / "work", **case.told)
    assert sorted(reading.rows()["name"]) == sorted(["=1+1", "+86", "@甲", "-乙"])


def test_an_extract_gives_all_its_section_does(tmp_path):
    extract(tmp_path / "a.osm.pbf")
    reading = judged(tmp_path / "a.osm.pbf", tmp_path / "work", "streets", **NOTHING)
    assert list(reading.counts) == ["streets", "junctions", "gates", "barriers"]
    assert len(reading.rows("junctions")) == reading.counts["junctions"]
    with pytest.raises(KeyError):
        reading.rows("outlets")
