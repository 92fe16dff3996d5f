"""Hold the reading of 覆盖社区 against the ways plans really write it."""

import geopandas as gpd
import pytest

from livingcircle import tables
from livingcircle.errors import InputError
from livingcircle.io._folder.members import Member
from livingcircle.io._folder.members import resolve_members
from livingcircle.io._folder.members import split_members
from livingcircle.io._folder.members import write_members

KNOWN = ["果园新里北区社区", "季庄社区", "嘉益社区", "王家楼村"]


def frame(table: str, rows) -> gpd.GeoDataFrame:
    made = gpd.GeoDataFrame(rows, geometry=[None] * len(rows), crs="EPSG:4326")
    return tables.conform(table, made)


def communities(*names, streets=None):
    rows = [
        {"community_id": f"C{i}", "name": name, "subdistrict": (streets or {}).get(i, "")}
        for i, name in enumerate(names)
    ]
    return frame("communities", rows)


def circle(members: str, **more):
    return frame("circles", [{"circle_id": "1", "name": "甲圈", "members": members, **more}])


def said(issues) -> str:
    return "\n".join(issue.sentence for issue in issues)


@pytest.mark.parametrize("known", [KNOWN, []])
def test_a_forgotten_separator_is_found(known):
    """密云 2023 圈 10 is printed as “果园新里北区社区季庄社区、嘉益社区”."""
    names = [m.name for m in split_members("果园新里北区社区季庄社区、嘉益社区", known)]
    assert names == ["果园新里北区社区", "季庄社区", "嘉益社区"]


@pytest.mark.parametrize(
    ("text", "members"),
    [
        ("", []),
        ("甲社区，乙社区;丙村", [Member("甲社区"), Member("乙社区"), Member("丙村")]),
        ("甲社区 乙社区", [Member("甲社区"), Member("乙社区")]),
        ("甲社区（部分）、乙社区", [Member("甲社区", part=True), Member("乙社区")]),
        ("甲社区(部分)", [Member("甲社区", part=True)]),
        ("甲社区、甲社区", [Member("甲社区")]),
        ("和平社区、社区路社区", [Member("和平社区"), Member("社区路社区")]),
    ],
)
def test_members_are_split(text, members):
    assert split_members(text, ["和平社区", "社区路社区", *(m.name for m in members)]) == members


def test_members_are_found_by_id_name_or_name_without_its_suffix():
    places = communities("果园西里社区", "王家楼村", "檀城")
    members, issues = resolve_members(circle("果园西里、C1、檀城社区（部分）"), places)
    assert members.to_dict("list") == {
        "circle_id": ["1", "1", "1"],
        "community_id": ["C0", "C1", "C2"],
        "part": [False, False, True],
    }
    assert not issues


def test_an_unknown_member_is_told_with_the_nearest_name():
    members, issues = resolve_members(
        circle("果园西里、果园东理社区"), communities("果园西里", "果园东里社区")
    )
    assert members["community_id"].tolist() == ["C0"]
    assert "社区表里没有“果园东理社区”，是不是“果园东里社区”" in said(issues)


def test_one_name_in_two_streets_is_told_apart_by_the_circle_s_street():
    places = communities("新华社区", "新华社区", streets={0: "东街", 1: "西街"})
    members, issues = resolve_members(circle("新华社区", subdistrict="西街"), places)
    assert (members["community_id"].tolist(), issues) == (["C1"], [])
    members, issues = resolve_members(circle("新华社区"), places)
    assert len(members) == 0
    assert "叫“新华社区”的社区不止一个（东街、西街），分不清是哪一个" in said(issues)


def test_a_count_that_does_not_agree_and_a_community_in_two_circles_are_told():
    places = communities("甲社区", "乙社区")
    _, issues = resolve_members(circle("甲社区、乙社区", community_count=3), places)
    assert "“甲圈”写着覆盖 3 个社区，列出的有 2 个" in said(issues)
    both = frame(
        "circles",
        [{"circle_id": i, "name": f"{i}圈", "members": m} for i, m in
         (("1", "甲社区、乙社区（部分）"), ("2", "甲社区、乙社区（部分）"))],
    )  # fmt: skip
    _, issues = resolve_members(both, places)
    assert [i.problem for i in issues] == ["社区“甲社区”整个属于 “1圈”、“2圈” 几个生活圈"]


def test_a_known_name_with_a_space_is_not_cut():
    members = split_members("West End、Old Town 甲社区", ["West End", "甲社区"])
    assert [member.name for member in members] == ["West End", "Old", "Town", "甲社区"]


def test_members_are_written_as_they_are_read():
    told = [("C1", False), ("110118001001", True), ("季庄社区", False)]
    text = write_members(told)
    assert text == "C1、110118001001（部分）、季庄社区"
    assert split_members(text, [name for name, _ in told]) == [Member(*one) for one in told]
    assert write_members([]) == ""


@pytest.mark.parametrize("name", ["甲、乙", "a/b", "某社区（部分）", "", "１号"])
def test_a_member_that_would_be_read_as_another_is_refused(name):
    with pytest.raises(InputError, match="写不成一格"):
        write_members([(name, False)])
