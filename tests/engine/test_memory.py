"""Check that a memory repeats what changed, and nothing else."""

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from livingcircle.memory import Memory
from livingcircle.memory import Some


class Counter:
    """Count how often something is made."""

    def __init__(self):
        self.times = 0

    def __call__(self):
        self.times += 1
        return object()


def test_equal_plain_inputs_are_the_same_and_equal_objects_are_not():
    memory, make = Memory(), Counter()
    first = memory.recall("a", ("x", 1, np.array([1.0, np.nan]), (2, "y")), make)
    assert memory.recall("a", ("x", 1, np.array([1.0, np.nan]), (2, "y")), make) is first
    assert memory.recall("a", ("x", 1, np.array([1.0, 3.0]), (2, "y")), make) is not first
    memory.recall("a", ([],), make)
    memory.recall("a", ([],), make)
    assert make.times == 4


def test_one_is_not_true_and_a_shorter_tuple_is_another():
    memory, make = Memory(), Counter()
    for inputs in ((1,), (True,), (1.0,), (1, 1), ("1",)):
        memory.recall("a", inputs, make)
    assert make.times == 5


def test_an_earlier_input_is_forgotten_once_it_changed():
    memory, make = Memory(), Counter()
    for word in "aba":
        memory.recall("k", (word,), make)
    assert make.times == 3


@given(
    st.lists(st.lists(st.sampled_from([0.0, 1.0, 2.0]), max_size=6), min_size=2, max_size=6),
    st.booleans(),
)
def test_rows_come_out_as_if_all_were_made_anew_and_only_changed_ones_are(tables, blank):
    memory, before = Memory(), []
    for table in tables:
        rows = np.array([[np.nan, v] if blank else [0.0, v] for v in table]).reshape(-1, 2)
        asked = []

        def make(some, rows=rows, asked=asked):
            asked.extend(some.tolist())
            return rows[some, 1] * 2, rows[some] + 1

        doubled, more = memory.recall_rows("k", ("same",), rows, make)
        assert np.array_equal(doubled, rows[:, 1] * 2)
        assert np.array_equal(more, rows + 1, equal_nan=True)
        if before:
            assert asked == [i for i, v in enumerate(table) if [v] != before[0][i : i + 1]]
        before[:] = [table]


def test_rows_are_all_made_anew_when_an_input_changed():
    memory = Memory()
    rows = np.array([[1.0], [2.0]])
    asked = []

    def make(some):
        asked.append(len(some))
        return (some,)

    for word in "aab":
        memory.recall_rows("k", (word,), rows, make)
    assert asked == [2, 2]


def test_what_something_was_made_with_is_kept_as_long_as_it_is():
    memory, inner = Memory(), Counter()

    def outer():
        return memory.recall("inner", ("same",), inner)

    for word in "aab":
        memory.recall("outer", (word,), outer)
        memory.forget_unused()
    assert inner.times == 1
    memory.forget_unused()
    memory.recall("outer", ("b",), outer)
    assert inner.times == 2


def test_of_many_items_only_those_that_changed_are_made_anew():
    memory, asked = Memory(), []

    def make(item, before):
        asked.append((item, before))
        return item * 2

    assert memory.recall_each("k", {"a": (1,), "b": (2,)}, make) == ["aa", "bb"]
    assert memory.recall_each("k", {"b": (2,), "a": (3,), "c": (1,)}, make) == ["bb", "aa", "cc"]
    assert asked == [("a", None), ("b", None), ("a", "aa"), ("c", None)]


def test_of_some_rows_the_others_do_not_matter():
    memory, make = Memory(), Counter()
    rows = np.array([0, 2])
    for table in ([1.0, 2.0, np.nan], [1.0, 3.0, np.nan], [1.0, 3.0, 4.0]):
        memory.recall("a", (Some(np.array(table), rows),), make)
    assert make.times == 2


def test_columns_are_the_same_if_they_are_equal():
    memory, make = Memory(), Counter()
    for cells in (["a", None], ["a", None], ["a", "b"]):
        memory.recall("a", (pd.array(cells, dtype="str"),), make)
    assert make.times == 2
