"""Check that results are written whole, repeatably, and never over anything of somebody else."""

import json
import shutil
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyarrow.parquet as pq
import pyogrio
import pytest

from livingcircle.assessment import TABLE_NAMES
from livingcircle.assessment import assess
from livingcircle.errors import InputError
from livingcircle.errors import OutputError
from livingcircle.results import GEOPACKAGE
from livingcircle.results import LAYERS
from livingcircle.results import MARK
from livingcircle.results import RUN_RECORD
from livingcircle.results import fresh_folder
from livingcircle.results import read_results
from livingcircle.results import write_results
from tests.factories.district import draw_district
from tests.factories.standards import count
from tests.factories.standards import reach
from tests.factories.standards import write_standard

SHOPS = [(150, 5, ["pharmacy"], {"name": "康民药店", "phone": "025-83210000"})]
DOORS = [(100, 0, 20), (900, 0, 5), (1500, 0, 15)]


def run():
    """Return a small assessment, made anew each time."""
    district = draw_district(SHOPS, DOORS, complete=["pharmacy"])
    return assess(district, write_standard(count("pharmacy"), reach("pharmacy")))


def contents(folder):
    """Return {path: bytes} of a folder."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """Write one assessment."""
    out = tmp_path_factory.mktemp("written") / "results"
    with fresh_folder(out) as work:
        write_results(run(), work)
    return out


def test_same_inputs_give_the_same_bytes(written, tmp_path):
    with fresh_folder(tmp_path / "again") as work:
        write_results(run(), work)
    first, again = contents(written), contents(tmp_path / "again")
    assert first.keys() == again.keys()
    assert [name for name in first if first[name] != again[name]] == []


def test_every_table_comes_back_as_it_was(written):
    assessment = run()
    for name in TABLE_NAMES:
        read = pd.read_parquet(written / "tables" / f"{name}.parquet")
        table = getattr(assessment, name)
        assert read.shape == table.shape, name
        assert read.columns.tolist() == table.columns.tolist(), name
    gaps = pd.read_parquet(written / "tables" / "gaps.parquet")
    pd.testing.assert_frame_equal(gaps, assessment.gaps, check_dtype=False)


def test_geopackage_holds_layers_in_chinese_with_a_style_each(written):
    layers = set(gpd.list_layers(written / GEOPACKAGE)["name"])
    assert set(LAYERS) | {"layer_styles"} == layers
    outlets = gpd.read_file(written / GEOPACKAGE, layer="outlets")
    assert outlets["name"].tolist() == ["康民药店"]
    assert outlets["phone"].tolist() == ["025-83210000"]
    assert outlets.crs.to_epsg() == 4326
    styles = gpd.read_file(written / GEOPACKAGE, layer="layer_styles")
    assert set(styles["f_table_name"]) == set(LAYERS)
    assert styles["styleQML"].str.startswith("<!DOCTYPE qgis").all()


def test_every_table_and_layer_is_written_once(tmp_path, monkeypatch):
    tables, layers = [], []
    write_table, write_layer = pq.write_table, pyogrio.write_dataframe
    monkeypatch.setattr(
        pq, "write_table", lambda t, *a, **k: (tables.append(t.num_rows), write_table(t, *a, **k))
    )
    monkeypatch.setattr(
        pyogrio,
        "write_dataframe",
        lambda f, p, **k: (layers.append(k["layer"]), write_layer(f, p, **k)),
    )
    with fresh_folder(tmp_path / "out") as work:
        write_results(run(), work)
    assert len(tables) == len(TABLE_NAMES)
    assert layers == [*LAYERS, "layer_styles"]


def test_a_table_that_cannot_be_written_stops_the_run(tmp_path, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pq, "write_table", full)
    with pytest.raises(OutputError, match="No space left"), fresh_folder(tmp_path / "out") as work:
        write_results(run(), work)
    assert list(tmp_path.iterdir()) == []


def test_run_record_pins_what_went_in(written):
    record = json.loads((written / RUN_RECORD).read_text("utf-8"))
    assert record["standard"] == "test"
    assert len(record["standard_sha256"]) == 64
    assert record["walker"]["metres_per_minute"] == 60.0
    assert record["sources"][0]["complete_for"] == ["pharmacy"]
    assert record["method"] == "street"


def test_progress_counts_every_table(tmp_path):
    seen = []
    with fresh_folder(tmp_path / "out") as work:
        write_results(run(), work, lambda done, total, what: seen.append((done, total, what)))
    assert [done for done, *_ in seen] == list(range(len(TABLE_NAMES) + 1))
    assert {total for _, total, _ in seen} == {len(TABLE_NAMES)}


def fill(out, text="new"):
    """Write a small results folder."""
    with fresh_folder(out) as work:
        (work / "sheet.txt").write_text(text, "utf-8")


def test_new_results_take_the_place_of_old_ones(tmp_path):
    out = tmp_path / "out"
    fill(out, "old")
    fill(out, "new")
    assert (out / "sheet.txt").read_text("utf-8") == "new"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("marked", [False, True])
def test_foreign_content_is_refused_and_stays(tmp_path, marked):
    """A map project somebody saved among the results must survive the next run."""
    out = tmp_path / "out"
    if marked:
        fill(out, "old")
    (out / "maps").mkdir(parents=True)
    (out / "maps" / "我的地图.qgz").write_bytes(b"mine")
    with pytest.raises(OutputError, match=r"我的地图\.qgz"):
        fill(out)
    assert (out / "maps" / "我的地图.qgz").read_bytes() == b"mine"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_file_in_the_way_is_refused(tmp_path):
    (tmp_path / "out").write_text("mine", "utf-8")
    with pytest.raises(OutputError, match="没有覆盖"):
        fill(tmp_path / "out")
    assert (tmp_path / "out").read_text("utf-8") == "mine"


def test_traces_of_open_programs_do_not_stop_a_run(tmp_path):
    out = tmp_path / "out"
    fill(out, "old")
    for name in ("livingcircle.gpkg-wal", "~$一单.xlsx", ".DS_Store"):
        (out / name).write_bytes(b"")
    fill(out, "new")
    assert sorted(path.name for path in out.iterdir()) == [MARK, "sheet.txt"]


@pytest.mark.parametrize("problem", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_failing_write_leaves_the_old_results(tmp_path, problem):
    out = tmp_path / "out"
    fill(out, "old")
    before = contents(out)

    def write_half():
        with fresh_folder(out) as work:
            (work / "sheet.txt").write_text("half", "utf-8")
            raise problem

    with pytest.raises((OutputError, KeyboardInterrupt)):
        write_half()
    assert contents(out) == before
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_failing_swap_puts_the_old_results_back(tmp_path, monkeypatch):
    out = tmp_path / "out"
    fill(out, "old")
    before = contents(out)
    rename = Path.rename

    def stubborn(path, target):
        if Path(target) == out and not path.name.endswith("-old"):
            raise PermissionError(13, "Permission denied")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", stubborn)
    with pytest.raises(OutputError, match="原有结果未动"):
        fill(out, "new")
    assert contents(out) == before
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_an_empty_folder_may_be_used(tmp_path):
    (tmp_path / "out").mkdir()
    fill(tmp_path / "out")
    assert (tmp_path / "out" / "sheet.txt").read_text("utf-8") == "new"


def cut(path):
    path.write_bytes(path.read_bytes()[:-200])


def without_verdicts(folder):
    path = folder / "tables" / "findings.parquet"
    pd.read_parquet(path).drop(columns="verdict").to_parquet(path)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda d: (d / "run.json").write_text("{"), "已损坏"),
        (lambda d: (d / "run.json").write_text("[]"), "已损坏"),
        (lambda d: (d / "run.json").write_text("{}"), "已损坏"),
        (lambda d: (d / "run.json").write_bytes(b"\xb0\xa1"), "已损坏"),
        (lambda d: (d / "tables" / "findings.parquet").unlink(), "已损坏"),
        (lambda d: cut(d / "tables" / "blind_areas.parquet"), "已损坏"),
        (without_verdicts, "缺少列：verdict"),
    ],
)
def test_a_damaged_or_older_result_is_told_in_words(written, tmp_path, spoil, words):
    folder = tmp_path / "old"
    shutil.copytree(written, folder)
    assert read_results(str(folder)).findings is not None
    spoil(folder)
    with pytest.raises(InputError, match=words):
        read_results(folder)
