"""Count the outlets that a list of circles needs at least, without any map."""

from pathlib import Path

from livingcircle import _report
from livingcircle._terminal import err
from livingcircle._terminal import out
from livingcircle._terminal import say
from livingcircle.io.excel import check_target
from livingcircle.io.excel import read_table
from livingcircle.io.excel import write_workbook
from livingcircle.reports import check_day
from livingcircle.standards import load_standard
from livingcircle.standards import minimum_counts
from livingcircle.tables import check as check_table
from livingcircle.tables import issues_frame


def requirements(circles: Path, standard: str, table: Path | None, on: str) -> None:
    """Show the least numbers by circle and trade, and write them as a workbook if asked."""
    if table is not None:
        check_target(table, inputs=(circles,))
    pack, day = load_standard(standard), check_day(on)
    cells, sheet, notes = read_table(circles, "circles")
    checked = check_table("circles", cells, file=circles.name, sheet=sheet)
    _report.show_issues(err, issues_frame([*notes, *checked.issues]))
    counts = minimum_counts(_report.circle_sizes(checked.rows), pack, day)
    _report.show_requirements(out, counts)
    _report.show_blank(out, pack)
    if table is not None:
        write_workbook(table, {"最少应配数量": _report.requirements_sheet(counts)})
        say(out, f"已写出：{table}")
