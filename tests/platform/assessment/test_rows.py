"""Check that cells become plain values."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from livingcircle_platform.assessment.rows import plain
from livingcircle_platform.assessment.rows import rows_of


@dataclass(frozen=True)
class Pair:
    """Hold a word and a number."""

    name: str
    number: float | None


def test_what_is_missing_is_none():
    blanks = (None, pd.NA, pd.NaT, np.nan, np.float64("inf"))
    assert [plain(value) for value in blanks] == [None] * 5


def test_values_are_pythons_own():
    assert [type(plain(value)) for value in (np.int64(1), np.float32(0.5), np.bool_(1))] == [
        int, float, bool,
    ]  # fmt: skip
    assert plain(["a", "b"]) == ("a", "b")


def test_rows_are_made_of_the_columns_they_name():
    table = pd.DataFrame({"name": ["a", "b"], "number": [1.5, np.nan], "more": [0, 0]})
    assert rows_of(Pair, table) == (Pair("a", 1.5), Pair("b", None))
    assert rows_of(Pair, table.iloc[:0]) == ()
