"""Check that a traced walk names its streets and adds up to the distance that was judged."""

import pytest
import shapely

from livingcircle.routes import distances_from
from livingcircle.routes import street_word
from livingcircle.routes import trace
from livingcircle.routes import trace_all
from tests.engine.walks import graph_of
from tests.engine.walks import to_any
from tests.engine.walks import walk
from tests.factories.streets import draw_streets


def test_a_walk_names_its_streets_in_order():
    streets = draw_streets([(0, 0), (1000, 0)], [(1000, 0), (1000, 800)], name=["东西街", "南北路"])
    network, reader = walk(streets, [(900, 10)], [(1010, 300)])
    graph = graph_of(network, [(900, 10)], [(1010, 300)])
    door, shop = shapely.Point(900, 10), shapely.Point(1010, 300)
    route = trace(network, graph, (0, door), (0, shop))
    assert [(leg.street, round(leg.metres)) for leg in route.legs] == [
        ("", 10),
        ("东西街", 100),
        ("南北路", 300),
        ("", 10),
    ]
    assert route.metres == pytest.approx(420, abs=0.05)
    assert route.metres == pytest.approx(to_any(reader, [0], 1)[0][0])
    assert route.line.length == pytest.approx(420, abs=0.05)
    assert route.sentence() == "共420米：出门到道路10米 → 东西街100米 → 南北路300米 → 离开道路10米"


def test_a_street_without_a_name_goes_by_a_chinese_word():
    names = ["residential", "steps", "", "living_street", "北街", "Main Street", "X201"]
    assert [street_word(name) for name in names] == [
        "无名道路", "台阶", "无名道路", "无名道路", "北街", "Main Street", "X201",
    ]  # fmt: skip
    streets = draw_streets([(0, 0), (1000, 0)], highway=["residential"], name=[""])
    network, _ = walk(streets, [(100, 0)], [(900, 0)])
    graph = graph_of(network, [(100, 0)], [(900, 0)])
    door, shop = shapely.Point(100, 0), shapely.Point(900, 0)
    assert trace(network, graph, (0, door), (0, shop)).sentence() == "共800米：无名道路800米"


def test_no_way_is_no_route():
    streets = draw_streets([(0, 0), (2000, 0)], [(0, 500), (1200, 500)])
    network, _ = walk(streets, [(10, 0)], [(10, 500)])
    graph = graph_of(network, [(10, 0)], [(10, 500)])
    door, shop = shapely.Point(10, 0), shapely.Point(10, 500)
    assert trace(network, graph, (0, door), (0, shop)) is None


def test_distances_from_a_door_are_those_that_were_measured():
    streets = draw_streets([(0, 0), (1000, 0)], [(1000, 0), (1000, 800)])
    door, shops = [(900, 10)], [(1010, 300), (200, 5)]
    network, _ = walk(streets, door, shops)
    got = distances_from(graph_of(network, door, shops), 0)
    assert got.round(1).tolist() == [420.0, 715.0]


def test_many_walks_are_those_traced_one_by_one():
    streets = draw_streets([(0, 0), (1000, 0)], [(1000, 0), (1000, 800)], name=["东西街", "南北路"])
    doors, shops = [(100, 10), (900, 10)], [(1010, 300), (200, 5)]
    network, _ = walk(streets, doors, shops)
    graph = graph_of(network, doors, shops)
    ends = [
        ((d, shapely.Point(doors[d])), (s, shapely.Point(shops[s])))
        for d, s in ((0, 0), (1, 0), (1, 1), (0, 1))
    ]
    found = trace_all(network, graph, ends)
    assert found == [trace(network, graph, *pair) for pair in ends]
    # The walk of 1220 m lies beyond what is looked for.
    assert trace_all(network, graph, ends, longest=800.0) == [None, *found[1:]]
    assert trace_all(network, graph, []) == []
