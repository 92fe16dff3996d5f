"""Write down what was read, so that it is there whole or not at all.

Tables come first, each written, flushed to disk and renamed; ``reading.json`` comes last and
names them with their digests.
"""

import hashlib
import json
import os
from collections.abc import Callable
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from livingcircle.io.one_file import Part
from livingcircle.io.one_file import as_texts
from livingcircle.tables import ERROR
from livingcircle.tables import REVIEW
from livingcircle.tables import WARNING
from livingcircle.tables import Issue
from livingcircle.tables import issues_frame
from livingcircle_platform.imports import reading
from livingcircle_platform.imports.reading import Doubt
from livingcircle_platform.imports.reading import Heading
from livingcircle_platform.imports.seen import Seen
from livingcircle_platform.imports.wording import on_a_page

if TYPE_CHECKING:
    from livingcircle.coordinates import Suspicion
    from livingcircle.tables import HeaderMatch


def write(work: Path, key: str, file: str, table: str, seen: Seen) -> None:
    """Write the tables of a reading and, when all are there, the record that names them."""
    parts = seen.read.parts if seen.read is not None else ()
    issues = [_on_a_page(issue) for part in parts for issue in part.issues]
    first = parts[0] if parts else None
    files = {
        reading.rows_file(part.table): _put(
            work / reading.rows_file(part.table), part.rows.to_parquet
        )
        for part in parts
    }
    tables = {
        reading.ISSUES: issues_frame(issues),
        reading.REFUSED: _refused(first, issues),
        reading.SKIPPED: _cells(first.skipped if first else pd.DataFrame()),
    }
    files |= {name: _put(work / name, frame.to_parquet) for name, frame in tables.items()}
    said = {
        "key": key,
        "file": file,
        "kind": seen.kind,
        "table": table,
        "rejection": asdict(seen.rejection) if seen.rejection is not None else None,
        "sheets": [name for name in seen.names if name],
        "likely_system": seen.likely_system,
        "system": first.system if first else "",
        "doubts": [asdict(_doubt(one)) for one in (seen.read.suspicions if seen.read else ())],
        "counts": {part.table: len(part.rows) for part in parts},
        "refused_count": len(tables[reading.REFUSED]),
        "skipped_count": len(tables[reading.SKIPPED]),
        **_severities(issues),
        **_preview(seen),
    }
    record = {"format": reading.FORMAT, "files": files, "reading": said}
    text = json.dumps(record, ensure_ascii=False, indent=1, allow_nan=False)
    _put(work / reading.MARKER, lambda path: Path(path).write_text(text, encoding="utf-8"))


def _put(path: Path, save: Callable[[Path], object]) -> str:
    """Write one file whole or not at all; return its SHA-256."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        save(draft)
        with draft.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
            os.fsync(stream.fileno())
        draft.replace(path)
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return digest


def _on_a_page(issue: Issue) -> Issue:
    told = asdict(issue)
    return Issue(**{**told, "problem": on_a_page(issue.problem), "remedy": on_a_page(issue.remedy)})


def _refused(part: Part | None, issues: Iterable[Issue]) -> pd.DataFrame:
    reasons: dict[int, list[str]] = {}
    for issue in issues:
        if issue.severity == ERROR:
            reasons.setdefault(issue.row, []).append(issue.sentence)
    frame = _cells(part.refused if part else pd.DataFrame())
    told = [reasons.get(int(row), []) for row in frame["row"]]
    frame.insert(1, "reasons", pd.Series(told, index=frame.index, dtype="object"))
    return frame


def _cells(frame: pd.DataFrame) -> pd.DataFrame:
    numbers = np.asarray(frame.index, dtype=np.int64)
    cells = pd.Series(as_texts(frame), dtype="object")
    return pd.DataFrame({"row": numbers, "cells": cells})


def _severities(issues: Iterable[Issue]) -> dict[str, int]:
    severities = [issue.severity for issue in issues]
    names = {"errors": ERROR, "warnings": WARNING, "reviews": REVIEW}
    return {name: severities.count(severity) for name, severity in names.items()}


def _preview(seen: Seen) -> dict[str, object]:
    shown = seen.preview
    if shown is None:
        return {"sheet": "", "headings": [], "preview": [], "first": 0}
    return {
        "sheet": shown.sheet,
        "headings": [asdict(_heading(match)) for match in shown.headers],
        "preview": [list(row) for row in shown.rows],
        "first": shown.first,
    }


def _heading(match: "HeaderMatch") -> Heading:
    if match.column is None:
        return Heading(match.title, match.how)
    return Heading(match.title, match.how, match.column.name, match.column.title)


def _doubt(found: "Suspicion") -> Doubt:
    shift = float(found.shift_m) if np.isfinite(found.shift_m) else None
    problem, remedy = on_a_page(found.problem), on_a_page(found.remedy)
    return Doubt(found.declared, found.likely, found.swapped, shift, problem, remedy)
