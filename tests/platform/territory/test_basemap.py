"""Check that the base map shows the streets it was given, small, and the same every time."""

import gzip

import mapbox_vector_tile
import numpy as np
import osmium
import pytest
import shapely
from osmium.osm.mutable import Node
from osmium.osm.mutable import Relation
from osmium.osm.mutable import Way
from pmtiles.reader import MmapSource
from pmtiles.reader import Reader
from pmtiles.reader import all_tiles

from livingcircle_platform.territory._basemap import kinds
from livingcircle_platform.territory._basemap import tiles
from livingcircle_platform.territory._basemap.features import Features
from livingcircle_platform.territory._basemap.features import to_degrees
from livingcircle_platform.territory._basemap.features import to_square
from livingcircle_platform.territory.basemap import BasemapError
from livingcircle_platform.territory.basemap import build_basemap

# Zoom 15 tiles are 0.011° wide: the corner of tile 26976/12416 lies at 116.3672° E, 39.9097° N.
ZOOM, COLUMN, ROW = 15, 26976, 12416
STEP = 360 / 2**ZOOM / 100  # a hundredth of a tile


class Drawing:
    """Draw OpenStreetMap objects by hand, in hundredths of a zoom 15 tile, downwards."""

    def __init__(self):
        self.nodes, self.ways, self.relations = [], [], []

    def node(self, at, tags=None):
        square = (np.array([COLUMN, ROW]) + np.array(at) / 100) / 2**ZOOM
        place = to_degrees(square[np.newaxis])[0]
        self.nodes.append(Node(id=len(self.nodes) + 1, location=tuple(place), tags=tags or {}))
        return len(self.nodes)

    def way(self, points, **tags):
        refs = [self.node(at) for at in points]
        self.ways.append(Way(id=len(self.ways) + 1, nodes=refs, tags=tags))
        return len(self.ways)

    def ring(self, low, high, **tags):
        (west, top), (east, bottom) = low, high
        corners = ((west, top), (east, top), (east, bottom), (west, bottom))
        refs = [self.node(at) for at in corners]
        self.ways.append(Way(id=len(self.ways) + 1, nodes=[*refs, refs[0]], tags=tags))
        return len(self.ways)

    def multipolygon(self, outer, inner, **tags):
        members = [("w", outer, "outer"), ("w", inner, "inner")]
        tags = {"type": "multipolygon", **tags}
        self.relations.append(Relation(id=len(self.relations) + 1, members=members, tags=tags))

    def save(self, path):
        with osmium.SimpleWriter(str(path)) as writer:
            for node in self.nodes:
                writer.add_node(node)
            for way in self.ways:
                writer.add_way(way)
            for relation in self.relations:
                writer.add_relation(relation)
        return path


@pytest.fixture
def town():
    drawing = Drawing()
    drawing.way([(10, 50), (50, 50)], highway="primary", name="长安街")
    drawing.way([(50, 50), (90, 50)], highway="primary", name="长安街")
    drawing.way([(20, 10), (20, 90)], highway="footway")
    drawing.way(
        [(30, 10), (30, 90)], highway="residential", **{"name": "Hutong", "name:zh": "胡同"}
    )
    drawing.ring((60, 60), (70, 70), building="yes", name="某某大厦")
    drawing.ring((10, 70), (18, 90), leisure="park", name="小公园")
    outer, inner = drawing.ring((60, 10), (90, 40)), drawing.ring((70, 20), (80, 30))
    drawing.multipolygon(outer, inner, natural="water", name="北海")
    drawing.node((40, 40), {"place": "neighbourhood", "name": "西四"})
    return drawing


def layers(path, zoom=ZOOM, column=COLUMN, row=ROW):
    with path.open("rb") as stream:
        data = Reader(MmapSource(stream)).get(zoom, column, row)
    decoded = mapbox_vector_tile.decode(gzip.decompress(data), {"y_coord_down": True})
    return {name: layer["features"] for name, layer in decoded.items()}


@pytest.fixture
def shown(town, tmp_path):
    out = tmp_path / "town.pmtiles"
    build_basemap(town.save(tmp_path / "town.osm.pbf"), out, title="小城")
    return layers(out)


def of_class(features, cls):
    return [one for one in features if one["properties"].get("class") == cls]


def test_pieces_of_one_street_become_one_line_with_its_name(shown):
    (street,) = of_class(shown["roads"], "major")
    assert street["properties"] == {"class": "major", "rank": 2, "name": "长安街"}
    assert street["geometry"]["type"] == "LineString"
    xs = [x for x, _ in street["geometry"]["coordinates"]]
    assert sorted((min(xs), max(xs))) == pytest.approx([410, 3686], abs=1)
    assert {y for _, y in street["geometry"]["coordinates"]} == {2048}


def test_the_chinese_name_is_preferred(shown):
    (lane,) = of_class(shown["roads"], "minor")
    assert lane["properties"]["name"] == "胡同"


def test_water_keeps_its_island(shown):
    (lake,) = of_class(shown["water"], "water")
    shape = shapely.geometry.shape(lake["geometry"])
    assert len(shape.interiors) == 1
    assert shape.area == pytest.approx((30**2 - 10**2) * 40.96**2, rel=0.005)


def test_names_of_places_water_and_parks_are_points(shown):
    assert {one["properties"]["name"] for one in shown["names"]} == {"北海", "西四", "小公园"}
    assert {one["geometry"]["type"] for one in shown["names"]} == {"Point"}


def test_buildings_carry_no_names(shown):
    assert [one["properties"] for one in shown["buildings"]] == [{}]


def test_small_things_come_with_their_zoom(town, tmp_path):
    out = tmp_path / "town.pmtiles"
    build_basemap(town.save(tmp_path / "town.osm.pbf"), out, title="小城")
    far = layers(out, 13, COLUMN >> 2, ROW >> 2)
    assert "buildings" not in far
    assert of_class(far["roads"], "path") == []
    assert len(of_class(far["roads"], "major")) == 1
    assert "buildings" in layers(out, 14, COLUMN >> 1, ROW >> 1)


@pytest.mark.parametrize(
    "tags",
    [
        {"boundary": "administrative", "admin_level": "2", "name": "国界"},
        {"landuse": "military", "name": "某部"},
        {"building": "barracks"},
        {"building": "yes", "military": "office"},
        {"shop": "supermarket", "name": "某超市"},
        {"building": "no"},
    ],
)
def test_what_a_public_map_must_not_show_is_not_drawn(town, tags, tmp_path):
    town.save(tmp_path / "without.osm.pbf")
    town.ring((35, 35), (38, 38), **tags)
    town.save(tmp_path / "with.osm.pbf")
    for name in ("without", "with"):
        build_basemap(tmp_path / f"{name}.osm.pbf", tmp_path / name, title="小城")
    assert (tmp_path / "with").read_bytes() == (tmp_path / "without").read_bytes()


def test_a_country_is_not_named():
    assert kinds.place_kind({"place": "country", "name": "某国"}) is None


def test_what_crosses_the_edge_is_drawn_on_both_tiles(tmp_path):
    drawing = Drawing()
    drawing.way([(50, 50), (150, 50)], highway="primary", name="长安街")
    out = tmp_path / "town.pmtiles"
    build_basemap(drawing.save(tmp_path / "town.osm.pbf"), out, title="小城")
    ends = []
    for column in (COLUMN, COLUMN + 1):
        (street,) = layers(out, column=column)["roads"]
        ends.append(sorted(x for x, _ in street["geometry"]["coordinates"]))
    assert ends == [[2048, 4096 + 64], [-64, 2048]]


def test_the_header_and_the_source_are_stated(town, tmp_path):
    out = tmp_path / "town.pmtiles"
    summary = build_basemap(town.save(tmp_path / "town.osm.pbf"), out, title="小城", min_zoom=12)
    with out.open("rb") as stream:
        reader = Reader(MmapSource(stream))
        header, metadata = reader.header(), reader.metadata()
        zooms = {zoom for (zoom, _, _), _ in all_tiles(reader.get_bytes)}
    assert zooms == {12, 13, 14, 15}
    assert summary.tiles == 4
    assert metadata["name"] == "小城"
    assert metadata["attribution"] == "© OpenStreetMap contributors"
    west, south, east, north = summary.bounds
    assert (east - west) == pytest.approx(80 * STEP, abs=1e-6)  # OpenStreetMap keeps 7 decimals
    assert header["min_lon_e7"] == round(west * 1e7)
    assert south < header["center_lat_e7"] / 1e7 < north
    assert summary.size == out.stat().st_size


def test_the_same_extract_gives_the_same_bytes(town, tmp_path):
    extract = town.save(tmp_path / "town.osm.pbf")
    for name in ("first", "second"):
        build_basemap(extract, tmp_path / name, title="小城")
    assert (tmp_path / "first").read_bytes() == (tmp_path / "second").read_bytes()


def test_progress_ends_at_the_whole(town, tmp_path):
    told = []
    build_basemap(
        town.save(tmp_path / "town.osm.pbf"),
        tmp_path / "out",
        title="小城",
        progress=lambda step, share: told.append((step, share)),
    )
    shares = [share for _, share in told]
    assert shares == sorted(shares)
    assert told[-1] == ("切成瓦片", 1.0)


def squares(kind, sides):
    shapes = [shapely.box(100, 100, 100 + side, 100 + side) for side in sides]
    count = len(sides)
    return Features(
        np.array(shapes, dtype=object),
        np.array([kind] * count, dtype=object),
        np.array([""] * count, dtype=object),
        np.zeros(count, dtype=np.int64),
    )


def test_the_smallest_buildings_give_way_first():
    (building,) = kinds.area_kinds({"building": "yes"})
    street = kinds.line_kind({"highway": "primary"})
    houses = squares(building, range(10, 1010))
    road = squares(street, [1]).drawn_as(shapely.linestrings([[[0, 0], [9, 9]]]))
    whole, none = tiles.encode(tiles.joined([houses, road]))
    data, dropped = tiles.encode(tiles.joined([houses, road]), most_bytes=len(whole) // 2)
    decoded = mapbox_vector_tile.decode(data)
    areas = [
        shapely.geometry.shape(one["geometry"]).area for one in decoded["buildings"]["features"]
    ]
    assert none == 0
    assert len(data) <= len(whole) // 2
    assert len(areas) == 1000 - dropped
    assert min(areas) == (10 + dropped) ** 2
    assert len(decoded["roads"]["features"]) == 1


def test_no_tile_is_larger_than_the_limit(tmp_path, monkeypatch):
    drawing = Drawing()
    for number in range(400):
        at = np.array([number % 20, number // 20]) * 5.0
        drawing.ring(at, at + 1 + number / 200, building="yes")
    extract = drawing.save(tmp_path / "dense.osm.pbf")
    monkeypatch.setattr(tiles.encode, "__defaults__", (3000,))
    summary = build_basemap(extract, tmp_path / "out", title="密")
    assert summary.dropped > 0
    assert 2000 < summary.largest_tile <= 3000
    with (tmp_path / "out").open("rb") as stream:
        sizes = [len(gzip.decompress(data)) for _, data in all_tiles(MmapSource(stream))]
    assert max(sizes) == summary.largest_tile


def test_a_feature_that_alone_is_too_large_is_left_out():
    (building,) = kinds.area_kinds({"building": "yes"})
    assert tiles.encode(squares(building, [10]), most_bytes=5) == (b"", 1)


def test_mercator_there_and_back():
    places = np.array([[116.4, 39.9], [-0.1, -33.0], [0.0, 0.0]])
    assert to_degrees(to_square(places)) == pytest.approx(places)
    assert to_square(np.array([[0.0, 0.0]])).tolist() == [[0.5, 0.5]]


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(BasemapError, match="找不到 OpenStreetMap 文件"):
        build_basemap(tmp_path / "none.osm.pbf", tmp_path / "out", title="小城")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no map", b"\x00" * 100])
def test_a_file_that_is_no_map_is_refused(tmp_path, content):
    extract = tmp_path / "bad.osm.pbf"
    extract.write_bytes(content)
    with pytest.raises(BasemapError, match=r"bad\.osm\.pbf"):
        build_basemap(extract, tmp_path / "out", title="小城")
    assert [path.name for path in tmp_path.iterdir()] == ["bad.osm.pbf"]


def test_a_file_cut_short_is_refused_and_the_old_map_stays(town, tmp_path):
    extract = town.save(tmp_path / "town.osm.pbf")
    extract.write_bytes(extract.read_bytes()[:-40])
    out = tmp_path / "out"
    out.write_bytes(b"old")
    with pytest.raises(BasemapError, match="不是完整的 OpenStreetMap 文件"):
        build_basemap(extract, out, title="小城")
    assert out.read_bytes() == b"old"


def test_a_file_with_nothing_to_draw_is_refused(tmp_path):
    drawing = Drawing()
    drawing.node((1, 1), {"shop": "bakery"})
    with pytest.raises(BasemapError, match="没有街道"):
        build_basemap(drawing.save(tmp_path / "a.osm.pbf"), tmp_path / "out", title="小城")


def test_a_street_that_lacks_its_nodes_is_left_out(town, tmp_path):
    town.ways.append(Way(id=900, nodes=[9001, 9002], tags={"highway": "primary"}))
    town.ways.append(Way(id=901, nodes=[1], tags={"highway": "primary"}))
    extract = town.save(tmp_path / "town.osm.pbf")
    assert build_basemap(extract, tmp_path / "out", title="小城").tiles == 6


def test_a_whole_country_is_refused(town, tmp_path):
    town.nodes.append(Node(id=5000, location=(90.0, 30.0)))
    town.nodes.append(Node(id=5001, location=(91.0, 45.0)))
    town.ways.append(Way(id=900, nodes=[5000, 5001], tags={"highway": "primary"}))
    with pytest.raises(BasemapError, match="范围太大（东经 90"):
        build_basemap(town.save(tmp_path / "town.osm.pbf"), tmp_path / "out", title="小城")


def test_a_disc_that_is_full_leaves_nothing_half_written(town, tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("livingcircle_platform.territory.basemap.Writer", full)
    extract = town.save(tmp_path / "town.osm.pbf")
    with pytest.raises(OSError, match="No space"):
        build_basemap(extract, tmp_path / "out", title="小城")
    assert [path.name for path in tmp_path.iterdir()] == ["town.osm.pbf"]
