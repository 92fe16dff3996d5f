"""Check the walking network on streets drawn by hand; distances are sums on paper."""

import numpy as np
import pytest

from livingcircle.errors import NetworkError
from livingcircle.network import build_network
from livingcircle.walkers import WALKERS
from tests.engine.walks import metres
from tests.engine.walks import minutes
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
    assert reader.nearest(np.array([0]), "metres")[0].round(1).tolist() == [45 + 380]
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
        got = reader.nearest(np.array([0]), "metres")[0].round(1).tolist()
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
        assert metres(streets, [(600, 0)], [(505, 60)]) == [95 + 60]

    def test_unknown_gate_is_passable_and_reported(self):
        gates = draw_gates((500, 50, "unknown", "", ""))
        network, reader = walk(self.STREETS, [(500, 260)], [(600, 0)], gates=gates)
        assert reader.nearest(np.array([0]), "metres")[0].round(1).tolist() == [360]
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
