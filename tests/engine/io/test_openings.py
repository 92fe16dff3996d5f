"""Check how often read_district opens each file: as often for many rows as for few."""

import sys
from collections import Counter
from contextlib import contextmanager
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
import shapely

from livingcircle.io import geo
from livingcircle.io.excel import write_workbook
from livingcircle.io.folder import read_district

# The guard looks at head and tail; a library lists, describes and reads; then the checksum.
OPENINGS = {
    "outlets.csv": 3,
    "streets.gpkg": 7,
    "doors.parquet": 6,
    "communities.geojson": 7,
    "circles.xlsx": 3,
}
_SEEN: list[Counter] = []


def _watch(event, arguments):
    if _SEEN and event in {"open", "sqlite3.connect"} and isinstance(arguments[0], str | Path):
        _SEEN[-1][Path(str(arguments[0]).partition("?")[0]).name] += 1


sys.addaudithook(_watch)


@contextmanager
def counted(monkeypatch):
    """Count openings by Python, by SQLite and by GDAL, by the file's name."""
    seen = Counter()
    _SEEN.append(seen)
    with monkeypatch.context() as patched:
        for library, name in ((pyogrio, "list_layers"), (pyogrio, "read_info"),
                              (pyogrio, "read_dataframe"), (geo.pq, "read_schema"),
                              (geo.pq, "read_metadata"), (gpd, "read_parquet")):  # fmt: skip
            patched.setattr(library, name, _counting(getattr(library, name), seen))
        yield seen
    _SEEN.pop()


def _counting(function, seen):
    def call(path, *others, **named):
        seen[Path(path).name] += 1
        return function(path, *others, **named)

    return call


def write(folder, count):
    """Write a district of so many rows in each file, each file of another kind."""
    folder.mkdir()
    lon = [118.78 + k * 1e-4 for k in range(count)]
    ids = [f"{k}号" for k in range(count)]
    outlets = pd.DataFrame({"网点名称": ids, "业态": "药店", "经度": lon, "纬度": 32.04})
    outlets.to_csv(folder / "outlets.csv", index=False)
    ends = shapely.linestrings([[(x, 32.04), (x + 1e-4, 32.04)] for x in lon])
    boxes = shapely.box(lon, 32.03, [x + 1e-4 for x in lon], 32.05)
    layer({"道路名称": ids}, ends).to_file(folder / "streets.gpkg", layer="streets")
    layer({"居住人口": [30] * count}, shapely.points(lon, 32.04)).to_parquet(
        folder / "doors.parquet"
    )
    layer({"社区名称": ids}, boxes).to_file(folder / "communities.geojson")
    circles = pd.DataFrame({"生活圈名称": ids, "覆盖社区": ids})
    write_workbook(folder / "circles.xlsx", {"生活圈": circles})
    names = dict(
        zip(("outlets", "roads", "doors", "communities", "circles"), OPENINGS, strict=True)
    )
    entries = [f'[[{section}]]\nfile = "{file}"' for section, file in names.items()]
    head = '[district]\nname = "区"\ncoordinates = "WGS-84"'
    (folder / "district.toml").write_text("\n".join([head, *entries, ""]), "utf-8")
    return folder


def layer(columns, shapes):
    return gpd.GeoDataFrame(columns, geometry=shapes, crs="EPSG:4326")


@pytest.mark.parametrize("count", [2, 90])
def test_each_file_is_opened_as_often_for_many_rows_as_for_few(tmp_path, monkeypatch, count):
    folder = write(tmp_path / "district", count)
    with counted(monkeypatch) as seen:
        district = read_district(folder)
    assert len(district.outlets) == len(district.doors) == len(district.communities) == count
    assert {name: seen[name] for name in OPENINGS} == OPENINGS
