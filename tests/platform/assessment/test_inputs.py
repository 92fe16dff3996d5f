"""Check that pinned inputs are read back as they were, and are the same for the same content."""

from datetime import date

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from livingcircle.assessment import assess
from livingcircle.district import Status
from livingcircle.errors import InputError
from livingcircle.errors import OutputError
from livingcircle.io.folder import read_description
from livingcircle.io.folder import read_district
from livingcircle.standards import load_standard
from livingcircle_platform.assessment.inputs import Terms
from livingcircle_platform.assessment.inputs import pin_inputs
from livingcircle_platform.assessment.inputs import read_pinned
from livingcircle_platform.assessment.record import Provenance
from livingcircle_platform.assessment.record import RecordTable
from tests.platform.assessment.pinning import SAMPLE
from tests.platform.assessment.pinning import base_file
from tests.platform.assessment.pinning import pin_drawn
from tests.platform.assessment.pinning import record_of
from tests.platform.assessment.pinning import sample_base

# Where a row came from is another file now; a phone of the map was never checked before.
OTHERWISE = ["row", "source", "operator", "phone", "lon", "lat", "coordinates"]
TABLES = ("communities", "circles", "spaces", "reports", "doors", "streets", "junctions", "gates",
          "barriers", "outlets", "entrances", "outlet_trades", "circle_members")  # fmt: skip


@pytest.mark.parametrize("name", TABLES)
def test_the_record_is_read_back_as_the_original_files_are(sample, ran_sample, name):
    again = ran_sample.outcome.run.district
    old, new = (
        pd.DataFrame(getattr(one, name)).drop(columns=OTHERWISE, errors="ignore")
        for one in (sample, again)
    )
    if name != "outlet_trades":  # the standard's own trades were found in it since
        assert_frame_equal(old, new, check_like=True)
    assert len(old) == len(new)


def test_both_ways_come_to_the_same_answer(sample, ran_sample):
    made = assess(sample, load_standard("miyun_2023"))
    for name in ("gaps", "findings", "indices", "coverage", "blind_areas", "access"):
        assert getattr(made, name).equals(getattr(ran_sample.outcome.run, name)), name


def test_equal_content_gives_equal_bytes_whatever_its_types(sample, ran_sample, tmp_path):
    turned = []
    for one in record_of(sample):
        rows = one.rows.iloc[::-1].reset_index()  # ids as a column, in another order
        texts = rows.drop(columns="geometry").astype(object).assign(geometry=rows.geometry)
        turned.append(RecordTable(one.table, texts, one.provenance))
    again = pin_inputs(tmp_path / "again", sample.name, Terms("miyun_2023"), turned, sample_base())
    assert again.digest == ran_sample.pinned.digest
    assert again.files == ran_sample.pinned.files
    for one in again.files:
        here, there = (folder / one.file for folder in (again.folder, ran_sample.pinned.folder))
        assert here.read_bytes() == there.read_bytes()


def test_pinning_the_same_again_changes_nothing(drawn, tmp_path):
    first = pin_drawn(drawn, tmp_path / "pinned")
    before = (first.folder / "outlets.parquet").stat().st_mtime_ns
    assert pin_drawn(drawn, tmp_path / "pinned") == first
    assert (first.folder / "outlets.parquet").stat().st_mtime_ns == before


def test_other_inputs_never_take_the_place_of_pinned_ones(drawn, tmp_path):
    first = pin_drawn(drawn, tmp_path / "pinned")
    with pytest.raises(OutputError, match="已经固定了另一份输入"):
        pin_drawn(drawn, tmp_path / "pinned", at="20:00")
    assert read_pinned(first.folder) == first
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_the_folder_says_how_it_is_assessed(drawn, tmp_path):
    pinned = pin_drawn(drawn, tmp_path / "p", walker="elder", at="20:00", on=date(2026, 6, 30))
    told = read_description(pinned.folder)
    assert told.options == {"walker": "elder", "at": "20:00", "on": "2026-06-30"}
    assert told.standard == "miyun_2023"
    assert [one.sha256 for one in read_district(pinned.folder).sources][:1] != [""]


def test_a_standard_of_ones_own_is_pinned_too(drawn, tmp_path):
    own = tmp_path / "本区.toml"
    own.write_bytes((SAMPLE.parent / "standards" / "beijing_eight.toml").read_bytes())
    pinned = pin_drawn(drawn, tmp_path / "p", standard=own)
    assert read_description(pinned.folder).standard == "standard.toml"
    assert (pinned.folder / "standard.toml").read_bytes() == own.read_bytes()


def test_provenance_is_written_for_every_table(ran_sample):
    told = {(one.table, one.title): one for one in ran_sample.outcome.run.district.sources}
    assert told["outlets", "台账"].status == Status.MADE_UP
    assert "pharmacy" in told["outlets", "台账"].complete_for
    assert told["outlets", "地图"].complete_for == frozenset()
    assert told["streets", "道路"].licence == "ODbL"


def test_an_empty_table_that_is_complete_is_an_answer(drawn, tmp_path):
    nothing = [
        RecordTable(
            "outlets", one.rows.iloc[:0], Provenance("台账", complete_for=frozenset({"pharmacy"}))
        )
        if one.table == "outlets" and len(one.rows)
        else one
        for one in record_of(drawn, ("outlets", "communities", "streets", "doors"))
    ]
    pinned = pin_inputs(tmp_path / "p", "区", Terms("miyun_2023"), nothing, [])
    district = read_district(pinned.folder)
    assert len(district.outlets) == 0
    assert district.complete_trades() == {"pharmacy"}


def test_a_base_file_that_is_not_what_it_was_is_refused(drawn, tmp_path):
    path = tmp_path / "gates.csv"
    path.write_text("小区,类别,经度,纬度\n甲,公共,118.8,32.0\n", "utf-8")
    known = base_file("gates", path)
    path.write_text("小区,类别,经度,纬度\n甲,关闭,118.8,32.0\n", "utf-8")
    with pytest.raises(InputError, match="内容与登记时不同"):
        pin_inputs(tmp_path / "p", "区", Terms("miyun_2023"), record_of(drawn), [known])
    assert not (tmp_path / "p").exists()


def test_two_base_files_of_one_name_both_find_a_place(drawn, tmp_path):
    base = []
    for number, kind in enumerate(("公共", "关闭")):
        path = tmp_path / str(number) / "gates.csv"
        path.parent.mkdir()
        path.write_text(f"小区,类别,经度,纬度\n甲{number},{kind},118.8,32.0\n", "utf-8")
        base.append(base_file("gates", path, coordinates="WGS-84"))
    record = record_of(drawn, ("streets", "doors", "communities"))
    pinned = pin_inputs(tmp_path / "p", "区", Terms("miyun_2023"), record, base)
    assert sorted(read_district(pinned.folder).gates["gate_class"]) == ["closed", "public"]


def test_a_shapefile_cannot_be_one_base_file(drawn, tmp_path):
    path = tmp_path / "doors.shp"
    path.write_bytes(b"x")
    with pytest.raises(InputError, match="不能单独登记"):
        pin_inputs(tmp_path / "p", "区", Terms("x"), record_of(drawn), [base_file("doors", path)])


def test_nothing_pinned_is_told(tmp_path):
    with pytest.raises(InputError, match="没有固定好的输入"):
        read_pinned(tmp_path)
