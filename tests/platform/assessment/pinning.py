"""Take a district apart into a record and base files, as the platform keeps them."""

import hashlib
from pathlib import Path

import geopandas as gpd

import livingcircle
from livingcircle.district import Status
from livingcircle.tables import TABLES
from livingcircle_platform.assessment.inputs import BaseFile
from livingcircle_platform.assessment.inputs import Terms
from livingcircle_platform.assessment.inputs import pin_inputs
from livingcircle_platform.assessment.record import Provenance
from livingcircle_platform.assessment.record import RecordTable

SAMPLE = Path(livingcircle.__file__).parent / "sample"
KEPT = ("outlets", "communities", "circles", "spaces", "reports", "entrances")
EVERY = (*KEPT, "doors", "streets", "junctions", "gates", "barriers")
ON_THE_MAP = "streets.osm.pbf"


def base_file(section, path, **more):
    """Return a file as a base layer."""
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return BaseFile(section, path, digest, path.name, **more)


def columns_of(name, table):
    """Return a table with the engine's columns only."""
    return table[[column.name for column in TABLES[name].columns[1:]] + ["geometry"]]


def record_of(district, names=KEPT):
    """Return tables of a district as a record; outlets of a map apart from the ledger's."""
    record = []
    for name in names:
        table = getattr(district, name)
        if name == "outlets":
            mapped = (table["source"] == ON_THE_MAP) if "source" in table else table["name"].isna()
            told = Provenance("地图", complete_for="none", date="2021-06-12")
            record.append(RecordTable(name, columns_of(name, table[mapped]), told))
            complete = Provenance("台账", Status.MADE_UP, "2026-06", complete_for="listed")
            record.append(RecordTable(name, columns_of(name, table[~mapped]), complete))
        else:
            told = Provenance(TABLES[name].title, Status.MADE_UP, "2026-06")
            record.append(RecordTable(name, columns_of(name, table), told))
    return record


def sample_base():
    """Return the base layers of the demonstration district."""
    return [
        base_file("roads", SAMPLE / ON_THE_MAP, title="道路", date="2021-06-12", licence="ODbL"),
        base_file("doors", SAMPLE / "doors.geojson", status=Status.MODELLED),
        base_file("gates", SAMPLE / "gates.csv", status=Status.MADE_UP),
        base_file("extent", SAMPLE / "extent.geojson"),
    ]


def pin_sample(district, folder):
    """Pin the demonstration district, or an edited one."""
    terms = Terms("miyun_2023")
    return pin_inputs(folder, district.name, terms, record_of(district), sample_base())


def pin_drawn(district, folder, **terms):
    """Pin a district drawn by hand, its streets and doors as tables as well."""
    extent = folder.parent / "extent.geojson"
    if not extent.is_file():
        shape = gpd.GeoSeries([district.extent], crs="EPSG:4326")
        extent.write_text(shape.to_json(), "utf-8")
    base = [base_file("extent", extent)]
    members = district.circle_members.groupby("circle_id")["community_id"]
    circles = district.circles.assign(members=members.agg("、".join))
    tables = [
        RecordTable(one.table, columns_of("circles", circles), one.provenance)
        if one.table == "circles"
        else one
        for one in record_of(district, EVERY)
    ]
    given = {"standard": "miyun_2023", **terms}
    return pin_inputs(folder, district.name, Terms(**given), tables, base)
