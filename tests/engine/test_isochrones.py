"""Check isochrones by pencil on small drawings, and against exact buffers on real streets."""

import geopandas as gpd
import numpy as np
import pytest
import shapely

from livingcircle.errors import InputError
from livingcircle.errors import NetworkError
from livingcircle.isochrones import isochrones
from livingcircle.situation import lay_out
from livingcircle.walkers import WALKERS
from tests.factories.district import draw_district
from tests.factories.streets import GRID
from tests.factories.streets import draw_gates
from tests.factories.streets import draw_junctions
from tests.factories.streets import draw_streets
from tests.factories.streets import lift

DOOR = [(0, -10, 5)]


def situation(doors=DOOR, outlets=(), walker="standard", **layers):
    """Return a hand-drawn district on its streets."""
    return lay_out(draw_district(outlets, doors, **layers), WALKERS[walker])


def at(*places):
    """Return points in metres as a series in degrees."""
    return gpd.GeoSeries(lift([shapely.Point(*xy) for xy in places]), crs="EPSG:4326")


def stretches(table):
    """Return the reached stretches of the only row in whole metres, as (from, to)."""
    (lines,) = GRID.project(table.geometry.to_numpy())
    ends = [shapely.get_coordinates(line).round().astype(int).tolist() for line in lines.geoms]
    return sorted([*line[0], *line[-1]] for line in ends)


def planes(table):
    """Return drawings in metres."""
    return np.asarray(GRID.project(table.geometry.to_numpy()), dtype=object)


CROSS = {"streets": draw_streets([(-500, 0), (0, 0)], [(0, 0), (500, 0)], [(0, 0), (0, 500)])}


def test_both_ways_along_the_own_street_and_round_the_corner():
    """Leg 10, 90 to either side; the corner is 50 off, so 40 are left for the side street."""
    table = isochrones(
        situation([(50, 10, 5)], **CROSS), doors=["d00"], limits=[100], by="metres", as_="lines"
    )
    assert stretches(table) == [[-40, 0, 0, 0], [0, 0, 0, 40], [0, 0, 140, 0]]
    row = table.loc[("d00", 100)]
    assert row["street_metres"] == pytest.approx(220, abs=0.01)
    assert row["unit"] == "metres"
    assert "area_km2" not in table


def test_minutes_are_those_of_the_walker():
    standard = isochrones(situation(**CROSS), doors=["d00"], limits=[2])
    elder = isochrones(situation(walker="elder", **CROSS), doors=["d00"], limits=[2])
    # 120 and 96 metres; 10 are the leg.
    assert standard["street_metres"].tolist() == pytest.approx([3 * 110], abs=0.01)
    assert elder["street_metres"].tolist() == pytest.approx([3 * 86], abs=0.01)


def test_the_wait_at_a_crossing_comes_before_the_street_behind_it():
    """A signal costs 20 s: 10 s on each side of the junction, 10 m at 60 m a minute."""
    streets = draw_streets(
        [(-500, 0), (0, 0)], [(0, 0), (500, 0)], [(0, 0), (0, 500)],
        from_node=[1, 2, 2], to_node=[2, 3, 4],
    )  # fmt: skip
    laid = situation([(-50, 0, 5)], streets=streets, junctions=draw_junctions({2: "signals"}))
    metres = isochrones(laid, doors=["d00"], limits=[1, 1.25], as_="lines")["street_metres"]
    assert metres.tolist() == pytest.approx([60 + 50, 75 + 50 + 2 * 5], abs=0.01)


def test_one_way_stairs_are_walked_one_way():
    streets = draw_streets([(0, 0), (400, 0)], oneway=1)
    laid = situation([(200, 0, 5)], outlets=[(200, 0, ["pharmacy"])], streets=streets)
    wish = {"limits": [50], "by": "metres", "as_": "lines"}
    assert stretches(isochrones(laid, doors=["d00"], **wish)) == [[200, 0, 250, 0]]
    assert stretches(isochrones(laid, outlets=["o0"], **wish)) == [[150, 0, 200, 0]]
    assert stretches(isochrones(laid, points=at((200, 0)), **wish)) == [[200, 0, 250, 0]]


def test_only_residents_pass_their_own_gate():
    """The gate at x = 100 lies inside an open compound; the way round is long."""
    streets = draw_streets(
        [(0, 0), (300, 0)], [(0, 0), (0, 900)], [(0, 900), (300, 900)], [(300, 900), (300, 0)]
    )
    laid = situation(
        [(60, 0, 5, {"compound": "甲"}), (60, 0, 5)],
        streets=streets, gates=draw_gates((100, 0, "residents", "甲", "")),
    )  # fmt: skip
    metres = isochrones(laid, doors=["d00", "d01"], limits=[200], by="metres")["street_metres"]
    stranger = isochrones(laid, points=at((60, 0)), limits=[200], by="metres")["street_metres"]
    # 60 back to the corner and 140 up, 40 to the gate; residents walk 160 on behind it.
    assert metres.round().tolist() == [60 + 140 + 40 + 160, 60 + 140 + 40]
    assert stranger.round().tolist() == [60 + 140 + 40]


def test_several_origins_and_limits_come_in_order():
    laid = situation([(0, 10, 5), (100, 10, 5)], **CROSS)
    table = isochrones(laid, doors=["d01", "d00", "d01"], limits=[300, 100], by="metres")
    assert table.index.tolist() == [("d01", 100), ("d01", 300), ("d00", 100), ("d00", 300)]
    assert table.columns.tolist() == ["unit", "street_metres", "area_km2", "geometry"]
    assert table.crs == "EPSG:4326"
    again = isochrones(laid, doors=["d01", "d00"], limits=[100, 300], by="metres")
    assert again.geometry.equals(table.geometry)


def test_who_reaches_no_street_is_unknown_and_who_is_still_on_the_leg_has_reached_none():
    laid = situation([(0, 50, 5), (0, 900, 5)], streets=draw_streets([(-99, 0), (99, 0)]))
    table = isochrones(laid, doors=["d00", "d01"], limits=[40, 60], by="metres")
    assert table.geometry.isna().tolist() == [False, False, True, True]
    assert table.geometry.iloc[0].is_empty
    assert table["street_metres"].fillna(-1).tolist() == pytest.approx([0, 20, -1, -1], abs=0.01)
    assert table["area_km2"].isna().tolist() == [False, False, True, True]


def test_a_drawing_holds_its_streets_and_its_own_building():
    laid = situation([(30, 60, 5)], **CROSS)
    (shape,) = planes(isochrones(laid, doors=["d00"], limits=[300], by="metres"))
    lines = isochrones(laid, doors=["d00"], limits=[300], by="metres", as_="lines")
    assert shape.covers(planes(lines)[0])
    assert shape.covers(shapely.Point(30, 60).buffer(20))


def test_the_margin_is_how_far_the_drawing_goes_beside_the_street():
    laid = situation(**CROSS)
    table = isochrones(laid, doors=["d00"], limits=[300], by="metres", margin=60, exact=True)
    (shape,) = planes(table)
    assert shape.contains(shapely.Point(200, 59))
    assert not shape.contains(shapely.Point(200, 61))
    assert table["area_km2"].iloc[0] == pytest.approx(shape.area / 1e6, abs=1e-6)


@pytest.fixture(scope="module")
def sampled(sample_assessment):
    """Return 24 doors and outlets of real streets, drawn fast, exactly and as lines."""
    doors = sample_assessment.situation.doors.index[::40]
    outlets = sample_assessment.district.outlets.index[:10]
    grid = sample_assessment.situation.network.grid

    def draw(**how):
        for asked in ({"doors": doors}, {"outlets": outlets}):
            shapes = isochrones(sample_assessment, **asked, **how).geometry.dropna().to_numpy()
            yield np.asarray(grid.project(shapes), dtype=object)

    return [np.concatenate(list(draw(**how))) for how in ({}, {"exact": True}, {"as_": "lines"})]


def test_fast_drawings_of_real_streets_are_almost_exact(sampled):
    fast, exact, _ = sampled
    common = shapely.area(shapely.intersection(fast, exact))
    assert len(fast) >= 60
    assert (common / shapely.area(shapely.union(fast, exact))).min() >= 0.97


def test_drawings_of_real_streets_are_valid_nest_and_hold_every_reached_street(sampled):
    fast, _, lines = sampled
    assert shapely.is_valid(fast).all()
    # To the nanometre that lifting to degrees and back costs.
    assert shapely.length(shapely.difference(lines, fast)).max() < 1e-6
    five, ten, fifteen = fast.reshape(-1, 3).T
    assert shapely.area(shapely.difference(five, ten)).max() < 1e-4
    assert shapely.area(shapely.difference(ten, fifteen)).max() < 1e-4


def test_streets_reached_are_where_the_measured_distances_say(sample_assessment):
    """A door's place on the street is reached just when its measured walk less its leg is."""
    laid, limit = sample_assessment.situation, 500.0
    ends, network = laid.door_ends, laid.network
    alone = np.bincount(ends.owner, minlength=len(laid.doors))[ends.owner] == 1
    plain = (laid.doors["compound"].to_numpy()[ends.owner] == "") & (ends.segment >= 0) & alone
    checked = 0
    for outlet in range(0, 30, 3):
        offers = np.zeros((len(laid.district.outlets), 1), dtype=bool)
        offers[outlet] = True
        walk = laid.reader.nearest(offers, "metres")[0][ends.owner[plain], 0] - ends.leg[plain]
        name = laid.district.outlets.index[outlet]
        drawn = isochrones(laid, outlets=[name], limits=[limit], by="metres", as_="lines")
        if drawn.geometry.isna().any():
            continue
        (lines,) = network.grid.project(drawn.geometry.to_numpy())
        far = shapely.distance(shapely.points(ends.foot[plain]), lines)
        assert (far[walk <= limit] < 0.01).all()
        assert (far[walk > limit + 0.01] > 0).all()
        checked += int((walk <= limit).sum())
    assert checked > 100


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({}, "要给出其中的一种"),
        ({"doors": ["d00"], "outlets": ["o0"]}, "要给出其中的一种"),
        ({"doors": []}, "没有给出任何楼门"),
        ({"doors": ["d00", "x", "y"]}, "没有编号为“x”、“y”的楼门"),
        ({"doors": ["x"]}, "核对楼门表里的编号，有的编号如“d00”"),
        ({"points": ["北京"]}, "不是一对对经度、纬度"),
        ({"points": [118.78, 32.04]}, "不是一对对经度、纬度"),
        ({"points": [(118.78, 32.04, 5)]}, "不是一对对经度、纬度"),
        ({"points": [(118.78, float("nan"))]}, "不是一对对经度、纬度"),
        ({"points": 5}, "不是一对对经度、纬度"),
        ({"points": [(32.04, 118.78)]}, "“0”不是地球上的一个点"),
        ({"outlets": [str(n) for n in range(9)]}, "“4”等9个的网点"),
        ({"doors": ["d00"], "limits": []}, "步行范围要大于 0"),
        ({"doors": ["d00"], "limits": [5, 0]}, "步行范围要大于 0"),
        ({"doors": ["d00"], "limits": [float("nan")]}, "步行范围要大于 0"),
        ({"doors": ["d00"], "limits": [121]}, "不超过 120 分钟"),
        ({"doors": ["d00"], "by": "hours"}, "不认识的画法"),
        ({"doors": ["d00"], "as_": "dots"}, "不认识的画法"),
        ({"doors": ["d00"], "margin": 0}, "0 米不合适"),
        ({"doors": ["d00"], "limits": [15], "margin": 2}, "沿街至少画 3 米"),
        ({"points": gpd.GeoSeries([shapely.Point(32, 118)])}, "“0”不是地球上的一个点"),
        ({"points": gpd.GeoSeries([shapely.Point()])}, "不是地球上的一个点"),
        ({"points": gpd.GeoSeries([None])}, "不是地球上的一个点"),
        ({"points": gpd.GeoSeries([shapely.box(0, 0, 1, 1)])}, "不是地球上的一个点"),
        ({"points": gpd.GeoSeries([shapely.Point(1, 1)] * 2, index=[3, 3])}, "编号有重复"),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_words(asked, sentence):
    with pytest.raises(InputError, match=sentence):
        isochrones(situation(), **asked)


def test_without_streets_nothing_is_drawn():
    district = draw_district(doors=DOOR)
    bare = lay_out(draw_district(doors=DOOR, streets=district.streets.iloc[:0]), WALKERS["elder"])
    with pytest.raises(NetworkError, match="没有道路数据"):
        isochrones(bare, doors=["d00"])


def test_pairs_of_degrees_are_points():
    laid = situation(**CROSS)
    series = at((100, 0), (0, 60)).reset_index(drop=True)
    pairs = [(point.x, point.y) for point in series]
    expected = isochrones(laid, points=series, limits=[5])
    assert isochrones(laid, points=pairs, limits=[5]).equals(expected)
    assert isochrones(laid, points=np.array(pairs), limits=[5]).equals(expected)
    assert len(isochrones(laid, points=[], limits=[5])) == 0


def test_points_in_another_system_are_brought_to_degrees():
    laid = situation(**CROSS)
    here = isochrones(laid, points=at((100, 0)), limits=[5])
    there = isochrones(laid, points=at((100, 0)).to_crs("EPSG:4547"), limits=[5])
    assert here.geometry.iloc[0].symmetric_difference(there.geometry.iloc[0]).area < 1e-14


def test_no_points_make_an_empty_table():
    table = isochrones(situation(), points=at())
    assert len(table) == 0
    assert table.index.names == ["origin_id", "limit"]
