"""Work out what a reading means for its batch: which rows, which questions, or why not at all."""

from collections.abc import Iterator
from dataclasses import asdict
from dataclasses import dataclass
from dataclasses import field
from pathlib import Path
from typing import Any

import pandas as pd
from django.utils import timezone

from livingcircle.tables import ERROR
from livingcircle.tables import Kind
from livingcircle_platform.core import files
from livingcircle_platform.imports import staging
from livingcircle_platform.imports.kinds import SHAPEFILE
from livingcircle_platform.imports.kinds import ending_of
from livingcircle_platform.imports.matching import is_made
from livingcircle_platform.imports.models import Batch
from livingcircle_platform.imports.models import StagedRow
from livingcircle_platform.imports.reading import Reading
from livingcircle_platform.imports.rows import MONTH
from livingcircle_platform.imports.translating import known_rows
from livingcircle_platform.imports.translating import members_of
from livingcircle_platform.imports.translating import present_values
from livingcircle_platform.imports.translating import translated

State = Batch.State
_MOST_NOTES = 200
_LONGEST_VALUE = 40
_MADE = (
    "{count}行没有编号，系统按文件名和行号临时编了号；与台账比对时不看这些编号，"
    "只认名称相同、位置相距 30 米以内的为同一条。表里补上编号，以后更新会更准。"
)
_GONE = "现行圈层里有、这份文件里没有的：{names}。入库后新版本里不再有它们。"
_LAYERED = frozenset({".gpkg", ".kml"})


@dataclass
class Outcome:
    """Hold what is to be written down of a reading.

    Attributes
    ----------
    state, problem
        How far the batch has come, and why it comes no further.
    summary
        What the pages show of the file.
    rows
        Every row that is new, changed, the same or refused.
    """

    state: Any
    problem: str = ""
    summary: dict[str, Any] = field(default_factory=dict)
    rows: list[StagedRow] = field(default_factory=list)


def outcome_of(batch: Batch, reading: Reading) -> Outcome:
    """Return what a reading means for its batch."""
    summary = {
        "sheets": list(reading.sheets), "sheet": reading.sheet, "kind": reading.kind,
        "headings": [asdict(one) for one in reading.headings],
        "preview": [list(row) for row in reading.preview], "first": reading.first,
        "doubts": [asdict(one) for one in reading.doubts], "system": reading.system,
        "likely_system": reading.likely_system, "skipped": reading.skipped_count,
        "good": reading.counts.get(batch.table, 0), "key": reading.key,
    }  # fmt: skip
    if reading.rejection is not None:
        summary["asks"] = _question(reading)
        state = State.MAPPING if summary["asks"] else State.REFUSED
        return Outcome(state, reading.rejection.sentence, summary)
    remarks, notes = _remarks(reading.issues())
    rows = [] if batch.kind.section else _staged(batch, reading, remarks, notes)
    rows += _refused(batch, reading, remarks)
    rows.sort(key=lambda one: (one.row, one.key))
    if batch.kind.section:
        notes += [f"第 {row} 行：{one}" for row in sorted(remarks) for one in remarks[row]]
        summary["base_file"] = _base_file(batch, reading)
    summary |= {"counts": staging.counted(rows), "notes": notes[:_MOST_NOTES]}
    summary["issues"] = len(reading.issues())
    return Outcome(State.STAGED, "", summary, rows)


def _question(reading: Reading) -> str:
    """Return what a person must say before the file can be read, "" if that would not help."""
    kind = reading.rejection.kind if reading.rejection else ""
    if kind == "coordinates":
        return "coordinates"
    if kind in {"table", "input"} and len(reading.sheets) > 1 and not reading.sheet:
        return "sheet"
    return "columns" if kind == "table" and reading.headings else ""


def _staged(
    batch: Batch, reading: Reading, remarks: dict[int, list[str]], notes: list[str]
) -> list[StagedRow]:
    """Return the good rows beside the record, each with what is to be remarked on it."""
    frame = reading.rows()
    members, issues = members_of(frame, batch) if batch.table == "circles" else ({}, [])
    for issue in issues:
        remarks.setdefault(issue.row, []).append(f"{issue.problem}。{issue.remedy}。")
    for row, sentence in _days(frame, batch, timezone.localdate().isoformat()):
        remarks.setdefault(row, []).append(sentence)
    known = known_rows(batch)
    found = translated(frame, batch, members)
    present = present_values(reading.headings)
    rows = list(staging.staged(batch, found, known, present=present))
    for one in rows:
        if one.row:
            one.problems = [*one.problems, *remarks.pop(one.row, [])]
    made = sum(is_made(one.key, reading.file, one.row) for one in rows)
    if made:
        notes.insert(0, _MADE.format(count=made))
    if batch.table == "circles":
        gone = sorted(set(known) - {one.key for one in rows})
        notes += [_GONE.format(names="、".join(gone))] if gone else []
    return rows


def _days(frame: pd.DataFrame, batch: Batch, today: str) -> Iterator[tuple[int, str]]:
    """Say where a month was written instead of a day, or a day of verification to come."""
    for column in batch.kind.table.columns:
        if column.kind is not Kind.DATE or column.name not in frame:
            continue
        which = "最后一天" if column.name == "lease_end" else "第一天"
        for row, told in zip(frame["row"].tolist(), frame[column.name].tolist(), strict=True):
            day = str(told)
            if len(day) == MONTH:
                kept = "台账里有当月更准的日期就不动"
                yield row, f"“{column.title}”列（{day}）：只写到月，按当月{which}入库；{kept}。"
            if column.name == "verified_on" and day[:1].isdigit() and day > today:
                remedy = "核对年份；不改也可以照原样入库"
                yield row, f"“{column.title}”列（{day}）：在今天之后。{remedy}。"


def _refused(batch: Batch, reading: Reading, remarks: dict[int, list[str]]) -> Iterator[StagedRow]:
    """Yield the rows that the checks refused, with their cells as they stood."""
    titles = [one.title for one in reading.headings]
    for row, _, cells in reading.refused().itertuples(index=False):
        yield StagedRow(
            batch=batch, row=int(row), verdict=StagedRow.Verdict.REFUSED,
            values=dict(zip(titles, map(str, cells), strict=False)),
            problems=remarks.pop(int(row), []),
        )  # fmt: skip


def _remarks(issues: pd.DataFrame) -> tuple[dict[int, list[str]], list[str]]:
    """Return the sentences about single rows, worst first, and those about the whole file."""
    by_row: dict[int, list[str]] = {}
    whole: list[str] = []
    issues = issues.assign(_mild=issues["severity"] != ERROR)
    issues = issues.sort_values(["row", "_mild"], kind="stable")
    names = ["row", "column", "value", "problem", "remedy"]
    for row, column, value, problem, remedy in issues[names].itertuples(index=False):
        sentence = _sentence(column, value, problem, remedy)
        (by_row.setdefault(int(row), []) if row else whole).append(sentence)
    return by_row, whole


def _sentence(column: str, value: str, problem: str, remedy: str) -> str:
    cell = value if len(value) <= _LONGEST_VALUE else f"{value[:_LONGEST_VALUE]}…"
    said = f"（{cell}）" if cell and cell not in problem else ""
    where = f"“{column}”列{said}：" if column else ""
    return f"{where}{problem}。" + (f"{remedy}。" if remedy else "")


def _base_file(batch: Batch, reading: Reading) -> dict[str, Any]:
    """Return the columns of the base file that accepting makes.

    A shapefile is several files; what is kept of it is its checked rows, as one layer.
    """
    first = batch.files[0]
    if ending_of(first["name"]) in SHAPEFILE:
        return _as_layer(batch, reading)
    sheet = reading.sheet or batch.sheet
    is_layer = ending_of(first["name"]) in _LAYERED
    return {
        "name": first["name"], "sha256": first["sha256"], "bytes": first["bytes"],
        "coordinates": batch.coordinates or reading.system,
        "description": {
            "sheet": "" if is_layer else sheet, "layer": sheet if is_layer else "",
            "encoding": batch.encoding, "columns": batch.columns,
        },
    }  # fmt: skip


def _as_layer(batch: Batch, reading: Reading) -> dict[str, Any]:
    target = reading.work / "layer.parquet"
    frame = reading.rows().drop(columns=["source", "sheet", "row"], errors="ignore")
    frame.reset_index().to_parquet(target)
    return {
        "name": f"{Path(batch.files[0]['name']).stem}.parquet", "sha256": files.keep(target),
        "bytes": target.stat().st_size, "coordinates": "WGS-84", "description": {},
    }  # fmt: skip


def rejected(problem: str) -> Outcome:
    """Return the outcome of a reading that came to no end."""
    return Outcome(State.REFUSED, problem)
