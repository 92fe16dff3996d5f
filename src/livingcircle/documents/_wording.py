"""Turn rows into the words and sentences of the sheets; no sheet writes a number by itself."""

import math
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import pandas as pd

from livingcircle._rules.applies import FORMATIONS
from livingcircle._rules.applies import KINDS
from livingcircle._rules.applies import SUBTYPES
from livingcircle._rules.defaults import LEVELS as LEVEL_NAMES
from livingcircle._rules.requirement import SEVERITIES

UNKNOWN = "未核实"
NOT_STATED = "未注明"
NONE = "—"
OUTSIDE = "不归单个生活圈"

UNIT_VERDICTS: Mapping[str, str] = MappingProxyType(
    {"served": "达标", "lacking": "缺", "unknown": UNKNOWN, "not_applicable": "不适用"}
)
DOOR_VERDICTS: Mapping[str, str] = MappingProxyType(
    {"served": "已覆盖", "lacking": "没有", "unknown": UNKNOWN, "not_applicable": "不适用"}
)
TIERS: Mapping[str, str] = MappingProxyType(
    {"basic": "基本保障类", "enhanced": "品质提升类", "local": "特色业态"}
)
URGENCIES: Mapping[int, str] = MappingProxyType({1: "紧急", 2: "较急", 3: "一般"})
CAN_WAIT = "可缓"
OUTLET_STATUS: Mapping[str, str] = MappingProxyType(
    {"open": "营业", "closed": "停业", "planned": "筹建", "unverified": UNKNOWN, "": "营业"}
)
# What is counted in whole pieces; of 处 some are there but not as they should be.
PIECES = frozenset({"个", "种", "类", "户", "套"})
SITES = "处"
SHARE = "占比"  # the unit of what is told in per cent
LARGE = 1000.0


@dataclass(frozen=True)
class Level:
    """Hold the words for one level: as a column of its own, and for a unit as a whole."""

    title: str
    short: str
    whole: str = ""


LEVELS: Mapping[str, Level] = MappingProxyType(
    {
        "community": Level("便民生活圈内社区层级", LEVEL_NAMES["community"]),
        "circle": Level("便民生活圈层级", LEVEL_NAMES["circle"], "全圈"),
        "subdistrict": Level("街道（乡镇）层级", LEVEL_NAMES["subdistrict"]),
        "district": Level("全区层级", LEVEL_NAMES["district"], "全区"),
    }
)


def known(value: object) -> bool:
    """Say whether a cell holds an answer: neither missing nor empty."""
    if value is None or value is pd.NA or value is pd.NaT:
        return False
    if isinstance(value, float):
        return not math.isnan(value)
    return value != ""


def number(value: Any, digits: int = 0, *, empty: str = UNKNOWN) -> str:  # noqa: ANN401
    """Write a number with thousands separators; a missing one is a word, never a zero."""
    if not known(value):
        return empty
    # Adding zero turns the minus zero of a rounded trifle into a plain one.
    text = f"{round(float(value), digits) + 0.0:,.{digits}f}"
    return text.rstrip("0").rstrip(".") if digits else text


def quantity(value: Any, unit: str) -> str:  # noqa: ANN401
    """Write an amount with its unit: ``2个``, ``12.5%``, ``1,200平方米``."""
    if not known(value):
        return UNKNOWN
    counted = unit in PIECES or unit == SITES
    # Two vegetable shops may stand in for a market: there is such a thing as half of one.
    whole = (counted and float(value).is_integer()) or abs(float(value)) >= LARGE
    return f"{number(value, 0 if whole else 2 if unit == '平方公里' else 1)}{unit}"


def people(value: Any) -> str:  # noqa: ANN401
    """Write a head count: ``1,280人``."""
    return UNKNOWN if not known(value) else f"{number(value)}人"


def total(values: pd.Series, unit: str = "") -> str:
    """Add amounts up; where some are not known, the sum is the least it can be."""
    told = quantity(values.sum(min_count=1), unit)
    return f"至少{told}" if values.isna().any() and values.notna().any() else told


def metres(value: Any) -> str:  # noqa: ANN401
    """Write a walking distance in whole metres: ``680米``."""
    return UNKNOWN if not known(value) else f"{number(value)}米"


def share(value: Any) -> str:  # noqa: ANN401
    """Write a share between 0 and 1 as a percentage with one decimal."""
    return UNKNOWN if not known(value) else f"{float(value) * 100:.1f}%"


def urgency(value: Any) -> str:  # noqa: ANN401
    """Write 轻重缓急 as a number and a word: ``1 紧急``."""
    if not known(value):
        return UNKNOWN
    return f"{int(value)} {URGENCIES.get(int(value), CAN_WAIT)}"


def word(table: Mapping[str, str], code: object) -> str:
    """Look a code up; a word that is already Chinese stays, a missing one is 未核实."""
    return table.get(str(code), str(code)) if known(code) else UNKNOWN


def tier(code: object) -> str:
    """Write the tier of a requirement; one about several tiers, or about none, has a dash."""
    return word(TIERS, code) if known(code) else NONE


def severity(code: object) -> str:
    """Write how binding a requirement is."""
    return word(SEVERITIES, code)


def kind(code: object, subtype: object = "") -> str:
    """Write the kind of a circle in full: ``新兴住宅生活圈（高校）``."""
    if not known(code):
        return UNKNOWN
    name = KINDS.get(str(code), str(code))
    full = name if name.endswith("生活圈") else f"{name}生活圈"
    return f"{full}（{word(SUBTYPES, subtype)}）" if known(subtype) else full


def formation(code: object) -> str:
    """Write how a circle was drawn."""
    return word(FORMATIONS, code)


def level(code: object) -> Level:
    """Return the words of a level; one we have no words for keeps its own."""
    return LEVELS.get(str(code), Level(str(code), str(code)))


def circle(name: str, unit_level: str) -> str:
    """Name the circle that answers for a unit; a community may belong to several in parts."""
    return name or (OUTSIDE if unit_level == "community" else NONE)


def place(row: Any) -> str:  # noqa: ANN401 - a row of gaps or findings
    """Say which part of a circle a row is about: a community, the whole circle, the district."""
    return level(row.level).whole or str(row.unit_name)


def listed(words: Sequence[str], limit: int = 0) -> str:
    """Join words with 、; beyond ``limit`` the rest is counted, never dropped silently."""
    if not limit or len(words) <= limit:
        return "、".join(words)
    return f"{'、'.join(words[:limit])}等{len(words)}项"


def title(district: str, name: str) -> str:
    """Join district and circle for a title; a circle named after the district says it once."""
    return name if district and name.startswith(district) else f"{district}{name}"


def sentence(text: object) -> str:
    """Close a sentence with one full stop; nothing stays nothing."""
    plain = str(text).strip().rstrip("。；，、") if known(text) else ""
    return f"{plain}。" if plain else ""


def affected(row: Any) -> str:  # noqa: ANN401 - a row of gaps or blind_areas
    """Say who is affected: people, and the old and the very young among them."""
    if not known(row.people):
        return "居民人数未核实"
    text = f"涉及居民{people(row.people)}"
    parts = [
        f"{label}{people(value)}"
        for label, value in (("60岁及以上", row.elders), ("0—3岁", row.infants))
        if known(value)
    ]
    return f"{text}，其中{'、'.join(parts)}" if parts else text


def lacking(row: Any, *, way: str = "") -> str:  # noqa: ANN401
    """Say 缺什么 for one gap with its numbers: ``缺药店2个（应配3个，现有1个）``.

    Parameters
    ----------
    way
        How people go (步行), where the gap is in reach: told as the share of those who have it.
    """
    unit = row.unit if known(row.unit) else ""
    required, found = quantity(row.required, unit), quantity(row.found, unit)
    if way:
        return f"{row.trade_name}{way}覆盖率{found}（应达{required}）"
    if not known(row.required):
        return lacking_brief(row)
    if exceeds(row):
        return f"{lacking_brief(row)}（不应超过{required}，现有{found}）"
    if unit == SITES:
        return f"{lacking_brief(row)}（共{required}，符合{found}）"
    asked = "应配" if unit in PIECES else "应达"
    return f"{lacking_brief(row)}（{asked}{required}，现有{found}）"


def lacking_brief(row: Any, *, way: str = "") -> str:  # noqa: ANN401
    """Say 缺什么 for one gap without the numbers that stand in columns beside it."""
    unit = row.unit if known(row.unit) else ""
    named = row.trade_name if known(row.trade_name) else "本项"
    if way:
        return f"{named}{way}覆盖率只有{quantity(row.found, unit)}"
    if exceeds(row):
        return f"{named}超出{difference(row.surplus, unit)}"
    if not (known(row.shortfall) and row.shortfall):
        return f"缺{named}" if unit in PIECES else f"{named}没有达到要求"
    if unit in PIECES:
        return f"缺{named}{quantity(row.shortfall, unit)}"
    if unit == SITES:
        return f"{named}{quantity(row.shortfall, unit)}不合要求"
    return f"{named}差{difference(row.shortfall, unit)}"


def amount(row: Any, *, way: str = "") -> str:  # noqa: ANN401 - a gap
    """Say how much is lacking in a word, what it is lacking of in a column beside it."""
    if way:
        return f"{way}覆盖率{quantity(row.found, row.unit)}"
    told = balance(row)
    return told if told != NONE else "没有达到要求"


def exceeds(row: Any) -> bool:  # noqa: ANN401 - a row of gaps or findings
    """Say whether the trouble is too much, not too little."""
    return known(row.surplus) and row.surplus > 0


def difference(value: Any, unit: str) -> str:  # noqa: ANN401
    """Write by how much two amounts differ; shares differ by points."""
    return f"{number(value, 1)}个百分点" if unit == "%" else quantity(value, unit)


def balance(row: Any) -> str:  # noqa: ANN401 - a finding
    """Write by how much a finding is short or over: ``缺2个``, ``超出1个``; else a dash."""
    if exceeds(row):
        return f"超出{difference(row.surplus, row.unit)}"
    if known(row.shortfall) and row.shortfall > 0:
        return f"缺{difference(row.shortfall, row.unit)}"
    return NONE


def gap_sentence(row: Any, nearest: str = "", *, way: str = "") -> str:  # noqa: ANN401
    """Tell one gap in a sentence, with who is affected and what lies nearest."""
    told = f"{row.unit_name}{lacking(row, way=way)}，{affected(row)}"
    if known(row.nearest_m) and nearest:
        told = f"{told}；到最近网点（多为“{nearest}”）步行中位{metres(row.nearest_m)}"
    return f"{told}。"


def within(radius: Any) -> str:  # noqa: ANN401
    """Write the service radius of a blind area; one stated in minutes has no metres."""
    return f"步行{metres(radius)}内" if known(radius) else "规定的步行时间内"


def blind_sentence(row: Any) -> str:  # noqa: ANN401 - a row of blind_areas
    """Describe one blind area in a sentence, with who is affected."""
    where = row.place if known(row.place) else row.community_names
    return f"{where}{blind_brief(row, f'，{affected(row)}')}"


def blind_brief(row: Any, about: str = "") -> str:  # noqa: ANN401
    """Describe one blind area as 问题描述 of the ledger, its people in columns beside it."""
    told = f"{number(row.doors)}个楼门{within(row.radius_m)}没有{row.trade_name}{about}"
    if not known(row.nearest_m):
        return f"{told}；步行范围内找不到替代网点。"
    name = f"“{row.nearest_name}”" if known(row.nearest_name) else row.trade_name
    distance = f"最近的{name}步行{metres(row.nearest_m)}"
    if known(row.farthest_m) and round(row.farthest_m) > round(row.nearest_m):
        distance = f"{distance}至{metres(row.farthest_m)}"
    return f"{told}；{distance}。"


def tally_sentence(name: str, findings: pd.DataFrame, basis: str) -> str:
    """Count the verdicts of one unit in a sentence; the four answers stay apart."""
    counts = findings["verdict"].value_counts()
    parts = [
        f"{label}{int(counts.get(code, 0))}项"
        for code, label in UNIT_VERDICTS.items()
        if counts.get(code, 0)
    ]
    told = "，".join(parts) or "没有可对照的要求"
    return f"{name}对照{basis}共{len(findings)}项（要求×单位，逐社区计）：{told}。"
