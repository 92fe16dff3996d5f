"""Give people their own workbooks back with every problem marked in its cell."""

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
    written = []
    for file in sorted({issue.file for issue in issues}):
        source = folder / file
        if source.suffix.lower() not in MARKABLE or not source.is_file():
            continue
        target = out / FOLDER / f"{source.stem}_回执.xlsx"
        target.parent.mkdir(exist_ok=True)
        write_readback(source, [issue for issue in issues if issue.file == file], target)
        written.append(target.relative_to(out))
    return written
