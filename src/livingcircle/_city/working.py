"""Assess one district of a city with its belt and write what was found: the unit of work.

Runs in whatever process the executor chooses. It gets paths and parameters and gives back a few
words; rows go through files only.
"""

import copyreg
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pandas as pd

from livingcircle._city.description import Bounds
from livingcircle._city.description import City
from livingcircle._city.layout import PART
from livingcircle._city.layout import file_sum
from livingcircle._city.layout import folder_of
from livingcircle._city.layout import part_of
from livingcircle._city.layout import read_json
from livingcircle._city.layout import write_json
from livingcircle._city.reading import read_with_belt
from livingcircle.assessment import TABLE_NAMES
from livingcircle.assessment import Assessment
from livingcircle.assessment import assess
from livingcircle.collector import uncollected
from livingcircle.errors import InputError
from livingcircle.errors import LivingCircleError
from livingcircle.standards import Standard

TABLES, RUNS, RUN_FILE, DRAFTS = "tables", "runs", "run.json", ".drafts"

# Columns of numbers that hold nothing at all where there is nothing to repair.
_NUMBERS = frozenset({"lon", "lat", "length_m"})


def read_only(mapping: dict[Any, Any]) -> MappingProxyType[Any, Any]:
    """Return a mapping nobody can change: how one is made again in another process."""
    return MappingProxyType(mapping)


# Standards hold read-only mappings, which pickle cannot carry by itself.
copyreg.pickle(MappingProxyType, lambda mapping: (read_only, (dict(mapping),)))


@dataclass(frozen=True)
class Task:
    """Say what to assess and where to write it.

    ``key`` sums up everything the result depends on.
    """

    city: City
    district: str
    neighbours: tuple[str, ...]
    belt: float
    standard: Standard
    walker: str
    at: str
    on: date | None
    out: Path
    key: str


@dataclass(frozen=True)
class Outcome:
    """Say whether a district is done; if not, why, in one sentence."""

    district: str
    problem: str = ""


def work(task: Task) -> Outcome:
    """Assess one district and write its partitions; what is wrong with it comes back as words."""
    try:
        forget(task.out, task.district)
        with uncollected():
            district, box = read_with_belt(task.city, task.district, task.neighbours, task.belt)
            assessment = assess(district, task.standard, walker=task.walker, at=task.at, on=task.on)
            _write(assessment, task, box)
    except LivingCircleError as problem:
        return Outcome(task.district, str(problem))
    except OSError as problem:
        return Outcome(task.district, f"写结果时出错（{problem.strerror}）。检查磁盘空间和权限。")
    except MemoryError:
        return Outcome(task.district, "内存不足。减少进程数（--workers）后再运行。")
    return Outcome(task.district)


def _write(assessment: Assessment, task: Task, box: Bounds | None) -> None:
    """Write all tables beside their places, move them there, then the record that says so."""
    drafts = task.out / DRAFTS
    drafts.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(dir=drafts))
    try:
        written: dict[str, dict[str, Any]] = {}
        for name in TABLE_NAMES:
            frame = getattr(assessment, name)
            frame = _typed(_own_repairs(frame, box) if name == "repairs" else frame)
            frame.to_parquet(work / name)
            written[name] = {"rows": len(frame), "sha256": file_sum(work / name)}
        for name in TABLE_NAMES:
            place = part_of(task.out / TABLES, name, task.district)
            place.parent.mkdir(parents=True, exist_ok=True)
            (work / name).replace(place)
        record = {
            "district": task.district,
            "neighbours": list(task.neighbours),
            "belt": task.belt,
            "key": task.key,
            "tables": written,
            "run": dict(assessment.run),
        }
        write_json(record_of(task.out, task.district), record)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _own_repairs(repairs: pd.DataFrame, box: Bounds | None) -> pd.DataFrame:
    """Return what is to be looked at here; the belt's is told by the districts it belongs to."""
    if box is None:
        return repairs
    west, south, east, north = box
    inside = repairs["lon"].between(west, east) & repairs["lat"].between(south, north)
    return repairs[inside | repairs["lon"].isna()].reset_index(drop=True)


def _typed(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table whose columns are of one kind in every district, empty ones too.

    Only then do the districts read as one table.
    """
    loose = [name for name, kind in frame.dtypes.items() if kind == "object"]
    told = {name: pd.api.types.infer_dtype(frame[name], skipna=True) for name in loose}
    words = [name for name, kind in told.items() if kind in ("string", "empty")]
    return frame.astype(
        dict.fromkeys(words, "str") | dict.fromkeys(frozenset(loose) & _NUMBERS, "float64")
    )


def record_of(out: Path, district: str) -> Path:
    """Return where the record of a finished district is."""
    return out / RUNS / folder_of(district) / RUN_FILE


def forget(out: Path, district: str) -> None:
    """Take away what is there of a district, its record first."""
    record_of(out, district).unlink(missing_ok=True)
    for name in TABLE_NAMES:
        part_of(out / TABLES, name, district, PART).unlink(missing_ok=True)


def finished(out: Path, district: str, key: str | None = None) -> Mapping[str, Any] | None:
    """Return the record of a district whose partitions are all there, whole and by this key.

    None where it is not finished, was spoiled since, or was made from other inputs or otherwise.
    """
    path = record_of(out, district)
    if not path.is_file():
        return None
    try:
        record = read_json(path)
    except InputError:
        return None
    if key is not None and record.get("key") != key:
        return None
    written = record.get("tables", {})
    whole = all(
        written.get(name, {}).get("sha256") == file_sum(part_of(out / TABLES, name, district))
        for name in TABLE_NAMES
    )
    return record if whole else None
