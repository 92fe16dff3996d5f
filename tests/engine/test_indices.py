"""Check rates, intervals and the convenience index against numbers worked out by hand."""

import math

import numpy as np

from livingcircle.indices import NO
from livingcircle.indices import OUT
from livingcircle.indices import UNTOLD
from livingcircle.indices import YES
from livingcircle.indices import Rate
from livingcircle.indices import convenience
from livingcircle.indices import index_row
from livingcircle.indices import rates_of_flag


def test_chain_rate_of_dongcheng_2017():
    """东城 2017: 1,058 chain outlets of 2,662 are 39.74 %."""
    flags = np.repeat(np.array([YES, NO], dtype=np.int8), [1058, 1604])
    (rate,) = rates_of_flag(flags, [np.arange(2662)])
    assert round(rate.value, 2) == 39.74


def test_blank_chain_cells_are_neither_yes_nor_no():
    flags = np.array([YES, NO, UNTOLD, UNTOLD, OUT], dtype=np.int8)
    (rate,) = rates_of_flag(flags, [np.arange(5)])
    assert (rate.value, rate.low, rate.high) == (50.0, 25.0, 75.0)


def test_no_known_flag_gives_no_rate():
    flags = np.array([UNTOLD, YES], dtype=np.int8)
    alone, nobody = rates_of_flag(flags, [np.array([0]), np.array([], dtype=np.int64)])
    assert math.isnan(alone.value)
    assert (math.isnan(nobody.value), nobody.unknown) == (True, 0)


def test_convenience_index_is_100_only_when_every_pair_is_met():
    assert convenience(["served"] * 16).value == 100.0
    mixed = convenience(["served"] * 6 + ["lacking"] * 2 + ["unknown"] * 8)
    assert (mixed.value, mixed.unknown, mixed.high) == (37.5, 8.0, 87.5)


def test_index_row_names_its_formula():
    row = index_row(
        ("circle", "c1", "甲圈"), "chain_rate", "连锁化率", Rate(1, 4, 0), "连锁网点÷网点"
    )
    assert (row["value"], row["low"], row["high"], row["formula"]) == (
        25.0,
        25.0,
        25.0,
        "连锁网点÷网点",
    )
    assert np.isnan(index_row(("circle", "c", "乙"), "x", "x", Rate(0, 0, 0), "")["value"])
