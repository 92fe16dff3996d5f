"""Hold a district folder started from a map alone to what it promises."""

import pytest

from livingcircle.district import Status
from livingcircle.errors import InputError
from livingcircle.errors import LivingCircleError
from livingcircle.errors import OutputError
from livingcircle.io.folder import read_district
from livingcircle.io.starter import start_district

from .osm_files import write_osm

STREET = {"highway": "residential", "name": "示范路"}
HOME = {"building": "apartments", "building:levels": "6"}
BOX = (118.775, 32.035, 118.795, 32.055)


def block(first, column, row):
    """Return four corner nodes of a building about 20 metres wide."""
    return {
        first: (column, row),
        first + 1: (column + 0.2, row),
        first + 2: (column + 0.2, row + 0.2),
        first + 3: (column, row + 0.2),
    }


@pytest.fixture
def town(tmp_path):
    """Write a town of one street, two homes and one shop."""
    nodes = {1: (0, 5), 2: (10, 5), 3: (5, 5.1, {"shop": "convenience", "name": "示范便利店"})}
    nodes |= block(10, 4, 5.2) | block(20, 6, 5.2)
    ways = [(1, [1, 2], STREET)]
    ways += [(k, [k, k + 1, k + 2, k + 3, k], HOME) for k in (10, 20)]
    return write_osm(tmp_path / "town.osm.pbf", nodes=nodes, ways=ways, box=BOX)


def test_the_folder_can_be_read_at_once(town, tmp_path):
    folder = start_district(town, tmp_path / "区", name="示范区")
    district = read_district(folder)
    assert district.name == "示范区"
    assert len(district.streets) == 1
    assert len(district.doors) == 2
    assert len(district.communities) == len(district.circles) == 1
    assert list(district.outlets["name"]) == ["示范便利店"]
    assert district.complete_trades() == frozenset()
    assert (district.issues["severity"] != "error").all()


def test_nobody_is_said_to_live_there_until_somebody_knows(town, tmp_path):
    district = read_district(start_district(town, tmp_path / "district"))
    assert district.doors["residents"].isna().all()


def test_a_given_number_of_people_is_spread_and_called_modelled(town, tmp_path):
    district = read_district(start_district(town, tmp_path / "district", people=101))
    assert sorted(district.doors["residents"]) == [50, 51]
    doors = next(source for source in district.sources if source.table == "doors")
    assert doors.status is Status.MODELLED


def test_a_name_with_quotes_survives(town, tmp_path):
    folder = start_district(town, tmp_path / "district", name='示范"甲"区\\')
    assert read_district(folder).name == '示范"甲"区\\'


def test_administrative_areas_become_communities(tmp_path):
    nodes = {1: (0, 5), 2: (10, 5), 3: (0, 0), 4: (10, 0), 5: (10, 10), 6: (0, 10)}
    area = {"boundary": "administrative", "admin_level": "10", "name": "甲社区"}
    path = write_osm(
        tmp_path / "town.osm.pbf",
        nodes=nodes,
        ways=[(1, [1, 2], STREET), (2, [3, 4, 5, 6, 3], {})],
        relations=[(9, [("w", 2, "outer")], area | {"type": "boundary"})],
        box=BOX,
    )
    district = read_district(start_district(path, tmp_path / "district"))
    assert list(district.communities["name"]) == ["甲社区"]
    assert list(district.circles["name"]) == ["甲生活圈"]


def test_an_existing_folder_is_left_alone(town, tmp_path):
    (tmp_path / "district").mkdir()
    (tmp_path / "district" / "mine.txt").write_text("我的")
    with pytest.raises(OutputError, match="已经存在"):
        start_district(town, tmp_path / "district")
    assert [p.name for p in (tmp_path / "district").iterdir()] == ["mine.txt"]


def test_nothing_is_left_half_done(town, tmp_path):
    town.write_bytes(town.read_bytes()[:-30])
    with pytest.raises(LivingCircleError):
        start_district(town, tmp_path / "district")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["town.osm.pbf"]


def test_a_map_without_streets_is_refused(tmp_path):
    path = write_osm(tmp_path / "sea.osm.pbf", nodes={1: (0, 0, {"shop": "convenience"})})
    with pytest.raises(InputError, match="没有可以步行的道路"):
        start_district(path, tmp_path / "district")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"people": -5}, "总人口写成了 -5"),
        ({"people": 0}, "总人口写成了 0"),
        ({"people": 10**25}, "一个极大的数"),
        ({"name": "a\nb"}, "换行"),
        ({"name": "长" * 300}, "名称太长"),
    ],
)
def test_impossible_people_and_names_are_refused(tmp_path, options, words):
    with pytest.raises(InputError, match=words):
        start_district(tmp_path / "a.osm.pbf", tmp_path / "d", **options)
    assert list(tmp_path.iterdir()) == []
