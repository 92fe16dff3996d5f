"""Check how one table of the record is written and read back."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from livingcircle.errors import InputError
from livingcircle.errors import TableError
from livingcircle.io.geo import read_layer
from livingcircle.tables import check
from livingcircle.trades import TRADES
from livingcircle.trades import match_names
from livingcircle_platform.assessment.record import Provenance
from livingcircle_platform.assessment.record import RecordTable
from livingcircle_platform.assessment.record import refuse_repeated_ids
from livingcircle_platform.assessment.record import trades_cell
from livingcircle_platform.assessment.record import write_record

TOLD = Provenance("台账")
HERE = shapely.Point(118.8, 32.0)


def outlets(*rows, **named):
    """Return outlets at one place."""
    frame = pd.DataFrame([{"name": "店", "trades": "药店", **row} for row in rows])
    placed = gpd.GeoDataFrame(frame, geometry=[HERE] * len(rows), crs="EPSG:4326", **named)
    return RecordTable("outlets", placed, TOLD)


def read_back(one, tmp_path):
    """Return a table as the engine reads it again, with what it noted."""
    path = tmp_path / "t.parquet"
    write_record(one, path)
    return check(one.table, read_layer(path).rows, file="t.parquet")


def test_cells_keep_their_meaning(tmp_path):
    one = outlets(
        {"outlet_id": "007", "chain": True, "online": None, "area_m2": 85.25, "status": "closed"},
        {"outlet_id": "7", "chain": None, "online": False, "area_m2": np.nan, "status": "open"},
    )
    rows = read_back(one, tmp_path).rows
    assert rows.index.tolist() == ["007", "7"]
    assert rows["chain"].tolist() == [True, pd.NA]
    assert rows["online"].tolist() == [pd.NA, False]
    assert rows["area_m2"].iloc[0] == 85.25
    assert np.isnan(rows["area_m2"].iloc[1])
    assert rows["status"].tolist() == ["closed", "open"]


def test_many_trades_and_unknown_words_stay(tmp_path):
    cell = trades_cell(["convenience_store", "breakfast"], ["综合体验馆子"])
    rows = read_back(outlets({"outlet_id": "1", "trades": cell}), tmp_path).rows
    found = match_names(rows["trades"].iloc[0])
    assert set(found.codes) == {"convenience_store", "breakfast"}
    assert found.unmatched == ("综合体验馆子",)


@pytest.mark.parametrize("code", sorted(TRADES))
def test_every_trade_is_found_under_the_name_it_is_written_with(code):
    found = match_names(trades_cell([code]))
    assert (found.codes, found.unmatched) == ((code,), ())


@settings(max_examples=10)
@given(
    st.floats(0, 1e6).filter(lambda x: x == 0 or x > 1e-4),
    st.sampled_from([True, False, None]),
)
def test_numbers_come_back_to_the_last_bit(tmp_path_factory, number, flag):
    row = {"space_id": "s", "name": "空间", "cost": number}
    frame = gpd.GeoDataFrame(pd.DataFrame([row]), geometry=[None], crs="EPSG:4326")
    rows = read_back(RecordTable("spaces", frame, TOLD), tmp_path_factory.mktemp("n")).rows
    assert rows["cost"].iloc[0] == number
    shop = outlets({"outlet_id": "1", "step_free": flag})
    told = read_back(shop, tmp_path_factory.mktemp("b")).rows["step_free"].iloc[0]
    assert told is pd.NA if flag is None else told == flag


def test_a_place_in_another_system_is_moved(tmp_path):
    frame = gpd.GeoDataFrame(
        {"space_id": ["s"], "name": ["空间"]}, geometry=[HERE], crs="EPSG:4326"
    ).to_crs("EPSG:4547")
    write_record(RecordTable("spaces", frame, TOLD), tmp_path / "t.parquet")
    point = read_layer(tmp_path / "t.parquet").rows.geometry.iloc[0]
    assert point.distance(HERE) < 1e-8


@pytest.mark.parametrize("text", ["", " 1", "１", "-", "无数据", "示例"])
def test_an_id_that_would_become_another_is_refused(tmp_path, text):
    with pytest.raises(InputError, match="不能照原样保存"):
        write_record(outlets({"outlet_id": text}), tmp_path / "t.parquet")


def test_an_id_in_two_parts_of_a_table_is_refused():
    one, two = outlets({"outlet_id": "1"}, {"outlet_id": "2"}), outlets({"outlet_id": "2"})
    refuse_repeated_ids([one])
    with pytest.raises(InputError, match="“2”出现了两次"):
        refuse_repeated_ids([one, two])


def test_a_column_nobody_knows_is_refused(tmp_path):
    with pytest.raises(TableError, match="没有“stauts”这一列"):
        write_record(outlets({"outlet_id": "1", "stauts": "open"}), tmp_path / "t.parquet")


def test_a_table_nobody_knows_is_refused(tmp_path):
    with pytest.raises(TableError, match="没有“shops”这张表"):
        write_record(RecordTable("shops", pd.DataFrame(), TOLD), tmp_path / "t.parquet")
