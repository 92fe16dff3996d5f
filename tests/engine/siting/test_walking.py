"""The least walking with capacities: as little as the best of all choices, people conserved."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from livingcircle._siting.answers import Effort
from livingcircle._siting.walking import walk_least
from livingcircle._siting.walks import Walks
from livingcircle.errors import SitingError

FAR = 1000.0


def walks_of(table, weight, capacity, fixed=None):
    """Return walks from a table of metres, options by rows; None where it is too far."""
    near = [[(row, metres) for row, metres in enumerate(line) if metres is not None]
            for line in table]  # fmt: skip
    start = np.concatenate([[0], np.cumsum([len(one) for one in near])])
    pairs = [pair for one in near for pair in one]
    return Walks(
        start.astype(np.int64),
        np.array([row for row, _ in pairs], dtype=np.int64),
        np.array([metres for _, metres in pairs], dtype=np.float64),
        np.array(weight, dtype=np.float64),
        np.array(capacity, dtype=np.float64),
        np.zeros(len(table), dtype=bool) if fixed is None else np.array(fixed),
        FAR,
    )


def transport(walks, opened):
    """Return the least person-metres if some are open, by SciPy."""
    demand = len(walks.weight)
    pairs = [
        (one, int(walks.rows[k]), walks.distance[k])
        for one in opened
        for k in range(walks.start[one], walks.start[one + 1])
    ]
    cost = np.array([metres for _, _, metres in pairs] + [FAR] * demand)
    goes = np.zeros((demand, len(cost)))
    serves = np.zeros((len(walks.capacity), len(cost)))
    for at, (one, row, _) in enumerate(pairs):
        goes[row, at] = serves[one, at] = 1
    goes[np.arange(demand), len(pairs) + np.arange(demand)] = 1
    if demand == 0:
        return 0.0
    bounded = np.isfinite(walks.capacity)
    return linprog(
        cost, serves[bounded] if bounded.any() else None,
        walks.capacity[bounded] if bounded.any() else None, goes, walks.weight,
    ).fun  # fmt: skip


def test_the_middle_is_best_for_all_when_it_has_room():
    walks = walks_of([[0, 100, 200], [100, 0, 100], [200, 100, 0]], [10, 10, 10], [np.inf] * 3)
    found = walk_least(walks, 1)
    assert found.choice.chosen.tolist() == [1]
    assert found.choice.value == pytest.approx(2000)
    assert found.choice.bound == pytest.approx(2000)
    assert found.choice.status == "proven"


def test_people_behind_one_door_are_split_where_an_outlet_is_full():
    walks = walks_of([[100], [300]], [10], [6, 6])
    found = walk_least(walks, 2)
    assert found.choice.value == pytest.approx(6 * 100 + 4 * 300)
    assert dict(zip(found.option.tolist(), found.people.tolist(), strict=True)) == {
        0: pytest.approx(6), 1: pytest.approx(4),
    }  # fmt: skip


def test_whom_nobody_has_room_for_is_told_and_not_lost():
    found = walk_least(walks_of([[100, None]], [10, 5], [6]), 1)
    assert found.unserved.tolist() == pytest.approx([4, 5])
    assert found.choice.unmet == pytest.approx(9)
    assert found.choice.value == pytest.approx(6 * 100 + 9 * FAR)


def test_standing_outlets_stay_open_and_are_not_counted():
    walks = walks_of([[0, 900], [900, 0]], [10, 1], [np.inf] * 2, fixed=[False, True])
    found = walk_least(walks, 1)
    assert found.choice.chosen.tolist() == [0]
    assert found.choice.gains.tolist() == pytest.approx([9000])


@pytest.mark.parametrize(("table", "weight", "count"), [([], [], 2), ([], [5], 2), ([[1]], [5], 0)])
def test_where_nothing_can_be_opened_everyone_stays_unserved(table, weight, count):
    found = walk_least(walks_of(table, weight, [9] * len(table)), count)
    assert found.choice.chosen.tolist() == []
    assert found.unserved.tolist() == weight
    assert found.choice.status == "proven"


def test_distances_beyond_far_are_refused():
    with pytest.raises(SitingError, match="步行距离"):
        walks_of([[FAR]], [1], [1])


metres = st.none() | st.integers(0, 900)


@given(st.data())
@settings(max_examples=40, deadline=None)
def test_people_walk_as_little_as_with_the_best_of_all_choices(data):
    options, rows = data.draw(st.integers(1, 5)), data.draw(st.integers(1, 5))
    line = st.lists(metres, min_size=rows, max_size=rows)
    walks = walks_of(
        data.draw(st.lists(line, min_size=options, max_size=options)),
        data.draw(st.lists(st.integers(0, 9), min_size=rows, max_size=rows)),
        data.draw(
            st.lists(st.sampled_from([0, 4, 9, np.inf]), min_size=options, max_size=options)
        ),
        data.draw(st.lists(st.sampled_from([False] * 4 + [True]), min_size=options,
                           max_size=options)),
    )  # fmt: skip
    count = data.draw(st.integers(0, 3))
    free, fixed = np.flatnonzero(~walks.fixed), np.flatnonzero(walks.fixed)
    best = min(
        transport(walks, [*fixed, *some])
        for size in range(min(count, len(free)) + 1)
        for some in combinations(free, size)
    )
    found = walk_least(walks, count)
    assert found.choice.status == "proven"
    assert found.choice.value == pytest.approx(best, abs=1e-3)
    assert found.choice.bound == pytest.approx(best, abs=1e-2)
    assert len(found.choice.chosen) <= count
    there = np.bincount(found.row, found.people, rows) + found.unserved
    assert there.tolist() == pytest.approx(walks.weight.tolist(), abs=1e-6)
    load = np.bincount(found.option, found.people, options)
    assert np.all(load <= walks.capacity + 1e-6)


def test_in_haste_the_bound_still_holds():
    rng = np.random.default_rng(0)
    place, home = rng.random((30, 2)), rng.random((100, 2))
    far = np.hypot(*(place[:, None] - home).transpose(2, 0, 1)) * 2000
    table = [[float(one) if one < 700 else None for one in line] for line in far]
    walks = walks_of(table, rng.integers(1, 40, 100), [400] * 30)
    best, hasty = walk_least(walks, 6), walk_least(walks, 6, Effort(0.0))
    assert best.choice.status == "proven"
    assert hasty.choice.bound <= best.choice.value * (1 + 1e-9)
    assert hasty.choice.value >= best.choice.value * (1 - 1e-6)
