"""Write 一单: what each circle lacks, what to add and how, in the plan's own words.

密云 三（三）: “对标生活圈配置标准……制定‘缺什么’、‘补什么’任务清单”. What is lacking, what nobody
has checked and what does not apply are three sheets' worth of different answers; they never
share a cell or a colour.
"""

from pathlib import Path
from typing import Any

import pandas as pd
import shapely

from livingcircle.documents import _wording as wording
from livingcircle.documents._assessed import Assessed
from livingcircle.documents._assessed import circle_shape
from livingcircle.documents._assessed import nearest_names
from livingcircle.documents._assessed import place_label
from livingcircle.documents._assessed import records
from livingcircle.documents._assessed import requirement_text
from livingcircle.documents._assessed import trade_label
from livingcircle.documents._provenance import Provenance
from livingcircle.documents._provenance import provenance
from livingcircle.documents._workbook import Field
from livingcircle.documents._workbook import Sheet
from livingcircle.documents._workbook import Styles
from livingcircle.documents._workbook import open_workbook
from livingcircle.documents._workbook import write_sheet

FILE_NAME = "一单_缺什么补什么清单.xlsx"

GAP_FIELDS = (
    Field("序号", 5, "number"),
    Field("生活圈名称", 13),
    Field("所属街道", 9),
    Field("配置层级", 11),
    Field("社区", 12),
    Field("业态", 10),
    Field("类别", 11),
    Field("配置标准", 16),
    Field("标准条款", 12),
    Field("应配数量", 6, "decimal"),
    Field("现有数量（圈内）", 8, "decimal"),
    Field("现有数量（可达）", 8, "decimal"),
    Field("缺少数量", 6, "decimal"),
    Field("单位", 6),
    Field("影响居民（人）", 9, "number"),
    Field("其中60岁及以上", 9, "number"),
    Field("其中0—3岁", 7, "number"),
    Field("最近网点", 12),
    Field("最近网点距离（米，中位）", 8, "metres"),
    Field("缺什么", 20),
    Field("补什么", 16),
    Field("如何补", 18),
    Field("可用空间", 16),
    Field("轻重缓急", 8),
    Field("状态", 8, "state"),
)
OPEN_FIELDS = (
    Field("序号", 6, "number"),
    Field("生活圈名称", 14),
    Field("配置层级", 13),
    Field("社区", 13),
    Field("业态", 12),
    Field("类别", 12),
    Field("标准条款", 14),
    Field("应配数量", 9, "decimal"),
    Field("单位", 7),
    Field("状态", 9, "state"),
    Field("原因", 28),
    Field("怎么办", 32),
)
RULE_FIELDS = (
    Field("要求编号", 24),
    Field("业态", 18),
    Field("类别", 14),
    Field("配置层级", 20),
    Field("配置标准", 52),
    Field("标准条款", 30),
    Field("达标（个单位）", 11, "number"),
    Field("缺（个单位）", 11, "number"),
    Field("未核实（个单位）", 11, "number"),
    Field("不适用（个单位）", 11, "number"),
)
TEXT_FIELDS = (
    Field("要求编号", 20),
    Field("事项", 18),
    Field("原文", 60),
    Field("标准条款", 18),
    Field("状态", 9, "state"),
    Field("说明", 40),
)
SOURCE_FIELDS = (
    Field("图层", 18),
    Field("数据性质", 12),
    Field("名称", 44),
    Field("数据日期", 14),
    Field("许可", 30),
    Field("文件", 30),
    Field("行数", 10, "number"),
    Field("说明", 44),
)


def write_gap_list(assessed: Assessed, path: Path) -> Path:
    """Write the gap list of the district to ``path`` and return it."""
    facts = provenance(assessed)
    title = f"{facts.district}便民服务“缺什么、补什么”任务清单"
    with open_workbook(path, facts, title) as book:
        styles = Styles(book)
        for sheet in (
            _gap_sheet(assessed, title),
            _matrix_sheet(assessed),
            _open_sheet(assessed),
            _rule_sheet(assessed),
            _text_sheet(assessed),
            source_sheet(facts),
        ):
            write_sheet(book, styles, sheet, facts)
    return path


def gap_rows(assessed: Assessed) -> list[list[object]]:
    """Return the rows of 缺什么补什么, the most urgent and most people first within a circle."""
    gaps = assessed.gaps.copy()
    gaps["_nearest"] = nearest_names(assessed, gaps)
    gaps = gaps.sort_values(
        ["circle_id", "urgency", "people"], ascending=[True, True, False], kind="stable"
    )
    counts = _counts(assessed)
    shapes = {c: circle_shape(assessed, c) for c in gaps["circle_id"].unique()}
    streets = _subdistricts(assessed)
    rows: list[list[object]] = []
    for place, row in enumerate(records(gaps), start=1):
        inside, reach = counts.get((row.requirement_id, row.unit_id), (row.found, None))
        nearest = gaps["_nearest"].iloc[place - 1]
        rows.append(
            [
                place, row.circle_name, streets.get(row.unit_id) or streets.get(row.circle_id, ""),
                wording.word(wording.LEVELS, row.level),
                place_label(row),
                row.trade_name, wording.word(wording.TIERS, row.tier),
                requirement_text(assessed, row.requirement_id), row.clause,
                row.required, inside, reach, row.shortfall, row.unit,
                _or_unknown(row.people), _or_unknown(row.elders), _or_unknown(row.infants),
                nearest, row.nearest_m, wording.lacking(row), row.remedy, row.measure,
                usable_spaces(assessed, shapes[row.circle_id], row.trade_name),
                wording.urgency(row.urgency), "没有" if row.found == 0 else "缺",
            ]
        )  # fmt: skip
    return rows


def _subdistricts(assessed: Assessed) -> dict[str, str]:
    """Return the 街道 of every community and circle that states one."""
    district = assessed.district
    stated = pd.concat([district.circles["subdistrict"], district.communities["subdistrict"]])
    return {str(unit): str(street) for unit, street in stated.items() if wording.known(street)}


def usable_spaces(assessed: Assessed, shape: shapely.Geometry | None, trade_name: str) -> str:
    """Name the registered spaces of a circle that may take this trade."""
    spaces = assessed.district.spaces
    if not len(spaces):
        return "未核实（没有空间资源台账）"
    if shape is None:
        return "未核实（没有生活圈边界）"
    inside = spaces[spaces.geometry.representative_point().within(shape)]
    fit = [
        f"{space.name}（{space.kind}，{wording.quantity(space.area_m2, '平方米')}）"
        for space in records(inside)
        if fits(space.suitable_trades, space.excluded_trades, trade_name)
    ]
    return wording.listed(fit, 3) if fit else "台账中没有合适的空间"


def fits(suitable: str, excluded: str, trade_name: str) -> bool:
    """Say whether a space may take a trade; a space that names no trade may take any."""
    if trade_name and trade_name in excluded:
        return False
    return not suitable or trade_name in suitable


def _counts(assessed: Assessed) -> dict[tuple[str, str], tuple[object, object]]:
    return {
        (row.requirement_id, row.unit_id): (row.found_strict, row.found_shared)
        for row in records(assessed.findings)
    }


def _or_unknown(value: object) -> object:
    return value if wording.known(value) else wording.UNKNOWN


def _gap_sheet(assessed: Assessed, title: str) -> Sheet:
    return Sheet(
        name="缺什么补什么",
        title=title,
        fields=GAP_FIELDS,
        rows=gap_rows(assessed),
        notes=(
            "“没有”＝台账齐全而一个也没有；“缺”＝有但不够；没有核实过的不在本表，见“未核实与不适用”。",
        ),
        empty="各项要求都已达到，或尚未核实（见“未核实与不适用”）。",
        freeze=2,
    )


def _matrix_sheet(assessed: Assessed) -> Sheet:
    findings = assessed.findings
    units = findings[["circle_id", "level", "unit_id", "unit_name"]].drop_duplicates()
    units = units.sort_values(["circle_id", "level", "unit_id"], kind="stable")
    rules = findings[["requirement_id", "trade"]].drop_duplicates("requirement_id")
    cells = {(r.unit_id, r.requirement_id): _cell(r) for r in records(findings)}
    fields = [Field("生活圈", 18), Field("单位", 18), Field("层级", 10)]
    names = assessed.circle_facts["name"]
    for rule in records(rules):
        label = trade_label(rule.trade) or requirement_text(assessed, rule.requirement_id)
        fields.append(Field(label, 10, "state"))
    rows = [
        [
            names.get(unit.circle_id, ""),
            unit.unit_name,
            {"circle": "生活圈", "community": "社区"}.get(unit.level, "全区"),
            *(cells.get((unit.unit_id, rule), "") for rule in rules["requirement_id"]),
        ]
        for unit in records(units)
    ]
    return Sheet(
        name="对标总表",
        title="配置标准对照总表",
        fields=fields,
        rows=rows,
        notes=(
            "每格是一个单位对一项要求的结论：达标、缺（数量）、未核实、不适用；空格表示该层级不设此项。",
        ),
        freeze=3,
    )


def _cell(row: Any) -> str:  # noqa: ANN401 - a row of findings
    word = wording.word(wording.UNIT_VERDICTS, row.verdict)
    if row.verdict == "lacking" and wording.known(row.shortfall):
        return f"{word}{wording.quantity(row.shortfall, row.unit)}"
    return word


def _open_sheet(assessed: Assessed) -> Sheet:
    findings = assessed.findings
    rows_open = findings[findings["verdict"].isin(["unknown", "not_applicable"])]
    rows_open = rows_open.sort_values(
        ["verdict", "circle_id", "level", "unit_id", "requirement_id"],
        ascending=[False, True, True, True, True],
        kind="stable",
    )
    names = assessed.circle_facts["name"]
    rows: list[list[object]] = [
        [
            place, names.get(row.circle_id, ""), wording.word(wording.LEVELS, row.level),
            place_label(row),
            trade_label(row.trade), wording.word(wording.TIERS, row.tier), row.clause,
            row.required, row.unit, wording.word(wording.UNIT_VERDICTS, row.verdict),
            row.reason or "未注明", what_to_do(row.verdict, trade_label(row.trade), row.unit_name),
        ]
        for place, row in enumerate(records(rows_open), start=1)
    ]  # fmt: skip
    return Sheet(
        name="未核实与不适用",
        title="未核实与不适用事项",
        fields=OPEN_FIELDS,
        rows=rows,
        notes=("未核实不等于没有：核实之前不计入缺项，也不计入达标。",),
        paper="A4",
        empty="没有未核实或不适用的事项。",
    )


def what_to_do(verdict: str, trade: str, unit: str) -> str:
    """Say what turns an open question into an answer."""
    if verdict == "not_applicable":
        return "不需处理；生活圈类型或人口变化后重新对照。"
    if trade:
        return f"在{unit}逐户核实{trade}，把网点补入台账，并声明台账对该业态是全的，然后重新运行。"
    return f"补齐{unit}的基础数据（人口、面积或属性），然后重新运行。"


def _rule_sheet(assessed: Assessed) -> Sheet:
    findings = assessed.findings
    rows: list[list[object]] = []
    for rule, group in findings.groupby("requirement_id", sort=False):
        first = group.iloc[0]
        tally = group["verdict"].value_counts()
        rows.append(
            [
                rule, trade_label(first["trade"]), wording.word(wording.TIERS, first["tier"]),
                wording.word(wording.LEVELS, first["level"]),
                requirement_text(assessed, str(rule)), first["clause"],
                *(int(tally.get(code, 0)) for code in wording.UNIT_VERDICTS),
            ]
        )  # fmt: skip
    return Sheet(
        name="依据", title="依据的配置标准", fields=RULE_FIELDS, rows=rows, paper="A4", freeze=1
    )


def _text_sheet(assessed: Assessed) -> Sheet:
    """Keep every sentence of the plan that is not judged, so that nothing of it is lost."""
    kept = [
        [one.id, one.title, one.text, one.clause, "未判定", one.explanation]
        for one in getattr(assessed.standard, "requirements", ())
        if getattr(one.rule, "name", "") == "text"
    ]
    return Sheet(
        name="不作判定的条文",
        title="保留原文、不作判定的条文",
        fields=TEXT_FIELDS,
        rows=kept,
        paper="A4",
        empty="标准里的条文都可以判定。",
        freeze=1,
    )


def source_sheet(facts: Provenance) -> Sheet:
    """Return the sheet that names every layer, its status, date and licence."""
    rows: list[list[object]] = [
        [
            layer.label, layer.status.label, layer.title, layer.date or "未注明",
            layer.licence or "未注明", layer.file, layer.rows, layer.note,
        ]
        for layer in facts.layers
    ]  # fmt: skip
    return Sheet(
        name="数据来源",
        title="数据来源与性质",
        fields=SOURCE_FIELDS,
        rows=rows,
        notes=(
            "真实＝登记或测绘所得；模型推算＝由统计数推到楼门；推导＝由其他图层算出；虚构＝演示用，不代表实际。",
        ),
        paper="A4",
        empty="没有登记数据来源。",
        freeze=1,
    )


def gap_frame(assessed: Assessed) -> pd.DataFrame:
    """Return the rows of 缺什么补什么 as a table with the plan's column names."""
    return pd.DataFrame(gap_rows(assessed), columns=[field.title for field in GAP_FIELDS])
