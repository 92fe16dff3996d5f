"""Load 配置标准 from packs: dated rules that cite their clause and explain themselves.

A pack is a TOML file that a district officer can write. It sorts the trades into tiers and groups
and states requirements; anything it cannot express is kept as text with the status "not judged".
``docs/reference/standard-format.md`` lists every key.
"""

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

import pandas as pd

from livingcircle._rules.counts import CountRule
from livingcircle._rules.counts import LadderRule
from livingcircle._rules.packs import parse_pack
from livingcircle._rules.requirement import Requirement
from livingcircle._rules.requirement import Standard
from livingcircle._rules.requirement import TradeRow
from livingcircle.errors import StandardError

__all__ = [
    "Requirement",
    "Standard",
    "TradeRow",
    "available_standards",
    "load_standard",
    "minimum_counts",
    "validate",
]


def available_standards() -> list[str]:
    """Return the ids of the packs that come with the library."""
    folder = files("livingcircle") / "standards"
    return sorted(
        f.name.removesuffix(".toml") for f in folder.iterdir() if f.name.endswith(".toml")
    )


def load_standard(name: str | Path) -> Standard:
    """Return a standard by id, or from a file of one's own.

    Raises
    ------
    StandardError
        If there is no such pack, or it has a mistake; the first mistake is told in full.
    """
    content, label = _read(name)
    standard, problems = parse_pack(content, label)
    if standard is None or problems:
        first = problems[0]
        more = f"；共{len(problems)}处问题，用 livingcircle standards validate 查看全部"
        remedy = first.remedy + (more if len(problems) > 1 else "")
        raise StandardError(first.what, where=first.where, remedy=remedy)
    return standard


def validate(name: str | Path) -> list[str]:
    """Return every mistake of a pack as a sentence; an empty list means it is sound."""
    content, label = _read(name)
    return [str(problem) for problem in parse_pack(content, label)[1]]


def _read(name: str | Path) -> tuple[bytes, str]:
    """Return the bytes of a pack and what to call it in sentences."""
    text = str(name).strip()
    if not text:
        known = "、".join(available_standards())
        raise StandardError("没有指定配置标准", remedy=f"用 --standard 指定，可用的有：{known}")
    bundled = files("livingcircle") / "standards" / f"{text}.toml"
    if text in available_standards():
        return bundled.read_bytes(), f"{text}.toml"
    path = Path(text)
    if not path.is_file():
        known = "、".join(available_standards())
        raise StandardError(f"找不到配置标准“{text}”", remedy=f"写编号（{known}）或 .toml 文件路径")
    return path.read_bytes(), path.name


def minimum_counts(circles: pd.DataFrame, standard: Standard) -> pd.DataFrame:
    """Return the least number of outlets each circle needs, without any geometry.

    Parameters
    ----------
    circles
        ``name``, ``population``, ``community_count`` and, if known, ``kind``; one row a circle.
    standard
        Rules to count by; only musts on numbers are counted.

    Returns
    -------
    Table with ``circle``, ``requirement_id``, ``trade``, ``level``, ``required`` (whole number or
    missing where the circle's size is not known), ``clause``.
    """
    rows = [
        {
            "circle": circle["name"],
            "requirement_id": one.id,
            "trade": one.trades[0],
            "trade_name": one.subject,
            "level": one.level,
            "required": _least(one, circle),
            "clause": one.clause,
        }
        for circle in circles.to_dict("records")
        for one in standard.requirements
        if isinstance(one.rule, CountRule | LadderRule) and one.severity == "must"
    ]
    table = pd.DataFrame(rows)
    return table.astype({"required": "Int64"}) if len(table) else table


def _least(one: Requirement, circle: Mapping[Any, Any]) -> int | None:
    """Return how many outlets one requirement asks of one circle."""
    communities = _known(circle.get("community_count"))
    rule = one.rule
    if isinstance(rule, LadderRule):
        return rule.needed(
            _known(circle.get(rule.by if rule.by != "communities" else "community_count"))
        )
    if not isinstance(rule, CountRule):
        return None
    per = "community_count" if rule.per == "communities" else rule.per
    if one.level == "community" and rule.per == "unit":
        return None if communities is None else int(communities) * (rule.least or 0)
    return rule.needed(_known(circle.get(per)))


def _known(value: Any) -> float | None:  # noqa: ANN401 - a table cell
    """Return a number, or None where the cell is empty."""
    return None if value is None or pd.isna(value) else float(value)
