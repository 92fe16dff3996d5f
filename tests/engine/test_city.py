"""Hold a city's districts against the whole city assessed at once, and every executor to it."""

import json
import shutil
from concurrent.futures import Executor
from concurrent.futures import Future
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
import shapely
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

import livingcircle
from livingcircle._city.admission import shared_doors
from livingcircle._city.layout import folder_of
from livingcircle._city.layout import part_of
from livingcircle._city.reading import read_with_belt
from livingcircle._city.rollup import _known_sum
from livingcircle._city.working import work
from livingcircle.assessment import TABLE_NAMES
from livingcircle.assessment import assess
from livingcircle.city import assess_city
from livingcircle.city import longest_reach
from livingcircle.city import pack_city
from livingcircle.city import read_city
from livingcircle.errors import InputError
from livingcircle.errors import OutputError
from livingcircle.errors import WorkerError
from livingcircle.io.folder import read_district
from livingcircle.walkers import find_walker
from tests.factories.city import STANDARD
from tests.factories.city import contents
from tests.factories.city import merged
from tests.factories.city import packed
from tests.factories.city import small_city
from tests.factories.district import draw_district
from tests.factories.district import table as drawn
from tests.factories.standards import reach
from tests.factories.standards import write_standard
from tests.factories.streets import draw_streets


def result(out, table, district):
    """Return one table of one district as it was written."""
    path = part_of(out / "tables", table, district)
    placed = b"geo" in (pq.read_schema(path).metadata or {})
    return (gpd if placed else pd).read_parquet(path, partitioning=None)


def everything(out, table):
    """Return one table of all districts, as a reader of hive partitions sees it."""
    return pd.read_parquet(out / "tables" / table)


def plain(outlets):
    """Return outlet ids without the district they are of."""
    return outlets.str.rpartition("/")[2] if len(outlets) else outlets


@pytest.fixture
def city(tmp_path):
    """Return a packed city of three districts."""
    return packed(small_city(), tmp_path / "city")


@pytest.fixture(scope="module")
def usual(tmp_path_factory):
    """Return a city of three districts with its results, made in this process."""
    folder = tmp_path_factory.mktemp("usual")
    city = packed(small_city(), folder / "city")
    run = assess_city(city, STANDARD, folder / "out")
    return city, run


def compare(districts, folder, belt):
    """Hold every district of a city against the city assessed at once."""
    city = packed(districts, folder / "city", belt=belt)
    run = assess_city(city, STANDARD, folder / "out")
    assert run.failed == {}
    whole = assess(merged(districts), STANDARD)
    seen = everything(run.out, "access").set_index(["door_id", "trade"]).sort_index()
    said = whole.access.set_index(["door_id", "trade"]).sort_index()
    assert list(seen.index) == list(said.index)
    assert (seen["verdict"].astype(str) == said["verdict"].astype(str)).all()
    assert (seen["count_pass"] == said["count_pass"]).all()
    near = said["metres"] < 1000
    assert (seen["metres"][near] == said["metres"][near]).all()
    assert (plain(seen["outlet_id"][near]) == said["outlet_id"][near]).all()
    key = ["level", "unit_id", "requirement_id"]
    columns = ["verdict", "required", "found", "found_strict", "found_shared", "shortfall"]
    columns += ["surplus", "people"]
    for level in ("community", "circle"):
        parts = everything(run.out, "findings")
        mine = parts[parts["level"] == level].set_index(key).sort_index()[columns]
        theirs = whole.findings[whole.findings["level"] == level].set_index(key).sort_index()
        pd.testing.assert_frame_equal(mine, theirs[columns], check_dtype=False)
    outlets = everything(run.out, "outlets")
    assert sorted(outlets.index) == sorted(whole.outlets.index)
    return run, whole


@settings(max_examples=6)
@given(
    st.integers(2, 3),
    st.integers(3, 15),
    st.integers(1, 12),
    st.integers(0, 10_000),
    st.sampled_from([5, 8]),
)
def test_districts_with_a_belt_answer_as_the_whole_city(
    tmp_path_factory, districts, doors, outlets, seed, nodes
):
    made = small_city(districts, doors=doors, outlets=outlets, seed=seed, nodes=nodes)
    compare(made, tmp_path_factory.mktemp("city"), 1000.0)


def test_districts_beyond_the_belt_change_nothing(tmp_path):
    """Two columns of three districts of 1,260 m: nobody's belt reaches from end to end."""
    made = small_city(6, doors=25, outlets=8, nodes=14)
    run, whole = compare(made, tmp_path, 1000.0)
    told = json.loads((run.out / "runs" / folder_of("虚构01区") / "run.json").read_text("utf-8"))
    assert told["neighbours"] == ["虚构02区", "虚构03区", "虚构04区"]
    assert run.totals["residents"] == pytest.approx(whole.doors["residents"].sum())


def test_every_executor_gives_the_same_bytes(usual, tmp_path):
    city, run = usual
    expected = contents(run.out)
    with ThreadPoolExecutor(2) as threads:
        assess_city(city, STANDARD, tmp_path / "threads", executor=threads)
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as processes:
        assess_city(city, STANDARD, tmp_path / "processes", executor=processes)
    assert contents(tmp_path / "threads") == expected
    assert contents(tmp_path / "processes") == expected


def test_every_table_of_every_district_reads_as_one(usual):
    _, run = usual
    for table in TABLE_NAMES:
        whole = everything(run.out, table)
        rows = [len(result(run.out, table, name)) for name in run.done]
        assert len(whole) == sum(rows)
        assert not len(whole) or set(whole["district"]) <= set(run.done)


def test_people_are_conserved_and_rates_are_sums(usual):
    _, run = usual
    doors = everything(run.out, "doors")
    coverage = pd.read_parquet(run.out / "city" / "coverage.parquet")
    assert (coverage["people"] - doors["residents"].sum()).abs().max() < 0.5
    verdicts = coverage[["served", "lacking", "unknown", "not_applicable"]].sum(axis=1)
    assert (verdicts - coverage["people"]).abs().max() < 0.5
    # 步行覆盖率 of the city from the doors themselves.
    access = everything(run.out, "access").merge(doors["residents"], on="door_id")
    by_word = access.groupby(access["verdict"].astype(str))["residents"].sum()
    indices = pd.read_parquet(run.out / "city" / "indices.parquet").set_index("index")
    rate = indices.loc["basic_coverage"]
    assert rate["numerator"] == pytest.approx(by_word["served"])
    known = by_word["served"] + by_word.get("lacking", 0.0)
    assert rate["value"] == pytest.approx(100 * by_word["served"] / known, abs=0.01)
    gaps = pd.read_parquet(run.out / "city" / "gaps.parquet")
    assert gaps["gaps"].sum() == len(everything(run.out, "gaps")) == run.totals["gaps"]
    districts = pd.read_parquet(run.out / "city" / "districts.parquet")
    assert list(districts["district"]) == list(run.done)
    assert districts["outlets"].sum() == len(everything(run.out, "outlets"))


def test_the_whole_city_is_known_without_a_row(usual):
    city, _ = usual
    assert [one.name for one in city.districts] == ["虚构01区", "虚构02区", "虚构03区"]
    assert [one.rows("doors") for one in city.districts] == [12, 12, 12]
    doors = gpd.read_parquet(city.part("doors", "虚构02区"), partitioning=None)
    assert city.districts[1].bounds(("doors",)) == pytest.approx(tuple(doors.total_bounds))


def test_a_packed_district_comes_back_as_it_was(tmp_path):
    (made,) = small_city(1)
    city = packed([made], tmp_path / "city")
    back, _ = read_with_belt(city, made.name, (), 1000.0)
    for table in ("doors", "outlets", "communities", "circles", "streets", "gates", "reports"):
        pd.testing.assert_frame_equal(
            pd.DataFrame(getattr(back, table)).drop(columns="geometry"),
            pd.DataFrame(getattr(made, table)).drop(columns="geometry"),
        )
        left, right = (getattr(one, table).geometry.to_numpy() for one in (back, made))
        assert (shapely.equals_exact(left, right) | (left == right)).all()
    pd.testing.assert_frame_equal(back.outlet_trades, made.outlet_trades)
    pd.testing.assert_frame_equal(back.circle_members, made.circle_members)
    assert back.sources == made.sources
    assert back.extent.equals(made.extent)


def test_an_only_district_is_assessed_as_it_always_was(tmp_path):
    (made,) = small_city(1)
    run = assess_city(packed([made], tmp_path / "city"), STANDARD, tmp_path / "out")
    alone = assess(made, STANDARD)
    for table in ("access", "findings", "coverage", "indices", "gaps"):
        pd.testing.assert_frame_equal(
            result(run.out, table, made.name), getattr(alone, table), check_dtype=False
        )


def test_the_demonstration_district_loses_nothing_in_a_city(sample_assessment, tmp_path):
    """Real streets, gates, entrances, reports and problems: every table is the very same."""
    sample = sample_assessment.district
    city = pack_city([Path(livingcircle.__file__).parent / "sample"], tmp_path / "city")
    run = assess_city(city, sample_assessment.standard, tmp_path / "out")
    for table in TABLE_NAMES:
        mine, theirs = result(run.out, table, sample.name), getattr(sample_assessment, table)
        pd.testing.assert_frame_equal(
            pd.DataFrame(mine), pd.DataFrame(theirs), check_dtype=False, check_index_type=False
        )


def shift(district, name, metres):
    """Return the hand-drawn district moved north under another name, with its own ids kept."""
    degrees = metres / 110_900
    moved = {
        table: getattr(district, table).set_geometry(
            getattr(district, table).geometry.translate(0, degrees)
        )
        for table in ("outlets", "doors", "communities", "circles", "streets")
    }
    extent = shapely.transform(district.extent, lambda xy: np.add(xy, (0.0, degrees)))
    return replace(district, name=name, extent=extent, **moved)


def test_two_districts_may_have_an_outlet_of_one_name(tmp_path):
    """Both list ``o0``; the doors of 南区 walk to their own, and the belt's counts in no total."""
    south = draw_district([(500, 10, ["pharmacy"])], [(400, 10, 90)], complete=["pharmacy"])
    north = shift(south, "北区", 500)
    south = replace(south, name="南区")
    city = packed([south, north], tmp_path / "city")
    back, _ = read_with_belt(city, "南区", ("北区",), 1000.0)
    assert list(back.outlets.index) == ["o0", "北区/o0"]
    assert back.belt == {"北区/o0"}
    run = assess_city(city, STANDARD, tmp_path / "out")
    assert run.failed == {}
    assert list(result(run.out, "outlets", "南区").index) == ["o0"]
    access = result(run.out, "access", "南区").set_index("trade")
    assert access.loc["pharmacy", "outlet_id"] == "o0"
    facts = pd.read_parquet(run.out / "city" / "districts.parquet")
    assert list(facts["outlets"]) == [1, 1]


def test_outlets_across_the_border_serve_and_belong_to_nobody(tmp_path):
    """The only pharmacy is the neighbour's, 200 m up the same street beyond the border."""
    north = draw_district([(500, 60, ["pharmacy"])], [(900, 10, 50)], complete=["pharmacy"])
    south = replace(draw_district([], [(400, 10, 90)], complete=["pharmacy"]), name="南区")
    city = packed([south, replace(north, name="北区")], tmp_path / "city")
    run = assess_city(city, STANDARD, tmp_path / "out")
    access = result(run.out, "access", "南区").set_index("trade")
    assert access.loc["pharmacy", "verdict"] == "served"
    assert access.loc["pharmacy", "outlet_id"] == "北区/o0"
    assert access.loc["pharmacy", "metres"] == pytest.approx(100 + 10 + 60, abs=0.5)
    # It stands on ground that 南区 draws as its own 甲社区, and still counts in none of its units.
    findings = result(run.out, "findings", "南区")
    assert (findings["found_strict"].fillna(0) == 0).all()
    assert len(result(run.out, "outlets", "南区")) == 0
    facts = result(run.out, "circle_facts", "南区")
    assert (facts["outlets"] == 0).all()


def test_what_both_districts_list_is_there_once(tmp_path):
    """The street that both extracts hold is no pair of parallel streets."""
    one = draw_district([(500, 10, ["pharmacy"])], [(400, 10, 90)])
    city = packed([replace(one, name="南区"), replace(one, name="北区")], tmp_path / "city")
    back, _ = read_with_belt(city, "南区", ("北区",), 1000.0)
    assert len(back.streets) == len(one.streets)
    assert list(back.outlets.index) == ["o0"]


def test_districts_that_each_count_from_one_still_join_at_the_border(tmp_path):
    """南区 ends at (500, 0) with its node 2, 北区 begins there with its node 1.

    The signals at 北区's node 2 stand at (1000, 0), not where 南区's node 2 is.
    """
    south = draw_district(
        [], [(400, 10, 90)], complete=["pharmacy"],
        streets=draw_streets([(0, 0), (500, 0)], from_node=1, to_node=2),
    )  # fmt: skip
    signals = drawn("junctions", [{"kind": "crossing_signals"}], [shapely.Point(1000, 0)], [2])
    north = draw_district(
        [(600, 10, ["pharmacy"])], [(900, 10, 50)],
        streets=draw_streets([(500, 0), (1000, 0)], from_node=1, to_node=2), junctions=signals,
    )  # fmt: skip
    city = packed([replace(south, name="南区"), replace(north, name="北区")], tmp_path / "city")
    back, _ = read_with_belt(city, "南区", ("北区",), 1000.0)
    ends = back.streets[["from_node", "to_node"]].astype(int).to_numpy().tolist()
    assert ends == [[1, 2], [2, 2 + 10**13]]
    assert list(back.junctions.index) == [2 + 10**13]
    run = assess_city(city, STANDARD, tmp_path / "out")
    access = result(run.out, "access", "南区").set_index("trade")
    assert access.loc["pharmacy", "metres"] == pytest.approx(220, abs=0.5)


class Stopping(ThreadPoolExecutor):
    """Work in one thread, until somebody pulls the plug."""

    def __init__(self, after):
        super().__init__(1)
        self.left = after

    def submit(self, work, *args, **kwargs):
        if self.left == 0:
            raise KeyboardInterrupt
        self.left -= 1
        future = super().submit(work, *args, **kwargs)
        future.result()
        return future


def test_a_stopped_run_goes_on_where_it_was(usual, tmp_path):
    city, run = usual
    out = tmp_path / "out"
    with pytest.raises(KeyboardInterrupt), Stopping(2) as plug:
        assess_city(city, STANDARD, out, executor=plug)
    there = contents(out)
    assert not any("虚构03区" in name for name in there)
    assert all(
        there[name] == content for name, content in contents(run.out).items() if name in there
    )
    again = assess_city(city, STANDARD, out)
    assert again.kept == ("虚构01区", "虚构02区")
    assert contents(out) == contents(run.out)
    everyone = assess_city(city, STANDARD, out)
    assert everyone.kept == everyone.done == run.done
    assert assess_city(city, STANDARD, out, again=True).kept == ()
    assert contents(out) == contents(run.out)


def test_other_rules_or_another_hour_are_another_result(city, tmp_path):
    out = tmp_path / "out"
    assess_city(city, STANDARD, out)
    assert assess_city(city, STANDARD, out, at="11:00").kept == ()
    assert assess_city(city, STANDARD, out, at="11:00", belt=1200.0).kept == ()
    other = write_standard(reach("bakery"))
    assert assess_city(city, other, out, at="11:00", belt=1200.0).kept == ()


def test_a_changed_district_is_done_again_with_its_neighbours_only(tmp_path):
    """Four districts in a row of 1,260 m each: the fourth has no part in the first's belt."""
    made = [
        replace(
            shift(draw_district([(500, 10, ["pharmacy"])], [(400, 10, 90)]), f"{n}区", n * 1500)
        )
        for n in range(4)
    ]
    made = [replace(one, extent=one.doors.geometry.iloc[0].buffer(0.002)) for one in made]
    city, out = packed(made, tmp_path / "city", belt=1300.0), tmp_path / "out"
    first = assess_city(city, STANDARD, out)
    assert first.failed == {}
    changed = replace(made[3], outlets=made[3].outlets.assign(name="改名的店"))
    packed([changed], tmp_path / "new")
    shutil.copy(
        part_of(tmp_path / "new", "outlets", "3区"), part_of(tmp_path / "city", "outlets", "3区")
    )
    told = json.loads((out / "runs" / folder_of("0区") / "run.json").read_text("utf-8"))
    assert told["neighbours"] == ["1区"]
    again = assess_city(read_city(tmp_path / "city"), STANDARD, out)
    assert again.kept == ("0区", "1区")
    assert list(result(out, "outlets", "3区")["name"]) == ["改名的店"]


def test_a_spoiled_result_is_made_again(city, tmp_path):
    out = tmp_path / "out"
    assess_city(city, STANDARD, out)
    expected = contents(out)
    part_of(out / "tables", "findings", "虚构02区").write_bytes(b"PAR1")
    part_of(out / "tables", "doors", "虚构03区").unlink()
    assert assess_city(city, STANDARD, out).kept == ("虚构01区",)
    assert contents(out) == expected


@pytest.mark.parametrize("table", ["doors", "outlets", "circle_members", "reports"])
def test_a_spoiled_input_costs_its_district_alone(tmp_path, table):
    """Where it lies in a neighbour's belt, the neighbour cannot be told either, and says so."""
    city = packed(small_city(), tmp_path / "city")
    city.part(table, "虚构01区").write_bytes(b"PAR1 and no more")
    run = assess_city(read_city(city.folder), STANDARD, tmp_path / "out")
    assert "文件已损坏" in run.failed["虚构01区"]
    assert f"{table}/district=虚构01区" in run.failed["虚构01区"]
    reached = table == "outlets"
    assert ("虚构02区" in run.failed) is reached
    record = json.loads((run.out / "city.json").read_text("utf-8"))
    assert record["complete"] is False
    assert "文件已损坏" in record["districts"][0]["problem"]


def test_a_missing_column_is_named(city, tmp_path):
    path = city.part("communities", "虚构02区")
    gpd.read_parquet(path, partitioning=None).drop(columns="name").to_parquet(path)
    run = assess_city(read_city(city.folder), STANDARD, tmp_path / "out")
    assert list(run.failed) == ["虚构02区"]
    assert "社区（村）表缺少“社区名称”（name）列" in run.failed["虚构02区"]


def test_columns_nobody_needs_may_be_missing_and_words_stand_for_codes(tmp_path):
    """A bureau that writes the files itself gives what it has."""
    city = packed(small_city(), tmp_path / "city")
    own = assess_city(city, STANDARD, tmp_path / "a")
    for name in own.done:
        path = city.part("outlets", name)
        rows = gpd.read_parquet(path, partitioning=None)
        rows[["outlet_id", "name", "trades", "status", "geometry"]].to_parquet(path)
    run = assess_city(read_city(city.folder), STANDARD, tmp_path / "b")
    assert run.failed == {}
    for name in own.done:
        left, right = (result(one.out, "findings", name) for one in (own, run))
        pd.testing.assert_frame_equal(left, right)


def test_a_footer_without_a_box_is_made_up_for(city):
    """Then the shapes themselves say where they are, or a belt would be lost in silence."""
    path = city.part("outlets", "虚构02区")
    rows = pq.read_table(path, partitioning=None)
    geo = json.loads(rows.schema.metadata[b"geo"])
    bounds = tuple(geo["columns"]["geometry"].pop("bbox"))
    pq.write_table(rows.replace_schema_metadata({b"geo": json.dumps(geo)}), path)
    assert read_city(city.folder).districts[1].bounds(("outlets",)) == pytest.approx(bounds)


def test_a_district_of_any_name_has_its_folder(tmp_path):
    names = ["昌平/北=区 100%", "..", "区?*", "a\\b:c"]
    made = [replace(one, name=name) for one, name in zip(small_city(4), names, strict=True)]
    run = assess_city(packed(made, tmp_path / "city"), STANDARD, tmp_path / "out")
    assert run.failed == {}
    assert set(everything(run.out, "doors")["district"]) == set(names)
    assert {path.name for path in tmp_path.iterdir()} == {"city", "out"}


def test_an_empty_district_says_that_nobody_lives_there(tmp_path):
    made = small_city(2)
    nobody = draw_district(name="空区")
    blank = {t: getattr(nobody, t).iloc[:0] for t in ("communities", "circles", "streets")}
    blank["circle_members"] = nobody.circle_members.iloc[:0]
    city = packed([*made, replace(nobody, extent=None, **blank)], tmp_path / "city")
    run = assess_city(city, STANDARD, tmp_path / "out")
    assert list(run.failed) == ["空区"]
    assert "没有居民楼门" in run.failed["空区"]


def test_a_district_that_left_the_city_leaves_the_results(city, tmp_path):
    out = tmp_path / "out"
    assess_city(city, STANDARD, out)
    fewer = replace(city, districts=city.districts[:2])
    run = assess_city(fewer, STANDARD, out)
    assert run.done == ("虚构01区", "虚构02区")
    assert not any("虚构03区" in name for name in contents(out))


def test_a_narrow_belt_is_refused(city, tmp_path):
    assert longest_reach(STANDARD, find_walker("standard")) == 1000.0
    far = write_standard(reach("pharmacy", metres=(1000, 1500)))
    assert longest_reach(far, find_walker("standard")) == 1500.0
    with pytest.raises(InputError, match="服务半径1,500米"):
        assess_city(city, far, tmp_path / "out")


def test_a_folder_of_others_is_left_alone(city, tmp_path):
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs" / "地图.qgz").touch()
    with pytest.raises(OutputError, match=r"地图\.qgz"):
        assess_city(city, STANDARD, tmp_path / "theirs")


class Dying(ThreadPoolExecutor):
    """Lose the second district's worker, as a pool does when the system kills one."""

    def submit(self, work, task):
        if task.district == "虚构02区":
            future = Future()
            future.set_exception(BrokenProcessPool("killed"))
            return future
        return super().submit(work, task)


def test_dead_workers_are_told_by_district_and_the_rest_is_kept(usual, tmp_path):
    city, run = usual
    out = tmp_path / "out"
    with Dying(1) as pool, pytest.raises(WorkerError, match="虚构02区没有算完") as told:
        assess_city(city, STANDARD, out, executor=pool)
    assert told.value.districts == ("虚构02区",)
    assert assess_city(city, STANDARD, out).kept == ("虚构01区", "虚构03区")
    assert contents(out) == contents(run.out)


class Refusing(Executor):
    """Break while work is still being handed out."""

    def submit(self, *_args, **_kwargs):
        msg = "broken"
        raise BrokenProcessPool(msg)


def test_a_pool_that_breaks_at_once_names_every_district(city, tmp_path):
    with pytest.raises(WorkerError) as told:
        assess_city(city, STANDARD, tmp_path / "out", executor=Refusing())
    assert len(told.value.districts) == 3


def test_an_error_nobody_foresaw_is_told_and_costs_one_district(usual, tmp_path, monkeypatch):
    city, run = usual

    def failing(task):
        if task.district == "虚构02区":
            return 1 / 0
        return work(task)

    monkeypatch.setattr("livingcircle.city.work", failing)
    run = assess_city(city, STANDARD, tmp_path / "out")
    assert "ZeroDivisionError" in run.failed["虚构02区"]
    assert run.done == ("虚构01区", "虚构03区")


def write_folder(folder, name, south=0.0):
    """Write a small district folder as an officer has one."""
    folder.mkdir()
    made = shift(draw_district([], [(400, 10, 90), (1400, -10, 60)]), name, south)
    for table in ("streets", "doors", "communities"):
        rows = getattr(made, table)[["name", *["residents"] * (table == "doors"), "geometry"]]
        rows.to_file(folder / f"{table}.geojson", driver="GeoJSON")
    x, y = made.doors.geometry.iloc[0].coords[0]
    (folder / "网点.csv").write_text(
        f"网点编号,网点名称,业态,经度,纬度\n1,{name}药店,药店,{x + 0.001},{y}\n2,,药店,,\n", "utf-8"
    )
    (folder / "district.toml").write_text(
        f"""[district]
name = "{name}"
standard = "miyun_2023"
coordinates = "WGS-84"
[[roads]]
file = "streets.geojson"
[[doors]]
file = "doors.geojson"
[[communities]]
file = "communities.geojson"
[[outlets]]
file = "网点.csv"
title = "{name}台账"
""",
        "utf-8",
    )
    return folder


def test_district_folders_are_packed_with_all_that_was_known_of_them(tmp_path):
    folders = [write_folder(tmp_path / "a", "南区"), write_folder(tmp_path / "b", "北区", 600)]
    seen = []
    city = pack_city(folders, tmp_path / "city", progress=lambda *step: seen.append(step))
    assert [one.name for one in city.districts] == ["南区", "北区"]
    assert city.standard == "miyun_2023"
    assert seen[-1] == (2, 2, "city.toml")
    for folder in folders:
        read = read_district(folder)
        back, _ = read_with_belt(city, read.name, (), 0.0)
        pd.testing.assert_frame_equal(back.issues, read.issues)
        assert len(read.issues) > 0
        assert back.sources == read.sources
        assert list(back.outlets["row"]) == list(read.outlets["row"])
    newer = write_folder(tmp_path / "c", "东区", -600)
    city = pack_city([newer], city.folder, update=True)
    assert [one.name for one in city.districts] == ["南区", "北区", "东区"]
    # What was added is still known as ours: the whole city can be packed anew.
    assert len(pack_city([*folders, newer], city.folder).districts) == 3
    (city.folder / "地图.qgz").touch()
    with pytest.raises(OutputError, match="没有覆盖"):
        pack_city([*folders, newer], city.folder)


def test_packing_never_drops_a_district_that_is_there(tmp_path):
    folders = [write_folder(tmp_path / "a", "南区"), write_folder(tmp_path / "b", "北区", 600)]
    city = pack_city(folders, tmp_path / "某市")
    before = contents(city.folder)
    with pytest.raises(InputError, match="这里已有一座城市，含南区、北区。加上 --update"):
        pack_city(folders[:1], city.folder)
    assert contents(city.folder) == before
    assert len(pack_city(folders[:1], city.folder, update=True).districts) == 2


def test_two_districts_of_one_name_are_told_by_their_folders(tmp_path):
    folders = [write_folder(tmp_path / "a", "南区"), write_folder(tmp_path / "b", "南区", 600)]
    with pytest.raises(InputError) as told:
        pack_city(folders, tmp_path / "某市")
    assert str(told.value) == (
        f"某市：有两个区都叫“南区”：“{folders[0]}”和“{folders[1]}”。"
        "在 district.toml 里给每个区不同的 name。"
    )
    with pytest.raises(InputError, match="同一个文件夹只写一次"):
        pack_city([folders[0], folders[0]], tmp_path / "某市")
    assert not (tmp_path / "某市").exists()


def test_doors_of_two_districts_on_the_same_ground_are_counted(tmp_path):
    folders = [write_folder(tmp_path / "a", "南区"), write_folder(tmp_path / "b", "北区", 600)]
    folders.append(write_folder(tmp_path / "c", "南区的副本"))
    assert shared_doors(pack_city(folders[:2], tmp_path / "two")) == {}
    assert shared_doors(pack_city(folders, tmp_path / "three")) == {("南区", "南区的副本"): 2}


def test_residents_nobody_knows_are_missing_and_never_zero(tmp_path):
    first, second = small_city(2)
    blank = replace(first, doors=first.doors.assign(residents=np.nan))
    blank = replace(
        blank, communities=blank.communities.assign(population=np.nan, households=np.nan)
    )
    known = float(second.doors["residents"].sum())
    half = assess_city(packed([blank, second], tmp_path / "a"), STANDARD, tmp_path / "half")
    rows = pd.read_parquet(half.out / "city" / "districts.parquet").set_index("district")
    assert np.isnan(rows.loc[first.name, "residents"])
    assert rows.loc[first.name, "residents_unknown"] == len(first.doors)
    assert rows.loc[second.name, "residents"] == pytest.approx(known)
    assert half.totals["residents"] == pytest.approx(known, abs=0.1)
    none = assess_city(packed([blank], tmp_path / "b"), STANDARD, tmp_path / "none")
    assert none.totals["residents"] is None
    assert json.loads((none.out / "city.json").read_text("utf-8"))["totals"]["residents"] is None


def test_gaps_of_people_nobody_knows_have_an_unknown_sum():
    assert np.isnan(_known_sum(pd.Series([np.nan, np.nan])))
    assert _known_sum(pd.Series([np.nan, 3.0])) == 3.0


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("districts = []", "districts 要列出各区"),
        ('districts = ["甲", "甲"]', "一个不能列两次"),
        ('districts = ["甲"]', "“甲”没有一个分区文件"),
        ('districts = ["甲"]\nbelt = "2"', "belt 要写成米数"),
        ('districts = ["甲"]\ncolour = 1', "不认识“colour”"),
        ('districts = ["甲"]\n[tables]\ndoors = "../x"', "指向了文件夹外面"),
        ('districts = ["甲"]\n[tables]\nhouses = "x"', "不认识“houses”"),
        ('districts = ["甲"]\n[[sources]]\ntable = "x"', "要写明 table 和 status"),
        ('districts = ["甲"]\n[[sources]]\ntable = "outlets"\ncomplete_for = ["飞船店铺"]', "飞船"),
        ("districts = [", "不合 TOML"),
    ],
)
def test_what_is_wrong_with_city_toml_is_said(tmp_path, text, told):
    (tmp_path / "city.toml").write_text(text, "utf-8")
    with pytest.raises(InputError, match=told):
        read_city(tmp_path)


def test_tables_may_lie_elsewhere_and_sources_hold_for_all(tmp_path):
    city = packed(small_city(2), tmp_path / "city")
    own = assess_city(city, STANDARD, tmp_path / "a")
    shutil.rmtree(city.folder / "sources")
    (city.folder / "outlets").rename(city.folder / "网点")
    (city.folder / "city.toml").write_text(
        """name = "某市"
belt = 1000
districts = ["虚构01区", "虚构02区"]
[tables]
outlets = "网点"
[[sources]]
table = "outlets"
status = "made_up"
complete_for = ["药店", "面包店", "便利店"]
""",
        "utf-8",
    )
    run = assess_city(read_city(city.folder), STANDARD, tmp_path / "b")
    assert run.failed == {}
    for name in own.done:
        left, right = (result(one.out, "access", name) for one in (own, run))
        pd.testing.assert_frame_equal(left, right)
