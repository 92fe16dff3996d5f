"""Write what siting answers beside the plan: without new rooms, service centres, mobile supply."""

from pathlib import Path

import pandas as pd

from livingcircle.assessment import Assessment
from livingcircle.documents import _wording as wording
from livingcircle.documents._assessed import records
from livingcircle.documents._desk import at_desk
from livingcircle.documents._goodness import how_good
from livingcircle.documents._provenance import provenance
from livingcircle.documents._workbook import Field
from livingcircle.documents._workbook import Sheet
from livingcircle.documents._workbook import or_unknown
from livingcircle.documents._workbook import write_workbook
from livingcircle.least_walking import WalkingPlan
from livingcircle.mobile_supply import MobilePlan
from livingcircle.relocation import Advice
from livingcircle.service_centres import CentrePlan

ADVICE, CENTRES = "不新设空间能做什么.xlsx", "综合体选址.xlsx"
MOBILE, WALKING = "移动供给时间表.xlsx", "走得最少选址.xlsx"
MOVE_FIELDS = (
    Field("序号", 6, "number"),
    Field("业态或要求", 16, "short"),
    Field("迁移的网点", 24),
    Field("网点编号", 12, "short"),
    Field("迁到", 28),
    Field("空间编号", 10, "short"),
    Field("新够得着（人）", 10, "number"),
    Field("原来的够不着了（人）", 11, "number"),
    Field("净增（人）", 9, "number"),
)
RAISE_FIELDS = (
    Field("序号", 6, "number"),
    Field("业态或要求", 18, "short"),
    Field("网点", 26),
    Field("网点编号", 12, "short"),
    Field("怎么做", 24),
    Field("新服务（人）", 10, "number"),
)
CENTRE_FIELDS = (
    Field("序号", 6, "number"),
    Field("选定", 6, "mark"),
    Field("空间", 26),
    Field("空间编号", 10, "short"),
    Field("生活圈", 14, "short"),
    Field("面积（平方米）", 9, "decimal"),
    Field("业态用去（平方米）", 10, "decimal"),
    Field("放哪些业态", 44),
    Field("所需面积未核实的业态", 18),
    Field("新服务居民（人）", 10, "number"),
)
WALKING_FIELDS = (
    Field("序号", 6, "number"),
    Field("现有或拟设", 10, "short"),
    Field("网点或空间", 30),
    Field("编号", 12, "short"),
    Field("服务居民（人）", 10, "number"),
    Field("最多服务（人）", 10, "number"),
    Field("平均步行（米）", 10, "metres"),
)
MISFIT_FIELDS = (
    Field("空间编号", 12, "short"),
    Field("空间", 30),
    Field("不能建综合体的原因", 44),
)
STOP_FIELDS = (
    Field("车次", 6, "number"),
    Field("第几站", 6, "number"),
    Field("停靠位置", 32),
    Field("生活圈", 14, "short"),
    Field("到达", 8, "short"),
    Field("离开", 8, "short"),
    Field("业态", 28),
    Field("服务居民（人）", 10, "number"),
    Field("其中60岁及以上", 9, "number"),
    Field("是否计入达标", 14, "short"),
    Field("经度", 11, "decimal"),
    Field("纬度", 11, "decimal"),
)
LEFT_FIELDS = (
    Field("业态或要求", 20, "short"),
    Field("没有空间够得着的（人）", 12, "number"),
    Field("仍没有服务到（人）", 12, "number"),
)


def write_advice(assessment: Assessment, advice: Advice, path: Path) -> Path:
    """Write what moving, widening and sharing would do."""
    facts = provenance(at_desk(assessment))
    moves: list[list[object]] = [
        [
            place, row.trade_name, row.outlet_name, row.outlet_id, row.space_name, row.space_id,
            row.gains, row.loses, row.people,
        ]
        for place, row in enumerate(records(advice.moves), start=1)
    ]  # fmt: skip
    sheets = (
        Sheet(
            "迁移", "一次迁移一家网点，谁得谁失", MOVE_FIELDS, moves,
            (
                "每行只迁这一家，各行不能相加；每种业态列出净增最多的几家。只看只有一种业态的网点：",
                "一店多能的迁走，别的业态也跟着走。" + _usual(advice),
            ),
            paper="A4", empty="没有迁移后净增的网点。", freeze=1,
        ),
        _raise_sheet(
            "达到条件", "已有网点达到营业时间等条件后，多服务多少人", advice.raises,
            "没有只差条件的网点。",
        ),
        _raise_sheet(
            "叠加业态", "在已有网点里叠加一种业态（一店多能）", advice.taken_in,
            "没有可以叠加的网点。",
        ),
    )  # fmt: skip
    return write_workbook(path, facts, f"{facts.district}不新设空间能做什么", sheets)


def _usual(advice: Advice) -> str:
    """Say what doors with an unknown number of people count."""
    return f"人数未知的楼门各按{advice.usual:.0f}人计。" if advice.modelled else ""


def _raise_sheet(name: str, title: str, table: pd.DataFrame, empty: str) -> Sheet:
    rows: list[list[object]] = [
        [place, row.trade_name, row.outlet_name, row.outlet_id, row.needs, row.people]
        for place, row in enumerate(records(table), start=1)
    ]
    notes = ("每行只改这一家，各行不能相加；每种业态列出最多的几家。",)
    return Sheet(name, title, RAISE_FIELDS, rows, notes, paper="A4", empty=empty, freeze=1)


def write_centres(assessment: Assessment, plan: CentrePlan, path: Path) -> Path:
    """Write where service centres should stand."""
    facts = provenance(at_desk(assessment))
    names = assessment.district.circles["name"]
    rows: list[list[object]] = [
        [
            place, "●" if row.chosen else "", row.name, row.space_id,
            str(names.get(row.circle_id, "")) or "圈外", row.area_m2, row.used_m2,
            row.trade_names, row.unsized or "—", or_unknown(row.people),
        ]
        for place, row in enumerate(records(plan.rooms), start=1)
    ]  # fmt: skip
    misfits: list[list[object]] = [
        [row.space_id, row.name, row.reason] for row in records(plan.misfits)
    ]
    groups = "，".join(
        f"{wording.TIERS.get(name, name)}不少于{least}种" for name, _, least in plan.rule.groups
    )
    proved = "只选一处，已证明最优。" if plan.proven else "逐处选定：先定最好的一处，再看其余的。"
    sheets = (
        Sheet(
            "综合体选址", f"{facts.district}综合体选址", CENTRE_FIELDS, rows,
            (
                f"标准要求：{groups}；建筑面积{_area(plan)}。",
                f"{proved}每处空间放的业态，是在面积内使新服务居民最多的一组，必须有的业态一定在内。",
            ),
            empty="没有符合条件的空间，原因见下一张表。", freeze=3,
        ),
        Sheet(
            "不能建的空间", "不能建综合体的空间和原因", MISFIT_FIELDS, misfits, paper="A4",
            empty="没有。", freeze=1,
        ),
    )  # fmt: skip
    return write_workbook(path, facts, f"{facts.district}综合体选址", sheets)


def _area(plan: CentrePlan) -> str:
    """Say how large a service centre must be."""
    low, high = plan.rule.low, plan.rule.high
    if low <= 0 and high == float("inf"):
        return "没有规定"
    return f"{low:g}平方米以上" if high == float("inf") else f"{low:g}–{high:g}平方米"


def write_walking(assessment: Assessment, plan: WalkingPlan, path: Path) -> Path:
    """Write where to open outlets so that everybody walks least."""
    facts = provenance(at_desk(assessment))
    name = assessment.standard.name_of(plan.trade)
    rows: list[list[object]] = [
        [place, "拟设" if row.new else "现有", row.name, row.id, row.people, plan.capacity,
         row.mean_m if wording.known(row.mean_m) else "没有人来"]
        for place, row in enumerate(records(plan.outlets), start=1)
    ]  # fmt: skip
    good = how_good(plan.choice, "下界")
    sheet = Sheet(
        "走得最少", f"{facts.district}{name}选址：走得最少", WALKING_FIELDS, rows,
        (
            walking_sentence(plan, name),
            f"{good}。每处最多服务{plan.capacity:g}人，满了的到下一处；同一楼门的居民可以分到几处。",
            f"有{plan.unknown_doors}个楼门不知道住了多少人，没有计入。",
        ),
        paper="A4", empty="没有一处网点。", freeze=1,
    )  # fmt: skip
    return write_workbook(path, facts, f"{facts.district}{name}选址", (sheet,))


def walking_sentence(plan: WalkingPlan, name: str) -> str:
    """Say how far people walk before and after."""
    was, now = plan.before, plan.after
    return (
        f"新设{len(plan.choice.chosen)}处{name}：平均步行{wording.number(was['mean_m'])}米"
        f"变为{wording.number(now['mean_m'])}米，没有{name}可去的由{was['unserved']:,.0f}人"
        f"变为{now['unserved']:,.0f}人。"
    )


def write_mobile(assessment: Assessment, plan: MobilePlan, path: Path) -> Path:
    """Write stops and hours of mobile supply."""
    facts = provenance(at_desk(assessment))
    names = assessment.district.circles["name"]
    rows: list[list[object]] = [
        [
            row.vehicle, row.stop, row.place, str(names.get(row.circle_id, "")) or "圈外",
            row.arrives, row.leaves, row.trade_names, or_unknown(row.people),
            or_unknown(row.elders), row.counts, row.lon, row.lat,
        ]
        for row in records(plan.stops)
    ]  # fmt: skip
    left: list[list[object]] = [
        [row.trade_name, row.lacking, row.left] for row in records(plan.left)
    ]
    good = f"停靠点的选择：{how_good(plan.choice)}"
    sheets = (
        Sheet(
            "停靠点和时间", f"{facts.district}直通车、集市停靠点和时间", STOP_FIELDS, rows,
            (
                "停靠位置是沿街推算的，能不能停车由街道（乡镇）和交管部门核定。",
                f"{good}。移动供给只有标准写明可计入的才算达标，其余是过渡（密云 五（四））。",
            ),
            empty="没有停靠点。", freeze=2,
        ),
        Sheet("服务到多少", "移动供给服务到多少人", LEFT_FIELDS, left, paper="A4", freeze=1),
    )  # fmt: skip
    return write_workbook(path, facts, f"{facts.district}移动供给时间表", sheets)
