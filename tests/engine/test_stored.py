"""Keep prepared arrays: whole and meant for this input, or not at all."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from livingcircle import _stored as module
from livingcircle._routing.hierarchy import Hierarchy
from livingcircle._stored import key_of
from livingcircle._stored import store
from livingcircle._stored import stored
from tests.engine.drawn import alike
from tests.engine.drawn import hierarchy_of
from tests.engine.drawn import networks

ARRAYS = {
    "many": np.arange(6, dtype=np.int32).reshape(2, 3),
    "none": np.empty((0, 2)),
    "one": np.array(7),
    "file": np.array([True]),
    "words": np.array(["社区", "a"]),
}


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "prepared"
    store(path, "key", ARRAYS)
    return path


def test_what_was_kept_comes_back_as_it_was(file):
    got = stored(file, "key")
    assert list(got) == list(ARRAYS)
    for name, array in ARRAYS.items():
        assert (got[name].dtype, got[name].tolist()) == (array.dtype, array.tolist())
    assert [one.name for one in file.parent.iterdir()] == ["prepared"]
    store(file, "key", {})
    assert stored(file, "key") == {}


def test_other_input_missing_files_and_another_format_are_none(file, monkeypatch):
    assert stored(file, "other") is None
    assert stored(file.parent / "nothing", "key") is None
    assert stored(file.parent, "key") is None
    monkeypatch.setattr(module, "FORMAT", b"livingcircle prepared 0\n")
    assert stored(file, "key") is None


def test_any_spoiled_byte_is_noticed(file):
    whole = file.read_bytes()
    for at in range(0, len(whole), 7):
        file.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        assert stored(file, "key") is None
    for size in (0, 5, 31, 32, 33, len(whole) - 1):
        file.write_bytes(whole[:size])
        assert stored(file, "key") is None
    file.write_bytes(whole + b"\0")
    assert stored(file, "key") is None


def test_keeping_again_replaces(file):
    store(file, "key", {"one": np.array([1.5])})
    assert stored(file, "key")["one"].tolist() == [1.5]


def test_where_nothing_can_be_written_nothing_happens(tmp_path):
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "inside").write_text("x")
    store(tmp_path / "taken", "key", ARRAYS)
    store(tmp_path / "no folder" / "prepared", "key", ARRAYS)
    assert [one.name for one in tmp_path.iterdir()] == ["taken"]


def test_objects_are_refused_before_anything_is_written(tmp_path):
    with pytest.raises(ValueError, match="allow_pickle"):
        store(tmp_path / "prepared", "key", {"names": np.array([None])})
    with pytest.raises(ValueError, match="allow_pickle"):
        key_of(np.array([None]))
    assert not list(tmp_path.iterdir())


def test_keys_tell_values_types_shapes_and_order_apart():
    made_of = [
        (np.arange(4),), (np.arange(4).reshape(2, 2),), (np.arange(4, dtype=np.int32),),
        (np.arange(2), np.arange(2, 4)), (np.arange(2, 4), np.arange(2)), (np.arange(4), 5),
        (np.arange(4), 5.0), (np.arange(4), "5"), (np.arange(4), 6), (),
    ]  # fmt: skip
    keys = [key_of(*parts) for parts in made_of]
    assert len(set(keys)) == len(keys)
    assert key_of(*made_of[5]) == keys[5]


@settings(max_examples=20, deadline=None)
@given(networks(), st.integers(0, 2000))
def test_hierarchies_come_back_equal(tmp_path_factory, network, limit):
    made = hierarchy_of(*network, limit)
    path = tmp_path_factory.mktemp("kept") / "streets"
    store(path, "key", made.arrays())
    assert alike(Hierarchy.of(stored(path, "key")), made)
