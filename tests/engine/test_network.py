"""Check the walking network on streets drawn by hand; distances are sums on paper."""

import pandas as pd
import pytest

from livingcircle.errors import NetworkError
from livingcircle.network import build_network
from livingcircle.walkers import WALKERS
from tests.engine.walks import metres
from tests.engine.walks import minutes
from tests.engine.walks import to_any
from tests.engine.walks import walk
from tests.factories.streets import GRID
from tests.factories.streets import draw_barriers
from tests.factories.streets import draw_gates
from tests.factories.streets import draw_junctions
from tests.factories.streets import draw_streets

INF = float("inf")
MAIN = [(0, 0), (1500, 0)]


def test_door_and_outlet_on_the_same_segment_walk_straight_between_their_feet():
    assert metres(draw_streets(MAIN), [(100, 30)], [(350, 20)]) == [30 + 250 + 20]


def test_distance_goes_round_the_corner():
    streets = draw_streets([(0, 0), (1000, 0)], [(1000, 0), (1000, 800)])
    assert metres(streets, [(900, 10)], [(1010, 300)]) == [10 + 100 + 300 + 10]


def test_door_and_outlet_at_the_same_point_are_two_legs_apart():
    assert metres(draw_streets(MAIN), [(100, 12)], [(100, 12)]) == [24]


def test_zero_length_street_still_joins_its_ends():
    streets = draw_streets(
        [(0, 0), (700, 0)],
        [(700, 0), (700, 0.001)],
        [(700, 0), (1400, 0)],
        from_node=[1, 2, 3],
        to_node=[2, 3, 4],
    )
    assert metres(streets, [(600, 0)], [(900, 0)]) == [300]


def test_parallel_segments_are_kept_apart_and_the_shorter_one_is_walked():
    streets = draw_streets(
        [(0, 0), (500, 0)],
        [(500, 0), (550, 300), (600, 300), (700, 0)],
        [(500, 0), (700, 0)],
        [(700, 0), (1300, 0)],
        from_node=[1, 2, 2, 3],
        to_node=[2, 3, 3, 4],
    )
    assert metres(streets, [(400, 0)], [(800, 0)]) == [400]


def test_lines_crossing_on_different_levels_do_not_join():
    streets = draw_streets(
        [(0, 0), (500, 0), (1500, 0)], [(500, -600), (500, 0), (500, 600)], layer=[0, 1]
    )
    assert metres(streets, [(0, 0)], [(500, 500)]) == [INF]


def test_lines_sharing_a_vertex_on_one_level_join():
    streets = draw_streets([(0, 0), (500, 0), (1500, 0)], [(500, -600), (500, 0), (500, 600)])
    assert metres(streets, [(0, 0)], [(500, 500)]) == [1000]


def test_a_bridge_joins_the_street_at_its_end():
    streets = draw_streets([(0, 0), (500, 0), (1500, 0)], [(500, 0), (500, 600)], layer=[0, 1])
    assert metres(streets, [(0, 0)], [(500, 500)]) == [1000]


def test_stated_length_beats_the_drawn_one():
    streets = draw_streets([(0, 0), (1000, 0)], length_m=2000.0)
    assert metres(streets, [(100, 0)], [(600, 0)]) == [1000]


def test_minutes_use_the_walkers_speed_on_and_off_the_street():
    streets = draw_streets(MAIN)
    assert minutes(streets, [(100, 30)], [(370, 0)]) == [5.0]
    assert minutes(streets, [(100, 30)], [(370, 0)], walker="elder") == [6.25]
    assert minutes(streets, [(100, 30)], [(370, 0)], walker="brisk") == [4.0]


def test_steps_slow_a_walker_down_and_stop_a_wheelchair():
    streets = draw_streets(
        [(0, 0), (1000, 0)], [(1000, 0), (1060, 0)], [(1060, 0), (2100, 0)], steps=[0, 1, 0]
    )
    assert minutes(streets, [(940, 0)], [(1120, 0)]) == [1 + 2 + 1]
    assert metres(streets, [(940, 0)], [(1120, 0)], walker="wheelchair") == [INF]


def test_crossing_way_costs_its_delay_once():
    streets = draw_streets(
        [(0, 0), (1000, 0)],
        [(1000, 0), (1000, 20)],
        [(1000, 20), (1000, 1100)],
        crossing=["", "signals", ""],
    )
    assert minutes(streets, [(960, 0)], [(1000, 80)]) == [round(2 + 20 / 60, 3)]


def test_signal_at_a_junction_costs_its_delay_once_and_only_where_streets_meet():
    cross = {
        "from_node": [1, 2, 2, 2],
        "to_node": [2, 3, 4, 5],
    }
    arms = [
        [(0, 0), (600, 0)],
        [(600, 0), (1200, 0)],
        [(600, 0), (600, 600)],
        [(600, 0), (600, -600)],
    ]
    streets = draw_streets(*arms, **cross)
    signal = draw_junctions({2: "signals"})
    assert minutes(streets, [(480, 0)], [(720, 0)], junctions=signal) == [round(4 + 20 / 60, 3)]
    along = draw_junctions({1: "signals"})
    assert minutes(streets, [(480, 0)], [(720, 0)], junctions=along) == [4.0]


def test_one_way_stairs_are_walked_one_way():
    loop = [[(0, 0), (600, 0)], [(600, 0), (600, 400)], [(600, 400), (0, 400)], [(0, 400), (0, 0)]]
    streets = draw_streets(*loop, oneway=[1, 0, 0, 0])
    assert metres(streets, [(100, 0)], [(500, 0)]) == [400]
    assert metres(streets, [(500, 0)], [(100, 0)]) == [100 + 400 + 600 + 400 + 100]


def test_self_loop_is_walked_the_shorter_way_round():
    ring = [(1000, 0), (1000, 100), (1100, 100), (1100, 0), (1000, 0)]
    streets = draw_streets([(0, 0), (1000, 0)], ring, from_node=[1, 2], to_node=[2, 2])
    assert metres(streets, [(900, 0)], [(1100, 50)]) == [100 + 150]


def test_several_entrances_use_the_nearest():
    streets = draw_streets(MAIN)
    assert metres(streets, [[(100, 0), (300, 0)]], [[(900, 0), (500, 0)]]) == [200]


def test_nobody_walks_through_a_building_with_two_doors():
    streets = draw_streets([(0, 0), (1500, 0)], [(0, 50), (1500, 50)], [(1500, 0), (1500, 50)])
    through = [[(100, 10), (100, 40)]]
    assert metres(streets, [(50, 0), *through], [(50, 50)])[0] == 1450 + 50 + 1450


def test_leg_never_crosses_a_wall():
    streets = draw_streets([(0, 0), (1000, 0)], [(1000, 0), (1000, 100)], [(1000, 100), (0, 100)])
    wall = draw_barriers([(-50, 20), (950, 20)])
    assert metres(streets, [(100, 30)], [(100, 0)]) == [30]
    assert metres(streets, [(100, 30)], [(100, 0)], barriers=wall) == [70 + 900 + 100 + 900]


def test_off_street_beyond_the_cap_has_no_way():
    assert metres(draw_streets(MAIN), [(100, 201)], [(200, 0)]) == [INF]


def test_islands_are_quarantined_and_listed():
    streets = draw_streets(MAIN, [(100, 40), (160, 40)])
    network, reader = walk(streets, [(120, 45)], [(500, 0)])
    assert network.island.tolist() == [False, True]
    assert to_any(reader, [0], 1)[0].round(1).tolist() == [45 + 380]
    row = network.repairs.iloc[0]
    assert (row["kind"], row["length_m"]) == ("island", 60.0)
    assert "60米" in row["sentence"]


def test_a_long_separate_part_is_no_island():
    streets = draw_streets([(0, 0), (2000, 0)], [(0, 500), (1200, 500)])
    network, _ = walk(streets, [(0, 0)], [(100, 0)])
    assert not network.island.any()


class TestGates:
    """A compound lane leaves the main street at x=500 and runs 200 m to its yard."""

    STREETS = draw_streets([(0, 0), (500, 0), (1500, 0)], [(500, 0), (500, 300)])

    def test_public_gate_lets_everyone_through(self):
        gates = draw_gates((500, 50, "public", "", ""))
        assert metres(self.STREETS, [(500, 100)], [(600, 0)], gates=gates) == [200]

    def test_closed_gate_stops_everyone(self):
        gates = draw_gates((500, 50, "closed", "", ""))
        assert metres(self.STREETS, [(500, 100)], [(600, 0)], gates=gates) == [INF]
        assert metres(self.STREETS, [(600, 0)], [(500, 100)], gates=gates) == [INF]

    def test_public_gate_is_shut_outside_its_hours(self):
        gates = draw_gates((500, 50, "public", "", "06:00-22:00"))
        assert metres(self.STREETS, [(500, 260)], [(600, 0)], gates=gates, at="10:00") == [360]
        late = metres(self.STREETS, [(500, 260)], [(600, 0)], gates=gates, at="23:00")
        assert late == [INF]

    def test_residents_walk_out_and_strangers_do_not_walk_in(self):
        gates = draw_gates((500, 50, "residents", "甲小区", ""))
        inside, outside = (500, 260), (600, 0)
        assert metres(self.STREETS, [inside], [outside], gates=gates) == [360]
        assert metres(self.STREETS, [outside], [inside], gates=gates) == [INF]
        assert metres(self.STREETS, [inside], [(500, 200)], gates=gates) == [60]

    def test_strangers_do_not_cut_through_a_compound_with_two_gates(self):
        streets = draw_streets(
            [(0, 0), (500, 0), (1500, 0)],
            [(500, 0), (500, 400)],
            [(0, 400), (500, 400), (1500, 400)],
            [(1500, 0), (1500, 400)],
        )
        gates = draw_gates((500, 50, "residents", "甲", ""), (500, 350, "residents", "甲", ""))
        assert metres(streets, [(500, 0)], [(500, 400)], gates=gates) == [1000 + 400 + 1000]
        assert metres(streets, [(500, 260)], [(500, 0), (500, 400)], gates=gates) == [140]

    def test_residents_of_an_open_compound_use_their_own_side_gate(self):
        streets = draw_streets(
            [(0, 0), (500, 0), (1500, 0)],
            [(500, 0), (500, 400)],
            [(0, 400), (500, 400), (1500, 400)],
            [(1500, 0), (1500, 400)],
        )
        gates = draw_gates((500, 380, "residents", "甲", ""))
        door, shop = (500, 260), (500, 400)
        assert metres(streets, [door], [shop], gates=gates, compounds=["甲"]) == [140]
        around = 260 + 1000 + 400 + 1000
        assert metres(streets, [door], [shop], gates=gates, compounds=["乙"]) == [around]

    def test_a_side_gate_without_a_compound_lets_nobody_through_and_is_listed(self):
        streets = draw_streets(
            [(0, 0), (500, 0), (1500, 0)],
            [(500, 0), (500, 400)],
            [(0, 400), (500, 400), (1500, 400)],
            [(1500, 0), (1500, 400)],
        )
        gates = draw_gates((500, 380, "residents", "", ""))
        network, reader = walk(streets, [(500, 260)], [(500, 400)], gates=gates)
        got = to_any(reader, [0], 1)[0].round(1).tolist()
        assert got == [260 + 1000 + 400 + 1000]
        assert network.repairs["kind"].tolist() == ["gate_compound"]
        assert "没有写属于哪个小区" in network.repairs["sentence"].iloc[0]

    def test_residents_only_street_is_left_but_not_entered(self):
        streets = draw_streets(
            [(0, 0), (500, 0), (1500, 0)], [(500, 0), (500, 300)], access=["public", "residents"]
        )
        assert metres(streets, [(500, 260)], [(600, 0)]) == [360]
        network, _ = walk(streets, [(500, 260)], [(600, 0)])
        assert len(network.exits) == 1

    def test_shop_by_a_private_lane_opens_onto_the_public_street(self):
        streets = draw_streets(
            [(0, 0), (500, 0), (1500, 0)], [(500, 0), (500, 300)], access=["public", "residents"]
        )
        assert metres(streets, [(600, 0)], [(505, 40)]) == [95 + 40]

    def test_unknown_gate_is_passable_and_reported(self):
        gates = draw_gates((500, 50, "unknown", "", ""))
        network, reader = walk(self.STREETS, [(500, 260)], [(600, 0)], gates=gates)
        assert to_any(reader, [0], 1)[0].round(1).tolist() == [360]
        assert network.repairs["kind"].tolist() == ["gate_unknown"]

    def test_a_gate_on_a_street_corner_closes_the_lane_not_the_street(self):
        streets = draw_streets(
            [(0, 0), (500, 0)],
            [(500, 0), (1500, 0)],
            [(500, 0), (500, 300)],
            highway=["residential", "residential", "service"],
        )
        gates = draw_gates((500, 0, "residents", "甲", ""))
        assert metres(streets, [(400, 0)], [(600, 0)], gates=gates) == [200]
        assert metres(streets, [(500, 260)], [(600, 0)], gates=gates) == [360]
        assert metres(streets, [(400, 0)], [(500, 260)], gates=gates) == [INF]

    def test_a_gate_between_two_ways_is_passed_once(self):
        streets = draw_streets([(0, 0), (500, 0)], [(500, 0), (1500, 0)])
        gates = draw_gates((500, 0, "residents", "甲", ""))
        inside = metres(streets, [(400, 0)], [(600, 0)], gates=gates)
        assert inside == [200]
        assert metres(streets, [(600, 0)], [(400, 0)], gates=gates) == [INF]

    def test_two_gates_on_one_street_cut_it_twice(self):
        gates = draw_gates((500, 50, "closed", "", ""), (500, 250, "closed", "", ""))
        network, _ = walk(self.STREETS, [(0, 0)], [(10, 0)], gates=gates)
        assert network.metres.round(1).tolist().count(200.0) == 1
        assert round(float(network.metres.sum())) == 1800


def test_empty_street_table_says_what_to_do():
    with pytest.raises(NetworkError, match=r"没有一条道路.*district\.toml"):
        build_network(draw_streets(MAIN).iloc[:0], grid=GRID, walker=WALKERS["standard"])


def test_one_line_without_numbers_leaves_the_others_joined_by_theirs():
    """An extra footway drawn by hand used to rejoin every severed street of the extract."""
    streets = draw_streets(
        [(0, 0), (1000, 0)],
        [(1000, 0), (1000, 500)],
        [(500, 0), (500, 300)],
        from_node=[1, 3, None],
        to_node=[2, 4, None],
    )
    # Nodes 2 and 3 lie at one place on two levels; the footway has no numbers.
    assert metres(streets, [(900, 0)], [(1000, 400)]) == [INF]
    alone = draw_streets([(0, 0), (500, 0), (1000, 0)], [(500, 0), (500, 300)],
                         from_node=[1, None], to_node=[2, None])  # fmt: skip
    assert metres(alone, [(100, 0)], [(500, 250)]) == [400 + 250]


def test_waits_at_numbered_junctions_survive_a_line_without_numbers():
    streets = draw_streets(
        [(0, 0), (500, 0)],
        [(500, 0), (1000, 0)],
        [(500, 0), (500, 600)],
        [(0, 0), (0, 600)],
        from_node=[1, 2, 2, None],
        to_node=[2, 3, 4, None],
    )
    junctions = draw_junctions({2: "crossing_signals"})
    assert minutes(streets, [(440, 0)], [(560, 0)], junctions=junctions) == [2.333]


def test_two_tables_that_both_count_from_one_are_two_places():
    streets = draw_streets(
        [(0, 0), (1000, 0)], [(0, 2000), (1000, 2000)], from_node=[1, 1], to_node=[2, 2]
    )
    assert metres(streets, [(990, 0)], [(990, 2000)]) == [INF]


def test_a_street_that_ends_below_a_bridge_does_not_climb_it():
    streets = draw_streets(
        [(0, 0), (500, 0), (1000, 0)],
        [(500, -600), (500, 0)],
        layer=[1, 0],
        structure=["bridge", ""],
    )
    assert metres(streets, [(500, -300)], [(1000, 300)]) == [INF]


@pytest.mark.parametrize(("ramp", "metres_round"), [(True, 100), (False, 1900)])
def test_wheels_take_stairs_with_a_ramp(ramp, metres_round):
    streets = draw_streets(
        [(0, 0), (100, 0)],
        [(0, 0), (0, 900), (100, 900), (100, 0)],
        [(0, 0), (0, -300)],
        [(100, 0), (100, -300)],
        steps=[True, False, False, False],
        wheelchair=pd.array([ramp, None, None, None], dtype="boolean"),
    )
    assert metres(streets, [(0, -200)], [(100, -200)], walker="wheelchair") == [400 + metres_round]


@pytest.mark.parametrize("kind", ["residents", "closed"])
def test_a_fragment_with_a_gate_of_its_own_is_still_an_island(kind):
    streets = draw_streets(MAIN, [(0, 50), (100, 50)], [(100, 50), (200, 50)])
    gates = draw_gates((100, 50, kind, "甲", ""))
    assert metres(streets, [(20, 50)], [(20, 0)], gates=gates) == [50.0]


def test_a_long_part_joined_to_nothing_is_listed_and_shuts_its_doors_in():
    main = [(0, 0), (14000, 0)]
    network, _ = walk(draw_streets(main, [(5000, 100), (6500, 100)]), [(5500, 100)], [(0, 0)])
    assert network.apart.tolist() == network.shut_in.tolist() == [False, True]
    assert network.repairs["kind"].tolist() == ["apart"]


def test_a_river_may_part_a_city_for_real():
    network, _ = walk(
        draw_streets([(0, 0), (3000, 0)], [(0, 900), (2000, 900)]), [(0, 0)], [(9, 0)]
    )
    assert not network.shut_in.any()
    assert len(network.repairs) == 0


@pytest.mark.parametrize("turned", [False, True])
def test_at_a_gate_the_door_belongs_to_the_side_it_stands_on(turned):
    """Two stubs meet at the gate, equally near; which was drawn first used to decide."""
    lane = [(500, 0), (500, 100), (600, 100), (600, 160)]
    streets = draw_streets(
        [(0, 0), (500, 0), (1500, 0)],
        lane[::-1] if turned else lane,
        highway=["residential", "service"],
    )
    gates = draw_gates((500, 100, "residents", "甲", ""))
    wall = draw_barriers([(400, 100), (499, 100)])
    inside = [(503, 104)]
    kept = {"gates": gates, "barriers": wall}
    assert metres(streets, inside, [(400, 0)], **kept)[0] < 220
    assert metres(streets, [(400, 0)], inside, **kept) == [INF]


def test_a_dead_end_that_touches_a_wall_is_not_entered_through_it():
    streets = draw_streets([(0, 0), (500, 0), (1500, 0)], [(500, 0), (500, 100)])
    wall = draw_barriers([(300, 100), (700, 100)])
    _, reader = walk(streets, [(500, 110)], [(400, 0)], barriers=wall)
    assert to_any(reader, [0], 1)[0].tolist() == [INF]


def test_a_corner_gate_closes_the_lane_also_where_all_ways_are_alike():
    streets = draw_streets([(0, 0), (500, 0)], [(500, 0), (1500, 0)], [(500, 0), (500, 200)])
    gates = draw_gates((500, 0, "closed", "", ""))
    assert metres(streets, [(400, 0)], [(600, 0)], gates=gates) == [200]
    assert metres(streets, [(400, 0)], [(500, 190)], gates=gates) == [INF]


def test_a_gate_drawn_beside_the_road_closes_its_lane():
    streets = draw_streets(
        [(0, 0), (500, 0), (1500, 0)], [(500, 0), (500, 300)], highway=["primary", "service"]
    )
    gates = draw_gates((502.5, 2, "closed", "", ""))
    assert metres(streets, [(400, 0)], [(600, 0)], gates=gates) == [200]
    assert metres(streets, [(400, 0)], [(500, 260)], gates=gates) == [INF]


@pytest.mark.parametrize(
    ("hours", "kinds", "reached"),
    [
        ("06:00—09:00", [], INF),
        ("06:00～09:00", [], INF),
        ("06:00至09:00", [], INF),
        ("早6点到晚11点", [], 360),
        ("早晚开放", ["gate_hours"], 360),
    ],
)
def test_gate_hours_are_read_or_reported(hours, kinds, reached):
    gates = draw_gates((500, 50, "public", "甲", hours))
    network, reader = walk(TestGates.STREETS, [(500, 260)], [(600, 0)], gates=gates, at="10:00")
    assert to_any(reader, [0], 1)[0].round(1).tolist() == [reached]
    assert network.repairs["kind"].tolist() == kinds


def test_a_shop_on_the_street_front_is_not_behind_the_gate():
    streets = draw_streets(
        [(0, 0), (500, 0), (1500, 0)], [(500, 0), (500, 300)], [(500, 25), (800, 25)],
        highway=["residential", "service", "service"],
    )  # fmt: skip
    gates = draw_gates((500, 10, "residents", "甲", ""))
    assert metres(streets, [(700, -5)], [(650, 15)], gates=gates) == [5 + 50 + 15]


def test_a_compound_with_more_paths_than_the_town_has_streets_is_still_inside():
    paths = [[(500, 20), (500, 100)], *([(500, 100), (500 + 40 * n, 900)] for n in range(1, 9))]
    streets = draw_streets(
        [(0, 0), (500, 0), (1500, 0)], [(500, 0), (500, 20)], *paths,
        highway=["residential", "service", *["footway"] * len(paths)],
    )  # fmt: skip
    gates = draw_gates((500, 20, "residents", "校园", ""))
    assert metres(streets, [(500, 90)], [(600, 0)], gates=gates) == [90 + 100]
    assert metres(streets, [(600, 0)], [(500, 90)], gates=gates) == [INF]


def test_nobody_opens_onto_a_bridge_overhead():
    streets = draw_streets(
        [(0, 0), (1500, 0)], [(0, 0), (0, 100), (1500, 100)], structure=["", "bridge"], layer=[0, 1]
    )
    assert metres(streets, [(700, 90)], [(800, 0)]) == [90 + 100]


def test_thousands_of_gates_are_cut_in_one_go():
    streets = draw_streets([(0, 0), (4000, 0)])
    gates = draw_gates(*((float(n), 0, "residents", "", "") for n in range(1, 4000)))
    network, _ = walk(streets, [(0, 0)], [(1, 0)], gates=gates)
    assert len(network.lines) == 4000
    assert network.metres.sum() == pytest.approx(4000, abs=0.01)
