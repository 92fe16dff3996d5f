"""Check through which entrances doors and outlets are entered."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from livingcircle.situation import lay_out
from livingcircle.tables import conform
from livingcircle.walkers import WALKERS
from tests.engine.walks import to_any
from tests.factories.district import draw_district
from tests.factories.streets import WGS84
from tests.factories.streets import draw_streets
from tests.factories.streets import lift

LOOP = draw_streets(
    [(0, 0), (1000, 0)], [(0, 0), (0, 100)], [(0, 100), (1000, 100)], [(1000, 100), (1000, 0)]
)


def draw_entrances(*rows):
    """Return entrances of (x, y, of, of_id)."""
    frame = pd.DataFrame(
        [{"of": of, "of_id": whose} for _, _, of, whose in rows],
        index=[f"e{i}" for i in range(len(rows))],
    )
    points = lift([shapely.Point(x, y) for x, y, *_ in rows])
    return conform("entrances", gpd.GeoDataFrame(frame, geometry=points, crs=WGS84))


def place(outlets, doors, walker="standard", **layers):
    """Return the situation of hand-drawn outlets and doors."""
    return lay_out(draw_district(outlets, doors, **layers), WALKERS[walker])


def metres(situation):
    """Return the least metres of every door to any outlet."""
    shops = np.arange(len(situation.district.outlets))
    return np.round(to_any(situation.reader, shops, len(situation.district.outlets))[0], 1).tolist()


def test_building_without_entrances_is_its_own():
    assert metres(place([(500, 10, ["bank"])], [(400, 5, 1)])) == [115.0]


def test_outlet_with_two_entrances_is_entered_by_the_nearer():
    """A market in the middle of a block opens onto both streets."""
    shop = [(500, 50, ["bank"])]
    doors = [(400, 0, 1), (400, 100, 1)]
    entrances = draw_entrances((500, 10, "outlet", "o0"), (500, 90, "outlet", "o0"))
    assert metres(place(shop, doors, streets=LOOP, entrances=entrances)) == [110.0, 110.0]
    one = draw_entrances((500, 10, "outlet", "o0"))
    assert metres(place(shop, doors, streets=LOOP, entrances=one)) == [110.0, 1010.0]


def test_compound_entrances_serve_every_door_of_the_compound():
    doors = [(400, 30, 1, {"compound": "花园"}), (420, 30, 1, {"compound": ""})]
    entrances = draw_entrances((300, 0, "compound", "花园"), (600, 0, "compound", "别处"))
    got = place([(500, 0, ["bank"])], doors, entrances=entrances)
    assert metres(got) == [304.4, 110.0]  # 104.4 m from the building to the gate


def test_a_doors_own_entrance_goes_before_its_compounds():
    doors = [(400, 30, 1, {"compound": "花园"})]
    entrances = draw_entrances((300, 0, "compound", "花园"), (450, 0, "door", "d00"))
    assert metres(place([(500, 0, ["bank"])], doors, entrances=entrances)) == [50.0]
