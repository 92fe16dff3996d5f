"""Add districts up to the city: sums over people and doors, never averages of averages.

Only the small tables of each district are read, one district at a time; doors and distances stay
where they are.
"""

from collections.abc import Iterable
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from livingcircle._city.layout import part_of
from livingcircle._city.layout import write_whole
from livingcircle._city.working import TABLES
from livingcircle.indices import INDEX_COLUMNS
from livingcircle.indices import Rate
from livingcircle.verdicts import LACKING
from livingcircle.verdicts import UNKNOWN
from livingcircle.verdicts import VERDICTS

FOLDER = "city"
_COUNTED = ["doors", "people", *VERDICTS, "good"]


def roll_up(out: Path, city: str, records: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Write the tables of the whole city from its finished districts; return the figures first.

    Parameters
    ----------
    out
        Where the results are.
    city
        Name of the city.
    records
        Record of each finished district, in the order of the city.
    """
    tables = {
        "districts": _districts(out, records),
        "indices": _indices(out, city, records),
        "coverage": _coverage(out, city, records),
        "gaps": _gaps(out, records),
    }
    for name, table in tables.items():
        write_whole(out / FOLDER / f"{name}.parquet", table.to_parquet(index=False))
    return _totals(tables["districts"])


def _totals(districts: pd.DataFrame) -> dict[str, Any]:
    """Return the figures of all districts; None where no district knows its residents."""
    counted = ("doors", "residents", "outlets", "gaps")
    sums = districts[list(counted)].sum(min_count=1)
    return {name: None if pd.isna(sums[name]) else round(float(sums[name]), 1) for name in counted}


def _read(out: Path, table: str, district: str, columns: list[str]) -> pd.DataFrame:
    """Return some columns of one table of one district."""
    path = part_of(out / TABLES, table, district)
    return pd.read_parquet(path, columns=columns, partitioning=None)


def _each(out: Path, table: str, districts: Iterable[str], columns: list[str]) -> pd.DataFrame:
    """Return some columns of the districts' own rows of a small table, below one another."""
    parts = [
        _read(out, table, name, columns).assign(district=name).astype({"district": "str"})
        for name in districts
    ]
    parts = [part for part in parts if len(part)]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)


def _districts(out: Path, records: Mapping[str, Mapping[str, Any]]) -> pd.DataFrame:
    """Return one row of figures for each district."""
    rows = []
    for name, record in records.items():
        residents = _read(out, "doors", name, ["residents"])["residents"]
        verdicts = _read(out, "findings", name, ["verdict"])["verdict"].astype("str")
        counted = {t: int(record["tables"][t]["rows"]) for t in ("doors", "outlets", "gaps")}
        rows.append(
            {
                "district": name,
                **counted,
                # Where nobody's number is known, the sum is not known either; it is no zero.
                "residents": float(residents.sum(min_count=1)),
                "residents_unknown": int(residents.isna().sum()),
                "lacking": int((verdicts == LACKING).sum()),
                "unknown": int((verdicts == UNKNOWN).sum()),
            }
        )
    return pd.DataFrame(rows)


def _indices(out: Path, city: str, districts: Iterable[str]) -> pd.DataFrame:
    """Return each index of the city from the summed numerators and denominators."""
    columns = ["level", "index", "name", "numerator", "denominator", "unknown", "unit", "formula"]
    told = _each(out, "indices", districts, columns)
    told = told[told["level"] == "district"]
    rows = []
    for index, some in told.groupby("index", sort=False):
        yes, known, unknown = (
            float(some[c].sum()) for c in ("numerator", "denominator", "unknown")
        )
        # 便利性指数 counts the unknown as not met, and its denominator holds them already.
        strict = index == "convenience_index"
        rate = Rate(yes, known - unknown if strict else known, unknown, strict=strict)
        rows.append(
            {
                **some.iloc[0][["index", "name", "unit", "formula"]].to_dict(),
                "level": "city",
                "unit_id": "city",
                "unit_name": city,
                "value": round(rate.value, 2),
                "numerator": round(yes, 6),
                "denominator": round(known, 6),
                "unknown": unknown,
                "low": round(rate.low, 2),
                "high": round(rate.high, 2),
            }
        )
    return pd.DataFrame(rows, columns=INDEX_COLUMNS)


def _coverage(out: Path, city: str, districts: Iterable[str]) -> pd.DataFrame:
    """Return people by verdict for each trade; districts that know only doors stand apart."""
    told = _each(out, "coverage", districts, ["level", "trade", "counted", *_COUNTED])
    told = told[told["level"] == "district"]
    table = told.groupby(["trade", "counted"], sort=True)[_COUNTED].sum(min_count=1).reset_index()
    known = (table["served"] + table["lacking"]).astype("float64")
    share = (table["served"].astype("float64") / known.where(known > 0)).round(4)
    table = table.assign(level="city", unit_id="city", unit_name=city, share=share)
    return table.round(dict.fromkeys(_COUNTED, 1))


def _gaps(out: Path, districts: Iterable[str]) -> pd.DataFrame:
    """Return how many gaps there are of each requirement, in how many districts, for how many."""
    keys = ["requirement_id", "level", "trade", "trade_name", "tier", "unit"]
    told = _each(out, "gaps", districts, [*keys, "shortfall", "people"])
    if len(told) == 0:
        return pd.DataFrame(columns=[*keys, "gaps", "districts", "shortfall", "people"])
    grouped = told.astype({"shortfall": np.float64, "people": np.float64}).groupby(
        keys, sort=True, dropna=False
    )
    table = grouped.agg(
        gaps=("district", "size"),
        districts=("district", "nunique"),
        shortfall=("shortfall", _known_sum),
        people=("people", _known_sum),
    )
    return table.reset_index().round({"people": 1})


def _known_sum(values: pd.Series) -> float:
    """Return the sum of what is known; unknown where nothing is."""
    return float(values.sum(min_count=1))
