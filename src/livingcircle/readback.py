"""Give people their own workbooks back with every problem marked in its cell."""

from collections import Counter
from dataclasses import fields
from pathlib import Path

from livingcircle.district import District
from livingcircle.io.excel import write_readback
from livingcircle.tables import Issue

FOLDER = "回执"
# Drawings and street extracts have no cells to mark; their problems are in the issue list.
MARKABLE = (".xlsx", ".xls", ".csv")


def write_readbacks(district: District, folder: Path, out: Path) -> list[Path]:
    """Write one marked workbook for each table file with problems.

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
    Files written, relative to ``out``.
    """
    columns = [field.name for field in fields(Issue)]
    issues = [Issue(*row) for row in district.issues[columns].itertuples(index=False)]
    files = sorted({issue.file for issue in issues if _markable(folder / issue.file)})
    # "a/doors.csv", "a/doors.xlsx" and "doors.csv" are three files and get three workbooks.
    names = [Path(file).with_suffix("").as_posix().replace("/", "_") for file in files]
    twice = {name for name, times in Counter(names).items() if times > 1}
    written = []
    for file, name in zip(files, names, strict=True):
        source = folder / file
        ending = source.suffix.replace(".", "_") if name in twice else ""
        target = out / FOLDER / f"{name}{ending}_回执.xlsx"
        target.parent.mkdir(exist_ok=True)
        write_readback(source, [issue for issue in issues if issue.file == file], target)
        written.append(target.relative_to(out))
    return written


def _markable(source: Path) -> bool:
    """Return whether a file has cells to mark and is there to be read."""
    return source.suffix.lower() in MARKABLE and source.is_file()
