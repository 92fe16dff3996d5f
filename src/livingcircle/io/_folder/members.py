"""Resolve which communities a circle covers, from the way plans write it."""

import difflib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

import geopandas as gpd
import pandas as pd

from livingcircle.errors import InputError
from livingcircle.tables import REVIEW
from livingcircle.tables import WARNING
from livingcircle.tables import Issue

_PART = re.compile(r"[（(](?:部分|一部分|局部)[^（）()]*[)）]$")
_SEPARATORS = re.compile(r"[、，,;；/\n]+")
_SUFFIX = re.compile(r"(?:社区居委会|居民委员会|村民委员会|居委会|村委会|社区|村)$")


@dataclass(frozen=True)
class Member:
    """Name one community of a circle as written, and whether only part of it is meant."""

    name: str
    part: bool = False


def name_key(name: str) -> str:
    """Reduce a community's name to what matters: 果园西里社区 and 果园西里 are one."""
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", name))
    return _SUFFIX.sub("", plain) or plain


def split_members(text: str, known: Iterable[str] = ()) -> list[Member]:
    """Split the 覆盖社区 cell of a plan into members.

    A separator that was forgotten (“果园新里北区社区季庄社区”) is found by the known names, or,
    when none are known, after a “社区” in the middle of the piece.
    """
    return _split(text, *_known(known))


def _known(known: Iterable[str]) -> tuple[frozenset[str], frozenset[str]]:
    """Return known names, and what matters of them."""
    names = frozenset(known)
    return names, frozenset(map(name_key, names))


def _split(text: str, names: frozenset[str], keys: frozenset[str]) -> list[Member]:
    members = []
    for piece in _pieces(unicodedata.normalize("NFKC", text), names):
        bare = _PART.sub("", piece)
        if not bare:
            continue
        part = bare != piece
        pieces = [bare] if bare in names or name_key(bare) in keys else _cut(bare, keys)
        members += [Member(name, part) for name in pieces]
    return list(dict.fromkeys(members))


def _pieces(text: str, names: frozenset[str]) -> list[str]:
    """Split at the marks of a list, and at spaces unless a known name has them: West End."""
    pieces = []
    for piece in map(str.strip, _SEPARATORS.split(text)):
        whole = _PART.sub("", piece).strip() in names
        pieces += [piece] if whole else piece.split()
    return pieces


def _cut(text: str, keys: frozenset[str]) -> list[str]:
    """Cut a run of names into known ones; leave it whole when that does not come out even."""
    if not keys:
        return re.findall(r".+?社区(?=.|$)|.+$", text)
    ends: dict[int, list[str]] = {0: []}
    for start in range(len(text)):
        if start not in ends:
            continue
        for stop in range(start + 1, len(text) + 1):
            # Where two cuts are possible, the one that keeps “社区” with its name is meant.
            whole = text[start:stop].endswith(("社区", "村"))
            if name_key(text[start:stop]) in keys and (whole or stop not in ends):
                ends[stop] = [*ends[start], text[start:stop]]
    return ends.get(len(text), [text])


def write_members(members: Iterable[tuple[str, bool]]) -> str:
    """Return ids or names of communities, and whether only a part is meant, as one cell.

    Raises
    ------
    InputError
        If one of them would be read back as something else.
    """
    told = [Member(name, part) for name, part in members]
    text = "、".join(f"{one.name}（部分）" if one.part else one.name for one in told)
    if split_members(text, [one.name for one in told]) != list(dict.fromkeys(told)):
        remedy = "编号里不能有顿号、逗号、分号、斜线、全角字符和“（部分）”"
        raise InputError(f"覆盖社区“{text[:80]}”写不成一格", remedy=remedy)
    return text


def resolve_members(
    circles: gpd.GeoDataFrame, communities: gpd.GeoDataFrame
) -> tuple[pd.DataFrame, list[Issue]]:
    """Find the community of every member of every circle.

    Returns
    -------
    tuple
        ``circle_id``, ``community_id``, ``part``; and an issue for each member not found, each
        community in two circles, each count that does not agree.
    """
    directory = Directory(communities)
    names, keys = _known([*communities["name"], *communities.index])
    found: list[tuple[str, str, bool]] = []
    issues: list[Issue] = []
    for circle_id, circle in circles.iterrows():
        members = _split(circle["members"], names, keys)
        for member in members:
            community, problem = directory.find(member.name, circle["subdistrict"])
            if community:
                found.append((str(circle_id), community, member.part))
            else:
                issues.append(_issue(circle, problem, "核对名称，与社区表写成一样", REVIEW))
        stated = circle["community_count"]
        if members and not pd.isna(stated) and int(stated) != len(members):
            problem = f"“{circle['name']}”写着覆盖 {stated} 个社区，列出的有 {len(members)} 个"
            issues.append(_issue(circle, problem, "核对覆盖社区和覆盖社区数", WARNING))
    frame = pd.DataFrame(found, columns=["circle_id", "community_id", "part"])
    frame = frame.astype({"circle_id": "str", "community_id": "str", "part": "bool"})
    frame = frame.drop_duplicates(["circle_id", "community_id"])
    frame = frame.sort_values(["circle_id", "community_id"], ignore_index=True)
    return frame, issues + _shared(frame, circles, communities)


def _shared(
    members: pd.DataFrame, circles: gpd.GeoDataFrame, communities: gpd.GeoDataFrame
) -> list[Issue]:
    whole = members[~members["part"]]
    issues = []
    shared = whole[whole["community_id"].duplicated(keep=False)]
    for community, group in shared.groupby("community_id"):
        names = "、".join(f"“{circles.loc[c, 'name']}”" for c in group["circle_id"])
        name = communities.loc[community, "name"]
        problem = f"社区“{name}”整个属于 {names} 几个生活圈"
        remedy = "各圈只含一部分时，写成“某社区（部分）”"
        issues.append(_issue(circles.loc[group["circle_id"].iloc[-1]], problem, remedy, REVIEW))
    return issues


def _issue(circle: pd.Series, problem: str, remedy: str, severity: str) -> Issue:
    file, sheet = str(circle.get("source", "")), str(circle.get("sheet", ""))
    row = int(circle.get("row", 0))
    return Issue(file, sheet, row, "覆盖社区", str(circle["members"]), severity, problem, remedy)


class Directory:
    """Find a community by id or by name, by name within a 街道 where names repeat."""

    def __init__(self, communities: gpd.GeoDataFrame) -> None:
        self._ids = frozenset(communities.index)
        self._places: dict[str, list[tuple[str, str, str]]] = {}
        names, streets = communities["name"], communities["subdistrict"]
        for community, name, street in zip(communities.index, names, streets, strict=True):
            self._places.setdefault(name_key(name), []).append((community, name, street))

    def find(self, name: str, subdistrict: str = "") -> tuple[str, str]:
        """Return the id, or "" and the reason."""
        if name in self._ids:
            return name, ""
        places = self._places.get(name_key(name), [])
        exact = [place for place in places if place[1] == name]
        near = [place for place in exact or places if subdistrict and place[2] == subdistrict]
        candidates = near or exact or places
        if len(candidates) == 1:
            return candidates[0][0], ""
        if candidates:
            streets = "、".join(place[2] or place[0] for place in candidates)
            return "", f"叫“{name}”的社区不止一个（{streets}），分不清是哪一个"
        # “社区” at the end of every name would make them all look alike.
        keys = difflib.get_close_matches(name_key(name), list(self._places), n=2)
        close = [self._places[key][0][1] for key in keys]
        hint = f"，是不是“{'”“'.join(close)}”" if close else ""
        return "", f"社区表里没有“{name}”{hint}"
