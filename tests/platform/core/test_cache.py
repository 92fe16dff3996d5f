"""Let one of many win a key."""

from concurrent.futures import ThreadPoolExecutor

from livingcircle_platform.core.cache import SharedFileCache


def test_of_many_at_once_one_adds_a_key(tmp_path):
    cache = SharedFileCache(str(tmp_path / "kept"), {})
    with ThreadPoolExecutor(8) as pool:
        for turn in range(40):
            won = list(pool.map(lambda one, turn=turn: cache.add(f"k{turn}", one), range(8)))
            assert sum(won) == 1


def test_a_key_that_ended_can_be_added_again(tmp_path):
    cache = SharedFileCache(str(tmp_path / "kept"), {})
    assert cache.add("k", 1, timeout=-1)
    assert cache.add("k", 2)
    assert cache.get("k") == 2
