"""Hold the sheets to what they cost: one reading of the access table, and pages of what is on them.

Beside the quick look-ups stand plain ones that walk the table row by row.
"""

import re
from html import unescape
from types import SimpleNamespace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from livingcircle import assess
from livingcircle.documents import _door_folds as folds
from livingcircle.documents import write_plan_sheets
from livingcircle.documents._answers import door_verdicts
from livingcircle.documents._answers import nearest_names
from livingcircle.documents._assessed import natures
from livingcircle.documents._assessed import requirements_of
from livingcircle.documents._assessed import sought
from livingcircle.documents._desk import Desk
from livingcircle.documents._desk import once
from livingcircle.documents._frame import frame_for
from livingcircle.documents._frame import sketch_path
from livingcircle.documents._map_tables import door_listing
from livingcircle.documents._map_tables import outlet_listing
from livingcircle.documents.outlet_map import outlet_map_html
from livingcircle.standards import load_standard
from tests.engine.documents.conftest import make_assessed
from tests.factories.district import draw_district

PAGE = (1000, 500)


class Watched(pd.DataFrame):
    """Count how often a column of a table is taken."""

    _metadata = ["taken"]  # noqa: RUF012 - the name pandas asks for

    def __getitem__(self, key: Any) -> Any:
        """Take a column, and note it."""
        self.taken.append(key)
        return super().__getitem__(key)


def _columns_taken(circles: int, folder: Any) -> list[str]:
    assessed = make_assessed()
    assessed.circle_facts = assessed.circle_facts.iloc[:circles]
    assessed.access = Watched(assessed.access)
    assessed.access.taken = []
    write_plan_sheets(assessed, folder)
    return list(assessed.access.taken)


def test_the_access_table_is_read_once_however_many_circles(tmp_path: Any) -> None:
    one, two = _columns_taken(1, tmp_path / "one"), _columns_taken(2, tmp_path / "two")
    assert one == two
    assert sorted(set(one)) == sorted(one)


def test_a_desk_makes_a_thing_once_and_fetches_a_table_once() -> None:
    asked: list[str] = []

    class Run:
        @property
        def gaps(self) -> str:
            asked.append("gaps")
            return "gaps"

    def make(assessed: Any) -> list[str]:
        return [assessed.gaps]

    desk = Desk(Run())  # type: ignore[arg-type]
    assert once(desk, make) is once(desk, make)
    assert (desk.gaps, desk.gaps, asked) == ("gaps", "gaps", ["gaps"])
    with pytest.raises(AttributeError):
        _ = desk.access


@given(
    st.lists(st.tuples(st.floats(-0.06, 0.06), st.floats(-0.06, 0.06)), min_size=1, max_size=30),
    st.sampled_from(["c1", "c2", ""]),
)
def test_the_index_finds_whatever_falls_into_the_window(
    ends: list[tuple[float, float]], circle: str
) -> None:
    frame = frame_for(make_assessed(), PAGE, circle)
    lines = [
        shapely.LineString([(118.784 + x, 32.044 + y), (118.785 + x, 32.0445 + y)]) for x, y in ends
    ]
    layer = gpd.GeoSeries([None, *lines], crs="EPSG:4326")
    plainly = {
        place for place, line in enumerate(lines, 1) if frame.place(line).intersects(frame.window)
    }
    found = frame.near(layer).tolist()
    assert plainly <= set(found)
    assert found == sorted(found)
    assert 0 not in found


def test_a_page_leaves_alone_what_is_far_away(assessed: SimpleNamespace) -> None:
    frame = frame_for(assessed, PAGE, "c1")
    near = [shapely.Point(118.783, 32.042)] * 3
    far = [shapely.Point(119.5 + place / 1000, 32.5) for place in range(1000)]
    assert frame.near(gpd.GeoSeries([*far, *near], crs="EPSG:4326")).tolist() == [1000, 1001, 1002]


def test_points_without_a_place_have_none_on_paper(assessed: SimpleNamespace) -> None:
    frame = frame_for(assessed, PAGE)
    points = gpd.GeoSeries([None, shapely.Point(), shapely.Point(118.78, 32.04)], crs="EPSG:4326")
    assert np.isfinite(frame.points(points)).all(axis=1).tolist() == [False, False, True]


def test_sketch_of_a_square_with_a_hole() -> None:
    shell, hole = [(10.2, 0), (14, 0), (14, 4), (10.2, 4)], [(11, 1), (12, 1), (12, 2)]
    shape = shapely.Polygon(shell, [hole])
    assert sketch_path(shape) == "M10 0l4 0 0 4 -4 0zM11 1l1 0 0 1z"
    assert sketch_path(shapely.Polygon([(0, 0), (0.2, 0), (0.2, 0.2)])) == ""


def _made_up_access(assessed: SimpleNamespace, seed: int) -> None:
    rng = np.random.default_rng(seed)
    words = np.array(["served", "lacking", "unknown", "not_applicable"])
    table = assessed.access.sample(frac=0.8, random_state=seed)
    table["verdict"] = words[rng.integers(0, 4, len(table))]
    table["outlet_id"] = np.array(["", "o1", "o2", "o3"])[rng.integers(0, 4, len(table))]
    table["metres"] = rng.integers(1, 9, len(table)).astype(float)
    assessed.access = table


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("trade", ["", "pharmacy", "no_such_trade"])
def test_verdicts_of_doors_are_those_of_the_rows(
    assessed: SimpleNamespace, seed: int, trade: str
) -> None:
    _made_up_access(assessed, seed)
    weights = ["not_applicable", "served", "unknown", "lacking"]
    basic = {row.trade for row in assessed.standard.trades if row.tier == "basic"}
    plainly: dict[str, str] = {}
    for row in assessed.access.itertuples():
        if row.trade in ({trade} if trade else basic):
            known = plainly.get(row.door_id, weights[0])
            plainly[row.door_id] = max(known, str(row.verdict), key=weights.index)
    told = [plainly.get(door, "unknown") for door in assessed.doors.index]
    assert door_verdicts(assessed, trade).tolist() == told


@pytest.mark.parametrize("seed", range(6))
def test_the_nearest_outlet_is_that_of_most_doors_that_lack(
    assessed: SimpleNamespace, seed: int
) -> None:
    _made_up_access(assessed, seed)
    asked, found = requirements_of(assessed), nearest_names(assessed)
    for gap in assessed.gaps.itertuples():
        (trade,) = sought(asked[gap.requirement_id])
        votes: dict[bool, list[str]] = {True: [], False: []}
        for row in assessed.access.itertuples():
            unit = assessed.doors.loc[row.door_id, f"{gap.level}_id"]
            if row.trade == trade and unit == gap.unit_id and row.outlet_id:
                votes[row.verdict == "lacking"].append(row.outlet_id)
        heard = votes[True] or votes[False]
        most = min(set(heard), key=lambda one: (-heard.count(one), one), default="")
        assert found[gap.gap_id] == (assessed.outlets["name"][most] if most else "")


def _unfolded(page: str) -> dict[str, list[str]]:
    """Read the folded doors of a page back, as its script does."""
    names = unescape(re.findall(r'<template id="fold-trades">(.*?)</template>', page)[0]).split(
        "\t"
    )
    rows = {}
    for text in re.findall(r'<template class="fold"[^>]*>(.*?)</template>', page, re.DOTALL):
        community = ""
        for line in unescape(text).split("\n"):
            if line.startswith("#"):
                community = line[1:]
                continue
            place, _, _, name, residents, elders, code = line.split("\t")
            told: dict[str, list[str]] = {letter: [] for letter in "slun-"}
            pairs = re.findall(r"([slun-])([0-9A-Z]*)", code)
            for label, (letter, far) in zip(names, pairs, strict=True):
                told[letter].append(label + (f"{int(far, 36):,}米" if far else ""))
            counts = [f"{int(one):,}" if one else "未核实" for one in (residents, elders)]
            rows[f"d{place}"] = [
                name, community, *counts, *("、".join(told[one]) or "—" for one in "lus"),
            ]  # fmt: skip
    return rows


def test_folded_doors_say_what_listed_doors_say(
    assessed: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    assessed.doors["name"] = ['"></template><img src=x>\t#', *assessed.doors["name"][1:]]
    assessed.doors.loc["d03", "residents"] = float("nan")
    listed = {key: list(cells) for key, cells in door_listing(assessed).rows}
    listed["d0"][0] = '"></template><img src=x> #'
    monkeypatch.setattr(folds, "MOST_OPEN", 11)
    page = outlet_map_html(assessed)
    assert _unfolded(page) == listed
    assert 'class="door"' not in page
    assert "<img" not in page
    assert "<caption>楼门（12）</caption>" in page


def test_a_page_of_few_doors_folds_none(assessed: SimpleNamespace) -> None:
    page = outlet_map_html(assessed)
    assert "<template" not in page
    assert page.count('class="door"') == 12


def test_outlets_from_no_file_are_what_the_only_source_says(assessed: SimpleNamespace) -> None:
    assessed.outlets = assessed.outlets.drop(columns="source")
    assert [row[1][-1] for row in outlet_listing(assessed).rows] == ["虚构"] * 10
    assessed.district = SimpleNamespace(sources=())
    assert set(natures(assessed).values()) == {"未注明"}


def test_a_district_made_in_memory_has_its_sheets(tmp_path: Any) -> None:
    district = draw_district([(500, 0, ["pharmacy"])], [(450, 0, 100), (1500, 0, 100)])
    outlets = district.outlets.drop(columns="source", errors="ignore")
    object.__setattr__(district, "outlets", outlets)
    paths = write_plan_sheets(assess(district, load_standard("miyun_2023")), tmp_path)
    assert all(path.stat().st_size for path in paths)
