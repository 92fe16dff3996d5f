"""Turn the columns of any file into clean text, and text into typed columns, each as a whole."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from livingcircle._tables.cells import cell_text
from livingcircle._tables.cells import clean
from livingcircle._tables.columns import Column
from livingcircle._tables.columns import Kind

Values = NDArray[np.object_]


def texts_of(cells: pd.Series) -> list[str]:
    """Return the text a person would see in each cell of a column."""
    if isinstance(cells.dtype, np.dtype) and cells.dtype.kind != "O":
        code, known = cells.factorize()  # a number of many rows is written out once
        words = np.array([*map(cell_text, known.tolist()), ""], dtype=object)
        return list(words[code])
    values = cells.to_numpy(dtype=object)
    return [value if isinstance(value, str) else cell_text(value) for value in values]


def cleaned(texts: list[str]) -> list[str]:
    """Clean every text of a column; what can be printed needs only its outer spaces cut off."""
    if all_printable(texts):
        return [text.strip(" ") for text in texts]
    return [text.strip(" ") if text.isprintable() else clean(text) for text in texts]


def all_printable(texts: list[str]) -> bool:
    """Say whether a column is free of controls, zero-width marks and spaces of other widths."""
    return "".join(texts).isprintable()


def filled(texts: list[str]) -> NDArray[np.bool_]:
    """Say of each text whether anything stands there."""
    return np.fromiter(map(bool, texts), dtype=np.bool_, count=len(texts))


def as_type(column: Column, rows: pd.DataFrame) -> pd.Series:
    """Return a column of a table in the type it has in ours; empty where the table lacks it."""
    if column.name not in rows.columns:
        return pd.Series([_nothing(column)] * len(rows), index=rows.index, dtype=column.dtype)
    cells = rows[column.name]
    if cells.dtype == pd.api.types.pandas_dtype(column.dtype):
        nothing = cells.isna() | (cells == "") if column.dtype == "str" else cells.isna()
        missing = bool(nothing.any()) and (column.dtype == "str" or column.default != "")
        return cells.where(~nothing, _nothing(column)) if missing else cells
    values = cells.to_numpy(dtype=object, copy=True)
    values[cells.isna().to_numpy()] = None
    return typed(column, values, rows.index)


def typed(column: Column, values: Values, index: pd.Index) -> pd.Series:
    """Return values, ``None`` where nothing is known, as a column of its type."""
    empty = _nothing(column)
    if column.dtype == "str":
        words = [empty if value is None or value == "" else str(value) for value in values]
        return pd.Series(words, index=index, dtype="str")
    if column.dtype == "float64":
        return pd.Series(values.astype(np.float64), index=index)
    if column.default:
        values = np.array([empty if value is None else value for value in values], dtype=object)
        return pd.Series(values.astype(column.dtype), index=index)
    return pd.Series(values, index=index, dtype=column.dtype)


def _nothing(column: Column) -> object:
    """Return what stands where nothing was given: the default, or "not known"."""
    if column.dtype == "str":
        return column.default
    if not column.default:
        return np.nan if column.dtype == "float64" else pd.NA
    return False if column.kind is Kind.BOOLEAN else int(column.default)
