"""Hold every kernel against its slow twin: exact to the millimetre, whatever the network."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from livingcircle._kernels.base import FAR
from livingcircle._kernels.base import LANES
from livingcircle._kernels.base import NOBODY
from livingcircle._kernels.base import parted
from livingcircle._kernels.contraction import list_own
from livingcircle._kernels.sweeps import sweep_nearest
from livingcircle._routing import hierarchy
from livingcircle._routing.hierarchy import contract
from livingcircle._routing.hierarchy import nearest
from livingcircle._routing.hierarchy import order_nodes
from tests.engine.drawn import alike
from tests.engine.drawn import grid
from tests.engine.drawn import hierarchy_of
from tests.engine.drawn import networks
from tests.engine.drawn import streets_of
from tests.engine.drawn import towns
from tests.engine.slow_kernels import lengths_to
from tests.engine.slow_kernels import ways_of


@settings(max_examples=60, deadline=None)
@given(networks(), st.data())
def test_nearest_is_that_of_the_slow_twin_with_the_lowest_owner(network, data):
    xy, arcs = network
    lanes = data.draw(st.sampled_from([1, 2, LANES + 1]))
    one = st.tuples(st.integers(0, lanes - 1), st.integers(0, len(xy) - 1), st.integers(0, 300))
    seeds = data.draw(st.lists(one, max_size=12))
    lane, node, length = np.array(seeds, dtype=np.int64).reshape(-1, 3).T
    made = hierarchy_of(xy, arcs)
    owner = np.arange(len(seeds))
    found = nearest(made, (lane, node, length.astype(np.uint32), owner), lanes)
    near, whose = parted(found)
    for number in range(lanes):
        mine = [(n, w, i) for i, (k, n, w) in enumerate(seeds) if k == number]
        each = {i: lengths_to(arcs, len(xy), [(n, w)]) for n, w, i in mine}
        for v in range(len(xy)):
            want, who = min([(one[v], i) for i, one in each.items()], default=(int(FAR), NOBODY))
            at = number // LANES, made.rank[v], number % LANES
            assert min(int(near[at]), int(FAR)) == want
            assert want == FAR or whose[at] == who


@settings(max_examples=30, deadline=None)
@given(networks(), st.data())
def test_lengths_without_owners_are_those_of_the_slow_twin(network, data):
    xy, arcs = network
    made = hierarchy_of(xy, arcs)
    seeds = data.draw(st.lists(st.tuples(st.integers(0, len(xy) - 1), st.integers(0, 300))))
    near = np.full((len(xy), LANES), FAR, dtype=np.uint32)
    for node, length in seeds:
        at = made.rank[node], 0
        near[at] = min(int(near[at]), length)
    sweep_nearest(made.start, made.to, made.out, made.back, near)
    got = np.minimum(near[made.rank, 0], FAR).tolist()
    assert got == lengths_to(arcs, len(xy), seeds)
    assert (near[:, 1:] >= FAR).all()


@settings(max_examples=40, deadline=None)
@given(networks(), st.integers(0, 1500))
def test_ways_beyond_the_limit_are_the_only_ones_lost(network, limit):
    xy, arcs = network
    made = hierarchy_of(xy, arcs, limit)
    seeds = np.zeros(1, np.int64), np.zeros(1, np.int64), np.zeros(1, np.uint32), np.zeros(1, int)
    near, _ = parted(nearest(made, seeds, 1))
    for v, want in enumerate(lengths_to(arcs, len(xy), [(0, 0)])):
        got = int(near[0, made.rank[v], 0])
        assert got == want if want <= limit else got >= want


@settings(max_examples=40, deadline=None)
@given(networks(), st.integers(0, 1500), st.randoms())
def test_neither_threads_nor_the_order_of_arcs_are_seen_in_the_hierarchy(network, limit, random):
    xy, arcs = network
    shuffled = random.sample(arcs, len(arcs))
    rank = hierarchy_of(xy, arcs).rank
    apart = []
    for width, some in ((0.0, arcs), (1.0, shuffled), (1e9, shuffled)):
        tail, head, length = np.array(some, dtype=np.int64).reshape(-1, 3).T.copy()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(hierarchy, "WIDTH", width)
            apart.append(contract(rank, tail, head, length.astype(np.uint32), limit))
    assert alike(apart[0], apart[1])
    assert alike(apart[0], apart[2])


def test_halves_of_a_network_touch_nowhere_and_are_about_as_large():
    xy, tail, head = grid(40)
    rank = order_nodes(xy, tail, head)
    own = list_own(rank, tail, head, np.ones(len(tail), np.uint32))
    middle, top = hierarchy._halves(own)
    sides = np.select([rank < middle, rank < top], [0, 1], 2)
    pairs = {(int(sides[a]), int(sides[b])) for a, b in zip(tail, head, strict=True)}
    assert pairs.isdisjoint({(0, 1), (1, 0)})
    assert min(middle, top - middle) > 600


@settings(max_examples=40, deadline=None)
@given(towns(), st.integers(0, 1200))
def test_reach_lists_exactly_the_doors_within_the_limit(town, limit):
    streets = streets_of(*town)
    with ThreadPoolExecutor(2) as pool:
        bundles = list(streets.reach(np.arange(6), limit / 1000, pool))
    got = {
        (int(o), int(d)): int(w) for outlet, door, length in bundles
        for o, d, w in zip(outlet, door, length, strict=True)
    }  # fmt: skip
    each = ways_of(town)
    want = {(o, d): w for (d, o), w in each.items() if w <= limit}
    assert got == want
    offers = np.eye(6, dtype=bool)
    length, owner = streets.nearest(offers)
    near = {(o, d): int(length[d, o]) for o in range(6) for d in range(5) if owner[d, o] == o}
    assert {key: near.get(key) for key in want} == want


@pytest.mark.parametrize("nodes", [1, 2, 7, 40])
def test_nodes_all_at_one_place_are_ordered_all_the_same(nodes):
    line = np.arange(nodes - 1)
    rank = order_nodes(np.zeros((nodes, 2)), line, line + 1)
    assert sorted(rank.tolist()) == list(range(nodes))


def test_the_work_grows_with_the_network_and_not_with_its_square():
    """Short cuts a node on a street-like grid; creeping growth shows here before it is felt."""
    per_node = []
    for side in (20, 40, 80):
        xy, tail, head = grid(side)
        length = np.full(2 * len(tail), 80_000, np.uint32)
        both = np.concatenate([tail, head]), np.concatenate([head, tail])
        made = contract(order_nodes(xy, tail, head), *both, length, limit=400_000)
        per_node.append(made.start[-1] / side**2)
    assert per_node[-1] < 1.3 * per_node[0] < 12
