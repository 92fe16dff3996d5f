"""Turn rows into the words and sentences of the sheets; no sheet writes a number by itself."""

import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import pandas as pd

UNKNOWN = "未核实"

UNIT_VERDICTS: Mapping[str, str] = MappingProxyType(
    {"served": "达标", "lacking": "缺", "unknown": UNKNOWN, "not_applicable": "不适用"}
)
DOOR_VERDICTS: Mapping[str, str] = MappingProxyType(
    {"served": "已覆盖", "lacking": "没有", "unknown": UNKNOWN, "not_applicable": "不适用"}
)
TIERS: Mapping[str, str] = MappingProxyType(
    {"basic": "基本保障类", "enhanced": "品质提升类", "local": "特色业态"}
)
LEVELS: Mapping[str, str] = MappingProxyType(
    {"circle": "便民生活圈层级", "community": "便民生活圈内社区层级", "district": "全区"}
)
KINDS: Mapping[str, str] = MappingProxyType(
    {
        "old_town": "老城区住宅生活圈",
        "commercial_cultural": "商业文化生活圈",
        "new_residential": "新兴住宅生活圈",
        "urban_fringe": "城乡结合部生活圈",
    }
)
FORMATIONS: Mapping[str, str] = MappingProxyType(
    {"merged": "合并", "split": "拆分", "single": "独立"}
)
URGENCIES: Mapping[int, str] = MappingProxyType({1: "紧急", 2: "较急", 3: "一般"})
CAN_WAIT = "可缓"
OUTLET_STATUS: Mapping[str, str] = MappingProxyType(
    {"open": "营业", "closed": "停业", "planned": "筹建", "unverified": UNKNOWN, "": "营业"}
)
SEVERITIES: Mapping[str, str] = MappingProxyType(
    {"hard": "应当符合", "soft": "宜符合", "info": "供参考"}
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
    text = f"{float(value):,.{digits}f}"
    return text.rstrip("0").rstrip(".") if digits else text


def quantity(value: Any, unit: str) -> str:  # noqa: ANN401
    """Write an amount with its unit: ``2个``, ``12.5%``, ``1,200平方米``."""
    digits = 0 if unit in {"个", "类", "种", "处"} else 1
    text = number(value, digits)
    return text if text == UNKNOWN else f"{text}{unit}"


def people(value: Any) -> str:  # noqa: ANN401
    """Write a head count: ``1,280人``."""
    text = number(value)
    return text if text == UNKNOWN else f"{text}人"


def metres(value: Any) -> str:  # noqa: ANN401
    """Write a walking distance in whole metres: ``680米``."""
    text = number(value)
    return text if text == UNKNOWN else f"{text}米"


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


def listed(words: list[str], limit: int = 0) -> str:
    """Join words with 、; beyond ``limit`` the rest is counted, never dropped silently."""
    if not limit or len(words) <= limit:
        return "、".join(words)
    return f"{'、'.join(words[:limit])}等{len(words)}项"


def affected(row: Any) -> str:  # noqa: ANN401 - a row of gaps or blind_areas
    """Say who is affected: people, and the old and the very young among them."""
    text = f"涉及居民{people(row.people)}"
    parts = [
        f"{label}{people(value)}"
        for label, value in (("60岁及以上", row.elders), ("0—3岁", row.infants))
        if known(value)
    ]
    return f"{text}，其中{'、'.join(parts)}" if parts else text


def lacking(row: Any) -> str:  # noqa: ANN401
    """Say 缺什么 for one gap: ``缺药店2个（应配3个，现有1个）``."""
    unit = row.unit if known(row.unit) else "个"
    named = row.trade_name if known(row.trade_name) else "本项"
    counts = f"应配{quantity(row.required, unit)}，现有{quantity(row.found, unit)}"
    if not known(row.shortfall):
        return f"缺{named}（{counts}）"
    if unit == "%":
        return f"{named}差{number(row.shortfall, 1)}个百分点（{counts}）"
    return f"缺{named}{quantity(row.shortfall, unit)}（{counts}）"


def gap_sentence(row: Any, nearest: str = "") -> str:  # noqa: ANN401
    """Tell one gap in a sentence, with who is affected and what lies nearest."""
    sentence = f"{row.unit_name}{lacking(row)}，{affected(row)}"
    if known(row.nearest_m):
        named = f"（多为“{nearest}”）" if nearest else ""
        sentence = f"{sentence}；到最近网点{named}步行中位{metres(row.nearest_m)}"
    return f"{sentence}。"


def blind_sentence(row: Any, reach: float = math.nan) -> str:  # noqa: ANN401
    """Describe one blind area as 问题描述 of the ledger."""
    within = f"步行{metres(reach)}内" if known(reach) else "服务半径内"
    place = row.place if known(row.place) else row.community_names
    sentence = f"{place}{number(row.doors)}个楼门{within}没有{row.trade_name}，{affected(row)}"
    if known(row.nearest_m):
        name = f"“{row.nearest_name}”" if known(row.nearest_name) else row.trade_name
        distance = f"最近的{name}步行{metres(row.nearest_m)}"
        if known(row.farthest_m) and round(row.farthest_m) > round(row.nearest_m):
            distance = f"{distance}至{metres(row.farthest_m)}"
        return f"{sentence}；{distance}。"
    return f"{sentence}；步行范围内找不到替代网点。"


def tally_sentence(name: str, findings: pd.DataFrame, basis: str) -> str:
    """Count the verdicts of one unit in a sentence; the four answers stay apart."""
    counts = findings["verdict"].value_counts()
    parts = [
        f"{label}{int(counts.get(code, 0))}项"
        for code, label in UNIT_VERDICTS.items()
        if counts.get(code, 0)
    ]
    return f"{name}对照{basis}共{len(findings)}项要求：{'，'.join(parts) or '没有可对照的要求'}。"
