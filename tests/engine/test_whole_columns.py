"""Hold the reading of whole columns against reading them cell by cell."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from livingcircle._tables.cells import Cell
from livingcircle._tables.cells import cell_text
from livingcircle._tables.cells import clean
from livingcircle._tables.cells import is_missing
from livingcircle._tables.cells import read_cell
from livingcircle._tables.cells import read_words
from livingcircle._tables.columns import Column
from livingcircle._tables.columns import Kind
from livingcircle._tables.texts import cleaned
from livingcircle._tables.texts import texts_of
from livingcircle.io._folder.description import SECTIONS
from livingcircle.tables import TABLES
from livingcircle.tables import conform
from tests.factories.district import draw_district

TRICKY = ["", " ", "\u3000甲 ", "甲\u200b乙", "a\x00b", "\xa0", "#N/A", "＃REF!", "#3", "—", "null",
          "0", "-0", "007", "3.50", "1,200", "约50人", "3万", "１２", "1e3", "-5", "9" * 15,
          "9" * 16, "12.0", "12.5", "116.8", "116°21′00″E", "果园西里", "N/A", "是",
          "A" * 201]  # fmt: skip
WORDS = st.lists(st.one_of(st.sampled_from(TRICKY), st.text(max_size=6)), max_size=12)
COLUMNS = [column for table in TABLES.values() for column in table.columns]


def by_cell(word: str, column: Column, factor: float) -> Cell:
    """Read one word as if it stood alone."""
    empty_words = column.kind not in {Kind.BOOLEAN, Kind.TEXT}
    nothing = not word or (empty_words and is_missing(word))
    return Cell(None) if nothing else read_cell(word, column, factor)


@pytest.mark.parametrize("words", [["2"], ["2", "约1"]])
def test_a_unit_in_the_heading_holds_for_whole_numbers_too(words):
    sample = next(column for column in COLUMNS if column.name == "sample")
    assert read_words(words, sample, 1e4)[0][0] == 20_000


@given(words=WORDS, column=st.sampled_from(COLUMNS), factor=st.sampled_from([1.0, 1e4]))
def test_a_column_reads_as_its_words_do(words, column, factor):
    words = list(dict.fromkeys(map(clean, words)))
    values, noted = read_words(words, column, factor)
    alone = [by_cell(word, column, factor) for word in words]
    assert values == [cell.value for cell in alone]
    assert [*map(type, values)] == [type(cell.value) for cell in alone]
    assert noted == {k: cell for k, cell in enumerate(alone) if cell.problem}


@pytest.mark.parametrize("kind", [Kind.NUMBER, Kind.PEOPLE, Kind.INTEGER, Kind.LONGITUDE, Kind.ID])
@given(numbers=st.lists(st.integers(-3, 60_000).map(str), min_size=1, unique=True))
def test_columns_of_plain_numbers_keep_their_limits(kind, numbers):
    column = Column("x", "数", kind, low=0, high=50_000, positive=True)
    values, noted = read_words(numbers, column)
    alone = [by_cell(number, column, 1.0) for number in numbers]
    assert values == [cell.value for cell in alone]
    assert noted == {k: cell for k, cell in enumerate(alone) if cell.problem}


@given(WORDS)
def test_a_column_is_cleaned_as_its_cells_are(words):
    assert cleaned(words) == [clean(word) for word in words]


@pytest.mark.parametrize(
    "cells",
    [
        pd.Series([1.0, None, 2.5, -0.0, 1e16, 0.1]),
        pd.Series([3, 1, 3]),
        pd.Series([True, False]),
        pd.Series([True, None], dtype="boolean"),
        pd.Series([1, None], dtype="Int64"),
        pd.Series(["甲", None, ""]),
        pd.Series(["甲", None, 3, 2.0, True], dtype="object"),
        pd.Series(["甲", "乙", "甲"], dtype="category"),
        pd.to_datetime(pd.Series(["2026-06-01", None, "2026-06-01 08:30"], dtype="object"),
                       format="mixed"),
        pd.Series([], dtype="float64"),
    ],
)  # fmt: skip
def test_a_column_is_written_out_as_its_cells_are(cells):
    assert texts_of(cells) == [cell_text(value) for value in cells.tolist()]


@pytest.mark.parametrize("name", sorted(SECTIONS.values()))
def test_a_table_that_conforms_stays_as_it_is(name):
    shops = [(10, 0, ["pharmacy"], {"name": "甲"}), (20, 0, ["pharmacy"], {"name": ""})]
    table = getattr(draw_district(shops, [(10, 0, 30), (30, 0, None)]), name)
    pd.testing.assert_frame_equal(conform(name, table), table)
