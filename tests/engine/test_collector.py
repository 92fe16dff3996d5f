"""Pause the collector, and leave it as it was found."""

import gc

import pytest

from livingcircle.collector import uncollected


def fail():
    """Tell whether the collector rests, by an exception."""
    with uncollected():
        raise RuntimeError(gc.isenabled())


@pytest.mark.parametrize("ran", [True, False])
def test_the_collector_rests_and_is_left_as_it_was_found(ran):
    before = gc.isenabled()
    (gc.enable if ran else gc.disable)()
    try:
        with pytest.raises(RuntimeError, match="False"):
            fail()
        assert gc.isenabled() is ran
    finally:
        (gc.enable if before else gc.disable)()
