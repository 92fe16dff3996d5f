"""Give people their own workbooks back with every problem marked, and all of them in one list."""

import re
from collections import Counter
from dataclasses import fields
from pathlib import Path

import pandas as pd

from livingcircle._tables.cells import without_controls
from livingcircle.district import District
from livingcircle.io.excel import write_readback
from livingcircle.io.excel import write_workbook
from livingcircle.io.folder import read_description
from livingcircle.tables import ERROR
from livingcircle.tables import REVIEW
from livingcircle.tables import WARNING
from livingcircle.tables import Issue

FOLDER = "回执"
ISSUE_LIST = "问题清单.xlsx"
# Drawings and street extracts have no cells to mark; their problems are in the issue list.
MARKABLE = (".xlsx", ".xls", ".csv")
_GRAVITY = {ERROR: 0, REVIEW: 1, WARNING: 2}
_LABELS = {ERROR: "没有采用", REVIEW: "需要人工确定", WARNING: "采用但请核对"}


def write_readbacks(district: District, folder: Path | str, out: Path | str) -> list[Path]:
    """Write the list of all problems, and one marked workbook for each table file with any.

    Parameters
    ----------
    district
        What was read, with its issues.
    folder
        Where the files were read from.
    out
        Where to write; a folder 回执 is made there if there is anything to mark.

    Returns
    -------
    Files written, relative to ``out``: the list first.
    """
    folder, out = Path(folder), Path(out)
    columns = [field.name for field in fields(Issue)]
    issues = [Issue(*row) for row in district.issues[columns].itertuples(index=False)]
    if not issues:
        return []
    write_issue_list(district.issues, out / ISSUE_LIST)
    files = sorted({issue.file for issue in issues if _markable(folder / issue.file)})
    # "a/doors.csv", "a/doors.xlsx" and "doors.csv" are three files and get three workbooks.
    names = [Path(file).with_suffix("").as_posix().replace("/", "_") for file in files]
    twice = {name for name, times in Counter(names).items() if times > 1}
    encodings = _encodings(folder) if files else {}
    written = [Path(ISSUE_LIST)]
    for file, name in zip(files, names, strict=True):
        source = folder / file
        ending = source.suffix.replace(".", "_") if name in twice else ""
        target = out / FOLDER / f"{name}{ending}_回执.xlsx"
        target.parent.mkdir(exist_ok=True)
        here = [issue for issue in issues if issue.file == file]
        write_readback(source, here, target, encoding=encodings.get(file, ""))
        written.append(target.relative_to(out))
    return written


def write_issue_list(issues: pd.DataFrame, path: Path | str) -> None:
    """Write a list of issues as a workbook for a clerk, what tells most first."""
    write_workbook(path, {"问题清单": _issue_sheet(issues)})


def by_gravity(issues: pd.DataFrame) -> pd.DataFrame:
    """Return issues so that the first few tell most.

    What touches a whole file stands before single rows, what was refused before what was kept,
    and the first of each kind of problem before its repetitions.
    """
    kind = issues["problem"].str.replace(_PARTICULARS, "", regex=True)
    ranked = issues.assign(
        _single=issues["row"] > 0,
        _again=kind.groupby([issues["file"], kind], sort=False).cumcount().clip(upper=1),
        _gravity=issues["severity"].map(_GRAVITY),
    )
    ranked = ranked.sort_values(["_single", "_again", "_gravity"], kind="stable")
    return ranked.drop(columns=["_single", "_again", "_gravity"])


_COLUMNS = {"文件": "file", "工作表": "sheet", "列": "column", "内容": "value", "问题": "problem",
            "怎么办": "remedy"}  # fmt: skip
_LONGEST_TEXT = 5_000
_PARTICULARS = re.compile(r"“[^”]*”|\d+(?:\.\d+)?")


def _issue_sheet(issues: pd.DataFrame) -> pd.DataFrame:
    """Lay all problems out for a clerk."""
    ranked = by_gravity(issues)
    texts = {
        title: [without_controls(text)[:_LONGEST_TEXT] for text in ranked[name]]
        for title, name in _COLUMNS.items()
    }
    rows = ranked["row"].where(ranked["row"] > 0).astype("Int64")
    sheet = pd.DataFrame({"处理": ranked["severity"].map(_LABELS), **texts}, index=ranked.index)
    sheet.insert(3, "行", rows)
    return sheet


def _encodings(folder: Path) -> dict[str, str]:
    """Return the encoding that district.toml declares for each file, if it declares any."""
    if not (folder / "district.toml").is_file():
        return {}
    return {entry.file: entry.encoding for entry in read_description(folder).entries}


def _markable(source: Path) -> bool:
    """Return whether a file has cells to mark and is there to be read."""
    return source.suffix.lower() in MARKABLE and source.is_file()
