"""Write 一圈一策: one Word document for each circle, laid out as GB/T 9704-2012 asks.

Every sentence is made from the tables of the run; the template only holds the page and styles.
"""

from importlib.resources import files
from pathlib import Path
from typing import Any

import pandas as pd

from livingcircle.documents import _wording as wording
from livingcircle.documents._assessed import Assessed
from livingcircle.documents._assessed import circle_shape
from livingcircle.documents._assessed import community_names
from livingcircle.documents._assessed import nearest_names
from livingcircle.documents._assessed import of_circle
from livingcircle.documents._assessed import place_label
from livingcircle.documents._assessed import radius_requirements
from livingcircle.documents._assessed import reach_metres
from livingcircle.documents._assessed import records
from livingcircle.documents._assessed import requirement_text
from livingcircle.documents._assessed import trade_label
from livingcircle.documents._provenance import Provenance
from livingcircle.documents._provenance import provenance
from livingcircle.documents._word import Column
from livingcircle.documents._word import Page
from livingcircle.documents.gap_list import usable_spaces
from livingcircle.documents.timetables import DIVISION_COLUMNS
from livingcircle.documents.timetables import first_quarter
from livingcircle.documents.timetables import planned_year
from livingcircle.documents.timetables import propose

TEMPLATE = Path(str(files("livingcircle.documents"))) / "templates" / "circle_plan.docx"
MOST_SENTENCES = 8
DIVISION_LABELS = ("人群画像", "社区业态完备度", "社区画像", "区位资源", "社区开放度", "社区协同度")
AGES = {
    "residents": "居民", "age_0_3": "0—3岁", "age_60_plus": "60岁及以上",
    "age_65_plus": "65岁及以上", "age_80_plus": "80岁及以上",
}  # fmt: skip


def write_circle_plan(
    assessed: Assessed, circle_id: str, figure: bytes, path: Path, template: Path = TEMPLATE
) -> Path:
    """Write the plan of one circle to ``path`` and return it.

    Parameters
    ----------
    figure
        The map of the circle as PNG.
    template
        A .docx with our style names; a bureau may restyle it in Word.
    """
    facts = provenance(assessed)
    name = str(assessed.circle_facts.loc[circle_id, "name"])
    title = f"{facts.district}{name}“一圈一策”"
    page = Page(template)
    page.add(f"{facts.district}{name}", "公文标题")
    page.add("“一圈一策”", "公文标题")
    page.add(f"（数据日期{facts.data_date or '未注明'}，运行编号{facts.run_id}）", "公文副题")
    if facts.made_up:
        page.add(f"{facts.warning}{facts.banner}。")
    _describe(page, assessed, circle_id, figure)
    _compare(page, assessed, circle_id, facts)
    _shortfalls(page, assessed, circle_id)
    _remedies(page, assessed, circle_id)
    _schedule(page, assessed, circle_id, facts)
    _method(page, assessed, circle_id, facts)
    page.save(path, title, facts.created)
    return path


def introduction(assessed: Assessed, circle_id: str) -> str:
    """Introduce a circle in one paragraph."""
    facts, given = assessed.circle_facts.loc[circle_id], assessed.district.circles.loc[circle_id]
    names = community_names(assessed, circle_id)
    kind = wording.word(wording.KINDS, given["kind"])
    formed = wording.word(wording.FORMATIONS, given["formation"])
    street = f"位于{given['subdistrict']}，" if wording.known(given["subdistrict"]) else ""
    density = wording.number(facts["density"])
    return (
        f"{facts['name']}{street}类型为{kind}，划分方式为{formed}，"
        f"覆盖{'、'.join(names)}共{len(names)}个社区；服务居民{wording.people(facts['population'])}，"
        f"面积{wording.number(facts['area_km2'], 2)}平方公里，人口密度每平方公里{density}人。"
    )


def _describe(page: Page, assessed: Assessed, circle_id: str, figure: bytes) -> None:
    page.add("一、基本情况", "一级标题")
    page.add(introduction(assessed, circle_id))
    given = assessed.district.circles.loc[circle_id]
    rows = [
        [label, str(given[column]) or "未填"]
        for label, column in zip(DIVISION_LABELS, DIVISION_COLUMNS, strict=True)
    ]
    page.add_table("划分指标", [Column("指标", 1), Column("情况", 3)], rows)
    ages = [Column("社区", 2), *(Column(label, 1, number=True) for label in AGES.values())]
    page.add_table("居民年龄结构（人，按楼门汇总）", ages, age_rows(assessed, circle_id))
    checks = of_circle(assessed.circle_checks, circle_id)
    if len(checks):
        columns = [
            Column("划圈检查", 2),
            Column("结果", 2),
            Column("限值", 2),
            Column("结论", 1.2),
            Column("说明", 3),
        ]
        page.add_table("生活圈划定检查", columns, [_check_row(row) for row in records(checks)])
    name = str(assessed.circle_facts.loc[circle_id, "name"])
    page.add_figure(figure, f"{name}便民商业网点分布与步行服务盲区")


def _check_row(row: Any) -> list[str]:  # noqa: ANN401 - a row of circle_checks
    words = {**wording.UNIT_VERDICTS, "served": "符合", "lacking": "不符合"}
    return [
        str(row.name),
        _amount(row.value, row.unit),
        _amount(row.limit, row.unit) if wording.known(row.limit) else "—",
        words.get(str(row.verdict), str(row.verdict)),
        str(row.reason) if wording.known(row.reason) else "—",
    ]


def _amount(value: object, unit: str) -> str:
    if isinstance(value, str):
        return value
    text = wording.number(value, 2)
    return text if text == wording.UNKNOWN else f"{text}{unit}"


def age_rows(assessed: Assessed, circle_id: str) -> list[list[str]]:
    """Sum residents by community and age over the doors; a circle's row is their total."""
    doors = of_circle(assessed.doors, circle_id)
    named = assessed.district.communities["name"]
    parts = [
        (str(named.get(community, "") or "未划入社区"), group)
        for community, group in doors.groupby("community_id", sort=True)
    ]
    rows = [(name, group) for name, group in parts] + [("全圈", doors)]
    return [
        [name, *(wording.number(group[age].sum(min_count=1)) for age in AGES)]
        for name, group in rows
    ]


def _compare(page: Page, assessed: Assessed, circle_id: str, facts: Provenance) -> None:
    page.add("二、现状与对标", "一级标题")
    findings = of_circle(assessed.findings, circle_id)
    name = str(assessed.circle_facts.loc[circle_id, "name"])
    page.add(wording.tally_sentence(name, findings, facts.standard))
    columns = [
        Column("业态或要求", 3.2), Column("层级", 1.1), Column("应配", 1.2, number=True),
        Column("现有", 1.2, number=True), Column("缺", 1.4, number=True),
        Column("结论", 2.4), Column("居民覆盖率", 1.6, number=True),
    ]  # fmt: skip
    page.add_table("配置标准对照", columns, comparison_rows(assessed, circle_id))
    page.add(
        "居民覆盖率是在服务半径内步行可达该业态的居民占已核实居民的比例；“未核实”不计入缺，也不计入达标。",
        "附注",
    )


def comparison_rows(assessed: Assessed, circle_id: str) -> list[list[str]]:
    """Compare what a circle has with what it should have, one row for each requirement.

    Requirements on the walking radius are told by the last column and the blind areas.
    """
    findings = of_circle(assessed.findings, circle_id)
    findings = findings[~findings["requirement_id"].isin(radius_requirements(assessed))]
    covered = of_circle(assessed.coverage, circle_id)
    shares = covered[covered["level"] == "circle"].set_index("trade")["share"]
    rows = []
    for rule, group in findings.groupby("requirement_id", sort=False):
        first = group.iloc[0]
        unit = str(first["unit"])
        summed = unit == "个" or len(group) == 1
        label = trade_label(first["trade"]) or requirement_text(assessed, str(rule))
        judged = group[group["verdict"].isin(["served", "lacking"])]
        open_word = wording.UNKNOWN if "unknown" in set(group["verdict"]) else "—"
        amounts = [
            _sum(rows_of[column], unit, open_word) if summed else "分社区见一单"
            for column, rows_of in (("required", group), ("found", judged), ("shortfall", judged))
        ]
        share = shares.get(first["trade"])
        rows.append(
            [
                label, {"circle": "圈", "community": "社区"}.get(first["level"], "全区"), *amounts,
                verdicts_in(group), wording.share(share) if wording.known(share) else "—",
            ]
        )  # fmt: skip
    return rows


def _sum(amounts: pd.Series, unit: str, missing: str) -> str:
    total = amounts.sum(min_count=1)
    return wording.quantity(total, unit) if wording.known(total) else missing


def verdicts_in(group: pd.DataFrame) -> str:
    """Say what was found for one requirement in all units of a circle."""
    counts = group["verdict"].value_counts()
    if len(group) == 1 or len(counts) == 1:
        return wording.word(wording.UNIT_VERDICTS, group["verdict"].iloc[0])
    return "、".join(
        f"{int(counts[code])}个{word}"
        for code, word in wording.UNIT_VERDICTS.items()
        if code in counts
    )


def _shortfalls(page: Page, assessed: Assessed, circle_id: str) -> None:
    page.add("三、短板与盲区", "一级标题")
    page.add("（一）数量短板", "二级标题")
    page.add_all(gap_sentences(assessed, circle_id))
    page.add("（二）步行服务盲区", "二级标题")
    page.add_all(blind_sentences(assessed, circle_id))


def gap_sentences(assessed: Assessed, circle_id: str) -> list[str]:
    """Tell the gaps of a circle, most people first; the rest are counted."""
    gaps = of_circle(assessed.gaps, circle_id)
    gaps = gaps.sort_values(["people", "urgency"], ascending=[False, True], kind="stable")
    nearest = nearest_names(assessed, gaps)
    told = [
        f"{place}.{wording.gap_sentence(row, nearest[place - 1])}"
        for place, row in enumerate(records(gaps), start=1)
        if place <= MOST_SENTENCES
    ]
    return told + _rest(len(gaps), "一单") if told else ["已核实的要求没有缺项。"]


def blind_sentences(assessed: Assessed, circle_id: str) -> list[str]:
    """Tell the blind areas of a circle, most people first; the rest are counted."""
    areas = of_circle(assessed.blind_areas, circle_id)
    areas = areas.sort_values("people", ascending=False, kind="stable")
    told = [
        f"{place}.{wording.blind_sentence(row, reach_metres(assessed, row.trade))}"
        for place, row in enumerate(records(areas), start=1)
        if place <= MOST_SENTENCES
    ]
    return (
        told + _rest(len(areas), "一账")
        if told
        else ["没有发现步行服务盲区；未核实的业态不在此列。"]
    )


def _rest(count: int, sheet: str) -> list[str]:
    rest = count - MOST_SENTENCES
    return [f"其余{rest}项见“{sheet}”。"] if rest > 0 else []


def _remedies(page: Page, assessed: Assessed, circle_id: str) -> None:
    page.add("四、补什么、如何补", "一级标题")
    gaps = of_circle(assessed.gaps, circle_id)
    gaps = gaps.sort_values(["urgency", "people"], ascending=[True, False], kind="stable")
    if not len(gaps):
        page.add("没有需要补建的设施；保持现有网点，并核实尚未核实的业态。")
        return
    shape = circle_shape(assessed, circle_id)
    page.add(f"本圈需补{len(gaps)}项，按轻重缓急排列；可用空间取自空间资源台账。")
    rows = [
        [
            wording.urgency(row.urgency), place_label(row),
            wording.lacking(row), row.remedy or "未定", row.measure or "未定",
            usable_spaces(assessed, shape, row.trade_name),
        ]
        for row in records(gaps)
    ]  # fmt: skip
    columns = [
        Column("缓急", 1.1), Column("社区", 1.7), Column("缺什么", 2.4), Column("补什么", 1.9),
        Column("如何补", 2.4), Column("可用空间", 2.2),
    ]  # fmt: skip
    page.add_table("补建任务", columns, rows)


def _schedule(page: Page, assessed: Assessed, circle_id: str, facts: Provenance) -> None:
    page.add("五、时间安排", "一级标题")
    gaps = of_circle(assessed.gaps, circle_id)
    start, year = first_quarter(facts), planned_year(assessed, circle_id)
    dated = sorted(
        (
            (propose(row.urgency, start, year), place, row)
            for place, row in enumerate(records(gaps))
        ),
        key=lambda entry: entry[:2],
    )
    due = f"{year}年" if year else "未填"
    past = "（已过，以下按数据日期之后排）" if year and year < start.year else ""
    page.add(f"本圈预计建成年份：{due}{past}。季度为建议，由街道（乡镇）核定。")
    if dated:
        rows = [
            [
                quarter.label.removesuffix("（建议）"),
                place_label(row),
                row.trade_name,
                row.remedy or "未定",
            ]
            for quarter, _, row in dated
        ]
        columns = [
            Column("完成时间（建议）", 2),
            Column("社区", 2),
            Column("业态", 1.6),
            Column("补什么", 3),
        ]
        page.add_table("时间安排", columns, rows)


def _method(page: Page, assessed: Assessed, circle_id: str, facts: Provenance) -> None:
    page.add("六、数据来源与方法", "一级标题")
    straight = assessed.run.get("method") == "straight_line"
    how = "按直线×1.3估算（没有路网）" if straight else "沿路网计算，到网点门口为止"
    page.add(f"对照标准：{facts.standard}。步行参数：{facts.walker}。步行距离{how}。")
    page.add_all([f"{layer.sentence}。" for layer in facts.layers])
    page.add(unknown_sentence(assessed, circle_id))
    page.add_all(index_sentences(assessed, circle_id))


def unknown_sentence(assessed: Assessed, circle_id: str) -> str:
    """Name what nobody has checked in a circle, with the reasons."""
    findings = of_circle(assessed.findings, circle_id)
    rows = findings[findings["verdict"] == "unknown"]
    if not len(rows):
        return "本圈没有未核实的要求。"
    labels = [
        trade_label(row.trade) or requirement_text(assessed, row.requirement_id)
        for row in records(rows)
    ]
    named = list(dict.fromkeys(labels))
    reasons = [reason for reason in dict.fromkeys(rows["reason"]) if reason]
    because = f"原因：{'；'.join(reasons)}。" if reasons else ""
    return f"未核实{len(rows)}项：{'、'.join(named)}。{because}"


def index_sentences(assessed: Assessed, circle_id: str) -> list[str]:
    """Write each index of a circle with its formula, inputs and what is unknown."""
    rows = assessed.indices
    rows = rows[(rows["level"] == "circle") & (rows["unit_id"] == circle_id)]
    sentences = []
    for row in records(rows):
        value = wording.quantity(row.value, row.unit)
        inputs = f"{wording.number(row.numerator, 2)}÷{wording.number(row.denominator, 2)}"
        doubt = (
            f"；另有{wording.number(row.unknown)}未核实"
            if wording.known(row.unknown) and row.unknown
            else ""
        )
        sentences.append(f"{row.name}{value}（{row.formula}，{inputs}{doubt}）。")
    return sentences
