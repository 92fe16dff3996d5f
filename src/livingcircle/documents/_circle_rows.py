"""Say in rows and sentences what 一圈一策 tells of a circle; its pages are laid out elsewhere."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from livingcircle.documents import _wording as wording
from livingcircle.documents._answers import nearest_names
from livingcircle.documents._assessed import community_names
from livingcircle.documents._assessed import of_circle
from livingcircle.documents._assessed import records
from livingcircle.documents._assessed import requirement_label
from livingcircle.documents._assessed import requirements_of
from livingcircle.documents._assessed import subdistrict_of
from livingcircle.documents._assessed import ways
from livingcircle.documents._desk import Assessed
from livingcircle.documents._desk import Parts
from livingcircle.documents._desk import once
from livingcircle.documents._desk import part
from livingcircle.documents._planning import Quarter
from livingcircle.documents._planning import planned_year
from livingcircle.documents._planning import propose
from livingcircle.documents._spaces import Sites

MOST_SENTENCES = 8
SUBJECTS_NAMED = 12
AGES = {
    "residents": "居民", "age_0_3": "0—3岁", "age_60_plus": "60岁及以上",
    "age_65_plus": "65岁及以上", "age_80_plus": "80岁及以上",
}  # fmt: skip
CHECK_WORDS = {**wording.UNIT_VERDICTS, "served": "符合", "lacking": "不符合"}
BY_COMMUNITY = "分社区见一单"


def introduction(assessed: Assessed, circle_id: str) -> str:
    """Introduce a circle in one paragraph."""
    facts, given = assessed.circle_facts.loc[circle_id], assessed.district.circles.loc[circle_id]
    names = community_names(assessed, circle_id)
    kind = wording.kind(given["kind"], given["subtype"])
    formed = wording.formation(given["formation"])
    street = subdistrict_of(assessed, circle_id)
    people = facts["population"]
    served = f"服务居民{wording.people(people)}" if wording.known(people) else "居民人数未核实"
    density = wording.quantity(facts["density"], "人")
    parts = [
        *([f"位于{street}"] if street else []),
        "类型未核实" if kind == wording.UNKNOWN else f"类型为{kind}",
        "划分方式未核实" if formed == wording.UNKNOWN else f"划分方式为{formed}",
        f"覆盖{'、'.join(names)}共{len(names)}个社区；{served}",
        f"面积{wording.quantity(facts['area_km2'], '平方公里')}",
        f"人口密度{density}" if density == wording.UNKNOWN else f"人口密度每平方公里{density}",
    ]
    return f"{facts['name']}{'，'.join(parts)}。"


def parted_sentence(assessed: Assessed, circle_id: str) -> str:
    """Say which plan tells what a community lacks that lies only partly in this circle."""
    members = of_circle(assessed.district.circle_members, circle_id)
    named, circles = assessed.district.communities["name"], assessed.circle_facts["name"]
    findings = assessed.findings[assessed.findings["level"] == "community"]
    home = findings.drop_duplicates("unit_id").set_index("unit_id")["circle_id"]
    told = [
        f"{named.get(one, one)}（部分）的缺口列入{circles[home[one]]}"
        for one in members.loc[members["part"].astype(bool), "community_id"]
        if home.get(one, circle_id) not in ("", circle_id) and home[one] in circles.index
    ]
    return wording.sentence("；".join(told))


def age_rows(assessed: Assessed, circle_id: str) -> list[list[str]]:
    """Sum residents by community and age over the doors; a circle's row is their total."""
    doors = part(assessed, "doors", circle_id)
    named = assessed.district.communities["name"]
    parts = [
        (str(named.get(community, "") or "未划入社区"), group)
        for community, group in doors.groupby("community_id", sort=True)
    ]
    rows = [(name, group) for name, group in parts] + [("全圈", doors)]
    return [[name, *(wording.total(group[age], "") for age in AGES)] for name, group in rows]


def check_row(row: Any) -> list[str]:  # noqa: ANN401 - a row of circle_checks
    return [
        str(row.name),
        _amount(row.value, row.unit),
        _amount(row.limit, row.unit) if wording.known(row.limit) else wording.NONE,
        wording.word(CHECK_WORDS, row.verdict),
        str(row.reason) if wording.known(row.reason) else wording.NONE,
    ]


def _amount(value: object, unit: str) -> str:
    if isinstance(value, str):
        # A limit such as ≤2 or 1–3 is of the same unit; 不跨越 has none.
        return f"{value}{unit}" if any(one.isdigit() for one in value) else value
    text = wording.number(value, 2)
    return text if text == wording.UNKNOWN else f"{text}{unit}"


def counted_word(assessed: Assessed, circle_id: str) -> str:
    """Say whom a circle's coverage counts: 居民, or 楼门 where nobody knows the people."""
    covered = assessed.coverage
    rows = covered[(covered["level"] == "circle") & (covered["unit_id"] == circle_id)]
    return "楼门" if (rows["counted"] == "doors").any() else "居民"


def comparison_rows(assessed: Assessed, circle_id: str) -> list[list[str]]:
    """Compare what a circle has with what it should have, one row for each requirement.

    Requirements on the walking radius are told by the last column and the blind areas; that
    column is left to requirements about one trade.
    """
    findings = part(assessed, "findings", circle_id)
    findings = findings[~findings["requirement_id"].isin(list(ways(assessed)))]
    covered = assessed.coverage
    covered = covered[(covered["level"] == "circle") & (covered["unit_id"] == circle_id)]
    shares, asked = covered.set_index("trade")["share"], requirements_of(assessed)
    rows = []
    for requirement, group in findings.groupby("requirement_id", sort=False):
        first = group.iloc[0]
        single = len(first["trades"]) == 1
        share = shares.get(first["trades"][0]) if single else None
        label = requirement_label(asked[str(requirement)])
        rows.append(
            [
                label, wording.level(first["level"]).short, *_amounts(group),
                verdicts_in(group), wording.share(share) if wording.known(share) else wording.NONE,
            ]
        )  # fmt: skip
    return rows


def _amounts(group: pd.DataFrame) -> list[str]:
    """Add up what is required, found and missing over the units that have been checked.

    Where none has, what is required is told all the same.
    """
    unit = str(group["unit"].iloc[0])
    judged = group[group["verdict"].isin(["served", "lacking"])]
    if len(group) > 1 and unit not in wording.PIECES:
        return [BY_COMMUNITY, BY_COMMUNITY, BY_COMMUNITY]
    open_word = wording.UNKNOWN if "unknown" in set(group["verdict"]) else wording.NONE
    required = _sum(judged if len(judged) else group, "required")
    if not len(judged):
        return [_told(required, unit, open_word), open_word, open_word]
    sums = {name: _sum(judged, name) for name in ("shortfall", "surplus")}
    row = pd.Series({**sums, "unit": unit})
    found = _told(_sum(judged, "found"), unit, wording.NONE)
    return [_told(required, unit, wording.NONE), found, wording.balance(row)]


def _sum(rows: pd.DataFrame, column: str) -> float:
    return float(rows[column].sum(min_count=1))


def _told(amount: float, unit: str, missing: str) -> str:
    return wording.quantity(amount, unit) if wording.known(amount) else missing


def verdicts_in(group: pd.DataFrame) -> str:
    """Say what was found for one requirement in all units of a circle."""
    counts = group["verdict"].value_counts()
    if len(group) == 1 or len(counts) == 1:
        code = group["verdict"].iloc[0]
        over = code == "lacking" and (group["surplus"] > 0).all()
        return "超出" if over else wording.word(wording.UNIT_VERDICTS, code)
    return "、".join(
        f"{int(counts[code])}个{word}"
        for code, word in wording.UNIT_VERDICTS.items()
        if code in counts
    )


def gap_sentences(assessed: Assessed, circle_id: str) -> list[str]:
    """Tell the gaps of a circle, most people first; the rest are counted."""
    gaps = part(assessed, "gaps", circle_id)
    gaps = gaps.sort_values(["people", "urgency"], ascending=[False, True], kind="stable")
    gaps = gaps.iloc[:MOST_SENTENCES]
    total, how = len(once(assessed, Parts).places("gaps", circle_id)), ways(assessed)
    near = once(assessed, nearest_names)
    told = [
        f"{place}.{_gap_sentence(row, near[row.gap_id], how)}"
        for place, row in enumerate(records(gaps), start=1)
    ]
    return told + _rest(total, "一单") if told else ["已核实的要求没有缺项。"]


def _gap_sentence(row: Any, near: str, how: Mapping[str, str]) -> str:  # noqa: ANN401 - a gap
    return wording.gap_sentence(row, near, way=how.get(row.requirement_id, ""))


def blind_sentences(assessed: Assessed, circle_id: str) -> list[str]:
    """Tell the blind areas of a circle, most people first; the rest are counted."""
    areas = part(assessed, "blind_areas", circle_id)
    areas = areas.sort_values(["people", "doors"], ascending=False, kind="stable")
    told = [
        f"{place}.{wording.blind_sentence(row)}"
        for place, row in enumerate(records(areas.iloc[:MOST_SENTENCES]), start=1)
    ]
    if not told:
        return ["没有发现步行服务盲区；未核实的业态不在此列。"]
    return told + _rest(len(areas), "一账")


def _rest(count: int, sheet: str) -> list[str]:
    rest = count - MOST_SENTENCES
    return [f"其余{rest}项见“{sheet}”。"] if rest > 0 else []


def remedy_rows(assessed: Assessed, circle_id: str) -> list[list[str]]:
    """Return one row for each trade, urgency and measure, with every place that lacks it."""
    gaps = part(assessed, "gaps", circle_id)
    gaps = gaps.sort_values(["urgency", "people"], ascending=[True, False], kind="stable")
    sites, how = once(assessed, Sites), ways(assessed)
    rows = []
    for (urgency, name, measure), group in gaps.groupby(
        ["urgency", "trade_name", "measure"], sort=False
    ):
        rows.append(
            [
                wording.urgency(urgency), str(name),
                wording.sentence("；".join(_where(row, how) for row in records(group))),
                str(measure) or "未定", sites.fitting(*group["gap_id"]),
            ]
        )  # fmt: skip
    return rows


def _where(row: Any, how: Mapping[str, str]) -> str:  # noqa: ANN401 - a gap
    """Say where a trade is lacking and by how much, the trade itself in a column beside it."""
    told = wording.lacking_brief(row, way=how.get(row.requirement_id, ""))
    return f"{wording.place(row)}{told.replace(row.trade_name, '', 1)}"


def schedule_rows(assessed: Assessed, circle_id: str, start: Quarter | None) -> list[list[str]]:
    """Return one row for each quarter and trade, with the places where it is added."""
    year = planned_year(assessed, circle_id)
    gaps = part(assessed, "gaps", circle_id)
    due = [propose(urgency, start, year) for urgency in gaps["urgency"]]
    labels = [quarter.label if quarter else wording.NOT_STATED for quarter in due]
    order = gaps.assign(due=labels, place=[wording.place(row) for row in records(gaps)])
    order = order.sort_values(["due", "urgency", "people"], ascending=[True, True, False])
    return [
        [str(quarter), str(name), "、".join(dict.fromkeys(group["place"]))]
        for (quarter, name), group in order.groupby(["due", "trade_name"], sort=False)
    ]


def unknown_rows(assessed: Assessed, circle_id: str) -> list[list[str]]:
    """Name what nobody has checked in a circle, by reason."""
    findings = part(assessed, "findings", circle_id)
    rows = findings[findings["verdict"] == "unknown"]
    return [
        [
            str(reason) or wording.NOT_STATED,
            str(len(group)),
            wording.listed(list(dict.fromkeys(group["subject"])), SUBJECTS_NAMED),
        ]
        for reason, group in rows.groupby("reason", sort=False)
    ]


def index_rows(assessed: Assessed, circle_id: str) -> list[list[str]]:
    """Write each index of a circle with its formula, inputs and what is unknown."""
    rows = assessed.indices
    rows = rows[(rows["level"] == "circle") & (rows["unit_id"] == circle_id)]
    whom = counted_word(assessed, circle_id)
    return [
        [
            str(row.name), wording.quantity(row.value, row.unit),
            str(row.formula).replace("居民", whom),
            f"{wording.number(row.numerator)}÷{wording.number(row.denominator)}",
            wording.number(row.unknown, empty=wording.NONE),
        ]
        for row in records(rows)
    ]  # fmt: skip
