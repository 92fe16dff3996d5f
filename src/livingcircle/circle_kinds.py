"""Suggest kind and subtype of each circle with the evidence, and hints for the sheet of six fields.

密云 三（一）: kinds follow population, main function and key features; a person decides. Every line
here is a hint (提示) that names what it was read from; what no table tells is 未核实 and speaks
neither for nor against. The thresholds are ours, not the plan's, but for the year 2000
(国办发〔2020〕23号: 老旧小区 were built before the end of 2000) and 60+ ≥ 25 % (密云 附件1.1).
"""

import math
from collections.abc import Callable
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from livingcircle._delineation.signs import Ground
from livingcircle._delineation.signs import Signs
from livingcircle._delineation.signs import lay_ground
from livingcircle._delineation.signs import signs_of
from livingcircle.circle_set import Circle
from livingcircle.circle_set import CircleSet

__all__ = ["BASIC", "HINT", "KINDS", "SHEET", "SUBTYPES", "six_fields", "suggest_kinds"]

HINT = "提示："
NOT_KNOWN = "未核实"
KINDS = {"old_town": "老城区住宅", "commercial_cultural": "商业文化", "new_residential": "新兴住宅",
         "urban_fringe": "城乡结合部"}  # fmt: skip
SUBTYPES = {"technology": "科技产业", "university": "高校"}
SHEET = {"resident_profile": "人群画像", "trade_completeness": "社区业态完备度",
         "built_profile": "社区画像", "location_resources": "区位资源", "openness": "社区开放度",
         "cooperation": "社区协同度"}  # fmt: skip
# 密云 附件1.1 一.1: the sixteen basic trades.
BASIC = ("vegetable", "convenience_store", "supermarket", "breakfast", "pharmacy", "hairdresser",
         "laundry", "housekeeping", "repair", "parcel_point", "photo_print", "water_vending",
         "bank", "property_service", "restaurant", "service_centre")  # fmt: skip
_CULTURE = ("cinema", "bookshop", "performance_venue", "tea_coffee", "specialty_restaurant")
_SHARED = ("service_centre", "elderly_care", "community_canteen", "fitness")
_GATES = {"public": "公共", "residents": "居民专用", "closed": "关闭", "unknown": NOT_KNOWN}
_LEAST = 0.5  # of the signs known must speak for a kind
COLUMNS = ["circle_id", "circle_name", "kind", "kind_name", "evidence", "value", "threshold",
           "supports"]  # fmt: skip


@dataclass(frozen=True)
class Sign:
    """Say what speaks for a kind: a figure of a circle, held against a threshold.

    ``ledger`` marks figures that only grow as the ledger of outlets is filled.
    """

    kind: str
    words: str
    figure: Callable[[Signs], float]
    least: float | None = None
    most: float | None = None
    percent: bool = False
    ledger: bool = False

    def supports(self, signs: Signs) -> bool | None:
        """Return whether it speaks for the kind; None where nobody knows."""
        value = self.figure(signs)
        if math.isnan(value):
            return None
        above = self.least is None or value >= self.least
        if self.ledger and not above:
            return None  # what the ledger does not list may be there all the same
        return above and (self.most is None or value <= self.most)

    def threshold(self) -> str:
        """Return the threshold in words."""
        least = "" if self.least is None else f"≥{self._told(self.least)}"
        most = "" if self.most is None else f"≤{self._told(self.most)}"
        return least + most

    def told(self, signs: Signs) -> str:
        """Return the figure in words."""
        value = self.figure(signs)
        return NOT_KNOWN if math.isnan(value) else self._told(value)

    def _told(self, value: float) -> str:
        return f"{value:.0%}" if self.percent else f"{round(value, 1):g}"


def _density(signs: Signs) -> float:
    return signs.people / signs.km2 if signs.km2 > 0 else math.nan


_SIGNS = (
    Sign("old_town", "建成年份（按人口的中位数）", lambda s: s.year, most=2000),
    Sign("old_town", "60岁及以上人口占比", lambda s: s.ages["age_60_plus"], least=0.25,
         percent=True),
    Sign("old_town", "区位写作老城的人口占比", lambda s: s.old_zone, least=0.5, percent=True),
    Sign("commercial_cultural", "每千人网点数", lambda s: s.outlets_a_thousand, least=12,
         ledger=True),
    Sign("commercial_cultural", "文化、餐饮休闲类网点占比", lambda s: s.share(*_CULTURE), least=0.2,
         percent=True, ledger=True),
    Sign("new_residential", "建成年份（按人口的中位数）", lambda s: s.year, least=2001),
    Sign("new_residential", "0-3岁人口占比", lambda s: s.ages["age_0_3"], least=0.03, percent=True),
    Sign("new_residential", "区位写作老城的人口占比", lambda s: s.old_zone, most=0.2, percent=True),
    Sign("urban_fringe", "村民委员会辖区的人口占比", lambda s: s.village, least=0.3, percent=True),
    Sign("urban_fringe", "人口密度（人/平方公里）", _density, most=10_000),
)  # fmt: skip


def suggest_kinds(some: CircleSet) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the kind suggested for each circle, and the evidence line by line.

    Returns
    -------
    Suggestions, index ``circle_id``: ``kind``, ``subtype`` (codes, blank where nothing speaks for
    any), ``kind_hint``, ``subtype_hint`` in words that begin with 提示; and the evidence, one row
    for each circle, kind and sign: ``value``, ``threshold``, ``supports`` (是, 否, 未核实).
    """
    ground, rows, evidence = lay_ground(some.land), [], []
    for circle in some.circles:
        signs = signs_of(ground, circle.tiles)
        found = _evidence(circle, signs)
        kind = _likeliest(found)
        subtype = _subtype(signs) if kind == "new_residential" else ""
        evidence += found
        rows.append({"name": circle.name, "kind": kind, "subtype": subtype,
                     "kind_hint": _kind_hint(kind, found),
                     "subtype_hint": _subtype_hint(signs)})  # fmt: skip
    index = pd.Index([circle.id for circle in some.circles], dtype="str", name="circle_id")
    return pd.DataFrame(rows, index=index), pd.DataFrame(evidence, columns=COLUMNS)


def _evidence(circle: Circle, signs: Signs) -> list[dict[str, str]]:
    """Return one row for each sign."""
    words = {True: "是", False: "否", None: NOT_KNOWN}
    return [
        {
            "circle_id": circle.id,
            "circle_name": circle.name,
            "kind": sign.kind,
            "kind_name": KINDS[sign.kind],
            "evidence": sign.words,
            "value": sign.told(signs),
            "threshold": sign.threshold(),
            "supports": words[sign.supports(signs)],
        }
        for sign in _SIGNS
    ]


def _score(rows: Sequence[dict[str, str]], kind: str) -> tuple[float, int]:
    """Return the share of known signs that speak for a kind, and how many do."""
    known = [
        row["supports"] for row in rows if row["kind"] == kind and row["supports"] != NOT_KNOWN
    ]
    yes = known.count("是")
    return (yes / len(known) if known else 0.0), yes


def _likeliest(rows: Sequence[dict[str, str]]) -> str:
    """Return the kind most signs speak for; none where it is too few or undecided."""
    ranked = sorted(((_score(rows, kind), kind) for kind in KINDS), reverse=True)
    (best, kind), (second, _) = ranked[0], ranked[1]
    return kind if best[0] >= _LEAST and best[1] > 0 and best != second else ""


def _kind_hint(kind: str, rows: Sequence[dict[str, str]]) -> str:
    """Return the suggestion in words."""
    if all(row["supports"] == NOT_KNOWN for row in rows):
        return f"{HINT}依据都未核实，判断不了类型；补上年龄结构、建成年份、网点"
    if not kind:
        return f"{HINT}依据不足或相互矛盾，请人工判断"
    told = [
        f"{row['evidence']}{row['value']}（{row['threshold']}）"
        for row in rows
        if row["kind"] == kind and row["supports"] == "是"
    ]
    return f"{HINT}可能是{KINDS[kind]}，{'；'.join(told)}；由人确定"


def _subtype(signs: Signs) -> str:
    """Return the subtype that more names tell of, none where none does."""
    counts = {subtype: len(names) for subtype, names in signs.names.items()}
    most = max(counts.values())
    best = [subtype for subtype, count in counts.items() if count == most]
    return best[0] if most and len(best) == 1 else ""


def _subtype_hint(signs: Signs) -> str:
    """Return what names inside tell of, in words."""
    told = [
        f"{SUBTYPES[subtype]}（{'、'.join(names[:3])}{'等' if len(names) > 3 else ''}）"  # noqa: PLR2004
        for subtype, names in signs.names.items()
        if names
    ]
    if not told:
        return f"{HINT}圈内名称里没有看到高校或科技园，不等于没有"
    return f"{HINT}圈内有{'、'.join(told)}；是否按亚类配置由人确定"


def six_fields(some: CircleSet) -> pd.DataFrame:
    """Return computed hints for the six fields of the circle sheet, index ``circle_id``.

    Every cell begins with 提示 and is no assessment; a person writes the field.
    """
    ground = lay_ground(some.land)
    rows = [_sheet(some, ground, circle) for circle in some.circles]
    index = pd.Index([circle.id for circle in some.circles], dtype="str", name="circle_id")
    return pd.DataFrame(rows, index=index, columns=["name", *SHEET])


def _sheet(some: CircleSet, ground: Ground, circle: Circle) -> dict[str, str]:
    """Return the hints for one circle."""
    signs, judged = signs_of(ground, circle.tiles), some.judged(circle)
    names = judged.subdistricts
    shared = sum(signs.trades[trade] for trade in _SHARED)
    where = f"分属{len(names)}个街道（{'、'.join(names)}）" if names else "所属街道未核实"
    used = NOT_KNOWN if math.isnan(signs.outlets) else f"台账上{shared}处"
    return {
        "name": circle.name,
        "resident_profile": HINT + _residents(signs),
        "trade_completeness": HINT + _completeness(signs),
        "built_profile": HINT + _built(signs),
        "location_resources": HINT + _resources(signs),
        "openness": HINT + _openness(signs),
        "cooperation": f"{HINT}含{len(judged.communities)}个社区，{where}；"
        f"可共用的综合体、养老、助餐、健身{used}",
    }


def _share(value: float) -> str:
    return NOT_KNOWN if math.isnan(value) else f"占{value:.1%}"


def _residents(signs: Signs) -> str:
    """Tell of the people."""
    people = NOT_KNOWN if math.isnan(signs.people) else f"{signs.people:,.0f}人"
    old, young = signs.ages["age_60_plus"], signs.ages["age_0_3"]
    return f"常住{people}，60岁及以上{_share(old)}，0-3岁{_share(young)}"


def _completeness(signs: Signs) -> str:
    """Tell which basic trades are there."""
    if math.isnan(signs.outlets):
        return f"没有网点台账，{NOT_KNOWN}"
    there = sum(signs.trades[trade] > 0 for trade in BASIC)
    return f"台账上看到16类基本保障类业态中的{there}类；没看到的不等于没有"


def _built(signs: Signs) -> str:
    """Tell of the buildings."""
    year = f"建成年份{NOT_KNOWN}" if math.isnan(signs.year) else f"多建于{signs.year:.0f}年前后"
    density = _density(signs)
    dense = NOT_KNOWN if math.isnan(density) else f"{density / 1e4:.2f}万人/平方公里"
    return f"{year}，人口密度{dense}"


def _resources(signs: Signs) -> str:
    """Tell what else is there: names that tell of something, outlets by number."""
    named = [name for names in signs.names.values() for name in names]
    outlets = NOT_KNOWN if math.isnan(signs.outlets) else f"{signs.outlets:.0f}家"
    told = f"，名称可见{'、'.join(named[:3])}" if named else ""
    return f"台账上营业网点{outlets}{told}"


def _openness(signs: Signs) -> str:
    """Tell of gates and paths."""
    total = signs.gates.total()
    told = "、".join(
        f"{word}{signs.gates[code]}" for code, word in _GATES.items() if signs.gates[code]
    )
    gates = f"大门{total}处（{told}）" if total else "大门未登记"
    paths = NOT_KNOWN if math.isnan(signs.path_km) else f"每平方公里{signs.path_km:.1f}公里"
    return f"{gates}，步行路网{paths}"
