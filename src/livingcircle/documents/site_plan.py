"""Write the site plan as a workbook: where to add what, for whom, and how good that is."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from livingcircle.documents import _wording as wording
from livingcircle.documents._assessed import records
from livingcircle.documents._desk import at_desk
from livingcircle.documents._goodness import how_good
from livingcircle.documents._provenance import provenance
from livingcircle.documents._workbook import Field
from livingcircle.documents._workbook import Sheet
from livingcircle.documents._workbook import Styles
from livingcircle.documents._workbook import open_workbook
from livingcircle.documents._workbook import or_unknown
from livingcircle.documents._workbook import source_sheet
from livingcircle.documents._workbook import write_sheet
from livingcircle.site_tables import close_table
from livingcircle.site_tables import curve_table
from livingcircle.site_tables import distinct_people
from livingcircle.site_tables import left_out_table
from livingcircle.site_tables import proof
from livingcircle.site_tables import served_table
from livingcircle.site_tables import shortage_table
from livingcircle.site_tables import site_table
from livingcircle.siting import SitePlan

FILE_NAME = "选址方案.xlsx"
CURVE = "边际曲线"
SITE_FIELDS = (
    Field("次序", 6, "number"),
    Field("拟设业态", 14, "short"),
    Field("空间名称", 24),
    Field("空间编号", 10, "short"),
    Field("生活圈", 14, "short"),
    Field("空间类型", 10, "short"),
    Field("楼层", 6, "short"),
    Field("面积（平方米）", 9, "decimal"),
    Field("面积不足规定", 8, "short"),
    Field("标准另外要求", 14, "short"),
    Field("使用状态", 16, "short"),
    Field("审批路径", 14, "short"),
    Field("新服务居民（人）", 10, "number"),
    Field("其中60岁及以上", 9, "number"),
    Field("其中0—3岁", 8, "number"),
    Field("新服务楼门", 8, "number"),
    Field("估算投入（万元）", 10, "decimal"),
    Field("候选来源", 18, "short"),
)
SERVED_FIELDS = (
    Field("业态或要求", 18),
    Field("服务半径", 9, "short"),
    Field("生活圈", 16, "short"),
    Field("补前够不着（人）", 11, "number"),
    Field("本方案新服务（人）", 11, "number"),
    Field("补后仍够不着（人）", 11, "number"),
    Field("其中没有候选空间够得着（人）", 14, "number"),
    Field("全区未核实（人）", 11, "number"),
    Field("全区未核实（楼门）", 10, "number"),
    Field("补后仍够不着、标准允许线上替代的（人）", 13, "number"),
)
CURVE_FIELDS = (
    Field("第几处", 7, "number"),
    Field("空间和业态", 46),
    Field("在方案内", 8, "short"),
    Field("新增（加权人）", 12, "decimal"),
    Field("累计（加权人）", 12, "decimal"),
    Field("累计占缺口", 10, "percent"),
)
CLOSE_FIELDS = (
    Field("序号", 6, "number"),
    Field("换掉", 40),
    Field("换成", 40),
    Field("损失", 12, "decimal"),
)
SHORT_FIELDS = (
    Field("单位", 18, "short"),
    Field("层级", 10, "short"),
    Field("业态或要求", 18),
    Field("缺（个）", 8, "number"),
    Field("补后仍缺（个）", 9, "number"),
    Field("居民（人）", 10, "number"),
)
FEWEST = (
    "达到数量和半径要求，新设的业态最少（一处放两种算两个；缺的居民全部要够得着，数量在单位内补足）"
)
OUT_FIELDS = (Field("空间或选项", 44), Field("没有纳入的原因", 44))
PROOF_FIELDS = (Field("项目", 24, "short"), Field("内容", 90))


def write_site_plan(plan: SitePlan, path: Path) -> Path:
    """Write a site plan to ``path`` and return it."""
    facts = provenance(at_desk(plan.assessment))
    title = f"{facts.district}便民网点选址方案"
    with open_workbook(path, facts, title) as book:
        styles = Styles(book)
        for sheet in (*plan_sheets(plan, facts.district), source_sheet(facts)):
            write_sheet(book, styles, sheet, facts)
            if sheet.name == CURVE and sheet.rows:
                _draw_curve(book, len(sheet.rows), first=len(sheet.notes) + 4)
    return path


def plan_sheets(plan: SitePlan, district: str) -> list[Sheet]:
    """Return the sheets of a plan, those with nothing to tell left out."""
    sheets = [_site_sheet(plan, district), _served_sheet(plan), _curve_sheet(plan)]
    sheets += [_close_sheet(plan)]
    if plan.shortages.all:
        sheets.append(_short_sheet(plan))
    return [*sheets, _out_sheet(plan), _proof_sheet(plan)]


def _site_sheet(plan: SitePlan, district: str) -> Sheet:
    rows: list[list[object]] = [
        [
            row.order, row.trade_name, row.space_name, row.space_id, row.circle_name or "圈外",
            row.kind or wording.UNKNOWN, row.floor or wording.UNKNOWN, or_unknown(row.area_m2),
            _size(row), row.conditions or "—", row.use, row.approval_path or "未填",
            or_unknown(row.people), or_unknown(row.elders), or_unknown(row.infants), row.doors,
            row.cost if wording.known(row.cost) else _cost(row.order, plan), row.source,
        ]
        for row in records(pd.DataFrame(site_table(plan)))
    ]  # fmt: skip
    return Sheet(
        name="选址方案",
        title=f"{district}便民网点选址方案",
        fields=SITE_FIELDS,
        rows=rows,
        notes=(
            summary(plan),
            "现有网点一律不动。每行是这种业态在这处新服务的居民，前面各处同一业态已经服务的不再计；",
            "同一居民可以因不同业态计入几行。一处空间放几种业态即一店多能，网点数只算一处。",
            _unknown_people(plan),
        ),
        empty="没有可选的网点。",
        freeze=3,
    )


def _size(row: Any) -> str:  # noqa: ANN401 - a site
    """Say whether a room is smaller than the standard wants it."""
    if not wording.known(row.area_m2):
        return wording.UNKNOWN
    return "是，服务半径优先" if row.small else "否"


def _unknown_people(plan: SitePlan) -> str:
    """Say how many doors have an unknown number of people, and what they count."""
    demand = plan.options.demand
    if not demand.modelled:
        return "缺业态的楼门都有居民人数，是登记的还是推算的，看上面的数据性质。"
    return (
        f"有{demand.modelled}个缺业态的楼门不知道住了多少人：选择时各按{demand.usual:.0f}人计，"
        "报告的居民数不含他们。"
    )


def _cost(order: int, plan: SitePlan) -> object:
    """Return what stands for a cost that is not a number: unknown, or told in a row above."""
    space = plan.options.candidates.spaces[int(plan.sites[order - 1])]
    return "同上" if wording.known(space.cost) else wording.UNKNOWN


def _served_sheet(plan: SitePlan) -> Sheet:
    table = served_table(plan)
    rows: list[list[object]] = [
        [
            row.trade_name, row.radius, row.circle_name, row.lacking, row.served, row.left,
            row.out_of_reach, row.unknown_people, row.unknown_doors,
            row.left if row.online else "不适用",
        ]
        for row in records(table)
    ]  # fmt: skip
    known = bool(table["people_known"].all())
    return Sheet(
        name="前后对比",
        title="各业态、各生活圈的前后对比",
        fields=SERVED_FIELDS,
        rows=rows,
        notes=(
            "" if known else "居民人数未知，本表按楼门计。",
            "“没有候选空间够得着”的居民，要补登空间，或用直通车、集市等移动方式服务。",
            "“未核实”的居民不是缺口，核实前不为他们选址。线上替代单列，一律不算作已服务。",
        ),
        empty="没有缺的业态。",
        freeze=2,
    )


def _curve_sheet(plan: SitePlan) -> Sheet:
    rows: list[list[object]] = [
        [row.number, row.shop or "（方案以外，再增加一处最多）", "是" if row.planned else "否",
         row.adds, row.total, row.share]
        for row in records(curve_table(plan))
    ]  # fmt: skip
    return Sheet(
        name=CURVE,
        title="第一处、第二处……各增加多少",
        fields=CURVE_FIELDS,
        rows=rows,
        notes=(
            plan.stopped or "方案以外的几行说明再增加一处最多还能多服务多少；增加不多时就该停。",
            f"{_weights(plan)}只用来排先后；报告的居民数不加权。",
        ),
        paper="A4",
        empty="没有可选的网点。",
        freeze=1,
    )


def _close_sheet(plan: SitePlan) -> Sheet:
    rows: list[list[object]] = [
        [place, row.out, row.into, row.loss]
        for place, row in enumerate(records(close_table(plan)), start=1)
    ]
    return Sheet(
        name="相近方案",
        title="把一处换成另一处，损失多少",
        fields=CLOSE_FIELDS,
        rows=rows,
        notes=(
            "损失为0的与本方案一样好；空间谈不下来时，从这里挑替换的。",
            "损失按加权人计。",
        ),
        paper="A4",
        empty="没有相近的替换方案。",
        freeze=1,
    )


def _short_sheet(plan: SitePlan) -> Sheet:
    rows: list[list[object]] = [
        [
            row.unit_name, wording.level(row.level).short, row.trade_name, row.short, row.left,
            or_unknown(row.people),
        ]
        for row in records(shortage_table(plan))
    ]  # fmt: skip
    return Sheet(
        name="数量缺口",
        title="数量不够的单位，补后还缺多少",
        fields=SHORT_FIELDS,
        rows=rows,
        notes=("补后仍缺的，是单位内没有足够的候选空间；补登空间后再选。",),
        freeze=3,
    )


def _out_sheet(plan: SitePlan) -> Sheet:
    rows: list[list[object]] = [[row.what, row.reason] for row in records(left_out_table(plan))]
    return Sheet(
        name="没有纳入的",
        title="没有纳入选址的空间和选项",
        fields=OUT_FIELDS,
        rows=rows,
        paper="A4",
        empty="没有。",
        freeze=1,
    )


def _proof_sheet(plan: SitePlan) -> Sheet:
    return Sheet(
        name="证明与口径",
        title="方案有多好、怎么得来",
        fields=PROOF_FIELDS,
        rows=[[name, text] for name, text in proof_rows(plan).items()],
        notes=(
            "上界（下界）是任何方案都不能超过（不能少于）的数；差距为0即已证明最优。",
            "公式见 docs/explanation/siting-models.md。",
        ),
        paper="A4",
        freeze=1,
    )


def proof_rows(plan: SitePlan) -> Mapping[str, str]:
    """Return how good the plan is, in words."""
    told, wish = proof(plan), plan.wish
    most = plan.question == "most"
    unit, bound = ("加权人", "上界") if most else ("个业态", "下界")
    asked = "在数量或预算内，新服务的居民最多" if most else FEWEST
    rows = {
        "问题": asked,
        "方案的值": f"{told['value']:,.1f}{unit}",
        bound: f"{told['bound']:,.1f}{unit}",
        "差距": f"{told['gap']:.2%}",
        "结论": how_good(plan.choice, bound),
        "方法": told["how"],
        "同分时": told["tie_break"],
        "随机种子": str(told["seed"]),
        "上限": _limits(plan),
        "估算投入": _outlay(plan),
        "权重": _weights(plan),
        "同类间距": f"步行不小于{wish.terms.separation:g}米（标准另有规定的从严）",
    }
    if most:
        return rows | {
            "设施关联": (
                f"步行300米内每有一种关联业态，值里多计{wish.terms.related:g}人"
                "（密云 附件1.1 四3），新服务的居民不计"
            ),
            "停止条件": f"一处新服务不到{wish.least_people:g}人就不再增加。{told['stopped']}",
        }
    return rows | {"仍不能满足的": _unmet(plan)}


def _unmet(plan: SitePlan) -> str:
    """Say what stays unmet: people out of reach by trade, and numbers that are short."""
    left = served_table(plan)["left"].sum()
    short = sum(one.left for one in plan.shortages.all)
    unit = "人次" if not plan.options.demand.modelled else "人次（人数未知的楼门不含）"
    return f"仍够不着的{left:,.0f}{unit}（按业态计），仍缺网点{short}个；逐项见前后对比和数量缺口"


def _outlay(plan: SitePlan) -> str:
    """Say what all rooms together are expected to cost, and how many costs nobody knows."""
    costs = [plan.options.candidates.spaces[one].cost for one in plan.sites.tolist()]
    known = [one for one in costs if wording.known(one)]
    rest = f"，另有{len(costs) - len(known)}处未核实" if len(known) < len(costs) else ""
    return f"{sum(known):,.1f}万元{rest}" if known else "未核实"


def summary(plan: SitePlan) -> str:
    """Say in a sentence what the plan does."""
    people = distinct_people(plan)
    who = f"新服务居民{wording.people(people)}" if wording.known(people) else "新服务居民数未核实"
    good = how_good(plan.choice, "上界" if plan.question == "most" else "下界")
    return f"共{len(plan.sites)}处、{len(plan.order)}个业态，{who}（每人只计一次）；{good}。"


def _limits(plan: SitePlan) -> str:
    wish = plan.wish
    parts = [f"最多{wish.count}处"] if wish.count is not None else []
    parts += [f"预算{wish.budget:g}万元"] if wish.budget is not None else []
    return "，".join(parts) or "不限"


def _weights(plan: SitePlan) -> str:
    weights = plan.wish.weights
    parts = [
        f"老人常用业态每位60岁及以上老人多计{weights.elders:g}人",
        f"托育每位0—3岁婴幼儿多计{weights.infants:g}人（密云 附件1.1 四1）",
    ]
    if weights.urgency:
        parts.append("基本保障类是其他的4倍、500米以内的再乘2")
    return "加权人：" + "；".join(parts) + "。"


def _draw_curve(book: object, count: int, first: int) -> None:
    """Draw the curve beside its rows."""
    page = book.get_worksheet_by_name(CURVE)  # type: ignore[attr-defined]
    chart = book.add_chart({"type": "line"})  # type: ignore[attr-defined]
    last = first + count - 1
    chart.add_series(
        {
            "name": "累计（加权人）",
            "categories": [CURVE, first, 0, last, 0],
            "values": [CURVE, first, 4, last, 4],
            "marker": {"type": "circle"},
        }
    )
    chart.set_title({"name": "网点数与累计新服务"})
    chart.set_x_axis({"name": "网点数"})
    chart.set_y_axis({"name": "加权人", "min": 0})
    chart.set_legend({"none": True})
    page.insert_chart(first - 1, len(CURVE_FIELDS) + 1, chart)
