"""Check that what is measured is right: ours against SciPy on small streets."""

from dataclasses import replace

import numpy as np
import pytest
from benchmarks.cases import case_of
from benchmarks.cases import made_up_case
from benchmarks.cases import prepare
from benchmarks.cases import scipy_graph
from benchmarks.plan import FULL
from benchmarks.plan import QUICK
from benchmarks.plan import who
from benchmarks.plan import with_sizes

from benchmarks import counts
from benchmarks import covering
from benchmarks import nearest


@pytest.fixture(scope="module")
def case():
    return made_up_case(400, trades=40)


@pytest.fixture(scope="module")
def graph(case):
    return scipy_graph(case)


def test_parallel_streets_count_once_and_loops_not_at_all():
    xy = np.array([[0.0, 0.0], [100.0, 0.0], [200.0, 0.0]])
    tail, head = np.array([0, 1, 1, 2]), np.array([1, 0, 2, 2])
    case = case_of("三个节点", xy, tail, head, np.array([120.0, 100.0, 100.0004, 50.0]), 2)
    assert case.tail.tolist() == [0, 1]
    assert case.head.tolist() == [1, 2]
    assert case.millimetres.tolist() == [100_000, 100_000]


def test_w1_is_what_scipy_finds(case, graph):
    sweeps = nearest.Sweeps(case, prepare(case, nearest.LIMIT))
    sweeps.run()
    ours = sweeps.at(case.sample)
    theirs, _, over = nearest.scipy_nearest(case, graph, 60, owner=False)
    assert not over
    assert np.isfinite(ours).any()
    assert nearest.differing(ours, theirs) == (0, ours.size)
    wrong = theirs.copy()
    wrong[np.unravel_index(np.argmin(wrong), wrong.shape)] += 0.004
    assert nearest.differing(ours, wrong) == (1, ours.size)
    assert nearest.differing(ours, wrong, 10) == (0, ours.size)


def test_touching_the_arrays_leaves_them_far(case):
    sweeps = nearest.Sweeps(case, prepare(case, nearest.LIMIT))
    sweeps.touch()
    assert not np.isfinite(sweeps.at(case.sample)).any()


def test_w2_is_what_scipy_counts(case, graph):
    ours = counts.count_around(case, prepare(case, 1_000_000)).counts[:, case.sample]
    theirs, came = counts.scipy_counts(case, graph, case.sample, 60)
    assert came == len(case.sample)
    assert ours.sum() > 0
    np.testing.assert_array_equal(ours, theirs)


def test_w4_is_what_scipy_lists(case):
    limits = {"scipy": 60.0}
    ours, theirs = covering.measure(case, (20, 100), (), limits, 1)
    assert theirs.wrong == 0
    assert theirs.checked > 20
    assert ours.note == f"{theirs.checked:,} 对"


def test_lists_differ_by_a_missing_pair_or_another_length():
    ours = np.array([[1, 2, 10.0], [1, 3, 20.0]])
    assert covering.differing(ours, ours[::-1]) == (0, 2)
    assert covering.differing(ours, ours[:1]) == (1, 2)
    longer = ours + np.array([0, 0, 0.002])
    assert covering.differing(ours, longer) == (2, 2)
    assert covering.differing(ours, longer, 10) == (0, 2)


def test_a_whole_measurement_of_w1_compares_everything(case):
    rows = nearest.measure(replace(case, sample=case.sample[:50]), (), {"scipy": 60.0}, 1)
    compared = [row for row in rows if row.engine == nearest.SCIPY]
    assert {row.workload for row in compared} == {nearest.PLAIN, nearest.WHOLE, nearest.OWNER}
    assert all(row.wrong == 0 and row.checked == 50 * 40 for row in compared)


def test_no_peer_is_dropped_silently():
    asked, others = who(4_000_000)
    assert asked == ()
    assert all(answer.reason for answer in others.values())
    assert set(who(100_000)[0]) == set(others)


def test_sizes_can_be_set():
    assert with_sizes(QUICK, ["1e4", "20000"], []).nearest == (10_000, 20_000)
    assert with_sizes(FULL, [], []).nearest == FULL.nearest
