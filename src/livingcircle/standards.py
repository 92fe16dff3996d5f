"""Load 配置标准 from packs: dated rules that cite their clause and explain themselves.

A pack is a TOML file that a district officer can write. It sorts the trades into tiers and groups
and states requirements; anything it cannot express is kept as text with the status "not judged".
``docs/reference/standard-format.md`` lists every key.
"""

from collections.abc import Mapping
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING
from typing import Any
from typing import Final

from livingcircle._rules.counts import QUANTITIES
from livingcircle._rules.counts import CountRule
from livingcircle._rules.counts import LadderRule
from livingcircle._rules.facts import UnitFacts
from livingcircle._rules.packs import parse_pack
from livingcircle._rules.requirement import Requirement
from livingcircle._rules.requirement import Standard
from livingcircle._rules.trade_names import TradeRow
from livingcircle.errors import StandardError

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "Requirement",
    "Standard",
    "TradeRow",
    "available_standards",
    "load_standard",
    "minimum_counts",
    "validate",
]

MINIMUM_COLUMNS: Final = (
    "circle",
    "requirement_id",
    "trade",
    "trade_name",
    "level",
    "required",
    "missing",
    "clause",
)


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


def minimum_counts(
    circles: "pd.DataFrame", standard: Standard, on: date | None = None
) -> "pd.DataFrame":
    """Return the least number of outlets each circle needs, without any geometry.

    Parameters
    ----------
    circles
        ``name``, ``population``, ``community_count`` and, if known, ``kind``, ``subtype``,
        ``formation``, ``zone``, ``households``, ``dwellings``, ``area_km2``; one row a circle.
    standard
        Rules to count by; only musts on least numbers, at the level of circles and communities.
    on
        Rules not in force on that day are left out; without a day all count.

    Returns
    -------
    Table with ``circle``, ``requirement_id``, ``trade``, ``level``, ``required`` (whole number or
    missing where the circle's size, or whether the rule applies, is not known), ``missing`` (what
    is not known, in words), ``clause``. Rules that do not apply to a circle have no row.
    """
    import pandas as pd  # noqa: PLC0415 - standards are listed and read without it

    asked = [one for one in standard.requirements if _asks_for_some(one) and one.in_force(on)]
    rows = []
    known = circles.astype("object").where(circles.notna(), None)
    for circle in known.to_dict("records"):
        facts = _circle_facts(circle)
        for one in asked:
            applies, _ = one.applies.test(facts)
            if applies is not False:
                required = _least(one, facts) if applies else None
                rows += _count_rows(one, facts, standard, required)
    table = pd.DataFrame(rows, columns=list(MINIMUM_COLUMNS))
    return table.astype({"required": "Int64"})


def _asks_for_some(one: Requirement) -> bool:
    """Return whether a requirement asks for a least number of outlets of a circle."""
    rule = one.rule
    counts = isinstance(rule, LadderRule) or (
        isinstance(rule, CountRule) and rule.least is not None
    )
    return counts and one.severity == "must" and one.level in ("circle", "community")


def _missing(one: Requirement, facts: UnitFacts) -> str:
    """Say what is not known of a circle, so that nobody can count."""
    if one.applies.test(facts)[0] is None:
        return "、".join(one.applies.missing(facts))
    rule = one.rule
    assert isinstance(rule, CountRule | LadderRule)  # noqa: S101 - chosen by the caller
    by = rule.per if isinstance(rule, CountRule) else rule.by
    sizes = {QUANTITIES.get(by, ""): "community_count" if by == "communities" else by}
    if one.level == "community":
        sizes |= {QUANTITIES["communities"]: "community_count"}
    return "、".join(
        label for label, name in sizes.items() if label and facts.quantity(name) is None
    )


def _circle_facts(circle: Mapping[Any, Any]) -> UnitFacts:
    """Return what a row of the circles table tells of a circle."""
    name, communities = str(circle["name"]), _number(circle.get("community_count"))
    return UnitFacts(
        level="circle",
        unit_id=name,
        unit_name=name,
        kind=_word(circle.get("kind")),
        subtype=_word(circle.get("subtype")),
        formation=_word(circle.get("formation")),
        zone=_word(circle.get("zone")),
        population=_number(circle.get("population")),
        households=_number(circle.get("households")),
        dwellings=_number(circle.get("dwellings")),
        area_km2=_number(circle.get("area_km2")),
        floor_area_m2=_number(circle.get("floor_area_m2")),
        community_count=None if communities is None else int(communities),
    )


def _word(value: Any) -> str:  # noqa: ANN401 - a table cell
    """Return a word, empty where the cell is."""
    return "" if value is None else str(value).strip()


def _number(value: Any) -> float | None:  # noqa: ANN401 - a table cell
    """Return a number, or None where the cell is empty."""
    return None if value is None else float(value)


def _count_rows(
    one: Requirement, facts: UnitFacts, standard: Standard, required: int | None
) -> list[dict[str, object]]:
    """Return one row, or one for each trade where every one of them is asked for."""
    several = one.every and len(one.trades) > 1
    return [
        {
            "circle": facts.unit_name,
            "requirement_id": one.id,
            "trade": trade,
            "trade_name": standard.name_of(trade) if several else one.subject,
            "level": one.level,
            "required": required,
            "missing": _missing(one, facts) if required is None else "",
            "clause": one.clause,
        }
        for trade in (one.trades if several else one.trades[:1])
    ]


def _least(one: Requirement, facts: UnitFacts) -> int | None:
    """Return how many outlets one requirement asks of one circle at least.

    A rule on communities is met in every one of them. How a circle's people spread over its
    communities is not told, so rules on sizes count what no spread can get below.
    """
    rule = one.rule
    assert isinstance(rule, CountRule | LadderRule)  # noqa: S101 - chosen by the caller
    by = rule.per if isinstance(rule, CountRule) else rule.by
    needed = rule.needed(facts.quantity("community_count" if by == "communities" else by))
    if one.level == "circle" or by == "communities":
        return needed
    communities = facts.community_count
    if communities is None:
        return None
    if by == "unit":
        return communities * (needed or 0)
    each = communities * rule.minimum
    if communities == 1 or needed is None:
        return needed
    additive = isinstance(rule, CountRule) and rule.rounding.mode == "ceil"
    return max(each, needed) if additive else each
