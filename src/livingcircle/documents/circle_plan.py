"""Write 一圈一策: one Word document for each circle, laid out as GB/T 9704-2012 asks.

Every sentence is made from the tables of the run; the template only holds the page and styles.
"""

from importlib.resources import files
from pathlib import Path

from livingcircle.documents import _circle_rows as told
from livingcircle.documents import _wording as wording
from livingcircle.documents._assessed import circle_name
from livingcircle.documents._assessed import records
from livingcircle.documents._desk import Assessed
from livingcircle.documents._desk import at_desk
from livingcircle.documents._desk import part
from livingcircle.documents._planning import DIVISION_COLUMNS
from livingcircle.documents._planning import DIVISION_LABELS
from livingcircle.documents._planning import first_quarter
from livingcircle.documents._planning import is_past
from livingcircle.documents._planning import planned_year
from livingcircle.documents._provenance import Provenance
from livingcircle.documents._provenance import provenance
from livingcircle.documents._word import Column
from livingcircle.documents._word import Page

TEMPLATE = Path(str(files("livingcircle.documents"))) / "templates" / "circle_plan.docx"


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
    assessed = at_desk(assessed)
    facts = provenance(assessed)
    name = circle_name(assessed, circle_id)
    page = Page(template)
    title = wording.title(facts.district, name)
    page.add(title, "公文标题")
    page.add("“一圈一策”", "公文标题")
    page.add(f"（{facts.dates}）", "公文副题")
    if facts.made_up:
        page.add(f"{facts.warning}{wording.sentence(facts.banner)}")
    _describe(page, assessed, circle_id, figure)
    _compare(page, assessed, circle_id, facts)
    _shortfalls(page, assessed, circle_id)
    _remedies(page, assessed, circle_id)
    _schedule(page, assessed, circle_id, facts)
    _method(page, assessed, circle_id, facts)
    page.save(path, f"{title}“一圈一策”", facts.created)
    return path


def _describe(page: Page, assessed: Assessed, circle_id: str, figure: bytes) -> None:
    page.add("一、基本情况", "一级标题")
    page.add(told.introduction(assessed, circle_id))
    _divide(page, assessed, circle_id)
    name = circle_name(assessed, circle_id)
    page.add_figure(figure, f"{name}便民商业网点分布与步行服务盲区")
    rows = told.age_rows(assessed, circle_id)
    if all(cell == wording.UNKNOWN for row in rows for cell in row[1:]):
        page.add("楼门没有登记居住人口，居民年龄结构未核实，以下按楼门计。")
    else:
        ages = [
            Column("社区", 1.6),
            *(Column(label, 1, number=True) for label in told.AGES.values()),
        ]
        page.add_table("居民年龄结构（人，按楼门汇总）", ages, rows)
    checks = part(assessed, "circle_checks", circle_id)
    if len(checks):
        columns = [
            Column("划圈检查", 1.6),
            Column("结果", 2.4),
            Column("限值", 2.2),
            Column("结论", 1.2),
            Column("说明", 2.6),
        ]
        page.add_table("生活圈划定检查", columns, [told.check_row(row) for row in records(checks)])


def _divide(page: Page, assessed: Assessed, circle_id: str) -> None:
    """Tell what the circle was drawn by (附件1.3); a table of blanks is a sentence."""
    given = assessed.district.circles.loc[circle_id]
    filled = zip(DIVISION_LABELS, (str(given[one]) for one in DIVISION_COLUMNS), strict=True)
    rows = [[label, text or "未填"] for label, text in filled]
    if all(text == "未填" for _, text in rows):
        page.add(f"划分指标（{'、'.join(DIVISION_LABELS)}）均未填，由街道（乡镇）补充。")
    else:
        page.add_table("划分指标", [Column("指标", 1), Column("情况", 3)], rows)


def _compare(page: Page, assessed: Assessed, circle_id: str, facts: Provenance) -> None:
    page.add("二、现状与对标", "一级标题")
    findings = part(assessed, "findings", circle_id)
    count = len(part(assessed, "gaps", circle_id))
    page.add(
        wording.tally_sentence(circle_name(assessed, circle_id), findings, facts.standard)
        + "其中必须达到而没有达到的，同一单位同一业态的数量和半径合并，"
        f"即缺项{count}项，见第三、四部分，与一单的行数相同。"
    )
    whom = told.counted_word(assessed, circle_id)
    columns = [
        Column("业态或要求", 2.9), Column("层级", 1.3), Column("应配", 1.6, number=True),
        Column("现有", 1.6, number=True), Column("差额", 1.8, number=True),
        Column("结论", 2), Column(f"{whom}覆盖率", 1.4, number=True),
    ]  # fmt: skip
    page.add_table("配置标准对照", columns, told.comparison_rows(assessed, circle_id))
    page.add(
        "应配、现有、差额只计已核实的单位；一个社区多出的不抵另一个社区的缺。"
        f"{whom}覆盖率是在服务半径内步行可达该业态的{whom}占已核实{whom}的比例。"
        "“未核实”不计入缺，也不计入达标。",
        "附注",
    )


def _shortfalls(page: Page, assessed: Assessed, circle_id: str) -> None:
    page.add("三、短板与盲区", "一级标题")
    page.add("（一）数量和半径短板", "二级标题")
    parted = told.parted_sentence(assessed, circle_id)
    if parted:
        page.add(parted)
    page.add_all(told.gap_sentences(assessed, circle_id))
    page.add("（二）步行服务盲区", "二级标题")
    page.add_all(told.blind_sentences(assessed, circle_id))


def _remedies(page: Page, assessed: Assessed, circle_id: str) -> None:
    page.add("四、补什么、如何补", "一级标题")
    rows = told.remedy_rows(assessed, circle_id)
    if not rows:
        page.add("没有需要补建的设施；保持现有网点，并核实尚未核实的业态。")
        return
    count = len(part(assessed, "gaps", circle_id))
    page.add(f"本圈需补{count}项，按轻重缓急和业态归并；可用空间取自空间资源台账。")
    columns = [
        Column("缓急", 1.3), Column("业态", 1.8), Column("在哪里、缺多少", 3.8),
        Column("如何补", 3.2), Column("可用空间", 2.3),
    ]  # fmt: skip
    page.add_table("补建任务", columns, rows)


def _schedule(page: Page, assessed: Assessed, circle_id: str, facts: Provenance) -> None:
    page.add("五、时间安排", "一级标题")
    start, year = first_quarter(facts), planned_year(assessed, circle_id)
    due = f"{year}年" if year else "未填"
    if start is None:
        page.add(f"本圈预计建成年份：{due}。评估日期未注明，完成时间由街道（乡镇）确定。")
    else:
        past = "（已过，以下按评估日期之后排）" if is_past(year, start) else ""
        page.add(f"本圈预计建成年份：{due}{past}。季度为建议，由街道（乡镇）核定。")
    rows = told.schedule_rows(assessed, circle_id, start)
    if rows:
        columns = [Column("完成时间（建议）", 2.2), Column("业态", 2), Column("在哪里补", 5)]
        page.add_table("时间安排", columns, rows)


def _method(page: Page, assessed: Assessed, circle_id: str, facts: Provenance) -> None:
    page.add("六、数据来源与方法", "一级标题")
    straight = assessed.run["method"] == "straight_line"
    how = "按直线×1.3估算（没有路网）" if straight else "沿路网计算，到网点门口为止"
    page.add(
        f"对照标准：{facts.standard}。步行参数：{facts.walker}。步行距离{how}。"
        f"运行编号：{facts.run_id}。数据来源如下。"
    )
    page.add_all([wording.sentence(layer.sentence) for layer in facts.told_layers], "附注")
    _open_questions(page, assessed, circle_id)
    rates = told.index_rows(assessed, circle_id)
    if rates:
        columns = [
            Column("指标", 2.6), Column("数值", 1.1, number=True), Column("算法", 4),
            Column("分子÷分母", 2.2, number=True), Column("未核实", 1.1, number=True),
        ]  # fmt: skip
        page.add_table("指数和比率", columns, rates)


def _open_questions(page: Page, assessed: Assessed, circle_id: str) -> None:
    rows = told.unknown_rows(assessed, circle_id)
    if not rows:
        page.add("本圈没有未核实的要求。")
        return
    count = sum(int(row[1]) for row in rows)
    page.add(f"本圈未核实{count}项，核实之前不计入缺项，也不计入达标。")
    columns = [Column("原因", 3), Column("项数", 0.8, number=True), Column("业态或要求", 6)]
    page.add_table("未核实事项", columns, rows)
