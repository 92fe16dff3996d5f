"""Write the files of the demonstration district so that equal tables give equal bytes."""

import json
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from datetime import UTC
from datetime import datetime
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely
import xlsxwriter


def write_table(path: Path, table: gpd.GeoDataFrame) -> None:
    """Write a table as GeoJSON, its id first, in the order of the ids."""
    plain = table.sort_index().drop(columns=["circle", "shared_with"], errors="ignore")
    rows = plain.drop(columns="geometry").reset_index().to_dict("records")
    write_geojson(path, rows, plain.geometry)


def write_geojson(
    path: Path, rows: Iterable[Mapping[str, object]], shapes: Iterable[shapely.Geometry]
) -> None:
    """Write features one a line, with six decimals and nothing that changes from run to run."""
    lines = []
    for row, shape in zip(rows, shapes, strict=True):
        # The canonical start of each ring, whatever version of GEOS made it.
        placed = shapely.normalize(shapely.transform(shape, lambda xy: xy.round(6)))
        feature = {
            "type": "Feature",
            "properties": {key: _plain(value) for key, value in row.items()},
            "geometry": json.loads(shapely.to_geojson(placed)),
        }
        lines.append(json.dumps(feature, ensure_ascii=False, separators=(",", ":")))
    body = ",\n".join(lines)
    text = f'{{"type":"FeatureCollection","features":[\n{body}\n]}}\n'
    path.write_text(text, encoding="utf-8", newline="\n")


def _plain(value: object) -> object:
    """Return a value as JSON writes it: whole numbers whole, unknown as null."""
    if isinstance(value, float | np.floating):
        number = float(value)
        if not np.isfinite(number):
            return None
        return int(number) if number.is_integer() else round(number, 1)
    return int(value) if isinstance(value, np.integer) else value


def write_csv(path: Path, rows: Sequence[Mapping[str, object]]) -> None:
    """Write rows as UTF-8 with the mark that Excel wants."""
    lines = [",".join(rows[0]), *(",".join(str(v) for v in row.values()) for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8-sig", newline="\n")


def write_xlsx(
    path: Path,
    sheet: str,
    headers: Sequence[str],
    rows: Sequence[Mapping[str, object]],
    *,
    title: str = "",
) -> None:
    """Write one sheet, text as text and numbers as numbers, with a fixed date of creation."""
    with xlsxwriter.Workbook(str(path)) as book:
        book.set_properties({"created": datetime(2026, 6, 1, tzinfo=UTC), "title": title or sheet})
        page = book.add_worksheet(sheet)
        bold = book.add_format({"bold": True})
        top = 0
        if title:
            page.write_string(0, 0, title, bold)
            top = 1
        for column, header in enumerate(headers):
            page.write_string(top, column, header, bold)
            page.set_column(column, column, 14)
        for line, row in enumerate(rows, top + 1):
            for column, header in enumerate(headers):
                value = row.get(header, "")
                if isinstance(value, str) and value:
                    page.write_string(line, column, value)
                elif isinstance(value, int | float):
                    page.write_number(line, column, value)
        page.freeze_panes(top + 1, 2)
