"""Read one workbook in a process of its own, with little memory, and write it out as JSON.

Run as a script by :mod:`livingcircle.io.excel`, never imported by it: a workbook can make the
reader abort the process, and then only this one dies. It imports nothing of LivingCircle, so
that starting it costs tens of milliseconds.

Every cell becomes the text a person would see, except that a number keeps all its digits.
"""

import datetime as dt
import json
import re
import sys
import zipfile
from collections.abc import Iterable
from pathlib import Path

_DIGITS = 1e15  # Excel keeps 15 digits; beyond that an integer is already a guess
_ERROR_CELL = re.compile(
    rb"<(?:\w+:)?c\b(?=[^>]*\bt=[\"']e[\"'])[^>]*\br=[\"']([A-Z]{1,3})(\d+)[\"'][^>]*>"
    rb".*?<(?:\w+:)?v>(#[^<]*)<",
    re.DOTALL,
)


def limit_memory(megabytes: int, seconds: int) -> None:
    """Bound this process's memory and processor time, where the system can."""
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415 - does not exist on Windows

    wanted = {
        resource.RLIMIT_AS: megabytes * 1024 * 1024,
        resource.RLIMIT_CPU: seconds,
        resource.RLIMIT_CORE: 0,
    }
    for kind, most in wanted.items():
        _, hard = resource.getrlimit(kind)  # the process that started this one may have less
        bound = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (bound, bound))


def cell_text(value: object) -> str:
    """Turn one cell into text."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, int | float):
        number = float(value)
        whole = number.is_integer() and abs(number) < _DIGITS
        return str(int(number)) if whole else repr(number)
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ")
    return str(value)


def read_xlsx(path: str) -> list[dict[str, object]]:
    """Read every sheet of an .xlsx with calamine; put back the error cells it leaves out."""
    import python_calamine  # noqa: PLC0415 - after the memory is bounded

    book = python_calamine.CalamineWorkbook.from_path(path)
    sheets = []
    for meta in book.sheets_metadata:
        if "WorkSheet" not in str(meta.typ):
            continue
        sheet = book.get_sheet_by_name(meta.name)
        left = [""] * (sheet.start[1] if sheet.start else 0)
        rows = trimmed([*left, *map(cell_text, row)] for row in sheet.iter_rows())
        merged = [[*start, *end] for start, end in sheet.merged_cell_ranges or []]
        hidden = "Visible" not in str(meta.visible)
        sheets.append({"name": meta.name, "hidden": hidden, "rows": rows, "merged": merged})
    for name, cells in error_cells(path).items():
        rows = next((s["rows"] for s in sheets if s["name"] == name), [])
        for row, column, text in cells:
            rows.extend([] for _ in range(row + 1 - len(rows)))
            rows[row].extend([""] * (column + 1 - len(rows[row])))
            rows[row][column] = text
    return sheets


def trimmed(rows: Iterable[list[str]]) -> list[list[str]]:
    """Leave out empty cells at the end of rows and empty rows at the end of the sheet."""
    kept: list[list[str]] = []
    blank = 0
    for row in rows:
        while row and not row[-1]:
            row.pop()
        if row:
            kept.extend([] for _ in range(blank))
            kept.append(row)
        blank = 0 if row else blank + 1
    return kept


def error_cells(path: str) -> dict[str, list[tuple[int, int, str]]]:
    """Find #N/A and its like, which calamine returns as empty cells."""
    found: dict[str, list[tuple[int, int, str]]] = {}
    with zipfile.ZipFile(path) as archive:
        names = set(archive.namelist())
        for title, part in sheet_parts(archive):
            if part not in names:
                continue
            data = archive.read(part)
            if b't="e"' in data or b"t='e'" in data:
                found[title] = [
                    (int(row) - 1, column_number(letters), text.decode())
                    for letters, row, text in _ERROR_CELL.findall(data)
                ]
    return found


def sheet_parts(archive: zipfile.ZipFile) -> list[tuple[str, str]]:
    """Pair each sheet's title with its part in the package."""
    from xml.etree import ElementTree as ET  # noqa: PLC0415 - DTDs are refused before

    targets = {}
    for link in ET.fromstring(archive.read("xl/_rels/workbook.xml.rels")):  # noqa: S314
        target = link.get("Target", "")
        targets[link.get("Id", "")] = target[1:] if target[:1] == "/" else f"xl/{target}"
    key = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
    book = ET.fromstring(archive.read("xl/workbook.xml"))  # noqa: S314
    return [
        (e.get("name", ""), targets.get(e.get(key, ""), ""))
        for e in book.iter()
        if e.tag.endswith("}sheet")
    ]


def column_number(letters: bytes) -> int:
    """Return the position of a column by its letters, A being 0."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def read_xls(path: str) -> list[dict[str, object]]:
    """Read every sheet of an old .xls with xlrd, which keeps error cells and date formats."""
    import xlrd  # noqa: PLC0415 - after the memory is bounded

    book = xlrd.open_workbook(path, logfile=sys.stderr)
    sheets: list[dict[str, object]] = []
    for sheet in book.sheets():
        cells = (
            zip(sheet.row_types(number), sheet.row_values(number), strict=True)
            for number in range(sheet.nrows)
        )
        rows = trimmed(
            [xls_text(kind, value, book.datemode) for kind, value in row] for row in cells
        )
        hidden = sheet.visibility != 0
        sheets.append({"name": sheet.name, "hidden": hidden, "rows": rows, "merged": []})
    return sheets


def xls_text(kind: int, value: object, datemode: int) -> str:
    """Turn one cell of an old workbook into text."""
    import xlrd  # noqa: PLC0415 - after the memory is bounded

    if kind == xlrd.XL_CELL_ERROR:
        return str(xlrd.error_text_from_code.get(value, "#VALUE!"))
    if kind == xlrd.XL_CELL_BOOLEAN:
        return cell_text(bool(value))
    if kind == xlrd.XL_CELL_DATE and isinstance(value, float) and value >= 1:
        return cell_text(xlrd.xldate_as_datetime(value, datemode))
    return cell_text(value)


def main() -> None:
    """Read the workbook named on the command line; JSON on standard output."""
    path, megabytes, seconds = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    limit_memory(megabytes, seconds)
    read = read_xls if path.suffix.lower() == ".xls" else read_xlsx
    json.dump(read(str(path)), sys.stdout, ensure_ascii=True)


if __name__ == "__main__":
    main()
