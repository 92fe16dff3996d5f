"""Make files that lie, explode or are cut short, from a good workbook and a few bytes."""

import io
import zipfile
from pathlib import Path

import xlsxwriter

SHEET = "xl/worksheets/sheet1.xml"


def good_xlsx(path: Path, rows=(("网点名称", "业态"), ("甲", "药店"))) -> Path:
    """Write a small workbook that nothing is wrong with."""
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("网点")
    for number, row in enumerate(rows):
        for position, value in enumerate(row):
            sheet.write(number, position, value)
    book.close()
    return path


def rebuilt(path: Path, *, change=None, add=None, names=None) -> Path:
    """Rebuild a workbook with parts changed (part → function) or added (part → bytes)."""
    source = zipfile.ZipFile(io.BytesIO(path.read_bytes()))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            data = source.read(name)
            data = change[name](data) if change and name in change else data
            target.writestr((names or {}).get(name, name), data)
        for name, data in (add or {}).items():
            target.writestr(name, data)
    return path


def far_cells(path: Path, address: str = "XFD1048576") -> Path:
    """Write a workbook of some kilobytes with one cell in A1 and one far away."""
    row = "".join(c for c in address if c.isdigit())
    cell = f'<row r="{row}"><c r="{address}"><v>1</v></c></row></sheetData>'.encode()
    return rebuilt(good_xlsx(path), change={SHEET: lambda d: d.replace(b"</sheetData>", cell)})


def csv_bytes(encoding: str) -> bytes:
    """Return one small ledger in an encoding."""
    lines = (
        "网点名称,业态,经度,纬度",
        "新街口便民药店,药店,118.78,32.04",
        "北极阁早餐,早餐店,118.79,32.05",
    )
    return "\n".join(lines).encode(encoding)
