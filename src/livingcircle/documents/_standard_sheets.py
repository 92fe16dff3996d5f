"""Lay the standard beside what was found: all verdicts, what is open, and the rules."""

import re
from collections.abc import Mapping
from collections.abc import Sequence
from types import MappingProxyType
from typing import Any

import pandas as pd

from livingcircle._rules.plans import QualitativeRule
from livingcircle._rules.plans import TargetRule
from livingcircle._rules.plans import TextRule
from livingcircle._rules.shapes import SHAPE_NAMES
from livingcircle._rules.sizes import AreaRule
from livingcircle._rules.sizes import FloorShareRule
from livingcircle._rules.sizes import MeasureRule
from livingcircle._rules.sizes import ShareRule
from livingcircle._rules.sizes import SiteAreaRule
from livingcircle.documents import _wording as wording
from livingcircle.documents._assessed import records
from livingcircle.documents._assessed import requirement_text
from livingcircle.documents._assessed import requirements_of
from livingcircle.documents._desk import Assessed
from livingcircle.documents._workbook import Field
from livingcircle.documents._workbook import Sheet
from livingcircle.standards import Requirement

LEVELS_ABOVE = ("circle", "subdistrict", "district")
A4_COLUMNS, PAGE_COLUMNS = 10, 24  # verdicts that fit side by side on A4 and on A3
MATRIX_NOTES = (
    "每格是一个单位对一项要求的结论：达标、缺（数量，或括号内的现状）、超出、未核实、不适用。",
    "空格表示该层级不设此项。",
)
REPORTED = (QualitativeRule, TargetRule, MeasureRule)
REGISTERED = (AreaRule, SiteAreaRule, FloorShareRule, ShareRule)
BASIC_FACTS = ("缺少", "没有居民", "没有楼门")
CHECK_ALL = "逐户核实所列业态，把网点补入台账，并声明台账对它们是全的"
CHECK_SIGNS = "补齐网点台账里的面积、连锁、线上、品牌等登记"
# What is said in the reason, and what turns that into an answer.
ADVICE: Mapping[str, str] = MappingProxyType(
    {
        "登记面积": "在网点台账里补登这些网点的面积",
        "业态构成": "在网点台账里补登综合体的业态构成",
        "登记这一项": "在网点台账里补登这一项（连锁、线上、品牌等）",
        "没有坐标": "在网点台账里补上这些网点的坐标",
        "完整台账": CHECK_ALL,
        "网点未核实": "核实这些网点是否营业，在台账里写明状态",
        "网点都未核实": "核实这些网点是否营业，在台账里写明状态",
        "部分居民": "核实够不着的楼门附近有没有所列业态，补入台账并声明台账对它们是全的；"
        "不在路上的楼门先补道路（见“数据问题”）",
    }
)

OPEN_FIELDS = (
    Field("序号", 6, "short"),
    Field("生活圈名称", 13, "short"),
    Field("层级", 9, "short"),
    Field("单位", 14, "short"),
    Field("严格程度", 9, "short"),
    Field("业态或要求", 46),
    Field("项数", 6, "number"),
    Field("标准条款", 13, "short"),
    Field("状态", 9, "state"),
    Field("原因", 26),
    Field("怎么办", 34),
)
RULE_FIELDS = (
    Field("序号", 6, "short"),
    Field("业态或事项", 20),
    Field("要求", 11, "short"),
    Field("类别", 12, "short"),
    Field("配置层级", 19, "short"),
    Field("严格程度", 11, "short"),
    Field("配置标准", 58),
    Field("标准条款", 16, "short"),
    Field("达标（个单位）", 9, "number"),
    Field("缺（个单位）", 9, "number"),
    Field("未核实（个单位）", 9, "number"),
    Field("不适用（个单位）", 9, "number"),
)
TEXT_FIELDS = (
    Field("序号", 6, "short"),
    Field("事项", 20, "short"),
    Field("原文", 76),
    Field("标准条款", 18, "short"),
    Field("状态", 9, "state"),
    Field("说明", 40),
)


def matrix_sheets(assessed: Assessed) -> list[Sheet]:
    """Return every verdict as tables of units by requirements: communities, and circles and up.

    Whichever is longer, units or requirements, runs down the page.
    """
    level = assessed.findings["level"]
    parts = (
        ("对标总表（社区）", assessed.findings[level == "community"]),
        ("对标总表（生活圈以上）", assessed.findings[level.isin(LEVELS_ABOVE)]),
    )
    return [_matrix(assessed, name, findings) for name, findings in parts if len(findings)]


def _matrix(assessed: Assessed, name: str, findings: pd.DataFrame) -> Sheet:
    units = _units(findings)
    asked = requirements_of(assessed)
    rules = [asked[one] for one in dict.fromkeys(findings["requirement_id"])]
    rules.sort(key=lambda one: list(SHAPE_NAMES).index(one.rule.name))
    cells = {(row.unit_id, row.requirement_id): _cell(row) for row in records(findings)}
    build = _units_down if len(units) > len(rules) else _rules_down
    fields, rows = build(assessed, units, rules, cells)
    lead = sum(field.kind != "state" for field in fields)
    count = len(fields) - lead
    return Sheet(
        name=name,
        title=f"配置标准{name}",
        fields=fields,
        rows=rows,
        notes=MATRIX_NOTES,
        paper="A3" if count > A4_COLUMNS else "A4",
        freeze=lead,
        across=-(-count // PAGE_COLUMNS),
    )


def _units(findings: pd.DataFrame) -> list[Any]:
    """Return the units in the order of their level and circle."""
    units = findings[["level", "circle_id", "unit_id", "unit_name"]].drop_duplicates()
    rank = units["level"].map({level: place for place, level in enumerate(wording.LEVELS)})
    units = units.assign(rank=rank, apart=units["circle_id"] == "")
    return list(records(units.sort_values(["rank", "apart", "circle_id", "unit_id"])))


Cells = Mapping[tuple[str, str], str]
Table = tuple[list[Field], list[list[object]]]


def _units_down(
    assessed: Assessed, units: Sequence[Any], rules: Sequence[Requirement], cells: Cells
) -> Table:
    names = assessed.circle_facts["name"]
    fields = [Field("生活圈", 14, "short"), Field("单位", 16, "short")]
    fields += [Field(one.name, 11, "state", SHAPE_NAMES[one.rule.name]) for one in rules]
    rows: list[list[object]] = [
        [
            wording.circle(names.get(unit.circle_id, ""), unit.level),
            unit.unit_name,
            *(cells.get((unit.unit_id, one.id), "") for one in rules),
        ]
        for unit in units
    ]
    return fields, rows


def _rules_down(
    assessed: Assessed, units: Sequence[Any], rules: Sequence[Requirement], cells: Cells
) -> Table:
    names = assessed.circle_facts["name"]
    fields = [
        Field("业态或要求", 24),
        Field("要求", 10, "short"),
        Field("严格程度", 10, "short"),
    ]
    grouped = any(unit.level == "community" for unit in units)
    for unit in units:
        group = wording.circle(names.get(unit.circle_id, ""), unit.level) if grouped else ""
        fields.append(Field(unit.unit_name, 11.5, "state", group))
    rows: list[list[object]] = [
        [
            one.name,
            SHAPE_NAMES[one.rule.name],
            wording.severity(one.severity),
            *(cells.get((unit.unit_id, one.id), "") for unit in units),
        ]
        for one in rules
    ]
    return fields, rows


def _cell(row: Any) -> str:  # noqa: ANN401 - a row of findings
    verdict = wording.word(wording.UNIT_VERDICTS, row.verdict)
    if row.verdict != "lacking":
        return verdict
    if wording.exceeds(row) or row.unit in wording.PIECES:
        told = wording.balance(row)
        return verdict if told == wording.NONE else told
    return (
        f"{verdict}（{wording.quantity(row.found, row.unit)}）"
        if wording.known(row.found)
        else verdict
    )


def open_sheet(assessed: Assessed) -> Sheet:
    """Return what nobody has checked and what does not apply, by unit and reason."""
    return Sheet(
        name="未核实与不适用",
        title="未核实与不适用事项",
        fields=OPEN_FIELDS,
        rows=open_rows(assessed),
        notes=(
            "未核实不等于没有：核实之前不计入缺项，也不计入达标。一行是一个单位里原因相同的各项。",
        ),
        paper="A4",
        empty="没有未核实或不适用的事项。",
        freeze=1,
    )


def open_rows(assessed: Assessed) -> list[list[object]]:
    """Return one row for each unit and reason, the musts that nobody has checked first."""
    asked = requirements_of(assessed)
    names = assessed.circle_facts["name"]
    rows = assessed.findings
    rows = rows[rows["verdict"].isin(["unknown", "not_applicable"])]
    todo = [what_to_do(row.verdict, row.reason, asked[row.requirement_id]) for row in records(rows)]
    ranks = {"must": 0, "should": 1, "info": 2}
    rows = rows.assign(todo=todo, rank=rows["severity"].map(ranks), apart=rows["circle_id"] == "")
    keys = ["apart", "circle_id", "level", "unit_id", "verdict", "rank", "reason", "todo"]
    rows = rows.sort_values(keys[:6], ascending=[True] * 4 + [False, True], kind="stable")
    told: list[list[object]] = []
    for _, group in rows.groupby(keys, sort=False):
        first = group.iloc[0]
        listed = [asked[one] for one in group["requirement_id"]]
        told.append(
            [
                len(told) + 1, wording.circle(names.get(first["circle_id"], ""), first["level"]),
                wording.level(first["level"]).short, first["unit_name"],
                wording.severity(first["severity"]),
                named(listed), len(group),
                "；".join(dict.fromkeys(one.clause for one in listed if one.clause)),
                wording.word(wording.UNIT_VERDICTS, first["verdict"]),
                first["reason"] or wording.NOT_STATED, first["todo"],
            ]
        )  # fmt: skip
    return told


def named(listed: Sequence[Requirement]) -> str:
    """Name requirements by what they ask for, so that a trade's number and radius stay apart."""
    names: dict[str, list[str]] = {}
    for one in listed:
        names.setdefault(SHAPE_NAMES[one.rule.name] if one.trades else "", []).append(one.name)
    parts = [
        f"{f'{shape}：' if shape else ''}{wording.listed(list(dict.fromkeys(told)))}"
        for shape, told in names.items()
    ]
    return "；".join(parts)


def spoken(text: str, asked: Mapping[str, Requirement]) -> str:
    """Name the requirements that a remark of the pack points at by their id."""

    def name(found: re.Match[str]) -> str:
        one = asked.get(found[1])
        if one is None:
            return found[0]
        return f"“{one.name}{SHAPE_NAMES[one.rule.name] if one.trades else ''}”"

    return re.sub(r" ?([a-z][a-z0-9_.]*) ?", name, text)


def what_to_do(verdict: str, reason: str, one: Requirement) -> str:
    """Say what turns an open question into an answer."""
    if verdict == "not_applicable":
        return "不需处理；情况变化后重新对照。"
    if "评估日期" in reason:
        return "运行时用 --on 写明评估日期，再重新运行。"
    if isinstance(one.rule, REPORTED):
        return "在“上报事项”表里填报结果和佐证材料，再重新运行。"
    if any(word in reason for word in BASIC_FACTS):
        return "补齐所缺的基础数据（见原因），再重新运行。"
    told = list(dict.fromkeys(todo for word, todo in ADVICE.items() if word in reason))
    if not told:
        told = [CHECK_SIGNS if isinstance(one.rule, REGISTERED) else CHECK_ALL]
    return f"{'；'.join(told)}，再重新运行。"


def tier_of(code: object, one: Requirement) -> str:
    """Write the tier of a requirement; one about no trade, or about several tiers, says so."""
    if wording.known(code):
        return wording.tier(code)
    return "多类业态" if one.trades else "综合要求"


def rule_sheet(assessed: Assessed) -> Sheet:
    """Return the requirements with how many units meet each."""
    findings = assessed.findings
    asked = requirements_of(assessed)
    rows: list[list[object]] = []
    for requirement, group in findings.groupby("requirement_id", sort=False):
        one = asked[str(requirement)]
        tally = group["verdict"].value_counts()
        rows.append(
            [
                len(rows) + 1, one.name, SHAPE_NAMES[one.rule.name],
                tier_of(group["tier"].iloc[0], one), wording.level(one.level).title,
                wording.severity(one.severity), requirement_text(one), one.clause,
                *(int(tally.get(code, 0)) for code in wording.UNIT_VERDICTS),
            ]
        )  # fmt: skip
    return Sheet("依据", "依据的配置标准", RULE_FIELDS, rows, paper="A4", freeze=2)


def text_sheet(assessed: Assessed) -> Sheet:
    """Keep every sentence of the plan that is not judged, so that nothing of it is lost."""
    kept = [one for one in assessed.standard.requirements if isinstance(one.rule, TextRule)]
    asked = requirements_of(assessed)
    rows: list[list[object]] = [
        [place, one.name, one.text, one.clause, "未判定", spoken(one.explanation, asked)]
        for place, one in enumerate(kept, start=1)
    ]
    return Sheet(
        name="不作判定的条文",
        title="保留原文、不作判定的条文",
        fields=TEXT_FIELDS,
        rows=rows,
        paper="A4",
        empty="标准里的条文都可以判定。",
        freeze=1,
    )
