"""Close a street, open a gate: what is repaired equals what is contracted anew."""

import numpy as np
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from livingcircle._routing.hierarchy import contract
from livingcircle._routing.hierarchy import order_nodes
from livingcircle._routing.hierarchy import repaired
from tests.engine.drawn import ALL
from tests.engine.drawn import alike
from tests.engine.drawn import grid
from tests.engine.drawn import hierarchy_of
from tests.engine.drawn import networks


def columns(arcs):
    """Return arcs as tail, head and length."""
    tail, head, length = np.array(arcs, dtype=np.int64).reshape(-1, 3).T.copy()
    return tail, head, length.astype(np.uint32)


@settings(max_examples=150, deadline=None)
@given(networks(), st.sampled_from([300, 1500, ALL]), st.data())
def test_repair_equals_contraction_over_random_edits(network, limit, data):
    xy, arcs = network
    was = hierarchy_of(xy, arcs, limit)
    now = list(arcs)
    touched = []
    node = st.integers(0, len(xy) - 1)
    for _ in range(data.draw(st.integers(0, 4))):
        new = data.draw(st.tuples(node, node, st.integers(0, 900)))
        if now and data.draw(st.booleans()):
            at = data.draw(st.integers(0, len(now) - 1))
            touched.append(now[at][:2])
            now[at : at + 1] = [(*now[at][:2], new[2])] if data.draw(st.booleans()) else []
        else:
            now.append(new)
            touched.append(new[:2])
    ends = np.array(touched, dtype=np.int64).reshape(-1, 2).T.copy()
    made, found = repaired(was, columns(now), (ends[0], ends[1]))
    assert alike(made, contract(was.rank, *columns(now), limit))
    assert found <= len(xy)


def test_a_new_street_brings_its_ends_together_with_the_older_neighbours():
    """0–2 stands; 0–1 appears: by pencil, 1 now reaches 2 over 0, though 1 was untouched."""
    rank = np.arange(3)
    was = contract(rank, *columns([(0, 2, 5), (2, 0, 5)]))
    now = columns([(0, 2, 5), (2, 0, 5), (0, 1, 3), (1, 0, 4)])
    made, found = repaired(was, now, (np.array([0, 1]), np.array([1, 0])))
    assert (made.start.tolist(), made.to.tolist()) == ([0, 2, 3, 3], [1, 2, 2])
    assert (made.out.tolist(), made.back.tolist()) == ([3, 5, 9], [4, 5, 8])
    assert found == 2


def test_a_closed_street_takes_its_ways_away_all_the_way_up():
    """0–1 and 0–2 stand, and so 1–2 over 0; when 0–1 closes, that way is gone as well."""
    rank = np.arange(3)
    both = [(0, 2, 5), (2, 0, 5), (0, 1, 3), (1, 0, 4)]
    was = contract(rank, *columns(both))
    made, found = repaired(was, columns(both[:2]), (np.array([0, 1]), np.array([1, 0])))
    assert (made.start.tolist(), made.to.tolist()) == ([0, 1, 1, 1], [2])
    assert found == 2


def city():
    """Return (hierarchy, tail, head, length) of a large grid, ways kept up to 1,000 m."""
    xy, tail, head = grid(60)
    rng = np.random.default_rng(5)
    length = np.tile(rng.integers(60_000, 100_000, len(tail)), 2).astype(np.uint32)
    both = np.concatenate([tail, head]), np.concatenate([head, tail])
    rank = order_nodes(xy, tail, head)
    return contract(rank, *both, length, 1_000_000), *both, length


def test_one_closed_street_costs_a_few_lists():
    was, tail, head, length = city()
    rng = np.random.default_rng(6)
    many = []
    for closed in rng.choice(len(tail) // 2, 40, replace=False):
        kept = np.ones(len(tail), dtype=bool)
        kept[[closed, closed + len(tail) // 2]] = False
        now = tail[kept], head[kept], length[kept]
        made, found = repaired(was, now, (tail[~kept], head[~kept]))
        assert alike(made, contract(was.rank, *now, 1_000_000))
        many.append(found)
    assert np.median(many) < 0.02 * len(was.rank)
    assert max(many) < 0.1 * len(was.rank)


def test_what_was_touched_but_not_changed_costs_its_own_list():
    was, tail, head, length = city()
    made, found = repaired(was, (tail, head, length), (tail[:1], head[:1]))
    assert found == 1
    assert alike(made, was)
    made, found = repaired(was, (tail, head, length), (tail[:0], head[:0]))
    assert found == 0
    assert alike(made, was)


def test_an_opened_gate_is_a_street_that_appears():
    was, tail, head, length = city()
    now = np.append(tail, 0), np.append(head, 61), np.append(length, np.uint32(7))
    made, found = repaired(was, now, (now[0][-1:], now[1][-1:]))
    assert alike(made, contract(was.rank, *now, 1_000_000))
    back, again = repaired(made, (tail, head, length), (now[0][-1:], now[1][-1:]))
    assert alike(back, was)
    assert found == again < 0.1 * len(was.rank)
