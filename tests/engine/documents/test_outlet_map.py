"""Hold the offline map to its promises: harmless words, no requests, an equal list."""

import re
from html.parser import HTMLParser
from types import SimpleNamespace

import pytest
import shapely
from shapely import wkt

from livingcircle.documents import _drawing as drawing
from livingcircle.documents._frame import frame_for
from livingcircle.documents._frame import path_data
from livingcircle.documents._map_tables import circle_listing
from livingcircle.documents._map_tables import door_listing
from livingcircle.documents._map_tables import outlet_listing
from livingcircle.documents._symbols import families
from livingcircle.documents._symbols import family_of
from livingcircle.documents.outlet_map import content_policy
from livingcircle.documents.outlet_map import outlet_map_html
from livingcircle.errors import OutputError


class Tags(HTMLParser):
    """Collect the tags of a page with their attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def test_a_shop_called_script_is_harmless(assessed: SimpleNamespace) -> None:
    page = outlet_map_html(assessed)
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;堃喆昺玥頔" in page
    assert [attrs for tag, attrs in Tags(page).found if tag == "script"] == [{"type": "module"}]


def test_every_layer_survives_hostile_words(assessed: SimpleNamespace) -> None:
    hostile = '"><img src=x onerror=1>'
    assessed.circle_facts["name"] = hostile
    assessed.doors["name"] = hostile
    assessed.district.streets["name"] = hostile
    assessed.blind_areas["trade"] = hostile
    assessed.district.outlet_trades["trade"] = hostile
    tags = Tags(outlet_map_html(assessed)).found
    assert "img" not in {tag for tag, _ in tags}
    assert not [attrs for _, attrs in tags if any(name.startswith("on") for name in attrs)]


def test_the_page_asks_nobody_for_anything(assessed: SimpleNamespace) -> None:
    page = outlet_map_html(assessed)
    addresses = set(re.findall(r"https?://[^\"' )]+", page))
    assert addresses <= {"http://www.w3.org/2000/svg"}
    for _, attrs in Tags(page).found:
        assert attrs.get("src") is None
        assert (attrs.get("href") or "#").startswith("#")
        assert "style" not in attrs  # the policy would drop it


def test_the_policy_allows_exactly_our_style_and_script(assessed: SimpleNamespace) -> None:
    page = outlet_map_html(assessed)
    style = page.split("<style>")[1].split("</style>")[0]
    script = page.split('<script type="module">')[1].split("</script>")[0]
    policy = content_policy(style, script)
    assert f'content="{policy}"' in page
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy


def test_every_sign_has_its_row_and_every_row_its_place(assessed: SimpleNamespace) -> None:
    tags = Tags(outlet_map_html(assessed)).found
    rows = {attrs["id"] for tag, attrs in tags if tag == "tr" and "id" in attrs}
    signs = {attrs["data-row"] for _, attrs in tags if "data-row" in attrs}
    assert signs == rows
    assert len([row for row in rows if str(row).startswith("o")]) == 10
    assert len([row for row in rows if str(row).startswith("d")]) == 12


def test_door_row_tells_the_four_answers(assessed: SimpleNamespace) -> None:
    page = outlet_map_html(assessed)
    row = page.split('<tr id="d6">')[1].split("</tr>")[0]
    assert re.findall(r"<td[^>]*>([^<]*)</td>", row) == [
        "檀城东区社区", "1,120", "260", "菜篮子510米、药店510米", "自助取水机", "洗染店510米",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("compound", "street", "name"),
    [
        ("果园西里", "新中街", "果园西里楼门（图上7号）"),
        ("", "新中街", "新中街楼门（图上7号）"),
        ("", "residential", "楼门（图上7号）"),
    ],
)
def test_a_door_without_a_name_is_found_on_the_map(
    assessed: SimpleNamespace, compound: str, street: str, name: str
) -> None:
    assessed.doors[["name", "compound", "street"]] = ["", compound, street]
    assert door_listing(assessed).rows[6][1][0] == name


def test_banner_and_sources_name_the_nature_of_each_layer(assessed: SimpleNamespace) -> None:
    page = outlet_map_html(assessed)
    assert "含虚构数据，仅供演示，不代表实际情况。" in page
    assert "街道路段【真实】OpenStreetMap 道路；数据日期2021-06-12；许可ODbL" in page
    assert "网点【虚构】示例网点台账；数据日期2026-06-30；许可CC0" in page


def test_the_same_run_gives_the_same_page(assessed: SimpleNamespace) -> None:
    assert outlet_map_html(assessed) == outlet_map_html(assessed)


def test_families_differ_in_shape_and_in_colour() -> None:
    assert len({family.shape for family in families()}) == len(families())
    assert len({family.colour for family in families()}) == len(families())


def test_a_service_centre_is_drawn_as_one_whatever_it_sells() -> None:
    assert family_of(["vegetable", "service_centre"]).id == "centre"
    assert family_of(["florist"]).id == "other"
    assert family_of([]).id == "other"


def test_path_of_a_square_with_a_hole() -> None:
    shape = wkt.loads("POLYGON((0 0,4 0,4 4,0 0),(1 1,2 1,2 2,1 1))")
    assert path_data(shape) == (
        "M0.0 0.0L4.0 0.0L4.0 4.0L0.0 0.0zM1.0 1.0L2.0 1.0L2.0 2.0L1.0 1.0z"
    )


def test_frame_is_in_metres_with_north_up(assessed: SimpleNamespace) -> None:
    frame = frame_for(assessed, (1000, 500))
    doors = frame.points(assessed.doors.geometry)
    assert frame.width == pytest.approx(2 * frame.height)
    assert doors[0, 1] > doors[11, 1]  # the southern door is lower on the page
    # 0.3 communities of 0.004° at 32.04° north are 113.4 m apart, by hand.
    assert abs(doors[1, 0] - doors[0, 0]) == pytest.approx(113.4, abs=0.3)


@pytest.mark.parametrize(("metres", "round_metres"), [(99, 50), (100, 100), (260, 200), (0.4, 1)])
def test_scale_bar_is_round(metres: float, round_metres: int) -> None:
    assert drawing.round_length(metres) == round_metres


def test_nothing_with_a_place_is_refused_in_words(assessed: SimpleNamespace) -> None:
    empty = SimpleNamespace(
        circle_facts=assessed.circle_facts.iloc[:0], doors=assessed.doors.iloc[:0],
        outlets=assessed.outlets.iloc[:0],
        district=SimpleNamespace(name="空区", streets=assessed.district.streets.iloc[:0]),
    )  # fmt: skip
    with pytest.raises(OutputError, match="画不出图"):
        frame_for(empty, (100, 100))


def test_what_is_made_up_looks_so_and_says_so(assessed: SimpleNamespace) -> None:
    page = outlet_map_html(assessed)
    assert re.search(r'href="#outlet-[a-z_]+-made-up"', page)
    assert "虚构网点" in page
    assert [row[1][-1] for row in outlet_listing(assessed).rows] == ["虚构"] * 10


def test_touching_blind_areas_of_a_trade_have_one_outline(assessed: SimpleNamespace) -> None:
    areas = assessed.blind_areas
    areas["trade"] = "vegetable"
    areas.geometry = [
        shapely.box(118.781, 32.041, 118.782, 32.042),
        shapely.box(118.782, 32.041, 118.783, 32.042),
    ]
    frame = frame_for(assessed, (1000, 500))
    for sketched in (False, True):
        svg = drawing.paint_blind_areas(areas, areas.index, frame, sketched=sketched)
        edge = svg.split('class="edge"')[1]
        assert svg.count('class="blind"') == 2
        assert svg.count('class="edge"') == 1
        assert edge.count("M") == 1


def test_a_circle_lists_what_it_lacks_and_the_example_is_local(assessed: SimpleNamespace) -> None:
    assert [row[1][-1] for row in circle_listing(assessed).rows] == ["药店、菜篮子", "菜篮子、药店"]
    assert 'placeholder="例如 药店、果园西里社区"' in outlet_map_html(assessed)
